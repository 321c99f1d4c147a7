package kit

import (
	"maps"
	"slices"
)

// Mark marks the row under the cursor, or takes its mark off.
func (t *Table[R]) Mark() {
	id := t.CursorID()
	if id == 0 {
		return
	}
	if t.marks[id] {
		delete(t.marks, id)
		return
	}
	t.mark(id)
}

func (t *Table[R]) mark(id int64) {
	if t.marks == nil {
		t.marks = map[int64]bool{}
	}
	t.marks[id] = true
}

// Range begins a range of marks at the cursor; the second call marks all rows
// between there and the cursor and reports true.
func (t *Table[R]) Range() bool {
	id := t.CursorID()
	if t.anchor == 0 {
		t.anchor = id
		return false
	}
	lo, hi := min(t.anchor, id), max(t.anchor, id)
	if t.Free {
		from, _ := t.find(t.anchor)
		t.anchor = 0
		for _, r := range t.rows[min(from, t.cur) : max(from, t.cur)+1] {
			t.mark(t.ID(r))
		}
		return true
	}
	t.anchor = 0
	for _, r := range t.rows {
		if v := t.ID(r); v >= lo && v <= hi {
			t.mark(v)
		}
	}
	return true
}

// Ranging reports whether a range has begun.
func (t *Table[R]) Ranging() bool { return t.anchor != 0 }

// MarkIDs marks exactly these rows, known or not.
func (t *Table[R]) MarkIDs(ids []int64) {
	t.marks = make(map[int64]bool, len(ids))
	for _, id := range ids {
		t.marks[id] = true
	}
}

// Unmark takes all marks off and ends a range.
func (t *Table[R]) Unmark() { t.marks, t.anchor = nil, 0 }

// Marked reports whether a row is marked.
func (t *Table[R]) Marked(id int64) bool { return t.marks[id] }

// Marks is the marked IDs in order.
func (t *Table[R]) Marks() []int64 {
	if len(t.marks) == 0 {
		return nil
	}
	ids := slices.Sorted(maps.Keys(t.marks))
	if t.Desc {
		slices.Reverse(ids)
	}
	return ids
}

// Targets is what a verb acts on: the marks, or else the row under the cursor.
func (t *Table[R]) Targets() []int64 {
	if ids := t.Marks(); ids != nil {
		return ids
	}
	if id := t.CursorID(); id != 0 {
		return []int64{id}
	}
	return nil
}
