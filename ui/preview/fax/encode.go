package fax

import (
	"encoding/binary"
	"math/bits"

	"switchboard/ui/preview/paper"
)

// Encode writes a page by T.6 (Group 4), the first pixel as the highest bit, with
// the end-of-block code. It is what PDF reads with CCITTFaxDecode and K -1,
// BlackIs1 false, and TIFF with compression 4 and PhotometricInterpretation 0.
func Encode(b *paper.Bitmap) []byte {
	w := &writer{codes: tables(), out: make([]byte, 0, 1<<12+len(b.Pix)/16)}
	width := int32(b.W)
	ref := []int32{width, width, width}
	var line []int32
	for y := range b.H {
		line = changes(line[:0], b.Row(y), width)
		w.line2(line, ref, width)
		line, ref = ref, line
	}
	w.put(1, 12)
	w.put(1, 12)
	w.put(0, uint(-w.used&7))
	return w.out
}

// changes appends the columns where the colour changes, from white on, and three
// times the width. The bits behind the end of a line do not count.
func changes(to []int32, row []byte, width int32) []int32 {
	before := uint64(0) // the pixel before, as the highest bit
	var last [8]byte
	for x := int32(0); len(row) > 0; x += 64 {
		if len(row) < 8 {
			copy(last[:], row)
			row = last[:]
		}
		v := binary.BigEndian.Uint64(row)
		row = row[8:]
		for edges := v ^ (v>>1 | before); edges != 0; {
			k := bits.LeadingZeros64(edges)
			if at := x + int32(k); at < width {
				to = append(to, at)
			}
			edges &^= 1 << 63 >> k
		}
		before = v << 63
	}
	return append(to, width, width, width)
}

// writer writes bits, the highest of a byte first.
type writer struct {
	*codes
	out  []byte
	acc  uint64 // what is not in out yet, at the low end
	used int    // bits of it
}

func (w *writer) put(code uint16, n uint) {
	w.acc = w.acc<<n | uint64(code)
	for w.used += int(n); w.used >= 8; w.used -= 8 {
		w.out = append(w.out, byte(w.acc>>(w.used-8)))
	}
}

func (w *writer) word(v word) { w.put(v.code, uint(v.bits)) }

func (w *writer) length(n int32, colour int) {
	for ; n > longest+63; n -= longest {
		w.word(w.run[colour][63+longest/64])
	}
	if n >= 64 {
		w.word(w.run[colour][63+n/64])
		n &= 63
	}
	w.word(w.run[colour][n])
}

// line2 writes a line by how it differs from the one above. The names a0 to b2
// are those of T.4, 4.2.
func (w *writer) line2(line, ref []int32, width int32) {
	a0, colour := int32(-1), 0
	a, b := 0, 0 // line[a] is a1, ref[b] is b1
	for a0 < width {
		b = next(ref, b, a0, colour, width)
		a1, b1, b2 := line[a], ref[b], ref[b+1]
		switch d := a1 - b1; {
		case b2 < a1:
			w.word(w.mode[pass])
			a0 = b2
			continue
		case -3 <= d && d <= 3:
			w.word(w.mode[right0+d])
			a0 = a1
			colour ^= 1
			a++
		default:
			w.word(w.mode[horizontal])
			w.length(a1-max(a0, 0), colour)
			w.length(line[a+1]-a1, colour^1)
			a0 = line[a+1]
			a += 2
		}
		b = max(b-1, 0)
	}
}
