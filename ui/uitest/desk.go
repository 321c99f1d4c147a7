package uitest

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"switchboard/api"
	"switchboard/api/ringcentral"
	"switchboard/api/simulator"
	"switchboard/keymap"
	"switchboard/store"
	adapter "switchboard/store/ringcentral"
	"switchboard/ui"
	"switchboard/ui/hooks"
	"switchboard/ui/preview"
	"switchboard/ui/preview/sound"
	"switchboard/ui/screen"
	"switchboard/ui/usercommand"
)

// patience is how long something may take to show; only a broken program
// reaches it.
const patience = 20 * time.Second * slower

// T is what a Desk needs of a test; the pictures have one of their own.
type T interface {
	Helper()
	Fatalf(format string, args ...any)
	TempDir() string
	Cleanup(f func())
	Context() context.Context
}

// Config is how a desk is set up. The zero value is a hundred messages at
// 120x40, no faults and no rate limits.
type Config struct {
	Messages      int
	Seed          uint64
	Width, Height int
	Now           func() time.Time // of simulator, store and screens
	Location      *time.Location
	Sim           simulator.Config // Messages and Seed are set from here, and Now if it has none
	Dir           string           // the data folder; "": a temporary one
	Dark, Light   bool             // colours as on a dark or a light terminal, else plain
	NoColor       bool             // as NO_COLOR asks for
	Views         []ui.View
	Archive       bool                                             // what is about to leave the service is taken in
	Retention     store.RetentionRules                             // what is known better than by what the service says
	Patience      screen.Patience                                  // zero: the usual one
	Commands      []usercommand.Command                            // the person's own
	Print         string                                           // the command that prints; "": the system's
	Hooks         []hooks.Hook                                     // what runs when something happens
	Clock         api.Clock                                        // of the client, and what the store waits by; nil: the system's. Now goes with it
	Retry         api.Retry                                        // of requests; zero: as the screens do
	Adapter       []adapter.Option                                 // of the mailbox
	NoJWT         bool                                             // signs in once and then has a refresh token only
	Unsynced      bool                                             // the first sync is left to the screens
	SignedInFor   time.Duration                                    // since when the accounts of the other services are used here
	NoScreens     bool                                             // the work goes on behind screens that are not there
	Prepare       func(*simulator.Server)                          // called after signing in, before the first sync
	Draw          func(frame string)                               // is shown every frame
	SendDelay     time.Duration                                    // how long what is sent can be taken back; 0: as the store has it
	Rest          time.Duration                                    // after which the file of a message is fetched unasked; 0: never
	Device        func(ctx context.Context) (sound.Device, string) // what plays; nil: nothing is heard, but the time passes
	// Transport wraps what carries the client's requests.
	Transport func(Transport) Transport
	// Dial makes the client's connections; nil: over the system's network. Set, the system
	// has no part in the desk: it does not tell of other programs either.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
}

// Transport carries requests.
type Transport = http.RoundTripper

// Desk is the program running, with its service and its keyboard.
type Desk struct {
	t       T
	Sim     *simulator.Server
	Store   *store.Store
	Account store.Account
	// Symphony and Mail are of the other services, where those are served.
	Symphony, Mail store.Account
	Dir, SaveDir   string // of the data, and of what is saved

	keyboard *io.PipeWriter
	program  *tea.Program
	stopped  chan struct{}
	err      error

	mu      sync.Mutex
	frame   string
	frames  int
	changed chan struct{} // closed with the next frame
	opened  []string
	presses int
}

// Open starts a service, syncs with it and opens the screens.
func Open(t T, c Config) *Desk {
	t.Helper()
	c.fill()
	d := &Desk{t: t, Dir: c.Dir, SaveDir: filepath.Join(t.TempDir(), "saved"), stopped: make(chan struct{}), changed: make(chan struct{})}
	if d.Dir == "" {
		d.Dir = t.TempDir()
	}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	sim := c.Sim
	sim.Messages, sim.Seed = c.Messages, c.Seed
	if sim.Now == nil {
		sim.Now = c.Now
	}
	if sim.Calls == 0 {
		sim.Calls = -1 // most tests are about messages, and missed calls stand between them
	}
	var err error
	if d.Sim, err = simulator.Start(ctx, sim); err != nil {
		t.Fatalf("start the simulator: %v", err)
	}
	t.Cleanup(func() { _ = d.Sim.Close() })
	d.connect(ctx, c)
	d.signInMore(ctx, c)
	if c.NoScreens {
		d.work(ctx, cancel)
	} else {
		d.screens(ctx, cancel, c)
	}
	return d
}

