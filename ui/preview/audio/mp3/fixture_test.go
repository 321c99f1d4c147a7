package mp3

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// fixture is a short file made by lame, and every so many samples of what
// another decoder makes of it: testdata/NAME.mp3 and testdata/NAME.pcm, 16 bits,
// least significant byte first. With UPDATE_FIXTURES set the test makes both anew.
type fixture struct {
	name     string
	rate     int
	channels int
	options  string
	decoder  string
}

// every is which samples of the other decoder are kept.
const every = 13

var fixtures = []fixture{
	{"mono 8 kHz", 8000, 1, "-m m -b 16 -t", "ffmpeg"},
	{"mono 11 kHz", 11025, 1, "-m m -b 8 -t", "ffmpeg"},
	{"joint 12 kHz", 12000, 2, "-m j -b 24", "ffmpeg"},
	{"CRC 16 kHz", 16000, 1, "-m m -b 24 -p -t", "ffmpeg"},
	{"stereo 22 kHz", 22050, 2, "-m s -b 32 -t", "ffmpeg"},
	{"mono 24 kHz", 24000, 1, "-m m -b 32 -t", "sox"},
	{"joint 32 kHz", 32000, 2, "-m j -b 48 -t", "ffmpeg"},
	{"VBR 44 kHz", 44100, 2, "-m j -V 7", "ffmpeg"},
	{"mono 48 kHz", 48000, 1, "-m m -b 40 -t", "ffmpeg"},
}

func (f *fixture) path(ext string) string {
	return filepath.Join("testdata", strings.ReplaceAll(f.name, " ", "_")+ext)
}

func (f *fixture) bytes(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile(f.path(".mp3"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestFixtures is the check that needs no other program.
func TestFixtures(t *testing.T) {
	for _, f := range fixtures {
		if os.Getenv("UPDATE_FIXTURES") != "" {
			f.update(t)
		}
		s := opened(t, f.bytes(t))
		if s.Rate() != f.rate || s.Channels() != f.channels {
			t.Errorf("%s: %d Hz, %d channels", f.name, s.Rate(), s.Channels())
		}
		raw, err := os.ReadFile(f.path(".pcm"))
		if err != nil {
			t.Fatal(err)
		}
		want := make([]int16, len(raw)/2)
		for i := range want {
			want[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
		}
		got := sparse(all(t, s, f.channels))
		most, rms := differ(got, want)
		if len(want) < 100 || len(got) < len(want) || len(got) > len(want)*5/4 || most > mostOff || rms > rmsOff {
			t.Errorf("%s: %d samples instead of %d, up to %d off, %.2f on average", f.name, len(got), len(want), most, rms)
		}
		if loud := int(slices.Max(want)); loud < 1000 {
			t.Errorf("%s: the loudest is %s", f.name, strconv.Itoa(loud))
		}
	}
}

func sparse(p []int16) (out []int16) {
	for i := 0; i < len(p); i += every {
		out = append(out, p[i])
	}
	return out
}

func (f *fixture) update(t *testing.T) {
	need(t, "lame", f.decoder)
	b := lame(t, f.rate, f.channels, 1, f.options)
	var raw []byte
	for _, v := range sparse(outside(t, f.decoder, b)) {
		raw = binary.LittleEndian.AppendUint16(raw, uint16(v))
	}
	for ext, b := range map[string][]byte{".mp3": b, ".pcm": raw} {
		if err := os.WriteFile(f.path(ext), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
