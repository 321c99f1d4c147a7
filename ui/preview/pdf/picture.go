package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"

	"switchboard/ui/preview/fax"
	"switchboard/ui/preview/paper"
	"switchboard/ui/preview/pdf/cos"
)

// picture is a decoded image.
type picture struct {
	w, h int

	// One of these. bits is ink where the image is black; of a stencil, where it
	// paints.
	bits    *paper.Bitmap
	img     image.Image // *image.Gray, *image.RGBA, *image.YCbCr, *image.CMYK
	stencil bool

	mask   *picture // what of it shows: gray, white shows; nil all
	damage string
}

// FilterError says that a picture is packed in a way that only an outside
// program undoes.
type FilterError struct{ Filter string }

func (e *FilterError) Error() string {
	name := map[string]string{"JPXDecode": "JPEG 2000", "JBIG2Decode": "JBIG2"}[e.Filter]
	if name == "" {
		name = e.Filter
	}
	return fmt.Sprintf("the page is a picture in %s, which is shown only with mutool or pdftoppm: install one of them, or open the file outside", name)
}

var errNoPicture = errors.New("a picture on the page is damaged")

// picture decodes an image XObject or inline image (8.9).
func (d *document) picture(ctx context.Context, st *cos.Stream, res cos.Dict, depth int) (*picture, error) {
	f := d.file
	p := &picture{w: f.Int(st.Dict["Width"], 0), h: f.Int(st.Dict["Height"], 0)}
	p.stencil = f.Bool(st.Dict["ImageMask"], false)
	if err := d.checkSize(p.w, p.h); err != nil {
		return nil, err
	}
	dec, err := f.Decode(ctx, st)
	if err != nil {
		return nil, err
	}
	if dec.Cut {
		p.damage = "a picture is cut short"
	}
	bounds := f.Nums(st.Dict["Decode"])
	if len(dec.Rest) > 0 {
		switch fl := dec.Rest[0]; fl.Name {
		case "CCITTFaxDecode":
			err = d.fax(ctx, p, dec.Data, fl.Parms, st, res, bounds)
		case "DCTDecode":
			err = d.jpeg(p, dec.Data, st, res, bounds)
		default:
			err = &FilterError{string(fl.Name)}
		}
	} else {
		err = d.samples(ctx, p, dec.Data, st, res, bounds)
	}
	if err != nil {
		return nil, err
	}
	if depth == 0 && !p.stencil {
		d.masks(ctx, p, st, res)
	}
	return p, nil
}

func (d *document) checkSize(w, h int) error {
	if w <= 0 || h <= 0 {
		return errNoPicture
	}
	if w > d.lim.Pixels/h {
		return fmt.Errorf("a picture of %d by %d pixels is more than can be shown", w, h)
	}
	return nil
}

// maxColour is how many pixels a picture in colour may have: each takes four
// bytes, and as many more while it is read.
const maxColour = 40_000_000

func (d *document) checkColour(w, h int) error {
	if err := d.checkSize(w, h); err != nil {
		return err
	}
	if w > maxColour/h {
		return fmt.Errorf("a picture of %d by %d pixels in colour is more than can be shown", w, h)
	}
	return nil
}

// masks reads the soft or the hard mask of a picture.
func (d *document) masks(ctx context.Context, p *picture, st *cos.Stream, res cos.Dict) {
	m := d.file.Stream(st.Dict["SMask"])
	if m == nil {
		m = d.file.Stream(st.Dict["Mask"])
	}
	if m == nil {
		return
	}
	if mask, err := d.picture(ctx, m, res, 1); err == nil {
		p.mask = mask
	} else {
		p.damage = "what is transparent of a picture could not be read"
	}
}

func (d *document) fax(ctx context.Context, p *picture, b []byte, parms cos.Dict, st *cos.Stream, res cos.Dict, bounds []float64) error {
	f := d.file
	params := fax.Params{
		K: f.Int(parms["K"], 0), Columns: f.Int(parms["Columns"], 1728), Rows: f.Int(parms["Rows"], 0),
		EndOfLine: f.Bool(parms["EndOfLine"], false), BlackIs1: f.Bool(parms["BlackIs1"], false),
		MaxPixels: d.lim.Pixels,
	}
	if f.Bool(parms["EncodedByteAlign"], false) {
		params.Align = 8
	}
	// The picture's height is what is drawn; Rows may be missing or wrong.
	params.Rows = p.h
	bits, report, err := fax.Decode(ctx, b, params)
	if err != nil {
		return fmt.Errorf("reading a fax page: %w", err)
	}
	if dm := report.Damage(); dm != "" {
		p.damage = dm
	}
	// Ink is the samples 0.
	if bits.W == p.w && bits.H == p.h {
		d.bilevel(p, bits, st, res, bounds)
		return nil
	}
	fit := paper.NewBitmap(p.w, p.h)
	for y := range min(p.h, bits.H) {
		copy(fit.Row(y), bits.Row(y))
		clearTail(fit, y)
	}
	d.bilevel(p, fit, st, res, bounds)
	return nil
}

