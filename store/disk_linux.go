package store

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// startWriteback asks the system to begin writing a range to disk and does not
// wait for it, so that the fsync at the end finds little left to do.
func startWriteback(f *os.File, at, n int64) {
	_ = unix.SyncFileRange(int(f.Fd()), at, n, unix.SYNC_FILE_RANGE_WRITE)
}

// isFull reports whether err says that there is no room left, besides ENOSPC.
func isFull(err error) bool { return errors.Is(err, unix.EDQUOT) }

// bootTime is when this system started, zero if it cannot be told.
func bootTime(now time.Time) time.Time {
	var ts unix.Timespec
	if unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts) != nil {
		return time.Time{}
	}
	return now.Add(-time.Duration(ts.Nano()))
}
