package plain

import (
	"switchboard/ui/kit"
	"switchboard/ui/theme"
)

// tone is what a line is to the reader.
type tone uint8

const (
	body tone = iota
	dim
	strong
	warn
)

func (t tone) paint(s *theme.Styles) theme.Paint {
	return [...]theme.Paint{s.Text.Paint, s.Dim.Paint, s.Strong.Paint, s.Warn.Paint}[t]
}

// line is one line of a file, clean, and how it is broken where it is too long
// for the screen.
type line struct {
	label string // before the text, on its first row
	text  string
	pad   int // cells before both
	hang  int // cells before the rows after the first
	tone  tone
}

// sheet is what a file became. Its values are never changed once others may
// have them.
type sheet struct {
	what   string // "Text, UTF-8, 12 kB"
	remark string // what is not shown, or not as it should be
	lines  []line
	rest   *rest // reads on; nil: this is all

	wide  bool   // its lines are not broken; one pans instead
	width int    // cells of the longest of them
	head  string // stays on top

	cards []Card
	dump  []byte // the first bytes, laid out once the width is known
	about int    // lines before the dump
}

// row is a part of a line that fits the screen.
type row struct {
	pad         int
	label, text string
}

// height is how many rows line n takes in w cells.
func (s *sheet) height(n, w int) int {
	if s.wide || n >= len(s.lines) {
		return 1
	}
	l := &s.lines[n]
	if l.pad+len(l.label)+len(l.text) < w { // every cell has a byte at least
		return 1
	}
	return len(l.rows(w))
}

// narrow is the width below which there is room for the text alone.
const narrow = 12

// rows breaks a line for w cells, of which the first stays blank.
func (l *line) rows(w int) []row {
	w = max(w-1, 1)
	pad, label := min(l.pad, w/2), ""
	if w >= narrow {
		label = kit.Cut(l.label, w-pad-4)
	}
	first := max(w-pad-kit.Width(label), 1)
	if kit.Width(l.text) <= first {
		return []row{{pad + 1, label, l.text}}
	}
	hang := min(l.hang, w/2)
	head := kit.Wrap(l.text, first)
	out := []row{{pad + 1, label, head[0]}}
	rest := l.text[len(head[0]):]
	for len(rest) > 0 && rest[0] == ' ' {
		rest = rest[1:]
	}
	if rest == "" {
		return out
	}
	for _, t := range kit.Wrap(rest, max(w-hang, 1)) {
		out = append(out, row{hang + 1, "", t})
	}
	return out
}
