package paper

import (
	"fmt"
	"image"
	"image/color"
)

// Bitmap is a black and white picture of one bit a pixel. A set bit is ink;
// the first pixel of a row is the highest bit of its first byte, and each row
// begins with a new byte. The bits behind the end of a row are 0.
type Bitmap struct {
	W, H   int
	Stride int // bytes a row
	Pix    []byte
}

// NewBitmap is a white bitmap. It panics when a size is negative.
func NewBitmap(w, h int) *Bitmap {
	if w < 0 || h < 0 {
		panic(fmt.Sprintf("paper: a bitmap of %d by %d", w, h))
	}
	stride := (w + 7) / 8
	return &Bitmap{W: w, H: h, Stride: stride, Pix: make([]byte, stride*h)}
}

// Ink reports whether the pixel is black. Outside the bitmap it is not.
func (b *Bitmap) Ink(x, y int) bool {
	return x >= 0 && y >= 0 && x < b.W && y < b.H && b.Pix[y*b.Stride+x>>3]&(0x80>>(x&7)) != 0
}

// Row is the bytes of row y.
func (b *Bitmap) Row(y int) []byte { return b.Pix[y*b.Stride : (y+1)*b.Stride] }

// ColorModel implements image.Image.
func (b *Bitmap) ColorModel() color.Model { return color.GrayModel }

// Bounds implements image.Image.
func (b *Bitmap) Bounds() image.Rectangle { return image.Rect(0, 0, b.W, b.H) }

// At implements image.Image.
func (b *Bitmap) At(x, y int) color.Color {
	if b.Ink(x, y) {
		return color.Gray{}
	}
	return color.Gray{Y: 255}
}
