package paper

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
)

// Outside is the gray of a rendered picture where the page is not.
const Outside = 0x60

// maxRender is the most pixels Render makes.
const maxRender = 64 << 20

// Render makes the w by h pixels of what look sees of p, with the proportions
// right where a pixel is aspect times as wide as it is high. Each is the mean of
// the part of the page it covers. The picture is an *image.Gray for black and
// white and gray pages, else an *image.RGBA; at is where in it the page lies.
//
// A page is turned, shrunk and shaded in one pass over what is seen of it; no copy
// of it is made. Render stops with ctx.
func Render(ctx context.Context, p Page, look Look, w, h int, aspect float64) (img image.Image, at image.Rectangle, err error) {
	if w <= 0 || h <= 0 || w > maxRender/h {
		return nil, at, fmt.Errorf("paper: a picture of %d by %d pixels", w, h)
	}
	if p.Image == nil || p.Image.Bounds().Empty() {
		return nil, at, errors.New("paper: the page is empty")
	}
	at, from, to := look.view(p, w, h, aspect)
	if at.Empty() {
		return nil, at, errors.New("paper: the page has no size")
	}
	c := &canvas{at: at, turn: (p.Turn + look.Turn) & 3}
	dw, dh := at.Dx(), at.Dy()
	if c.turn&1 == 1 {
		dw, dh = dh, dw
	}
	from, to = unturn(c.turn, from, to)
	size := p.Image.Bounds().Size()
	across := newAxis(from[0]*float64(size.X), to[0]*float64(size.X), dw, size.X)
	down := newAxis(from[1]*float64(size.Y), to[1]*float64(size.Y), dh, size.Y)

	power := 1.8
	if b, ok := p.Image.(*Bitmap); ok {
		power = min(max(1+math.Sqrt(across.step*down.step)/2, 1.6), 4)
		c.open(w, h, 1, look.Contrast, power)
		err = shrinkBits(ctx, b, across, down, c)
	} else {
		r := rowsOf(p.Image)
		c.open(w, h, r.channels, look.Contrast, power)
		err = shrinkBytes(ctx, r, across, down, c)
	}
	if err != nil {
		return nil, at, fmt.Errorf("drawing the page: %w", err)
	}
	if c.gray != nil {
		return c.gray, at, nil
	}
	return c.rgba, at, nil
}

// unturn is the part of the page as the file has it that is seen when it is
// turned, all in fractions.
func unturn(turn int, from, to [2]float64) (f, t [2]float64) {
	switch turn {
	case 1:
		return [2]float64{from[1], 1 - to[0]}, [2]float64{to[1], 1 - from[0]}
	case 2:
		return [2]float64{1 - to[0], 1 - to[1]}, [2]float64{1 - from[0], 1 - from[1]}
	case 3:
		return [2]float64{1 - to[1], from[0]}, [2]float64{1 - from[1], to[0]}
	}
	return from, to
}

// canvas is the picture being made. Lines come to it as the file has them and
// are put where the turn has them.
type canvas struct {
	gray  *image.Gray
	rgba  *image.RGBA
	at    image.Rectangle
	turn  int
	shade [256]uint8 // by the brightness of the page
}

func (c *canvas) open(w, h, channels int, contrast Contrast, power float64) {
	for v := range c.shade {
		c.shade[v] = uint8(v)
		switch contrast {
		case More:
			c.shade[v] = uint8(math.Round(255 * math.Pow(float64(v)/255, power)))
		case Inverted:
			c.shade[v] = uint8(255 - v)
		}
	}
	all := image.Rect(0, 0, w, h)
	full := c.at == all
	if channels == 1 {
		c.gray = image.NewGray(all)
		if !full {
			fill(c.gray.Pix, Outside)
		}
		return
	}
	c.rgba = image.NewRGBA(all)
	if !full {
		fillRGBA(c.rgba.Pix, color.RGBA{Outside, Outside, Outside, 255})
	}
}

func fill(b []byte, v byte) {
	for i := range b {
		b[i] = v
	}
}

func fillRGBA(b []byte, v color.RGBA) {
	for i := 0; i+4 <= len(b); i += 4 {
		b[i], b[i+1], b[i+2], b[i+3] = v.R, v.G, v.B, v.A
	}
}

// place is where the first pixel of line j lies in a picture with the given
// bytes a line and a pixel, and how far on the next ones are.
func (c *canvas) place(j, stride, pixel int) (first, next int) {
	x0, y0, x1, y1 := c.at.Min.X, c.at.Min.Y, c.at.Max.X-1, c.at.Max.Y-1
	switch c.turn {
	case 1:
		return y0*stride + (x1-j)*pixel, stride
	case 2:
		return (y1-j)*stride + x1*pixel, -pixel
	case 3:
		return y1*stride + (x0+j)*pixel, -stride
	}
	return (y0+j)*stride + x0*pixel, pixel
}

// line puts line j of the page: brightness in the highest byte of each value,
// rounded. invert says that the values are ink.
func (c *canvas) line(j int, sums []uint32, invert bool) {
	flip := uint8(0)
	if invert {
		flip = 255
	}
	if c.gray == nil {
		to, next := c.place(j, c.rgba.Stride, 4)
		for i := 0; i+3 <= len(sums); i += 3 {
			q := c.rgba.Pix[to : to+4 : to+4]
			q[0] = c.shade[uint8((sums[i]+1<<23)>>24)^flip]
			q[1] = c.shade[uint8((sums[i+1]+1<<23)>>24)^flip]
			q[2] = c.shade[uint8((sums[i+2]+1<<23)>>24)^flip]
			q[3] = 255
			to += next
		}
		return
	}
	to, next := c.place(j, c.gray.Stride, 1)
	if next == 1 {
		pix := c.gray.Pix[to : to+len(sums)]
		for i, v := range sums {
			pix[i] = c.shade[uint8((v+1<<23)>>24)^flip]
		}
		return
	}
	for _, v := range sums {
		c.gray.Pix[to] = c.shade[uint8((v+1<<23)>>24)^flip]
		to += next
	}
}
