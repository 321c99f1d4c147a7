package pdf

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"

	"switchboard/ui/preview/fax"
	"switchboard/ui/preview/paper"
	"switchboard/ui/preview/pdf/cos"
)

// pixels writes a page of pixels at its true size.
func (b *builder) pixels(p paper.Page, stamps []Stamp, turn int, parent cos.Ref) (cos.Ref, error) {
	if p.Image == nil || p.Image.Bounds().Empty() {
		return cos.Ref{}, errors.New("the page has no picture")
	}
	upright := p
	upright.Turn = 0
	w, h := upright.Size()
	w, h = w*72, h*72
	// 14,400 units is the most a page may have; a larger one has larger units.
	unit := 1.0
	for w/unit > 14_400 || h/unit > 14_400 {
		unit *= 2
	}
	sh := sheet{box: rect{0, 0, w / unit, h / unit}, rotate: (p.Turn + turn) & 3, unit: unit}
	img, err := b.image(p.Image)
	if err != nil {
		return cos.Ref{}, err
	}
	draw, err := b.stamps(stamps, sh)
	if err != nil {
		return cos.Ref{}, err
	}
	forms := cos.Dict{"Page": img}
	ops := "q " + nums(sh.box.x1, 0, 0, sh.box.y1, 0, 0) + "cm /Page Do Q\n"
	for i, s := range draw {
		name := cos.Name(fmt.Sprintf("Stamp%d", i+1))
		forms[name] = s.form
		ops += drawOp(s.at, name)
	}
	page := cos.Dict{
		"Type": cos.Name("Page"), "Parent": parent,
		"MediaBox":  cos.Array{0, 0, sh.box.x1, sh.box.y1},
		"Resources": cos.Dict{"XObject": forms},
		"Contents":  b.add(cos.Dict{}, []byte(ops)),
	}
	if sh.rotate != 0 {
		page["Rotate"] = 90 * sh.rotate
	}
	if unit != 1 {
		page["UserUnit"] = unit
	}
	r := b.reserve()
	b.object(r, page)
	return r, b.err
}

// jpegQuality is that of pages that came as JPEG and of photographs stamped on.
const jpegQuality = 90

// image writes a picture: black and white by T.6, what came as JPEG as JPEG,
// other pixels as they are, with their transparency beside them.
func (b *builder) image(img image.Image) (cos.Ref, error) {
	size := img.Bounds()
	d := cos.Dict{
		"Type": cos.Name("XObject"), "Subtype": cos.Name("Image"),
		"Width": size.Dx(), "Height": size.Dy(), "BitsPerComponent": 8, "ColorSpace": cos.Name("DeviceRGB"),
	}
	switch m := img.(type) {
	case *paper.Bitmap:
		d["BitsPerComponent"], d["ColorSpace"] = 1, cos.Name("DeviceGray")
		d["Filter"] = cos.Name("CCITTFaxDecode")
		d["DecodeParms"] = cos.Dict{"K": -1, "Columns": m.W, "Rows": m.H}
		return b.add(d, fax.Encode(m)), nil
	case *image.YCbCr:
		var out bytes.Buffer
		if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: jpegQuality}); err != nil {
			return cos.Ref{}, fmt.Errorf("packing a picture: %w", err)
		}
		d["Filter"] = cos.Name("DCTDecode")
		return b.add(d, out.Bytes()), nil
	case *image.Gray:
		d["ColorSpace"] = cos.Name("DeviceGray")
		return b.flate(d, m.Pix, m.Stride, size.Dx(), size.Dy())
	}
	flat := image.NewNRGBA(image.Rect(0, 0, size.Dx(), size.Dy()))
	draw.Draw(flat, flat.Rect, img, size.Min, draw.Src)
	n := size.Dx() * size.Dy()
	rgb, alpha := make([]byte, 0, 3*n), make([]byte, 0, n)
	opaque := true
	for i := 0; i+3 < len(flat.Pix); i += 4 {
		rgb = append(rgb, flat.Pix[i], flat.Pix[i+1], flat.Pix[i+2])
		alpha = append(alpha, flat.Pix[i+3])
		opaque = opaque && flat.Pix[i+3] == 255
	}
	if !opaque {
		mask, err := b.flate(cos.Dict{
			"Type": cos.Name("XObject"), "Subtype": cos.Name("Image"), "Width": size.Dx(), "Height": size.Dy(),
			"BitsPerComponent": 8, "ColorSpace": cos.Name("DeviceGray"),
		}, alpha, size.Dx(), size.Dx(), size.Dy())
		if err != nil {
			return cos.Ref{}, err
		}
		d["SMask"] = mask
	}
	return b.flate(d, rgb, 3*size.Dx(), 3*size.Dx(), size.Dy())
}

// flate writes rows of samples, each as its difference from the one above, which
// packs better.
func (b *builder) flate(d cos.Dict, pix []byte, stride, row, rows int) (cos.Ref, error) {
	colors := 1
	if d["ColorSpace"] == cos.Name("DeviceRGB") {
		colors = 3
	}
	d["Filter"] = cos.Name("FlateDecode")
	d["DecodeParms"] = cos.Dict{"Predictor": 15, "Colors": colors, "BitsPerComponent": 8, "Columns": row / colors}
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	line, above := make([]byte, row+1), make([]byte, row)
	line[0] = 2 // PNG's "up"
	for y := range rows {
		now := pix[y*stride : y*stride+row]
		for i, v := range now {
			line[i+1] = v - above[i]
		}
		if _, err := z.Write(line); err != nil {
			return cos.Ref{}, fmt.Errorf("packing a picture: %w", err)
		}
		above = now
		if y&255 == 0 && b.ctx.Err() != nil {
			return cos.Ref{}, b.ctx.Err()
		}
	}
	if err := z.Close(); err != nil {
		return cos.Ref{}, fmt.Errorf("packing a picture: %w", err)
	}
	return b.add(d, out.Bytes()), nil
}
