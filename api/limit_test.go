package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func limits(group string, limit, left, seconds int) http.Header {
	return http.Header{
		"X-Rate-Limit-Group": {group}, "X-Rate-Limit-Limit": {fmt.Sprint(limit)},
		"X-Rate-Limit-Remaining": {fmt.Sprint(left)}, "X-Rate-Limit-Window": {fmt.Sprint(seconds)},
	}
}

// acquired is a request that is answered as soon as it may go.
func acquired(b *Budget, ctx context.Context, op string, g Group) error {
	answered, err := b.Acquire(ctx, op, g)
	if err == nil {
		answered()
	}
	return err
}

// A request that may go keeps its place until it is answered, however long that takes.
func TestOnItsWay(t *testing.T) {
	clock := newFakeClock(true)
	b := NewBudget(clock)
	b.Fix(Medium, 2, time.Minute)
	answered, err := b.Acquire(t.Context(), "slow", Medium)
	if err != nil {
		t.Fatal(err)
	}
	clock.Advance(10 * time.Minute)
	if st := b.State()[1]; st.Used != 1 {
		t.Errorf("%+v", st)
	}
	answered()
	if at := granted(t, b, clock, t.Context(), Medium, 2); at[0] != 0 || at[1] != time.Minute {
		t.Errorf("granted after %v", at)
	}
}

// granted asks for n places in a row and returns when each was given.
func granted(t *testing.T, b *Budget, clock *fakeClock, ctx context.Context, g Group, n int) []time.Duration {
	t.Helper()
	start := clock.Now()
	var at []time.Duration
	for range n {
		if err := acquired(b, ctx, "op", g); err != nil {
			t.Fatal(err)
		}
		at = append(at, clock.Now().Sub(start))
	}
	return at
}

func TestSlidingWindow(t *testing.T) {
	tests := []struct {
		name   string
		ctx    context.Context
		group  Group
		header http.Header // learned before
		status int
		first  time.Duration // when the place after the last free one comes
		free   int
	}{
		{"documented default", t.Context(), Heavy, nil, 0, time.Minute, 10},
		{"background leaves a fifth", Background(t.Context()), Heavy, nil, 0, time.Minute, 8},
		{"learned", t.Context(), Light, limits("light", 3, 3, 30), 200, 30 * time.Second, 3},
		{"others used some", t.Context(), Light, limits("light", 10, 4, 60), 200, time.Minute, 4},
		{"nothing left", t.Context(), Medium, limits("medium", 10, 0, 60), 200, time.Minute, 0},
		{"no limits told", t.Context(), Medium, http.Header{}, 200, 0, 100},
		{"not counted", t.Context(), NoThrottling, nil, 0, 0, 100},
		{"nonsense in headers", t.Context(), Heavy, limits("heavy", -5, 7, -1), 400, time.Minute, 10},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			clock := newFakeClock(true)
			b := NewBudget(clock)
			if tt.header != nil {
				b.Learn(tt.group, tt.status, tt.header)
			}
			at := granted(t, b, clock, tt.ctx, tt.group, tt.free+1)
			for i, d := range at {
				want := time.Duration(0)
				if i == tt.free {
					want = tt.first
				}
				if d != want {
					t.Errorf("place %d after %v, want %v", i, d, want)
				}
			}
		})
	}
}

func TestLearnTheGroupThatTheHeaderNames(t *testing.T) {
	clock := newFakeClock(true)
	b := NewBudget(clock)
	b.Learn(Medium, 200, limits("heavy", 1, 1, 60))
	at := granted(t, b, clock, t.Context(), Heavy, 2)
	if at[0] != 0 || at[1] != time.Minute {
		t.Error(at)
	}
}

// TestSilence: nothing of a group is sent during its penalty.
func TestSilence(t *testing.T) {
	var asked atomic.Int32
	limited := true
	c, _, clock := serverFor(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if limited && r.URL.Path == "/light" {
			w.Header().Set("Retry-After", "40")
			w.Header().Set("X-Rate-Limit-Group", "light")
			w.WriteHeader(http.StatusTooManyRequests)
			_, _ = io.WriteString(w, `{"errorCode":"CMN-301","message":"Request rate exceeded"}`)
		}
	})
	ask := func(ctx context.Context, path string, g Group) error {
		_, err := c.Do(ctx, Request{Op: "op", Path: path, Group: g}, new([]byte))
		return err
	}
	var limit *LimitError
	if err := ask(t.Context(), "/light", Light); !errors.As(err, &limit) || limit.Until.Sub(clock.Now()) != 40*time.Second || !IsTemporary(err) {
		t.Fatalf("first: %v", err)
	}
	for range 5 {
		if err := ask(t.Context(), "/light", Light); !errors.As(err, &limit) {
			t.Fatal(err)
		}
	}
	if asked.Load() != 1 {
		t.Fatalf("%d requests during the penalty", asked.Load()-1)
	}
	if until, on := c.Budget().Until(Light); !on || until.Sub(clock.Now()) != 40*time.Second {
		t.Errorf("until %v %v", until, on)
	}
	if err := ask(t.Context(), "/medium", Medium); err != nil {
		t.Errorf("another group: %v", err)
	}
	limited = false
	before := clock.Now()
	if err := ask(Background(t.Context()), "/light", Light); err != nil || clock.Now().Sub(before) != 40*time.Second {
		t.Errorf("background waited %v: %v", clock.Now().Sub(before), err)
	}
	if asked.Load() != 3 {
		t.Errorf("asked %d times", asked.Load())
	}
}

