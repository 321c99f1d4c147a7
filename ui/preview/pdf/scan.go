package pdf

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"math"

	"switchboard/ui/preview/paper"
)

// piece is a picture of a scanned page: one strip, one tile, or all of it.
type piece struct {
	mark *mark
	pic  *picture
	// grid takes the picture's pixels, counted from its top left after mirroring,
	// to the page in inches from its top left, unturned.
	grid matrix
	turn int // quarter turns clockwise that make the picture stand as the page does
	flip bool
}

// scan gives the page as the pixels of its pictures, without drawing, when that
// is all there is to see on it. ok is false for any other page.
func (d *document) scan(ctx context.Context, l *list, s sheet) (p paper.Page, ok bool, err error) {
	pieces := d.pieces(l, s)
	if len(pieces) == 0 {
		return p, false, nil
	}
	first := &pieces[0]
	for i := range pieces {
		if pieces[i].turn != first.turn || pieces[i].flip != first.flip {
			return p, false, nil
		}
	}
	// The page in the first picture's pixels.
	back, ok := first.grid.inverse()
	if !ok {
		return p, false, nil
	}
	w, h := s.box.w()*s.unit/72, s.box.h()*s.unit/72
	page := rect{0, 0, w, h}.under(back)
	area, pixels := 0.0, 0.0
	for _, q := range pieces {
		pixels += q.wide(d) * q.high(d)
		area += rect{0, 0, q.wide(d), q.high(d)}.under(q.grid).intersect(rect{0, 0, w, h}).area() / (w * h)
	}
	// A logo in a corner is no scan: the page would be made as fine as it is.
	if area < 0.2 || pixels > float64(d.lim.Pixels) || page.area() > float64(d.lim.Pixels) || page.area() > 60e6 && len(pieces) > 1 {
		return p, false, nil
	}
	size := image.Rect(int(math.Round(page.x0)), int(math.Round(page.y0)), int(math.Round(page.x1)), int(math.Round(page.y1)))
	if size.Empty() {
		return p, false, nil
	}
	damage := ""
	var at []image.Point
	for i := range pieces {
		q := &pieces[i]
		place, fits := q.offset(back)
		if !fits {
			return p, false, nil
		}
		at = append(at, place)
	}
	for i := range pieces {
		q := &pieces[i]
		if q.pic, err = d.picture(ctx, q.mark.image.stream, q.mark.image.res, 0); err != nil {
			return p, false, err
		}
		if q.pic.mask != nil || q.pic.stencil && q.mark.color != (color.RGBA{A: 255}) {
			return p, false, nil
		}
		if float64(q.pic.w) != q.wide(d) || float64(q.pic.h) != q.high(d) {
			return p, false, nil // its own header says otherwise
		}
		if q.pic.damage != "" {
			damage = q.pic.damage
		}
		if q.flip {
			q.pic.mirror()
		}
	}
	p.Turn = (first.turn + s.rotate) & 3
	p.Damage = damage
	p.Image = compose(pieces, at, size)
	b := p.Image.Bounds()
	p.XRes, p.YRes = float64(b.Dx())/w, float64(b.Dy())/h
	if first.turn&1 == 1 {
		p.XRes, p.YRes = float64(b.Dx())/h, float64(b.Dy())/w
	}
	return p, true, nil
}

func (r rect) area() float64 {
	if r.empty() {
		return 0
	}
	return r.w() * r.h()
}

func (q *piece) wide(d *document) float64 {
	return float64(d.file.Int(q.mark.image.stream.Dict["Width"], 0))
}

func (q *piece) high(d *document) float64 {
	return float64(d.file.Int(q.mark.image.stream.Dict["Height"], 0))
}

// pieces are the page's pictures, none when something else on it can be seen.
func (d *document) pieces(l *list, s sheet) []piece {
	if len(l.lacks) > 0 {
		return nil
	}
	page := matrix{s.unit / 72, 0, 0, -s.unit / 72, -s.box.x0 * s.unit / 72, s.box.y1 * s.unit / 72}
	var out []piece
	for i := range l.marks {
		m := &l.marks[i]
		switch m.kind {
		case textMark:
			if m.run.visible && m.run.font.type3 == nil {
				return nil
			}
			continue
		case fillMark:
			if len(out) == 0 && m.color == (color.RGBA{255, 255, 255, 255}) {
				continue // the paper
			}
			return nil
		case strokeMark:
			return nil
		}
		q := piece{mark: m}
		w, h := q.wide(d), q.high(d)
		ctm := m.image.ctm
		if w < 1 || h < 1 || m.alpha != 1 || !ctm.straight() || len(out) > 10_000 {
			return nil
		}
		if !clipLeaves(m.clip, rect{0, 0, 1, 1}.under(ctm).intersect(s.box)) {
			return nil
		}
		q.orient(matrix{1 / w, 0, 0, -1 / h, 0, 1}.mul(ctm).mul(page), w)
		out = append(out, q)
	}
	return out
}

