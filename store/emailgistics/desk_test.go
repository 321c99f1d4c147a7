package emailgistics

import (
	"context"
	"slices"
	"testing"
	"time"

	"switchboard/api"
	eg "switchboard/api/emailgistics"
	sim "switchboard/api/simulator/emailgistics"
	"switchboard/store"
)

// desk is a store that reads a simulated account.
type desk struct {
	*store.Store
	t     *testing.T
	box   *Mailbox
	acc   store.Account
	clock *hasty
	said  map[string]bool // what the status said the service is busy with
}

// soon looks at the clock again after a moment: it may have been passed on.
func soon(d time.Duration) <-chan time.Time { return time.After(min(d, 10*time.Millisecond)) }

// run has the store do its work until stop is called.
func (d *desk) run() (stop func()) {
	ctx, cancel := context.WithCancel(d.t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			d.t.Error(err)
		}
	}
}

// until waits for something that the work brings about.
func (d *desk) until(what string, ok func() bool) {
	d.t.Helper()
	news, stop := d.Watch()
	defer stop()
	for end := time.Now().Add(20 * time.Second); !ok(); {
		if time.Now().After(end) {
			d.t.Fatalf("waited in vain for %s: %+v %+v %+v", what, d.Status(), d.Feeds(), d.Jobs())
		}
		select {
		case <-news:
		case <-time.After(20 * time.Millisecond):
			d.clock.pass(20 * time.Second) // limits and waits are by that clock
		}
		for _, st := range d.Status() {
			d.said[st.Doing] = true
		}
	}
}

// account is a simulated account on a clock of its own.
type account struct {
	*sim.Server
	clock *hasty
}

func simulate(t *testing.T, cfg sim.Config) account {
	t.Helper()
	clock := &hasty{}
	cfg.Seed, cfg.Now = 7, clock.Now
	if cfg.ReportFor == 0 {
		cfg.ReportFor = 3 * time.Second
	}
	srv, err := sim.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	return account{srv, clock}
}

func newClient(t *testing.T, srv account, key string) *eg.Client {
	t.Helper()
	c, err := eg.New(eg.Config{BaseURL: srv.Description().BaseURL, Key: key, Clock: srv.clock, Retry: api.Retry{Initial: time.Millisecond, Max: 2 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func open(t *testing.T, srv account, options ...Option) *desk {
	t.Helper()
	c := newClient(t, srv, srv.Description().APIKey)
	acc, err := Identify(t.Context(), c, "Acme")
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Actor: "ana@desk", Location: time.UTC, Alone: true, Now: srv.clock.Now, After: soon})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	d := &desk{Store: s, t: t, clock: srv.clock, said: map[string]bool{}}
	if d.acc, err = s.PutAccount(t.Context(), acc); err != nil {
		t.Fatal(err)
	}
	d.box = New(d.acc.Key, c, append([]Option{WithClock(srv.clock), WithPages(50)}, options...)...)
	s.Attach(d.box)
	return d
}

// sync reads all there is, and goes on after trouble as a program that runs does.
func (d *desk) sync() {
	d.t.Helper()
	var err error
	for range 400 {
		if _, err = d.SyncOnce(d.t.Context(), d.acc.ID, true); err == nil {
			return
		}
		d.clock.pass(time.Minute)
	}
	d.t.Fatalf("it does not come to an end: %v", err)
}

func (d *desk) rows(query string) []store.Row {
	d.t.Helper()
	return rowsOf(d.t, d.Store, query)
}

func rowsOf(t *testing.T, s *store.Store, query string) (all []store.Row) {
	t.Helper()
	q, err := store.ParseQuery(query, time.Now(), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	for at := store.ID(0); ; {
		w, err := s.Window(t.Context(), q, store.OldestFirst, at, 0, 500)
		if err != nil {
			t.Fatal(err)
		}
		rows := w.Rows
		if len(all) > 0 && len(rows) > 0 && rows[0].ID == all[len(all)-1].ID {
			rows = rows[1:]
		}
		if len(rows) == 0 {
			return all
		}
		all = append(all, rows...)
		at = all[len(all)-1].ID
	}
}

func (d *desk) item(m sim.Mail) store.Item {
	d.t.Helper()
	id, err := d.Resolve(d.t.Context(), "mail:"+m.MessageID)
	if err != nil {
		d.t.Fatalf("message %d: %v", m.Index, err)
	}
	it, err := d.Item(d.t.Context(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	return it
}

// seen are the messages that the key may see, oldest first.
func seen(srv account) (out []sim.Mail) {
	ids, _ := srv.Mailboxes()
	for i := range srv.Len() {
		if m := srv.Mail(i); slices.Contains(ids, m.MailboxID) {
			out = append(out, m)
		}
	}
	return out
}

// checkAll compares what is here with what the service has: nothing missed, none twice.
func checkAll(t *testing.T, s *store.Store, srv account) {
	t.Helper()
	want := seen(srv)
	if len(want) == 0 {
		t.Fatal("the service has no messages")
	}
	if rows := rowsOf(t, s, "in:email"); len(rows) != len(want) {
		t.Errorf("%d messages are here, want %d", len(rows), len(want))
	}
	missed := 0
	for _, m := range want {
		if _, err := s.Resolve(t.Context(), "mail:"+m.MessageID); err != nil {
			missed++
		}
	}
	if missed > 0 {
		t.Errorf("%d of %d messages were missed", missed, len(want))
	}
}
