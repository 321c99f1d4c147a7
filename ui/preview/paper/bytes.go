package paper

import (
	"context"
	"image"
	"image/color"
)

// rows gives a picture's lines as bytes of brightness, over white paper.
type rows struct {
	size     image.Point
	channels int // 1 gray, 3 red green blue

	// read gives pixels from to end of line y. The bytes are good until the next
	// call.
	read func(y, from, end int) []byte
}

func rowsOf(img image.Image) rows {
	b := img.Bounds()
	r := rows{size: b.Size(), channels: 3}
	buf := make([]byte, 3*b.Dx())
	switch img := img.(type) {
	case *image.Gray:
		r.channels = 1
		r.read = func(y, from, end int) []byte { return img.Pix[y*img.Stride+from : y*img.Stride+end] }
	case *image.RGBA:
		r.read = func(y, from, end int) []byte {
			src := img.Pix[y*img.Stride+4*from : y*img.Stride+4*end]
			to := buf[:0]
			for ; len(src) >= 4; src = src[4:] {
				paper := 255 - src[3]
				to = append(to, add(src[0], paper), add(src[1], paper), add(src[2], paper))
			}
			return to
		}
	case *image.NRGBA:
		r.read = func(y, from, end int) []byte {
			src := img.Pix[y*img.Stride+4*from : y*img.Stride+4*end]
			to := buf[:0]
			for ; len(src) >= 4; src = src[4:] {
				to = append(to, over(src[0], src[3]), over(src[1], src[3]), over(src[2], src[3]))
			}
			return to
		}
	case *image.YCbCr:
		r.read = func(y, from, end int) []byte {
			to := buf[:0]
			for x := from; x < end; x++ {
				i, k := img.YOffset(b.Min.X+x, b.Min.Y+y), img.COffset(b.Min.X+x, b.Min.Y+y)
				red, green, blue := color.YCbCrToRGB(img.Y[i], img.Cb[k], img.Cr[k])
				to = append(to, red, green, blue)
			}
			return to
		}
	default:
		r.read = func(y, from, end int) []byte {
			to := buf[:0]
			for x := from; x < end; x++ {
				c := color.NRGBAModel.Convert(img.At(b.Min.X+x, b.Min.Y+y)).(color.NRGBA)
				to = append(to, over(c.R, c.A), over(c.G, c.A), over(c.B, c.A))
			}
			return to
		}
	}
	return r
}

// add is a premultiplied value over paper.
func add(v, paper uint8) uint8 { return uint8(min(uint(v)+uint(paper), 255)) }

// over is a value of the given opacity over white.
func over(v, alpha uint8) uint8 {
	if alpha == 255 {
		return v
	}
	return uint8((uint(v)*uint(alpha) + 255*(255-uint(alpha)) + 127) / 255)
}

// piece is the part of a line that one pixel is the mean of: the first and the
// last pixel count for left and right, those between for mid; all together for
// full.
type piece struct {
	from, end        int
	left, mid, right uint32
}

func pieces(a axis, size int) []piece {
	all := make([]piece, a.n())
	for i := range all {
		from, end, weight := a.cover(i, size)
		p := piece{from: from, end: end, left: full}
		if n := end - from; n > 1 {
			p.left = weight(from)
			p.mid = uint32(full / (a.bounds[i+1] - a.bounds[i]))
			p.right = full - p.left - min(uint32(n-2)*p.mid, full-p.left)
		}
		all[i] = p
	}
	return all
}

// shrinkBytes gives c the lines of a gray or coloured page.
func shrinkBytes(ctx context.Context, r rows, across, down axis, c *canvas) error {
	ps := pieces(across, r.size.X)
	from, end := ps[0].from, ps[len(ps)-1].end
	for i := range ps {
		ps[i].from -= from
		ps[i].end -= from
	}
	line := make([]uint32, r.channels*len(ps))
	sums := make([]uint32, len(line))
	wait := patience{ctx: ctx}
	read := -1
	for j := range down.n() {
		clear(sums)
		first, last, weight := down.cover(j, r.size.Y)
		for y := first; y < last; y++ {
			if y != read {
				if err := wait.err(end - from); err != nil {
					return err
				}
				mean(line, r.read(y, from, end), ps, r.channels)
				read = y
			}
			by := weight(y)
			for i, v := range line {
				sums[i] += v * by
			}
		}
		c.line(j, sums, false)
	}
	return nil
}

// mean is the values of a line, 0 to 255<<8.
func mean(to []uint32, line []byte, ps []piece, channels int) {
	if channels == 1 {
		for i, p := range ps {
			px := line[p.from:p.end]
			sum := uint32(px[0]) * p.left
			if n := len(px) - 1; n > 0 {
				mid := uint32(0)
				for _, v := range px[1:n] {
					mid += uint32(v)
				}
				sum += mid*p.mid + uint32(px[n])*p.right
			}
			to[i] = sum >> 8
		}
		return
	}
	for i, p := range ps {
		px := line[3*p.from : 3*p.end]
		r, g, b := uint32(px[0])*p.left, uint32(px[1])*p.left, uint32(px[2])*p.left
		if n := len(px) - 3; n > 0 {
			var mr, mg, mb uint32
			for k := 3; k+3 <= n; k += 3 {
				mr += uint32(px[k])
				mg += uint32(px[k+1])
				mb += uint32(px[k+2])
			}
			r += mr*p.mid + uint32(px[n])*p.right
			g += mg*p.mid + uint32(px[n+1])*p.right
			b += mb*p.mid + uint32(px[n+2])*p.right
		}
		to[3*i], to[3*i+1], to[3*i+2] = r>>8, g>>8, b>>8
	}
}
