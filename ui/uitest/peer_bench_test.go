//go:build unix

package uitest

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// A tube is a kind of terminal, by what it answers.
type tube struct {
	name, graphics string // in the configuration
	answers        []string
}

// Cells of 9 by 18 pixels, dark, with synchronized updates.
func tubes() []tube {
	common := []string{
		"\x1b[16t", "\x1b[6;18;9t", "\x1b]11;?", "\x1b]11;rgb:1111/1111/1111\x1b\\", "\x1b[?2026$p", "\x1b[?2026;2$y",
	}
	const nameAsked, attributes, picture = "\x1b[>q", "\x1b[c", "\x1b_Gi=31"
	with := func(more ...string) []string { return append(more, common...) }
	none := with(attributes, "\x1b[?62;22c")
	all := []tube{
		{"kitty", "auto", with(attributes, "\x1b[?62;22c", nameAsked, "\x1bP>|kitty(0.35.2)\x1b\\", picture, "\x1b_Gi=31;OK\x1b\\")},
		{"kitty-direct", "auto", with(attributes, "\x1b[?62;22c", nameAsked, "\x1bP>|kitty(0.26.5)\x1b\\", picture, "\x1b_Gi=31;OK\x1b\\")},
		{"sixel", "auto", with(attributes, "\x1b[?62;4;22c", "\x1b[?1;1;0S", "\x1b[?1;0;256S", "\x1b[?2;1;0S", "\x1b[?2;0;2000;2000S")},
		{"iterm2", "iterm2", none},
		{"quadrants", "quadrants", none},
		{"blocks", "blocks", none},
	}
	if testing.Short() {
		return []tube{all[0], all[5]}
	}
	return all
}

// mark is what a picture of such a terminal begins with.
func (t tube) mark() string {
	switch t.name {
	case "kitty", "kitty-direct":
		return "\x1b_G"
	case "sixel":
		return "\x1bP"
	case "iterm2":
		return "\x1b]1337;"
	}
	return ""
}

// A peer is a terminal with the real program in it that notes when it is
// written to.
type peer struct {
	b      *testing.B
	tube   tube
	master *os.File
	cmd    *exec.Cmd
	traces bytes.Buffer // the garbage collector's; read when the program has ended

	mu    sync.Mutex
	out   []byte // since the last key
	last  time.Time
	total int
	asks  []byte // not looked at for questions yet
	news  chan struct{}
	ended bool
}

// in starts the program in a terminal.
func (m *machine) in(b *testing.B, t tube, cols, rows int, vars ...string) *peer {
	b.Helper()
	m.write(m.config, "graphics = \""+t.graphics+"\"\n[sound]\nuse = \"silent\"\n")
	master, slave, err := pty.Open()
	if err != nil {
		b.Skipf("no pseudo terminal: %v", err)
	}
	b.Cleanup(func() { _ = master.Close() })
	defer slave.Close()
	p := &peer{b: b, tube: t, master: master, news: make(chan struct{}, 1)}
	size := pty.Winsize{Cols: uint16(cols), Rows: uint16(rows), X: uint16(9 * cols), Y: uint16(18 * rows)}
	if err := pty.Setsize(master, &size); err != nil {
		b.Fatal(err)
	}
	p.cmd, _, _ = m.prepare([]string{})
	p.cmd.Env = slices.DeleteFunc(p.cmd.Env, func(v string) bool {
		return strings.HasPrefix(v, "TMUX=") || strings.HasPrefix(v, "LC_TERMINAL=") || strings.HasPrefix(v, "TERM_PROGRAM=")
	})
	p.cmd.Env = append(p.cmd.Env, "TERM=xterm-256color", "COLORTERM=truecolor")
	p.cmd.Env = append(p.cmd.Env, vars...)
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = slave, slave, &p.traces
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := p.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(p.kill)
	go p.read()
	p.until("nothing to see")
	p.settle(100 * time.Millisecond)
	p.mu.Lock()
	p.asks = nil
	p.mu.Unlock()
	return p
}

func (p *peer) read() {
	b := make([]byte, 256<<10)
	for {
		n, err := p.master.Read(b)
		now := time.Now()
		p.mu.Lock()
		p.out, p.last, p.total = append(p.out, b[:n]...), now, p.total+n
		if p.asks != nil || p.total == n {
			p.asks = append(p.asks, b[:n]...)
		}
		answer := p.answer()
		p.ended = p.ended || err != nil
		p.mu.Unlock()
		select {
		case p.news <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
		_, _ = p.master.WriteString(answer)
	}
}

// answer is the answers to the questions so far, in their order.
func (p *peer) answer() string {
	var out strings.Builder
	for {
		first, reply, end := -1, "", 0
		for i := 0; i+1 < len(p.tube.answers); i += 2 {
			ask := p.tube.answers[i]
			if at := bytes.Index(p.asks, []byte(ask)); at >= 0 && (first < 0 || at < first) {
				first, reply, end = at, p.tube.answers[i+1], at+len(ask)
			}
		}
		if first < 0 {
			return out.String()
		}
		out.WriteString(reply)
		p.asks = p.asks[end:]
	}
}

// wait waits until ok holds for what was written since the last key, and nothing
// more comes for a while.
func (p *peer) wait(what string, quiet time.Duration, ok func(out []byte) bool) {
	p.b.Helper()
	limit := time.Now().Add(patience)
	for {
		p.mu.Lock()
		good, since, ended, out := ok(p.out), time.Since(p.last), p.ended, p.out
		p.mu.Unlock()
		switch {
		case good && since >= quiet:
			return
		case ended || time.Now().After(limit):
			p.b.Fatalf("%s did not come; it printed %q", what, tail(string(out)))
		}
		left := 50 * time.Millisecond
		if good {
			left = quiet - since
		}
		select {
		case <-p.news:
		case <-time.After(left):
		}
	}
}

func (p *peer) until(text string) {
	p.b.Helper()
	p.wait(text, 0, func(out []byte) bool { return bytes.Contains(out, []byte(text)) })
}

func (p *peer) settle(quiet time.Duration) {
	p.b.Helper()
	p.wait("quiet", quiet, func([]byte) bool { return true })
}

func (p *peer) press(keys string) (at time.Time) {
	p.b.Helper()
	p.mu.Lock()
	p.out = p.out[:0]
	at = time.Now()
	p.last = at
	p.mu.Unlock()
	if _, err := p.master.WriteString(keys); err != nil {
		p.b.Fatal(err)
	}
	return at
}

// page presses a key and waits until a page is written. It gives the time from
// the key to the last byte of it, and the bytes.
func (p *peer) page(keys string) (time.Duration, int) {
	p.b.Helper()
	// Twenty frames, so that nothing is taken for the page that only announces it.
	const quiet = 160 * time.Millisecond
	time.Sleep(rand.N(17 * time.Millisecond)) // not always at the same moment between two frames
	at := p.press(keys)
	p.wait("the page", quiet, func(out []byte) bool {
		if mark := p.tube.mark(); mark != "" {
			return bytes.Contains(out, []byte(mark))
		}
		return len(out) > 1000
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last.Sub(at), len(p.out)
}

func (p *peer) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}
