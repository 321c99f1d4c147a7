package pdf

import (
	"image/color"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"switchboard/ui/preview/paper"
)

func words(t *testing.T, b []byte) []paper.Span {
	t.Helper()
	w, err := openBytes(t, b, Options{}).Words(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func joined(w []paper.Span) string {
	var all []string
	for _, s := range w {
		all = append(all, s.Text)
	}
	return strings.Join(all, "|")
}

const helvetica = "/Resources << /Font << /F 5 0 R >> >>"

func TestWords(t *testing.T) {
	const plain = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
	const win = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
	toUnicode := stream("", "1 begincodespacerange <00> <ff> endcodespacerange 2 beginbfchar <01> <00480069> <02> <D83DDE00> endbfchar "+
		"2 beginbfrange <10> <12> <0041> <20> <21> [<0058> <0059>] endbfrange")
	for _, c := range []struct {
		name, content, font, want string
		more                      []string
	}{
		{"one", "BT /F 12 Tf 20 100 Td (Dear sir) Tj ET", plain, "Dear sir", nil},
		{"kerned", "BT /F 12 Tf 20 100 Td [(He) 40 (ll) -20 (o) -300 (world)] TJ ET", plain, "Hello world", nil},
		{"columns", "BT /F 12 Tf 20 100 Td (left) Tj 60 0 Td (right) Tj ET", plain, "left|right", nil},
		{"lines", "BT /F 12 Tf 14 TL 20 100 Td (one) Tj T* (two) Tj (three) ' 1 0 (four) \" ET", plain, "one|two|three|four", nil},
		{"invisible", "BT 3 Tr /F 12 Tf 20 100 Td (found) Tj ET", plain, "found", nil},
		{"placed by cm", "q 1 0 0 1 20 100 cm BT /F 12 Tf (here) Tj ET Q", plain, "here", nil},
		{"escapes", `BT /F 12 Tf 20 100 Td (a\(b\)\101) Tj ET`, plain, "a(b)A", nil},
		{"win", "BT /F 12 Tf 20 100 Td (caf\xe9 \x80 5) Tj ET", win, "café € 5", nil},
		{
			"differences", "BT /F 12 Tf 20 100 Td (\x01\x02\x03\x04) Tj ET",
			"<< /Type /Font /Subtype /Type1 /BaseFont /Foo /Encoding << /Differences [1 /Zcaron /fi /uni20AC /a.alt] >> >>", "Žfi€a", nil,
		},
		{
			"to unicode", "BT /F 12 Tf 20 100 Td (\x01\x02\x10\x12\x21) Tj ET",
			"<< /Type /Font /Subtype /Type1 /BaseFont /Foo /ToUnicode 6 0 R >>", "Hi😀ACY",
			[]string{toUnicode},
		},
		{
			"wide", "BT /F 12 Tf 20 100 Td <00010010> Tj ET",
			"<< /Type /Font /Subtype /Type0 /BaseFont /Foo /Encoding /Identity-H /ToUnicode 6 0 R /DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /DW 500 /W [1 [600] 16 18 700] >>] >>",
			"HiA",
			[]string{toUnicode},
		},
		{
			"controls", "BT /F 12 Tf 20 100 Td (\x01) Tj ET", "<< /Type /Font /Subtype /Type1 /BaseFont /Foo /ToUnicode 6 0 R >>", "okfine",
			[]string{stream("", "1 beginbfchar <01> <006F006B001B202E00660069006E0065> endbfchar")},
		},
		{"off the page", "BT /F 12 Tf 2000 100 Td (gone) Tj ET", plain, "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := joined(words(t, onePage(helvetica, c.content, append([]string{c.font}, c.more...)...)))
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestWordsInPlace: the boxes are fractions of the upright page however it lies.
func TestWordsInPlace(t *testing.T) {
	const font = "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>"
	for _, c := range []struct {
		name, page, content string
		want                paper.Span
	}{
		{"upright", "", "BT /F 10 Tf 36 108 Td (abcd) Tj ET", paper.Span{X: 0.25, Y: 0.463, W: 24.0 / 144, H: 10.0 / 216}},
		{"turned page", "/Rotate 90", "BT 0 1 -1 0 36 108 Tm /F 10 Tf (abcd) Tj ET", paper.Span{X: 0.5, Y: 28.0 / 144, W: 24.0 / 216, H: 10.0 / 144}},
		{"crop", "/MediaBox [0 0 500 500] /CropBox [100 100 244 316]", "BT /F 10 Tf 136 208 Td (abcd) Tj ET", paper.Span{X: 0.25, Y: 0.463, W: 24.0 / 144, H: 10.0 / 216}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := words(t, onePage(helvetica+c.page, c.content, font))
			if len(w) != 1 {
				t.Fatalf("%d spans", len(w))
			}
			far := max(math.Abs(w[0].X-c.want.X), math.Abs(w[0].Y-c.want.Y), math.Abs(w[0].W-c.want.W), math.Abs(w[0].H-c.want.H))
			if far > 0.01 {
				t.Errorf("%+v, want about %+v", w[0], c.want)
			}
		})
	}
}

// TestDrawing: what is drawn here stands where it should, and the page says that
// its font is not the file's.
func TestDrawing(t *testing.T) {
	p := firstPage(t, onePage(helvetica, "1 0 0 rg 36 54 72 54 re f 0 0 1 RG 4 w 0 162 m 144 162 l S BT 0 g /F 20 Tf 20 180 Td (TTTTTT) Tj ET",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"))
	if p.Turn != 0 || p.XRes != 150 || !strings.Contains(p.Damage, "approximate") {
		t.Errorf("turn %d, resolution %v, damage %q", p.Turn, p.XRes, p.Damage)
	}
	img := upright(p)
	at := func(x, y float64) color.RGBA { return img.RGBAAt(int(x*150/72), int((216-y)*150/72)) }
	for _, c := range []struct {
		x, y float64
		want color.RGBA
	}{
		{72, 80, color.RGBA{255, 0, 0, 255}},
		{30, 80, color.RGBA{255, 255, 255, 255}},
		{72, 110, color.RGBA{255, 255, 255, 255}},
		{72, 162, color.RGBA{0, 0, 255, 255}},
		{72, 168, color.RGBA{255, 255, 255, 255}},
	} {
		if got := at(c.x, c.y); got != c.want {
			t.Errorf("at %v, %v: %v, want %v", c.x, c.y, got, c.want)
		}
	}
	dark := 0
	for x := 20.0; x < 94; x += 0.48 {
		if at(x, 193).R < 128 {
			dark++
		}
	}
	if dark < 80 { // the bars of the letters T
		t.Errorf("the text is not to be seen: %d dark pixels", dark)
	}
}

func TestClip(t *testing.T) {
	img := upright(firstPage(t, onePage("", "0 0 144 108 re W n 72 108 m 144 108 l 108 0 l h W n 0 0 144 216 re f")))
	for _, c := range []struct {
		x, y float64
		ink  bool
	}{{108, 80, true}, {80, 20, false}, {20, 80, false}, {108, 120, false}} {
		got := img.RGBAAt(int(c.x*150/72), int((216-c.y)*150/72)).R < 128
		if got != c.ink {
			t.Errorf("at %v, %v: ink %v", c.x, c.y, got)
		}
	}
}

func TestGlyphNames(t *testing.T) {
	if a, b := len(strings.Fields(latinNames)), utf8.RuneCountInString(latinRunes); a != 228 || b != 170 {
		t.Fatalf("%d names, %d characters", a, b)
	}
	g := newGlyphNames()
	for name, want := range map[string]string{
		"A": "A", "quoteright": "’", "germandbls": "ß", "copyright": "©", "Adieresis": "Ä", "scaron": "š", "f_i": "fi", "u1F600": "😀",
		"one.oldstyle": "1", "Euro": "€", "g12": "", ".notdef": "", "omega": "ω",
	} {
		if got := g.find(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for code, want := range map[int]string{'A': "A", 0x27: "quoteright", 0xa1: "exclamdown", 0xaf: "fl", 0xb4: "periodcentered", 0xbd: "perthousand", 0xc8: "dieresis", 0xd0: "emdash", 0xe1: "AE", 0xeb: "ordmasculine", 0xf1: "ae", 0xfb: "germandbls", 0xff: ""} {
		if got := g.standardName(code); got != want {
			t.Errorf("code %#x is %q, want %q", code, got, want)
		}
	}
}

func TestCalculator(t *testing.T) {
	for _, c := range []struct {
		program string
		in      []float64
		want    float64
	}{
		{"{ 2 mul 1 add }", []float64{3}, 7},
		{"{ dup 0.5 gt { pop 1 } { pop 0 } ifelse }", []float64{0.7}, 1},
		{"{ 1 2 3 3 1 roll pop pop exch pop }", []float64{9}, 3},
		{"{ 360 mul sin abs }", []float64{0.25}, 1},
		{"{ true { 5 } if exch pop }", []float64{1}, 5},
	} {
		d := openBytes(t, onePage("", "", stream("/FunctionType 4 /Domain [-100 100] /Range [-100 100]", c.program)), Options{})
		fn := d.function(d.file.Resolve(ref(5)), 0)
		if fn == nil {
			t.Fatalf("%s: no function", c.program)
		}
		if out := fn.eval(c.in); len(out) != 1 || math.Abs(out[0]-c.want) > 1e-9 {
			t.Errorf("%s of %v is %v, want %v", c.program, c.in, out, c.want)
		}
	}
}
