package paper

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"
)

// marks is a page of ragged strokes in lines, like a fax of text.
func marks(w, h int, seed uint64) *Bitmap {
	b := NewBitmap(w, h)
	r := rand.New(rand.NewPCG(seed, 2))
	for top := h / 20; top < h-h/20; top += 36 {
		for x := w / 12; x < w-w/12; x += 6 + r.IntN(20) {
			wide := 1 + r.IntN(5)
			for y := top; y < min(top+20, h); y++ {
				for k := x; k < min(x+wide, w); k++ {
					b.Row(y)[k>>3] |= 0x80 >> (k & 7)
				}
			}
		}
	}
	return b
}

func noise(w, h int, seed uint64) *Bitmap {
	b := NewBitmap(w, h)
	r := rand.New(rand.NewPCG(seed, 1))
	for y := range h {
		for x := range w {
			if r.IntN(2) == 0 {
				b.Row(y)[x>>3] |= 0x80 >> (x & 7)
			}
		}
	}
	return b
}

func coloured(w, h int, seed uint64) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(seed, 3))
	for i := range img.Pix {
		img.Pix[i] = uint8(r.IntN(256))
	}
	return img
}

// mean0 is Render done the plain way: for each pixel, the mean of the page over
// the pixel's area, in floating point.
func mean0(p Page, look Look, w, h int, aspect float64, x, y int) (rgb [3]float64) {
	at, from, to := look.view(p, w, h, aspect)
	u := func(x int) float64 { return from[0] + (to[0]-from[0])*float64(x-at.Min.X)/float64(at.Dx()) }
	v := func(y int) float64 { return from[1] + (to[1]-from[1])*float64(y-at.Min.Y)/float64(at.Dy()) }
	f, t := [2]float64{u(x), v(y)}, [2]float64{u(x + 1), v(y + 1)}
	f, t = unturn((p.Turn+look.Turn)&3, f, t)
	b := p.Image.Bounds()
	x0, x1, y0, y1 := f[0]*float64(b.Dx()), t[0]*float64(b.Dx()), f[1]*float64(b.Dy()), t[1]*float64(b.Dy())
	for sy := int(y0); float64(sy) < y1 && sy < b.Dy(); sy++ {
		for sx := int(x0); float64(sx) < x1 && sx < b.Dx(); sx++ {
			area := (min(x1, float64(sx+1)) - max(x0, float64(sx))) * (min(y1, float64(sy+1)) - max(y0, float64(sy)))
			c := color.NRGBAModel.Convert(p.Image.At(b.Min.X+sx, b.Min.Y+sy)).(color.NRGBA)
			for i, s := range [3]uint8{c.R, c.G, c.B} {
				a := float64(c.A) / 255
				rgb[i] += area * (float64(s)*a + 255*(1-a))
			}
		}
	}
	for i := range rgb {
		rgb[i] /= (x1 - x0) * (y1 - y0)
	}
	return rgb
}

// TestRenderIsTheMean compares with mean0. What may differ: 2 levels of 255 where
// a page is shrunk, since where a pixel begins is rounded to 1/64 of a bit; more,
// in proportion, where it is enlarged.
func TestRenderIsTheMean(t *testing.T) {
	ycc := image.NewYCbCr(image.Rect(3, 5, 60, 41), image.YCbCrSubsampleRatio420)
	for i := range ycc.Y {
		ycc.Y[i] = uint8(i * 7)
	}
	for i := range ycc.Cb {
		ycc.Cb[i], ycc.Cr[i] = uint8(i*5), uint8(255-i*3)
	}
	gray := image.NewGray(image.Rect(0, 0, 55, 71))
	rgba := image.NewRGBA(image.Rect(0, 0, 40, 40))
	for i := range gray.Pix {
		gray.Pix[i] = uint8(i * 13)
	}
	for i := range rgba.Pix {
		rgba.Pix[i] = []uint8{30, 60, 90, 128}[i&3]
	}
	for name, p := range map[string]Page{
		"bits":     {Image: noise(301, 203, 1), XRes: 204, YRes: 98},
		"turned":   {Image: noise(130, 257, 2), Turn: 1},
		"gray":     {Image: gray.SubImage(image.Rect(2, 3, 51, 66)).(*image.Gray)},
		"colour":   {Image: coloured(90, 61, 3), Turn: 3},
		"rgba":     {Image: rgba},
		"ycbcr":    {Image: ycc},
		"paletted": {Image: image.NewUniform(color.White), XRes: -1},
	} {
		if name == "paletted" {
			pal := image.NewPaletted(image.Rect(0, 0, 20, 20), color.Palette{color.White, color.RGBA{200, 0, 0, 255}})
			for i := range pal.Pix {
				pal.Pix[i] = uint8(i % 3 & 1)
			}
			p.Image = pal
		}
		for turn := range 4 {
			for _, look := range []Look{{}, {Fit: Width, Y: Top}, {Zoom: 3, X: 0.2, Y: -0.1}, {Zoom: 0.5}, {Fit: Width, Zoom: 1.7, X: 9, Y: 9}, {Zoom: 20}} {
				for _, size := range [][3]float64{{40, 31, 1}, {97, 60, 0.5}, {7, 90, 1.1}, {200, 150, 1}} {
					look.Turn = turn
					w, h := int(size[0]), int(size[1])
					img, at, err := Render(t.Context(), p, look, w, h, size[2])
					if err != nil || img.Bounds() != image.Rect(0, 0, w, h) || !at.In(img.Bounds()) {
						t.Fatalf("%s, %+v: %v, %v", name, look, at, err)
					}
					compare(t, fmt.Sprintf("%s, %+v in %v", name, look, size), img, at, func(x, y int) [3]float64 {
						return mean0(p, look, w, h, size[2], x, y)
					}, bound(p, look, w, h, size[2]))
				}
			}
		}
	}
}

