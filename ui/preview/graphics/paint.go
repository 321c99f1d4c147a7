package graphics

import "strconv"

// paint is a colour as a cell can have it: an index into the terminal's
// palette, or rgb with the bit true24 set.
type paint int32

const (
	none   paint = -1 // the terminal's own
	true24 paint = 1 << 24
)

// bayer is the order in which the pixels of a 4 by 4 field get ink, 0 to 15.
// An ordered pattern stays where it is when the picture changes elsewhere, so
// that a page turn changes only the cells that changed; error diffusion runs
// on through the rest of the page.
func bayer(x, y int) int {
	const order = "\x00\x08\x02\x0a\x0c\x04\x0e\x06\x03\x0b\x01\x09\x0f\x07\x0d\x05"
	return int(order[y&3<<2|x&3])
}

// dither moves a value of 0 to 255 by up to half of step either way, and less
// where it would leave black or white.
func dither(v, step, x, y int) int {
	step = min(step, 2*min(v, 255-v))
	return v + (2*bayer(x, y)-15)*step/32
}

// The greys of the palette of 256: black, 24 steps, white.
const (
	ramp      = 232
	rampSteps = 24
	cubeWhite = 231
	cubeBlack = 16
)

// grey is the paint nearest to a grey of 0 to 255.
func (t Terminal) grey(v int) paint {
	if t.Colors >= 256 {
		switch {
		case v < 4:
			return cubeBlack
		case v >= 247:
			return cubeWhite
		}
		return paint(ramp + min((v-3)/10, rampSteps-1))
	}
	switch {
	case v < 50:
		return 0
	case v < 150:
		return 8
	case v < 240:
		return 7
	}
	return 15
}

// The sixteen colours as most terminals have them.
func sixteen() [16][3]int {
	return [16][3]int{
		{0, 0, 0},
		{190, 0, 0},
		{0, 180, 0},
		{190, 180, 0},
		{20, 30, 210},
		{190, 0, 190},
		{0, 180, 190},
		{200, 200, 200},
		{105, 105, 105},
		{255, 50, 50},
		{50, 255, 50},
		{255, 255, 60},
		{90, 90, 255},
		{255, 60, 255},
		{60, 255, 255},
		{255, 255, 255},
	}
}

// colour is the paint nearest to a colour.
func (t Terminal) colour(c [3]int, x, y int) paint {
	switch {
	case t.Colors > 256:
		const fine = ^3 // fewer colours, so that more neighbours are of one
		return true24 | paint(c[0]&fine)<<16 | paint(c[1]&fine)<<8 | paint(c[2]&fine)
	case t.Colors == 256:
		return cube(c, x, y)
	}
	best, at := 1<<30, paint(0)
	for i := range c {
		c[i] = dither(c[i], 110, x, y)
	}
	for i, s := range sixteen() {
		if d := apart(c, s); d < best {
			best, at = d, paint(i) //nolint:gosec // below 16
		}
	}
	return at
}

// cube is the nearest of the palette's 6 by 6 by 6 colours and its greys.
func cube(c [3]int, x, y int) paint {
	if spread(c) < 12 {
		return Terminal{Colors: 256}.grey((c[0] + c[1] + c[2]) / 3)
	}
	at := 0
	for _, v := range c {
		v = min(max(dither(v, 40, x, y), 0), 255)
		step := 0
		switch {
		case v >= 115:
			step = min((v-35)/40, 5)
		case v >= 48:
			step = 1
		}
		at = at*6 + step
	}
	return paint(16 + at) //nolint:gosec // below 256
}

func spread(c [3]int) int { return max(c[0], c[1], c[2]) - min(c[0], c[1], c[2]) }

func apart(a, b [3]int) int {
	r, g, l := a[0]-b[0], a[1]-b[1], a[2]-b[2]
	return 3*r*r + 6*g*g + l*l
}

// brightness is how light a colour looks, 0 to 255.
func brightness(c [3]int) int { return (299*c[0] + 587*c[1] + 114*c[2]) / 1000 }

// pen writes cells with as few colour changes as they need.
type pen struct {
	out    []byte
	fg, bg paint
}

func newPen(size int) *pen { return &pen{out: make([]byte, 0, size), fg: none, bg: none} }

// put writes one cell.
func (p *pen) put(r rune, fg, bg paint) {
	if fg != p.fg || bg != p.bg {
		p.out = append(p.out, "\x1b["...)
		if fg != p.fg {
			p.out = sgr(p.out, fg, 0)
		}
		if bg != p.bg {
			if fg != p.fg {
				p.out = append(p.out, ';')
			}
			p.out = sgr(p.out, bg, 10)
		}
		p.out = append(p.out, 'm')
		p.fg, p.bg = fg, bg
	}
	p.out = append(p.out, string(r)...)
}

// end ends a line and gives it.
func (p *pen) end() string {
	if p.fg != none || p.bg != none {
		p.out = append(p.out, "\x1b[m"...)
	}
	s := string(p.out)
	p.out, p.fg, p.bg = p.out[:0], none, none
	return s
}

// sgr appends the parameters that select a foreground, or a background where
// plus is 10.
func sgr(out []byte, c paint, plus int64) []byte {
	switch {
	case c == none:
		return strconv.AppendInt(out, 39+plus, 10)
	case c < 8:
		return strconv.AppendInt(out, 30+plus+int64(c), 10)
	case c < 16:
		return strconv.AppendInt(out, 82+plus+int64(c), 10)
	case c < 256:
		out = strconv.AppendInt(out, 38+plus, 10)
		return strconv.AppendInt(append(out, ";5;"...), int64(c), 10)
	}
	out = strconv.AppendInt(out, 38+plus, 10)
	out = append(out, ";2"...)
	for _, v := range [3]paint{c >> 16 & 255, c >> 8 & 255, c & 255} {
		out = strconv.AppendInt(append(out, ';'), int64(v), 10)
	}
	return out
}
