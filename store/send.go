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

	"switchboard/api"
)

// How a message goes out. Send copies its files, and writes it down together with an
// item that shows it, its echo. A text then waits here for Options.SendDelay, a fax is
// sent at once with an order for a little later: until then either can be taken back.
// sendrun.go sends it, after the mark of that is on disk; what is found marked later may
// or may not have reached the service, whose list of sent messages is asked before
// anything else. When the service has it, the echo becomes that message, whoever tells of
// it first: the answer, or a sync.

// defaultDelay is how long what is sent can be taken back.
const (
	defaultDelay = 10 * time.Second
	longestDelay = time.Hour
)

// How long a fax waits at the service: it cannot be taken back while it is on its way
// there, so that it has that time on top.
const (
	faxAhead = 30 * time.Second
	faxPace  = 256 << 10 // bytes a second of a slow line
)

// echoPrefix begins the remote id of what no service has yet.
const echoPrefix = "send:"

func isEcho(remote string) bool { return strings.HasPrefix(remote, echoPrefix) }

// sendState is what is kept of a send.
type sendState struct {
	Message NewMessage `json:"message"`
	Files   []keptFile `json:"files,omitempty"`
	Resend  string     `json:"resend,omitempty"`   // what the service calls the fax that is sent on
	ReplyOn string     `json:"reply_on,omitempty"` // likewise the pager message that is answered
	At      time.Time  `json:"at,omitzero"`        // when the service is to send it; known when the first request begins
	Before  []string   `json:"before,omitempty"`   // what was sent before that, for Sought.Known
	Entry   string     `json:"entry,omitempty"`    // of the journal of the item that is answered or sent on
	Draft   int64      `json:"draft,omitempty"`    // the draft it became when it was taken back
}

// outgoing is the message as a service gets it.
func (s *Store) outgoing(st sendState) Outgoing {
	m := st.Message
	o := Outgoing{
		Kind: m.Kind, From: m.From, To: m.To, Text: m.Text, Resend: st.Resend, Cover: m.Cover, Fine: m.Fine, At: st.At, ReplyOn: st.ReplyOn,
	}
	for _, f := range st.Files {
		o.Files = append(o.Files, OutFile{Path: s.outgoingPath(f.Copy), Name: f.Name, Type: f.Type, Size: f.Size})
	}
	return o
}

// composed is a message that is ready to be recorded.
type composed struct {
	acc   Account
	st    sendState
	check MessageCheck
}

// CheckMessage finds what is wrong with a message before a byte of it leaves, in words
// for people. It asks nobody but this machine, and says how long the message is also
// where something is wrong with it.
func (s *Store) CheckMessage(ctx context.Context, m NewMessage) (MessageCheck, error) {
	c, err := s.compose(ctx, m, false)
	return c.check, err
}

// Send sends a message. When it returns, the message is on disk with its files and shown
// as an item; it goes out once the time is over in which it can be taken back, see
// Op.Until. What the service would refuse is found before.
func (s *Store) Send(ctx context.Context, m NewMessage) (Op, error) {
	c, err := s.compose(ctx, m, true)
	if err != nil {
		return Op{}, err
	}
	if c.st.Files, err = s.keepFiles(ctx, c.st.Files); err != nil {
		return Op{}, err
	}
	var op Op
	err = s.writeFull(ctx, func(tx *sql.Tx) error {
		op, err = s.recordSend(ctx, tx, c.acc, c.st, links{})
		return err
	})
	if err != nil {
		s.dropFiles(c.st.Files)
		return Op{}, s.fault("sending", err)
	}
	s.wakeSends()
	return op, nil
}

// compose completes a message and checks it. ask says that the service may be asked for
// one's own numbers where they are not known.
func (s *Store) compose(ctx context.Context, m NewMessage, ask bool) (c composed, err error) {
	if c.acc, err = s.sendingAccount(ctx, m); err != nil {
		return c, err
	}
	svc, ok := s.attached(c.acc.Key).(SendService)
	if !ok {
		return c, fmt.Errorf("nothing can be sent from %s: %w", c.acc.Name, s.noSending(c.acc.Key))
	}
	if m.Kind != SendText && m.Kind != SendPager && m.Kind != SendFax {
		return c, fmt.Errorf("%q is nothing that can be sent", string(m.Kind))
	}
	m.Account, m.Text = c.acc.Key, strings.TrimRight(m.Text, " \t\r\n")
	m.To = s.recipients(m)
	var own []Sender
	if m.Kind == SendText {
		if own, err = s.sendersOf(ctx, c.acc, ask); err != nil {
			return c, err
		}
		if m.From == "" {
			m.From = s.usualSender(ctx, c.acc.Key, m.Kind, own, len(m.Files) > 0 || len(m.To) > 1)
		}
		m.From, _ = NormalNumber(m.From, s.opts.Region)
	}
	c.st.Message = m
	if err := s.refer(ctx, &c.st, c.acc); err != nil {
		return c, err
	}
	out := s.outgoing(c.st)
	for _, path := range m.Files {
		f, err := statFile(path)
		if err != nil {
			return c, err
		}
		if name := m.names[path]; name != "" {
			f.Name = CleanLine(name)
		}
		c.st.Files = append(c.st.Files, f)
		out.Files = append(out.Files, OutFile{Path: f.From, Name: f.Name, Type: f.Type, Size: f.Size})
	}
	c.check, err = svc.CheckOutgoing(out, own)
	if err == nil && m.Text != Clean(m.Text) {
		err = errors.New("the text has characters that cannot be sent")
	}
	return c, err
}

