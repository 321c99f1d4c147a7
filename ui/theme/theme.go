// Package theme is the looks: some twenty roles, each a colour and a weight,
// in a dark, a light and a plain set. Screens name a role, never a colour.
//
// A role is kept as the two escape sequences that turn it on and off, so that
// painting a row is joining three strings.
package theme

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
)

// Paint is one role ready for use.
type Paint struct{ on, off string }

// S paints s, which must not hold line breaks.
func (p Paint) S(s string) string {
	if s == "" || p.on == "" {
		return s
	}
	return p.on + s + p.off
}

// Set is a role's looks in the places it can stand.
type Set struct {
	Paint        // on the plain background
	Cursor Paint // on the row under the cursor
	Faint  Paint // on the cursor row of a pane without the focus
}

// On is the role on a row: focused cursor row, unfocused one, or any other.
func (s Set) On(cursor, focused bool) Paint {
	switch {
	case cursor && focused:
		return s.Cursor
	case cursor:
		return s.Faint
	}
	return s.Paint
}

// Styles is all roles.
type Styles struct {
	Dark, Plain bool

	Text    Set   // what is read
	Dim     Set   // what helps reading it
	Strong  Set   // names, unread
	Accent  Set   // kinds, links, what can be acted on
	Good    Set   // done, kept, delivered
	Warn    Set   // waiting, old, partial
	Bad     Set   // failed, deleted
	Note    Set   // notes and labels
	Mark    Set   // a marked row's sign
	Match   Set   // a search word in a text
	Age     Set   // the age column
	Title   Paint // names of panes
	Border  Paint
	Focus   Paint // border and title of the pane with the focus
	Key     Paint // a key in a hint
	Hint    Paint // the words beside it
	Banner  Paint
	Fault   Paint // a banner that needs attention
	Status  Paint // the line at the bottom
	Prompt  Paint
	Overlay Paint
	Button  Paint
}

// look is a foreground and a weight.
type look struct {
	fg              color.Color
	bold, faint, ul bool
}

type colours struct {
	text, dim, strong, accent, good, warn, bad, note, match, border, focus color.Color
	cursor, faint, banner, fault, bar                                      color.Color
}

// palette is a set of indexed colours: their escape sequences are half as long
// as those of full colours, and a row has several. Text has the terminal's own
// colour, which needs none.
func palette(dark bool) colours {
	c := lipgloss.Color
	if dark {
		return colours{
			dim: c("245"), strong: c("231"), accent: c("75"), good: c("114"), warn: c("179"), bad: c("210"), note: c("183"), match: c("221"),
			border: c("238"), focus: c("75"), cursor: c("24"), faint: c("237"), banner: c("24"), fault: c("88"), bar: c("235"),
		}
	}
	return colours{
		dim: c("242"), strong: c("16"), accent: c("25"), good: c("28"), warn: c("94"), bad: c("124"), note: c("91"), match: c("130"),
		border: c("250"), focus: c("25"), cursor: c("153"), faint: c("254"), banner: c("153"), fault: c("217"), bar: c("255"),
	}
}

// New makes the styles. Plain has no colours at all: weight, underline and
// reverse carry the meaning, for NO_COLOR and for dumb terminals.
func New(dark, plain bool) *Styles {
	p := palette(dark)
	s := &Styles{Dark: dark, Plain: plain}
	set := func(l look) Set { return rowSet(l, p, plain) }
	s.Text = set(look{fg: p.text})
	s.Dim = set(look{fg: p.dim, faint: plain})
	s.Strong = set(look{bold: true})
	s.Accent = set(look{fg: p.accent})
	s.Good = set(look{fg: p.good})
	s.Warn = set(look{fg: p.warn})
	s.Bad = set(look{fg: p.bad, bold: plain})
	s.Note = set(look{fg: p.note})
	s.Mark = set(look{fg: p.match, bold: true})
	s.Match = set(look{fg: p.match, bold: true, ul: true})
	s.Age = set(look{fg: p.dim, faint: plain})
	one := func(l look, bg color.Color, reverse bool) Paint { return paint(l, bg, plain, reverse) }
	s.Title = one(look{fg: p.dim, bold: plain}, nil, false)
	s.Border = one(look{fg: p.border}, nil, false)
	s.Focus = one(look{fg: p.focus, bold: true}, nil, false)
	s.Key = one(look{fg: p.accent, bold: true}, p.bar, false)
	s.Hint = one(look{fg: p.dim}, p.bar, false)
	s.Status = one(look{fg: p.strong}, p.bar, false)
	s.Banner = one(look{fg: p.strong}, p.banner, true)
	s.Fault = one(look{fg: p.strong, bold: true}, p.fault, true)
	s.Prompt = one(look{fg: p.accent, bold: true}, p.bar, false)
	s.Overlay = one(look{fg: p.text}, nil, false)
	s.Button = one(look{fg: p.strong, bold: true}, p.cursor, true)
	return s
}

func rowSet(l look, p colours, plain bool) Set {
	if l.fg == nil {
		// On a colour of ours the terminal's own may not be readable: a person can
		// force the light set on a dark terminal.
		on := l
		on.fg = p.strong
		return Set{
			Paint:  paint(l, nil, plain, false),
			Cursor: paint(on, p.cursor, plain, true),
			Faint:  paint(look{fg: on.fg, bold: l.bold, ul: l.ul || plain}, p.faint, plain, false),
		}
	}
	return Set{
		Paint:  paint(l, nil, plain, false),
		Cursor: paint(l, p.cursor, plain, true),
		Faint:  paint(look{fg: l.fg, bold: l.bold, ul: l.ul || plain}, p.faint, plain, false),
	}
}

func paint(l look, bg color.Color, plain, reverse bool) Paint {
	st := lipgloss.NewStyle().Bold(l.bold).Faint(l.faint && plain).Underline(l.ul)
	if plain {
		st = st.Reverse(reverse)
	} else {
		if l.fg != nil {
			st = st.Foreground(l.fg)
		}
		if bg != nil {
			st = st.Background(bg)
		}
	}
	on, off, _ := strings.Cut(st.Render("x"), "x")
	return Paint{on, off}
}
