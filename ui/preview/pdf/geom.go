package pdf

import "math"

// matrix is [a b c d e f] as in a file (8.3.3): x' = a x + c y + e.
type matrix [6]float64

// identity is the matrix that changes nothing.
func identity() matrix { return matrix{1, 0, 0, 1, 0, 0} }

// mul is m first, then n.
func (m matrix) mul(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

func (m matrix) apply(x, y float64) (float64, float64) {
	return m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]
}

// scale is how much longer things become, the mean of both ways.
func (m matrix) scale() float64 { return math.Sqrt(math.Abs(m[0]*m[3] - m[1]*m[2])) }

// inverse undoes m; ok is false when nothing can.
func (m matrix) inverse() (n matrix, ok bool) {
	det := m[0]*m[3] - m[1]*m[2]
	if det == 0 || math.IsNaN(det) || math.IsInf(det, 0) {
		return n, false
	}
	return matrix{
		m[3] / det, -m[1] / det, -m[2] / det, m[0] / det,
		(m[2]*m[5] - m[3]*m[4]) / det, (m[1]*m[4] - m[0]*m[5]) / det,
	}, true
}

// straight reports whether m keeps the axes or swaps them, within a small part
// of its size.
func (m matrix) straight() bool {
	const small = 1e-3
	big := math.Max(math.Max(math.Abs(m[0]), math.Abs(m[1])), math.Max(math.Abs(m[2]), math.Abs(m[3])))
	near := func(a, b float64) bool { return math.Abs(a) <= small*big && math.Abs(b) <= small*big }
	return near(m[1], m[2]) || near(m[0], m[3])
}

// rect is a box, x0 <= x1 and y0 <= y1.
type rect struct{ x0, y0, x1, y1 float64 }

func (r rect) w() float64 { return r.x1 - r.x0 }
func (r rect) h() float64 { return r.y1 - r.y0 }

func (r rect) intersect(s rect) rect {
	return rect{math.Max(r.x0, s.x0), math.Max(r.y0, s.y0), math.Min(r.x1, s.x1), math.Min(r.y1, s.y1)}
}

func (r rect) empty() bool { return !(r.x0 < r.x1 && r.y0 < r.y1) }

// under is the box around r after m.
func (r rect) under(m matrix) rect {
	out := rect{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, p := range [][2]float64{{r.x0, r.y0}, {r.x1, r.y0}, {r.x0, r.y1}, {r.x1, r.y1}} {
		x, y := m.apply(p[0], p[1])
		out = rect{math.Min(out.x0, x), math.Min(out.y0, y), math.Max(out.x1, x), math.Max(out.y1, y)}
	}
	return out
}

// path is lines and curves: an operator (m l c z) with its points in turn.
type path struct {
	ops []byte
	pts []float64
}

func (p *path) moveTo(x, y float64) { p.ops, p.pts = append(p.ops, 'm'), append(p.pts, x, y) }
func (p *path) lineTo(x, y float64) { p.ops, p.pts = append(p.ops, 'l'), append(p.pts, x, y) }
func (p *path) curveTo(a, b, c, d, e, f float64) {
	p.ops, p.pts = append(p.ops, 'c'), append(p.pts, a, b, c, d, e, f)
}
func (p *path) close() { p.ops = append(p.ops, 'z') }

// last is the current point.
func (p *path) last() (x, y float64) {
	if n := len(p.pts); n >= 2 {
		return p.pts[n-2], p.pts[n-1]
	}
	return 0, 0
}

// box is the path's box, from its points alone.
func (p *path) box() rect {
	out := rect{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for i := 0; i+1 < len(p.pts); i += 2 {
		x, y := p.pts[i], p.pts[i+1]
		out = rect{math.Min(out.x0, x), math.Min(out.y0, y), math.Max(out.x1, x), math.Max(out.y1, y)}
	}
	return out
}

// rectangle is the box the path is, when it is one with straight sides.
func (p *path) rectangle() (rect, bool) {
	if n := len(p.pts); n != 8 && n != 10 {
		return rect{}, false
	}
	for i, op := range p.ops {
		if op != 'z' && (op == 'm') != (i == 0) || op == 'c' {
			return rect{}, false
		}
	}
	b := p.box()
	for i := 0; i < len(p.pts); i += 2 {
		x, y := p.pts[i], p.pts[i+1]
		if (x != b.x0 && x != b.x1) || (y != b.y0 && y != b.y1) {
			return rect{}, false
		}
		if j := i + 2; j < len(p.pts) && x != p.pts[j] && y != p.pts[j+1] {
			return rect{}, false
		}
	}
	return b, true
}

// point is a place in pixels.
type point struct{ x, y float64 }

// polygon is a chain of points; closed tells whether the last joins the first.
type polygon struct {
	p      []point
	closed bool
}

// flatten makes polygons of the path after m, with curves as lines that lie
// within a fraction of a pixel.
func (p *path) flatten(m matrix) []polygon {
	var out []polygon
	var cur polygon
	end := func() {
		if len(cur.p) > 0 {
			out = append(out, cur)
		}
		cur = polygon{}
	}
	i := 0
	next := func() point {
		x, y := m.apply(p.pts[i], p.pts[i+1])
		i += 2
		return point{bound(x), bound(y)}
	}
	for _, op := range p.ops {
		switch op {
		case 'm':
			end()
			cur.p = append(cur.p, next())
		case 'l':
			cur.p = append(cur.p, next())
		case 'c':
			a, b, c := next(), next(), next()
			from := a
			if len(cur.p) > 0 {
				from = cur.p[len(cur.p)-1]
			}
			cur.p = curve(cur.p, from, a, b, c)
		case 'z':
			if len(cur.p) > 0 {
				start := cur.p[0]
				cur.closed = true
				end()
				cur.p = append(cur.p, start)
			}
		}
	}
	if len(cur.p) > 1 || len(out) == 0 {
		end()
	}
	return out
}

// bound keeps coordinates where arithmetic on them stays sound.
func bound(x float64) float64 {
	if x != x {
		return 0
	}
	return math.Max(-1e6, math.Min(1e6, x))
}

func curve(out []point, a, b, c, d point) []point {
	size := math.Abs(b.x-a.x) + math.Abs(b.y-a.y) + math.Abs(c.x-b.x) + math.Abs(c.y-b.y) + math.Abs(d.x-c.x) + math.Abs(d.y-c.y)
	n := int(math.Min(math.Max(math.Sqrt(size)*1.5, 2), 64))
	for i := 1; i <= n; i++ {
		t := float64(i) / float64(n)
		u := 1 - t
		k0, k1, k2, k3 := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
		out = append(out, point{k0*a.x + k1*b.x + k2*c.x + k3*d.x, k0*a.y + k1*b.y + k2*c.y + k3*d.y})
	}
	return out
}
