package picture

import (
	"errors"
	"fmt"
	"image"
	"image/color"

	"switchboard/ui/kit"
)

// Limits bounds what opening and decoding may cost. A field of 0 has its
// default.
type Limits struct {
	Bytes  int64 // of the file; 256 MB
	Pixels int64 // of a frame; 100 million
	Memory int64 // bytes while a frame is decoded; 512 MB
	Frames int   // that are shown; more are counted as left out; 2,000
	Work   int64 // pixels a progressive JPEG goes over, all its scans together; 2,000 million
}

func (l Limits) filled() Limits {
	def := func(v *int64, d int64) {
		if *v <= 0 {
			*v = d
		}
	}
	def(&l.Bytes, 256<<20)
	def(&l.Pixels, 100e6)
	def(&l.Memory, 512<<20)
	def(&l.Work, 2e9)
	if l.Frames <= 0 {
		l.Frames = 2000
	}
	return l
}

// Errors to tell apart.
var (
	// ErrNotPicture is returned for content that is none of the formats read here.
	ErrNotPicture = errors.New("not a picture of a known format")
	// ErrTooLarge is wrapped where a limit stops a picture.
	ErrTooLarge = errors.New("too large to show here")
)

// check refuses a frame before anything is allocated for it. Per is how many
// bytes a pixel its decoder needs besides what is shown.
func (l Limits) check(format string, c image.Config, per float64) error {
	if c.Width <= 0 || c.Height <= 0 {
		return fmt.Errorf("%s: says it is %d by %d pixels", format, c.Width, c.Height)
	}
	n := int64(c.Width) * int64(c.Height) // each fits 32 bits in every format
	if int64(c.Width) > 1<<31 || int64(c.Height) > 1<<31 || n > l.Pixels {
		return fmt.Errorf("%s of %d by %d pixels: %w (more than %s pixels)", format, c.Width, c.Height, ErrTooLarge, kit.Count(int(l.Pixels), true))
	}
	if need := float64(n) * per; need > float64(l.Memory) {
		return fmt.Errorf("%s of %d by %d pixels: %w (needs %s of memory)", format, c.Width, c.Height, ErrTooLarge, kit.Size(int64(need)))
	}
	return nil
}

// perPixel is how many bytes a pixel of a colour model takes decoded, with the
// copy in which it is shown where that is another.
func perPixel(m color.Model) float64 {
	switch m {
	case color.GrayModel:
		return 1
	case color.Gray16Model:
		return 2 + 1
	case color.RGBA64Model, color.NRGBA64Model:
		return 8 + 4
	case color.YCbCrModel:
		return 3
	case color.RGBAModel:
		return 4
	case color.CMYKModel, color.NRGBAModel, color.NYCbCrAModel:
		return 4 + 4
	}
	return 1 + 4 // a palette
}
