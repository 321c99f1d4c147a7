package audio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/api/simulator/corpus"
)

func TestLaws(t *testing.T) {
	// The ends and the middle of the tables of G.711, scaled to 16 bits.
	for b, want := range map[byte]int16{0x00: -32124, 0x80: 32124, 0x7f: 0, 0xff: 0, 0x8f: 16764, 0xf0: 120} {
		if got := muLaw(b); got != want {
			t.Errorf("mu-law %#x is %d, not %d", b, got, want)
		}
	}
	for b, want := range map[byte]int16{0xd5: 8, 0x55: -8, 0xaa: 32256, 0x2a: -32256, 0xc5: 264} {
		if got := aLaw(b); got != want {
			t.Errorf("A-law %#x is %d, not %d", b, got, want)
		}
	}
}

func TestPCM(t *testing.T) {
	f := func(v float32) []byte { return binary.LittleEndian.AppendUint32(nil, math.Float32bits(v)) }
	for _, c := range []struct {
		tag, bits, block int
		data             []byte
		want             []int16
		name             string
	}{
		{1, 8, 1, []byte{0, 128, 255}, []int16{-32768, 0, 32512}, "WAV, PCM 8 bit, 8 kHz, mono"},
		{1, 16, 2, []byte{1, 0, 255, 127, 0, 128}, []int16{1, 32767, -32768}, "WAV, PCM 16 bit, 8 kHz, mono"},
		{1, 24, 3, []byte{9, 1, 0, 9, 0, 128}, []int16{1, -32768}, "WAV, PCM 24 bit, 8 kHz, mono"},
		{1, 32, 4, []byte{9, 9, 1, 0, 9, 9, 0, 128}, []int16{1, -32768}, "WAV, PCM 32 bit, 8 kHz, mono"},
		{1, 12, 2, []byte{0x10, 0, 0, 0x80}, []int16{16, -32768}, "WAV, PCM 12 bit, 8 kHz, mono"},
		{3, 32, 4, slices.Concat(f(.5), f(-2), f(float32(math.NaN()))), []int16{16384, -32768, 0}, "WAV, float 32 bit, 8 kHz, mono"},
		{7, 8, 1, []byte{0x80, 0xff}, []int16{32124, 0}, "WAV, mu-law, 8 kHz, mono"},
		{6, 8, 1, []byte{0xaa, 0xd5}, []int16{32256, 8}, "WAV, A-law, 8 kHz, mono"},
	} {
		s := opened(t, wav(c.tag, 8000, c.bits, c.block, nil, c.data))
		if got := all(t, s); !slices.Equal(got, c.want) || s.Format() != c.name {
			t.Errorf("%s: %v, not %v (%s)", c.name, got, c.want, s.Format())
		}
	}
	if got := all(t, opened(t, pcm(8000, 2, []int16{100, 300, -100, -301}))); !slices.Equal(got, []int16{200, -200}) {
		t.Errorf("the mean of two channels: %v", got)
	}
}

