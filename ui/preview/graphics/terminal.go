package graphics

// Terminal is what is known of the terminal. It is a value: pictures drawn for
// equal Terminals are alike, those for others are to be drawn again.
type Terminal struct {
	Mode         Mode // never Auto
	CellW, CellH int  // pixels of a cell; 0: not known
	Colors       int  // 2: none but its own, 16, 256 or 1 << 24
	Dark         bool // its background is
	Tmux         bool // what is not text has to be handed through tmux

	Registers  int // colours a sixel picture may have; 0: not known
	MaxW, MaxH int // pixels a sixel picture may have; 0: not known

	// Slot tells pictures apart that are on screen at the same time, 0 to 15. A
	// picture takes the place of the one before it in its slot.
	Slot uint8

	base uint8 // of the ids of kitty images
}

// Default is a terminal of which nothing is known. Of the characters that every
// typeface with half blocks has, quadrants read best: a fax fitted to a width
// of 200 cells can be read in them, in half blocks only guessed at. Without any
// colours it is braille, see Layer.Answer.
func Default() Terminal { return Terminal{Mode: Quadrants, Colors: 256, Dark: true} }

// What a cell is taken for while the terminal has not told: the size most
// have, and for sixel, which no terminal scales, one that few are below.
const (
	usualW, usualH = 10, 20
	leastW, leastH = 6, 12
)

// cell is the size of a cell in pixels, guessed where it is not known.
func (t Terminal) cell() (w, h int) {
	switch {
	case t.CellW > 0 && t.CellH > 0:
		return t.CellW, t.CellH
	case t.Mode == Sixel:
		return leastW, leastH
	}
	return usualW, usualH
}

// sixelBand is the height of a row of sixels: a picture ends with one.
const sixelBand = 6

// Pixels is how many pixels a picture has that fills a box of cells. It is 0 by
// 0 where none can be drawn.
func (t Terminal) Pixels(cols, rows int) (w, h int) {
	if cols <= 0 || rows <= 0 || t.Mode == Off {
		return 0, 0
	}
	if t.Mode.Cells() {
		x, y := t.Mode.split()
		return cols * x, rows * y
	}
	w, h = t.cell()
	w, h = w*cols, h*rows
	if t.Mode != Sixel {
		return w, h
	}
	if t.MaxW > 0 {
		w = min(w, t.MaxW)
	}
	if t.MaxH > 0 {
		h = min(h, t.MaxH)
	}
	return w, h / sixelBand * sixelBand
}

// Aspect is the width of one of those pixels divided by its height.
func (t Terminal) Aspect() float64 {
	if !t.Mode.Cells() {
		return 1
	}
	w, h := t.cell()
	x, y := t.Mode.split()
	return float64(w) * float64(y) / (float64(x) * float64(h))
}

// CellsOf is the box of cells that a picture of w by h pixels takes.
func (t Terminal) CellsOf(w, h int) (cols, rows int) {
	if w <= 0 || h <= 0 || t.Mode == Off {
		return 0, 0
	}
	x, y := t.cell()
	if t.Mode.Cells() {
		x, y = t.Mode.split()
	}
	return (w + x - 1) / x, (h + y - 1) / y
}
