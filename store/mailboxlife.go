package store

import (
	"context"
	"sync"
)

// life is the time for which work is done for a mailbox. Its zero value is ready.
type life struct {
	mu    sync.Mutex
	ended bool
	stop  []context.CancelFunc
	work  sync.WaitGroup
}

// run has wg run f until ctx or the life ends.
func (l *life) run(ctx context.Context, wg *sync.WaitGroup, f func(context.Context)) {
	ctx, stop := context.WithCancel(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		stop()
		return
	}
	l.stop = append(l.stop, stop)
	l.work.Add(1)
	wg.Go(func() {
		defer l.work.Done()
		defer stop()
		f(ctx)
	})
}

// end stops what runs; nothing more is begun.
func (l *life) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	for _, stop := range l.stop {
		stop()
	}
}

// over is closed when all of it has stopped, after end.
func (l *life) over() <-chan struct{} {
	done := make(chan struct{})
	go func() {
		l.work.Wait()
		close(done)
	}()
	return done
}