func (c *Config) fill() {
	if c.Messages == 0 {
		c.Messages = 100
	}
	if c.Seed == 0 {
		c.Seed = 1
	}
	if c.Width == 0 {
		c.Width, c.Height = 120, 40
	}
	if c.Clock == nil {
		c.Clock = api.SystemClock{}
	}
	if c.Now == nil {
		c.Now = c.Clock.Now
	}
	if c.Location == nil {
		c.Location = time.UTC
	}
	if c.Rest == 0 {
		c.Rest = -1
	}
}

// connect signs in and fetches everything once.
func (d *Desk) connect(ctx context.Context, c Config) {
	d.t.Helper()
	fatal := func(doing string, err error) {
		d.t.Helper()
		if err != nil {
			d.t.Fatalf("%s: %v", doing, err)
		}
	}
	at := d.Sim.Description().RingCentral
	budget := api.NewBudget(c.Clock)
	transport := api.NewTransport()
	if c.Dial != nil {
		transport.DialContext = c.Dial
	}
	var carry Transport = transport
	if c.Transport != nil {
		carry = c.Transport(transport)
	}
	auth := &api.OAuth{Name: "RingCentral", BaseURL: at.BaseURL, ClientID: at.ClientID, ClientSecret: at.ClientSecret, JWT: at.JWT, Store: &memory{}, Account: "desk", Budget: budget, Clock: c.Clock, Retry: c.Retry}
	if c.Dial != nil {
		auth.HTTP = &http.Client{Transport: transport}
	}
	if c.NoJWT {
		auth.JWT = ""
		_, err := auth.LoginJWT(ctx, at.JWT)
		fatal("sign in", err)
	}
	media := strings.TrimPrefix(at.MediaURL, "http://")
	client, err := api.New(api.Config{Name: "RingCentral", BaseURL: at.BaseURL, Hosts: []string{media}, UserAgent: "switchboard-test", Transport: carry, Auth: auth, Budget: budget, Clock: c.Clock, Retry: c.Retry})
	fatal("make the client", err)
	rc := ringcentral.New(client, media)
	d.Store, err = store.Open(ctx, store.Options{Dir: d.Dir, Actor: "ann@desk", Now: c.Now, Location: c.Location, Region: "US", Archive: c.Archive, Retention: c.Retention, After: c.Clock.After, SendDelay: c.SendDelay, Alone: c.Dial != nil})
	fatal("open the store", err)
	d.t.Cleanup(func() { _ = d.Store.Close() })
	who, err := adapter.Identify(ctx, rc)
	fatal("ask whose mailbox it is", err)
	who.Since = c.Now()
	who, err = d.Store.PutAccount(ctx, who)
	fatal("keep the account", err)
	d.Account = who
	d.Store.Attach(adapter.New(who.Key, rc, c.Adapter...))
	if c.Prepare != nil {
		c.Prepare(d.Sim)
	}
	if c.Unsynced {
		return
	}
	_, err = d.Store.SyncOnce(ctx, who.ID, true)
	fatal("sync", err)
}

// work runs what the screens have running behind them.
func (d *Desk) work(ctx context.Context, cancel func()) {
	go func() {
		defer close(d.stopped)
		d.err = d.Store.Run(ctx)
	}()
	d.t.Cleanup(func() {
		cancel()
		<-d.stopped
	})
}

