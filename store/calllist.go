package store

import (
	"context"
	"fmt"
)

// NextMissed is the next missed call of a list that nobody has done, after an item, or
// before it if not forward, in the order shown. The error is [ErrNotFound] when there
// is none.
func (s *Store) NextMissed(ctx context.Context, q Query, o Order, after ID, forward bool) (ID, error) {
	const doing = "looking for the next missed call"
	if err := s.rouse(ctx); err != nil {
		return 0, s.fault(doing, err)
	}
	asc := (o == OldestFirst) == forward
	if after == FromStart || after == FromEnd {
		after = edge(asc)
	}
	is := func(what string) term { return term{field: "is", vals: []value{{text: what}}} }
	p := s.plan(ctx, q.And(Query{terms: []term{is("open"), is("missed")}}))
	query, args := p.sql("i.id", after, false, asc, 1, false)
	ids, err := s.ids(ctx, query, args...)
	if err != nil {
		return 0, s.fault(doing, err)
	}
	if len(ids) == 0 {
		return 0, fmt.Errorf("no missed call: %w", ErrNotFound)
	}
	return ids[0], nil
}
