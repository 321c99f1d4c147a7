package cos

import (
	"bytes"
	"context"
)

// rebuild finds the objects by looking through the whole file for "1 0 obj". The
// last of a number holds, as it does when a file was changed by appending.
func (f *File) rebuild(ctx context.Context) error {
	const step = 1 << 20
	const overlap = 64
	found := map[int]entry{}
	var trailer Dict
	var packs []int // object streams
	for at := int64(0); at < f.size; at += step {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, _, err := f.window(at, step+overlap)
		if err != nil {
			return err
		}
		for i := 0; i < len(b); {
			j := bytes.Index(b[i:], []byte("obj"))
			if j < 0 {
				break
			}
			i += j + 3
			num, gen, start, ok := header(b, i-3)
			if !ok || start >= step || (start == 0 && at > 0) {
				continue // the next step sees it whole
			}
			if len(found) >= f.lim.Objects {
				return errXref
			}
			off := at + int64(start)
			found[num] = entry{off: off, gen: gen}
			switch kind := f.kindAt(off); kind {
			case "ObjStm":
				packs = append(packs, num)
			case "XRef", "Catalog":
				trailer = f.merge(trailer, off, num, kind)
			}
		}
		for i := 0; i < len(b) && i < step; {
			j := bytes.Index(b[i:], []byte("trailer"))
			if j < 0 || i+j >= step {
				break
			}
			i += j + len("trailer")
			t, _, err := f.window(at+int64(i), firstWindow)
			if err != nil {
				continue
			}
			s := Scanner{b: t, refs: true}
			v, _ := s.Next()
			if d, ok := v.(Dict); ok {
				trailer = join(trailer, d)
			}
		}
	}
	f.mu.Lock()
	f.xref, f.trailer, f.rebuilt = found, trailer, true
	f.cache, f.cached, f.packs = map[int]Value{}, 0, map[int]*pack{}
	f.mu.Unlock()
	if f.crypt == nil && trailer["Encrypt"] != nil {
		c, err := newCrypt(f, f.Dict(trailer["Encrypt"]))
		if err != nil {
			return err
		}
		f.crypt = c
	}
	f.unpackAll(packs, found)
	if trailer == nil {
		return ErrNotPDF
	}
	return nil
}

// unpackAll adds what the object streams hold; an object that stands in the file
// itself stays.
func (f *File) unpackAll(packs []int, found map[int]entry) {
	for _, num := range packs {
		p := f.pack(num, 0)
		if p == nil {
			continue
		}
		f.mu.Lock()
		for i, n := range p.nums {
			if e, ok := found[n]; (!ok || e.in > 0) && len(found) < f.lim.Objects {
				found[n] = entry{in: num, index: i}
			}
		}
		f.mu.Unlock()
	}
	if f.Root() != nil {
		return
	}
	for _, num := range packs {
		if p := f.pack(num, 0); p != nil {
			for _, n := range p.nums {
				if d := f.Dict(Ref{Num: n}); d["Type"] == Name("Catalog") {
					f.mu.Lock()
					f.trailer = join(f.trailer, Dict{"Root": Ref{Num: n}})
					f.mu.Unlock()
					return
				}
			}
		}
	}
}

// header reads "12 0 " backwards from the word obj at i.
func header(b []byte, i int) (num, gen, start int, ok bool) {
	back := func(n int) (int, bool) {
		spaces := 0
		for i > 0 && isSpace(b[i-1]) && spaces < 8 {
			i, spaces = i-1, spaces+1
		}
		v, mul, digits := 0, 1, 0
		for i > 0 && b[i-1] >= '0' && b[i-1] <= '9' && digits < n {
			v += int(b[i-1]-'0') * mul
			i, mul, digits = i-1, mul*10, digits+1
		}
		return v, digits > 0 && spaces > 0
	}
	var ok1, ok2 bool
	if gen, ok1 = back(5); !ok1 {
		return 0, 0, 0, false
	}
	if num, ok2 = back(9); !ok2 {
		return 0, 0, 0, false
	}
	return num, gen, i, true
}

// kindAt is the object's /Type when it is one that rebuild looks for.
func (f *File) kindAt(off int64) string {
	b, _, err := f.window(off, 512)
	if err != nil {
		return ""
	}
	if i := bytes.Index(b, []byte("stream")); i >= 0 {
		b = b[:i]
	}
	if i := bytes.Index(b, []byte("endobj")); i >= 0 {
		b = b[:i]
	}
	for _, kind := range []string{"ObjStm", "XRef", "Catalog"} {
		if bytes.Contains(b, []byte("/"+kind)) {
			return kind
		}
	}
	return ""
}

func (f *File) merge(trailer Dict, off int64, num int, kind string) Dict {
	if kind == "Catalog" {
		return join(trailer, Dict{"Root": Ref{Num: num}})
	}
	b, _, err := f.window(off, firstWindow)
	if err != nil {
		return trailer
	}
	s := Scanner{b: b, refs: true}
	if _, v, _, err := s.indirect(); err == nil {
		if d, ok := v.(Dict); ok {
			return join(trailer, d)
		}
	}
	return trailer
}

// join is old with the keys a trailer needs from the newer one.
func join(old, newer Dict) Dict {
	out := Dict{}
	for _, d := range []Dict{old, newer} {
		for _, k := range []Name{"Root", "Encrypt", "ID", "Info", "Size"} {
			if v := d[k]; v != nil {
				out[k] = v
			}
		}
	}
	return out
}
