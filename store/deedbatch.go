package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// batchTables keep which operations were one thing to whoever did them, such as an
// import: one Undo takes all of them back, one Redo does all of them again.
const batchTables = `
ALTER TABLE ops ADD COLUMN batch INTEGER NOT NULL DEFAULT 0; -- row in batches; 0: it stands alone
CREATE INDEX ops_batch ON ops (batch) WHERE batch <> 0;
CREATE TABLE batches (
	id    INTEGER PRIMARY KEY,
	words TEXT NOT NULL -- "Added 12 contacts"
) STRICT;
`

// Together makes operations that were done one after the other one, for Undo and Redo:
// deeds, not changes of items. words are what all of them are together.
func (s *Store) Together(ctx context.Context, ops []int64, words string) error {
	if len(ops) < 2 {
		return nil
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		_, err := putBatch(tx, 0, ops, words)
		return err
	})
	return s.fault("recording what you did", err)
}

// putBatch adds operations to a batch, 0 for a new one, and says what they are together now.
func putBatch(tx *sql.Tx, batch int64, ops []int64, words string) (int64, error) {
	if batch == 0 {
		res, err := tx.Exec(`INSERT INTO batches (words) VALUES (?)`, words)
		if err != nil {
			return 0, err
		}
		if batch, err = res.LastInsertId(); err != nil {
			return 0, err
		}
	} else if _, err := tx.Exec(`UPDATE batches SET words = ? WHERE id = ?`, words, batch); err != nil {
		return 0, err
	}
	for _, op := range ops {
		if _, err := tx.Exec(`UPDATE ops SET batch = ? WHERE id = ?`, batch, op); err != nil {
			return 0, err
		}
	}
	return batch, nil
}

// batchOf is the batch an operation is part of, and its words; 0: it stands alone.
func batchOf(tx *sql.Tx, op int64) (batch int64, words string, err error) {
	err = tx.QueryRow(`SELECT b.id, b.words FROM ops o JOIN batches b ON b.id = o.batch WHERE o.id = ?`, op).Scan(&batch, &words)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, "", nil
	}
	return batch, words, err
}

// undoBatch takes back all operations of a batch, the newest first. What was changed
// since is left alone.
func (s *Store) undoBatch(tx *sql.Tx, batch int64, words string) (Op, error) {
	ops, err := batchOps(tx, selectOp+` WHERE batch = ? AND undoable = 1 AND undone = 0 AND undoes = 0 AND state IN (0, 1, 2, 5)
		AND EXISTS (SELECT 1 FROM deeds d WHERE d.op = o.id) ORDER BY id DESC`, batch)
	if err != nil {
		return Op{}, err
	}
	var last Op
	left := 0
	for _, x := range ops {
		d, _, err := loadDeed(tx, x.ID)
		if err != nil {
			return Op{}, err
		}
		newer, err := newerDeed(tx, d)
		if err != nil {
			return Op{}, err
		}
		u, err := s.undoDeed(tx, x, d)
		if err != nil {
			return Op{}, err
		}
		last = u
		if newer != 0 { // nothing was taken back, so there is nothing to do again
			left++
			_, err = tx.Exec(`UPDATE ops SET undone = -1 WHERE id = ?`, u.ID)
		} else {
			_, err = tx.Exec(`UPDATE ops SET batch = ? WHERE id = ?`, batch, u.ID)
		}
		if err != nil {
			return Op{}, err
		}
	}
	switch {
	case left == len(ops):
		last.Words = fmt.Sprintf("Left alone: %s, but that was changed again since", lower(words))
	case left == 0:
		last.Words = "Taken back: " + lower(words)
	case left == 1:
		last.Words = fmt.Sprintf("Taken back: %s, except one that was changed since", lower(words))
	default:
		last.Words = fmt.Sprintf("Taken back: %s, except %d that were changed since", lower(words), left)
	}
	return last, nil
}

// redoBatch does again what was taken back of a batch, in the order in which it was done.
func (s *Store) redoBatch(ctx context.Context, tx *sql.Tx, batch int64, words string) (Op, error) {
	undos, err := batchOps(tx, selectOp+` WHERE batch = ? AND undoes > 0 AND undone = 0 ORDER BY id DESC`, batch)
	if err != nil {
		return Op{}, err
	}
	var last Op
	for _, u := range undos {
		var orig int64
		if err := tx.QueryRow(`SELECT undoes FROM ops WHERE id = ?`, u.ID).Scan(&orig); err != nil {
			return Op{}, err
		}
		r, err := s.redoOne(ctx, tx, u.ID, orig)
		if errors.Is(err, ErrNothing) {
			continue // tidied away
		}
		if err != nil {
			return Op{}, err
		}
		if _, err := tx.Exec(`UPDATE ops SET batch = ? WHERE id = ?`, batch, r.ID); err != nil {
			return Op{}, err
		}
		last = r
	}
	if last.ID == 0 {
		return Op{}, ErrNothing
	}
	last.Words = "Done again: " + lower(words)
	return last, nil
}

func batchOps(tx *sql.Tx, query string, batch int64) ([]Op, error) {
	rows, err := tx.Query(query, batch)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ops []Op
	for rows.Next() {
		op, err := scanOp(rows)
		if err != nil {
			return nil, err
		}
		ops = append(ops, op)
	}
	return ops, rows.Err()
}
