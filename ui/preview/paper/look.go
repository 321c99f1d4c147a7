package paper

import (
	"image"
	"math"
)

// Fit is what a page is made to fit at Zoom 1.
type Fit uint8

// The ways to fit a page.
const (
	WholePage Fit = iota // all of it is seen
	Width                // it is as wide as the box, and as high as it comes
)

// Contrast is how ink and paper are shown.
type Contrast uint8

// The contrasts.
const (
	Plain    Contrast = iota // as it is
	More                     // thin and pale strokes darker: more so the more a black and white page is shrunk
	Inverted                 // white on black
)

// Look is how a page is looked at. The zero value is the whole page, upright.
type Look struct {
	Turn int // quarter turns clockwise that the person added to Page.Turn; any number
	Fit  Fit

	// Zoom enlarges what Fit gives: 1 is as fitted, and so is 0. It counts as no
	// less than 1/16 and no more than 64.
	Zoom float64

	// X and Y are how far the middle of the view lies from the middle of the upright
	// page, as fractions of the page's width and height: -0.5 is the left or top
	// edge, 0 the middle, 0.5 the right or bottom edge. A view never leaves a page
	// that is larger than its box, and a page that is smaller stands in the middle
	// of it: what goes further counts as going that far. Top is the value for a page
	// seen from its beginning.
	X, Y float64

	Contrast Contrast
}

// Top is a Look.Y that shows the upper end of a page, and a Look.X that shows its
// left end.
const Top = -0.5

// Extent is the size in pixels of the whole page as seen by the look in a box of
// w by h pixels, each aspect times as wide as it is high. It may be larger than
// the box.
func (l Look) Extent(p Page, w, h int, aspect float64) (width, height int) {
	if w <= 0 || h <= 0 {
		return 0, 0
	}
	aspect = orOne(aspect)
	pw, ph := p.Size()
	if l.Turn&1 == 1 {
		pw, ph = ph, pw
	}
	if !usable(pw) || !usable(ph) {
		return 0, 0
	}
	scale := float64(w) / pw // pixels an inch, across
	if l.Fit == WholePage {
		scale = min(scale, float64(h)/ph/aspect)
	}
	scale *= min(max(orOne(l.Zoom), 1./16), 64)
	return whole(pw * scale), whole(ph * scale * aspect)
}

// Within is the look with X and Y brought to where the view really is, so that a
// view moved against an edge comes back at the first step.
func (l Look) Within(p Page, w, h int, aspect float64) Look {
	width, height := l.Extent(p, w, h, aspect)
	l.X, l.Y = within(l.X, width, w), within(l.Y, height, h)
	return l
}

func within(at float64, page, box int) float64 {
	if page <= box || math.IsNaN(at) {
		return 0
	}
	far := 0.5 - float64(box)/float64(page)/2
	return min(max(at, -far), far)
}

// view is the part of the upright page that is seen, in fractions of it, and the
// pixels it goes to.
func (l Look) view(p Page, w, h int, aspect float64) (at image.Rectangle, from, to [2]float64) {
	width, height := l.Extent(p, w, h, aspect)
	x, nx, x0, x1 := span(l.X, width, w)
	y, ny, y0, y1 := span(l.Y, height, h)
	return image.Rect(x, y, x+nx, y+ny), [2]float64{x0, y0}, [2]float64{x1, y1}
}

// span is view along one side. It begins at a whole pixel of the extent, so that
// a step to the side moves the picture and does not change it.
func span(middle float64, page, box int) (at, n int, from, to float64) {
	if page <= box {
		return (box - page) / 2, page, 0, 1
	}
	first := math.Round((0.5+within(middle, page, box))*float64(page) - float64(box)/2)
	first = min(max(first, 0), float64(page-box))
	return 0, box, first / float64(page), (first + float64(box)) / float64(page)
}

// whole is the pixels of a length, at least one.
func whole(v float64) int { return int(min(max(math.Round(v), 1), 1<<30)) }

func orOne(v float64) float64 {
	if !usable(v) {
		return 1
	}
	return v
}

// usable reports whether v can be a length: positive, and neither infinite nor
// NaN.
func usable(v float64) bool { return v > 0 && v <= math.MaxFloat32 }
