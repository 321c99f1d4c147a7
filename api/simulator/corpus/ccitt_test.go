package corpus

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"

	"golang.org/x/image/ccitt"
	"golang.org/x/image/tiff"
)

// testBitmaps are pages that are hard to code, and one real one.
func testBitmaps() map[string]*bitmap {
	all := map[string]*bitmap{"white": newBitmap(1728, 9), "black": newBitmap(1728, 9), "odd width": newBitmap(61, 40), "wide": newBitmap(7000, 12)}
	for i := range all["black"].bits {
		all["black"].bits[i] = 0xff
	}
	r := rng(1)
	for i := range all["odd width"].bits {
		all["odd width"].bits[i] = byte(r.next())
	}
	for y := range 40 { // padding bits are no pixels
		all["odd width"].bits[y*8+7] &= 0xf8
	}
	for i := range all["wide"].bits { // long runs of both colours
		if i/300%2 == 1 {
			all["wide"].bits[i] = 0xff
		}
	}
	noise, checks := newBitmap(1728, 60), newBitmap(1728, 30)
	for i := range noise.bits {
		noise.bits[i] = byte(mix(uint64(i)) & mix(uint64(i)<<32) & r.next())
	}
	for i := range checks.bits {
		checks.bits[i] = 0xaa >> (i / checks.stride % 2)
	}
	all["noise"], all["checks"] = noise, checks
	all["runs"] = newBitmap(9000, len(edgeRuns))
	for y, n := range edgeRuns { // of n white, n black, and the rest white
		for x := n; x < 2*n && x < 9000; x++ {
			all["runs"].bits[y*all["runs"].stride+x/8] |= 0x80 >> (x % 8)
		}
	}
	c := New(Config{Seed: 1, Messages: 100, Now: now})
	for i := 0; ; i++ {
		if m := c.Message(i); m.Type == "Fax" {
			all["page"] = c.page(&m, 0, 1, 5, false).scan(98)
			return all
		}
	}
}

// edgeRuns are lengths at which the coding of a run changes.
var edgeRuns = []int{1, 63, 64, 65, 127, 128, 1727, 1728, 1791, 1792, 1793, 2559, 2560, 2561, 2624, 4352, 4480}

func TestEncodeAgainstXImage(t *testing.T) {
	for name, b := range testBitmaps() {
		for _, way := range []struct {
			name   string
			coding coding
			order  ccitt.Order
			format ccitt.SubFormat
		}{{"G4", codingG4, ccitt.MSB, ccitt.Group4}, {"G4 LSB", codingLSB, ccitt.LSB, ccitt.Group4}, {"G3", codingG3, ccitt.MSB, ccitt.Group3}} {
			r := ccitt.NewReader(bytes.NewReader(b.encode(way.coding)), way.order, way.format, b.w, b.h, &ccitt.Options{Invert: true})
			got, err := io.ReadAll(r)
			if err != nil || !bytes.Equal(got, b.bits) {
				t.Errorf("%s by %s: %d bytes, %v; want %d the same", name, way.name, len(got), err, len(b.bits))
			}
		}
	}
}

func TestEncodeG32D(t *testing.T) {
	for name, b := range testBitmaps() {
		got, err := decode2D(b.encode(codingG32D), b.w, b.h)
		if err != nil || !bytes.Equal(got.bits, b.bits) {
			t.Errorf("%s: %v, or other pixels", name, err)
		}
	}
}

// bitReader and decode2D are a plain decoder of T.4 two-dimensional coding,
// which the library lacks.
type bitReader struct {
	b  []byte
	at int
}

func (r *bitReader) bit() int {
	if r.at >= len(r.b)*8 {
		r.at++
		return 0
	}
	v := field(r.b, r.at, 1)
	r.at++
	return v
}

var errCode = errors.New("not a code word")

// find reads one of the words.
func (r *bitReader) find(words ...[]code) (table, n int, err error) {
	v := uint16(0)
	for length := uint8(1); length <= 13; length++ {
		v = v<<1 | uint16(r.bit())
		for table, codes := range words {
			for n, c := range codes {
				if c.n == length && c.bits == v {
					return table, n, nil
				}
			}
		}
	}
	return 0, 0, errCode
}

func (r *bitReader) run(black bool) (total int, err error) {
	codes := whiteCodes[:]
	if black {
		codes = blackCodes[:]
	}
	for {
		table, n, err := r.find(codes, longCodes[:])
		switch {
		case err != nil:
			return 0, err
		case table == 1:
			total += 1792 + 64*n
		case n >= 64:
			total += 64 * (n - 63)
		default:
			return total + n, nil
		}
	}
}

