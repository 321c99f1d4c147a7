package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Change is something a person does to items.
type Change struct {
	Verb  Verb
	Items []ID
	Text  string // see the verbs
	Who   string // for VerbClaim: who gets it
	Note  string // for the verbs of the ledger: a note that goes with it, and is taken back with it

	// Account is whose telephone calls a number, for VerbCall without an item; 0: the first one's.
	Account int64
}

// OpState is how far an operation has come.
type OpState uint8

// The states of an operation. Pending, Sending and OpUnknown are under way.
const (
	OpPending   OpState = iota // waits to be sent
	OpSending                  // a request is out
	OpConfirmed                // the service has it, or it concerns nobody but us
	OpFailed                   // the service refused; what was shown has been put back
	OpCancelled                // taken back before it was sent
	OpUnknown                  // sent, but no answer came: the service is asked before anything else
)

func (s OpState) String() string {
	return [...]string{"pending", "sending", "confirmed", "failed", "cancelled", "unknown"}[s%6]
}

// MarshalText writes the state's name.
func (s OpState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Op is a change as the outbox keeps it: one entry of the list of jobs and of
// what can be taken back.
type Op struct {
	ID       int64     `json:"id"` // 0: nothing had to be changed, and nothing was kept
	Verb     Verb      `json:"verb"`
	Items    []ID      `json:"items"` // those it really changed
	Text     string    `json:"text,omitempty"`
	At       time.Time `json:"at"`
	State    OpState   `json:"state"`
	Error    string    `json:"error,omitempty"`
	NextTry  time.Time `json:"-"` // when it is sent next, if that is later than now
	Undoable bool      `json:"undoable"`
	Undone   bool      `json:"undone"`
	Words    string    `json:"words"` // "Marked 3 faxes done"

	// Until is when it can no longer be taken back; zero: as long as it is known.
	Until  time.Time `json:"until,omitzero"`
	Unsure bool      `json:"unsure,omitempty"` // whether it was sent is for a person to say: see Store.SettleUnsure
}

// before is what a verb overwrote, kept as JSON in op_items.before.
type before struct {
	Read         *bool  `json:"read,omitempty"`
	Availability *uint8 `json:"availability,omitempty"`
}

// links say where an operation stands in the list of what can be taken back.
type links struct{ undoes, redoes int64 }

// Act does something to items. It is in effect, and on disk, when Act returns;
// what the service has to be told is sent by Run or Flush. Items on which it
// would change nothing are left out, and if that is all of them, nothing is
// kept and Op.Words says so. ErrNotFound means that none of the items is known.
func (s *Store) Act(ctx context.Context, c Change) (Op, error) {
	info, err := infoOf(c.Verb)
	if err != nil {
		return Op{}, err
	}
	if err := c.check(s.opts.Actor); err != nil {
		return Op{}, err
	}
	if c.Verb == VerbCall {
		return s.actCall(ctx, c)
	}
	if err := s.rouse(ctx); err != nil {
		return Op{}, s.fault("recording what you did", err)
	}
	var op Op
	err = s.writeFull(ctx, func(tx *sql.Tx) error {
		if op, err = s.act(tx, c, info, links{}); err != nil {
			return err
		}
		return s.trashEnds(ctx, tx, &op)
	})
	if err != nil {
		return Op{}, s.fault("recording what you did", err)
	}
	if info.remote && op.ID != 0 {
		s.wakeOutbox()
	}
	if c.Verb == VerbHold {
		s.wakeArchive()
	}
	return op, nil
}

// check finds what can be wrong with a change before anything is touched.
func (c *Change) check(actor string) error {
	switch c.Verb {
	case VerbClaim:
		c.Text = CleanLine(cmp.Or(c.Who, actor))
	case VerbNote:
		if strings.TrimSpace(Clean(c.Text)) == "" {
			return errors.New("the note is empty")
		}
	case VerbLabel, VerbUnlabel:
		if c.Text = label(c.Text); c.Text == "" {
			return errors.New("the label is empty")
		}
	case VerbLabels:
		if c.Text = labelChange(c.Text); c.Text == "" {
			return errors.New("no label was given")
		}
	case VerbHold:
		c.Text = cmp.Or(CleanLine(c.Text), holdValue)
	case VerbUnhold:
		c.Text = ""
	case VerbSnooze:
		t, err := time.Parse(time.RFC3339, c.Text)
		if err != nil {
			return fmt.Errorf("snooze until %q: want a time such as %s", c.Text, "2026-11-23T09:00:00Z")
		}
		c.Text = t.UTC().Format(time.RFC3339)
	}
	c.Note = strings.TrimSpace(Clean(c.Note))
	if info, err := infoOf(c.Verb); c.Note != "" && (err != nil || info.entry == "" || c.Verb == VerbNote) {
		return fmt.Errorf("no note can go with %s", c.Verb)
	}
	if len(c.Items) == 0 && c.Verb != VerbCall {
		return fmt.Errorf("nothing to %s: no item given", c.Verb)
	}
	return nil
}

// act is Act within tx.
func (s *Store) act(tx *sql.Tx, c Change, info verbInfo, l links) (Op, error) {
	ts, err := targets(tx, c.Items)
	if err != nil {
		return Op{}, err
	}
	if len(ts) == 0 {
		return Op{}, ErrNotFound
	}
	if err := s.refusesOffers(c.Verb, ts); err != nil {
		return Op{}, err
	}
	if err := c.refuses(ts); err != nil {
		return Op{}, err
	}
	if err := refusesEchoes(tx, c, ts); err != nil {
		return Op{}, err
	}
	todo := slices.DeleteFunc(slices.Clone(ts), func(t target) bool { return c.Note == "" && !c.alters(t) })
	op := Op{Verb: c.Verb, Text: c.Text, At: s.now(), State: OpConfirmed, Undoable: l.undoes == 0}
	if len(todo) == 0 {
		op.Undoable = false
		op.Words = nothingToDo(ts, info)
		return op, nil
	}
	if info.remote {
		op.State = OpPending
	}
	op.Words = c.words(info, todo, s.opts.Actor)
	if op.ID, err = insertOp(tx, op, s.opts.Actor, l); err != nil {
		return Op{}, err
	}
	for _, t := range todo {
		op.Items = append(op.Items, t.id)
	}
	if info.remote {
		if err := s.applyRemote(tx, op, info, todo, string(op.Verb)); err != nil {
			return op, err
		}
		return op, s.settleHere(tx, &op, todo)
	}
	if c.Verb == VerbHold {
		if err := s.holding(tx, todo); err != nil {
			return op, err
		}
	}
	return op, s.applyLocal(tx, op, c, info, todo)
}

// alters reports whether a change would make an item any different.
func (c Change) alters(t target) bool {
	switch c.Verb {
	case VerbRead:
		return !t.read && t.availability != Purged
	case VerbUnread:
		return t.read && t.availability != Purged
	case VerbDelete:
		return t.availability == Alive
	case VerbRestore:
		return t.availability == Deleted
	case VerbDone:
		return t.state != Done
	case VerbReopen:
		return t.state != StateOpen
	case VerbSnooze:
		until, _ := time.Parse(time.RFC3339, c.Text) // checked before
		return t.state != Snoozed || t.until != until.UnixMilli()
	case VerbClaim:
		return t.claim != c.Text
	case VerbRelease:
		return t.claim != ""
	case VerbLabel:
		return !slices.Contains(t.labels, c.Text)
	case VerbUnlabel:
		return slices.Contains(t.labels, c.Text)
	case VerbLabels:
		return len(labelSteps(c.Text, t.labels)) > 0
	case VerbHold:
		return !t.held
	case VerbUnhold:
		return t.held
	}
	return true
}

// refuses says why a change cannot be made of items of some kind.
func (c Change) refuses(ts []target) error {
	if c.Verb != VerbDelete && c.Verb != VerbRestore {
		return nil
	}
	for _, t := range ts {
		switch t.kind {
		case Call:
			return errors.New("the service keeps its call log; done takes a call out of the queue")
		case Post:
			return errors.New("a post is deleted in its chat")
		}
	}
	return nil
}

func nothingToDo(ts []target, info verbInfo) string {
	verb := "are"
	if len(ts) == 1 {
		verb = "is"
	}
	for _, t := range ts {
		if t.availability == Purged && info.remote {
			return fmt.Sprintf("Nothing changed: %s %s no longer at the service", describe(ts), verb)
		}
	}
	return fmt.Sprintf("Nothing changed: %s %s %s", describe(ts), verb, info.already)
}

func insertOp(tx *sql.Tx, op Op, actor string, l links) (int64, error) {
	res, err := tx.Exec(`INSERT INTO ops (verb, at, actor, text, words, state, undoable, undoes, redoes)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		string(op.Verb), op.At.UnixMilli(), actor, op.Text, op.Words, int64(op.State), op.Undoable, l.undoes, l.redoes)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}
