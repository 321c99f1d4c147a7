package graphics

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"sync"
	"testing"

	"github.com/go-fonts/dejavu/dejavusans"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// fax is a page of writing as a fax machine sends it at 204 by 196 dots an
// inch, n telling one from another.
func fax(n int) *image.Gray {
	const w, h = 1728, 2156
	img := image.NewGray(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	ttf, err := opentype.Parse(dejavusans.TTF)
	if err != nil {
		panic(err)
	}
	write := func(points float64, y int, text string) {
		face, err := opentype.NewFace(ttf, &opentype.FaceOptions{Size: points, DPI: 200})
		if err != nil {
			panic(err)
		}
		d := font.Drawer{Dst: img, Src: image.Black, Face: face, Dot: fixed.P(150, y)}
		d.DrawString(text)
	}
	write(26, 200, "NORTHFIELD CLINIC")
	write(12, 280, fmt.Sprintf("Referral No. 4821%d   page %d of 30", n, n))
	draw.Draw(img, image.Rect(150, 300, 1580, 306), image.Black, image.Point{}, draw.Src)
	for i := range 24 {
		text := []string{
			"please find enclosed the results of the examination of 12 March,",
			"which was asked for by telephone. The patient is to be called back",
			"before Friday on number +1 650 555 0142; order 7781-B is on its way.",
		}[(i+n)%3]
		if (i+n)%5 > 0 {
			write(11, 420+i*48, text)
		}
	}
	for y := 1650; y < 2000; y += 80 {
		draw.Draw(img, image.Rect(150, y, 1580, y+3), image.Black, image.Point{}, draw.Src)
	}
	for i, v := range img.Pix { // a fax is black and white
		img.Pix[i] = 0
		if v > 127 {
			img.Pix[i] = 255
		}
	}
	return img
}

// faxes is two pages, made once.
var faxes = sync.OnceValue(func() [2]*image.Gray { return [2]*image.Gray{fax(1), fax(2)} })

// fit is what a viewer makes of the page for a box: as wide as its proportions
// allow, averaged over the area of each pixel.
func fit(t Terminal, page *image.Gray, cols, rows int) (img *image.Gray, c, r int) {
	w, h := t.Pixels(cols, rows)
	if by := int(float64(h) * 8.5 / 11 / t.Aspect()); by < w {
		w = by
	} else {
		h = int(float64(w) * t.Aspect() * 11 / 8.5)
	}
	b := page.Bounds()
	img = image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			x0, x1 := x*b.Dx()/w, max((x+1)*b.Dx()/w, x*b.Dx()/w+1)
			y0, y1 := y*b.Dy()/h, max((y+1)*b.Dy()/h, y*b.Dy()/h+1)
			sum := 0
			for yy := y0; yy < y1; yy++ {
				for _, v := range page.Pix[yy*page.Stride+x0 : yy*page.Stride+x1] {
					sum += int(v)
				}
			}
			img.Pix[y*img.Stride+x] = uint8(sum / ((x1 - x0) * (y1 - y0)))
		}
	}
	c, r = t.CellsOf(w, h)
	return img, min(c, cols), min(r, rows)
}

// photo is a picture in colours.
func photo(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetNRGBA(x, y, color.NRGBA{uint8(255 * x / w), uint8(255 * y / h), uint8(255 * (w - x) / w), 255})
		}
	}
	return img
}

func mustDraw(tb testing.TB, t Terminal, img image.Image, cols, rows int) *Picture {
	tb.Helper()
	p, err := t.Draw(tb.Context(), img, cols, rows)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}
