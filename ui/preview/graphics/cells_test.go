package graphics

import (
	"context"
	"errors"
	"flag"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

var update = flag.Bool("update", false, "write the golden files")

func cellModes() []Mode { return []Mode{Blocks, Quadrants, Sextants, Braille} }

// TestCellsFillTheirBox draws in every mode and depth: each line must be as wide
// as promised, and use no colour that the terminal has not got.
func TestCellsFillTheirBox(t *testing.T) {
	sgr := regexp.MustCompile(`\x1b\[([0-9;]*)m`)
	for _, mode := range cellModes() {
		for _, colors := range []int{2, 16, 256, 1 << 24} {
			for name, img := range map[string]image.Image{"page": fitted(Terminal{Mode: mode}), "photo": photo(40, 40), "small": photo(3, 5), "one": photo(1, 1)} {
				term := Terminal{Mode: mode, Colors: colors, Dark: true}
				p := mustDraw(t, term, img, 24, 14)
				if p.Cols != 24 || p.Rows != 14 || len(p.Lines) != 14 || p.Bytes() != 0 {
					t.Fatalf("%v %d %s: %d by %d, %d lines, %d bytes", mode, colors, name, p.Cols, p.Rows, len(p.Lines), p.Bytes())
				}
				for i, l := range p.Lines {
					if w := ansi.StringWidth(l); w != 24 {
						t.Errorf("%v %d %s: line %d is %d wide", mode, colors, name, i, w)
					}
					for _, m := range sgr.FindAllStringSubmatch(l, -1) {
						rich := strings.Contains(m[1], ";2;") && colors < 1<<24 || strings.Contains(m[1], ";5;") && colors < 256 || colors == 2 && m[1] != ""
						if rich {
							t.Fatalf("%v %d %s: colour %q", mode, colors, name, m[1])
						}
					}
				}
			}
		}
	}
}

// TestLinesOfPictures: what stands for a picture beside the cells is as wide as
// its box, blanks or placeholders.
func TestLinesOfPictures(t *testing.T) {
	for _, mode := range []Mode{Kitty, KittyDirect, Sixel, ITerm} {
		term := Terminal{Mode: mode, Colors: 256, CellW: 9, CellH: 17}
		p := mustDraw(t, term, photo(100, 50), 20, 7) // 12 by 3 cells of them
		if len(p.Lines) != 7 || p.Bytes() == 0 || p.Size() <= p.Bytes() {
			t.Errorf("%v: %d lines, %d bytes", mode, len(p.Lines), p.Bytes())
		}
		for i, l := range p.Lines {
			if w := ansi.StringWidth(l); w != 20 || ansi.StringWidthWc(l) != 20 {
				t.Errorf("%v: line %d is %d wide", mode, i, w)
			}
			if n := strings.Count(l, "\U0010eeee"); (mode == Kitty && i < 3) != (n == 12) || (mode != Kitty || i >= 3) && n != 0 {
				t.Errorf("%v: line %d has %d placeholders", mode, i, n)
			}
		}
	}
}

func fitted(t Terminal) image.Image {
	img, _, _ := fit(t, faxes()[0], 24, 14)
	return img
}

// TestHalfBlocksAreTrue reads the pixels back from the cells.
func TestHalfBlocksAreTrue(t *testing.T) {
	img := photo(20, 16)
	img.SetNRGBA(3, 4, color.NRGBA{}) // nothing there
	p := mustDraw(t, Terminal{Mode: Blocks, Colors: 1 << 24}, img, 20, 8)
	scr := screenOf(p)
	for y := range 16 {
		for x := range 20 {
			c := scr.CellAt(x, y/2)
			got := c.Style.Bg
			if c.Content == "▀" && y%2 == 0 || c.Content == "▄" && y%2 == 1 {
				got = c.Style.Fg
			}
			want := img.NRGBAAt(x, y)
			if want.A == 0 {
				if got != nil {
					t.Errorf("pixel %d,%d is %v, want none", x, y, got)
				}
				continue
			}
			r, g, b, _ := got.RGBA()
			for i, d := range [3]int{int(r>>8) - int(want.R), int(g>>8) - int(want.G), int(b>>8) - int(want.B)} {
				if d > 0 || d < -3 {
					t.Errorf("pixel %d,%d: colour %d is off by %d", x, y, i, d)
				}
			}
		}
	}
}

func TestShapes(t *testing.T) {
	seen := map[rune]bool{}
	for mask := range uint8(64) {
		r := shape(mask, 3)
		if seen[r] || ansi.StringWidth(string(r)) != 1 {
			t.Errorf("sextant %d is %q", mask, r)
		}
		seen[r] = true
	}
	for mask, want := range map[uint8]rune{1: '🬀', 2: '🬁', 20: '🬓', 22: '🬔', 41: '🬧', 43: '🬨', 62: '🬻', 21: '▌', 42: '▐', 63: '█'} {
		if got := shape(mask, 3); got != want {
			t.Errorf("sextant %d is %q, want %q", mask, got, want)
		}
	}
	for mask, want := range map[uint8]rune{0: ' ', 1: '▘', 2: '▝', 4: '▖', 8: '▗', 3: '▀', 5: '▌', 9: '▚', 6: '▞', 15: '█'} {
		if got := shape(mask, 2); got != want {
			t.Errorf("quadrant %d is %q, want %q", mask, got, want)
		}
	}
}

// TestOnlyChangedCellsChange turns a page where one corner differs: no cell
// elsewhere may change, in whatever colours.
func TestOnlyChangedCellsChange(t *testing.T) {
	for _, mode := range cellModes() {
		for _, colors := range []int{2, 16, 256, 1 << 24} {
			term := Terminal{Mode: mode, Colors: colors}
			img, c, r := fit(term, faxes()[0], 40, 24)
			other := image.NewGray(img.Rect)
			copy(other.Pix, img.Pix)
			w, h := term.Pixels(c, r)
			for y := range h / 4 {
				for x := range w / 4 {
					other.SetGray(x, y, color.Gray{Y: uint8(x * y)})
				}
			}
			a, b := mustDraw(t, term, img, c, r), mustDraw(t, term, other, c, r)
			before, after := screenOf(a), screenOf(b)
			changed := 0
			for y := range r {
				for x := range c {
					if before.CellAt(x, y).Equal(after.CellAt(x, y)) {
						continue
					}
					near := 0 // whether a pixel is ink depends on those beside it
					if mode == Braille || colors == 2 {
						near = 2
					}
					if changed++; x > c/4+near || y > r/4+near {
						t.Errorf("%v %d: cell %d,%d changed", mode, colors, x, y)
					}
				}
			}
			if changed == 0 {
				t.Errorf("%v %d: nothing changed", mode, colors)
			}
		}
	}
}

// screenOf is the cells of a picture.
func screenOf(p *Picture) uv.ScreenBuffer {
	scr := uv.NewScreenBuffer(p.Cols, p.Rows)
	uv.NewStyledString(strings.Join(p.Lines, "\n")).Draw(scr, scr.Bounds())
	return scr
}

func TestGolden(t *testing.T) {
	for _, mode := range cellModes() {
		for _, colors := range []int{2, 16, 256} {
			if mode == Braille && colors > 2 {
				continue
			}
			term := Terminal{Mode: mode, Colors: colors, Dark: true}
			img, c, r := fit(term, faxes()[0], 36, 22)
			got := strings.Join(mustDraw(t, term, img, c, r).Lines, "\n") + "\n"
			name := filepath.Join("testdata", "fax-"+mode.String()+"-"+strconv.Itoa(colors)+".golden")
			if *update {
				if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs; go test -update writes it, go run ./screenshots -frame draws it", name)
			}
		}
	}
}

func TestDrawErrors(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, mode := range []Mode{Kitty, KittyDirect, Sixel, ITerm, Blocks, Quadrants, Sextants, Braille} {
		term := Terminal{Mode: mode, Colors: 256}
		if _, err := term.Draw(ended, photo(400, 400), 40, 20); !errors.Is(err, context.Canceled) {
			t.Errorf("%v: %v, want canceled", mode, err)
		}
		for _, size := range [][2]int{{0, 5}, {5, 0}, {-1, 5}, {298, 5}, {5, 1 << 40}} {
			if _, err := term.Draw(t.Context(), photo(4, 4), size[0], size[1]); err == nil {
				t.Errorf("%v: drew into %v", mode, size)
			}
		}
		for _, img := range []image.Image{nil, image.NewGray(image.Rectangle{})} {
			if _, err := term.Draw(t.Context(), img, 5, 5); err == nil {
				t.Errorf("%v: drew %v", mode, img)
			}
		}
		// A picture that is too large is cut, wherever its pixels begin.
		big := photo(4000, 300).SubImage(image.Rect(100, 100, 3900, 300))
		if p := mustDraw(t, term, big, 5, 3); len(p.Lines) != 3 || p.Bytes() > 40_000 {
			t.Errorf("%v: %d lines, %d bytes", mode, len(p.Lines), p.Bytes())
		}
	}
	if _, err := (Terminal{Mode: Off}).Draw(t.Context(), photo(4, 4), 5, 5); !errors.Is(err, ErrOff) {
		t.Errorf("off: %v", err)
	}
}

func TestModes(t *testing.T) {
	for m := Auto; m < modes; m++ {
		if got, err := ParseMode(strings.ToUpper(m.String())); err != nil || got != m {
			t.Errorf("%v: %v, %v", m, got, err)
		}
		if m.Words() == "" {
			t.Errorf("%v has no words", m)
		}
	}
	if m, err := ParseMode(""); m != Auto || err != nil {
		t.Error(m, err)
	}
	if _, err := ParseMode("sixels"); err == nil || !strings.Contains(err.Error(), "kitty-direct") {
		t.Error(err)
	}
	if got := Mode(99).String(); got != "mode 99" {
		t.Error(got)
	}
}

func TestPixels(t *testing.T) {
	tests := []struct {
		term   Terminal
		w, h   int
		aspect float64
	}{
		{Terminal{Mode: Blocks}, 80, 48, 1},
		{Terminal{Mode: Blocks, CellW: 9, CellH: 15}, 80, 48, 1.2},
		{Terminal{Mode: Quadrants}, 160, 48, 0.5},
		{Terminal{Mode: Sextants}, 160, 72, 0.75},
		{Terminal{Mode: Braille}, 160, 96, 1},
		{Terminal{Mode: Kitty}, 800, 480, 1},
		{Terminal{Mode: KittyDirect, CellW: 9, CellH: 19}, 720, 456, 1},
		{Terminal{Mode: Sixel}, 480, 288, 1},
		{Terminal{Mode: Sixel, CellW: 8, CellH: 15}, 640, 360, 1},
		{Terminal{Mode: Sixel, CellW: 10, CellH: 17, MaxW: 640, MaxH: 400}, 640, 396, 1},
		{Terminal{Mode: Off}, 0, 0, 1},
	}
	for _, x := range tests {
		w, h := x.term.Pixels(80, 24)
		if a := x.term.Aspect(); w != x.w || h != x.h || a != x.aspect {
			t.Errorf("%v: %d by %d of %v, want %d by %d of %v", x.term.Mode, w, h, a, x.w, x.h, x.aspect)
		}
		if c, r := x.term.CellsOf(w, h); x.term.Mode != Off && (c > 80 || r > 24) {
			t.Errorf("%v: %d by %d cells", x.term.Mode, c, r)
		}
	}
}
