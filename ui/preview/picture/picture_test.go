package picture

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/bmp"

	"switchboard/ui/preview/paper"
)

func open(t testing.TB, b []byte, lim Limits) *Picture {
	t.Helper()
	p, err := Open(bytes.NewReader(b), int64(len(b)), lim)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// corner is a gray picture, dark in its top left quarter.
func corner(w, h int) *image.Gray {
	m := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Pix[y*m.Stride+x] = 240
			if x < w/2 && y < h/2 {
				m.Pix[y*m.Stride+x] = 10
			}
		}
	}
	return m
}

func asJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withExif puts an APP1 segment behind the first marker.
func withExif(b, tiff []byte) []byte {
	seg := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{}, b[:2]...)
	out = append(out, 0xff, 0xe1, byte((len(seg)+2)>>8), byte(len(seg)+2))
	return append(append(out, seg...), b[2:]...)
}

// exifOf is a TIFF structure with an orientation, a camera, a time and a place.
func exifOf(orient int) []byte {
	le := binary.LittleEndian
	b := []byte("II*\x00\x08\x00\x00\x00")
	var tail []byte
	entries := 5
	base := 8 + 2 + 12*entries + 4
	b = le.AppendUint16(b, uint16(entries))
	add := func(tag, typ, n int, v []byte) {
		b = le.AppendUint16(le.AppendUint16(b, uint16(tag)), uint16(typ))
		b = le.AppendUint32(b, uint32(n))
		if len(v) <= 4 {
			b = append(b, append(v, make([]byte, 4-len(v))...)...)
			return
		}
		b = le.AppendUint32(b, uint32(base+len(tail)))
		tail = append(tail, v...)
	}
	add(tagMake, 2, 5, []byte("Acme\x00"))
	add(tagModel, 2, 12, []byte("Cam \x1b[31m 7\x00"))
	add(tagOrientation, 3, 1, []byte{byte(orient), 0})
	add(tagDateTime, 2, 20, []byte("2026:11:20 16:20:00\x00"))
	gps := base + len(tail)
	add(tagGPS, 4, 1, le.AppendUint32(nil, uint32(gps)))
	b = append(append(b, 0, 0, 0, 0), tail...)
	frac := func(v ...uint32) (out []byte) {
		for _, x := range v {
			out = le.AppendUint32(le.AppendUint32(out, x), 1)
		}
		return out
	}
	at := gps + 2 + 4*12 + 4
	b = le.AppendUint16(b, 4)
	dir := func(tag, typ, n int, v []byte) {
		b = le.AppendUint32(le.AppendUint16(le.AppendUint16(b, uint16(tag)), uint16(typ)), uint32(n))
		b = append(b, append(v, make([]byte, 4-len(v))...)...)
	}
	dir(tagLatRef, 2, 2, []byte("N\x00"))
	dir(tagLat, 5, 3, le.AppendUint32(nil, uint32(at)))
	dir(tagLonRef, 2, 2, []byte("W\x00"))
	dir(tagLon, 5, 3, le.AppendUint32(nil, uint32(at+24)))
	b = append(b, 0, 0, 0, 0)
	return append(append(b, frac(37, 30, 0)...), frac(122, 15, 36)...)
}

