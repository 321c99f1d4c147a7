package audio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// voice is something like speech: syllables of a low tone with its overtones,
// hisses between them, and a pause every few seconds.
func voice(rate, channels, n int) []int16 {
	out := make([]int16, n*channels)
	var parts [20]float64 // two formants
	for k := range parts {
		f := float64(k+1) * 110
		parts[k] = math.Exp(-math.Pow((f-600)/400, 2)) + .4*math.Exp(-math.Pow((f-1700)/500, 2))
	}
	seed, phase := uint32(1), 0.
	for i := range n {
		t := float64(i) / float64(rate)
		syllable := math.Max(0, math.Sin(2*math.Pi*2.3*t))
		if math.Mod(t, 4) > 3 {
			syllable = 0
		}
		phase += (110 + 30*math.Sin(2*math.Pi*.7*t)) / float64(rate)
		v := 0.
		for k, part := range parts {
			v += part * math.Sin(2*math.Pi*phase*float64(k+1))
		}
		seed = seed*1664525 + 1013904223
		noise := float64(int32(seed)) / (1 << 31)
		v = 5000*v*syllable + 900*noise*syllable*math.Abs(math.Sin(9*t)) + 8*noise
		for c := range channels {
			out[i*channels+c] = int16(max(min(v*(1-.3*float64(c)*math.Sin(t)), 32767), -32768))
		}
	}
	return out
}

// pcm is a WAV file of samples.
func pcm(rate, channels int, samples []int16) []byte {
	le := binary.LittleEndian
	b := append([]byte("RIFF"), 0, 0, 0, 0)
	le.PutUint32(b[4:], uint32(36+2*len(samples)))
	b = append(b, "WAVEfmt \x10\x00\x00\x00\x01\x00"...)
	b = le.AppendUint16(b, uint16(channels))
	b = le.AppendUint32(b, uint32(rate))
	b = le.AppendUint32(b, uint32(2*rate*channels))
	b = le.AppendUint16(b, uint16(2*channels))
	b = append(b, "\x10\x00data"...)
	b = le.AppendUint32(b, uint32(2*len(samples)))
	for _, v := range samples {
		b = le.AppendUint16(b, uint16(v))
	}
	return b
}

// wav is a WAV file of one channel with a format of its own.
func wav(tag, rate, bits, block int, extra, data []byte) []byte {
	le := binary.LittleEndian
	f := le.AppendUint16(nil, uint16(tag))
	f = le.AppendUint16(f, 1)
	f = le.AppendUint32(f, uint32(rate))
	f = le.AppendUint32(f, uint32(rate))
	f = le.AppendUint16(f, uint16(block))
	f = le.AppendUint16(f, uint16(bits))
	f = append(f, extra...)
	b := le.AppendUint32([]byte("RIFF"), uint32(20+len(f)+len(data)))
	b = le.AppendUint32(append(b, "WAVEfmt "...), uint32(len(f)))
	b = le.AppendUint32(append(append(b, f...), "data"...), uint32(len(data)))
	return append(b, data...)
}

func opened(t testing.TB, b []byte) *Sound {
	t.Helper()
	s, err := Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// all reads a whole recording.
func all(t testing.TB, s *Sound) []int16 {
	t.Helper()
	p := make([]int16, s.Len()+1)
	n, err := s.ReadAt(p, 0)
	if !errors.Is(err, io.EOF) || int64(n) != s.Len() {
		t.Fatalf("%s: %d of %d samples, %v", s.Format(), n, s.Len(), err)
	}
	return p[:n]
}

// need skips the test when an outside program is not installed.
func need(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("%s is not installed", name)
		}
	}
}

func command(t testing.TB, name string, args ...string) []byte {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).Output()
	if err != nil {
		t.Fatalf("%s %v: %v", name, args, err)
	}
	return out
}

func file(t testing.TB, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func samples(b []byte) []int16 {
	out := make([]int16, len(b)/2)
	for i := range out {
		out[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return out
}

// differ is the greatest and the mean square root difference of two signals.
func differ(a, b []int16) (most int, rms float64) {
	sum := 0.
	for i := range min(len(a), len(b)) {
		d := int(a[i]) - int(b[i])
		most = max(most, d, -d)
		sum += float64(d) * float64(d)
	}
	return most, math.Sqrt(sum / float64(max(min(len(a), len(b)), 1)))
}
