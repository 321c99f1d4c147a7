package fax

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"switchboard/ui/preview/paper"
)

// pages are bitmaps of many kinds: empty, full, of noise, of text-like marks, and
// with runs longer than the longest code.
func pages() map[string]*paper.Bitmap {
	all := map[string]*paper.Bitmap{
		"white":  paper.NewBitmap(1728, 20),
		"empty":  paper.NewBitmap(100, 0),
		"marks":  marks(1728, 300, 1),
		"narrow": marks(3, 50, 2),
		"wide":   marks(7001, 12, 3),
		"noise":  noise(333, 40, 4),
		"one":    noise(1, 9, 5),
	}
	black := paper.NewBitmap(5300, 6)
	for y := range black.H {
		ink(black.Row(y), 0, black.W)
	}
	all["black"] = black
	return all
}

func noise(w, h int, seed uint64) *paper.Bitmap {
	b := paper.NewBitmap(w, h)
	r := rand.New(rand.NewPCG(seed, 1))
	for y := range h {
		for x := range w {
			if r.IntN(2) == 0 {
				ink(b.Row(y), x, x+1)
			}
		}
	}
	return b
}

// marks are lines of ragged strokes with white between them.
func marks(w, h int, seed uint64) *paper.Bitmap {
	b := paper.NewBitmap(w, h)
	r := rand.New(rand.NewPCG(seed, 2))
	for top := 0; top < h; top += 36 {
		for x := 0; x < w; x += 6 + r.IntN(20) {
			wide, lean := 1+r.IntN(5), r.IntN(3)-1
			for y := top; y < min(top+20, h); y++ {
				from := x + lean*(y-top)/3 + r.IntN(2)
				ink(b.Row(y), max(min(from, w-1), 0), max(min(from+wide, w), 0))
			}
		}
	}
	return b
}

func TestEncodeAndDecode(t *testing.T) {
	for name, want := range pages() {
		data := Encode(want)
		for _, rows := range []int{0, want.H} {
			got, rep, err := Decode(t.Context(), data, Params{K: -1, Columns: want.W, Rows: rows})
			if err != nil || rep.Damage() != "" || got.H != want.H || !bytes.Equal(got.Pix, want.Pix) {
				t.Errorf("%s of %d lines: %v, %+v, or other pixels", name, rows, err, rep)
			}
		}
	}
}

// coder writes T.4 for the tests, by the tables that the other tests check.
type coder struct {
	writer
	k      int  // as in Params
	eol    bool // end-of-line codes
	endAt  int  // they end at a multiple of so many bits
	align  int  // lines begin at one
	ending int  // end-of-line codes at the end
}

func (c coder) encode(b *paper.Bitmap) []byte {
	c.codes = tables()
	width := int32(b.W)
	ref := []int32{width, width, width}
	for y := range b.H {
		line := changes(nil, b.Row(y), width)
		one := c.k == 0 || y%c.k == 0
		c.line(line, ref, width, one)
		ref = line
	}
	c.fill(c.align)
	for range c.ending {
		c.end(true)
	}
	c.fill(8)
	return c.out
}

func (c *coder) fill(to int) {
	for to > 0 && (8*len(c.out)+c.used)%to != 0 {
		c.put(0, 1)
	}
}

func (c *coder) end(one bool) {
	for c.endAt > 0 && (8*len(c.out)+c.used+12)%c.endAt != 0 {
		c.put(0, 1)
	}
	c.put(1, 12)
	c.tag(one)
}

func (c *coder) tag(one bool) {
	if c.k > 0 {
		bit := uint16(0)
		if one {
			bit = 1
		}
		c.put(bit, 1)
	}
}

func (c *coder) line(line, ref []int32, width int32, one bool) {
	c.fill(c.align)
	if c.eol {
		c.end(one)
	} else {
		c.tag(one)
	}
	if !one {
		c.line2(line, ref, width)
		return
	}
	at, colour := int32(0), 0
	for _, x := range line {
		if x == at && at == width {
			break
		}
		c.length(x-at, colour)
		at = x
		colour ^= 1
	}
}