// orient finds the turn and the mirroring of a picture whose pixels m takes to
// the page.
func (q *piece) orient(m matrix, w float64) {
	if m[0]*m[3]-m[1]*m[2] < 0 {
		q.flip = true
		m = matrix{-1, 0, 0, 1, w, 0}.mul(m)
	}
	q.grid = m
	switch {
	case math.Abs(m[0]) >= math.Abs(m[1]) && m[0] > 0:
	case math.Abs(m[0]) >= math.Abs(m[1]):
		q.turn = 2
	case m[1] > 0:
		q.turn = 1
	default:
		q.turn = 3
	}
}

// clipLeaves reports whether a clip takes nothing from a box but a hair.
func clipLeaves(c *clip, b rect) bool {
	tx, ty := b.w()/200+0.01, b.h()/200+0.01
	for ; c != nil; c = c.in {
		r, ok := c.path.rectangle()
		if !ok || r.x0 > b.x0+tx || r.y0 > b.y0+ty || r.x1 < b.x1-tx || r.y1 < b.y1-ty {
			return false
		}
	}
	return true
}

// offset is where the picture stands in the pixels of the first one, by back;
// fits is false when its pixels are not as large as the first one's.
func (q *piece) offset(back matrix) (at image.Point, fits bool) {
	m := q.grid.mul(back)
	// Over its length a picture may be off by a pixel.
	w, h := 1/math.Max(math.Abs(m[0]-1), 1e-9), 1/math.Max(math.Abs(m[3]-1), 1e-9)
	fits = w > 400 && h > 400
	return image.Pt(int(math.Round(m[4])), int(math.Round(m[5]))), fits
}

// mirror turns a picture left to right.
func (p *picture) mirror() {
	if p.bits != nil {
		out := paper.NewBitmap(p.w, p.h)
		for y := range p.h {
			row := out.Row(y)
			for x := range p.w {
				if p.bits.Ink(p.w-1-x, y) {
					row[x>>3] |= 0x80 >> (x & 7)
				}
			}
		}
		p.bits = out
		return
	}
	b := p.img.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, p.w, p.h))
	for y := range p.h {
		for x := range p.w {
			out.Set(p.w-1-x, y, p.img.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	p.img = grayOnly(out)
}

// compose lays the pieces on a page that is size in the first one's pixels.
func compose(pieces []piece, at []image.Point, size image.Rectangle) image.Image {
	bilevel := true
	for _, q := range pieces {
		bilevel = bilevel && q.pic.bits != nil
	}
	const hair = 2 // pixels by which rounding in the file may be off
	if q := pieces[0].pic; len(pieces) == 1 && abs(size.Min.X) <= hair && abs(size.Min.Y) <= hair && abs(size.Max.X-q.w) <= hair && abs(size.Max.Y-q.h) <= hair {
		if bilevel {
			return q.bits
		}
		return plainImage(q.img)
	}
	if bilevel {
		out := paper.NewBitmap(size.Dx(), size.Dy())
		for i, q := range pieces {
			lay(out, q.pic.bits, at[i].Sub(size.Min), q.pic.stencil)
		}
		return out
	}
	out := image.NewRGBA(image.Rect(0, 0, size.Dx(), size.Dy()))
	whiten(out.Pix)
	for i, q := range pieces {
		src := q.pic.img
		if src == nil {
			src = q.pic.bits
		}
		to := src.Bounds().Sub(src.Bounds().Min).Add(at[i]).Sub(size.Min)
		draw.Draw(out, to, src, src.Bounds().Min, draw.Src)
	}
	return grayOnly(out)
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// plainImage gives inks as the colours of a screen.
func plainImage(img image.Image) image.Image {
	switch m := img.(type) {
	case *image.RGBA:
		return grayOnly(m)
	case *image.Gray, *image.YCbCr:
		return img
	}
	b := img.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Rect, img, b.Min, draw.Src)
	return grayOnly(out)
}

// lay puts a bitmap on another. A stencil leaves the paper where it has no ink.
func lay(dst, src *paper.Bitmap, at image.Point, stencil bool) {
	x0, x1 := max(0, -at.X), min(src.W, dst.W-at.X)
	for y := max(0, -at.Y); y < min(src.H, dst.H-at.Y); y++ {
		from, to := src.Row(y), dst.Row(y+at.Y)
		if at.X&7 == 0 && x0&7 == 0 && x0 < x1 { // whole bytes
			n := (x1 - x0) / 8
			a, b := (x0+at.X)/8, x0/8
			if stencil {
				for i := range n {
					to[a+i] |= from[b+i]
				}
			} else {
				copy(to[a:a+n], from[b:b+n])
			}
			layBits(to, from, at.X, x0+8*n, x1, stencil)
			continue
		}
		layBits(to, from, at.X, x0, x1, stencil)
	}
}

func layBits(to, from []byte, dx, x0, x1 int, stencil bool) {
	for x := x0; x < x1; x++ {
		bit := byte(0x80) >> ((x + dx) & 7)
		if from[x>>3]&(0x80>>(x&7)) != 0 {
			to[(x+dx)>>3] |= bit
		} else if !stencil {
			to[(x+dx)>>3] &^= bit
		}
	}
}
