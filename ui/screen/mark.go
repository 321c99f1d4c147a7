package screen

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"switchboard/ui/kit"
	"switchboard/ui/theme"
)

// Highlight paints the words in s where they begin a word, and the rest as
// base. The width of s does not change.
func Highlight(s string, words []string, base, match theme.Paint) string {
	if len(words) == 0 || s == "" {
		return base.S(s)
	}
	low := strings.ToLower(s)
	if len(low) != len(s) { // a character whose lower case has another length
		return base.S(s)
	}
	var b strings.Builder
	from := 0
	for i := 0; i < len(s); {
		if n := wordAt(low, i, words); n > 0 {
			b.WriteString(base.S(s[from:i]))
			b.WriteString(match.S(s[i : i+n]))
			i += n
			from = i
			continue
		}
		_, n := utf8.DecodeRuneInString(s[i:])
		i += n
	}
	b.WriteString(base.S(s[from:]))
	return b.String()
}

// Snippet is the part of s to show in w cells: its beginning, or where the first
// of the words would be cut off there, the part around that.
func Snippet(s string, words []string, w int) string {
	low := strings.ToLower(s)
	if len(words) == 0 || len(low) != len(s) || kit.Width(s) <= w {
		return s
	}
	for i := range s {
		n := wordAt(low, i, words)
		if n == 0 {
			continue
		}
		if kit.Width(s[:i+n]) < w {
			return s
		}
		from, room := i, w/4
		for from > 0 {
			p, size := utf8.DecodeLastRuneInString(s[:from])
			if room -= kit.Width(string(p)); room < 0 {
				break
			}
			from -= size
		}
		if blank := strings.IndexByte(s[from:i], ' '); blank >= 0 {
			from += blank + 1
		}
		return "… " + s[from:]
	}
	return s
}

func wordAt(low string, i int, words []string) int {
	if i > 0 {
		r, _ := utf8.DecodeLastRuneInString(low[:i])
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return 0
		}
	}
	best := 0
	for _, w := range words {
		if len(w) > best && strings.HasPrefix(low[i:], w) {
			best = len(w)
		}
	}
	return best
}

// SearchWords is the plain words of a query, lowered: what can be shown in a
// text. Fields (`from:`) and left-out words (`-word`) do not count.
func SearchWords(query string) []string {
	var out []string
	for i, part := range strings.Split(query, `"`) {
		if i%2 == 1 { // inside quotes
			if p := strings.TrimSpace(part); p != "" {
				out = append(out, strings.ToLower(p))
			}
			continue
		}
		for w := range strings.FieldsSeq(part) {
			if strings.HasPrefix(w, "-") || strings.ContainsAny(w, ":<>") {
				continue
			}
			out = append(out, strings.ToLower(w))
		}
	}
	return out
}

// Flat is s with a sign of one cell for every picture in it. The renderer cannot
// tell how wide a terminal draws one, and writes the whole line again with every
// frame: in a list, at every key. The reader shows them as they are.
func Flat(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0xe2 { // from U+2000 on
			return strings.Map(flat, s)
		}
	}
	return s
}

func flat(r rune) rune {
	if r >= 0x1f000 && r < 0x1fb00 || r >= 0x2300 && r < 0x2c00 && kit.Width(string(r)) > 1 {
		return '☺'
	}
	return r
}

// Lines fits n styled lines into exactly h: cut, or filled with blank ones.
func Lines(lines []string, h int, blank string) []string {
	for len(lines) < h {
		lines = append(lines, blank)
	}
	return lines[:max(h, 0)]
}
