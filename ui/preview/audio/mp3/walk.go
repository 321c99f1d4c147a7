package mp3

import (
	"bytes"
	"errors"
	"io"
)

// errMore says that what comes next cannot be told before more bytes are there.
var errMore = errors.New("mp3: more bytes are needed")

// walker goes from frame to frame through a file, past tags and whatever else
// stands between them.
type walker struct {
	r     io.ReaderAt
	size  int64 // bytes that are there
	whole bool  // there will be no more
	first header
	found bool // first is set
	at    int64
	sure  bool  // a frame is known to begin at at, unless something stands between
	head  int64 // behind the tags at the start: a frame here is the likeliest first

	buf   []byte
	bufAt int64
	frame []byte // of the last frame, until the next call
}

const readBytes = 64 << 10

// bytes gives n bytes at a place, fewer where the file ends.
func (w *walker) bytes(at int64, n int) ([]byte, error) {
	if from := at - w.bufAt; from >= 0 && from+int64(n) <= int64(len(w.buf)) {
		return w.buf[from : from+int64(n)], nil
	}
	if at >= w.size {
		return nil, nil
	}
	if w.buf == nil {
		w.buf = make([]byte, 0, readBytes)
	}
	want := min(int64(cap(w.buf)), w.size-at)
	got, err := w.r.ReadAt(w.buf[:want], at)
	if err != nil && !errors.Is(err, io.EOF) {
		w.buf = w.buf[:0]
		return nil, err
	}
	w.buf, w.bufAt = w.buf[:got], at
	return w.buf[:min(n, got)], nil
}

// next finds the next frame that is all there: its place and header, and its
// bytes in w.frame. The error is io.EOF, errMore or one of reading.
func (w *walker) next() (h header, at int64, err error) {
	for {
		b, err := w.bytes(w.at, headerBytes)
		if err != nil {
			return h, 0, err
		}
		if len(b) < headerBytes {
			return h, 0, w.end()
		}
		h, k := parseHeader(b)
		if k == layer3 && (!w.found || h.alike(&w.first)) {
			ok := w.sure
			if !ok {
				if ok, err = w.confirm(&h); err != nil {
					return h, 0, err
				}
			}
			if ok {
				if w.at+int64(h.bytes) > w.size {
					return h, 0, w.end()
				}
				frame, err := w.bytes(w.at, h.bytes)
				if err != nil || len(frame) < h.bytes {
					return h, 0, errors.Join(err, w.end())
				}
				at, w.frame = w.at, frame
				w.at += int64(h.bytes)
				w.sure = true
				return h, at, nil
			}
		}
		n, err := w.tag()
		if err != nil {
			return h, 0, err
		}
		if n > 0 {
			w.at += n
			continue // as sure as before
		}
		w.sure = false
		if err := w.search(); err != nil {
			return h, 0, err
		}
	}
}

func (w *walker) end() error {
	if w.whole {
		return io.EOF
	}
	return errMore
}

// search goes on to the next byte that can begin a frame or a tag.
func (w *walker) search() error {
	w.at++
	for {
		b, err := w.bytes(w.at, headerBytes)
		if err != nil {
			return err
		}
		if len(b) < headerBytes {
			return nil
		}
		b = w.buf[w.at-w.bufAt:]
		i := bytes.IndexByte(b, 0xff)
		if i >= 0 {
			b = b[:i]
		}
		for _, mark := range [...]string{"ID3", "TAG", "APETAGEX"} {
			if k := bytes.Index(b, []byte(mark)); k >= 0 {
				i, b = k, b[:k]
			}
		}
		if i >= 0 {
			w.at += int64(i)
			return nil
		}
		// A mark may lie across the end of what was read.
		w.at += int64(max(len(b)-7, 1))
	}
}

// confirm looks at the frames behind the one that may begin here: their headers
// must stand where they should, up to the end if that is near.
func (w *walker) confirm(h *header) (bool, error) {
	at, need := w.at+int64(h.bytes), 3
	if w.found || w.at == w.head {
		need = 1
	}
	like := *h
	for range need {
		b, err := w.bytes(at, headerBytes)
		if err != nil {
			return false, err
		}
		if len(b) < headerBytes {
			if !w.whole {
				return false, errMore
			}
			return at <= w.size, nil
		}
		next, k := parseHeader(b)
		if k != layer3 || !next.alike(&like) {
			return w.ends(at)
		}
		at += int64(next.bytes)
	}
	return true, nil
}

// ends reports whether a tag that is customary at the end stands at a place.
func (w *walker) ends(at int64) (bool, error) {
	b, err := w.bytes(at, 8)
	return bytes.HasPrefix(b, []byte("TAG")) || bytes.HasPrefix(b, []byte("APETAGEX")) || bytes.HasPrefix(b, []byte("ID3")), err
}

// tag is the length of the tag that begins here, 0 if none does. One that claims
// more than there is does not count.
func (w *walker) tag() (int64, error) {
	n, err := w.tagBytes()
	if w.whole && n > w.size-w.at {
		n = 0
	}
	return n, err
}

func (w *walker) tagBytes() (int64, error) {
	b, err := w.bytes(w.at, 32)
	if err != nil {
		return 0, err
	}
	switch {
	case len(b) < 3 || b[0] != 'I' && b[0] != 'T' && b[0] != 'A':
		return 0, nil
	case len(b) < 32 && !w.whole:
		return 0, errMore
	case bytes.HasPrefix(b, []byte("TAG")):
		return min(128, w.size-w.at), nil
	case bytes.HasPrefix(b, []byte("ID3")) && len(b) >= 10 && (b[6]|b[7]|b[8]|b[9])&0x80 == 0:
		n := int64(b[6])<<21 | int64(b[7])<<14 | int64(b[8])<<7 | int64(b[9]) + 10
		if b[5]&0x10 != 0 {
			n += 10 // a footer
		}
		return n, nil
	case bytes.HasPrefix(b, []byte("APETAGEX")) && len(b) == 32:
		n := int64(b[12]) | int64(b[13])<<8 | int64(b[14])<<16 | int64(b[15])<<24
		if b[23]&0x20 == 0 {
			return 32, nil // the footer, reached by its end
		}
		return n + 32, nil
	}
	return 0, nil
}
