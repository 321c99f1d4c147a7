package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"
)

// What people choose from when they hand over, label or block.

// LabelUse is a label and how many messages have it.
type LabelUse struct {
	Label string
	Items int
}

// LabelsInUse are the labels of all messages that are not deleted, the most used first.
func (s *Store) LabelsInUse(ctx context.Context) ([]LabelUse, error) {
	const doing = "reading the labels"
	rows, err := s.r.QueryContext(ctx, `SELECT labels, count(*) FROM items INDEXED BY items_label WHERE labels <> '' AND availability = 0 GROUP BY labels`)
	if err != nil {
		return nil, s.fault(doing, err)
	}
	list, err := labelUses(rows)
	return list, s.fault(doing, err)
}

// LabelsOf are the labels of some items, with how many of them have each.
func (s *Store) LabelsOf(ctx context.Context, items []ID) ([]LabelUse, error) {
	const doing = "reading the labels"
	list, err := jsonIDs(items)
	if err != nil {
		return nil, s.fault(doing, err)
	}
	rows, err := s.r.QueryContext(ctx, `SELECT i.labels, count(*) FROM json_each(?) j CROSS JOIN items i ON i.id = j.value WHERE i.labels <> '' GROUP BY i.labels`, list)
	if err != nil {
		return nil, s.fault(doing, err)
	}
	uses, err := labelUses(rows)
	return uses, s.fault(doing, err)
}

// labelUses adds up rows of labels and numbers, and closes them.
func labelUses(rows *sql.Rows) ([]LabelUse, error) {
	defer rows.Close()
	count := map[string]int{}
	for rows.Next() {
		var labels string
		var n int
		if err := rows.Scan(&labels, &n); err != nil {
			return nil, err
		}
		for _, l := range strings.Fields(labels) {
			count[l] += n
		}
	}
	list := make([]LabelUse, 0, len(count))
	for l, n := range count {
		list = append(list, LabelUse{l, n})
	}
	slices.SortFunc(list, func(a, b LabelUse) int { return cmp.Or(cmp.Compare(b.Items, a.Items), cmp.Compare(a.Label, b.Label)) })
	return list, rows.Err()
}

// Colleague is somebody to hand a message to.
type Colleague struct {
	Name   string // what a claim says
	Detail string // extension or e-mail address; may be empty
	Worked bool   // has worked on messages of this queue
}

// mostColleagues is how many people can be chosen from at once, and recentWork how far
// back in the journal those are looked for who work here.
const (
	mostColleagues = 5000
	recentWork     = 20_000
)

// Colleagues are the people a message can be handed to: those who have worked on
// messages here, the latest first, then the directory and the people of chats by name.
func (s *Store) Colleagues(ctx context.Context) ([]Colleague, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT name, '', 1, last FROM (
			SELECT actor AS name, max(seq) AS last FROM (SELECT actor, seq FROM ledger ORDER BY seq DESC LIMIT ?1) GROUP BY actor
			UNION ALL SELECT value, max(seq) FROM (SELECT verb, value, seq FROM ledger ORDER BY seq DESC LIMIT ?1) WHERE verb = 'claim' AND value <> '' GROUP BY value)
		UNION ALL SELECT name, extension, 0, 0 FROM contacts WHERE source = ?2 AND type = 'User' AND hidden = 0 AND name <> ''
		UNION ALL SELECT name, email, 0, -1 FROM people WHERE state = 1 AND me = 0 AND name <> ''
		ORDER BY 4 DESC, 1 COLLATE NOCASE LIMIT ?3`, recentWork, int64(Directory), mostColleagues)
	if err != nil {
		return nil, s.fault("reading the colleagues", err)
	}
	defer rows.Close()
	var list []Colleague
	at := map[string]int{}
	for rows.Next() {
		var c Colleague
		var last int64
		if err := rows.Scan(&c.Name, &c.Detail, &c.Worked, &last); err != nil {
			return nil, s.fault("reading the colleagues", err)
		}
		key := strings.ToLower(c.Name)
		if i, ok := at[key]; ok {
			list[i].Detail = cmp.Or(list[i].Detail, c.Detail)
			continue
		}
		if c.Name == Automatic || c.Name == "" {
			continue
		}
		at[key] = len(list)
		list = append(list, c)
	}
	return list, s.fault("reading the colleagues", rows.Err())
}

// Caller is who is behind some messages, with what can be done about them.
type Caller struct {
	Account int64
	BlockedNumber
	Extension string // of a colleague
	Items     int    // how many of the messages asked about are from or to them
}

// Outside reports whether it is a number of the outside, which can be blocked.
func (c Caller) Outside() bool { return isE164(c.Number) }

// Callers are who is behind some messages, each once, with how the service treats
// them: those who withhold their number together, with Number "".
func (s *Store) Callers(ctx context.Context, items []ID) ([]Caller, error) {
	const doing = "reading the callers"
	list, err := jsonIDs(items)
	if err != nil {
		return nil, s.fault(doing, err)
	}
	rows, err := s.r.QueryContext(ctx, `SELECT i.account, i.number, iif(i.number = '', i.extension, ''), max(i.who), count(*),
			coalesce(b.status, ''), coalesce(b.label, '')
		FROM json_each(?) j CROSS JOIN items i ON i.id = j.value LEFT JOIN blocked b ON b.account = i.account AND b.number = i.number
		GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`, list)
	if err != nil {
		return nil, s.fault(doing, err)
	}
	defer rows.Close()
	var out []Caller
	for rows.Next() {
		var c Caller
		var name string
		if err := rows.Scan(&c.Account, &c.Number, &c.Extension, &name, &c.Items, &c.Status, &c.Label); err != nil {
			return nil, s.fault(doing, err)
		}
		c.Label = cmp.Or(c.Label, name)
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		return nil, s.fault(doing, err)
	}
	return out, nil
}
