package api

import (
	"context"
	"time"
)

// Clock is the time as the client sees it. Tests give one that they move by
// hand, so that penalties and expiries need no waiting.
type Clock interface {
	// Now returns the current time.
	Now() time.Time
	// After returns a channel that receives once d has passed.
	After(d time.Duration) <-chan time.Time
}

// SystemClock is the computer's own clock.
type SystemClock struct{}

// Now implements [Clock].
func (SystemClock) Now() time.Time { return time.Now() }

// After implements [Clock].
func (SystemClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

type backgroundKey struct{}

// Background marks ctx as background work: its requests wait in the rate
// budget until no interactive request wants to go, leave a reserve for people,
// and sit out a penalty instead of failing at once.
func Background(ctx context.Context) context.Context {
	return context.WithValue(ctx, backgroundKey{}, true)
}

type wholeKey struct{}

// Whole is [Background] while nobody is there who might want to ask for something: its
// requests leave a little of the reserve, for somebody may come.
func Whole(ctx context.Context) context.Context {
	return context.WithValue(Background(ctx), wholeKey{}, true)
}

func isWhole(ctx context.Context) bool {
	on, _ := ctx.Value(wholeKey{}).(bool)
	return on
}

// IsBackground reports whether ctx was marked by [Background].
func IsBackground(ctx context.Context) bool {
	on, _ := ctx.Value(backgroundKey{}).(bool)
	return on
}

type patienceKey struct{}

// Patient marks ctx with the longest time its requests may wait for a place in
// the rate budget. One that would have to wait longer fails at once with a
// [*LimitError] that says until when.
func Patient(ctx context.Context, d time.Duration) context.Context {
	return context.WithValue(ctx, patienceKey{}, d)
}

// patienceOf returns what [Patient] set.
func patienceOf(ctx context.Context) (time.Duration, bool) {
	d, ok := ctx.Value(patienceKey{}).(time.Duration)
	return d, ok
}

// pause waits for d on the clock, or until ctx ends.
func pause(ctx context.Context, clock Clock, d time.Duration) error {
	if d <= 0 {
		return context.Cause(ctx)
	}
	select {
	case <-clock.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
