package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Bounds of what was told.
const (
	toldAge    = 30 * 24 * time.Hour // then it is forgotten
	maxToldKey = 300
	// deliveryAge is how far back Deliveries looks: what was sent earlier is settled.
	deliveryAge  = 3 * 24 * time.Hour
	deliveryMost = 1000
)

// Once takes something on that is to be done once: the first to claim a key, of at most
// 300 bytes, in whichever process, gets true, and nobody else for the next thirty days.
// What it is for is then done at most once: a process that dies in the middle leaves it
// undone.
func (s *Store) Once(ctx context.Context, key string) (first bool, err error) {
	if key == "" || len(key) > maxToldKey {
		return false, fmt.Errorf("note what is done once: a key has 1 to %d bytes, not %d", maxToldKey, len(key))
	}
	err = s.transact(ctx, false, func(tx *sql.Tx) error {
		now := s.now()
		if _, err := tx.Exec(`DELETE FROM told WHERE at < ? AND key <> ?`, now.Add(-toldAge).UnixMilli(), key); err != nil {
			return err
		}
		res, err := tx.Exec(`INSERT INTO told (key, value, at) VALUES (?, '', ?) ON CONFLICT (key) DO NOTHING`, key, now.UnixMilli())
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		first = n > 0
		return err
	})
	return first, s.fault("noting what is done once", err)
}

// Turned notes that something under a key has come to have a value, and reports whether it
// had another before: of several processes that see the same change, one gets true. What
// was never noted had the value usual.
func (s *Store) Turned(ctx context.Context, key, value, usual string) (turned bool, err error) {
	if key == "" || len(key) > maxToldKey {
		return false, fmt.Errorf("note a change: a key has 1 to %d bytes, not %d", maxToldKey, len(key))
	}
	err = s.transact(ctx, false, func(tx *sql.Tx) error {
		was := usual
		err := tx.QueryRow(`SELECT value FROM told WHERE key = ?`, key).Scan(&was)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		turned = was != value
		_, err = tx.Exec(`INSERT INTO told (key, value, at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value, at = excluded.at`,
			key, value, s.now().UnixMilli())
		return err
	})
	return turned && err == nil, s.fault("noting a change", err)
}

// Deliveries are the messages sent since a time, at most three days ago, of which it is
// known what became: delivered, or not. They come oldest first, at most 1,000.
func (s *Store) Deliveries(ctx context.Context, since time.Time) (list []Row, err error) {
	if least := s.now().Add(-deliveryAge); since.Before(least) {
		since = least
	}
	rows, err := s.r.QueryContext(ctx, `SELECT `+rowColumns+` FROM items i WHERE i.id >= ? AND i.direction = ? AND i.kind IN (?, ?, ?, ?)
		AND (i.delivery IN (?, ?, ?) OR i.delivery = ? AND i.kind = ?) ORDER BY i.id LIMIT ?`,
		int64(FirstID(since)), Outbound, Fax, SMS, MMS, Pager, Delivered, DeliveryFailed, SendingFailed, Sent, Fax, deliveryMost)
	if err != nil {
		return nil, s.fault("reading what was delivered", err)
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scanRow(rows)
		if err != nil {
			return nil, s.fault("reading what was delivered", err)
		}
		list = append(list, r)
	}
	if err := rows.Err(); err != nil {
		return nil, s.fault("reading what was delivered", err)
	}
	s.knowEach(ctx, len(list), func(i int) *Row { return &list[i] })
	return list, nil
}
