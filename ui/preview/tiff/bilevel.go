package tiff

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"image"
	"io"

	"golang.org/x/image/tiff/lzw"

	"switchboard/ui/preview/fax"
	"switchboard/ui/preview/paper"
)

// readBits reads a black and white page. What is damaged or missing is white or
// repeated, and told.
func (l *layout) readBits(ctx context.Context) (image.Image, string, error) {
	var all *paper.Bitmap
	var report fax.Report
	for i := range l.across * l.down {
		x, y := i%l.across*l.cw, i/l.across*l.ch
		rows := l.ch
		if !l.tiled && l.h > 0 {
			rows = min(rows, l.h-y)
		}
		part, rep, err := l.readPart(ctx, i, rows)
		if err != nil {
			return nil, "", err
		}
		report.Add(rep)
		if l.across*l.down == 1 && part.W == l.w && (l.h == 0 || part.H == l.h) {
			all = part
			break
		}
		if all == nil {
			all = paper.NewBitmap(l.w, l.h)
		}
		paste(all, part, x, y)
	}
	if all.H == 0 {
		return nil, "", fmt.Errorf("nothing of it can be read")
	}
	if l.tiled && report.Damage() != "" {
		return all, "some of its parts are damaged", nil
	}
	return all, report.Damage(), nil
}

// paste puts a part in its place; x is a whole number of bytes.
func paste(all, part *paper.Bitmap, x, y int) {
	n := min(part.Stride, all.Stride-x/8)
	for row := range min(part.H, all.H-y) {
		to := all.Row(y + row)
		copy(to[x/8:x/8+n], part.Row(row)[:n])
		trim(to, all.W)
	}
}

// trim clears the bits behind the end of a row.
func trim(row []byte, w int) {
	if w&7 != 0 {
		row[len(row)-1] &= 0xff << (8 - w&7)
	}
}

// readPart reads one strip or tile.
func (l *layout) readPart(ctx context.Context, i, rows int) (*paper.Bitmap, fax.Report, error) {
	if l.fax() {
		return l.readFax(ctx, i, rows)
	}
	b := paper.NewBitmap(l.cw, rows)
	data, err := l.chunk(ctx, i, uint64(2*len(b.Pix)+4096))
	if err != nil {
		return nil, fax.Report{}, err
	}
	if l.lowFirst {
		reverseBits(data)
	}
	n, err := l.unpack(b.Pix, data)
	if err != nil {
		return nil, fax.Report{}, err
	}
	read := n / max(b.Stride, 1)
	for y := range read {
		row := b.Row(y)
		if l.photometric == 1 {
			for k := range row {
				row[k] = ^row[k]
			}
		}
		trim(row, b.W)
	}
	clear(b.Pix[read*b.Stride:])
	return b, fax.Report{Rows: rows, Missing: rows - read}, nil
}

// maxCoded is the most bytes of a strip or tile that are looked at.
const maxCoded = 64 << 20

// readFax reads one strip or tile that is coded by T.4 or T.6. Where it makes no
// sense as the file says it is coded, it is tried the other ways round: with the
// bits of a byte in the other order, and T.4 in the other number of dimensions.
func (l *layout) readFax(ctx context.Context, i, rows int) (*paper.Bitmap, fax.Report, error) {
	most := uint64(maxCoded)
	if rows > 0 {
		// The worst a line can need is 9 bits for 2 pixels, and time fill.
		most = min(most, uint64(rows)*(uint64(l.cw)*5/8+2048)+4096)
	}
	data, err := l.chunk(ctx, i, most)
	if err != nil {
		return nil, fax.Report{}, err
	}
	p := fax.Params{Columns: l.cw, Rows: rows, LowFirst: l.lowFirst, BlackIs1: l.photometric == 1, MaxPixels: l.lim.Pixels}
	other := func(p fax.Params) fax.Params { p.LowFirst = !p.LowFirst; return p }
	ways := []fax.Params{p, other(p)}
	switch l.compression {
	case compRLE:
		ways[0].Align, ways[1].Align = 8, 8
	case compRLEWords:
		ways[0].Align, ways[1].Align = 16, 16
	case compT4:
		options := l.one(tagT4Options, 0)
		p.K = int(options & 1)
		p.Uncompressed = options&2 != 0
		flat := p
		flat.K = 1 - p.K
		ways = []fax.Params{p, flat, other(p), other(flat)}
	case compT6:
		p.K = -1
		p.Uncompressed = l.one(tagT6Options, 0)&2 != 0
		ways = []fax.Params{p, other(p)}
	}
	best, report, err := fax.Decode(ctx, data, ways[0])
	if err == nil && bad(report) <= report.Rows/2 || len(data) == 0 {
		return best, report, err
	}
	if err != nil && (!errors.Is(err, fax.ErrUncompressed) || p.Uncompressed) {
		return nil, report, err
	}
	for _, way := range ways[1:] {
		b, r, failed := fax.Decode(ctx, data, way)
		if failed == nil && r.Rows > 0 && (err != nil || bad(r) < bad(report)) {
			best, report, err = b, r, nil
		}
	}
	return best, report, err
}

// bad is how many lines are not as they were sent.
func bad(r fax.Report) int { return r.Damaged + r.Missing }

// unpack fills to with the bytes that data holds, and gives how many there are.
// Damage ends the bytes early and is no error.
func (l *layout) unpack(to, data []byte) (int, error) {
	var r io.Reader
	switch l.compression {
	case compNone:
		return copy(to, data), nil
	case compPackBits:
		return unpackBits(to, data), nil
	case compLZW:
		z := lzw.NewReader(bytes.NewReader(data), lzw.MSB, 8)
		defer z.Close()
		r = z
	case compDeflate, compOldDeflate:
		z, err := zlib.NewReader(bytes.NewReader(data))
		if err != nil {
			return 0, nil //nolint:nilerr // a part that cannot be read is a part that is missing
		}
		defer z.Close()
		r = z
	default:
		return 0, fmt.Errorf("compression %s is %w", compressionName(l.compression), ErrUnsupported)
	}
	n, err := io.ReadFull(r, to)
	_ = err // what could be read is what there is
	return n, nil
}

// unpackBits undoes PackBits (TIFF 6.0, section 9).
func unpackBits(to, data []byte) (n int) {
	for len(data) > 1 && n < len(to) {
		code := int(int8(data[0]))
		data = data[1:]
		switch {
		case code >= 0:
			k := min(code+1, len(data))
			n += copy(to[n:], data[:k])
			data = data[k:]
		case code > -128:
			for end := min(n+1-code, len(to)); n < end; n++ {
				to[n] = data[0]
			}
			data = data[1:]
		}
	}
	return n
}
