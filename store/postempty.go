package store

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"errors"
)

// emptyPost takes away what a removed post said and had; that there was one stays.
func (s *Store) emptyPost(tx *sql.Tx, item ID) error {
	for _, q := range []string{
		`UPDATE posts SET removed = 1, markdown = '', mentions = '', mention = 0 WHERE item = ?`,
		`UPDATE items SET preview = '', files = 0, kept = 0, availability = 2 WHERE id = ?`,
		`UPDATE bodies SET text = '', raw = '', subject = '' WHERE item = ?`,
		`DELETE FROM jobs WHERE attachment IN (SELECT id FROM attachments WHERE item = ?)`,
		`DELETE FROM file_texts WHERE item = ?`,
		`DELETE FROM attachments WHERE item = ?`,
	} {
		if _, err := tx.Exec(q, int64(item)); err != nil {
			return err
		}
	}
	return s.reindex(tx, item)
}

func jsonOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil || string(b) == "null" {
		return ""
	}
	return string(b)
}

// deedPending reports whether something done to a post has not reached the service.
func deedPending(tx *sql.Tx, account int64, item ID) (busy bool, err error) {
	object, err := postObject(tx, item)
	if err != nil {
		return false, err
	}
	err = tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM deeds d JOIN ops o ON o.id = d.op WHERE d.account = ? AND d.object = ? AND o.state IN (0, 1, 5))`, account, object).Scan(&busy)
	return busy, err
}

// postObject is what deeds about a post are kept under: it stays the same when the
// service gives a name to what was posted here.
func postObject(tx *sql.Tx, item ID) (string, error) {
	var echo int64
	err := tx.QueryRow(`SELECT echo FROM posts WHERE item = ?`, int64(item)).Scan(&echo)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return "post:" + ID(cmp.Or(echo, int64(item))).String(), err
}
