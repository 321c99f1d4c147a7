package store

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// What a change says of one item is one entry of the ledger, whose key op_items
// keeps, and at times more: the note that goes with it, a second label. Those have the
// same key with a dot and a number after it, so that they are found, taken back and
// brought again with it.

// entry makes a ledger entry about t, of now and by the person at work.
func (s *Store) entry(t target, verb, value, undoes string) Entry {
	return Entry{
		Key: NewKey(), AccountKey: t.key, Remote: t.remote, Item: t.id,
		Actor: s.opts.Actor, At: s.now(), Verb: verb, Value: value, Undoes: undoes,
	}
}

// applyLocal records decisions that are ours alone.
func (s *Store) applyLocal(tx *sql.Tx, op Op, c Change, info verbInfo, ts []target) error {
	entries := make([]Entry, 0, len(ts))
	for _, t := range ts {
		entries = append(entries, s.entriesOf(c, info, t)...)
	}
	known, err := decided(tx, targetIDs(ts))
	if err != nil {
		return err
	}
	return s.addEntries(tx, op.ID, entries, known)
}

// entriesOf is what a change says of one item: never nothing.
func (s *Store) entriesOf(c Change, info verbInfo, t target) []Entry {
	main := s.entry(t, info.entry, c.Text, "")
	es := []Entry{main}
	if c.Verb == VerbLabels {
		es = es[:0]
		for _, st := range labelSteps(c.Text, t.labels) {
			e := main
			e.Verb, e.Value = st.verb, st.label
			es = append(es, e)
		}
	}
	if c.Note != "" {
		e := main
		e.Verb, e.Value = EntryNote, c.Note
		es = append(es, e)
	}
	for i := range es[1:] {
		es[i+1].Key = fmt.Sprintf("%s.%d", main.Key, i+1)
	}
	return es
}

// addEntries appends entries of now, those of an item after each other, ties the first
// of each item to the operation, and brings the items in line. known is what was decided
// about the items before: a journal may be long, and is read once.
func (s *Store) addEntries(tx *sql.Tx, op int64, entries []Entry, known map[ID][]Entry) error {
	if len(entries) == 0 {
		return nil
	}
	ids := make([]ID, 0, len(entries))
	for _, e := range entries {
		if n := len(ids); n == 0 || ids[n-1] != e.Item {
			ids = append(ids, e.Item)
		}
	}
	last := make(map[ID]int64, len(known))
	for id, es := range known {
		for _, e := range es {
			last[id] = max(last[id], e.At.UnixMilli())
		}
	}
	actor := CleanLine(s.opts.Actor)
	rows := make([][]any, len(entries))
	for i, e := range entries {
		// A decision follows those it was made upon, whatever the clocks have said.
		at := max(e.At.UnixMilli(), last[e.Item]+1)
		if e.Value = CleanLine(e.Value); e.Verb == EntryNote {
			e.Value = Clean(entries[i].Value)
		}
		rows[i] = []any{e.Key, int64(e.Item), at, e.Verb, e.Value, e.Undoes}
		e.At, e.Actor = fromMilli(at), actor
		known[e.Item] = append(known[e.Item], e)
	}
	list, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO ledger (key, account, remote, item, actor, at, verb, value, undoes)
		SELECT j.value ->> 0, coalesce(a.key, ''), i.remote, i.id, ?, j.value ->> 2, j.value ->> 3, j.value ->> 4, j.value ->> 5
		FROM json_each(?) j CROSS JOIN items i ON i.id = j.value ->> 1 LEFT JOIN accounts a ON a.id = i.account ORDER BY j.key`,
		actor, string(list))
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO op_items (op, item, account, remote, entry, state)
		SELECT ?, i.id, i.account, i.remote, j.value ->> 0, ? FROM json_each(?) j CROSS JOIN items i ON i.id = j.value ->> 1
		WHERE instr(j.value ->> 0, '.') = 0`, op, int64(OpConfirmed), string(list))
	if err != nil {
		return err
	}
	return s.refoldMany(tx, ids, known)
}

