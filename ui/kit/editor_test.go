package kit

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestEditor(t *testing.T) {
	var e Editor
	e.Insert("one two three\nfour five")
	e.DeleteWord()
	e.Backspace()
	if e.String() != "one two three\nfour" {
		t.Fatalf("%q", e.String())
	}
	lines, line, cell := e.Lines(9)
	if len(lines) != 3 || line != 2 || cell != 4 {
		t.Fatalf("%v, %d, %d", lines, line, cell)
	}
	if !e.Vertical(-1, 9) || e.At != 12 || !e.Vertical(-1, 9) || e.At != 4 || e.Vertical(-1, 9) {
		t.Fatalf("at %d", e.At)
	}
	if known, changed := e.Stroke("ctrl+k", 9); !known || !changed || e.String() != "one \nfour" {
		t.Fatalf("%q", e.String())
	}
	e.Limit = len(e.Value) + 1
	if e.Insert("xyz"); e.String() != "one x\nfour" {
		t.Fatalf("%q", e.String())
	}
}

// The cursor is always in the text, and shown lines hold all of it.
func TestEditorAtRandom(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "word ", "\n", "漢", " ", "long-long-long-long "}
	var e Editor
	for range 20_000 {
		switch rng.IntN(8) {
		case 0, 1, 2:
			e.Insert(pieces[rng.IntN(len(pieces))])
		case 3:
			e.Move(rng.IntN(9) - 4)
		case 4:
			e.Vertical(rng.IntN(5)-2, 3+rng.IntN(30))
		case 5:
			e.Backspace()
		case 6:
			e.Delete()
		case 7:
			if rng.IntN(20) == 0 {
				e.DeleteWord()
			}
		}
		if len(e.Value) > 300 {
			e.Set("")
		}
		if e.At < 0 || e.At > len(e.Value) {
			t.Fatalf("at %d of %d", e.At, len(e.Value))
		}
		w := 3 + rng.IntN(30)
		lines, line, cell := e.Lines(w)
		if line >= len(lines) || cell > w {
			t.Fatalf("line %d of %d, cell %d of %d", line, len(lines), cell, w)
		}
		shown := 0
		for _, v := range lines {
			shown += v.To - v.From
			if Width(string(e.Value[v.From:v.To])) > w {
				t.Fatalf("a line is wider than %d: %q", w, string(e.Value[v.From:v.To]))
			}
		}
		if breaks := strings.Count(e.String(), "\n"); shown+breaks != len(e.Value) {
			t.Fatalf("%d of %d characters are shown", shown, len(e.Value)-breaks)
		}
	}
}
