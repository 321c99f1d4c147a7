package store

import (
	"context"
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// plan is a query as SQL: which index to walk, what to ask the full-text index, and
// what to look at on the way. Text people typed is in args only, never in SQL.
type plan struct {
	index  string   // of items; "": the primary key
	where  []string // of items i, joined by AND
	args   []any
	match  string // for the full-text index; "": not asked
	lo, hi ID     // [lo, hi)

	skim  []term // if not nil: the words of match, simple enough to look for by reading along
	word  int64  // of mail_words, to walk along those that have it; 0: not
	mark  int    // which of the marks is walked along; -1: none
	actor string
}

// plan works out how to answer q.
func (s *Store) plan(ctx context.Context, q Query) plan {
	p := plan{lo: math.MinInt64, hi: math.MaxInt64, mark: -1, actor: s.opts.Actor}
	alive := !q.wantsDeleted()
	if alive {
		p.and(`i.availability = 0`)
	}
	indexes := map[string]bool{}
	var pos, neg []string
	var marks []mark
	simple := true
	for _, t := range q.terms {
		if field := markField(t); field != "" {
			m := s.marked(ctx, field, t)
			if field == "box" && len(m.words) < len(t.vals) { // an account may be called so
				p.column(t, indexes)
				continue
			}
			if m.many {
				p.and(`i.kind = 8`)
				indexes["items_kind"] = true
			}
			marks = append(marks, m)
			continue
		}
		switch t.field {
		case "person":
			p.persons(ctx, s, t)
		case "", "number", "from", "to", "ext":
			m := s.named(ctx, t)
			if m == "" {
				continue // nothing but punctuation: nothing to look for
			}
			simple = simple && t.simple()
			if side := map[string]string{"from": "1", "to": "2"}[t.field]; side != "" && t.neg {
				p.and(`NOT (i.direction = `+side+` AND i.id IN (SELECT rowid FROM search WHERE search MATCH ?))`, m)
				continue
			} else if side != "" {
				p.and(`i.direction = ` + side)
			}
			if t.neg {
				neg = append(neg, m)
			} else {
				pos = append(pos, m)
			}
		case "before", "after", "on":
			p.when(t)
		default:
			p.column(t, indexes)
		}
	}
	p.words(pos, neg)
	if simple && p.match != "" && q.short() {
		p.skim = q.terms
	}
	switch {
	case p.skim != nil: // which goes on along the full-text index
		p.pick(indexes, alive, nil)
	case p.match == "":
		p.pick(indexes, alive, marks)
	}
	p.putMarks(marks)
	return p
}

func (p *plan) and(cond string, args ...any) {
	p.where = append(p.where, cond)
	p.args = append(p.args, args...)
}

// words puts the conditions on words together.
func (p *plan) words(pos, neg []string) {
	if len(pos) > 0 {
		p.match = strings.Join(pos, " AND ")
		for _, n := range neg {
			p.match = "(" + p.match + ") NOT " + n
		}
		return
	}
	for _, n := range neg {
		if strings.HasSuffix(n, "*)") {
			p.and(`i.id NOT IN (SELECT rowid FROM search WHERE search MATCH ?)`, n)
		} else {
			p.and(`NOT EXISTS (SELECT 1 FROM search WHERE search MATCH ? AND rowid = i.id)`, n)
		}
	}
}

// wantsDeleted reports whether the query itself says what to do about deleted items.
func (q Query) wantsDeleted() bool {
	for _, t := range q.terms {
		for _, v := range t.vals {
			switch t.field + ":" + v.text {
			case "in:trash", "in:all", "is:deleted", "is:pending":
				return true
			}
		}
		if t.field == "id" {
			return true
		}
	}
	return false
}

// short reports whether the last word is only begun, so that it fits very many.
func (q Query) short() bool {
	for _, t := range q.terms {
		if t.field == "" && !t.neg && t.prefix && utf8.RuneCountInString(t.words) <= 3 {
			return true
		}
	}
	return false
}

// simple reports whether the term can be looked for by reading along.
func (t term) simple() bool {
	return t.field == "" && !t.neg && !t.phrase && t.number == "" && tokens(t.words) == 1
}

// textColumns are where words are looked for; numbers have a column of their own.
const textColumns = `{who text files notes} : `

// match is the term in the language of the full-text index, in brackets.
func (t term) match() string {
	var alt []string
	switch t.field {
	case "":
		if tokens(t.words) > 0 {
			alt = append(alt, textColumns+quote(t.words, t.prefix || t.number != "" && !t.neg))
		}
		if t.number != "" {
			alt = append(alt, `number : `+quote(reversed(t.number), true))
		}
	case "number":
		for _, v := range t.vals {
			alt = append(alt, `number : `+quote(reversed(v.number), true))
		}
	case "ext":
		for _, v := range t.vals {
			alt = append(alt, `number : `+quote(reversed(v.number), false))
		}
	case "from", "to":
		for _, v := range t.vals {
			if tokens(v.text) > 0 {
				alt = append(alt, `who : `+quote(v.text, true))
			}
			if v.number != "" {
				alt = append(alt, `number : `+quote(reversed(v.number), true))
			}
		}
	}
	if len(alt) == 0 {
		return ""
	}
	return "(" + strings.Join(alt, " OR ") + ")"
}

// named is match, by which a name also finds the numbers of the contacts called so.
func (s *Store) named(ctx context.Context, t term) string {
	m := t.match()
	if t.field != "from" && t.field != "to" || m == "" {
		return m
	}
	var alt []string
	for _, v := range t.vals {
		if v.number == "" {
			alt = append(alt, s.numbersNamed(ctx, v.text)...)
		}
	}
	if len(alt) == 0 {
		return m
	}
	return "(" + m + " OR " + strings.Join(alt, " OR ") + ")"
}

// persons are the conditions of person:.
func (p *plan) persons(ctx context.Context, s *Store, t term) {
	var alt []string
	var args []any
	for _, v := range t.vals {
		c, as := s.person(ctx, v.min)
		alt, args = append(alt, c), append(args, as...)
	}
	p.and(not(t.neg)+`(`+strings.Join(alt, ` OR `)+`)`, args...)
}

// quote makes a string of the full-text language: inside it nothing is special.
func quote(s string, prefix bool) string {
	s = `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	if prefix {
		s += "*"
	}
	return s
}

// tokens counts the words the full-text index would make of s.
func tokens(s string) (n int) {
	in := false
	for _, r := range s {
		is := wordRune(r) || in && unicode.Is(unicode.Mn, r)
		if is && !in {
			n++
		}
		in = is
	}
	return n
}

func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Co, r)
}

// when narrows the range of ids; turned round, or with several values, it cannot.
func (p *plan) when(t term) {
	var alt []string
	var args []any
	for _, v := range t.vals {
		lo, hi := ID(math.MinInt64), ID(math.MaxInt64)
		switch t.field {
		case "before":
			hi = FirstID(v.lo)
		case "after":
			lo = FirstID(v.lo)
		default:
			lo, hi = FirstID(v.lo), FirstID(v.hi)
		}
		if !t.neg && len(t.vals) == 1 {
			p.lo, p.hi = max(p.lo, lo), min(p.hi, hi)
			return
		}
		alt = append(alt, `i.id >= ? AND i.id < ?`)
		args = append(args, int64(lo), int64(hi))
	}
	p.and(not(t.neg)+`(`+strings.Join(alt, ` OR `)+`)`, args...)
}

func not(neg bool) string {
	if neg {
		return "NOT "
	}
	return ""
}

// column adds a condition on columns, and notes which index it can walk.
func (p *plan) column(t term, indexes map[string]bool) {
	var alt []string
	var args []any
	for _, v := range t.vals {
		c, index, as := p.condition(t.field, v)
		alt, args = append(alt, c), append(args, as...)
		if index != "" && !t.neg && len(t.vals) == 1 {
			indexes[index] = true
		}
	}
	cond := alt[0]
	if len(alt) > 1 {
		cond = `(` + strings.Join(alt, ` OR `) + `)`
	}
	if t.neg {
		cond = `NOT (` + cond + `)`
	}
	p.and(cond, args...)
}

// condition is one value of a field as SQL.
func (p *plan) condition(field string, v value) (cond, index string, args []any) {
	switch field {
	case "in", "is":
		if c, ok := states[v.text]; ok {
			if v.text == "mine" {
				return c.cond, c.index, []any{p.actor}
			}
			return c.cond, c.index, nil
		}
		return `i.account IN (SELECT id FROM accounts WHERE service = ?)`, "", []any{v.text}
	case "has":
		return has(v.text)
	case "dur": // of what is heard: a text, which has none, is not shorter than three seconds
		return `(i.kind IN (1, 6) AND i.duration BETWEEN ? AND ?)`, "items_length", []any{v.min, v.max}
	case "pages":
		return `(i.kind = 2 AND i.pages BETWEEN ? AND ?)`, "items_kind", []any{v.min, v.max}
	case "label":
		return `(i.labels <> '' AND instr(' ' || i.labels || ' ', ' ' || ? || ' ') > 0)`, "", []any{v.text}
	case "mailbox":
		text := strings.ToLower(v.text)
		return `(i.account IN (SELECT a.id FROM accounts a WHERE a.key = ? OR a.number = ? OR substr(a.key, -length(?) - 1) = ':' || ?
			OR instr(lower(a.name), ?) > 0 OR instr(replace(lower(a.name), ' ', '-'), ?) > 0)
			OR (i.kind = 8 AND (instr(lower(i.mailbox), ?) > 0 OR instr(replace(lower(i.mailbox), ' ', '-'), ?) > 0
			OR i.id IN (SELECT k.item FROM mail_words w CROSS JOIN mail_marks k ON k.word = w.id WHERE w.field = 'box' AND w.text = ?))))`,
			"", []any{v.text, v.text, text, text, text, text, text, text, text}
	case "claim":
		return `(i.claim <> '' AND substr(lower(i.claim), 1, length(?)) = ?)`, "", []any{v.text, v.text}
	case "id":
		id, err := ParseID(v.text)
		if err != nil {
			id = 0
		}
		return `i.id IN (SELECT ? UNION ALL SELECT x.id FROM accounts a CROSS JOIN items x ON x.account = a.id AND x.remote = ?)`, "", []any{int64(id), v.text}
	}
	panic(fmt.Sprintf("store: no SQL for field %q", field)) // the parser lets no other through
}

// sql is the query over items in one direction from a key. columns are of items i.
func (p *plan) sql(columns string, from ID, inclusive, asc bool, limit int, skim bool) (string, []any) {
	lo, hi := p.lo, p.hi // [lo, hi)
	switch {
	case asc && inclusive:
		lo = max(lo, from)
	case asc:
		lo = max(lo, next(from))
	case inclusive:
		hi = min(hi, next(from))
	default:
		hi = min(hi, from)
	}
	dir := "DESC"
	if asc {
		dir = "ASC"
	}
	var b strings.Builder
	args := make([]any, 0, len(p.args)+4)
	key := "i.id"
	b.WriteString("SELECT " + columns)
	if p.word != 0 {
		key = "k.item"
		b.WriteString(" FROM mail_marks k CROSS JOIN items i ON i.id = k.item WHERE k.word = ? AND ")
		args = append(args, p.word)
	} else if p.match != "" && !skim {
		// The walk is along the full-text index: it gives rowids in order, and
		// ends as soon as there are enough.
		key = "search.rowid"
		b.WriteString(" FROM search CROSS JOIN items i ON i.id = search.rowid WHERE search MATCH ? AND ")
		args = append(args, p.match)
	} else {
		b.WriteString(" FROM items i")
		if p.index != "" {
			b.WriteString(" INDEXED BY " + p.index)
		} else {
			b.WriteString(" NOT INDEXED") // but by id, which is the order wanted
		}
		if skim {
			b.WriteString(" LEFT JOIN bodies b ON b.item = i.id")
		}
		b.WriteString(" WHERE ")
	}
	for _, w := range p.where {
		b.WriteString(w + " AND ")
	}
	args = append(args, p.args...)
	b.WriteString(key + " >= ? AND " + key + " < ? ORDER BY " + key + " " + dir + " LIMIT ?")
	return b.String(), append(args, int64(lo), int64(hi), limit)
}

func next(id ID) ID {
	if id == math.MaxInt64 {
		return id
	}
	return id + 1
}
