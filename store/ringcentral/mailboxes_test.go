package ringcentral_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
	adapter "switchboard/store/ringcentral"
)

// readable is an entry of the directory whose mailbox might be read.
func (d *desk) readable(number string) store.WatchChange {
	d.t.Helper()
	list, err := d.Readable(d.t.Context(), d.acc.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, w := range list {
		if w.Number == number {
			return w
		}
	}
	d.t.Fatalf("%s is not among %d entries", number, len(list))
	return store.WatchChange{}
}

func (d *desk) open(number string) store.Account {
	d.t.Helper()
	a, err := d.OpenMailbox(d.t.Context(), d.acc.ID, d.readable(number))
	if err != nil {
		d.t.Fatal(err)
	}
	return a
}

func (d *desk) mailboxes() map[string]store.MailboxState {
	d.t.Helper()
	list, err := d.Mailboxes(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	out := map[string]store.MailboxState{}
	for _, m := range list {
		out[m.Name] = m
	}
	return out
}

func TestSharedMailboxes(t *testing.T) {
	d := open(t, simulator.Config{Messages: 30, Shared: map[string]int{"201": 20, "304": 10}})
	ctx := t.Context()
	d.sync()
	if err := d.SyncFeeds(ctx, d.acc.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := d.OpenMailbox(ctx, d.acc.ID, d.readable("202")); err == nil || !strings.Contains(err.Error(), "administrator") {
		t.Errorf("a mailbox one may not read: %v", err)
	}
	line, lines := d.open("201"), d.open("304")
	for _, a := range []store.Account{line, lines} {
		if _, err := d.SyncOnce(ctx, a.ID, true); err != nil {
			t.Fatal(err)
		}
	}
	for query, want := range map[string]int{
		"in:all mailbox:201": 20, `in:all mailbox:"Patient Line"`: 20, "in:all mailbox:patient-line": 20, "in:all mailbox:reception": 10, "in:all mailbox:nobody": 0,
		"in:all -in:calls,posts mailbox:front": 30, "in:all -in:calls,posts mailbox:front,201": 50, "in:all -in:calls,posts": 60, "in:all -in:calls,posts -mailbox:201": 40,
	} {
		if n := len(d.rows(query)); n != want {
			t.Errorf("%s: %d, want %d", query, n, want)
		}
	}
	for _, r := range d.rows("mailbox:201 in:all") {
		if r.Mailbox != "Patient Line" {
			t.Errorf("a row of %q", r.Mailbox)
		}
	}
	// A change goes to the mailbox it is about, a file comes from there.
	var unread store.Row
	for _, r := range d.rows("mailbox:201 in:voicemail is:unread") {
		unread = r
	}
	if unread.ID == 0 {
		t.Fatal("no unread voicemail in the queue's mailbox")
	}
	if _, err := d.Act(ctx, store.Change{Verb: store.VerbRead, Items: []store.ID{unread.ID}}); err != nil {
		t.Fatal(err)
	}
	if err := d.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	it := d.item(unread.ID)
	if !it.Read || it.Pending {
		t.Errorf("%+v", it.Row)
	}
	for _, a := range it.Attachments {
		if _, err := d.FetchNow(ctx, a, nil); err != nil {
			t.Errorf("%s: %v", a.Name, err)
		}
	}
	boxes := d.mailboxes()
	if m := boxes["Patient Line"]; m.Owner != d.acc.Key || !m.Attached || m.Open == 0 || len(m.Budgets) != 0 {
		t.Errorf("%+v", m)
	}
	if m := boxes[d.acc.Name]; len(m.Budgets) != 3 || !m.Shares || m.Owner != "" {
		t.Errorf("%+v", m)
	}
	if err := d.CloseMailbox(ctx, line.Key); err != nil {
		t.Fatal(err)
	}
	if n := len(d.rows("in:all mailbox:201")); n != 0 || len(d.mailboxes()) != 2 {
		t.Errorf("%d rows of a mailbox that was closed", n)
	}
	if err := d.CloseMailbox(ctx, d.acc.Key); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("one's own mailbox was closed: %v", err)
	}
}

// TestSharedMailboxesComeBack opens mailboxes that were chosen in an earlier run.
func TestSharedMailboxesComeBack(t *testing.T) {
	d := open(t, simulator.Config{Messages: 5, Shared: map[string]int{"201": 6}})
	d.sync()
	if err := d.SyncFeeds(t.Context(), d.acc.ID); err != nil {
		t.Fatal(err)
	}
	a := d.open("201")
	other, err := store.Open(t.Context(), store.Options{Dir: d.Dir(), Actor: "ana@desk", Now: d.clock.Now, Location: time.UTC, After: d.clock.After})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	if err := other.AttachShared(t.Context()); err != nil || len(other.Status()) != 0 {
		t.Fatalf("without a sign-in: %v", err)
	}
	other.Attach(adapter.New(d.acc.Key, d.client))
	if err := other.AttachShared(t.Context()); err != nil {
		t.Fatal(err)
	}
	if rep, err := other.SyncOnce(t.Context(), a.ID, true); err != nil || rep.New != 6 {
		t.Errorf("%+v, %v", rep, err)
	}
}

// TestSharedBudget syncs three mailboxes of one sign-in with the published limits on:
// none is told to wait by the service.
func TestSharedBudget(t *testing.T) {
	now := &clock{t: time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC), haste: 60, began: time.Now()}
	d := openAt(t, now, simulator.Config{Messages: 400, RateLimits: true, Shared: map[string]int{"201": 300, "304": 200}}, adapter.WithPages(5, 10))
	if _, err := d.SyncOnce(t.Context(), d.acc.ID, false); err != nil {
		t.Fatal(err)
	}
	if err := d.SyncFeeds(t.Context(), d.acc.ID); err != nil {
		t.Fatal(err)
	}
	d.open("201")
	d.open("304")
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	limit := time.Now().Add(90 * time.Second)
	for {
		n := len(d.rows("in:all -in:calls,posts"))
		if n == 900 {
			break
		}
		if time.Now().After(limit) {
			t.Fatalf("%d of 900 are here", n)
		}
		time.Sleep(20 * time.Millisecond)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	for _, r := range d.sim.Requests() {
		if r.Status == 429 {
			t.Errorf("%s was told to wait", r.Op)
		}
	}
}

// TestMailboxesApart has one account's service hang, fail and refuse while another, and
// the messages of it, go on.
func TestMailboxesApart(t *testing.T) {
	for _, tc := range []struct {
		name   string
		faults simulator.Faults
	}{{"500", simulator.Faults{"500": 1}}, {"429", simulator.Faults{"429": 1}}, {"hang", simulator.Faults{"hang": 1}}, {"reset", simulator.Faults{"reset": 1}}} {
		t.Run(tc.name, func(t *testing.T) {
			now := &clock{t: time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC), haste: 10, began: time.Now()}
			good := openAt(t, now, simulator.Config{Messages: 60, Shared: map[string]int{"201": 20}}, adapter.WithPages(10, 10))
			bad := openAt(t, now, simulator.Config{Messages: 60, Faults: tc.faults, HangFor: time.Minute}, adapter.WithPages(10, 10))
			if _, err := good.SyncOnce(t.Context(), good.acc.ID, false); err != nil {
				t.Fatal(err)
			}
			if err := good.SyncFeeds(t.Context(), good.acc.ID); err != nil {
				t.Fatal(err)
			}
			good.open("201")
			// The other account, in the same store.
			a, err := good.PutAccount(t.Context(), store.Account{Key: "ringcentral:2:2", Service: "ringcentral", Name: "Trouble"})
			if err != nil {
				t.Fatal(err)
			}
			good.Attach(adapter.New(a.Key, bad.client))
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- good.Run(ctx) }()
			start := time.Now()
			for len(good.rows("in:all -in:calls,posts")) < 80 {
				if time.Since(start) > 15*time.Second {
					t.Fatalf("%d of 80: the other account holds it up", len(good.rows("in:all")))
				}
				time.Sleep(10 * time.Millisecond)
			}
			_, arrived := good.sim.Arrive(1), time.Now()
			good.SyncNow()
			for len(good.rows("in:all -in:calls,posts")) < 81 {
				if time.Since(arrived) > 5*time.Second {
					t.Fatal("what is new does not come")
				}
				time.Sleep(10 * time.Millisecond)
			}
			stop()
			if err := <-done; err != nil {
				t.Error(err)
			}
			if n := len(good.rows("in:all mailbox:trouble")); n != 0 {
				t.Errorf("%d of the account that fails", n)
			}
			phases := []string{}
			for _, st := range good.Status() {
				phases = append(phases, st.Account+" "+st.Phase)
			}
			if !slices.ContainsFunc(phases, func(s string) bool { return strings.HasPrefix(s, "ringcentral:2:2 ") }) {
				t.Errorf("%v", phases)
			}
		})
	}
}
