package store

import (
	"context"
	"database/sql"
	"errors"
)

// Redo does again what the last Undo took back, unless something else was done
// since. ErrNothing means that there is nothing to do again.
func (s *Store) Redo(ctx context.Context) (Op, error) {
	if err := s.rouse(ctx); err != nil {
		return Op{}, s.fault("doing again", err)
	}
	var r Op
	err := s.writeFull(ctx, func(tx *sql.Tx) (err error) {
		if r, err = s.redo(ctx, tx); err != nil {
			return err
		}
		return s.trashEnds(ctx, tx, &r)
	})
	if err != nil {
		return Op{}, s.fault("doing again", err)
	}
	s.wakeSends()
	s.wakeOutbox()
	s.wakeDeeds()
	return r, nil
}

func (s *Store) redo(ctx context.Context, tx *sql.Tx) (Op, error) {
	var undo, orig int64
	err := tx.QueryRow(`SELECT id, undoes FROM ops u WHERE actor = ? AND undoes > 0 AND undone = 0
		AND NOT EXISTS (SELECT 1 FROM ops n WHERE n.actor = u.actor AND n.id > u.id AND n.undoes = 0 AND n.redoes = 0)
		ORDER BY id DESC LIMIT 1`, s.opts.Actor).Scan(&undo, &orig)
	if errors.Is(err, sql.ErrNoRows) {
		return Op{}, ErrNothing
	}
	if err != nil {
		return Op{}, err
	}
	if batch, words, err := batchOf(tx, undo); batch != 0 || err != nil {
		if err != nil {
			return Op{}, err
		}
		return s.redoBatch(ctx, tx, batch, words)
	}
	return s.redoOne(ctx, tx, undo, orig)
}

// redoOne does orig again, which undo took back.
func (s *Store) redoOne(ctx context.Context, tx *sql.Tx, undo, orig int64) (Op, error) {
	x, err := scanOp(tx.QueryRow(selectOp+` WHERE id = ?`, orig))
	if errors.Is(err, sql.ErrNoRows) {
		return Op{}, ErrNothing // tidied away
	}
	if err != nil {
		return Op{}, err
	}
	var r Op
	if x.Verb == VerbSend {
		r, err = s.redoSend(ctx, tx, x, undo)
	} else if d, ok, derr := loadDeed(tx, x.ID); derr != nil {
		return Op{}, derr
	} else if ok {
		r, err = s.redoDeed(tx, x, d, undo)
	} else {
		r, err = s.again(tx, x, undo)
	}
	if err != nil {
		return Op{}, err
	}
	by := r.ID
	if by == 0 {
		by = -1 // there was nothing left to do
	}
	_, err = tx.Exec(`UPDATE ops SET undone = ? WHERE id = ?`, by, undo)
	return r, err
}

// again does x once more, to those items of which it was taken back by undo.
func (s *Store) again(tx *sql.Tx, x Op, undo int64) (Op, error) {
	info, err := infoOf(x.Verb)
	if err != nil {
		return Op{}, err
	}
	items, err := undoItems(tx, undo, OpPending, OpSending, OpConfirmed, OpUnknown)
	if err != nil {
		return Op{}, err
	}
	l := links{redoes: undo}
	if !info.remote {
		r := Op{Verb: x.Verb, Text: x.Text, At: s.now(), State: OpConfirmed, Undoable: true, Words: "Done again: " + bare(x.Words)}
		if r.ID, err = insertOp(tx, r, s.opts.Actor, l); err != nil {
			return Op{}, err
		}
		for _, it := range items {
			r.Items = append(r.Items, it.id)
		}
		return r, s.counterEntries(tx, r.ID, items)
	}
	cancelled, err := undoItems(tx, x.ID, OpCancelled)
	if err != nil {
		return Op{}, err
	}
	var ids []ID
	for _, it := range append(items, cancelled...) {
		ids = append(ids, it.id)
	}
	if len(ids) == 0 {
		return Op{Verb: x.Verb, At: s.now(), State: OpConfirmed, Words: "Nothing to do again"}, nil
	}
	r, err := s.act(tx, Change{Verb: x.Verb, Items: ids, Text: x.Text}, info, l)
	if err == nil && r.ID != 0 {
		r.Words = "Done again: " + lower(r.Words)
	}
	return r, err
}
