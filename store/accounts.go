package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

const selectAccount = `SELECT id, key, service, name, number, since, synced, history FROM accounts`

func scanAccount(sc scanner) (a Account, err error) {
	var since, synced, history int64
	err = sc.Scan(&a.ID, &a.Key, &a.Service, &a.Name, &a.Number, &since, &synced, &history)
	a.Since, a.Synced, a.History = fromMilli(since), fromMilli(synced), history != 0
	return a, err
}

// Accounts are the mailboxes known here, in the order in which they were added.
func (s *Store) Accounts(ctx context.Context) ([]Account, error) {
	rows, err := s.r.QueryContext(ctx, selectAccount+` ORDER BY id`)
	if err != nil {
		return nil, s.fault("reading the accounts", err)
	}
	defer rows.Close()
	var as []Account
	for rows.Next() {
		a, err := scanAccount(rows)
		if err != nil {
			return nil, s.fault("reading the accounts", err)
		}
		as = append(as, a)
	}
	return as, s.fault("reading the accounts", rows.Err())
}

// PutAccount adds an account, or changes the name and number of the one with its
// Key, and returns it as it is kept. Since is set once, to now if it is zero.
func (s *Store) PutAccount(ctx context.Context, a Account) (Account, error) {
	if a.Key == "" || a.Service == "" {
		return a, errors.New("adding an account: it needs a key and a service")
	}
	if a.Since.IsZero() {
		a.Since = s.now()
	}
	number, _ := NormalNumber(a.Number, s.opts.Region)
	var kept Account
	err := s.writeFull(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO accounts (key, service, name, number, since) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (key) DO UPDATE SET name = excluded.name, number = excluded.number`,
			a.Key, a.Service, CleanLine(a.Name), number, toMilli(a.Since))
		if err != nil {
			return err
		}
		kept, err = scanAccount(tx.QueryRow(selectAccount+` WHERE key = ?`, a.Key))
		return err
	})
	return kept, s.fault("adding an account", err)
}

// DropAccount forgets an account and everything fetched from it. What was decided
// about its items stays in the ledger, and comes back if the account does. While an item
// of it is held, it is not forgotten, with an [ErrHeld].
func (s *Store) DropAccount(ctx context.Context, key string) error {
	shared, err := s.shared(ctx)
	if err != nil {
		return err
	}
	for _, r := range shared { // the mailboxes its sign-in opened
		if r.owner == key {
			if err := s.CloseMailbox(ctx, r.key); err != nil {
				return err
			}
		}
	}
	err = s.writeFull(ctx, func(tx *sql.Tx) error {
		var id int64
		if err := tx.QueryRow(`SELECT id FROM accounts WHERE key = ?`, key).Scan(&id); err != nil {
			if errors.Is(err, sql.ErrNoRows) {
				return fmt.Errorf("account %q: %w", key, ErrNotFound)
			}
			return err
		}
		if err := heldAccount(tx, id, key); err != nil {
			return err
		}
		if err := dropContacts(tx, id); err != nil {
			return err
		}
		for _, q := range []string{
			`DELETE FROM jobs WHERE attachment IN (SELECT a.id FROM attachments a JOIN items i ON i.id = a.item WHERE i.account = ?)`,
			`DELETE FROM file_texts WHERE item IN (SELECT id FROM items WHERE account = ?)`,
			`DELETE FROM attachments WHERE item IN (SELECT id FROM items WHERE account = ?)`,
			`DELETE FROM bodies WHERE item IN (SELECT id FROM items WHERE account = ?)`,
			`DELETE FROM mails WHERE account = ?`,
			`DELETE FROM mail_words WHERE ? <> 0 AND NOT EXISTS (SELECT 1 FROM mail_marks k WHERE k.word = mail_words.id)`,
			`DELETE FROM details WHERE account = ?`,
			`DELETE FROM search WHERE rowid IN (SELECT id FROM items WHERE account = ?)`,
			`UPDATE ops SET state = 4, error = 'the account was removed' WHERE state IN (0, 1, 5) AND id IN (SELECT op FROM op_items WHERE account = ?)`,
			`UPDATE ops SET state = 4, error = 'the account was removed' WHERE state IN (0, 1, 5) AND id IN (SELECT op FROM deeds WHERE account = ?)`,
			`DELETE FROM feeds WHERE account = ?`,
			`UPDATE ops SET state = 4, error = 'the account was removed' WHERE state IN (0, 1, 5) AND id IN (SELECT op FROM sends WHERE account = ?)`,
			`DELETE FROM sends WHERE account = ?`,
			`DELETE FROM send_lists WHERE account = ?`,
			`DELETE FROM chat_gaps WHERE chat IN (SELECT id FROM chats WHERE account = ?)`,
			`DELETE FROM members WHERE chat IN (SELECT id FROM chats WHERE account = ?)`,
			`DELETE FROM drafts WHERE chat IN (SELECT id FROM chats WHERE account = ?)`,
			`DELETE FROM posts WHERE account = ?`,
			`DELETE FROM chats WHERE account = ?`,
			`DELETE FROM people WHERE account = ?`,
			`DELETE FROM posts_removed WHERE account = ?`,
			`DELETE FROM live_places WHERE account = ?`,
			`DELETE FROM connections WHERE account = ?`,
			`DELETE FROM presence WHERE account = ?`,
			`DELETE FROM watched WHERE account = ?`,
			`DELETE FROM queues WHERE account = ?`,
			`DELETE FROM retention WHERE account = ?`,
			`DELETE FROM archived WHERE item IN (SELECT id FROM items WHERE account = ?)`,
			`DELETE FROM unwanted WHERE item IN (SELECT id FROM items WHERE account = ?)`,
			`DELETE FROM items WHERE account = ?`,
			`DELETE FROM accounts WHERE id = ?`,
		} {
			if _, err := tx.Exec(q, id); err != nil {
				return err
			}
		}
		return nil
	})
	s.services.Clear()
	return s.fault("removing an account", err)
}

// SyncState is how far an account has been read.
type SyncState struct {
	Cursor      string // where the next increment starts; "": read from the newest
	Older       string // where the history goes on
	HistoryDone bool   // there is none further back
	Synced      time.Time
	Started     time.Time
}

// SyncState is how far the account has been read.
func (s *Store) SyncState(ctx context.Context, account int64) (SyncState, error) {
	var st SyncState
	var history, synced, started int64
	err := s.r.QueryRowContext(ctx, `SELECT cursor, older, history, synced, started FROM accounts WHERE id = ?`, account).
		Scan(&st.Cursor, &st.Older, &history, &synced, &started)
	if errors.Is(err, sql.ErrNoRows) {
		return st, fmt.Errorf("account %d: %w", account, ErrNotFound)
	}
	st.HistoryDone, st.Synced, st.Started = history != 0, fromMilli(synced), fromMilli(started)
	return st, s.fault("reading how far the sync has come", err)
}

// SetSyncState records how far the account has been read. Call it after the
// records before the cursor were applied: then nothing is skipped after a crash.
func (s *Store) SetSyncState(ctx context.Context, account int64, st SyncState) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		res, err := tx.Exec(`UPDATE accounts SET cursor = ?, older = ?, history = ?, synced = ?, started = ? WHERE id = ?`,
			st.Cursor, st.Older, st.HistoryDone, toMilli(st.Synced), toMilli(st.Started), account)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err == nil && n == 0 {
			return fmt.Errorf("account %d: %w", account, ErrNotFound)
		}
		return nil
	})
	return s.fault("recording how far the sync has come", err)
}
