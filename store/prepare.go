package store

import (
	"context"
	"database/sql"
	"sync"
)

// statements keeps the questions that are asked for every file of thousands ready:
// to understand one anew takes longer than to answer it.
type statements struct {
	mu  sync.Mutex
	set map[string]*sql.Stmt
}

// ask is QueryRowContext of the readers with such a statement. query must be one of a
// few constants: they are kept until the store is closed.
func (s *Store) ask(ctx context.Context, query string, args ...any) scanner {
	p := &s.asked
	p.mu.Lock()
	st := p.set[query]
	if st == nil {
		var err error
		if st, err = s.r.PrepareContext(ctx, query); err != nil {
			p.mu.Unlock()
			return failed{err}
		}
		if p.set == nil {
			p.set = map[string]*sql.Stmt{}
		}
		p.set[query] = st
	}
	p.mu.Unlock()
	return st.QueryRowContext(ctx, args...)
}

// failed is the row of a question that could not be asked.
type failed struct{ err error }

func (f failed) Scan(...any) error { return f.err }