// bound is what a level may be off.
func bound(p Page, look Look, w, h int, aspect float64) float64 {
	if _, ok := p.Image.(*Bitmap); !ok {
		return 2
	}
	at, from, to := look.view(p, w, h, aspect)
	from, to = unturn((p.Turn+look.Turn)&3, from, to)
	n := at.Dx()
	if (p.Turn+look.Turn)&1 == 1 {
		n = at.Dy()
	}
	bits := (to[0] - from[0]) * float64(p.Image.Bounds().Dx()) / float64(n)
	return 1.5 + 255./parts/bits // both ends half a part
}

func compare(t *testing.T, what string, img image.Image, at image.Rectangle, want func(x, y int) [3]float64, bound float64) {
	t.Helper()
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y += 3 {
		for x := b.Min.X; x < b.Max.X; x += 2 {
			r, g, bl, _ := img.At(x, y).RGBA()
			got := [3]float64{float64(r >> 8), float64(g >> 8), float64(bl >> 8)}
			exp := [3]float64{Outside, Outside, Outside}
			if image.Pt(x, y).In(at) {
				exp = want(x, y)
			}
			for i := range got {
				if math.Abs(got[i]-exp[i]) > bound {
					t.Fatalf("%s: pixel %d,%d is %v, want %v within %.1f", what, x, y, got, exp, bound)
				}
			}
		}
	}
}

func TestRenderWhereThePageLies(t *testing.T) {
	fax := Page{Image: marks(1728, 1078, 1), XRes: 204, YRes: 98} // letter paper, standard resolution
	for name, c := range map[string]struct {
		look   Look
		w, h   int
		aspect float64
		want   image.Rectangle
		ew, eh int // extent
	}{
		"as high as the box":   {Look{}, 850, 550, 1, image.Rect(213, 0, 637, 550), 424, 550},
		"half blocks":          {Look{}, 100, 110, 1, image.Rect(7, 0, 92, 110), 85, 110},
		"wide pixels":          {Look{}, 100, 110, 2, image.Rect(29, 0, 71, 110), 42, 110},
		"on its side":          {Look{Turn: 1}, 110, 100, 1, image.Rect(0, 7, 110, 92), 110, 85},
		"a turn and a round":   {Look{Turn: -3}, 110, 100, 1, image.Rect(0, 7, 110, 92), 110, 85},
		"as wide as the box":   {Look{Fit: Width}, 85, 50, 1, image.Rect(0, 0, 85, 50), 85, 110},
		"enlarged in one way":  {Look{Zoom: 2}, 100, 50, 1, image.Rect(11, 0, 88, 50), 77, 100},
		"smaller than the box": {Look{Fit: Width, Zoom: 0.5}, 170, 200, 1, image.Rect(42, 45, 127, 155), 85, 110},
	} {
		_, at, err := Render(t.Context(), fax, c.look, c.w, c.h, c.aspect)
		if err != nil || at != c.want {
			t.Errorf("%s: %v, %v; want %v", name, at, err, c.want)
		}
		if w, h := c.look.Extent(fax, c.w, c.h, c.aspect); w != c.ew || h != c.eh {
			t.Errorf("%s: extent %d by %d, want %d by %d", name, w, h, c.ew, c.eh)
		}
	}
}

