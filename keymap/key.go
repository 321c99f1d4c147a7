package keymap

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxSequence is how many keys one binding may have.
const maxSequence = 4

// Key is one key press in the two spellings a terminal library gives it: the
// text it types ("G", "?", "" for none) and the stroke ("shift+g", "ctrl+d").
type Key struct{ Text, Stroke string }

// keyName turns every accepted spelling of a named key (lower case) into the
// one used inside.
func keyName(s string) (string, bool) {
	switch s {
	case "enter", "return", "cr":
		return "enter", true
	case "esc", "escape":
		return "esc", true
	case "pgup", "pageup":
		return "pgup", true
	case "pgdown", "pgdn", "pagedown":
		return "pgdown", true
	case "backspace", "bs":
		return "backspace", true
	case "delete", "del":
		return "delete", true
	case "insert", "ins":
		return "insert", true
	case "space", "spc":
		return "space", true
	case "tab", "up", "down", "left", "right", "home", "end":
		return s, true
	}
	if n, ok := strings.CutPrefix(s, "f"); ok && len(n) > 0 && len(n) <= 2 && n[0] != '0' {
		v := 0
		for _, c := range n {
			if c < '0' || c > '9' {
				return "", false
			}
			v = v*10 + int(c-'0')
		}
		return s, v <= 24
	}
	return "", false
}

// modifier takes one modifier off the front of s, in the short form of the
// tables or the long form of terminal libraries. bit is 0 if there is none.
func modifier(s string) (bit int, rest string) {
	for _, m := range [...]struct {
		bit    int
		prefix string
	}{{1, "C-"}, {1, "c-"}, {1, "ctrl+"}, {1, "ctrl-"}, {2, "M-"}, {2, "A-"}, {2, "alt+"}, {2, "alt-"}, {4, "S-"}, {4, "shift+"}, {4, "shift-"}} {
		if len(s) > len(m.prefix) && (s[:len(m.prefix)] == m.prefix || len(m.prefix) > 2 && strings.EqualFold(s[:len(m.prefix)], m.prefix)) {
			return m.bit, s[len(m.prefix):]
		}
	}
	return 0, s
}

// parseStroke reads one key in either spelling: "G" or "shift+g", "C-k" or
// "ctrl+k", "S-Tab", "Space", "F5".
func parseStroke(s string) (string, error) {
	if s == " " {
		return "space", nil
	}
	mods, rest := 0, s
	for {
		bit, r := modifier(rest)
		if bit == 0 {
			break
		}
		if mods&bit != 0 {
			return "", fmt.Errorf("%q names the same modifier twice", s)
		}
		mods |= bit
		rest = r
	}
	base, named := keyName(strings.ToLower(rest))
	if !named {
		r, size := utf8.DecodeRuneInString(rest)
		if rest == "" || size != len(rest) || r == utf8.RuneError || !unicode.IsGraphic(r) || unicode.IsSpace(r) {
			return "", fmt.Errorf("%q is not a key", s)
		}
		base, mods = foldLetter(r, mods)
	}
	if mods == 1 {
		switch base {
		case "i", "m", "[":
			same := map[string]string{"i": "Tab", "m": "Enter", "[": "Esc"}[base]
			return "", fmt.Errorf("%q is the same key as %s in most terminals", s, same)
		}
	}
	return prefix(mods) + base, nil
}

// foldLetter brings the spellings of a letter with Shift together: "shift+g"
// is "G"; with Ctrl the case of the letter means nothing ("C-G" is "C-g").
func foldLetter(r rune, mods int) (string, int) {
	switch {
	case mods&1 != 0:
		return string(unicode.ToLower(r)), mods
	case mods&4 != 0 && unicode.IsLetter(r) && unicode.ToUpper(r) != unicode.ToLower(r):
		return string(unicode.ToUpper(r)), mods &^ 4
	}
	return string(r), mods
}

func prefix(mods int) string {
	var b strings.Builder
	for i, w := range [...]string{"ctrl+", "alt+", "shift+"} {
		if mods&(1<<i) != 0 {
			b.WriteString(w)
		}
	}
	return b.String()
}

// parseKeys reads a key or a sequence of keys with spaces between ("g g").
func parseKeys(s string) ([]string, error) {
	if s == " " {
		return []string{"space"}, nil
	}
	fields := strings.Fields(s)
	switch {
	case len(fields) == 0:
		return nil, fmt.Errorf("the key is empty")
	case len(fields) > maxSequence:
		return nil, fmt.Errorf("%q has %d keys, at most %d are possible", s, len(fields), maxSequence)
	}
	keys := make([]string, len(fields))
	for i, f := range fields {
		k, err := parseStroke(f)
		if err != nil {
			return nil, err
		}
		keys[i] = k
	}
	return keys, nil
}

// show writes a key as help and README have it: "C-d", "S-Tab", "Space", "G".
func show(keys []string) string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = showStroke(k)
	}
	return strings.Join(out, " ")
}

func showStroke(k string) string {
	var b strings.Builder
	for _, m := range [...][2]string{{"ctrl+", "C-"}, {"alt+", "M-"}, {"shift+", "S-"}} {
		if r, ok := strings.CutPrefix(k, m[0]); ok && r != "" {
			b.WriteString(m[1])
			k = r
		}
	}
	switch k {
	case "pgup":
		k = "PgUp"
	case "pgdown":
		k = "PgDn"
	default:
		if _, named := keyName(k); named {
			k = strings.ToUpper(k[:1]) + k[1:]
		}
	}
	b.WriteString(k)
	return b.String()
}

// candidates are the inner spellings a key press can be bound as, the text it
// types first: "?" stays "?" on every keyboard layout.
func (k Key) candidates() [2]string {
	var out [2]string
	n := 0
	for i, s := range [...]string{k.Text, k.Stroke} {
		if s == "" || i == 0 && utf8.RuneCountInString(s) != 1 {
			continue // text of several characters was pasted or composed
		}
		c, err := parseStroke(s)
		if err != nil {
			// A key such as ctrl+i, which only some terminals tell apart, can
			// still be pressed; it just cannot be bound.
			continue
		}
		if n == 1 && out[0] == c {
			continue
		}
		out[n] = c
		n++
	}
	return out
}
