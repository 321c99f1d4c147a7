package graphics

import (
	"context"
	"image"
	"image/draw"
)

// raster is a picture as the cells need it: w by h colours, in greys where all
// three are the same.
type raster struct {
	w, h  int
	grey  bool
	pix   []uint8 // 1 byte a pixel if grey, else 4: red, green, blue, alpha
	paper bool    // dark on light: a page
}

// sample reads the pixels of img, the rest of w by h being transparent.
func sample(img image.Image, w, h int) *raster {
	b := img.Bounds()
	if g, ok := img.(*image.Gray); ok && b.Dx() >= w && b.Dy() >= h {
		r := &raster{w: w, h: h, grey: true, pix: make([]uint8, w*h)}
		sum := 0
		for y := range h {
			at := g.PixOffset(b.Min.X, b.Min.Y+y)
			for x, v := range g.Pix[at : at+w] {
				r.pix[y*w+x] = v
				sum += int(v)
			}
		}
		r.paper = sum > 128*w*h
		return r
	}
	n := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(n, image.Rect(0, 0, b.Dx(), b.Dy()), img, b.Min, draw.Src)
	_, page := img.(*image.Gray)
	return &raster{w: w, h: h, pix: n.Pix, paper: page}
}

// at is the colour of a pixel, and whether there is one.
func (r *raster) at(x, y int) (c [3]int, ok bool) {
	if r.grey {
		v := int(r.pix[y*r.w+x])
		return [3]int{v, v, v}, true
	}
	p := r.pix[4*(y*r.w+x):]
	return [3]int{int(p[0]), int(p[1]), int(p[2])}, p[3] >= 128
}

// firm makes thin strokes of a page darker: averaged over the area of a pixel
// they come out pale.
func (r *raster) firm() {
	if !r.grey || !r.paper {
		return
	}
	var curve [256]uint8
	for v := range curve {
		ink := 255 - v
		ink = min(ink*8/5, ink+(255-ink)*2/5, 255)
		curve[v] = uint8(255 - ink) //nolint:gosec // 0 to 255
	}
	for i, v := range r.pix {
		r.pix[i] = curve[v]
	}
}

// cells draws with characters.
func (t Terminal) cells(ctx context.Context, img image.Image, cols, rows int) ([]string, error) {
	sx, sy := t.Mode.split()
	r := sample(img, cols*sx, rows*sy)
	r.firm()
	lines := make([]string, rows)
	p := newPen(cols * 24)
	for y := range rows {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for x := range cols {
			switch {
			case t.Mode == Braille:
				t.dots(p, r, x*sx, y*sy)
			case t.Colors < 16 && t.Mode == Blocks:
				t.shade(p, r, x, y*2)
			case t.Colors < 16:
				t.plain(p, r, x*sx, y*sy, sx, sy)
			case t.Mode == Blocks:
				t.half(p, r, x, y*2)
			default:
				t.two(p, r, x*sx, y*sy, sx, sy)
			}
		}
		lines[y] = p.end()
	}
	return lines, nil
}

// tint is the paint of a colour. The pattern that stands for colours the
// terminal has not got follows x and y; pages, which are to be read, get none.
func (t Terminal) tint(r *raster, c [3]int, x, y int) paint {
	switch {
	case !r.grey:
		return t.colour(c, x, y)
	case t.Colors < 256 && !r.paper:
		return t.grey(dither(c[0], 72, x, y))
	}
	return t.grey(c[0])
}

// half draws a cell of two pixels, one above the other. The lighter one is the
// background, so that of a page all backgrounds are paper.
func (t Terminal) half(p *pen, r *raster, x, y int) {
	above, okA := r.at(x, y)
	below, okB := r.at(x, y+1)
	a, b := none, none
	if okA {
		a = t.tint(r, above, x, y)
	}
	if okB {
		b = t.tint(r, below, x, y+1)
	}
	switch {
	case a == b:
		p.put(' ', none, a)
	case !okB || okA && brightness(above) < brightness(below):
		p.put('▀', a, b)
	default:
		p.put('▄', b, a)
	}
}

// two draws a cell of several pixels in the two colours that suit them best.
func (t Terminal) two(p *pen, r *raster, x, y, sx, sy int) {
	var s split
	for dy := range sy {
		for dx := range sx {
			c, ok := r.at(x+dx, y+dy)
			s.add(c, ok)
		}
	}
	mask := s.best()
	if s.clear == s.n {
		p.put(' ', none, none)
		return
	}
	if mask == 0 {
		p.put(' ', none, t.tint(r, s.mean(0), x/sx, y/sy))
		return
	}
	ink, back := t.tint(r, s.mean(mask), x/sx, y/sy), none
	if s.clear == 0 {
		back = t.tint(r, s.mean(^mask), x/sx, y/sy)
	}
	if ink == back {
		p.put(' ', none, ink)
		return
	}
	p.put(shape(mask, sy), ink, back)
}

// split is the pixels of a cell, to be parted into two colours.
type split struct {
	n, clear int
	has      uint8 // those that are not transparent
	c        [6][3]int
	l        [6]int // how bright
}

func (s *split) add(c [3]int, ok bool) {
	if !ok {
		s.clear++
	} else {
		s.has |= 1 << s.n
	}
	s.c[s.n], s.l[s.n] = c, brightness(c)
	s.n++
}

// flat is the difference in brightness below which a cell has one colour.
const flat = 10

// best is the set of pixels that are ink: the darker of the two groups that
// differ least within. It is 0 where one colour does for all.
func (s *split) best() uint8 {
	if s.clear > 0 {
		return s.has
	}
	all := uint8(1)<<s.n - 1
	low, high := s.l[0], s.l[0]
	for _, v := range s.l[1:s.n] {
		low, high = min(low, v), max(high, v)
	}
	if high-low < flat {
		return 0
	}
	best, mask := -1, uint8(0)
	for _, limit := range s.l[:s.n] {
		if limit == high {
			continue
		}
		m, n1, s1, s2 := uint8(0), 0, [3]int{}, [3]int{}
		for i := range s.n {
			to := &s2
			if s.l[i] <= limit {
				m |= 1 << i
				n1++
				to = &s1
			}
			for k, v := range s.c[i] {
				to[k] += v
			}
		}
		d := 0 // least within is most between
		for k := range s1 {
			d += s1[k]*s1[k]/n1 + s2[k]*s2[k]/(s.n-n1)
		}
		if d > best && m != all {
			best, mask = d, m
		}
	}
	return mask
}

// mean is the colour of the pixels in mask, of all where it is 0.
func (s *split) mean(mask uint8) (c [3]int) {
	n := 0
	for i := range s.n {
		if mask != 0 && mask>>i&1 == 0 {
			continue
		}
		n++
		for k, v := range s.c[i] {
			c[k] += v
		}
	}
	for k := range c {
		c[k] /= max(n, 1)
	}
	return c
}

// shape is the character of a set of pixels, two a row, from the top left.
func shape(mask uint8, sy int) rune {
	if sy == 2 {
		return []rune(" ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█")[mask&15]
	}
	switch mask &= 63; mask {
	case 0:
		return ' '
	case 21:
		return '▌'
	case 42:
		return '▐'
	case 63:
		return '█'
	}
	r := rune(0x1FB00) + rune(mask) - 1 // the block has none of the four above
	if mask > 21 {
		r--
	}
	if mask > 42 {
		r--
	}
	return r
}
