package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"switchboard/api"
)

// fetchService serves attachment contents from memory the way api.Download
// fills a sink, and fails where the script says.
type fetchService struct {
	Service // the rest is not asked for

	mu      sync.Mutex
	content map[string][]byte // by Attachment.Remote
	etag    string            // "" cannot be resumed
	script  func(n int, a Attachment) step
	calls   []fetchCall
	active  int
	most    int
}

type step struct {
	cut  int64         // fail with err after this many bytes in all; 0: do not
	err  error         // at once if cut is 0
	wait chan struct{} // stop after cut until it is closed or ctx ends
}

type fetchCall struct {
	remote, validator string
	from              int64
	background        bool
}

func (f *fetchService) Key() string { return "test:1:1" }

func (f *fetchService) Fetch(ctx context.Context, a Attachment, sink api.Sink, validator string,
	keep func(string, int64) error, progress func(done, total int64),
) (api.Downloaded, error) {
	f.mu.Lock()
	var st step
	if f.script != nil {
		st = f.script(len(f.calls), a)
	}
	f.calls = append(f.calls, fetchCall{a.Remote, validator, sink.Len(), api.IsBackground(ctx)})
	f.active++
	f.most = max(f.most, f.active)
	data := f.content[a.Remote]
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		f.active--
		f.mu.Unlock()
	}()
	if st.err != nil && st.cut == 0 {
		return api.Downloaded{}, st.err
	}
	if sink.Len() > 0 && (validator == "" || validator != f.etag) {
		if err := sink.Reset(); err != nil {
			return api.Downloaded{}, err
		}
	}
	if sink.Len() == 0 {
		if err := keep(f.etag, int64(len(data))); err != nil {
			return api.Downloaded{}, err
		}
	}
	for sink.Len() < int64(len(data)) {
		end := min(sink.Len()+10_000, int64(len(data)))
		if st.cut > 0 {
			end = min(end, st.cut)
		}
		if _, err := sink.Write(data[sink.Len():end]); err != nil {
			return api.Downloaded{}, err
		}
		progress(sink.Len(), int64(len(data)))
		if st.cut > 0 && sink.Len() >= st.cut {
			if st.wait != nil {
				select {
				case <-st.wait:
					st.cut = 0
					continue
				case <-ctx.Done():
					return api.Downloaded{}, ctx.Err()
				}
			}
			return api.Downloaded{}, st.err
		}
	}
	return api.Downloaded{Bytes: sink.Len()}, nil
}

func (f *fetchService) seen() []fetchCall {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]fetchCall(nil), f.calls...)
}

// fileStore is a store with one item a content, whose attachment's Remote and
// Name are the content's name.
type fileStoreT struct {
	*Store
	t     *testing.T
	svc   *fetchService
	clock *fileClock
	ids   []ID
	atts  map[string]Attachment
}

type fileClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *fileClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *fileClock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func noise(n int, seed uint64) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
	r.Read(b)
	return b
}