// decode2D refuses what the standard does: more than K-1 rows in a row that
// lean on the one above.
func decode2D(data []byte, w, h int) (*bitmap, error) {
	out := newBitmap(w, h)
	r := &bitReader{b: data}
	above := make([]bool, w)
	leaning := 3 // the first row must stand alone
	for y := range h {
		if _, _, err := r.find([]code{{1, 12}}); err != nil {
			return out, err
		}
		row := make([]bool, w)
		oneD := r.bit() == 1
		if leaning++; oneD {
			leaning = 0
		} else if leaning > 3 {
			return out, errors.New("too many two-dimensional rows")
		}
		at, black := -1, false
		for at < w {
			var next int
			var err error
			flip := true
			if oneD {
				next, err = r.run(black)
				next += max(at, 0)
			} else {
				at, next, flip, err = r.mode(row, above, at, black)
			}
			if err != nil || next > w {
				return out, errCode
			}
			for x := max(at, 0); x < next; x++ {
				row[x] = black
			}
			at = next
			if flip {
				black = !black
			}
		}
		for x, v := range row {
			if v {
				out.bits[y*out.stride+x/8] |= 0x80 >> (x % 8)
			}
		}
		above = row
	}
	return out, nil
}

// mode reads one two-dimensional code; from at to next is the present colour,
// which flips after it or not.
func (r *bitReader) mode(row, above []bool, at int, black bool) (from, next int, flip bool, err error) {
	w := len(above)
	pixel := func(x int) bool { return x >= 0 && above[x] }
	change := func(x int) int { // the first change right of x
		for x++; x < w && pixel(x) == pixel(x-1); x++ {
		}
		return min(x, w)
	}
	b1 := change(at)
	if b1 < w && pixel(b1) == black {
		b1 = change(b1)
	}
	table, n, err := r.find(vertical[:], []code{{1, 4}, {1, 3}})
	switch {
	case err != nil:
		return at, at, false, err
	case table == 0:
		return at, b1 + n - 3, true, nil
	case n == 0:
		return at, change(b1), false, nil
	}
	first, err := r.run(black)
	if err != nil {
		return at, at, false, err
	}
	second, err := r.run(!black)
	at = max(at, 0)
	for x := at; x < min(at+first, w); x++ {
		row[x] = black
	}
	for x := at + first; x < min(at+first+second, w); x++ {
		row[x] = !black
	}
	// Nothing is left to paint.
	return at + first + second, at + first + second, false, err
}

// TestTIFF walks the directories of each fax and has the library read the
// first page of those it can.
func TestTIFF(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long, and nothing runs beside it")
	}
	c := New(Config{Seed: 5, Messages: 400, Now: now})
	le := binary.LittleEndian
	seen := map[coding]bool{}
	readBodies(t, c, 12, ofType(typeTIFF), func(m Message, _ Attachment, b []byte) {
		pages := 0
		for at := le.Uint32(b[4:]); at != 0; pages++ {
			n := int(le.Uint16(b[at:]))
			tags := map[uint16]uint32{}
			last := uint16(0)
			for i := range n {
				e := b[int(at)+2+12*i:]
				tag := le.Uint16(e)
				if tag <= last {
					t.Fatalf("tag %d after %d", tag, last)
				}
				tags[tag], last = le.Uint32(e[8:]), tag
			}
			height := uint32(faxHeight)
			if m.Resolution == "Low" {
				height /= 2
			}
			wide := uint32(faxWidth)
			if pages > 1 && pages == m.rendered()-1 && c.sideways(&m) {
				wide, height = wideWidth, height*faxWidth/204*196/faxHeight
			}
			if tags[256] != wide || tags[257] != height || le.Uint32(b[tags[283]:]) != map[string]uint32{"Low": 98, "High": 196}[m.Resolution] {
				t.Fatalf("page %d: %v", pages, tags)
			}
			if int(tags[273]+tags[279]) > len(b) || tags[297] != uint32(pages|m.rendered()<<16) {
				t.Fatalf("page %d: strip or number: %v", pages, tags)
			}
			at = le.Uint32(b[int(at)+2+12*n:])
		}
		if pages != m.rendered() {
			t.Errorf("%d pages, want %d", pages, m.rendered())
		}
		seen[faxCoding(&m)] = true
		if way := faxCoding(&m); way == codingG4 || way == codingLSB || way == codingG3 {
			img, err := tiff.Decode(bytes.NewReader(b))
			if err != nil || img.Bounds().Dx() != faxWidth {
				t.Errorf("coding %d: %v", way, err)
			}
		}
	})
	if len(seen) != 4 {
		t.Errorf("codings %v", seen)
	}
}
