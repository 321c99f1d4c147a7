package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"switchboard/keymap"
	"switchboard/ui/kit"
	programs "switchboard/ui/preview/outside"
	"switchboard/ui/screen"
)

// paneOf opens a pane of output and runs its program to the end, unless it stops
// for something. Its messages are carried by hand.
func paneOf(t *testing.T, d *driver, run func(ctx context.Context, w io.Writer) error) (o *output, end func()) {
	t.Helper()
	msgs := make(chan tea.Msg, 100)
	var start func(cmd tea.Cmd)
	start = func(cmd tea.Cmd) {
		if cmd == nil {
			return
		}
		go func() {
			msg := cmd()
			if batch, ok := msg.(tea.BatchMsg); ok {
				for _, c := range batch {
					start(c)
				}
				return
			}
			msgs <- msg
		}()
	}
	start(d.m.output(screen.Output{Title: "fax.pdf | wc\x1b[2J -c", Run: run}))
	o, ok := d.m.over().(*output)
	if !ok {
		t.Fatal("no pane")
	}
	return o, func() {
		t.Helper()
		for !o.done {
			start(d.m.output(<-msgs))
		}
	}
}

func paneLines(t *testing.T, o *output, w, h int) []string {
	t.Helper()
	under := make([]string, h)
	for i := range under {
		under[i] = kit.Space(w)
	}
	lines, _ := o.draw(under, w, h)
	for i, l := range lines {
		if s := ansi.Strip(l); kit.Width(s) != w || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' }) {
			t.Fatalf("line %d: %d cells: %q", i, kit.Width(s), s)
		}
		lines[i] = strings.Trim(ansi.Strip(l), " │")
	}
	return lines
}

func has(lines []string, s string) bool { return strings.Contains(strings.Join(lines, "\n"), s) }

func TestOutputIsClean(t *testing.T) {
	d := drive(t, 3, Options{})
	o, end := paneOf(t, d, func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, "10 %\r50 %\rdone\na\tb\x1b[2J\x1b]52;c;AAAA\x07\n\u202eevil\nhalf")
		return err
	})
	end()
	got := paneLines(t, o, 80, 24)
	for _, want := range []string{"fax.pdf | wc -c", "done", "a       b", "evil", "half"} {
		if !has(got, want) {
			t.Errorf("no %q in\n%s", want, strings.Join(got, "\n"))
		}
	}
	if has(got, "50 %") {
		t.Error("shows what was written over")
	}
}

func TestOutputEnds(t *testing.T) {
	for want, err := range map[string]error{
		"done":                    nil,
		"ended with exit code 3":  &programs.ExitError{Program: "sh", Code: 3},
		"wc is not installed":     fmt.Errorf("wc %w", programs.ErrMissing),
		"page 2 cannot be opened": errors.New("page 2 cannot be opened"),
	} {
		d := drive(t, 3, Options{})
		o, end := paneOf(t, d, func(context.Context, io.Writer) error { return err })
		end()
		if got := paneLines(t, o, 80, 24); !has(got, want) || !has(got, "It wrote nothing.") {
			t.Errorf("no %q in\n%s", want, strings.Join(got, "\n"))
		}
		o.do(keymap.Interrupt)
		if d.m.over() != nil {
			t.Error("C-c does not put away what has ended")
		}
	}
}

// TestOutputStops: C-c stops it, Esc puts it away and its end is told.
func TestOutputStops(t *testing.T) {
	d := drive(t, 3, Options{})
	until := func(ctx context.Context, _ io.Writer) error { <-ctx.Done(); return ctx.Err() }
	o, end := paneOf(t, d, until)
	if !has(paneLines(t, o, 80, 24), "running; C-c stops it") {
		t.Error("does not say that it runs")
	}
	o.do(keymap.Interrupt)
	end()
	if !has(paneLines(t, o, 80, 24), "stopped") || o.bad() {
		t.Error("does not say that it was stopped")
	}
	release := make(chan struct{})
	o, end = paneOf(t, d, func(context.Context, io.Writer) error { <-release; return errors.New("no paper") })
	o.do(keymap.Cancel)
	if d.m.over() == o || !strings.Contains(d.m.said, "goes on") {
		t.Errorf("put away: %q", d.m.said)
	}
	close(release)
	end()
	if d.m.banner == nil || !d.m.banner.Fault || !strings.Contains(d.m.banner.Text, "no paper") {
		t.Errorf("%+v", d.m.banner)
	}
}

func TestOutputScrollsAndIsBounded(t *testing.T) {
	d := drive(t, 3, Options{})
	o, end := paneOf(t, d, func(_ context.Context, w io.Writer) error {
		for i := range 200_000 {
			fmt.Fprintf(w, "line %d\n", i)
		}
		_, err := io.WriteString(w, strings.Repeat("x", 1<<20))
		return err
	})
	end()
	got := paneLines(t, o, 80, 24)
	if !has(got, "more left out") || has(got, "line 0 ") {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	o.do(keymap.Top)
	if got := paneLines(t, o, 80, 24); !has(got, "line 0\n") && !has(got, "line 0 ") && !has(got, "line 1") {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	if o.follow {
		t.Error("follows what comes although somebody scrolled up")
	}
	for _, size := range [][2]int{{60, 15}, {200, 60}, {30, 8}} {
		paneLines(t, o, size[0], size[1])
	}
}

func FuzzOutput(f *testing.F) {
	f.Add([]byte("a\tb\r\n\x1b[2Jc\rd"), 3)
	f.Add([]byte("\u202e\xff\xfe\x9b31m"), 1)
	f.Fuzz(func(t *testing.T, b []byte, n int) {
		o := newOutputText()
		n = 1 + max(n, -(n+1))%64
		for rest := b; len(rest) > 0; rest = rest[min(n, len(rest)):] {
			if _, err := o.Write(rest[:min(n, len(rest))]); err != nil {
				t.Fatal(err)
			}
		}
		lines, _ := o.now()
		for _, l := range lines {
			if strings.ContainsFunc(l, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }) {
				t.Fatalf("%q", l)
			}
		}
	})
}
