package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"switchboard/api"
)

func TestJobErrors(t *testing.T) {
	limit := &api.LimitError{Op: "readMessageContent", Group: api.Medium, Until: time.Date(2026, 11, 20, 10, 42, 0, 0, time.UTC)}
	for _, tt := range []struct {
		name  string
		err   error
		state FileState
		words string
	}{
		{"not found", &api.Error{Op: "x", Status: 404}, Gone, "no longer has"},
		{"not found by code", &api.Error{Op: "x", Status: 400, Code: "MSG-352"}, Gone, "no longer has"},
		{"permission", &api.Error{Op: "x", Status: 403, Permission: "ReadMessageContent"}, Faulty, "permission ReadMessageContent is missing"},
		{"forbidden", &api.Error{Op: "x", Status: 403, Message: "no"}, Faulty, "no"},
		{"limit", limit, Waiting, "10:42:00"},
		{"network", errCut, Waiting, "unexpected EOF"},
		{"signed out", fmt.Errorf("x: %w", api.ErrSignedOut), Waiting, "signed in again"},
		{"disk full", fmt.Errorf("x: %w", syscall.ENOSPC), Faulty, "is full"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFileStore(t, t.TempDir(), []string{"x"}, map[string][]byte{"x": noise(100, 1)})
			f.svc.script = func(n int, _ Attachment) step {
				if n == 0 {
					return step{err: tt.err}
				}
				return step{}
			}
			if err := f.Fetch(t.Context(), []int64{f.att("x").ID}, true); err != nil {
				t.Fatal(err)
			}
			f.run()
			f.wait("the failure", func() bool { return f.att("x").Fault != "" })
			a := f.att("x")
			if a.State != tt.state || !strings.Contains(a.Fault, tt.words) {
				t.Errorf("%v %q, want %v %q", a.State, a.Fault, tt.state, tt.words)
			}
			switch tt.state {
			case Gone:
				f.wait("an empty queue", func() bool { return len(f.Jobs()) == 0 })
			case Faulty:
				if err := f.ResumeJob(t.Context(), a.ID); err != nil {
					t.Fatal(err)
				}
				f.wait("the second try", func() bool { return f.att("x").State == Kept })
			case Waiting:
				f.wait("when it is tried again", func() bool {
					j := f.Jobs()
					return len(j) == 1 && !j[0].Next.IsZero() && j[0].Err != ""
				})
				f.clock.add(2 * time.Hour)
				f.kick()
				f.wait("the next try", func() bool { return f.att("x").State == Kept })
			}
		})
	}
}

