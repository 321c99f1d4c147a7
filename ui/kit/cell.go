package kit

import (
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// measure counts ambiguous East Asian characters as one cell whatever the
// locale, as the renderer does.
func measure(r rune) int {
	if r >= ' ' && r < 0x7f {
		return 1
	}
	c := runewidth.Condition{EastAsianWidth: false, StrictEmojiNeutral: true}
	return c.RuneWidth(r)
}

// Width is how many cells s takes. s has no escape sequences and no line
// breaks.
func Width(s string) int {
	w := 0
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return w + wide(s[i:])
		}
		if s[i] >= ' ' && s[i] < 0x7f {
			w++
		}
	}
	return w
}

func wide(s string) int {
	w := 0
	for _, r := range s {
		w += measure(r)
	}
	return w
}

// Cut shortens s to at most w cells and marks the cut with an ellipsis.
func Cut(s string, w int) string {
	if w <= 0 {
		return ""
	}
	if len(s) <= w || Width(s) <= w {
		return s
	}
	return s[:take(s, w-1)] + "…"
}

// CutMiddle shortens s to at most w cells by leaving out its middle, as suits a
// path: what it is and where it is both stay.
func CutMiddle(s string, w int) string {
	if w < 8 || Width(s) <= w {
		return Cut(s, w)
	}
	tail, room := len(s), (w-1)*2/3
	for tail > 0 {
		r, n := utf8.DecodeLastRuneInString(s[:tail])
		if room -= measure(r); room < 0 {
			break
		}
		tail -= n
	}
	return s[:take(s, w-1-Width(s[tail:]))] + "…" + s[tail:]
}

// take is how many bytes of s fit into w cells.
func take(s string, w int) int {
	used := 0
	for i, r := range s {
		if used += measure(r); used > w {
			return i
		}
	}
	return len(s)
}

const blanks = "                                                                                                                                "

// Space is n blanks.
func Space(n int) string {
	if n <= 0 {
		return ""
	}
	if n <= len(blanks) {
		return blanks[:n]
	}
	return strings.Repeat(" ", n)
}

// Fit makes s exactly w cells wide: cut, or padded on the right.
func Fit(s string, w int) string {
	s = Cut(s, w)
	return s + Space(w-Width(s))
}

// FitRight is Fit, padded on the left.
func FitRight(s string, w int) string {
	s = Cut(s, w)
	return Space(w-Width(s)) + s
}

// Between puts left and right at the two ends of w cells; left is cut first.
func Between(left, right string, w int) string {
	rw := Width(right)
	if rw >= w {
		return Fit(right, w)
	}
	lw := w - rw - 1
	return Fit(left, lw) + " " + right
}

// Wrap breaks s into lines of at most w cells, at blanks where it can. Line
// breaks in s are kept; a word longer than a line is cut into pieces.
func Wrap(s string, w int) []string {
	if w <= 0 {
		return nil
	}
	var out []string
	for para := range strings.SplitSeq(s, "\n") {
		out = wrapLine(out, strings.TrimRight(para, " "), w)
	}
	return out
}

func wrapLine(out []string, s string, w int) []string {
	for Width(s) > w {
		cut := take(s, w)
		if cut == 0 { // one character wider than the line
			_, cut = utf8.DecodeRuneInString(s)
		} else if blank := strings.LastIndexByte(s[:min(cut+1, len(s))], ' '); blank > 0 {
			cut = blank
		}
		out = append(out, s[:cut])
		s = strings.TrimLeft(s[cut:], " ")
	}
	return append(out, s)
}
