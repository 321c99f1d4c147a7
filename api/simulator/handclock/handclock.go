// Package handclock is a clock that tests of the simulators move by hand.
package handclock

import (
	"sync"
	"time"
)

// Clock is a time that moves when told. It is safe for concurrent use.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// New makes a clock that stands at 17:00 UTC on 20 November 2026.
func New() *Clock { return &Clock{t: time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC)} }

// Now is what the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

// Add moves it.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}
