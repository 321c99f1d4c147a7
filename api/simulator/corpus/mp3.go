package corpus

import "math"

// A frame of MPEG-2 Layer III at 16 kHz and 32 kbit/s is 144 bytes without
// padding and holds one granule of 576 spectral lines, 36 ms. One of MPEG-2.5
// at 8 kHz and 16 kbit/s is as long and lasts 72 ms.
const (
	mp3Samples = 576
	mp3Frame   = 144

	// mp3Gain is the global gain of a vowel at full level. It is logarithmic:
	// four steps are 6 dB.
	mp3Gain = 197
)

// mp3Form is one of the two kinds of frames.
type mp3Form struct {
	head  uint32  // sync, version and layer without CRC, bit rate, sample rate, mono, original
	rate  int     // Hz
	lines int     // in use: up to 4 kHz
	hiss  int     // the line from which on there is noise
	bands [22]int // first lines of the scale factor bands of long blocks
}

// width is how many Hz a line is wide.
func (m *mp3Form) width() float64 { return float64(m.rate) / 2 / mp3Samples }

var mp3Forms = [...]mp3Form{
	{0xfff348c4, 16000, 300, 150, [22]int{0, 6, 12, 18, 24, 30, 36, 44, 54, 66, 80, 96, 116, 140, 168, 200, 238, 284, 336, 396, 464, 522}},
	{0xffe328c4, 8000, 560, 300, [22]int{0, 12, 24, 36, 48, 60, 72, 88, 108, 132, 160, 192, 232, 280, 336, 400, 476, 566, 568, 570, 572, 574}},
}

// bitWriter appends bits, most significant first.
type bitWriter struct {
	b    []byte
	acc  uint64
	held uint
}

func (w *bitWriter) put(v uint32, n uint) {
	w.acc = w.acc<<n | uint64(v)
	for w.held += n; w.held >= 8; {
		w.held -= 8
		w.b = append(w.b, byte(w.acc>>w.held))
	}
}

// align fills the last byte with zeros.
func (w *bitWriter) align() {
	if w.held > 0 {
		w.put(0, 8-w.held)
	}
}

// granule is a spectrum in the narrow form that is enough for a voice: lines
// that are 0, 1 or -1, an attenuation per band in steps of 3 dB, and a gain.
type granule struct {
	*mp3Form
	line  [mp3Samples]int8
	scale [21]int
	gain  int
}

// frame makes the n-th frame. Frames do not share bits (main_data_begin is 0),
// so that decoding can start at any of them.
func (v *voice) frame(form *mp3Form, n int, block []byte) {
	g := granule{mp3Form: form}
	v.spectrum(n, &g)
	main, mainBits := g.encode()
	w := bitWriter{b: block[:0]}
	w.put(form.head, 32)
	w.put(0, 8+1) // main_data_begin, private
	w.put(uint32(mainBits), 12)
	w.put(0, 9) // big_values
	w.put(uint32(g.gain), 8)
	w.put(mp3ScaleLengths, 9)
	w.put(0, 1+15+7) // normal blocks; no big values, so no tables and regions
	w.put(0, 1)      // scale factors in steps of 3 dB
	w.put(1, 1)      // count1 table B
	for _, b := range main {
		w.put(uint32(b), 8)
	}
	clear(block[len(w.b):])
}

// mp3ScaleLengths says that the scale factors of the 6, 5, 5 and 5 bands have
// 4, 4, 3 and 3 bits.
const mp3ScaleLengths = (4*5+4)<<4 | 3<<2 | 3

// encode writes scale factors and lines. Every four lines are one code word of
// table B, the four bits "is zero", then the signs of those that are not.
func (g *granule) encode() (b []byte, length int) {
	if g.gain == 0 {
		return nil, 0
	}
	w := bitWriter{b: make([]byte, 0, mp3Frame)}
	for i, s := range g.scale {
		if i < 11 {
			w.put(uint32(min(s, 15)), 4)
		} else {
			w.put(uint32(min(s, 7)), 3)
		}
	}
	for i := 0; i < g.lines; i += 4 {
		zero, signs, n := uint32(0), uint32(0), uint(0)
		for _, x := range g.line[i : i+4] {
			zero <<= 1
			if x == 0 {
				zero |= 1
				continue
			}
			n++
			signs <<= 1
			if x < 0 {
				signs |= 1
			}
		}
		w.put(zero, 4)
		w.put(signs, n)
	}
	length = len(w.b)*8 + int(w.held)
	w.align()
	return w.b, length
}

// spectrum says what sounds in frame n: the same syllables as in the other
// formats, as lines at the harmonics of the pitch.
func (v *voice) spectrum(n int, g *granule) {
	t := (n*mp3Samples + mp3Samples/2) * sampleRate / g.rate
	s, count := v.syllables(t / slotSamples)
	at := t % slotSamples
	for i := range count {
		y := &s[i]
		level := y.envelope(at)
		if at < y.from || at >= y.to || level < .02 {
			continue
		}
		g.gain = mp3Gain + int(math.Round(4*math.Log2(level)))
		if at-y.from < y.hiss {
			g.noise(v.seed, n)
			return
		}
		part := float64(at-y.from) / float64(y.to-y.from)
		vowel := y.vowel
		if part > .5 {
			vowel = y.glide
		}
		g.vowel(v, vowel, y.low+(y.high-y.low)*part, n)
		return
	}
}

func (g *granule) vowel(v *voice, vowel int, pitch float64, n int) {
	for i := range g.scale {
		centre := float64(g.bands[i]+g.bands[i+1]) / 2 * g.width()
		g.scale[i] = int(math.Round(-2 * math.Log2(v.loudness(vowel, centre))))
	}
	for f := pitch; f < float64(g.lines)*g.width(); f += pitch {
		line := int(f / g.width())
		// A steady tone turns by a quarter or three quarters of its period from
		// granule to granule, depending on the line.
		quarter := (uint(2*line+1)*uint(n) + uint(line*7)) % 4
		g.line[line] = 1
		if quarter == 1 || quarter == 2 {
			g.line[line] = -1
		}
	}
}

func (g *granule) noise(seed uint64, n int) {
	g.gain = max(g.gain-22, 1)
	r := stream(seed, forVoice, uint64(n)|1<<42)
	for line := g.hiss; line < g.lines; line++ {
		g.line[line] = int8(r.between(-1, 1))
	}
}
