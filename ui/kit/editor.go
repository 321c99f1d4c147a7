package kit

import (
	"strings"
	"unicode"
)

// Editor is several lines of text with a cursor, without looks. It gets text and moves,
// never keys; what it is given must be clean already.
type Editor struct {
	Value  []rune
	At     int // the cursor, from 0 to the length of Value
	Limit  int // most runes; 0: no limit
	column int // where up and down want to be, plus one; 0: where the cursor is
}

// Set replaces the text and puts the cursor at its end.
func (e *Editor) Set(s string) {
	e.Value = []rune(s)
	e.At, e.column = len(e.Value), 0
}

// String is the text.
func (e *Editor) String() string { return string(e.Value) }

// Blank reports whether there is nothing but white space.
func (e *Editor) Blank() bool { return strings.TrimSpace(string(e.Value)) == "" }

// Insert puts text at the cursor, as much of it as there is room for.
func (e *Editor) Insert(s string) {
	add := []rune(s)
	if e.Limit > 0 {
		add = add[:min(len(add), max(e.Limit-len(e.Value), 0))]
	}
	e.Value = append(e.Value[:e.At:e.At], append(add, e.Value[e.At:]...)...)
	e.At += len(add)
	e.column = 0
}

// Cut takes away what is between two places and puts the cursor there.
func (e *Editor) Cut(from, to int) {
	e.Value = append(e.Value[:from:from], e.Value[to:]...)
	e.At, e.column = from, 0
}

// Backspace takes away the character before the cursor.
func (e *Editor) Backspace() {
	if e.At > 0 {
		e.Cut(e.At-1, e.At)
	}
}

// Delete takes away the character under the cursor.
func (e *Editor) Delete() {
	if e.At < len(e.Value) {
		e.Cut(e.At, e.At+1)
	}
}

// DeleteWord takes away the word before the cursor.
func (e *Editor) DeleteWord() {
	i := e.At
	for i > 0 && unicode.IsSpace(e.Value[i-1]) {
		i--
	}
	for i > 0 && !unicode.IsSpace(e.Value[i-1]) {
		i--
	}
	e.Cut(i, e.At)
}

// LineStart is where the line begins that the cursor is on.
func (e *Editor) LineStart() int {
	i := e.At
	for i > 0 && e.Value[i-1] != '\n' {
		i--
	}
	return i
}

// LineEnd is where that line ends.
func (e *Editor) LineEnd() int {
	i := e.At
	for i < len(e.Value) && e.Value[i] != '\n' {
		i++
	}
	return i
}

// Move moves the cursor by n characters.
func (e *Editor) Move(n int) { e.At, e.column = min(max(e.At+n, 0), len(e.Value)), 0 }

// Replace puts s in the place of what is between from and the cursor.
func (e *Editor) Replace(from int, s string) {
	e.Cut(from, e.At)
	e.Insert(s)
}

// Stroke does what a key does to the text: "left", "home", "ctrl+k" and the like; w is
// the width it is shown in. It reports whether it knows the key, and whether the text
// has become another.
func (e *Editor) Stroke(key string, w int) (known, changed bool) {
	switch key {
	case "left", "ctrl+b":
		e.Move(-1)
	case "right", "ctrl+f":
		e.Move(1)
	case "up":
		return e.Vertical(-1, w), false
	case "down":
		return e.Vertical(1, w), false
	case "home", "ctrl+a":
		e.Move(e.LineStart() - e.At)
	case "end", "ctrl+e":
		e.Move(e.LineEnd() - e.At)
	case "backspace", "ctrl+h":
		e.Backspace()
		return true, true
	case "delete", "ctrl+d":
		e.Delete()
		return true, true
	case "ctrl+k":
		e.Cut(e.At, e.LineEnd())
		return true, true
	default:
		return false, false
	}
	return true, false
}

// Line is a line as it is shown: the characters from From up to To.
type Line struct{ From, To int }

// Lines breaks the text for w cells, and says on which line and in which cell the
// cursor is. At the end of a line that is full it stands at the beginning of the next.
func (e *Editor) Lines(w int) (out []Line, line, cell int) {
	w = max(w, 2)
	from, used, blank := 0, 0, -1
	end := func(to, next int) {
		out = append(out, Line{from, to})
		from, used, blank = next, 0, -1
	}
	for i := 0; i < len(e.Value); i++ {
		r := e.Value[i]
		if r == '\n' {
			end(i, i+1)
			continue
		}
		cells := Width(string(r))
		if used+cells > w-1 {
			if blank > from {
				end(blank+1, blank+1)
				used = Width(string(e.Value[from:i]))
			} else {
				end(i, i)
			}
		}
		if r == ' ' {
			blank = i
		}
		used += cells
	}
	out = append(out, Line{from, len(e.Value)})
	for i, v := range out {
		if e.At >= v.From && (e.At <= v.To && (i+1 == len(out) || e.At < out[i+1].From)) {
			return out, i, Width(string(e.Value[v.From:e.At]))
		}
	}
	return out, len(out) - 1, 0
}

// Vertical moves the cursor by n lines as they are shown in w cells. It reports whether
// there was a line to go to.
func (e *Editor) Vertical(n, w int) bool {
	lines, line, cell := e.Lines(w)
	to := line + n
	if to < 0 || to >= len(lines) {
		return false
	}
	if e.column == 0 {
		e.column = cell + 1
	}
	at, used := lines[to].From, 0
	for at < lines[to].To {
		cells := Width(string(e.Value[at]))
		if used+cells > e.column-1 {
			break
		}
		used += cells
		at++
	}
	if at == lines[to].To && to+1 < len(lines) && lines[to+1].From == at && at > lines[to].From {
		at--
	}
	e.At = at
	return true
}
