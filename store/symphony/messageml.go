package symphony

import (
	"strings"
	"unicode/utf8"

	sym "switchboard/api/symphony"
	"switchboard/store"
)

// messageML writes a post as the service takes it: mentions, addresses, and pieces between
// marks that are alike on both sides. All else is text. It is always well formed.
func messageML(text string) string {
	lines := strings.Split(text, "\n")
	var b strings.Builder
	for i := 0; i < len(lines); i++ {
		if fence(lines[i]) {
			j := i + 1
			for j < len(lines) && !fence(lines[j]) {
				j++
			}
			if j < len(lines) {
				b.WriteString("<pre>" + strings.ReplaceAll(sym.TextML(strings.Join(lines[i+1:j], "\n")), "<br/>", "\n") + "</pre>")
				i = j
				continue
			}
		}
		b.WriteString(inlineML(lines[i], 0))
		if i < len(lines)-1 {
			b.WriteString("<br/>")
		}
	}
	return b.String()
}

func fence(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "```") }

// inlineML writes a line.
func inlineML(s string, depth int) string {
	var b, plain strings.Builder
	flush := func() {
		b.WriteString(sym.TextML(plain.String()))
		plain.Reset()
	}
	before := ' '
	for s != "" {
		if ml, rest, ok := markML(s, before, depth); ok {
			flush()
			b.WriteString(ml)
			s, before = rest, 'x'
			continue
		}
		if s[0] == '\\' && len(s) > 1 && strings.IndexByte("*_`[]()~>#\\!", s[1]) >= 0 {
			s = s[1:]
		}
		r, n := utf8.DecodeRuneInString(s)
		plain.WriteString(s[:n])
		s, before = s[n:], r
	}
	flush()
	return b.String()
}

// markML reads a mark at the beginning of s.
func markML(s string, before rune, depth int) (ml, rest string, ok bool) {
	if typ, id, rest, ok := store.CutMention(s); ok {
		if typ == "Person" && strings.Trim(id, "0123456789") == "" {
			return `<mention uid="` + id + `"/>`, rest, true
		}
		return sym.TextML("@" + id), rest, true
	}
	if s[0] == '`' {
		if i := strings.IndexByte(s[1:], '`'); i > 0 {
			return "<code>" + sym.TextML(s[1:1+i]) + "</code>", s[i+2:], true
		}
		return "", "", false
	}
	if s[0] == '[' {
		return linkML(s)
	}
	if s[0] != '*' && s[0] != '_' || depth > 3 {
		return "", "", false
	}
	for _, m := range [...]struct{ mark, element string }{{"**", "b"}, {"__", "b"}, {"*", "i"}, {"_", "i"}} {
		t, found := strings.CutPrefix(s, m.mark)
		if !found || t == "" || wordly(before) || t[0] == ' ' || strings.HasPrefix(t, m.mark[:1]) {
			continue
		}
		i := strings.Index(t, m.mark)
		if i < 1 || t[i-1] == ' ' || wordly(firstRune(t[i+len(m.mark):])) {
			continue
		}
		return "<" + m.element + ">" + inlineML(t[:i], depth+1) + "</" + m.element + ">", t[i+len(m.mark):], true
	}
	return "", "", false
}

// linkML is [words](address).
func linkML(s string) (ml, rest string, ok bool) {
	i := strings.Index(s, "](")
	if i < 1 {
		return "", "", false
	}
	j := strings.IndexByte(s[i:], ')')
	if j < 0 {
		return "", "", false
	}
	where, safe := address(s[i+2 : i+j])
	if !safe || strings.ContainsAny(s[1:i], "[]") {
		return "", "", false
	}
	return `<a href="` + sym.TextML(where) + `">` + sym.TextML(s[1:i]) + `</a>`, s[i+j+1:], true
}