// TestOrientation: a picture whose dark corner is top left when it is upright is
// found there whatever way the camera was held.
func TestOrientation(t *testing.T) {
	upright := corner(64, 32)
	// The pixel of the stored picture that shows at x, y of the upright one.
	stored := map[int]func(x, y, w, h int) (int, int){
		1: func(x, y, _, _ int) (int, int) { return x, y },
		2: func(x, y, w, _ int) (int, int) { return w - 1 - x, y },
		3: func(x, y, w, h int) (int, int) { return w - 1 - x, h - 1 - y },
		4: func(x, y, _, h int) (int, int) { return x, h - 1 - y },
		5: func(x, y, _, _ int) (int, int) { return y, x },
		6: func(x, y, w, _ int) (int, int) { return y, w - 1 - x },
		7: func(x, y, w, h int) (int, int) { return h - 1 - y, w - 1 - x },
		8: func(x, y, _, h int) (int, int) { return h - 1 - y, x },
	}
	for orient, at := range stored {
		w, h := 64, 32
		if orient >= 5 {
			w, h = 32, 64
		}
		m := image.NewGray(image.Rect(0, 0, w, h))
		for y := range 32 {
			for x := range 64 {
				sx, sy := at(x, y, 64, 32)
				m.SetGray(sx, sy, upright.GrayAt(x, y))
			}
		}
		p := open(t, withExif(asJPEG(t, m), exifOf(orient)), Limits{})
		if w, h := p.Size(); w != 64 || h != 32 {
			t.Errorf("orientation %d: %d by %d, want 64 by 32", orient, w, h)
		}
		page, err := p.Page(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			x, y int
			dark bool
		}{{4, 4, true}, {60, 4, false}, {4, 28, false}, {60, 28, false}} {
			if g := shown(page, c.x, c.y); (g < 128) != c.dark {
				t.Errorf("orientation %d: %d at %d,%d", orient, g, c.x, c.y)
			}
		}
	}
}

// shown is how bright a page is at a point once it is turned.
func shown(p paper.Page, x, y int) uint8 {
	b := p.Image.Bounds()
	w, h := b.Dx(), b.Dy()
	switch p.Turn {
	case 1:
		x, y = y, h-1-x
	case 2:
		x, y = w-1-x, h-1-y
	case 3:
		x, y = w-1-y, x
	}
	return color.GrayModel.Convert(p.Image.At(b.Min.X+x, b.Min.Y+y)).(color.Gray).Y
}

func TestFacts(t *testing.T) {
	p := open(t, withExif(asJPEG(t, corner(8, 8)), exifOf(1)), Limits{})
	want := []Fact{{"Taken", "20 Nov 2026 16:20"}, {"Camera", "Acme Cam 7"}}
	if got := p.Facts(); len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("facts %q, want %q", got, want)
	}
	lat, lon, ok := p.Location()
	if !ok || lat != 37.5 || lon < -122.27 || lon > -122.25 {
		t.Errorf("place %v %v %v", lat, lon, ok)
	}
}

func TestFormats(t *testing.T) {
	m := corner(40, 20)
	var asPNG, asBMP, deep bytes.Buffer
	if err := errors.Join(png.Encode(&asPNG, m), bmp.Encode(&asBMP, m)); err != nil {
		t.Fatal(err)
	}
	sixteen := image.NewNRGBA64(image.Rect(0, 0, 40, 20)) // transparent but for its corner
	for y := range 10 {
		for x := range 20 {
			sixteen.SetNRGBA64(x, y, color.NRGBA64{A: 65535})
		}
	}
	if err := png.Encode(&deep, sixteen); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		format string
		b      []byte
	}{{"JPEG", asJPEG(t, m)}, {"PNG", asPNG.Bytes()}, {"BMP", asBMP.Bytes()}, {"PNG", deep.Bytes()}} {
		p := open(t, c.b, Limits{})
		page, err := p.Page(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		w, h := p.Size()
		if p.Format() != c.format || w != 40 || h != 20 || p.Len() != 1 || p.Frames() != 1 || shown(page, 2, 2) > 40 || shown(page, 38, 2) < 200 {
			t.Errorf("%s: %s of %d by %d, %d and %d", c.format, p.Format(), w, h, shown(page, 2, 2), shown(page, 38, 2))
		}
	}
}

