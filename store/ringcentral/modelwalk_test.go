package ringcentral_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"switchboard/api"
	rc "switchboard/api/ringcentral"
	"switchboard/api/simulator"
	"switchboard/store"
	adapter "switchboard/store/ringcentral"
)

// line is the way to the service: there, cut, or so that requests arrive and their
// answers do not.
type line struct {
	cut, deaf bool
	rng       *rand.Rand
}

var errCut = errors.New("the line is cut")

func (l *line) RoundTrip(r *http.Request) (*http.Response, error) {
	if l.cut {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, errCut
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && l.deaf && l.rng.IntN(2) == 0 {
		res.Body.Close()
		return nil, errCut
	}
	return res, err
}

// walk is one sequence: a store on a mailbox, and its model.
type walk struct {
	t     *testing.T
	rng   *rand.Rand
	clock *clock
	sim   *simulator.Server
	line  *line
	box   *adapter.Mailbox
	dir   string
	acc   store.Account
	*store.Store
	model
	log []string
}

// shared is a service that several sequences use, one after the other.
type shared struct {
	sim    *simulator.Server
	clock  *clock
	line   *line
	client *rc.Client
	acc    store.Account
	dir    string // a store that has read everything, for each sequence to begin with
}

func share(t *testing.T) *shared {
	t.Helper()
	s := &shared{clock: &clock{t: time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC)}, line: &line{}}
	var err error
	if s.sim, err = simulator.Start(t.Context(), simulator.Config{Messages: 12, Calls: -1, Seed: 7, Now: s.clock.Now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.sim.Close() })
	at := s.sim.Description().RingCentral
	auth := &api.OAuth{
		Name: "RingCentral", BaseURL: at.BaseURL, ClientID: at.ClientID, ClientSecret: at.ClientSecret, JWT: at.JWT,
		Store: &tokens{m: map[string]api.Token{}}, Account: "test", Clock: s.clock,
	}
	if _, err := auth.LoginJWT(t.Context(), at.JWT); err != nil {
		t.Fatal(err)
	}
	media, err := url.Parse(at.MediaURL)
	if err != nil {
		t.Fatal(err)
	}
	c, err := api.New(api.Config{
		Name: "RingCentral", BaseURL: at.BaseURL, Hosts: []string{media.Host}, Auth: auth, Clock: s.clock, Transport: s.line, Retry: api.Retry{Attempts: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	s.client = rc.New(c, at.MediaURL)
	if s.acc, err = adapter.Identify(t.Context(), s.client); err != nil {
		t.Fatal(err)
	}
	s.dir = t.TempDir()
	w := &walk{t: t, clock: s.clock, acc: s.acc, box: adapter.New(s.acc.Key, s.client), dir: s.dir}
	w.open()
	if _, err := w.SyncOnce(t.Context(), w.acc.ID, true); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return s
}

func (w *walk) open() {
	w.t.Helper()
	var err error
	w.Store, err = store.Open(w.t.Context(), store.Options{Dir: w.dir, Actor: "ana@desk", Now: w.clock.Now, Location: time.UTC, After: w.clock.After})
	if err == nil {
		w.acc, err = w.PutAccount(w.t.Context(), w.acc)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.Attach(w.box)
}

// begin opens a store that knows the messages and makes the model of what it holds.
func (s *shared) begin(t *testing.T, seed uint64) *walk {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 5))
	w := &walk{t: t, rng: rng, clock: s.clock, sim: s.sim, line: s.line, acc: s.acc, box: adapter.New(s.acc.Key, s.client)}
	var err error
	if w.dir, err = os.MkdirTemp("", "walk-"); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(w.dir, os.DirFS(s.dir)); err != nil {
		t.Fatal(err)
	}
	*w.line = line{rng: rng}
	w.open()
	if _, err := w.SyncOnce(t.Context(), w.acc.ID, false); err != nil {
		t.Fatal(err)
	}
	for _, r := range w.rows() {
		it := w.item(r.ID)
		id, err := strconv.ParseInt(it.Remote, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		w.all = append(w.all, &thing{id: it.ID, remote: id, read: it.Read, deleted: it.Availability == store.Deleted, base: it.State})
	}
	return w
}

// end leaves no message in the trash: of those a service does not tell a newcomer
// whether they were read.
func (w *walk) end() {
	w.t.Helper()
	var all []store.ID
	for _, h := range w.all {
		all = append(all, h.id)
	}
	_, err := w.Act(w.t.Context(), store.Change{Verb: store.VerbRestore, Items: all})
	if err = errors.Join(err, w.Flush(w.t.Context())); err != nil {
		w.fail("emptying the trash: %v", err)
	}
	_ = w.Close()
	_ = os.RemoveAll(w.dir)
}

// rows are all messages, deleted ones as well.
func (w *walk) rows() []store.Row {
	w.t.Helper()
	q, err := store.ParseQuery("in:all", w.clock.Now(), time.UTC)
	if err != nil {
		w.t.Fatal(err)
	}
	win, err := w.Window(w.t.Context(), q, store.OldestFirst, 0, 0, 100)
	if err != nil {
		w.t.Fatal(err)
	}
	if len(w.all) > 0 && len(win.Rows) != len(w.all) {
		w.fail("%d messages, the model has %d", len(win.Rows), len(w.all))
	}
	return win.Rows
}

func (w *walk) item(id store.ID) store.Item {
	w.t.Helper()
	it, err := w.Item(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return it
}

// change is a random one of a random set of messages.
func (w *walk) change() store.Change {
	verbs := []store.Verb{
		store.VerbRead, store.VerbUnread, store.VerbDelete, store.VerbRestore, store.VerbDone, store.VerbReopen, store.VerbNote,
		store.VerbSnooze, store.VerbClaim, store.VerbRelease, store.VerbLabels, store.VerbLabels,
	}
	c := store.Change{Verb: verbs[w.rng.IntN(len(verbs))]}
	for _, i := range w.rng.Perm(len(w.all))[:1+w.rng.IntN(4)] {
		c.Items = append(c.Items, w.all[i].id)
	}
	switch c.Verb {
	case store.VerbNote:
		c.Text = "note " + strconv.Itoa(w.rng.IntN(1000))
	case store.VerbSnooze:
		c.Text = w.clock.Now().Add(time.Duration(1+w.rng.IntN(90)) * time.Minute).UTC().Truncate(time.Second).Format(time.RFC3339)
	case store.VerbClaim:
		c.Who = []string{"", "Ben Ode", "Cy Day"}[w.rng.IntN(3)]
	case store.VerbLabels:
		c.Text = []string{"urgent", "-urgent", "billing -urgent", "billing urgent", "-billing"}[w.rng.IntN(5)]
	}
	if w.rng.IntN(4) == 0 && (c.Verb == store.VerbDone || c.Verb == store.VerbClaim) {
		c.Note = "with " + strconv.Itoa(w.rng.IntN(1000))
	}
	return c
}

// step does something at random to both.
func (w *walk) step() {
	ctx := w.t.Context()
	switch n := w.rng.IntN(20); {
	case n < 8:
		c := w.change()
		w.note("%s %s%s %s%s", c.Verb, c.Text, c.Who, w.names(c.Items), c.Note)
		if _, err := w.Act(ctx, c); err != nil {
			w.fail("%s: %v", c.Verb, err)
		}
		w.act(c, w.clock.Now())
	case n < 12:
		op, err := w.Undo(ctx)
		w.note("undo: %s", op.Words)
		if had := w.takeBack(w.clock.Now()); had != (err == nil) || err != nil && !errors.Is(err, store.ErrNothing) {
			w.fail("undo: %v, the model has something: %v", err, had)
		}
	case n < 14:
		op, err := w.Redo(ctx)
		w.note("redo: %s", op.Words)
		if had := w.again(w.clock.Now()); had != (err == nil) || err != nil && !errors.Is(err, store.ErrNothing) {
			w.fail("redo: %v, the model has something: %v", err, had)
		}
	case n < 16:
		err := w.Flush(ctx)
		w.note("flush: %v", err)
	case n < 17:
		w.line.cut, w.line.deaf = w.rng.IntN(2) == 0, w.rng.IntN(2) == 0
		w.note("line cut %v, deaf %v", w.line.cut, w.line.deaf)
	case n < 18:
		w.note("restart")
		if err := w.Close(); err != nil {
			w.fail("closing: %v", err)
		}
		w.open()
	case n < 19:
		w.note("time passes")
		<-w.clock.After(time.Duration(1+w.rng.IntN(60)) * time.Minute)
	default:
		_, err := w.SyncOnce(ctx, w.acc.ID, false)
		w.note("sync: %v", err)
	}
	w.check()
}

func (w *walk) note(format string, args ...any) { w.log = append(w.log, fmt.Sprintf(format, args...)) }

func (w *walk) names(ids []store.ID) string {
	var out []string
	for _, id := range ids {
		out = append(out, strconv.Itoa(slices.IndexFunc(w.all, func(h *thing) bool { return h.id == id })))
	}
	return strings.Join(out, ",")
}

func (w *walk) fail(format string, args ...any) {
	w.t.Helper()
	w.t.Fatalf("%s\nafter\n  %s", fmt.Sprintf(format, args...), strings.Join(w.log, "\n  "))
}

// check compares what the store shows with the model.
func (w *walk) check() {
	w.t.Helper()
	now := w.clock.Now()
	for _, r := range w.rows() {
		h := w.thing(r.ID)
		state, until := h.state(now)
		var labels []string
		for _, l := range []string{"billing", "urgent"} {
			if h.labelled(l) {
				labels = append(labels, l)
			}
		}
		got := fmt.Sprint(r.Read, r.Availability == store.Deleted, r.State, r.Until.Unix(), r.Claim, r.Labels, r.Notes)
		want := fmt.Sprint(h.read, h.deleted, state, until.Unix(), h.claim(), labels, len(h.notes()))
		if got != want {
			w.fail("item %s is\n  %s, the model says\n  %s", w.names([]store.ID{r.ID}), got, want)
		}
	}
}

func sorted(s []string) []string { return slices.Sorted(slices.Values(s)) }

// settle lets everything reach the service and compares that as well.
func (w *walk) settle(ctx context.Context) {
	w.t.Helper()
	w.line.cut, w.line.deaf = false, false
	var err error
	for range 50 {
		if err = w.Flush(ctx); err == nil {
			break
		}
		<-w.clock.After(5 * time.Minute)
	}
	if err != nil {
		w.fail("what was done does not reach the service: %v", err)
	}
	w.check()
	for i, h := range w.all {
		var notes []string
		for _, n := range w.item(h.id).NoteList {
			notes = append(notes, n.Text)
		}
		if got, want := sorted(notes), sorted(h.notes()); !slices.Equal(got, want) {
			w.fail("item %d has the notes %q, the model says %q", i, got, want)
		}
		read, av, ok := w.sim.State(h.remote)
		if want := map[bool]string{false: "Alive", true: "Deleted"}[h.deleted]; !ok || read != h.read || av != want {
			w.fail("item %d is read %v and %s at the service, the model says read %v and %s", i, read, av, h.read, want)
		}
	}
	if _, err := w.SyncOnce(ctx, w.acc.ID, false); err != nil {
		w.fail("sync: %v", err)
	}
	w.check()
}

// Whatever is done, taken back and done again, with restarts, time that passes and a
// line that fails in between: the store shows at once what a plain model says, and the
// service ends up with it.
func TestTriageComesOutAsTheModelSays(t *testing.T) {
	groups, each, steps := 4, 40, 40
	switch {
	case os.Getenv("SWITCHBOARD_BENCH") == "full":
		groups, each = 8, 100
	case testing.Short():
		each, steps = 50, 10
	}
	for g := range groups {
		t.Run(fmt.Sprint(g), func(t *testing.T) {
			t.Parallel()
			s := share(t)
			for i := range each {
				w := s.begin(t, uint64(g*1000+i))
				for range steps {
					w.step()
				}
				w.settle(t.Context())
				w.end()
			}
		})
	}
}