func TestWithin(t *testing.T) {
	p := Page{Image: NewBitmap(100, 200), XRes: 100, YRes: 100}
	for _, c := range []struct{ look, want Look }{
		{Look{X: 3, Y: -8}, Look{}},
		{Look{Fit: Width, X: 3, Y: -8}, Look{Fit: Width, Y: -0.25}},
		{Look{Fit: Width, Y: 0.1}, Look{Fit: Width, Y: 0.1}},
		{Look{Fit: Width, Zoom: 2, X: 9, Y: math.NaN()}, Look{Fit: Width, Zoom: 2, X: 0.25}},
	} {
		if got := c.look.Within(p, 100, 100, 1); got != c.want {
			t.Errorf("%+v: %+v, want %+v", c.look, got, c.want)
		}
	}
}

func TestContrast(t *testing.T) {
	p := Page{Image: marks(1728, 400, 1), XRes: 100, YRes: 100}
	mean := func(c Contrast) (sum int, white bool) {
		img, _, err := Render(t.Context(), p, Look{Contrast: c}, 190, 44, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range img.(*image.Gray).Pix {
			sum += int(v)
			white = white || v == 255
		}
		return sum / (190 * 44), white
	}
	plain, _ := mean(Plain)
	more, white := mean(More)
	inverted, _ := mean(Inverted)
	if more > plain-20 || !white || inverted < 254-plain || inverted > 256-plain {
		t.Errorf("plain %d, more %d (white stays: %v), inverted %d", plain, more, white, inverted)
	}
}

func TestRenderRefuses(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	p := Page{Image: marks(1728, 2200, 1)}
	if _, _, err := Render(ctx, p, Look{}, 100, 100, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
	for name, c := range map[string]struct {
		p    Page
		w, h int
	}{"no picture": {Page{}, 9, 9}, "empty": {Page{Image: NewBitmap(0, 9)}, 9, 9}, "no box": {p, 0, 9}, "less": {p, 9, -9}, "large": {p, 1 << 30, 1 << 30}} {
		if _, _, err := Render(t.Context(), c.p, Look{}, c.w, c.h, 1); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func FuzzRender(f *testing.F) {
	f.Add(17, 29, 30, 20, 1.0, 0, uint8(0), 1.0, 0.0, 0.0, 204.0, 98.0, uint8(0))
	f.Add(300, 2, 9, 80, 0.5, 3, uint8(1), 3.0, 0.4, -0.5, 0.0, 0.0, uint8(5))
	f.Add(1, 1, 1, 1, 1e9, -1, uint8(1), 1e-9, 1e300, -1e300, 1e30, 1e-30, uint8(2))
	f.Fuzz(func(t *testing.T, sw, sh, w, h int, aspect float64, turn int, fit uint8, zoom, x, y, xres, yres float64, kind uint8) {
		sw, sh, w, h = sw&1023, sh&1023, w&255, h&255
		var src image.Image
		switch kind % 3 {
		case 0:
			src = noise(sw, sh, 1)
		case 1:
			src = image.NewGray(image.Rect(0, 0, sw, sh))
		case 2:
			src = image.NewNRGBA(image.Rect(0, 0, sw, sh))
		}
		p := Page{Image: src, XRes: xres, YRes: yres, Turn: turn}
		look := Look{Turn: turn, Fit: Fit(fit % 2), Zoom: zoom, X: x, Y: y, Contrast: Contrast(kind / 3 % 3)}
		img, at, err := Render(t.Context(), p, look, w, h, aspect)
		if err == nil && (img.Bounds() != image.Rect(0, 0, w, h) || at.Empty() || !at.In(img.Bounds())) {
			t.Fatalf("%v in %v", at, img.Bounds())
		}
		if err != nil && sw > 0 && sh > 0 && w > 0 && h > 0 {
			t.Fatal(err)
		}
		look.Within(p, w, h, aspect)
	})
}

func BenchmarkRender(b *testing.B) {
	text, all := Page{Image: marks(1728, 2200, 1), XRes: 204, YRes: 196}, Page{Image: noise(1728, 2200, 1), XRes: 204, YRes: 196}
	for _, c := range []struct {
		name string
		p    Page
		w, h int
		look Look
	}{
		{"text to 1000x1294", text, 1000, 1294, Look{}},
		{"noise to 1000x1294", all, 1000, 1294, Look{}},
		{"text turned to 1294x1000", text, 1294, 1000, Look{Turn: 1}},
		{"text to 190x120", text, 190, 120, Look{}},
		{"text to 190x246", text, 190, 246, Look{}},
		{"noise to 190x246", all, 190, 246, Look{}},
		{"text to 190x120 as wide", text, 190, 120, Look{Fit: Width}},
		{"gray 1728x2200 to 1000x1294", Page{Image: image.NewGray(image.Rect(0, 0, 1728, 2200))}, 1000, 1294, Look{}},
		{"colour 1728x2200 to 1000x1294", Page{Image: image.NewRGBA(image.Rect(0, 0, 1728, 2200))}, 1000, 1294, Look{}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, _, err := Render(b.Context(), c.p, c.look, c.w, c.h, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
