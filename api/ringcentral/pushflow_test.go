package ringcentral

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"switchboard/api/simulator"
)

// TestPushSlowListener: a listener that takes its time loses nothing, and what it
// has not taken yet waits in the socket and not in memory.
func TestPushSlowListener(t *testing.T) {
	l := newListener(t, simulator.Config{Seed: 1})
	hold, enough := make(chan struct{}), make(chan struct{})
	const many = 3000
	n, bad := 0, ""
	ctx, stop := context.WithCancelCause(context.WithoutCancel(t.Context()))
	l.stop = stop
	go func() {
		l.done <- l.c.Push(ctx, PushOptions{
			Filters: []string{marks()}, State: func(s PushState) { l.states <- s },
			Event: func(e PushEvent) {
				<-hold
				n++
				if want := fmt.Sprintf(`"number %d"`, n); bad == "" && !strings.Contains(string(e.Body), want) {
					bad = fmt.Sprintf("%s instead of %s", e.Body, want)
				}
				if n == many {
					close(enough)
				}
			},
		})
	}()
	l.up()
	for i := range many {
		if err := l.s.SetPresence("112", "Busy", fmt.Sprint("number ", i+1)); err != nil {
			t.Fatal(err)
		}
	}
	// It is not taken for sleep, nor the service for dead.
	for range 8 {
		l.clock.advance(pushLook)
	}
	close(hold)
	select {
	case <-enough:
	case s := <-l.states:
		t.Fatalf("%+v", s)
	case <-time.After(patience):
		t.Fatal("events are missing")
	}
	if bad != "" {
		t.Error(bad)
	}
	select {
	case s := <-l.states:
		t.Errorf("%+v", s)
	default:
	}
}

// TestPushUnreadable: a frame that is no JSON may have been an event: it is told,
// once a minute. Too many, and the connection is made anew.
func TestPushUnreadable(t *testing.T) {
	l := newListener(t, simulator.Config{Seed: 1})
	l.listen(marks())
	first := l.up()
	say := func(n int) {
		for range n {
			if err := l.s.SetPresence("112", "Busy", "spoilt"); err != nil {
				t.Fatal(err)
			}
		}
	}
	l.order("json", 0, 3)
	say(3)
	if s := l.state(); !s.Up || !s.Gap || !s.Since.Equal(first.Since) {
		t.Errorf("%+v", s)
	}
	l.before(colleague)
	// The two others are told of later, together.
	began := l.clock.Now()
	if s := l.untilState(); !s.Up || !s.Gap || l.clock.Now().Sub(began) < time.Minute {
		t.Errorf("after %v %+v", l.clock.Now().Sub(began), s)
	}
	l.order("json", 0, 20)
	say(20)
	s := l.state()
	for s.Up {
		s = l.state()
	}
	if !errors.Is(s.Err, errPushFrames) {
		t.Errorf("%+v", s)
	}
	l.order("json", 0, 1) // uses up what is left of the twenty
	l.pass(s)
	if s = l.up(); !s.Gap {
		t.Errorf("%+v", s)
	}
	if n := l.s.PushCounts(); n.Recovered != 0 {
		t.Errorf("recovered what cannot be read: %+v", n)
	}
}

// TestPushTooLarge: a frame that is larger than any event ends the connection,
// and does not come again with a recovery.
func TestPushTooLarge(t *testing.T) {
	l := newListener(t, simulator.Config{Seed: 1})
	l.listen(FilterPosts, marks())
	l.up()
	resp, err := l.c.Extension(t.Context())
	if err != nil || resp.ID == "" {
		t.Fatal(err)
	}
	l.publish(FilterPosts, `{"id":"1","text":"`+strings.Repeat("x", maxPushFrame)+`"}`)
	s := l.state()
	if s.Up || !errors.Is(s.Err, websocket.ErrMessageTooBig) {
		t.Fatalf("%+v", s)
	}
	l.pass(s)
	if s = l.up(); !s.Gap {
		t.Errorf("%+v", s)
	}
	l.before(colleague)
}

