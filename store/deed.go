package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Deed is a change of something that is not an item: a contact, one's own presence, a
// post, the members of a team. Both payloads say how the object is to be, not what to
// change about it, so that the same code shows it here, tells the service and takes it back.
type Deed struct {
	Verb    Verb
	Account int64  // row in accounts
	Object  string // what it is about: "contact:5". Deeds of an account go out in the order they were made
	Do      any    // payload, written as JSON
	Undo    any    // payload of how it was; nil: cannot be taken back
	Words   string // "Changed the number of Ana Lima", for the banner and the list of jobs
}

// Doer is a Service that carries out deeds.
type Doer interface {
	// Do brings the service to what d says. When a deed is taken back, it is called
	// with the payload of how the object was.
	Do(ctx context.Context, d Doing) (Done DeedDone, err error)
	// Sought asks whether a deed that was sent without an answer has been carried out.
	// It is asked only for what must not be sent twice.
	Sought(ctx context.Context, d Doing) (DeedDone, bool, error)
}

// Doing is a deed as the service gets it.
type Doing struct {
	Verb    Verb
	Object  string
	Remote  string // what the service calls the object, where an earlier deed made it; NoRemote where one removed it
	Payload json.RawMessage
	At      time.Time // when the person did it
	Undoes  bool      // it takes back another
	Known   []string  // for Sought: what is no answer, because it was there before
}

// NoRemote is DeedDone.Remote of a deed after which the object exists no more: a later
// deed about it has to make it anew.
const NoRemote = "-"

// DeedDone is what the service said.
type DeedDone struct {
	Remote string          // its name for what was made, or NoRemote
	Reply  json.RawMessage // for deedInfo.made
}

// deedInfo is how deeds of a verb work.
type deedInfo struct {
	once  bool // must not be sent twice
	local bool // the service has nothing to do with it: it is through once it is recorded
	// apply shows an object as the payload says. It is called in the transaction that
	// records the deed, again when it is taken back or refused.
	apply func(s *Store, tx *sql.Tx, account int64, object string, payload []byte) error
	// made takes in what the service said, after the deed counts as confirmed; may be nil.
	made func(s *Store, tx *sql.Tx, account int64, object string, payload []byte, done DeedDone) error
	// ready completes the payload with what was not known when it was done, such as the
	// id of something made meanwhile, just before it is sent; may be nil.
	ready func(s *Store, tx *sql.Tx, payload []byte) ([]byte, error)
	// known are what the service calls objects of the kind that were known before the
	// deed, for Doing.Known; may be nil.
	known func(tx *sql.Tx, account int64, payload []byte, before time.Time) ([]string, error)
	// rebase says how a deed looks that was done on top of another state than it was: its
	// payloads, and the state it leaves. nil: the payloads are the whole state each, and
	// only what the deed goes back to is another.
	rebase func(base, does, undoes []byte) (newDoes, newUndoes, next []byte, err error)
	// ahead does what takes long and has to be done before, such as sending files, outside
	// of any transaction. It gives the payload that is sent; may be nil.
	ahead func(ctx context.Context, s *Store, b *mailbox, d outDeed) ([]byte, error)
	// refused shows what was refused, in place of apply with how it was; may be nil.
	refused func(s *Store, tx *sql.Tx, account int64, object string, does, undoes []byte, why string) error

	// whom a deed is about, for words after inf; may be nil.
	whom func(payload []byte) string
	inf  string // "change the contact", after "Could not"
	back string // after it was refused: "Shown as before"
}

// deedOf looks up a verb of deeds.
func deedOf(v Verb) (deedInfo, bool) {
	for _, table := range []map[Verb]deedInfo{contactDeeds(), presenceDeeds(), chatDeeds(), blockDeeds()} {
		if in, ok := table[v]; ok {
			return in, true
		}
	}
	return deedInfo{}, false
}

// DoDeed makes a change of something that is not an item. It is in effect, and on
// disk, when DoDeed returns; the service is told by Run or Flush.
func (s *Store) DoDeed(ctx context.Context, d Deed) (Op, error) {
	var op Op
	err := s.writeFull(ctx, func(tx *sql.Tx) (err error) {
		op, err = s.deed(tx, d)
		return err
	})
	if err != nil {
		return Op{}, s.fault("recording what you did", err)
	}
	s.wakeDeeds()
	return op, nil
}

