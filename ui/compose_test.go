package ui

import (
	"context"
	"slices"
	"testing"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
)

// torn is a store with a message of which nobody can tell whether it was sent.
type torn struct {
	screen.Store
	op      store.Op
	settled []bool
}

func (s *torn) Unsure(context.Context) ([]store.Op, error) {
	if len(s.settled) > 0 {
		return nil, nil
	}
	return []store.Op{s.op}, nil
}

func (s *torn) Ops(context.Context, int) ([]store.Op, error) { return []store.Op{s.op}, nil }

func (s *torn) SettleUnsure(_ context.Context, op int64, was bool) error {
	if op == s.op.ID {
		s.settled = append(s.settled, was)
	}
	return nil
}

// What nobody can tell is asked, from the list of jobs and from the message itself.
func TestUnsureIsAsked(t *testing.T) {
	for key, want := range map[string]bool{"1": true, "2": false} {
		d := drive(t, 4, Options{})
		row, _ := d.m.list.Current()
		s := &torn{Store: d.m.env.Store, op: store.Op{ID: 77, Verb: store.VerbSend, State: store.OpUnknown, Unsure: true, Items: []store.ID{row.ID}, Words: "Text to Ana Lima"}}
		d.m.env.Store = s
		d.press("g j")
		d.sees("Text to Ana Lima")
		d.sees("nobody can tell whether it was sent")
		d.press("f")
		d.sees("Was it sent? Text to Ana Lima")
		d.press("Esc")
		if len(s.settled) != 0 {
			t.Fatal("settled without a word")
		}
		d.press("q")
		d.press("f") // the message itself
		d.sees("Was it sent? Text to Ana Lima")
		d.press("Enter") // no answer
		d.sees("1 if it was sent")
		d.press(key)
		if !slices.Equal(s.settled, []bool{want}) {
			t.Errorf("%s: %v", key, s.settled)
		}
	}
}

// The keys of the composer are shown for the field the cursor is in, and a paste goes
// into it.
func TestComposerTakesKeysAndPastes(t *testing.T) {
	d := drive(t, 4, Options{})
	d.press("c")
	d.sees("What is to be written?")
	d.press("f")
	d.sees("a name, or a fax number")
	d.send(tea.PasteMsg{Content: "+1 (415) 555-0142, 4155550143\n"})
	d.sees("(415) 555-0142, (415) 555-0143")
	d.sees("Fax to")
	if d.m.compose.Mark() == "" || !slices.Contains(d.m.compose.Hints(), keymap.SendLater) {
		t.Error("the footer does not know the composer")
	}
	d.press("Esc")
	if d.m.compose.Writing() || len(d.m.overlays) != 0 {
		t.Error("Esc does not leave")
	}
}