// inOrder makes entries of now later than all that is known of their items: a
// decision follows those it was made upon, whatever the clocks have said.
func inOrder(tx *sql.Tx, ts []target, entries []Entry) error {
	last, err := lastEntries(tx, targetIDs(ts))
	if err != nil {
		return err
	}
	for i, t := range ts {
		if ms := last[t.id]; entries[i].At.UnixMilli() <= ms {
			entries[i].At = time.UnixMilli(ms + 1)
		}
	}
	return nil
}

// lastEntries is when something was last decided about items, in Unix milliseconds.
func lastEntries(tx *sql.Tx, ids []ID) (map[ID]int64, error) {
	list, err := jsonIDs(ids)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(`SELECT l.item, max(l.at) FROM json_each(?) j CROSS JOIN ledger l ON l.item = j.value GROUP BY l.item`, list)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	last := make(map[ID]int64, len(ids))
	for rows.Next() {
		var id, at int64
		if err := rows.Scan(&id, &at); err != nil {
			return nil, err
		}
		last[ID(id)] = at
	}
	return last, rows.Err()
}

// folded is how the columns of an item have to be.
type folded struct {
	state  State
	until  int64
	claim  string
	labels string
	notes  int
	held   bool
}

// refoldMany is refold for many items, each of which is here, from what was decided about
// them.
func (s *Store) refoldMany(tx *sql.Tx, ids []ID, known map[ID][]Entry) error {
	list, err := jsonIDs(ids)
	if err != nil {
		return err
	}
	was, base, err := foldedNow(tx, list)
	if err != nil {
		return err
	}
	same := map[foldedChange][]ID{}
	stale := map[ID]string{}
	for _, id := range ids {
		t := Fold(known[id])
		now := folded{claim: t.Claim, labels: strings.Join(t.Labels, " "), notes: len(t.Notes), held: t.Hold}
		var until time.Time
		if now.state, until = t.At(base[id], s.now()); now.state == Snoozed {
			s.wakeAt(until)
		}
		now.until = toMilli(until)
		if old := was[id]; now != old {
			ch := foldedChange{now, folded{now.state, now.until, old.claim, old.labels, old.notes, old.held} == now}
			same[ch] = append(same[ch], id)
			// Notes are never edited, so their number tells whether the index is behind.
			if now.notes != old.notes || now.labels != old.labels {
				stale[id] = t.words()
			}
		}
	}
	return s.writeFolded(tx, same, stale)
}

// foldedChange is how the columns of items are to be; only says that nothing but their
// state is new. An index is written for each column that is named, changed or not.
type foldedChange struct {
	folded
	only bool
}

func (s *Store) writeFolded(tx *sql.Tx, same map[foldedChange][]ID, stale map[ID]string) error {
	const which = ` WHERE id IN (SELECT value FROM json_each(?))`
	for f, ids := range same {
		list, err := jsonIDs(ids)
		if err != nil {
			return err
		}
		if f.only {
			_, err = tx.Exec(`UPDATE items SET state = ?, until = ?`+which, int64(f.state), f.until, list)
		} else {
			_, err = tx.Exec(`UPDATE items SET state = ?, until = ?, claim = ?, labels = ?, notes = ?, held = ?`+which,
				int64(f.state), f.until, f.claim, f.labels, f.notes, f.held, list)
		}
		if err != nil {
			return err
		}
	}
	return reindexNotes(tx, slices.Collect(maps.Keys(stale)), stale)
}

// decided is what was decided about items: their entries, as much of each as [Fold]
// needs, in no order.
func decided(tx *sql.Tx, ids []ID) (map[ID][]Entry, error) {
	list, err := jsonIDs(ids)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(`SELECT l.item, l.key, l.actor, l.at, l.verb, l.value, l.undoes FROM json_each(?) j CROSS JOIN ledger l ON l.item = j.value`, list)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	es := make(map[ID][]Entry, len(ids))
	for rows.Next() {
		var e Entry
		var at int64
		if err := rows.Scan((*int64)(&e.Item), &e.Key, &e.Actor, &at, &e.Verb, &e.Value, &e.Undoes); err != nil {
			return nil, err
		}
		e.At = fromMilli(at)
		es[e.Item] = append(es[e.Item], e)
	}
	return es, rows.Err()
}

