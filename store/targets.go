package store

import (
	"database/sql"
	"strings"
)

// targets reads items by id, each once and in the order given. Unknown ones are
// left out.
func targets(tx *sql.Tx, ids []ID) ([]target, error) {
	list, err := jsonIDs(ids)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(`SELECT i.id, i.account, coalesce(a.key, ''), i.remote, i.kind, i.direction, i.who, i.number, i.extension,
		i.read, i.availability, i.state, i.until, i.claim, i.labels, i.held, i.dropped > 0
		FROM json_each(?) j CROSS JOIN items i ON i.id = j.value LEFT JOIN accounts a ON a.id = i.account ORDER BY j.key`, list)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	seen := make(map[ID]bool, len(ids))
	ts := make([]target, 0, len(ids))
	for rows.Next() {
		var t target
		var labels string
		err := rows.Scan((*int64)(&t.id), &t.account, &t.key, &t.remote, &t.kind, &t.direction, &t.who.Name, &t.who.Number,
			&t.who.Extension, &t.read, &t.availability, &t.state, &t.until, &t.claim, &labels, &t.held, &t.dropped)
		if err != nil {
			return nil, err
		}
		if !seen[t.id] {
			seen[t.id] = true
			t.labels = strings.Fields(labels)
			ts = append(ts, t)
		}
	}
	return ts, rows.Err()
}