func clearTail(b *paper.Bitmap, y int) {
	if b.W&7 != 0 && b.Stride > 0 {
		b.Pix[y*b.Stride+b.Stride-1] &= 0xff << (8 - b.W&7)
	}
}

// bilevel makes the picture of samples of one bit; zeros has a set bit for each
// sample 0.
func (d *document) bilevel(p *picture, zeros *paper.Bitmap, st *cos.Stream, res cos.Dict, bounds []float64) {
	flip := len(bounds) >= 2 && bounds[0] > bounds[1]
	if p.stencil {
		if flip {
			invert(zeros)
		}
		p.bits = zeros
		return
	}
	s := d.space(st.Dict["ColorSpace"], res, 0)
	if s == nil {
		s = gray
	}
	if len(bounds) < 2 {
		bounds = s.decode(1)
	}
	c0, c1 := s.rgb(bounds[:1]), s.rgb(bounds[1:2])
	black, paperWhite := color.RGBA{A: 255}, color.RGBA{255, 255, 255, 255}
	switch {
	case s.n != 1:
		p.bits = zeros
	case c0 == black && c1 == paperWhite:
		p.bits = zeros
	case c0 == paperWhite && c1 == black:
		invert(zeros)
		p.bits = zeros
	default:
		img := image.NewRGBA(image.Rect(0, 0, p.w, p.h))
		for y := range p.h {
			for x := range p.w {
				if zeros.Ink(x, y) {
					img.SetRGBA(x, y, c0)
				} else {
					img.SetRGBA(x, y, c1)
				}
			}
		}
		p.img = img
	}
}

func invert(b *paper.Bitmap) {
	for i := range b.Pix {
		b.Pix[i] = ^b.Pix[i]
	}
	for y := range b.H {
		clearTail(b, y)
	}
}

// jpeg decodes DCTDecode.
func (d *document) jpeg(p *picture, b []byte, st *cos.Stream, res cos.Dict, bounds []float64) error {
	cfg, err := jpeg.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		b = withAdobe(b)
		cfg, err = jpeg.DecodeConfig(bytes.NewReader(b))
	}
	if err != nil {
		return fmt.Errorf("reading a JPEG picture on the page: %w", err)
	}
	if err := d.checkColour(cfg.Width, cfg.Height); err != nil {
		return err
	}
	img, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		if img, err = jpeg.Decode(bytes.NewReader(withAdobe(b))); err != nil {
			return fmt.Errorf("reading a JPEG picture on the page: %w", err)
		}
	}
	p.w, p.h = cfg.Width, cfg.Height
	flip := len(bounds) >= 2 && bounds[0] > bounds[1]
	s := d.space(st.Dict["ColorSpace"], res, 0)
	switch m := img.(type) {
	case *image.CMYK:
		// The decoder takes Adobe's word that the inks are inverted and turns them;
		// the file says so itself, by its Decode array.
		if !flip {
			for i := range m.Pix {
				m.Pix[i] = ^m.Pix[i]
			}
		}
		p.img = m
	case *image.Gray:
		p.img = m
		if flip {
			for i := range m.Pix {
				m.Pix[i] = ^m.Pix[i]
			}
		}
		if s != nil && s.n == 1 && s.family != "gray" {
			p.img = paint(m, s)
		}
	default:
		p.img = img
		if s != nil && s.family == "lab" {
			p.damage = "the colours of a picture are approximate"
		}
	}
	return nil
}

// paint gives gray samples the colours of a space of one component.
func paint(m *image.Gray, s *space) *image.RGBA {
	var table [256]color.RGBA
	for i := range table {
		v := float64(i) / 255
		if s.family == "indexed" {
			v = float64(i)
		}
		table[i] = s.rgb([]float64{v})
	}
	out := image.NewRGBA(m.Rect)
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			out.SetRGBA(x, y, table[m.Pix[y*m.Stride+x]])
		}
	}
	return out
}

// withAdobe puts in Adobe's mark, without which four inks are not taken.
func withAdobe(b []byte) []byte {
	if len(b) < 2 || b[0] != 0xff || b[1] != 0xd8 {
		return b
	}
	mark := "\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"
	return append(append([]byte("\xff\xd8"), mark...), b[2:]...)
}
