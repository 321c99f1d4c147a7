package tiff

import (
	"image"
	"slices"

	"switchboard/ui/preview/paper"
)

// orient is how a page with the given Orientation (TIFF 6.0, section 8) is made
// upright: by quarter turns, which are left to whoever looks, and for four of them
// by a mirror, which is put right here.
func orient(img image.Image, orientation uint64) (image.Image, int) {
	switch orientation {
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

// mirror changes left and right, in place.
func mirror(img image.Image) image.Image {
	switch img := img.(type) {
	case *paper.Bitmap:
		shift := img.Stride*8 - img.W
		for y := range img.H {
			row := img.Row(y)
			slices.Reverse(row)
			reverseBits(row)
			for i := range row {
				v := uint16(row[i]) << 8
				if i+1 < len(row) {
					v |= uint16(row[i+1])
				}
				row[i] = byte(v << shift >> 8)
			}
		}
	case *image.Gray:
		for y := range img.Rect.Dy() {
			slices.Reverse(img.Pix[y*img.Stride : y*img.Stride+img.Rect.Dx()])
		}
	case *image.RGBA:
		mirrorFours(img.Pix, img.Stride, img.Rect)
	case *image.NRGBA:
		mirrorFours(img.Pix, img.Stride, img.Rect)
	}
	return img
}

func mirrorFours(pix []byte, stride int, r image.Rectangle) {
	for y := range r.Dy() {
		row := pix[y*stride : y*stride+4*r.Dx()]
		// Backwards by bytes puts each pixel's bytes the wrong way round too.
		slices.Reverse(row)
		for i := 0; i+4 <= len(row); i += 4 {
			row[i], row[i+1], row[i+2], row[i+3] = row[i+3], row[i+2], row[i+1], row[i]
		}
	}
}
