package kit

// Pending reports whether moves or a jump wait for rows: what comes after them
// must wait too.
func (t *Table[R]) Pending() bool { return len(t.owed) != 0 || t.jump != 0 }

// Settle gives up moves and jumps that wait for rows.
func (t *Table[R]) Settle() { t.owed, t.jump = nil, 0 }

// Has reports whether a row is among the known ones.
func (t *Table[R]) Has(id int64) bool {
	_, ok := t.find(id)
	return ok
}

// Anchor is where a range of marks began; 0 without one.
func (t *Table[R]) Anchor() int64 { return t.anchor }

// MarkBetween marks these rows and ends the range.
func (t *Table[R]) MarkBetween(ids []int64) {
	for _, id := range ids {
		t.mark(id)
	}
	t.anchor = 0
}

// Index is the place of the cursor row among the known rows, and whether the
// first known row is the first of the list.
func (t *Table[R]) Index() (i int, fromStart bool) { return t.cur, t.start }

// Known is every row that is known, in the order shown. It is the table's own:
// read only.
func (t *Table[R]) Known() []R { return t.rows }

// Drop takes rows out that are about to leave the list. The cursor moves to
// the next row that stays.
func (t *Table[R]) Drop(gone func(id int64) bool) {
	keep := make([]R, 0, len(t.rows))
	cur := -1
	for i, r := range t.rows {
		if gone(t.ID(r)) {
			continue
		}
		if i >= t.cur && cur < 0 {
			cur = len(keep)
		}
		keep = append(keep, r)
	}
	if cur < 0 {
		cur = max(len(keep)-1, 0)
	}
	t.rows, t.cur = keep, cur
	t.scroll()
}

// Patch changes known rows in place until the next Load.
func (t *Table[R]) Patch(change func(*R)) {
	rows := make([]R, len(t.rows))
	copy(rows, t.rows)
	for i := range rows {
		change(&rows[i])
	}
	t.rows = rows
}

// Center brings the cursor row to the middle of the screen.
func (t *Table[R]) Center() {
	t.top = t.cur - t.height/2
	t.scroll()
}
