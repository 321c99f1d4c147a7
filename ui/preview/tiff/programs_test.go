package tiff

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"switchboard/ui/preview/fax"
	"switchboard/ui/preview/paper"
)

// sheet is two pages of text, a disc in gray and a frame.
const sheet = `%!
/Times-Roman findfont 14 scalefont setfont
1 1 2 { /p exch def
  0 1 12 { /i exch def 40 250 i 20 mul sub moveto (The quick brown fox ) show i 3 string cvs show ( page ) show p 3 string cvs show } for
  250 100 40 0 360 arc 0.5 setgray fill 0.9 0.1 0.1 setrgbcolor 200 200 80 60 rectfill 0 setgray
  10 10 280 280 rectstroke showpage } for
`

// tool skips the test where a program is not installed.
func tool(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed", name)
	}
}

// run runs a program in dir.
func run(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Stdin = strings.NewReader("")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// print makes a file with one of Ghostscript's devices.
func print(t *testing.T, dir, device, out string, args ...string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "sheet.ps"), []byte(sheet), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, dir, "gs", append([]string{"-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-g867x601", "-r204x98", "-sDEVICE=" + device, "-sOutputFile=" + out}, append(args, "sheet.ps")...)...)
}

// open reads all pages of a file.
func open(t *testing.T, path string) []paper.Page {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return pagesOf(t, data)
}

func pagesOf(t *testing.T, data []byte) []paper.Page {
	t.Helper()
	d, err := Open(bytes.NewReader(data), int64(len(data)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var all []paper.Page
	for n := range d.Len() {
		p, err := d.Page(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// same compares pages pixel for pixel: nothing may differ.
func same(t *testing.T, what string, got, want []paper.Page) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d pages, want %d", what, len(got), len(want))
		return
	}
	for n := range got {
		g, w := got[n].Image, want[n].Image
		if g.Bounds() != w.Bounds() {
			t.Errorf("%s: page %d is %v, want %v", what, n+1, g.Bounds(), w.Bounds())
			continue
		}
		if got[n].Damage != "" {
			t.Errorf("%s: page %d: %s", what, n+1, got[n].Damage)
		}
		if k := differing(g, w); k > 0 {
			t.Errorf("%s: page %d: %d pixels differ", what, n+1, k)
		}
	}
}

func differing(g, w image.Image) (n int) {
	switch g := g.(type) {
	case *paper.Bitmap:
		if w, ok := w.(*paper.Bitmap); ok && bytes.Equal(g.Pix, w.Pix) {
			return 0
		}
	case *image.Gray:
		if w, ok := w.(*image.Gray); ok && bytes.Equal(g.Pix, w.Pix) {
			return 0
		}
	case *image.RGBA:
		if w, ok := w.(*image.RGBA); ok && bytes.Equal(g.Pix, w.Pix) {
			return 0
		}
	}
	b := g.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if color.NRGBAModel.Convert(g.At(x, y)) != color.NRGBAModel.Convert(w.At(x, y)) {
				n++
			}
		}
	}
	return n
}

// TestAgainstLibtiff reads files of other programs and compares each with what
// libtiff makes of it: uncompressed, in one strip, as tiffcp writes it.
func TestAgainstLibtiff(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long, and nothing runs beside it")
	}
	tool(t, "gs")
	tool(t, "tiffcp")
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	plain := func(name string) []paper.Page {
		run(t, dir, "tiffcp", "-m", "0", "-c", "none", "-s", "-r", "100000", name, "plain.tif")
		return open(t, path("plain.tif"))
	}
	for _, device := range []string{"tiffg3", "tiffg32d", "tiffg4", "tiffcrle", "tifflzw", "tiffpack", "tiffgray", "tiff24nc", "tiff48nc"} {
		print(t, dir, device, device+".tif")
		pages := open(t, path(device+".tif"))
		same(t, device, pages, plain(device+".tif"))
		if len(pages) != 2 || pages[0].XRes != 204 || pages[0].YRes != 98 {
			t.Errorf("%s: %d pages, %v by %v", device, len(pages), pages[0].XRes, pages[0].YRes)
		}
	}
	for _, args := range []string{
		"-c g3:1d", "-c g3:2d", "-c g3:1d:fill", "-c g3:2d:fill", "-c g4", "-c g4 -B", "-c g4 -8", "-c g3:1d -8 -B",
		"-c g4 -f lsb2msb", "-c g3:2d:fill -f lsb2msb -r 37", "-c g4 -r 1", "-c g4 -t -w 128 -l 64", "-c g3:1d -t -w 256 -l 256", "-c g4 -t -w 1024 -l 1024",
		"-c packbits", "-c packbits -f lsb2msb", "-c lzw -r 10", "-c zip", "-c none -t -w 160 -l 48", "-c none -f lsb2msb",
	} {
		run(t, dir, "tiffcp", append(strings.Fields(args), "tiffg4.tif", "again.tif")...)
		same(t, "bilevel with "+args, open(t, path("again.tif")), plain("again.tif"))
	}
	for _, args := range []string{"-c lzw", "-c lzw:2", "-c zip:2 -B", "-c packbits", "-c none -t -w 128 -l 64", "-c lzw -f lsb2msb", "-c zip -8"} {
		for _, from := range []string{"tiffgray.tif", "tiff24nc.tif", "tiff48nc.tif"} {
			run(t, dir, "tiffcp", append(strings.Fields(args), from, "again.tif")...)
			same(t, from+" with "+args, open(t, path("again.tif")), plain("again.tif"))
		}
	}
}

