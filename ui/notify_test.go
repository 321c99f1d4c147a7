package ui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/notify"
)

// watching is a driver that is told of what comes in, with what was written to the
// terminal beside the frames.
type watching struct {
	*driver
	wrote []string
	now   time.Time
	shown []notify.Note
}

func watchFor(t *testing.T, c notify.Config, env map[string]string) *watching {
	t.Helper()
	w := &watching{now: clock()}
	w.driver = drive(t, 5, Options{Notify: Notify{
		Config: c, Env: func(k string) string { return env[k] },
		Run: func(_ context.Context, n notify.Note) error {
			w.shown = append(w.shown, n)
			return nil
		},
	}})
	w.m.env.Now = func() time.Time { return w.now }
	w.m.later = func(d time.Duration, msg tea.Msg) tea.Cmd {
		return func() tea.Msg {
			switch msg.(type) {
			case fade:
				return nil
			case remind:
				w.now = w.now.Add(d)
			}
			return msg
		}
	}
	return w
}

// comes takes something in, and looks what is written to the terminal because of it.
func (w *watching) comes(n int) {
	w.t.Helper()
	acc, err := w.st.Accounts(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	var in []store.Incoming
	for i := range n {
		at := clock().Add(-time.Duration(i) * time.Second)
		in = append(in, store.Incoming{
			Remote: fmt.Sprint(w.now.UnixNano(), i), Kind: store.Voicemail, Direction: store.Inbound, Time: at, Modified: at,
			From: store.Party{Name: "Eve \x1b]0;owned\x07", Number: "+12125550199"}, Text: "pay \x1b[31mme",
		})
	}
	if _, err := w.st.Apply(w.t.Context(), acc[0].ID, in); err != nil {
		w.t.Fatal(err)
	}
	w.drain(w.m.ask())
}

// drain runs commands and notes what they write.
func (w *watching) drain(cmd tea.Cmd) {
	w.t.Helper()
	for queue := []tea.Cmd{cmd}; len(queue) > 0; queue = queue[1:] {
		if queue[0] == nil {
			continue
		}
		switch msg := queue[0]().(type) {
		case nil:
		case tea.BatchMsg:
			queue = append(queue, msg...)
		case tea.RawMsg:
			w.wrote = append(w.wrote, fmt.Sprint(msg.Msg))
		default:
			_, next := w.m.Update(msg)
			queue = append(queue, next)
		}
	}
	w.m.View()
}

func (w *watching) title() string { return w.m.View().WindowTitle }

func TestNewsAreTold(t *testing.T) {
	c := notify.Default()
	c.Bell, c.Desktop, c.Content, c.Command = true, "auto", notify.ContentText, []string{"x"}
	w := watchFor(t, c, map[string]string{"TERM": "foot"})
	if w.title() != "switchboard" || len(w.wrote) > 0 {
		t.Fatalf("title %q, %q", w.title(), w.wrote)
	}
	w.comes(1)
	text := "1 voicemail from Eve  (212) 555-0199: pay me"
	if w.title() != "(1) switchboard" || len(w.shown) != 1 || strings.Contains(w.shown[0].Text, "\x1b") {
		t.Errorf("title %q, %+v", w.title(), w.shown)
	}
	if all := strings.Join(w.wrote, ""); !strings.HasPrefix(all, "\a\x1b]777;notify;switchboard;1 voicemail from Eve") || strings.Count(all, "\x1b") != 2 {
		t.Errorf("written: %q, want about %q", all, text)
	}
	w.wrote = nil
	w.comes(7)
	if all := strings.Join(w.wrote, ""); w.title() != "(8) switchboard" || strings.Count(all, "\a") != 1 || !strings.Contains(all, "7 voicemails") {
		t.Errorf("title %q, written %q", w.title(), all)
	}
	// Whoever goes to one has seen it.
	w.now = w.now.Add(time.Minute)
	w.drain(w.m.list.Refresh())
	for range 3 {
		_, cmd := w.m.Update(tea.KeyPressMsg{Code: 'G', Text: "G"})
		w.drain(cmd)
	}
	if w.title() != "(7) switchboard" {
		t.Errorf("title %q after one was looked at", w.title())
	}
	// Done elsewhere, all are settled.
	q, err := store.ParseQuery("in:inbox from:2125550199", clock(), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := w.st.IDs(t.Context(), q, store.OldestFirst, 100)
	if err != nil || len(ids) != 8 {
		t.Fatalf("%d, %v", len(ids), err)
	}
	if _, err := w.st.Act(t.Context(), store.Change{Verb: store.VerbDone, Items: ids}); err != nil {
		t.Fatal(err)
	}
	w.drain(w.m.ask())
	if w.title() != "switchboard" {
		t.Errorf("title %q when all is done", w.title())
	}
}

func TestNewsInSilence(t *testing.T) {
	w := watchFor(t, notify.Default(), nil)
	w.comes(2)
	if w.title() != "(2) switchboard" || len(w.wrote) > 0 || len(w.shown) > 0 {
		t.Errorf("title %q, written %q, %+v", w.title(), w.wrote, w.shown)
	}
	c := notify.Default()
	c.Title = false
	w = watchFor(t, c, nil)
	w.comes(2)
	if w.title() != "switchboard" {
		t.Errorf("title %q", w.title())
	}
}

func TestLimitedModeHasABanner(t *testing.T) {
	d := drive(t, 5, Options{})
	limited := []store.Status{{Account: "ringcentral:1:101", Phase: store.PhaseLimited, Since: clock()}}
	d.m.heard(news{status: limited, gen: d.m.pump.seen})
	if b := d.m.banner; b == nil || !strings.Contains(b.Text, "only allows reading") {
		t.Fatalf("%+v", b)
	}
	d.m.dismiss()
	d.m.heard(news{status: limited, gen: d.m.pump.seen})
	if d.m.banner != nil {
		t.Errorf("a banner that was dismissed is back: %+v", d.m.banner)
	}
	d.m.heard(news{status: []store.Status{{Account: "ringcentral:1:101", Phase: store.PhaseLive}}, gen: d.m.pump.seen})
	if d.m.banner != nil || d.m.said != "The service takes changes again" {
		t.Errorf("%+v, %q", d.m.banner, d.m.said)
	}
}

// A call that rings is told with no more than the person asked for, and in the title as
// long as it rings.
func TestRingingCallsAreTold(t *testing.T) {
	c := notify.Default()
	c.Bell = true
	w := watchFor(t, c, nil)
	acc, err := w.st.Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	call := func(state store.LiveState, seq int64) {
		t.Helper()
		if err := w.st.TakeCalls(t.Context(), acc[0].ID, []store.LiveCall{{
			Session: "s", Sequence: seq, Dir: store.Inbound, From: store.Party{Name: "Eve"}, State: state, Ours: true,
		}}); err != nil {
			t.Fatal(err)
		}
		w.drain(w.m.ask())
	}
	call(store.LiveRinging, 1)
	if w.title() != "(1) switchboard" || strings.Join(w.wrote, "") != "\a" {
		t.Errorf("while it rings: title %q, written %q", w.title(), w.wrote)
	}
	call(store.LiveConnected, 2)
	if w.title() != "switchboard" {
		t.Errorf("when it was answered: title %q", w.title())
	}
}
