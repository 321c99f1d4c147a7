package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/term"

	"switchboard/store"
	"switchboard/ui"
	"switchboard/ui/preview"
	"switchboard/ui/preview/outside"
)

// screens opens the screens on the accounts signed in.
func (a *app) screens(ctx context.Context) error {
	if err := a.needTerminal(); err != nil {
		return err
	}
	a.quitTime = quitTime
	st, err := a.store(ctx)
	if err != nil {
		return err
	}
	if err := a.connect(st, nil); err != nil && !errors.Is(err, errNoAccount) {
		return err
	}
	return a.runScreens(ctx, st)
}

func (a *app) needTerminal() error {
	if a.env.Terminal(a.in) && a.env.Terminal(a.out.file()) {
		return nil
	}
	return &usageError{
		msg: "the screens need a terminal for input and output",
		try: "switchboard list --json   (switchboard help shows all commands)",
	}
}

// runScreens keeps the store in step with the services while the screens run.
func (a *app) runScreens(ctx context.Context, st *store.Store) (err error) {
	opts, err := a.screenOptions(ctx, st)
	if err != nil {
		return err
	}
	restore := a.rememberTerminal()
	defer func() {
		if err != nil {
			restore()
		}
	}()
	// While a sync keeps all processors busy, a key must not wait for Go's own turns of
	// 10 ms: with threads to spare the system's scheduler gives way to it at once.
	runtime.GOMAXPROCS(max(8, 2*runtime.NumCPU()))
	ctx, cancel := context.WithCancelCause(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		err := a.guard("syncing", func() error { return st.Run(ctx) })
		if err != nil && ctx.Err() == nil {
			cancel(err) // the screens must not go on with nobody behind them
		}
	})
	err = a.guard("the screens", func() error { return ui.Run(ctx, opts) })
	cause := context.Cause(ctx)
	cancel(context.Canceled)
	a.left = !within(a.quitTime, wg.Wait)
	if cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// quitTime is how long a person who quits waits for the work behind the screens to
// stop, and again for the store to be put in order. What is cut off then is what a
// power cut would cut off, and the store is made to lose nothing by that.
const quitTime = 20 * time.Millisecond

// within runs f and reports whether it was over in time; 0 is as long as it takes.
func within(limit time.Duration, f func()) bool {
	if limit == 0 {
		f()
		return true
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
		return true
	case <-time.After(limit):
		return false
	}
}

func (a *app) screenOptions(ctx context.Context, st *store.Store) (ui.Options, error) {
	keys, err := a.keys("")
	if err != nil {
		return ui.Options{}, err
	}
	saveDir, err := path(a.cfg.SaveDir)
	if err != nil {
		return ui.Options{}, err
	}
	theme := a.cfg.Theme
	if theme == "auto" {
		theme = "" // what the terminal tells
	}
	opts := ui.Options{
		Store: st, Keys: keys, Theme: theme, SaveDir: saveDir, SaveTemplate: a.cfg.SaveName,
		Actor: a.env.actor(), NoColor: a.env.Getenv("NO_COLOR") != "", Version: version().Version, Log: a.log,
		CrashDir: filepath.Join(a.dir, "crash"), Now: a.env.Now, Location: time.Local, Graphics: a.cfg.Graphics,
		JSON:    func(it store.Item) ([]byte, error) { return encode(toJSON(it)) },
		Replies: a.cfg.Replies, Callback: a.cfg.Callback,
		Print: a.cfg.Print, Copy: outside.Copy, Notify: a.notifyOptions(),
		Preview: preview.Options{
			Renderer: a.cfg.Renderer, Language: a.cfg.OCR,
			Sound: a.soundConfig(),
		},
		Open: func(ctx context.Context, blob, name, contentType string) error {
			file, err := a.viewCopy(blob, store.Attachment{Name: name, Type: contentType})
			if err != nil {
				return err
			}
			return a.openFile(ctx, file, contentType)
		},
	}
	if a.cfg.Sort == "newest" {
		opts.Sort = store.NewestFirst
	}
	opts.Query, opts.Patience = a.find, a.cfg.Keep.Patience
	opts.Commands, opts.FileCopy = a.cfg.Commands, a.viewCopy
	if len(a.cfg.Hooks) > 0 {
		opts.Beside = func(ctx context.Context, tell func(text string)) error { return a.hooksOn(ctx, st, tell) }
	}
	opts.Connect = func() error { return a.connect(st, nil) }
	for _, v := range a.cfg.Views {
		opts.Views = append(opts.Views, ui.View{Key: strconv.Itoa(v.Key), Name: v.Name, Query: v.Query, Patience: v.Wait})
	}
	if f, ok := a.out.file().(*os.File); ok {
		opts.Output = f
		opts.Program = []tea.ProgramOption{tea.WithInput(a.in)}
	}
	if opts.First, err = ui.First(ctx, st, opts.Sort); err != nil {
		return ui.Options{}, err
	}
	return opts, nil
}

// rememberTerminal returns a function that puts the terminal back in order
// when the screens could not do it themselves.
func (a *app) rememberTerminal() func() {
	f, ok := a.in.(*os.File)
	if !ok {
		return func() {}
	}
	state, err := term.GetState(f.Fd())
	if err != nil {
		return func() {}
	}
	return func() {
		_ = term.Restore(f.Fd(), state)
		// Leave the alternate screen, show the cursor, mouse and paste modes off.
		fmt.Fprint(a.errw, "\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[0m")
	}
}
