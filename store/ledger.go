package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Entry is one decision about an item. Entries are appended and never changed,
// so ledgers of several people and machines merge by union.
type Entry struct {
	Key        string    `json:"key"` // unique; made by NewKey
	Service    string    `json:"service"`
	AccountKey string    `json:"account"`
	Remote     string    `json:"remote"` // the item's name at the service
	Item       ID        `json:"item"`
	Actor      string    `json:"actor"`
	At         time.Time `json:"at"`
	Verb       string    `json:"verb"` // one of the Verb constants below
	Value      string    `json:"value,omitempty"`
	Undoes     string    `json:"undoes,omitempty"` // key of the entry it takes back; its own verb then has no effect
}

// The verbs of the ledger, and what Value holds.
const (
	EntryDone    = "done"
	EntryReopen  = "reopen"
	EntrySnooze  = "snooze"  // until when, RFC 3339
	EntryClaim   = "claim"   // who; empty: the actor
	EntryRelease = "release" //
	EntryNote    = "note"    // the text
	EntryLabel   = "label"   // one word
	EntryUnlabel = "unlabel" // one word
	EntryHold    = "hold"    // anything: not to be removed from this machine; empty: no longer
	EntryUndo    = "undo"    // nothing of its own, see Undoes
)

// Ledger keeps what the services do not. The one behind [Store.Ledger] is local;
// a team shares one by merging entries.
type Ledger interface {
	// Append adds entries; those whose key is known already are passed over.
	Append(ctx context.Context, entries ...Entry) error
	// Entries are all those about one item, oldest first.
	Entries(ctx context.Context, item ID) ([]Entry, error)
	// Since are at most limit entries after a cursor, in the order in which they
	// reached this ledger, and the cursor to go on with. The first cursor is 0.
	Since(ctx context.Context, cursor int64, limit int) ([]Entry, int64, error)
}

// NewKey makes a key for an entry: random, so no two machines make the same.
func NewKey() string { return rand.Text() }

// Ledger is the ledger on this machine.
func (s *Store) Ledger() Ledger { return localLedger{s} }

type localLedger struct{ s *Store }

func (l localLedger) Append(ctx context.Context, entries ...Entry) error {
	if len(entries) == 0 {
		return nil
	}
	err := l.s.writeFull(ctx, func(tx *sql.Tx) error {
		if err := appendEntries(tx, entries); err != nil {
			return err
		}
		return l.s.refoldAll(tx, entries)
	})
	return l.s.fault("recording a decision", err)
}

func (l localLedger) Entries(ctx context.Context, item ID) ([]Entry, error) {
	rows, err := l.s.r.QueryContext(ctx, selectEntry+` WHERE l.item = ? ORDER BY l.at, l.key`, int64(item))
	if err != nil {
		return nil, l.s.fault("reading the journal", err)
	}
	es, _, err := scanEntries(rows)
	return es, l.s.fault("reading the journal", err)
}

func (l localLedger) Since(ctx context.Context, cursor int64, limit int) ([]Entry, int64, error) {
	rows, err := l.s.r.QueryContext(ctx, selectEntry+` WHERE l.seq > ? ORDER BY l.seq LIMIT ?`, cursor, limit)
	if err != nil {
		return nil, cursor, l.s.fault("reading the ledger", err)
	}
	es, last, err := scanEntries(rows)
	if last < cursor {
		last = cursor
	}
	return es, last, l.s.fault("reading the ledger", err)
}

const selectEntry = `SELECT l.seq, l.key, l.account, l.remote, l.item, l.actor, l.at, l.verb, l.value, l.undoes FROM ledger l`

