package graphics

// ink is how much of a pixel is to be drawn in the terminal's own foreground,
// 0 to 255. The writing of a page is, whatever the terminal's colours are; of a
// photograph it is the light parts on a dark terminal.
func (t Terminal) ink(r *raster, x, y int) int {
	c, ok := r.at(x, y)
	switch {
	case !ok:
		return 0
	case t.Dark && !r.paper:
		return brightness(c)
	}
	return 255 - brightness(c)
}

// set reports whether a pixel of a picture without colours has ink. Writing is
// what is darker than most of what is around it: averaged over the area of a
// pixel, small letters are pale, and one limit for all would lose them.
func (t Terminal) set(r *raster, x, y int) bool {
	const faint, aside, above = 20, 3, 2
	v := t.ink(r, x, y)
	if !r.paper {
		return dither(v, 255, x, y) > 127
	}
	if v < faint {
		return false
	}
	most := 0
	for ny := max(y-above, 0); ny <= min(y+above, r.h-1); ny++ {
		for nx := max(x-aside, 0); nx <= min(x+aside, r.w-1); nx++ {
			most = max(most, t.ink(r, nx, ny))
		}
	}
	return v*100 >= most*45
}

// plain draws a cell without colours.
func (t Terminal) plain(p *pen, r *raster, x, y, sx, sy int) {
	mask := uint8(0)
	for i := range sx * sy {
		if t.set(r, x+i%sx, y+i/sx) {
			mask |= 1 << i
		}
	}
	p.put(shape(mask, sy), none, none)
}

// dots draws a cell of braille.
func (t Terminal) dots(p *pen, r *raster, x, y int) {
	const order = "\x01\x08\x02\x10\x04\x20\x40\x80" // the dots count down the columns
	mask := rune(0)
	for i := range 8 {
		if t.set(r, x+i&1, y+i>>1) {
			mask |= rune(order[i])
		}
	}
	if mask == 0 {
		p.put(' ', none, none)
		return
	}
	p.put(0x2800+mask, none, none)
}

// shade draws two pixels, one above the other, without colours: as halves
// where they differ, else as dense as they are dark.
func (t Terminal) shade(p *pen, r *raster, x, y int) {
	a, b := t.ink(r, x, y), t.ink(r, x, y+1)
	c := ' '
	switch mean := (a + b) / 2; {
	case a-b > 96:
		c = '▀'
	case b-a > 96:
		c = '▄'
	case mean > 208:
		c = '█'
	case mean > 144:
		c = '▓'
	case mean > 84:
		c = '▒'
	case mean > 28:
		c = '░'
	}
	p.put(c, none, none)
}
