//go:build !linux && !windows

package store

import (
	"errors"
	"syscall"
	"time"
)

// isFull reports whether err says that there is no room left, besides ENOSPC.
func isFull(err error) bool { return errors.Is(err, syscall.EDQUOT) }

// bootTime is when this system started, zero if it cannot be told.
func bootTime(time.Time) time.Time { return time.Time{} }
