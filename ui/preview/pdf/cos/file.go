package cos

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

// Limits bound what a file may cost.
type Limits struct {
	Objects int   // entries of the cross-reference table
	Stream  int64 // decoded bytes of a stream
}

// ErrPassword says that the file opens only with a password.
var ErrPassword = errors.New("the file is encrypted and needs a password: open it outside")

// ErrNotPDF says that the bytes are no PDF file.
var ErrNotPDF = errors.New("the file is not a PDF file, or its end is missing")

const (
	firstWindow = 4 << 10  // bytes read at first for an object
	maxWindow   = 16 << 20 // and at most
	maxCached   = 16 << 20 // bytes of objects whose values are kept
)

// entry is where an object is: at off, or the index-th of object stream in.
type entry struct {
	off   int64
	gen   int
	in    int
	index int
}

// File is an open file. Its methods may be called by several goroutines.
type File struct {
	r    io.ReaderAt
	size int64
	lim  Limits

	crypt *crypt

	mu      sync.Mutex
	xref    map[int]entry
	trailer Dict
	rebuilt bool
	cache   map[int]Value
	cached  int
	packs   map[int]*pack
}

// Open reads the file's cross-reference table. Only the empty password is tried.
func Open(ctx context.Context, r io.ReaderAt, size int64, lim Limits) (*File, error) {
	if lim.Objects <= 0 {
		lim.Objects = 4_000_000
	}
	if lim.Stream <= 0 {
		lim.Stream = 256 << 20
	}
	head := make([]byte, min(size, 1024))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading the file: %w", err)
	}
	at := bytes.Index(head, []byte("%PDF-"))
	if at < 0 {
		return nil, ErrNotPDF
	}
	if at > 0 { // offsets count from the mark
		r, size = io.NewSectionReader(r, int64(at), size-int64(at)), size-int64(at)
	}
	f := &File{r: r, size: size, lim: lim, cache: map[int]Value{}, packs: map[int]*pack{}}
	if err := f.readXref(ctx); err != nil || f.Root() == nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err := f.rebuild(ctx); err != nil {
			return nil, err
		}
		if f.Root() == nil && f.trailer["Encrypt"] == nil {
			return nil, ErrNotPDF
		}
	}
	if enc := f.trailer["Encrypt"]; enc != nil {
		c, err := newCrypt(f, f.Dict(enc))
		if err != nil {
			return nil, err
		}
		f.mu.Lock()
		f.crypt = c
		f.cache, f.cached, f.packs = map[int]Value{}, 0, map[int]*pack{} // read before the key was known
		f.mu.Unlock()
	}
	return f, nil
}

// Trailer is the file's trailer.
func (f *File) Trailer() Dict {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.trailer
}

// Root is the catalog, nil when there is none.
func (f *File) Root() Dict { return f.Dict(f.Trailer()["Root"]) }

// Encrypted reports whether the file's strings and streams are encrypted.
func (f *File) Encrypted() bool { return f.crypt != nil }

// Repair looks through the whole file for its objects, once; it reports whether
// that was still to do. It is for files whose objects make no sense.
func (f *File) Repair(ctx context.Context) bool {
	f.mu.Lock()
	done := f.rebuilt
	f.mu.Unlock()
	return !done && f.rebuild(ctx) == nil
}

