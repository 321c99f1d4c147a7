package compose

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

func now() time.Time { return time.Date(2026, 11, 19, 15, 0, 0, 0, time.UTC) }

// desk is a composer on a store of its own, whose service says yes to everything but
// what a test has it refuse.
type desk struct {
	*store.Store
	t       *testing.T
	m       *Model
	said    string
	banner  screen.Banner
	told    []tea.Msg
	senders []store.Sender
	// accounts are those that can send; none: there is one without a name.
	accounts []store.Account
	usual    string
	checked  store.NewMessage
	covers   []store.Cover
	sends    []store.NewMessage
	retried  []store.ID
	used     []string
	refuse   error
	delay    time.Duration
	held     []tea.Cmd // what a test has wait
	hold     bool
}

func (d *desk) SendingAccounts(context.Context, store.NewMessage) ([]store.Account, string, error) {
	return d.accounts, d.usual, nil
}

func (d *desk) Senders(context.Context, string) ([]store.Sender, error) { return d.senders, nil }
func (d *desk) Covers(context.Context, string) ([]store.Cover, error)   { return d.covers, nil }
func (d *desk) SendDelay() time.Duration                                { return d.delay }

func (d *desk) CheckMessage(_ context.Context, n store.NewMessage) (store.MessageCheck, error) {
	d.checked = n
	c := store.MessageCheck{Characters: len(n.Text), MMS: len(n.Files) > 0 || len(n.To) > 1, Words: fmt.Sprintf("%d characters", len(n.Text))}
	return c, d.refuse
}

func (d *desk) Send(_ context.Context, n store.NewMessage) (store.Op, error) {
	if d.refuse != nil {
		return store.Op{}, d.refuse
	}
	d.sends = append(d.sends, n)
	return store.Op{ID: int64(len(d.sends)), Verb: store.VerbSend, Undoable: true, Words: "sent", Until: now().Add(d.delay)}, nil
}

func (d *desk) RetrySend(_ context.Context, id store.ID) (store.Op, error) {
	d.retried = append(d.retried, id)
	return store.Op{ID: 1, Verb: store.VerbSend}, nil
}

func (d *desk) UseSender(_ context.Context, _ string, _ store.SendKind, number string) error {
	d.used = append(d.used, number)
	return nil
}

// The host.

func (d *desk) Say(text string)              { d.said = text }
func (d *desk) Tell(b screen.Banner)         { d.banner = b }
func (d *desk) Prompt(screen.Prompt)         {}
func (d *desk) Confirm(screen.Confirm)       {}
func (d *desk) Go(screen.Place) tea.Cmd      { return nil }
func (d *desk) Step(int) tea.Cmd             { return nil }
func (d *desk) Current() (store.Row, bool)   { return store.Row{}, false }
func (d *desk) Words() []string              { return nil }
func (d *desk) Show(query, t string) tea.Cmd { return nil }
func (d *desk) Seen(store.ID) tea.Cmd        { return nil }
func (d *desk) show(w, h int) string         { return ansi.Strip(strings.Join(d.m.View(w, h), "\n")) }

func newStore(t *testing.T, dir string) *store.Store {
	t.Helper()
	st, err := store.Open(t.Context(), store.Options{Dir: dir, Actor: "ann@desk", Now: now, Location: time.UTC, Region: "US"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return st
}

func newDesk(t *testing.T, st *store.Store) *desk {
	t.Helper()
	d := &desk{Store: st, t: t, delay: 10 * time.Second, senders: []store.Sender{
		{Number: "+16505550100", Label: "Main", Text: true, MMS: true, Primary: true},
		{Number: "+16505550101", Kind: "direct number", Text: true},
		{Number: "+16505550102", Fax: true},
	}, covers: []store.Cover{{ID: "7", Name: "Contempo"}, {ID: "8", Name: "Hostile \x1b[31mred"}}}
	env := &screen.Env{
		Ctx: t.Context(), Store: d, Host: d, Styles: theme.New(true, true), Keys: keymap.Default(), Now: now, Location: time.UTC, Actor: "ann@desk",
		Log: slog.New(slog.DiscardHandler), Crash: func(v any, _ []byte) { t.Errorf("panic: %v", v) }, Callback: "before 17:00",
		Replies: []string{"Hello {name}, we call you back {callback}.", "You reach us at {number}."},
		Later:   func(_ time.Duration, msg tea.Msg) tea.Cmd { return func() tea.Msg { return msg } },
	}
	d.m = New(env)
	return d
}

// run carries out commands and what comes of them.
func (d *desk) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	if d.hold {
		d.held = append(d.held, cmd)
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			d.run(c)
		}
	case screen.Wrote:
		d.m.env.Writes--
		d.run(func() tea.Msg { return msg.Msg })
	case nil:
	case screen.Acted, screen.Failed, screen.Said:
		d.told = append(d.told, msg)
	default:
		d.run(d.m.Update(msg))
	}
}

// release lets go on what was held.
func (d *desk) release() {
	d.hold = false
	held := d.held
	d.held = nil
	for _, c := range held {
		d.run(c)
	}
}

// press gives keys to the composer as the root does.
func (d *desk) press(keys ...string) {
	for _, k := range keys {
		switch k {
		case "Enter":
			d.run(d.m.Act(keymap.Submit))
		case "Esc":
			d.run(d.m.Act(keymap.Cancel))
		case "Tab":
			d.run(d.m.Act(keymap.Complete))
		case "S-Tab":
			d.run(d.m.Act(keymap.PriorField))
		case "C-u":
			d.run(d.m.Act(keymap.ClearLine))
		case "C-t":
			d.run(d.m.Act(keymap.Templates))
		case "M-a":
			d.run(d.m.Act(keymap.AttachFile))
		case "M-c":
			d.run(d.m.Act(keymap.CoverPage))
		case "M-s":
			d.run(d.m.Act(keymap.SendLater))
		case "C-j":
			d.run(d.m.Act(keymap.NewLine))
		case "left", "right", "up", "down", "backspace":
			d.run(d.m.Stroke(k))
		default:
			for _, r := range k {
				d.run(d.m.Text(string(r)))
			}
		}
	}
}

func (d *desk) open(l screen.Letter) { d.run(d.m.Open(l)) }

func (d *desk) drafts() []store.MessageDraft {
	d.t.Helper()
	list, err := d.MessageDrafts(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	return list
}

func (d *desk) fault() string {
	if d.m.cur == nil {
		return ""
	}
	return d.m.cur.fault
}

func to(name, number string) []store.Recipient {
	return []store.Recipient{{Name: name, Number: number}}
}
