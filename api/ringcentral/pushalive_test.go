package ringcentral

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"switchboard/api"
	"switchboard/api/simulator"
)

// TestPushHeartbeat: nothing is asked while events come, and after a minute of
// silence no more than once a minute.
func TestPushHeartbeat(t *testing.T) {
	l := newListener(t, simulator.Config{Seed: 1})
	l.listen(marks())
	l.up()
	l.before(colleague) // it listens
	beats := func() int { return l.s.PushCounts().Heartbeats }
	for range 6 {
		l.look()
		l.before(colleague) // an event, so that there is no silence
	}
	if n := beats(); n != 0 {
		t.Fatalf("%d heartbeats while events came", n)
	}
	for n := 1; n <= 3; n++ {
		for range 3 {
			l.look()
		}
		l.eventually(fmt.Sprint("heartbeat ", n), func() bool { return beats() == n })
		l.before(colleague) // its answer is in
	}
	select {
	case s := <-l.states:
		t.Errorf("%+v", s)
	default:
	}
}

// TestPushDead: a socket that stays open but says nothing is noticed, at the
// start and later.
func TestPushDead(t *testing.T) {
	l := newListener(t, simulator.Config{Seed: 1})
	l.order("silent", 0, 1)
	began := l.clock.Now()
	l.listen(marks())
	l.eventually("the connection", func() bool { return l.s.PushCounts().Connections == 1 })
	for len(l.states) == 0 && l.clock.Now().Sub(began) < 5*pushStep {
		l.turn(pushStep)
	}
	s := l.state()
	// The handshake may still have been under way when time passed.
	if s.Up || !errors.Is(s.Err, errPushSilent) && !errors.Is(s.Err, api.ErrIdle) || s.Refused {
		t.Fatalf("%+v", s)
	}
	l.pass(s)
	l.up()
	l.before(colleague)
	l.s.MutePush()
	silent := l.clock.Now()
	if err := l.s.SetPresence("112", "Busy", "unheard"); err != nil {
		t.Fatal(err)
	}
	for n := 0; len(l.states) == 0; n++ {
		if n > 6 {
			t.Fatalf("silent for %v and not noticed", l.clock.Now().Sub(silent))
		}
		made := l.clock.count()
		l.turn(pushLook)
		l.eventually("the client looks or gives up", func() bool { return l.clock.count() > made || len(l.states) > 0 })
		l.eventually("the client has looked", func() bool { return l.armed() || len(l.states) > 0 })
	}
	if s = l.state(); s.Up || !errors.Is(s.Err, errPushSilent) {
		t.Fatalf("%+v", s)
	}
	if d := l.clock.Now().Sub(silent); d > pushQuiet+2*pushLook+pushAnswer {
		t.Errorf("noticed after %v", d)
	}
	l.pass(s)
	if s = l.up(); s.Gap {
		t.Errorf("recovered with a gap: %+v", s)
	}
	if list := l.before(colleague); len(list) != 1 {
		t.Errorf("%d events of the silent time came", len(list))
	}
}

// armed reports whether somebody waits for the next look.
func (l *listener) armed() bool {
	l.clock.mu.Lock()
	defer l.clock.mu.Unlock()
	for _, timer := range l.clock.timers {
		if timer.at.Equal(l.clock.now.Add(pushLook)) {
			return true
		}
	}
	return false
}

// TestPushSleep: when this machine has slept, the connection is made anew and
// what may have been missed is told, whether or not the session was recovered.
func TestPushSleep(t *testing.T) {
	for name, tc := range map[string]struct {
		slept     time.Duration
		recovered int
	}{
		"a while":         {2 * time.Minute, 1},
		"too long for it": {10 * time.Minute, 0},
		"set back":        {-time.Hour, 1},
	} {
		t.Run(name, func(t *testing.T) {
			l := newListener(t, simulator.Config{Seed: 1})
			l.listen(marks())
			l.up()
			l.before(colleague)
			l.look() // time that passes during an event is the listener's
			if tc.slept < 0 {
				l.clock.mu.Lock()
				l.clock.now = l.clock.now.Add(tc.slept)
				for i := range l.clock.timers { // the waits are not by the wall clock
					l.clock.timers[i].at = l.clock.timers[i].at.Add(tc.slept)
				}
				l.clock.mu.Unlock()
				l.clock.advance(pushLook)
			} else {
				l.clock.advance(tc.slept)
			}
			s := l.state()
			if s.Up || !errors.Is(s.Err, errPushJump) {
				t.Fatalf("%+v", s)
			}
			l.pass(s)
			if s = l.up(); !s.Gap {
				t.Errorf("no gap: %+v", s)
			}
			if n := l.s.PushCounts(); n.Recovered != tc.recovered {
				t.Errorf("%+v", n)
			}
			l.before(colleague)
		})
	}
}