// TestPushOverflow: the service keeps no more than so many events for a client
// that is away, and does not say so; the client notices.
func TestPushOverflow(t *testing.T) {
	for _, missed := range []int{90, 150} {
		t.Run(fmt.Sprint(missed), func(t *testing.T) {
			l := newListener(t, simulator.Config{Seed: 1})
			l.listen(marks())
			l.up()
			l.before(colleague)
			l.s.DropPush()
			s := l.state()
			for i := range missed {
				if err := l.s.SetPresence("112", "Busy", fmt.Sprint(i)); err != nil {
					t.Fatal(err)
				}
			}
			l.pass(s)
			if s = l.up(); s.Gap {
				t.Errorf("recovered: %+v", s)
			}
			if missed > 100 {
				if s = l.state(); !s.Up || !s.Gap {
					t.Errorf("%+v", s)
				}
			}
			if n := len(l.before(colleague)); n != min(missed, 100) {
				t.Errorf("%d events came", n)
			}
			select {
			case s := <-l.states:
				t.Errorf("%+v", s)
			default:
			}
		})
	}
}

// TestPushTwo: two programs of one account hear the same, and one that ends does
// not disturb the other.
func TestPushTwo(t *testing.T) {
	l := newListener(t, simulator.Config{Seed: 1})
	l.listen(marks())
	l.up()
	ctx, stop := context.WithCancel(t.Context())
	events, states := make(chan PushEvent, 100), make(chan PushState, 10)
	done := make(chan error)
	go func() {
		done <- l.c.Push(ctx, PushOptions{
			Filters: []string{marks()}, Event: func(e PushEvent) { events <- e }, State: func(s PushState) { states <- s },
		})
	}()
	if s := <-states; !s.Up {
		t.Fatalf("%+v", s)
	}
	if err := l.s.SetPresence("112", "Busy", "both"); err != nil {
		t.Fatal(err)
	}
	if a, b := l.event(), <-events; string(a.Body) != string(b.Body) || a.UUID == b.UUID {
		t.Errorf("%+v\n%+v", a, b)
	}
	stop()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	l.before(colleague)
}

// TestPushBurst: many events in a short time all come, in bounded memory.
func TestPushBurst(t *testing.T) {
	l := newListener(t, simulator.Config{Seed: 1})
	l.listen(FilterMessageStore(""), marks())
	l.up()
	ids, err := l.s.Burst(t.Context(), simulator.Burst{Count: 2000, Rate: 20_000})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[ID]bool{}
	for _, e := range l.before(colleague) {
		v, err := ParseEvent(e)
		if err != nil {
			t.Fatal(err)
		}
		if v, ok := v.(*MessageStoreEvent); ok {
			for _, c := range v.Changes {
				for _, id := range c.NewMessageIDs {
					seen[id] = true
				}
			}
		}
	}
	if len(seen) != len(ids) || len(ids) != 1000 {
		t.Errorf("%d of %d messages told", len(seen), len(ids))
	}
}

// publish lets the service send any event.
func (l *listener) publish(event, body string) {
	l.t.Helper()
	err := postControl(l.t.Context(), l.s, "/push/event", fmt.Sprintf(`{"event":%q,"body":%s}`, event, body))
	if err != nil {
		l.t.Fatal(err)
	}
}

// BenchmarkPush is the whole way from the service's publishing to the listener,
// over a socket.
func BenchmarkPush(b *testing.B) {
	l := newListener(b, simulator.Config{Seed: 1})
	n, all := 0, make(chan struct{})
	ctx, stop := context.WithCancelCause(context.WithoutCancel(b.Context()))
	l.stop = stop
	go func() {
		l.done <- l.c.Push(ctx, PushOptions{
			Filters: []string{marks()}, State: func(s PushState) { l.states <- s },
			Event: func(e PushEvent) {
				if _, err := ParseEvent(e); err != nil {
					b.Error(err)
				}
				if n++; n == b.N {
					close(all)
				}
			},
		})
	}()
	l.up()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		if err := l.s.SetPresence("112", []string{"Busy", "Available"}[i%2], "x"); err != nil {
			b.Fatal(err)
		}
	}
	<-all
	b.StopTimer()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
