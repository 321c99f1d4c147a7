package groups

import (
	"math/rand/v2"
	"strings"
	"testing"

	"switchboard/ui/kit"
)

func TestEditor(t *testing.T) {
	var e editor
	e.insert("one two three\nfour\x1b[31m five\u202e")
	if e.String() != "one two three\nfour five" {
		t.Fatalf("%q", e.String())
	}
	e.deleteWord()
	e.backspace()
	if e.String() != "one two three\nfour" {
		t.Fatalf("%q", e.String())
	}
	lines, line, cell := e.lines(9)
	if len(lines) != 3 || line != 2 || cell != 4 {
		t.Fatalf("%v, %d, %d", lines, line, cell)
	}
	if !e.vertical(-1, 9) || e.at != 12 || !e.vertical(-1, 9) || e.at != 4 || e.vertical(-1, 9) {
		t.Fatalf("at %d", e.at)
	}
	e.set("hi @An")
	if p, from, ok := e.mention(); !ok || p != "An" || from != 3 {
		t.Fatal(p, from, ok)
	}
	e.replace(3, "@Ana Lima ")
	if e.String() != "hi @Ana Lima " {
		t.Fatalf("%q", e.String())
	}
	e.set("a@b")
	if _, _, ok := e.mention(); ok {
		t.Fatal("an address is no mention")
	}
	e.set(strings.Repeat("é", mostTyped+5))
	e.insert("x")
	if strings.Contains(e.String(), "x") {
		t.Fatal("there is no bound")
	}
}

// The cursor is always in the text, and shown lines hold all of it.
func TestEditorAtRandom(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "word ", "\n", "漢", " ", "long-long-long-long "}
	var e editor
	for range 20_000 {
		switch rng.IntN(8) {
		case 0, 1, 2:
			e.insert(pieces[rng.IntN(len(pieces))])
		case 3:
			e.move(rng.IntN(9) - 4)
		case 4:
			e.vertical(rng.IntN(5)-2, 3+rng.IntN(30))
		case 5:
			e.backspace()
		case 6:
			e.del()
		case 7:
			if rng.IntN(20) == 0 {
				e.deleteWord()
			}
		}
		if len(e.text) > 300 {
			e.set("")
		}
		if e.at < 0 || e.at > len(e.text) {
			t.Fatalf("at %d of %d", e.at, len(e.text))
		}
		w := 3 + rng.IntN(30)
		lines, line, cell := e.lines(w)
		if line >= len(lines) || cell > w {
			t.Fatalf("line %d of %d, cell %d of %d", line, len(lines), cell, w)
		}
		shown := 0
		for _, v := range lines {
			shown += v.to - v.from
			if kit.Width(string(e.text[v.from:v.to])) > w {
				t.Fatalf("a line is wider than %d: %q", w, string(e.text[v.from:v.to]))
			}
		}
		if breaks := strings.Count(e.String(), "\n"); shown+breaks != len(e.text) {
			t.Fatalf("%d of %d characters are shown", shown, len(e.text)-breaks)
		}
	}
}
