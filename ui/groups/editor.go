package groups

import (
	"strings"
	"unicode"

	"switchboard/store"
	"switchboard/ui/kit"
)

// mostTyped is how many characters are taken: more than can be posted, so that what is
// too long can be seen and cut.
const mostTyped = 4 * store.MaxPostText

// editor is several lines of text with a cursor. It gets text and moves, never keys.
type editor struct {
	text   []rune
	at     int
	column int // where up and down want to be; -1: where the cursor is
}

func (e *editor) set(s string) {
	e.text = []rune(s)
	e.at, e.column = len(e.text), -1
}

func (e *editor) String() string { return string(e.text) }

// insert puts text at the cursor. What is pasted is cleaned as all text from outside is.
func (e *editor) insert(s string) {
	add := []rune(store.Clean(s))
	add = add[:min(len(add), max(mostTyped-len(e.text), 0))]
	e.text = append(e.text[:e.at:e.at], append(add, e.text[e.at:]...)...)
	e.at += len(add)
	e.column = -1
}

func (e *editor) cut(from, to int) {
	e.text = append(e.text[:from:from], e.text[to:]...)
	e.at, e.column = from, -1
}

func (e *editor) backspace() {
	if e.at > 0 {
		e.cut(e.at-1, e.at)
	}
}

func (e *editor) del() {
	if e.at < len(e.text) {
		e.cut(e.at, e.at+1)
	}
}

// deleteWord takes away the word before the cursor.
func (e *editor) deleteWord() {
	i := e.at
	for i > 0 && unicode.IsSpace(e.text[i-1]) {
		i--
	}
	for i > 0 && !unicode.IsSpace(e.text[i-1]) {
		i--
	}
	e.cut(i, e.at)
}

// lineStart and lineEnd are the ends of the line the cursor is on.
func (e *editor) lineStart() int {
	i := e.at
	for i > 0 && e.text[i-1] != '\n' {
		i--
	}
	return i
}

func (e *editor) lineEnd() int {
	i := e.at
	for i < len(e.text) && e.text[i] != '\n' {
		i++
	}
	return i
}

func (e *editor) move(n int) { e.at, e.column = min(max(e.at+n, 0), len(e.text)), -1 }

// word is the beginning of a name behind an @ that the cursor is in, and where the @ is.
func (e *editor) mention() (prefix string, from int, ok bool) {
	const most = 40
	for i := e.at - 1; i >= 0 && e.at-i <= most; i-- {
		switch r := e.text[i]; {
		case r == '\n':
			return "", 0, false
		case r == '@':
			if i > 0 && (unicode.IsLetter(e.text[i-1]) || unicode.IsDigit(e.text[i-1])) {
				return "", 0, false
			}
			return string(e.text[i+1 : e.at]), i, true
		}
	}
	return "", 0, false
}

// replace puts s in the place of what is between from and the cursor.
func (e *editor) replace(from int, s string) {
	e.cut(from, e.at)
	e.insert(s)
}

// visual is a line as it is shown: text[from:to].
type visual struct{ from, to int }

// lines breaks the text for w cells, and says on which line and in which cell the
// cursor is. At the end of a line that is full it stands at the beginning of the next.
func (e *editor) lines(w int) (out []visual, line, cell int) {
	w = max(w, 2)
	from, used, blank := 0, 0, -1
	end := func(to, next int) {
		out = append(out, visual{from, to})
		from, used, blank = next, 0, -1
	}
	for i := 0; i < len(e.text); i++ {
		r := e.text[i]
		if r == '\n' {
			end(i, i+1)
			continue
		}
		cells := kit.Width(string(r))
		if used+cells > w-1 {
			if blank > from {
				end(blank+1, blank+1)
				used = kit.Width(string(e.text[from:i]))
			} else {
				end(i, i)
			}
		}
		if r == ' ' {
			blank = i
		}
		used += cells
	}
	out = append(out, visual{from, len(e.text)})
	for i, v := range out {
		if e.at >= v.from && (e.at <= v.to && (i+1 == len(out) || e.at < out[i+1].from)) {
			return out, i, kit.Width(string(e.text[v.from:e.at]))
		}
	}
	return out, len(out) - 1, 0
}

// vertical moves the cursor by n lines as they are shown in w cells. It reports whether
// there was a line to go to.
func (e *editor) vertical(n, w int) bool {
	lines, line, cell := e.lines(w)
	to := line + n
	if to < 0 || to >= len(lines) {
		return false
	}
	if e.column < 0 {
		e.column = cell
	}
	at, used := lines[to].from, 0
	for at < lines[to].to {
		cells := kit.Width(string(e.text[at]))
		if used+cells > e.column {
			break
		}
		used += cells
		at++
	}
	if at == lines[to].to && to+1 < len(lines) && lines[to+1].from == at && at > lines[to].from {
		at--
	}
	column := e.column
	e.at, e.column = at, column
	return true
}

func (e *editor) blank() bool { return strings.TrimSpace(string(e.text)) == "" }
