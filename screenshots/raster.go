package main

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansmono"
	"github.com/go-fonts/dejavu/dejavusansmonobold"
	"github.com/hajimehoshi/bitmapfont/v3"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// A cell of the picture, in pixels, and where the letters stand in it.
const (
	cellW, cellH = 10, 20
	baseline     = 15
	fontSize     = 16.6 // a cell is then one em wide
	margin       = 12
)

// paper is the terminal's own two colours.
type paper struct{ background, foreground color.RGBA }

var (
	dark  = paper{color.RGBA{0x16, 0x19, 0x1f, 0xff}, color.RGBA{0xd4, 0xd7, 0xdd, 0xff}}
	light = paper{color.RGBA{0xfc, 0xfc, 0xfa, 0xff}, color.RGBA{0x24, 0x29, 0x2f, 0xff}}
)

// raster draws frames of a terminal as pictures.
type raster struct {
	paper
	regular, bold *typeface
	symbols       *typeface // for what those have no letters of
	wide          font.Face // and for the rest
}

type typeface struct {
	font *sfnt.Font
	face font.Face
	buf  sfnt.Buffer
}

func newTypeface(ttf []byte) (*typeface, error) {
	f, err := opentype.Parse(ttf)
	if err != nil {
		return nil, fmt.Errorf("read typeface: %w", err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: fontSize, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, fmt.Errorf("scale typeface: %w", err)
	}
	return &typeface{font: f, face: face}, nil
}

func (t *typeface) has(r rune) bool {
	i, err := t.font.GlyphIndex(&t.buf, r)
	return err == nil && i != 0
}

func newRaster(p paper) (*raster, error) {
	regular, err := newTypeface(dejavusansmono.TTF)
	if err != nil {
		return nil, err
	}
	bold, err := newTypeface(dejavusansmonobold.TTF)
	if err != nil {
		return nil, err
	}
	symbols, err := newTypeface(dejavusans.TTF)
	if err != nil {
		return nil, err
	}
	return &raster{paper: p, regular: regular, bold: bold, symbols: symbols, wide: bitmapfont.Face}, nil
}

// draw makes a picture of w by h cells from a frame as the program draws it:
// lines of text with colours.
func (r *raster) draw(frame string, w, h int) image.Image {
	scr := uv.NewScreenBuffer(w, h)
	uv.NewStyledString(frame).Draw(scr, uv.Rect(0, 0, w, h))
	img := image.NewRGBA(image.Rect(0, 0, w*cellW+2*margin, h*cellH+2*margin))
	draw.Draw(img, img.Bounds(), image.NewUniform(r.background), image.Point{}, draw.Src)
	for y := range h {
		for x := range w {
			if c := scr.CellAt(x, y); c != nil && c.Width > 0 {
				r.cell(img, margin+x*cellW, margin+y*cellH, c)
			}
		}
	}
	return img
}

func (r *raster) cell(img *image.RGBA, x, y int, c *uv.Cell) {
	fg, bg := rgba(c.Style.Fg, r.foreground), rgba(c.Style.Bg, r.background)
	if c.Style.Attrs&uv.AttrReverse != 0 {
		fg, bg = bg, fg
	}
	if c.Style.Attrs&uv.AttrFaint != 0 {
		fg = mix(fg, bg)
	}
	area := image.Rect(x, y, x+c.Width*cellW, y+cellH)
	draw.Draw(img, area, image.NewUniform(bg), image.Point{}, draw.Src)
	if c.Style.Underline != 0 {
		draw.Draw(img, image.Rect(x, y+baseline+2, area.Max.X, y+baseline+3), image.NewUniform(fg), image.Point{}, draw.Src)
	}
	bold := c.Style.Attrs&uv.AttrBold != 0
	for _, ch := range c.Content {
		switch {
		case ch == ' ':
		case block(img, area, ch, fg, bg), box(img, area, ch, fg):
		default:
			r.letter(img, x, y, ch, fg, bold)
		}
	}
}

func (r *raster) letter(img *image.RGBA, x, y int, ch rune, fg color.Color, bold bool) {
	t := r.regular
	if bold {
		t = r.bold
	}
	d := font.Drawer{Dst: img, Src: image.NewUniform(fg), Face: t.face, Dot: fixed.P(x, y+baseline)}
	_, _, known := r.wide.GlyphBounds(ch)
	switch {
	case t.has(ch):
	case known && !r.symbols.has(ch):
		d.Face, d.Dot = r.wide, fixed.P(x+1, y+baseline)
	case r.symbols.has(ch):
		d.Face = r.symbols.face
	default: // most emoji: no free typeface at hand has them
		d.Face, ch = r.symbols.face, '☺'
	}
	d.DrawString(string(ch))
}

// block draws the block elements, which must fill their cells to the pixel.
func block(img *image.RGBA, a image.Rectangle, ch rune, fg, bg color.RGBA) bool {
	fill := func(r image.Rectangle, c color.Color) {
		draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src)
	}
	switch {
	case ch == '█':
		fill(a, fg)
	case ch >= '▉' && ch <= '▏': // seven eighths down to one, from the left
		eighths := int('▏'-ch) + 1
		fill(image.Rect(a.Min.X, a.Min.Y, a.Min.X+a.Dx()*eighths/8, a.Max.Y), fg)
	case ch >= '▁' && ch <= '▇':
		eighths := int(ch-'▁') + 1
		fill(image.Rect(a.Min.X, a.Max.Y-a.Dy()*eighths/8, a.Max.X, a.Max.Y), fg)
	case ch == '▀':
		fill(image.Rect(a.Min.X, a.Min.Y, a.Max.X, a.Min.Y+a.Dy()/2), fg)
	case ch == '▐':
		fill(image.Rect(a.Min.X+a.Dx()/2, a.Min.Y, a.Max.X, a.Max.Y), fg)
	case ch >= '▖' && ch <= '▟':
		mx, my := a.Min.X+a.Dx()/2, a.Min.Y+a.Dy()/2
		for i, q := range [4]image.Rectangle{
			image.Rect(a.Min.X, a.Min.Y, mx, my), image.Rect(mx, a.Min.Y, a.Max.X, my),
			image.Rect(a.Min.X, my, mx, a.Max.Y), image.Rect(mx, my, a.Max.X, a.Max.Y),
		} {
			if quarters[ch-'▖'][i] == '1' {
				fill(q, fg)
			}
		}
	case ch == '░':
		fill(a, mix(mix(fg, bg), bg))
	case ch == '▒':
		fill(a, mix(fg, bg))
	case ch == '▓':
		fill(a, mix(fg, mix(fg, bg)))
	default:
		return false
	}
	return true
}

