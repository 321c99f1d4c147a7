package store

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Query says which items to show. Its zero value is everything that is not deleted.
// Make one with [ParseQuery].
//
// The language: words that must all occur (the last one may be unfinished), "words
// in a row", begin* of a word, number-like words also as the end of a phone number,
// and the fields of [QueryFields]. A minus before any of them turns it round. Several
// values of one field may be given with commas and mean any of them.
type Query struct {
	terms []term
}

// term is one condition.
type term struct {
	neg   bool
	field string // "" for words
	vals  []value

	words  string // text of a word or phrase
	phrase bool   // in quotes: these words in this order
	prefix bool   // the word may go on
	number string // digits, if it reads as a number

	open bool // the last word, still being typed: prefix without a star
}

// value is one value of a field, as given and as understood.
type value struct {
	text   string
	phrase bool      // needs quotes
	lo, hi time.Time // a day or a moment: [lo, hi)
	min    int64     // of dur and pages, inclusive
	max    int64
	number string // digits
}

// QueryError says what in a query cannot be understood.
type QueryError struct {
	Text string // the whole query
	Pos  int    // byte in Text at which Word begins
	Word string // what is wrong
	Msg  string // why
	Try  string // what may have been meant, or ""
}

func (e *QueryError) Error() string {
	msg := fmt.Sprintf("%s: %s", e.Word, e.Msg)
	if e.Word == "" {
		msg = e.Msg
	}
	if e.Try != "" {
		msg += " (try " + e.Try + ")"
	}
	return msg
}

// maxQuery bounds what is typed, in bytes and in terms.
const (
	maxQuery = 2000
	maxTerms = 64
)

// ParseQuery reads a query as people type it. Days and times of day are meant in loc,
// relative to now. The error is a *[QueryError].
func ParseQuery(text string, now time.Time, loc *time.Location) (Query, error) {
	if loc == nil {
		loc = time.Local
	}
	if len(text) > maxQuery {
		return Query{}, &QueryError{Text: text, Pos: maxQuery, Msg: fmt.Sprintf("the query is longer than %d bytes", maxQuery)}
	}
	p := parser{text: text, now: now.In(loc)}
	var q Query
	for {
		t, ok, err := p.next()
		if err != nil {
			return Query{}, err
		}
		if !ok {
			break
		}
		q.terms = append(q.terms, t)
		if len(q.terms) > maxTerms {
			return Query{}, &QueryError{Text: text, Pos: p.start, Word: text[p.start:p.pos], Msg: fmt.Sprintf("more than %d conditions", maxTerms)}
		}
	}
	q.join()
	return q, nil
}

// parser goes over one query.
type parser struct {
	text       string
	now        time.Time
	start, pos int // of the term at hand; where to go on
}

// next reads a term; ok is false at the end.
func (p *parser) next() (t term, ok bool, err error) {
	for p.pos < len(p.text) {
		r, n := utf8.DecodeRuneInString(p.text[p.pos:])
		if !unicode.IsSpace(r) {
			break
		}
		p.pos += n
	}
	if p.pos == len(p.text) {
		return t, false, nil
	}
	p.start = p.pos
	if rest := p.text[p.pos:]; rest[0] == '-' && len(rest) > 1 && rest[1] != '-' && !startsWithSpace(rest[1:]) {
		t.neg = true
		p.pos++
	}
	if name, rest, found := cutField(p.text[p.pos:]); found {
		p.pos = len(p.text) - len(rest)
		t.field = name
		err = p.field(&t)
		return t, true, err
	}
	err = p.word(&t)
	return t, true, err
}

func startsWithSpace(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsSpace(r)
}

// cutField finds "name:" at the beginning of s. What only looks like it (12:30,
// http://...) is a word.
//
// A comparison may stand without the colon: dur<3 is dur:<3.
func cutField(s string) (name, rest string, ok bool) {
	if i := strings.IndexAny(s, "<>="); i > 0 && slices.Contains([]string{"dur", "pages"}, strings.ToLower(s[:i])) {
		return strings.ToLower(s[:i]), s[i:], true
	}
	i := strings.IndexByte(s, ':')
	if i <= 0 || strings.HasPrefix(s[i+1:], "//") {
		return "", s, false
	}
	for j := range i {
		if c := s[j] | 0x20; c < 'a' || c > 'z' {
			return "", s, false
		}
	}
	return strings.ToLower(s[:i]), s[i+1:], true
}