func newFileStore(t *testing.T, dir string, names []string, content map[string][]byte) *fileStoreT {
	t.Helper()
	c := &fileClock{at: time.Date(2026, 11, 20, 9, 15, 0, 0, time.UTC)}
	s, err := Open(t.Context(), Options{Dir: dir, Actor: "t@h", Now: c.now, Location: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	f := &fileStoreT{Store: s, t: t, clock: c, atts: map[string]Attachment{}, svc: &fetchService{content: content, etag: `"v1"`}}
	acc, err := s.PutAccount(t.Context(), Account{Key: f.svc.Key(), Service: "test", Name: "Desk"})
	if err != nil {
		t.Fatal(err)
	}
	var in []Incoming
	for i, n := range names {
		in = append(in, Incoming{
			Remote: fmt.Sprint(100 + i), Kind: Fax, Direction: Inbound, Time: c.at.Add(time.Duration(i-60) * time.Minute),
			From: Party{Name: "Ann Lee", Number: "+15555551234"},
			Attachments: []Attachment{{
				Remote: n, Kind: RenderedDocument, Type: "application/octet-stream", Name: n, Size: -1,
				URI: "https://media.example/" + fmt.Sprint(i) + "?access_token=s3cr3t",
			}},
		})
	}
	if _, err := s.Apply(t.Context(), acc.ID, in); err != nil {
		t.Fatal(err)
	}
	q, err := ParseQuery("in:all", c.at, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if f.ids, err = s.IDs(t.Context(), q, OldestFirst, 1000); err != nil || len(f.ids) != len(names) {
		t.Fatalf("%d items of %d, %v", len(f.ids), len(names), err)
	}
	for _, id := range f.ids {
		it, err := s.Item(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range it.Attachments {
			f.atts[a.Remote] = a
		}
	}
	s.Attach(f.svc)
	return f
}

func (f *fileStoreT) att(name string) Attachment {
	f.t.Helper()
	a, err := f.Attachment(f.t.Context(), f.atts[name].ID)
	if err != nil {
		f.t.Fatal(err)
	}
	return a
}

// wait runs until ok holds, woken by the store's own signal.
func (f *fileStoreT) wait(what string, ok func() bool) {
	f.t.Helper()
	changed, done := f.Watch()
	defer done()
	timeout := time.After(20 * time.Second)
	for !ok() {
		select {
		case <-changed:
		case <-time.After(20 * time.Millisecond):
		case <-timeout:
			f.t.Fatalf("waited in vain for %s; jobs: %+v", what, f.Jobs())
		}
	}
}

func (f *fileStoreT) run() (stop func()) {
	ctx, cancel := context.WithCancel(f.t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { f.runJobs(ctx) })
	stop = sync.OnceFunc(func() { cancel(); wg.Wait() })
	f.t.Cleanup(stop)
	return stop
}

func sumOf(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) }

var (
	errCut  = &api.Error{Op: "readMessageContent", Err: io.ErrUnexpectedEOF}
	pdfHead = []byte("%PDF-1.4\n")
)

func TestFetchNow(t *testing.T) {
	data := append(bytes.Clone(pdfHead), noise(700_000, 1)...)
	f := newFileStore(t, t.TempDir(), []string{"fax.pdf"}, map[string][]byte{"fax.pdf": data})
	var last, total int64
	path, err := f.FetchNow(t.Context(), f.att("fax.pdf"), func(d, n int64) { last, total = d, n })
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, data) {
		t.Fatalf("content differs, %v", err)
	}
	if last != int64(len(data)) || total != last {
		t.Errorf("progress ended at %d of %d", last, total)
	}
	a := f.att("fax.pdf")
	if a.State != Kept || a.SHA256 != sumOf(data) || a.Bytes != int64(len(data)) || a.Sniffed != "application/pdf" || a.Type != "application/octet-stream" {
		t.Errorf("row %+v", a)
	}
	if path != filepath.Join(f.Dir(), "blobs", a.SHA256[:2], a.SHA256[2:]) {
		t.Errorf("path %s", path)
	}
	if it, _ := f.Item(t.Context(), a.Item); it.Kept != 1 {
		t.Errorf("items.kept = %d", it.Kept)
	}
	if len(f.Jobs()) != 0 {
		t.Errorf("jobs left: %+v", f.Jobs())
	}
	if _, err := f.FetchNow(t.Context(), a, nil); err != nil || len(f.svc.seen()) != 1 {
		t.Errorf("fetched again: %v, %d calls", err, len(f.svc.seen()))
	}
	// The copy may be removed, by us and from outside; it comes again.
	if err := f.RemoveLocal(t.Context(), a.ID); err != nil {
		t.Fatal(err)
	}
	if it, _ := f.Item(t.Context(), a.Item); it.Kept != 0 {
		t.Errorf("items.kept = %d after removal", it.Kept)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the copy is still there")
	}
	if _, err := f.FetchNow(t.Context(), a, nil); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 10); err != nil {
		t.Fatal(err)
	}
	if _, err := f.FetchNow(t.Context(), a, nil); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(path); !bytes.Equal(b, data) {
		t.Error("a cut blob was not replaced")
	}
}

func TestSameContentIsKeptOnce(t *testing.T) {
	data := noise(5000, 2)
	f := newFileStore(t, t.TempDir(), []string{"a", "b"}, map[string][]byte{"a": data, "b": data})
	pa, err1 := f.FetchNow(t.Context(), f.att("a"), nil)
	pb, err2 := f.FetchNow(t.Context(), f.att("b"), nil)
	if err1 != nil || err2 != nil || pa != pb {
		t.Fatalf("%s %v, %s %v", pa, err1, pb, err2)
	}
	if err := f.RemoveLocal(t.Context(), f.att("a").ID); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(pb); err != nil {
		t.Errorf("removing one took the other: %v", err)
	}
}

// A program that dies in the middle goes on where it was, if the service lets
// it, and starts over if not.
func TestResumeAfterRestart(t *testing.T) {
	data := noise(1_000_000, 3)
	for _, tt := range []struct {
		name  string
		etag  string // at the second run
		first string // at the first
		from  int64
	}{
		{"same version", `"v1"`, `"v1"`, 600_000},
		{"changed meanwhile", `"v2"`, `"v1"`, 600_000},
		{"no validator", "", "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			f := newFileStore(t, dir, []string{"x"}, map[string][]byte{"x": data})
			f.svc.etag = tt.first
			f.svc.script = func(int, Attachment) step { return step{cut: 600_000, wait: make(chan struct{})} }
			if err := f.Fetch(t.Context(), []int64{f.att("x").ID}, false); err != nil {
				t.Fatal(err)
			}
			stop := f.run()
			f.wait("600,000 bytes", func() bool { j := f.Jobs(); return len(j) == 1 && j[0].Done >= 600_000 })
			stop()
			f.Close()

			f = newFileStore(t, dir, []string{"x"}, map[string][]byte{"x": data})
			f.svc.etag = tt.etag
			if j := f.Jobs(); len(j) != 1 || j[0].State != Waiting || j[0].Total != int64(len(data)) {
				t.Errorf("after the restart: %+v", j)
			}
			f.run()
			f.wait("the file", func() bool { return f.att("x").State == Kept })
			if a := f.att("x"); a.SHA256 != sumOf(data) {
				t.Errorf("wrong content")
			}
			c := f.svc.seen()
			if len(c) != 1 || c[0].from != tt.from || c[0].validator != tt.first || !c[0].background {
				t.Errorf("calls %+v", c)
			}
		})
	}
}

