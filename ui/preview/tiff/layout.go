package tiff

import (
	"context"
	"fmt"
	"math/bits"
)

// The compressions that have a name here.
const (
	compNone       = 1
	compRLE        = 2
	compT4         = 3
	compT6         = 4
	compLZW        = 5
	compDeflate    = 8
	compRLEWords   = 32771
	compPackBits   = 32773
	compOldDeflate = 32946
)

// compressionName names a compression for a person.
func compressionName(c uint64) string {
	switch c {
	case 6, 7:
		return "JPEG"
	case 9, 10, 34661:
		return "JBIG"
	case 34712:
		return "JPEG 2000"
	case 34925:
		return "LZMA"
	case 50000:
		return "Zstandard"
	case 50001:
		return "WebP"
	}
	return fmt.Sprintf("number %d", c)
}

// layout is how the pixels of a page are laid out: in strips, or in tiles. A strip
// is a chunk as wide as the page.
type layout struct {
	*directory
	lim         Limits
	w, h        int // h is 0 where only the data tells
	compression uint64
	photometric uint64
	depths      []uint64 // bits of each sample
	samples     int
	lowFirst    bool // FillOrder 2

	tiled         bool
	cw, ch        int // of a chunk; ch is 0 as h is
	across, down  int
	starts, sizes []uint64 // of the chunks; as many of both, maybe fewer than there should be
}

const (
	maxChunks  = 1 << 16
	maxSamples = 16
	leastTile  = 16
)

func (d *document) layout(dir *directory) (*layout, error) {
	l := &layout{directory: dir, lim: d.lim}
	l.compression = dir.one(tagCompression, compNone)
	l.lowFirst = dir.one(tagFillOrder, 1) == 2
	otherwise := uint64(1)
	if l.fax() {
		otherwise = 0
	}
	l.photometric = dir.one(tagPhotometric, otherwise)
	w, h := dir.one(tagImageWidth, 0), dir.one(tagImageLength, 0)
	if w == 0 || h == 0 && !l.fax() {
		return nil, fmt.Errorf("a picture of %d by %d pixels", w, h)
	}
	if w > uint64(l.lim.Pixels) || h > uint64(l.lim.Pixels)/w {
		return nil, fmt.Errorf("%w: %d by %d pixels", ErrTooLarge, w, h)
	}
	l.w, l.h = int(w), int(h)
	var err error
	if l.depths, err = dir.numbers(tagBitsPerSample, maxSamples); err != nil {
		return nil, err
	}
	if len(l.depths) == 0 {
		l.depths = []uint64{1}
	}
	l.samples = int(min(dir.one(tagSamplesPerPixel, uint64(len(l.depths))), maxSamples))
	if err := l.divide(); err != nil {
		return nil, err
	}
	return l, l.find()
}

// fax reports whether the page is coded by T.4 or T.6.
func (l *layout) fax() bool {
	switch l.compression {
	case compRLE, compT4, compT6, compRLEWords:
		return true
	}
	return false
}

// bilevel reports whether the page is black and white.
func (l *layout) bilevel() bool {
	return l.fax() || l.depths[0] == 1 && l.samples == 1 && l.photometric <= 1
}

// divide works out the chunks.
func (l *layout) divide() error {
	if tw, th := l.one(tagTileWidth, 0), l.one(tagTileLength, 0); tw != 0 && th != 0 {
		if tw < leastTile || th < leastTile || tw%8 != 0 || l.h == 0 {
			return fmt.Errorf("tiles of %d by %d pixels", tw, th)
		}
		// A tile at the edge may reach beyond the page, but not by much more.
		if tw > uint64(l.w)+1024 || th > uint64(l.h)+1024 {
			return fmt.Errorf("%w: tiles of %d by %d pixels", ErrTooLarge, tw, th)
		}
		l.tiled, l.cw, l.ch = true, int(tw), int(th)
		l.across, l.down = (l.w+l.cw-1)/l.cw, (l.h+l.ch-1)/l.ch
	} else {
		l.cw, l.ch, l.across, l.down = l.w, l.h, 1, 1
		if rows := l.one(tagRowsPerStrip, 0); rows > 0 && rows < uint64(l.h) {
			l.ch = int(rows)
			l.down = (l.h + l.ch - 1) / l.ch
		}
	}
	if l.across > maxChunks/l.down {
		return fmt.Errorf("%w: %d parts", ErrTooLarge, l.across*l.down)
	}
	return nil
}

// find reads where the chunks are. Byte counts that are missing or lie are
// replaced by what there is up to the next chunk or the end.
func (l *layout) find() (err error) {
	starts, sizes := uint16(tagStripOffsets), uint16(tagStripByteCounts)
	if l.tiled {
		starts, sizes = tagTileOffsets, tagTileByteCounts
		if _, ok := l.fields[starts]; !ok { // some put them in the strips' fields
			starts, sizes = tagStripOffsets, tagStripByteCounts
		}
	}
	n := l.across * l.down
	if l.starts, err = l.numbers(starts, n); err != nil {
		return fmt.Errorf("where its parts are: %w", err)
	}
	if len(l.starts) == 0 {
		return fmt.Errorf("the file does not tell where its pixels are")
	}
	counts, err := l.numbers(sizes, n)
	if err != nil {
		counts = nil
	}
	l.sizes = make([]uint64, len(l.starts))
	for i, at := range l.starts {
		if at >= uint64(l.size) {
			continue // nothing of it is there
		}
		l.sizes[i] = uint64(l.size) - at
		if i < len(counts) && counts[i] > 0 {
			l.sizes[i] = min(l.sizes[i], counts[i])
		} else if i+1 < len(l.starts) && l.starts[i+1] > at {
			l.sizes[i] = min(l.sizes[i], l.starts[i+1]-at)
		}
	}
	return nil
}

// chunk reads the bytes of chunk i, none where there are none, and no more than
// most.
func (l *layout) chunk(ctx context.Context, i int, most uint64) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if i >= len(l.starts) || l.sizes[i] == 0 {
		return nil, nil
	}
	b, err := l.bytes(int64(l.starts[i]), int64(min(l.sizes[i], most)))
	if err != nil {
		return nil, err
	}
	return b, nil
}

func reverseBits(b []byte) {
	for i, v := range b {
		b[i] = bits.Reverse8(v)
	}
}
