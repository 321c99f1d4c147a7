package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
)

// unhurried keeps back what only ticks: nothing happens by itself in these tests.
func (d *driver) unhurried() {
	d.m.later = func(_ time.Duration, msg tea.Msg) tea.Cmd {
		switch msg.(type) {
		case rested, paused:
			return func() tea.Msg { return msg }
		}
		return nil
	}
}

// withCalls adds n calls to a driver's store, a minute apart: missed, answered, ours,
// recorded, from strangers who choose their names, and colleagues'.
func (d *driver) withCalls(n int) {
	d.t.Helper()
	acc, err := d.st.Accounts(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	names := []string{"Ana Lima", "", "山田太郎と長い名前の会社株式会社", "Ben \x1b[31mRed\x1b[0m\r", "\u202eevil", "مكتب الدعم"}
	var batch []store.Incoming
	for i := range n {
		at := clock().Add(-time.Duration(n-i) * time.Minute)
		in := store.Incoming{
			Remote: fmt.Sprintf("call:IV%d", i), Kind: store.Call, Direction: store.Inbound, Time: at, Subject: "Accepted", Outcome: store.CallAnswered,
			From: store.Party{Name: names[i%len(names)], Number: fmt.Sprintf("+1212555%04d", i%10000)}, To: []store.Party{{Name: "Support", Extension: "101"}},
			Duration: time.Duration(i%4000) * time.Second, Call: &store.CallDetail{Type: "Voice", Result: "Accepted", Detailed: true, Legs: []store.CallLeg{
				{Type: "PstnToSip", Master: true, Result: "Accepted", Start: at, From: store.Party{Number: "+12125550100"}}, {Type: "Hunting", Start: at.Add(9 * time.Second)},
			}},
		}
		switch i % 7 {
		case 0, 3:
			in.Outcome, in.Subject = store.CallMissed, "Missed"
		case 1:
			in.Direction, in.From, in.To = store.Outbound, store.Party{Name: "Support"}, []store.Party{in.From}
		case 2:
			in.Company, in.Owner = true, "Ben Ito"
		case 4:
			in.Attachments = []store.Attachment{{Remote: "r", Kind: store.AudioRecording, Size: -1}}
		case 5:
			in.From = store.Party{}
		case 6:
			in.Outcome, in.Subject = store.CallOther, "Teleported \x1b]0;x\x07"
		}
		if batch = append(batch, in); len(batch) == 1000 || i == n-1 {
			if _, err := d.st.Apply(d.t.Context(), acc[0].ID, batch); err != nil {
				d.t.Fatal(err)
			}
			batch = nil
		}
	}
}

func TestCallsAtEverySize(t *testing.T) {
	d := drive(t, 10, Options{})
	d.withCalls(100)
	for _, keys := range []string{"g l", "n", "Enter", "q j Enter", "q G C", "* j"} {
		d.press(keys)
		for _, s := range []tea.WindowSizeMsg{{Width: 1, Height: 1}, {Width: 20, Height: 5}, {Width: 60, Height: 15}, {Width: 61, Height: 16}, {Width: 100, Height: 20}, {Width: 200, Height: 60}, {Width: 80, Height: 24}} {
			d.send(s)
			lines := d.lines()
			if len(lines) != s.Height {
				t.Errorf("%dx%d: %d lines", s.Width, s.Height, len(lines))
			}
			for _, l := range lines {
				if n := kit.Width(l); n != s.Width {
					t.Errorf("%dx%d: a line of %d cells: %q", s.Width, s.Height, n, l)
				}
			}
		}
	}
	if s := d.screen(); strings.ContainsAny(s, "\x07\u202e\r") {
		t.Error("something hostile is on the screen")
	}
}

// Every action that has a key in the call log does something there, or says why not.
func TestEveryCallKeySpeaks(t *testing.T) {
	d := drive(t, 10, Options{})
	d.withCalls(60)
	d.unhurried()
	scopes := keymap.Stack(keymap.ViewCalls)
	still := []keymap.Action{
		keymap.Top, keymap.PageUp, keymap.Up, keymap.HalfPageUp, keymap.PreviousItem, keymap.Redraw, keymap.GoCalls,
	}
	n := 0
	for _, row := range keymap.Default().Palette(scopes) {
		keys := keymap.Default().KeysIn(scopes, row.Action)
		if len(keys) == 0 || slices.Contains([]keymap.Action{keymap.Suspend, keymap.Interrupt, keymap.Back}, row.Action) {
			continue
		}
		n++
		d.press("Esc Esc Esc Esc g i g l g g")
		if !strings.Contains(d.screen(), "Calls") {
			t.Fatalf("before %s:\n%s", row.Action, d.screen())
		}
		d.m.banner = nil
		before := d.screen()
		d.run(d.m.do(row.Action))
		d.m.clean = false
		d.settle()
		if strings.Contains(d.m.said, "not possible here") {
			t.Errorf("%s (%s): %s", row.Action, keys[0], d.m.said)
		}
		if d.screen() == before && d.m.said == "" && d.clip == "" && !slices.Contains(still, row.Action) {
			t.Errorf("%s (%s) shows nothing and says nothing", row.Action, keys[0])
		}
		d.clip = ""
	}
	if n < 70 {
		t.Errorf("only %d actions were tried", n)
	}
}

// The keys in the call log that mean something else than in the inbox.
func TestCallLogKeys(t *testing.T) {
	d := drive(t, 4, Options{})
	d.withCalls(30)
	d.press("g l")
	d.sees("newest first")
	d.press("g g n")
	r, _ := d.m.list.Current()
	if !r.Outcome.Missed() || r.State != store.StateOpen {
		t.Errorf("n goes to %+v", r)
	}
	first := r.ID
	d.press("n")
	if r, _ = d.m.list.Current(); !r.Outcome.Missed() || r.ID >= first {
		t.Errorf("n again goes to %s after %s", r.ID, first)
	}
	d.press("e N")
	if d.cursor() != first || d.item(r.ID).State != store.Done {
		t.Errorf("done, and back to %s, is %s", first, d.cursor())
	}
	d.press("u G n")
	d.sees("No missed call waits this way")
	d.press("d")
	d.sees("The service keeps its call log")
	d.press("%")
	d.sees("This call left no message")
	d.press("\\ i s : m i s s e d Enter g g Enter")
	d.sees("Missed call from")
	d.sees("2 legs")
	d.press("Space")
	d.sees("This call was not recorded")
	d.press("q Esc C")
	d.sees("Ben Ito: answered")
	if d.press("C"); strings.Contains(d.screen(), "Ben Ito:") {
		t.Error(d.screen())
	}
}

// BenchmarkOpenCalls opens the call log, at a thousand calls and at a hundred thousand,
// behind as many messages.
func BenchmarkOpenCalls(b *testing.B) {
	sizes := []int{1_000, 100_000}
	if testing.Short() { // it is only to be seen that it still runs
		sizes = sizes[:1]
	}
	for _, n := range sizes {
		d := drive(b, 1000, Options{})
		d.withCalls(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				d.m = newModel(b.Context(), d.m.opts) // nothing of it was seen before
				d.unhurried()
				d.send(tea.WindowSizeMsg{Width: 120, Height: 40})
				d.press("g l")
			}
		})
	}
}
