package cos

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
)

var errXref = errors.New("the file's table of objects is damaged")

// readXref reads the tables from the newest to the oldest (7.5.4 to 7.5.8); what
// a newer one says holds.
func (f *File) readXref(ctx context.Context) error {
	tail := min(f.size, 4096)
	b, _, err := f.window(f.size-tail, int(tail))
	if err != nil {
		return err
	}
	i := bytes.LastIndex(b, []byte("startxref"))
	if i < 0 {
		return errXref
	}
	s := Scanner{b: b, pos: i + len("startxref")}
	v, _ := s.Next()
	start, ok := v.(int)
	if !ok {
		return errXref
	}
	f.xref = map[int]entry{}
	seen := map[int]bool{}
	for todo := []int{start}; len(todo) > 0; {
		off := todo[0]
		todo = todo[1:]
		if seen[off] {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if seen[off] = true; len(seen) > 1000 {
			return errXref
		}
		d, err := f.section(ctx, int64(off))
		if err != nil {
			return err
		}
		if f.trailer == nil {
			f.trailer = d
		}
		// The stream of a hybrid file comes before older tables.
		for _, key := range []Name{"XRefStm", "Prev"} {
			if n, ok := d[key].(int); ok {
				todo = append(todo, n)
			}
		}
	}
	return nil
}

// section reads one table or cross-reference stream.
func (f *File) section(ctx context.Context, off int64) (Dict, error) {
	b, _, err := f.window(off, 32)
	if err != nil {
		return nil, errXref
	}
	t := bytes.TrimLeft(b, "\r\n \t\x00")
	if bytes.HasPrefix(t, []byte("xref")) {
		return f.table(off + int64(len(b)-len(t)+4))
	}
	v, _, err := f.at(off, -1, 0)
	if err != nil {
		return nil, errXref
	}
	st, ok := v.(*Stream)
	if !ok || st.Dict["Type"] != Name("XRef") {
		return nil, errXref
	}
	return st.Dict, f.xrefStream(ctx, st)
}

// table reads a table of text up to its trailer.
func (f *File) table(off int64) (Dict, error) {
	for n := 64 << 10; ; n *= 8 {
		b, end, err := f.window(off, min(n, 128<<20))
		if err != nil {
			return nil, errXref
		}
		s := Scanner{b: b, refs: true}
		d, err := f.tableFrom(&s)
		if !end && n < 128<<20 && len(b)-s.pos < 64 {
			continue
		}
		return d, err
	}
}

func (f *File) tableFrom(s *Scanner) (Dict, error) {
	for {
		v, err := s.Next()
		if err != nil {
			return nil, errXref
		}
		if v == Op("trailer") {
			d, _ := s.Next()
			if t, ok := d.(Dict); ok {
				return t, nil
			}
			return nil, errXref
		}
		first, ok := v.(int)
		v, _ = s.Next()
		count, ok2 := v.(int)
		if !ok || !ok2 || first < 0 || count < 0 || count > f.lim.Objects {
			return nil, errXref
		}
		for i := range count {
			a, _ := s.Next()
			if a == Op("trailer") { // fewer than it says
				s.pos -= len("trailer")
				break
			}
			b, _ := s.Next()
			c, err := s.Next()
			o, ok := a.(int)
			g, ok2 := b.(int)
			if err != nil || !ok || !ok2 {
				return nil, errXref
			}
			// Some count their objects from 1 where the free head is 0.
			if first == 1 && i == 0 && c == Op("f") && g == 65535 {
				first = 0
			}
			if c == Op("n") {
				if err := f.add(first+i, entry{off: int64(o), gen: g}); err != nil {
					return nil, err
				}
			} else {
				f.addFree(first + i)
			}
		}
	}
}

func (f *File) add(num int, e entry) error {
	if _, ok := f.xref[num]; ok {
		return nil
	}
	if len(f.xref) >= f.lim.Objects {
		return fmt.Errorf("the file has more than %d objects", f.lim.Objects)
	}
	f.xref[num] = e
	return nil
}

// addFree notes that an object was taken away, so that an older table does not
// bring it back.
func (f *File) addFree(num int) { _ = f.add(num, entry{off: -1}) }

// xrefStream reads a cross-reference stream (7.5.8).
func (f *File) xrefStream(ctx context.Context, st *Stream) error {
	w := f.Nums(st.Dict["W"])
	if len(w) < 3 {
		return errXref
	}
	var width [3]int
	for i := range width {
		if width[i] = int(w[i]); width[i] < 0 || width[i] > 8 {
			return errXref
		}
	}
	row := width[0] + width[1] + width[2]
	if row == 0 {
		return errXref
	}
	dec, err := f.decode(ctx, st, min(f.lim.Stream, int64(f.lim.Objects)*int64(row)+64))
	if err != nil {
		return err
	}
	index := f.Nums(st.Dict["Index"])
	if len(index) == 0 {
		index = []float64{0, float64(f.Int(st.Dict["Size"], 0))}
	}
	b := dec.Data
	field := func(p []byte, def int64) int64 {
		if len(p) == 0 {
			return def
		}
		n := int64(0)
		for _, c := range p {
			n = n<<8 | int64(c)
		}
		return n
	}
	for i := 0; i+1 < len(index); i += 2 {
		for num := int(index[i]); num < int(index[i]+index[i+1]) && len(b) >= row; num++ {
			kind := field(b[:width[0]], 1)
			x := field(b[width[0]:width[0]+width[1]], 0)
			y := field(b[width[0]+width[1]:row], 0)
			b = b[row:]
			e := entry{off: -1}
			switch kind {
			case 1:
				e = entry{off: x, gen: int(y)}
			case 2:
				if x <= 0 || x > 1<<31 {
					continue
				}
				e = entry{in: int(x), index: int(y)}
			}
			if err := f.add(num, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// pack is an unpacked object stream: the objects' numbers and offsets in b.
type pack struct {
	b    []byte
	nums []int
	offs []int
}

// unpack reads an object of an object stream (7.5.7).
func (f *File) unpack(e entry, num, depth int) Value {
	p := f.pack(e.in, depth)
	if p == nil {
		return nil
	}
	i := e.index
	if i < 0 || i >= len(p.nums) || p.nums[i] != num {
		for i = 0; i < len(p.nums) && p.nums[i] != num; i++ {
		}
		if i == len(p.nums) {
			return nil
		}
	}
	s := Scanner{b: p.b, pos: p.offs[i], refs: true}
	v, err := s.Next()
	if _, op := v.(Op); op || err != nil {
		return nil
	}
	return v
}

func (f *File) pack(num, depth int) *pack {
	f.mu.Lock()
	p, ok := f.packs[num]
	e, known := f.xref[num]
	f.mu.Unlock()
	if ok || !known || e.in > 0 || depth > 8 {
		return p // an object stream never lies in another
	}
	v, _, err := f.at(e.off, num, depth+1)
	st, ok := v.(*Stream)
	if err != nil || !ok {
		return nil
	}
	p = f.readPack(context.Background(), st)
	f.mu.Lock()
	defer f.mu.Unlock()
	total := 0
	for _, q := range f.packs {
		if q != nil {
			total += len(q.b)
		}
	}
	if total > maxCached {
		f.packs = map[int]*pack{}
	}
	f.packs[num] = p
	return p
}

func (f *File) readPack(ctx context.Context, st *Stream) *pack {
	dec, err := f.decode(ctx, st, min(f.lim.Stream, 64<<20))
	if err != nil || len(dec.Rest) > 0 {
		return nil
	}
	first := f.Int(st.Dict["First"], 0)
	n := f.Int(st.Dict["N"], 0)
	if first < 0 || first > len(dec.Data) || n < 0 || n > f.lim.Objects {
		return nil
	}
	p := &pack{b: dec.Data}
	s := Scanner{b: dec.Data[:first]}
	for range n {
		a, err := s.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		b, _ := s.Next()
		num, ok := a.(int)
		off, ok2 := b.(int)
		if !ok || !ok2 || off < 0 || first+off > len(dec.Data) {
			break
		}
		p.nums = append(p.nums, num)
		p.offs = append(p.offs, first+off)
	}
	return p
}