func TestGroup3(t *testing.T) {
	for name, way := range map[string]struct {
		c coder
		p Params
	}{
		"with end-of-line codes":      {coder{eol: true, ending: 6}, Params{}},
		"codes that end with a byte":  {coder{eol: true, endAt: 8, ending: 6}, Params{}},
		"no end":                      {coder{eol: true}, Params{}},
		"half an end":                 {coder{eol: true, ending: 3}, Params{}},
		"no end-of-line codes":        {coder{}, Params{}},
		"only an end":                 {coder{ending: 6}, Params{}},
		"by bytes":                    {coder{align: 8}, Params{Align: 8}},
		"by words":                    {coder{align: 16}, Params{Align: 16}},
		"by bytes and an end":         {coder{align: 8, ending: 6}, Params{Align: 8}},
		"by bytes, with codes":        {coder{align: 8, eol: true, ending: 6}, Params{Align: 8}},
		"codes end, lines by bytes":   {coder{eol: true, endAt: 8, ending: 6}, Params{Align: 8, EndOfLine: true}},
		"two dimensions":              {coder{k: 4, eol: true, ending: 6}, Params{K: 4}},
		"two dimensions, whole bytes": {coder{k: 2, eol: true, endAt: 8, ending: 6}, Params{K: 1}},
		"two dimensions, no codes":    {coder{k: 4}, Params{K: 4}},
	} {
		for page, want := range pages() {
			if want.H == 0 {
				continue
			}
			data := way.c.encode(want)
			low := make([]byte, len(data))
			for i, v := range data {
				for bit := range 8 {
					low[i] |= v >> bit & 1 << (7 - bit)
				}
			}
			for _, rows := range []int{0, want.H} {
				p := way.p
				p.Columns, p.Rows = want.W, rows
				got, rep, err := Decode(t.Context(), data, p)
				if err != nil || rep.Damage() != "" || got.H != want.H || !bytes.Equal(got.Pix, want.Pix) {
					t.Errorf("%s, %s of %d lines: %v, %+v, or other pixels", name, page, rows, err, rep)
				}
				p.LowFirst, p.BlackIs1 = true, true
				got, _, err = Decode(t.Context(), low, p)
				if err != nil || got.H != want.H {
					t.Fatalf("%s, %s, low bit first: %v", name, page, err)
				}
				for y := range want.H {
					for x := range want.W {
						if got.Ink(x, y) == want.Ink(x, y) {
							t.Fatalf("%s, %s, low bit first, inverted: pixel %d of line %d", name, page, x, y)
						}
					}
				}
				checkPadding(t, got)
			}
		}
	}
}

func checkPadding(t *testing.T, b *paper.Bitmap) {
	t.Helper()
	for y := range b.H {
		if b.W&7 != 0 && b.Row(y)[b.Stride-1]<<(b.W&7) != 0 {
			t.Fatalf("line %d has bits behind its end", y)
		}
	}
}

func TestDamagedLinesAreTheLineAbove(t *testing.T) {
	want := marks(1728, 60, 9)
	for name, way := range map[string]struct {
		c       coder
		damaged int // lines that are lost by one
	}{
		"one dimension":  {coder{eol: true, ending: 6}, 1},
		"two dimensions": {coder{k: 4, eol: true, ending: 6}, 2}, // and the lines that build on it
	} {
		data := way.c.encode(want)
		// Line 42 loses its first code: what is put there is none.
		r := newReader(data, false)
		for range 43 {
			if !r.seek() {
				t.Fatal("too few end-of-line codes")
			}
			r.eol()
		}
		at := r.pos/8 + 1
		copy(data[at:], []byte{0x00, 0x8f})
		got, rep, err := Decode(t.Context(), data, Params{K: way.c.k, Columns: want.W, Rows: want.H})
		if err != nil || rep.Damaged != way.damaged || rep.Missing != 0 {
			t.Fatalf("%s: %+v, %v", name, rep, err)
		}
		for y := range want.H {
			as := y
			if y >= 42 && y < 42+way.damaged {
				as = 41
			}
			if !bytes.Equal(got.Row(y), want.Row(as)) {
				t.Errorf("%s: line %d is not as line %d", name, y, as)
			}
		}
	}
}

func TestCutOff(t *testing.T) {
	want := marks(1728, 100, 11)
	for name, data := range map[string][]byte{"T.6": Encode(want), "T.4": coder{eol: true}.encode(want)} {
		k := -1
		if name == "T.4" {
			k = 0
		}
		data = data[:len(data)/2]
		got, rep, err := Decode(t.Context(), data, Params{K: k, Columns: want.W, Rows: want.H})
		if err != nil || rep.Missing < 20 || rep.Missing > 80 || rep.Rows != 100 {
			t.Fatalf("%s: %+v, %v", name, rep, err)
		}
		if n := want.Stride * (100 - rep.Missing); !bytes.Equal(got.Pix[:n], want.Pix[:n]) {
			t.Errorf("%s: other pixels", name)
		}
		if !strings.Contains(rep.Damage(), "missing at the end") {
			t.Errorf("%s: %q", name, rep.Damage())
		}
	}
}

