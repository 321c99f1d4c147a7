package uitest

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/api/simulator/corpus"
	"switchboard/store"
	adapter "switchboard/store/ringcentral"
)

// fast is a clock that runs many times faster than the real one, for the
// service, the client and the store alike: waits of seconds and minutes stay
// what they are to each other and cost milliseconds.
type fast struct {
	base, start time.Time
	begun       atomic.Bool
}

const speed = 100

func newFast() *fast { return &fast{base: noon(), start: time.Now()} }

// Now is base when it is asked for the first time, by the service for its data.
func (f *fast) Now() time.Time {
	if !f.begun.Swap(true) {
		return f.base
	}
	return f.base.Add(time.Since(f.start) * speed)
}

func (f *fast) After(d time.Duration) <-chan time.Time { return time.After(d / speed) }

// allFaults is every fault there is, and how often it happens in these tests.
func allFaults() map[string]float64 {
	return map[string]float64{
		"429": 0.2, "500": 0.3, "503": 0.3, "html": 0.3, "hang": 0.15, "expire": 0.3,
		"reset": 0.3, "truncate": 0.3, "badlength": 0.3, "badjson": 0.3, "partial": 0.5, "slow": 0.3,
	}
}

const faultyMessages = 100

// faulty is a desk without screens at which a fault begins after signing in,
// or after the first sync.
func faulty(t *testing.T, fault string, rate float64, synced bool) *Desk {
	t.Helper()
	clock := newFast()
	d := Open(t, Config{
		Messages: faultyMessages, Clock: clock, Unsynced: !synced, NoScreens: true,
		Sim:     simulator.Config{HangFor: 30 * time.Millisecond, SlowFor: 30 * time.Millisecond},
		Adapter: []adapter.Option{adapter.WithPages(20, 15)},
		Prepare: func(s *simulator.Server) {
			if !synced {
				fail(t, s, fault, rate)
			}
		},
	})
	if synced {
		fail(t, d.Sim, fault, rate)
	}
	return d
}

// fail makes the next requests meet the fault for certain, the first of each
// kind of change too, and others by chance.
func fail(t *testing.T, s *simulator.Server, fault string, rate float64) {
	t.Helper()
	if err := s.SetFaults(simulator.Faults{fault: rate}); err != nil {
		t.Fatal(err)
	}
	for _, op := range []string{"deleteMessage", "updateMessage", "patchMessage", "readMessageContent", ""} {
		if err := s.FailNext(op, fault, 0, 2); err != nil {
			t.Fatal(err)
		}
	}
}

// agrees compares everything here with the service.
func (d *Desk) agrees(t *testing.T) {
	t.Helper()
	items := d.all(t, "in:all")
	remotes := map[string]bool{}
	for _, it := range items {
		if remotes[it.Remote] {
			t.Errorf("message %s is there twice", it.Remote)
		}
		remotes[it.Remote] = true
		read, avail, ok := d.Sim.State(mustInt(t, it.Remote))
		if !ok || it.Read != read || !strings.EqualFold(it.Availability.String(), avail) || avail == "Purged" {
			t.Errorf("message %s: read %v, %s here; read %v, %s at the service", it.Remote, it.Read, it.Availability, read, avail)
		}
	}
	if snap := d.Sim.Snapshot(); len(items) != snap.Messages || snap.Wipes != 0 {
		t.Errorf("%d messages here, %d at the service, %d wipes", len(items), snap.Messages, snap.Wipes)
	}
}

// TestFaultsWhileSyncing: whatever the service does, in the end everything is
// here, once, with its texts, and what came in meanwhile too.
func TestFaultsWhileSyncing(t *testing.T) {
	for fault, rate := range allFaults() {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			d := faulty(t, fault, rate, false)
			d.Eventually("the history is read", func() bool {
				st, err := d.Store.SyncState(t.Context(), d.Account.ID)
				return err == nil && st.HistoryDone
			})
			d.Sim.Arrive(5)
			d.Store.SyncNow()
			d.Eventually("all texts are here and all that came in", func() bool {
				need, err := d.Store.NeedText(t.Context(), d.Account.ID, 10)
				return err == nil && len(need) == 0 && len(d.all(t, "in:all")) == faultyMessages+5
			})
			d.agrees(t)
			for _, it := range d.all(t, "in:voicemail") {
				if it.Transcript == store.TranscriptComplete && it.Text == "" {
					t.Errorf("message %s has no text", it.Remote)
				}
			}
		})
	}
}

