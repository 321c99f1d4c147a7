package groups

import (
	"strings"
	"testing"
	"unicode/utf8"

	"switchboard/store"
)

// show writes pieces with their roles: "a <b:bold>".
func show(blocks []block) string {
	var b strings.Builder
	names := [...]string{"", "b", "i", "s", "c", "l", "t", "p", "me", "q", "-"}
	for i, bl := range blocks {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(bl.first)
		for _, s := range bl.spans {
			if s.role == plain {
				b.WriteString(s.text)
			} else {
				b.WriteString("<" + names[s.role] + ":" + s.text + ">")
			}
		}
	}
	return b.String()
}

func TestMarks(t *testing.T) {
	p := parser{mentions: []store.Mention{{Type: "Person", ID: "7", Name: "Ana Lima"}, {Type: "Person", ID: "1", Name: "Me"}}, me: "1"}
	for in, want := range map[string]string{
		"plain":                                       "plain",
		"**bold** and *slanted* _too_":                "<b:bold> and <i:slanted> <i:too>",
		"**a *b* c**":                                 "<b:a ><i:b><b: c>",
		"2*3*4 file_name_x ** a ** _":                 "2*3*4 file_name_x ** a ** _",
		"`x*y*` ~~gone~~":                             "<c:x*y*> <s:gone>",
		`\*not\* \[x\](y)`:                            "*not* [x](y)",
		"![:Person](7) ![:Person](1)!":                "<p:@Ana Lima> <me:@Me>!",
		"![:Person](9)":                               "<p:@Person 9>",
		"see https://a.example/x(1).":                 "see <l:https://a.example/x(1)>.",
		"(http://a.example)":                          "(<l:http://a.example>)",
		"[docs](https://a.example/d)":                 "<l:docs><t: ‹https://a.example/d›>",
		"[x](javascript:alert)":                       "[x](javascript:alert)",
		"[https://good.example](https://bad.example)": "<l:https://good.example><t: ‹https://bad.example›>",
		"> one\n> > two":                              "▎ <q:one>\n▎ ▎ <q:two>",
		"# Big\n#tag":                                 "<b:Big>\n#tag",
		"- a\n* b\n1. c\n  - d":                       "• a\n• b\n1. c\n  • d",
		"```\na  *b*\n```\nc":                         "  <c:a  *b*>\nc",
		"```":                                         "",
	} {
		if got := show(p.blocks(in)); got != want {
			t.Errorf("%q\n got %q\nwant %q", in, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	p := parser{}
	for _, c := range []struct {
		in   string
		w    int
		want string
	}{
		{"one two three", 8, "one two\nthree"},
		{"**one two** three", 8, "one two\nthree"},
		{"- one two three", 12, "• one two\n  three"},
		{"abcdefghijkl", 5, "abcde\nfghij\nkl"},
		{"漢字漢字", 5, "漢字\n漢字"},
		{"a\n\nb", 5, "a\n\nb"},
	} {
		var lines []string
		for _, r := range wrap(p.blocks(c.in), c.w) {
			var b strings.Builder
			for _, s := range r.spans {
				b.WriteString(s.text)
			}
			lines = append(lines, b.String())
		}
		if got := strings.Join(lines, "\n"); got != c.want {
			t.Errorf("%q in %d: %q, want %q", c.in, c.w, got, c.want)
		}
	}
}

// Whatever is written, its rows fit, and nothing but marks is lost of it.
func FuzzMarks(f *testing.F) {
	for _, s := range []string{"**a** _b_ `c` [d](https://e.example) > f", "![:Person](1)", strings.Repeat("*_", 300), strings.Repeat("> ", 50) + "x", "```\n" + strings.Repeat("[", 500), "\x1b[31m漢\u202e"} {
		f.Add(s, 20)
	}
	f.Fuzz(func(t *testing.T, s string, w int) {
		w = 1 + (w&0x7fffffff)%200
		s = store.Clean(s)
		blocks := parser{me: "1"}.blocks(s)
		letters := func(s string) (n int) {
			for _, r := range s {
				if r > 127 && r != '•' && r != '‹' && r != '›' && r != '▎' {
					n++
				}
			}
			return n
		}
		kept := 0
		for _, r := range wrap(blocks, w) {
			if r.width > max(w, 2) {
				t.Fatalf("a row of %d cells in %d: %q", r.width, w, r.spans)
			}
			for _, p := range r.spans {
				if strings.ContainsAny(p.text, "\n\x1b") || !utf8.ValidString(p.text) && utf8.ValidString(s) {
					t.Fatalf("broken: %q", p.text)
				}
				kept += letters(p.text)
			}
		}
		if !strings.Contains(s, "```") && kept < letters(s) {
			t.Fatalf("%d of %d letters are left of %q", kept, letters(s), s)
		}
	})
}

func BenchmarkMarks(b *testing.B) {
	for name, s := range map[string]string{"long": strings.Repeat("some **bold** words and `code`, ", 300), "hostile": strings.Repeat("*_[", 3300)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				wrap(parser{}.blocks(s), 80)
			}
		})
	}
}
