package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// applyContact shows a contact as the payload says.
func applyContact(s *Store, tx *sql.Tx, account int64, object string, payload []byte) error {
	id, err := objectID(object)
	if err != nil {
		return err
	}
	var st ContactState
	if err := json.Unmarshal(payload, &st); err != nil {
		return fmt.Errorf("reading what was done to a contact: %w", err)
	}
	if err := contactsMoved(tx); err != nil {
		return err
	}
	if !st.Exists {
		return hideContact(tx, id, s.now())
	}
	r, err := loadContact(tx, id)
	if errors.Is(err, ErrNotFound) {
		r, err = s.missingContact(tx, id, account, &st.Contact)
	}
	if err != nil {
		return err
	}
	if r.hidden || len(st.Fields) == 0 {
		c := st.Contact
		c.ID, c.Account, c.Source, c.Remote = r.ID, r.Account, r.Source, r.Remote
		r.Contact = c
		if st.Extra != nil {
			r.extra = st.Extra
		}
	} else {
		r.Contact = mergeContact(r.Contact, &st.Contact, st.Fields)
	}
	cleanContact(&r.Contact, s.opts.Region)
	_, err = putContact(tx, r, s.now(), s.now())
	return err
}

// missingContact makes a hidden row for a contact whose own was lost or forgotten.
func (s *Store) missingContact(tx *sql.Tx, id, account int64, c *Contact) (contactRow, error) {
	var key string
	if err := tx.QueryRow(`SELECT key FROM accounts WHERE id = ?`, account).Scan(&key); err != nil {
		return contactRow{}, err
	}
	remote := c.Remote
	if remote == "" {
		remote = newRemote + strconv.FormatInt(id, 10)
	}
	_, err := tx.Exec(`INSERT INTO contacts (id, account, book, source, remote, hidden) VALUES (?, ?, ?, ?, ?, ?)`, id, account, key, int64(Personal), remote, s.now().UnixMilli())
	if err != nil {
		return contactRow{}, err
	}
	return loadContact(tx, id)
}

