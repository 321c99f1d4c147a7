package store

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"
)

// Leaving are the messages that leave a mailbox next, soonest first, at most limit.
func (s *Store) Leaving(ctx context.Context, r Retention, limit int) ([]Row, error) {
	now := s.now()
	var rows []Row
	add := func(where string, args ...any) error {
		found, err := s.r.QueryContext(ctx, `SELECT `+rowColumns+` FROM items i WHERE i.account = ? AND i.dropped = 0 AND `+where+` LIMIT ?`,
			append(append([]any{r.ID}, args...), limit)...)
		if err != nil {
			return err
		}
		defer found.Close()
		for found.Next() {
			row, err := scanRow(found)
			if err != nil {
				return err
			}
			rows = append(rows, row)
		}
		return found.Err()
	}
	old := func(days int) int64 { return int64(FirstID(now.AddDate(0, 0, -days).Add(-dropSlack))) }
	next, err := json.Marshal(asInts(r.Next))
	if err == nil && r.Rules.Trash > 0 {
		err = add(`i.availability = 1 AND i.kind < 6 AND i.deleted > ? ORDER BY i.deleted`, now.AddDate(0, 0, -r.Rules.Trash).UnixMilli())
	}
	if err == nil && r.Rules.Days > 0 {
		err = add(`i.availability = 0 AND i.direction = 1 AND i.kind IN (1, 2) AND i.id > ? ORDER BY i.id`, old(r.Rules.Days))
	}
	if err == nil && r.Rules.SentDays > 0 {
		err = add(`i.availability = 0 AND i.direction = 2 AND i.kind = 2 AND i.delivery NOT IN (4, 5) AND i.id > ? ORDER BY i.id`, old(r.Rules.SentDays))
	}
	if err == nil && r.Limited() {
		err = add(`i.id IN (SELECT value FROM json_each(?)) ORDER BY i.id`, string(next))
	}
	if err != nil {
		return nil, s.fault("looking what leaves the mailbox", err)
	}
	slices.SortFunc(rows, func(a, b Row) int { return cmp.Compare(a.ID, b.ID) })
	rows = slices.CompactFunc(rows, func(a, b Row) bool { return a.ID == b.ID })
	at := func(row Row) time.Time {
		l, ok := r.Leaves(row, now)
		if !ok || l.At.IsZero() {
			return now.AddDate(100, 0, 0) // after those whose time is known
		}
		return l.At
	}
	slices.SortStableFunc(rows, func(a, b Row) int { return at(a).Compare(at(b)) })
	rows = rows[:min(len(rows), limit)]
	s.know(ctx, rows)
	return rows, nil
}
