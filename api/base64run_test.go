package api

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

// TestBase64Runs puts every byte at every place of a text that is long enough for the
// library's fast part and for what it leaves over, and checks that decoding stops at that
// byte's group, with the right bytes before it.
func TestBase64Runs(t *testing.T) {
	plain := []byte(base64.StdEncoding.EncodeToString(content(108, 3)))
	dst := make([]byte, len(plain)/4*3) // exact room
	for at := range plain {
		for b := range 256 {
			if b == '\r' || b == '\n' || b == '=' {
				continue
			}
			text := bytes.Clone(plain)
			text[at] = byte(b)
			want := len(text)
			if !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", rune(b)) {
				want = at / 4 * 4
			}
			good, err := base64.StdEncoding.DecodeString(string(text[:want]))
			if err != nil {
				t.Fatal(err)
			}
			if n := run64(dst, text); n != want || !bytes.Equal(dst[:n/4*3], good) {
				t.Fatalf("%#02x at %d: %d letters, want %d", b, at, n, want)
			}
		}
	}
	for n := range len(plain) {
		clear(dst)
		if got := run64(dst[:n/4*3], plain[:n]); got != n/4*4 || !bytes.Equal(dst[:got/4*3], content(108, 3)[:got/4*3]) {
			t.Fatalf("%d letters: %d decoded", n, got)
		}
	}
}

// TestBase64OffsetsFarOn has faults behind what is read at once, at every place of a group,
// in one line and in many: the offset counts all that came before, breaks too.
func TestBase64OffsetsFarOn(t *testing.T) {
	text := base64.StdEncoding.EncodeToString(content(3*textBuffer, 1))
	for form, text := range map[string]string{"unbroken": text, "lines": wrap(text, 76, "\r\n"), "CR only": wrap(text, 75, "\r")} {
		for at := 2*textBuffer - 6; at < 2*textBuffer+6; at++ {
			for _, width := range []int{1500, 256 << 10} {
				_, _, err := read64(strings.NewReader(text[:at]+"?"+text[at:]), width)
				if want := fmt.Sprintf("byte %d:", at); err == nil || !strings.Contains(err.Error(), want) {
					t.Fatalf("%s, %d at a time: %v, want %s", form, width, err, want)
				}
			}
		}
	}
}

// TestBase64Stops checks the cuts of a text against looking at every byte of it.
func TestBase64Stops(t *testing.T) {
	text := []byte("aGVs\r\nbG8\n\n\rAA==\r\nx")
	stops := newStops64()
	for i := range len(text) + 1 {
		want := i
		for want < len(text) && !strings.ContainsRune("\r\n=", rune(text[want])) {
			want++
		}
		if got := stops.next(text, i); got != want {
			t.Errorf("from %d: %d, want %d", i, got, want)
		}
	}
}
