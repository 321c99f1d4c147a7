package mp3

import (
	"bytes"
	"testing"
)

// rewrite changes each frame of a file in place.
func rewrite(t *testing.T, b []byte, change func(n int, h *header, frame []byte)) []byte {
	t.Helper()
	b = bytes.Clone(b)
	s := opened(t, b)
	w := walker{r: bytes.NewReader(b), size: int64(len(b)), whole: true, first: s.first, found: true, at: s.start, sure: true}
	for n := 0; ; n++ {
		h, at, err := w.next()
		if err != nil {
			return b
		}
		change(n, &h, b[at:at+int64(h.bytes)])
	}
}

// setBits puts the n lowest bits of v at a bit of b.
func setBits(b []byte, at, n, v int) {
	for i := range n {
		bit := byte(0x80) >> ((at + i) & 7)
		b[(at+i)>>3] &^= bit
		if v>>(n-1-i)&1 == 1 {
			b[(at+i)>>3] |= bit
		}
	}
}

// nearly wants the start of what another program gives: some lose the last frame.
func nearly(t *testing.T, name string, got, want []int16, lead int) {
	t.Helper()
	got = got[lead:]
	most, rms := differ(got, want)
	if len(want) < len(got)*9/10 || len(want) > len(got) || most > mostOff || rms > rmsOff {
		t.Errorf("%s: %d samples instead of %d, up to %d off, %.2f on average", name, len(got), len(want), most, rms)
	}
}

// TestIntensity makes intensity stereo of files that have none, which no encoder
// at hand does, and holds it against three decoders, in MPEG-1.
func TestIntensity(t *testing.T) {
	need(t, "lame", "ffmpeg", "sox")
	for _, rate := range []int{32000, 44100, 48000} {
		plain := lame(t, rate, 2, 3, "-m s -b 64 -t")
		for _, extension := range []byte{1, 3} {
			b := rewrite(t, plain, func(_ int, _ *header, f []byte) { f[3] = f[3]&0x0f | 1<<6 | extension<<4 })
			got := all(t, opened(t, b), 2)
			nearly(t, "ffmpeg", got, outside(t, "ffmpeg", b), 0)
			nearly(t, "sox", got, outside(t, "sox", b), 0)
			nearly(t, "lame", got, outside(t, "lame", b), 2*decoderDelay)
		}
	}
}

// TestIntensityLSF does so at the low rates, where the positions have their own
// form: the right channel is left with nothing but those. Only libmad, in sox,
// heeds positions that mean none there, as the standard has it.
func TestIntensityLSF(t *testing.T) {
	need(t, "lame", "sox")
	for _, rate := range []int{8000, 16000, 22050} {
		plain := lame(t, rate, 2, 2, "-m s -b 64 -t")
		for _, extension := range []byte{1, 3} {
			for _, compress := range []int{0, 328, 329, 359, 450, 451, 502, 511} {
				b := rewrite(t, plain, func(_ int, h *header, f []byte) {
					f[3] = f[3]&0x0f | 1<<6 | extension<<4
					info := f[headerBytes:h.mainAt()]
					var s side
					parseSide(h, info, &s)
					right := s.ch[0][1]
					right.intensity, right.compress = true, compress
					length, row := lengths2(&right)
					bits := 0
					for i, n := range counts2(row, right.layout()) {
						bits += int(n) * length[i]
					}
					const at = 8 + 2 + 63 // the right channel's
					setBits(info, at, 12, bits)
					setBits(info, at+12, 9, 0)
					setBits(info, at+29, 9, compress)
				})
				nearly(t, "sox", all(t, opened(t, b), 2), outside(t, "sox", b), 0)
			}
		}
	}
}

// TestMixed makes mixed blocks of short ones. What they hold is noise then, but
// the same noise for all.
func TestMixed(t *testing.T) {
	need(t, "lame", "ffmpeg", "sox")
	for _, rate := range []int{16000, 44100} {
		mixed := 0
		b := rewrite(t, lame(t, rate, 1, 3, "-m m -b 48 -t"), func(_ int, h *header, f []byte) {
			info := f[headerBytes:h.mainAt()]
			var s side
			parseSide(h, info, &s)
			for g := range h.granules() {
				p, at, compress := &s.ch[g][0], 8+1, 9
				if h.version == mpeg1 {
					at, compress = 9+5+4+59*g, 4
				}
				if p.block != blockShort {
					continue
				}
				mixed++
				setBits(info, at+12, 9, p.big/8)
				setBits(info, at+21, 8, min(p.gain, 160))
				setBits(info, at+29, compress, 0)
				setBits(info, at+29+compress+3, 1, 1)
			}
		})
		if mixed == 0 {
			t.Fatal("there are no short blocks")
		}
		got := all(t, opened(t, b), 1)
		nearly(t, "ffmpeg", got, outside(t, "ffmpeg", b), 0)
		if rate == 44100 { // libmad divides the codes elsewhere at the low rates
			nearly(t, "sox", got, outside(t, "sox", b), 0)
		}
	}
}
