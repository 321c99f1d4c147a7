package api

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeClock moves when told to. With auto it jumps over every wait at once and
// notes how long it was.
type fakeClock struct {
	mu     sync.Mutex
	now    time.Time
	auto   bool
	slept  []time.Duration
	timers []fakeTimer
	added  chan struct{}
}

type fakeTimer struct {
	at time.Time
	ch chan time.Time
}

func newFakeClock(auto bool) *fakeClock {
	return &fakeClock{now: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC), auto: auto, added: make(chan struct{}, 1000)}
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := make(chan time.Time, 1)
	if c.auto {
		c.slept = append(c.slept, d)
		c.now = c.now.Add(d)
		ch <- c.now
		return ch
	}
	c.timers = append(c.timers, fakeTimer{c.now.Add(d), ch})
	c.added <- struct{}{}
	return ch
}

func (c *fakeClock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.timers = slices.DeleteFunc(c.timers, func(t fakeTimer) bool {
		if t.at.After(c.now) {
			return false
		}
		t.ch <- c.now
		return true
	})
}

func (c *fakeClock) total() (d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.slept {
		d += s
	}
	return d
}

// serverFor starts a test server and a client on it, with a clock that never
// makes a test wait.
func serverFor(t testing.TB, h http.HandlerFunc, change ...func(*Config)) (*Client, *httptest.Server, *fakeClock) {
	t.Helper()
	srv := httptest.NewServer(h)
	clock := newFakeClock(true)
	tr := NewTransport()
	cfg := Config{Name: "Test", BaseURL: srv.URL, UserAgent: "switchboard/test", Clock: clock, Transport: tr}
	for _, f := range change {
		f(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); srv.Close() })
	return c, srv, clock
}

// staticAuth hands out one token and counts refreshes.
type staticAuth struct {
	mu        sync.Mutex
	token     string
	next      string
	refreshes int
}

func (a *staticAuth) Token(context.Context) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.token, nil
}

func (a *staticAuth) Refresh(context.Context, string) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.refreshes++
	a.token = a.next
	return a.token, nil
}

// memory is a Sink.
type memory struct {
	bytes.Buffer
	resets int
	fail   error
}

func (m *memory) Len() int64 { return int64(m.Buffer.Len()) }

func (m *memory) Reset() error { m.Buffer.Reset(); m.resets++; return nil }

func (m *memory) Write(p []byte) (int, error) {
	if m.fail != nil {
		return 0, m.fail
	}
	return m.Buffer.Write(p)
}

func body(t testing.TB, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Error(err)
	}
	return string(b)
}
