package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Incoming is one message as a service gives it, before cleaning.
type Incoming struct {
	Remote       string // the service's id
	Tombstone    bool   // all that is said is that it is in the trash (Availability Deleted) or gone; nothing else is set
	Kind         Kind
	Direction    Direction
	Time         time.Time // when it came in or went out
	Modified     time.Time // when the service last changed it; zero: not told
	From         Party
	To           []Party
	Owner        string // the mailbox it is in, if the service names it
	Text         string // SMS text, transcript if it came along, cover text
	Subject      string
	Transcript   Transcript
	Duration     time.Duration
	Pages        int
	Resolution   string
	Delivery     Delivery
	Read         bool
	Availability Availability
	Priority     bool
	Private      bool
	Filed        bool // it is for the record and never was work
	Told         bool // by an event, which may be late or doubled: it counts only if it is newer than what is here
	Conversation string
	Attachments  []Attachment // Remote, Kind, Type, Name, Size, Duration, Width, Height, URI, Thumbs
	Call         *CallDetail  // of a call; nil for all else
	Outcome      CallOutcome  // of a call
	Company      bool         // a colleague's call, from the company's log
	Mail         *MailDetail  // of an e-mail; nil for all else
	Bare         Bare         // whether its attachments are still to be asked for
	Settled      bool         // of an e-mail: the service says that it is dealt with
}

// Applied says what a batch did. Records that change nothing are in none of the counts.
type Applied struct {
	New, Changed, Gone int
	IDs                []ID // the new, changed and gone, by id
}

// flags of bodies.
const (
	flagPriority = 1 << iota
	flagPrivate
)

// Bounds on one record, far above what services send.
const (
	maxParties     = 200
	maxAttachments = 100
)

// Apply takes records of an account in, in one transaction: it cleans them, adds
// the new, updates those that changed since (an older Modified is passed over) and
// indexes their text. What a person did here and has not reached the service yet
// stays on top.
//
// A new item is open if it came in and is unread or younger than the account's
// Since, or if it went out and failed; otherwise it is done, or filed if the record
// says that it never was work.
//
// Batches of 250 to 1,000 records are the best size: the person at the screen
// waits for at most one.
func (s *Store) Apply(ctx context.Context, account int64, batch []Incoming) (Applied, error) {
	if len(batch) == 0 {
		return Applied{}, nil
	}
	res, err := s.applyWith(ctx, account, batch, nil)
	if err == nil {
		s.changed()
	}
	return res, err
}

// applyWith is Apply with something more done in the same transaction. Watchers
// are left to the caller: most looks for news bring none.
func (s *Store) applyWith(ctx context.Context, account int64, batch []Incoming, more func(tx *sql.Tx) error) (Applied, error) {
	return s.applyFull(ctx, account, batch, false, more)
}

// applyFull is applyWith; full says that what is taken in cannot be fetched again, and
// has to outlast a power cut.
func (s *Store) applyFull(ctx context.Context, account int64, batch []Incoming, full bool, more func(tx *sql.Tx) error) (Applied, error) {
	acc, err := s.account(ctx, account)
	if err != nil {
		return Applied{}, s.fault("taking in messages", err)
	}
	// All that needs no database is done before the lock is taken.
	ps := s.prepare(acc, batch)
	var res Applied
	err = s.transact(ctx, full, func(tx *sql.Tx) error {
		b := ingest{s: s, ctx: ctx, tx: tx, acc: acc}
		if err := b.run(ps); err != nil {
			return err
		}
		if more != nil {
			if err := more(tx); err != nil {
				return err
			}
		}
		slices.Sort(b.res.IDs)
		res = b.res
		return nil
	})
	return res, s.fault("taking in messages", err)
}

