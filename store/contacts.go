package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

const contactColumns = `c.id, c.account, c.source, c.remote, c.extension, c.first, c.middle, c.last, c.nick, c.name, c.company, c.job, c.department,
	c.numbers, c.emails, c.web, c.birthday, c.postal, c.notes, c.status, c.type, c.modified`

// newRemote marks a contact to which the service has not given an id yet.
const newRemote = "new:"

func scanContact(sc scanner, more ...any) (c Contact, err error) {
	var numbers, emails, postal string
	var modified int64
	dest := []any{
		&c.ID, &c.Account, &c.Source, &c.Remote, &c.Extension, &c.First, &c.Middle, &c.Last, &c.Nick, &c.Name, &c.Company, &c.Job, &c.Department,
		&numbers, &emails, &c.Web, &c.Birthday, &postal, &c.Notes, &c.Status, &c.Type, &modified,
	}
	if err := sc.Scan(append(dest, more...)...); err != nil {
		return c, err
	}
	if strings.HasPrefix(c.Remote, newRemote) {
		c.Remote = ""
	}
	c.Modified = fromMilli(modified)
	// A row that was damaged shows what can be read of it.
	_ = json.Unmarshal([]byte(numbers), &c.Numbers)
	_ = json.Unmarshal([]byte(emails), &c.Emails)
	_ = json.Unmarshal([]byte(postal), &c.Postal)
	for _, p := range c.Postal {
		c.Address = append(c.Address, p.line())
	}
	return c, nil
}

// contactPlan is a list of contacts as SQL.
type contactPlan struct {
	from  string // tables, the last of them contacts c
	where string
	args  []any
	along bool // words are looked for along the list, of which only the index is read
}

// rareContacts is how many contacts words may fit to be sorted. More than that are
// found soon by reading along the list.
const rareContacts = 2000

// planContacts works out how to read a list.
func (s *Store) planContacts(ctx context.Context, db queryer, q ContactQuery) (contactPlan, error) {
	p := contactPlan{from: `contacts c`, where: `c.hidden = 0`}
	if q.Source != 0 {
		p.where += ` AND c.source = ?`
		p.args = append(p.args, int64(q.Source))
	}
	if q.Account != 0 {
		key, err := accountKey(ctx, db, q.Account)
		if err != nil {
			return p, err
		}
		p.where += ` AND c.book IN (?, ?)`
		p.args = append(p.args, key, companyOf(key))
	}
	if q.Favorites {
		// Few: they are looked up one by one, and not found along the list.
		which := ""
		var args []any
		if q.Account != 0 {
			which, args = ` WHERE f.account = ?`, []any{q.Account}
		}
		p.from = `(SELECT DISTINCT k.id FROM favorites f CROSS JOIN contacts k ON k.book = f.book AND k.source = f.source AND k.remote = f.remote` +
			which + `) v CROSS JOIN contacts c ON c.id = v.id`
		p.args = append(args, p.args...)
	}
	terms, digits := s.searchTerms(q.Text)
	if len(terms) == 0 {
		return p, nil
	}
	cond, args := whereTerms(terms, digits)
	p.along = true
	if q.Favorites {
		p.along = false
		p.where += cond
		p.args = append(p.args, args...)
		return p, nil
	}
	ids, err := contactsMatching(ctx, db, matchTerms(terms, digits))
	if err != nil {
		return p, err
	}
	if len(ids) <= rareContacts {
		list, err := json.Marshal(ids)
		if err != nil {
			return p, err
		}
		p.from = `json_each(?) j CROSS JOIN contacts c ON c.id = j.value`
		p.args = append([]any{string(list)}, p.args...)
		p.along = false
		return p, nil
	}
	p.where += cond
	p.args = append(p.args, args...)
	return p, nil
}

