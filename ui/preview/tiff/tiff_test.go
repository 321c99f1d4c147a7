package tiff

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchboard/api/simulator/corpus"
	"switchboard/ui/preview/fax"
	"switchboard/ui/preview/paper"
)

// entry is a field of a file made for a test.
type entry struct {
	tag    uint16
	kind   uint16
	values []uint64
}

// build makes a file of one page; the strip's place and length are added unless
// they are given.
func build(bigEndian bool, entries []entry, strip []byte) []byte {
	return chain(bigEndian, 0, part{entries, strip})
}

// part is a page.
type part struct {
	entries []entry
	strip   []byte
}

// chain makes a file of pages; after the last one comes the page at last.
func chain(bigEndian bool, last uint32, parts ...part) []byte {
	var order binary.AppendByteOrder = binary.LittleEndian
	put := binary.ByteOrder(binary.LittleEndian)
	out := []byte("II*\x00\x00\x00\x00\x00")
	if bigEndian {
		order, put = binary.BigEndian, binary.BigEndian
		out = []byte("MM\x00*\x00\x00\x00\x00")
	}
	link := 4
	for _, p := range parts {
		start := len(out)
		out = append(out, p.strip...)
		entries := p.entries
		has := func(tag uint16) bool {
			for _, e := range entries {
				if e.tag == tag {
					return true
				}
			}
			return false
		}
		if !has(tagStripOffsets) && !has(tagTileOffsets) {
			entries = append(entries[:len(entries):len(entries)], entry{tagStripOffsets, 4, []uint64{uint64(start)}})
			if !has(tagStripByteCounts) {
				entries = append(entries, entry{tagStripByteCounts, 4, []uint64{uint64(len(p.strip))}})
			}
		}
		dir := make([]byte, 0, 200)
		dir = order.AppendUint16(dir, uint16(len(entries)))
		for _, e := range entries {
			var v []byte
			for _, n := range e.values {
				switch kindSizes[e.kind] {
				case 1:
					v = append(v, byte(n))
				case 2:
					v = order.AppendUint16(v, uint16(n))
				case 4:
					v = order.AppendUint32(v, uint32(n))
				case 8: // a rational: its two halves, the numerator above
					v = order.AppendUint32(order.AppendUint32(v, uint32(n>>32)), uint32(n))
				}
			}
			dir = order.AppendUint16(order.AppendUint16(dir, e.tag), e.kind)
			dir = order.AppendUint32(dir, uint32(len(e.values)))
			if len(v) > 4 {
				at := len(out)
				out = append(out, v...)
				v = order.AppendUint32(nil, uint32(at))
			}
			dir = append(append(dir, v...), make([]byte, 4-len(v))...)
		}
		put.PutUint32(out[link:], uint32(len(out)))
		out = append(out, dir...)
		link = len(out)
		out = order.AppendUint32(out, last)
	}
	return out
}

func stripes(w, h int) *paper.Bitmap {
	b := paper.NewBitmap(w, h)
	for y := range h {
		for i := range b.Row(y) {
			b.Row(y)[i] = byte(0x0f + 16*y + 3*i)
		}
		trim(b.Row(y), w)
	}
	return b
}

func bilevel(b *paper.Bitmap, more ...entry) []entry {
	return append([]entry{
		{tagImageWidth, 3, []uint64{uint64(b.W)}},
		{tagImageLength, 3, []uint64{uint64(b.H)}},
		{tagCompression, 3, []uint64{4}},
		{tagPhotometric, 3, []uint64{0}},
	}, more...)
}

func TestStoredFixtures(t *testing.T) {
	names, err := filepath.Glob("testdata/*.tif")
	if err != nil || len(names) < 5 {
		t.Fatalf("%d fixtures, %v", len(names), err)
	}
	for _, name := range names {
		want := "testdata/plain.pbm"
		if name == "testdata/rle.tif" { // Ghostscript drew it a little otherwise
			want = "testdata/rle.pbm"
		}
		same(t, name, open(t, name), []paper.Page{{Image: pbm(t, want)}})
	}
}

// pbm reads a raw portable bitmap: made by another program from what libtiff
// decoded.
func pbm(t *testing.T, name string) *paper.Bitmap {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var w, h int
	if _, err := fmt.Sscanf(string(data), "P4\n%d %d\n", &w, &h); err != nil {
		t.Fatal(err)
	}
	b := paper.NewBitmap(w, h)
	if n := copy(b.Pix, data[len(data)-len(b.Pix):]); n != len(b.Pix) {
		t.Fatal("too short")
	}
	return b
}

