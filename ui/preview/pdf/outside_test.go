package pdf

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"switchboard/ui/preview/paper"
)

// need skips a test where a program is not installed.
func need(t testing.TB, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("%s is not installed", p)
		}
	}
}

func runTool(t testing.TB, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("%s: %v\n%s", name, err, out)
	}
}

// fromPostScript has Ghostscript make a file of a page of text and drawings.
func fromPostScript(t testing.TB, dir, device, out string, pages int, more ...string) string {
	t.Helper()
	need(t, "gs")
	ps := `/Helvetica findfont 13 scalefont setfont 1 1 %d { /n exch def
2 setlinewidth 60 60 480 680 rectstroke 0.8 setgray 70 600 200 80 rectfill 0 setgray
70 560 moveto 30 { gsave (Patient referral, page ) show n 9 string cvs show ( of the quick brown fox) show grestore 0 -16 rmoveto } repeat
newpath 300 640 40 0 360 arc fill showpage } for`
	path := filepath.Join(dir, "in.ps")
	if err := os.WriteFile(path, fmt.Appendf(nil, "%%!PS\n"+ps+"\n", pages), 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-sPAPERSIZE=letter", "-sDEVICE=" + device, "-o", out}, more...)
	runTool(t, dir, "gs", append(args, path)...)
	return filepath.Join(dir, out)
}

// elsewhere is a file made by other programs.
type elsewhere struct {
	name string
	most float64 // by which the first page may differ from pdftoppm's
	bits bool    // the page must be black and white
	dpi  string
	make func(t *testing.T, dir string) string
}

func pictureFiles() []elsewhere {
	return []elsewhere{
		{"tiff2pdf of G4", 0.02, true, "102", func(t *testing.T, dir string) string {
			need(t, "tiff2pdf")
			fromPostScript(t, dir, "tiffg4", "in.tif", 1, "-r204x196")
			runTool(t, dir, "tiff2pdf", "-o", "out.pdf", "in.tif")
			return "out.pdf"
		}},
		{"tiff2pdf of G3", 0.02, true, "102", func(t *testing.T, dir string) string {
			need(t, "tiff2pdf")
			fromPostScript(t, dir, "tiffg32d", "in.tif", 1, "-r204x98")
			runTool(t, dir, "tiff2pdf", "-o", "out.pdf", "in.tif")
			return "out.pdf"
		}},
		{"tiff2pdf packed by zip", 0.02, true, "102", func(t *testing.T, dir string) string {
			need(t, "tiff2pdf")
			fromPostScript(t, dir, "tiffg4", "in.tif", 1, "-r204x196")
			runTool(t, dir, "tiff2pdf", "-z", "-o", "out.pdf", "in.tif")
			return "out.pdf"
		}},
		{"ghostscript, fonts in it", 0.03, false, "100", func(t *testing.T, dir string) string {
			fromPostScript(t, dir, "pdfwrite", "out.pdf", 1, "-dPDFSETTINGS=/prepress")
			return "out.pdf"
		}},
		{"ghostscript, a font that is not in it", 0.03, false, "100", func(t *testing.T, dir string) string {
			fromPostScript(t, dir, "pdfwrite", "out.pdf", 1)
			return "out.pdf"
		}},
		{"ghostscript, pages as pictures", 0.02, false, "100", func(t *testing.T, dir string) string {
			fromPostScript(t, dir, "pdfimage24", "out.pdf", 1, "-r100")
			return "out.pdf"
		}},
		{"a jpeg as it is", 0.02, false, "100", jpegPage("jpeg", "/ColorSpace /DeviceRGB")},
		{"inks as jpeg", 0.02, false, "100", jpegPage("jpegcmyk", "/ColorSpace /DeviceCMYK /Decode [1 0 1 0 1 0 1 0]")},
	}
}

func otherFiles() []elsewhere {
	return []elsewhere{
		{"turned by qpdf, in object streams", 0.02, false, "100", func(t *testing.T, dir string) string {
			need(t, "qpdf")
			fromPostScript(t, dir, "pdfimage24", "in.pdf", 1, "-r100")
			runTool(t, dir, "qpdf", "--rotate=90", "--object-streams=generate", "in.pdf", "out.pdf")
			return "out.pdf"
		}},
		{"imagemagick, fax", 0.02, true, "100", func(t *testing.T, dir string) string {
			need(t, "convert")
			writeScan(t, dir)
			runTool(t, dir, "convert", "scan.png", "-threshold", "50%", "-compress", "Group4", "-density", "150", "out.pdf")
			return "out.pdf"
		}},
		{"imagemagick, jpeg", 0.02, false, "100", func(t *testing.T, dir string) string {
			need(t, "convert")
			writeScan(t, dir)
			runTool(t, dir, "convert", "scan.png", "-compress", "JPEG", "-density", "150", "out.pdf")
			return "out.pdf"
		}},
		{"imagemagick, turned by qpdf into object streams", 0.02, false, "100", func(t *testing.T, dir string) string {
			need(t, "convert", "qpdf")
			writeScan(t, dir)
			runTool(t, dir, "convert", "scan.png", "-compress", "Zip", "-density", "150", "in.pdf")
			runTool(t, dir, "qpdf", "--rotate=90", "--object-streams=generate", "in.pdf", "out.pdf")
			return "out.pdf"
		}},
		{"encrypted with an empty password, RC4", 0.02, false, "100", encrypted("128", "--use-aes=n")},
		{"encrypted with an empty password, AES 128", 0.02, false, "100", encrypted("128", "--use-aes=y")},
		{"encrypted with an empty password, AES 256", 0.02, false, "100", encrypted("256")},
	}
}

// jpegPage has Ghostscript make a JPEG picture and puts it on a page as it is.
func jpegPage(device, dict string) func(*testing.T, string) string {
	return func(t *testing.T, dir string) string {
		fromPostScript(t, dir, device, "in.jpg", 1, "-r100")
		b, err := os.ReadFile(filepath.Join(dir, "in.jpg"))
		if err != nil {
			t.Fatal(err)
		}
		b = onePage("/MediaBox [0 0 612 792] "+oneImage, "q 612 0 0 792 0 0 cm /Im Do Q",
			stream("/Type /XObject /Subtype /Image /Width 850 /Height 1100 /BitsPerComponent 8 /Filter /DCTDecode "+dict, string(b)))
		if err := os.WriteFile(filepath.Join(dir, "out.pdf"), b, 0o600); err != nil {
			t.Fatal(err)
		}
		return "out.pdf"
	}
}

// TestAgainstPdftoppm compares pages of files made by other programs with what
// pdftoppm makes of them: pictures by at most 2 %, pages drawn here with the
// file's fonts by at most 3 %, at 33 dots an inch. The resolution is one at which the page has whole
// pixels, as a page that ends within one is stretched by a part of it.
func TestAgainstPdftoppm(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long, and nothing runs beside it")
	}
	need(t, "pdftoppm")
	for _, c := range append(pictureFiles(), otherFiles()...) {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, c.make(t, dir))
			out, err := exec.Command("pdftoppm", "-cropbox", "-r", c.dpi, "-l", "1", path).Output()
			if err != nil {
				t.Skipf("pdftoppm: %v", err)
			}
			img, err := readPNM(bytes.NewReader(out), 1e8)
			if err != nil {
				t.Fatal(err)
			}
			want := upright(paper.Page{Image: img})
			d, err := Open(t.Context(), path, Options{Renderer: "off"})
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			p, err := d.Page(t.Context(), 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := p.Image.(*paper.Bitmap); ok != c.bits {
				t.Errorf("the page is %T", p.Image)
			}
			// At a third of the size, as pdftoppm lays pictures out to the next pixel.
			w, h := want.Rect.Dx()/3, want.Rect.Dy()/3
			diff := difference(scaled(upright(p), w, h), scaled(want, w, h))
			t.Logf("%T differs by %.2f %% %s", p.Image, 100*diff, p.Damage)
			if diff > c.most {
				t.Errorf("differs by %.2f %%", 100*diff)
			}
		})
	}
}

