package store

import (
	"context"
	"strings"
)

// Search is Window from the start, for a query that is being typed: at most limit
// rows. Results are ranked by time, so it stops as soon as it has enough.
func (s *Store) Search(ctx context.Context, q Query, o Order, limit int) (Window, error) {
	if limit <= 0 {
		return Window{Start: true, Generation: s.Generation()}, nil
	}
	w, err := s.window(ctx, q, o, FromStart, 0, min(limit, maxWindow)-1)
	if err == nil {
		s.know(ctx, w.Rows)
		err = s.excerpt(ctx, q, w.Rows)
	}
	return w, s.fault("searching", err)
}

// A word of one to three letters that may go on fits very many, and the full-text
// index would merge the places of all of them before giving the first. But what fits
// many is also found soon: so the store first reads along the list itself, a bounded
// number of rows, and only asks the index when that did not give enough, in which
// case there is not so much to merge.

// skimRows is how many rows are read along before the index is asked.
const skimRows = 1000

// skim is walk for such words.
func (s *Store) skim(ctx context.Context, db selecter, p plan, from ID, inclusive, asc bool, limit int) ([]Row, error) {
	rows, done, last, err := s.read(ctx, db, p, from, inclusive, asc, limit)
	if err != nil || done || len(rows) >= limit {
		return rows, err
	}
	p.skim, p.index = nil, ""
	more, err := s.walk(ctx, db, p, last, false, asc, limit-len(rows))
	return append(rows, more...), err
}

// read reads along the list and keeps the rows that fit. done says that the list
// came to its end; last is the last row looked at.
func (s *Store) read(ctx context.Context, db selecter, p plan, from ID, inclusive, asc bool, limit int) (found []Row, done bool, last ID, err error) {
	const columns = rowColumns + `, ` + fileTextOf + `, coalesce(b.subject, ''), coalesce(b.text, ''),
		CASE WHEN i.who LIKE '% +%' THEN coalesce(b.parties, '') ELSE '' END,
		CASE WHEN i.files > 0 THEN (SELECT group_concat(name, ' ') FROM attachments WHERE item = i.id) ELSE '' END,
		CASE WHEN i.notes > 0 THEN (SELECT group_concat(value, ' ') FROM ledger WHERE item = i.id AND verb = 'note') ELSE '' END`
	query, args := p.sql(columns, from, inclusive, asc, skimRows, true)
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, false, from, err
	}
	defer rows.Close()
	words := make([]needle, 0, len(p.skim))
	for _, t := range p.skim {
		if t.field == "" && tokens(t.words) > 0 {
			words = append(words, newNeedle(t.words, t.prefix))
		}
	}
	n := 0
	last = from
	for rows.Next() {
		var said, subject, text, people string
		var files, notes *string
		r, err := scanRow(rows, &said, &subject, &text, &people, &files, &notes)
		if err != nil {
			return nil, false, last, err
		}
		n, last = n+1, r.ID
		hay := []string{text, subject, r.Who.Name, r.Who.Location, people, deref(files), said, deref(notes), strings.Join(r.Labels, " ")}
		if !fits(words, hay) {
			continue
		}
		if found = append(found, r); len(found) == limit {
			return found, false, last, nil
		}
	}
	return found, n < skimRows, last, rows.Err()
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func fits(words []needle, hay []string) bool {
	for _, w := range words {
		ok := false
		for _, h := range hay {
			if ok = w.in(h); ok {
				break
			}
		}
		if !ok {
			return false
		}
	}
	return true
}
