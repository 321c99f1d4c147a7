package api

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
)

// kinds64 are the ways in which a reader may hand out the same bytes.
func kinds64() map[string]func(io.Reader) io.Reader {
	return map[string]func(io.Reader) io.Reader{
		"whole": func(r io.Reader) io.Reader { return r },
		"bytes": iotest.OneByteReader,
		"half":  iotest.HalfReader,
		"eof":   iotest.DataErrReader,
	}
}

// read64 decodes text with a destination of width bytes at a time.
func read64(r io.Reader, width int) ([]byte, *Decoding64, error) {
	d := NewBase64(r)
	var out []byte
	p := make([]byte, width)
	for {
		n, err := d.Read(p)
		out = append(out, p[:n]...)
		if errors.Is(err, io.EOF) {
			return out, d, nil
		}
		if err != nil {
			return out, d, err
		}
	}
}

func TestBase64RoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(64, 1))
	for n := range 70 {
		sizes := []int{n}
		if n%9 == 0 {
			sizes = append(sizes, 700+n, 3000+r.IntN(9000))
		}
		if testing.Short() && n%5 != 0 {
			continue
		}
		for _, size := range sizes {
			want := make([]byte, size)
			for i := range want {
				want[i] = byte(r.Uint32())
			}
			padded := base64.StdEncoding.EncodeToString(want)
			texts := map[string]string{
				"padded": padded, "unpadded": strings.TrimRight(padded, "="),
				"lines": wrap(padded, 76, "\r\n"), "odd lines": "\n" + wrap(padded, 1+r.IntN(9), "\n") + "\r\n\r\n",
			}
			for form, text := range texts {
				for kind, read := range kinds64() {
					for _, width := range []int{1, 5, 1023, 1024, 1500, 64 << 10} {
						if size > 1000 && (width < 1024) != (kind == "whole") { // the slow ones once
							continue
						}
						got, d, err := read64(read(strings.NewReader(text)), width)
						if size == 0 {
							if !errors.Is(err, ErrBase64) || !errors.Is(err, ErrBadBody) {
								t.Fatalf("nothing: %v", err)
							}
							continue
						}
						if err != nil || !bytes.Equal(got, want) {
							t.Fatalf("%d bytes, %s, %s reader, %d at a time: %d bytes, %v", size, form, kind, width, len(got), err)
						}
						if d.Encoded() != int64(len(text)) {
							t.Fatalf("%d bytes, %s: %d of %d bytes counted", size, form, d.Encoded(), len(text))
						}
						if want := form == "unpadded" && size%3 != 0; d.Unpadded() != want {
							t.Fatalf("%d bytes, %s, %s reader: unpadded is %v", size, form, kind, d.Unpadded())
						}
					}
				}
			}
		}
	}
}

// wrap breaks text into lines of n letters.
func wrap(text string, n int, end string) string {
	var b strings.Builder
	for len(text) > n {
		b.WriteString(text[:n] + end)
		text = text[n:]
	}
	return b.String() + text
}

// TestBase64Refuses has every text that is not one clean base64 text, and where it stops
// being one.
func TestBase64Refuses(t *testing.T) {
	long := base64.StdEncoding.EncodeToString(make([]byte, 5000)) // ends in one '='
	tests := []struct {
		name, text string
		at         string // "" : cut
		why        string
	}{
		{"JSON", `{"code":403}`, "byte 0:", "JSON"},
		{"quoted", `"aGVsbG8="`, "byte 0:", "JSON"},
		{"a web page", "<html>", "byte 0:", "web page"},
		{"byte order mark", "\xef\xbb\xbfaGVsbG8=", "byte 0:", "byte order mark"},
		{"gzip", "\x1f\x8b\x08", "byte 0:", "0x1f"},
		{"URL-safe letter", "aGVs-bG8", "byte 4:", "URL-safe"},
		{"URL-safe letter far on", long[:6000] + "_" + long[6000:], "byte 6000:", "URL-safe"},
		{"a space", "aGVs bG8=", "byte 4:", "0x20"},
		{"a tab in a group", "aG\tVs", "byte 2:", "0x09"},
		{"percent-encoded padding", "aGVsbG8%3D", "byte 7:", "0x25"},
		{"NUL", "aGVs\x00", "byte 4:", "0x00"},
		{"two bodies", "aGVsbG8=aGVsbG8=", "byte 8:", "after the padding"},
		{"two bodies with a break", "aGVsbG8=\r\naGVsbG8=", "byte 10:", "after the padding"},
		{"two long bodies", long + long, fmt.Sprintf("byte %d:", len(long)), "after the padding"},
		{"JSON after the body", "aGVsbG8={}", "byte 8:", "after the padding"},
		{"padding in the middle", "aG=sbG8=", "byte 3:", "after the padding"},
		{"too much padding", "aGVsbG8==", "byte 8:", "padding"},
		{"padding after a whole group", "aGVs=", "byte 4:", "padding"},
		{"padding alone", "====", "byte 0:", "padding"},
		{"one letter and padding", "a===", "byte 1:", "padding"},
		{"left-over bits", "aGVsbG9=", "byte 6:", "left over"},
		{"left-over bits, short", "aH==", "byte 1:", "left over"},
		{"left-over bits, unpadded", "aGVsbG9", "byte 6:", "left over"},
		{"left-over bits, then breaks", "aGVsbG9=\r\n", "byte 6:", "left over"},
		{"breaks only", strings.Repeat("\n", maxBreaks+2), fmt.Sprintf("byte %d:", maxBreaks), "line breaks"},
		{"nothing", "", "", "nothing came"},
		{"one break", "\r\n", "", "nothing came"},
		{"one letter", "a", "", "within a group"},
		{"one letter over", "aGVsb", "", "within a group"},
		{"half the padding", "aG=", "", "within a group"},
	}
	for _, tt := range tests {
		for kind, read := range kinds64() {
			for _, width := range []int{1, 7, 1024, 32 << 10} {
				_, d, err := read64(read(strings.NewReader(tt.text)), width)
				if err == nil || !errors.Is(err, ErrBadBody) {
					t.Fatalf("%s, %s reader, %d at a time: %v", tt.name, kind, width, err)
				}
				if !strings.Contains(err.Error(), tt.at) || !strings.Contains(err.Error(), tt.why) {
					t.Errorf("%s, %s reader, %d at a time: %v, want %q and %q", tt.name, kind, width, err, tt.at, tt.why)
				}
				if cut := tt.why == "within a group"; errors.Is(err, errCut) != cut || errors.Is(err, ErrBase64) == cut {
					t.Errorf("%s: %v", tt.name, err)
				}
				if n, again := d.Read(make([]byte, width)); n != 0 || again == nil || again.Error() != err.Error() {
					t.Errorf("%s: then %d, %v", tt.name, n, again)
				}
				if d.Unpadded() {
					t.Errorf("%s: unpadded after an error", tt.name)
				}
			}
		}
	}
}

