package pages

import (
	"image"
	"image/color"
	"image/draw"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	xdraw "golang.org/x/image/draw"

	"github.com/charmbracelet/x/ansi"

	"switchboard/ui/kit"
	"switchboard/ui/preview/graphics"
	"switchboard/ui/preview/paper"
)

// How large a stamp is on the page, in inches: the height of its text, the
// width of an image.
const (
	stampText  = 0.24
	stampImage = 2.0
)

// seen is how many pixels high a stamp is drawn at least: on a small picture of
// a page it would be nothing but a smear.
const seen = 5

// marking is what is known of a picture of a page that stamps are put on.
type marking struct {
	at     image.Rectangle // where the whole page, turned, lies in the picture
	turn   int
	aspect float64 // pixels are so many times as wide as high
	size   extent
	cells  bool // the picture is made of characters
	dark   bool // the page is shown white on black
}

// mark puts stamps on a picture of a page, and shows the spans that were found
// white on black. Words are left to label where pixels are too coarse for them.
func (m marking) mark(img image.Image, stamps []Stamp, spans []paper.Span) image.Image {
	at, turn, aspect := m.at, m.turn, m.aspect
	out := canvas(img)
	for _, s := range spans {
		invert(out, area(s, at, turn).Intersect(out.Bounds()))
	}
	_, high := m.size.turned(turn)
	if high <= 0 {
		high = 11
	}
	inch := float64(at.Dy()) / high // pixels down
	for _, s := range stamps {
		x, y := turnPoint(s.X, s.Y, turn)
		cx, cy := at.Min.X+int(x*float64(at.Dx())), at.Min.Y+int(y*float64(at.Dy()))
		if s.Image != nil {
			b := s.Image.Bounds()
			h := stampImage * inch * float64(b.Dy()) / float64(max(b.Dx(), 1))
			put(out, s.Image, b, cx, cy, stampImage*inch/aspect, h, draw.Over)
			continue
		}
		if !m.cells {
			m.letters(out, s.Text, cx, cy, max(stampText*inch, seen))
		}
	}
	return out
}

// label writes the words of stamps as characters over a picture made of w by h
// pixels in characters: letters drawn with so few pixels could not be read.
func (m marking) label(pic *graphics.Picture, w, h int, stamps []Stamp, colors int) {
	on, off := "\x1b[0;1;30;107m", "\x1b[0m"
	switch {
	case colors < 16:
		on = "\x1b[0;1;7m"
	case m.dark:
		on = "\x1b[0;1;97;40m"
	}
	for _, s := range stamps {
		if s.Image != nil || w <= 0 || h <= 0 {
			continue
		}
		x, y := turnPoint(s.X, s.Y, m.turn)
		col := int((float64(m.at.Min.X) + x*float64(m.at.Dx())) * float64(pic.Cols) / float64(w))
		row := int((float64(m.at.Min.Y) + y*float64(m.at.Dy())) * float64(pic.Rows) / float64(h))
		if row < 0 || row >= len(pic.Lines) || col < 0 || col >= pic.Cols { // it is on a part that is not seen
			continue
		}
		text := kit.Cut(" "+s.Text+" ", pic.Cols)
		n := kit.Width(text)
		from := min(max(col-n/2, 0), pic.Cols-n)
		l := pic.Lines[row]
		pic.Lines[row] = ansi.Truncate(l, from, "") + on + text + off + ansi.TruncateLeft(l, from+n, "")
	}
}

// canvas is a copy of img to draw on: gray stays gray, it is drawn as writing.
func canvas(img image.Image) draw.Image {
	b := img.Bounds()
	var out draw.Image
	if img.ColorModel() == color.GrayModel {
		out = image.NewGray(b)
	} else {
		out = image.NewRGBA(b)
	}
	draw.Draw(out, b, img, b.Min, draw.Src)
	return out
}

// area is where a span lies in the picture.
func area(s paper.Span, at image.Rectangle, turn int) image.Rectangle {
	x0, y0 := turnPoint(s.X, s.Y, turn)
	x1, y1 := turnPoint(s.X+s.W, s.Y+s.H, turn)
	w, h := float64(at.Dx()), float64(at.Dy())
	r := image.Rect(at.Min.X+int(min(x0, x1)*w), at.Min.Y+int(min(y0, y1)*h), at.Min.X+int(max(x0, x1)*w)+1, at.Min.Y+int(max(y0, y1)*h)+1)
	return r
}

func invert(img draw.Image, r image.Rectangle) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			img.Set(x, y, color.NRGBA{255 - c.R, 255 - c.G, 255 - c.B, c.A})
		}
	}
}

// letters puts a line of text, high pixels of it, around a point, within the page.
func (m marking) letters(out draw.Image, text string, cx, cy int, high float64) {
	const drawn = 48 // pixels the letters are drawn at before they are made to fit
	f, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return // it is part of this program and parses
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: drawn, DPI: 72})
	if err != nil {
		return
	}
	defer face.Close()
	wide := font.MeasureString(face, text).Ceil()
	if wide <= 0 || high < 1 {
		return
	}
	mask := image.NewRGBA(image.Rect(0, 0, wide+drawn/2, drawn*3/2))
	ground, ink := image.White, image.Black
	if m.dark {
		ground, ink = ink, ground
	}
	draw.Draw(mask, mask.Bounds(), ground, image.Point{}, draw.Src)
	d := font.Drawer{Dst: mask, Src: ink, Face: face, Dot: fixed.P(drawn/4, drawn*9/8)}
	d.DrawString(text)
	w := high * float64(mask.Bounds().Dx()) / float64(mask.Bounds().Dy()) / m.aspect
	half := int(w / 2)
	if left := m.at.Min.X + half; cx < left {
		cx = left
	}
	if right := m.at.Max.X - half; cx > right {
		cx = right
	}
	put(out, mask, mask.Bounds(), cx, cy, w, high, draw.Src)
}

// put scales an image to w by h pixels around a point.
func put(out draw.Image, img image.Image, b image.Rectangle, cx, cy int, w, h float64, op draw.Op) {
	r := image.Rect(cx-int(w/2), cy-int(h/2), cx-int(w/2)+max(int(w), 1), cy-int(h/2)+max(int(h), 1))
	xdraw.ApproxBiLinear.Scale(out, r, img, b, op, nil)
}
