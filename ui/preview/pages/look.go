package pages

import (
	"math"

	"switchboard/ui/preview/graphics"
	"switchboard/ui/preview/paper"
)

// zooms is how close one can look, in steps. The first is the whole page or the
// whole width.
func zooms() []float64 { return []float64{1, 1.5, 2, 3, 4, 6, 8} }

// view is how the document is looked at. X and Y are the centre of what is seen,
// fractions of the page after all its turns.
type view struct {
	fit      paper.Fit
	zoom     int // index in zooms
	x, y     float64
	contrast paper.Contrast
}

// plain is the whole page.
func plain() view { return view{x: 0.5, y: 0.5} }

// close reports whether a part of the page is shown on all the room there is.
func (v view) close() bool { return v.zoom > 0 || v.fit != paper.WholePage }

// box is the room and the terminal a page is drawn for.
type box struct {
	cols, rows int
	term       graphics.Terminal
}

// size is the room as lengths of one unit, so that a page keeps its proportions.
func (b box) size() (w, h float64) {
	x, y := b.term.Pixels(b.cols, b.rows)
	return float64(x) * b.term.Aspect(), float64(y)
}

// seen is the part of a page, as fractions of its sides, that is seen at once.
// The page is pw by ph as it is looked at, turned.
func (v view) seen(b box, pw, ph float64) (sx, sy float64) {
	w, h := b.size()
	if pw <= 0 || ph <= 0 || w <= 0 || h <= 0 {
		return 1, 1
	}
	scale := w / pw
	if v.fit == paper.WholePage {
		scale = math.Min(scale, h/ph)
	}
	scale *= zooms()[v.zoom]
	return math.Min(1, w/(pw*scale)), math.Min(1, h/(ph*scale))
}

// clamp keeps what is seen on the page.
func (v view) clamp(b box, pw, ph float64) view {
	sx, sy := v.seen(b, pw, ph)
	v.x = math.Min(math.Max(v.x, sx/2), 1-sx/2)
	v.y = math.Min(math.Max(v.y, sy/2), 1-sy/2)
	return v
}

// pan moves by so many times what is seen, and reports whether that moved
// anything.
func (v view) pan(b box, pw, ph, dx, dy float64) (view, bool) {
	v = v.clamp(b, pw, ph)
	sx, sy := v.seen(b, pw, ph)
	to := v
	to.x, to.y = v.x+dx*sx, v.y+dy*sy
	to = to.clamp(b, pw, ph)
	return to, math.Abs(to.x-v.x) > 1e-6 || math.Abs(to.y-v.y) > 1e-6
}

// top is the same look at the top left of a page, where reading begins.
func (v view) top() view {
	v.x, v.y = 0, 0
	return v
}

// shrunk is the cells the whole of a page takes within the room: in a mode of
// cells as near as whole cells come to it, else all it touches.
func (b box) shrunk(pw, ph float64) box {
	w, h := b.size()
	if pw <= 0 || ph <= 0 || w <= 0 || h <= 0 {
		return b
	}
	round := func(v float64) int { return int(math.Ceil(v - 0.01)) }
	if b.term.Mode.Cells() {
		round = func(v float64) int { return int(math.Round(v)) }
	}
	scale := math.Min(w/pw, h/ph)
	cols, rows := round(pw*scale/w*float64(b.cols)), round(ph*scale/h*float64(b.rows))
	return box{min(max(cols, 1), b.cols), min(max(rows, 1), b.rows), b.term}
}
