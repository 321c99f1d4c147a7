package wav

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// voice is a second of something like a voice: a tone that glides and swells.
func voice(rate, channels int) []int16 {
	out := make([]int16, 0, rate*channels)
	phase := 0.0
	for i := range rate {
		t := float64(i) / float64(rate)
		phase += 2 * math.Pi * (180 + 400*t) / float64(rate)
		a := 9000 * (1 + math.Sin(2*math.Pi*3*t))
		for c := range channels {
			out = append(out, int16(a*math.Sin(phase*float64(c+1))))
		}
	}
	return out
}

// plain is a WAVE file of 16 bit samples.
func plain(rate, channels int, samples []int16) []byte {
	var b bytes.Buffer
	le := binary.LittleEndian
	word := func(v uint16) { b.Write(le.AppendUint16(nil, v)) }
	long := func(v uint32) { b.Write(le.AppendUint32(nil, v)) }
	b.WriteString("RIFF")
	long(uint32(36 + 2*len(samples)))
	b.WriteString("WAVEfmt ")
	long(16)
	word(1)
	word(uint16(channels))
	long(uint32(rate))
	long(uint32(rate * channels * 2))
	word(uint16(channels * 2))
	word(16)
	b.WriteString("data")
	long(uint32(2 * len(samples)))
	for _, s := range samples {
		word(uint16(s))
	}
	return b.Bytes()
}

func open(t *testing.T, b []byte) *Reader {
	t.Helper()
	w, err := Open(bytes.NewReader(b), int64(len(b)), true)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func all(t *testing.T, w *Reader) []int16 {
	t.Helper()
	p := make([]int16, w.Len())
	if n, err := w.ReadAt(p, 0); n != len(p) || err != nil && !errors.Is(err, io.EOF) {
		t.Fatalf("ReadAt: %d of %d, %v", n, len(p), err)
	}
	return p
}

func TestPlain(t *testing.T) {
	want := voice(8000, 1)
	w := open(t, plain(8000, 1, want))
	if w.Rate() != 8000 || w.Channels() != 1 || w.Len() != 8000 || !w.Whole() || w.Format() != "WAV, 16 bit, 8 kHz, mono" {
		t.Errorf("got %d Hz, %d channels, %d samples, whole %v, %q", w.Rate(), w.Channels(), w.Len(), w.Whole(), w.Format())
	}
	for i, v := range all(t, w) {
		if v != want[i] {
			t.Fatalf("sample %d is %d, want %d", i, v, want[i])
		}
	}
	p := make([]int16, 100)
	if n, err := w.ReadAt(p, 7950); n != 50 || !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %d, %v", n, err)
	}
}

// What came so far can be read, and the header tells what is to come.
func TestGrow(t *testing.T) {
	b := plain(8000, 1, voice(8000, 1))
	if _, err := Open(bytes.NewReader(b), 30, false); !errors.Is(err, ErrNotYet) {
		t.Errorf("half a header: %v", err)
	}
	if _, err := Open(bytes.NewReader(b), 30, true); !errors.Is(err, ErrNotWAV) {
		t.Errorf("a file that is half a header: %v", err)
	}
	w, err := Open(bytes.NewReader(b), 44+1001, false)
	if err != nil {
		t.Fatal(err)
	}
	if w.Len() != 500 || w.Whole() || w.Total(int64(len(b))) != 8000 {
		t.Errorf("at first: %d samples, whole %v, %d in all", w.Len(), w.Whole(), w.Total(int64(len(b))))
	}
	w.Grow(int64(len(b)), true)
	if w.Len() != 8000 || !w.Whole() {
		t.Errorf("then: %d samples, whole %v", w.Len(), w.Whole())
	}
}

// Recorders that stream do not know the size when they write the header.
func TestSizeNotTold(t *testing.T) {
	for _, size := range []uint32{0, 0xFFFFFFFF, 1 << 30} {
		b := plain(8000, 1, voice(8000, 1))
		binary.LittleEndian.PutUint32(b[40:], size)
		if w := open(t, b); w.Len() != 8000 {
			t.Errorf("size %d: %d samples", size, w.Len())
		}
	}
}