// TestFaultsWhileDownloading: files come whole or not at all.
func TestFaultsWhileDownloading(t *testing.T) {
	c := corpus.New(corpus.Config{Seed: 1, Messages: faultyMessages, Now: noon()})
	for fault, rate := range allFaults() {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			d := faulty(t, fault, rate, true)
			some := 3
			if slower > 1 {
				some = 1
			}
			var want []store.Attachment
			for _, kind := range []string{"in:voicemail has:audio", "in:fax has:file", "in:mms has:file"} {
				items := d.all(t, kind)
				for _, it := range items[:min(len(items), some)] {
					want = append(want, slices.DeleteFunc(it.Attachments, store.Attachment.IsText)...)
				}
			}
			var ids []int64
			for _, a := range want {
				ids = append(ids, a.ID)
			}
			if err := d.Store.Fetch(t.Context(), ids, true); err != nil {
				t.Fatal(err)
			}
			d.Eventually("all files are here", func() bool {
				return !slices.ContainsFunc(ids, func(id int64) bool {
					a, err := d.Store.Attachment(t.Context(), id)
					if err == nil && a.State == store.Faulty { // as a person would
						err = d.Store.ResumeJob(t.Context(), id)
					}
					return err != nil || a.State != store.Kept
				})
			})
			for _, id := range ids {
				a, err := d.Store.Attachment(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				sum := hashOf(t, d.Store.BlobPath(a.SHA256))
				if truth := d.truth(t, c, a); sum != truth || sum != a.SHA256 {
					t.Errorf("%s of %s: %s is recorded, %s on disk, %s at the service", a.Remote, a.Item, a.SHA256, sum, truth)
				}
			}
		})
	}
}

// truth is the hash of an attachment at the service.
func (d *Desk) truth(t *testing.T, c *corpus.Corpus, a store.Attachment) string {
	t.Helper()
	i, ok := c.Find(mustInt(t, d.item(t, a.Item).Remote))
	if !ok {
		t.Fatalf("the service does not have the message of %s", a.Remote)
	}
	b, ok := c.Content(c.Message(i), mustInt(t, a.Remote))
	if !ok {
		t.Fatalf("the service does not have %s", a.Remote)
	}
	return hashReader(t, b.Open())
}

// TestFaultsWhileSending: a change shows at once, and reaches the service once.
func TestFaultsWhileSending(t *testing.T) {
	for fault, rate := range allFaults() {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			d := faulty(t, fault, rate, true)
			unread, read := d.all(t, "in:inbox is:unread"), d.all(t, "in:all is:read")
			acts := []struct {
				verb  store.Verb
				items []store.Item
				read  bool
				avail store.Availability
			}{
				{"read", unread[:3], true, store.Alive},
				{"unread", read[:2], false, store.Alive},
				{"delete", read[2:6], true, store.Deleted},
				{"restore", read[2:4], true, store.Alive},
				{"delete", unread[3:5], false, store.Deleted},
			}
			for _, a := range acts {
				if _, err := d.Store.Act(t.Context(), store.Change{Verb: a.verb, Items: idsOf(a.items)}); err != nil {
					t.Fatal(err)
				}
				for _, it := range a.items {
					if got := d.item(t, it.ID); got.Read != a.read || got.Availability != a.avail {
						t.Errorf("%s of %s does not show at once: read %v, %s", a.verb, it.Remote, got.Read, got.Availability)
					}
				}
			}
			d.Eventually("everything was sent", func() bool { return d.waiting(t) == 0 })
			for _, n := range notices(t, d) {
				t.Errorf("a change was refused: %s", n.Text)
			}
			for _, a := range append(acts[:2:2], acts[3:]...) {
				for _, it := range a.items {
					read, avail, _ := d.Sim.State(mustInt(t, it.Remote))
					if read != a.read || !strings.EqualFold(avail, a.avail.String()) {
						t.Errorf("after %s %s is read %v, %s at the service", a.verb, it.Remote, read, avail)
					}
				}
			}
			d.agrees(t)
			for id, n := range deletesAt(t, d.Sim) {
				if n > 1 {
					t.Errorf("message %s was deleted %d times", id, n)
				}
			}
		})
	}
}

func idsOf(items []store.Item) []store.ID {
	ids := make([]store.ID, len(items))
	for i, it := range items {
		ids[i] = it.ID
	}
	return ids
}

// waiting is how many changes have not reached the service.
func (d *Desk) waiting(t *testing.T) int {
	t.Helper()
	ops, err := d.Store.Ops(t.Context(), 200)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, op := range ops {
		if op.State == store.OpPending || op.State == store.OpSending || op.State == store.OpUnknown {
			n++
		}
	}
	return n
}

func notices(t *testing.T, d *Desk) []store.Notice {
	t.Helper()
	list, err := d.Store.Notices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return list
}
