package tiff

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"io"
	"slices"

	xtiff "golang.org/x/image/tiff"
)

// readOther reads a page in gray or colour by way of x/image.
func (l *layout) readOther(ctx context.Context) (image.Image, error) {
	pixel := 0 // bytes
	for i := range l.samples {
		pixel += max(int(min(l.depths[min(i, len(l.depths)-1)], 64)+7)/8, 1)
	}
	if l.samples > 1 {
		pixel = max(pixel, 4)
	}
	if l.w > l.lim.Bytes/l.h/pixel {
		return nil, fmt.Errorf("%w: %d by %d pixels of %d bytes", ErrTooLarge, l.w, l.h, pixel)
	}
	switch l.compression {
	case compNone, compLZW, compDeflate, compOldDeflate, compPackBits:
	default:
		return nil, fmt.Errorf("compression %s is %w", compressionName(l.compression), ErrUnsupported)
	}
	if l.samples > 1 && l.one(tagPlanar, 1) == 2 {
		return nil, fmt.Errorf("a picture with its colours apart (PlanarConfiguration 2) is %w", ErrUnsupported)
	}
	if n := l.across * l.down; len(l.starts) < n {
		return nil, fmt.Errorf("%d of %d parts are missing", n-len(l.starts), n)
	}
	v, err := l.tidy(ctx)
	if err != nil {
		return nil, err
	}
	img, err := xtiff.Decode(v)
	var unsupported xtiff.UnsupportedError
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, &unsupported):
		return nil, fmt.Errorf("%s is %w", string(unsupported), ErrUnsupported)
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errCut
	case err != nil:
		return nil, err
	}
	return usual(img), nil
}

// view is a file of one page as x/image wants it: a directory made for it, with
// all it asks for and nothing else, and behind that the bytes of the file.
type view struct {
	ctx  context.Context
	f    *file
	head []byte
	flip bool // FillOrder 2
}

// Read is here because x/image asks for a Reader; having found ReadAt it does not
// use it.
func (v *view) Read([]byte) (int, error) { return 0, errors.ErrUnsupported }

// ReadAt implements io.ReaderAt.
func (v *view) ReadAt(p []byte, at int64) (n int, err error) {
	if err := v.ctx.Err(); err != nil {
		return 0, err
	}
	if at < 0 {
		return 0, errCut
	}
	if at < int64(len(v.head)) {
		if n = copy(p, v.head[at:]); n == len(p) {
			return n, nil
		}
	}
	rest := p[n:]
	k, err := v.f.r.ReadAt(rest, at+int64(n)-int64(len(v.head)))
	if v.flip {
		reverseBits(rest[:k])
	}
	return n + k, err
}

// tidy makes the view of a page.
func (l *layout) tidy(ctx context.Context) (*view, error) {
	fields := map[uint16][]uint64{
		tagImageWidth:    {uint64(l.w)},
		tagImageLength:   {uint64(l.h)},
		tagBitsPerSample: l.depths,
		tagCompression:   {l.compression},
		tagPhotometric:   {l.photometric},
	}
	if len(l.depths) == 1 && l.samples > 1 {
		fields[tagBitsPerSample] = slices.Repeat(l.depths, l.samples)
	}
	for _, tag := range []uint16{tagPredictor, tagColorMap, tagExtraSamples, tagSampleFormat} {
		all, err := l.numbers(tag, 3*256)
		if err != nil {
			return nil, err
		}
		if len(all) > 0 {
			fields[tag] = all
		}
	}
	starts, sizes := uint16(tagStripOffsets), uint16(tagStripByteCounts)
	if l.tiled {
		starts, sizes = tagTileOffsets, tagTileByteCounts
		fields[tagTileWidth], fields[tagTileLength] = []uint64{uint64(l.cw)}, []uint64{uint64(l.ch)}
	} else {
		fields[tagRowsPerStrip] = []uint64{uint64(l.ch)}
	}
	fields[starts], fields[sizes] = slices.Clone(l.starts), slices.Clone(l.sizes)
	for i := range l.sizes { // no chunk is larger than its pixels are, 8 bytes each
		fields[sizes][i] = min(l.sizes[i], uint64(l.cw)*uint64(l.ch)*8)
	}

	total := 8 + 2 + 12*len(fields) + 4
	for _, all := range fields {
		if len(all) > 1 {
			total += 4 * len(all)
		}
	}
	for i := range fields[starts] {
		fields[starts][i] += uint64(total)
		if fields[starts][i] >= 1<<32 {
			return nil, fmt.Errorf("%w: pixels behind the first 4 GB of the file", ErrTooLarge)
		}
	}
	return &view{ctx, l.file, l.write(fields, total), l.lowFirst}, nil
}

// write makes the bytes of a header and a directory in the order of the file, as
// the samples of more than a byte are in it too. All values are numbers of 4
// bytes.
func (l *layout) write(fields map[uint16][]uint64, total int) []byte {
	const long = 4
	head := make([]byte, total)
	copy(head, "II*\x00")
	if l.order.Uint16([]byte{0, 1}) == 1 {
		copy(head, "MM\x00*")
	}
	l.order.PutUint32(head[4:], 8)
	l.order.PutUint16(head[8:], uint16(len(fields)))
	tags := make([]uint16, 0, len(fields))
	for tag := range fields {
		tags = append(tags, tag)
	}
	slices.Sort(tags)
	entry, values := 10, 8+2+12*len(fields)+4
	for _, tag := range tags {
		all := fields[tag]
		l.order.PutUint16(head[entry:], tag)
		l.order.PutUint16(head[entry+2:], long)
		l.order.PutUint32(head[entry+4:], uint32(len(all)))
		to := entry + 8
		if len(all) > 1 {
			l.order.PutUint32(head[to:], uint32(values))
			to = values
			values += 4 * len(all)
		}
		for i, v := range all {
			l.order.PutUint32(head[to+4*i:], uint32(v))
		}
		entry += 12
	}
	return head
}

// usual makes one of the kinds of pictures that pages are.
func usual(img image.Image) image.Image {
	b := img.Bounds()
	switch img := img.(type) {
	case *image.Gray, *image.RGBA, *image.NRGBA:
		return img
	case *image.Gray16:
		to := image.NewGray(b)
		for i := range to.Pix {
			to.Pix[i] = img.Pix[2*i]
		}
		return to
	case *image.RGBA64:
		to := image.NewRGBA(b)
		for i := range to.Pix {
			to.Pix[i] = img.Pix[2*i]
		}
		return to
	case *image.NRGBA64:
		to := image.NewNRGBA(b)
		for i := range to.Pix {
			to.Pix[i] = img.Pix[2*i]
		}
		return to
	case *image.Paletted:
		var grays [256]uint8
		for i, c := range img.Palette {
			r, g, bl, a := c.RGBA()
			if r>>8 != g>>8 || g>>8 != bl>>8 || a != 0xffff {
				return painted(img)
			}
			grays[i] = color.GrayModel.Convert(c).(color.Gray).Y
		}
		to := image.NewGray(b)
		for i, v := range img.Pix {
			to.Pix[i] = grays[v]
		}
		return to
	}
	return painted(img)
}

func painted(img image.Image) image.Image {
	to := image.NewRGBA(img.Bounds())
	draw.Draw(to, to.Bounds(), img, to.Bounds().Min, draw.Src)
	return to
}
