package kit

import "slices"

// Table is a list of which only a window of rows is known. It keeps its place
// by row ID, never by position: new rows, a refresh or a sort leave the cursor
// on the same row. IDs grow with the order the rows are kept in; Desc says the
// list is shown the other way round.
//
// A Table does not fetch. After Move, First, Last, Load or SetHeight, Need
// says what to fetch; Load brings it in. Moves past what is known are
// remembered and carried out when the rows come, so that held keys always end
// on the right row.
type Table[R any] struct {
	ID   func(R) int64
	Desc bool
	// Leap makes a cursor that leaves the screen scroll by half of it, not by a row.
	// Beside another pane a terminal cannot scroll, so each row would be written again.
	Leap bool
	// Free says that IDs do not grow with the order: a row is found by going along
	// those that are known.
	Free bool

	rows       []R
	start, end bool // the window holds the first, the last row of the list
	cur        int  // index of the cursor row in rows
	top        int  // index of the first row on screen
	height     int
	owed       []int // moves that wait for rows, neighbours of one direction joined
	jump       int   // -1 to the first, +1 to the last row, once loaded
	loaded     bool
	marks      map[int64]bool
	anchor     int64 // where a range of marks begins; 0: none
}

// Need is what a table wants fetched.
type Need struct {
	Any bool
	At  int64 // 0: from the first row, -1: from the last, else around this ID
}

// SetHeight is how many rows fit on screen.
func (t *Table[R]) SetHeight(h int) {
	t.height = max(h, 0)
	t.scroll()
}

// Height is how many rows fit on screen.
func (t *Table[R]) Height() int { return t.height }

// Len is how many rows are known, which may be fewer than there are.
func (t *Table[R]) Len() int { return len(t.rows) }

// Loaded reports whether any window has come in yet.
func (t *Table[R]) Loaded() bool { return t.loaded }

// Whole reports whether the known rows are all there are.
func (t *Table[R]) Whole() bool { return t.loaded && t.start && t.end }

// Row is the row under the cursor.
func (t *Table[R]) Row() (r R, ok bool) {
	if t.cur < 0 || t.cur >= len(t.rows) {
		return r, false
	}
	return t.rows[t.cur], true
}

// CursorID is the ID of the row under the cursor, 0 without one.
func (t *Table[R]) CursorID() int64 {
	if r, ok := t.Row(); ok {
		return t.ID(r)
	}
	return 0
}

// Visible is the rows on screen and which of them the cursor is on (-1: none).
func (t *Table[R]) Visible() (rows []R, cursor int) {
	end := min(t.top+t.height, len(t.rows))
	if t.top >= end {
		return nil, -1
	}
	return t.rows[t.top:end], t.cur - t.top
}

// Edges reports whether rows are hidden above and below the screen.
func (t *Table[R]) Edges() (above, below bool) {
	return t.top > 0 || !t.start, t.top+t.height < len(t.rows) || !t.end
}

// Move moves the cursor by n rows.
func (t *Table[R]) Move(n int) {
	if last := len(t.owed) - 1; last >= 0 && (t.owed[last] < 0) == (n < 0) {
		t.owed[last] += n
	} else if n != 0 {
		t.owed = append(t.owed, n)
	}
	t.pay()
}

// pay carries out the moves that wait, one after the other as they were made,
// until one runs past the rows that are known.
func (t *Table[R]) pay() {
	for t.loaded && t.jump == 0 && len(t.owed) > 0 {
		to, last := t.cur+t.owed[0], max(len(t.rows)-1, 0)
		if to < 0 && !t.start {
			t.owed[0], t.cur = to, 0
			break
		}
		if to > last && !t.end {
			t.owed[0], t.cur = to-last, last
			break
		}
		t.cur = min(max(to, 0), last)
		t.owed = t.owed[1:]
	}
	t.scroll()
}

// First and Last move the cursor to the ends of the list.
func (t *Table[R]) First() {
	t.owed = nil
	if t.start {
		t.cur, t.jump = 0, 0
		t.scroll()
		return
	}
	t.jump = -1
}

