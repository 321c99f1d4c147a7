package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// contactRow is a contact with what its row has besides.
type contactRow struct {
	Contact
	book    string
	remote  string // as it is in the row
	extra   json.RawMessage
	hidden  bool
	settled time.Time
}

const contactRowColumns = contactColumns + `, c.book, c.remote, c.extra, c.hidden, c.settled`

func scanContactRow(sc scanner) (r contactRow, err error) {
	var extra string
	var hidden, settled int64
	r.Contact, err = scanContact(sc, &r.book, &r.remote, &extra, &hidden, &settled)
	if extra != "" {
		r.extra = json.RawMessage(extra)
	}
	r.hidden, r.settled = hidden != 0, fromMilli(settled)
	return r, err
}

// loadContact reads a row, also of one that was deleted. The error is [ErrNotFound]
// when there never was one.
func loadContact(tx *sql.Tx, id int64) (contactRow, error) {
	r, err := scanContactRow(tx.QueryRow(`SELECT `+contactRowColumns+` FROM contacts c WHERE c.id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("contact %d: %w", id, ErrNotFound)
	}
	return r, err
}

// cleanContact makes what comes from outside safe and of one form: numbers in E.164,
// each kind once, no text without bounds.
func cleanContact(c *Contact, region string) {
	for _, f := range []*string{&c.First, &c.Middle, &c.Last, &c.Nick, &c.Name, &c.Company, &c.Job, &c.Department, &c.Web, &c.Birthday, &c.Status, &c.Type} {
		*f = cut(CleanLine(*f), 256)
	}
	c.Remote, c.Extension = CleanLine(c.Remote), cut(CleanLine(c.Extension), 32)
	c.Notes = strings.TrimSpace(cut(Clean(c.Notes), 16<<10))
	var numbers []PhoneNumber
	seen := map[PhoneNumber]bool{}
	for _, n := range c.Numbers {
		n = PhoneNumber{Kind: cut(CleanLine(n.Kind), 32), Number: writtenNumber(n.Number, region)}
		if n.Number != "" && !seen[n] && len(numbers) < 40 {
			seen[n] = true
			numbers = append(numbers, n)
		}
	}
	var emails []string
	for _, e := range c.Emails {
		if e = cut(CleanLine(e), 254); e != "" && len(emails) < 40 {
			emails = append(emails, e)
		}
	}
	var postal []Postal
	c.Address = nil
	for _, p := range c.Postal {
		for _, f := range []*string{&p.Kind, &p.Street, &p.City, &p.State, &p.Zip, &p.Country} {
			*f = cut(CleanLine(*f), 256)
		}
		if l := p.line(); l != "" && len(postal) < 10 {
			postal = append(postal, p)
			c.Address = append(c.Address, l)
		}
	}
	c.Numbers, c.Emails, c.Postal = numbers, emails, postal
	if c.Source != Directory || c.Name == "" {
		c.Name = fullName(c)
	}
}

// writtenNumber brings a number into the form it is kept in: E.164 where that can be
// told, and an extension after it.
func writtenNumber(s, region string) string {
	n, ext := NormalNumber(cut(s, 64), region)
	if n != "" && ext != "" {
		return n + " x" + ext
	}
	return n
}

// putContact writes a contact to its row, 0 for a new one, and what it is found by.
func putContact(tx *sql.Tx, r contactRow, seen, now time.Time) (id int64, err error) {
	texts := make([]string, 3)
	for i, v := range []any{r.Numbers, r.Emails, r.Postal} {
		b, err := json.Marshal(v)
		if err != nil {
			return 0, err
		}
		if texts[i] = string(b); texts[i] == "null" {
			texts[i] = "[]"
		}
	}
	words := contactWords(&r.Contact)
	args := []any{
		r.Account, r.book, int64(r.Source), r.remote, r.Extension, r.First, r.Middle, r.Last, r.Nick, r.Name, r.Company, r.Job, r.Department,
		texts[0], texts[1], r.Web, r.Birthday, texts[2], r.Notes, r.Status, r.Type, toMilli(r.Modified), string(r.extra), sortName(r.Name), words,
		toMilli(seen), toMilli(r.settled),
	}
	if id = r.ID; id == 0 {
		res, err := tx.Exec(`INSERT INTO contacts (account, book, source, remote, extension, first, middle, last, nick, name, company, job, department,
			numbers, emails, web, birthday, postal, notes, status, type, modified, extra, sort, words, seen, settled, made)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, append(args, now.UnixMilli())...)
		if err != nil {
			return 0, err
		}
		if id, err = res.LastInsertId(); err != nil {
			return 0, err
		}
	} else {
		_, err := tx.Exec(`UPDATE contacts SET account = ?, book = ?, source = ?, remote = ?, extension = ?, first = ?, middle = ?, last = ?, nick = ?, name = ?,
			company = ?, job = ?, department = ?, numbers = ?, emails = ?, web = ?, birthday = ?, postal = ?, notes = ?, status = ?, type = ?,
			modified = ?, extra = ?, sort = ?, words = ?, seen = ?, settled = ?, hidden = 0 WHERE id = ?`, append(args, id)...)
		if err != nil {
			return 0, err
		}
		if err := unfindContact(tx, id); err != nil {
			return 0, err
		}
	}
	if _, err := tx.Exec(`INSERT INTO contact_search (rowid, words) VALUES (?, ?)`, id, words); err != nil {
		return 0, err
	}
	for _, k := range contactKeys(&r.Contact) {
		if _, err := tx.Exec(`INSERT OR IGNORE INTO contact_keys (key, contact) VALUES (?, ?)`, k, id); err != nil {
			return 0, err
		}
	}
	return id, nil
}

