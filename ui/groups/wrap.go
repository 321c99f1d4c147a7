package groups

import (
	"strings"

	"switchboard/ui/kit"
	"switchboard/ui/theme"
)

// paintOf is how a role looks.
func paintOf(s *theme.Styles, r role) theme.Paint {
	switch r {
	case bold:
		return s.Strong.Paint
	case italic:
		return s.Note.Paint
	case code:
		return s.Good.Paint
	case link, person:
		return s.Accent.Paint
	case mine:
		return s.Match.Paint
	case struck, target, quoted, sign:
		return s.Dim.Paint
	}
	return s.Text.Paint
}

// row is one line of pieces.
type row struct {
	spans []span
	width int
}

func (r *row) put(text string, as role) {
	if text == "" {
		return
	}
	r.width += kit.Width(text)
	if n := len(r.spans); n > 0 && r.spans[n-1].role == as {
		r.spans[n-1].text += text
		return
	}
	r.spans = append(r.spans, span{text, as})
}

// draw is the row in exactly w cells.
func (r *row) draw(s *theme.Styles, w int) string {
	var b strings.Builder
	left := w
	for _, p := range r.spans {
		text := p.text
		if kit.Width(text) > left {
			text = kit.Cut(text, left)
		}
		left -= kit.Width(text)
		b.WriteString(paintOf(s, p.role).S(text))
	}
	return b.String() + kit.Space(left)
}

// wrap breaks blocks into rows of at most w cells.
func wrap(blocks []block, w int) []row {
	var out []row
	for _, b := range blocks {
		out = b.wrap(out, max(w, 1))
	}
	return out
}

// wrapper fills rows.
type wrapper struct {
	out  []row
	now  row
	b    block
	w    int
	bare int // width of what stands before the text
}

func (b block) wrap(out []row, w int) []row {
	f := wrapper{out: out, b: b, w: w}
	f.begin(b.first)
	for _, s := range b.spans {
		if b.solid {
			f.solid(s)
			continue
		}
		for word := range words(s.text) {
			f.word(word, s.role)
		}
	}
	return append(f.out, f.now)
}

// begin starts a row. What stands before the text gives way where there is no room.
func (f *wrapper) begin(first string) {
	f.now = row{}
	if kit.Width(first)+8 <= f.w {
		f.now.put(first, sign)
	}
	f.bare = f.now.width
}

func (f *wrapper) next() {
	f.out = append(f.out, f.now)
	f.begin(f.b.rest)
}

// word puts a word, with the blanks before it.
func (f *wrapper) word(word string, as role) {
	bare := strings.TrimLeft(word, " ")
	if f.now.width+kit.Width(word) <= f.w {
		f.now.put(word, as)
		return
	}
	if f.now.width > f.bare {
		f.next()
	}
	f.pieces(bare, as)
}

// pieces puts what may be longer than a row.
func (f *wrapper) pieces(text string, as role) {
	for kit.Width(text) > f.w-f.now.width {
		n, used := 0, 0
		for i, r := range text {
			cells := kit.Width(string(r))
			if used+cells > f.w-f.now.width && i > 0 || used+cells > f.w-f.now.width && f.now.width > f.bare {
				break
			}
			used += cells
			n = i + len(string(r))
			if used >= f.w-f.now.width {
				break
			}
		}
		f.now.put(text[:n], as)
		text = text[n:]
		f.next()
	}
	f.now.put(text, as)
}

func (f *wrapper) solid(s span) { f.pieces(s.text, s.role) }

// words gives a text in pieces that may be broken between: each is blanks, if there are
// any, and what follows up to the next blank.
func words(s string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for s != "" {
			i := 0
			for i < len(s) && s[i] == ' ' {
				i++
			}
			j := strings.IndexByte(s[i:], ' ')
			if j < 0 {
				yield(s)
				return
			}
			if !yield(s[:i+j]) {
				return
			}
			s = s[i+j:]
		}
	}
}
