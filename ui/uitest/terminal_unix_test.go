//go:build unix

package uitest

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"switchboard/store"
)

// A terminal is a pseudo terminal with the real program in it.
type terminal struct {
	t      testing.TB
	master *os.File
	cmd    *exec.Cmd
	ended  chan struct{}

	mu   sync.Mutex
	out  strings.Builder
	news chan struct{} // closed with the next output
}

func (m *machine) screens() *terminal {
	m.t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		m.t.Skipf("no pseudo terminal: %v", err)
	}
	m.t.Cleanup(func() { _ = master.Close() })
	defer slave.Close()
	term := &terminal{t: m.t, master: master, ended: make(chan struct{}), news: make(chan struct{})}
	term.size(120, 40)
	cmd, _, _ := m.prepare([]string{})
	cmd.Env = append(cmd.Env, "TERM=xterm-256color")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	term.cmd = cmd
	m.t.Cleanup(term.kill)
	go term.read()
	return term
}

func (p *terminal) read() {
	defer close(p.ended)
	b := make([]byte, 64<<10)
	for {
		n, err := p.master.Read(b)
		p.mu.Lock()
		p.out.Write(b[:n])
		close(p.news)
		p.news = make(chan struct{})
		p.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (p *terminal) size(w, h int) {
	p.t.Helper()
	if err := pty.Setsize(p.master, &pty.Winsize{Cols: uint16(w), Rows: uint16(h)}); err != nil {
		p.t.Fatal(err)
	}
}

func (p *terminal) press(keys string) {
	p.t.Helper()
	if _, err := p.master.WriteString(keys); err != nil {
		p.t.Fatal(err)
	}
}

// printed forgets what was printed so far and gives it.
func (p *terminal) printed() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.out.String()
	p.out.Reset()
	return s
}

// until waits until a text was printed since the last call of printed.
func (p *terminal) until(text string) {
	p.t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		p.mu.Lock()
		out, news := p.out.String(), p.news
		p.mu.Unlock()
		if strings.Contains(out, text) {
			return
		}
		select {
		case <-news:
		case <-p.ended:
			p.t.Fatalf("the program ended before %q; it printed %q", text, tail(out))
		case <-limit.C:
			p.t.Fatalf("%q did not come; it printed %q", text, tail(out))
		}
	}
}

// redrawnUntil has all of the screen drawn anew until a text is in it. What changes is
// printed without the cells that stay, so a text may never come whole by itself.
func (p *terminal) redrawnUntil(text string) {
	p.t.Helper()
	limit := time.Now().Add(patience)
	for {
		p.printed()
		p.press("\x0c")
		again := time.After(time.Second)
		for waits := true; waits; {
			p.mu.Lock()
			out, news := p.out.String(), p.news
			p.mu.Unlock()
			if strings.Contains(out, text) {
				return
			}
			if time.Now().After(limit) {
				p.t.Fatalf("%q did not come; it printed %q", text, tail(out))
			}
			select {
			case <-news:
			case <-p.ended:
				p.t.Fatalf("the program ended before %q; it printed %q", text, tail(out))
			case <-again:
				waits = false
			}
		}
	}
}

func tail(s string) string { return s[max(len(s)-2000, 0):] }

func (p *terminal) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// quit ends the program as a person does.
func (p *terminal) quit() int {
	p.t.Helper()
	p.press("\x03\x03")
	limit := time.AfterFunc(patience, func() { _ = p.cmd.Process.Kill() })
	defer limit.Stop()
	_ = p.cmd.Wait() // the code tells
	return p.cmd.ProcessState.ExitCode()
}

// TestWhatTheScreensShowedIsThere kills the screens at the moment at which they
// say that something was done.
func TestWhatTheScreensShowedIsThere(t *testing.T) {
	m := syncedMachine(t, 100)
	for i, tt := range []struct {
		key, says string
		ok        func(before, after store.Item) bool
	}{
		{"e", "Marked", func(_, a store.Item) bool { return a.State == store.Done }},
		{"d", "Deleted", func(_, a store.Item) bool { return a.Availability == store.Deleted }},
		{"mcalled back\r", "Added", func(_, a store.Item) bool { return len(a.NoteList) == 1 }},
		{"e", "Marked", func(_, a store.Item) bool { return a.State == store.Done }},
	} {
		s := m.opened()
		before := m.first(s)
		closed(t, s)
		p := m.screens()
		p.until("oldest first")
		p.printed()
		p.press(tt.key)
		p.until(tt.says)
		p.kill()
		s = m.opened()
		after, err := s.Item(t.Context(), before.ID)
		if err != nil {
			t.Fatal(err)
		}
		if !tt.ok(before, after) {
			t.Errorf("%d: %s was shown as made, and is lost: %s, read %v, %s", i, tt.key, after.State, after.Read, after.Availability)
		}
		closed(t, s)
	}
	m.ahead = time.Hour
	m.ok("sync", "--once")
	for id, n := range deletesAt(t, m.sim) {
		if n != 1 {
			t.Errorf("message %s was deleted %d times", id, n)
		}
	}
	if len(deletesAt(t, m.sim)) != 1 {
		t.Error("the deletion has not reached the service")
	}
}

func (m *machine) opened() *store.Store {
	m.t.Helper()
	s, err := store.Open(m.t.Context(), store.Options{Dir: m.dir, Actor: "eve@desk"})
	if err != nil {
		m.t.Fatal(err)
	}
	return s
}

func closed(t testing.TB, s *store.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// first is the first item of the queue.
func (m *machine) first(s *store.Store) store.Item {
	m.t.Helper()
	q, err := store.ParseQuery("in:inbox", time.Now(), time.UTC)
	if err != nil {
		m.t.Fatal(err)
	}
	ids, err := s.IDs(m.t.Context(), q, store.OldestFirst, 1)
	if err != nil || len(ids) == 0 {
		m.t.Fatalf("the queue: %d, %v", len(ids), err)
	}
	it, err := s.Item(m.t.Context(), ids[0])
	if err != nil {
		m.t.Fatal(err)
	}
	return it
}

// TestScreensInATerminal: another program's change shows when the terminal is
// looked at again, sizes that are none do no harm, and what is printed to leave
// puts the terminal in order.
func TestScreensInATerminal(t *testing.T) {
	m := syncedMachine(t, 100)
	queue := m.list("in:inbox")
	p := m.screens()
	p.until(fmt.Sprintf("of %d", len(queue)))
	m.ok("done", queue[0].ID)
	p.press("\x1b[I") // the terminal has the focus again
	p.redrawnUntil(fmt.Sprintf("of %d", len(queue)-1))
	p.redrawnUntil(queue[1].Text[:12])
	for _, size := range [][2]int{{0, 0}, {1, 1}, {59, 14}, {65535, 3}, {60, 15}, {120, 40}} {
		p.size(size[0], size[1])
	}
	p.printed()
	p.press("?")
	p.until("Keys")
	p.press("q")
	if code := p.quit(); code != 0 {
		t.Errorf("exit %d", code)
	}
	<-p.ended
	if out := p.printed(); !strings.Contains(out, "\x1b[?1049l") {
		t.Errorf("the terminal is not put back: %q", tail(out))
	}
}
