package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/api"
)

var errRefusedHere = errors.New("it is locked")

// keepBox is a service that drops messages, with a file of each.
type keepBox struct {
	*box
	rules RetentionRules

	fetchMu sync.Mutex
	asked   int
	fetched []string
	refuse  error
}

func (k *keepBox) Retention(context.Context) (RetentionRules, error) {
	k.asked++
	return k.rules, nil
}

func (k *keepBox) Fetch(_ context.Context, a Attachment, sink api.Sink, _ string,
	keep func(string, int64) error, _ func(int64, int64),
) (api.Downloaded, error) {
	k.fetchMu.Lock()
	defer k.fetchMu.Unlock()
	if k.refuse != nil {
		return api.Downloaded{}, k.refuse
	}
	k.fetched = append(k.fetched, a.Remote)
	text := []byte("file " + a.Remote)
	if err := keep("v", int64(len(text))); err != nil {
		return api.Downloaded{}, err
	}
	n, err := sink.Write(text)
	return api.Downloaded{Bytes: int64(n)}, err
}

// keeping is a bench on a mailbox of n voicemails, one every ten minutes, the newest now.
func keepingBench(t *testing.T, n int, rules RetentionRules) (*bench, *keepBox) {
	t.Helper()
	svc := newBox("test:1:1")
	svc.page = 1000
	for i := range n {
		m := svc.add(fmt.Sprint(1000+i), svc.now.Add(time.Duration(i-n+1)*10*time.Minute))
		m.Attachments = append(m.Attachments, Attachment{Remote: fmt.Sprint("f", i), Kind: AudioRecording, Type: "audio/mpeg", URI: "/f", Size: -1})
	}
	b := newBench(t, t.TempDir(), svc)
	b.opts.Archive = true
	k := &keepBox{box: svc, rules: rules}
	b.Attach(k)
	if _, err := b.SyncOnce(t.Context(), b.acc.ID, true); err != nil {
		t.Fatal(err)
	}
	if err := b.askRules(t.Context(), b.mailboxes()[0]); err != nil {
		t.Fatal(err)
	}
	return b, k
}

func (b *bench) space() Retention {
	b.t.Helper()
	list, err := b.Retention(b.t.Context())
	if err != nil || len(list) != 1 {
		b.t.Fatal(list, err)
	}
	return list[0]
}

