package picture

import (
	"image"
	"image/color"
	"image/draw"
)

// plain gives an image in one of the forms a page may have. What is transparent
// becomes white: a page is paper.
func plain(img image.Image) image.Image {
	switch m := img.(type) {
	case *image.Gray, *image.YCbCr:
		return img
	case *image.RGBA:
		if m.Opaque() {
			return img
		}
	case *image.Gray16:
		out := image.NewGray(m.Rect)
		for y := range m.Rect.Dy() {
			from, to := m.Pix[y*m.Stride:], out.Pix[y*out.Stride:]
			for x := range m.Rect.Dx() {
				to[x] = from[2*x]
			}
		}
		return out
	}
	out := image.NewRGBA(img.Bounds())
	draw.Draw(out, out.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, img, out.Rect.Min, draw.Over)
	return out
}

// upright is the image and the quarter turns clockwise that its Exif
// orientation asks for. The mirrored ones (2, 4, 5, 7), which cameras hardly
// write, are turned over here.
func upright(img image.Image, orient int) (image.Image, int) {
	switch orient {
	case 2:
		return mirror(img), 0
	case 3:
		return img, 2
	case 4:
		return mirror(img), 2
	case 5:
		return mirror(img), 3
	case 6:
		return img, 1
	case 7:
		return mirror(img), 1
	case 8:
		return img, 3
	}
	return img, 0
}

func mirror(img image.Image) image.Image {
	b := img.Bounds()
	out := image.NewRGBA(b)
	draw.Draw(out, b, img, b.Min, draw.Src)
	w := b.Dx()
	for y := range b.Dy() {
		row := out.Pix[y*out.Stride : y*out.Stride+4*w]
		for l, r := 0, w-1; l < r; l, r = l+1, r-1 {
			a, z := (*[4]byte)(row[4*l:]), (*[4]byte)(row[4*r:])
			*a, *z = *z, *a
		}
	}
	return out
}
