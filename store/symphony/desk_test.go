package symphony

import (
	"cmp"
	"context"
	"crypto/rsa"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"switchboard/api"
	simulator "switchboard/api/simulator/symphony"
	sym "switchboard/api/symphony"
	"switchboard/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is a time that moves when told, or with the world's if it started at none.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func newClock() *clock { return &clock{t: time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC)} }

// pod is a simulator and an account of it.
type pod struct {
	t     testing.TB
	sim   *simulator.Server
	clock *clock
	box   *Mailbox
	acc   store.Account
	poll  time.Duration // of the mailboxes that listen; 0: as usual
}

var (
	keyOnce sync.Once
	testKey *rsa.PrivateKey
)

// start starts a pod whose datafeed answers soon.
func start(t testing.TB, cfg simulator.Config) *pod {
	t.Helper()
	p := &pod{t: t, clock: newClock()}
	cfg.Now, cfg.Seed = p.clock.now, 7
	if cfg.Streams == 0 {
		cfg.Streams = 14
	}
	if cfg.Messages == 0 {
		cfg.Messages = 60
	}
	if cfg.Poll == 0 {
		cfg.Poll = 50 * time.Millisecond
	}
	cfg.Key, cfg.KeyDir = testKey, t.TempDir() // making one takes longer than most tests
	var err error
	if p.sim, err = simulator.Start(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	keyOnce.Do(func() { testKey = key(t, p.sim.PrivateKey()) })
	t.Cleanup(func() {
		if err := p.sim.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	p.box, p.acc = p.connect()
	return p
}

func key(t testing.TB, pem []byte) *rsa.PrivateKey {
	t.Helper()
	k, err := sym.ParseKey(pem, nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// connect signs in.
func (p *pod) connect() (*Mailbox, store.Account) {
	p.t.Helper()
	return p.connectBy(api.NewTransport())
}

func (p *pod) connectBy(transport http.RoundTripper) (*Mailbox, store.Account) {
	p.t.Helper()
	d := p.sim.Description()
	c, err := sym.New(sym.Config{
		PodURL: d.PodURL, AgentURL: d.AgentURL, KeyManagerURL: d.KeyManagerURL, Username: d.Username, Key: key(p.t, p.sim.PrivateKey()),
		Transport: transport, Retry: api.Retry{Attempts: 3, Initial: time.Millisecond, Max: 5 * time.Millisecond},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(c.Close)
	acc, err := Identify(p.t.Context(), c)
	if err != nil {
		p.t.Fatal(err)
	}
	box := New(acc.Key, c, WithNow(p.clock.now))
	box.poll = cmp.Or(p.poll, box.poll)
	return box, acc
}

// desk is a store with a pod's account.
type desk struct {
	*store.Store
	*pod
	stop func()
}

func (p *pod) desk(dir string) *desk {
	p.t.Helper()
	d := &desk{pod: p, stop: func() {}}
	var err error
	if d.Store, err = store.Open(p.t.Context(), store.Options{Dir: dir, Location: time.UTC, Now: p.clock.now, Alone: true}); err != nil {
		p.t.Fatal(err)
	}
	acc, err := d.PutAccount(p.t.Context(), p.acc)
	if err != nil {
		p.t.Fatal(err)
	}
	d.acc = acc
	d.Attach(d.box)
	p.t.Cleanup(d.close)
	return d
}

// run has the store work until it is closed.
func (d *desk) run() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = d.Run(ctx) }()
	d.stop = sync.OnceFunc(func() { cancel(); <-done })
}

func (d *desk) close() {
	d.stop()
	if err := d.Close(); err != nil {
		d.t.Error(err)
	}
}

// until waits for something that has to happen.
func (d *desk) until(what string, ok func() bool) {
	d.t.Helper()
	changed, stop := d.Watch()
	defer stop()
	late := time.After(20 * time.Second)
	look := time.NewTicker(50 * time.Millisecond) // what the simulator has is told by nobody
	defer look.Stop()
	for !ok() {
		select {
		case <-changed:
		case <-look.C:
		case <-late:
			d.t.Fatalf("%s: it did not happen; %+v", what, d.Status())
		}
	}
}

func (d *desk) sync() {
	d.t.Helper()
	if err := d.SyncFeeds(d.t.Context(), d.acc.ID, store.FeedChats, store.FeedConnections); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) chat(title string) store.Chat {
	d.t.Helper()
	c, err := d.FindChat(d.t.Context(), title)
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

func (d *desk) chatOf(stream string) store.Chat { d.t.Helper(); return d.chat(sym.SafeID(stream)) }

// posts are those of a chat that are here, oldest first.
func (d *desk) posts(chat int64) []store.ChatPost {
	d.t.Helper()
	var all []store.ChatPost
	for at := store.FromStart; ; {
		w, err := d.Posts(d.t.Context(), store.PostQuery{Chat: chat}, at, 0, 400)
		if err != nil {
			d.t.Fatal(err)
		}
		rows := w.Rows
		if len(all) > 0 && len(rows) > 0 {
			rows = rows[1:]
		}
		if all = append(all, rows...); w.End || len(rows) == 0 {
			return all
		}
		at = all[len(all)-1].ID
	}
}

func (d *desk) find(query string) []store.Row {
	d.t.Helper()
	q, err := store.ParseQuery(query, d.clock.now(), time.UTC)
	if err != nil {
		d.t.Fatal(err)
	}
	w, err := d.Search(d.t.Context(), q, store.NewestFirst, 400)
	if err != nil {
		d.t.Fatal(err)
	}
	return w.Rows
}

// asked are the operations that were asked for since mark, with how often.
func (p *pod) asked() map[string]int {
	out := map[string]int{}
	for _, r := range p.sim.Requests() {
		out[r.Op]++
	}
	return out
}

func dirOf(t testing.TB) string { return filepath.Join(t.TempDir(), "data") }

func contains(text, part string) bool { return strings.Contains(text, part) }

func remotes(list []store.ChatPost) []string {
	out := make([]string, 0, len(list))
	for _, p := range list {
		out = append(out, p.Remote)
	}
	slices.Sort(out)
	return out
}