// What kill -9 can leave between any two steps.
func TestLeftoversOfAKill(t *testing.T) {
	data := noise(300_000, 4)
	part := func(f *fileStoreT) string { return f.partPath(f.atts["x"].ID) }
	write := func(f *fileStoreT, b []byte) {
		if err := os.MkdirAll(filepath.Dir(part(f)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(part(f), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	job := func(f *fileStoreT, validator string, total int) {
		tr := &transfer{attachment: f.atts["x"], added: f.now()}
		if err := f.keepJob(f.t.Context(), tr, validator, int64(total)); err != nil {
			f.t.Fatal(err)
		}
	}
	blob := func(f *fileStoreT, b []byte) {
		p := f.BlobPath(sumOf(data))
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			f.t.Fatal(err)
		}
		if err := os.WriteFile(p, b, 0o600); err != nil {
			f.t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name  string
		leave func(f *fileStoreT)
		calls int
	}{
		{"job, no part", func(f *fileStoreT) { job(f, `"v1"`, len(data)) }, 1},
		{"part without a job", func(f *fileStoreT) { write(f, noise(1000, 9)) }, 1},
		{"half a part", func(f *fileStoreT) { job(f, `"v1"`, len(data)); write(f, data[:123_456]) }, 1},
		{"whole part, not installed", func(f *fileStoreT) { job(f, `"v1"`, len(data)); write(f, data) }, 0},
		{"installed, part still there", func(f *fileStoreT) { job(f, `"v1"`, len(data)); write(f, data); blob(f, data) }, 0},
		{"installed, no row", func(f *fileStoreT) { job(f, `"v1"`, len(data)); blob(f, data) }, 1},
		{"blob damaged from outside", func(f *fileStoreT) { job(f, `"v1"`, len(data)); blob(f, data[:10]) }, 1},
		{"part longer than the whole", func(f *fileStoreT) { job(f, `"v0"`, len(data)); write(f, noise(400_000, 5)) }, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFileStore(t, t.TempDir(), []string{"x"}, map[string][]byte{"x": data})
			tt.leave(f)
			path, err := f.FetchNow(t.Context(), f.att("x"), nil)
			if err != nil {
				t.Fatal(err)
			}
			if b, _ := os.ReadFile(path); !bytes.Equal(b, data) {
				t.Error("wrong content")
			}
			if n := len(f.svc.seen()); n != tt.calls {
				t.Errorf("%d calls, want %d", n, tt.calls)
			}
			if left, _ := os.ReadDir(filepath.Dir(part(f))); len(left) != 0 {
				t.Errorf("left: %v", left)
			}
			if len(f.Jobs()) != 0 {
				t.Errorf("jobs left: %+v", f.Jobs())
			}
		})
	}
}

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
				if j := f.Jobs(); len(j) != 0 {
					t.Errorf("still queued: %+v", j)
				}
			case Faulty:
				if err := f.ResumeJob(t.Context(), a.ID); err != nil {
					t.Fatal(err)
				}
				f.wait("the second try", func() bool { return f.att("x").State == Kept })
			case Waiting:
				if j := f.Jobs(); len(j) != 1 || j[0].Next.IsZero() || j[0].Err == "" {
					t.Fatalf("%+v", j)
				}
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