// object reads an object, null when it is not there.
func (f *File) object(r Ref, depth int) Value {
	f.mu.Lock()
	v, ok := f.cache[r.Num]
	e, known := f.xref[r.Num]
	f.mu.Unlock()
	if ok {
		return v
	}
	if !known {
		return nil
	}
	cost := 256
	if e.in > 0 {
		v = f.unpack(e, r.Num, depth)
	} else {
		var err error
		if v, cost, err = f.at(e.off, r.Num, depth); err != nil {
			v = nil
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.cached += cost; f.cached > maxCached {
		f.cache, f.cached = map[int]Value{}, cost
	}
	f.cache[r.Num] = v
	return v
}

// window reads up to n bytes at off; end tells that the file has no more.
func (f *File) window(off int64, n int) (b []byte, end bool, err error) {
	if off < 0 || off >= f.size {
		return nil, true, io.EOF
	}
	if left := f.size - off; int64(n) >= left {
		n, end = int(left), true
	}
	b = make([]byte, n)
	got, err := f.r.ReadAt(b, off)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false, fmt.Errorf("reading the file: %w", err)
	}
	return b[:got], end || got < n, nil
}

// at reads the object that stands at off; num is the number it must have, or -1.
func (f *File) at(off int64, num, depth int) (v Value, cost int, err error) {
	for n := firstWindow; ; n *= 8 {
		b, end, err := f.window(off, min(n, maxWindow))
		if err != nil {
			return nil, 0, err
		}
		s := Scanner{b: b, refs: true}
		ref, v, streams, err := s.indirect()
		// The value may go on behind the window.
		if !end && n < maxWindow && len(b)-s.pos < 16 {
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		if num >= 0 && ref.Num != num {
			return nil, 0, fmt.Errorf("object %d is not where the file says", num)
		}
		d, isDict := v.(Dict)
		if !streams || !isDict {
			if f.crypt != nil {
				v = f.crypt.value(v, ref, 0)
			}
			return v, s.pos, nil
		}
		if f.crypt != nil {
			d, _ = f.crypt.value(d, ref, 0).(Dict)
		}
		st := &Stream{Dict: d, Ref: ref, off: off + int64(s.pos)}
		st.plain = d["Type"] == Name("XRef")
		f.measure(st, depth)
		return st, s.pos, nil
	}
}

var errObject = errors.New("no object is where the file says one is")

// indirect reads "1 0 obj", the value and, when a stream begins, the end of its
// line.
func (s *Scanner) indirect() (r Ref, v Value, streams bool, err error) {
	s.refs = false
	a, err1 := s.value(0)
	b, err2 := s.value(0)
	c, err3 := s.value(0)
	s.refs = true
	num, ok1 := a.(int)
	gen, ok2 := b.(int)
	if err := errors.Join(err1, err2, err3); err != nil || !ok1 || !ok2 || c != Op("obj") {
		return r, nil, false, errObject
	}
	r = Ref{num, gen}
	if v, err = s.value(0); err != nil {
		return r, nil, false, err
	}
	if _, ok := v.(Op); ok { // "endobj": an empty object
		return r, nil, false, nil
	}
	s.skipSpace()
	if !bytes.HasPrefix(s.b[s.pos:], []byte("stream")) {
		return r, v, false, nil
	}
	s.pos += len("stream")
	if s.pos < len(s.b) && s.b[s.pos] == '\r' {
		s.pos++
	}
	if s.pos < len(s.b) && s.b[s.pos] == '\n' {
		s.pos++
	}
	return r, v, true, nil
}

// measure finds how long a stream is: what its dictionary says when "endstream"
// follows there, else up to that word.
func (f *File) measure(s *Stream, depth int) {
	left := f.size - s.off
	n := int64(-1)
	if v, ok := f.resolve(s.Dict["Length"], depth).(int); ok {
		n = int64(v)
	}
	if n >= 0 && n <= left {
		b, _, err := f.window(s.off+n, 32)
		if err == nil && bytes.HasPrefix(bytes.TrimLeft(b, "\r\n \t\x00"), []byte("endstream")) {
			s.n = n
			return
		}
	}
	s.n = f.find(s.off, []byte("endstream"))
	if s.n < 0 {
		s.n = max(left, 0)
		if n >= 0 {
			s.n = min(n, s.n)
		}
		return
	}
	// The line end before the word is not part of it.
	if tail, _, err := f.window(s.off+max(s.n-2, 0), int(min(s.n, 2))); err == nil {
		if bytes.HasSuffix(tail, []byte("\r\n")) {
			s.n -= 2
		} else if len(tail) > 0 && (tail[len(tail)-1] == '\n' || tail[len(tail)-1] == '\r') {
			s.n--
		}
	}
}

// find is how far behind off a word stands, -1 when nowhere.
func (f *File) find(off int64, word []byte) int64 {
	const step = 256 << 10
	for at := off; at < f.size; at += step {
		b, _, err := f.window(at, step+len(word))
		if err != nil {
			return -1
		}
		if i := bytes.Index(b, word); i >= 0 {
			return at - off + int64(i)
		}
	}
	return -1
}
