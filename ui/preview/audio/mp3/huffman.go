package mp3

import (
	"math"
	"strconv"
)

// firstBits is how many bits of a code word are looked up at once. The few words
// that are longer take a second look.
const firstBits = 9

// leaf is what a look-up gives. With words that go on it is where their second
// table is: its bits in size and its place in at.
type leaf struct {
	size   uint8 // bits of the word
	x, y   uint8
	nx, ny uint8 // 1 where a sign follows
	more   bool
	at     uint16
}

// pairTable finds the words of a code.
type pairTable []leaf

// newPairTable makes the table of a code.
func newPairTable(c *code) pairTable {
	t := make(pairTable, 1<<firstBits)
	word := uint32(0) // as a fraction of 1<<32; the last sum runs over to 0
	for i := range len(c.depths) {
		size, _ := strconv.ParseUint(c.depths[i:i+1], 36, 8)
		pair, _ := strconv.ParseUint(c.pairs[2*i:2*i+2], 16, 8)
		l := leaf{size: uint8(size), x: uint8(pair >> 4), y: uint8(pair & 15)}
		l.nx, l.ny = min(l.x, 1), min(l.y, 1)
		t = t.add(c, i, word, l)
		word += 1 << (32 - size)
	}
	return t
}

// add puts the i-th leaf of c in the places of all words that begin with its own.
func (t pairTable) add(c *code, i int, word uint32, l leaf) pairTable {
	first := word >> (32 - firstBits)
	if l.size <= firstBits {
		for k := range uint32(1) << (firstBits - l.size) {
			t[first+k] = l
		}
		return t
	}
	if !t[first].more {
		t[first] = leaf{more: true, size: c.deepest(i, word) - firstBits, at: uint16(len(t))}
		t = append(t, make(pairTable, 1<<t[first].size)...)
	}
	second := t[first]
	l.size -= firstBits
	at := uint32(second.at) + word<<firstBits>>(32-second.size)
	for k := range uint32(1) << (second.size - l.size) {
		t[at+k] = l
	}
	return t
}

// deepest is the longest word that has the first bits of the i-th, which is the
// first of those.
func (c *code) deepest(i int, word uint32) (most uint8) {
	for w := word; i < len(c.depths) && w>>(32-firstBits) == word>>(32-firstBits); i++ {
		size, _ := strconv.ParseUint(c.depths[i:i+1], 36, 8)
		most = max(most, uint8(size))
		w += 1 << (32 - size)
		if w == 0 {
			break
		}
	}
	return most
}

// quad is four values of 0 or 1 and the length of their word.
type quad struct {
	size uint8
	v    [4]uint8
}

// newQuads is table A for quadruples: all six bits that can follow.
func newQuads() (t [64]quad) {
	words := [16]struct{ word, size uint8 }{
		{1, 1},
		{5, 4},
		{4, 4},
		{5, 5},
		{6, 4},
		{5, 6},
		{4, 5},
		{4, 6},
		{7, 4},
		{3, 5},
		{6, 5},
		{0, 6},
		{7, 5},
		{2, 6},
		{3, 6},
		{1, 6},
	}
	for i, w := range words {
		for k := range uint8(1) << (6 - w.size) {
			t[w.word<<(6-w.size)+k] = quad{w.size, bits4(i)}
		}
	}
	return t
}

func bits4(i int) [4]uint8 {
	return [4]uint8{uint8(i >> 3 & 1), uint8(i >> 2 & 1), uint8(i >> 1 & 1), uint8(i & 1)}
}

// largest is the greatest value there can be: 15 and 13 bits more.
const largest = 15 + 1<<13 - 1

// spectrum holds the lines of a granule.
type spectrum [lines]float32

// readLines reads the lines of a channel from bit at to bit end as signed
// |x|^(4/3), at most limit of them or a few more, and gives the number behind
// which all are 0. ok is false when the codes run over the end.
func (d *decoder) readLines(p *channel, at, end, limit int, xr *spectrum) (n int, ok bool) {
	bounds := [3]int{min(p.region[0], p.big), min(p.region[1], p.big), p.big}
	for i, to := range bounds {
		to = min(to, (limit+1)&^1)
		if n >= to {
			continue
		}
		t := &d.tables.choice[p.table[i]]
		switch {
		case p.table[i] == 0:
			clear(xr[n:to])
			n = to
		case t.pairs == nil:
			return 0, false
		case t.more > 0:
			n, at = d.escapes(t, xr, n, to, at, end)
		default:
			n, at = d.plain(t, xr, n, to, at, end)
		}
		if at > end {
			return 0, false
		}
	}
	if p.big >= limit {
		clear(xr[n:])
		return n, true
	}
	return d.quads(p, xr, n, at, end, limit), true
}

// plain reads lines n to to in pairs from bit at on, and gives where it stopped:
// behind end when the data are wrong.
func (d *decoder) plain(t *choice, xr *spectrum, n, to, at, end int) (int, int) {
	pow, main, pairs := &d.tables.small, d.main[:], t.pairs
	for ; n < to && at <= end; n += 2 {
		w := peek(main, at)
		l := &pairs[w>>(64-firstBits)]
		if l.more {
			w <<= firstBits
			at += firstBits
			l = &pairs[uint64(l.at)+w>>(64-l.size)]
		}
		w <<= l.size & 63
		xr[n] = signed(pow[l.x&15], w)
		w <<= l.nx & 1
		xr[n+1] = signed(pow[l.y&15], w)
		at += int(l.size + l.nx + l.ny)
	}
	return n, at
}

// escapes is plain for tables in which 15 means that more bits follow.
func (d *decoder) escapes(t *choice, xr *spectrum, n, to, at, end int) (int, int) {
	main, pairs, more := d.main[:], t.pairs, t.more
	for ; n < to && at <= end; n += 2 {
		w := peek(main, at)
		l := &pairs[w>>(64-firstBits)]
		if l.more {
			w <<= firstBits
			at += firstBits
			l = &pairs[uint64(l.at)+w>>(64-l.size)]
		}
		w <<= l.size & 63
		x, y := uint64(l.x), uint64(l.y)
		if x == 15 {
			x += w >> (64 - more)
			w <<= more
			at += more
		}
		xr[n] = signed(d.tables.power[x], w)
		w <<= l.nx & 1
		if y == 15 {
			y += w >> (64 - more)
			w <<= more
			at += more
		}
		xr[n+1] = signed(d.tables.power[y], w)
		at += int(l.size + l.nx + l.ny)
	}
	return n, at
}

// signed is v with the highest bit of w for a sign.
func signed(v float32, w uint64) float32 {
	return math.Float32frombits(math.Float32bits(v) | uint32(w>>32)&(1<<31))
}

// quads reads lines of 0, 1 and -1 in fours up to end, clears the rest, and gives
// the number behind which all are 0. A last one that runs over the end, of
// the bits or of the lines, does not count.
func (d *decoder) quads(p *channel, xr *spectrum, n, at, end, limit int) int {
	used := n
	for ; at < end && n < min(lines-3, limit); n += 4 {
		w := peek(d.main[:], at)
		var q quad
		if p.quadB {
			q = quad{4, bits4(int(^w >> 60))}
		} else {
			q = d.tables.quads[w>>58]
		}
		w <<= q.size & 63
		next := at + int(q.size)
		for i, v := range q.v {
			xr[n+i] = 0
			if v != 0 {
				xr[n+i] = signed(1, w)
				w <<= 1
				next++
			}
		}
		if at = next; at > end {
			break
		}
		if q.v != [4]uint8{} {
			used = n + 4
		}
	}
	clear(xr[used:])
	return used
}
