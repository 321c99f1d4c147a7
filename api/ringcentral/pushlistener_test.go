package ringcentral

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/api"
	"switchboard/api/simulator"
)

// handClock moves when told to, one wait at a time.
type handClock struct {
	mu     sync.Mutex
	now    time.Time
	timers []handTimer
	made   int // timers since the beginning
}

type handTimer struct {
	at time.Time
	ch chan time.Time
}

func newHandClock() *handClock {
	return &handClock{now: time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC)}
}

func (c *handClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *handClock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := make(chan time.Time, 1)
	c.made++
	if d <= 0 {
		ch <- c.now
		return ch
	}
	c.timers = append(c.timers, handTimer{c.now.Add(d), ch})
	return ch
}

func (c *handClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.timers = slices.DeleteFunc(c.timers, func(t handTimer) bool {
		if t.at.After(c.now) {
			return false
		}
		t.ch <- c.now
		return true
	})
}

func (c *handClock) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.made
}

// memory is a token store that forgets.
type memory struct {
	mu sync.Mutex
	t  api.Token
}

func (m *memory) Load(context.Context, string) (api.Token, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.t.Access == "" {
		return m.t, api.ErrNoToken
	}
	return m.t, nil
}

func (m *memory) Save(_ context.Context, _ string, t api.Token) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.t = t
	return nil
}

func (m *memory) Delete(ctx context.Context, account string) error {
	return m.Save(ctx, account, api.Token{})
}

// logLines collects what is logged.
type logLines struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logLines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// listener is a client that listens to a simulated service.
type listener struct {
	t      testing.TB
	s      *simulator.Server
	c      *Client
	clock  *handClock
	log    *logLines
	budget *api.Budget
	events chan PushEvent
	states chan PushState
	wake   chan struct{}
	stop   context.CancelCauseFunc
	done   chan error
	since  PushState
}

var errEnough = errors.New("enough")

