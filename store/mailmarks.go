package store

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode"
)

// mark is a condition on what is kept of e-mails in mail_marks: it has one of the words.
type mark struct {
	field string
	words []int64
	list  string // the same as JSON
	many  bool   // more than fewMarks have one of them
	neg   bool
}

// fewMarks is how many e-mails are looked up one by one, if they have one of several words:
// more of them are met soon enough on the way along the list.
const fewMarks = 2000

// markField is the field in mail_marks that answers a term; "": none does.
func markField(t term) string {
	switch t.field {
	case "tag", "owner", "status":
		return t.field
	case "has":
		if len(t.vals) == 1 && (t.vals[0].text == "tag" || t.vals[0].text == "owner") {
			return t.vals[0].text
		}
	case "mailbox": // by its address; one that is not of e-mails has none
		if !slices.ContainsFunc(t.vals, func(v value) bool { return !strings.Contains(v.text, "@") }) {
			return "box"
		}
	}
	return ""
}

// marked is a term as a condition on mail_marks.
// Where the words cannot be read it is one that nothing fits: the list, which is read next,
// says why.
func (s *Store) marked(ctx context.Context, field string, t term) mark {
	m := mark{field: field, neg: t.neg}
	fits := make([]func(string) bool, 0, len(t.vals))
	for _, v := range t.vals {
		if t.field == "has" {
			fits = append(fits, func(string) bool { return true })
			continue
		}
		fits = append(fits, v.named(field))
		if field == "owner" && strings.Contains(v.text, "@") {
			for _, name := range s.usersAt(ctx, v.text) {
				fits = append(fits, value{text: name, phrase: true}.named(field))
			}
		}
	}
	m.words = s.mailWords(ctx, field, func(text string) bool {
		return slices.ContainsFunc(fits, func(fit func(string) bool) bool { return fit(text) })
	})
	if list, err := json.Marshal(m.words); err == nil {
		m.list = string(list)
	}
	if len(m.words) > 1 && !m.neg {
		var n int
		_ = s.r.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM mail_marks WHERE word IN (SELECT value FROM json_each(?)) LIMIT ?)`, m.list, fewMarks+1).Scan(&n)
		m.many = n > fewMarks
	}
	return m
}

// mailWords are the words of a field that fit.
func (s *Store) mailWords(ctx context.Context, field string, fits func(string) bool) (words []int64) {
	rows, err := s.r.QueryContext(ctx, `SELECT id, text FROM mail_words WHERE field = ?`, field)
	if err != nil {
		return nil
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var text string
		if rows.Scan(&id, &text) != nil {
			return nil
		}
		if fits(text) {
			words = append(words, id)
		}
	}
	if rows.Err() != nil {
		return nil
	}
	return words
}

// named is how a value is compared with the names a service gives: in quotes it is the
// whole name, else words of it in a row, the last of which may go on; and upper case
// and accents do not count. Of owners, who may be several, it is one of them.
func (v value) named(field string) func(string) bool {
	want := foldedName(v.text)
	switch {
	case field == "box", field == "status":
		return func(text string) bool { return strings.EqualFold(text, v.text) }
	case v.phrase && field == "owner":
		return func(text string) bool { return strings.Contains(", "+foldedName(text)+", ", ", "+want+", ") }
	case v.phrase:
		return func(text string) bool { return foldedName(text) == want }
	case tokens(want) == 0: // a name may have signs alone
		return func(text string) bool { return strings.Contains(text, v.text) }
	}
	want = " " + strings.Join(nameWords(want), " ")
	return func(text string) bool {
		return strings.Contains(" "+strings.Join(nameWords(foldedName(text)), " "), want)
	}
}

func nameWords(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !wordRune(r) })
}

// foldedName is a name without its case and its Latin accents.
func foldedName(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return fold(r)
	}, s)
}

// usersAt are the names of those who work in shared mailboxes under an address: owners are
// told by name.
func (s *Store) usersAt(ctx context.Context, address string) (names []string) {
	accounts, err := s.Accounts(ctx)
	if err != nil {
		return nil // it is only looked for as it is written
	}
	for _, a := range accounts {
		boxes, err := s.Boxes(ctx, a.ID)
		if err != nil {
			return names
		}
		for _, b := range boxes {
			for _, u := range b.Users {
				if strings.EqualFold(u.Email, address) && u.Name != "" && !slices.Contains(names, u.Name) {
					names = append(names, u.Name)
				}
			}
		}
	}
	return names
}

// putMarks adds the conditions on mail_marks. The e-mails that have one word are in their
// order there, so that a window of them is read as from an index.
func (p *plan) putMarks(marks []mark) {
	const words = `(SELECT value FROM json_each(?))`
	for i, m := range marks {
		switch {
		case len(m.words) == 0:
			p.and(not(m.neg) + `0`)
		case i == p.mark && len(m.words) == 1:
			p.word = m.words[0]
		case i == p.mark:
			p.and(`i.id IN (SELECT item FROM mail_marks WHERE word IN `+words+`)`, m.list)
		case len(m.words) == 1:
			p.and(not(m.neg)+`EXISTS (SELECT 1 FROM mail_marks k WHERE k.item = i.id AND k.word = ?)`, m.words[0])
		default: // with the plus the words of one e-mail are looked at, and not each of the list for it
			p.and(not(m.neg)+`EXISTS (SELECT 1 FROM mail_marks k WHERE k.item = i.id AND +k.word IN `+words+`)`, m.list)
		}
	}
}
