package api

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestContentRange(t *testing.T) {
	for v, want := range map[string]string{
		"bytes 0-99/1234": "0 99 1234 true", "bytes 5-5/6": "5 5 6 true", "BYTES 0-1/*": "0 1 -1 true", "bytes */10": "-1 -1 10 true",
		"": "", "bytes": "", "bytes 0-99": "", "bytes 9-5/10": "", "bytes 0-10/10": "", "bytes -1-5/10": "", "items 0-1/2": "",
		"bytes 0-99999999999999999999/5": "", "bytes a-b/c": "", "bytes 1/2": "",
	} {
		a, b, n, err := contentRange(v)
		got := fmt.Sprint(a, b, n, err == nil)
		if err != nil {
			got = ""
		}
		if got != want {
			t.Errorf("%q: %q, want %q", v, got, want)
		}
	}
}

func TestStrong(t *testing.T) {
	for v, want := range map[string]string{
		`"a"`: `"a"`, ` "a" `: `"a"`, `""`: `""`, `W/"a"`: "", `w/"a"`: "", `a`: "", `"a`: "", `"`: "", "": "", `"a"b"`: "", "\"a\r\nX: y\"": "", `"a b"`: "",
		`"` + strings.Repeat("x", 600) + `"`: "",
	} {
		if got := strong(v); got != want {
			t.Errorf("%q: %q", v, got)
		}
	}
}

func TestDispositionName(t *testing.T) {
	for v, want := range map[string]string{
		`attachment; filename="a b.mp3"`: "a b.mp3", `attachment; filename=a.pdf`: "a.pdf", `inline`: "", ``: "",
		`attachment; filename="x.txt"; filename*=UTF-8''na%C3%AFve.txt`: "naïve.txt", `attachment; filename=my fax.pdf`: "my fax.pdf",
		`attachment; filename="unclosed.pdf`: "unclosed.pdf", `attachment; filename="../../x"`: "../../x", "attachment; filename=\"\xff\xfe.pdf\"": "ÿþ.pdf",
	} {
		if got := DispositionName(v); got != want {
			t.Errorf("%q: %q, want %q", v, got, want)
		}
	}
}

func FuzzDispositionName(f *testing.F) {
	for _, s := range []string{`attachment; filename="a"`, `attachment; filename*=UTF-8''%00`, `x; FILENAME=İ`, `a; filename="`, "; filename=\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name := DispositionName(s)
		if len(name) > maxName+3 || !utf8.ValidString(name) {
			t.Errorf("%q", name)
		}
	})
}

func FuzzContentRange(f *testing.F) {
	f.Add("bytes 0-99/1234")
	f.Add("bytes */9")
	f.Fuzz(func(t *testing.T, s string) {
		a, b, n, err := contentRange(s)
		if err == nil && (b < a || n >= 0 && b >= n) {
			t.Errorf("%q: %d %d %d", s, a, b, n)
		}
	})
}