// TestTolerated are files that break the rules and are read all the same.
func TestTolerated(t *testing.T) {
	b := stripes(61, 40)
	g4 := fax.Encode(b)
	upper, lower := paper.NewBitmap(61, 25), paper.NewBitmap(61, 15)
	copy(upper.Pix, b.Pix)
	copy(lower.Pix, b.Pix[25*b.Stride:])
	first := fax.Encode(upper)
	both := append(bytes.Clone(first), fax.Encode(lower)...)
	strips := entry{tagStripOffsets, 4, []uint64{8, 8 + uint64(len(first))}}
	for name, c := range map[string]part{
		"plain":                     {bilevel(b), g4},
		"no byte counts":            {bilevel(b, entry{tagStripByteCounts, 2, []uint64{'x'}}), g4},
		"byte counts of nothing":    {bilevel(b, entry{tagStripByteCounts, 4, []uint64{0}}), g4},
		"byte counts too large":     {bilevel(b, entry{tagStripByteCounts, 4, []uint64{1 << 31}}), g4},
		"a huge strip":              {bilevel(b, entry{tagRowsPerStrip, 4, []uint64{1<<32 - 1}}), g4},
		"two strips":                {bilevel(b, entry{tagRowsPerStrip, 3, []uint64{25}}, strips), both},
		"two strips, one count":     {bilevel(b, entry{tagRowsPerStrip, 3, []uint64{25}}, strips, entry{tagStripByteCounts, 4, []uint64{uint64(len(first))}}), both},
		"a page number beyond all":  {bilevel(b, entry{297, 3, []uint64{7, 2}}), g4},
		"entries of an odd kind":    {bilevel(b, entry{tagBitsPerSample, 12, []uint64{1}}, entry{60000, 99, nil}), g4},
		"a thumbnail, and no other": {bilevel(b, entry{tagNewSubfileType, 4, []uint64{1}}), g4},
		"no height":                 {append(bilevel(b)[:1:1], bilevel(b)[2:]...), g4},
		"out of order":              {append([]entry{{tagResolutionUnit, 3, []uint64{2}}}, bilevel(b)...), g4},
	} {
		for _, bigEndian := range []bool{false, true} {
			same(t, name, pagesOf(t, build(bigEndian, c.entries, c.strip)), []paper.Page{{Image: b}})
		}
	}
	low := bytes.Clone(g4)
	reverseBits(low)
	same(t, "bits in an order that is not told", pagesOf(t, build(false, bilevel(b), low)), []paper.Page{{Image: b}})
	negative := bilevel(b)
	negative[3] = entry{tagPhotometric, 3, []uint64{1}}
	p := pagesOf(t, build(false, negative, g4))[0]
	for y := range b.H {
		for x := range b.W {
			if p.Image.(*paper.Bitmap).Ink(x, y) == b.Ink(x, y) {
				t.Fatalf("black is zero: pixel %d,%d", x, y)
			}
		}
	}
}

func TestChains(t *testing.T) {
	a, b := stripes(33, 8), stripes(17, 9)
	pa, pb := part{bilevel(a), fax.Encode(a)}, part{bilevel(b), fax.Encode(b)}
	thumb := part{bilevel(a, entry{tagNewSubfileType, 4, []uint64{1}}), fax.Encode(a)}
	one := build(false, pa.entries, pa.strip)
	firstAt := binary.LittleEndian.Uint32(one[4:])
	for name, c := range map[string]struct {
		data   []byte
		want   []*paper.Bitmap
		damage string // of the last page
	}{
		"two pages":      {chain(false, 0, pa, pb), []*paper.Bitmap{a, b}, ""},
		"a thumbnail":    {chain(true, 0, thumb, pb, thumb), []*paper.Bitmap{b}, ""},
		"a loop":         {chain(false, firstAt, pa, pb), []*paper.Bitmap{a, b}, "ends in itself"},
		"into nowhere":   {chain(false, 1<<31, pa, pb), []*paper.Bitmap{a, b}, "cut off"},
		"into something": {chain(false, 2, pa), []*paper.Bitmap{a}, "there may be more pages"},
		"no last offset": {one[:len(one)-4], []*paper.Bitmap{a}, ""},
	} {
		pages := pagesOf(t, c.data)
		if len(pages) != len(c.want) {
			t.Errorf("%s: %d pages", name, len(pages))
			continue
		}
		last := &pages[len(pages)-1].Damage
		if !strings.Contains(*last, c.damage) || c.damage == "" && *last != "" {
			t.Errorf("%s: %q", name, *last)
		}
		*last = ""
		var want []paper.Page
		for _, w := range c.want {
			want = append(want, paper.Page{Image: w})
		}
		same(t, name, pages, want)
	}
}

