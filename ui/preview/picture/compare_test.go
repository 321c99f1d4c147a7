package picture

import (
	"bytes"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// magick runs ImageMagick, or skips.
func magick(t *testing.T, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath("convert")
	if err != nil {
		t.Skip("ImageMagick's convert is not installed")
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("convert %q: %v: %s", args, err, said.Bytes())
	}
	return out
}

// TestAsImageMagick compares every pixel of every frame with what ImageMagick
// makes of files that it wrote itself. Pictures with loss may differ by a few
// shades, and at edges more: the two spread the colours of a JPEG or a WebP each in
// its own way.
func TestAsImageMagick(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long, and nothing runs beside it")
	}
	dir := t.TempDir()
	scene := []string{"-size", "48x32", "gradient:yellow-blue", "-fill", "black", "-draw", "circle 12,12 12,20", "-depth", "8"}
	film := func(dispose string) []string {
		args := []string{"-delay", "10", "-dispose", dispose, "-size", "48x32", "xc:white"}
		for _, at := range []string{"2,2 14,14", "10,8 30,20", "30,4 46,30"} {
			args = append(args, "(", "-size", "48x32", "xc:none", "-fill", "red", "-draw", "rectangle "+at, "-trim", ")")
		}
		return append(args, "-loop", "0")
	}
	for _, c := range []struct {
		name string
		args []string
		off  int // shades a channel may differ by
	}{
		{"scene.png", scene, 0},
		{"interlaced.png", append(scene, "-interlace", "PNG"), 0},
		{"gray.bmp", append(scene, "-colorspace", "Gray", "-type", "Palette", "-compress", "none"), 0},
		{"colour.bmp", append(scene, "-type", "TrueColor"), 0},
		{"lossless.webp", append(scene, "-define", "webp:lossless=true"), 0},
		{"lossy.webp", append(scene, "-quality", "90"), 64},
		{"plain.jpg", append(scene, "-quality", "95", "-sampling-factor", "1x1"), 6},
		{"progressive.jpg", append(scene, "-quality", "95", "-sampling-factor", "1x1", "-interlace", "JPEG"), 6},
		{"still.gif", scene, 0},
		{"keep.gif", film("none"), 0},
		{"clear.gif", film("background"), 0},
		{"restore.gif", film("previous"), 0},
	} {
		path := filepath.Join(dir, c.name)
		magick(t, append(c.args, path)...)
		want := magick(t, path, "-coalesce", "-background", "white", "-alpha", "remove", "-depth", "8", "rgb:-")
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		p := open(t, b, Limits{})
		w, h := p.Size()
		if len(want) != p.Frames()*w*h*3 {
			t.Errorf("%s: %d frames of %d by %d, ImageMagick has %d bytes", c.name, p.Frames(), w, h, len(want))
			continue
		}
		most := 0
		for n := range p.Frames() {
			page, err := p.Frame(t.Context(), n)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			for y := range h {
				for x := range w {
					got := color.RGBAModel.Convert(page.Image.At(x, y)).(color.RGBA)
					for i, v := range []uint8{got.R, got.G, got.B} {
						most = max(most, int(v)-int(want[i]), int(want[i])-int(v))
					}
					want = want[3:]
				}
			}
		}
		if most > c.off {
			t.Errorf("%s: differs by up to %d shades", c.name, most)
		}
	}
}
