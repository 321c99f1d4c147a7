package outside

import (
	"bufio"
	"context"
	"fmt"
	"image"
	"image/color"
	"io"

	"switchboard/ui/preview/paper"
)

// WritePages writes the pages of a document one after the other as netpbm does
// (PBM, PGM or PPM, binary), which its tools, ImageMagick and ffmpeg read as a
// stream. They are upright and have square pixels.
func WritePages(ctx context.Context, w io.Writer, doc paper.Document) error {
	for n := range doc.Len() {
		p, err := doc.Page(ctx, n)
		if err != nil {
			return fmt.Errorf("page %d: %w", n+1, err)
		}
		if err := WritePage(ctx, w, p); err != nil {
			return fmt.Errorf("page %d: %w", n+1, err)
		}
	}
	return nil
}

// WritePage writes one page: black and white as PBM, gray as PGM, else PPM.
func WritePage(ctx context.Context, w io.Writer, p paper.Page) error {
	v := newView(p)
	out := bufio.NewWriterSize(w, 64<<10)
	kind, stride := 4, (v.w+7)/8
	at := v.bits
	switch p.Image.(type) {
	case *paper.Bitmap:
	case *image.Gray:
		kind, stride, at = 5, v.w, v.grays
	default:
		kind, stride, at = 6, 3*v.w, v.colours
	}
	fmt.Fprintf(out, "P%d\n%d %d\n", kind, v.w, v.h)
	if kind != 4 {
		fmt.Fprintln(out, 255)
	}
	row := make([]byte, stride)
	for y := range v.h {
		if y&63 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		at(y, row)
		if _, err := out.Write(row); err != nil {
			return err
		}
	}
	return out.Flush()
}

// view is a page upright and with square pixels, by how its points are found in
// the image: x = (ax*X + bx*Y)/sx + cx, and alike y.
type view struct {
	img    image.Image
	b      image.Rectangle
	w, h   int
	turn   int
	sx, sy int // how often a column and a row of the image are repeated
}

// Repeating rows makes the pixels of a fax of standard resolution (204 by 98)
// square enough; nobody's machine has them more than eight to one.
const mostRepeat = 8

func newView(p paper.Page) view {
	v := view{img: p.Image, b: p.Image.Bounds(), turn: p.Turn & 3, sx: 1, sy: 1}
	if p.XRes > 0 && p.YRes > 0 {
		v.sy = min(max(int(p.XRes/p.YRes+.5), 1), mostRepeat)
		v.sx = min(max(int(p.YRes/p.XRes+.5), 1), mostRepeat)
	}
	v.w, v.h = v.b.Dx()*v.sx, v.b.Dy()*v.sy
	if v.turn&1 == 1 {
		v.w, v.h = v.h, v.w
	}
	return v
}

// from is the pixel of the image at a point of the view.
func (v *view) from(x, y int) (int, int) {
	switch v.turn {
	case 1: // a quarter clockwise: its left column is on top
		x, y = y, v.w-1-x
	case 2:
		x, y = v.w-1-x, v.h-1-y
	case 3:
		x, y = v.h-1-y, x
	}
	return v.b.Min.X + x/v.sx, v.b.Min.Y + y/v.sy
}

func (v *view) bits(y int, row []byte) {
	m := v.img.(*paper.Bitmap)
	if v.turn == 0 && v.sx == 1 {
		copy(row, m.Row(y/v.sy))
		return
	}
	clear(row)
	for x := range v.w {
		if m.Ink(v.from(x, y)) {
			row[x>>3] |= 0x80 >> (x & 7)
		}
	}
}

func (v *view) grays(y int, row []byte) {
	m := v.img.(*image.Gray)
	for x := range v.w {
		row[x] = m.GrayAt(v.from(x, y)).Y
	}
}

func (v *view) colours(y int, row []byte) {
	at := func(x, y int) color.RGBA {
		r, g, b, _ := v.img.At(x, y).RGBA()
		return color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255}
	}
	switch m := v.img.(type) {
	case *image.RGBA:
		at = m.RGBAAt
	case *image.YCbCr:
		at = func(x, y int) color.RGBA {
			c := m.YCbCrAt(x, y)
			r, g, b := color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
			return color.RGBA{r, g, b, 255}
		}
	}
	for x := range v.w {
		c := at(v.from(x, y))
		row[3*x], row[3*x+1], row[3*x+2] = c.R, c.G, c.B
	}
}