func TestDamageIsTold(t *testing.T) {
	b := stripes(200, 60)
	g4 := fax.Encode(b)
	for name, c := range map[string]struct {
		p    part
		want string
	}{
		"half the data":      {part{bilevel(b), g4[:len(g4)/2]}, "missing at the end"},
		"a strip of nowhere": {part{bilevel(b, entry{tagStripOffsets, 4, []uint64{1 << 30}}), g4}, "60 of 60 lines are missing"},
		"bad lines":          {part{bilevel(b, entry{tagBadFaxLines, 4, []uint64{7}}), g4}, "7 lines came damaged"},
		"a bad line":         {part{bilevel(b, entry{tagBadFaxLines, 4, []uint64{1}}), g4}, "1 line came damaged"},
		"short, not coded":   {part{append(bilevel(b)[:2:2], entry{tagPhotometric, 3, []uint64{0}}), b.Pix[:30*b.Stride]}, "30 of 60 lines are missing"},
	} {
		if p := pagesOf(t, build(false, c.p.entries, c.p.strip))[0]; !strings.Contains(p.Damage, c.want) {
			t.Errorf("%s: %q, want %q", name, p.Damage, c.want)
		}
	}
}

func TestResolution(t *testing.T) {
	b := stripes(20, 20)
	ratio := func(n, d uint64) []uint64 { return []uint64{n<<32 | d} }
	for name, c := range map[string]struct {
		more []entry
		x, y float64
	}{
		"none":        {nil, 0, 0},
		"inches":      {[]entry{{tagXResolution, 5, ratio(204, 1)}, {tagYResolution, 5, ratio(196, 2)}}, 204, 98},
		"centimetres": {[]entry{{tagXResolution, 5, ratio(80, 1)}, {tagYResolution, 5, ratio(385, 10)}, {tagResolutionUnit, 3, []uint64{3}}}, 80 * 2.54, 38.5 * 2.54},
		"a ratio":     {[]entry{{tagXResolution, 5, ratio(2, 1)}, {tagYResolution, 5, ratio(1, 1)}, {tagResolutionUnit, 3, []uint64{1}}}, 204, 102},
		"by zero":     {[]entry{{tagXResolution, 5, ratio(2, 0)}, {tagYResolution, 5, ratio(1, 0)}}, 0, 0},
		"absurd":      {[]entry{{tagXResolution, 5, ratio(9000, 1)}, {tagYResolution, 5, ratio(1, 1)}}, 0, 0},
		"whole":       {[]entry{{tagXResolution, 3, []uint64{300}}, {tagYResolution, 3, []uint64{300}}}, 300, 300},
	} {
		p := pagesOf(t, build(true, bilevel(b, c.more...), fax.Encode(b)))[0]
		if p.XRes != c.x || p.YRes != c.y {
			t.Errorf("%s: %v by %v, want %v by %v", name, p.XRes, p.YRes, c.x, c.y)
		}
	}
}

