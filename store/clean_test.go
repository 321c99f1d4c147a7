package store

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
	"github.com/mattn/go-runewidth"
)

func TestClean(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "Please call me back.", "Please call me back."},
		{"lines", "a\nb", "a\nb"},
		{"carriage return", "one\rtwo\r\nthree", "one\ntwo\nthree"},
		{"other line ends", "a\vb\fc\u0085d\u2028e\u2029f", "a\nb\nc\nd\ne\nf"},
		{"tab", "a\tb", "a b"},
		{"colour", "\x1b[31mred\x1b[0m", "red"},
		{"cursor", "a\x1b[2J\x1b[1;1Hb", "ab"},
		{"title", "a\x1b]0;owned\x07b", "ab"},
		{"link", "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\", "click"},
		{"clipboard", "x\x1b]52;c;cm0gLXJm\x07y", "xy"},
		{"device string", "x\x1bP1$r0m\x1b\\y", "xy"},
		{"application string", "x\x1b_Ga=T;AAAA\x1b\\y", "xy"},
		{"eight-bit controls", "a\u009b31mb\u009d0;t\u009cc", "abc"},
		{"unended string", "a\x1b]0;this stays readable", "a0;this stays readable"},
		{"broken-off string", "a\x1b]0;t\x1b[31mb", "ab"},
		{"charset, reset", "a\x1b(0b\x1bcd", "abd"},
		{"escape at the end", "a\x1b", "a"},
		{"nested", "\x1b\x1b[31\x1b[32mm", "m"},
		{"bell, backspace, delete, null", "a\ab\bc\x7fd\x00e", "abcde"},
		{"override", "invoice\u202etxt.exe", "invoicetxt.exe"},
		{"isolates and marks", "a\u2066b\u2069c\u200ed\u200fe\u061cf", "abcdef"},
		{"zero width", "pay\u200bpal\ufeff \u2060x\u00ady", "paypal xy"},
		{"tags", "a\U000e0041\U000e007fb", "ab"},
		{"family", "hi 👨\u200d👩\u200d👧 there", "hi 👨 there"},
		{"skin tone", "👍🏽 ok", "👍 ok"},
		{"heart", "I ❤\ufe0f you", "I ❤ you"},
		{"keycap", "press 1\ufe0f\u20e3", "press 1"},
		{"flag", "🇩🇪", "DE"},
		{"heap of marks", "z" + strings.Repeat("\u0301", 50) + "algo", "z" + strings.Repeat("\u0301", 4) + "algo"},
		{"mark on nothing", "\u0301a", "a"},
		{"bad UTF-8", "a\xff\xfeb", "a\ufffd\ufffdb"},
		{"filler", "a\u3164b\u00a0c", "a b c"},
		{"private use", "a\ue000b", "a\ufffdb"},
		{"names stay", "Łukasz Ünal Анна 陳大文 محمد", "Łukasz Ünal Анна 陳大文 محمد"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Clean(tt.in); got != tt.want {
				t.Errorf("Clean(%q) = %q, want %q", tt.in, got, tt.want)
			}
			checkClean(t, tt.in)
		})
	}
	if got := Clean(strings.Repeat("ä", maxText)); len(got) > maxText || !strings.HasSuffix(got, "ä…") {
		t.Errorf("a text of %d bytes came out with %d", 2*maxText, len(got))
	}
}

func TestCleanLine(t *testing.T) {
	for in, want := range map[string]string{
		"":                             "",
		"Mary Jones":                   "Mary Jones",
		"  Mary \r\n\t Jones  ":        "Mary Jones",
		"a\x1b[31m b":                  "a b",
		" ":                            "",
		strings.Repeat("x", 2*maxLine): strings.Repeat("x", maxLine-3) + "…",
	} {
		if got := CleanLine(in); got != want {
			t.Errorf("CleanLine(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCleanRaw(t *testing.T) {
	for in, want := range map[string]string{
		"👨\u200d👩\u200d👧 👍🏽 ❤\ufe0f 1\ufe0f\u20e3 🇩🇪": "👨\u200d👩\u200d👧 👍🏽 ❤\ufe0f 1\ufe0f\u20e3 🇩🇪",
		"a\x1b[31mb\u202ec\u200bd\u200de\rf":          "abcde\nf",
		"👍🏽\u200d👩":                                   "👍🏽\u200d👩",
	} {
		if got := CleanRaw(in); got != want {
			t.Errorf("CleanRaw(%q) = %q, want %q", in, got, want)
		}
	}
}

// checkClean holds what Clean promises of any text.
func checkClean(t *testing.T, in string) {
	t.Helper()
	for _, clean := range []func(string) string{Clean, CleanLine, CleanRaw} {
		out := clean(in)
		if again := clean(out); again != out {
			t.Errorf("cleaning %q again makes %q of %q", in, again, out)
		}
		if !utf8.ValidString(out) || len(out) > maxText {
			t.Errorf("%q came out as %q", in, out)
		}
		for _, r := range out {
			if r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Errorf("%q came out with %U in it", in, r)
			}
		}
	}
	if out := CleanLine(in); strings.ContainsRune(out, '\n') || len(out) > maxLine {
		t.Errorf("CleanLine(%q) = %q", in, out)
	}
}

// What terminals that go by characters and those that go by graphemes make of the
// width must be the same, or a column does not line up.
func TestCleanWidth(t *testing.T) {
	for _, s := range []string{"👨\u200d👩\u200d👧", "👍🏽", "❤\ufe0f", "1\ufe0f\u20e3", "🇩🇪🇫🇷", "☎\ufe0f call", "e\u0301", "陳大文", "🏳\ufe0f\u200d🌈", "🤷🏻\u200d♀\ufe0f", "한국어", "Анна"} {
		c := Clean(s)
		sum := 0
		for _, r := range c {
			sum += runewidth.RuneWidth(r)
		}
		if w := displaywidth.String(c); w != sum {
			t.Errorf("%q, cleaned %q: %d cells as graphemes, %d as characters", s, c, w, sum)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"a\x1b[31mb", "\x1b]52;c;AA\x07", "👨\u200d👩", "a\u0301\u0301\u200d\u0301", "\u009d\u009c", "\r\r\n", "❤\ufe0f\u200d🔥", "\xc2\xe2\x80", " \u05a2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkClean(t, s) })
}
