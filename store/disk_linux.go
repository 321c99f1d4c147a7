package store

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"
)

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
