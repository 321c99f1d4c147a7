package corpus

import (
	"fmt"
	"math"
)

// A fax page of US letter paper: 8.5 inches at 204 dots, 11 inches at 196
// lines; standard resolution has every second line.
const (
	faxWidth  = 1728
	faxHeight = 2156
)

// document draws the pages of a fax message and packs them.
func (c *Corpus) document(m *Message) []byte {
	way := faxCoding(m)
	lines := 196
	if m.Resolution == "Low" {
		lines = 98
	}
	pages := make([]faxPage, m.rendered())
	for n := range pages {
		r := stream(c.seed, forPages, uint64(m.Index)<<8|uint64(n))
		asText := way == codingPDF && c.typed(m, n)
		s := c.page(m, n, len(pages), r, asText)
		switch {
		case asText:
			pages[n].text = s.print
		case n > 1 && n == len(pages)-1 && c.sideways(m):
			pages[n].bitmap = s.scan(196).turned(lines)
		default:
			pages[n].bitmap = s.scan(lines)
		}
	}
	if way == codingPDF {
		return faxPDF(pages, lines, fmt.Sprintf("Fax %d", m.ID), m.Created)
	}
	return faxTIFF(pages, way, lines)
}

// faxPage is a scanned page, or one of text and lines as a computer sends it.
type faxPage struct {
	*bitmap
	text *print
}

// typed reports whether a page never was on paper: some covers, and now and
// then a whole fax.
func (c *Corpus) typed(m *Message, n int) bool {
	r := stream(c.seed, forPages, uint64(m.ID)|1<<62)
	whole, cover := r.percent(12), r.percent(35)
	return whole || cover && n == 0 && m.rendered() > 1
}

// sideways reports whether the last page of a fax went through the machine the
// wrong way round.
func (c *Corpus) sideways(m *Message) bool {
	r := stream(c.seed, forPages, uint64(m.ID)|1<<61)
	return r.percent(25)
}

// wideWidth is what a machine for A3 paper sends.
const wideWidth = 2432

// turned is a page of fine resolution as it looks that went in with its left
// edge ahead: it has to be turned a quarter clockwise to be read. Lines is the
// resolution it is sent in.
func (b *bitmap) turned(lines int) *bitmap {
	out := newBitmap(wideWidth, faxWidth*lines/204)
	for y := range out.h {
		x := faxWidth - 1 - y*204/lines
		for at := range 11 * 204 {
			from := at * 196 / 204
			if from < b.h && b.bits[from*b.stride+x/8]&(0x80>>(x%8)) != 0 {
				out.bits[y*out.stride+at/8] |= 0x80 >> (at % 8)
			}
		}
	}
	return out
}

// faxCoding follows the schedule: most faxes are PDF, as today's are.
func faxCoding(m *Message) coding {
	switch m.slot.trait {
	case faxTIFFG3:
		return codingG3
	case faxTIFFG32D:
		return codingG32D
	case faxTIFFLSB:
		return codingLSB
	case faxTIFFG4:
		return codingG4
	}
	return codingPDF
}

// scan makes a page black and white as a feeder does: a little askew, with
// rough edges, dirt on the glass and now and then a streak. The line of text
// that the sending machine prints on top stays straight.
func (s *sheet) scan(lines int) *bitmap {
	step := 196 / lines
	b := newBitmap(faxWidth, faxHeight/step)
	lean := float64(s.rng.between(-14, 14)) / 4096
	var down [faxWidth]int
	for x := range down {
		down[x] = int(math.Round(float64(x-faxWidth/2) * lean))
	}
	grain := uint32(s.rng.next()) | 1
	for y := range b.h {
		across := int(math.Round(float64(y*step) * -lean))
		row := b.bits[y*b.stride : (y+1)*b.stride]
		for x := range faxWidth {
			sy, sx := y*step, x
			if sy >= headLines {
				sy = min(max(sy+down[x], headLines), faxHeight-1)
				sx += across
			}
			if sx < 0 || sx >= faxWidth {
				continue
			}
			p := s.Pix[sy*s.Stride+sx]
			if step == 2 && sy+1 < faxHeight {
				p = min(p, s.Pix[(sy+1)*s.Stride+sx])
			}
			if p == 255 {
				continue
			}
			grain ^= grain << 13
			grain ^= grain >> 17
			grain ^= grain << 5
			if int(p) < 96+int(grain>>26) {
				row[x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	s.dirt(b)
	return b
}

func (s *sheet) dirt(b *bitmap) {
	dot := func(x, y int) {
		if x < b.w && y < b.h {
			b.bits[y*b.stride+x/8] |= 0x80 >> (x % 8)
		}
	}
	for range s.rng.between(15, 120) {
		x, y, size := s.rng.n(b.w), s.rng.between(60, b.h-1), s.rng.n(4)
		for j := range size {
			for i := range size {
				if (i != 0 && i != size-1) || s.rng.percent(60) {
					dot(x+i, y+j)
				}
			}
		}
	}
	if s.rng.percent(15) {
		x := s.rng.between(30, b.w-30)
		for y := 60; y < b.h; y++ {
			if s.rng.percent(40) {
				dot(x, y)
			}
		}
	}
}
