package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"
)

// verbUndo is the verb of an operation that takes back a local one.
const verbUndo Verb = "undo"

// Undo takes back the newest operation of this person that can be taken back and
// has not been yet, whichever process it was made in. What has not been sent is
// cancelled; what has been is reversed at the service; a call that still rings is
// stopped. Items that a newer change has touched are left alone, and Op.Words
// says so. ErrNothing means that there is nothing to take back.
func (s *Store) Undo(ctx context.Context) (Op, error) { return s.takeBack(ctx, 0) }

// UndoOp is Undo of one operation of this person, whatever came after it. ErrNotFound
// means that there is none of that id.
func (s *Store) UndoOp(ctx context.Context, id int64) (Op, error) {
	if id <= 0 {
		return Op{}, fmt.Errorf("operation %d: %w", id, ErrNotFound)
	}
	return s.takeBack(ctx, id)
}

// takeBack undoes an operation, or with an id of 0 the newest that can be undone.
func (s *Store) takeBack(ctx context.Context, id int64) (Op, error) {
	if err := s.rouse(ctx); err != nil {
		return Op{}, s.fault("taking back", err)
	}
	var x, u Op
	err := s.writeFull(ctx, func(tx *sql.Tx) error {
		var err error
		if id != 0 {
			x, err = undoable(tx, s.opts.Actor, id)
		} else {
			x, err = lastUndoable(tx, s.opts.Actor)
		}
		if err != nil {
			return err
		}
		if x.Verb == VerbCall {
			return nil
		}
		if x.Verb == VerbSend {
			u, err = s.undoSend(tx, x)
			return err
		}
		if batch, words, err := batchOf(tx, x.ID); batch != 0 || err != nil {
			if err == nil {
				u, err = s.undoBatch(tx, batch, words)
			}
			return err
		}
		if d, ok, err := loadDeed(tx, x.ID); ok || err != nil {
			if err == nil {
				u, err = s.undoDeed(tx, x, d)
			}
			return err
		}
		u, err = s.undo(tx, x)
		return err
	})
	if err != nil {
		return Op{}, s.fault("taking back", err)
	}
	if x.Verb == VerbCall {
		return s.undoCall(ctx, x)
	}
	if x.Verb == VerbSend {
		s.sending.stop(x.ID) // an upload that is not wanted any more
		s.wakeSends()
	}
	s.wakeOutbox()
	s.wakeDeeds()
	return u, nil
}

const selectOp = `SELECT id, verb, at, text, words, state, undoable, undone, next, error FROM ops o`

func scanOp(sc scanner) (op Op, err error) {
	var at, next, undone int64
	err = sc.Scan(&op.ID, (*string)(&op.Verb), &at, &op.Text, &op.Words, &op.State, &op.Undoable, &undone, &next, &op.Error)
	op.At, op.NextTry, op.Undone = fromMilli(at), fromMilli(next), undone != 0
	if op.State != OpPending && op.State != OpUnknown {
		op.NextTry = time.Time{}
	}
	return op, err
}

// whatCanBeUndone selects operations that Undo can take back.
const whatCanBeUndone = ` WHERE actor = ? AND undoable = 1 AND undone = 0 AND undoes = 0
	AND (verb = 'call' AND state IN (0, 1) OR verb <> 'call' AND EXISTS (SELECT 1 FROM op_items i WHERE i.op = o.id AND i.state IN (0, 1, 2, 5))
		OR state IN (0, 1, 2, 5) AND (EXISTS (SELECT 1 FROM deeds d WHERE d.op = o.id) OR EXISTS (SELECT 1 FROM sends d WHERE d.op = o.id)))`

// lastUndoable is what Undo would take back.
func lastUndoable(tx *sql.Tx, actor string) (Op, error) {
	op, err := scanOp(tx.QueryRow(selectOp+whatCanBeUndone+` ORDER BY id DESC LIMIT 1`, actor))
	if errors.Is(err, sql.ErrNoRows) {
		return op, ErrNothing
	}
	return op, err
}

// undoable is one operation that can be taken back; the error says why another cannot.
func undoable(tx *sql.Tx, actor string, id int64) (Op, error) {
	op, err := scanOp(tx.QueryRow(selectOp+whatCanBeUndone+` AND id = ?`, actor, id))
	if !errors.Is(err, sql.ErrNoRows) {
		return op, err
	}
	if op, err = loadOp(tx, id); err != nil {
		return op, err
	}
	switch {
	case op.Undone:
		return op, fmt.Errorf("%s: it has been taken back already", lower(op.Words))
	case op.State == OpFailed || op.State == OpCancelled:
		return op, fmt.Errorf("%s: there is nothing to take back, it is %s", lower(op.Words), op.State)
	}
	return op, fmt.Errorf("%s: that cannot be taken back", lower(op.Words))
}

// undoItem is an item of an operation that is being taken back.
type undoItem struct {
	target
	state  OpState
	before string
	entry  string
}

