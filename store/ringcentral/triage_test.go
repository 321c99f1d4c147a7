package ringcentral_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"switchboard/api"
	rc "switchboard/api/ringcentral"
	"switchboard/api/simulator"
	"switchboard/store"
)

// A thousand messages at once take as few requests as the service allows: a change names
// a thousand in its body, a deletion and the look before it fifty in the path.
func TestThousandInTheFewestRequests(t *testing.T) {
	d := open(t, simulator.Config{Messages: 1000, Calls: -1})
	d.sync()
	var ids []store.ID
	for _, r := range d.rows("in:all") {
		ids = append(ids, r.ID)
	}
	if len(ids) != 1000 {
		t.Fatalf("%d messages", len(ids))
	}
	count := func(doing string, want map[string]int, do func() error) {
		t.Helper()
		before := len(d.sim.Requests())
		if err := do(); err != nil {
			t.Fatalf("%s: %v", doing, err)
		}
		for range 50 { // a place in the rate budget may have to be waited for
			err := d.Flush(t.Context())
			if err == nil {
				break
			}
			if !api.IsTemporary(err) {
				t.Fatalf("%s: %v", doing, err)
			}
			<-d.clock.After(time.Minute)
		}
		got := map[string]int{}
		for _, r := range d.sim.Requests()[before:] {
			got[r.Op]++
		}
		for op, n := range want {
			if got[op] != n {
				t.Errorf("%s: %v, want %v", doing, got, want)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: %v, want %v", doing, got, want)
		}
	}
	act := func(v store.Verb) func() error {
		return func() error {
			_, err := d.Act(t.Context(), store.Change{Verb: v, Items: ids})
			return err
		}
	}
	undo := func() error { _, err := d.Undo(t.Context()); return err }
	if err := act(store.VerbUnread)(); err != nil { // so that all of them change
		t.Fatal(err)
	}
	if err := d.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	count("done", nil, act(store.VerbDone))
	count("undone", nil, undo)
	count("read", map[string]int{"updateMessage": 1}, act(store.VerbRead))
	count("unread again", map[string]int{"updateMessage": 1}, undo)
	count("delete", map[string]int{"readMessage": 20, "deleteMessage": 20}, act(store.VerbDelete))
	count("restored", map[string]int{"patchMessage": 1}, undo)
	for _, it := range []store.ID{ids[0], ids[999]} {
		remote, err := strconv.ParseInt(d.item(it).Remote, 10, 64)
		if read, av, ok := d.sim.State(remote); err != nil || !ok || read || av != "Alive" {
			t.Errorf("%s: read %v, %s", it, read, av)
		}
	}
}

func TestHoursAndBlockedNumbers(t *testing.T) {
	d := open(t, simulator.Config{Messages: 20, Calls: -1})
	d.sync()
	if err := d.SyncFeeds(t.Context(), d.acc.ID, store.FeedHours, store.FeedBlocked); err != nil {
		t.Fatal(err)
	}
	friday := time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC)
	if at, err := d.NextWorkDay(t.Context(), d.acc.ID, friday); err != nil || at.Format("Mon 15:04") != "Mon 08:00" {
		t.Errorf("%s, %v", at, err)
	}
	list := func() (out []string) {
		t.Helper()
		got, err := d.Blocked(t.Context(), d.acc.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range got {
			out = append(out, n.Number+" "+n.Status)
		}
		return out
	}
	if got := list(); !slices.Equal(got, []string{"+13035550177 blocked", "+14155550188 allowed"}) {
		t.Errorf("at first %v", got)
	}
	atService := func() (out []string) {
		t.Helper()
		for _, status := range []string{rc.NumberBlocked, rc.NumberAllowed} {
			ns, _, err := d.client.BlockedNumbers(t.Context(), status)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range ns {
				out = append(out, n.PhoneNumber+" "+n.Status)
			}
		}
		slices.Sort(out)
		return out
	}
	flush := func() {
		t.Helper()
		if err := d.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	block := func(f func() (store.Op, error)) {
		t.Helper()
		if _, err := f(); err != nil {
			t.Fatal(err)
		}
		flush()
	}
	// One that is new, one that was let through, and one that is blocked already.
	block(func() (store.Op, error) {
		return d.BlockNumber(t.Context(), d.acc.ID, "(212) 555-0100", "+14155550188", "+13035550177")
	})
	want := []string{"+12125550100 Blocked", "+13035550177 Blocked", "+14155550188 Blocked"}
	if got := atService(); !slices.Equal(got, want) {
		t.Errorf("blocked: %v", got)
	}
	block(func() (store.Op, error) { return d.Undo(t.Context()) })
	if got := atService(); !slices.Equal(got, []string{"+13035550177 Blocked", "+14155550188 Allowed"}) {
		t.Errorf("taken back: %v", got)
	}
	block(func() (store.Op, error) { return d.Redo(t.Context()) })
	if got := atService(); !slices.Equal(got, want) {
		t.Errorf("done again: %v", got)
	}
	block(func() (store.Op, error) {
		return d.UnblockNumber(t.Context(), d.acc.ID, "+12125550100", "+13035550177")
	})
	if got := atService(); !slices.Equal(got, []string{"+14155550188 Blocked"}) {
		t.Errorf("unblocked: %v", got)
	}
	block(func() (store.Op, error) { return d.BlockAnonymous(t.Context(), d.acc.ID, true) })
	if b, err := d.client.CallerBlocking(t.Context()); err != nil || b.NoCallerID != "BlockCallsAndFaxes" {
		t.Errorf("%+v, %v", b, err)
	}
	if err := d.SyncFeeds(t.Context(), d.acc.ID, store.FeedBlocked); err != nil {
		t.Fatal(err)
	}
	if got := list(); !slices.Equal(got, []string{" blocked", "+14155550188 blocked"}) {
		t.Errorf("read anew: %v", got)
	}
	block(func() (store.Op, error) { return d.Undo(t.Context()) })
	if b, err := d.client.CallerBlocking(t.Context()); err != nil || b.NoCallerID != "Allow" {
		t.Errorf("taken back: %+v, %v", b, err)
	}
}