func TestRefused(t *testing.T) {
	b := plain(8000, 1, voice(100, 1))
	with := func(at int, v uint16) []byte {
		c := bytes.Clone(b)
		binary.LittleEndian.PutUint16(c[at:], v)
		return c
	}
	for name, b := range map[string][]byte{
		"nothing": nil, "text": []byte("this is a text of some length, not a sound"), "no channels": with(22, 0), "no rate": with(24, 0),
		"no format": append(bytes.Clone(b[:12]), b[36:]...),
	} {
		if _, err := Open(bytes.NewReader(b), int64(len(b)), true); !errors.Is(err, ErrNotWAV) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var un *UnsupportedError
	if _, err := Open(bytes.NewReader(with(20, 0x31)), int64(len(b)), true); !errors.As(err, &un) || un.Coding != "GSM 6.10" {
		t.Errorf("GSM: %v", err)
	}
}

// Every coding decodes as an outside program decodes it: G.711 and linear ones to
// the bit, ADPCM to the rounding of its steps. ffmpeg multiplies where the
// recommendation adds shifted steps, so IMA drifts a little within each block.
func TestAgainstOutside(t *testing.T) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed: nothing to compare with")
	}
	tests := []struct {
		codec string
		most  int // difference of a sample
	}{
		{"pcm_u8", 0},
		{"pcm_s16le", 0},
		{"pcm_s24le", 1},
		{"pcm_s32le", 1},
		{"pcm_f32le", 2},
		{"pcm_f64le", 2},
		{"pcm_mulaw", 0},
		{"pcm_alaw", 0},
		{"adpcm_ima_wav", 40},
		{"adpcm_ms", 1},
	}
	for _, tt := range tests {
		for _, channels := range []int{1, 2} {
			dir := t.TempDir()
			src, dst := filepath.Join(dir, "in.wav"), filepath.Join(dir, "out.wav")
			write(t, src, plain(8000, channels, voice(8000, channels)))
			run(t, "ffmpeg", "-v", "error", "-i", src, "-c:a", tt.codec, dst)
			raw := run(t, "ffmpeg", "-v", "error", "-i", dst, "-f", "s16le", "-c:a", "pcm_s16le", "-")
			got := all(t, open(t, read(t, dst)))
			want := make([]int16, len(raw)/2/channels)
			for i := range want {
				sum := 0
				for c := range channels {
					sum += int(int16(binary.LittleEndian.Uint16(raw[2*(i*channels+c):])))
				}
				want[i] = int16(sum / channels)
			}
			if len(got) != len(want) {
				t.Errorf("%s, %d channels: %d samples, want %d", tt.codec, channels, len(got), len(want))
				continue
			}
			for i := range got {
				if d := int(got[i]) - int(want[i]); d > tt.most || -d > tt.most {
					t.Errorf("%s, %d channels: sample %d is %d, want %d", tt.codec, channels, i, got[i], want[i])
					break
				}
			}
			seek(t, open(t, read(t, dst)), got)
		}
	}
}

// sox keeps to the recommendation: nothing differs.
func TestIMAAgainstSox(t *testing.T) {
	if _, err := exec.LookPath("sox"); err != nil {
		t.Skip("sox is not installed: nothing to compare with")
	}
	for _, channels := range []int{1, 2} {
		dir := t.TempDir()
		src, dst := filepath.Join(dir, "in.wav"), filepath.Join(dir, "out.wav")
		write(t, src, plain(8000, channels, voice(8000, channels)))
		run(t, "sox", src, "-e", "ima-adpcm", dst)
		raw := run(t, "sox", dst, "-t", "raw", "-e", "signed", "-b", "16", "-")
		got := all(t, open(t, read(t, dst)))
		for i := range min(len(raw)/2/channels, len(got)) {
			sum := 0
			for c := range channels {
				sum += int(int16(binary.LittleEndian.Uint16(raw[2*(i*channels+c):])))
			}
			if d := int(got[i]) - sum/channels; d != 0 {
				t.Fatalf("%d channels: sample %d is %d, want %d", channels, i, got[i], sum/channels)
			}
		}
	}
}

// seek reads at odd places and in odd lengths: the samples are those of the whole.
func seek(t *testing.T, w *Reader, want []int16) {
	t.Helper()
	for at, n := 0, 1; at < len(want); at, n = at+997, n*3%4001 {
		p := make([]int16, n)
		got, err := w.ReadAt(p, int64(at))
		if err != nil && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		if got != min(n, len(want)-at) {
			t.Fatalf("%d samples at %d: got %d", n, at, got)
		}
		for i := range got {
			if p[i] != want[at+i] {
				t.Fatalf("sample %d is %d after a jump, %d in a row", at+i, p[i], want[at+i])
			}
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(plain(8000, 1, voice(50, 1)))
	f.Add(plain(44100, 2, voice(50, 2)))
	ima := plain(8000, 1, voice(200, 1))
	binary.LittleEndian.PutUint16(ima[20:], codeIMA)
	binary.LittleEndian.PutUint16(ima[32:], 36)
	f.Add(ima)
	ms := bytes.Clone(ima)
	binary.LittleEndian.PutUint16(ms[20:], codeMS)
	f.Add(ms)
	f.Fuzz(func(t *testing.T, b []byte) {
		w, err := Open(bytes.NewReader(b), int64(len(b)), true)
		if err != nil {
			return
		}
		if w.Format() == "" || w.Rate() <= 0 || w.Len() < 0 || w.Len() > 2*int64(len(b))+2 {
			t.Fatalf("%q, %d Hz, %d samples of %d bytes", w.Format(), w.Rate(), w.Len(), len(b))
		}
		deadline := time.Now().Add(5 * time.Second)
		p := make([]int16, 4096)
		for at := int64(0); at < w.Len(); {
			n, err := w.ReadAt(p, at)
			if err != nil && !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
			if n == 0 || time.Now().After(deadline) {
				t.Fatalf("stuck at %d of %d", at, w.Len())
			}
			at += int64(n)
		}
	})
}

func BenchmarkReadAt(b *testing.B) {
	file := plain(8000, 1, voice(8000, 1))
	w, err := Open(bytes.NewReader(file), int64(len(file)), true)
	if err != nil {
		b.Fatal(err)
	}
	p := make([]int16, 8000)
	for b.Loop() {
		if _, err := w.ReadAt(p, 0); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "x-realtime")
}
