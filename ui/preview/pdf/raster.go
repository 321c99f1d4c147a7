package pdf

import (
	"image"
	"math"
	"slices"
)

// edge is a side of a polygon going down: y0 < y1. dir is +1 when the polygon
// went that way, else -1.
type edge struct {
	x0, y0, y1 float64
	slope      float64 // of x by y
	dir        int
}

func edges(polys []polygon, clip image.Rectangle) []edge {
	top, bottom := float64(clip.Min.Y), float64(clip.Max.Y)
	var out []edge
	for _, g := range polys {
		for i, a := range g.p {
			b := g.p[(i+1)%len(g.p)]
			dir := 1
			if a.y > b.y {
				a, b, dir = b, a, -1
			}
			if a.y == b.y || b.y <= top || a.y >= bottom {
				continue
			}
			out = append(out, edge{a.x, a.y, b.y, (b.x - a.x) / (b.y - a.y), dir})
		}
	}
	slices.SortFunc(out, func(a, b edge) int {
		switch {
		case a.y0 < b.y0:
			return -1
		case a.y0 > b.y0:
			return 1
		}
		return 0
	})
	return out
}

// subRows is into how many lines a row of pixels is cut; across, coverage is
// exact.
const subRows = 4

type crossing struct {
	x   float64
	dir int
}

// fill finds how much of each pixel in clip the polygons cover and gives it row
// by row: cover[i] of 0 to 255 belongs to pixel (x+i, y). The rule is nonzero
// winding, or even-odd (8.5.3.3).
func fill(polys []polygon, evenOdd bool, clip image.Rectangle, row func(y, x int, cover []uint8)) {
	all := edges(polys, clip)
	if len(all) == 0 || clip.Empty() {
		return
	}
	w := clip.Dx()
	acc := make([]float32, w+2)
	cover := make([]uint8, w)
	var active []edge
	var hits []crossing
	next := 0
	first := max(clip.Min.Y, int(math.Floor(all[0].y0)))
	for y := first; y < clip.Max.Y && (next < len(all) || len(active) > 0); y++ {
		low, high := w, 0
		for sub := range subRows {
			ys := float64(y) + (float64(sub)+0.5)/subRows
			for next < len(all) && all[next].y0 <= ys {
				active = append(active, all[next])
				next++
			}
			hits = hits[:0]
			kept := active[:0]
			for _, e := range active {
				if e.y1 <= ys {
					continue
				}
				kept = append(kept, e)
				hits = append(hits, crossing{e.x0 + (ys-e.y0)*e.slope - float64(clip.Min.X), e.dir})
			}
			active = kept
			slices.SortFunc(hits, func(a, b crossing) int {
				switch {
				case a.x < b.x:
					return -1
				case a.x > b.x:
					return 1
				}
				return 0
			})
			l, h := spans(acc, hits, evenOdd, float64(w))
			low, high = min(low, l), max(high, h)
		}
		if low >= high {
			continue
		}
		// acc holds differences; its running sum is the coverage.
		sum := float32(0)
		for i := low; i < high; i++ {
			sum += acc[i]
			cover[i] = uint8(min(max(sum*255/subRows+0.5, 0), 255))
		}
		clear(acc[low:min(high+2, len(acc))])
		row(y, clip.Min.X+low, cover[low:high])
	}
}

// spans adds what lies between the crossings of one line, and tells which pixels
// that touched.
func spans(acc []float32, hits []crossing, evenOdd bool, w float64) (low, high int) {
	low = int(w)
	wind := 0
	for i := 0; i+1 < len(hits); i++ {
		if evenOdd {
			wind ^= 1
		} else {
			wind += hits[i].dir
		}
		if wind == 0 {
			continue
		}
		a, b := math.Max(hits[i].x, 0), math.Min(hits[i+1].x, w)
		if a >= b {
			continue
		}
		l, h := addSpan(acc, a, b)
		low, high = min(low, l), max(high, h)
	}
	return low, min(high, int(w))
}

// addSpan adds the line from a to b as differences: the first and the last pixel
// take the part of them that is covered.
func addSpan(acc []float32, a, b float64) (low, high int) {
	i, j := int(a), int(b)
	if i == j {
		part := float32(b - a)
		acc[i] += part
		acc[i+1] -= part
		return i, i + 1
	}
	left := float32(float64(i+1) - a)
	acc[i] += left
	acc[i+1] += 1 - left
	right := float32(b - float64(j))
	acc[j] -= 1 - right
	acc[j+1] -= right
	return i, j + 1
}
