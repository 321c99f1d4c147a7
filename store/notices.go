package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Notice is something that went wrong without a person looking on: a change that
// was rolled back, a call that came to nothing. It waits until it is dismissed.
type Notice struct {
	ID        int64     `json:"id"`
	At        time.Time `json:"at"`
	Op        string    `json:"op"`   // what was being done, a Verb
	Text      string    `json:"text"` // what went wrong
	Next      string    `json:"next,omitempty"`
	Permanent bool      `json:"permanent"` // trying again will not help
}

// maxNotices is how many Notices gives; a screen has no room for more.
const maxNotices = 50

// Notices are those not dismissed, newest first.
func (s *Store) Notices(ctx context.Context) ([]Notice, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT id, at, op, text, next, permanent FROM notices WHERE dismissed = 0 ORDER BY id DESC LIMIT ?`, maxNotices)
	if err != nil {
		return nil, s.fault("reading the notices", err)
	}
	defer rows.Close()
	var ns []Notice
	for rows.Next() {
		var n Notice
		var at int64
		if err := rows.Scan(&n.ID, &at, &n.Op, &n.Text, &n.Next, &n.Permanent); err != nil {
			return nil, s.fault("reading the notices", err)
		}
		n.At = fromMilli(at)
		ns = append(ns, n)
	}
	return ns, s.fault("reading the notices", rows.Err())
}

// Dismiss takes a notice off the list.
func (s *Store) Dismiss(ctx context.Context, id int64) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		res, err := tx.Exec(`UPDATE notices SET dismissed = 1 WHERE id = ?`, id)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err == nil && n == 0 {
			return fmt.Errorf("notice %d: %w", id, ErrNotFound)
		}
		return nil
	})
	return s.fault("dismissing a notice", err)
}

// addNotice leaves a notice in tx. One that says the same as the last is dropped.
func addNotice(tx *sql.Tx, n Notice) error {
	_, err := tx.Exec(`INSERT INTO notices (at, op, text, next, permanent) SELECT ?, ?, ?, ?, ?
		WHERE NOT EXISTS (SELECT 1 FROM notices WHERE id = (SELECT max(id) FROM notices) AND text = ? AND dismissed = 0)`,
		n.At.UnixMilli(), n.Op, CleanLine(n.Text), CleanLine(n.Next), n.Permanent, CleanLine(n.Text))
	return err
}

// tell leaves a notice by itself.
func (s *Store) tell(ctx context.Context, n Notice) {
	n.At = s.now()
	if err := s.write(ctx, func(tx *sql.Tx) error { return addNotice(tx, n) }); err != nil {
		s.log.Error("a notice could not be kept", "notice", n.Text, "err", err)
	}
}