func (s *Store) account(ctx context.Context, id int64) (Account, error) {
	a, err := scanAccount(s.r.QueryRowContext(ctx, selectAccount+` WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return a, fmt.Errorf("account %d: %w", id, ErrNotFound)
	}
	return a, err
}

// record is an Incoming made ready: everything clean, everything derived.
type record struct {
	Incoming
	id      ID
	who     Party
	preview string
	raw     string
	parties string
	files   int
	doc     document
}

// prepare cleans a batch, drops all but the last of records about one message, and
// sorts by id, so that rows go in where the last ones did.
func (s *Store) prepare(acc Account, batch []Incoming) []record {
	seen := make(map[string]int, len(batch))
	ps := make([]record, 0, len(batch))
	for _, in := range batch {
		p := s.record(acc, in)
		if p.Remote == "" {
			s.log.Warn("a message without an id was passed over", "account", acc.Key)
			continue
		}
		if i, ok := seen[p.Remote]; ok {
			if !ps[i].Modified.After(p.Modified) {
				ps[i] = p
			}
			continue
		}
		seen[p.Remote] = len(ps)
		ps = append(ps, p)
	}
	slices.SortFunc(ps, func(a, b record) int { return cmp.Compare(a.id, b.id) })
	return ps
}

func (s *Store) record(acc Account, in Incoming) record {
	p := record{Incoming: in}
	p.Remote = CleanLine(in.Remote)
	if in.Tombstone {
		return p
	}
	p.id = newID(acc.Key, p.Remote, in.Time)
	p.raw = CleanRaw(in.Text)
	p.Text = Clean(p.raw)
	if p.raw == p.Text {
		p.raw = ""
	}
	p.Subject, p.Owner, p.Resolution = CleanLine(in.Subject), CleanLine(in.Owner), CleanLine(in.Resolution)
	p.Conversation = CleanLine(in.Conversation)
	if p.Owner == "" {
		p.Owner = acc.Name
	}
	p.From = s.party(in.From)
	p.To = make([]Party, min(len(in.To), maxParties))
	for i := range p.To {
		p.To[i] = s.party(in.To[i])
	}
	p.who = p.other()
	p.Attachments = cleanFiles(in.Attachments)
	for _, a := range p.Attachments {
		if !a.IsText() {
			p.files++
		}
	}
	if in.Call != nil {
		d := in.Call.clean(s.party)
		p.Call = &d
	}
	if p.Kind == Email && in.Mail == nil {
		p.Mail = &MailDetail{}
	}
	p.Mail = cleanMail(p.Mail, len(p.To))
	p.preview = p.show()
	p.parties = partiesJSON(p.From, p.To)
	p.doc = p.document()
	return p
}

// newID makes the ID of a message. A time no message can have is moved to where
// the arithmetic still holds.
func newID(account, remote string, t time.Time) ID {
	ms := min(max(t.UnixMilli(), 1), 1<<42)
	h := uint64(14695981039346656037) // FNV-1a
	for _, part := range [...]string{account, "\x00", remote} {
		for i := range len(part) {
			h = (h ^ uint64(part[i])) * 1099511628211
		}
	}
	h ^= h >> 32
	return ID(ms<<idBits | int64(h>>8&(1<<idBits-1)))
}

func (s *Store) party(p Party) Party {
	n, ext := NormalNumber(p.Number, s.opts.Region)
	return Party{
		Name: CleanLine(p.Name), Number: n, Extension: cmp.Or(CleanLine(p.Extension), ext),
		Email: CleanLine(p.Email), Location: CleanLine(p.Location), Delivery: p.Delivery, Fault: CleanLine(p.Fault), Why: CleanLine(p.Why),
	}
}

// other is the other side: who it is from, or whom it went to.
func (p *record) other() Party {
	if p.Direction != Outbound {
		who := p.From
		who.Name = cmp.Or(who.Name, who.Email) // lists have no column for the address
		return who
	}
	if len(p.To) == 0 {
		return Party{}
	}
	who := p.To[0]
	if n := len(p.To) - 1; n > 0 {
		who.Name = fmt.Sprintf("%s +%d", who.Display(), n)
	}
	return who
}

// show is the line that lists show of a record: of an e-mail its subject comes first.
func (p *record) show() string {
	if p.Kind == Email && p.Subject != "" && p.Text != "" {
		return preview(p.Subject+" - "+p.Text, "")
	}
	return preview(failedFirst(p.Incoming, p.Text), p.Subject)
}

// preview is the beginning of the text on one line.
func preview(text, subject string) string {
	const bytes = 480 // of 160 characters of three bytes
	t := cmp.Or(strings.TrimSpace(text[:min(len(text), 2*bytes)]), subject)
	t = CleanLine(strings.ToValidUTF8(t, ""))
	n := 0
	for i := range t {
		if n++; n > 160 {
			return t[:i]
		}
	}
	return t
}

type parties struct {
	From Party   `json:"from"`
	To   []Party `json:"to,omitempty"`
}

func partiesJSON(from Party, to []Party) string {
	b, err := json.Marshal(parties{from, to})
	if err != nil {
		return "{}" // cannot be: strings and small numbers
	}
	return string(b)
}