// Last moves the cursor to the last row.
func (t *Table[R]) Last() {
	t.owed = nil
	if t.end {
		t.cur, t.jump = max(len(t.rows)-1, 0), 0
		t.scroll()
		return
	}
	t.jump = 1
}

// Select moves the cursor to a row that is known; false where it is not.
func (t *Table[R]) Select(id int64) bool {
	i, ok := t.find(id)
	if ok {
		t.cur, t.owed, t.jump = i, nil, 0
		t.scroll()
	}
	return ok
}

// Need says what to fetch now, if anything.
func (t *Table[R]) Need() Need {
	switch {
	case !t.loaded:
		return Need{Any: true}
	case t.jump < 0:
		return Need{Any: true}
	case t.jump > 0:
		return Need{Any: true, At: -1}
	case len(t.rows) == 0:
		return Need{}
	}
	edge := max(t.height, 8)
	if !t.start && (t.owes(-1) || t.cur < edge) {
		return Need{Any: true, At: t.ID(t.rows[t.cur])}
	}
	if !t.end && (t.owes(1) || t.cur >= len(t.rows)-edge) {
		return Need{Any: true, At: t.ID(t.rows[t.cur])}
	}
	return Need{}
}

// Load replaces the window. The cursor stays on its row and on its line of the
// screen; if the row is gone it moves to the next one in order.
func (t *Table[R]) Load(rows []R, start, end bool) {
	had, id, line := t.loaded && len(t.rows) > 0, t.CursorID(), t.cur-t.top
	old, was := t.rows, t.cur
	t.rows, t.start, t.end, t.loaded = rows, start, end, true
	switch {
	case t.jump < 0 && start:
		t.cur, t.jump = 0, 0
	case t.jump > 0 && end:
		t.cur, t.jump = max(len(rows)-1, 0), 0
	case had:
		i, ok := t.find(id)
		if t.Free && !ok {
			i = t.nearest(old, was)
		}
		t.cur = min(i, max(len(rows)-1, 0))
		t.top = t.cur - line
	default:
		t.cur, t.top = 0, 0
	}
	t.pay()
}

// owes reports whether the next waiting move goes that way.
func (t *Table[R]) owes(way int) bool { return len(t.owed) > 0 && (t.owed[0] > 0) == (way > 0) }

// Reset forgets rows, marks and cursor: another list will be shown.
func (t *Table[R]) Reset() {
	*t = Table[R]{ID: t.ID, Desc: t.Desc, Leap: t.Leap, Free: t.Free, height: t.height}
}

// find is where id is, or where it would be.
func (t *Table[R]) find(id int64) (int, bool) {
	if t.Free {
		i := slices.IndexFunc(t.rows, func(r R) bool { return t.ID(r) == id })
		return max(i, 0), i >= 0
	}
	lo, hi := 0, len(t.rows)
	for lo < hi {
		m := (lo + hi) / 2
		v := t.ID(t.rows[m])
		if v == id {
			return m, true
		}
		if (v < id) != t.Desc {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo, false
}

// nearest is where the first row is that stood at place was or after it and is still
// there, else the last one before it.
func (t *Table[R]) nearest(old []R, was int) int {
	for _, r := range old[min(was, len(old)):] {
		if i, ok := t.find(t.ID(r)); ok {
			return i
		}
	}
	for i := min(was, len(old)) - 1; i >= 0; i-- {
		if at, ok := t.find(t.ID(old[i])); ok {
			return at
		}
	}
	return was
}

func (t *Table[R]) scroll() {
	h := max(t.height, 1)
	if over := max(t.top-t.cur, t.cur-t.top-h+1); t.Leap && over > 0 && over <= h/4 {
		t.top = t.cur - h/2
	}
	t.top = min(t.top, t.cur)
	t.top = max(t.top, t.cur-h+1)
	t.top = max(min(t.top, len(t.rows)-h), 0)
}
