package mp3

import "math"

// aliases are the factors of the butterflies between neighbouring subbands
// (2.4.3.4.10.1), from the coefficients of table B.9.
type aliases struct{ cs, ca [8]float32 }

func newAliases() (a aliases) {
	for i, c := range [8]float64{-.6, -.535, -.33, -.185, -.095, -.041, -.0142, -.0037} {
		r := math.Sqrt(1 + c*c)
		a.cs[i], a.ca[i] = float32(1/r), float32(c/r)
	}
	return a
}

// between reduces the aliases between subbands sb-1 and sb.
func (a *aliases) between(xr *spectrum, sb int) {
	x := xr[sb*perBand-8 : sb*perBand+8]
	for i := range 8 {
		lower, upper := x[7-i], x[8+i]
		x[7-i] = float32(lower*a.cs[i]) - upper*a.ca[i]
		x[8+i] = float32(upper*a.cs[i]) + lower*a.ca[i]
	}
}

// hybrid makes the subband samples of a granule and gives how many subbands leave
// something to the next.
func (d *decoder) hybrid(in part, o *output) (active int) {
	bands := subbands >> d.halvings
	xr, p := in.xr, in.p
	if in.n > 0 {
		long := subbands // that have long transforms
		if p.block == blockShort {
			in.n = d.reorder(d.layout(p), xr, in.n)
			if xr, long = &d.order, 0; p.mixed {
				long = 2
			}
		}
		active = (in.n + perBand - 1) / perBand
		for sb := 1; sb <= min(active, long-1, subbands-1, bands); sb++ {
			d.tables.alias.between(xr, sb)
		}
		if long == subbands {
			active++
		}
		active = min(max(active, min(long, 2)), bands)
		d.transform(xr, p, long, active, o)
	}
	for sb := active; sb < min(o.tail, bands); sb++ {
		for k, x := range o.over[sb] {
			o.sub[k][sb] = x
		}
		o.over[sb] = [perBand]float32{}
	}
	if used := max(active, o.tail); used < bands {
		for k := range o.sub {
			clear(o.sub[k][used:bands])
		}
	}
	return active
}

// transform does the inverse transforms of the active subbands. The frequency
// inversion of the odd ones is in the windows.
func (d *decoder) transform(xr *spectrum, p *channel, long, active int, o *output) {
	t := d.tables.cosine
	for sb := range active {
		x := (*[perBand]float32)(xr[sb*perBand:])
		switch {
		case sb >= long:
			t.threeShort(x, sb&1 == 1, &o.over[sb], &o.sub, sb)
		case p.block == blockShort:
			t.long(x, &t.window[sb&1][blockLong], &o.over[sb], &o.sub, sb)
		default:
			t.long(x, &t.window[sb&1][p.block], &o.over[sb], &o.sub, sb)
		}
	}
}

// reorder puts the lines of short blocks into d.order so that those of the three
// take turns, and gives behind which line all are 0.
func (d *decoder) reorder(l *layout, xr *spectrum, n int) int {
	d.order = spectrum{}
	from, base := 0, 0 // of the span and of its band
	for i := 0; i < l.n; i++ {
		to, w := int(l.end[i]), l.window[i]
		if w == 0 || w == longWindow {
			base = from
			if from >= n {
				return from
			}
		}
		if w == longWindow {
			copy(d.order[from:to], xr[from:to])
		} else {
			for k, x := range xr[from:to] {
				d.order[base+3*k+int(w)] = x
			}
		}
		from = to
	}
	return lines
}
