package mp3

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// voice is a WAV file of something like speech: syllables of a low tone with its
// overtones, sharp beginnings, hisses, another loudness on either side, and now
// and then nothing.
func voice(rate, channels, n int) []byte {
	le := binary.LittleEndian
	b := append([]byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00"), byte(channels), 0)
	b = le.AppendUint32(b, uint32(rate))
	b = le.AppendUint32(b, uint32(2*rate*channels))
	b = append(b, byte(2*channels), 0, 16, 0)
	b = le.AppendUint32(append(b, "data"...), uint32(2*n*channels))
	var parts [20]float64 // two formants
	for k := range parts {
		f := float64(k+1) * 110
		parts[k] = math.Exp(-math.Pow((f-600)/400, 2)) + .4*math.Exp(-math.Pow((f-1700)/500, 2))
	}
	seed, phase := uint32(1), 0.
	for i := range n {
		t := float64(i) / float64(rate)
		beat := math.Mod(t*2.3, 1)
		level := math.Exp(-3*beat) * min(beat*400, 1)
		if math.Mod(t, 4) > 3.2 {
			level = 0
		}
		phase += (110 + 30*math.Sin(2*math.Pi*.7*t)) / float64(rate)
		v := 0.
		for k, part := range parts {
			v += part * math.Sin(2*math.Pi*phase*float64(k+1))
		}
		seed = seed*1664525 + 1013904223
		noise := float64(int32(seed)) / (1 << 31)
		if beat < .01 {
			noise *= 6 // a knock
		}
		for c := range channels {
			side := 1 - .6*float64(c)*math.Abs(math.Sin(1.7*t))
			x := 2500*v*level*side + 800*noise*level*math.Abs(math.Sin(9*t+float64(c)))
			b = le.AppendUint16(b, uint16(int16(max(min(x, 32767), -32768))))
		}
	}
	return b
}

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

// lame makes an MP3 of a few seconds.
func lame(t testing.TB, rate, channels, sec int, options string) []byte {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.wav"), filepath.Join(dir, "out.mp3")
	if err := os.WriteFile(in, voice(rate, channels, sec*rate), 0o600); err != nil {
		t.Fatal(err)
	}
	args := append(strings.Fields(options), "--quiet", "--resample", fmt.Sprint(float64(rate)/1000), in, out)
	command(t, "lame", args...)
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// outside decodes by another program, to samples of all channels in turns.
func outside(t testing.TB, program string, b []byte) []int16 {
	t.Helper()
	name := filepath.Join(t.TempDir(), "in.mp3")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	var out []byte
	switch program {
	case "ffmpeg":
		out = command(t, "ffmpeg", "-v", "quiet", "-i", name, "-f", "s16le", "-")
	case "sox":
		out = command(t, "sox", "-V1", "-D", name, "-t", "raw", "-e", "signed-integer", "-b", "16", "-L", "-")
	case "lame":
		out = command(t, "lame", "--quiet", "--decode", "-t", name, "-")
	}
	p := make([]int16, len(out)/2)
	for i := range p {
		p[i] = int16(binary.LittleEndian.Uint16(out[2*i:]))
	}
	return p
}

// differ is how far two signals are apart at most, and on the root mean square.
func differ(a, b []int16) (most int, rms float64) {
	sum := 0.
	n := min(len(a), len(b))
	for i := range n {
		d := int(a[i]) - int(b[i])
		most = max(most, d, -d)
		sum += float64(d) * float64(d)
	}
	return most, math.Sqrt(sum / float64(max(n, 1)))
}

// The bound: no sample more than one step of 16 bits off, which is rounding, and
// half a step (1.5e-5 of full scale) on the root mean square.
const (
	mostOff = 1
	rmsOff  = .6
)

var rates = []int{8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000}

// TestAgainstOutside holds files of all rates, modes and kinds of bit rate
// against ffmpeg, which drops the delay as we do, and at 24 kHz, where its table
// of bands is that of the first print of the standard, against libmad in sox.
func TestAgainstOutside(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long, and nothing runs beside it")
	}
	need(t, "lame", "ffmpeg", "sox")
	for _, rate := range rates {
		for _, c := range []struct {
			channels int
			options  string
		}{
			{1, "-m m -b 32"},
			{1, "-m m -b 8"},
			{1, "-m m -V 9"},
			{1, "-m m -b 64 -p"},
			{2, "-m s -b 64"},
			{2, "-m f -b 64"},
			{2, "-m j -V 4"},
			{2, "-m j -b 128"},
			{2, "-m j --abr 56 -p"},
			{2, "-m j -b 48 --nores"},
		} {
			b := lame(t, rate, c.channels, 1, c.options)
			s := opened(t, b)
			got := all(t, s, c.channels)
			var want []int16
			if rate == 24000 {
				// It neither drops the delay nor the frame that tells of it, and
				// loses the last one.
				want = outside(t, "sox", b)
				if s.noted {
					want = want[(int(s.drop())+lines)*c.channels:]
				}
				got = got[:min(len(got), len(want))]
				want = want[:len(got)]
			} else {
				want = outside(t, "ffmpeg", b)
			}
			most, rms := differ(got, want)
			if len(got) != len(want) || most > mostOff || rms > rmsOff {
				t.Errorf("%d Hz %s: %d samples instead of %d, up to %d off, %.2f on average", rate, c.options, len(got), len(want), most, rms)
			}
			if s.Rate() != rate || s.Channels() != c.channels {
				t.Errorf("%d Hz %s: %d Hz, %d channels", rate, c.options, s.Rate(), s.Channels())
			}
			mono := all(t, s, 1)
			for i := range len(got) / c.channels {
				mean := (int(got[i*c.channels]) + int(got[i*c.channels+c.channels-1])) / 2
				if d := int(mono[i]) - mean; d > 1 || d < -1 {
					t.Fatalf("%d Hz %s: sample %d of the mean is %d, not %d", rate, c.options, i, mono[i], mean)
				}
			}
		}
	}
}