// film is a GIF of n frames: a dark square that moves on a light ground.
func film(t testing.TB, n int, disposal byte, loop int) []byte {
	t.Helper()
	g := &gif.GIF{LoopCount: loop, Config: image.Config{Width: 40, Height: 10}}
	pal := color.Palette{color.White, color.Black, color.Transparent}
	for i := range n {
		r := image.Rect(i%4*10, 0, i%4*10+10, 10)
		if i == 0 {
			r = image.Rect(0, 0, 40, 10)
		}
		m := image.NewPaletted(r, pal)
		for y := range 10 {
			for x := range 10 {
				m.SetColorIndex(r.Min.X+x, y, 1)
			}
		}
		g.Image, g.Delay, g.Disposal = append(g.Image, m), append(g.Delay, 7+i), append(g.Disposal, disposal)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAnimation(t *testing.T) {
	for _, c := range []struct {
		name     string
		disposal byte
		dark     string // of frame 2, its four squares
	}{{"keep", gif.DisposalNone, "###."}, {"clear", gif.DisposalBackground, "..#."}, {"restore", gif.DisposalPrevious, "..#."}} {
		p := open(t, film(t, 4, c.disposal, 0), Limits{})
		if p.Frames() != 4 || p.Len() != 1 || p.Loops() != 0 || p.Delay(1) != 80*time.Millisecond {
			t.Fatalf("%s: %d frames, %d loops, %v", c.name, p.Frames(), p.Loops(), p.Delay(1))
		}
		for _, n := range []int{3, 2, 0, 2} { // back and forth
			page, err := p.Frame(t.Context(), n)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for x := 5; x < 40; x += 10 {
				got += map[bool]string{true: "#", false: "."}[shown(page, x, 5) < 128]
			}
			if n == 2 && got != c.dark {
				t.Errorf("%s: frame 2 is %s, want %s", c.name, got, c.dark)
			}
		}
	}
	p := open(t, film(t, 2, 0, 3), Limits{})
	if p.Loops() != 4 {
		t.Errorf("shown %d times, want 4: the repeats come on top", p.Loops())
	}
}

// TestAnimationAsTheLibrary compares each frame with what the standard library
// makes of the whole file.
func TestAnimationAsTheLibrary(t *testing.T) {
	b := film(t, 9, gif.DisposalNone, 0)
	all, err := gif.DecodeAll(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	p := open(t, b, Limits{})
	canvas := image.NewNRGBA(image.Rect(0, 0, 40, 10))
	for n, m := range all.Image {
		for y := m.Rect.Min.Y; y < m.Rect.Max.Y; y++ {
			for x := m.Rect.Min.X; x < m.Rect.Max.X; x++ {
				if _, _, _, a := m.At(x, y).RGBA(); a > 0 {
					canvas.Set(x, y, m.At(x, y))
				}
			}
		}
		page, err := p.Frame(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		got := page.Image.(*image.RGBA)
		want := plain(canvas).(*image.RGBA)
		if !bytes.Equal(got.Pix, want.Pix) {
			t.Errorf("frame %d differs", n)
		}
	}
}

// TestCutOff: a picture whose end is missing says so; of an animation the frames
// that are here are shown.
func TestCutOff(t *testing.T) {
	b := film(t, 6, 0, 0)
	p := open(t, b[:len(b)*2/3], Limits{})
	if p.Frames() < 2 || p.Frames() > 5 || !strings.Contains(p.Remark(), "cut off") {
		t.Errorf("%d frames, %q", p.Frames(), p.Remark())
	}
	j := asJPEG(t, corner(200, 200))
	q := open(t, j[:len(j)-200], Limits{})
	if _, err := q.Page(t.Context(), 0); err == nil || !strings.Contains(err.Error(), "ends before") {
		t.Errorf("half a JPEG: %v", err)
	}
}

func TestEndedContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p := open(t, asJPEG(t, corner(64, 64)), Limits{})
	q := open(t, film(t, 3, 0, 0), Limits{})
	cancel()
	for _, p := range []*Picture{p, q} {
		if _, err := p.Page(ctx, 0); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", p.Format(), err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(withExif(asJPEG(f, corner(16, 16)), exifOf(6)))
	f.Add(film(f, 3, gif.DisposalPrevious, 0))
	var b, c bytes.Buffer
	if err := errors.Join(bmp.Encode(&b, corner(9, 9)), png.Encode(&c, corner(9, 9))); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(c.Bytes())
	f.Add(smallWebP())
	f.Add(animatedWebP())
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Open(bytes.NewReader(b), int64(len(b)), Limits{Pixels: 1 << 16, Memory: 4 << 20, Frames: 8})
		if err != nil {
			return
		}
		for n := range p.Frames() {
			page, err := p.Frame(t.Context(), n)
			if err == nil && page.Image.Bounds().Empty() {
				t.Fatal("an empty page")
			}
			if err != nil && strings.Contains(err.Error(), "did not foresee") {
				t.Log(err)
			}
		}
		p.Facts()
	})
}