func TestPenaltyWithoutHeaders(t *testing.T) {
	clock := newFakeClock(true)
	b := NewBudget(clock)
	b.Learn(Light, 200, http.Header{})
	b.Penalty(Light, http.Header{}, 0, true)
	for _, g := range []Group{Light, Heavy} { // a global limit silences all
		var limit *LimitError
		if err := acquired(b, t.Context(), "op", g); !errors.As(err, &limit) || limit.Until.Sub(clock.Now()) != time.Minute {
			t.Errorf("%s: %v", g, err)
		}
	}
	clock.After(time.Minute)
	if at := granted(t, b, clock, t.Context(), Light, 51); at[49] != 0 || at[50] != time.Minute {
		t.Errorf("after a 429 the defaults hold again: %v", at[49:])
	}
}

// TestInteractiveGoesFirst: with one place at a time, a person's request that
// comes last overtakes all background work.
func TestInteractiveGoesFirst(t *testing.T) {
	clock := newFakeClock(false)
	b := NewBudget(clock)
	b.Learn(Light, 200, limits("light", 1, 1, 10))
	if err := acquired(b, t.Context(), "first", Light); err != nil {
		t.Fatal(err)
	}
	got := make(chan string)
	var wg sync.WaitGroup
	start := func(ctx context.Context, name string, first bool) {
		wg.Go(func() {
			if err := acquired(b, ctx, name, Light); err != nil {
				t.Error(err)
			}
			got <- name
		})
		if first {
			<-clock.added // it waits with a timer of its own
			return
		}
		for {
			b.mu.Lock()
			n := len(b.group(Light).lines[0]) + len(b.group(Light).lines[1])
			b.mu.Unlock()
			if n > 1 {
				return
			}
			runtime.Gosched()
		}
	}
	start(Background(t.Context()), "background", true)
	start(t.Context(), "person", false)
	<-clock.added
	for _, want := range []string{"person", "background"} {
		clock.Advance(10 * time.Second)
		if name := <-got; name != want {
			t.Errorf("%s went, want %s", name, want)
		}
	}
	wg.Wait()
}

func TestAcquireEndsWithItsContext(t *testing.T) {
	clock := newFakeClock(false)
	b := NewBudget(clock)
	b.Penalty(Light, nil, time.Hour, false)
	ctx, cancel := context.WithCancel(Background(t.Context()))
	go func() { <-clock.added; cancel() }()
	if err := acquired(b, ctx, "op", Light); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if n := len(b.group(Light).lines[backgroundLine]); n != 0 {
		t.Errorf("%d left in line", n)
	}
}

// TestClientLearnsFromAnswers: after one answer the client keeps the limit
// that it told, without another word from the service.
func TestClientLearnsFromAnswers(t *testing.T) {
	left := 3
	c, _, clock := serverFor(t, func(w http.ResponseWriter, _ *http.Request) {
		left--
		for name, v := range limits("medium", 3, left, 20) {
			w.Header()[name] = v
		}
	})
	start := clock.Now()
	for i := range 4 {
		if _, err := c.Do(t.Context(), Request{Op: "op", Path: "/", Group: Medium}, new([]byte)); err != nil {
			t.Fatal(err)
		}
		if took := clock.Now().Sub(start); (took == 20*time.Second) != (i == 3) {
			t.Errorf("request %d after %v", i, took)
		}
	}
}

// A patient request waits as long as it said, and no longer.
func TestPatient(t *testing.T) {
	clock := newFakeClock(true)
	b := NewBudget(clock)
	ctx := Patient(Background(t.Context()), time.Second)
	took := 0
	var err error
	for err == nil && took < 100 {
		if err = acquired(b, ctx, "op", Medium); err == nil {
			took++
		}
	}
	var limit *LimitError
	if !errors.As(err, &limit) || limit.Until.Sub(clock.Now()) != time.Minute {
		t.Fatalf("after %d: %v", took, err)
	}
	if want := 40 - 40/5; took != want {
		t.Errorf("%d went, want %d: background leaves a fifth", took, want)
	}
	clock.Advance(time.Minute - time.Second)
	if err := acquired(b, ctx, "op", Medium); err != nil {
		t.Errorf("a second was to be waited for: %v", err)
	}
}
