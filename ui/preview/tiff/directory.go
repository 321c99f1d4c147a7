package tiff

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// The tags that are read (TIFF 6.0, RFC 2306).
const (
	tagNewSubfileType  = 254
	tagSubfileType     = 255
	tagImageWidth      = 256
	tagImageLength     = 257
	tagBitsPerSample   = 258
	tagCompression     = 259
	tagPhotometric     = 262
	tagFillOrder       = 266
	tagStripOffsets    = 273
	tagOrientation     = 274
	tagSamplesPerPixel = 277
	tagRowsPerStrip    = 278
	tagStripByteCounts = 279
	tagXResolution     = 282
	tagYResolution     = 283
	tagPlanar          = 284
	tagT4Options       = 292
	tagT6Options       = 293
	tagResolutionUnit  = 296
	tagPredictor       = 317
	tagColorMap        = 320
	tagTileWidth       = 322
	tagTileLength      = 323
	tagTileOffsets     = 324
	tagTileByteCounts  = 325
	tagBadFaxLines     = 326
	tagExtraSamples    = 338
	tagSampleFormat    = 339
)

var errCut = errors.New("the file is cut off")

// file is the bytes of a TIFF and how its numbers are written.
type file struct {
	r     io.ReaderAt
	size  int64
	order binary.ByteOrder
	big   bool // BigTIFF: counts and offsets of 8 bytes
}

// bytes reads n bytes; what lies behind the end is an error.
func (f *file) bytes(at int64, n int64) ([]byte, error) {
	if at < 0 || n < 0 || at > f.size || n > f.size-at {
		return nil, errCut
	}
	b := make([]byte, n)
	if k, err := f.r.ReadAt(b, at); int64(k) < n {
		if err == io.EOF || err == nil {
			err = errCut
		}
		return nil, err
	}
	return b, nil
}

// field is a directory's entry. Its values stand in the file at at.
type field struct {
	kind  uint16
	count uint64
	at    int64
}

// The sizes of the kinds of values, by their number.
var kindSizes = [...]uint64{1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}

// directory is what is said of one page.
type directory struct {
	*file
	fields map[uint16]field
	next   int64
}

// maxFields is the most entries of a directory; libtiff has the same.
const maxFields = 4096

func (f *file) directory(at int64) (*directory, error) {
	d := &directory{file: f}
	countSize, entrySize, valueSize := int64(2), int64(12), int64(4)
	if f.big {
		countSize, entrySize, valueSize = 8, 20, 8
	}
	head, err := f.bytes(at, countSize)
	if err != nil {
		return nil, err
	}
	n := f.number(head)
	if n == 0 || n > maxFields {
		return nil, fmt.Errorf("a directory of %d entries", n)
	}
	entries, err := f.bytes(at+countSize, int64(n)*entrySize)
	if err != nil {
		return nil, err
	}
	d.fields = make(map[uint16]field, n)
	for i := range int64(n) {
		e := entries[i*entrySize:]
		tag, kind := f.order.Uint16(e), f.order.Uint16(e[2:])
		if int(kind) >= len(kindSizes) || kindSizes[kind] == 0 {
			continue
		}
		v := field{kind: kind, count: f.number(e[4 : 4+valueSize]), at: at + countSize + i*entrySize + 4 + valueSize}
		if v.count > uint64(f.size) || v.count == 0 {
			continue
		}
		if v.count*kindSizes[kind] > uint64(valueSize) {
			v.at = int64(min(f.number(e[4+valueSize:4+2*valueSize]), math.MaxInt64))
		}
		if _, twice := d.fields[tag]; !twice {
			d.fields[tag] = v
		}
	}
	// A file may end where the offset of the next page would be.
	if b, err := f.bytes(at+countSize+int64(n)*entrySize, valueSize); err == nil {
		d.next = int64(min(f.number(b), math.MaxInt64))
	}
	return d, nil
}

// number reads a number of as many bytes as b has: 2, 4 or 8.
func (f *file) number(b []byte) uint64 {
	switch len(b) {
	case 2:
		return uint64(f.order.Uint16(b))
	case 4:
		return uint64(f.order.Uint32(b))
	}
	return f.order.Uint64(b)
}

// numbers is up to limit of a field's values; none when the directory has no such
// field or it holds something else.
func (d *directory) numbers(tag uint16, limit int) ([]uint64, error) {
	v, ok := d.fields[tag]
	if !ok {
		return nil, nil
	}
	switch v.kind {
	case 1, 3, 4, 13, 16:
	default:
		return nil, nil
	}
	size := int(kindSizes[v.kind])
	n := int(min(v.count, uint64(limit)))
	b, err := d.bytes(v.at, int64(n*size))
	if err != nil {
		return nil, err
	}
	all := make([]uint64, n)
	for i := range all {
		if size == 1 {
			all[i] = uint64(b[i])
			continue
		}
		all[i] = d.number(b[i*size : (i+1)*size])
	}
	return all, nil
}

// one is a field's first value, or what it is by default.
func (d *directory) one(tag uint16, otherwise uint64) uint64 {
	if all, err := d.numbers(tag, 1); err == nil && len(all) > 0 {
		return all[0]
	}
	return otherwise
}

// ratio is a field's first value as a rational or floating point number, 0 when
// there is none.
func (d *directory) ratio(tag uint16) float64 {
	v, ok := d.fields[tag]
	if !ok {
		return 0
	}
	b, err := d.bytes(v.at, int64(kindSizes[v.kind]))
	if err != nil {
		return 0
	}
	switch v.kind {
	case 5:
		return float64(d.order.Uint32(b)) / float64(d.order.Uint32(b[4:]))
	case 11:
		return float64(math.Float32frombits(d.order.Uint32(b)))
	case 12:
		return math.Float64frombits(d.order.Uint64(b))
	}
	return float64(d.one(tag, 0))
}

// resolution is pixels per inch across and down, 0 when that is not told or
// cannot be.
func (d *directory) resolution() (x, y float64) {
	x, y = d.ratio(tagXResolution), d.ratio(tagYResolution)
	if !(x > 0 && y > 0 && x/y < 50 && y/x < 50) || math.IsInf(x, 0) || math.IsInf(y, 0) {
		return 0, 0
	}
	switch d.one(tagResolutionUnit, 2) {
	case 3: // centimetres
		return x * 2.54, y * 2.54
	case 1: // only how they compare: taken as those of a fax
		scale := 204 / max(x, y)
		return x * scale, y * scale
	}
	return x, y
}
