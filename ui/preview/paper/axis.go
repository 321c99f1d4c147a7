package paper

import (
	"context"
	"math"
)

// axis is how the pixels of one side of a picture take theirs from the page:
// pixel i is the mean of the page between bounds[i] and bounds[i+1].
type axis struct {
	bounds []float64 // in pixels of the page, rising
	step   float64   // pixels of the page for one of the picture
}

// newAxis divides what lies between from and to, in pixels of a page of size
// pixels, by n.
func newAxis(from, to float64, n, size int) axis {
	const least = 1e-4
	from = min(max(from, 0), float64(size)-least)
	to = min(max(to, from+least), float64(size))
	a := axis{bounds: make([]float64, n+1), step: (to - from) / float64(n)}
	for i := range a.bounds {
		a.bounds[i] = from + (to-from)*float64(i)/float64(n)
	}
	a.bounds[n] = to
	return a
}

// n is the pixels of the picture.
func (a axis) n() int { return len(a.bounds) - 1 }

// full is the sum of the weights of the lines that make one.
const full = 1 << 16

// cover is the lines that pixel j covers, and a function that gives each one's
// weight; the weights add up to full.
func (a axis) cover(j, size int) (first, end int, weight func(y int) uint32) {
	lo, hi := a.bounds[j], a.bounds[j+1]
	first = min(int(lo), size-1)
	end = min(max(int(math.Ceil(hi)), first+1), size)
	if end == first+1 || hi <= lo {
		return first, first + 1, func(int) uint32 { return full }
	}
	up := func(y int) uint32 {
		return uint32(full*(min(max(float64(y), lo), hi)-lo)/(hi-lo) + 0.5)
	}
	return first, end, func(y int) uint32 { return up(y+1) - up(y) }
}

// patience asks a context now and then.
type patience struct {
	ctx  context.Context
	left int
}

// err is the context's, asked for once in about a quarter of a million pixels.
func (p *patience) err(pixels int) error {
	if p.left -= pixels + 1; p.left > 0 {
		return nil
	}
	p.left = 1 << 18
	return p.ctx.Err()
}
