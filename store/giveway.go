package store

import (
	"context"
	"time"

	"switchboard/api"
)

// While a person presses keys, the history and the transcripts stand back: on a small
// machine they keep all processors busy, and a key would wait for its turn among them.
const (
	keysRest = 150 * time.Millisecond // so long after the last key they go on
	keysMost = 2 * time.Second        // so often they do a piece of their work all the same
)

// GiveWay says that a person has just pressed a key. It costs nothing.
func (s *Store) GiveWay() { s.keys.Store(time.Now().UnixNano()) }

// standBack waits until the person rests, at most keysMost.
func (s *Store) standBack(ctx context.Context) {
	end := time.Now().Add(keysMost)
	for ctx.Err() == nil {
		wait := min(keysRest-time.Since(time.Unix(0, s.keys.Load())), time.Until(end))
		if wait <= 0 {
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// standAside is standBack for what a person waits to see, at most for a moment.
func (s *Store) standAside(ctx context.Context, most time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	s.standBack(ctx)
}

// restAfter is how long after the last key nobody is taken to be at the screen.
const restAfter = time.Minute

// spare marks work that nobody waits for: it goes after what a person asks for, and
// leaves them part of what a service allows while they are at the screen.
func (s *Store) spare(ctx context.Context) context.Context {
	if at := s.keys.Load(); at != 0 && time.Since(time.Unix(0, at)) < restAfter {
		return api.Background(ctx)
	}
	return api.Whole(ctx)
}

// bulk marks work on many files: while a person is at the screen it leaves them part
// of what a service allows, and otherwise takes all of it.
func (s *Store) bulk(ctx context.Context) context.Context {
	if at := s.keys.Load(); at != 0 && time.Since(time.Unix(0, at)) < restAfter {
		return api.Background(ctx)
	}
	return ctx
}
