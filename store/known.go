package store

import (
	"context"
	"strings"
)

// Words is whom a number belongs to in a few words: a name, or how many contacts it
// may be and which; "" when none.
func (m Match) Words() string {
	switch {
	case m.Name != "" || m.Count == 0:
		return m.Name
	case m.Count == 1:
		return strings.Join(m.Names, "")
	}
	text := count(int64(m.Count)) + " contacts: " + strings.Join(m.Names, ", ")
	if m.Count > len(m.Names) {
		text += ", ..."
	}
	return text
}

// know tells of rows whom the numbers belong to by the contacts, with one look for all
// of an account. Rows are worth showing without that, so a failure is only logged.
func (s *Store) know(ctx context.Context, rows []Row) {
	s.knowEach(ctx, len(rows), func(i int) *Row { return &rows[i] })
}

// knowEach is know for n rows that stand in something else.
func (s *Store) knowEach(ctx context.Context, n int, row func(i int) *Row) {
	who, accounts := make([]*Party, n), make([]int64, n)
	for i := range n {
		r := row(i)
		who[i], accounts[i] = &r.Who, r.Account
	}
	s.knowParties(ctx, accounts, who)
}

// knowItem is know for everybody in an item.
func (s *Store) knowItem(ctx context.Context, it *Item) {
	who := []*Party{&it.Who, &it.From}
	for i := range it.To {
		who = append(who, &it.To[i])
	}
	accounts := make([]int64, len(who))
	for i := range accounts {
		accounts[i] = it.Account
	}
	s.knowParties(ctx, accounts, who)
}

func (s *Store) knowParties(ctx context.Context, accounts []int64, who []*Party) {
	of := map[int64][]*Party{}
	for i, p := range who {
		if p.Number != "" || p.Extension != "" || p.Email != "" {
			of[accounts[i]] = append(of[accounts[i]], p)
		}
	}
	for account, list := range of {
		ask := make([]Party, len(list))
		for i, p := range list {
			ask[i] = Party{Number: p.Number, Extension: p.Extension, Email: p.Email}
		}
		found, err := s.match(ctx, account, ask)
		if err != nil {
			if ctx.Err() == nil {
				s.log.Warn("names beside numbers are left out", "err", err)
			}
			return
		}
		for i, m := range found {
			list[i].Contact, list[i].Known = m.Contact, m.Words()
		}
	}
}

// mostNamed bounds how many contacts a name in a query may fit to be looked for by
// their numbers too: of so many nobody means all.
const mostNamed = 60

// numbersNamed are the numbers and extensions of the contacts who are called so, in the
// language of the full-text index. What cannot be looked up is left out: the names the
// service gave are found anyway.
func (s *Store) numbersNamed(ctx context.Context, text string) []string {
	words := foldWords(text)
	if len(words) == 0 {
		return nil
	}
	digits := make([]bool, len(words))
	rows, err := s.r.QueryContext(ctx, `SELECT c.id, c.name || ' ' || c.nick || ' ' || c.company FROM contact_search s JOIN contacts c ON c.id = s.rowid
		WHERE contact_search MATCH ? AND c.hidden = 0 LIMIT ?`, matchTerms(words, digits), mostNamed+1)
	if err != nil {
		return nil
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		var name string
		if rows.Scan(&id, &name) != nil {
			return nil
		}
		fits := true
		for _, w := range words {
			fits = fits && newNeedle(w, true).in(name)
		}
		if fits {
			ids = append(ids, id)
		}
	}
	if rows.Err() != nil || len(ids) > mostNamed {
		return nil
	}
	rows.Close()
	var out []string
	for _, id := range ids {
		keys, err := s.keysOf(ctx, id, false)
		if err != nil {
			return nil
		}
		out = append(out, keys.match()...)
	}
	return out
}

// personKeys are what somebody is found by.
type personKeys struct {
	numbers    []string // backwards, at most the last ten digits
	extensions []string
	emails     []string
}

// match is the numbers, extensions and addresses in the language of the full-text index. An
// extension is the whole of a number there, a number the end of one.
func (k personKeys) match() (alt []string) {
	for _, n := range k.numbers {
		alt = append(alt, `number : `+quote(n, true))
	}
	for _, x := range k.extensions {
		alt = append(alt, `number : `+quote(reversed(x), false))
	}
	for _, e := range k.emails {
		if tokens(e) > 1 {
			alt = append(alt, `who : `+quote(e, false))
		}
	}
	return alt
}

// keysOf are what a contact is found by. With twins, also what contacts of the same name
// are found by that have a number or an e-mail address in common with it: they are the
// same person in another list.
func (s *Store) keysOf(ctx context.Context, contact int64, twins bool) (k personKeys, err error) {
	query := `SELECT key FROM contact_keys WHERE contact = ?1`
	if twins {
		query += ` UNION SELECT t.key FROM contacts c JOIN contacts d ON d.sort = c.sort AND d.hidden = 0 AND d.id <> c.id JOIN contact_keys t ON t.contact = d.id
			WHERE c.id = ?1 AND EXISTS (SELECT 1 FROM contact_keys a JOIN contact_keys b ON b.key = a.key WHERE a.contact = c.id AND b.contact = d.id)`
	}
	rows, err := s.r.QueryContext(ctx, query, contact)
	if err != nil {
		return k, err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return k, err
		}
		switch {
		case key[0] == '@':
			k.emails = append(k.emails, key[1:])
		case key[0] == 'x':
			k.extensions = append(k.extensions, key[1:])
		default:
			digits := key
			if i := strings.IndexFunc(key, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
				digits = key[:i]
			}
			if digits = digits[:min(len(digits), 10)]; len(digits) >= 4 {
				k.numbers = append(k.numbers, digits)
			} else if digits != "" {
				k.extensions = append(k.extensions, reversed(digits)) // a short code stands alone
			}
		}
	}
	return k, rows.Err()
}

// person is the condition that an item is from or to a contact: by its numbers and
// extension, and by what it posted.
func (s *Store) person(ctx context.Context, contact int64) (cond string, args []any) {
	k, err := s.keysOf(ctx, contact, true)
	if err != nil {
		return `0`, nil
	}
	cond = `i.id IN (`
	if m := k.match(); len(m) > 0 {
		cond += `SELECT rowid FROM search WHERE search MATCH ? UNION ALL `
		args = append(args, strings.Join(m, " OR "))
	}
	cond += `SELECT p.item FROM contacts c CROSS JOIN posts p ON p.author = c.remote AND p.account IN (SELECT id FROM accounts) WHERE c.id = ? AND c.source = 2`
	args = append(args, contact)
	for _, e := range k.emails {
		cond += ` UNION ALL SELECT p.item FROM people o CROSS JOIN posts p ON p.account = o.account AND p.author = o.remote WHERE o.email = ? COLLATE NOCASE`
		args = append(args, e)
	}
	return cond + `)`, args
}