// deed is DoDeed within tx.
func (s *Store) deed(tx *sql.Tx, d Deed) (Op, error) {
	does, err := json.Marshal(d.Do)
	if err != nil {
		return Op{}, fmt.Errorf("writing down the change: %w", err)
	}
	var undoes []byte
	if d.Undo != nil {
		if undoes, err = json.Marshal(d.Undo); err != nil {
			return Op{}, fmt.Errorf("writing down how it was: %w", err)
		}
	}
	op := Op{Verb: d.Verb, At: s.now(), State: OpPending, Undoable: d.Undo != nil, Words: d.Words}
	return s.putDeed(tx, op, deedRow{account: d.Account, object: d.Object, does: does, undoes: undoes}, links{})
}

// followUp does a deed that another brings with it: nobody takes it back by itself, and
// it does not stand in the way of doing again what was taken back.
func (s *Store) followUp(tx *sql.Tx, d Deed) error {
	does, err := json.Marshal(d.Do)
	if err != nil {
		return fmt.Errorf("writing down the change: %w", err)
	}
	op := Op{Verb: d.Verb, At: s.now(), State: OpPending, Words: d.Words}
	_, err = s.putDeed(tx, op, deedRow{account: d.Account, object: d.Object, does: does}, links{redoes: -1})
	return err
}

// putDeed records a deed and shows its effect.
func (s *Store) putDeed(tx *sql.Tx, op Op, d deedRow, l links) (Op, error) {
	info, ok := deedOf(op.Verb)
	if !ok {
		return Op{}, fmt.Errorf("%q is not something that can be done", string(op.Verb))
	}
	if err := info.apply(s, tx, d.account, d.object, d.does); err != nil {
		return Op{}, err
	}
	if info.local {
		op.State = OpConfirmed
	}
	id, err := insertOp(tx, op, s.opts.Actor, l)
	if err != nil {
		return Op{}, err
	}
	op.ID = id
	_, err = tx.Exec(`INSERT INTO deeds (op, account, object, does, undoes, remote) VALUES (?, ?, ?, ?, ?, ?)`,
		op.ID, d.account, d.object, string(d.does), string(d.undoes), d.remote)
	return op, err
}

// deedRow is a row of deeds.
type deedRow struct {
	op           int64
	account      int64
	object       string
	does, undoes []byte
	remote       string
}

func loadDeed(tx *sql.Tx, op int64) (d deedRow, ok bool, err error) {
	var does, undoes string
	err = tx.QueryRow(`SELECT op, account, object, does, undoes, remote FROM deeds WHERE op = ?`, op).
		Scan(&d.op, &d.account, &d.object, &does, &undoes, &d.remote)
	if errors.Is(err, sql.ErrNoRows) {
		return d, false, nil
	}
	d.does = []byte(does)
	if undoes != "" {
		d.undoes = []byte(undoes)
	}
	return d, err == nil, err
}

// undoDeed takes back x: it is cancelled if it has not been sent, else the service is
// told how the object was.
func (s *Store) undoDeed(tx *sql.Tx, x Op, d deedRow) (Op, error) {
	newer, err := newerDeed(tx, d)
	if err != nil {
		return Op{}, err
	}
	u := Op{Verb: x.Verb, At: s.now(), State: OpConfirmed, Words: "Taken back: " + bare(x.Words)}
	switch {
	case newer != 0:
		u.Words = fmt.Sprintf("Left alone: %s, but that was changed again since", bare(x.Words))
		u.ID, err = insertOp(tx, u, s.opts.Actor, links{undoes: x.ID})
	case x.State == OpPending:
		u.ID, err = s.cancelDeed(tx, x, d, u)
	case x.Verb == VerbPost && s.offering(d.account, OfferEdit) != nil: // so that what came before it can still be taken back
		u.Words = fmt.Sprintf("Left alone: %s; %s", bare(x.Words), s.offering(d.account, OfferEdit))
		u.ID, err = insertOp(tx, u, s.opts.Actor, links{undoes: x.ID})
	default:
		u.State = OpPending
		u, err = s.putDeed(tx, u, deedRow{account: d.account, object: d.object, does: d.undoes, undoes: d.does}, links{undoes: x.ID})
	}
	if err != nil {
		return Op{}, err
	}
	_, err = tx.Exec(`UPDATE ops SET undone = ? WHERE id = ?`, u.ID, x.ID)
	return u, err
}

