package uitest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
)

// traffic makes things happen for a while: messages, calls that are missed or answered,
// and colleagues who come and go. It returns the messages and the calls.
func traffic(t *testing.T, s *simulator.Server, rounds int, between func(i int)) (messages []int64, calls []string) {
	t.Helper()
	for i := range rounds {
		messages = append(messages, s.Arrive(1+i%3)...)
		id, err := s.Ring(simulator.LiveCall{From: fmt.Sprintf("+1650555%04d", i)})
		if err == nil && i%2 == 0 {
			err = s.Answer(id)
		}
		pass(2 * time.Second)
		if err == nil {
			err = s.HangUp(id, "")
		}
		if err == nil {
			err = s.SetPresence("104", []string{"Available", "Busy"}[i%2], fmt.Sprint("round ", i))
		}
		if err != nil {
			t.Fatal(err)
		}
		calls = append(calls, id)
		if between != nil {
			between(i)
		}
		pass(8 * time.Second)
	}
	return messages, calls
}

// whole checks that everything that happened is here once, as it is at the service.
func (d *Desk) whole(t *testing.T, messages []int64, calls []string) {
	t.Helper()
	have := map[string]int{}
	ids, err := d.Store.IDs(t.Context(), store.Query{}, store.OldestFirst, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range ids {
		it := d.item(t, i)
		have[it.Remote]++
		id, err := strconv.ParseInt(it.Remote, 10, 64)
		if err != nil {
			continue // a call or a post
		}
		read, avail, ok := d.Sim.State(id)
		if !ok || it.Read != read || !strings.EqualFold(it.Availability.String(), avail) {
			t.Errorf("message %s: read %v, %s here; read %v, %s at the service", it.Remote, it.Read, it.Availability, read, avail)
		}
	}
	for _, id := range messages {
		if n := have[strconv.FormatInt(id, 10)]; n != 1 {
			t.Errorf("message %d is here %d times", id, n)
		}
	}
	for _, id := range calls {
		if n := have["call:"+id]; n != 1 {
			t.Errorf("call %s is here %d times", id, n)
		}
	}
	for _, c := range d.Store.LiveCalls() {
		t.Errorf("a call is still shown in progress: %+v", c)
	}
	for _, f := range d.Store.Feeds() {
		if !f.Done || f.Err != "" {
			t.Errorf("%+v", f)
		}
	}
}

// hears waits, a long time, for the service to tell of news.
func (d *Desk) hears(t *testing.T) {
	t.Helper()
	for range 120 {
		if d.Store.Status()[0].Phase == store.PhaseLive {
			return
		}
		pass(time.Minute)
	}
	t.Fatalf("%+v", d.Store.Status()[0])
}

// settles is how long after the last fault everything has to be as if there had been none.
const settles = 16 * time.Minute

// The socket breaks at every stage, is silent, or brings nonsense; events are lost, come
// twice or late. Once that is over, nothing is missing and nothing is there twice.
func TestPushFaults(t *testing.T) {
	for i, fault := range []string{
		"dial", "connect", "details", "subscribed", "event", "frame", "silent", "json", "lost", "double", "late", "recovery", "refuse",
	} {
		t.Run(fault, func(t *testing.T) {
			if i%3 != 0 {
				unwatched(t)
			}
			bubble(t, Config{Messages: 10, Sim: simulator.Config{RateLimits: true, Calls: -1}}, func(t *testing.T, d *Desk, _ *pipes) {
				d.hears(t)
				if err := d.Sim.SetFaults(simulator.Faults{"push-" + fault: .3}); err != nil {
					t.Fatal(err)
				}
				messages, calls := traffic(t, d.Sim, 12, func(i int) {
					if i%4 == 1 { // so that there is a stage at which something can break
						d.Sim.DropPush()
					}
				})
				if err := d.Sim.SetFaults(nil); err != nil {
					t.Fatal(err)
				}
				pass(settles)
				d.hears(t)
				d.whole(t, messages, calls)
			})
		})
	}
}

// The sign-in under an open socket ends, the service forgets its sessions, or is gone.
func TestPushLosesItsGround(t *testing.T) {
	for name, happens := range map[string]func(s *simulator.Server, net *pipes){
		"the sign-in is over":   func(s *simulator.Server, _ *pipes) { s.ExpirePush() },
		"sessions forgotten":    func(s *simulator.Server, _ *pipes) { s.ForgetPush() },
		"a cut":                 func(_ *simulator.Server, net *pipes) { net.cut(nil) },
		"tokens of two minutes": func(*simulator.Server, *pipes) {},
	} {
		t.Run(name, func(t *testing.T) {
			c := Config{Messages: 10, Sim: simulator.Config{RateLimits: true, Calls: -1}}
			if strings.HasPrefix(name, "tokens") {
				c.Sim.TokenTTL = 2 * time.Minute
			}
			bubble(t, c, func(t *testing.T, d *Desk, net *pipes) {
				d.hears(t)
				messages, calls := traffic(t, d.Sim, 30, func(i int) {
					if i%10 == 3 {
						happens(d.Sim, net)
					}
				})
				pass(settles)
				d.hears(t)
				d.whole(t, messages, calls)
			})
		})
	}
}

// Without a network the status says since when, and what is shown is of when. Once there is
// one again, everything comes by itself.
func TestNoNetworkForAWhile(t *testing.T) {
	bubble(t, Config{Messages: 10, Sim: simulator.Config{RateLimits: true, Calls: -1}}, func(t *testing.T, d *Desk, net *pipes) {
		d.hears(t)
		pass(10 * time.Minute)
		cut := today{}.Now()
		net.cut(errors.New("network is unreachable"))
		messages, calls := traffic(t, d.Sim, 12, nil)
		pass(20 * time.Minute)
		st := d.Store.Status()[0]
		if st.Phase != store.PhaseOffline || st.Since.Sub(cut) > time.Minute || st.Synced.After(cut) || !strings.Contains(st.Err, "reached") {
			t.Errorf("without a network: %+v; it went at %s", st, cut)
		}
		net.cut(nil)
		pass(6 * time.Minute) // the longest wait after trouble
		d.hears(t)
		pass(settles)
		d.whole(t, messages, calls)
	})
}

// Two processes on one account each hear everything, and neither takes it in twice.
func TestTwoProcessesOnOneAccount(t *testing.T) {
	c := Config{Messages: 10, Sim: simulator.Config{RateLimits: true, Calls: -1}}
	bubble(t, c, func(t *testing.T, d *Desk, net *pipes) {
		d.hears(t)
		two := &Desk{t: t, Sim: d.Sim, Dir: d.Dir, SaveDir: d.SaveDir, stopped: make(chan struct{}), changed: make(chan struct{})}
		ctx, cancel := context.WithCancel(t.Context())
		own := c
		own.fill()
		own.Clock, own.Now, own.Dial, own.Unsynced = today{}, today{}.Now, net.dial, true
		two.connect(ctx, own)
		two.work(ctx, cancel)
		two.hears(t)
		last, err := two.Store.LastArrival(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		messages, calls := traffic(t, d.Sim, 12, func(i int) {
			if i == 5 {
				d.Sim.DropPush()
			}
		})
		pass(settles)
		d.whole(t, messages, calls)
		two.whole(t, messages, calls)
		for name, desk := range map[string]*Desk{"first": d, "second": two} {
			list, _, err := desk.Store.Arrivals(t.Context(), last)
			told := map[store.ID]int{}
			for _, a := range list {
				told[a.Row.ID]++
			}
			if err != nil || len(told) != len(list) || len(list) < len(messages) {
				t.Errorf("the %s process tells of %d arrivals (%d different), %d messages came, %v", name, len(list), len(told), len(messages), err)
			}
		}
	})
}
