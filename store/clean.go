package store

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds on what one text may take, in bytes of UTF-8. The service's own are far
// below: an SMS has 1,000 characters, a transcript of ten minutes about 10,000.
const (
	maxText = 256 << 10
	maxLine = 1 << 10
	// A letter with more marks on it than this is not from any language.
	maxMarks = 4
	// An escape string without an end within this many bytes is no escape string.
	maxEscape = 4 << 10
)

// Clean makes text from outside safe to draw in a terminal, to search and to put
// in a file: no escape sequence, control, or direction override survives; lines
// end in \n alone; a tab is a space; joined emoji become the first of them, so that
// every character is as wide as wcwidth says. Clean(Clean(s)) == Clean(s).
func Clean(s string) string { return scrub(s, maxText, false) }

// CleanRaw is Clean that leaves emoji as they were sent, for copying and saving.
// It is as safe, but a terminal may not agree with us on its width.
func CleanRaw(s string) string { return scrub(s, maxText, true) }

// CleanLine is Clean for what goes on one line: names, subjects, file names. Any
// white space becomes one space, and the ends are trimmed.
func CleanLine(s string) string {
	if isPlainLine(s) {
		return s
	}
	s = scrub(s, 4*maxLine, false)
	s = strings.Join(strings.Fields(s), " ")
	// A mark whose space was trimmed away stands on nothing.
	s = strings.TrimLeftFunc(s, func(r rune) bool { return r == ' ' || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r) })
	return cut(s, maxLine)
}

// isPlainLine reports that CleanLine would change nothing, which is most often so.
func isPlainLine(s string) bool {
	if len(s) > maxLine {
		return false
	}
	space := true // as if one came before
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c > '~' || c == ' ' && space {
			return false
		}
		space = c == ' '
	}
	return !space || s == ""
}

// cut shortens s to at most n bytes at a character boundary, with a "…" at the end.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	n -= len("…")
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.TrimRightFunc(s[:n], unicode.IsSpace) + "…"
}

func scrub(s string, limit int, raw bool) string {
	plain := len(s) <= limit
	for i := 0; plain && i < len(s); i++ {
		c := s[i]
		plain = c >= ' ' && c <= '~' || c == '\n'
	}
	if plain {
		return s
	}
	w := scrubber{in: s, raw: raw}
	// Removing something may bring together what was apart (a joiner at the end
	// of a run of marks, say), so go over it until nothing changes. Once is the
	// rule, and each further turn only shortens.
	for range 4 {
		out := w.run()
		if out == w.in {
			break
		}
		w = scrubber{in: out, raw: raw}
	}
	return cut(w.in, limit)
}

// scrubber goes over one text.
type scrubber struct {
	in    string
	i     int // next byte of in
	raw   bool
	out   strings.Builder
	last  rune // last one written; 0: none on this line
	marks int  // combining marks since the last letter
}

func (w *scrubber) run() string {
	w.out.Grow(len(w.in))
	for w.i < len(w.in) {
		r, n := utf8.DecodeRuneInString(w.in[w.i:])
		w.i += n
		if r < utf8.RuneSelf && r >= ' ' && r != 0x7f {
			w.put(r)
			continue
		}
		w.rune(r)
	}
	return w.out.String()
}

func (w *scrubber) put(r rune) {
	w.out.WriteRune(r)
	w.last, w.marks = r, 0
}

func (w *scrubber) rune(r rune) {
	switch {
	case r == '\n' || r == '\v' || r == '\f' || r == 0x85 || r == 0x2028 || r == 0x2029:
		w.newline()
	case r == '\r':
		if !strings.HasPrefix(w.in[w.i:], "\n") {
			w.newline()
		}
	case r == '\t':
		w.put(' ')
	case r == 0x1b:
		w.escape()
	case r == 0x9b:
		w.csi()
	case r == 0x90 || r == 0x98 || r >= 0x9d && r <= 0x9f:
		w.str()
	case r < ' ' || r >= 0x7f && r < 0xa0:
		// Any other control goes.
	case r >= 0x1f1e6 && r <= 0x1f1ff && !w.raw:
		w.put('A' + r - 0x1f1e6) // half a flag: its letter
	case w.joined(r) || invisible(r):
	case blank(r):
		w.put(' ')
	case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r):
		w.mark(r)
	case unprintable(r):
		w.put(utf8.RuneError)
	default:
		w.put(r)
	}
}

func (w *scrubber) newline() {
	w.out.WriteByte('\n')
	w.last, w.marks = 0, 0
}

