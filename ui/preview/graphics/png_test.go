package graphics

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"testing"
)

// A page is read by others as it was written, whatever its width, with what is
// transparent in it.
func TestPagePNG(t *testing.T) {
	for _, size := range []image.Point{{X: 1, Y: 1}, {X: 2, Y: 3}, {X: 61, Y: 40}, {X: 300, Y: 7}} {
		for _, more := range []int{0, 3} {
			img := image.NewGray(image.Rectangle{Max: size})
			for i := range img.Pix {
				img.Pix[i] = uint8(i * 37)
			}
			want := page(img, size.X+more, size.Y+more, levels)
			var b bytes.Buffer
			if err := encodePNG(t.Context(), &b, want); err != nil {
				t.Fatal(err)
			}
			got, err := png.Decode(&b)
			if err != nil || got.Bounds() != want.Bounds() {
				t.Fatalf("%v: %v", size, err)
			}
			for y := range want.Rect.Dy() {
				for x := range want.Rect.Dx() {
					if g, w := color.NRGBAModel.Convert(got.At(x, y)), color.NRGBAModel.Convert(want.At(x, y)); g != w {
						t.Fatalf("%v at %d, %d: %v, want %v", size, x, y, g, w)
					}
				}
			}
		}
	}
}

// More colours than 4 bits hold, and none at all, are left to image/png.
func TestPNGOfManyColours(t *testing.T) {
	img := image.NewPaletted(image.Rect(0, 0, 9, 9), nil)
	for i := range 17 {
		img.Palette = append(img.Palette, color.Gray{Y: uint8(i)})
	}
	img.Pix[80] = 16
	var b bytes.Buffer
	if err := encodePNG(t.Context(), &b, img); err != nil {
		t.Fatal(err)
	}
	got, err := png.Decode(&b)
	if err != nil || color.GrayModel.Convert(got.At(8, 8)) != (color.Gray{Y: 16}) {
		t.Errorf("%v", err)
	}
}

func TestPNGStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := encodePNG(ctx, &bytes.Buffer{}, page(image.NewGray(image.Rect(0, 0, 9, 9)), 9, 9, levels))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
