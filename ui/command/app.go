package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"switchboard/keymap"
	"switchboard/store"
)

// An app is one run of one command. What it needs is opened when it is first
// asked for: `version` reads no config and `list` opens no keyring.
type app struct {
	env      Env
	in       io.Reader
	out      *pipeWriter
	errw     io.Writer
	dir      string // data folder
	cfg      *Config
	st       *store.Store
	log      *slog.Logger
	logFile  *logFile
	patient  bool          // requests may take their time
	quitTime time.Duration // how long the end may take; 0: as long as it takes
	left     bool          // work behind the screens was left running
	conn     *connector
	find     string // what the screens search for at once
	started  bool   // a command has begun; what fails before is a mistake of usage

	sendDelay time.Duration // see store.Options
}

// Main runs one command and returns its exit code. ctx ends when the person
// interrupts. args does not contain the program's name.
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, env Env) int {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	env = env.withDefaults()
	a := &app{
		env: env, in: stdin, errw: stderr, dir: env.dataDir(),
		out: &pipeWriter{Writer: stdout, cancel: cancel},
	}
	err := a.guard("running "+first(args), func() error { return a.run(ctx, args) })
	if cerr := a.guard("closing", a.close); err == nil {
		err = cerr
	}
	if a.out.gone && (err == nil || closedPipe(err) || errors.Is(err, context.Canceled)) {
		return exitDone // nobody is reading any more, and that is fine
	}
	if err != nil && a.log != nil {
		a.log.Warn("command failed", "command", first(args), "error", err.Error())
		_ = a.logFile.Close()
	}
	code := exitCode(err)
	if code != exitDone {
		report(stderr, err)
	}
	return code
}

// run goes past the command tree for the screens, which are started most and
// need none of it.
func (a *app) run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return a.screens(ctx)
	}
	return a.execute(ctx, args)
}

func first(args []string) string {
	if len(args) == 0 {
		return "the screens"
	}
	return args[0]
}

func (a *app) close() error {
	var err error
	if a.st != nil && !a.left {
		st := a.st
		var closing error
		if within(a.quitTime, func() { closing = st.Close() }) {
			err = closing
		}
		a.st = nil
	}
	if a.logFile != nil {
		_ = a.logFile.Close()
	}
	return err
}

// config reads the config file once and checks what it says.
func (a *app) config() (*Config, error) {
	if a.cfg != nil {
		return a.cfg, nil
	}
	c, err := LoadConfig(a.env)
	if err != nil {
		return nil, asUsage(err)
	}
	for _, v := range c.Views {
		if v.line == 0 {
			continue // shipped ones are checked by a test
		}
		if _, err := store.ParseQuery(v.Query, a.env.Now(), time.Local); err != nil {
			return nil, asUsage(&ConfigError{File: c.File, Line: v.line, Key: "view.query", Msg: err.Error()})
		}
	}
	a.cfg = c
	return c, nil
}

// asUsage makes a mistake in the config file one of usage.
func asUsage(err error) error {
	var c *ConfigError
	if errors.As(err, &c) {
		return &usageError{msg: "config: " + c.Error()}
	}
	return err
}

// keys is the key table of the config.
func (a *app) keys(preset string) (keymap.Map, error) {
	c, err := a.config()
	if err != nil {
		return keymap.Map{}, err
	}
	if preset == "" {
		preset = c.Preset
	}
	m, err := keymap.Preset(preset)
	if err != nil {
		return keymap.Map{}, &usageError{msg: err.Error()}
	}
	if m, err = m.WithOwn(c.ownActions()); err != nil {
		return keymap.Map{}, err
	}
	return m.With(c.Keys)
}

// logger is the program's log.
func (a *app) logger() (*slog.Logger, error) {
	if a.log != nil {
		return a.log, nil
	}
	l, f, err := newLog(a.dir, a.env.Getenv("SWITCHBOARD_LOG"))
	if err != nil {
		return nil, err
	}
	a.log, a.logFile = l, f
	return l, nil
}

// store opens the store once.
func (a *app) store(ctx context.Context) (*store.Store, error) {
	if a.st != nil {
		return a.st, nil
	}
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	log, err := a.logger()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(a.dir, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	s, err := store.Open(ctx, store.Options{
		Dir: a.dir, Actor: a.env.actor(), Now: a.env.Now, After: a.env.After, Location: time.Local, Region: c.Region, Log: log, CacheLimit: c.Cache, Aliases: c.Aliases,
		Archive: !c.Keep.Off, Retention: c.Keep.Retention,
		SendDelay: a.sendDelay,
	})
	if err != nil {
		return nil, fmt.Errorf("open the store in %s: %w", a.dir, err)
	}
	a.st = s
	if what := s.Recovered(); what != "" {
		a.notef("%s", what)
		if _, err := a.adopt(ctx, s); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// notef says something on standard error that is neither data nor an error.
func (a *app) notef(format string, args ...any) {
	fmt.Fprintln(a.errw, lines(fmt.Sprintf(format, args...)))
}

// progressf shows a line that replaces itself, on a terminal only.
func (a *app) progressf(format string, args ...any) {
	if a.env.Terminal(a.errw) {
		fmt.Fprintf(a.errw, "\r\x1b[K%s", store.CleanLine(fmt.Sprintf(format, args...)))
	}
}

func (a *app) progressEnd() {
	if a.env.Terminal(a.errw) {
		fmt.Fprint(a.errw, "\r\x1b[K")
	}
}

// query reads a query as it was typed, in one argument or several.
func (a *app) query(text string) (store.Query, error) {
	return store.ParseQuery(text, a.env.Now(), time.Local)
}

// path makes a file name of the command line or the config absolute.
func path(p string) (string, error) {
	abs, err := filepath.Abs(expandHome(p))
	if err != nil {
		return "", fmt.Errorf("%s: %w", p, err)
	}
	return abs, nil
}
