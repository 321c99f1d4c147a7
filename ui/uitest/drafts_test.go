package uitest

import (
	"testing"

	"switchboard/store"
)

// Whom something is to go to is kept like a text: it was typed, and Esc destroys none of
// it.
func TestDraftOfRecipientsAlone(t *testing.T) {
	for _, tc := range []struct {
		name, keys, typed, words string
		number, extension        string
	}{
		{"text", "c t", "6505550142,", "Text to (650) 555-0142", "+16505550142", ""},
		{"fax", "c f", "6505550143,", "Fax to (650) 555-0143", "+16505550143", ""},
		{"page", "c p", "201,", "Page to", "", "201"},
		{"left amid a number", "c t", "6505550144", "Text to (650) 555-0144", "+16505550144", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := writing(t, Config{Width: 80, Height: 24, Messages: 30})
			d.Press(tc.keys)
			d.See("a name, or a")
			d.Free(tc.typed)
			d.Press("Esc")
			d.See("The draft is kept; g o lists the drafts")
			n := d.draftsKept(1)[0].Message
			if len(n.To) != 1 || n.To[0].Number != tc.number || n.To[0].Extension != tc.extension || n.Text != "" {
				t.Fatalf("%+v", n)
			}
			d.Press("g o")
			d.See("1 draft", tc.words, "no text yet")
			// Dropped, and brought back whole.
			d.Press("d")
			d.See("Dropped the draft", "There is no draft")
			d.Press("u")
			d.See("The draft is back", "1 draft", tc.words)
			d.Press("Enter")
			d.See(tc.words, "This draft is of")
			d.Press("Tab Tab Esc")
			again := d.draftsKept(1)[0].Message
			if len(again.To) != 1 || again.To[0] != n.To[0] {
				t.Errorf("%+v", again)
			}
		})
	}
}

// The beginning of a name that was typed is there again, and so is who it stood behind.
func TestDraftOfNameBegun(t *testing.T) {
	d := writing(t, Config{Width: 80, Height: 24, Messages: 30})
	d.Press("c t")
	d.See("a name, or a number") // Esc gives up what is still waited for
	d.Free("6505550142,")
	d.Free("lim")
	d.See(", lim")
	d.Press("Esc")
	d.See("The draft is kept")
	if n := d.draftsKept(1)[0].Message; n.Typed != "lim" || len(n.To) != 1 {
		t.Fatalf("%+v", n)
	}
	d.Press("g o Enter")
	d.See("Text to (650) 555-0142", ", lim")
	d.Press("C-u C-u")
	d.Gone(", lim")
	d.Press("Esc")
	d.See("The draft was empty: it is dropped", "There is no draft")
	d.draftsKept(0)
}

// Whom a row gave is nothing anybody typed: an answer left untouched is no draft, nor is
// one whose words were taken off again. Somebody who was added to them is one.
func TestAnswerUntouchedIsNoDraft(t *testing.T) {
	d := writing(t, Config{Messages: 30})
	d.Press("g s n r")
	d.See("Text to ", "answers the ")
	d.Press("Esc")
	d.Gone("answers the ")
	d.Press("r")
	d.See("answers the ")
	d.Free("no")
	d.draftsKept(1)
	d.Press("C-w Esc")
	d.See("The draft was empty: it is dropped")
	d.draftsKept(0)
	d.Press("r")
	d.See("answers the ")
	d.Press("S-Tab S-Tab")
	d.Free("6505550142,")
	d.Press("Esc")
	d.See("The draft is kept")
	list := d.draftsKept(1)
	if n := list[0].Message; len(n.To) != 2 || n.Kind != store.SendText {
		t.Fatalf("%+v", n)
	}
	// Gone on with from the list, it is still known whom the row gave.
	d.Press("g o Enter")
	d.See("This draft is of")
	d.Press("S-Tab S-Tab")
	d.Press("Backspace")
	d.Press("Esc")
	d.draftsKept(0)
}
