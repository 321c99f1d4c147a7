package mp3

const (
	maxSpans   = 39 // 13 bands of three short blocks
	longWindow = 3
)

// layout is how the lines of a granule stand in the bit stream: in spans that
// share a scale factor, bands of the long block or of one of the short ones.
type layout struct {
	n      int
	end    [maxSpans]uint16 // line behind the span
	window [maxSpans]uint8  // 0 to 2: short block, longWindow
	pre    [maxSpans]uint8  // added to the scale factor where the frame says so
	mixed  bool
}

// layouts are those of blocks that are all long, all short, and mixed.
func layouts(h *header) (all [3]layout) {
	pre := [22]uint8{11: 1, 12: 1, 13: 1, 14: 1, 15: 2, 16: 2, 17: 3, 18: 3, 19: 3, 20: 2} // table B.6
	b := h.bands()
	long := [3]int{22, 0, 8} // bands of the long part
	if h.version != mpeg1 {
		long[2] = 6
	}
	short := [3]int{13, 0, 3} // where the short part begins
	for k := range all {
		l := &all[k]
		for i := range long[k] {
			l.end[l.n], l.window[l.n], l.pre[l.n] = b.long[i+1], longWindow, pre[i]
			l.n++
		}
		if k == 0 {
			continue
		}
		at := 3 * b.short[short[k]]
		for i := short[k]; i < 13; i++ {
			for w := range uint8(3) {
				at += b.short[i+1] - b.short[i]
				l.end[l.n], l.window[l.n] = at, w
				l.n++
			}
		}
	}
	all[2].mixed = true
	return all
}

// layout is that of a channel's granule.
func (d *decoder) layout(p *channel) *layout { return &d.layouts[p.layout()] }

// layout is the number of the layout of the channel.
func (p *channel) layout() int {
	switch {
	case p.block != blockShort:
		return 0
	case p.mixed:
		return 2
	}
	return 1
}

// unscaled is how many spans at the top have no scale factor of their own.
func (l *layout) unscaled() int {
	if l.window[l.n-1] == longWindow {
		return 1
	}
	return 3
}

// scales are the scale factors of a channel's granule by span. In the bands of
// intensity stereo they are positions between left and right instead, and void
// those that mean none.
type scales struct {
	v    [maxSpans]uint8
	void [maxSpans]bool
}

// readScales reads the scale factors from bit at on and gives the place behind.
func (d *decoder) readScales(p *channel, s *scales, at int) int {
	l := d.layout(p)
	r := bitReader{b: d.main[:], at: at}
	if d.h.version == mpeg1 {
		readScales1(&r, p, l, s)
	} else {
		readScales2(&r, p, l, s)
	}
	for i := l.n - l.unscaled(); i < l.n; i++ {
		s.v[i] = 0
	}
	return r.at
}

// readScales1 reads them as MPEG-1 has them (2.4.2.7): the lower bands with one
// length and the upper ones with another, and those of the first granule kept
// where the second shares them.
func readScales1(r *bitReader, p *channel, l *layout, s *scales) {
	short := [...]uint8{0, 0, 0, 0, 3, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4}[p.compress]
	upper := [...]uint8{0, 1, 2, 3, 0, 1, 2, 3, 1, 2, 3, 1, 2, 3, 2, 3}[p.compress]
	split, groups := 11, [5]int{0, 6, 11, 16, 21}
	if p.block == blockShort {
		split = l.n - l.unscaled() - 18
		for i := range l.n - l.unscaled() {
			s.v[i] = uint8(r.take(length(i, split, short, upper)))
		}
	} else {
		for g := range 4 {
			if p.shared&(8>>g) != 0 {
				continue
			}
			for i := groups[g]; i < groups[g+1]; i++ {
				s.v[i] = uint8(r.take(length(i, split, short, upper)))
			}
		}
	}
	for i := range l.n {
		s.void[i] = s.v[i] == 7
	}
}

func length(i, split int, lower, upper uint8) int {
	if i < split {
		return int(lower)
	}
	return int(upper)
}

// readScales2 reads them as MPEG-2 has them at its low rates (13818-3, 2.4.3.2):
// in four parts with lengths of their own.
func readScales2(r *bitReader, p *channel, l *layout, s *scales) {
	kind := 0
	if p.block == blockShort {
		kind = 1
		if l.mixed {
			kind = 2
		}
	}
	length, row := lengths2(p)
	i := 0
	for part, n := range counts2(row, kind) {
		for range n {
			s.v[i] = uint8(r.take(length[part]))
			s.void[i] = int(s.v[i]) == 1<<length[part]-1
			i++
		}
	}
}

// counts2 is how many scale factors each part has, in blocks that are long, short
// and mixed.
func counts2(row, kind int) [4]uint8 {
	return [6][3][4]uint8{
		{{6, 5, 5, 5}, {9, 9, 9, 9}, {6, 9, 9, 9}},
		{{6, 5, 7, 3}, {9, 9, 12, 6}, {6, 9, 12, 6}},
		{{11, 10, 0, 0}, {18, 18, 0, 0}, {15, 18, 0, 0}},
		{{7, 7, 7, 0}, {12, 12, 12, 0}, {6, 15, 12, 0}},
		{{6, 6, 6, 3}, {12, 9, 9, 6}, {6, 12, 9, 6}},
		{{8, 8, 5, 0}, {15, 12, 9, 0}, {6, 18, 9, 0}},
	}[row][kind]
}

// lengths2 are the bits of the scale factors in each part, and which row of the
// table of counts goes with them. It sets pre.
func lengths2(p *channel) (length [4]int, row int) {
	v := p.compress
	p.pre = false
	if p.intensity {
		switch v >>= 1; {
		case v < 180:
			return [4]int{v / 36, v % 36 / 6, v % 6}, 3
		case v < 244:
			v -= 180
			return [4]int{v >> 4, v >> 2 & 3, v & 3}, 4
		}
		v -= 244
		return [4]int{v / 3, v % 3}, 5
	}
	switch {
	case v < 400:
		return [4]int{v >> 4 / 5, v >> 4 % 5, v >> 2 & 3, v & 3}, 0
	case v < 500:
		v -= 400
		return [4]int{v >> 2 / 5, v >> 2 % 5, v & 3}, 1
	}
	v -= 500
	p.pre = true
	return [4]int{v / 3, v % 3}, 2
}
