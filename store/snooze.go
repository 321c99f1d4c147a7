package store

import (
	"context"
	"database/sql"
	"time"
)

// A snooze runs out by the clock, but lists are walks along an index of states. So
// the store remembers when the first one ends, and puts the rows right when somebody
// looks after that time. No timer runs.

// rouse opens the snoozed items whose time has come.
func (s *Store) rouse(ctx context.Context) error {
	first, now := s.wake.Load(), s.now()
	if first == 0 || first > now.UnixMilli() || s.opts.ReadOnly {
		return nil
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE items SET state = ?, until = 0 WHERE state = 2 AND until <= ?`, int64(StateOpen), now.UnixMilli())
		if err != nil {
			return err
		}
		next, err := nextWake(tx.QueryRow)
		s.wake.Store(next)
		return err
	})
}

// wakeAt notes that a snooze ends at t.
func (s *Store) wakeAt(t time.Time) {
	for ms := t.UnixMilli(); ; {
		old := s.wake.Load()
		if old != 0 && old <= ms || s.wake.CompareAndSwap(old, ms) {
			return
		}
	}
}

// loadWake reads when the first snooze ends.
func (s *Store) loadWake(ctx context.Context) error {
	next, err := nextWake(func(q string, args ...any) *sql.Row { return s.w.QueryRowContext(ctx, q, args...) })
	if err == nil {
		s.wake.Store(next)
	}
	return err
}

func nextWake(query func(string, ...any) *sql.Row) (ms int64, err error) {
	err = query(`SELECT coalesce(min(until), 0) FROM items WHERE state = 2`).Scan(&ms)
	return ms, err
}