func encrypted(bits string, more ...string) func(*testing.T, string) string {
	return func(t *testing.T, dir string) string {
		need(t, "qpdf", "gs")
		fromPostScript(t, dir, "pdfimage8", "in.pdf", 1, "-r100")
		args := append([]string{"--allow-weak-crypto", "--encrypt", "", "owner", bits}, more...)
		runTool(t, dir, "qpdf", append(args, "--", "in.pdf", "out.pdf")...)
		return "out.pdf"
	}
}

// writeScan writes a gray picture with an F in it.
func writeScan(t *testing.T, dir string) {
	t.Helper()
	f := letter(600, 900)
	g := image.NewGray(image.Rect(0, 0, f.W, f.H))
	for y := range f.H {
		for x := range f.W {
			g.Pix[y*g.Stride+x] = byte(200 + x*50/f.W)
			if f.Ink(x, y) {
				g.Pix[y*g.Stride+x] = byte(y * 90 / f.H)
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, g); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "scan.png"), b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestPassword: a file with a password says so.
func TestPassword(t *testing.T) {
	need(t, "qpdf")
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.pdf"), filepath.Join(dir, "out.pdf")
	if err := os.WriteFile(in, onePage("", "0 0 9 9 re f"), 0o600); err != nil {
		t.Fatal(err)
	}
	runTool(t, dir, "qpdf", "--encrypt", "secret", "owner", "256", "--", in, out)
	_, err := Open(t.Context(), out, Options{})
	if err == nil || !strings.Contains(err.Error(), "needs a password") {
		t.Errorf("error %v", err)
	}
}

// TestOutside has a page of text drawn by each renderer there is, and compares
// it with what is drawn here.
func TestOutside(t *testing.T) {
	for _, name := range []string{"mutool", "pdftoppm"} {
		t.Run(name, func(t *testing.T) {
			need(t, name)
			dir := t.TempDir()
			path := fromPostScript(t, dir, "pdfwrite", "out.pdf", 2, "-dPDFSETTINGS=/prepress")
			page := func(renderer string) *image.RGBA {
				d, err := Open(t.Context(), path, Options{Renderer: renderer, DPI: 100})
				if err != nil {
					t.Fatal(err)
				}
				defer d.Close()
				p, err := d.Page(t.Context(), 1)
				if err != nil {
					t.Fatal(err)
				}
				if p.Damage != "" {
					t.Errorf("%s: %s", renderer, p.Damage)
				}
				return upright(p)
			}
			want, got := page(name), page("off")
			if d := difference(scaled(got, want.Rect.Dx(), want.Rect.Dy()), want); d > 0.03 {
				t.Errorf("differs by %.2f %%", 100*d)
			}
		})
	}
}

// TestOutsideFails: a renderer that fails, lies or hangs does no harm.
func TestOutsideFails(t *testing.T) {
	need(t, "sh")
	for _, c := range []struct{ name, script string }{
		{"fails", "echo out of luck >&2; exit 1"},
		{"lies", "printf 'P6 99999999 99999999 255 '; cat /dev/zero"},
		{"stops short", "printf 'P6 10 10 255 abc'"},
		{"says nothing", "exit 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			tool := filepath.Join(dir, "mutool")
			if err := os.WriteFile(tool, []byte("#!/bin/sh\n"+c.script+"\n"), 0o700); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "in.pdf")
			b := onePage(helvetica, "BT /F 12 Tf 20 100 Td (text) Tj ET", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			d, err := Open(t.Context(), path, Options{Renderer: tool})
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			p, err := d.Page(t.Context(), 0)
			if err != nil || !strings.Contains(p.Damage, "mutool could not draw the page") {
				t.Errorf("damage %q, error %v", p.Damage, err)
			}
		})
	}
}

// BenchmarkFirstPage opens a scan of 30 pages and gets the first, and has mutool
// draw it: the time to beat.
func BenchmarkFirstPage(b *testing.B) {
	need(b, "tiff2pdf", "mutool")
	dir := b.TempDir()
	fromPostScript(b, dir, "tiffg4", "in.tif", 30, "-r204x196")
	runTool(b, dir, "tiff2pdf", "-o", "scan.pdf", "in.tif")
	path := filepath.Join(dir, "scan.pdf")
	b.Run("here", func(b *testing.B) {
		for b.Loop() {
			d, err := Open(context.Background(), path, Options{})
			if err != nil {
				b.Fatal(err)
			}
			if _, err := d.Page(context.Background(), 0); err != nil {
				b.Fatal(err)
			}
			d.Close()
		}
	})
	b.Run("mutool", func(b *testing.B) {
		for b.Loop() {
			if err := exec.Command("mutool", "draw", "-q", "-r", "150", "-o", filepath.Join(dir, "o.pgm"), path, "1").Run(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkPage is one fax page of a file that is open.
func BenchmarkPage(b *testing.B) {
	d := openBytes(b, onePage(oneImage, "q 144 0 0 216 0 0 cm /Im Do Q", g4(letter(1728, 2156))), Options{})
	for b.Loop() {
		if _, err := d.Page(context.Background(), 0); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDraw is a page of text drawn here.
func BenchmarkDraw(b *testing.B) {
	content := "BT /F 10 Tf 12 TL 10 210 Td " + strings.Repeat("(The quick brown fox jumps over) ' ", 17) + "ET"
	d := openBytes(b, onePage(helvetica, content, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"), Options{})
	for b.Loop() {
		if _, err := d.Page(context.Background(), 0); err != nil {
			b.Fatal(err)
		}
	}
}
