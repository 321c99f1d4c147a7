package audio

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"
	"time"
)

func scanned(t testing.TB, b []byte) *Shape {
	t.Helper()
	sh := &Shape{}
	if err := Scan(t.Context(), opened(t, b), sh, nil); err != nil {
		t.Fatal(err)
	}
	return sh
}

func TestShape(t *testing.T) {
	// A second each of nothing, of a tone, and of nothing again.
	const rate = 8000
	p := slices.Concat(make([]int16, rate), tone(rate, rate, 500), make([]int16, rate))
	sh := scanned(t, pcm(rate, 1, p))
	if d := sh.Duration(); d != 3*time.Second {
		t.Errorf("it covers %v", d)
	}
	want := []Peak{{}, {}, {-12000, 12000}, {-12000, 12000}, {}, {}}
	if got := sh.Columns(6, 0); !slices.Equal(got, want) {
		t.Errorf("columns %v", got)
	}
	if got := sh.Columns(12, 6*time.Second); !slices.Equal(got, want) {
		t.Errorf("columns of twice the time: %v", got)
	}
	if got := sh.Columns(1000, 0); len(got) != 1000 {
		t.Errorf("%d columns of 1000", len(got))
	}
	gaps := sh.Silences(500 * time.Millisecond)
	if want := []Range{{0, time.Second}, {2 * time.Second, 3 * time.Second}}; !slices.Equal(gaps, want) {
		t.Errorf("silences %v", gaps)
	}
	if gaps := sh.Silences(2 * time.Second); gaps != nil {
		t.Errorf("long silences %v", gaps)
	}
}

func TestShapeOfNothing(t *testing.T) {
	var sh Shape
	if sh.Columns(10, time.Second) != nil || sh.Silences(1) != nil || sh.Duration() != 0 {
		t.Error("an empty shape has something")
	}
	if all := scanned(t, pcm(8000, 1, make([]int16, 8000))).Silences(0); len(all) != 1 || all[0].To != time.Second {
		t.Errorf("a second of silence has %v", all)
	}
}

func TestSilencesOfSpeech(t *testing.T) {
	// The voice pauses in the fourth of every four seconds, with some noise.
	sh := scanned(t, pcm(8000, 1, voice(8000, 1, 40*8000)))
	gaps := sh.Silences(700 * time.Millisecond)
	if len(gaps) != 10 {
		t.Fatalf("%d pauses: %v", len(gaps), gaps)
	}
	for i, g := range gaps {
		if d := (g.To - g.From).Seconds(); d < .9 || d > 1.7 || g.To < time.Duration(i+1)*4*time.Second-100*time.Millisecond {
			t.Errorf("pause %d: %v", i, g)
		}
	}
}

// TestShapeIsBounded fills a shape with a day.
func TestShapeIsBounded(t *testing.T) {
	sh := &Shape{rate: 100}
	p := make([]int16, 3600*100)
	for h := range 24 {
		for i := range p {
			p[i] = int16(h * 100)
		}
		sh.add(p)
	}
	sh.finish()
	if d := sh.Duration(); d != 24*time.Hour || len(sh.buckets) >= maxBuckets {
		t.Errorf("%v in %d buckets", d, len(sh.buckets))
	}
	for i, c := range sh.Columns(24, 0) {
		if c.Max != int16(i*100) && i > 0 {
			t.Errorf("hour %d is %v", i, c)
		}
	}
}

// TestScanInParts goes on as the file grows and ends with the same shape.
func TestScanInParts(t *testing.T) {
	for name, b := range recordings(t) {
		whole := scanned(t, b)
		var s *Sound
		var err error
		sh, calls := &Shape{}, 0
		for have := int64(0); ; have = min(have+30011, int64(len(b))) {
			if s == nil {
				if s, err = OpenPart(bytes.NewReader(b), have, int64(len(b))); errors.Is(err, ErrNotYet) {
					continue
				}
			} else {
				err = s.Grow(have, have == int64(len(b)))
			}
			if err != nil {
				t.Fatal(name, err)
			}
			if err := Scan(t.Context(), s, sh, func() { calls++ }); err != nil {
				t.Fatal(name, err)
			}
			if have == int64(len(b)) {
				break
			}
		}
		if !slices.Equal(sh.Columns(500, 0), whole.Columns(500, 0)) || sh.Duration() != whole.Duration() || calls == 0 {
			t.Errorf("%s: another shape in parts (%v, %v, %d calls)", name, sh.Duration(), whole.Duration(), calls)
		}
	}
}

func TestScanStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Scan(ctx, opened(t, pcm(8000, 1, make([]int16, 100))), &Shape{}, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestShapeOfMP3 holds the shape that is made at a lower rate against that of
// all samples.
func TestShapeOfMP3(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long, and nothing runs beside it")
	}
	need(t, "lame")
	for _, rate := range []int{8000, 16000, 22050, 44100} {
		s := opened(t, song30(t, rate, 1, 20))
		sh := &Shape{}
		if err := Scan(t.Context(), s, sh, nil); err != nil {
			t.Fatal(err)
		}
		full := &Shape{rate: rate}
		full.add(all(t, s))
		full.finish()
		for i, a := range sh.Columns(100, s.Duration()) {
			b := full.Columns(100, s.Duration())[i]
			if d := math.Abs(float64(a.height() - b.height())); d > 300+.2*float64(b.height()) {
				t.Errorf("%d Hz, column %d: %v, all samples have %v", rate, i, a, b)
			}
		}
	}
}

// song30 is an MP3 of speech as lame makes it.
func song30(t testing.TB, rate, channels, sec int) []byte {
	in := file(t, "in.wav", pcm(rate, channels, voice(rate, channels, sec*rate)))
	out := file(t, "out.mp3", nil)
	bits := map[int]string{8000: "16", 16000: "24", 22050: "32", 44100: "64"}[rate]
	mode := map[int]string{1: "m", 2: "j"}[channels]
	command(t, "lame", "--quiet", "-b", bits, "-m", mode, "--resample", fmt.Sprint(float64(rate)/1000), in, out)
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// BenchmarkWaveform makes the shape of 30 minutes.
func BenchmarkWaveform(b *testing.B) {
	const sec = 1800
	b.Run("mu-law 8 kHz", func(b *testing.B) {
		data := make([]byte, sec*8000)
		for i, v := range voice(8000, 1, 80000) {
			for k := i; k < len(data); k += 80000 {
				data[k] = byte(v >> 8)
			}
		}
		benchShape(b, wav(7, 8000, 8, 1, nil, data))
	})
	b.Run("IMA 8 kHz", func(b *testing.B) {
		data := make([]byte, sec*8000/505*256)
		for i := range data {
			data[i] = byte(i * i >> 3)
		}
		benchShape(b, wav(0x11, 8000, 4, 256, nil, data))
	})
	for _, c := range [][2]int{{8000, 1}, {16000, 1}, {22050, 1}, {44100, 1}, {44100, 2}} {
		b.Run(fmt.Sprintf("MP3 %s %s", kilohertz(c[0]), channels(c[1])), func(b *testing.B) {
			need(b, "lame")
			one := song30(b, c[0], c[1], 60)
			benchShape(b, bytes.Repeat(one, sec/60))
		})
	}
}

func benchShape(b *testing.B, file []byte) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		s := opened(b, file)
		var sh Shape
		if err := Scan(b.Context(), s, &sh, nil); err != nil {
			b.Fatal(err)
		}
		if d := sh.Duration(); d < 29*time.Minute {
			b.Fatal(d)
		}
	}
	b.ReportMetric(1800*float64(b.N)/b.Elapsed().Seconds(), "x-real-time")
}
