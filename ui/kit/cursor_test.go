package kit

import "testing"

// TestCursor: the cursor stays on its row while others come and go.
func TestCursor(t *testing.T) {
	var c Cursor
	on := func(rows string) (int, string) {
		i := c.On(len(rows), func(i int) string { return rows[i : i+1] })
		if i < 0 {
			return i, ""
		}
		return i, rows[i : i+1]
	}
	move := func(n int, rows string) { c.Move(n, len(rows), func(i int) string { return rows[i : i+1] }) }
	for _, step := range []struct {
		move int
		rows string
		at   int
		want string
	}{
		{0, "", -1, ""},
		{0, "bcd", 0, "b"},
		{0, "abcd", 0, "a"}, // it was not put anywhere yet
		{2, "abcd", 2, "c"},
		{0, "xabcd", 3, "c"}, // others came above it
		{0, "xabd", 3, "d"},  // it has gone
		{0, "xab", 2, "b"},
		{9, "xab", 2, "b"},
		{-9, "xab", 0, "x"},
		{0, "", -1, ""},
		{1, "", -1, ""},
		{0, "xab", 0, "x"},
	} {
		if step.move != 0 {
			move(step.move, step.rows)
		}
		if i, key := on(step.rows); i != step.at || key != step.want {
			t.Errorf("%+v: on %d, %q", step, i, key)
		}
	}
	c.Stay("b")
	if i, _ := on("xab"); i != 2 || c.Key() != "b" {
		t.Errorf("asked to stay on b: on %d", i)
	}
}

// TestCursorScroll: the row under the cursor is shown whole, with its heading.
func TestCursorScroll(t *testing.T) {
	lines := []Place{{Row: 0, Head: "first"}, {Row: 0}, {Row: 0}, {Row: 1, Gap: true}, {Row: 1, Head: "second"}, {Row: 1}, {Row: 1}, {Row: 2}}
	var c Cursor
	for _, step := range []struct{ at, fit, want int }{
		{1, 4, 0}, {5, 4, 3}, {7, 4, 4}, {5, 4, 3}, {1, 4, 0}, {7, 20, 0},
	} {
		if got := c.Scroll(lines, step.at, step.fit); got != step.want {
			t.Errorf("line %d on %d lines: from %d, want %d", step.at, step.fit, got, step.want)
		}
	}
}