// screens runs the user interface until the desk is closed.
func (d *Desk) screens(ctx context.Context, cancel func(), c Config) {
	d.t.Helper()
	in, keyboard := io.Pipe()
	d.keyboard = keyboard
	first, err := ui.First(ctx, d.Store, store.OldestFirst)
	if err != nil {
		d.t.Fatalf("read the first rows: %v", err)
	}
	theme, environ := "plain", []string{"TERM=xterm-256color", "COLORTERM=truecolor"}
	if c.Dark || c.Light {
		theme, environ = "light", append(environ, "TTY_FORCE=1") // colours though what is written goes nowhere
	}
	if c.Dark {
		theme = "dark"
	}
	keys := keymap.Default()
	for _, own := range c.Commands {
		if keys, err = keys.WithOwn([]keymap.Own{{Name: own.Name, Words: own.Words, Key: own.Key, Scope: own.Scope}}); err != nil {
			d.t.Fatalf("bind the key of a command: %v", err)
		}
	}
	opts := ui.Options{
		Commands: c.Commands, Beside: d.hooks(c), Print: c.Print,
		Store: d.Store, Keys: keys, Theme: theme, NoColor: c.NoColor, Views: c.Views, Patience: c.Patience, SaveDir: d.SaveDir, Actor: "ann@desk", First: first,
		Version: "test", CrashDir: filepath.Join(d.Dir, "crash"), Now: c.Now, Location: c.Location, Frame: d.draw(c.Draw),
		Open: func(_ context.Context, path, _, _ string) error {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.opened = append(d.opened, path)
			return nil
		},
		Preview: preview.Options{Rest: c.Rest, Device: c.Device, Sound: sound.Config{Use: "silent"}, Renderer: "off"},
		Ready:   func(p *tea.Program) { d.program = p },
		Program: []tea.ProgramOption{
			tea.WithInput(in), tea.WithOutput(io.Discard), tea.WithWindowSize(c.Width, c.Height),
			tea.WithEnvironment(environ), tea.WithoutSignals(),
		},
	}
	var work sync.WaitGroup
	work.Go(func() { _ = d.Store.Run(ctx) })
	go func() {
		defer close(d.stopped)
		d.err = ui.Run(ctx, opts)
	}()
	d.t.Cleanup(func() {
		cancel()
		<-d.stopped
		_ = keyboard.Close()
		work.Wait()
	})
}

// hooks runs the hooks beside the screens.
func (d *Desk) hooks(c Config) func(ctx context.Context, tell func(string)) error {
	return func(ctx context.Context, tell func(string)) error {
		r := hooks.Runner{
			Hooks: c.Hooks, Gather: usercommand.Gatherer{Store: d.Store, Bare: true}, Store: d.Store, Now: c.Now,
			Log: slog.New(slog.DiscardHandler), Tell: tell,
		}
		return r.Run(ctx)
	}
}

func (d *Desk) draw(show func(string)) func(string) {
	return func(frame string) {
		if show != nil {
			show(frame)
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		d.frame = frame
		d.frames++
		close(d.changed)
		d.changed = make(chan struct{})
	}
}

// Opened is the files handed to the system's programs.
func (d *Desk) Opened() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string(nil), d.opened...)
}

// Frame is the newest frame as it was drawn, with its colours.
func (d *Desk) Frame() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.frame
}

// Screen is the newest frame without its colours.
func (d *Desk) Screen() string { return ansi.Strip(d.Frame()) }

// Until waits until ok holds for the screen; what says in words what should
// come, for when it does not.
func (d *Desk) Until(what string, ok func(screen string) bool) {
	d.t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		d.mu.Lock()
		frame, changed := d.frame, d.changed
		d.mu.Unlock()
		if ok(ansi.Strip(frame)) {
			return
		}
		select {
		case <-changed:
		case <-d.stopped:
			d.t.Fatalf("the program ended (%v) before %s; last screen:\n%s", d.err, what, d.Screen())
		case <-limit.C:
			d.t.Fatalf("did not come: %s; last screen:\n%s", what, d.Screen())
		}
	}
}

// See waits until all texts are on the screen.
func (d *Desk) See(texts ...string) {
	d.t.Helper()
	d.Until(fmt.Sprintf("%q", texts), func(s string) bool {
		for _, t := range texts {
			if !strings.Contains(s, t) {
				return false
			}
		}
		return true
	})
}

// Gone waits until a text is no longer on the screen.
func (d *Desk) Gone(text string) {
	d.t.Helper()
	d.Until("an end of "+text, func(s string) bool { return !strings.Contains(s, text) })
}

// Eventually waits for something that does not show on the screen; it looks
// whenever the store has changed.
func (d *Desk) Eventually(what string, ok func() bool) {
	d.t.Helper()
	changed, stop := d.Store.Watch()
	defer stop()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !ok() {
		select {
		case <-changed:
		case <-again.C:
		case <-limit.C:
			d.t.Fatalf("did not come: %s; %+v; last screen:\n%s", what, d.Store.Status(), d.Screen())
		}
	}
}

// Resize gives the terminal another size.
func (d *Desk) Resize(w, h int) { d.program.Send(tea.WindowSizeMsg{Width: w, Height: h}) }

// Ended waits for the program to end by itself.
func (d *Desk) Ended() error {
	d.t.Helper()
	select {
	case <-d.stopped:
		return d.err
	case <-time.After(patience):
		d.t.Fatalf("the program does not end; last screen:\n%s", d.Screen())
		return nil
	}
}