var errNoSending = errors.New("its service sends nothing")

// noSending is why nothing can be sent from an account.
func (s *Store) noSending(key string) error {
	if s.attached(key) == nil {
		return fmt.Errorf("%w: it is not signed in", ErrOffline)
	}
	return errNoSending
}

// sendingAccount is whose message it is.
func (s *Store) sendingAccount(ctx context.Context, m NewMessage) (Account, error) {
	as, err := s.Accounts(ctx)
	if err != nil {
		return Account{}, err
	}
	key := m.Account
	for _, id := range []ID{m.Answers, m.Resend} {
		if key != "" || id == 0 {
			continue
		}
		err := s.r.QueryRowContext(ctx, `SELECT a.key FROM items i JOIN accounts a ON a.id = i.account WHERE i.id = ?`, int64(id)).Scan(&key)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return Account{}, s.fault("looking up an account", err)
		}
	}
	for _, a := range as {
		_, sends := s.attached(a.Key).(SendService)
		if a.Key == key || key == "" && sends {
			return a, nil
		}
	}
	if key != "" {
		return Account{}, fmt.Errorf("account %s: %w", CleanLine(key), ErrNotFound)
	}
	return Account{}, fmt.Errorf("there is no account to send from; sign in first: %w", api.ErrSignedOut)
}

// recipients brings those of a message into the form that services take.
func (s *Store) recipients(m NewMessage) []Recipient {
	out := make([]Recipient, 0, len(m.To))
	for _, to := range m.To {
		to.Name, to.Number, to.Extension = CleanLine(to.Name), CleanLine(to.Number), CleanLine(to.Extension)
		if m.Kind == SendPager {
			if to.Extension == "" {
				to.Extension = strings.TrimSpace(strings.TrimPrefix(strings.ToLower(to.Number), "ext."))
			}
			to.Number = ""
		} else if to.Number != "" {
			to.Number, _ = NormalNumber(to.Number, s.opts.Region)
			to.Extension = ""
		}
		if to.Number != "" || to.Extension != "" {
			out = append(out, to)
		}
	}
	return out
}

// refer finds what a message refers to: the fax it sends on, the pager message it answers.
func (s *Store) refer(ctx context.Context, st *sendState, acc Account) error {
	m := &st.Message
	find := func(id ID) (remote string, kind Kind, err error) {
		var account int64
		err = s.r.QueryRowContext(ctx, `SELECT remote, kind, account FROM items WHERE id = ?`, int64(id)).Scan(&remote, &kind, &account)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return "", 0, fmt.Errorf("item %s: %w", id, ErrNotFound)
		case err != nil:
			return "", 0, s.fault("looking up an item", err)
		case account != acc.ID:
			return "", 0, nil
		}
		return remote, kind, nil
	}
	if m.Resend != 0 {
		remote, kind, err := find(m.Resend)
		switch {
		case err != nil:
			return err
		case remote == "":
			return errors.New("a fax can be sent on only from the mailbox it is in")
		case kind != Fax:
			return fmt.Errorf("a %s cannot be sent on as a fax by itself; its files can", kindWord(kind))
		case isEcho(remote):
			return errors.New("this fax has not reached the service yet; it can be sent on when it has")
		}
		st.Resend = remote
	}
	if m.Answers != 0 && m.Kind == SendPager {
		remote, kind, err := find(m.Answers)
		if err == nil && kind == Pager && !isEcho(remote) {
			st.ReplyOn = remote
		}
	}
	return nil
}

// sendDelay is how long what is sent can be taken back; 0: not at all.
func (s *Store) sendDelay() time.Duration {
	if s.opts.SendDelay == 0 {
		return defaultDelay
	}
	return min(max(s.opts.SendDelay, 0), longestDelay)
}

