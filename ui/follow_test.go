package ui

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
)

// The panes beside the list stand still while the cursor moves, and catch up when it
// rests or when a key does something else.
func TestPanesFollowWhenTheCursorRests(t *testing.T) {
	d := drive(t, 24, Options{})
	d.send(tea.WindowSizeMsg{Width: 120, Height: 40})
	var waiting []tea.Msg
	d.m.later = func(_ time.Duration, msg tea.Msg) tea.Cmd {
		if p, ok := msg.(paused); ok {
			waiting = append(waiting, p)
		}
		return nil
	}
	on := func() store.ID {
		r, _ := d.m.list.Current()
		return r.ID
	}
	first := d.m.shown.row.ID
	d.press("j j")
	if d.m.shown.row.ID != first || on() == first {
		t.Fatal("the panes follow every key")
	}
	if len(waiting) != 1 {
		t.Fatalf("%d timers for one pause", len(waiting))
	}
	d.press("j")
	d.send(waiting[0]) // of the first j: the cursor has gone on since
	if d.m.shown.row.ID != first || len(waiting) != 2 {
		t.Fatal("the panes follow before the cursor rests")
	}
	d.send(waiting[1])
	if d.m.shown.row.ID != on() {
		t.Fatal("the panes do not follow when the cursor rests")
	}
	d.press("j l") // to the pane on the right
	if d.m.shown.row.ID != on() {
		t.Fatal("a key for the pane finds another message in it")
	}
}