// madeContact takes in the contact as the service has it now, with its new id if it was
// made.
func madeContact(s *Store, tx *sql.Tx, account int64, object string, payload []byte, done DeedDone) error {
	id, err := objectID(object)
	if err != nil {
		return err
	}
	var st ContactState
	if err := json.Unmarshal(payload, &st); err != nil {
		return err
	}
	if !st.Exists {
		// The next one of this object is made anew.
		_, err := tx.Exec(`UPDATE contacts SET remote = ?, settled = ? WHERE id = ?`, newRemote+strconv.FormatInt(id, 10), s.now().UnixMilli(), id)
		return err
	}
	r, err := loadContact(tx, id)
	if errors.Is(err, ErrNotFound) {
		return nil // lost with a damaged file: the next sync brings it
	}
	if err != nil {
		return err
	}
	remote := CleanLine(done.Remote)
	if remote == "" || remote == NoRemote {
		remote = r.remote
	}
	was := r.remote
	if remote != was {
		if err := s.adoptRemote(tx, r, remote); err != nil {
			return err
		}
	}
	var in IncomingContact
	if len(done.Reply) > 0 {
		if err := json.Unmarshal(done.Reply, &in); err != nil {
			return err
		}
	}
	if in.Remote != "" {
		if _, err := s.takeContact(tx, bookRef{account: r.Account, book: r.book, source: r.Source}, in, s.now()); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(`UPDATE contacts SET settled = ? WHERE id = ?`, s.now().UnixMilli(), id); err != nil {
		return err
	}
	if st.Contact.Favorite && strings.HasPrefix(was, newRemote) {
		// It was a favourite when it was deleted.
		if r, err = loadContact(tx, id); err != nil {
			return err
		}
		return s.followUp(tx, favoriteDeed(r, true))
	}
	return nil
}

// adoptRemote gives a contact the id the service made for it. If a sync was faster and
// has brought it in already, that row goes.
func (s *Store) adoptRemote(tx *sql.Tx, r contactRow, remote string) error {
	var other int64
	err := tx.QueryRow(`SELECT id FROM contacts WHERE book = ? AND source = ? AND remote = ? AND id <> ?`, r.book, int64(r.Source), remote, r.ID).Scan(&other)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if other != 0 {
		if err := unfindContact(tx, other); err != nil {
			return err
		}
		for from, to := range map[string]string{contactObject(other): contactObject(r.ID), favoriteObject(other): favoriteObject(r.ID)} {
			if _, err := tx.Exec(`UPDATE deeds SET object = ? WHERE object = ?`, to, from); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`DELETE FROM contacts WHERE id = ?`, other); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(`UPDATE OR REPLACE favorites SET remote = ? WHERE book = ? AND source = ? AND remote = ?`, remote, r.book, int64(r.Source), r.remote); err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE contacts SET remote = ? WHERE id = ?`, remote, r.ID)
	return err
}

// knownContacts are the ids of contacts of the same name that were there before.
func knownContacts(tx *sql.Tx, account int64, payload []byte, before time.Time) ([]string, error) {
	var st ContactState
	if err := json.Unmarshal(payload, &st); err != nil {
		return nil, err
	}
	rows, err := tx.Query(`SELECT remote FROM contacts WHERE account = ? AND source = 1 AND sort = ? AND made < ?`, account, sortName(st.Contact.Name), before.UnixMilli())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var r string
		if err := rows.Scan(&r); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// rebaseContact puts a change on top of another base than the one it was made on.
func rebaseContact(base, does, undoes []byte) (newDoes, newUndoes, next []byte, err error) {
	var b, d, u ContactState
	for _, x := range []struct {
		from []byte
		to   *ContactState
	}{{base, &b}, {does, &d}, {undoes, &u}} {
		if err := json.Unmarshal(x.from, x.to); err != nil {
			return nil, nil, nil, err
		}
	}
	keep := d.Fields
	switch {
	case d.Exists && len(d.Fields) > 0 && b.Exists:
		d.Contact = mergeContact(b.Contact, &d.Contact, d.Fields)
		u = ContactState{Exists: true, Contact: b.Contact, Extra: b.Extra, Fields: keep}
	case !d.Exists:
		u.Exists, u.Contact, u.Fields = b.Exists, b.Contact, nil
		if b.Extra != nil {
			u.Extra = b.Extra
		}
	}
	full := d
	full.Fields = nil
	out := make([][]byte, 3)
	for i, v := range []ContactState{d, u, full} {
		if out[i], err = json.Marshal(v); err != nil {
			return nil, nil, nil, err
		}
	}
	return out[0], out[1], out[2], nil
}

func applyFavorite(s *Store, tx *sql.Tx, account int64, object string, payload []byte) error {
	var st FavoriteState
	if err := json.Unmarshal(payload, &st); err != nil {
		return fmt.Errorf("reading what was done to a favourite: %w", err)
	}
	r, err := loadContact(tx, st.Contact)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if !st.On {
		_, err = tx.Exec(`DELETE FROM favorites WHERE account = ? AND source = ? AND remote = ?`, account, int64(r.Source), r.remote)
		return err
	}
	_, err = tx.Exec(`INSERT OR IGNORE INTO favorites (account, book, source, remote, ord) VALUES (?, ?, ?, ?,
		(SELECT coalesce(max(ord), 0) + 1 FROM favorites WHERE account = ?))`, account, r.book, int64(r.Source), r.remote, account)
	return err
}

// readyFavorite fills in the id that a contact may have got since.
func readyFavorite(s *Store, tx *sql.Tx, payload []byte) ([]byte, error) {
	var st FavoriteState
	if err := json.Unmarshal(payload, &st); err != nil {
		return nil, err
	}
	r, err := loadContact(tx, st.Contact)
	if errors.Is(err, ErrNotFound) {
		return payload, nil
	}
	if err != nil {
		return nil, err
	}
	st.Remote = r.Remote
	return json.Marshal(st)
}
