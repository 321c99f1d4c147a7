package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchboard/ui/preview/paper"
	"switchboard/ui/preview/pdf/cos"
)

func ref(n int) cos.Ref { return cos.Ref{Num: n} }

// pixelDoc is a document of another kind: pages of pixels.
type pixelDoc struct{ pages []paper.Page }

func (d pixelDoc) Len() int { return len(d.pages) }
func (d pixelDoc) Page(_ context.Context, n int) (paper.Page, error) {
	if n >= len(d.pages) {
		return paper.Page{}, errors.New("no such page")
	}
	return d.pages[n], nil
}
func (d pixelDoc) Words(context.Context, int) ([]paper.Span, error) { return nil, nil }
func (d pixelDoc) Close() error                                     { return nil }

// wrapped is a document held in another, as a guard would.
type wrapped struct{ paper.Document }

func (w wrapped) Unwrap() paper.Document { return w.Document }

func written(t *testing.T, sheets []Sheet) []byte {
	t.Helper()
	var b bytes.Buffer
	meta := Meta{Title: "Größe", Producer: "test", Made: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)}
	if err := Write(t.Context(), &b, sheets, meta); err != nil {
		t.Fatal(err)
	}
	checkOutside(t, b.Bytes())
	return b.Bytes()
}

// checkOutside has qpdf look at a file where it is installed.
func checkOutside(t *testing.T, b []byte) {
	t.Helper()
	if _, err := exec.LookPath("qpdf"); err != nil {
		return
	}
	path := filepath.Join(t.TempDir(), "written.pdf")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("qpdf", "--check", path).CombinedOutput(); err != nil {
		t.Errorf("qpdf: %v\n%s", err, out)
	}
}

