package hooks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/store"
	"switchboard/ui/usercommand"
)

func noon() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }

// bench is a store in a folder, as one process has it, and where hooks write.
type bench struct {
	t       *testing.T
	st      *store.Store
	account int64
	dir     string
	out     string
	now     func() time.Time

	mu   sync.Mutex
	said []string
}

func open(t *testing.T, dir string) *bench {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("there is no /bin/sh")
	}
	st, err := store.Open(t.Context(), store.Options{Dir: dir, Actor: "ann@desk", Now: noon, Location: time.UTC, Region: "US"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	a, err := st.PutAccount(t.Context(), store.Account{Key: "ringcentral:1:101", Service: "ringcentral", Name: "Support", Since: noon().Add(-24 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return &bench{t: t, st: st, account: a.ID, dir: dir, out: filepath.Join(dir, "out"), now: noon}
}

// comes has n messages of a kind come in.
func (b *bench) comes(first, n int, k store.Kind) {
	b.t.Helper()
	var batch []store.Incoming
	for i := range n {
		at := noon().Add(-time.Duration(100-i) * time.Second)
		batch = append(batch, store.Incoming{
			Remote: fmt.Sprint(first + i), Kind: k, Direction: store.Inbound, Time: at, Modified: at, From: store.Party{Name: "$(x)", Number: "+12125550100"}, Text: "hi",
		})
	}
	if _, err := b.st.Apply(b.t.Context(), b.account, batch); err != nil {
		b.t.Fatal(err)
	}
}

// sends has a sent message come in with what became of it.
func (b *bench) sends(remote int, d store.Delivery) {
	b.t.Helper()
	at := noon().Add(time.Minute)
	in := store.Incoming{Remote: fmt.Sprint(remote), Kind: store.SMS, Direction: store.Outbound, Time: at, Modified: at.Add(time.Duration(d) * time.Second), To: []store.Party{{Number: "+12125550111"}}, Delivery: d}
	if _, err := b.st.Apply(b.t.Context(), b.account, []store.Incoming{in}); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) hook(line string, on ...string) Hook {
	b.t.Helper()
	tm, err := usercommand.Parse(line, true)
	if err != nil {
		b.t.Fatal(err)
	}
	return Hook{On: on, Run: tm}
}

// runner runs hooks until the function it returns is called.
func (b *bench) runner(s Store, hooks ...Hook) (stop func()) {
	ctx, cancel := context.WithCancel(b.t.Context())
	r := &Runner{
		Hooks: hooks, Store: s, Gather: usercommand.Gatherer{Store: s, Bare: true}, Now: b.now, Log: slog.New(slog.DiscardHandler),
		After: func(d time.Duration) <-chan time.Time {
			c := make(chan time.Time, 1)
			if d <= waitingFor { // what is longer is not lived through here
				c <- time.Time{}
			}
			return c
		},
		Tell: func(text string) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.said = append(b.said, text)
		},
	}
	began := make(chan struct{})
	r.began = func() { close(began) }
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	<-began
	return func() {
		cancel()
		if err := <-done; err != nil {
			b.t.Error(err)
		}
	}
}

func (b *bench) lines() []string {
	text, err := os.ReadFile(b.out)
	if err != nil {
		return nil
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	slices.Sort(lines)
	return lines
}

// waits waits until hooks have written so many lines.
func (b *bench) waits(n int) []string {
	b.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; {
		lines := b.lines()
		if len(lines) >= n && lines[0] != "" || time.Now().After(end) {
			if len(lines) != n {
				b.t.Fatalf("%d lines, want %d: %q", len(lines), n, lines)
			}
			return lines
		}
		runtime.Gosched()
	}
}

func TestOneRunForEachEvent(t *testing.T) {
	dir := t.TempDir()
	a, other := open(t, dir), open(t, dir)
	a.comes(1, 5, store.Voicemail) // what is there already is nobody's news
	h := a.hook("cat >> "+a.out, Voicemail, SMS)
	stops := []func(){a.runner(a.st, h), other.runner(other.st, h)}
	a.comes(100, 15, store.Voicemail)
	a.comes(200, 5, store.MMS)
	a.comes(300, 5, store.Fax)
	if _, err := other.st.CheckOutside(t.Context()); err != nil { // as a key or the focus does
		t.Fatal(err)
	}
	for _, line := range a.waits(20) {
		var e struct {
			Event string
			Item  map[string]any
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.Event != Voicemail && e.Event != SMS || e.Item == nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	for _, stop := range stops {
		stop()
	}
	stop := a.runner(a.st, h) // again, after a restart
	a.comes(400, 1, store.Voicemail)
	a.waits(21)
	stop()
	if len(a.said)+len(other.said) > 0 {
		t.Errorf("said %q %q", a.said, other.said)
	}
}

// A process that dies leaves what it has not begun to the next.
func TestWhatWasNotBegunIsDoneByTheNext(t *testing.T) {
	b := open(t, t.TempDir())
	slow := &held{Store: b.st, let: make(chan struct{})}
	h := b.hook("cat >> "+b.out, Fax)
	stop := b.runner(slow, h)
	b.comes(1, 10, store.Fax)
	<-slow.let // one is being taken on
	stop()
	stop = b.runner(b.st, h)
	defer stop()
	b.waits(10)
}

// held is a store that takes nothing on.
type held struct {
	*store.Store
	once sync.Once
	let  chan struct{}
}

func (h *held) Once(ctx context.Context, _ string) (bool, error) {
	h.once.Do(func() { close(h.let) })
	<-ctx.Done()
	return false, ctx.Err()
}

// A sync that runs once and ends has its hooks run as well, for all that came in however
// much it is, and waits for them.
func TestAround(t *testing.T) {
	b := open(t, t.TempDir())
	h := b.hook("echo {id} >> "+b.out, Voicemail)
	b.comes(1, 3, store.Voicemail) // nobody's news
	run := func(n int) {
		r := &Runner{Hooks: []Hook{h}, Store: b.st, Gather: usercommand.Gatherer{Store: b.st, Bare: true}, Now: b.now, Log: slog.New(slog.DiscardHandler)}
		failed := errors.New("one account could not be read")
		err := r.Around(t.Context(), func() error { b.comes(100*n, n, store.Voicemail); return failed })
		if !errors.Is(err, failed) {
			t.Errorf("%v, want what was told to it", err)
		}
	}
	run(4)
	if lines := b.lines(); len(lines) != 4 {
		t.Fatalf("%q, want the 4 that came in meanwhile", lines)
	}
	run(queueMost + 60)
	if lines := b.lines(); len(slices.Compact(lines)) != 4+queueMost+60 {
		t.Errorf("%d lines, want %d", len(lines), 4+queueMost+60)
	}
}

func TestSentMessages(t *testing.T) {
	b := open(t, t.TempDir())
	stop := b.runner(b.st, b.hook(`echo {event} {number} >> `+b.out, SendFailed, Delivered))
	b.sends(1, store.Queued)
	b.sends(2, store.Queued)
	b.sends(1, store.Delivered)
	b.sends(2, store.SendingFailed)
	if got := b.waits(2); !slices.Equal(got, []string{"delivered +12125550111", "send-failed +12125550111"}) {
		t.Errorf("%q", got)
	}
	stop()
}

// The connection's loss is told after a minute, once for all processes, and its return.
func TestConnection(t *testing.T) {
	b := open(t, t.TempDir())
	line := &wire{Store: b.st, changed: make(chan struct{}, 1)}
	line.is(store.PhaseLive)
	at := noon()
	var mu sync.Mutex
	b.now = func() time.Time { mu.Lock(); defer mu.Unlock(); return at }
	pass := func(d time.Duration) { mu.Lock(); at = at.Add(d); mu.Unlock() }
	h := b.hook(`echo {event} >> `+b.out, Offline, Online)
	stops := []func(){b.runner(line, h), b.runner(line, h)}
	line.is(store.PhaseOffline)
	line.is(store.PhaseLive) // a short loss
	line.is(store.PhaseOffline)
	pass(2 * time.Minute)
	line.is(store.PhaseOffline)
	b.waits(1)
	line.is(store.PhaseSyncing)
	line.is(store.PhaseLive)
	if got := b.waits(2); !slices.Equal(got, []string{Offline, Online}) {
		t.Errorf("%q", got)
	}
	for _, stop := range stops {
		stop()
	}
}

// wire is a store whose connection the test makes.
type wire struct {
	*store.Store
	mu      sync.Mutex
	phase   string
	changed chan struct{}
	watch   []chan struct{}
}

// is changes the connection and waits until every runner has looked.
func (w *wire) is(phase string) {
	w.mu.Lock()
	w.phase = phase
	list := slices.Clone(w.watch)
	w.mu.Unlock()
	for range 2 { // the second is taken once the first was looked at
		for _, c := range list {
			c <- struct{}{}
		}
	}
}

func (w *wire) Watch() (<-chan struct{}, func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := make(chan struct{})
	w.watch = append(w.watch, c)
	return c, func() {}
}

func (w *wire) Status() []store.Status {
	w.mu.Lock()
	defer w.mu.Unlock()
	return []store.Status{{Account: "ringcentral:1:101", Phase: w.phase}}
}

func TestFailuresAreToldAndBounded(t *testing.T) {
	b := open(t, t.TempDir())
	h := b.hook("echo broken >&2; exit 3", Fax)
	h.Name = "ticket"
	stop := b.runner(b.st, h)
	b.comes(1, 1, store.Fax)
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); runtime.Gosched() {
		b.mu.Lock()
		n := len(b.said)
		b.mu.Unlock()
		if n > 0 {
			break
		}
	}
	stop()
	if len(b.said) != 1 || !strings.Contains(b.said[0], "Hook ticket on fax failed") || !strings.Contains(b.said[0], "broken") {
		t.Errorf("said %q", b.said)
	}
	var log bytes.Buffer
	r := &Runner{Now: noon, Log: slog.New(slog.NewTextHandler(&log, nil)), queue: make(chan job, 1), Tell: func(text string) { b.said = append(b.said, text) }}
	b.said = nil
	for range 5 {
		r.put(t.Context(), job{hook: h, event: Fax})
	}
	if len(b.said) != 1 || strings.Count(log.String(), "left out") != 4 || r.waiting.Load() != 1 {
		t.Errorf("said %q, logged %s, %d wait", b.said, log.String(), r.waiting.Load())
	}
}

func TestWants(t *testing.T) {
	h := Hook{On: []string{Fax}, Mailbox: "Sales*"}
	for box, want := range map[string]bool{"Sales EU": true, "sales": true, "Desk": false, "": false} {
		if h.wants(Fax, box) != want || h.wants(SMS, box) {
			t.Errorf("%q: %v", box, !want)
		}
	}
}
