package pdf

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"strings"

	"switchboard/ui/preview/paper"
)

// Page implements paper.Document. A page that is only scanned pictures is their
// pixels as they are; another is drawn at the resolution of its pictures or of
// Options.DPI, upright, with Turn 0.
func (d *document) Page(ctx context.Context, n int) (p paper.Page, err error) {
	defer rescue(&err)
	ctx, cancel := context.WithTimeout(ctx, d.lim.Time)
	defer cancel()
	s, err := d.sheet(n)
	if err != nil {
		return paper.Page{}, err
	}
	l, err := d.list(ctx, s)
	if err != nil {
		return paper.Page{}, pageError(n, err)
	}
	var filter *FilterError
	p, ok, err := d.scan(ctx, l, s)
	if err == nil && ok {
		return p, nil
	}
	if err != nil && (!errors.As(err, &filter) || d.tool == nil) {
		return paper.Page{}, pageError(n, err)
	}
	dpi := d.resolution(l, s)
	failed := ""
	if d.tool != nil && (filter != nil || l.text || len(l.lacks) > 0) {
		img, err := d.tool.draw(ctx, n, dpi, d.lim)
		if err == nil {
			w, h := s.inches()
			b := img.Bounds()
			return paper.Page{Image: img, XRes: float64(b.Dx()) / w, YRes: float64(b.Dy()) / h}, nil
		}
		if ctx.Err() != nil || filter != nil {
			return paper.Page{}, pageError(n, err)
		}
		failed = d.tool.name + " could not draw the page (" + err.Error() + "); "
	}
	p, err = d.draw(ctx, l, s, dpi)
	if err != nil {
		return paper.Page{}, pageError(n, err)
	}
	if p.Damage != "" || failed != "" {
		p.Damage = failed + p.Damage
	}
	return p, nil
}

func pageError(n int, err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		err = errors.New("it takes too long to read: open it outside")
	}
	return fmt.Errorf("page %d: %w", n+1, err)
}

// resolution is the dots per inch a page is drawn at: those of the largest
// picture on it, within reason.
func (d *document) resolution(l *list, s sheet) float64 {
	dpi := d.dpi
	area := s.box.w() * s.box.h()
	for _, m := range l.marks {
		if m.kind != imageMark {
			continue
		}
		c := m.image.ctm
		wide, high := math.Hypot(c[0], c[1]), math.Hypot(c[2], c[3])
		if wide*high < area/10 {
			continue
		}
		x := float64(d.file.Int(m.image.stream.Dict["Width"], 0)) / (wide * s.unit / 72)
		y := float64(d.file.Int(m.image.stream.Dict["Height"], 0)) / (high * s.unit / 72)
		dpi = math.Max(dpi, math.Min(math.Max(x, y), 300))
	}
	w, h := s.inches()
	most := math.Min(float64(d.lim.Pixels), 40e6)
	if w*h*dpi*dpi > most {
		dpi = math.Sqrt(most / (w * h))
	}
	return dpi
}

// draw draws the page here.
func (d *document) draw(ctx context.Context, l *list, s sheet, dpi float64) (paper.Page, error) {
	wi, hi := s.inches()
	w, h := max(int(math.Round(wi*dpi)), 1), max(int(math.Round(hi*dpi)), 1)
	if w > d.lim.Pixels/h {
		return paper.Page{}, errors.New("the page is larger than can be shown")
	}
	c := newCanvas(ctx, d, w, h)
	c.m = s.upright(float64(w), float64(h))
	for i := range l.marks {
		if err := ctx.Err(); err != nil {
			return paper.Page{}, err
		}
		c.mark(&l.marks[i])
	}
	p := paper.Page{Image: c.result(), XRes: float64(w) / wi, YRes: float64(h) / hi}
	var notes []string
	if c.approximate {
		notes = append(notes, "drawn without mutool or pdftoppm: fonts are approximate")
	}
	if len(l.lacks) > 0 {
		notes = append(notes, strings.Join(l.lacks, ", ")+" are left out or approximate")
	}
	p.Damage = strings.Join(append(notes, c.damage...), "; ")
	return p, ctx.Err()
}

// grayOnly makes a gray picture of one without colours, which takes a quarter of
// the memory.
func grayOnly(img *image.RGBA) image.Image {
	for i := 0; i+3 < len(img.Pix); i += 4 {
		if img.Pix[i] != img.Pix[i+1] || img.Pix[i] != img.Pix[i+2] {
			return img
		}
	}
	g := image.NewGray(img.Rect)
	for i := range g.Pix {
		g.Pix[i] = img.Pix[4*i]
	}
	return g
}