func TestWritePixels(t *testing.T) {
	fax := letter(1728, 1078) // standard resolution: 204 by 98
	photo := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for i := range photo.Pix {
		photo.Pix[i] = byte(i * 7)
		if i%4 == 3 {
			photo.Pix[i] = 255
		}
	}
	gray := image.NewGray(image.Rect(0, 0, 33, 20))
	for i := range gray.Pix {
		gray.Pix[i] = byte(i)
	}
	doc := pixelDoc{[]paper.Page{
		{Image: fax, XRes: 204, YRes: 98}, {Image: photo, XRes: 100, YRes: 100}, {Image: gray}, {Image: letter(80, 120), XRes: 100, YRes: 100, Turn: 1},
	}}
	b := written(t, []Sheet{{Doc: doc}, {Doc: doc, Page: 1}, {Doc: doc, Page: 2, Turn: 1}, {Doc: doc, Page: 3, Turn: -2}})
	d := openBytes(t, b, Options{})
	if d.Len() != 4 {
		t.Fatalf("%d pages", d.Len())
	}
	for n, was := range doc.pages {
		p, err := d.Page(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		same := difference(upright(paper.Page{Image: p.Image}), upright(paper.Page{Image: was.Image})) == 0
		if !same {
			t.Errorf("page %d has other pixels", n+1)
		}
		if want := (was.Turn + []int{0, 0, 1, 2}[n]) & 3; p.Turn != want {
			t.Errorf("page %d is turned %d times, want %d", n+1, p.Turn, want)
		}
		was.Turn = p.Turn
		w0, h0 := was.Size()
		if w, h := p.Size(); w/w0 < 0.999 || w/w0 > 1.001 || h/h0 < 0.999 || h/h0 > 1.001 {
			t.Errorf("page %d is %.3f by %.3f inches, want %.3f by %.3f", n+1, w, h, w0, h0)
		}
	}
	again := written(t, []Sheet{{Doc: doc}, {Doc: doc, Page: 1}, {Doc: doc, Page: 2, Turn: 1}, {Doc: doc, Page: 3, Turn: -2}})
	if !bytes.Equal(b, again) {
		t.Error("the same sheets give other bytes")
	}
}

// TestWriteKept: pages of a PDF file keep their content, and other pages do not
// come with them.
func TestWriteKept(t *testing.T) {
	content := "q q 0.5 0 0 0.5 0 0 cm BT /F 24 Tf 40 200 Td (Hello) Tj ET" // leaves two q open
	src := testFile(
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 /MediaBox [0 0 144 216] /Rotate 90 /Resources << /Font << /F 6 0 R >> >> >>",
		"<< /Type /Page /Parent 2 0 R /Contents 5 0 R /Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /Dest [4 0 R /Fit] >>] >>",
		"<< /Type /Page /Parent 2 0 R /Contents 7 0 R >>",
		stream("", content),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
		stream("", "BT /F 12 Tf 20 100 Td (Second) Tj ET"),
	)
	d := openBytes(t, src, Options{})
	b := written(t, []Sheet{{Doc: wrapped{d}, Turn: 1, Stamps: []Stamp{{Text: "Approved\n4 May 2026", X: 0.5, Y: 0.25, Size: 10, Red: true, Box: true}}}})
	out := openBytes(t, b, Options{})
	if out.Len() != 1 || bytes.Contains(b, []byte("Second")) {
		t.Errorf("%d pages, or the other page came too", out.Len())
	}
	if !bytes.Contains(b, []byte(content)) {
		t.Error("the content is not kept as it was")
	}
	if s, err := out.sheet(0); err != nil || s.rotate != 2 {
		t.Errorf("turned %d times, %v", s.rotate, err)
	}
	w := words(t, b)
	if got := joined(w); got != "Hello|Approved|4 May 2026" {
		t.Fatalf("words %q", got)
	}
	if s := w[1]; s.X < 0.5 || s.X > 0.55 || s.Y < 0.25 || s.Y > 0.3 {
		t.Errorf("the stamp stands at %.3f, %.3f", s.X, s.Y)
	}
}

// TestStampPlaces: a stamp stands upright where it was put, however the page is
// turned.
func TestStampPlaces(t *testing.T) {
	mark := image.NewNRGBA(image.Rect(0, 0, 10, 10))
	for y := range 10 {
		for x := range 5 { // the left half is red, the right one is not there
			mark.SetNRGBA(x, y, color.NRGBA{R: 255, A: 255})
		}
	}
	for turn := range 4 {
		for _, kind := range []string{"pdf", "pixels"} {
			t.Run(fmt.Sprint(kind, turn), func(t *testing.T) {
				var doc paper.Document = pixelDoc{[]paper.Page{{Image: letter(200, 300), XRes: 100, YRes: 100, Turn: 1}}}
				if kind == "pdf" {
					doc = openBytes(t, onePage("/Rotate 90 "+oneImage, "q 144 0 0 216 0 0 cm /Im Do Q", g4(letter(200, 300))), Options{})
				}
				b := written(t, []Sheet{{Doc: doc, Turn: turn, Stamps: []Stamp{{Image: mark, X: 0.5, Y: 0.25, Width: 0.2}}}})
				img := upright(firstPage(t, b))
				w, h := float64(img.Rect.Dx()), float64(img.Rect.Dy())
				side := 0.2 * w
				if c := img.RGBAAt(int(0.5*w+side*0.25), int(0.25*h+side/2)); c != (color.RGBA{255, 0, 0, 255}) {
					t.Errorf("the left of the stamp is %v", c)
				}
				if c := img.RGBAAt(int(0.5*w+side*0.75), int(0.25*h+side/2)); c.R != c.G {
					t.Errorf("the right of the stamp is %v", c)
				}
			})
		}
	}
}

// TestStampLetters: letters that Helvetica has not are drawn.
func TestStampLetters(t *testing.T) {
	doc := pixelDoc{[]paper.Page{{Image: paper.NewBitmap(200, 300), XRes: 100, YRes: 100}}}
	b := written(t, []Sheet{{Doc: doc, Stamps: []Stamp{{Text: "Ωмега", X: 0.1, Y: 0.1, Size: 30}}}})
	img := upright(firstPage(t, b))
	dark := 0
	for i := 0; i < len(img.Pix); i += 4 {
		if img.Pix[i] < 128 {
			dark++
		}
	}
	if dark < 500 {
		t.Errorf("%d dark pixels", dark)
	}
}

func TestWriteErrors(t *testing.T) {
	doc := pixelDoc{}
	for _, c := range []struct {
		sheets []Sheet
		want   string
	}{
		{nil, "no pages"},
		{[]Sheet{{Doc: doc}}, "page 1 of a PDF file: no such page"},
		{[]Sheet{{}}, "no document"},
		{[]Sheet{{Doc: openBytes(t, onePage("", ""), Options{}), Page: 7}}, "no page 8"},
		{[]Sheet{{Doc: openBytes(t, onePage("", ""), Options{}), Stamps: []Stamp{{}}}}, "neither a text nor a picture"},
	} {
		if err := Write(t.Context(), &bytes.Buffer{}, c.sheets, Meta{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	full := errors.New("the disk is full")
	if err := Write(t.Context(), badWriter{full}, []Sheet{{Doc: openBytes(t, onePage("", ""), Options{})}}, Meta{}); !errors.Is(err, full) {
		t.Errorf("error %v", err)
	}
}

type badWriter struct{ err error }

func (w badWriter) Write([]byte) (int, error) { return 0, w.err }
