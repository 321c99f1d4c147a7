package groups

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"switchboard/store"
)

// role is what a piece of text is.
type role uint8

const (
	plain role = iota
	bold
	italic
	struck
	code
	link
	target // where a link leads
	person // a mention
	mine   // a mention of oneself
	quoted
	sign // bullets and the like
)

// span is a piece of text of one role, without line breaks.
type span struct {
	text string
	role role
}

// block is a paragraph, a line of a list, of a quotation or of code.
type block struct {
	first, rest string // what stands before its first line, and before the others
	spans       []span
	solid       bool // code: blanks stay as they are
}

// Bounds on what is understood of a text. What is beyond them is shown as it is.
const (
	maxDepth = 4    // marks within marks
	maxReach = 1200 // bytes from a mark to the one that ends it
	maxQuote = 3    // quotations within quotations
)

// parser turns a post into blocks.
type parser struct {
	mentions []store.Mention
	me       string // id of oneself
}

// blocks reads a text. Every character of it that is not a mark is in them.
func (p parser) blocks(text string) []block {
	var out []block
	fenced := false
	for line := range strings.SplitSeq(text, "\n") {
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "```") {
			fenced = !fenced
			if rest := strings.Trim(trimmed, "`"); rest != "" && strings.HasSuffix(trimmed, "```") && len(trimmed) > 6 {
				fenced = false
				out = append(out, block{first: "  ", rest: "  ", spans: []span{{rest, code}}, solid: true})
			}
			continue
		}
		if fenced {
			out = append(out, block{first: "  ", rest: "  ", spans: []span{{line, code}}, solid: true})
			continue
		}
		out = append(out, p.line(line))
	}
	return out
}

// line reads a line that is no code.
func (p parser) line(s string) block {
	depth := 0
	for depth < maxQuote {
		t := strings.TrimLeft(s, " ")
		if !strings.HasPrefix(t, ">") {
			break
		}
		s = strings.TrimPrefix(t[1:], " ")
		depth++
	}
	bar := strings.Repeat("▎ ", depth)
	b := block{first: bar, rest: bar}
	role := plain
	if depth > 0 {
		role = quoted
	}
	indent := len(s) - len(strings.TrimLeft(s, " "))
	t := s[indent:]
	pad := strings.Repeat(" ", min(indent, 8))
	switch {
	case heading(t) > 0:
		b.spans = p.inline(strings.TrimSpace(t[heading(t):]), bold, 0)
	case len(t) > 2 && strings.ContainsRune("*-+•", rune(t[0])) && t[1] == ' ', strings.HasPrefix(t, "• "):
		_, n := utf8.DecodeRuneInString(t)
		b.first, b.rest = bar+pad+"• ", bar+pad+"  "
		b.spans = p.inline(strings.TrimLeft(t[n:], " "), role, 0)
	case numbered(t) > 0:
		n := numbered(t)
		b.first, b.rest = bar+pad+t[:n]+" ", bar+pad+strings.Repeat(" ", n+1)
		b.spans = p.inline(strings.TrimLeft(t[n:], " "), role, 0)
	default:
		b.spans = p.inline(s, role, 0)
	}
	return b
}

// heading is how many signs begin a heading; 0: it is none.
func heading(s string) int {
	n := 0
	for n < len(s) && n < 6 && s[n] == '#' {
		n++
	}
	if n > 0 && n < len(s) && s[n] == ' ' {
		return n
	}
	return 0
}

// numbered is how long the number of a list's line is; 0: it is none.
func numbered(s string) int {
	n := 0
	for n < len(s) && n < 3 && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	if n > 0 && n+1 < len(s) && (s[n] == '.' || s[n] == ')') && s[n+1] == ' ' {
		return n + 1
	}
	return 0
}

// inline reads the marks within a line.
func (p parser) inline(s string, base role, depth int) []span {
	var out []span
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			out = append(out, span{text.String(), base})
			text.Reset()
		}
	}
	before := ' '
	for s != "" {
		if spans, rest, ok := p.mark(s, before, base, depth); ok {
			flush()
			out = append(out, spans...)
			s, before = rest, 'x'
			continue
		}
		if s[0] == '\\' && len(s) > 1 && strings.IndexByte("*_`[]()~>#\\!", s[1]) >= 0 {
			text.WriteByte(s[1])
			s, before = s[2:], rune(s[1])
			continue
		}
		r, n := utf8.DecodeRuneInString(s)
		text.WriteString(s[:n])
		s, before = s[n:], r
	}
	flush()
	return out
}

