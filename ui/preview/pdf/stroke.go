package pdf

import "math"

// pen is how a path is stroked, in pixels.
type pen struct {
	width     float64
	cap, join int // 8.4.3.3 and 8.4.3.4
	miter     float64
	dash      []float64
	phase     float64
}

// stroke makes the outline of a pen drawn along the polygons. All of its pieces
// run the same way round, so they are filled by the nonzero rule.
func (p pen) stroke(polys []polygon) []polygon {
	half := math.Max(p.width, 1) / 2 // thinner lines would fade
	var out []polygon
	add := func(pts ...point) {
		area := 0.0
		for i, a := range pts {
			b := pts[(i+1)%len(pts)]
			area += a.x*b.y - b.x*a.y
		}
		if area < 0 {
			for i, j := 0, len(pts)-1; i < j; i, j = i+1, j-1 {
				pts[i], pts[j] = pts[j], pts[i]
			}
		}
		out = append(out, polygon{p: pts, closed: true})
	}
	for _, g := range p.dashed(polys) {
		pts := distinct(g.p)
		if len(pts) == 1 {
			if p.cap == 1 {
				add(circle(pts[0], half)...)
			} else if p.cap == 2 {
				c := pts[0]
				add(point{c.x - half, c.y - half}, point{c.x + half, c.y - half}, point{c.x + half, c.y + half}, point{c.x - half, c.y + half})
			}
			continue
		}
		if g.closed && len(pts) > 2 && pts[0] != pts[len(pts)-1] {
			pts = append(pts, pts[0])
		}
		for i := 0; i+1 < len(pts); i++ {
			a, b := pts[i], pts[i+1]
			dx, dy := unit(a, b)
			if p.cap == 2 && !g.closed { // projecting square
				if i == 0 {
					a = point{a.x - dx*half, a.y - dy*half}
				}
				if i+2 == len(pts) {
					b = point{b.x + dx*half, b.y + dy*half}
				}
			}
			nx, ny := -dy*half, dx*half
			add(point{a.x + nx, a.y + ny}, point{b.x + nx, b.y + ny}, point{b.x - nx, b.y - ny}, point{a.x - nx, a.y - ny})
			if half < 0.8 {
				continue // neither joins nor caps can be seen
			}
			if i+2 < len(pts) {
				p.joint(add, a, b, pts[i+2], half)
			} else if g.closed && len(pts) > 2 {
				p.joint(add, a, b, pts[1], half)
			}
		}
		if p.cap == 1 && !g.closed && half >= 0.8 {
			add(circle(pts[0], half)...)
			add(circle(pts[len(pts)-1], half)...)
		}
	}
	return out
}

// joint fills the corner at b.
func (p pen) joint(add func(...point), a, b, c point, half float64) {
	if p.join == 1 {
		add(circle(b, half)...)
		return
	}
	ax, ay := unit(a, b)
	bx, by := unit(b, c)
	cross, dot := ax*by-ay*bx, ax*bx+ay*by
	if math.Abs(cross) < 1e-6 {
		return
	}
	side := half
	if cross > 0 {
		side = -half
	}
	from := point{b.x - ay*side, b.y + ax*side}
	to := point{b.x - by*side, b.y + bx*side}
	// The miter's length by the line's width is 1/sin(angle/2) (8.4.3.5).
	sin := math.Sqrt(math.Max((1+dot)/2, 0))
	if p.join == 0 && sin > 0 && 1/sin <= math.Max(p.miter, 1) {
		mx, my := from.x+to.x-2*b.x, from.y+to.y-2*b.y
		if l := math.Hypot(mx, my); l > 0 {
			r := half / sin / l
			add(b, from, point{b.x + mx*r, b.y + my*r}, to)
			return
		}
	}
	add(b, from, to)
}

func unit(a, b point) (dx, dy float64) {
	dx, dy = b.x-a.x, b.y-a.y
	l := math.Hypot(dx, dy)
	if l == 0 {
		return 0, 0
	}
	return dx / l, dy / l
}

func circle(c point, r float64) []point {
	n := int(math.Min(math.Max(r*2, 8), 48))
	out := make([]point, n)
	for i := range out {
		s, k := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		out[i] = point{c.x + r*k, c.y + r*s}
	}
	return out
}

func distinct(in []point) []point {
	var out []point
	for _, p := range in {
		if len(out) == 0 || p != out[len(out)-1] {
			out = append(out, p)
		}
	}
	return out
}

// maxDashes is how many pieces one path is cut into at most.
const maxDashes = 20000

// dashed cuts the lines into dashes (8.4.3.6).
func (p pen) dashed(polys []polygon) []polygon {
	total := 0.0
	for _, d := range p.dash {
		if d < 0 {
			return polys
		}
		total += d
	}
	if total < 0.1 {
		return polys
	}
	var out []polygon
	for _, g := range polys {
		pts := g.p
		if g.closed && len(pts) > 1 {
			pts = append(pts[:len(pts):len(pts)], pts[0])
		}
		k, left := 0, math.Mod(p.phase, total*2)
		for left >= p.dash[k%len(p.dash)] {
			left -= p.dash[k%len(p.dash)]
			k++
		}
		left = p.dash[k%len(p.dash)] - left
		cur := []point{pts[0]}
		for i := 0; i+1 < len(pts); i++ {
			a, b := pts[i], pts[i+1]
			l := math.Hypot(b.x-a.x, b.y-a.y)
			dx, dy := unit(a, b)
			done := 0.0
			for l-done > left {
				done += left
				at := point{a.x + dx*done, a.y + dy*done}
				if k&1 == 0 {
					out = append(out, polygon{p: append(cur, at)})
				}
				if len(out) > maxDashes {
					return polys
				}
				k++
				left = math.Max(p.dash[k%len(p.dash)], 1e-3)
				cur = []point{at}
			}
			left -= l - done
			cur = append(cur, b)
		}
		if k&1 == 0 && len(cur) > 1 {
			out = append(out, polygon{p: cur})
		}
	}
	return out
}
