package store

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
)

// Order is the order of a list.
type Order uint8

// The orders. Oldest first is the default: who has waited longest comes first.
const (
	OldestFirst Order = iota
	NewestFirst
)

func (o Order) String() string { return [...]string{"oldest first", "newest first"}[o%2] }

// Window is a part of a list, in the order shown.
type Window struct {
	Rows       []Row
	Start, End bool   // nothing comes before the first row, or after the last
	Generation uint64 // of the store when it was read, or older
}

// Special places for Window and NextUnread.
const (
	FromStart ID = 0  // the first row in the order shown
	FromEnd   ID = -1 // the last one
)

// maxWindow bounds what one call reads on either side.
const maxWindow = 10000

// Window reads the rows around an item, in the order shown: at most before rows
// before it, the row itself (or the one that comes next, if it is not in the list)
// and at most after rows after it. For [FromStart] and [FromEnd] that item is the
// first or the last of the list. It reads no more than it gives, however long the list.
func (s *Store) Window(ctx context.Context, q Query, o Order, at ID, before, after int) (Window, error) {
	w, err := s.window(ctx, q, o, at, min(max(before, 0), maxWindow), min(max(after, 0), maxWindow))
	if err == nil {
		s.know(ctx, w.Rows)
		err = s.excerpt(ctx, q, w.Rows)
	}
	return w, s.fault("reading the list", err)
}

func (s *Store) window(ctx context.Context, q Query, o Order, at ID, before, after int) (Window, error) {
	if err := s.rouse(ctx); err != nil {
		return Window{}, err
	}
	asc := o == OldestFirst
	w := Window{Generation: s.Generation()}
	p := s.plan(ctx, q)
	if at == FromStart || at == FromEnd {
		forward := asc == (at == FromStart)
		n := after + 1
		if at == FromEnd {
			n = before + 1
		}
		rows, err := s.walk(ctx, s.r, p, edge(forward), true, forward, n+1)
		more := len(rows) > n
		w.Rows = rows[:min(len(rows), n)]
		w.Start, w.End = at == FromStart || !more, at == FromEnd || !more
		if at == FromEnd {
			slices.Reverse(w.Rows)
		}
		return w, err
	}
	// One transaction, so that no row is on both sides or on none.
	tx, err := s.r.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return w, err
	}
	defer tx.Rollback()
	rest, err := s.walk(ctx, tx, p, at, true, asc, after+2)
	if err != nil {
		return w, err
	}
	w.End = len(rest) <= after+1
	rest = rest[:min(len(rest), after+1)]
	if w.Rows, err = s.walk(ctx, tx, p, at, false, !asc, before+1); err != nil {
		return w, err
	}
	w.Start = len(w.Rows) <= before
	w.Rows = w.Rows[:min(len(w.Rows), before)]
	slices.Reverse(w.Rows)
	w.Rows = append(w.Rows, rest...)
	return w, nil
}

// edge is the key before the first row of a walk.
func edge(asc bool) ID {
	if asc {
		return math.MinInt64
	}
	return math.MaxInt64
}

// selecter is a *sql.DB or a *sql.Tx.
type selecter interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// walk reads at most limit rows from a key on, in one direction.
func (s *Store) walk(ctx context.Context, db selecter, p plan, from ID, inclusive, asc bool, limit int) ([]Row, error) {
	if p.skim != nil {
		return s.skim(ctx, db, p, from, inclusive, asc, limit)
	}
	query, args := p.sql(rowColumns, from, inclusive, asc, limit, false)
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make([]Row, 0, min(limit, 256))
	for rows.Next() {
		r, err := scanRow(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// IDs are at most most ids of a list, from its start: for marks, which must not
// change when the list does.
func (s *Store) IDs(ctx context.Context, q Query, o Order, most int) ([]ID, error) {
	if err := s.rouse(ctx); err != nil {
		return nil, s.fault("reading the list", err)
	}
	p := s.plan(ctx, q)
	asc := o == OldestFirst
	query, args := p.sql("i.id", edge(asc), true, asc, max(most, 0), false)
	ids, err := s.ids(ctx, query, args...)
	return ids, s.fault("reading the list", err)
}

// Count is how many rows a list has, counting no further than stop: when exact is
// false there are more than n.
func (s *Store) Count(ctx context.Context, q Query, stop int) (n int, exact bool, err error) {
	if err := s.rouse(ctx); err != nil {
		return 0, false, s.fault("counting", err)
	}
	p := s.plan(ctx, q)
	stop = max(stop, 0)
	if p.skim != nil {
		// Counting what a letter or two fit would mean reading everything.
		found, done, _, err := s.read(ctx, s.r, p, edge(false), true, false, stop+1)
		return min(len(found), stop), done && len(found) <= stop, s.fault("counting", err)
	}
	query, args := p.sql("1", edge(false), true, false, stop+1, false)
	err = s.r.QueryRowContext(ctx, `SELECT count(*) FROM (`+query+`)`, args...).Scan(&n)
	return min(n, stop), n <= stop, s.fault("counting", err)
}

// NextUnread is the next unread item of a list after an item, or before it if not
// forward, in the order shown. The error is [ErrNotFound] when there is none.
func (s *Store) NextUnread(ctx context.Context, q Query, o Order, after ID, forward bool) (ID, error) {
	if err := s.rouse(ctx); err != nil {
		return 0, s.fault("looking for the next unread", err)
	}
	asc := (o == OldestFirst) == forward
	if after == FromStart || after == FromEnd {
		after = edge(asc)
	}
	p := s.plan(ctx, q.And(Query{terms: []term{{field: "is", vals: []value{{text: "unread"}}}}}))
	query, args := p.sql("i.id", after, false, asc, 1, false)
	ids, err := s.ids(ctx, query, args...)
	if err != nil {
		return 0, s.fault("looking for the next unread", err)
	}
	if len(ids) == 0 {
		return 0, fmt.Errorf("no unread item: %w", ErrNotFound)
	}
	return ids[0], nil
}