// undoItems reads those items of an operation whose part in it has an effect.
func undoItems(tx *sql.Tx, op int64, states ...OpState) ([]undoItem, error) {
	rows, err := tx.Query(`SELECT item, state, before, entry FROM op_items WHERE op = ?`, op)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	by := map[ID]undoItem{}
	var ids []ID
	for rows.Next() {
		var it undoItem
		if err := rows.Scan((*int64)(&it.id), &it.state, &it.before, &it.entry); err != nil {
			return nil, err
		}
		if slices.Contains(states, it.state) {
			by[it.id] = it
			ids = append(ids, it.id)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	rows.Close() // the one connection is needed again
	ts, err := targets(tx, ids)
	if err != nil {
		return nil, err
	}
	items := make([]undoItem, len(ts))
	for i, t := range ts {
		items[i] = by[t.id]
		items[i].target = t
	}
	return items, nil
}

// undo takes back x within tx.
func (s *Store) undo(tx *sql.Tx, x Op) (Op, error) {
	info, err := infoOf(x.Verb)
	if err != nil {
		return Op{}, err
	}
	items, err := undoItems(tx, x.ID, OpPending, OpSending, OpConfirmed, OpUnknown)
	if err != nil {
		return Op{}, err
	}
	mine, err := s.unchangedSince(tx, x, info, items)
	if err != nil {
		return Op{}, err
	}
	u := Op{Verb: verbUndo, At: s.now(), State: OpConfirmed, Words: undoWords(x, items, mine)}
	if info.remote {
		u.Verb = info.inverse
	}
	if u.ID, err = insertOp(tx, u, s.opts.Actor, links{undoes: x.ID}); err != nil {
		return Op{}, err
	}
	for _, it := range mine {
		u.Items = append(u.Items, it.id)
	}
	if info.remote {
		err = s.undoRemote(tx, x, &u, mine)
	} else {
		err = s.counterEntries(tx, u.ID, mine)
	}
	if err != nil {
		return Op{}, err
	}
	_, err = tx.Exec(`UPDATE ops SET undone = ? WHERE id = ?`, u.ID, x.ID)
	return u, err
}

func undoWords(x Op, items, mine []undoItem) string {
	left := len(items) - len(mine)
	switch {
	case len(mine) == 0:
		return fmt.Sprintf("Left alone: %s, but that was changed again since", bare(x.Words))
	case left == 0:
		return "Taken back: " + bare(x.Words)
	case left == 1:
		return fmt.Sprintf("Taken back: %s, except one that was changed since", bare(x.Words))
	}
	return fmt.Sprintf("Taken back: %s, except %d that were changed since", bare(x.Words), left)
}

// unchangedSince picks the items that still are as x made them.
func (s *Store) unchangedSince(tx *sql.Tx, x Op, info verbInfo, items []undoItem) ([]undoItem, error) {
	if info.facet == facetNone {
		return items, nil
	}
	touched, err := touchedSince(tx, x, info, items)
	if err != nil {
		return nil, err
	}
	var mine []undoItem
	for _, it := range items {
		// Done again, it would make no difference: so it is as x left it.
		if (Change{Verb: x.Verb, Text: x.Text}).alters(it.target) || (info.remote && it.availability == Purged) || touched[it.id] {
			continue
		}
		mine = append(mine, it)
	}
	return mine, nil
}

// touchedSince is which of the items an operation newer than x, and still in force, has
// changed the same thing about.
func touchedSince(tx *sql.Tx, x Op, info verbInfo, items []undoItem) (map[ID]bool, error) {
	ids := make([]ID, len(items))
	for i, it := range items {
		ids[i] = it.id
	}
	list, err := jsonIDs(ids)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(`SELECT i.item, o.verb, o.text FROM json_each(?) j CROSS JOIN op_items i ON i.item = j.value AND i.op > ?
		JOIN ops o ON o.id = i.op WHERE i.state IN (0, 1, 2, 5) AND o.undoes = 0 AND o.undone = 0`, list, x.ID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	touched := map[ID]bool{}
	for rows.Next() {
		var id int64
		var verb Verb
		var text string
		if err := rows.Scan(&id, (*string)(&verb), &text); err != nil {
			return nil, err
		}
		other, err := infoOf(verb)
		if err == nil && other.facet == info.facet && (info.facet != facetLabels || sameLabels(text, x.Text)) {
			touched[ID(id)] = true
		}
	}
	return touched, rows.Err()
}

// undoRemote cancels what has not been sent and queues the inverse of the rest.
func (s *Store) undoRemote(tx *sql.Tx, x Op, u *Op, mine []undoItem) error {
	var out []target
	var waits []undoItem
	for _, it := range mine {
		if it.state == OpPending {
			waits = append(waits, it)
		} else {
			out = append(out, it.target)
		}
	}
	if err := cancelItems(tx, x, waits, s.now()); err != nil {
		return err
	}
	if err := refreshOp(tx, x.ID); err != nil {
		return err
	}
	if err := s.takenBack(tx, mine); err != nil {
		return err
	}
	if len(out) == 0 {
		return nil
	}
	info, err := infoOf(u.Verb)
	if err != nil {
		return err
	}
	u.State = OpPending
	if _, err := tx.Exec(`UPDATE ops SET state = ? WHERE id = ?`, int64(OpPending), u.ID); err != nil {
		return err
	}
	if err := s.applyRemote(tx, *u, info, out, ""); err != nil {
		return err
	}
	return s.settleHere(tx, u, out)
}
