package mp3

import "encoding/binary"

// slack is how many bytes must follow the last that is read: a look at the bits
// of any place takes eight bytes.
const slack = 8

// bitReader reads bits, most significant first, of bytes with slack.
type bitReader struct {
	b  []byte
	at int // in bits
}

// peek gives the bits from at on, at least 57 of them, at the top of the word.
func peek(b []byte, at int) uint64 {
	return binary.BigEndian.Uint64(b[at>>3:]) << (at & 7)
}

// take reads n bits, at most 32, and zeros behind the end.
func (r *bitReader) take(n int) int {
	if n == 0 || r.at>>3+slack > len(r.b) {
		r.at += n
		return 0
	}
	v := peek(r.b, r.at) >> (64 - n)
	r.at += n
	return int(v)
}