func TestPauseResumeCancel(t *testing.T) {
	data := noise(500_000, 6)
	f := newFileStore(t, t.TempDir(), []string{"x"}, map[string][]byte{"x": data})
	f.svc.script = func(n int, _ Attachment) step {
		if n < 2 {
			return step{cut: 200_000 + int64(n)*100_000, wait: make(chan struct{})}
		}
		return step{}
	}
	id := f.att("x").ID
	if err := f.Fetch(t.Context(), []int64{id}, true); err != nil {
		t.Fatal(err)
	}
	f.run()
	at := func(n int64) func() bool {
		return func() bool { j := f.Jobs(); return len(j) == 1 && j[0].State == Fetching && j[0].Done == n }
	}
	f.wait("the first bytes", at(200_000))
	if err := f.PauseJob(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if j := f.Jobs(); len(j) != 1 || j[0].State != Paused || j[0].Done != 200_000 || f.att("x").State != Paused {
		t.Fatalf("paused: %+v", j)
	}
	if err := f.ResumeJob(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	f.wait("more bytes", at(300_000))
	if c := f.svc.seen(); c[1].from != 200_000 || c[1].background {
		t.Errorf("resumed with %+v", c[1])
	}
	if err := f.CancelJob(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if len(f.Jobs()) != 0 || f.att("x").State != Remote || f.partSize(id) != 0 {
		t.Errorf("cancelled: %+v, %v, %d bytes left", f.Jobs(), f.att("x").State, f.partSize(id))
	}
	if err := f.ResumeJob(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	f.wait("the file", func() bool { return f.att("x").State == Kept })
}

func TestThreeAtOnceAndPriority(t *testing.T) {
	content := map[string][]byte{}
	var names []string
	for i := range 8 {
		n := fmt.Sprint("f", i)
		names, content[n] = append(names, n), noise(50_000, uint64(i))
	}
	f := newFileStore(t, t.TempDir(), names, content)
	gate := make(chan struct{})
	f.svc.script = func(int, Attachment) step { return step{cut: 10_000, wait: gate} }
	var ids []int64
	for _, n := range names[:7] {
		ids = append(ids, f.att(n).ID)
	}
	if err := f.Fetch(t.Context(), ids, false); err != nil {
		t.Fatal(err)
	}
	f.run()
	f.wait("three", func() bool { return len(f.svc.seen()) == 3 })
	if err := f.Fetch(t.Context(), []int64{f.att("f7").ID}, true); err != nil {
		t.Fatal(err)
	}
	f.wait("the urgent one", func() bool { return len(f.svc.seen()) == 4 })
	if c := f.svc.seen()[3]; c.remote != "f7" || c.background {
		t.Errorf("the fourth is %+v", c)
	}
	if w, st, err := f.JobCount(t.Context()); w != 8 || st != 0 || err != nil {
		t.Errorf("count %d %d %v", w, st, err)
	}
	close(gate)
	f.wait("all", func() bool { return len(f.Jobs()) == 0 })
	if f.svc.most > jobsAtOnce+jobsUrgent {
		t.Errorf("%d at once", f.svc.most)
	}
	for _, n := range names {
		if f.att(n).State != Kept {
			t.Errorf("%s: %v", n, f.att(n).State)
		}
	}
}

// Two that want the same file share one download; when the first goes away the
// second takes it over.
func TestJoin(t *testing.T) {
	data := noise(100_000, 7)
	f := newFileStore(t, t.TempDir(), []string{"x"}, map[string][]byte{"x": data})
	f.svc.script = func(n int, _ Attachment) step {
		if n == 0 {
			return step{cut: 50_000, wait: make(chan struct{})}
		}
		return step{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() { _, err := f.FetchNow(ctx, f.atts["x"], nil); first <- err }()
	f.wait("the first", func() bool { return f.transferOf(f.atts["x"].ID) != nil && len(f.svc.seen()) == 1 })
	second := make(chan error, 1)
	joined := make(chan struct{}, 100)
	go func() {
		_, err := f.FetchNow(t.Context(), f.atts["x"], func(int64, int64) {
			select {
			case joined <- struct{}{}:
			default:
			}
		})
		second <- err
	}()
	<-joined
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("first: %v", err)
	}
	if err := <-second; err != nil {
		t.Errorf("second: %v", err)
	}
	if c := f.svc.seen(); len(c) != 2 || c[1].from != 50_000 {
		t.Errorf("calls %+v", c)
	}
}

// Progress reaches watchers, writes nothing, and not more than ten times a second.
func TestProgressIsCheap(t *testing.T) {
	f := newFileStore(t, t.TempDir(), []string{"x"}, map[string][]byte{"x": noise(1, 1)})
	tr := &transfer{attachment: f.atts["x"]}
	changed, done := f.Watch()
	defer done()
	gen, signals := f.Generation(), 0
	for i := range 1000 {
		f.clock.add(time.Millisecond)
		f.progressed(tr, int64(i))
		select {
		case <-changed:
			signals++
		default:
		}
	}
	if signals < 9 || signals > 11 {
		t.Errorf("%d signals in a second", signals)
	}
	if f.Generation() != gen {
		t.Error("progress changed the generation: lists would be read again")
	}
	if r := tr.rate.value(); r < 900 || r > 1100 {
		t.Errorf("rate %.0f bytes/s, want about 1000", r)
	}
}

// Parts nobody will go on with are removed when the queue starts.
func TestOrphanedParts(t *testing.T) {
	f := newFileStore(t, t.TempDir(), []string{"x"}, map[string][]byte{"x": noise(100, 1)})
	f.svc.script = func(int, Attachment) step { return step{cut: 50, wait: make(chan struct{})} }
	dir := filepath.Join(f.Dir(), "blobs", "part")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{"77.part", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(dir, n), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Fetch(t.Context(), []int64{f.att("x").ID}, true); err != nil {
		t.Fatal(err)
	}
	f.run()
	f.wait("a download", func() bool { j := f.Jobs(); return len(j) == 1 && j[0].Done == 50 })
	var got []string
	for _, n := range []string{"77.part", "notes.txt", fmt.Sprint(f.att("x").ID) + ".part"} {
		if _, err := os.Stat(filepath.Join(dir, n)); err == nil {
			got = append(got, n)
		}
	}
	if len(got) != 2 || got[0] != "notes.txt" {
		t.Errorf("left: %q", got)
	}
}

// What was fetched lately is told by whose it is, queued or not.
func TestFinishedTellsWhose(t *testing.T) {
	f := newFileStore(t, t.TempDir(), []string{"x", "y"}, map[string][]byte{"x": noise(100, 1), "y": noise(100, 2)})
	f.run()
	if err := f.Fetch(t.Context(), []int64{f.att("x").ID}, false); err != nil {
		t.Fatal(err)
	}
	if _, err := f.FetchNow(t.Context(), f.att("y"), nil); err != nil {
		t.Fatal(err)
	}
	f.wait("both", func() bool { return len(f.Finished()) == 2 })
	for _, j := range f.Finished() {
		if it, err := f.Item(t.Context(), j.Item); err != nil || j.Row.ID != it.ID || j.Row.Kind != it.Kind || j.Row.Who.Name != it.Who.Name {
			t.Errorf("%+v, %v", j.Row, err)
		}
	}
}

// TestFetchWhileCancelling: what is asked for while a cancel is on its last steps starts
// when that is through.
func TestFetchWhileCancelling(t *testing.T) {
	f := newFileStore(t, t.TempDir(), []string{"x", "y"}, map[string][]byte{"x": noise(100, 1), "y": noise(100, 2)})
	f.run()
	free := f.stop(f.att("x").ID, errCancelled)
	for _, name := range []string{"x", "y"} {
		if err := f.Fetch(t.Context(), []int64{f.att(name).ID}, true); err != nil {
			t.Fatal(err)
		}
	}
	f.wait("the other one", func() bool { return f.att("y").State == Kept && len(f.Jobs()) == 1 })
	if st := f.att("x").State; st != Waiting {
		t.Fatalf("it is %v while the cancel goes on", st)
	}
	free()
	f.wait("the download", func() bool { return f.att("x").State == Kept })
}

// An account whose service hangs takes up its own places only: the downloads of another
// one, behind hundreds of it, are done meanwhile.
func TestHangingServiceKeepsNoOtherWaiting(t *testing.T) {
	var names []string
	content := map[string][]byte{}
	for i := range 2*jobsLooked + 5 {
		names = append(names, fmt.Sprint("hang", i))
		content[names[i]] = noise(100, uint64(i))
	}
	f := newFileStore(t, t.TempDir(), names, content)
	f.svc.script = func(int, Attachment) step { return step{cut: 10, wait: make(chan struct{})} }
	other := &fetchService{content: map[string][]byte{"good0": noise(50, 1), "good1": noise(50, 2), "good2": noise(50, 3), "good3": noise(50, 4)}}
	good := &otherDesk{other}
	acc, err := f.PutAccount(t.Context(), Account{Key: good.Key(), Service: "test", Name: "Other"})
	if err != nil {
		t.Fatal(err)
	}
	var in []Incoming
	for name := range other.content {
		in = append(in, Incoming{Remote: name, Kind: Fax, Direction: Inbound, Time: f.clock.now(), Attachments: []Attachment{{Remote: name, Kind: RenderedDocument, Name: name, Size: -1}}})
	}
	got, err := f.Apply(t.Context(), acc.ID, in)
	if err != nil {
		t.Fatal(err)
	}
	f.Attach(good)
	var queue []int64
	for _, n := range names {
		queue = append(queue, f.atts[n].ID)
	}
	if err := f.Fetch(t.Context(), queue, false); err != nil {
		t.Fatal(err)
	}
	f.clock.add(time.Second)
	queue = nil
	for _, id := range got.IDs {
		it, err := f.Item(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		queue = append(queue, it.Attachments[0].ID)
	}
	if err := f.Fetch(t.Context(), queue, false); err != nil {
		t.Fatal(err)
	}
	stop := f.run()
	defer stop()
	f.wait("the downloads of the other account", func() bool {
		for _, id := range queue {
			if a, err := f.Attachment(t.Context(), id); err != nil || a.State != Kept {
				return false
			}
		}
		return true
	})
	f.svc.mu.Lock()
	defer f.svc.mu.Unlock()
	if f.svc.active > jobsAtOnce {
		t.Errorf("%d downloads of one account at once", f.svc.active)
	}
}

// otherDesk is a fetchService of another account.
type otherDesk struct{ *fetchService }

func (otherDesk) Key() string { return "test:2:2" }
