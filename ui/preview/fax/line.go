package fax

import (
	"errors"
	"math/bits"
)

var (
	errCode   = errors.New("fax: no such code")
	errLength = errors.New("fax: a line of the wrong length")
	errMode   = errors.New("fax: a line in uncompressed mode")
)

// decoder reads lines. A line is kept as the columns at which its colour changes,
// from white at the left edge, rising; behind them stand three times the width.
type decoder struct {
	*reader
	*codes
	width int32
	ref   []int32 // the line above
	cur   []int32
	n     int // changes in cur
}

func newDecoder(r *reader, width int) *decoder {
	d := &decoder{reader: r, codes: tables(), width: int32(width)}
	d.ref = []int32{d.width, d.width, d.width}
	d.cur = make([]int32, min(width, 2048)+4)
	return d
}

// finish ends a line.
func (d *decoder) finish() {
	d.cur = append(d.cur[:d.n], d.width, d.width, d.width)
	d.ref, d.cur = d.cur, d.ref
	if len(d.cur) < cap(d.cur) {
		d.cur = d.cur[:cap(d.cur)]
	}
}

// change notes that the colour changes at x. Twice at the same place is not at
// all, which a run of no length asks for.
func (d *decoder) change(x int32) {
	if d.n > 0 && d.cur[d.n-1] == x {
		d.n--
		return
	}
	if d.n+4 > len(d.cur) {
		d.cur = append(d.cur, make([]int32, len(d.cur)+8)...)
	}
	d.cur[d.n] = x
	d.n++
}

// run reads the length of a run. It ends where the line is too long.
func (d *decoder) run(colour int) (int32, error) {
	total := int32(0)
	for {
		v := d.peek()
		e := d.runs[colour&1][v>>(64-runBits)]
		if e.bits == 0 {
			if v>>52 == 0x00f {
				return 0, errMode
			}
			return 0, errCode
		}
		d.pos += int(e.bits)
		total += int32(e.value)
		if e.value < 64 {
			return total, nil
		}
		if total > d.width {
			return total, nil
		}
	}
}

// line1 reads a line of runs (T.4, 4.1). After an error the line has what could
// be read.
func (d *decoder) line1() error {
	d.n = 0
	x := int32(0)
	for colour := 0; x < d.width; colour ^= 1 {
		n, err := d.run(colour)
		if err != nil {
			return err
		}
		if n > d.width-x {
			return errLength
		}
		if x += n; x < d.width {
			d.change(x)
		}
	}
	return nil
}

// line2 reads a line that is told by how it differs from the one above (T.4,
// 4.2). The names a0, b1 and b2 are those of the recommendation.
func (d *decoder) line2() error {
	d.n = 0
	ref, width := d.ref, d.width
	a0, colour := int32(-1), 0
	b := 0 // ref[b] is b1
	for a0 < width {
		v := d.peek()
		if v>>63 == 1 {
			// The change is where the one above is: most are.
			for k := min(bits.LeadingZeros64(^v), 48); k > 0 && a0 < width; k-- {
				d.pos++
				a0 = ref[b]
				colour ^= 1
				if a0 < width {
					d.change(a0)
					b = next(ref, b+1, a0, colour, width)
				}
			}
			continue
		}
		m := d.modes[v>>(64-modeBits)]
		d.pos += int(m.bits)
		switch {
		case m.bits == 0:
			return errCode
		case m.value <= right3:
			a1 := ref[b] + int32(m.value) - right0
			if a1 < a0 || a1 < 0 || a1 > width {
				return errLength
			}
			a0 = a1
			colour ^= 1
			if a0 < width {
				d.change(a0)
				b = next(ref, max(b-1, 0), a0, colour, width)
			}
		case m.value == pass:
			a0 = ref[b+1]
			b = next(ref, b+2, a0, colour, width)
		case m.value == horizontal:
			a0 = max(a0, 0)
			for k := range 2 {
				n, err := d.run(colour ^ k)
				if err != nil {
					return err
				}
				if n > width-a0 {
					return errLength
				}
				if a0 += n; a0 < width {
					d.change(a0)
				}
			}
			b = next(ref, b, a0, colour, width)
		case d.peek()>>61 == 7: // the extension 111
			return errMode
		default:
			return errCode
		}
	}
	return nil
}

// next is the first change of ref, from index b on, that is right of a0 and away
// from the colour.
func next(ref []int32, b int, a0 int32, colour int, width int32) int {
	if b&1 != colour {
		b++
	}
	for b < len(ref)-2 && ref[b] <= a0 && ref[b] < width {
		b += 2
	}
	return min(b, len(ref)-2)
}
