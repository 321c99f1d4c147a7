package pdf

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/draw"
	"testing"

	"switchboard/ui/preview/paper"
)

// testFile makes a PDF of objects numbered from 1; object 1 is the catalog.
func testFile(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var offs []int
	for i, o := range objects {
		offs = append(offs, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range offs {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}

// stream is an object with bytes.
func stream(dict, data string) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(data), data)
}

// onePage makes a file of one page of 2 by 3 inches; more are the objects from 5.
func onePage(page, content string, more ...string) []byte {
	return testFile(append([]string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 144 216] >>",
		"<< /Type /Page /Parent 2 0 R /Contents 4 0 R " + page + " >>",
		stream("", content),
	}, more...)...)
}

func openBytes(t testing.TB, b []byte, opt Options) *document {
	t.Helper()
	d, err := open(context.Background(), bytes.NewReader(b), int64(len(b)), opt)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func firstPage(t testing.TB, b []byte) paper.Page {
	t.Helper()
	p, err := openBytes(t, b, Options{}).Page(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// upright is the page as colours, turned as it is to be looked at.
func upright(p paper.Page) *image.RGBA {
	b := p.Image.Bounds()
	img := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(img, img.Rect, p.Image, b.Min, draw.Src)
	for range p.Turn {
		w, h := img.Rect.Dx(), img.Rect.Dy()
		next := image.NewRGBA(image.Rect(0, 0, h, w))
		for y := range h {
			for x := range w {
				next.SetRGBA(h-1-y, x, img.RGBAAt(x, y))
			}
		}
		img = next
	}
	return img
}

// scaled brings a picture to w by h, each pixel the mean of those it covers.
func scaled(src *image.RGBA, w, h int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	sw, sh := src.Rect.Dx(), src.Rect.Dy()
	for y := range h {
		y0, y1 := y*sh/h, max((y+1)*sh/h, y*sh/h+1)
		for x := range w {
			x0, x1 := x*sw/w, max((x+1)*sw/w, x*sw/w+1)
			var sum [3]int
			for yy := y0; yy < y1; yy++ {
				for xx := x0; xx < x1; xx++ {
					for c := range sum {
						sum[c] += int(src.Pix[yy*src.Stride+4*xx+c])
					}
				}
			}
			for c, s := range sum {
				out.Pix[y*out.Stride+4*x+c] = byte(s / ((y1 - y0) * (x1 - x0)))
			}
			out.Pix[y*out.Stride+4*x+3] = 255
		}
	}
	return out
}

// difference is the mean of how far apart two pictures of the same size are, 1
// for black against white.
func difference(a, b *image.RGBA) float64 {
	sum := 0
	for i := range a.Pix {
		sum += max(int(a.Pix[i])-int(b.Pix[i]), int(b.Pix[i])-int(a.Pix[i]))
	}
	return float64(sum) / float64(len(a.Pix)/4*3) / 255
}

// letter is a bitmap that is unlike itself turned or mirrored: an F with its
// long side left, of the proportions of the page that onePage makes.
func letter(w, h int) *paper.Bitmap {
	b := paper.NewBitmap(w, h)
	for y := range h {
		for x := range w {
			fx, fy := float64(x)/float64(w), float64(y)/float64(h)
			if fx >= 0.2 && fx < 0.8 && fy >= 0.1 && fy < 0.9 && (fx < 0.35 || fy < 0.2 || fy >= 0.45 && fy < 0.55 && fx < 0.6) {
				b.Row(y)[x>>3] |= 0x80 >> (x & 7)
			}
		}
	}
	return b
}
