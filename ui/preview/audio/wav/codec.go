package wav

import "math"

// sample gives the decoder of one sample of one channel, as a 16 bit value.
func (h *header) sample() func(b []byte) int {
	o := h.order
	switch {
	case h.code == codeMuLaw:
		return func(b []byte) int { return MuLaw(b[0]) }
	case h.code == codeALaw:
		return func(b []byte) int { return ALaw(b[0]) }
	case h.code == codeFloat && h.bits == 32:
		return func(b []byte) int { return fromFloat(float64(math.Float32frombits(o.Uint32(b)))) }
	case h.code == codeFloat:
		return func(b []byte) int { return fromFloat(math.Float64frombits(o.Uint64(b))) }
	case h.bits == 8: // the only one without a sign
		return func(b []byte) int { return (int(b[0]) - 128) << 8 }
	case h.bits == 16:
		return func(b []byte) int { return int(int16(o.Uint16(b))) } //nolint:gosec // signed on purpose
	case h.bits == 24 && o.Uint16([]byte{0, 1}) == 1: // big-endian
		return func(b []byte) int { return int(int8(b[0]))<<8 | int(b[1]) } //nolint:gosec // signed on purpose
	case h.bits == 24:
		return func(b []byte) int { return int(int8(b[2]))<<8 | int(b[1]) } //nolint:gosec // signed on purpose
	}
	return func(b []byte) int { return int(int32(o.Uint32(b)) >> 16) } //nolint:gosec // signed on purpose
}

func fromFloat(f float64) int {
	if math.IsNaN(f) {
		return 0
	}
	return int(math.Round(max(min(f, 1), -1) * 32767))
}

// MuLaw expands a byte of ITU-T G.711 mu-law to 16 bits.
func MuLaw(b byte) int {
	b = ^b
	v := (int(b&0x0F)<<3+132)<<(b>>4&7) - 132
	if b&0x80 != 0 {
		return -v
	}
	return v
}

// ALaw expands a byte of ITU-T G.711 A-law to 16 bits.
func ALaw(b byte) int {
	b ^= 0x55 // the even bits come inverted
	v := int(b&0x0F)<<4 + 8
	if e := b >> 4 & 7; e > 0 {
		v = (v + 0x100) << (e - 1)
	}
	if b&0x80 == 0 {
		return -v
	}
	return v
}

// imaSteps is the step sizes of IMA ADPCM: each about a tenth larger than the
// one before.
func imaSteps() *[89]int {
	return &[89]int{
		7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107, 118, 130, 143,
		157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963, 1060, 1166, 1282, 1411,
		1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493, 10442,
		11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767,
	}
}

// decodeIMA decodes one block: a header of four bytes a channel, then four bytes
// of each channel in turn, eight samples of four bits, the lower half first.
func (h *header) decodeIMA(b []byte, out []int16) {
	steps := imaSteps()
	n := h.channels
	var value, index [2]int
	mix := make([]int, len(out))
	for c := range n {
		value[c] = int(int16(h.order.Uint16(b[4*c:]))) //nolint:gosec // signed on purpose
		index[c] = min(int(b[4*c+2]), 88)
		if len(mix) > 0 {
			mix[0] += value[c]
		}
	}
	for at, i := 4*n, 1; i < len(out); at, i = at+4*n, i+8 {
		for c := range n {
			for k := range 8 {
				code := int(b[at+4*c+k/2]) >> (4 * (k & 1)) & 0x0F
				step := steps[index[c]]
				d := step >> 3
				if code&1 != 0 {
					d += step >> 2
				}
				if code&2 != 0 {
					d += step >> 1
				}
				if code&4 != 0 {
					d += step
				}
				if code&8 != 0 {
					d = -d
				}
				value[c] = int(clip(value[c] + d))
				if code&7 < 4 {
					index[c] = max(index[c]-1, 0)
				} else {
					index[c] = min(index[c]+2*(code&7-3), 88)
				}
				if i+k < len(mix) {
					mix[i+k] += value[c]
				}
			}
		}
	}
	for i, v := range mix {
		out[i] = clip(v / n)
	}
}

// msCoefficients is the seven pairs that every file of Microsoft's ADPCM has.
func msCoefficients() [][2]int {
	return [][2]int{{256, 0}, {512, -256}, {0, 0}, {192, 64}, {240, 0}, {460, -208}, {392, -232}}
}

// decodeMS decodes one block of Microsoft's ADPCM: predictor, step and two
// samples of each channel, then four bits a sample, the upper half first, the
// channels in turn.
func (h *header) decodeMS(b []byte, out []int16) {
	if len(out) < 2 {
		return
	}
	adapt := [16]int{230, 230, 230, 230, 307, 409, 512, 614, 768, 614, 512, 409, 307, 230, 230, 230}
	n := h.channels
	type state struct{ c1, c2, step, s1, s2 int }
	var st [2]state
	word := func(at int) int { return int(int16(h.order.Uint16(b[at:]))) } //nolint:gosec // signed on purpose
	var first, second int
	for c := range n {
		k := h.coef[min(int(b[c]), len(h.coef)-1)]
		st[c] = state{k[0], k[1], word(n + 2*c), word(3*n + 2*c), word(5*n + 2*c)}
		first += st[c].s2
		second += st[c].s1
	}
	out[0], out[1] = clip(first/n), clip(second/n)
	nibble := 0
	for i := 2; i < len(out); i++ {
		sum := 0
		for c := range n {
			x := int(b[7*n+nibble/2]) >> (4 * (1 - nibble&1)) & 0x0F
			nibble++
			signed := x
			if x > 7 {
				signed -= 16
			}
			s := &st[c]
			v := int(clip((s.s1*s.c1+s.s2*s.c2)>>8 + signed*s.step))
			s.s2, s.s1 = s.s1, v
			s.step = min(max(adapt[x]*s.step>>8, 16), 1<<20)
			sum += v
		}
		out[i] = clip(sum / n)
	}
}