// TestHeaders is about headers that say less than they should, or what is not so.
func TestHeaders(t *testing.T) {
	good := pcm(8000, 1, voice(8000, 1, 1000))
	put := func(at int, v uint32) []byte {
		b := slices.Clone(good)
		binary.LittleEndian.PutUint32(b[at:], v)
		return b
	}
	ds64 := binary.LittleEndian.AppendUint64(append([]byte("ds64\x1c\x00\x00\x00"), make([]byte, 8)...), 1800)
	ds64 = append(ds64, make([]byte, 12)...)
	rf64 := slices.Concat([]byte("RF64\xff\xff\xff\xffWAVE"), ds64, good[12:40], []byte{255, 255, 255, 255}, good[44:])
	odd := slices.Concat(good[:12], []byte("LIST\x03\x00\x00\x00abc\x00"), good[12:])
	ext := wav(0xfffe, 8000, 16, 2, append([]byte{22, 0, 16, 0, 4, 0, 0, 0, 1, 0}, make([]byte, 14)...), good[44:])
	for name, c := range map[string]struct {
		b []byte
		n int64
	}{
		"as it should be":       {good, 1000},
		"size of data 0":        {put(40, 0), 1000},
		"size of data unknown":  {put(40, 0xffffffff), 1000},
		"size of data too much": {put(40, 1<<30), 1000},
		"size of data less":     {put(40, 500), 250},
		"size of file 0":        {put(4, 0), 1000},
		"cut short":             {good[:1045], 500},
		"RF64":                  {rf64, 900},
		"an odd chunk before":   {odd, 1000},
		"something behind":      {append(slices.Clone(good), "LIST\x04\x00\x00\x00abcd"...), 1000},
		"extensible":            {ext, 1000},
		"no samples":            {good[:44], 0},
	} {
		s, err := Open(bytes.NewReader(c.b), int64(len(c.b)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := all(t, s); int64(len(got)) != c.n {
			t.Errorf("%s: %d samples, not %d", name, len(got), c.n)
		}
	}
}

func TestRefused(t *testing.T) {
	good := pcm(8000, 1, make([]int16, 100))
	pad := func(s string) []byte { return append([]byte(s), make([]byte, 200)...) }
	for want, b := range map[string][]byte{
		"AMR cannot be played here":                   pad("#!AMR\n"),
		"AMR wideband cannot be played here":          pad("#!AMR-WB\n"),
		"Ogg Opus cannot be played here":              pad("OggS\x00\x02~~~~OpusHead"),
		"FLAC cannot be played here":                  pad("fLaC"),
		"3GP cannot be played here":                   pad("\x00\x00\x00\x18ftyp3gp4"),
		"AAC (M4A) cannot be played here":             pad("\x00\x00\x00\x18ftypM4A "),
		"AAC cannot be played here":                   pad("\xff\xf1\x50\x80"),
		"MP3 in free format cannot be played here":    pad("\xff\xfb\x00\x00"),
		"MPEG audio of Layer I or II cannot be":       pad("\xff\xfd\x80\x00"),
		"WAV with GSM 6.10 cannot be played here":     wav(0x31, 8000, 0, 65, nil, good[44:]),
		"WAV with G.723 cannot be played here":        wav(0x14, 8000, 4, 2, nil, good[44:]),
		"WAV with format 0x1234 cannot":               wav(0x1234, 8000, 4, 2, nil, good[44:]),
		"this is no recording of a known kind":        pad("hello"),
		"the WAV file has no samples":                 good[:36],
		"the WAV file does not say how its":           slices.Concat(good[:12], good[36:]),
		"IMA ADPCM of 4 bits in blocks of 2 bytes":    wav(0x11, 8000, 4, 2, nil, good[44:]),
		"the file says that its samples have 99 bits": wav(1, 8000, 99, 2, nil, good[44:]),
		"the WAV file says 1 channels of 0 samples":   wav(1, 0, 16, 2, nil, good[44:]),
	} {
		_, err := Open(bytes.NewReader(b), int64(len(b)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q instead of %q", err, want)
		}
	}
	var not ErrUnsupported
	if _, err := Open(bytes.NewReader(pad("#!AMR\n")), 200); !errors.As(err, &not) || not.Format != "AMR" {
		t.Errorf("%v does not name the format", err)
	}
	if _, err := Open(bytes.NewReader(nil), 0); !errors.Is(err, ErrNotSound) {
		t.Errorf("an empty file: %v", err)
	}
}

// TestAgainstSox holds each coding against sox's decoder: no more than a step of
// rounding may lie between them.
func TestAgainstSox(t *testing.T) {
	need(t, "sox")
	for _, channels := range []int{1, 2} {
		in := file(t, "in.wav", pcm(8000, channels, voice(8000, channels, 24000)))
		for _, c := range [][]string{
			{"wav", "-e", "unsigned-integer", "-b", "8"},
			{"wav", "-b", "24"},
			{"wav", "-b", "32"},
			{"wav", "-e", "floating-point", "-b", "32"},
			{"wav", "-e", "floating-point", "-b", "64"},
			{"wav", "-e", "mu-law"},
			{"wav", "-e", "a-law"},
			{"wav", "-e", "ima-adpcm"},
			{"wav", "-e", "ms-adpcm"},
			{"au", "-e", "mu-law"},
			{"au", "-e", "signed-integer", "-b", "16"},
			{"au", "-e", "floating-point", "-b", "32"},
			{"wav", "-B"},
		} {
			out := file(t, "out."+c[0], nil)
			command(t, "sox", slices.Concat([]string{"-D", in}, c[1:], []string{out})...)
			b := command(t, "cat", out)
			want := samples(command(t, "sox", "-D", out, "-t", "raw", "-e", "signed-integer", "-b", "16", "-L", "-"))
			if channels == 2 {
				for i := range len(want) / 2 {
					want[i] = int16((int(want[2*i]) + int(want[2*i+1])) / 2)
				}
				want = want[:len(want)/2]
			}
			s, err := Open(bytes.NewReader(b), int64(len(b)))
			if err != nil {
				t.Errorf("%v: %v", c, err)
				continue
			}
			got := all(t, s)
			if most, _ := differ(got, want); most > 1 || len(got) > len(want) || len(want)-len(got) > 504 { // sox plays what fills up the last block
				t.Errorf("%v, %d channels: %d samples instead of %d, up to %d off", c, channels, len(got), len(want), most)
			}
			if d := s.Duration(); math.Abs(d.Seconds()-3) > .14 {
				t.Errorf("%v: %v", c, d)
			}
			jumpAbout(t, s, got)
		}
	}
}

// jumpAbout reads here and there and wants the same samples as in one go.
func jumpAbout(t *testing.T, s *Sound, want []int16) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		at := r.IntN(len(want))
		p := make([]int16, 1+r.IntN(3000))
		n, err := s.ReadAt(p, int64(at))
		if n != min(len(p), len(want)-at) || !slices.Equal(p[:n], want[at:at+n]) {
			t.Fatalf("%s: other samples at %d (%d, %v)", s.Format(), at, n, err)
		}
	}
}

// TestGrow fetches files in pieces: what has been read never changes, and in the
// end all is there.
func TestGrow(t *testing.T) {
	for name, b := range recordings(t) {
		want := all(t, opened(t, b))
		var s *Sound
		var err error
		got := []int16{}
		p := make([]int16, 500)
		for have := int64(0); ; have = min(have+1777, int64(len(b))) {
			whole := have == int64(len(b))
			if s == nil {
				s, err = OpenPart(bytes.NewReader(b), have, int64(len(b)))
				if errors.Is(err, ErrNotYet) {
					continue
				}
			} else {
				err = s.Grow(have, whole)
			}
			if err != nil {
				t.Fatalf("%s with %d bytes: %v", name, have, err)
			}
			for err == nil {
				var n int
				n, err = s.ReadAt(p, int64(len(got)))
				got = append(got, p[:n]...)
			}
			if !errors.Is(err, ErrNotYet) && !errors.Is(err, io.EOF) {
				t.Fatalf("%s with %d bytes: %v", name, have, err)
			}
			if have > int64(len(b)/3) {
				full := time.Duration(len(want)) * time.Second / time.Duration(s.Rate())
				if d := s.Duration(); d < full*9/10 || d > full*11/10 {
					t.Errorf("%s with %d of %d bytes: it takes %v, not %v", name, have, len(b), d, full)
				}
			}
			if whole {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %d samples instead of %d, or others", name, len(got), len(want))
		}
		jumpAbout(t, s, want)
	}
}

// TestTogether reads from several goroutines while the file grows and its shape
// is made.
func TestTogether(t *testing.T) {
	for name, b := range recordings(t) {
		want := all(t, opened(t, b))
		s, err := OpenPart(bytes.NewReader(b), int64(len(b))/2, int64(len(b)))
		if err != nil {
			t.Fatal(name, err)
		}
		var wait sync.WaitGroup
		for k := range 3 {
			wait.Go(func() {
				p := make([]int16, 400)
				for at := k * 1000; at < len(want); at += 2801 {
					n, _ := s.ReadAt(p, int64(at))
					if !slices.Equal(p[:n], want[at:at+n]) {
						t.Errorf("%s: other samples at %d", name, at)
						return
					}
				}
			})
		}
		var sh Shape
		wait.Go(func() {
			for !s.Whole() {
				_ = Scan(t.Context(), s, &sh, func() { sh.Columns(60, s.Duration()) })
			}
		})
		sh.Silences(time.Second)
		if err := s.Grow(int64(len(b)), true); err != nil {
			t.Error(name, err)
		}
		wait.Wait()
	}
}

// recordings are files of the corpus, one of each kind, and ADPCM.
func recordings(t testing.TB) map[string][]byte {
	out := map[string][]byte{}
	c := corpus.New(corpus.Config{Seed: 5, Messages: 400, Now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)})
	for i := 0; i < 400 && len(out) < 3; i++ {
		m := c.Message(i)
		for _, a := range m.Attachments {
			if !strings.HasPrefix(a.ContentType, "audio/") {
				continue
			}
			body, _ := c.Content(m, a.ID)
			b, err := io.ReadAll(body.Open())
			if err != nil {
				t.Fatal(err)
			}
			s, err := Open(bytes.NewReader(b), int64(len(b)))
			if err != nil {
				t.Fatalf("%s of message %d: %v", a.ContentType, i, err)
			}
			if d := s.Duration().Seconds(); math.Abs(d-float64(m.Duration)) > .1 {
				t.Errorf("message %d takes %.2f s, not %d", i, d, m.Duration)
			}
			if len(b) < 1<<19 {
				out[s.Format()] = b
			}
		}
	}
	if len(out) < 3 {
		t.Errorf("the corpus has only %d kinds", len(out))
	}
	noise := make([]byte, 256*60)
	for i := range noise {
		noise[i] = byte(i * i >> 3)
	}
	out["IMA"] = wav(0x11, 8000, 4, 256, nil, noise)
	out["MS"] = wav(2, 8000, 4, 256, nil, noise)
	return out
}

func TestCorpus(t *testing.T) {
	for name, b := range recordings(t) {
		p := all(t, opened(t, b))
		loud := 0
		for _, v := range p {
			loud = max(loud, int(v), -int(v))
		}
		if loud < 1000 {
			t.Errorf("%s: nothing louder than %d", name, loud)
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(pcm(8000, 2, voice(8000, 2, 300)))
	f.Add(wav(0x11, 8000, 4, 64, []byte{2, 0, 57, 0}, make([]byte, 200)))
	f.Add(wav(2, 8000, 4, 64, []byte{4, 0, 114, 0, 1, 0, 0, 1, 0, 0}, make([]byte, 200)))
	f.Add(wav(7, 8000, 8, 1, nil, make([]byte, 200)))
	f.Add(append([]byte(".snd\x00\x00\x00\x18\xff\xff\xff\xff\x00\x00\x00\x01\x00\x00\x1f\x40\x00\x00\x00\x01"), make([]byte, 200)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		size := int64(len(b))
		s, err := OpenPart(bytes.NewReader(b), size/2, size)
		if errors.Is(err, ErrNotYet) {
			s, err = Open(bytes.NewReader(b), size)
		} else if err == nil {
			err = s.Grow(size, true)
		}
		if err != nil {
			return
		}
		var sh Shape
		if err := Scan(t.Context(), s, &sh, nil); err != nil && s.Whole() && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %v", s.Format(), err)
		}
		n := s.Len()
		p := make([]int16, 100)
		for _, at := range []int64{0, n / 2, n - 50, n, n + 1, 1 << 60, -1} {
			k, err := s.ReadAt(p, at)
			if k < len(p) && err == nil {
				t.Errorf("%d samples at %d of %d and no error", k, at, n)
			}
		}
		sh.Columns(60, s.Duration())
		sh.Silences(time.Second)
	})
}
