package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Ops are the newest operations, newest first: what waits, what failed, and what
// can be taken back. A limit of 0 means 100.
func (s *Store) Ops(ctx context.Context, limit int) ([]Op, error) {
	if limit <= 0 {
		limit = 100
	}
	ops, err := s.readOps(ctx, selectOp+` ORDER BY id DESC LIMIT ?`, limit)
	return ops, s.fault("reading the operations", err)
}

func (s *Store) readOps(ctx context.Context, query string, args ...any) ([]Op, error) {
	tx, err := s.r.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	rows, err := tx.Query(query, args...)
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
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i := range ops {
		if ops[i].Items, err = opItems(tx, ops[i].ID); err != nil {
			return nil, err
		}
		if err := sendInfo(tx, &ops[i]); err != nil {
			return nil, err
		}
		if err := s.trashEnds(ctx, tx, &ops[i]); err != nil {
			return nil, err
		}
	}
	return ops, nil
}

func opItems(q *sql.Tx, op int64) ([]ID, error) {
	rows, err := q.Query(`SELECT item FROM op_items WHERE op = ? AND item <> 0`, op)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []ID
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, ID(id))
	}
	return ids, rows.Err()
}

// RetryOp sends an operation now instead of later. One that was refused is made
// again, for the items that were refused.
func (s *Store) RetryOp(ctx context.Context, id int64) error {
	err := s.writeFull(ctx, func(tx *sql.Tx) error {
		op, err := loadOp(tx, id)
		if err != nil {
			return err
		}
		if op.Verb == VerbSend {
			return s.retryNow(ctx, tx, op)
		}
		switch op.State {
		case OpPending:
			_, err := tx.Exec(`UPDATE ops SET next = 0, tries = 0 WHERE id = ?`, id)
			return err
		case OpFailed:
			if d, ok, err := loadDeed(tx, id); ok || err != nil {
				if err == nil {
					_, err = s.redoDeed(tx, op, d, 0)
				}
				return err
			}
			return s.remake(tx, op)
		case OpUnknown, OpSending:
			return errors.New("it is on its way; the service is asked what became of it")
		}
		return fmt.Errorf("it is %s already", op.State)
	})
	if err != nil {
		return s.fault("trying again", err)
	}
	s.wakeSends()
	s.wakeOutbox()
	s.wakeDeeds()
	return nil
}

func (s *Store) remake(tx *sql.Tx, op Op) error {
	info, err := infoOf(op.Verb)
	if err != nil {
		return err
	}
	if op.Verb == VerbCall {
		return errors.New("a call is not repeated by itself: call again")
	}
	items, err := undoItems(tx, op.ID, OpFailed)
	if err != nil {
		return err
	}
	var ids []ID
	for _, it := range items {
		ids = append(ids, it.id)
	}
	_, err = s.act(tx, Change{Verb: op.Verb, Items: ids, Text: op.Text}, info, links{})
	return err
}

func loadOp(tx *sql.Tx, id int64) (Op, error) {
	op, err := scanOp(tx.QueryRow(selectOp+` WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return op, fmt.Errorf("operation %d: %w", id, ErrNotFound)
	}
	return op, err
}

// CancelOp takes back what of an operation has not been sent yet, or what was sent
// without an answer.
func (s *Store) CancelOp(ctx context.Context, id int64) error {
	err := s.writeFull(ctx, func(tx *sql.Tx) error {
		op, err := loadOp(tx, id)
		if err != nil {
			return err
		}
		if op.Verb == VerbSend {
			return s.cancelPending(tx, op)
		}
		if d, ok, err := loadDeed(tx, id); ok || err != nil {
			if err == nil && op.State != OpPending {
				err = fmt.Errorf("it is %s already: take it back instead", op.State)
			}
			if err == nil {
				_, err = s.cancelDeed(tx, op, d, Op{})
			}
			if err == nil {
				_, err = tx.Exec(`UPDATE ops SET undone = -1 WHERE id = ?`, id)
			}
			return err
		}
		if op.State == OpUnknown && op.Undoable { // it may have arrived
			_, err := s.undo(tx, op)
			return err
		}
		items, err := undoItems(tx, id, OpPending)
		if err != nil {
			return err
		}
		if op.State != OpPending || len(items) == 0 {
			return fmt.Errorf("it is %s already: take it back instead", op.State)
		}
		for _, it := range items {
			if err := cancelItem(tx, op, it, s.now()); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`UPDATE ops SET undone = -1 WHERE id = ?`, id); err != nil {
			return err
		}
		return refreshOp(tx, id)
	})
	s.wakeOutbox()
	return s.fault("cancelling", err)
}

// keepOps is how long finished operations stay in the list.
const keepOps = 30 * 24 * time.Hour

// tidyOps forgets operations that are over and old. The ledger keeps what was decided.
func (s *Store) tidyOps(ctx context.Context) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		old := s.now().Add(-keepOps).UnixMilli()
		for _, q := range []string{
			`DELETE FROM op_items WHERE op IN (SELECT id FROM ops WHERE state IN (2, 3, 4) AND at < ?)`,
			`DELETE FROM deeds WHERE op IN (SELECT id FROM ops WHERE state IN (2, 3, 4) AND at < ?)`,
			`DELETE FROM sends WHERE op IN (SELECT id FROM ops WHERE state IN (2, 3, 4) AND at < ?)`,
			`DELETE FROM ops WHERE state IN (2, 3, 4) AND at < ?`,
			`DELETE FROM notices WHERE dismissed = 1 AND at < ?`,
		} {
			if _, err := tx.Exec(q, old); err != nil {
				return err
			}
		}
		_, err := tx.Exec(`DELETE FROM batches WHERE id NOT IN (SELECT batch FROM ops WHERE batch <> 0)`)
		return err
	})
}
