package graphics

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"io"

	"github.com/mattn/go-sixel"
)

// levels is how many greys a page is sent in: enough that its strokes look
// smooth, few enough that it takes 4 bits a pixel.
const levels = 15

// page is a picture in n greys, at least w by h; what is beyond img is
// transparent.
func page(img *image.Gray, w, h, n int) *image.Paletted {
	b := img.Bounds()
	w, h = max(w, b.Dx()), max(h, b.Dy())
	shades := make(color.Palette, n, n+1)
	var index [256]uint8
	for i := range n {
		shades[i] = color.Gray{Y: uint8(i * 255 / (n - 1))} //nolint:gosec // at most 255
	}
	for v := range index {
		index[v] = uint8((v*(n-1) + 127) / 255) //nolint:gosec // below n
	}
	out := image.NewPaletted(image.Rect(0, 0, w, h), shades)
	if w > b.Dx() || h > b.Dy() {
		out.Palette = append(out.Palette, color.NRGBA{})
		for i := range out.Pix {
			out.Pix[i] = uint8(n) //nolint:gosec // at most 256
		}
	}
	for y := range b.Dy() {
		at := img.PixOffset(b.Min.X, b.Min.Y+y)
		to := out.Pix[y*out.Stride:]
		for x, v := range img.Pix[at : at+b.Dx()] {
			to[x] = index[v]
		}
	}
	return out
}

// padded is img in a picture of w by h pixels, at least.
func padded(img image.Image, w, h int) image.Image {
	if g, ok := img.(*image.Gray); ok {
		return page(g, w, h, levels)
	}
	b := img.Bounds()
	if b.Dx() >= w && b.Dy() >= h {
		return img
	}
	out := image.NewNRGBA(image.Rect(0, 0, max(w, b.Dx()), max(h, b.Dy())))
	draw.Draw(out, image.Rect(0, 0, b.Dx(), b.Dy()), img, b.Min, draw.Src)
	return out
}

// fill is img in a picture that fills whole cells, which terminals that scale
// a picture to its cells show as it is.
func (t Terminal) fill(img image.Image, p *Picture) image.Image {
	w, h := t.cell()
	return padded(img, p.used[0]*w, p.used[1]*h)
}

// stopping ends an encoder when ctx ends.
type stopping struct {
	ctx context.Context
	w   io.Writer
}

func (s stopping) Write(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.w.Write(b)
}

// kitty is the picture as its protocol takes it: a PNG in base64.
func (t Terminal) kitty(ctx context.Context, img image.Image, p *Picture) ([]byte, error) {
	var b bytes.Buffer
	if err := encodePNG(ctx, &b, t.fill(img, p)); err != nil {
		return nil, fmt.Errorf("draw a picture for kitty: %w", err)
	}
	return base64.StdEncoding.AppendEncode(nil, b.Bytes()), nil
}

// iterm is the whole sequence that shows the picture.
func (t Terminal) iterm(ctx context.Context, img image.Image, p *Picture) ([]byte, error) {
	var b bytes.Buffer
	var err error
	full := t.fill(img, p)
	switch o, ok := full.(interface{ Opaque() bool }); {
	case ok && o.Opaque() && !isPaletted(full):
		err = jpeg.Encode(stopping{ctx, &b}, full, &jpeg.Options{Quality: 88})
	default:
		err = encodePNG(ctx, &b, full)
	}
	if err != nil {
		return nil, fmt.Errorf("draw a picture for iTerm2: %w", err)
	}
	name := base64.StdEncoding.EncodeToString([]byte("page"))
	out := fmt.Appendf(nil, "\x1b]1337;File=name=%s;size=%d;width=%d;height=%d;preserveAspectRatio=0;inline=1;doNotMoveCursor=1:",
		name, b.Len(), p.used[0], p.used[1])
	return append(base64.StdEncoding.AppendEncode(out, b.Bytes()), 7), nil
}

func isPaletted(img image.Image) bool {
	_, ok := img.(*image.Paletted)
	return ok
}

// sixel is the whole sequence that shows the picture.
func (t Terminal) sixel(ctx context.Context, img image.Image) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	registers := 256
	if t.Registers > 1 {
		registers = min(t.Registers, registers)
	}
	var b bytes.Buffer
	e := sixel.NewEncoder(stopping{ctx, &b})
	e.Transparent = true // the blanks are beneath
	e.Colors = registers
	if g, ok := img.(*image.Gray); ok {
		img = page(g, 0, 0, min(levels, registers))
	} else {
		e.Dither = registers < 64
	}
	if err := e.Encode(img); err != nil {
		return nil, fmt.Errorf("draw a picture as sixels: %w", err)
	}
	return b.Bytes(), nil
}
