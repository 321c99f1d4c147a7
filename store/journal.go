package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// The ledger is the journal as well: who did what to an item, and when. Beside what is
// decided here, which [Fold] works the state of an item out of, it tells what was asked
// of the service, what was sent and called, and what was taken along. Entries are
// appended; the database refuses to change or remove one.

// The verbs of the journal that decide nothing, and what Value holds.
const (
	EntryRead    = "read"    //
	EntryUnread  = "unread"  //
	EntryDelete  = "delete"  //
	EntryRestore = "restore" //
	EntryRefused = "refused" // why; Undoes is the entry the service refused
	EntryReply   = "reply"   // what was sent to whom: "a text to Ana Lima"
	EntryForward = "forward" // likewise
	EntryCall    = "call"    // whom, and how it ended: "+12125550123, nobody answered"
	EntryBlock   = "block"   // the number
	EntryUnblock = "unblock" // the number
	EntrySave    = "save"    // where to
	EntryExport  = "export"  // where to
	EntryPrint   = "print"   //
	EntryPipe    = "pipe"    // the command
	EntryArchive = "archive" // why it was taken in by itself
	EntryDrop    = "drop"    // why the service has it no longer
)

// Automatic is who does what nobody asked for.
const Automatic = "switchboard"

// Record tells the journals of items what was done with them that changes nothing about
// them: that they were exported, printed, handed to a program. Items that are not here
// are passed over.
func (s *Store) Record(ctx context.Context, verb, value string, items ...ID) error {
	if len(items) == 0 || s.opts.ReadOnly {
		return nil
	}
	const batch = 1000
	for some := range slices.Chunk(items, batch) {
		err := s.writeFull(ctx, func(tx *sql.Tx) error {
			return s.journal(tx, s.opts.Actor, verb, value, some...)
		})
		if err != nil {
			return s.fault("writing the journal", err)
		}
	}
	return nil
}

// tellJournal tells where files were saved to. Those that were there already, the same
// to the byte, are no news.
func (sv *saving) tellJournal(ctx context.Context, files []saved) error {
	var ids []ID
	for _, f := range files {
		if n := len(ids); !f.file.Skipped && (n == 0 || ids[n-1] != f.file.Item) {
			ids = append(ids, f.file.Item)
		}
	}
	return sv.s.Record(ctx, EntrySave, cmp.Or(sv.o.Zip, sv.o.Dir), ids...)
}

// journal is Record within tx, with who did it.
func (s *Store) journal(tx *sql.Tx, actor, verb, value string, items ...ID) error {
	ts, err := targets(tx, items)
	if err != nil || len(ts) == 0 {
		return err
	}
	_, err = s.jot(tx, actor, verb, value, ts, nil)
	return err
}

// jot appends an entry an item that decides nothing, and gives their keys. undoes, if
// not nil, are the entries they take back.
func (s *Store) jot(tx *sql.Tx, actor, verb, value string, ts []target, undoes []string) (keys []string, err error) {
	entries := make([]Entry, len(ts))
	keys = make([]string, len(ts))
	for i, t := range ts {
		entries[i] = s.entry(t, verb, value, "")
		entries[i].Actor = actor
		if undoes != nil {
			entries[i].Undoes = undoes[i]
		}
		keys[i] = entries[i].Key
	}
	if err := inOrder(tx, ts, entries); err != nil {
		return nil, err
	}
	return keys, appendEntries(tx, entries)
}

// takenBack tells the journal that what an operation did to items is taken back.
func (s *Store) takenBack(tx *sql.Tx, items []undoItem) error {
	var ts []target
	var undoes []string
	for _, it := range items {
		if it.entry != "" {
			ts, undoes = append(ts, it.target), append(undoes, it.entry)
		}
	}
	_, err := s.jot(tx, s.opts.Actor, EntryUndo, "", ts, undoes)
	return err
}

// declined tells the journal that the service refused a part of an operation.
func (s *Store) declined(tx *sql.Tx, op int64, item ID, cause error) error {
	var entry string
	err := tx.QueryRow(`SELECT entry FROM op_items WHERE op = ? AND item = ?`, op, int64(item)).Scan(&entry)
	if errors.Is(err, sql.ErrNoRows) || err == nil && entry == "" {
		return nil
	}
	if err != nil {
		return err
	}
	ts, err := targets(tx, []ID{item})
	if err != nil || len(ts) == 0 {
		return err
	}
	_, err = s.jot(tx, Automatic, EntryRefused, reason(cause), ts, []string{entry})
	return err
}

// Journal is what was done to some items, all of it in order of time.
func (s *Store) Journal(ctx context.Context, items ...ID) ([]Entry, error) {
	const most = 200 // items a query
	var out []Entry
	for some := range slices.Chunk(items, most) {
		list, err := json.Marshal(asInts(some))
		if err != nil {
			return nil, err
		}
		rows, err := s.r.QueryContext(ctx, selectEntry+` WHERE l.item IN (SELECT value FROM json_each(?))`, string(list))
		if err != nil {
			return nil, s.fault("reading the journal", err)
		}
		es, _, err := scanEntries(rows)
		if err != nil {
			return nil, s.fault("reading the journal", err)
		}
		out = append(out, es...)
	}
	sortEntries(out)
	return out, nil
}

// MergeJournal takes in the journal of another machine, as [WriteJournal] wrote it in
// JSON lines, and says how many entries were new. What is known already is passed over;
// an item that is not here yet gets its entries when it comes.
func (s *Store) MergeJournal(ctx context.Context, r io.Reader) (fresh int, err error) {
	const batch = 500
	before, err := s.journalLength(ctx)
	if err != nil {
		return 0, err
	}
	dec := json.NewDecoder(r)
	var es []Entry
	for n := 1; ; n++ {
		var e Entry
		err := dec.Decode(&e)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, fmt.Errorf("merging a journal: entry %d: %w", n, err)
		}
		if err == nil {
			e.Item = 0 // what it is called there need not be its name here
			es = append(es, e)
		}
		if len(es) == batch || err != nil {
			if aerr := s.Ledger().Append(ctx, es...); aerr != nil {
				return 0, fmt.Errorf("merging a journal: %w", aerr)
			}
			es = es[:0]
		}
		if err != nil {
			break
		}
	}
	after, err := s.journalLength(ctx)
	return after - before, err
}

func (s *Store) journalLength(ctx context.Context) (n int, err error) {
	err = s.ask(ctx, `SELECT count(*) FROM ledger`).Scan(&n)
	return n, s.fault("reading the journal", err)
}

// JournalTable writes entries as CSV (RFC 4180), a row an entry.
type JournalTable struct{ w *csv.Writer }

// NewJournalTable begins a table on w.
func NewJournalTable(w io.Writer) (*JournalTable, error) {
	t := &JournalTable{csv.NewWriter(w)}
	t.w.UseCRLF = true
	return t, t.w.Write([]string{"time", "actor", "verb", "value", "words", "item", "account", "remote_id", "key", "undoes"})
}

// Add writes an entry with its words.
func (t *JournalTable) Add(e Entry, words string) error {
	item := ""
	if e.Item != 0 {
		item = e.Item.String()
	}
	row := []string{e.At.UTC().Format(time.RFC3339Nano), e.Actor, e.Verb, e.Value, words, item, e.AccountKey, e.Remote, e.Key, e.Undoes}
	for i := range row {
		row[i] = inert(row[i])
	}
	return t.w.Write(row)
}

// Flush writes what has been gathered.
func (t *JournalTable) Flush() error {
	t.w.Flush()
	return t.w.Error()
}