// contactsMatching are the contacts that the full-text index finds, as far as they are rare.
func contactsMatching(ctx context.Context, db queryer, match string) ([]int64, error) {
	rows, err := db.QueryContext(ctx, `SELECT rowid FROM contact_search WHERE contact_search MATCH ? LIMIT ?`, match, rareContacts+1)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	ids := []int64{}
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// queryer is a *sql.DB or a *sql.Tx.
type queryer interface {
	selecter
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// place is where in a list of contacts a row is.
type contactPlace struct {
	sort string
	id   int64
}

// read reads at most limit contacts from a place on, in one direction. Without a place
// it begins at the end.
func (p contactPlan) read(ctx context.Context, db queryer, at *contactPlace, inclusive, asc bool, limit int) ([]Contact, error) {
	where, args := p.where, slices.Clone(p.args)
	than, order := ">", "ASC"
	if !asc {
		than, order = "<", "DESC"
	}
	if at != nil {
		if inclusive {
			than += "="
		}
		where += ` AND (c.sort, c.id) ` + than + ` (?, ?)`
		args = append(args, at.sort, at.id)
	}
	by := ` ORDER BY c.sort ` + order + `, c.id ` + order
	query := `SELECT ` + contactColumns + ` FROM ` + p.from + ` WHERE ` + where + by + ` LIMIT ?`
	if p.along {
		query = `SELECT ` + contactColumns + ` FROM (SELECT c.id AS hit FROM contacts c INDEXED BY contacts_name WHERE ` + where + by + ` LIMIT ?) v
			CROSS JOIN contacts c ON c.id = v.hit` + by
	}
	rows, err := db.QueryContext(ctx, query, append(args, limit)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Contact
	for rows.Next() {
		c, err := scanContact(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// ContactWindow reads the contacts around one, by name: at most before of them before
// it, it itself (or the one that comes next, if it is not in the list) and at most after
// of them after it. For at 0 and -1 that contact is the first or the last of the list.
// It reads no more than it gives, however long the list.
func (s *Store) ContactWindow(ctx context.Context, q ContactQuery, at int64, before, after int) (ContactWindow, error) {
	w, err := s.contactWindow(ctx, q, at, min(max(before, 0), maxWindow), min(max(after, 0), maxWindow))
	return w, s.fault("reading the contacts", err)
}

func (s *Store) contactWindow(ctx context.Context, q ContactQuery, at int64, before, after int) (w ContactWindow, err error) {
	w.Generation = s.Generation()
	// One transaction, so that no row is on both sides or on none.
	tx, err := s.r.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return w, err
	}
	defer tx.Rollback()
	p, err := s.planContacts(ctx, tx, q)
	if err != nil {
		return w, err
	}
	var from *contactPlace
	if at > 0 {
		from = &contactPlace{id: at}
		err := tx.QueryRowContext(ctx, `SELECT sort FROM contacts WHERE id = ?`, at).Scan(&from.sort)
		if errors.Is(err, sql.ErrNoRows) {
			from = nil // gone for good: from the start
		} else if err != nil {
			return w, err
		}
	}
	switch {
	case from == nil && at == -1:
		w.Rows, err = p.read(ctx, tx, nil, true, false, before+2)
		w.End, w.Start = true, len(w.Rows) <= before+1
		w.Rows = w.Rows[:min(len(w.Rows), before+1)]
		slices.Reverse(w.Rows)
	case from == nil:
		w.Rows, err = p.read(ctx, tx, nil, true, true, after+2)
		w.Start, w.End = true, len(w.Rows) <= after+1
		w.Rows = w.Rows[:min(len(w.Rows), after+1)]
	default:
		var rest []Contact
		if rest, err = p.read(ctx, tx, from, true, true, after+2); err != nil {
			return w, err
		}
		w.End = len(rest) <= after+1
		rest = rest[:min(len(rest), after+1)]
		w.Rows, err = p.read(ctx, tx, from, false, false, before+1)
		w.Start = len(w.Rows) <= before
		w.Rows = w.Rows[:min(len(w.Rows), before)]
		slices.Reverse(w.Rows)
		w.Rows = append(w.Rows, rest...)
	}
	if err != nil {
		return w, err
	}
	return w, fillContacts(ctx, tx, w.Rows)
}

// CountContacts is how many contacts a list has, counting no further than stop: when
// exact is false there are more than n.
func (s *Store) CountContacts(ctx context.Context, q ContactQuery, stop int) (n int, exact bool, err error) {
	stop = max(stop, 0)
	p, err := s.planContacts(ctx, s.r, q)
	if err == nil {
		err = s.r.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM `+p.from+` WHERE `+p.where+` LIMIT ?)`, append(p.args, stop+1)...).Scan(&n)
	}
	return min(n, stop), n <= stop, s.fault("counting the contacts", err)
}

// Contact is one contact. One that was deleted is not found.
func (s *Store) Contact(ctx context.Context, id int64) (Contact, error) {
	c, err := scanContact(s.r.QueryRowContext(ctx, `SELECT `+contactColumns+` FROM contacts c WHERE c.id = ? AND c.hidden = 0`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return c, fmt.Errorf("contact %d: %w", id, ErrNotFound)
	}
	rows := []Contact{c}
	if err == nil {
		err = fillContacts(ctx, s.r, rows)
	}
	return rows[0], s.fault("reading a contact", err)
}

// mostDuplicates bounds the counting of contacts that share something: the number of a
// switchboard may stand with thousands.
const mostDuplicates = 100

// fillContacts tells of contacts what is not in their rows.
func fillContacts(ctx context.Context, db queryer, rows []Contact) error {
	if len(rows) == 0 {
		return nil
	}
	byID := make(map[int64]*Contact, len(rows))
	ids := make([]int64, len(rows))
	for i := range rows {
		byID[rows[i].ID], ids[i] = &rows[i], rows[i].ID
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	each := func(query string, take func(c *Contact, n int), args ...any) error {
		found, err := db.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer found.Close()
		for found.Next() {
			var id int64
			var n int
			if err := found.Scan(&id, &n); err != nil {
				return err
			}
			if c := byID[id]; c != nil {
				take(c, n)
			}
		}
		return found.Err()
	}
	if err := each(`SELECT c.id, count(*) FROM json_each(?) j JOIN contacts c ON c.id = j.value
		JOIN favorites f ON f.book = c.book AND f.source = c.source AND f.remote = c.remote GROUP BY c.id`, func(c *Contact, _ int) { c.Favorite = true }, string(list)); err != nil {
		return err
	}
	if err := each(`SELECT CAST(substr(d.object, 9) AS INTEGER), 1 FROM ops o JOIN deeds d ON d.op = o.id
		WHERE o.state IN (0, 1, 5) AND d.object LIKE 'contact:%'`, func(c *Contact, _ int) { c.Pending = true }); err != nil {
		return err
	}
	return each(`SELECT j.value, (SELECT count(DISTINCT contact) FROM (`+sharing+`)) FROM json_each(?) j`,
		func(c *Contact, n int) { c.Duplicates = n }, string(list))
}

// sharing finds who shares a number or e-mail address with contact j.value. Extensions
// do not count: each is of one company alone.
const sharing = `SELECT o.contact AS contact FROM contact_keys m CROSS JOIN contact_keys o ON o.key = m.key AND o.contact <> m.contact
	WHERE m.contact = j.value AND m.key NOT LIKE 'x%' LIMIT 100`

// DuplicatesOf are the contacts that share a number or an e-mail address with one, by
// name, at most a hundred.
func (s *Store) DuplicatesOf(ctx context.Context, id int64) ([]Contact, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT `+contactColumns+` FROM contacts c WHERE c.hidden = 0
		AND +c.id IN (SELECT o.contact FROM contact_keys m CROSS JOIN contact_keys o ON o.key = m.key AND o.contact <> m.contact
			WHERE m.contact = ? AND m.key NOT LIKE 'x%' LIMIT 1000)
		ORDER BY c.sort, c.id LIMIT ?`, id, mostDuplicates)
	if err != nil {
		return nil, s.fault("looking for duplicates", err)
	}
	defer rows.Close()
	var out []Contact
	for rows.Next() {
		c, err := scanContact(rows)
		if err != nil {
			return nil, s.fault("looking for duplicates", err)
		}
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		return nil, s.fault("looking for duplicates", err)
	}
	return out, s.fault("looking for duplicates", fillContacts(ctx, s.r, out))
}

// searchTerms are the words of what was typed. A whole number is found in whichever
// way it is written.
func (s *Store) searchTerms(text string) ([]string, []bool) {
	if n, _ := NormalNumber(text, s.opts.Region); isE164(n) {
		text = n
	}
	return searchTerms(text)
}

// companyOf is the part of an account's key that all mailboxes of a company share.
func companyOf(key string) string {
	return key[:strings.LastIndexByte(key, ':')+1]
}

// accountKey is accounts.key of an account.
func accountKey(ctx context.Context, db queryer, id int64) (key string, err error) {
	err = db.QueryRowContext(ctx, `SELECT key FROM accounts WHERE id = ?`, id).Scan(&key)
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("account %d: %w", id, ErrNotFound)
	}
	return key, err
}