// goesAt is when a fax is to go out whose request begins now; zero: at once.
func (s *Store) goesAt(st sendState, now time.Time) time.Time {
	at := st.Message.At
	if d := s.sendDelay(); d > 0 {
		var size int64
		for _, f := range st.Files {
			size += f.Size
		}
		soon := now.Add(max(d, faxAhead) + time.Duration(size/faxPace)*time.Second)
		if at.Before(soon) {
			at = soon
		}
	}
	return at
}

// recordSend writes a message down, and shows it.
func (s *Store) recordSend(ctx context.Context, tx *sql.Tx, acc Account, st sendState, l links) (Op, error) {
	now := s.now()
	m := &st.Message
	op := Op{Verb: VerbSend, At: now, State: OpPending, Undoable: true, Words: s.sendWords(*m), Text: preview(m.Text, "")}
	var hold time.Time
	if d := s.sendDelay(); m.Kind == SendFax {
		op.Until = s.goesAt(st, now)
	} else if d > 0 {
		hold = now.Add(d)
		op.Until = hold
	}
	item, err := s.putSendEcho(ctx, tx, acc, st, now)
	if err != nil {
		return Op{}, err
	}
	op.Items = []ID{item}
	if err := s.journalSend(tx, &st); err != nil {
		return Op{}, err
	}
	if op.ID, err = insertOp(tx, op, s.opts.Actor, l); err != nil {
		return Op{}, err
	}
	for _, draft := range []int64{m.Draft, st.Draft} {
		if _, err := tx.Exec(`DELETE FROM message_drafts WHERE id = ?`, draft); err != nil {
			return Op{}, err
		}
	}
	m.Draft, st.Draft = 0, 0
	payload, err := json.Marshal(st)
	if err != nil {
		return Op{}, fmt.Errorf("writing down the message: %w", err)
	}
	_, err = tx.Exec(`INSERT INTO sends (op, account, item, lane, peer, payload, hold, until) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		op.ID, acc.ID, int64(item), m.lane(), m.peer(), string(payload), toMilli(hold), toMilli(op.Until))
	return op, err
}

// journalSend tells the journal of what is answered or sent on.
func (s *Store) journalSend(tx *sql.Tx, st *sendState) error {
	st.Entry = ""
	id, verb := st.Message.Answers, EntryReply
	if st.Message.Resend != 0 {
		id, verb = st.Message.Resend, EntryForward
	}
	if id == 0 {
		return nil
	}
	ts, err := targets(tx, []ID{id})
	if err != nil || len(ts) == 0 {
		return err
	}
	keys, err := s.jot(tx, s.opts.Actor, verb, lower(s.sendWords(st.Message)), ts, nil)
	if err == nil {
		st.Entry = keys[0]
	}
	return err
}

// unjournalSend tells it that this was taken back.
func (s *Store) unjournalSend(tx *sql.Tx, st sendState) error {
	if st.Entry == "" {
		return nil
	}
	ts, err := targets(tx, []ID{cmp.Or(st.Message.Resend, st.Message.Answers)})
	if err != nil || len(ts) == 0 {
		return err
	}
	_, err = s.jot(tx, s.opts.Actor, EntryUndo, "", ts, []string{st.Entry})
	return err
}

// The lanes: what waits in one does not hold up the others.
const (
	laneTexts   = "texts"
	laneFaxes   = "faxes"
	laneCancels = "cancels"
)

func (m NewMessage) lane() string {
	if m.Kind == SendFax {
		return laneFaxes
	}
	return laneTexts
}

// peer names whom a message goes to: those to the same ones keep their order.
func (m NewMessage) peer() string {
	var all []string
	for _, to := range m.To {
		all = append(all, cmp.Or(to.Number, to.Extension))
	}
	slices.Sort(all)
	return string(m.Kind) + ":" + strings.Join(all, ",")
}

// sendWords is what is sent to whom: "Text to Ana Lima and Ben Ito".
func (s *Store) sendWords(m NewMessage) string {
	what := map[SendKind]string{SendText: "Text", SendPager: "Page", SendFax: "Fax"}[m.Kind]
	if len(m.To) == 0 {
		return what + " once more to whom it went before"
	}
	names := make([]string, len(m.To))
	for i, to := range m.To {
		names[i] = cmp.Or(to.Name, FormatNumber(to.Number, s.opts.Region))
		if names[i] == "" {
			names[i] = "extension " + to.Extension
		}
	}
	switch len(names) {
	case 1:
		return what + " to " + names[0]
	case 2:
		return what + " to " + names[0] + " and " + names[1]
	}
	return fmt.Sprintf("%s to %s and %d others", what, names[0], len(names)-1)
}
