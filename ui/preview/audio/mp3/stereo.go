package mp3

import "math"

// ratios are the shares of left and right at the positions of intensity stereo:
// of MPEG-1 (2.4.3.4.9.3), and of MPEG-2 with each of its two scales (13818-3,
// 2.4.3.2).
type ratios struct {
	one [7][2]float32
	two [2][32][2]float32
}

func newRatios() (r ratios) {
	for i := range r.one {
		t := math.Tan(float64(i) * math.Pi / 12)
		r.one[i] = [2]float32{float32(t / (1 + t)), float32(1 / (1 + t))}
	}
	r.one[6] = [2]float32{1, 0}
	for scale := range 2 {
		step := math.Exp2(-.25 * float64(1+scale))
		for i := range 32 {
			share := float32(math.Pow(step, float64((i+1)/2)))
			if i&1 == 1 {
				r.two[scale][i] = [2]float32{share, 1}
			} else {
				r.two[scale][i] = [2]float32{1, share}
			}
		}
	}
	return r
}

// rescale multiplies the n lines that are not 0 with the gains of their spans,
// bias quarters of a power of two more.
func (d *decoder) rescale(p *channel, s *scales, xr *spectrum, n, bias int) {
	l := d.layout(p)
	step := 2
	if p.coarse {
		step = 4
	}
	var base [4]int
	for w := range base {
		base[w] = p.gain - 210 + bias + stepsBelow
		if w < longWindow {
			base[w] -= 8 * p.short[w]
		}
	}
	from := 0
	for i := 0; i < l.n && from < n; i++ {
		factor := int(s.v[i])
		if p.pre {
			factor += int(l.pre[i])
		}
		gain := d.tables.steps[base[l.window[i]]-step*factor]
		span := xr[from:l.end[i]]
		for k := range span {
			span[k] *= gain
		}
		from = int(l.end[i])
	}
}

// unjoin makes left and right of a granule in joint stereo and gives how many
// lines of them are not 0. In middle and side stereo both have been divided by
// the square root of two already.
func (d *decoder) unjoin(g int, n [2]int) int {
	most := max(n[0], n[1])
	if d.h.extension&1 == 0 {
		d.unmix(0, most)
		return most
	}
	p := &d.side.ch[g][1]
	l := d.layout(p)
	// A band is in intensity stereo when nothing is left of the right channel in
	// it and above, for short blocks in each of the three alone.
	sounding := [4]bool{}
	right := &d.xr[1]
	for i := l.n - 1; i >= 0; i-- {
		from, to := 0, int(l.end[i])
		if i > 0 {
			from = int(l.end[i-1])
		}
		w := l.window[i]
		if w == longWindow && l.mixed {
			sounding[w] = sounding[w] || sounding[0] || sounding[1] || sounding[2]
		}
		for _, x := range right[from:to] {
			sounding[w] = sounding[w] || x != 0
		}
		if from >= most {
			continue
		}
		from, to = min(from, most), min(to, most)
		at := i
		if k := l.unscaled(); i >= l.n-k {
			at -= k
		}
		if sounding[w] || d.scales[1].void[at] {
			if d.h.extension&2 != 0 {
				d.unmix(from, to)
			}
			continue
		}
		share := d.share(p, at)
		for k := from; k < to; k++ {
			x := d.xr[0][k]
			d.xr[0][k], right[k] = x*share[0], x*share[1]
		}
	}
	return most
}

// share is what left and right have of a span.
func (d *decoder) share(p *channel, span int) (s [2]float32) {
	pos := d.scales[1].v[span]
	if d.h.version == mpeg1 {
		s = d.tables.ratio.one[min(pos, 6)]
	} else {
		s = d.tables.ratio.two[p.compress&1][pos&31]
	}
	if d.h.extension&2 != 0 {
		s[0] *= math.Sqrt2
		s[1] *= math.Sqrt2
	}
	return s
}

// unmix makes left and right of middle and side.
func (d *decoder) unmix(from, to int) {
	left, right := d.xr[0][from:to], d.xr[1][from:to]
	for i := range left {
		m, s := left[i], right[i]
		left[i], right[i] = m+s, m-s
	}
}
