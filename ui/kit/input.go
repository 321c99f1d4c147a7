package kit

import (
	"strings"
	"unicode"
)

// Input is a one-line editor without looks: what is typed, where the cursor
// is, and a history. It gets actions and text, never keys.
type Input struct {
	Value   []rune
	Cursor  int
	Limit   int // most runes; 0: 1000
	History []string
	back    int    // how far up the history; 0: what is being typed
	typed   string // kept while browsing the history
}

// Set replaces what is typed and puts the cursor at its end.
func (in *Input) Set(s string) {
	in.Value = []rune(s)
	in.Cursor, in.back = len(in.Value), 0
}

// String is what is typed.
func (in *Input) String() string { return string(in.Value) }

// Insert puts text at the cursor. Line breaks become blanks and control
// characters are dropped, so pasted text cannot do more than typed text.
func (in *Input) Insert(s string) {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, s)
	add := []rune(s)
	limit := in.Limit
	if limit == 0 {
		limit = 1000
	}
	add = add[:min(len(add), max(limit-len(in.Value), 0))]
	in.Value = append(in.Value[:in.Cursor:in.Cursor], append(add, in.Value[in.Cursor:]...)...)
	in.Cursor += len(add)
	in.back = 0
}

// Backspace takes away the character before the cursor, Delete the one under it.
func (in *Input) Backspace() {
	if in.Cursor > 0 {
		in.cut(in.Cursor-1, in.Cursor)
	}
}

// Delete takes away the character under the cursor.
func (in *Input) Delete() {
	if in.Cursor < len(in.Value) {
		in.cut(in.Cursor, in.Cursor+1)
	}
}

// DeleteWord takes away the word before the cursor.
func (in *Input) DeleteWord() {
	i := in.Cursor
	for i > 0 && in.Value[i-1] == ' ' {
		i--
	}
	for i > 0 && in.Value[i-1] != ' ' {
		i--
	}
	in.cut(i, in.Cursor)
}

// DeleteToStart and DeleteToEnd take away one side of the cursor.
func (in *Input) DeleteToStart() { in.cut(0, in.Cursor) }

// DeleteToEnd takes away what is after the cursor.
func (in *Input) DeleteToEnd() { in.cut(in.Cursor, len(in.Value)) }

func (in *Input) cut(from, to int) {
	in.Value = append(in.Value[:from:from], in.Value[to:]...)
	in.Cursor, in.back = from, 0
}

// Move moves the cursor by n characters.
func (in *Input) Move(n int) { in.Cursor = min(max(in.Cursor+n, 0), len(in.Value)) }

// Older and Newer walk the history; what was being typed comes back at its end.
func (in *Input) Older() {
	if in.back < len(in.History) {
		if in.back == 0 {
			in.typed = in.String()
		}
		in.show(in.back + 1)
	}
}

// Newer goes back down the history.
func (in *Input) Newer() {
	if in.back > 0 {
		in.show(in.back - 1)
	}
}

func (in *Input) show(back int) {
	s := in.typed
	if back > 0 {
		s = in.History[len(in.History)-back]
	}
	in.Set(s)
	in.back = back
}

// Remember appends what is typed to the history, at most a hundred lines and
// none twice in a row.
func (in *Input) Remember() {
	s := strings.TrimSpace(in.String())
	if s == "" || len(in.History) > 0 && in.History[len(in.History)-1] == s {
		return
	}
	in.History = append(in.History, s)
	if len(in.History) > 100 {
		in.History = in.History[len(in.History)-100:]
	}
}

// View is exactly w cells of the text around the cursor, and the cell the
// cursor is in. Dots stand where the beginning does not fit.
func (in *Input) View(w int) (text string, cursor int) {
	if w <= 0 {
		return "", 0
	}
	from, dots := 0, ""
	for from < in.Cursor && wide(string(in.Value[from:in.Cursor]))+Width(dots) >= w {
		if from++; w > 8 {
			dots = "…"
		}
	}
	used, to := Width(dots), from
	cursor = used + wide(string(in.Value[from:in.Cursor]))
	for to < len(in.Value) && used+measure(in.Value[to]) <= w {
		used += measure(in.Value[to])
		to++
	}
	return dots + string(in.Value[from:to]) + Space(w-used), cursor
}
