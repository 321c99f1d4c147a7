package mp3

const (
	lines    = 576 // spectral lines of a granule, and its samples
	subbands = 32
	perBand  = lines / subbands // lines of a subband, and its samples
)

// block is the kind of transform of a granule (2.4.2.7, block_type).
type block uint8

const (
	blockLong block = iota
	blockStart
	blockShort
	blockStop
)

// channel is the side information of one channel of one granule (2.4.1.7).
type channel struct {
	bits      int // scale factors and Huffman codes together (part2_3_length)
	big       int // lines in pairs
	gain      int
	compress  int // lengths of the scale factors
	block     block
	mixed     bool // the lowest two subbands are long
	table     [3]uint8
	region    [2]int // lines before the second and the third table are used
	short     [3]int // gain of each short block, in steps of 12 dB
	pre       bool   // add the standard's table to the scale factors
	coarse    bool   // steps of scale factors are 6 dB, not 3
	quadB     bool   // quadruples by table B
	shared    uint8  // scale factor groups taken from the first granule (scfsi)
	intensity bool   // the right channel of an intensity stereo frame
}

// side is the side information of a frame.
type side struct {
	back int // main data begin so many bytes before those of this frame
	ch   [2][2]channel
}

// parseSide reads the side information. It reports false when that contradicts
// itself.
func parseSide(h *header, b []byte, s *side) bool {
	var room [32 + slack]byte
	copy(room[:], b)
	r := bitReader{b: room[:]}
	nch, lsf := h.channels(), h.version != mpeg1
	var shared [2]uint8
	if lsf {
		s.back = r.take(8)
		r.take(nch)
	} else {
		s.back = r.take(9)
		r.take(7 - 2*nch) // 5 private bits in mono, 3 in stereo
		for c := range nch {
			shared[c] = uint8(r.take(4))
		}
	}
	for g := range h.granules() {
		for c := range nch {
			p := &s.ch[g][c]
			if !p.parse(h, &r) {
				return false
			}
			p.intensity = c == 1 && h.mode == modeJoint && h.extension&1 != 0
			if p.shared = 0; g == 1 {
				p.shared = shared[c]
			}
		}
	}
	return true
}

func (p *channel) parse(h *header, r *bitReader) bool {
	lsf := h.version != mpeg1
	p.bits = r.take(12)
	p.big = 2 * r.take(9)
	p.gain = r.take(8)
	if lsf {
		p.compress = r.take(9)
	} else {
		p.compress = r.take(4)
	}
	p.block, p.mixed, p.short = blockLong, false, [3]int{}
	if r.take(1) == 1 {
		p.block, p.mixed = block(r.take(2)), r.take(1) == 1
		p.table = [3]uint8{uint8(r.take(5)), uint8(r.take(5))}
		for i := range p.short {
			p.short[i] = r.take(3)
		}
		if p.block == blockLong {
			return false
		}
		p.mixed = p.mixed && p.block == blockShort
		p.region = [2]int{h.bands().switched(p.block), lines}
	} else {
		for i := range p.table {
			p.table[i] = uint8(r.take(5))
		}
		first := r.take(4) + 1
		second := first + r.take(3) + 1
		long := &h.bands().long
		p.region = [2]int{int(long[min(first, 22)]), int(long[min(second, 22)])}
	}
	p.pre = !lsf && r.take(1) == 1
	p.coarse = r.take(1) == 1
	p.quadB = r.take(1) == 1
	return p.big <= lines
}