// TestBase64HandsOnErrors checks that what the transport says is what a caller sees,
// after everything that came before it.
func TestBase64HandsOnErrors(t *testing.T) {
	for _, text := range []string{"", "a", "aGVs", "aGVsbG8", "aGVsbG8=", "aGVsbG8=\r"} {
		r := io.MultiReader(strings.NewReader(text), iotest.ErrReader(io.ErrUnexpectedEOF))
		got, _, err := read64(r, 4096)
		if !errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, ErrBadBody) {
			t.Errorf("%q cut by the transport: %q, %v", text, got, err)
		}
		if want := len(text) / 4 * 3; text != "aGVsbG8=" && text != "aGVsbG8=\r" && len(got) != want {
			t.Errorf("%q cut by the transport: %d bytes, want %d", text, len(got), want)
		}
	}
	if _, _, err := read64(stuck{}, 4096); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("a reader without progress: %v", err)
	}
	d := NewBase64(strings.NewReader("\r\n"))
	d.AllowEmpty()
	if got, err := io.ReadAll(d); err != nil || len(got) != 0 || d.Unpadded() {
		t.Errorf("allowed nothing: %q, %v", got, err)
	}
	if n, err := NewBase64(strings.NewReader("aGVs")).Read(nil); n != 0 || err != nil {
		t.Errorf("a read of nothing: %d, %v", n, err)
	}
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

// FuzzBase64 holds the reader against encoding/base64, which sees the whole text at once.
func FuzzBase64(f *testing.F) {
	for _, seed := range []string{
		"", "a", "aG", "aGV", "aGVs", "aGVsbG8=", "aGVsbG8", "aGVsbG9=", "aA==", "aH==", "aA=", "====", "aGVsbG8=aGVsbG8=", "aGVs\r\nbG8=\n",
		`{"code":1}`, "\xef\xbb\xbfaA==", "a-_b", "aGVs bG8=", strings.Repeat("AbC+/09z", 300) + "aA==", strings.Repeat("AAAA\r\n", 400),
	} {
		f.Add([]byte(seed), uint16(1024), uint8(0))
		f.Add([]byte(seed), uint16(3), uint8(2))
	}
	f.Fuzz(func(t *testing.T, text []byte, width uint16, kind uint8) {
		if len(text) > 1<<16 {
			return
		}
		clean := bytes.Map(func(r rune) rune {
			if r == '\r' || r == '\n' {
				return -1
			}
			return r
		}, bytes.ToValidUTF8(text, []byte("?"))) // what is not UTF-8 is in no alphabet
		enc := base64.StdEncoding.Strict()
		if !bytes.Contains(clean, []byte("=")) {
			enc = base64.RawStdEncoding.Strict()
		}
		want, wantErr := enc.DecodeString(string(clean))
		var r io.Reader = bytes.NewReader(text)
		switch kind % 4 {
		case 1:
			r = iotest.OneByteReader(r)
		case 2:
			r = iotest.HalfReader(r)
		case 3:
			r = iotest.DataErrReader(r)
		}
		got, d, err := read64(r, int(width%5000)+1)
		if ok := wantErr == nil && len(clean) > 0; (err == nil) != ok {
			t.Fatalf("%q: %v, encoding/base64 says %v", text, err, wantErr)
		}
		if err != nil {
			return
		}
		if !bytes.Equal(got, want) || d.Encoded() != int64(len(text)) {
			t.Fatalf("%q: %q, want %q", text, got, want)
		}
	})
}
