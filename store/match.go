package store

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// needle is a word to look for in text by the rules of the full-text index: letters
// and digits make words, upper case and Latin accents do not count.
type needle struct {
	word   string // folded
	prefix bool
}

func newNeedle(word string, prefix bool) needle {
	var b strings.Builder
	for _, r := range word {
		if wordRune(r) {
			b.WriteRune(fold(r))
		}
	}
	return needle{b.String(), prefix}
}

// in reports whether text has the word.
func (n needle) in(text string) bool { return n.index(text) >= 0 }

// index is where in text the word begins, -1 where it is not.
func (n needle) index(text string) int {
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf && !asciiWord(c) {
			i++
			continue
		}
		ok, size := n.at(text[i:])
		if ok {
			return i
		}
		i += size
	}
	return -1
}

func asciiWord(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
}

// at compares with what text begins with, and says how long that word is.
func (n needle) at(text string) (ok bool, size int) {
	want, matched := n.word, true
	for size < len(text) {
		r, w := rune(text[size]), 1
		if r >= utf8.RuneSelf {
			r, w = utf8.DecodeRuneInString(text[size:])
		}
		if !wordRune(r) {
			if size == 0 {
				return false, w
			}
			if !unicode.Is(unicode.Mn, r) {
				break
			}
			size += w // an accent on its own
			continue
		}
		size += w
		if !matched {
			continue
		}
		f := fold(r)
		if want == "" {
			if n.prefix {
				return true, size
			}
			matched = false
			continue
		}
		wr, ww := utf8.DecodeRuneInString(want)
		if wr != f {
			matched = false
			continue
		}
		want = want[ww:]
	}
	return matched && want == "", size
}

// fold is a letter without its case and its Latin accents.
func fold(r rune) rune {
	if r < utf8.RuneSelf {
		if r >= 'A' && r <= 'Z' {
			return r + 0x20
		}
		return r
	}
	r = unicode.ToLower(r)
	for _, f := range latin {
		if strings.ContainsRune(f.with, r) {
			return f.base
		}
	}
	return r
}
