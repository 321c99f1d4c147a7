package ringcentral_test

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/api"
	rc "switchboard/api/ringcentral"
	"switchboard/api/simulator"
	"switchboard/store"
	adapter "switchboard/store/ringcentral"
)

// clock is a time that jumps: whoever waits has waited at once. With haste it runs so
// many times as fast as the true one instead, for what happens at once by itself.
type clock struct {
	mu    sync.Mutex
	t     time.Time
	haste time.Duration
	began time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.haste > 0 {
		return c.t.Add(time.Since(c.began) * c.haste)
	}
	return c.t
}

func (c *clock) After(d time.Duration) <-chan time.Time {
	if c.haste > 0 {
		return time.After(d / c.haste)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
	ch := make(chan time.Time, 1)
	ch <- c.t
	return ch
}

// tokens keeps tokens in memory.
type tokens struct {
	mu sync.Mutex
	m  map[string]api.Token
}

func (s *tokens) Load(_ context.Context, account string) (api.Token, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, ok := s.m[account]; ok {
		return t, nil
	}
	return api.Token{}, api.ErrNoToken
}

func (s *tokens) Save(_ context.Context, account string, t api.Token) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.m[account] = t
	return nil
}

func (s *tokens) Delete(_ context.Context, account string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.m, account)
	return nil
}

// desk is a store joined to a simulated mailbox over HTTP.
type desk struct {
	*store.Store
	t      testing.TB
	sim    *simulator.Server
	auth   *api.OAuth
	clock  *clock
	client *rc.Client
	acc    store.Account
	box    *adapter.Mailbox
}

func open(t testing.TB, cfg simulator.Config, options ...adapter.Option) *desk {
	t.Helper()
	return openAt(t, &clock{t: time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC)}, cfg, options...)
}

func openAt(t testing.TB, now *clock, cfg simulator.Config, options ...adapter.Option) *desk {
	t.Helper()
	d := &desk{t: t, clock: now}
	cfg.Now, cfg.Seed = d.clock.Now, 7
	cfg.HangFor, cfg.SlowFor = time.Millisecond, time.Millisecond
	faults := cfg.Faults
	cfg.Faults = nil
	var err error
	if d.sim, err = simulator.Start(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.sim.Close() })
	at := d.sim.Description().RingCentral
	auth := &api.OAuth{
		Name: "RingCentral", BaseURL: at.BaseURL, ClientID: at.ClientID, ClientSecret: at.ClientSecret, JWT: at.JWT,
		Store: &tokens{m: map[string]api.Token{}}, Account: "test", Clock: d.clock,
	}
	d.auth = auth
	if _, err := auth.LoginJWT(t.Context(), at.JWT); err != nil {
		t.Fatal(err)
	}
	media, err := url.Parse(at.MediaURL)
	if err != nil {
		t.Fatal(err)
	}
	c, err := api.New(api.Config{Name: "RingCentral", BaseURL: at.BaseURL, Hosts: []string{media.Host}, Auth: auth, Clock: d.clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	d.client = rc.New(c, at.MediaURL)
	if d.acc, err = adapter.Identify(t.Context(), d.client); err != nil {
		t.Fatal(err)
	}
	if d.Store, err = store.Open(t.Context(), store.Options{Dir: t.TempDir(), Actor: "ana@desk", Now: d.clock.Now, Location: time.UTC, After: afterOf(now)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if d.acc, err = d.PutAccount(t.Context(), d.acc); err != nil {
		t.Fatal(err)
	}
	d.box = adapter.New(d.acc.Key, d.client, options...)
	d.Attach(d.box)
	if faults != nil {
		if err := d.sim.SetFaults(faults); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// sync reads everything, as often as it takes.
func (d *desk) sync() (rep store.SyncReport) {
	d.t.Helper()
	var err error
	for range 200 {
		var r store.SyncReport
		r, err = d.SyncOnce(d.t.Context(), d.acc.ID, true)
		rep.New, rep.Changed, rep.Gone, rep.Texts = rep.New+r.New, rep.Changed+r.Changed, rep.Gone+r.Gone, rep.Texts+r.Texts
		if err == nil {
			return rep
		}
		<-d.clock.After(time.Minute)
	}
	d.t.Fatalf("the sync does not get through: %v", err)
	return rep
}

func (d *desk) rows(query string) []store.Row {
	d.t.Helper()
	q, err := store.ParseQuery(query, d.clock.Now(), time.UTC)
	if err != nil {
		d.t.Fatal(err)
	}
	w, err := d.Window(d.t.Context(), q, store.OldestFirst, 0, 0, 5000)
	if err != nil {
		d.t.Fatal(err)
	}
	return w.Rows
}

func (d *desk) item(id store.ID) store.Item {
	d.t.Helper()
	it, err := d.Item(d.t.Context(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	return it
}

// agrees checks that what is shown here is what the service has.
func (d *desk) agrees() {
	d.t.Helper()
	for _, r := range d.rows("in:all") {
		it := d.item(r.ID)
		read, av, ok := d.sim.State(number(d.t, it.Remote))
		if !ok || strings.EqualFold(av, "purged") {
			if it.Availability != store.Purged {
				d.t.Errorf("message %s: shown as %s, but gone", it.Remote, it.Availability)
			}
			continue
		}
		if it.Read != read || !strings.EqualFold(it.Availability.String(), av) || it.Pending {
			d.t.Errorf("message %s: shown read %v %s (waiting %v), at the service read %v %s", it.Remote, it.Read, it.Availability, it.Pending, read, av)
		}
	}
}

func number(t testing.TB, remote string) int64 {
	t.Helper()
	n := rc.ID(remote).Int()
	if n == 0 {
		t.Fatalf("id %q", remote)
	}
	return n
}

// afterOf is what the store's waits are made with: nil for true time.
func afterOf(c *clock) func(time.Duration) <-chan time.Time {
	if c.haste > 0 {
		return c.After
	}
	return nil
}
