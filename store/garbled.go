package store

import (
	"database/sql"
)

// idSlack is how many messages of one millisecond may have wanted the same id.
const idSlack = 64

// dropGarbled takes out messages whose name at the service has become another one: an
// id tells by its last bits whose message it is. Such a message would stand beside the
// true one when that is fetched again. What was decided about it is in the ledger.
// Posts have ids from before the service has named them, and e-mails get other names when
// they are moved: of them it cannot be told.
func (v *salvage) dropGarbled(tx *sql.Tx) error {
	rows, err := tx.Query(`SELECT i.id, a.key, i.remote FROM items i JOIN accounts a ON a.id = i.account WHERE i.kind NOT IN (?, ?)`, int64(Post), int64(Email))
	if err != nil {
		return err
	}
	defer rows.Close()
	var bad []int64
	for rows.Next() {
		var id int64
		var key, remote string
		if err := rows.Scan(&id, &key, &remote); err != nil {
			return err
		}
		if want := int64(newID(key, remote, ID(id).Time())); id < want || id-want > idSlack {
			bad = append(bad, id)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	rows.Close()
	for _, id := range bad {
		if _, err := tx.Exec(`DELETE FROM items WHERE id = ?`, id); err != nil {
			return err
		}
	}
	v.lost = v.lost || len(bad) > 0
	v.rows["items"] -= len(bad)
	return nil
}

// refindContacts makes anew what contacts are found by.
func (v *salvage) refindContacts(tx *sql.Tx) error {
	rows, err := tx.Query(`SELECT ` + contactRowColumns + ` FROM contacts c WHERE c.hidden = 0 ORDER BY c.id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var all []contactRow
	for rows.Next() {
		r, err := scanContactRow(rows)
		if err != nil {
			return err
		}
		all = append(all, r)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	rows.Close()
	for _, r := range all {
		cleanContact(&r.Contact, v.s.opts.Region)
		if _, err := putContact(tx, r, r.settled, v.s.now()); err != nil {
			return err
		}
	}
	return contactsMoved(tx)
}
