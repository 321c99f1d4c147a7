package store

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"
)

// cancelItem takes an item out of an operation that has not been sent.
func cancelItem(tx *sql.Tx, x Op, it undoItem, now time.Time) error {
	return cancelItems(tx, x, []undoItem{it}, now)
}

// cancelItems takes items out of an operation that has not been sent.
func cancelItems(tx *sql.Tx, x Op, items []undoItem, now time.Time) error {
	if len(items) == 0 {
		return nil
	}
	before := map[ID]string{}
	ids := make([]ID, len(items))
	for i, it := range items {
		ids[i], before[it.id] = it.id, it.before
	}
	list, err := jsonIDs(ids)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE op_items SET state = ? WHERE op = ? AND item IN (SELECT value FROM json_each(?))`, int64(OpCancelled), x.ID, list)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE items SET pending = max(pending - 1, 0) WHERE id IN (SELECT value FROM json_each(?))`, list); err != nil {
		return err
	}
	newer, err := changedSince(tx, x, list)
	if err != nil {
		return err
	}
	same := map[string][]ID{} // by what they were before
	for _, id := range ids {
		if newer[id] {
			if err := rollBack(tx, x.ID, id, x.Verb, before[id], now); err != nil {
				return err
			}
			continue
		}
		same[before[id]] = append(same[before[id]], id)
	}
	for text, ids := range same {
		b4, err := unmarshalBefore(text)
		if err != nil {
			return fmt.Errorf("what operation %d overwrote is unreadable: %w", x.ID, err)
		}
		if list, err = jsonIDs(ids); err != nil {
			return err
		}
		if err := setValues(tx, list, b4, now); err != nil {
			return err
		}
	}
	return nil
}

// changedSince is which of the items, a list for json_each, a newer operation changes
// as x does.
func changedSince(tx *sql.Tx, x Op, list string) (map[ID]bool, error) {
	a, b := sameFacet(x.Verb)
	rows, err := tx.Query(`SELECT i.item FROM json_each(?) j CROSS JOIN op_items i ON i.item = j.value AND i.op > ?
		JOIN ops o ON o.id = i.op WHERE i.state IN (0, 1, 2, 5) AND o.verb IN (?, ?)`, list, x.ID, string(a), string(b))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	newer := map[ID]bool{}
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		newer[ID(id)] = true
	}
	return newer, rows.Err()
}

// counterEntries takes back the ledger entries of items with those that go with them,
// whether those say something themselves or took back others.
func (s *Store) counterEntries(tx *sql.Tx, op int64, items []undoItem) error {
	ids := make([]ID, len(items))
	for i, it := range items {
		ids[i] = it.id
	}
	known, err := decided(tx, ids)
	if err != nil {
		return err
	}
	extras := extraEntries(known)
	var entries []Entry
	for _, it := range items {
		main := s.entry(it.target, EntryUndo, "", it.entry)
		entries = append(entries, main)
		for _, key := range extras[it.entry] {
			e := main
			e.Key, e.Undoes = main.Key+strings.TrimPrefix(key, it.entry), key
			entries = append(entries, e)
		}
	}
	return s.addEntries(tx, op, entries, known)
}

// extraEntries are the entries that go with others, in their order, by the keys of those.
func extraEntries(known map[ID][]Entry) map[string][]string {
	extras := map[string][]string{}
	for _, es := range known {
		for _, e := range es {
			if main, _, ok := strings.Cut(e.Key, "."); ok {
				extras[main] = append(extras[main], e.Key)
			}
		}
	}
	for _, keys := range extras {
		slices.Sort(keys)
	}
	return extras
}
