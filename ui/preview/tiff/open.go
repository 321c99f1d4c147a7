package tiff

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"switchboard/ui/preview/paper"
)

// Limits bound what a file may ask for. A zero is the usual limit.
type Limits struct {
	Pages  int // most pages: 10,000
	Pixels int // most pixels of a page: 100 million
	Bytes  int // most memory of a page in gray or colour: 256 MiB
}

func (l Limits) orUsual() Limits {
	if l.Pages <= 0 {
		l.Pages = 10_000
	}
	if l.Pixels <= 0 {
		l.Pixels = 100_000_000
	}
	if l.Bytes <= 0 {
		l.Bytes = 256 << 20
	}
	return l
}

// ErrFormat is a file that is no TIFF.
var ErrFormat = errors.New("tiff: this is not a TIFF file")

// ErrUnsupported is a TIFF, or a page of one, that is made in a way that is not
// read. The error that wraps it names the way.
var ErrUnsupported = errors.New("not supported")

// ErrTooLarge is a file or a page that goes beyond the limits.
var ErrTooLarge = errors.New("too large")

// Open reads where the pages of a TIFF of size bytes are. The pages are read from
// r as they are asked for; closing the document does not close r.
//
// Pages come in the order of the file. Thumbnails and masks, which a file may have
// for its pages, are none. Where the chain of pages breaks off, those before it
// are what there is, and the last of them says so in its Damage.
func Open(r io.ReaderAt, size int64, lim Limits) (paper.Document, error) {
	d := &document{file: file{r: r, size: size}, lim: lim.orUsual()}
	at, err := d.header()
	if err != nil {
		return nil, err
	}
	if err := d.walk(at); err != nil {
		return nil, fmt.Errorf("tiff: %w", err)
	}
	return d, nil
}

// document is an open file. It does not change.
type document struct {
	file
	lim   Limits
	pages []int64 // where their directories are
	cut   string  // why there may have been more
}

// header reads the first bytes and gives where the first directory is.
func (d *document) header() (at int64, err error) {
	b, err := d.bytes(0, 8)
	if errors.Is(err, errCut) {
		return 0, ErrFormat
	} else if err != nil {
		return 0, fmt.Errorf("tiff: %w", err)
	}
	switch string(b[:2]) {
	case "II":
		d.order = binary.LittleEndian
	case "MM":
		d.order = binary.BigEndian
	default:
		return 0, ErrFormat
	}
	switch d.order.Uint16(b[2:]) {
	case 42:
		return int64(d.order.Uint32(b[4:])), nil
	case 43:
		d.big = true
		if d.order.Uint16(b[4:]) != 8 || d.order.Uint16(b[6:]) != 0 {
			return 0, ErrFormat
		}
		b, err := d.bytes(8, 8)
		if err != nil {
			return 0, fmt.Errorf("tiff: %w", err)
		}
		return int64(min(d.order.Uint64(b), 1<<63-1)), nil
	}
	return 0, ErrFormat
}

// maxEntries bounds the work of walking through directories that lie across each
// other.
const maxEntries = 1 << 20

// walk follows the chain of directories.
func (d *document) walk(at int64) error {
	seen := make(map[int64]bool)
	var small []int64 // thumbnails and masks
	for entries := 0; at != 0; {
		if seen[at] {
			d.cut = "the list of pages ends in itself"
			break
		}
		seen[at] = true
		dir, err := d.directory(at)
		if err != nil {
			if len(seen) == 1 {
				return fmt.Errorf("the first page: %w", err)
			}
			d.cut = "there may be more pages: " + err.Error()
			break
		}
		if entries += len(dir.fields); entries > maxEntries || len(seen) > d.lim.Pages {
			return fmt.Errorf("%w: more than %d pages", ErrTooLarge, len(seen)-1)
		}
		if dir.one(tagNewSubfileType, 0)&5 != 0 || dir.one(tagSubfileType, 1) == 2 {
			small = append(small, at)
		} else {
			d.pages = append(d.pages, at)
		}
		at = dir.next
	}
	if len(d.pages) == 0 {
		d.pages = small
	}
	if len(d.pages) == 0 {
		return errors.New("the file has no page")
	}
	return nil
}

// Len implements paper.Document.
func (d *document) Len() int { return len(d.pages) }

// Words implements paper.Document: pages of pixels have none.
func (d *document) Words(context.Context, int) ([]paper.Span, error) { return nil, nil }

// Close implements paper.Document.
func (d *document) Close() error { return nil }

// Page implements paper.Document.
func (d *document) Page(ctx context.Context, n int) (paper.Page, error) {
	if n < 0 || n >= len(d.pages) {
		return paper.Page{}, fmt.Errorf("tiff: there is no page %d of %d", n+1, len(d.pages))
	}
	p, err := d.read(ctx, d.pages[n])
	if err != nil {
		return paper.Page{}, fmt.Errorf("tiff: page %d: %w", n+1, err)
	}
	if n == len(d.pages)-1 && d.cut != "" {
		p.Damage = join(p.Damage, d.cut)
	}
	return p, nil
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

func (d *document) read(ctx context.Context, at int64) (paper.Page, error) {
	dir, err := d.directory(at)
	if err != nil {
		return paper.Page{}, err
	}
	l, err := d.layout(dir)
	if err != nil {
		return paper.Page{}, err
	}
	var p paper.Page
	if l.bilevel() {
		p.Image, p.Damage, err = l.readBits(ctx)
	} else {
		p.Image, err = l.readOther(ctx)
	}
	if err != nil {
		return paper.Page{}, err
	}
	if n := dir.one(tagBadFaxLines, 0); n > 0 && p.Damage == "" {
		p.Damage = fmt.Sprintf("%d lines came damaged, by what the receiving machine says", n)
		if n == 1 {
			p.Damage = "1 line came damaged, by what the receiving machine says"
		}
	}
	p.XRes, p.YRes = dir.resolution()
	p.Image, p.Turn = orient(p.Image, dir.one(tagOrientation, 1))
	return p, nil
}
