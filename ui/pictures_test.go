package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"switchboard/keymap"
	"switchboard/ui/preview/graphics"
)

// TestTerminalAnswers: a better way to draw is taken when the terminal tells of
// it, its answers are nobody's keys, and the key for it goes on from there.
func TestTerminalAnswers(t *testing.T) {
	d := drive(t, 10, Options{})
	if got := d.m.env.Term; got != d.m.layer.Terminal() || got.Mode != graphics.Quadrants {
		t.Fatalf("at first %+v", got)
	}
	d.m.clean = true
	d.send(tea.TerminalVersionMsg{Name: "XTerm(379)"})
	if !d.m.clean {
		t.Error("a name alone made the screen be drawn again")
	}
	d.send(uv.CellSizeEvent{Width: 9, Height: 18})
	d.send(uv.PrimaryDeviceAttributesEvent{63, 1, 4})
	if got := d.m.env.Term; got.Mode != graphics.Sixel || got.CellW != 9 {
		t.Errorf("then %+v", got)
	}
	d.m.do(keymap.Graphics)
	if got := d.m.env.Term; got.Mode != graphics.Quadrants || !strings.Contains(d.m.said, "quadrants") {
		t.Errorf("the key: %+v, said %q", got, d.m.said)
	}
}

func TestGraphicsChosen(t *testing.T) {
	d := drive(t, 1, Options{Graphics: "off"})
	d.send(uv.PrimaryDeviceAttributesEvent{63, 1, 4})
	if got := d.m.env.Term.Mode; got != graphics.Off {
		t.Error(got)
	}
	if err := Run(t.Context(), Options{Graphics: "crayon"}); err == nil || !strings.Contains(err.Error(), "crayon") {
		t.Error(err)
	}
}

// TestNoMarkInTitle: nothing marks the window title unless the program writes
// through the layer, which takes the marks out.
func TestNoMarkInTitle(t *testing.T) {
	d := drive(t, 1, Options{})
	if got := d.m.View().WindowTitle; got != "switchboard" {
		t.Errorf("%q", got)
	}
}
