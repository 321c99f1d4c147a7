package mp3

import "math"

// transforms are the factors of the inverse modified cosine transforms and of
// their windows (2.4.3.4.10).
type transforms struct {
	// window is what the 36 values of a long transform are multiplied with, by
	// kind of block. Those of odd subbands have every other sign turned, which is
	// the frequency inversion.
	window [2][4][36]float32

	inner [9]float32 // 1/(2 cos((2n+1)pi/36))
	outer [18]float32
	short [12]float32 // the window of a short transform
	third [6]float32  // 1/(2 cos((2n+1)pi/24))
	sixth [3]float32
	cos   [9]float32 // cos(n*10 degrees)
}

func newTransforms() *transforms {
	t := &transforms{}
	for i := range 36 {
		x := float64(i) + .5
		long := math.Sin(math.Pi / 36 * x)
		w := [4]float64{long, long, 0, long}
		switch {
		case i >= 30:
			w[blockStart] = 0
		case i >= 24:
			w[blockStart] = math.Sin(math.Pi / 12 * (x - 18))
		case i >= 18:
			w[blockStart] = 1
		}
		switch {
		case i < 6:
			w[blockStop] = 0
		case i < 12:
			w[blockStop] = math.Sin(math.Pi / 12 * (x - 6))
		case i < 18:
			w[blockStop] = 1
		}
		for k, v := range w {
			t.window[0][k][i] = float32(v)
			t.window[1][k][i] = float32(v * float64(1-i&1*2))
		}
	}
	for i := range t.inner {
		t.inner[i] = secant(i, 36)
		t.cos[i] = float32(math.Cos(math.Pi / 18 * float64(i)))
	}
	for i := range t.outer {
		t.outer[i] = secant(i, 72)
	}
	for i := range t.third {
		t.third[i] = secant(i, 24)
	}
	for i := range t.sixth {
		t.sixth[i] = secant(i, 12)
	}
	for i := range t.short {
		t.short[i] = float32(math.Sin(math.Pi / 12 * (float64(i) + .5)))
	}
	return t
}

// secant is 1/(2 cos((2i+1) pi/n)).
func secant(i, n int) float32 {
	return float32(.5 / math.Cos(math.Pi*float64(2*i+1)/float64(n)))
}

// long transforms 18 lines of a subband and adds the first half of the result to
// what the granule before left in over; the second half takes its place. The
// samples go to subband sb of sub.
//
// The transform is a DCT-IV of 18 points, unfolded. Multiplied by 2 cos of half
// a step it is a DCT-III of sums of neighbours; of that the even terms are one of
// nine points, and the odd ones, by the same trick, another.
func (t *transforms) long(x *[perBand]float32, w *[36]float32, over *[perBand]float32, sub *[perBand][subbands]float32, sb int) {
	var even, odd [9]float32
	even[0] = x[0]
	odd[0] = x[1] + x[0]
	for m := 1; m < 9; m++ {
		even[m] = x[2*m] + x[2*m-1]
		odd[m] = x[2*m+1] + x[2*m] + x[2*m-1] + x[2*m-2]
	}
	t.nine(&even)
	t.nine(&odd)
	var y [perBand]float32
	for n := range 9 {
		o := odd[n] * t.inner[n]
		y[n] = (even[n] + o) * t.outer[n]
		y[17-n] = (even[n] - o) * t.outer[17-n]
	}
	sb &= subbands - 1
	for i := range 9 {
		sub[i][sb] = float32(y[9+i]*w[i]) + over[i]
		sub[17-i][sb] = float32(-y[9+i]*w[17-i]) + over[17-i]
		over[i] = -y[8-i] * w[18+i]
		over[17-i] = -y[8-i] * w[35-i]
	}
}

// nine is a DCT-III of nine points: f(n) = sum of a(m) cos((2n+1)m pi/18).
func (t *transforms) nine(a *[9]float32) {
	c := &t.cos
	// The even terms are alike at n and 8-n, the odd ones turn their sign.
	half := a[6] * .5
	e0 := a[0] + a[2]*c[2] + a[4]*c[4] + half + a[8]*c[8]
	e1 := a[0] + (a[2]-a[4]-a[8])*.5 - a[6]
	e2 := a[0] - a[2]*c[8] - a[4]*c[2] + half + a[8]*c[4]
	e3 := a[0] - a[2]*c[4] + a[4]*c[8] + half - a[8]*c[2]
	e4 := a[0] - a[2] + a[4] - a[6] + a[8]
	third := a[3] * c[3]
	o0 := a[1]*c[1] + third + a[5]*c[5] + a[7]*c[7]
	o1 := (a[1] - a[5] - a[7]) * c[3]
	o2 := a[1]*c[5] - third - a[5]*c[7] + a[7]*c[1]
	o3 := a[1]*c[7] - third + a[5]*c[1] - a[7]*c[5]
	a[0], a[8] = e0+o0, e0-o0
	a[1], a[7] = e1+o1, e1-o1
	a[2], a[6] = e2+o2, e2-o2
	a[3], a[5] = e3+o3, e3-o3
	a[4] = e4
}

// threeShort is long for three short blocks, whose lines take turns in x.
func (t *transforms) threeShort(x *[perBand]float32, odd bool, over *[perBand]float32, sub *[perBand][subbands]float32, sb int) {
	var sum [36]float32
	for w := range 3 {
		y := t.six(x, w)
		to := sum[6+6*w:][:12]
		for i := range 3 {
			to[i] += y[3+i] * t.short[i]
			to[5-i] -= y[3+i] * t.short[5-i]
			to[6+i] -= y[2-i] * t.short[6+i]
			to[11-i] -= y[2-i] * t.short[11-i]
		}
	}
	sign := float32(1)
	for i := range perBand {
		sub[i][sb] = float32(sum[i]*sign) + over[i]
		over[i] = sum[perBand+i] * sign
		if odd {
			sign = -sign
		}
	}
}

// six is the DCT-IV of the six lines of short block w.
func (t *transforms) six(x *[perBand]float32, w int) (y [6]float32) {
	const sin60 = 0.86602540378443864676
	x0, x1, x2, x3, x4, x5 := x[w], x[w+3], x[w+6], x[w+9], x[w+12], x[w+15]
	e0, e1, e2 := x0, x1+x2, x3+x4
	o0, o1, o2 := x0+x1, x3+x2+x1+x0, x5+x4+x3+x2
	// sums of neighbours: the even terms 0, 2, 4 and the odd ones 1, 3, 5
	even := three(e0, e1, e2, sin60)
	odd := three(o0, o1, o2, sin60)
	for n := range 3 {
		o := odd[n] * t.sixth[n]
		y[n] = (even[n] + o) * t.third[n]
		y[5-n] = (even[n] - o) * t.third[5-n]
	}
	return y
}

// three is a DCT-III of three points.
func three(a, b, c, sin60 float32) [3]float32 {
	return [3]float32{a + b*sin60 + c*.5, a - c, a - b*sin60 + c*.5}
}
