package ui

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"switchboard/keymap"
	"switchboard/store"
)

// A fixed moment, so that ages and dates on screen do not move.
func clock() time.Time { return time.Date(2026, 11, 20, 15, 0, 0, 0, time.UTC) }

// driver runs the root model without a terminal: it presses keys, runs the
// commands that come of them and draws after every message, as Bubble Tea does.
type driver struct {
	t           testing.TB
	m           *Model
	st          *store.Store
	msgs        chan tea.Msg
	out         int // commands under way
	open, named []string
	quit        bool
	clip        string
	hold        bool // keep commands back
	held        []tea.Cmd
}

func drive(t testing.TB, items int, o Options) *driver {
	t.Helper()
	ctx := t.Context()
	st, err := store.Open(ctx, store.Options{Dir: t.TempDir(), Actor: "ann@desk", Now: clock, Location: time.UTC, Region: "US"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	d := &driver{t: t, st: st, msgs: make(chan tea.Msg, 1000)}
	if items >= 0 {
		a, err := st.PutAccount(ctx, store.Account{Key: "ringcentral:1:101", Service: "ringcentral", Name: "Support", Since: clock().Add(-24 * 365 * time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		fill(t, st, a.ID, items)
	}
	o.Store, o.Keys, o.Now, o.Location, o.Actor = st, keymap.Default(), clock, time.UTC, "ann@desk"
	if o.SaveDir == "" {
		o.SaveDir = filepath.Join(t.TempDir(), "saved")
	}
	o.CrashDir = t.TempDir()
	if o.Preview.Rest == 0 {
		o.Preview.Rest = -1 // nothing is connected here
	}
	o.Open = func(_ context.Context, path, name, _ string) error {
		d.open, d.named = append(d.open, path), append(d.named, name)
		return nil
	}
	d.m = newModel(ctx, o)
	d.m.later = func(_ time.Duration, msg tea.Msg) tea.Cmd {
		if _, ok := msg.(fade); ok {
			return nil
		}
		return func() tea.Msg { return msg }
	}
	d.run(d.m.Init())
	d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	return d
}

// fill makes a believable small mailbox: every kind, hostile and foreign names.
func fill(t testing.TB, st *store.Store, account int64, n int) {
	t.Helper()
	names := []string{
		"Maria Lopez", "", "Дмитрий Орлов", "山田太郎と長い名前の会社株式会社", "مكتب الدعم", "Ben \x1b[31mRed\x1b[0m", "Zoe 👩‍👩‍👧‍👦 ❤️",
		strings.Repeat("Long ", 30), "Ann\rBob", "\u202eevil",
	}
	var batch []store.Incoming
	for i := range n {
		at := clock().Add(-time.Duration(n-i) * time.Minute)
		in := store.Incoming{
			Remote: fmt.Sprint(1000 + i), Kind: store.Kind(1 + i%4), Direction: store.Inbound, Time: at, Modified: at,
			From: store.Party{Name: names[i%len(names)], Number: fmt.Sprintf("+1212555%04d", i%10000)},
			To:   []store.Party{{Name: "Support", Number: "+12125550100"}},
			Text: fmt.Sprintf("message %d about an order ❤️ 注文 and nothing else", i), Read: i%3 == 0,
		}
		switch in.Kind {
		case store.Voicemail:
			in.Duration, in.Transcript = time.Duration(1+i%200)*time.Second, store.TranscriptComplete
			in.Attachments = []store.Attachment{{Remote: "a", Kind: store.AudioRecording, Type: "audio/mpeg", Size: -1}}
			if i == 8 {
				in.Text = "hello, I want a refund for the broken lamp"
			}
		case store.Fax:
			in.Pages = i % 7
			in.Attachments = []store.Attachment{{Remote: "b", Kind: store.RenderedDocument, Type: "application/pdf", Name: "../../x\x07.pdf", Size: 1234}}
		}
		if batch = append(batch, in); len(batch) == 1000 || i == n-1 {
			if _, err := st.Apply(t.Context(), account, batch); err != nil {
				t.Fatal(err)
			}
			batch = nil
		}
	}
}

func (d *driver) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	if d.hold {
		d.held = append(d.held, cmd)
		return
	}
	d.out++
	go func() { d.msgs <- cmd() }()
}

// release lets the commands go that were kept back.
func (d *driver) release() {
	held := d.held
	d.held, d.hold = nil, false
	for _, c := range held {
		d.run(c)
	}
	d.settle()
}

func (d *driver) take(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
		return
	case tea.BatchMsg:
		for _, c := range msg {
			d.run(c)
		}
		return
	case tea.QuitMsg:
		d.quit = true
		return
	}
	if s := fmt.Sprintf("%T", msg); strings.HasPrefix(s, "tea.setClipboard") {
		d.clip = fmt.Sprint(msg)
	}
	_, cmd := d.m.Update(msg)
	d.m.View()
	d.run(cmd)
}

// settle goes on until no command is under way.
func (d *driver) settle() {
	d.t.Helper()
	for d.out > 0 {
		select {
		case msg := <-d.msgs:
			d.out--
			d.take(msg)
		case <-time.After(10 * time.Second):
			d.t.Fatal("a command does not come back")
		}
	}
}

func (d *driver) send(msg tea.Msg) {
	d.t.Helper()
	d.take(msg)
	if !d.hold {
		d.settle()
	}
}

// press presses keys as keymap.json spells them; a word in quotes is typed.
func (d *driver) press(keys string) {
	d.t.Helper()
	for _, k := range strings.Fields(keys) {
		d.send(stroke(k))
	}
}

// burst presses keys without waiting for any answer in between.
func (d *driver) burst(keys string) {
	d.t.Helper()
	for _, k := range strings.Fields(keys) {
		d.take(stroke(k))
	}
	d.settle()
}

func (d *driver) typed(text string) {
	d.t.Helper()
	for _, r := range text {
		d.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

func stroke(k string) tea.KeyPressMsg {
	switch k {
	case "Enter":
		return tea.KeyPressMsg{Code: tea.KeyEnter}
	case "Esc":
		return tea.KeyPressMsg{Code: tea.KeyEscape}
	case "Space":
		return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	case "Tab":
		return tea.KeyPressMsg{Code: tea.KeyTab}
	case "Left":
		return tea.KeyPressMsg{Code: tea.KeyLeft}
	case "Right":
		return tea.KeyPressMsg{Code: tea.KeyRight}
	case "Up":
		return tea.KeyPressMsg{Code: tea.KeyUp}
	case "Down":
		return tea.KeyPressMsg{Code: tea.KeyDown}
	case "Backspace":
		return tea.KeyPressMsg{Code: tea.KeyBackspace}
	}
	if c, ok := strings.CutPrefix(k, "C-"); ok {
		return tea.KeyPressMsg{Code: []rune(c)[0], Mod: tea.ModCtrl}
	}
	return tea.KeyPressMsg{Code: []rune(k)[0], Text: k}
}

// screen is the frame without its colours.
func (d *driver) screen() string { return ansi.Strip(d.m.View().Content) }

func (d *driver) lines() []string { return strings.Split(d.screen(), "\n") }

func (d *driver) footer() string {
	l := d.lines()
	return strings.TrimSpace(l[len(l)-1])
}

func (d *driver) sees(text string) {
	d.t.Helper()
	if !strings.Contains(d.screen(), text) {
		d.t.Errorf("the screen lacks %q:\n%s", text, d.screen())
	}
}

func (d *driver) item(id store.ID) store.Item {
	d.t.Helper()
	it, err := d.st.Item(d.t.Context(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	return it
}

func (d *driver) cursor() store.ID {
	r, _ := d.m.list.Current()
	return r.ID
}
