package fax

import (
	"encoding/binary"
	"math/bits"
)

// reader reads bits, the highest of a byte first. Behind the end there are zeros,
// which are no code.
type reader struct {
	data []byte // with at least 8 zeros behind the end
	pos  int    // in bits
	end  int    // in bits
}

func newReader(data []byte, lowFirst bool) *reader {
	r := &reader{data: make([]byte, len(data)+16), end: 8 * len(data)}
	copy(r.data, data)
	if lowFirst {
		for i, v := range data {
			r.data[i] = bits.Reverse8(v)
		}
	}
	return r
}

// peek is the bits that come, from the highest on; at least 57 are there.
func (r *reader) peek() uint64 { return r.peekAt(r.pos) }

func (r *reader) peekAt(pos int) uint64 {
	i := min(pos>>3, len(r.data)-8)
	return binary.BigEndian.Uint64(r.data[i:]) << (pos & 7)
}

func (r *reader) align(to int) {
	if to > 0 {
		r.pos = (r.pos + to - 1) / to * to
	}
}

// eol takes an end-of-line code, with the fill before it, when one comes.
func (r *reader) eol() bool {
	if r.peek()>>53 != 0 {
		return false // most lines are followed by something else
	}
	one := r.nextOne()
	if one >= r.end {
		return false
	}
	r.pos = one + 1
	return true
}

// nextOne is where the next bit is that is set, the end when none is.
func (r *reader) nextOne() int {
	at := r.pos
	for at < r.end {
		n := bits.LeadingZeros64(r.peekAt(at) | 1<<15)
		if at += n; n < 48 {
			break
		}
	}
	return min(at, r.end)
}

// seek goes on to the next end-of-line code, of which it leaves no more than the
// 11 zeros it must have.
func (r *reader) seek() bool {
	for r.pos < r.end {
		one := r.nextOne()
		if one == r.end {
			break
		}
		if one-r.pos >= 11 {
			r.pos = one - 11
			return true
		}
		r.pos = one + 1
	}
	r.pos = r.end
	return false
}
