package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Retry bounds the repeats of one call. Zero fields take the defaults.
type Retry struct {
	Attempts int           // in all, the first included; default 5, 1 means never
	Initial  time.Duration // before the first repeat; doubled each time, ±50 %; default 500 ms
	Max      time.Duration // longest pause; default 15 s
	Total    time.Duration // time for the call without waits for the rate budget; default 60 s
}

func (r Retry) withDefaults() Retry {
	if r.Attempts <= 0 {
		r.Attempts = 5
	}
	if r.Initial <= 0 {
		r.Initial = 500 * time.Millisecond
	}
	if r.Max <= 0 {
		r.Max = 15 * time.Second
	}
	if r.Total <= 0 {
		r.Total = time.Minute
	}
	return r
}

func (r Retry) backoff() *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval, b.Multiplier = r.Initial, r.Max, 2
	return b
}

// repeat runs one attempt after another until it succeeds, fails for good, or
// the budget of attempts and time is used up.
func (c *Client) repeat(ctx context.Context, cl *call, attempt func() error) error {
	pauses := c.retry.backoff()
	start := c.clock.Now()
	for n := 1; ; n++ {
		err := attempt()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil || !cl.safe || n >= c.retry.Attempts || !again(err) {
			return err
		}
		d := c.pauseFor(cl, err, pauses.NextBackOff())
		if c.clock.Now().Sub(start)-cl.held+d > c.retry.Total {
			return err
		}
		c.log.LogAttrs(ctx, slog.LevelDebug, "repeating", slog.String("op", cl.Op),
			slog.Int("attempt", n+1), slog.Duration("after", d), slog.Any("error", err))
		if err := pause(ctx, c.clock, d); err != nil {
			return c.fail(cl, err)
		}
	}
}

// pauseFor returns how long to wait after err: the service's Retry-After if it
// is longer than ours. A counted 429 waits in the budget instead, where the
// whole group is silent.
func (c *Client) pauseFor(cl *call, err error, d time.Duration) time.Duration {
	var e *Error
	if !errors.As(err, &e) {
		return d
	}
	if e.throttled() {
		if cl.Group != "" && cl.Group != NoThrottling {
			return 0
		}
		if e.RetryAfter == 0 {
			return defaultPenalty
		}
	}
	return max(d, e.RetryAfter)
}

// again reports whether err is worth another attempt right away.
func again(err error) bool {
	var limit *LimitError
	if errors.As(err, &limit) || IsLimitedMode(err) {
		return false
	}
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	if e.throttled() {
		return true
	}
	switch e.Status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	case http.StatusInternalServerError:
		// The service's guidance is split on 500; a read that failed once is
		// asked again, "content is null" will stay null.
		return !e.Has("MSG-352")
	}
	return e.Status < 300 && IsTemporary(err)
}
