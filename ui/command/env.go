package command

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/adrg/xdg"
	"github.com/charmbracelet/x/term"
	"github.com/pkg/browser"

	"switchboard/api"
)

// Env is what a command takes from the system around it. Nil fields stand for
// the real thing; tests put their own in.
type Env struct {
	Getenv   func(string) string
	Now      func() time.Time
	Browse   func(url string) error    // shows a page in the browser
	Launch   func(argv []string) error // starts another program and does not wait for it
	Terminal func(stream any) bool     // whether a stream is a terminal
	Size     func() (width, height int)
	// Ask asks a person for something that must not show on the screen; nil: at the terminal.
	Ask   func(prompt string) (string, error)
	Retry api.Retry // of requests; zero fields: what suits the command
	// Poll is how long a service that makes a report is given before it is asked about it; 0: as suits the service.
	Poll time.Duration
	// After is how the store waits, as Now is what time it is; nil: by the clock on the wall.
	After func(d time.Duration) <-chan time.Time
}

func (e Env) withDefaults() Env {
	if e.Getenv == nil {
		e.Getenv = os.Getenv
	}
	if e.Now == nil {
		e.Now = time.Now
	}
	if e.Browse == nil {
		e.Browse = browse
	}
	if e.Launch == nil {
		e.Launch = launch
	}
	if e.Terminal == nil {
		e.Terminal = isTerminal
	}
	if e.Size == nil {
		e.Size = func() (int, int) {
			w, h, err := term.GetSize(os.Stdout.Fd())
			if err != nil {
				return 0, 0
			}
			return w, h
		}
	}
	return e
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(f.Fd())
}

// browse does not wait for programs that stay in the foreground: a text
// browser that would take over the terminal is none of our business.
func browse(url string) error {
	browser.Stdout, browser.Stderr = io.Discard, io.Discard
	done := make(chan error, 1)
	go func() { done <- browser.OpenURL(url) }()
	select {
	case err := <-done:
		return err
	case <-time.After(3 * time.Second):
		return nil
	}
}

func launch(argv []string) error {
	cmd := exec.Command(argv[0], argv[1:]...) //nolint:noctx // it shall outlive us
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }()
	return nil
}

// systemOpener is how each system opens a file with the program for its type.
func systemOpener(path string) []string {
	switch runtime.GOOS {
	case "darwin":
		return []string{"open", path}
	case "windows":
		return []string{"rundll32", "url.dll,FileProtocolHandler", path}
	}
	return []string{"xdg-open", path}
}

// configFile is where the configuration is read from.
func (e Env) configFile() string {
	if p := e.Getenv("SWITCHBOARD_CONFIG"); p != "" {
		return p
	}
	return filepath.Join(xdg.ConfigHome, "switchboard", "config.toml")
}

func (e Env) dataDir() string {
	if p := e.Getenv("SWITCHBOARD_DATA"); p != "" {
		return p
	}
	return filepath.Join(xdg.DataHome, "switchboard")
}

// actor is user@host, the name under which the ledger keeps what is done here.
func (e Env) actor() string {
	user := "somebody"
	for _, k := range []string{"USER", "LOGNAME", "USERNAME"} {
		if u := e.Getenv(k); u != "" {
			user = u
			break
		}
	}
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "localhost"
	}
	if i := strings.IndexByte(host, '.'); i > 0 {
		host = host[:i]
	}
	return user + "@" + host
}

// expandHome replaces a leading ~ by the home folder.
func expandHome(p string) string {
	if p == "~" || strings.HasPrefix(p, "~/") || strings.HasPrefix(p, `~\`) {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, p[1:])
		}
	}
	return p
}
