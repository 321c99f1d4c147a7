package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// What one change does to many items is done in a few statements, not a few for each:
// a thousand at a time are one key.

// target is an item as the outbox needs it.
type target struct {
	id           ID
	account      int64
	key          string // accounts.key
	remote       string
	kind         Kind
	direction    Direction
	who          Party
	read         bool
	availability Availability
	state        State
	until        int64
	claim        string
	labels       []string
	held         bool
	dropped      bool // the service has it no longer, though nobody deleted it: changes stay here
}

// jsonIDs is ids for json_each.
func jsonIDs(ids []ID) (string, error) {
	list, err := json.Marshal(asInts(ids))
	return string(list), err
}

func targetIDs(ts []target) []ID {
	ids := make([]ID, len(ts))
	for i, t := range ts {
		ids[i] = t.id
	}
	return ids
}

// applyRemote shows a change as made and notes what it overwrote. The journal gets an
// entry of that verb for each item; with "", for what takes back another, it has its own.
func (s *Store) applyRemote(tx *sql.Tx, op Op, info verbInfo, ts []target, verb string) (err error) {
	keys := make([]string, len(ts))
	if verb != "" {
		if keys, err = s.jot(tx, s.opts.Actor, verb, "", ts, nil); err != nil {
			return err
		}
	}
	rows := make([][]any, len(ts))
	for i, t := range ts {
		rows[i] = []any{int64(t.id), keys[i]}
	}
	pairs, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	was := `json_object('availability', i.availability)`
	if info.facet == facetRead {
		was = `json_object('read', json(iif(i.read, 'true', 'false')))`
	}
	_, err = tx.Exec(`INSERT INTO op_items (op, item, account, remote, entry, before)
		SELECT ?, i.id, i.account, i.remote, j.value ->> 1, `+was+` FROM json_each(?) j CROSS JOIN items i ON i.id = j.value ->> 0`, op.ID, string(pairs))
	if err != nil {
		return err
	}
	list, err := jsonIDs(targetIDs(ts))
	if err != nil {
		return err
	}
	if err := setValues(tx, list, after(op.Verb), s.now()); err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE items SET pending = pending + 1 WHERE id IN (SELECT value FROM json_each(?))`, list)
	return err
}

// after is the value a remote verb gives.
func after(v Verb) before {
	yes, no := true, false
	alive, deleted := uint8(Alive), uint8(Deleted)
	switch v {
	case VerbRead:
		return before{Read: &yes}
	case VerbUnread:
		return before{Read: &no}
	case VerbDelete:
		return before{Availability: &deleted}
	case VerbRestore:
		return before{Availability: &alive}
	}
	return before{}
}

// setValue writes what b holds to an item.
func setValue(tx *sql.Tx, id ID, b before, now time.Time) error {
	return setValues(tx, fmt.Sprintf("[%d]", int64(id)), b, now)
}

// setValues writes what b holds to items, a list for json_each.
func setValues(tx *sql.Tx, list string, b before, now time.Time) error {
	if b.Read != nil {
		if _, err := tx.Exec(`UPDATE items SET read = ? WHERE id IN (SELECT value FROM json_each(?))`, *b.Read, list); err != nil {
			return err
		}
	}
	if b.Availability != nil {
		gone := int64(0)
		if Availability(*b.Availability) != Alive {
			gone = now.UnixMilli()
		}
		_, err := tx.Exec(`UPDATE items SET availability = ?, deleted = ? WHERE id IN (SELECT value FROM json_each(?))`, *b.Availability, gone, list)
		if err != nil {
			return err
		}
	}
	return nil
}
