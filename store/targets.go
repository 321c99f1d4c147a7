package store

import (
	"database/sql"
	"errors"
	"strings"
)

// targets reads items by id, each once and in the order given. Unknown ones are
// left out.
func targets(tx *sql.Tx, ids []ID) ([]target, error) {
	st, err := tx.Prepare(`SELECT i.id, i.account, coalesce(a.key, ''), i.remote, i.kind, i.direction, i.who, i.number, i.extension,
		i.read, i.availability, i.state, i.until, i.claim, i.labels
		FROM items i LEFT JOIN accounts a ON a.id = i.account WHERE i.id = ?`)
	if err != nil {
		return nil, err
	}
	defer st.Close()
	seen := make(map[ID]bool, len(ids))
	var ts []target
	for _, id := range ids {
		if seen[id] {
			continue
		}
		seen[id] = true
		var t target
		var labels string
		err := st.QueryRow(int64(id)).Scan((*int64)(&t.id), &t.account, &t.key, &t.remote, &t.kind, &t.direction, &t.who.Name, &t.who.Number,
			&t.who.Extension, &t.read, &t.availability, &t.state, &t.until, &t.claim, &labels)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, err
		}
		t.labels = strings.Fields(labels)
		ts = append(ts, t)
	}
	return ts, nil
}
