package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// SameMost is how many places of one content SameContent tells: a logo hangs on thousands
// of mails, and nobody reads through them.
const SameMost = 50

// Seen is a place where content was seen that another attachment has as well.
type Seen struct {
	Attachment int64  // row on this machine
	Name       string // what the file is called there; may be empty
	Row        Row    // the message it hangs on
	Service    string // whose message that is: "ringcentral", "symphony"
	Account    string // Account.Key
	Chat       string // of a post: what its chat is called
}

// selectSame finds the places of a content. That the hash is not empty is said again for
// the index, which leaves those out; CROSS JOIN begins with the attachments, of which few
// have that content.
const selectSame = `SELECT ` + rowColumns + `, a.id, a.name, coalesce(c.service, ''), coalesce(c.key, ''), coalesce(t.title, '')
	FROM attachments a CROSS JOIN items i ON i.id = a.item LEFT JOIN accounts c ON c.id = i.account LEFT JOIN chats t ON t.id = i.chat
	WHERE a.sha256 = ?1 AND a.sha256 <> '' AND a.state = ?2 AND a.id <> ?3 ORDER BY a.item DESC, a.ord, a.id LIMIT ?4`

// SameContent tells where else on this machine the content of an attachment was seen,
// in whichever service: those with the same SHA-256, newest message first and SameMost
// at most. What has not been downloaded has no known content and was seen nowhere.
//
// An attachment that does not exist is an [ErrNotFound].
func (s *Store) SameContent(ctx context.Context, attachment int64) ([]Seen, error) {
	seen, err := s.sameContent(ctx, attachment)
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("attachment %d: %w", attachment, ErrNotFound)
	}
	return seen, s.fault("looking where else a file was seen", err)
}

func (s *Store) sameContent(ctx context.Context, attachment int64) ([]Seen, error) {
	// One transaction: what is being removed meanwhile is there in both, or in neither.
	tx, err := s.r.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	var sum string
	if err := tx.QueryRow(`SELECT sha256 FROM attachments WHERE id = ?`, attachment).Scan(&sum); err != nil || sum == "" {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, selectSame, sum, int64(Kept), attachment, SameMost)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var seen []Seen
	for rows.Next() {
		var p Seen
		if p.Row, err = scanRow(rows, &p.Attachment, &p.Name, &p.Service, &p.Account, &p.Chat); err != nil {
			return nil, err
		}
		seen = append(seen, p)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	s.knowEach(ctx, len(seen), func(i int) *Row { return &seen[i].Row })
	return seen, nil
}