// quarters of the characters from ▖ to ▟: upper left, upper right, lower left,
// lower right.
var quarters = [10]string{"0010", "0001", "1000", "1011", "1001", "1110", "1101", "0100", "0110", "0111"}

// arms of the light box-drawing characters: left, right, up, down.
var arms = map[rune][4]bool{
	'─': {true, true, false, false}, '│': {false, false, true, true},
	'┌': {false, true, false, true}, '┐': {true, false, false, true}, '└': {false, true, true, false}, '┘': {true, false, true, false},
	'╭': {false, true, false, true}, '╮': {true, false, false, true}, '╰': {false, true, true, false}, '╯': {true, false, true, false},
	'├': {false, true, true, true}, '┤': {true, false, true, true}, '┬': {true, true, false, true}, '┴': {true, true, true, false}, '┼': {true, true, true, true},
}

func box(img *image.RGBA, a image.Rectangle, ch rune, fg color.Color) bool {
	arm, ok := arms[ch]
	if !ok {
		return false
	}
	cx, cy := a.Min.X+a.Dx()/2, a.Min.Y+a.Dy()/2
	for i, r := range [4]image.Rectangle{
		image.Rect(a.Min.X, cy, cx+1, cy+1), image.Rect(cx, cy, a.Max.X, cy+1),
		image.Rect(cx, a.Min.Y, cx+1, cy+1), image.Rect(cx, cy, cx+1, a.Max.Y),
	} {
		if arm[i] {
			draw.Draw(img, r, image.NewUniform(fg), image.Point{}, draw.Src)
		}
	}
	return true
}

func rgba(c, otherwise color.Color) color.RGBA {
	if c == nil {
		c = otherwise
	}
	return color.RGBAModel.Convert(c).(color.RGBA)
}

func mix(a, b color.RGBA) color.RGBA {
	half := func(x, y uint8) uint8 { return uint8((int(x) + int(y)) / 2) }
	return color.RGBA{half(a.R, b.R), half(a.G, b.G), half(a.B, b.B), 0xff}
}
