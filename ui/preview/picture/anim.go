package picture

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"time"
)

// dispose is what becomes of a frame when the next one comes.
type dispose uint8

const (
	keep    dispose = iota
	wipe            // its rectangle becomes the ground
	restore         // what was there before it comes back
)

// frame is where one frame of an animation is in the file and how it is laid on
// the canvas.
type frame struct {
	at, size int64 // of the file
	rect     image.Rectangle
	delay    time.Duration
	dispose  dispose
	over     bool // lets show through what is below it; else it replaces it
	alpha    bool // WebP: carries a plane of transparency
	ctrl     []byte
}

// animation puts frames together. It belongs to one goroutine at a time.
type animation struct {
	bounds image.Rectangle
	frames []frame
	loops  int
	decode func(ctx context.Context, f *frame) (image.Image, error)

	canvas *image.NRGBA // frame last, before it is disposed of
	before *image.NRGBA // what the canvas was before a frame that asks for it back
	last   int
}

// show gives frame n on white, as a picture of its own.
func (a *animation) show(ctx context.Context, n int) (image.Image, error) {
	if a.canvas == nil || n < a.last {
		a.canvas, a.before, a.last = image.NewNRGBA(a.bounds), nil, -1
	}
	for a.last < n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := a.next(ctx); err != nil {
			a.canvas = nil // half made
			return nil, err
		}
	}
	return plain(a.canvas), nil
}

// next lays the next frame on the canvas.
func (a *animation) next(ctx context.Context) error {
	if a.last >= 0 {
		switch f := &a.frames[a.last]; f.dispose {
		case wipe:
			draw.Draw(a.canvas, f.rect, image.NewUniform(color.Transparent), image.Point{}, draw.Src)
		case restore:
			if a.before != nil {
				copy(a.canvas.Pix, a.before.Pix)
			}
		}
	}
	f := &a.frames[a.last+1]
	img, err := a.decode(ctx, f)
	if err != nil {
		return err
	}
	if f.dispose == restore {
		if a.before == nil {
			a.before = image.NewNRGBA(a.bounds)
		}
		copy(a.before.Pix, a.canvas.Pix)
	}
	op := draw.Src
	if f.over {
		op = draw.Over
	}
	draw.Draw(a.canvas, f.rect.Intersect(a.bounds), img, img.Bounds().Min, op)
	a.last++
	return nil
}