// unfindContact takes a contact out of what contacts are found by.
func unfindContact(tx *sql.Tx, id int64) error {
	if _, err := tx.Exec(`DELETE FROM contact_keys WHERE contact = ?`, id); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM contact_search WHERE rowid = ?`, id)
	return err
}

// hideContact shows a contact as deleted.
func hideContact(tx *sql.Tx, id int64, now time.Time) error {
	res, err := tx.Exec(`UPDATE contacts SET hidden = ? WHERE id = ? AND hidden = 0`, now.UnixMilli(), id)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return unfindContact(tx, id)
}

// contactsMoved tells every process that contacts have changed.
func contactsMoved(tx *sql.Tx) error {
	_, err := tx.Exec(`UPDATE contact_version SET n = n + 1`)
	return err
}

// keepHidden is how long the row of a deleted contact stays.
const keepHidden = 30 * 24 * time.Hour

// tidyContacts forgets contacts that were deleted long ago.
func tidyContacts(tx *sql.Tx, now time.Time) error {
	_, err := tx.Exec(`DELETE FROM contacts WHERE hidden > 0 AND hidden < ?
		AND NOT EXISTS (SELECT 1 FROM deeds d WHERE d.object = 'contact:' || contacts.id)`, now.Add(-keepHidden).UnixMilli())
	return err
}

// dropContacts forgets all contacts of an account. A directory that other mailboxes of
// the company share is read again by one of them.
func dropContacts(tx *sql.Tx, account int64) error {
	for _, q := range []string{
		`DELETE FROM contact_keys WHERE contact IN (SELECT id FROM contacts WHERE account = ?)`,
		`DELETE FROM contact_search WHERE rowid IN (SELECT id FROM contacts WHERE account = ?)`,
		`DELETE FROM contacts WHERE account = ?`,
		`DELETE FROM favorites WHERE account = ?`,
		`DELETE FROM feeds WHERE account = ? OR name = 'directory'`,
	} {
		if _, err := tx.Exec(q, account); err != nil {
			return err
		}
	}
	return contactsMoved(tx)
}