// TestAgainstFax2tiff has libtiff's fax2tiff wrap and code raw fax data. It leaves
// out a few lines of what it is given, so its files are compared with what
// libtiff reads from them.
func TestAgainstFax2tiff(t *testing.T) {
	tool(t, "gs")
	tool(t, "tiffcp")
	tool(t, "fax2tiff")
	dir := t.TempDir()
	print(t, dir, "faxg4", "page%d.g4")
	raw, err := os.ReadFile(filepath.Join(dir, "page1.g4"))
	if err != nil {
		t.Fatal(err)
	}
	got, rep, err := fax.Decode(t.Context(), raw, fax.Params{K: -1, Columns: 867})
	if err != nil || rep.Damage() != "" || got.H != 601 {
		t.Fatalf("raw data: %+v, %v", rep, err)
	}
	for _, args := range []string{"-7 -5 -p", "-7 -5 -a", "-7 -6 -p", "-7 -6 -a", "-8"} {
		run(t, dir, "fax2tiff", append(strings.Fields(args), "-4", "-M", "-X", "867", "-o", "fax.tif", "page1.g4")...)
		run(t, dir, "tiffcp", "-c", "none", "-s", "-r", "100000", "fax.tif", "plain.tif")
		same(t, args, open(t, filepath.Join(dir, "fax.tif")), open(t, filepath.Join(dir, "plain.tif")))
	}
}

// TestOrientation checks all eight ways to lay a page down.
func TestOrientation(t *testing.T) {
	// An image of 3 by 2 with one black pixel, at the top left of the upright page.
	for orientation, at := range map[int]image.Point{
		1: {0, 0}, 2: {2, 0}, 3: {2, 1}, 4: {0, 1}, // first row is the top or the bottom
		5: {0, 0}, 6: {0, 1}, 7: {2, 1}, 8: {2, 0}, // first row is the left or the right
	} {
		b := paper.NewBitmap(3, 2)
		b.Row(at.Y)[0] |= 0x80 >> at.X
		p := pagesOf(t, build(false, []entry{
			{tagImageWidth, 3, []uint64{3}},
			{tagImageLength, 3, []uint64{2}},
			{tagCompression, 3, []uint64{4}},
			{tagPhotometric, 3, []uint64{0}},
			{tagOrientation, 3, []uint64{uint64(orientation)}},
		}, fax.Encode(b)))[0]
		w, h := 3, 2
		if p.Turn&1 == 1 {
			w, h = h, w
		}
		if turned := orientation > 4; turned != (p.Turn&1 == 1) {
			t.Errorf("orientation %d: %d turns", orientation, p.Turn)
		}
		p.XRes, p.YRes = 100, 100
		img, _, err := paper.Render(context.Background(), p, paper.Look{}, w, h, 1)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range img.(*image.Gray).Pix {
			if (v == 0) != (i == 0) {
				t.Errorf("orientation %d: %v", orientation, img.(*image.Gray).Pix)
				break
			}
		}
	}
}
