package store

import (
	"errors"
	"syscall"
	"time"
)

// isFull reports whether err says that there is no room left, besides ENOSPC.
func isFull(err error) bool {
	const handleDiskFull, diskFull = syscall.Errno(39), syscall.Errno(112)
	return errors.Is(err, diskFull) || errors.Is(err, handleDiskFull)
}

// bootTime is when this system started, zero if it cannot be told.
func bootTime(time.Time) time.Time { return time.Time{} }
