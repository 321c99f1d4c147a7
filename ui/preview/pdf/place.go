package pdf

import (
	"errors"
	"image"
	"image/color"
	"math"

	"switchboard/ui/preview/paper"
)

// image draws a picture where its matrix puts it. Where several of its pixels
// fall on one of the page, the page gets their mean.
func (c *canvas) image(m *mark) {
	p, err := c.d.picture(c.ctx, m.image.stream, m.image.res, 0)
	if err != nil {
		var filter *FilterError
		if errors.As(err, &filter) {
			c.note("a picture in " + filter.Filter + " is left out")
		} else {
			c.note("a picture is left out: " + err.Error())
		}
		return
	}
	if p.damage != "" {
		c.note(p.damage)
	}
	// From the unit square to the picture's pixels, which count from its top.
	to := matrix{1 / float64(p.w), 0, 0, -1 / float64(p.h), 0, 1}.mul(m.image.ctm).mul(c.m)
	back, ok := to.inverse()
	if !ok {
		return
	}
	area := rect{0, 0, float64(p.w), float64(p.h)}.under(to)
	box := pixels(area).Intersect(c.box)
	s := newSampler(p, m.color)
	nx := between1(math.Hypot(back[0], back[1]), 4)
	ny := between1(math.Hypot(back[2], back[3]), 4)
	if s.bits != nil && back[1] == 0 && back[2] == 0 {
		nx, ny = between1(math.Abs(back[0]), 8), between1(math.Abs(back[3]), 8)
	}
	alpha := uint32(m.alpha*255 + 0.5)
	w := c.img.Rect.Dx()
	for y := box.Min.Y; y < box.Max.Y; y++ {
		if c.ctx.Err() != nil {
			return
		}
		row := c.img.Pix[y*c.img.Stride:]
		for x := box.Min.X; x < box.Max.X; x++ {
			col, k := s.mean(back, x, y, nx, ny)
			if k == 0 {
				continue
			}
			k = k * alpha / 255
			if c.mask != nil {
				k = k * uint32(c.mask[y*w+x]) / 255
			}
			blend(row[4*x:4*x+3], col, k)
		}
	}
}

// between1 is into how many parts a pixel is cut when so many of the picture's
// fall on it.
func between1(x float64, most int) int {
	return int(math.Min(math.Max(math.Ceil(x-0.05), 1), float64(most)))
}

// sampler gives the colour of a picture's pixels.
type sampler struct {
	w, h  int
	bits  *paper.Bitmap
	ink   color.RGBA // of set bits
	blank color.RGBA // of others; nothing when its alpha is 0
	img   image.Image
	mask  *picture
}

func newSampler(p *picture, fill color.RGBA) *sampler {
	s := &sampler{w: p.w, h: p.h, bits: p.bits, img: p.img, mask: p.mask}
	s.ink, s.blank = color.RGBA{A: 255}, color.RGBA{255, 255, 255, 255}
	if p.stencil {
		s.ink, s.blank = fill, color.RGBA{}
	}
	return s
}

// at is a pixel and how much of it shows.
func (s *sampler) at(x, y int) (c color.RGBA, a uint32) {
	switch m := s.img.(type) {
	case nil:
		c = s.blank
		if s.bits.Pix[y*s.bits.Stride+x>>3]&(0x80>>(x&7)) != 0 {
			c = s.ink
		}
	case *image.Gray:
		v := m.Pix[y*m.Stride+x]
		c = color.RGBA{v, v, v, 255}
	case *image.RGBA:
		q := m.Pix[y*m.Stride+4*x:]
		c = color.RGBA{q[0], q[1], q[2], 255}
	case *image.YCbCr:
		yy, cc := m.YOffset(x+m.Rect.Min.X, y+m.Rect.Min.Y), m.COffset(x+m.Rect.Min.X, y+m.Rect.Min.Y)
		r, g, b := color.YCbCrToRGB(m.Y[yy], m.Cb[cc], m.Cr[cc])
		c = color.RGBA{r, g, b, 255}
	case *image.CMYK:
		q := m.Pix[y*m.Stride+4*x:]
		k := 255 - uint32(q[3])
		c = color.RGBA{less(q[0], k), less(q[1], k), less(q[2], k), 255}
	default:
		r, g, b, _ := m.At(x+m.Bounds().Min.X, y+m.Bounds().Min.Y).RGBA()
		c = color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255}
	}
	a = uint32(c.A)
	if s.mask != nil && a > 0 {
		a = s.mask.shows(x*s.mask.w/s.w, y*s.mask.h/s.h)
	}
	return c, a
}

func less(ink uint8, k uint32) uint8 {
	if uint32(ink) >= k {
		return 0
	}
	return uint8(k - uint32(ink))
}

// shows is the mask's value at a pixel. A stencil as a mask shows what it would
// paint.
func (p *picture) shows(x, y int) uint32 {
	x, y = min(x, p.w-1), min(y, p.h-1)
	switch {
	case p.bits != nil && p.stencil:
		if p.bits.Ink(x, y) {
			return 255
		}
		return 0
	case p.bits != nil:
		if p.bits.Ink(x, y) {
			return 0
		}
		return 255
	}
	if g, ok := p.img.(*image.Gray); ok {
		return uint32(g.Pix[y*g.Stride+x])
	}
	r, _, _, _ := p.img.At(x, y).RGBA()
	return r >> 8
}

// mean is what the page's pixel x, y sees, looked at in nx by ny places.
func (s *sampler) mean(back matrix, x, y, nx, ny int) (color.RGBA, uint32) {
	var r, g, b, a uint32
	for j := range ny {
		fy := float64(y) + (float64(j)+0.5)/float64(ny)
		for i := range nx {
			fx := float64(x) + (float64(i)+0.5)/float64(nx)
			px, py := back.apply(fx, fy)
			if px < 0 || py < 0 {
				continue
			}
			ix, iy := int(px), int(py)
			if ix >= s.w || iy >= s.h {
				continue
			}
			c, k := s.at(ix, iy)
			r, g, b, a = r+uint32(c.R)*k, g+uint32(c.G)*k, b+uint32(c.B)*k, a+k
		}
	}
	if a == 0 {
		return color.RGBA{}, 0
	}
	return color.RGBA{uint8(r / a), uint8(g / a), uint8(b / a), 255}, a / uint32(nx*ny)
}