// mark reads what begins at the beginning of s, if that is a mark.
func (p parser) mark(s string, before rune, base role, depth int) (out []span, rest string, ok bool) {
	if !strings.ContainsRune("!`*_~[h", rune(s[0])) {
		return nil, "", false
	}
	if typ, id, rest, ok := store.CutMention(s); ok {
		role := person
		if typ == "Person" && id == p.me && p.me != "" || typ == "Team" {
			role = mine
		}
		return []span{{store.MentionText(typ, id, p.mentions), role}}, rest, true
	}
	if s[0] == '`' {
		if i := strings.IndexByte(reach(s[1:]), '`'); i > 0 {
			return []span{{s[1 : 1+i], code}}, s[i+2:], true
		}
		return nil, "", false
	}
	if s[0] == '[' || s[0] == 'h' {
		return p.link(s, before, base, depth)
	}
	if depth >= maxDepth || base == code {
		return nil, "", false
	}
	for _, m := range [...]struct {
		mark string
		role role
	}{{"**", bold}, {"__", bold}, {"~~", struck}, {"*", italic}, {"_", italic}} {
		if inner, rest, ok := between(s, m.mark, before); ok {
			return p.inline(inner, m.role, depth+1), rest, true
		}
	}
	return nil, "", false
}

func reach(s string) string { return s[:min(len(s), maxReach)] }

// between is what stands between a mark at the beginning of s and the next that ends it.
// Marks stand at the edges of words: 2*3*4 and file_name_x have none.
func between(s, mark string, before rune) (inner, rest string, ok bool) {
	t, found := strings.CutPrefix(s, mark)
	if !found || t == "" || wordly(before) || t[0] == ' ' || strings.HasPrefix(t, mark[:1]) {
		return "", "", false
	}
	near := reach(t)
	for i := 1; i < len(near); {
		j := strings.Index(near[i:], mark)
		if j < 0 {
			return "", "", false
		}
		i += j
		end := i + len(mark)
		r, _ := utf8.DecodeRuneInString(t[end:])
		if t[i-1] != ' ' && (end == len(t) || !wordly(r)) && (len(mark) > 1 || end == len(t) || t[end] != mark[0]) {
			return t[:i], t[end:], true
		}
		i = end
	}
	return "", "", false
}

func wordly(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// link reads [words](where) or an address that stands by itself.
func (p parser) link(s string, before rune, base role, depth int) (out []span, rest string, ok bool) {
	if s[0] == 'h' {
		if wordly(before) || !strings.HasPrefix(s, "http://") && !strings.HasPrefix(s, "https://") {
			return nil, "", false
		}
		n := address(s)
		return []span{{s[:n], link}}, s[n:], n > len("https://")
	}
	near := reach(s)
	i := strings.Index(near, "](")
	if i < 1 {
		return nil, "", false
	}
	j := strings.IndexByte(near[i:], ')')
	if j < 0 {
		return nil, "", false
	}
	words, where := s[1:i], s[i+2:i+j]
	if !leads(where) || strings.ContainsAny(where, " \"<>") {
		return nil, "", false
	}
	rest = s[i+j+1:]
	if strings.TrimSpace(words) == "" || words == where {
		return []span{{where, link}}, rest, true
	}
	return []span{{words, link}, {" ‹" + where + "›", target}}, rest, true
}

// leads reports whether an address is one of those a program may be handed.
func leads(where string) bool {
	for _, scheme := range []string{"https://", "http://", "mailto:", "tel:"} {
		if len(where) > len(scheme) && strings.EqualFold(where[:len(scheme)], scheme) {
			return true
		}
	}
	return false
}

// address is how long an address at the beginning of s is. Signs that end a sentence
// are not part of it, nor a bracket that was opened before it.
func address(s string) int {
	n := 0
	for n < len(s) && s[n] > ' ' && s[n] < utf8.RuneSelf && strings.IndexByte("<>\"'`|\\^{}", s[n]) < 0 {
		n++
	}
	for n > 0 && (strings.IndexByte(".,;:!?*_", s[n-1]) >= 0 || s[n-1] == ')' && strings.Count(s[:n], "(") < strings.Count(s[:n], ")")) {
		n--
	}
	return n
}