// newListener starts a service and signs in to it; listen begins.
func newListener(t testing.TB, cfg simulator.Config) *listener {
	t.Helper()
	l := &listener{
		t: t, clock: newHandClock(), log: &logLines{}, events: make(chan PushEvent, 10_000), states: make(chan PushState, 1000),
		wake: make(chan struct{}), done: make(chan error, 1),
	}
	cfg.Now = l.clock.Now
	var err error
	if l.s, err = simulator.Start(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	d := l.s.Description().RingCentral
	transport := api.NewTransport()
	l.budget = api.NewBudget(l.clock)
	auth := &api.OAuth{
		Name: "RingCentral", BaseURL: d.BaseURL, ClientID: d.ClientID, ClientSecret: d.ClientSecret, Store: &memory{},
		Account: "desk", HTTP: &http.Client{Transport: transport}, Clock: l.clock, Budget: l.budget,
	}
	client, err := api.New(api.Config{
		Name: "RingCentral", BaseURL: d.BaseURL, Transport: transport, Auth: auth, Clock: l.clock, Budget: l.budget,
		Log:   slog.New(slog.NewTextHandler(l.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Retry: api.Retry{Attempts: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	l.c = New(client, d.MediaURL)
	if _, err := auth.LoginJWT(t.Context(), d.JWT); err != nil {
		t.Fatal(err)
	}
	l.stop = func(error) { l.done <- errEnough }
	t.Cleanup(func() {
		l.stop(errEnough)
		if err := <-l.done; !errors.Is(err, errEnough) {
			t.Errorf("push ended with %v", err)
		}
		transport.CloseIdleConnections()
		_ = l.s.Close()
		if s := l.log.String(); strings.Contains(s, "SIMW") || strings.Contains(s, "wsc=") && !strings.Contains(s, "wsc="+api.Redacted) {
			t.Errorf("a token was logged:\n%s", s)
		}
	})
	return l
}

func (l *listener) listen(filters ...string) {
	l.t.Helper()
	ctx, stop := context.WithCancelCause(context.WithoutCancel(l.t.Context()))
	l.stop = stop
	go func() {
		l.done <- l.c.Push(ctx, PushOptions{
			Filters: filters, Wake: l.wake,
			Event: func(e PushEvent) { l.events <- e },
			State: func(s PushState) { l.states <- s },
		})
	}()
}

// patience is how long a test waits for what has to come.
const patience = 20 * time.Second

func (l *listener) state() PushState {
	l.t.Helper()
	select {
	case l.since = <-l.states:
		if err := l.since.Err; err != nil && strings.Contains(err.Error(), "SIMW") {
			l.t.Errorf("a token in %v", err)
		}
		return l.since
	case <-time.After(patience):
		l.t.Fatalf("no state; the last was %+v\n%s", l.since, l.log)
		return PushState{}
	}
}

// stateSoon is state for a client that may wait a moment for a place in the rate budget
// first: without news the clock goes on.
func (l *listener) stateSoon() PushState {
	l.t.Helper()
	for range 10 {
		select {
		case s := <-l.states:
			l.since = s
			return s
		case <-time.After(200 * time.Millisecond):
			l.clock.advance(pushBudget / 2)
		}
	}
	return l.state()
}

// up waits for the connection, and lets the waits before it pass.
func (l *listener) up() PushState {
	l.t.Helper()
	for {
		s := l.state()
		if s.Up {
			return s
		}
		l.pass(s)
	}
}

// pass lets the wait before the next attempt pass.
func (l *listener) pass(s PushState) {
	l.t.Helper()
	for l.clock.Now().Before(s.Retry) {
		l.turn(min(s.Retry.Sub(l.clock.Now()), time.Minute))
	}
}

// turn moves the clock once somebody waits for it, and returns when it has been
// seen that it moved: the next wait has begun.
func (l *listener) turn(d time.Duration) {
	l.t.Helper()
	l.eventually("anybody waits", func() bool {
		l.clock.mu.Lock()
		defer l.clock.mu.Unlock()
		then := l.clock.now.Add(d)
		return slices.ContainsFunc(l.clock.timers, func(t handTimer) bool { return !t.at.After(then) })
	})
	l.clock.advance(d)
}

func (l *listener) eventually(what string, ok func() bool) {
	l.t.Helper()
	late := time.After(patience)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-late:
			l.t.Fatalf("in vain: %s\n%s", what, l.log)
		}
	}
}

// look lets the client look at the clock once more, and waits until it has.
func (l *listener) look() {
	l.t.Helper()
	l.eventually("the client waits", l.armed)
	n := l.clock.count()
	l.clock.advance(pushLook)
	l.eventually("the client looks", func() bool { return l.clock.count() > n && l.armed() })
}

// untilState lets time pass, with an event now and then, until there is news of
// the connection.
func (l *listener) untilState() PushState {
	l.t.Helper()
	news := func() bool { return len(l.states) > 0 }
	for n := 0; !news(); n++ {
		if n > 3000 {
			l.t.Fatalf("no news for %v", l.clock.Now().Sub(l.since.Since))
		}
		l.clock.advance(pushLook / 8) // a new connection needs a moment of real time
		if err := l.s.SetPresence(colleague, "Busy", fmt.Sprint("time ", n)); err != nil {
			l.t.Fatal(err)
		}
		l.eventually("an event, or news", func() bool { return len(l.events) > 0 || news() })
		for len(l.events) > 0 {
			<-l.events
		}
	}
	return l.state()
}

func (l *listener) event() PushEvent {
	l.t.Helper()
	select {
	case e := <-l.events:
		return e
	case s := <-l.states:
		l.t.Fatalf("state %+v instead of an event\n%s", s, l.log)
	case <-time.After(patience):
		l.t.Fatalf("no event\n%s", l.log)
	}
	return PushEvent{}
}

// quiet reports what came although nothing should: everything before a marker
// that is sent now.
func (l *listener) before(extension string) (list []PushEvent) {
	l.t.Helper()
	marker := fmt.Sprint("marker ", time.Now().UnixNano())
	if err := l.s.SetPresence(extension, "Busy", marker); err != nil {
		l.t.Fatal(err)
	}
	for {
		e := l.event()
		if strings.Contains(string(e.Body), marker) {
			return list
		}
		list = append(list, e)
	}
}

const colleague = "104"

func marks() string { return FilterAccountPresence }
