package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Bounds on what is remembered.
const (
	maxRemembered = 20_000 // keys; those unused for longest go first
	maxMemory     = 4 << 10
	maxMemoryKey  = 200
	// memoryStep is how exactly the last use is known: reading must not write.
	memoryStep = time.Hour
)

// Remember keeps a small thing under a key, of at most 200 bytes, until it is asked
// for: how a page was turned, where listening stopped. A value has at most 4 KB;
// an empty one forgets the key. Of more than 20,000 keys those unused for longest
// are dropped, so it is no place for what must not be lost.
func (s *Store) Remember(ctx context.Context, key string, value []byte) error {
	if key == "" || len(key) > maxMemoryKey {
		return fmt.Errorf("remember: a key has 1 to %d bytes, not %d", maxMemoryKey, len(key))
	}
	if len(value) > maxMemory {
		return fmt.Errorf("remember %s: %d bytes are more than %d", CleanLine(key), len(value), maxMemory)
	}
	err := s.transact(ctx, false, func(tx *sql.Tx) error {
		if len(value) == 0 {
			_, err := tx.Exec(`DELETE FROM remembered WHERE key = ?`, key)
			return err
		}
		now := s.now().UnixMilli()
		res, err := tx.Exec(`UPDATE remembered SET value = ?, used = ? WHERE key = ?`, value, now, key)
		if err != nil {
			return err
		}
		if n, _ := res.RowsAffected(); n > 0 {
			return nil
		}
		if _, err := tx.Exec(`INSERT INTO remembered (key, value, used) VALUES (?, ?, ?)`, key, value, now); err != nil {
			return err
		}
		var n int
		if err := tx.QueryRow(`SELECT count(*) FROM remembered`).Scan(&n); err != nil || n <= maxRemembered {
			return err
		}
		_, err = tx.Exec(`DELETE FROM remembered WHERE key IN (SELECT key FROM remembered ORDER BY used, key LIMIT ?)`, n-maxRemembered)
		return err
	})
	return s.fault("remember", err)
}

// Recall gives what Remember kept under a key; nil if there is nothing.
func (s *Store) Recall(ctx context.Context, key string) ([]byte, error) {
	var value []byte
	var used int64
	err := s.r.QueryRowContext(ctx, `SELECT value, used FROM remembered WHERE key = ?`, key).Scan(&value, &used)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	} else if err != nil {
		return nil, s.fault("recall", err)
	}
	if now := s.now(); !s.opts.ReadOnly && now.Sub(fromMilli(used)) >= memoryStep {
		err := s.transact(ctx, false, func(tx *sql.Tx) error {
			_, err := tx.Exec(`UPDATE remembered SET used = ? WHERE key = ?`, now.UnixMilli(), key)
			return err
		})
		if err != nil {
			s.log.Warn("the use of a key was not noted", "err", err) // what was asked for is there
		}
	}
	return value, nil
}
