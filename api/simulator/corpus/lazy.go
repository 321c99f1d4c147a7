package corpus

import (
	"errors"
	"fmt"
	"io"
)

// lazy reads content that is made block by block where it is read: a header,
// then blocks of equal length, the last of which may be cut off by size.
type lazy struct {
	head []byte
	size int64
	fill func(k int, block []byte)

	off  int64
	buf  []byte
	have int // the block in buf, or -1
}

func newLazy(head []byte, block int, size int64, fill func(int, []byte)) *lazy {
	return &lazy{head: head, size: size, fill: fill, buf: make([]byte, block), have: -1}
}

func (l *lazy) Read(p []byte) (n int, err error) {
	for n < len(p) && l.off < l.size {
		from := l.head
		at := int(l.off)
		if at >= len(l.head) {
			at -= len(l.head)
			if k := at / len(l.buf); k != l.have {
				l.fill(k, l.buf)
				l.have = k
			}
			from, at = l.buf, at%len(l.buf)
		}
		from = from[at:min(int64(len(from)), int64(at)+l.size-l.off)]
		m := copy(p[n:], from)
		n += m
		l.off += int64(m)
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (l *lazy) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += l.off
	case io.SeekEnd:
		offset += l.size
	default:
		return 0, fmt.Errorf("seek: unknown origin %d", whence)
	}
	if offset < 0 {
		return 0, errors.New("seek: before the start")
	}
	l.off = offset
	return offset, nil
}
