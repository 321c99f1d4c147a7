package paper

import (
	"context"
	"image"
)

// Document is an open file of pages. Its methods may be called by several
// goroutines; each takes the time it takes and stops soon after its context
// ends, so none may be called on the loop.
type Document interface {
	// Len is the number of pages, at least 1.
	Len() int
	// Page decodes page n, from 0.
	Page(ctx context.Context, n int) (Page, error)
	// Words is the text of page n where the file has it as text: nil where the
	// page is only a picture.
	Words(ctx context.Context, n int) ([]Span, error)
	// Close frees what the document holds. No call may be under way.
	Close() error
}

// Page is one page as the file has it.
type Page struct {
	Image image.Image // *Bitmap for black and white, else *image.Gray, *image.RGBA, *image.NRGBA or *image.YCbCr

	// XRes and YRes are pixels per inch across and down, 0 when the file does not
	// tell. A fax of standard resolution has 204 by 98: half as high as it is to
	// look.
	XRes, YRes float64

	// Turn is how many quarter turns clockwise make the page upright, 0 to 3.
	Turn int

	// Damage is what could not be read, in words for a person: "12 of 2156 lines
	// are damaged". Empty when all of it is there.
	Damage string
}

// Size is the page's width and height in inches as it is to be looked at, after
// Turn. A page that does not tell its resolution, or tells nonsense, counts as one of 96 dots an
// inch, a bilevel one as a fax of 204 by 196.
func (p Page) Size() (w, h float64) {
	if p.Image == nil {
		return 0, 0
	}
	b := p.Image.Bounds()
	x, y := p.XRes, p.YRes
	if !usable(x) || !usable(y) {
		x, y = 96, 96
		if _, ok := p.Image.(*Bitmap); ok {
			x, y = 204, 196
		}
	}
	w, h = float64(b.Dx())/x, float64(b.Dy())/y
	if p.Turn&1 == 1 {
		return h, w
	}
	return w, h
}

// Span is a run of text where it stands on the upright page. X, Y, W and H are
// fractions of the page's width and height, from its top left corner.
type Span struct {
	Text       string
	X, Y, W, H float64
}