func TestJumped(t *testing.T) {
	from := time.Now()
	wall := func(d time.Duration) time.Time { return from.Round(0).Add(d) } // of which only the wall clock is known
	for d, want := range map[time.Duration]bool{
		0: false, pushLook: false, pushLook + pushJump: false, pushLook + pushJump + time.Second: true, time.Hour: true,
		-time.Second: false, -pushJump - time.Second: true,
	} {
		if got := jumped(from, wall(d), pushLook); got != want {
			t.Errorf("wall clock %v later: %v", d, got)
		}
		if got := jumped(from, from.Add(d), pushLook); got != want {
			t.Errorf("%v later: %v", d, got)
		}
	}
}

// TestPushTooLate: after the time for a recovery none is asked for.
func TestPushTooLate(t *testing.T) {
	l := newListener(t, simulator.Config{Seed: 1})
	l.listen(marks())
	l.up()
	l.before(colleague)
	l.order("dial", 0, 7)
	l.s.DropPush()
	failed, last := 0, time.Duration(0)
	for {
		s := l.state()
		if s.Up {
			if !s.Gap || failed != 8 {
				t.Errorf("after %d failures %+v", failed, s)
			}
			break
		}
		failed++
		wait := s.Retry.Sub(l.clock.Now())
		if wait < last*3/5 || wait > pushLongest*5/4+time.Second || wait < pushFirst/2 {
			t.Errorf("wait %d is %v after %v", failed, wait, last)
		}
		last = wait
		if !s.Since.Equal(l.since.Since) {
			t.Errorf("down since %v, before %v", s.Since, l.since.Since)
		}
		l.pass(s)
	}
	if n := l.s.PushCounts(); n.Recovered != 0 {
		t.Errorf("%+v", n)
	}
	for _, r := range l.s.Requests() {
		if r.Op == "connectPush" && strings.Contains(r.Path, "wsc=") && r.Time.Sub(l.clock.Now()) > -3*time.Minute {
			continue
		}
		if r.Status == 429 {
			t.Errorf("%+v", r)
		}
	}
}

// moment is how far the clock goes between two events: a new connection is made meanwhile,
// in real time, and gives up when the clock runs away from it.
const moment = pushLook / 32

// TestPushRenews: before a session's life ends there is a new one, and nothing
// is missed, doubled or told.
func TestPushRenews(t *testing.T) {
	l := newListener(t, simulator.Config{Seed: 1, PushLife: 10 * time.Minute})
	l.listen(marks())
	l.up()
	n := 0
	// A look at the clock takes many of these, each with an event: a renewal needs
	// a moment of real time.
	step := func() {
		n++
		if err := l.s.SetPresence("112", "Busy", fmt.Sprint("number ", n)); err != nil {
			t.Fatal(err)
		}
		if e := l.event(); !strings.Contains(string(e.Body), fmt.Sprintf(`"number %d"`, n)) {
			t.Fatalf("%s instead of %d", e.Body, n)
		}
		l.clock.advance(moment)
		if n > 20_000 {
			t.Fatalf("%+v", l.s.PushCounts())
		}
	}
	for l.s.PushCounts().Connections < 3 {
		step()
	}
	for range 30 {
		step()
	}
	for l.s.PushCounts().Open != 1 { // soon only the new connection is
		step()
	}
	select {
	case s := <-l.states:
		t.Errorf("%+v", s)
	default:
	}
	// A renewal that fails does no harm until the old session's end.
	l.s.Deny("WebSocket", true)
	before := l.clock.Now()
	for len(l.states) == 0 {
		l.clock.advance(moment)
		if err := l.s.SetPresence(colleague, "Busy", fmt.Sprint("time ", l.clock.count())); err != nil {
			t.Fatal(err)
		}
		l.eventually("an event, or the end", func() bool { return len(l.events) > 0 || len(l.states) > 0 })
		for len(l.events) > 0 {
			<-l.events
		}
		// A renewal may have been under way. The service looks at its clock once a second.
		if l.clock.Now().Sub(before) > 11*time.Minute {
			l.eventually("the end of the session", func() bool { return len(l.states) > 0 })
		}
	}
	s := l.state()
	var e *api.Error
	if s.Up || !errors.As(s.Err, &e) || !e.Has("WSG-903") || s.Refused {
		t.Errorf("%+v", s)
	}
	if d := l.clock.Now().Sub(before); d < 5*time.Minute {
		t.Errorf("it ended after %v", d)
	}
}
