package api

import (
	"net/http"
	"sync/atomic"
	"time"
)

// serverClock is how far the service's clock is ahead of this machine's, as its answers
// tell. Its zero value is ready.
type serverClock struct {
	ahead atomic.Int64 // nanoseconds
	told  atomic.Bool
}

// read compares the time of an answer (RFC 9110, section 6.6.1) with the time at which
// it came. The header has whole seconds.
func (s *serverClock) read(h http.Header, now time.Time) {
	if h.Get("Age") != "" {
		return // from a cache
	}
	t, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return
	}
	s.ahead.Store(int64(t.Sub(now.Truncate(time.Second))))
	s.told.Store(true)
}

// ClockAhead is how far the service's clock is ahead of the client's, to about a second;
// ok is false as long as no answer has told.
func (c *Client) ClockAhead() (ahead time.Duration, ok bool) {
	return time.Duration(c.server.ahead.Load()), c.server.told.Load()
}
