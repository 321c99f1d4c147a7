package outside

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"switchboard/ui/preview/paper"
)

// TestWritePage looks at the pixels of an L of 3 by 4 in every turn, and of a fax
// whose lines count twice.
func TestWritePage(t *testing.T) {
	b := paper.NewBitmap(3, 4)
	for _, p := range [][2]int{{0, 0}, {0, 1}, {0, 2}, {0, 3}, {1, 3}} {
		b.Row(p[1])[0] |= 0x80 >> p[0]
	}
	for _, c := range []struct {
		page paper.Page
		want string
	}{
		{paper.Page{Image: b}, "#../#../#../##."},
		{paper.Page{Image: b, Turn: 1}, "####/#.../...."},
		{paper.Page{Image: b, Turn: 2}, ".##/..#/..#/..#"},
		{paper.Page{Image: b, Turn: 3}, "..../...#/####"},
		{paper.Page{Image: b, XRes: 204, YRes: 98}, "#../#../#../#../#../#../##./##."},
		{paper.Page{Image: b, XRes: 204, YRes: 98, Turn: 1}, "########/##....../........"},
	} {
		var out bytes.Buffer
		if err := WritePage(t.Context(), &out, c.page); err != nil {
			t.Fatal(err)
		}
		if got := drawn(t, out.Bytes()); got != c.want {
			t.Errorf("turn %d, %v by %v: %s, want %s", c.page.Turn, c.page.XRes, c.page.YRes, got, c.want)
		}
		// The same as shades and as colours.
		g := image.NewGray(b.Bounds())
		rgb := image.NewRGBA(b.Bounds())
		for y := range 4 {
			for x := range 3 {
				g.Set(x, y, b.At(x, y))
				rgb.Set(x, y, b.At(x, y))
			}
		}
		for _, m := range []image.Image{g, rgb} {
			p := c.page
			p.Image = m
			out.Reset()
			if err := WritePage(t.Context(), &out, p); err != nil {
				t.Fatal(err)
			}
			if got := drawn(t, out.Bytes()); got != c.want {
				t.Errorf("%T, turn %d: %s, want %s", m, p.Turn, got, c.want)
			}
		}
	}
}

// drawn reads a PNM as marks.
func drawn(t *testing.T, b []byte) string {
	t.Helper()
	var kind, w, h, most int
	r := bytes.NewReader(b)
	if _, err := fmt.Fscanf(r, "P%d\n%d %d\n", &kind, &w, &h); err != nil {
		t.Fatal(err)
	}
	if kind != 4 {
		if _, err := fmt.Fscanf(r, "%d\n", &most); err != nil {
			t.Fatal(err)
		}
	}
	data := b[len(b)-r.Len():]
	stride := map[int]int{4: (w + 7) / 8, 5: w, 6: 3 * w}[kind]
	if len(data) != stride*h {
		t.Fatalf("P%d of %d by %d with %d bytes", kind, w, h, len(data))
	}
	var rows []string
	for y := range h {
		row := ""
		for x := range w {
			ink := false
			switch kind {
			case 4:
				ink = data[y*stride+x/8]&(0x80>>(x%8)) != 0
			case 5:
				ink = data[y*stride+x] < 128
			case 6:
				ink = data[y*stride+3*x] < 128
			}
			row += map[bool]string{true: "#", false: "."}[ink]
		}
		rows = append(rows, row)
	}
	return strings.Join(rows, "/")
}

func TestParseTSV(t *testing.T) {
	table := "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n" +
		"1\t1\t0\t0\t0\t0\t0\t0\t1000\t500\t-1\t\n" +
		"5\t1\t1\t1\t1\t1\t100\t50\t200\t25\t96.5\tHello\n" +
		"5\t1\t1\t1\t1\t2\t320\t50\t100\t25\t91\tWorld\x1b[2J\n" +
		"5\t1\t1\t1\t2\t1\t100\t90\t100\t25\t90\tNext\n" +
		"5\t1\t1\t1\t2\t2\t100\t90\t100\t25\t3\t~|\n" +
		"5\t1\t1\n5\t1\t1\t1\t2\t2\tx\t90\t100\t25\t93\tbroken\n"
	got := parseTSV([]byte(table))
	want := []paper.Span{{Text: "Hello", X: .1, Y: .1, W: .2, H: .05}, {Text: "World", X: .32, Y: .1, W: .1, H: .05}, {Text: "Next", X: .1, Y: .18, W: .1, H: .05}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
	if s := Text(got); s != "Hello World\nNext" {
		t.Errorf("%q", s)
	}
}

func FuzzTSV(f *testing.F) {
	f.Add([]byte("1\t1\t0\t0\t0\t0\t0\t0\t1000\t500\t-1\t\n5\t1\t1\t1\t1\t1\t100\t50\t200\t25\t96.5\tHello\n"))
	f.Fuzz(func(_ *testing.T, b []byte) { Text(parseTSV(b)) })
}

// TestOCR reads a page of printed words, the right way up and turned.
func TestOCR(t *testing.T) {
	o := FindOCR("")
	if !o.There() {
		t.Skip("tesseract is not installed")
	}
	f, err := opentype.Parse(goregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: 44, DPI: 72})
	if err != nil {
		t.Fatal(err)
	}
	m := image.NewGray(image.Rect(0, 0, 900, 400))
	for i := range m.Pix {
		m.Pix[i] = 255
	}
	d := font.Drawer{Dst: m, Src: image.NewUniform(color.Black), Face: face}
	for i, line := range []string{"Please call the office", "Invoice 48213 is due"} {
		d.Dot = fixed.P(60, 140+i*120)
		d.DrawString(line)
	}
	words, err := o.Read(t.Context(), paper.Page{Image: m, XRes: 204, YRes: 204})
	if err != nil {
		t.Fatal(err)
	}
	if got := Text(words); got != "Please call the office\nInvoice 48213 is due" {
		t.Errorf("%q", got)
	}
	if len(words) > 0 && (words[0].X < .04 || words[0].X > .1 || words[0].Y < .2 || words[0].Y > .4) {
		t.Errorf("%+v", words[0])
	}
	if _, err := (OCR{Program: o.Program, Lang: "xxx"}).Read(t.Context(), paper.Page{Image: m}); err == nil {
		t.Error("read a language that is not there")
	}
}
