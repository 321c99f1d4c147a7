package symphony

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// style is how a piece of text is set.
type style uint8

const (
	bold style = 1 << iota
	italic
	struck
	mono
	asIs // marks already: a mention, a link
)

// run is a piece of a line of one style.
type run struct {
	text  string
	style style
}

// longestMark is how long a piece between two marks may be: whoever reads the marks looks
// no further for their end.
const longestMark = 1000

// lineOf writes the runs of a line with marks. Marks only count at the edges of words, so
// that a piece which is part of a word goes without.
func lineOf(runs []run) string {
	runs = joined(runs)
	var b strings.Builder
	for i, r := range runs {
		if r.style == asIs {
			b.WriteString(r.text)
			continue
		}
		mark := r.style.mark()
		inner := strings.TrimSpace(r.text)
		if mark == "" || inner == "" || len(inner) > longestMark || wordly(lastRune(b.String())) && !startsBlank(r.text) ||
			!endsBlank(r.text) && i+1 < len(runs) && wordly(firstRune(runs[i+1].text)) ||
			mark == "`" && strings.Contains(inner, "`") || mark != "`" && strings.Contains(inner, mark) {
			b.WriteString(escaped(r.text, lastRune(b.String())))
			continue
		}
		lead := r.text[:strings.Index(r.text, inner)]
		b.WriteString(lead + mark)
		if mark == "`" {
			b.WriteString(inner)
		} else {
			b.WriteString(escaped(inner, 'x'))
		}
		b.WriteString(mark + r.text[len(lead)+len(inner):])
	}
	return b.String()
}

// joined puts neighbours of one style together.
func joined(runs []run) []run {
	var out []run
	for i := 0; i < len(runs); {
		var text strings.Builder
		j := i
		for ; j < len(runs) && runs[j].style == runs[i].style && (j == i || runs[i].style != asIs); j++ {
			text.WriteString(runs[j].text)
		}
		if text.Len() > 0 {
			out = append(out, run{text.String(), runs[i].style})
		}
		i = j
	}
	return out
}

// mark is what stands on both sides of a piece. Of several styles the one that says most.
func (s style) mark() string {
	switch {
	case s&mono != 0:
		return "`"
	case s&bold != 0:
		return "**"
	case s&struck != 0:
		return "~~"
	case s&italic != 0:
		return "*"
	}
	return ""
}

// escaped writes text so that nothing in it is taken for a mark, and leaves alone what is
// none anyway: file_name, 2 * 3. before is what stands before it.
func escaped(s string, before rune) string {
	if !strings.ContainsAny(s, "*_`[~\\") {
		return s
	}
	var b strings.Builder
	for s != "" {
		r, n := utf8.DecodeRuneInString(s)
		rest := s[n:]
		next := firstRune(rest)
		switch r {
		case '`':
			b.WriteByte('\\')
		case '\\':
			if strings.ContainsRune("*_`[]()~>#\\!", next) && next != 0 {
				b.WriteByte('\\')
			}
		case '*', '_':
			if !wordly(before) && next != ' ' && next != 0 {
				b.WriteByte('\\')
			}
		case '~':
			if next == '~' && !wordly(before) {
				b.WriteByte('\\')
			}
		case '[':
			if before == '!' || strings.Contains(rest[:min(len(rest), 2*longestMark)], "](") {
				b.WriteByte('\\')
			}
		}
		b.WriteRune(r)
		s, before = rest, r
	}
	return b.String()
}

// lineStart keeps the beginning of a line from being taken for a heading, a quotation or
// the edge of a piece of code.
func lineStart(s string) string {
	t := strings.TrimLeft(s, " ")
	switch {
	case strings.HasPrefix(t, ">"):
		return s[:len(s)-len(t)] + `\` + t
	case strings.HasPrefix(t, "#"):
		if n := len(t) - len(strings.TrimLeft(t, "#")); n <= 6 && n < len(t) && t[n] == ' ' {
			return s[:len(s)-len(t)] + `\` + t
		}
	}
	return s
}

func wordly(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func firstRune(s string) rune {
	if s == "" {
		return 0
	}
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

func lastRune(s string) rune {
	if s == "" {
		return ' '
	}
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

func startsBlank(s string) bool { return s != "" && s[0] == ' ' }
func endsBlank(s string) bool   { return s != "" && s[len(s)-1] == ' ' }