// scanEntries reads rows of selectEntry and closes them; last is the last seq.
func scanEntries(rows *sql.Rows) (es []Entry, last int64, err error) {
	defer rows.Close()
	for rows.Next() {
		var e Entry
		var at int64
		if err := rows.Scan(&last, &e.Key, &e.AccountKey, &e.Remote, (*int64)(&e.Item), &e.Actor, &at, &e.Verb, &e.Value, &e.Undoes); err != nil {
			return es, last, err
		}
		e.At = fromMilli(at)
		e.Service, _, _ = strings.Cut(e.AccountKey, ":")
		es = append(es, e)
	}
	return es, last, rows.Err()
}

// appendEntries adds entries in tx. It does not change items: call refold for
// each item once all that belongs to it is in.
func appendEntries(tx *sql.Tx, entries []Entry) error {
	st, err := tx.Prepare(`INSERT INTO ledger (key, account, remote, item, actor, at, verb, value, undoes)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`)
	if err != nil {
		return err
	}
	defer st.Close()
	for _, e := range entries {
		if e.Key == "" || e.Verb == "" || (e.Item == 0 && e.Remote == "") {
			return fmt.Errorf("a ledger entry needs a key, a verb and an item: %+v", e)
		}
		if e.Item == 0 {
			if e.Item, err = itemOf(tx, e.AccountKey, e.Remote); err != nil {
				return err
			}
		}
		if e.Verb == EntryNote {
			e.Value = Clean(e.Value)
		} else {
			e.Value = CleanLine(e.Value)
		}
		if _, err := st.Exec(e.Key, e.AccountKey, e.Remote, int64(e.Item), CleanLine(e.Actor), e.At.UnixMilli(), e.Verb, e.Value, e.Undoes); err != nil {
			return err
		}
	}
	return nil
}

// itemOf is the item of that name, or 0 when it has not been seen here yet:
// ingest folds such entries in once it comes.
func itemOf(tx *sql.Tx, account, remote string) (ID, error) {
	var id int64
	err := tx.QueryRow(`SELECT i.id FROM items i JOIN accounts a ON a.id = i.account WHERE a.key = ? AND i.remote = ?`, account, remote).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return ID(id), err
}

func (s *Store) refoldAll(tx *sql.Tx, entries []Entry) error {
	var ids []ID
	for _, e := range entries {
		id := e.Item
		if id == 0 {
			var err error
			if id, err = itemOf(tx, e.AccountKey, e.Remote); err != nil {
				return err
			}
		}
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if id == 0 {
			continue
		}
		if err := s.refold(tx, id); err != nil {
			return err
		}
	}
	return nil
}

// refold brings the state columns of an item, and its place in the full-text
// index, in line with its ledger entries. An item that is not here is no error.
func (s *Store) refold(tx *sql.Tx, item ID) error {
	stale, err := s.refoldColumns(tx, item)
	if err != nil || !stale {
		return err
	}
	return s.reindex(tx, item)
}

// refoldColumns is refold without the full-text index; stale says that it is behind.
func (s *Store) refoldColumns(tx *sql.Tx, item ID) (stale bool, err error) {
	rows, err := tx.Query(selectEntry+` WHERE l.item = ? ORDER BY l.at, l.key`, int64(item))
	if err != nil {
		return false, err
	}
	es, _, err := scanEntries(rows)
	if err != nil {
		return false, err
	}
	var base int64
	var notes int
	var labels string
	err = tx.QueryRow(`SELECT base, notes, labels FROM items WHERE id = ?`, int64(item)).Scan(&base, &notes, &labels)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	t := Fold(es)
	st, until := t.At(State(base), s.now())
	_, err = tx.Exec(`UPDATE items SET state = ?, until = ?, claim = ?, labels = ?, notes = ?, held = ? WHERE id = ?`,
		int64(st), toMilli(until), t.Claim, strings.Join(t.Labels, " "), len(t.Notes), t.Hold, int64(item))
	if err != nil {
		return false, err
	}
	if st == Snoozed {
		s.wakeAt(until)
	}
	// Notes are never edited, so their number tells whether the index is behind.
	return len(t.Notes) != notes || strings.Join(t.Labels, " ") != labels, nil
}
