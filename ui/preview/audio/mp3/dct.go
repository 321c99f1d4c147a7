package mp3

// halfSecants are the factors 1/(2 cos((2k+1) pi/2n)) of a cosine transform of n
// points, for n of 4, 8, 16 and 32.
type halfSecants struct {
	of4  [2]float32
	of8  [4]float32
	of16 [8]float32
	of32 [16]float32
}

func newHalfSecants() *halfSecants {
	s := &halfSecants{}
	for _, f := range [][]float32{s.of4[:], s.of8[:], s.of16[:], s.of32[:]} {
		for k := range f {
			f[k] = secant(k, 4*len(f))
		}
	}
	return s
}

const cos45 = 0.70710678118654752440

// The transforms are DCT-II: t(j) = sum of x(k) cos((2k+1) j pi/2n), in place.
// The sums of opposite points give the even terms by a transform of half the
// size. The differences, divided by twice the cosine of their place, give by
// another what makes an odd term when two neighbours are added.

func (s *halfSecants) dct4(a, b, c, d float32) (t0, t1, t2, t3 float32) {
	p, q := a+d, b+c
	u, v := (a-d)*s.of4[0], (b-c)*s.of4[1]
	w := (u - v) * cos45
	return p + q, u + v + w, (p - q) * cos45, w
}

func (s *halfSecants) dct8(x *[8]float32) {
	f := &s.of8
	e0, e1, e2, e3 := s.dct4(x[0]+x[7], x[1]+x[6], x[2]+x[5], x[3]+x[4])
	o0, o1, o2, o3 := s.dct4((x[0]-x[7])*f[0], (x[1]-x[6])*f[1], (x[2]-x[5])*f[2], (x[3]-x[4])*f[3])
	x[0], x[1], x[2], x[3] = e0, o0+o1, e1, o1+o2
	x[4], x[5], x[6], x[7] = e2, o2+o3, e3, o3
}

func (s *halfSecants) dct16(x *[16]float32) {
	var e, o [8]float32
	for k := range e {
		a, b := x[k], x[15-k]
		e[k], o[k] = a+b, (a-b)*s.of16[k]
	}
	s.dct8(&e)
	s.dct8(&o)
	for k := range 7 {
		x[2*k], x[2*k+1] = e[k], o[k]+o[k+1]
	}
	x[14], x[15] = e[7], o[7]
}

func (s *halfSecants) dct32(x *[32]float32) {
	var e, o [16]float32
	for k := range e {
		a, b := x[k], x[31-k]
		e[k], o[k] = a+b, (a-b)*s.of32[k]
	}
	s.dct16(&e)
	s.dct16(&o)
	for k := range 15 {
		x[2*k], x[2*k+1] = e[k], o[k]+o[k+1]
	}
	x[30], x[31] = e[15], o[15]
}
