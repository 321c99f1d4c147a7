package graphics

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"io"
)

// fewColours is how many colours a picture of 4 bits a pixel can have.
const fewColours = 16

// encodePNG writes a PNG. Photographs, which hardly get smaller, take the quickest
// compression.
func encodePNG(ctx context.Context, w io.Writer, img image.Image) error {
	out := stopping{ctx, w}
	e := png.Encoder{CompressionLevel: png.BestSpeed}
	if p, ok := img.(*image.Paletted); ok {
		if n := len(p.Palette); n > 0 && n <= fewColours {
			return encodePage(out, p)
		}
		e.CompressionLevel = png.DefaultCompression
	}
	return e.Encode(out, img)
}

// encodePage writes a page of a few colours as a PNG of 4 bits a pixel: ISO 15948,
// colour type 3. Its rows are not filtered, which for so few colours is a quarter of
// the work that image/png does, and no more bytes.
func encodePage(w io.Writer, img *image.Paletted) error {
	const depth, indexed, level = 4, 3, 4
	var pixels bytes.Buffer
	z, err := zlib.NewWriterLevel(&pixels, level)
	if err != nil {
		return fmt.Errorf("compress a PNG: %w", err)
	}
	b := img.Bounds()
	row := make([]byte, 1+(b.Dx()+1)/2) // the first byte says: no filter
	for y := range b.Dy() {
		pack(row[1:], img.Pix[y*img.Stride:][:b.Dx()])
		if _, err := z.Write(row); err != nil {
			return fmt.Errorf("compress a PNG: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("compress a PNG: %w", err)
	}
	head := binary.BigEndian.AppendUint32(nil, uint32(b.Dx())) //nolint:gosec // pixels of a screen
	head = binary.BigEndian.AppendUint32(head, uint32(b.Dy())) //nolint:gosec // the same
	head = append(head, depth, indexed, 0, 0, 0)
	var colours, alphas []byte
	for _, c := range img.Palette {
		v := color.NRGBAModel.Convert(c).(color.NRGBA)
		colours, alphas = append(colours, v.R, v.G, v.B), append(alphas, v.A)
	}
	out := []byte("\x89PNG\r\n\x1a\n")
	out = chunk(out, "IHDR", head)
	out = chunk(out, "PLTE", colours)
	if !img.Opaque() {
		out = chunk(out, "tRNS", alphas)
	}
	out = chunk(out, "IDAT", pixels.Bytes())
	_, err = w.Write(chunk(out, "IEND", nil))
	return err //nolint:wrapcheck // an output says what its own does
}

// pack puts two pixels into each byte, the left one in the high half.
func pack(to, pix []byte) {
	for i := range to {
		to[i] = pix[2*i] << 4
		if 2*i+1 < len(pix) {
			to[i] |= pix[2*i+1]
		}
	}
}

// chunk appends a part of a PNG: its length, its name, the data and a checksum.
func chunk(to []byte, name string, data []byte) []byte {
	to = binary.BigEndian.AppendUint32(to, uint32(len(data))) //nolint:gosec // of a screen
	at := len(to)
	to = append(append(to, name...), data...)
	return binary.BigEndian.AppendUint32(to, crc32.ChecksumIEEE(to[at:]))
}
