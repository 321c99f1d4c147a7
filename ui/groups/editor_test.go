package groups

import (
	"strings"
	"testing"
)

func TestEditor(t *testing.T) {
	var e editor
	e.insert("one two three\nfour\x1b[31m five\u202e")
	if e.String() != "one two three\nfour five" {
		t.Fatalf("%q", e.String())
	}
	e.Set("hi @An")
	if p, from, ok := e.mention(); !ok || p != "An" || from != 3 {
		t.Fatal(p, from, ok)
	}
	e.Replace(3, "@Ana Lima ")
	if e.String() != "hi @Ana Lima " {
		t.Fatalf("%q", e.String())
	}
	e.Set("a@b")
	if _, _, ok := e.mention(); ok {
		t.Fatal("an address is no mention")
	}
	e.Set(strings.Repeat("é", mostTyped+5))
	e.insert("x")
	if strings.Contains(e.String(), "x") {
		t.Fatal("there is no bound")
	}
}
