package mp3

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
)

func opened(t testing.TB, b []byte) *Stream {
	t.Helper()
	s, err := Open(bytes.NewReader(b), int64(len(b)), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func all(t testing.TB, s *Stream, channels int) []int16 {
	t.Helper()
	p := make([]int16, s.Len()*int64(channels)+1)
	n, err := s.NewReader(channels, 0).ReadAt(p, 0)
	if !errors.Is(err, io.EOF) || n != len(p)-1 {
		t.Fatalf("%d of %d samples: %v", n, len(p)-1, err)
	}
	return p[:n]
}

// files are the fixtures by name.
func files(t testing.TB) map[string][]byte {
	out := map[string][]byte{}
	for _, f := range fixtures {
		out[f.name] = f.bytes(t)
	}
	return out
}

// TestAnywhere jumps about in all fixtures, and repeated ones: the samples must
// be those of one go.
func TestAnywhere(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long, and nothing runs beside it")
	}
	for name, b := range files(t) {
		for _, b := range [][]byte{b, bytes.Repeat(b, 12)} {
			s := opened(t, b)
			for _, channels := range []int{1, 2} {
				want := all(t, s, channels)
				r := s.NewReader(channels, 0)
				rnd := rand.New(rand.NewPCG(1, 2))
				for range 60 {
					at := rnd.IntN(len(want) / channels)
					p := make([]int16, channels*(1+rnd.IntN(2000)))
					n, err := r.ReadAt(p, int64(at))
					if !slices.Equal(p[:n], want[at*channels:][:min(len(p), len(want)-at*channels)]) {
						t.Fatalf("%s: other samples at %d, %v", name, at, err)
					}
				}
			}
		}
	}
}

// TestMarksAreBounded keeps places for fewer and fewer frames.
func TestMarksAreBounded(t *testing.T) {
	s := &Stream{every: firstEvery}
	frames := int64(5 * maxMarks * firstEvery)
	for f := range frames {
		if f%s.every == 0 {
			s.mark(f * 100)
		}
	}
	if len(s.marks) > maxMarks || s.every != 8*firstEvery {
		t.Fatalf("%d marks, one every %d frames", len(s.marks), s.every)
	}
	for i, at := range s.marks {
		if at != int64(i)*s.every*100 {
			t.Fatalf("mark %d is at %d", i, at)
		}
	}
}

// TestBetween puts tags and junk where they are found.
func TestBetween(t *testing.T) {
	plain := files(t)["mono 8 kHz"]
	want := all(t, opened(t, plain), 1)
	id3 := slices.Concat([]byte("ID3\x04\x00\x00\x00\x00\x02\x10"), make([]byte, 2<<7|0x10))
	id3v1 := append([]byte("TAG"), make([]byte, 125)...)
	ape := slices.Concat([]byte("APETAGEX\xd0\x07\x00\x00\x40\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\xa0"), make([]byte, 8+32))
	ape[12] = 32
	junk := bytes.Repeat([]byte("\xff\xe3 not a frame \xff\xff\xfb"), 30)
	w := opened(t, plain).walk
	w.at, w.size, w.whole, w.buf = 0, int64(len(plain)), true, nil
	cut := int64(0)
	for range 4 {
		_, cut, _ = w.next()
	}
	for name, b := range map[string][]byte{
		"ID3v2":               slices.Concat(id3, plain),
		"two ID3v2":           slices.Concat(id3, id3, plain),
		"ID3v1":               slices.Concat(plain, id3v1),
		"APE and ID3v1":       slices.Concat(plain, ape, id3v1),
		"APE before":          slices.Concat(ape, plain),
		"junk before":         slices.Concat(junk, plain),
		"junk behind":         slices.Concat(plain, junk),
		"junk between":        slices.Concat(plain[:cut], junk, plain[cut:]),
		"tag between":         slices.Concat(plain[:cut], id3, plain[cut:]),
		"zeros before":        slices.Concat(make([]byte, 5000), plain),
		"ID3v2 that lies":     slices.Concat([]byte("ID3\x04\x00\x00\x7f\x7f\x7f\x7f"), plain),
		"half a frame behind": slices.Concat(plain, plain[cut:cut+40]),
	} {
		s, err := Open(bytes.NewReader(b), int64(len(b)), int64(len(b)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := all(t, s, 1); !slices.Equal(got, want) {
			t.Errorf("%s: %d samples instead of %d, or others", name, len(got), len(want))
		}
	}
}

func TestRefused(t *testing.T) {
	plain := files(t)["mono 8 kHz"]
	for name, c := range map[string]struct {
		b    []byte
		want error
	}{
		"nothing":     {nil, ErrNoFrames},
		"words":       {bytes.Repeat([]byte("hello "), 100000), ErrNoFrames},
		"zeros":       {make([]byte, 1<<20), ErrNoFrames},
		"only a tag":  {[]byte("ID3\x04\x00\x00\x00\x00\x00\x00"), ErrNoFrames},
		"free format": {slices.Concat([]byte("\xff\xfb\x00\x00"), make([]byte, 500)), ErrFreeFormat},
		"layer 2":     {slices.Concat([]byte("\xff\xfd\x80\x00"), make([]byte, 500)), ErrLayer},
		"far behind":  {slices.Concat(make([]byte, maxJunk+1), plain), ErrNoFrames},
	} {
		if _, err := Open(bytes.NewReader(c.b), int64(len(c.b)), int64(len(c.b))); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(bytes.NewReader(plain), 100, 0); !errors.Is(err, ErrNotYet) {
		t.Errorf("a hundred bytes: %v", err)
	}
	if _, err := opened(t, plain).NewReader(1, 0).ReadAt(make([]int16, 1), -1); err == nil {
		t.Error("a place before the start was read")
	}
}

// TestGrow gives the bytes one after the other.
func TestGrow(t *testing.T) {
	for name, b := range files(t) {
		want := all(t, opened(t, b), 1)
		var s *Stream
		var r *Reader
		var got []int16
		p := make([]int16, 300)
		for size := int64(1); size < int64(len(b))+7; size += 7 {
			size = min(size, int64(len(b)))
			var err error
			if s == nil {
				if s, err = Open(bytes.NewReader(b), size, int64(len(b))); errors.Is(err, ErrNotYet) {
					continue
				}
			} else {
				err = s.Grow(size, size == int64(len(b)))
			}
			if err != nil {
				t.Fatalf("%s with %d bytes: %v", name, size, err)
			}
			if r == nil {
				r = s.NewReader(1, 0)
			}
			for {
				n, err := r.ReadAt(p, int64(len(got)))
				got = append(got, p[:n]...)
				if errors.Is(err, io.EOF) || errors.Is(err, ErrNotYet) {
					break
				}
				if err != nil {
					t.Fatalf("%s with %d bytes: %v", name, size, err)
				}
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %d samples instead of %d, or others", name, len(got), len(want))
		}
	}
}

// TestDelay makes the frame that tells of delay and padding and wants the samples
// in between.
func TestDelay(t *testing.T) {
	plain := files(t)["mono 8 kHz"]
	h, _ := parseHeader(plain)
	whole := all(t, opened(t, plain), 1)
	frames := len(whole) / lines
	for name, c := range map[string]struct {
		frames, delay, padding int
		from, to               int
	}{
		"both":        {frames, 576, 1000, 1105, len(whole) - 471},
		"little":      {frames, 576, 100, 1105, len(whole)},
		"cut short":   {frames + 9, 576, 1000, 1105, len(whole)},
		"longer":      {frames - 1, 576, 1000, 1105, len(whole)},
		"nothing":     {frames, 0, 0, 529, len(whole)},
		"longer lies": {frames, 4095, 4095, 4624, max(len(whole)-3566, 4624)},
	} {
		f := make([]byte, h.bytes)
		copy(f, plain[:4])
		f = append(f[:h.mainAt()], "Info\x00\x00\x00\x01"...)
		f = binary.BigEndian.AppendUint32(f, uint32(c.frames))
		f = append(f, "LAME3.100"...)
		f = append(f, make([]byte, 12)...)
		f = append(f, byte(c.delay>>4), byte(c.delay<<4|c.padding>>8), byte(c.padding))
		f = append(f, make([]byte, h.bytes-len(f))...)
		s := opened(t, append(f, plain...))
		got := all(t, s, 1)
		if !slices.Equal(got, whole[min(c.from, len(whole)):min(c.to, len(whole))]) && len(got) > 0 {
			t.Errorf("%s: %d samples instead of %d, or others", name, len(got), c.to-c.from)
		}
	}
}

// TestDamage turns bits: nothing may fail, and what is behind is as before.
func TestDamage(t *testing.T) {
	for name, b := range files(t) {
		want := all(t, opened(t, b), 1)
		rnd := rand.New(rand.NewPCG(3, 4))
		for range 25 {
			bad := bytes.Clone(b)
			at := len(bad)/4 + rnd.IntN(8)
			bad[at] ^= byte(1 << rnd.IntN(8))
			got := all(t, opened(t, bad), 1)
			k := min(len(got), len(want), 1000)
			if !slices.Equal(got[len(got)-k:], want[len(want)-k:]) {
				t.Fatalf("%s: damage at %d of %d is still heard at the end", name, at, len(b))
			}
		}
	}
}

// TestCRC silences a frame with a wrong check, unless all have one.
func TestCRC(t *testing.T) {
	b := files(t)["CRC 16 kHz"]
	good := all(t, opened(t, b), 1)
	bad := bytes.Clone(b)
	w := opened(t, b).walk
	w.at, w.size, w.whole, w.buf = 0, int64(len(b)), true, nil
	for range 8 {
		_, at, err := w.next()
		if err != nil {
			t.Fatal(err)
		}
		if at > 0 {
			bad[at+5] ^= 1
		}
	}
	if got := all(t, opened(t, bad), 1); slices.Equal(got, good) || len(got) != len(good) {
		t.Error("wrong checks made no difference")
	}
	all := func(b []byte) []int16 { return all(t, opened(t, b), 1) }
	bad = rewriteAll(t, b, func(f []byte) { f[5] ^= 1 })
	if !slices.Equal(all(bad), good) {
		t.Error("checks that are all wrong were heeded")
	}
}

func rewriteAll(t *testing.T, b []byte, change func(f []byte)) []byte {
	b = bytes.Clone(b)
	w := walker{r: bytes.NewReader(bytes.Clone(b)), size: int64(len(b)), whole: true}
	for {
		h, at, err := w.next()
		if err != nil {
			return b
		}
		w.first, w.found = h, true
		change(b[at : at+int64(h.bytes)])
	}
}

func FuzzStream(f *testing.F) {
	for _, b := range files(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		size := int64(len(b))
		s, err := Open(bytes.NewReader(b), size/2, size)
		if errors.Is(err, ErrNotYet) || errors.Is(err, ErrNoFrames) {
			s, err = Open(bytes.NewReader(b), size, size)
		} else if err == nil {
			err = s.Grow(size, true)
		}
		if err != nil {
			return
		}
		n := s.Len()
		if s.Duration() < 0 || n < 0 || n > size*100 {
			t.Fatalf("%d samples, %v", n, s.Duration())
		}
		p := make([]int16, n)
		r := s.NewReader(1, 0)
		if k, err := r.ReadAt(p, 0); err != nil || int64(k) != n {
			t.Fatalf("%d of %d samples: %v", k, n, err)
		}
		q := make([]int16, 700)
		for _, at := range []int64{n * 3 / 4, n / 2, n / 3, 0} {
			k, _ := r.ReadAt(q, at)
			if !slices.Equal(q[:k], p[at:at+int64(k)]) {
				t.Fatalf("other samples at %d of %d", at, n)
			}
		}
		if _, err := s.NewReader(2, 1).ReadAt(q, n/4); err != nil && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
	})
}

func FuzzHeader(f *testing.F) {
	f.Add([]byte("\xff\xfb\x90\x64"), make([]byte, 100))
	f.Fuzz(func(t *testing.T, b, frame []byte) {
		h, k := parseHeader(b)
		if k != layer3 {
			return
		}
		if h.bytes < h.mainAt() || h.bytes > maxFrame || h.rate() < 8000 || h.rate() > 48000 {
			t.Fatalf("%+v", h)
		}
		frame = append(append(b[:4:4], frame...), make([]byte, h.bytes)...)[:h.bytes]
		var s side
		parseSide(&h, frame[headerBytes:h.mainAt()], &s)
		parseNote(&h, frame)
		h.intact(frame)
	})
}

func BenchmarkDecode(b *testing.B) {
	for _, f := range fixtures {
		b.Run(f.name, func(b *testing.B) {
			s := opened(b, bytes.Repeat(f.bytes(b), 100))
			for _, channels := range []int{1, 2} {
				b.Run([]string{"", "mono", "stereo"}[channels], func(b *testing.B) {
					p := make([]int16, s.Len()*int64(channels))
					for b.Loop() {
						if _, err := s.NewReader(channels, 0).ReadAt(p, 0); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(s.Duration().Seconds()*float64(b.N)/b.Elapsed().Seconds(), "x-real-time")
				})
			}
		})
	}
}