// foldedNow is how the columns of items are, and their states before anybody decided.
func foldedNow(tx *sql.Tx, list string) (now map[ID]folded, base map[ID]State, err error) {
	rows, err := tx.Query(`SELECT id, base, state, until, claim, labels, notes, held FROM items WHERE id IN (SELECT value FROM json_each(?))`, list)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	now, base = map[ID]folded{}, map[ID]State{}
	for rows.Next() {
		var id int64
		var f folded
		var b State
		if err := rows.Scan(&id, &b, &f.state, &f.until, &f.claim, &f.labels, &f.notes, &f.held); err != nil {
			return nil, nil, err
		}
		now[ID(id)], base[ID(id)] = f, b
	}
	return now, base, rows.Err()
}

// chunkBy gives the runs of neighbours that have the same key.
func chunkBy[T any, K comparable](all []T, key func(T) K) func(yield func([]T) bool) {
	return func(yield func([]T) bool) {
		for len(all) > 0 {
			n := 1
			for n < len(all) && key(all[n]) == key(all[0]) {
				n++
			}
			if !yield(all[:n]) {
				return
			}
			all = all[n:]
		}
	}
}

// labelStep sets a label or takes it off.
type labelStep struct{ verb, label string }

// labelChange brings the words of VerbLabels into their one form: sorted, each once; of
// a label that is both set and taken off the last word counts.
func labelChange(text string) string {
	on := map[string]bool{}
	for _, w := range strings.Fields(text) {
		off := strings.HasPrefix(w, "-")
		if l := label(strings.TrimLeft(w, "-+")); l != "" {
			on[l] = !off
		}
	}
	var words []string
	for l, yes := range on {
		if !yes {
			l = "-" + l
		}
		words = append(words, l)
	}
	slices.SortFunc(words, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.TrimPrefix(a, "-"), strings.TrimPrefix(b, "-")), cmp.Compare(a, b))
	})
	return strings.Join(words, " ")
}

// labelSteps is what of a change of labels makes a difference to an item that has some.
func labelSteps(text string, has []string) (steps []labelStep) {
	for _, w := range strings.Fields(text) {
		l, off := strings.CutPrefix(w, "-")
		switch set := slices.Contains(has, l); {
		case off && set:
			steps = append(steps, labelStep{EntryUnlabel, l})
		case !off && !set:
			steps = append(steps, labelStep{EntryLabel, l})
		}
	}
	return steps
}

// sameLabels reports whether two changes are about a label in common.
func sameLabels(a, b string) bool {
	for _, w := range strings.Fields(a) {
		for _, v := range strings.Fields(b) {
			if strings.TrimPrefix(w, "-") == strings.TrimPrefix(v, "-") {
				return true
			}
		}
	}
	return false
}

// words is what was done, for the banner and the list of jobs.
func (c Change) words(info verbInfo, ts []target, actor string) string {
	what := describe(ts)
	text := fmt.Sprintf(info.past, what)
	switch {
	case c.Verb == VerbClaim && c.Text != actor:
		text = "Handed " + what + " to " + c.Text
	case c.Verb == VerbClaim && len(ts) == 1 && ts[0].claim != "" && ts[0].claim != actor:
		text += ", which " + ts[0].claim + " had"
	case c.Verb == VerbLabel:
		text += " " + c.Text
	case c.Verb == VerbUnlabel:
		text = "Took the label " + c.Text + " off " + what
	case c.Verb == VerbLabels:
		text = labelWords(c.Text, what)
	}
	if c.Note != "" {
		text += ", with a note"
	}
	return text
}

// labelWords says what was done to the labels of some items.
func labelWords(change, what string) string {
	var on, off []string
	for _, w := range strings.Fields(change) {
		if l, ok := strings.CutPrefix(w, "-"); ok {
			off = append(off, l)
		} else {
			on = append(on, w)
		}
	}
	switch {
	case len(off) == 0:
		return "Labelled " + what + " " + strings.Join(on, ", ")
	case len(on) == 0:
		return "Took " + strings.Join(off, ", ") + " off " + what
	}
	return "Labelled " + what + " " + strings.Join(on, ", ") + "; took off " + strings.Join(off, ", ")
}
