package mp3

import (
	"math"
	"strconv"
	"testing"
)

// TestCodesAreComplete wants each pair of values once, and the words to fill all
// there is: then no word begins with another, and none is missing.
func TestCodesAreComplete(t *testing.T) {
	for n, c := range codes {
		seen := map[string]bool{}
		sum := uint64(0)
		for i := range len(c.depths) {
			depth, err := strconv.ParseUint(c.depths[i:i+1], 36, 8)
			pair := c.pairs[2*i : 2*i+2]
			v, err2 := strconv.ParseUint(pair, 16, 8)
			if err != nil || err2 != nil || seen[pair] || int(v>>4) >= c.size || int(v&15) >= c.size {
				t.Errorf("code %d: leaf %d, %s", n, i, pair)
			}
			seen[pair] = true
			sum += 1 << (32 - depth)
		}
		if len(seen) != c.size*c.size || c.size > 0 && sum != 1<<32 {
			t.Errorf("code %d: %d pairs, sum %x", n, len(seen), sum)
		}
	}
}

// words gives each code word of a code with its pair.
func (c *code) words(each func(word, size, x, y int)) {
	word := uint64(0)
	for i := range len(c.depths) {
		size, _ := strconv.ParseUint(c.depths[i:i+1], 36, 8)
		pair, _ := strconv.ParseUint(c.pairs[2*i:2*i+2], 16, 8)
		each(int(word>>(32-size)), int(size), int(pair>>4), int(pair&15))
		word += 1 << (32 - size)
	}
}

// TestCodesAgainstOutside makes a frame for each word of each code and holds what
// they sound like against ffmpeg.
func TestCodesAgainstOutside(t *testing.T) {
	need(t, "ffmpeg")
	for n := range codes {
		var b []byte
		codes[n].words(func(word, size, x, y int) {
			f := make([]byte, 72*160000/22050)
			copy(f, "\xff\xf3\xe0\xc4") // MPEG-2, 22.05 kHz, 160 kbit/s, mono
			at := 0
			put := func(v, n int) {
				setBits(f[13:], at, n, v)
				at += n
			}
			more := map[int]int{16: 1, 24: 4}[n]
			put(word, size)
			for _, v := range [2]int{x, y} {
				if v == 15 {
					put(1, more)
				}
				if v > 0 {
					put(v&1, 1)
				}
			}
			info := f[4:13]
			setBits(info, 9, 12, at)
			setBits(info, 21, 9, 1)
			setBits(info, 30, 8, 200)
			for i := range 3 {
				setBits(info, 48+5*i, 5, n)
			}
			b = append(b, f...)
			clear(f[4:]) // and silence behind it
			b = append(append(b, f...), f...)
		})
		if b == nil {
			continue
		}
		nearly(t, "code "+strconv.Itoa(n), all(t, opened(t, b), 1), outside(t, "ffmpeg", b), 0)
	}
}

// noise is values that follow no rule, from -1 to 1.
func noise(p []float32) {
	seed := uint32(7)
	for i := range p {
		seed = seed*1664525 + 1013904223
		p[i] = float32(int32(seed)) / (1 << 31)
	}
}

func near(t *testing.T, what string, got float32, want float64) {
	t.Helper()
	if math.Abs(float64(got)-want) > 2e-5 {
		t.Errorf("%s is %g, not %g", what, got, want)
	}
}

// TestLongTransform holds it against its definition (2.4.3.4.10).
func TestLongTransform(t *testing.T) {
	tr := newTransforms()
	var x, over [perBand]float32
	noise(x[:])
	var sub [perBand][subbands]float32
	for sb := range 2 {
		over = [perBand]float32{0: .5}
		tr.long(&x, &tr.window[sb][blockLong], &over, &sub, sb)
		for i := range 36 {
			want := 0.
			for k, v := range x {
				want += float64(v) * math.Cos(math.Pi/72*float64(2*i+1+18)*float64(2*k+1))
			}
			want *= math.Sin(math.Pi / 36 * (float64(i) + .5))
			if sb == 1 && i&1 == 1 {
				want = -want
			}
			if i == 0 {
				want += .5
			}
			if i < perBand {
				near(t, "a sample", sub[i][sb], want)
			} else {
				near(t, "what is left over", over[i-perBand], want)
			}
		}
	}
}

func TestShortTransforms(t *testing.T) {
	tr := newTransforms()
	var x, over [perBand]float32
	noise(x[:])
	var want [36]float64
	for w := range 3 {
		for i := range 12 {
			v := 0.
			for k := range 6 {
				v += float64(x[3*k+w]) * math.Cos(math.Pi/24*float64(2*i+1+6)*float64(2*k+1))
			}
			want[6+6*w+i] += v * math.Sin(math.Pi/12*(float64(i)+.5))
		}
	}
	var sub [perBand][subbands]float32
	tr.threeShort(&x, false, &over, &sub, 0)
	for i := range perBand {
		near(t, "a sample", sub[i][0], want[i])
		near(t, "what is left over", over[i], want[perBand+i])
	}
}

// TestSynthesis holds the filters against the standard's own words
// (2.4.3.2.2): matrix, shift, window, sum; and those of fewer subbands against
// every second or fourth sample of all.
func TestSynthesis(t *testing.T) {
	tables := newTables()
	d := func(i int) float64 {
		v := float64(prototype[min(i, 512-i)]) / (1 << 16)
		if i > 256 && i%64 != 0 {
			v = -v
		}
		return v
	}
	for halvings := range 3 {
		bands := subbands >> halvings
		in := make([]float32, 3*perBand*bands)
		noise(in)
		var s synth
		var v [1024]float64
		for g := range 3 {
			var sub [perBand][subbands]float32
			for k := range sub {
				copy(sub[k][:bands], in[(g*perBand+k)*bands:])
			}
			was := sub
			var pcm [lines]float32
			s.run(tables, &sub, halvings, &pcm)
			for k := range was {
				copy(v[64:], v[:960])
				for i := range 64 {
					v[i] = 0
					for b, x := range was[k] {
						v[i] += math.Cos(float64((16+i)*(2*b+1))*math.Pi/64) * float64(x)
					}
				}
				for j := 0; j < 32; j += 1 << halvings {
					want := 0.
					for i := range 8 {
						want += v[128*i+j]*d(j+64*i) + v[128*i+96+j]*d(j+64*i+32)
					}
					near(t, "a sample", pcm[k*bands+j>>halvings], want)
				}
			}
		}
	}
}
