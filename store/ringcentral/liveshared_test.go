package ringcentral_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	rc "switchboard/api/ringcentral"
	"switchboard/api/simulator"
	"switchboard/store"
	adapter "switchboard/store/ringcentral"
)

// listening is a desk whose clock is that on the wall, with mailboxes of others opened,
// that is kept up to date until the test ends.
func listening(t *testing.T, before func(d *desk, ids map[string]string), numbers ...string) *desk {
	t.Helper()
	now := &clock{t: time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC), haste: 1, began: time.Now()}
	shared := map[string]int{"201": 6, "304": 5}
	d := openAt(t, now, simulator.Config{Messages: 8, Calls: -1, Shared: shared}, adapter.WithPages(20, 20))
	d.sync()
	if err := d.SyncFeeds(t.Context(), d.acc.ID); err != nil {
		t.Fatal(err)
	}
	ids := map[string]string{}
	for n := range shared {
		ids[n] = d.readable(n).Extension
	}
	for _, n := range numbers {
		d.open(n)
	}
	if before != nil {
		before(d, ids)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return d
}

// soon waits for something that must happen well before anything is polled.
func (d *desk) soon(what string, ok func() bool) {
	d.t.Helper()
	for limit := time.Now().Add(10 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(limit) {
			d.t.Fatalf("not within ten seconds: %s; %s", what, d.states())
		}
	}
}

// states are how the mailboxes stand, in words.
func (d *desk) states() string {
	var out []string
	for name, m := range d.mailboxes() {
		out = append(out, fmt.Sprintf("%s is %s %s", name, m.Status.Phase, m.Status.Push))
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

func (d *desk) phase(name string) string { return d.mailboxes()[name].Status.Phase }

// The mailboxes of others are told of on the socket of the sign-in that opens them, each
// its own news, without anybody asking for them at intervals.
func TestSharedMailboxesAreLive(t *testing.T) {
	d := listening(t, nil, "201", "304")
	all := []string{d.acc.Name, "Patient Line", "Reception Lines"}
	d.soon("all are live", func() bool {
		return !slices.ContainsFunc(all, func(n string) bool { return d.phase(n) != store.PhaseLive })
	})
	if c := d.sim.PushCounts(); c.Open != 1 || c.Connections != 1 {
		t.Errorf("%+v, want one socket", c)
	}
	d.soon("the histories are here", func() bool { return len(d.rows("in:all -in:calls,posts")) == 19 })
	asked := len(d.requests("message-sync"))
	for _, n := range []string{"201", "304"} {
		if err := d.sim.ArriveAt(n, 1); err != nil {
			t.Fatal(err)
		}
	}
	d.sim.Arrive(1)
	for mailbox, n := range map[string]int{"201": 7, `"Reception Lines"`: 6, "front": 9} {
		d.soon("what came in for "+mailbox, func() bool { return len(d.rows("in:all -in:calls,posts mailbox:"+mailbox)) == n })
	}
	d.soon("they are confirmed", func() bool { return len(d.requests("message-sync")) >= asked+3 })
	// After the connection was lost, all of them are told again.
	d.sim.ForgetPush()
	d.soon("the loss is told of a shared mailbox", func() bool { return d.phase("Patient Line") != store.PhaseLive })
	d.soon("all are live again", func() bool {
		return !slices.ContainsFunc(all, func(n string) bool { return d.phase(n) != store.PhaseLive })
	})
	if err := d.sim.ArriveAt("304", 1); err != nil {
		t.Fatal(err)
	}
	d.soon("what comes afterwards", func() bool { return len(d.rows(`in:all mailbox:"Reception Lines"`)) == 7 })
}

// One that opens or closes a mailbox while it runs has it listened to from then on, or no
// longer, on the one socket there is.
func TestSharedMailboxesJoinAndLeave(t *testing.T) {
	d := listening(t, nil, "201")
	d.soon("the first is live", func() bool { return d.phase("Patient Line") == store.PhaseLive })
	of := func(number string) bool {
		return slices.Contains(d.sim.PushFilters(), rc.FilterMessageStore(rc.ID(d.readable(number).Extension)))
	}
	d.open("304")
	d.soon("the second is live", func() bool { return d.phase("Reception Lines") == store.PhaseLive && of("304") && of("201") })
	d.soon("the others are still", func() bool {
		return d.phase("Patient Line") == store.PhaseLive && d.phase(d.acc.Name) == store.PhaseLive && d.sim.PushCounts().Open == 1
	})
	if err := d.CloseMailbox(t.Context(), d.mailboxes()["Patient Line"].Key); err != nil {
		t.Fatal(err)
	}
	d.soon("the first is not listened to any more", func() bool { return !of("201") && of("304") })
	d.soon("the second is", func() bool { return d.phase("Reception Lines") == store.PhaseLive })
}

// What the service does not tell of is polled, and the status says why.
func TestSharedMailboxesArePolledWhereTheyMust(t *testing.T) {
	d := listening(t, func(d *desk, ids map[string]string) {
		d.sim.DisablePush(rc.FilterMessageStore(rc.ID(ids["201"])))
	}, "201", "304")
	d.soon("the others are live", func() bool {
		return d.phase("Reception Lines") == store.PhaseLive && d.phase(d.acc.Name) == store.PhaseLive
	})
	d.soon("the refused one is polled and says so", func() bool {
		st := d.mailboxes()["Patient Line"].Status
		return st.Phase == store.PhasePolling && strings.Contains(st.Push, "does not let you listen to this mailbox") && st.Every == 20*time.Second
	})
}

func TestSharedMailboxesWithoutPush(t *testing.T) {
	d := listening(t, func(d *desk, _ map[string]string) { d.sim.Deny("WebSocket", true) }, "201")
	d.soon("both are polled and say why", func() bool {
		for _, m := range d.mailboxes() {
			if m.Status.Phase != store.PhasePolling || !strings.Contains(m.Status.Push, "refused") {
				return false
			}
		}
		return true
	})
}
