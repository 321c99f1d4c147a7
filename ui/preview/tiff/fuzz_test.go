package tiff

import (
	"bytes"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"switchboard/ui/preview/fax"
	"switchboard/ui/preview/paper"
)

func FuzzOpen(f *testing.F) {
	names, err := filepath.Glob("testdata/*.tif")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	b := stripes(40, 16)
	p := part{bilevel(b), fax.Encode(b)}
	f.Add(chain(true, 8, p, p))
	f.Add(build(true, []entry{
		{tagImageWidth, 3, []uint64{5}},
		{tagImageLength, 3, []uint64{4}},
		{tagBitsPerSample, 3, []uint64{8, 8, 8}},
		{tagCompression, 3, []uint64{1}},
		{tagPhotometric, 3, []uint64{2}},
		{tagOrientation, 3, []uint64{5}},
	}, make([]byte, 60)))
	f.Fuzz(func(t *testing.T, data []byte) {
		lim := Limits{Pages: 20, Pixels: 1 << 18, Bytes: 1 << 20}
		d, err := Open(bytes.NewReader(data), int64(len(data)), lim)
		if err != nil {
			return
		}
		defer d.Close()
		if d.Len() < 1 || d.Len() > lim.Pages {
			t.Fatalf("%d pages", d.Len())
		}
		for n := range d.Len() {
			p, err := d.Page(t.Context(), n)
			if err != nil {
				continue
			}
			b := p.Image.Bounds()
			if b.Empty() || b.Dx()*b.Dy() > lim.Pixels || b.Min != (image.Point{}) {
				t.Fatalf("page %d is %v", n+1, b)
			}
			if _, _, err := paper.Render(t.Context(), p, paper.Look{}, 40, 30, 1); err != nil {
				t.Fatal(err)
			}
			switch img := p.Image.(type) {
			case *paper.Bitmap:
				for y := range img.H {
					row := bytes.Clone(img.Row(y))
					if trim(row, img.W); !bytes.Equal(row, img.Row(y)) {
						t.Fatalf("page %d, line %d has bits behind its end", n+1, y)
					}
				}
			case *image.Gray, *image.RGBA, *image.NRGBA:
			default:
				t.Fatalf("page %d is a %T", n+1, img)
			}
		}
	})
}

// TestDamagedFiles reads the stored files with bytes changed, removed and cut
// off: nothing may happen but an error or a page.
func TestDamagedFiles(t *testing.T) {
	names, err := filepath.Glob("testdata/*.tif")
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	pages, told := 0, 0
	for _, name := range names {
		whole, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for range 300 {
			data := bytes.Clone(whole)
			switch r.IntN(3) {
			case 0:
				data = data[:r.IntN(len(data))]
			case 1:
				at := r.IntN(len(data) - 8)
				data = append(data[:at], data[at+r.IntN(8):]...)
			}
			for range 1 + r.IntN(6) {
				if len(data) > 0 {
					data[r.IntN(len(data))] = byte(r.IntN(256))
				}
			}
			d, err := Open(bytes.NewReader(data), int64(len(data)), Limits{Pixels: 1 << 22})
			if err != nil {
				continue
			}
			for n := range d.Len() {
				if p, err := d.Page(t.Context(), n); err == nil {
					pages++
					if p.Damage != "" {
						told++
					}
				}
			}
		}
	}
	if pages < 500 || told < 200 {
		t.Errorf("%d pages, %d with damage", pages, told)
	}
}

// BenchmarkPage is the time from a file's bytes to the pixels of a page, and to
// what a screen shows of it.
func BenchmarkPage(b *testing.B) {
	data := faxes(b, 1)[0]
	for name, shown := range map[string]image.Point{"decoded": {}, "at 1000x1294": {X: 1000, Y: 1294}, "at 190x120": {X: 190, Y: 120}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				d, err := Open(bytes.NewReader(data), int64(len(data)), Limits{})
				if err != nil {
					b.Fatal(err)
				}
				p, err := d.Page(b.Context(), 0)
				if err != nil {
					b.Fatal(err)
				}
				if shown.X == 0 {
					continue
				}
				if _, _, err := paper.Render(b.Context(), p, paper.Look{}, shown.X, shown.Y, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
