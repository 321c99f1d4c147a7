package store

import (
	"strings"
	"unicode"
)

// CutMention reads a mention, ![:Person](id), from the beginning of a text. The
// service's own marks are letters, and ids letters and digits; anything else is text.
func CutMention(s string) (typ, id, rest string, ok bool) {
	const most = 64
	t, found := strings.CutPrefix(s, "![:")
	if !found {
		return "", "", s, false
	}
	i := strings.Index(t[:min(len(t), most)], "](")
	if i < 1 || !isWord(t[:i]) {
		return "", "", s, false
	}
	typ, t = t[:i], t[i+2:]
	j := strings.IndexByte(t[:min(len(t), most)], ')')
	if j < 1 || !isWord(t[:j]) {
		return "", "", s, false
	}
	return typ, t[:j], t[j+1:], true
}

func isWord(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' && c != '+' {
			return false
		}
	}
	return s != ""
}

// MentionText is what a mention reads as: @Ana Lima, or the name of a file.
func MentionText(typ, id string, mentions []Mention) string {
	name := ""
	for _, m := range mentions {
		if m.ID == id && m.Type == typ {
			name = m.Name
			break
		}
	}
	switch {
	case typ == "Person":
		return "@" + PersonName(name, id)
	case typ == "Team" && name == "":
		return "@team"
	case typ == "Team":
		return "@" + name
	case name == "":
		return strings.ToLower(typ)
	}
	return name
}

// PlainPost is the text of a post with its mentions as names.
func PlainPost(text string, mentions []Mention) string {
	if !strings.Contains(text, "![:") {
		return text
	}
	var b strings.Builder
	for text != "" {
		i := strings.Index(text, "![:")
		if i < 0 {
			break
		}
		b.WriteString(text[:i])
		text = text[i:]
		typ, id, rest, ok := CutMention(text)
		if !ok {
			b.WriteString("![:")
			text = text[3:]
			continue
		}
		b.WriteString(MentionText(typ, id, mentions))
		text = rest
	}
	b.WriteString(text)
	return b.String()
}

// Unmarked is a line of a post without its marks, for where there is room for a few words
// only: **a** [b](c) reads "a b".
func Unmarked(s string) string {
	if !strings.ContainsAny(s, "*_`[~\\") {
		return s
	}
	s = strings.NewReplacer("**", "", "__", "", "~~", "", "`", "", "\\", "").Replace(s)
	var b strings.Builder
	for s != "" {
		i := strings.IndexByte(s, '[')
		if i < 0 {
			break
		}
		j := strings.Index(s[i:], "](")
		k := -1
		if j > 0 && j < 300 {
			k = strings.IndexByte(s[i+j:min(len(s), i+j+1200)], ')')
		}
		if k < 0 {
			b.WriteString(s[:i+1])
			s = s[i+1:]
			continue
		}
		b.WriteString(s[:i] + s[i+1:i+j])
		s = s[i+j+k+1:]
	}
	return b.String() + s
}

// MarkMentions is the inverse of PlainPost for people that were picked while it was
// typed: each @Name that is a whole word becomes a mention. Longer names count first.
func MarkMentions(text string, picked []Mention) string {
	if len(picked) == 0 || !strings.Contains(text, "@") {
		return text
	}
	var b strings.Builder
	before := ' '
	for i := 0; i < len(text); {
		if text[i] == '@' && !unicode.IsLetter(before) && !unicode.IsDigit(before) {
			if m, ok := longest(text[i+1:], picked); ok {
				b.WriteString("![:" + m.Type + "](" + m.ID + ")")
				i += 1 + len(m.Name)
				before = 'x'
				continue
			}
		}
		for n, r := range text[i:] {
			if n > 0 {
				break
			}
			b.WriteRune(r)
			before = r
		}
		i += runeLen(text[i:])
	}
	return b.String()
}

func longest(s string, picked []Mention) (best Mention, ok bool) {
	for _, m := range picked {
		if m.Name == "" || !isWord(m.ID) || !strings.HasPrefix(s, m.Name) || len(m.Name) <= len(best.Name) {
			continue
		}
		if rest := s[len(m.Name):]; rest != "" {
			if r := firstRune(rest); unicode.IsLetter(r) || unicode.IsDigit(r) {
				continue
			}
		}
		best, ok = m, true
	}
	return best, ok
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}

func runeLen(s string) int {
	for i := range s {
		if i > 0 {
			return i
		}
	}
	return len(s)
}
