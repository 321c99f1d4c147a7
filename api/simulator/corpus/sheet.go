package corpus

import (
	"image"
	"math"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// style is a typeface.
type style uint8

const (
	regular style = iota
	bold
	italic
	mono
)

var typefaces = sync.OnceValue(func() (all [4]*sfnt.Font) {
	for i, ttf := range [][]byte{goregular.TTF, gobold.TTF, goitalic.TTF, gomono.TTF} {
		f, err := opentype.Parse(ttf)
		if err != nil {
			panic("corpus: built-in font: " + err.Error())
		}
		all[i] = f
	}
	return all
})

// sheet is a piece of paper in shades of gray, 255 being white. Each drawing
// has its own, because faces keep buffers.
type sheet struct {
	*image.Gray
	faces map[[2]int]font.Face
	rng   rng
	print *print // what is drawn, for a page of text; nil: nobody asks
}

func newSheet(w, h int, r rng) *sheet {
	s := &sheet{Gray: image.NewGray(image.Rect(0, 0, w, h)), faces: map[[2]int]font.Face{}, rng: r}
	for i := range s.Pix {
		s.Pix[i] = 255
	}
	return s
}

func (s *sheet) face(st style, size int) font.Face {
	key := [2]int{int(st), size}
	f, ok := s.faces[key]
	if !ok {
		var err error
		f, err = opentype.NewFace(typefaces()[st], &opentype.FaceOptions{Size: float64(size), DPI: 72})
		if err != nil {
			panic("corpus: built-in font: " + err.Error())
		}
		s.faces[key] = f
	}
	return f
}

// text draws one line from x on the baseline y and gives the x after it.
func (s *sheet) text(x, y, size int, st style, t string) int {
	s.print.text(x, y, size, st, t)
	return s.ink(x, y, s.face(st, size), t, 0)
}

func (s *sheet) ink(x, y int, f font.Face, t string, shade uint8) int {
	dot := fixed.P(x, y)
	for _, r := range t {
		box, mask, at, advance, ok := f.Glyph(dot, r)
		if !ok {
			continue
		}
		if m, ok := mask.(*image.Alpha); ok {
			s.stamp(box, m, at, shade)
		}
		dot.X += advance
	}
	return dot.X.Round()
}

func (s *sheet) stamp(box image.Rectangle, m *image.Alpha, at image.Point, shade uint8) {
	for y := max(box.Min.Y, 0); y < min(box.Max.Y, s.Rect.Max.Y); y++ {
		for x := max(box.Min.X, 0); x < min(box.Max.X, s.Rect.Max.X); x++ {
			a := int(m.Pix[m.PixOffset(at.X+x-box.Min.X, at.Y+y-box.Min.Y)])
			p := &s.Pix[y*s.Stride+x]
			*p = uint8((int(*p)*(255-a) + int(shade)*a) / 255)
		}
	}
}

func (s *sheet) width(size int, st style, t string) int {
	return font.MeasureString(s.face(st, size), t).Round()
}

func (s *sheet) right(x, y, size int, st style, t string) {
	s.text(x-s.width(size, st, t), y, size, st, t)
}

// paragraph breaks t into lines of at most w pixels and gives the next baseline.
func (s *sheet) paragraph(x, y, w, size int, st style, t string) int {
	line := ""
	for _, word := range strings.Fields(t) {
		longer := strings.TrimSpace(line + " " + word)
		if line != "" && s.width(size, st, longer) > w {
			s.text(x, y, size, st, line)
			y += size * 7 / 5
			longer = word
		}
		line = longer
	}
	s.text(x, y, size, st, line)
	return y + size*7/5
}

func (s *sheet) fill(x, y, w, h int, shade uint8) {
	s.print.fill(x, y, w, h, shade)
	for j := max(y, 0); j < min(y+h, s.Rect.Max.Y); j++ {
		for i := max(x, 0); i < min(x+w, s.Rect.Max.X); i++ {
			s.Pix[j*s.Stride+i] = shade
		}
	}
}

func (s *sheet) box(x, y, w, h, thick int) {
	s.fill(x, y, w, thick, 0)
	s.fill(x, y+h-thick, w, thick, 0)
	s.fill(x, y, thick, h, 0)
	s.fill(x+w-thick, y, thick, h, 0)
}

// banner is white on black, as the headings of forms are.
func (s *sheet) banner(x, y, w, h, size int, t string) {
	s.fill(x, y, w, h, 0)
	s.ink(x+16, y+(h+size*7/10)/2, s.face(bold, size), t, 255)
}

// stroke is a line made by a pen of that radius.
func (s *sheet) stroke(x0, y0, x1, y1, radius float64) {
	s.print.stroke(x0, y0, x1, y1, radius)
	steps := int(math.Hypot(x1-x0, y1-y0)) + 1
	reach := int(radius + 1)
	for k := range steps + 1 {
		t := float64(k) / float64(steps)
		x, y := x0+(x1-x0)*t, y0+(y1-y0)*t
		for j := -reach; j <= reach; j++ {
			for i := -reach; i <= reach; i++ {
				px, py := int(x)+i, int(y)+j
				if float64(i*i+j*j) <= radius*radius && image.Pt(px, py).In(s.Rect) {
					s.Pix[py*s.Stride+px] = 0
				}
			}
		}
	}
}

// scribble is a signature: loops that lean to the right, and a flourish.
func (s *sheet) scribble(x, y, w, size float64) {
	radius := 1.6 + float64(s.rng.n(10))/10
	px, py := x, y
	tall := size
	for t := 0.0; t < w; t += 2 {
		if s.rng.percent(5) {
			tall = size * float64(s.rng.between(25, 110)) / 100
		}
		a := t / size * 7
		nx := x + t + tall*.45*math.Sin(a) + tall*.2*math.Cos(a*1.3)
		ny := y - tall*(.5+.5*math.Cos(a)) + 6*math.Sin(t/37)
		if t > 0 {
			s.stroke(px, py, nx, ny, radius)
		}
		px, py = nx, ny
	}
	s.stroke(px, py, px+size*1.4, py-size*.3, radius)
	s.stroke(px+size*1.4, py-size*.3, x+w*.3, y+size*.45, radius)
}

// hand writes t as by pen: letters that lean, jump and vary in weight.
func (s *sheet) hand(x, y, size int, t string) int {
	s.print.text(x, y, size, italic, t)
	for _, r := range t {
		f := s.face(italic, size+s.rng.between(-2, 2))
		end := s.ink(x, y+s.rng.between(-3, 3), f, string(r), 0)
		if s.rng.percent(60) {
			s.ink(x+1, y+s.rng.between(-1, 1), f, string(r), 0)
		}
		x = end + s.rng.between(-2, 2)
	}
	return x
}
