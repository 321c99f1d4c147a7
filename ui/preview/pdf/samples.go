package pdf

import (
	"context"
	"image"
	"image/color"

	"switchboard/ui/preview/paper"
	"switchboard/ui/preview/pdf/cos"
)

// samples makes the picture of plain samples (8.9.5.2): 1, 2, 4, 8 or 16 bits
// each, rows beginning with a new byte.
func (d *document) samples(ctx context.Context, p *picture, b []byte, st *cos.Stream, res cos.Dict, bounds []float64) error {
	f := d.file
	bits := f.Int(st.Dict["BitsPerComponent"], 8)
	s := d.space(st.Dict["ColorSpace"], res, 0)
	if p.stencil {
		bits, s = 1, gray
	}
	if s == nil {
		s = gray
	}
	if s.n < 1 || bits != 1 && bits != 2 && bits != 4 && bits != 8 && bits != 16 {
		return errNoPicture
	}
	row := (p.w*s.n*bits + 7) / 8
	if len(b) < row*p.h {
		if len(b) == 0 {
			return errNoPicture
		}
		p.damage = "a picture is cut short"
	}
	if bits == 1 && s.n == 1 {
		zeros := paper.NewBitmap(p.w, p.h)
		n := copy(zeros.Pix, b[:min(len(b), row*p.h)])
		for i := range zeros.Pix[:n] {
			zeros.Pix[i] = ^zeros.Pix[i]
		}
		for y := range p.h {
			clearTail(zeros, y)
		}
		d.bilevel(p, zeros, st, res, bounds)
		return nil
	}
	if len(bounds) != 2*s.n {
		bounds = s.decode(bits)
	}
	if s.family == "gray" && bits == 8 && bounds[0] == 0 && bounds[1] == 1 {
		g := image.NewGray(image.Rect(0, 0, p.w, p.h))
		n := copy(g.Pix, b)
		whiten(g.Pix[n:])
		p.img = g
		return nil
	}
	if err := d.checkColour(p.w, p.h); err != nil {
		return err
	}
	img, err := convert(ctx, p, b, bits, row, s, bounds)
	if err != nil {
		return err
	}
	p.img = img
	d.keyMask(p, b, bits, row, s.n, d.file.Nums(st.Dict["Mask"]))
	return nil
}

func whiten(b []byte) {
	for i := range b {
		b[i] = 255
	}
}

// convert takes samples to colours. Those met before are remembered, as most
// pictures have few or come in runs.
func convert(ctx context.Context, p *picture, b []byte, bits, row int, s *space, bounds []float64) (image.Image, error) {
	img := image.NewRGBA(image.Rect(0, 0, p.w, p.h))
	whiten(img.Pix)
	top := float64(int(1)<<bits - 1)
	comp := make([]float64, s.n)
	raw := make([]uint32, s.n)
	seen := map[uint64]color.RGBA{}
	simple := s.family == "rgb" && bits == 8 && plainBounds(bounds)
	for y := range p.h {
		if y&63 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if (y+1)*row > len(b) {
			break
		}
		line := b[y*row : (y+1)*row]
		out := img.Pix[y*img.Stride:]
		for x := range p.w {
			if simple {
				out[4*x], out[4*x+1], out[4*x+2] = line[3*x], line[3*x+1], line[3*x+2]
				continue
			}
			key := uint64(0) // tells colours of up to four components apart
			for i := range s.n {
				raw[i] = sampleAt(line, x*s.n+i, bits)
				key = key<<16 | uint64(raw[i])
			}
			c, ok := seen[key]
			if !ok || s.n > 4 {
				for i := range comp {
					comp[i] = bounds[2*i] + float64(raw[i])/top*(bounds[2*i+1]-bounds[2*i])
				}
				c = s.rgb(comp)
				if len(seen) > 1<<16 {
					clear(seen)
				}
				seen[key] = c
			}
			out[4*x], out[4*x+1], out[4*x+2] = c.R, c.G, c.B
		}
	}
	return img, nil
}

func plainBounds(b []float64) bool {
	for i := 0; i+1 < len(b); i += 2 {
		if b[i] != 0 || b[i+1] != 1 {
			return false
		}
	}
	return true
}

// sampleAt is the i-th sample of a row.
func sampleAt(line []byte, i, bits int) uint32 {
	switch bits {
	case 8:
		return uint32(line[i])
	case 16:
		return uint32(line[2*i])<<8 | uint32(line[2*i+1])
	}
	at := i * bits
	return uint32(line[at>>3]) >> (8 - bits - at&7) & (1<<bits - 1)
}

// keyMask hides the pixels whose samples all lie in the ranges of a colour key
// mask (8.9.6.4).
func (d *document) keyMask(p *picture, b []byte, bits, row, n int, ranges []float64) {
	if len(ranges) != 2*n {
		return
	}
	m := image.NewGray(image.Rect(0, 0, p.w, p.h))
	whiten(m.Pix)
	for y := 0; y < p.h && (y+1)*row <= len(b); y++ {
		line := b[y*row : (y+1)*row]
		for x := range p.w {
			in := true
			for i := range n {
				v := float64(sampleAt(line, x*n+i, bits))
				in = in && v >= ranges[2*i] && v <= ranges[2*i+1]
			}
			if in {
				m.Pix[y*m.Stride+x] = 0
			}
		}
	}
	p.mask = &picture{w: p.w, h: p.h, img: m}
}
