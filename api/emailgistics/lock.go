package emailgistics

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

const (
	lockWait  = 2 * time.Second        // then we go on without: a count is not worth a request
	lockStale = 10 * time.Second       // older than any change takes: its owner is gone
	lockPause = 500 * time.Microsecond // between two looks
)

// lock makes the file path, which nobody else can have made, and returns what
// removes it again. It never fails for good: without a lock the count may be off
// by one, and a lock that its owner left behind is taken away.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	nothing := func() {}
	for began := time.Now(); ; {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err == nil {
			_ = f.Close()
			return func() { _ = os.Remove(path) }, nil
		}
		if !errors.Is(err, fs.ErrExist) && !errors.Is(err, fs.ErrPermission) { // Windows says so of one that is being removed
			return nothing, fmt.Errorf("locking the account's count: %w", err)
		}
		if st, err := os.Stat(path); err == nil && time.Since(st.ModTime()) > lockStale {
			// Only one of those who see it can move it away.
			aside := fmt.Sprintf("%s.%d", path, os.Getpid())
			if os.Rename(path, aside) == nil {
				_ = os.Remove(aside)
				continue
			}
		}
		if time.Since(began) > lockWait {
			return nothing, errors.New("locking the account's count: another program holds it")
		}
		select {
		case <-time.After(lockPause):
		case <-ctx.Done():
			return nothing, context.Cause(ctx)
		}
	}
}
