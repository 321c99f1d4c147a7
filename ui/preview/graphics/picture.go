package graphics

import (
	"context"
	"errors"
	"fmt"
	"image"
	"strings"
)

// Picture is a picture drawn for a box of cells.
type Picture struct {
	Cols, Rows int
	Lines      []string // Rows lines of exactly Cols cells: the picture, what stands for it, or blanks

	mode Mode
	tmux bool
	id   uint8  // of the kitty image, or of the slot
	data []byte // what shows it, without where
	used [2]int // the cells of the box that data covers

	pixels image.Point
	opaque bool // nothing shines through
}

// Placed is a picture and where its top left cell stands.
type Placed struct {
	X, Y    int
	Picture *Picture
}

// Bytes is how much showing the picture writes beside its cells.
func (p *Picture) Bytes() int { return len(p.data) }

// Size is the memory the picture holds, about.
func (p *Picture) Size() int {
	n := len(p.data)
	for _, l := range p.Lines {
		n += len(l)
	}
	return n
}

// ErrOff is the error of drawing where pictures are switched off.
var ErrOff = errors.New("pictures are switched off")

// maxBox is how many cells a side of a box may have. The marks that say which
// part of a picture a kitty placeholder stands for end at 297.
const maxBox = 297

// Draw makes a picture of img for a box of cells. img should have Pixels(cols,
// rows) pixels, or fewer: it stands at the top left of the box, and what is
// over is not drawn. An *image.Gray is drawn as a page of writing, anything
// else as a photograph. Draw takes its time and may be called by several
// goroutines; it stops soon after ctx ends.
func (t Terminal) Draw(ctx context.Context, img image.Image, cols, rows int) (*Picture, error) {
	switch {
	case t.Mode == Off:
		return nil, ErrOff
	case cols <= 0 || rows <= 0 || cols > maxBox || rows > maxBox:
		return nil, fmt.Errorf("draw a picture of %d by %d cells: want 1 to %d", cols, rows, maxBox)
	case img == nil || img.Bounds().Empty():
		return nil, errors.New("draw a picture: there is nothing in it")
	}
	w, h := t.Pixels(cols, rows)
	img = crop(img, w, h)
	p := &Picture{Cols: cols, Rows: rows, mode: t.Mode, tmux: t.Tmux, id: t.id()}
	if t.Mode.Cells() {
		lines, err := t.cells(ctx, img, cols, rows)
		if err != nil {
			return nil, err
		}
		p.Lines = lines
		return p, nil
	}
	p.pixels = img.Bounds().Size()
	o, ok := img.(interface{ Opaque() bool })
	p.opaque = ok && o.Opaque()
	p.used[0], p.used[1] = t.CellsOf(img.Bounds().Dx(), img.Bounds().Dy())
	p.used[0], p.used[1] = min(p.used[0], cols), min(p.used[1], rows)
	var err error
	switch t.Mode {
	case Kitty, KittyDirect:
		p.data, err = t.kitty(ctx, img, p)
	case Sixel:
		p.data, err = t.sixel(ctx, img)
	default:
		p.data, err = t.iterm(ctx, img, p)
	}
	if err != nil {
		return nil, err
	}
	p.Lines = p.blanks()
	if t.Mode == Kitty {
		p.Lines = p.placeholders()
	}
	return p, nil
}

// blanks is the cells of a picture that is put over them.
func (p *Picture) blanks() []string {
	lines := make([]string, p.Rows)
	blank := strings.Repeat(" ", p.Cols)
	for i := range lines {
		lines[i] = blank
	}
	return lines
}

// crop is the part of img that fits w by h pixels.
func crop(img image.Image, w, h int) image.Image {
	b := img.Bounds()
	if b.Dx() <= w && b.Dy() <= h {
		return img
	}
	r := image.Rect(b.Min.X, b.Min.Y, min(b.Max.X, b.Min.X+w), min(b.Max.Y, b.Min.Y+h))
	if s, ok := img.(interface {
		SubImage(r image.Rectangle) image.Image
	}); ok {
		return s.SubImage(r)
	}
	return part{img, r}
}

type part struct {
	image.Image
	r image.Rectangle
}

func (p part) Bounds() image.Rectangle { return p.r }