func (b *bench) leaves(id ID) (Leaving, bool) {
	b.t.Helper()
	it, err := b.Item(b.t.Context(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.space().Leaves(it.Row, b.now())
}

func TestRetentionGauge(t *testing.T) {
	b, k := keepingBench(t, 40, RetentionRules{Inbox: 50, SentDays: 30, Trash: 5})
	r := b.space()
	if r.Used != 40 || r.Nearly() || !r.Limited() || len(r.Next) != 40 || r.Next[0] != b.item(0) {
		t.Errorf("%+v", r)
	}
	if r.PerDay != 40 { // the mailbox is younger than a day
		t.Errorf("%v a day", r.PerDay)
	}
	if full := r.Full(b.now()).Sub(b.now()); full != 6*time.Hour {
		t.Errorf("full in %v", full)
	}
	l, ok := b.leaves(b.item(2))
	if !ok || l.Cause != LeaveFull || l.After != 13 || !l.About || l.Soon(r, b.now()) {
		t.Errorf("the third oldest leaves %+v, %v", l, ok)
	}
	for i := range 8 {
		k.add(fmt.Sprint(2000+i), k.now)
	}
	if _, err := b.SyncOnce(t.Context(), b.acc.ID, false); err != nil {
		t.Fatal(err)
	}
	if r = b.space(); r.Used != 48 || !r.Nearly() {
		t.Errorf("%+v", r)
	}
	if l, _ := b.leaves(b.item(2)); l.After != 5 || !l.Soon(r, b.now()) {
		t.Errorf("the third oldest leaves %+v", l)
	}
	// The rules are asked for once a day.
	if err := b.askRules(t.Context(), b.mailboxes()[0]); err != nil || k.asked != 1 {
		t.Errorf("asked %d times, %v", k.asked, err)
	}
	b.pass(25 * time.Hour)
	if err := b.askRules(t.Context(), b.mailboxes()[0]); err != nil || k.asked != 2 {
		t.Errorf("asked %d times, %v", k.asked, err)
	}
	// What a service keeps far beyond its limit is not limited by it.
	k.rules.Inbox = 30
	b.pass(25 * time.Hour)
	if err := b.askRules(t.Context(), b.mailboxes()[0]); err != nil {
		t.Fatal(err)
	}
	if r = b.space(); r.Limited() || r.Nearly() || !r.More {
		t.Errorf("%+v", r)
	}
	if l, ok := b.leaves(b.item(0)); ok {
		t.Errorf("the oldest leaves %+v", l)
	}
	// What a person knows better counts.
	b.opts.Retention = RetentionRules{Inbox: 60, Trash: 9, HIPAA: true}
	if r = b.space(); r.Rules.Inbox != 60 || r.Rules.Trash != 9 || r.Rules.Days != 30 || r.Rules.SentDays != 30 {
		t.Errorf("%+v", r.Rules)
	}
}

func TestRetentionByTime(t *testing.T) {
	b, k := keepingBench(t, 3, RetentionRules{Inbox: 200, Days: 30, SentDays: 30, Trash: 5, HIPAA: true})
	ctx := t.Context()
	out := k.add("sent", k.now.Add(-29*24*time.Hour))
	out.Kind, out.Direction, out.Delivery, out.Attachments = Fax, Outbound, Sent, nil
	old := k.add("old", k.now.Add(-28*24*time.Hour))
	old.Modified, out.Modified = k.now, k.now
	if _, err := b.SyncOnce(ctx, b.acc.ID, false); err != nil {
		t.Fatal(err)
	}
	b.does(Change{Verb: VerbDelete, Items: []ID{b.item(4)}})
	want := []string{"sent in 24h0m0s", "age in 48h0m0s", "age in", "age in", "trash in 120h0m0s"}
	for i, w := range want {
		l, ok := b.leaves(b.item(i))
		got := fmt.Sprintf("%s in %v", l.Cause, l.At.Sub(b.now())+time.Minute)
		if !ok || !strings.HasPrefix(got, w) {
			t.Errorf("item %d leaves: %s, %v; want %s", i, got, ok, w)
		}
	}
	rows, err := b.Leaving(ctx, b.space(), 3)
	if err != nil || len(rows) != 3 || rows[0].ID != b.item(0) || rows[1].ID != b.item(1) || rows[2].ID != b.item(4) {
		t.Errorf("next leave %v, %v", rows, err)
	}
	if r := b.space(); r.Trash != 1 || r.Purge.IsZero() || r.Sent.IsZero() {
		t.Errorf("%+v", r)
	}
}

// What was in the trash before it was first looked at counts from the service's time.
func TestTrashCountsFromTheServicesTime(t *testing.T) {
	b, k := keepingBench(t, 2, RetentionRules{Trash: 5})
	gone := k.add("gone", k.now.Add(-10*24*time.Hour))
	gone.Availability, gone.Modified = Deleted, k.now.Add(-3*24*time.Hour)
	if _, err := b.w.ExecContext(t.Context(), `UPDATE accounts SET cursor = '', older = '', history = 0`); err != nil {
		t.Fatal(err)
	}
	if _, err := b.SyncOnce(t.Context(), b.acc.ID, true); err != nil {
		t.Fatal(err)
	}
	if l, ok := b.leaves(b.item(0)); !ok || l.At.Sub(b.now()).Round(time.Hour) != 48*time.Hour {
		t.Errorf("purged in %v, %v", l.At.Sub(b.now()), ok)
	}
}

func TestArchiveTakesInWhatLeaves(t *testing.T) {
	b, k := keepingBench(t, 45, RetentionRules{Inbox: 50, SentDays: 30, Trash: 5})
	ctx := t.Context()
	// Of 45 of 50 the five oldest are within the last fifth, which is taken in.
	if r := b.space(); r.Waiting != 5 {
		t.Errorf("%d wait", r.Waiting)
	}
	trashed, held := b.item(20), b.item(30)
	b.does(Change{Verb: VerbDelete, Items: []ID{trashed}})
	b.does(Change{Verb: VerbHold, Items: []ID{held}})
	if err := b.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	n, err := b.Archive(ctx)
	if err != nil || n != 5 { // 44 are left: four, and the held one
		t.Errorf("%d taken in, %v", n, err)
	}
	if want := []string{"f30", "f0", "f1", "f2", "f3"}; !slices.Equal(k.fetched, want) {
		t.Errorf("fetched %q", k.fetched)
	}
	it, err := b.Item(ctx, b.item(0))
	if err != nil || it.Kept != 1 || it.Text == "" {
		t.Errorf("%+v, %q, %v", it.Row, it.Text, err)
	}
	if got := b.told(b.item(0)); !slices.Equal(got, []string{"took it in from the service: the mailbox keeps 50 and has 44"}) {
		t.Errorf("%q", got)
	}
	// The trash a long weekend before it is purged, and each only once.
	b.pass(36 * time.Hour)
	if n, err = b.Archive(ctx); err != nil || n != 1 || k.fetched[5] != "f20" || len(k.fetched) != 6 {
		t.Errorf("%d taken in, fetched %q, %v", n, k.fetched, err)
	}
	if n, err = b.Archive(ctx); err != nil || n != 0 {
		t.Errorf("%d taken in again, %v", n, err)
	}
	// What was taken in is not what the cache makes room with.
	if n, _, err := b.ClearCache(ctx); n != 0 || err != nil {
		t.Errorf("the cache removed %d, %v", n, err)
	}
}

func TestArchiveLeavesAlone(t *testing.T) {
	b, k := keepingBench(t, 49, RetentionRules{Inbox: 50})
	ctx := t.Context()
	// What a person removed from this machine is not fetched behind their back.
	first, err := b.Item(ctx, b.item(0))
	if err != nil {
		t.Fatal(err)
	}
	file := first.Attachments[1]
	if _, err := b.FetchNow(ctx, file, nil); err != nil {
		t.Fatal(err)
	}
	if err := b.RemoveLocal(ctx, file.ID); err != nil {
		t.Fatal(err)
	}
	k.fetched = nil
	if n, err := b.Archive(ctx); n != 8 || err != nil || slices.Contains(k.fetched, "f0") {
		t.Errorf("%d taken in, fetched %q, %v", n, k.fetched, err)
	}
	// Until it is wanted again.
	b.does(Change{Verb: VerbHold, Items: []ID{first.ID}})
	if n, err := b.Archive(ctx); n != 1 || err != nil {
		t.Errorf("%d taken in, %v", n, err)
	}
	// A file that cannot be had does not stop the others, and is tried again later.
	k.refuse = &api.Error{Status: 500, Message: "oops"}
	b.does(Change{Verb: VerbHold, Items: []ID{b.item(20), b.item(21)}})
	if n, err := b.Archive(ctx); n != 0 || err != nil {
		t.Errorf("%d taken in, %v", n, err)
	}
	k.refuse = nil
	if n, err := b.Archive(ctx); n != 0 || err != nil {
		t.Errorf("%d taken in at once, %v", n, err)
	}
	b.pass(2 * time.Hour)
	if n, err := b.Archive(ctx); n != 2 || err != nil {
		t.Errorf("%d taken in later, %v", n, err)
	}
	// Trouble that befalls all of them ends it, and is told.
	k.refuse = &api.Error{Status: 429, Message: "slow down"}
	b.does(Change{Verb: VerbHold, Items: []ID{b.item(25)}})
	if _, err := b.Archive(ctx); err == nil {
		t.Error("a rate limit is no trouble")
	}
	b.opts.Archive = false
	if n, err := b.Archive(ctx); n != 0 || err != nil {
		t.Errorf("off, and %d taken in, %v", n, err)
	}
}

// A message that a full mailbox drops stays where it is, with what is here of it; one
// that somebody destroyed goes.
func TestDroppedStays(t *testing.T) {
	b, k := keepingBench(t, 49, RetentionRules{Inbox: 50, Trash: 5})
	ctx := t.Context()
	first, other := b.item(0), b.item(40)
	if _, err := b.Archive(ctx); err != nil {
		t.Fatal(err)
	}
	k.now = k.now.Add(time.Minute)
	for _, remote := range []string{"1000", "1040"} {
		k.messages[remote].Availability, k.messages[remote].Modified = Purged, k.now
	}
	if _, err := b.SyncOnce(ctx, b.acc.ID, false); err != nil {
		t.Fatal(err)
	}
	count := func(query string) int {
		t.Helper()
		n, _, err := b.Count(ctx, parse(t, query), 100)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := count("in:inbox"); n != 48 {
		t.Errorf("%d in the inbox", n)
	}
	if n := count("is:archived"); n != 1 {
		t.Errorf("%d archived", n)
	}
	it, err := b.Item(ctx, first)
	if err != nil || it.Dropped.IsZero() || it.Availability != Alive || it.Kept != 1 {
		t.Errorf("%+v, %v", it.Row, err)
	}
	if path := b.BlobPath(it.Attachments[1].SHA256); path == "" {
		t.Error("its file is gone")
	} else if text, err := os.ReadFile(path); err != nil || !bytes.Equal(text, []byte("file f0")) {
		t.Errorf("its file: %q, %v", text, err)
	}
	if got := b.told(first); got[len(got)-1] != "the service has it no longer: the mailbox was full, it keeps 50" {
		t.Errorf("%q", got)
	}
	if o, err := b.Item(ctx, other); err != nil || o.Availability != Purged || !o.Dropped.IsZero() {
		t.Errorf("destroyed by somebody: %+v, %v", o.Row, err)
	}
	// What is done about it is done here, and nobody is told.
	k.calls()
	for _, v := range []Verb{VerbRead, VerbDone, VerbDelete, VerbRestore} {
		if op := b.does(Change{Verb: v, Items: []ID{first}}); op.State != OpConfirmed || op.ID == 0 {
			t.Errorf("%s: %+v", v, op)
		}
	}
	if _, err := b.Undo(ctx); err != nil {
		t.Fatal(err)
	}
	if err := b.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	if calls := k.calls("read", "delete", "restore", "states"); len(calls) != 0 {
		t.Errorf("the service was told %q", calls)
	}
	if it, err := b.Item(ctx, first); err != nil || it.Availability != Deleted || !it.Read || it.State != Done || it.Pending {
		t.Errorf("%+v, %v", it.Row, err)
	}
	if r := b.space(); r.Here != 1 || r.Trash != 0 || r.Used != 47 {
		t.Errorf("%+v", r)
	}
	if n, _, err := b.ClearCache(ctx); n != 0 || err != nil {
		t.Errorf("the cache removed %d, %v", n, err)
	}
}

// A change that finds its message dropped is made here after all.
func TestChangeOfADropped(t *testing.T) {
	b, k := keepingBench(t, 49, RetentionRules{Inbox: 50})
	first := b.item(0)
	k.messages["1000"].Availability = Purged
	b.does(Change{Verb: VerbRead, Items: []ID{first}})
	if err := b.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if it, err := b.Item(t.Context(), first); err != nil || it.Dropped.IsZero() || !it.Read || it.Availability != Alive || it.Pending {
		t.Errorf("%+v, %v", it.Row, err)
	}
}

func parse(t *testing.T, query string) Query {
	t.Helper()
	q, err := ParseQuery(query, testNow, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return q
}