func TestRefused(t *testing.T) {
	b := stripes(64, 64)
	g4 := fax.Encode(b)
	change := func(tag uint16, v ...uint64) []byte {
		all := bilevel(b)
		for i := range all {
			if all[i].tag == tag {
				all[i] = entry{tag, 4, v}
				return build(false, all, g4)
			}
		}
		return build(false, append(all, entry{tag, 4, v}), g4)
	}
	tiles := func(w, h uint64) []byte {
		return build(false, bilevel(b, entry{tagTileWidth, 4, []uint64{w}}, entry{tagTileLength, 4, []uint64{h}}), g4)
	}
	colour := func(compression, planar uint64) []byte {
		return build(false, []entry{
			{tagImageWidth, 3, []uint64{8}},
			{tagImageLength, 3, []uint64{8}},
			{tagBitsPerSample, 3, []uint64{8, 8, 8}},
			{tagCompression, 3, []uint64{compression}},
			{tagPhotometric, 3, []uint64{2}},
			{tagSamplesPerPixel, 3, []uint64{3}},
			{tagPlanar, 3, []uint64{planar}},
		}, make([]byte, 192))
	}
	for name, c := range map[string]struct {
		data []byte
		want string // in the error
	}{
		"nothing":         {nil, "not a TIFF"},
		"another file":    {[]byte("%PDF-1.4 of some length"), "not a TIFF"},
		"no page":         {[]byte("II*\x00\x00\x00\x00\x00"), "no page"},
		"cut off":         {g4cut(change(tagCompression, 4)), "cut off"},
		"a bomb":          {change(tagImageLength, 1<<31), "too large"},
		"a wide one":      {change(tagImageWidth, 1<<31), "too large"},
		"no width":        {change(tagImageWidth, 0), "0 by 64"},
		"JPEG":            {colour(7, 1), "JPEG is not supported"},
		"JBIG":            {change(tagCompression, 34661), "JBIG is not supported"},
		"colours apart":   {colour(1, 2), "PlanarConfiguration 2"},
		"tiny tiles":      {tiles(8, 8), "tiles of 8 by 8"},
		"monstrous tiles": {tiles(1<<20, 1<<20), "too large"},
		"too many strips": {build(false, append(bilevel(b)[:1:1], entry{tagImageLength, 4, []uint64{1 << 20}}, entry{tagRowsPerStrip, 4, []uint64{1}}), g4), "too large"},
		"uncompressed":    {build(false, bilevel(b, entry{tagT6Options, 4, []uint64{2}}), []byte{0x03, 0xc0}), "uncompressed mode"},
		"gray of no end":  {build(false, []entry{{tagImageWidth, 4, []uint64{9999}}, {tagImageLength, 4, []uint64{9999}}, {tagBitsPerSample, 3, []uint64{16, 16, 16, 16}}, {tagPhotometric, 3, []uint64{2}}}, g4), "too large"},
		"gray cut off":    {build(false, []entry{{tagImageWidth, 4, []uint64{99}}, {tagImageLength, 4, []uint64{99}}, {tagBitsPerSample, 3, []uint64{8}}}, g4[:20]), "not enough"},
	} {
		_, err := all(t.Context(), c.data, Limits{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}

	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := all(ctx, build(false, bilevel(b), g4), Limits{}); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
	p := part{bilevel(b), g4}
	if _, err := all(t.Context(), chain(false, 0, p, p, p), Limits{Pages: 2}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("three pages where two may be: %v", err)
	}
	d, err := Open(bytes.NewReader(change(tagPhotometric, 0)), int64(len(change(tagPhotometric, 0))), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{-1, 1} {
		if _, err := d.Page(t.Context(), n); err == nil {
			t.Errorf("page %d is there", n)
		}
	}
}

// g4cut leaves a file without its directory.
func g4cut(data []byte) []byte { return data[:binary.LittleEndian.Uint32(data[4:])+1] }

// all reads every page.
func all(ctx context.Context, data []byte, lim Limits) ([]image.Image, error) {
	d, err := Open(bytes.NewReader(data), int64(len(data)), lim)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	var pages []image.Image
	for n := range d.Len() {
		p, err := d.Page(ctx, n)
		if err != nil {
			return nil, err
		}
		pages = append(pages, p.Image)
	}
	return pages, nil
}

// TestSimulatedFaxes reads the faxes of the simulator, of every coding there is.
func TestSimulatedFaxes(t *testing.T) {
	for i, data := range faxes(t, 6) {
		for n, p := range pagesOf(t, data) {
			if p.Damage != "" || p.XRes != 204 || p.YRes != 196 && p.YRes != 98 || p.Image.Bounds().Dx() != 1728 {
				t.Errorf("fax %d, page %d: %v, %v by %v, %q", i, n+1, p.Image.Bounds(), p.XRes, p.YRes, p.Damage)
			}
		}
	}
}

// faxes is n TIFF files of the simulator.
func faxes(tb testing.TB, n int) (files [][]byte) {
	tb.Helper()
	c := corpus.New(corpus.Config{Messages: 4000, Now: time.Date(2026, 3, 10, 15, 0, 0, 0, time.UTC)})
	for i := 0; i < c.Len() && len(files) < n; i++ {
		m := c.Message(i)
		for _, a := range m.Attachments {
			if a.ContentType != "image/tiff" {
				continue
			}
			body, ok := c.Content(m, a.ID)
			if !ok {
				continue
			}
			data, err := io.ReadAll(body.Open())
			if err != nil {
				tb.Fatal(err)
			}
			files = append(files, data)
		}
	}
	if len(files) < n {
		tb.Skipf("the simulator has %d such faxes", len(files))
	}
	return files
}