// joined handles what emoji are put together with, and reports whether r was that.
func (w *scrubber) joined(r rune) bool {
	switch {
	case r == 0x200d: // zero width joiner
		next, n := utf8.DecodeRuneInString(w.in[w.i:])
		if !emoji(w.last) && !(w.raw && joinable(w.last)) || !emoji(next) {
			return true // alone it is only invisible
		}
		if w.raw {
			w.put(r)
		} else {
			w.i += n // the partner goes with it
		}
		return true
	case r == 0xfe0f || r >= 0x1f3fb && r <= 0x1f3ff: // picture style, skin tone
		if w.raw && (emoji(w.last) || r == 0xfe0f && w.last >= '#' && w.last <= '9') {
			w.put(r)
		}
		return true
	case r >= 0x20dd && r <= 0x20e4: // enclosing: keycaps
		if w.raw && w.last != 0 {
			w.put(r)
		}
		return true
	}
	return false
}

func (w *scrubber) mark(r rune) {
	if w.last == 0 || w.marks >= maxMarks {
		return // on nothing, or a heap
	}
	w.out.WriteRune(r)
	w.marks++
}

// escape skips an escape sequence whose ESC was read.
func (w *scrubber) escape() {
	if w.i >= len(w.in) {
		return
	}
	switch c := w.in[w.i]; {
	case c == '[':
		w.i++
		w.csi()
	case c == ']' || c == 'P' || c == 'X' || c == '^' || c == '_':
		w.i++
		w.str()
	case c >= ' ' && c <= '/': // intermediates and one final
		for w.i < len(w.in) && w.in[w.i] >= ' ' && w.in[w.i] <= '/' {
			w.i++
		}
		if w.i < len(w.in) && w.in[w.i] >= '0' && w.in[w.i] <= '~' {
			w.i++
		}
	case c >= '0' && c <= '~':
		w.i++
	}
}

// csi skips the rest of a control sequence: parameters, intermediates, a final.
func (w *scrubber) csi() {
	i := w.i
	for i < len(w.in) && w.in[i] >= '0' && w.in[i] <= '?' {
		i++
	}
	for i < len(w.in) && w.in[i] >= ' ' && w.in[i] <= '/' {
		i++
	}
	if i < len(w.in) && w.in[i] >= '@' && w.in[i] <= '~' {
		i++
	}
	w.i = i
}

// str skips the rest of a control string up to BEL or ST. Where there is no end to
// it only its introducer goes, so that it cannot swallow the rest of a message.
func (w *scrubber) str() {
	rest := w.in[w.i:min(len(w.in), w.i+maxEscape)]
	for i := 0; i < len(rest); i++ {
		switch {
		case rest[i] == 0x07:
			w.i += i + 1
			return
		case rest[i] == 0x1b && i+1 < len(rest) && rest[i+1] == '\\',
			rest[i] == 0xc2 && i+1 < len(rest) && rest[i+1] == 0x9c:
			w.i += i + 2
			return
		case rest[i] == 0x1b:
			w.i += i // another sequence begins: this one was broken off
			return
		}
	}
}

// invisible are those without a width that people do not see: direction marks and
// overrides, zero-width spaces, selectors, tags, soft hyphens, annotation marks.
func invisible(r rune) bool {
	switch {
	case r < 0xad:
		return false
	case r == 0xad, r == 0x34f, r == 0x61c, r >= 0x17b4 && r <= 0x17b5, r >= 0x180b && r <= 0x180f,
		r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x206f,
		r >= 0xfe00 && r <= 0xfe0f, r == 0xfeff, r >= 0xfff0 && r <= 0xfffb,
		r >= 0x1bca0 && r <= 0x1bca3, r >= 0x1d173 && r <= 0x1d17a, r >= 0xe0000 && r <= 0xe0fff:
		return true
	}
	return unicode.Is(unicode.Cf, r)
}

// blank are those that look like a space but are none, or are one of another width.
func blank(r rune) bool {
	switch r {
	case 0x115f, 0x1160, 0x3164, 0xffa0, 0x2800: // fillers, the empty braille pattern
		return true
	}
	return unicode.Is(unicode.Zs, r)
}

// unprintable are code points without an agreed look or width.
func unprintable(r rune) bool {
	return unicode.Is(unicode.Co, r) || r&0xfffe == 0xfffe || r >= 0xfdd0 && r <= 0xfdef || !unicode.IsGraphic(r)
}

// emoji is a generous guess at what may be part of a joined picture.
func emoji(r rune) bool {
	return r >= 0x1f000 && r <= 0x1faff || r >= 0x2190 && r <= 0x2bff || r == 0x3030 || r == 0x303d || r == 0x3297 || r == 0x3299
}

// joinable are the modifiers that may stand between a picture and a joiner.
func joinable(r rune) bool { return r == 0xfe0f || r >= 0x1f3fb && r <= 0x1f3ff }