// cancelDeed takes back what has not been sent. u, if it has words, is recorded as what
// took it back.
func (s *Store) cancelDeed(tx *sql.Tx, x Op, d deedRow, u Op) (int64, error) {
	info, _ := deedOf(x.Verb)
	if err := s.takeOut(tx, info, d); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(`UPDATE ops SET state = ?, owner = '', lease = 0 WHERE id = ?`, int64(OpCancelled), x.ID); err != nil {
		return 0, err
	}
	if u.Words == "" {
		return 0, nil
	}
	return insertOp(tx, u, s.opts.Actor, links{undoes: x.ID})
}

// takeOut shows an object without a deed that has come to nothing: as it was before it,
// or, where newer deeds are on top of it, as they leave that.
func (s *Store) takeOut(tx *sql.Tx, info deedInfo, d deedRow) error {
	if d.undoes == nil || info.apply == nil {
		return nil
	}
	ds, err := deedsOf(tx, d.account, d.object, d.op, `o.state IN (0, 1, 2, 5) AND o.undoes = 0 AND o.redoes >= 0 AND o.undone = 0`)
	if err != nil {
		return err
	}
	state, err := s.rebaseDeeds(tx, info, ds, d.undoes)
	if err != nil {
		return err
	}
	return info.apply(s, tx, d.account, d.object, state)
}

// newerDeed is a deed about the same object that is newer and still in force.
func newerDeed(tx *sql.Tx, d deedRow) (op int64, err error) {
	err = tx.QueryRow(`SELECT d.op FROM deeds d JOIN ops o ON o.id = d.op WHERE d.account = ? AND d.object = ? AND d.op > ?
		AND o.state IN (0, 1, 2, 5) AND o.undoes = 0 AND o.redoes >= 0 AND o.undone = 0 ORDER BY d.op LIMIT 1`, d.account, d.object, d.op).Scan(&op)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return op, err
}

// redoDeed does x once more, after undo took it back or, with 0, the service refused it.
func (s *Store) redoDeed(tx *sql.Tx, x Op, d deedRow, undo int64) (Op, error) {
	if undo == 0 {
		if x.Undone {
			return Op{}, errors.New("it has been tried again already")
		}
		if _, err := tx.Exec(`UPDATE ops SET undone = -1 WHERE id = ?`, x.ID); err != nil {
			return Op{}, err
		}
	}
	r := Op{Verb: x.Verb, At: s.now(), State: OpPending, Undoable: true, Words: "Done again: " + bare(x.Words)}
	return s.putDeed(tx, r, deedRow{account: d.account, object: d.object, does: d.does, undoes: d.undoes}, links{redoes: undo})
}

// deedsOf are deeds of an account about an object, or about all with "", newer than
// after, oldest first.
func deedsOf(tx *sql.Tx, account int64, object string, after int64, where string) ([]deedRow, error) {
	of, args := `d.account = ? AND d.op > ?`, []any{account, after}
	if object != "" { // by the index, which an OR would keep from being used
		of, args = of+` AND d.object = ?`, append(args, object)
	}
	rows, err := tx.Query(`SELECT d.op, d.account, d.object, d.does, d.undoes, d.remote FROM ops o JOIN deeds d ON d.op = o.id
		WHERE `+of+` AND `+where+` ORDER BY d.op`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ds []deedRow
	for rows.Next() {
		var d deedRow
		var does, undoes string
		if err := rows.Scan(&d.op, &d.account, &d.object, &does, &undoes, &d.remote); err != nil {
			return nil, err
		}
		d.does = []byte(does)
		if undoes != "" {
			d.undoes = []byte(undoes)
		}
		ds = append(ds, d)
	}
	return ds, rows.Err()
}

// rebaseDeeds puts deeds about one object on top of another state than they were done
// on, and says what state they leave.
func (s *Store) rebaseDeeds(tx *sql.Tx, info deedInfo, ds []deedRow, base []byte) (state []byte, err error) {
	for _, d := range ds {
		does, undoes, next := d.does, base, d.does
		if info.rebase != nil {
			was := d.undoes
			if was == nil {
				was = []byte("{}")
			}
			if does, undoes, next, err = info.rebase(base, d.does, was); err != nil {
				return nil, err
			}
		}
		if err := rewriteDeed(tx, d, does, undoes); err != nil {
			return nil, err
		}
		base = next
	}
	return base, nil
}

// rewriteDeed changes the payloads of a deed. What could not be taken back still cannot.
func rewriteDeed(tx *sql.Tx, d deedRow, does, undoes []byte) error {
	if d.undoes == nil {
		undoes = nil
	}
	_, err := tx.Exec(`UPDATE deeds SET does = ?, undoes = ? WHERE op = ?`, string(does), string(undoes), d.op)
	return err
}
