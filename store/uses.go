package store

import (
	"context"
	"database/sql"
	"sync"
	"time"
)

// usage is what was of use lately and is not in the database yet, since looking at a
// file must not write; and what is in use just now. Its zero value is ready.
type usage struct {
	mu    sync.Mutex
	since map[string]time.Time // by hash
	pins  map[string]int       // by hash: how often it is in use
	kick  chan struct{}        // made by the first user; see runCache
}

// used notes that content was of use just now.
func (s *Store) used(sum string) {
	u := &s.usage
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.since == nil {
		u.since = map[string]time.Time{}
	}
	u.since[sum] = s.now()
	poke(u.kickLocked())
}

func (u *usage) kickLocked() chan struct{} {
	if u.kick == nil {
		u.kick = make(chan struct{}, 1)
	}
	return u.kick
}

// flushUses writes what was of use since the last time.
func (s *Store) flushUses(ctx context.Context) error {
	u := &s.usage
	u.mu.Lock()
	since := u.since
	u.since = nil
	u.mu.Unlock()
	if len(since) == 0 || s.opts.ReadOnly {
		return nil
	}
	return s.transact(ctx, false, func(tx *sql.Tx) error {
		st, err := tx.Prepare(`INSERT INTO uses (sha256, used) VALUES (?, ?) ON CONFLICT (sha256) DO UPDATE SET used = max(used, excluded.used)`)
		if err != nil {
			return err
		}
		defer st.Close()
		for sum, at := range since {
			if _, err := st.Exec(sum, at.UnixMilli()); err != nil {
				return err
			}
		}
		return nil
	})
}

// markSaved notes that a person has saved content: it stays.
func (s *Store) markSaved(ctx context.Context, sums []string) error {
	if s.opts.ReadOnly || len(sums) == 0 {
		return nil
	}
	err := s.transact(ctx, false, func(tx *sql.Tx) error {
		st, err := tx.Prepare(`INSERT INTO uses (sha256, used, saved) VALUES (?1, ?2, ?2) ON CONFLICT (sha256) DO UPDATE SET used = ?2, saved = ?2`)
		if err != nil {
			return err
		}
		defer st.Close()
		now := s.now().UnixMilli()
		for _, sum := range sums {
			if _, err := st.Exec(sum, now); err != nil {
				return err
			}
		}
		return nil
	})
	return s.fault("noting what was saved", err)
}

// pins keeps content from being removed while it is in use.
type pins struct {
	s   *Store
	mu  sync.Mutex
	all []string
}

func (p *pins) add(sum string) {
	p.mu.Lock()
	p.all = append(p.all, sum)
	p.mu.Unlock()
	u := &p.s.usage
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.pins == nil {
		u.pins = map[string]int{}
	}
	u.pins[sum]++
}

func (p *pins) free() {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := &p.s.usage
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, sum := range p.all {
		if u.pins[sum]--; u.pins[sum] <= 0 {
			delete(u.pins, sum)
		}
	}
	p.all = nil
}
