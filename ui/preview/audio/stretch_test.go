package audio

import (
	"bytes"
	"errors"
	"io"
	"math"
	"slices"
	"testing"
)

// clip is a source of samples.
type clip []int16

func (c clip) ReadAt(p []int16, at int64) (int, error) {
	n := 0
	if at < int64(len(c)) {
		n = copy(p, c[at:])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func tone(rate, n int, hertz float64) clip {
	out := make(clip, n)
	for i := range out {
		out[i] = int16(12000 * math.Sin(2*math.Pi*hertz*float64(i)/float64(rate)))
	}
	return out
}

// pitch is the frequency of a tone by its crossings of zero.
func pitch(p []int16, rate int) float64 {
	first, last, n := -1., 0., 0
	for i := 1; i < len(p); i++ {
		if p[i-1] < 0 && p[i] >= 0 {
			at := float64(i) - float64(p[i])/float64(int(p[i])-int(p[i-1]))
			if first < 0 {
				first = at
			} else {
				n++
			}
			last = at
		}
	}
	return float64(n) * float64(rate) / (last - first)
}

// drain reads to the end in pieces of uneven length.
func drain(t *testing.T, s *Stretcher) []int16 {
	t.Helper()
	var out []int16
	p := make([]int16, 997)
	for k := 0; ; k++ {
		n, _, err := s.Read(p[:1+k*131%997])
		out = append(out, p[:n]...)
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil || len(out) > 1<<25 {
			t.Fatal(err, len(out))
		}
	}
}

func TestStretchKeepsPitchAndTakesItsTime(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long, and nothing runs beside it")
	}
	for _, rate := range []int{8000, 11025, 44100} {
		for _, hertz := range []float64{97, 440, 1250} {
			src := tone(rate, 4*rate, hertz)
			for _, speed := range []float64{.5, .75, .9, 1.1, 1.25, 1.5, 2, 2.5, 3} {
				s := NewStretcher(src, rate)
				s.SetSpeed(speed)
				out := drain(t, s)
				if r := float64(len(out)) * speed / float64(len(src)); math.Abs(r-1) > .02 {
					t.Errorf("%d Hz at %gx: %.3f of the length it should have", rate, speed, r)
				}
				if got := pitch(out, rate); math.Abs(got/hertz-1) > .01 {
					t.Errorf("%d Hz at %gx: a tone of %g Hz became %.1f", rate, speed, hertz, got)
				}
			}
		}
	}
}

func TestStretchAtOneIsTheSource(t *testing.T) {
	src := clip(voice(8000, 1, 30000))
	if out := drain(t, NewStretcher(src, 8000)); !slices.Equal(out, src) {
		t.Errorf("%d samples of %d, not the same", len(out), len(src))
	}
}

func TestStretchTellsWhereItIs(t *testing.T) {
	src := clip(voice(8000, 1, 80000))
	s := NewStretcher(src, 8000)
	p := make([]int16, 80)
	for _, speed := range []float64{1, 2, .5, 3, 1} {
		s.SetSpeed(speed)
		_, from, _ := s.Read(p)
		var at int64
		for range 100 {
			_, at, _ = s.Read(p)
		}
		if moved, want := float64(at-from), 8000*speed; math.Abs(moved-want) > 450 {
			t.Errorf("at %gx 1 s of output moved by %.0f samples", speed, moved)
		}
	}
	s.SetSpeed(1)
	s.Jump(40000)
	if n, at, err := s.Read(p); n != len(p) || at != 40000 || err != nil || !slices.Equal(p, src[40000:40080]) {
		t.Errorf("after a jump: %d samples at %d, %v", n, at, err)
	}
	s.Jump(1 << 40)
	if n, _, err := s.Read(p); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("beyond the end: %d samples, %v", n, err)
	}
}

func TestStretchHoldsSpeed(t *testing.T) {
	s := NewStretcher(tone(8000, 8000, 300), 8000)
	for give, want := range map[float64]float64{0: Slowest, -3: Slowest, 99: Fastest, 1.3: 1.3, math.Inf(1): Fastest} {
		if s.SetSpeed(give); s.speed != want {
			t.Errorf("speed %g became %g", give, s.speed)
		}
	}
	if s.SetSpeed(math.NaN()); s.speed != 1 {
		t.Errorf("no number became %g", s.speed)
	}
}

// TestStretchWaits reads a file that is still being fetched: what comes out must
// not depend on when what came.
func TestStretchWaits(t *testing.T) {
	b := pcm(8000, 1, voice(8000, 1, 40000))
	for _, speed := range []float64{1, 1.7} {
		whole := NewStretcher(opened(t, b), 8000)
		whole.SetSpeed(speed)
		want := drain(t, whole)
		have := int64(1000)
		rec, err := OpenPart(bytes.NewReader(b), have, int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		s := NewStretcher(rec, 8000)
		s.SetSpeed(speed)
		var got []int16
		p := make([]int16, 700)
		for !errors.Is(err, io.EOF) {
			var n int
			n, _, err = s.Read(p)
			got = append(got, p[:n]...)
			if errors.Is(err, ErrNotYet) {
				have = min(have+3001, int64(len(b)))
				if err := rec.Grow(have, have == int64(len(b))); err != nil {
					t.Fatal(err)
				}
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%gx: %d samples instead of %d, or others", speed, len(got), len(want))
		}
	}
}

func TestSkipSilence(t *testing.T) {
	const rate = 8000
	sound := tone(rate, rate, 300)
	for _, c := range []struct {
		name         string
		silence, cut int // ms
	}{{"short", 300, 0}, {"as long as may be", 500, 0}, {"long", 2000, 1850}, {"very long", 25000, 24850}} {
		src := slices.Concat(sound, make(clip, c.silence*rate/1000), sound)
		for _, speed := range []float64{1, 2} {
			s := NewStretcher(src, rate)
			s.SetSpeed(speed)
			s.SkipSilence(true)
			got := float64(len(drain(t, s))) * speed / rate
			want := float64(len(src))/rate - float64(c.cut)/1000
			if math.Abs(got-want) > .12 {
				t.Errorf("%s, %gx: %.2f s instead of %.2f", c.name, speed, got, want)
			}
		}
	}
}

func BenchmarkStretch(b *testing.B) {
	for _, rate := range []int{8000, 44100} {
		b.Run(kilohertz(rate), func(b *testing.B) {
			src := clip(voice(rate, 1, 10*rate))
			p := make([]int16, rate/100)
			for b.Loop() {
				s := NewStretcher(src, rate)
				s.SetSpeed(1.5)
				for {
					if _, _, err := s.Read(p); err != nil {
						break
					}
				}
			}
			b.ReportMetric(10*float64(b.N)/b.Elapsed().Seconds(), "x-real-time")
		})
	}
}