func TestRefused(t *testing.T) {
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for name, c := range map[string]struct {
		ctx  context.Context
		data []byte
		p    Params
		want error
	}{
		"large":          {t.Context(), nil, Params{Columns: 50000, Rows: 50000}, ErrTooLarge},
		"wide":           {t.Context(), nil, Params{Columns: 1 << 30}, ErrTooLarge},
		"bomb":           {t.Context(), bytes.Repeat([]byte{0xff}, 1<<16), Params{K: -1, Columns: 1000}, ErrTooLarge},
		"small limit":    {t.Context(), nil, Params{Columns: 100, Rows: 100, MaxPixels: 9999}, ErrTooLarge},
		"stopped":        {stopped, nil, Params{K: -1, Rows: 1}, context.Canceled},
		"announced":      {t.Context(), []byte{0xff, 0x03, 0xc0, 0, 0}, Params{K: -1, Uncompressed: true}, ErrUncompressed},
		"from the start": {t.Context(), []byte{0x03, 0xc0, 0, 0}, Params{K: -1, Rows: 9}, ErrUncompressed},
		"as damage":      {t.Context(), []byte{0x80, 0xf0, 0, 0}, Params{K: -1, Rows: 9}, nil},
		"announced, 1-D": {t.Context(), []byte{0x00, 0xf0, 0, 0xff, 0}, Params{Rows: 9, Uncompressed: true}, ErrUncompressed},
	} {
		_, _, err := Decode(c.ctx, c.data, c.p)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	for _, p := range []Params{{Columns: -1}, {Rows: -1}, {Align: 3}} {
		if _, _, err := Decode(t.Context(), nil, p); err == nil {
			t.Errorf("%+v is accepted", p)
		}
	}
}

func TestDamageInWords(t *testing.T) {
	for want, r := range map[string]Report{
		"":                                       {Rows: 10},
		"12 of 2156 lines are damaged":           {Rows: 2156, Damaged: 12},
		"1 of 1 line is damaged":                 {Rows: 1, Damaged: 1},
		"7 of 9 lines are missing at the end":    {Rows: 9, Missing: 7},
		"1 of 9 lines are damaged and 3 missing": {Rows: 9, Damaged: 1, Missing: 3},
	} {
		if got := r.Damage(); got != want {
			t.Errorf("%+v: %q, want %q", r, got, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	b := marks(64, 12, 3)
	f.Add(Encode(b), -1, 64, 12, uint8(0), false)
	f.Add(coder{eol: true, ending: 6}.encode(b), 0, 64, 0, uint8(0), false)
	f.Add(coder{k: 4, eol: true, endAt: 8, ending: 6}.encode(b), 1, 64, 12, uint8(0), true)
	f.Add(coder{align: 8}.encode(b), 0, 64, 12, uint8(1), false)
	f.Fuzz(func(t *testing.T, data []byte, k, columns, rows int, align uint8, options bool) {
		p := Params{K: k, Columns: columns, Rows: rows, Align: int(align%3) * 8, EndOfLine: options, BlackIs1: options, LowFirst: options, MaxPixels: 1 << 20}
		got, rep, err := Decode(t.Context(), data, p)
		if err != nil {
			return
		}
		if got.W*got.H > p.MaxPixels || rep.Rows != got.H || rows > 0 && got.H != rows {
			t.Fatalf("%d by %d, %+v", got.W, got.H, rep)
		}
		checkPadding(t, got)
		again, rep, err := Decode(t.Context(), Encode(got), Params{K: -1, Columns: got.W, Rows: got.H, MaxPixels: 1 << 20})
		if err != nil || rep.Damage() != "" || !bytes.Equal(again.Pix, got.Pix) {
			t.Fatalf("written and read again: %+v, %v, or other pixels", rep, err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	page := marks(1728, 2200, 1)
	for _, way := range []struct {
		name string
		data []byte
		k    int
	}{
		{"G4", Encode(page), -1},
		{"G3", coder{eol: true, ending: 6}.encode(page), 0},
		{"G3-2D", coder{k: 4, eol: true, ending: 6}.encode(page), 4},
	} {
		b.Run(way.name, func(b *testing.B) {
			b.SetBytes(int64(len(way.data)))
			for b.Loop() {
				if _, _, err := Decode(b.Context(), way.data, Params{K: way.k, Rows: page.H}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	page := marks(1728, 2200, 1)
	for b.Loop() {
		Encode(page)
	}
}
