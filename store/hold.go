package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// What a person holds is not removed from this machine: not by the limit of the cache,
// not by hand, not with its account. What is not here yet is fetched, see archive.go.

// holdValue is what EntryHold has for somebody who gives no reason.
const holdValue = "yes"

// ErrHeld means that something is held on this machine and was left alone.
var ErrHeld = errors.New("it is held on this machine")

// heldFile refuses to remove the copy of an attachment of a held item.
func heldFile(tx *sql.Tx, attachment int64) error {
	var item, held int64
	err := tx.QueryRow(`SELECT i.id, i.held FROM attachments a JOIN items i ON i.id = a.item WHERE a.id = ?`, attachment).Scan(&item, &held)
	if errors.Is(err, sql.ErrNoRows) || err == nil && held == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	ts, err := targets(tx, []ID{ID(item)})
	if err != nil || len(ts) == 0 {
		return errors.Join(ErrHeld, err)
	}
	return fmt.Errorf("%w: %s. Take the hold off first", ErrHeld, ts[0].words())
}

// heldAccount refuses to forget an account with held items.
func heldAccount(tx *sql.Tx, account int64, name string) error {
	var n int
	if err := tx.QueryRow(`SELECT count(*) FROM items WHERE held > 0 AND account = ?`, account).Scan(&n); err != nil || n == 0 {
		return err
	}
	return fmt.Errorf("%w: %s of %s. Take the hold off first: the query is:held finds them", ErrHeld, plural(n, "message"), name)
}

// Held is how many items of an account are held; of all accounts for 0.
func (s *Store) Held(ctx context.Context, account int64) (n int, err error) {
	err = s.ask(ctx, `SELECT count(*) FROM items WHERE held > 0 AND (account = ?1 OR ?1 = 0)`, account).Scan(&n)
	return n, s.fault("counting what is held", err)
}

// Forgettable fails with an [ErrHeld] where an account has held items: it cannot be
// forgotten.
func (s *Store) Forgettable(ctx context.Context, key string) error {
	var n int
	err := s.ask(ctx, `SELECT count(*) FROM items i JOIN accounts a ON a.id = i.account WHERE i.held > 0 AND a.key = ?`, key).Scan(&n)
	if err == nil && n > 0 {
		return fmt.Errorf("%w: %s of %s. Take the hold off first: the query is:held finds them", ErrHeld, plural(n, "message"), key)
	}
	return s.fault("looking for what is held", err)
}

// unwant notes that a person removed a copy: it is not fetched again unasked.
func unwant(tx *sql.Tx, attachment, item int64) error {
	_, err := tx.Exec(`INSERT OR IGNORE INTO unwanted (attachment, item) VALUES (?, ?)`, attachment, item)
	return err
}

// holding prepares items that are held from now on: what a person removed of them
// comes back, and the archive looks at once.
func (s *Store) holding(tx *sql.Tx, ts []target) error {
	st, err := tx.Prepare(`DELETE FROM unwanted WHERE item = ?`)
	if err != nil {
		return err
	}
	defer st.Close()
	for _, t := range ts {
		if _, err := st.Exec(int64(t.id)); err != nil {
			return err
		}
	}
	return nil
}
