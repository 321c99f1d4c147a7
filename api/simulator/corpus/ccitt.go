package corpus

import "math/bits"

// bitmap is a page of one bit per pixel, 1 being black, rows padded to bytes.
type bitmap struct {
	w, h, stride int
	bits         []byte
}

func newBitmap(w, h int) *bitmap {
	stride := (w + 7) / 8
	return &bitmap{w, h, stride, make([]byte, stride*h)}
}

// changes gives the positions at which the row's colour changes, from white at
// the left edge. It appends to to.
func (b *bitmap) changes(y int, to []int) []int {
	row := b.bits[y*b.stride : (y+1)*b.stride]
	var before byte // the colour of the pixel before, as all ones or zeros
	for i, v := range row {
		if v == before {
			continue
		}
		// A bit is set where a pixel differs from the one to its left.
		edges := v ^ (v>>1 | before&0x80)
		for edges != 0 {
			k := bits.LeadingZeros8(edges)
			if x := i*8 + k; x < b.w {
				to = append(to, x)
			}
			edges &^= 0x80 >> k
		}
		before = -(v & 1)
	}
	return to
}

// coding is one of the ways a page is compressed.
type coding uint8

const (
	codingPDF  coding = iota // T.6, in a PDF
	codingG4                 // T.6
	codingLSB                // T.6, least significant bit of each byte first
	codingG3                 // T.4 one-dimensional, with end-of-line codes
	codingG32D               // T.4 two-dimensional, K = 4
)

// encode compresses a page.
func (b *bitmap) encode(c coding) []byte {
	w := bitWriter{b: make([]byte, 0, 32<<10)}
	var row, ref []int
	for y := range b.h {
		row = b.changes(y, row[:0])
		switch {
		case c == codingG3:
			w.put(1, 12)
			w.line(row, b.w)
		case c == codingG32D && y%4 == 0:
			w.put(3, 13) // end of line, and a tag: one-dimensional
			w.line(row, b.w)
		case c == codingG32D:
			w.put(2, 13)
			w.line2D(row, ref, b.w)
		default:
			w.line2D(row, ref, b.w)
		}
		row, ref = ref, row
	}
	switch c {
	case codingG3:
		for range 6 {
			w.put(1, 12)
		}
	case codingG32D:
		for range 6 {
			w.put(3, 13)
		}
	default:
		w.put(0x001001, 24)
	}
	w.align()
	if c == codingLSB {
		for i, v := range w.b {
			w.b[i] = bits.Reverse8(v)
		}
	}
	return w.b
}

// run writes a run of n pixels.
func (w *bitWriter) run(n int, black bool) {
	codes := &whiteCodes
	if black {
		codes = &blackCodes
	}
	for n >= 2560 {
		w.code(longCodes[12])
		n -= 2560
	}
	if n >= 1792 {
		w.code(longCodes[n/64-28])
		n %= 64
	}
	if n >= 64 {
		w.code(codes[63+n/64])
		n %= 64
	}
	w.code(codes[n])
}

func (w *bitWriter) code(c code) { w.put(uint32(c.bits), uint(c.n)) }

// line writes a row by the lengths of its runs.
func (w *bitWriter) line(row []int, width int) {
	at := 0
	for i, x := range row {
		w.run(x-at, i%2 == 1)
		at = x
	}
	w.run(width-at, len(row)%2 == 1)
}

// vertical are the codes for a change that is -3 to 3 pixels off the one above.
var vertical = [7]code{{2, 7}, {2, 6}, {2, 3}, {1, 1}, {3, 3}, {3, 6}, {3, 7}}

// line2D writes a row by how it differs from the row above. The names a0 to b2
// are those of T.4, 4.2.1.1.
func (w *bitWriter) line2D(row, ref []int, width int) {
	at := func(s []int, i int) int {
		if i < len(s) {
			return s[i]
		}
		return width
	}
	a0, i, j := 0, 0, 0 // i, j: the next changes in row and ref
	black := false
	for first := true; a0 < width; first = false {
		// b1 is right of a0 and a change away from the present colour. At the
		// start of a row a0 lies before the first pixel.
		for j > 0 && at(ref, j-1) > a0 {
			j--
		}
		for j < len(ref) && (ref[j] < a0 || ref[j] == a0 && !first || (j%2 == 1) != black) {
			j++
		}
		a1, b1, b2 := at(row, i), at(ref, j), at(ref, j+1)
		switch d := a1 - b1; {
		case b2 < a1:
			w.put(1, 4) // pass
			a0 = b2
		case d >= -3 && d <= 3:
			w.code(vertical[d+3])
			a0 = a1
			black = !black
			i++
		default:
			a2 := at(row, i+1)
			w.put(1, 3) // horizontal
			w.run(a1-a0, black)
			w.run(a2-a1, !black)
			a0 = a2
			i += 2
		}
	}
}
