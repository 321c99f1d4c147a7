package store

import (
	"context"
	"strings"
	"unicode/utf8"
)

// before an excerpt's word stand at most this many bytes of text.
const leadIn = 32

// excerpt shows in the rows of a search the part of the text in which the first of
// the words stands, where the usual preview ends before it.
func (s *Store) excerpt(ctx context.Context, q Query, rows []Row) error {
	words := q.needles()
	if len(words) == 0 {
		return nil
	}
	at := map[ID]int{}
	var args []any
	for i, r := range rows {
		if first(words, r.Preview) < 0 {
			at[r.ID] = i
			args = append(args, int64(r.ID))
		}
	}
	if len(args) == 0 {
		return nil
	}
	marks := strings.TrimSuffix(strings.Repeat("?,", len(args)), ",")
	// What a file says counts where the message itself does not have the word.
	found, err := s.r.QueryContext(ctx, `SELECT item, text, 0 AS ord FROM bodies WHERE item IN (`+marks+`) UNION ALL
		SELECT f.item, j.value, 1 FROM file_texts f, json_each(f.pages) j WHERE f.item IN (`+marks+`) ORDER BY ord`, append(args, args...)...)
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		var id ID
		var text string
		var ord int
		if err := found.Scan((*int64)(&id), &text, &ord); err != nil {
			return err
		}
		i, wanted := at[id]
		if n := first(words, text); wanted && (n > 0 || n == 0 && ord > 0) {
			rows[i].Preview = around(text, n)
			delete(at, id)
		}
	}
	return found.Err()
}

// needles are the words a query looks for in texts.
func (q Query) needles() []needle {
	var out []needle
	for _, t := range q.terms {
		if t.field != "" || t.neg {
			continue
		}
		for w := range strings.FieldsFuncSeq(t.words, func(r rune) bool { return !wordRune(r) }) {
			out = append(out, newNeedle(w, t.prefix))
		}
	}
	return out
}

// first is where in text the first of the words begins, -1 without one.
func first(words []needle, text string) int {
	best := -1
	for _, w := range words {
		if n := w.index(text); n >= 0 && (best < 0 || n < best) {
			best = n
		}
	}
	return best
}

// around is a preview of text that begins a few words before byte n.
func around(text string, n int) string {
	from := max(n-leadIn, 0)
	for from > 0 && !utf8.RuneStart(text[from]) {
		from--
	}
	if from > 0 {
		if i := strings.IndexByte(text[from:n], ' '); i >= 0 {
			from += i + 1
		}
		return preview("… "+text[from:], "")
	}
	return preview(text, "")
}