// word reads a word or a quoted phrase.
func (p *parser) word(t *term) error {
	text, quoted, closed := p.bite(false)
	if quoted && !closed {
		// Somebody is still typing it.
		t.open = true
	}
	t.phrase = quoted
	t.words = CleanLine(text)
	if quoted {
		return nil
	}
	if w, star := strings.CutSuffix(t.words, "*"); star {
		t.words, t.prefix = strings.TrimRight(w, "*"), true
	} else if p.pos == len(p.text) {
		t.open, t.prefix = true, true
	}
	if phoneLike(t.words, 4) {
		t.number = lastDigits(t.words)
	}
	return nil
}

// bite takes the next word off the text, or the next value of a list, or what is
// in quotes.
func (p *parser) bite(list bool) (text string, quoted, closed bool) {
	rest := p.text[p.pos:]
	if strings.HasPrefix(rest, `"`) {
		body, _, ok := strings.Cut(rest[1:], `"`)
		p.pos += 1 + len(body)
		if ok {
			p.pos++
		}
		return body, true, ok
	}
	end := strings.IndexFunc(rest, func(r rune) bool { return unicode.IsSpace(r) || list && r == ',' || r == '"' })
	if end < 0 {
		end = len(rest)
	}
	p.pos += end
	return rest[:end], false, true
}

// lastDigits are the digits that count when numbers are compared: the last ten,
// which leaves out a country code that one of them may lack.
func lastDigits(s string) string {
	d := Digits(s)
	return d[max(0, len(d)-10):]
}

// join makes one number of digits typed with spaces between: (555) 123 4567.
func (q *Query) join() {
	var out []term
	for i := 0; i < len(q.terms); {
		j, digits := i, ""
		for j < len(q.terms) && q.terms[j].field == "" && !q.terms[j].neg && !q.terms[j].phrase && phoneLike(q.terms[j].words, 1) {
			digits += Digits(q.terms[j].words)
			j++
		}
		if j-i < 2 || len(digits) < 7 || len(digits) > 15 {
			out = append(out, q.terms[i:max(j, i+1)]...)
			i = max(j, i+1)
			continue
		}
		var parts []string
		for _, t := range q.terms[i:j] {
			parts = append(parts, t.words)
		}
		out = append(out, term{words: strings.Join(parts, " "), number: lastDigits(digits), phrase: true})
		i = j
	}
	q.terms = out
}

// IsZero reports whether the query is the empty one.
func (q Query) IsZero() bool { return len(q.terms) == 0 }

// HasText reports whether the query looks for words or numbers, so that it is
// answered by the full-text index.
func (q Query) HasText() bool {
	return slices.ContainsFunc(q.terms, func(t term) bool { return t.field == "" || t.field == "number" || t.field == "from" || t.field == "to" })
}

// String is the query in its canonical form; parsing it gives the same query.
func (q Query) String() string {
	var parts []string
	for i, t := range q.terms {
		parts = append(parts, t.string(i == len(q.terms)-1))
	}
	return strings.Join(parts, " ")
}

func (t term) string(last bool) string {
	var b strings.Builder
	if t.neg {
		b.WriteByte('-')
	}
	if t.field != "" {
		b.WriteString(t.field + ":")
		for i, v := range t.vals {
			if i > 0 {
				b.WriteByte(',')
			}
			if v.phrase || strings.ContainsFunc(v.text, func(r rune) bool { return unicode.IsSpace(r) || r == ',' }) {
				b.WriteString(`"` + v.text + `"`)
			} else {
				b.WriteString(v.text)
			}
		}
		return b.String()
	}
	switch {
	case t.phrase, last && !t.prefix, !t.prefix && strings.HasSuffix(t.words, "*"), t.words == "":
		b.WriteString(`"` + t.words + `"`)
	case t.prefix && !last:
		b.WriteString(t.words + "*")
	default:
		b.WriteString(t.words)
	}
	return b.String()
}

// QueryName is a name as the value of a field: in quotes, by which the whole name is meant.
// One with quotes in it, which the language has no place for, is its words; ok is false
// where it has none.
func QueryName(name string) (value string, ok bool) {
	name = CleanLine(name)
	if !strings.Contains(name, `"`) {
		return `"` + name + `"`, name != ""
	}
	value = strings.Join(nameWords(name), "-")
	return value, value != ""
}

// And is the query with another one's conditions added, as a filter typed over a
// list narrows what the list shows.
func (q Query) And(other Query) Query {
	return Query{terms: append(slices.Clone(q.terms), other.terms...)}
}
