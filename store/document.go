package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// document is the text of an item as the full-text index has it.
type document struct{ who, number, text, files, notes string }

// document is what there is to find in a new record.
func (p *record) document() document {
	var d document
	var who, number, files []string
	add := func(q Party) {
		who = append(who, q.Name, q.Email, q.Location)
		number = append(number, reversed(Digits(q.Number)), reversed(Digits(q.Extension)))
	}
	if p.Direction == Outbound {
		for _, q := range p.To {
			add(q)
		}
	} else {
		add(p.From)
	}
	for _, a := range p.Attachments {
		files = append(files, a.Name)
	}
	d.who, d.number, d.files = words(who), words(number), words(files)
	d.text = words([]string{p.Subject, p.Text})
	return d
}

// words joins what is not empty.
func words(parts []string) string {
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	if len(parts) == 1 {
		return parts[0]
	}
	return strings.Join(parts, " \n ")
}

// reindex writes an item's text to the full-text index anew, from what is stored.
func (s *Store) reindex(tx *sql.Tx, id ID) error { return s.reindexAll(tx, []ID{id}) }

// reindexAll is reindex for many. All is read before anything is written, for the
// reason given at index, and written in the order of the ids: whenever an id is not
// above the last one, the full-text index writes out what it has gathered.
func (s *Store) reindexAll(tx *sql.Tx, ids []ID) error { return reindexNotes(tx, ids, nil) }

// reindexNotes is reindexAll where the words of notes and labels are known already, by
// item; nil: they are not.
func reindexNotes(tx *sql.Tx, ids []ID, notes map[ID]string) error {
	if len(ids) == 0 {
		return nil
	}
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	docs, err := documentsOf(tx, ids, notes)
	if err != nil {
		return err
	}
	st, err := tx.Prepare(`INSERT OR REPLACE INTO search (rowid, who, number, text, files, notes) VALUES (?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer st.Close()
	for i, d := range docs {
		if _, err := st.Exec(int64(ids[i]), d.who, d.number, d.text, d.files, d.notes); err != nil {
			return fmt.Errorf("indexing item %s: %w", ids[i], err)
		}
	}
	return nil
}

// documentsOf reads the texts of items that are in the order of their ids; for notes see
// reindexNotes.
func documentsOf(tx *sql.Tx, ids []ID, notes map[ID]string) ([]document, error) {
	list, err := json.Marshal(asInts(ids))
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(`SELECT i.id, i.direction, coalesce(b.parties, '{}'), coalesce(b.subject, ''), coalesce(b.text, ''),
		coalesce((SELECT group_concat(name, ' ') FROM attachments WHERE item = i.id), ''), `+fileTextOf+`, EXISTS (SELECT 1 FROM ledger WHERE item = i.id)
		FROM json_each(?) j CROSS JOIN items i ON i.id = j.value LEFT JOIN bodies b ON b.item = i.id`, string(list))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	docs := make([]document, 0, len(ids))
	var noted []ID // those something was decided about
	for rows.Next() {
		var id int64
		var p record
		var raw, files, text string
		var decided bool
		if err := rows.Scan(&id, &p.Direction, &raw, &p.Subject, &p.Text, &files, &text, &decided); err != nil {
			return nil, err
		}
		if n := len(docs); n == len(ids) || ID(id) != ids[n] {
			break
		}
		p.From, p.To = readParties(raw)
		d := p.document()
		d.files = words([]string{strings.TrimSpace(files), text})
		if decided {
			noted = append(noted, ID(id))
		}
		docs = append(docs, d)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if len(docs) < len(ids) {
		return nil, fmt.Errorf("indexing item %s: %w", ids[len(docs)], sql.ErrNoRows)
	}
	if notes == nil && len(noted) > 0 {
		if notes, err = notesOf(tx, noted); err != nil {
			return nil, err
		}
	}
	for i, id := range ids {
		docs[i].notes = notes[id]
	}
	return docs, nil
}

func asInts(ids []ID) []int64 {
	out := make([]int64, len(ids))
	for i, id := range ids {
		out[i] = int64(id)
	}
	return out
}

// notesOf is what can be found of what was decided about items: their labels and notes.
func notesOf(tx *sql.Tx, ids []ID) (map[ID]string, error) {
	known, err := decided(tx, ids)
	if err != nil {
		return nil, err
	}
	notes := make(map[ID]string, len(ids))
	for id, es := range known {
		notes[id] = Fold(es).words()
	}
	return notes, nil
}

// words are the labels and notes as the full-text index has them.
func (t TriageState) words() string {
	list := slices.Clone(t.Labels)
	for _, n := range t.Notes {
		list = append(list, n.Text)
	}
	return words(list)
}

func readParties(s string) (Party, []Party) {
	var p parties
	if err := json.Unmarshal([]byte(s), &p); err != nil {
		return Party{}, nil // of a damaged row; the list's own columns still show who it was
	}
	return p.From, p.To
}
