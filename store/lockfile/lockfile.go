package lockfile

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// ErrLocked means that another open file holds the lock.
var ErrLocked = errors.New("in use by another process")

// Try takes the lock on f, or fails with ErrLocked. Closing f gives it back.
func Try(f *os.File) error { return try(f) }

// Lock opens path, making it with mode 0600 where needed, and waits for its
// lock until ctx ends. unlock gives it back; the file stays.
func Lock(ctx context.Context, path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := Wait(ctx, f); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return func() { f.Close() }, nil
}

// Wait takes the lock on f, waiting until ctx ends. Systems offer no wait that
// can be called off, so it asks again: soon at first, then twenty times a second.
func Wait(ctx context.Context, f *os.File) error {
	delay := time.Millisecond
	for {
		err := try(f)
		if !errors.Is(err, ErrLocked) {
			return err
		}
		t := time.NewTimer(delay)
		select {
		case <-ctx.Done():
			t.Stop()
			return errors.Join(err, ctx.Err())
		case <-t.C:
		}
		delay = min(2*delay, 50*time.Millisecond)
	}
}
