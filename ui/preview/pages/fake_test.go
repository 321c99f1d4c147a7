package pages

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/preview/graphics"
	"switchboard/ui/preview/paper"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// document is n made-up pages of a fax; page i has i+1 black bars.
type document struct {
	n      int
	words  map[int][]paper.Span
	hold   chan struct{} // pages wait for it; nil: none do
	mu     sync.Mutex
	asked  int
	closed bool
}

func (d *document) Len() int { return d.n }

func (d *document) Page(ctx context.Context, n int) (paper.Page, error) {
	d.mu.Lock()
	d.asked++
	closed := d.closed
	d.mu.Unlock()
	if closed {
		return paper.Page{}, errors.New("the document is closed")
	}
	if d.hold != nil {
		select {
		case <-d.hold:
		case <-ctx.Done():
			return paper.Page{}, ctx.Err()
		}
	}
	b := paper.NewBitmap(1728, 2200)
	for i := range min(n+1, 20) {
		for y := 100 * (i + 1); y < 100*(i+1)+40; y++ {
			row := b.Row(y)
			for x := 20; x < 150; x++ {
				row[x] = 0xff
			}
		}
	}
	return paper.Page{Image: b, XRes: 204, YRes: 196}, nil
}

func (d *document) Words(_ context.Context, n int) ([]paper.Span, error) { return d.words[n], nil }

func (d *document) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	return nil
}

// desk is a viewer with its commands carried out as Bubble Tea does.
type desk struct {
	t       testing.TB
	v       *Viewer
	env     *screen.Env
	doc     *document
	said    string
	prompt  screen.Prompt
	failed  error
	told    string
	memory  map[string]string
	texts   []string
	by      string
	saved   []Pick
	waiting []tea.Cmd // kept back
	hold    bool
}

func (d *desk) Say(s string)               { d.said = s }
func (d *desk) Tell(b screen.Banner)       { d.told = b.Text }
func (d *desk) Prompt(p screen.Prompt)     { d.prompt = p }
func (d *desk) Confirm(screen.Confirm)     {}
func (d *desk) Go(screen.Place) tea.Cmd    { return nil }
func (d *desk) Step(int) tea.Cmd           { return nil }
func (d *desk) Current() (store.Row, bool) { return store.Row{}, false }
func (d *desk) Words() []string            { return nil }
func (d *desk) Seen(store.ID) tea.Cmd      { return nil }

func (d *desk) Show(string, string) tea.Cmd { return nil }

func (d *desk) Remember(_ context.Context, k string, v []byte) error {
	d.memory[k] = string(v)
	return nil
}

func (d *desk) Recall(_ context.Context, k string) ([]byte, error) { return []byte(d.memory[k]), nil }

func (d *desk) SetFileText(_ context.Context, _ int64, pages []string, by string) error {
	d.texts, d.by = pages, by
	return nil
}

func (d *desk) FileText(context.Context, int64) ([]string, error) { return d.texts, nil }

func open(t testing.TB, doc *document) *desk {
	t.Helper()
	d := &desk{t: t, doc: doc, memory: map[string]string{}}
	d.env = &screen.Env{
		Ctx: t.Context(), Host: d, Styles: theme.New(true, true), Keys: keymap.Default(), Location: time.UTC, Actor: "ann",
		Now: func() time.Time { return time.Date(2026, 11, 20, 15, 0, 0, 0, time.UTC) }, Log: slog.New(slog.DiscardHandler),
		Crash: func(v any, stack []byte) { t.Errorf("%v\n%s", v, stack) }, Term: graphics.Default(),
	}
	d.v = New(d.env, Options{
		Open:   func(context.Context, screen.Source) (paper.Document, error) { return d.doc, nil },
		Memory: d, Texts: d,
		Save: func(_ context.Context, _ screen.Source, _ paper.Document, pick []Pick) (string, error) {
			d.saved = pick
			return "/tmp/x.pdf", nil
		},
	})
	d.run(d.v.Resize(46, 34))
	d.show("a")
	return d
}

func (d *desk) show(sha string) {
	d.run(d.v.Show(screen.Source{Path: sha, Whole: true, File: store.Attachment{ID: 1, SHA256: sha}}))
}

func (d *desk) run(cmd tea.Cmd) {
	d.t.Helper()
	if cmd == nil {
		return
	}
	if d.hold {
		d.waiting = append(d.waiting, cmd)
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			d.run(c)
		}
	case screen.Failed:
		d.failed = msg.Err
	case screen.Told:
		d.told = msg.Banner.Text
	default:
		d.run(d.v.Update(msg))
	}
}

// release carries out what was kept back.
func (d *desk) release() {
	d.t.Helper()
	was := d.waiting
	d.waiting, d.hold = nil, false
	for _, c := range was {
		d.run(c)
	}
}

func (d *desk) do(actions ...keymap.Action) {
	d.t.Helper()
	for _, a := range actions {
		d.said = ""
		cmd, ok := d.v.Do(a)
		if !ok {
			d.t.Fatalf("%s is not for pages", a)
		}
		d.run(cmd)
	}
}

func (d *desk) answer(text string) error {
	d.t.Helper()
	cmd, err := d.prompt.Enter(text)
	d.run(cmd)
	return err
}

func (d *desk) screen() string {
	return ansi.Strip(strings.Join(d.v.View(d.v.w, d.v.h, true), "\n"))
}
