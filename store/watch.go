package store

import (
	"context"
	"sync"
)

// watchers are those who want to know that something changed.
type watchers struct {
	mu  sync.Mutex
	set map[chan struct{}]struct{}
}

// Watch gives a channel on which one value waits whenever something has changed
// since the last was taken, however often. Call the function when done; it closes
// the channel.
func (s *Store) Watch() (<-chan struct{}, func()) {
	c := make(chan struct{}, 1)
	w := &s.watch
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.set == nil {
		w.set = map[chan struct{}]struct{}{}
	}
	w.set[c] = struct{}{}
	return c, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if _, ok := w.set[c]; ok {
			delete(w.set, c)
			close(c)
		}
	}
}

func (w *watchers) closeAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.set {
		close(c)
	}
	w.set = nil
}

// Generation grows with every change. Rows read at one generation are current
// while it stays the same.
func (s *Store) Generation() uint64 { return s.gen.Load() }

// changed tells watchers that something they may show is different now.
func (s *Store) changed() {
	s.gen.Add(1)
	s.watch.mu.Lock()
	defer s.watch.mu.Unlock()
	for c := range s.watch.set {
		select {
		case c <- struct{}{}:
		default: // one is waiting already
		}
	}
}

// CheckOutside looks whether another program has changed the file since the last
// look, and tells watchers if so. It is cheap, but it is for moments when there is a
// reason to look, not for a timer: a program at rest should stay at rest. Run looks
// whenever the system says that the file was written.
func (s *Store) CheckOutside(ctx context.Context) (bool, error) {
	// Asked on the writing connection, whose own commits do not count.
	if err := s.acquire(ctx); err != nil {
		return false, err
	}
	defer s.release()
	v, err := s.dataVersion(ctx)
	if err != nil {
		return false, s.fault("looking for changes", err)
	}
	if s.outside.Swap(v) == v {
		return false, nil
	}
	s.services.Clear() // accounts may be others now
	if err := s.loadWake(ctx); err != nil {
		return false, s.fault("looking for changes", err)
	}
	s.changed()
	return true, nil
}

func (s *Store) dataVersion(ctx context.Context) (v int64, err error) {
	err = s.w.QueryRowContext(ctx, `PRAGMA data_version`).Scan(&v)
	return v, err
}
