package store

import (
	"context"
	"database/sql"
)

// trashEnds completes a deletion with when its messages are purged, at the earliest: until
// then it can be taken back. A mailbox whose service does not say when adds nothing.
func (s *Store) trashEnds(ctx context.Context, tx *sql.Tx, op *Op) error {
	if op.Verb != VerbDelete || op.ID == 0 {
		return nil
	}
	accounts, err := queryInts(ctx, tx, `SELECT DISTINCT account FROM op_items WHERE op = ?`, op.ID)
	if err != nil {
		return err
	}
	for _, account := range accounts {
		rules, err := s.rules(ctx, tx, account)
		if err != nil {
			return err
		}
		end := op.At.AddDate(0, 0, rules.Trash)
		if rules.Trash > 0 && (op.Until.IsZero() || end.Before(op.Until)) {
			op.Until = end
		}
	}
	return nil
}

func queryInts(ctx context.Context, q querier, query string, args ...any) (list []int64, err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, rows.Err()
}
