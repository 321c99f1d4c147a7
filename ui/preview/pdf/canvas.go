package pdf

import (
	"context"
	"image"
	"image/color"
	"math"

	"golang.org/x/image/font/sfnt"
)

// canvas is the page being drawn.
type canvas struct {
	ctx context.Context
	d   *document
	img *image.RGBA
	m   matrix // user space to pixels

	clip  *clip // the one that box and mask are of
	box   image.Rectangle
	mask  []uint8 // how much of each pixel of the page shows, nil: all in box
	faces faces
	buf   sfnt.Buffer

	approximate bool // a face stands in for a font
	damage      []string
}

func newCanvas(ctx context.Context, d *document, w, h int) *canvas {
	c := &canvas{ctx: ctx, d: d, img: image.NewRGBA(image.Rect(0, 0, w, h))}
	whiten(c.img.Pix)
	c.box = c.img.Rect
	return c
}

func (c *canvas) result() image.Image { return grayOnly(c.img) }

func (c *canvas) note(s string) {
	for _, w := range c.damage {
		if w == s {
			return
		}
	}
	if len(c.damage) < 4 {
		c.damage = append(c.damage, s)
	}
}

func (c *canvas) mark(m *mark) {
	c.setClip(m.clip)
	if c.box.Empty() {
		return
	}
	switch m.kind {
	case fillMark:
		polys := m.path.flatten(c.m)
		c.fill(thick(polys), m.rule, m.color, m.alpha)
	case strokeMark:
		p := m.pen.times(c.m.scale())
		c.fill(p.stroke(m.path.flatten(c.m)), false, m.color, m.alpha)
	case imageMark:
		c.image(m)
	case textMark:
		if m.run.visible && m.run.font.type3 == nil {
			c.text(m)
		}
	}
}

// thick gives a filled shape thinner than a pixel, such as a rule of a form, the
// width of one, so that it is seen.
func thick(polys []polygon) []polygon {
	if len(polys) != 1 || len(polys[0].p) < 2 || len(polys[0].p) > 5 {
		return polys
	}
	b := rect{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, p := range polys[0].p {
		b = rect{math.Min(b.x0, p.x), math.Min(b.y0, p.y), math.Max(b.x1, p.x), math.Max(b.y1, p.y)}
	}
	if b.w() >= 1 && b.h() >= 1 || b.w() < 2 && b.h() < 2 {
		return polys
	}
	if b.w() < 1 {
		b.x0 = math.Floor(b.x0)
		b.x1 = b.x0 + 1
	}
	if b.h() < 1 {
		b.y0 = math.Floor(b.y0)
		b.y1 = b.y0 + 1
	}
	return []polygon{{p: []point{{b.x0, b.y0}, {b.x1, b.y0}, {b.x1, b.y1}, {b.x0, b.y1}}, closed: true}}
}

func (c *canvas) fill(polys []polygon, evenOdd bool, col color.RGBA, alpha float64) {
	a := uint32(alpha*255 + 0.5)
	fill(polys, evenOdd, c.box, func(y, x int, cover []uint8) {
		if c.ctx.Err() != nil {
			return
		}
		pix := c.img.Pix[y*c.img.Stride+4*x:]
		var mask []uint8
		if c.mask != nil {
			mask = c.mask[y*c.img.Rect.Dx()+x:]
		}
		for i, v := range cover {
			if v == 0 {
				continue
			}
			k := uint32(v)
			if mask != nil {
				k = k * uint32(mask[i]) / 255
			}
			blend(pix[4*i:4*i+3], col, k*a/255)
		}
	})
}

// blend puts a colour over a pixel, k of 255 parts of it.
func blend(p []uint8, c color.RGBA, k uint32) {
	if k == 255 {
		p[0], p[1], p[2] = c.R, c.G, c.B
		return
	}
	p[0] = uint8((uint32(p[0])*(255-k) + uint32(c.R)*k + 127) / 255)
	p[1] = uint8((uint32(p[1])*(255-k) + uint32(c.G)*k + 127) / 255)
	p[2] = uint8((uint32(p[2])*(255-k) + uint32(c.B)*k + 127) / 255)
}

// setClip works out what of the page a clip leaves: a box, and a mask where it is
// not only boxes.
func (c *canvas) setClip(cl *clip) {
	if cl == c.clip {
		return
	}
	c.clip, c.box, c.mask = cl, c.img.Rect, nil
	w := c.img.Rect.Dx()
	for ; cl != nil; cl = cl.in {
		polys := cl.path.flatten(c.m)
		if r, ok := cl.path.rectangle(); ok && c.m.straight() {
			c.box = c.box.Intersect(pixels(r.under(c.m)))
			continue
		}
		next := make([]uint8, len(c.img.Pix)/4)
		var touched image.Rectangle
		fill(polys, cl.rule, c.box, func(y, x int, cover []uint8) {
			at := y*w + x
			for i, v := range cover {
				if c.mask != nil {
					v = uint8(uint32(v) * uint32(c.mask[at+i]) / 255)
				}
				next[at+i] = v
			}
			touched = touched.Union(image.Rect(x, y, x+len(cover), y+1))
		})
		c.mask, c.box = next, c.box.Intersect(touched)
		if c.box.Empty() {
			return
		}
	}
}

// pixels are the pixels a box touches, but for a hair.
func pixels(r rect) image.Rectangle {
	const hair = 1e-3
	return image.Rect(int(math.Floor(bound(r.x0)+hair)), int(math.Floor(bound(r.y0)+hair)), int(math.Ceil(bound(r.x1)-hair)), int(math.Ceil(bound(r.y1)-hair)))
}

// text draws a run of glyphs by the font's own shapes, else by a face like it,
// stretched to the width the file gives.
func (c *canvas) text(m *mark) {
	f := m.run.font
	for i := range m.run.glyphs {
		g := &m.run.glyphs[i]
		var p *path
		gm := g.m
		if f.shapes != nil {
			p = f.shapes.outline(&c.buf, g.char.gid)
		} else {
			text := cleaned(g.char.text)
			if text == "" || text == " " {
				continue
			}
			c.approximate = true
			var w float64
			if p, w = c.faces.outline(&c.buf, f.look, text); w > 0 && g.width > 0 {
				gm = matrix{math.Min(math.Max(g.width/w, 0.4), 1.8), 0, 0, 1, 0, 0}.mul(gm)
			}
		}
		if p == nil || len(p.ops) == 0 {
			continue
		}
		to := gm.mul(c.m)
		if b := p.box().under(to); b.intersect(rect{0, 0, float64(c.img.Rect.Dx()), float64(c.img.Rect.Dy())}).empty() {
			continue
		}
		c.fill(p.flatten(to), false, m.color, m.alpha)
	}
}
