package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
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
