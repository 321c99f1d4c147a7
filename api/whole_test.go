package api

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// Background work leaves a fifth of a window to people; where nobody is there, nothing.
func TestReserveForPeople(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, tt := range map[string]struct {
			mark func(context.Context) context.Context
			want int
		}{
			"a person":   {func(ctx context.Context) context.Context { return ctx }, 10},
			"background": {Background, 8},
			"whole":      {Whole, 9},
		} {
			b := NewBudget(nil)
			b.Learn(Heavy, 200, limits("heavy", 10, 10, 60))
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			n := 0
			for acquired(b, tt.mark(ctx), name, Heavy) == nil {
				n++
			}
			if n != tt.want || !errors.Is(ctx.Err(), context.DeadlineExceeded) {
				t.Errorf("%s: %d requests, want %d (%v)", name, n, tt.want, ctx.Err())
			}
			cancel()
		}
		if !IsBackground(Whole(t.Context())) {
			t.Error("it does not stand back for people")
		}
	})
}

// Two programs of one user that restart each other's penalties come to an end.
func TestPenaltiesInARowGrow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(nil)
		b.Learn(Heavy, 200, limits("heavy", 10, 10, 60))
		var last time.Duration
		for i := range 6 {
			b.Penalty(Heavy, nil, time.Minute, false)
			b.Penalty(Heavy, nil, time.Minute, false) // of another request that was on its way
			until, on := b.Until(Heavy)
			d := time.Until(until)
			least := min(time.Minute<<min(i, mostAgain), longestPenalty)
			if !on || d < least || d > least+least/4+1 {
				t.Errorf("penalty %d lasts %v, want about %v", i+1, d, least)
			}
			last = d
			time.Sleep(d + time.Second)
		}
		if last > longestPenalty*5/4 {
			t.Errorf("it grows to %v", last)
		}
		time.Sleep(2 * time.Minute) // in which nothing happens
		b.Penalty(Heavy, nil, time.Minute, false)
		if until, _ := b.Until(Heavy); time.Until(until) != time.Minute {
			t.Errorf("later: %v", time.Until(until))
		}
	})
}
