//go:build unix

package command

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"switchboard/api/simulator"
)

// TestDemo starts the demo in a terminal, waits for a message to be shown and
// quits.
func TestDemo(t *testing.T) {
	w := newWorld(t)
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	master, tty, err := pty.Open()
	if err != nil {
		t.Skipf("no terminal can be made here: %v", err)
	}
	defer master.Close()
	if err := pty.Setsize(tty, &pty.Winsize{Rows: 30, Cols: 110}); err != nil {
		t.Fatal(err)
	}
	w.env.Terminal, w.vars["TERM"] = nil, "xterm-256color"
	var mu sync.Mutex
	var seen bytes.Buffer
	shown := make(chan struct{}, 1)
	go func() {
		buf := make([]byte, 32<<10)
		for {
			n, err := master.Read(buf)
			mu.Lock()
			seen.Write(buf[:n])
			if strings.Contains(seen.String(), "When") {
				select {
				case shown <- struct{}{}:
				default:
				}
			}
			mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	go func() {
		select {
		case <-shown:
		case <-ctx.Done():
		}
		_, _ = io.WriteString(master, "q")
	}()
	var errs bytes.Buffer
	code := Main(ctx, []string{"demo", "--messages", "50", "--arrivals", "0"}, tty, tty, &errs, w.env)
	_ = tty.Close()
	mu.Lock()
	defer mu.Unlock()
	if code != 0 || ctx.Err() != nil {
		t.Fatalf("exit %d, %s\n%q", code, errs.String(), seen.String())
	}
	if !strings.Contains(seen.String(), "\x1b[?1049l") {
		t.Error("the terminal was not left as it was")
	}
	if left, _ := filepath.Glob(filepath.Join(temp, "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if entries, _ := os.ReadDir(w.dir); len(entries) > 0 {
		t.Errorf("the demo touched the person's own data: %v", entries)
	}
}

// TestDemoAgain starts the demo in a folder it has used before: the files of the
// messages stored there are where they were.
func TestDemoAgain(t *testing.T) {
	dir := t.TempDir()
	start := func() (*simulator.Server, simulator.RingCentral) {
		t.Helper()
		srv, err := serveDemo(t.Context(), simulator.Config{Messages: 1}, dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = srv.Close() })
		return srv, *srv.Description().RingCentral
	}
	srv, first := start()
	if _, beside := start(); beside.MediaURL == first.MediaURL {
		t.Error("two serve at one address")
	}
	if err := srv.Close(); err != nil {
		t.Fatal(err)
	}
	if _, again := start(); again.BaseURL != first.BaseURL || again.MediaURL != first.MediaURL {
		t.Errorf("at %s and %s, want %s and %s", again.BaseURL, again.MediaURL, first.BaseURL, first.MediaURL)
	}
}
