package kit

// Cursor is the place in a list of few rows that come and go while it is looked at. It
// stays on its row, which it knows by a key; if that has gone, on the one in its place.
// The zero value is on the first row.
type Cursor struct {
	at    string
	index int
	top   int
}

// Place is one line of such a list on the screen.
type Place struct {
	Row  int    // index of the row it belongs to; of the next one, for what is above it
	Head string // a heading above the row
	Gap  bool   // a blank line above it
}

// On is the index of the row the cursor is on; -1 where there are none.
func (c *Cursor) On(n int, key func(i int) string) int {
	for i := range n {
		if key(i) == c.at {
			c.index = i
			return i
		}
	}
	if n == 0 {
		return -1
	}
	c.index = min(max(c.index, 0), n-1)
	if c.at != "" {
		c.at = key(c.index)
	}
	return c.index
}

// Move goes by so many rows, as far as there are any.
func (c *Cursor) Move(by, n int, key func(i int) string) {
	i := c.On(n, key)
	if i < 0 {
		return
	}
	c.Go(min(max(i+by, 0), n-1), key)
}

// Go puts the cursor on a row.
func (c *Cursor) Go(i int, key func(i int) string) { c.index, c.at = i, key(i) }

// Stay puts the cursor on the row with this key, as soon as there is one.
func (c *Cursor) Stay(key string) { c.at = key }

// Key is that of the row the cursor was put on; "" before that.
func (c *Cursor) Key() string { return c.at }

// Scroll is the first of lines to show so that all of the line at and those of its row
// stay on a screen of fit lines, with what is above it.
func (c *Cursor) Scroll(lines []Place, at, fit int) int {
	top := at
	for top > 0 && (lines[top-1].Head != "" || lines[top-1].Gap) {
		top--
	}
	last := at
	for last+1 < len(lines) && lines[last+1].Row == lines[at].Row {
		last++
	}
	c.top = max(min(c.top, top), last-fit+1)
	c.top = max(min(c.top, len(lines)-fit), 0)
	return c.top
}

// Places are the places of lines that hold more than that.
func Places[T any](of []T, place func(T) Place) []Place {
	out := make([]Place, len(of))
	for i, l := range of {
		out[i] = place(l)
	}
	return out
}
