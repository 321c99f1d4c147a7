package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
)

const (
	ringBuffer  = 64 << 10
	ringBuffers = 8
)

// partSink is an [api.Sink] on a part file. It hashes what it writes in a second
// goroutine, a small ring of buffers behind, so that SHA-256 overlaps with the
// network and the disk and memory stays flat.
//
// One goroutine calls its methods; it ends with finish or stop.
type partSink struct {
	f       *os.File
	n       int64 // written, the current buffer included
	written int64 // in the file
	buf     []byte
	from    *buffers
	held    []*buffer
	err     error // of the disk; only Reset gets over it
	free    chan []byte
	work    chan []byte
	done    chan struct{}
	hash    hash.Hash
}

// newPartSink goes on with what the file holds: it is read once, for the hash.
func newPartSink(f *os.File, from *buffers) (*partSink, error) {
	s := &partSink{f: f, hash: sha256.New(), from: from}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	buf := s.buffer()
	n, err := io.CopyBuffer(struct{ io.Writer }{s.hash}, struct{ io.Reader }{f}, buf[:ringBuffer])
	if err != nil {
		return nil, fmt.Errorf("reading what was fetched before: %w", err)
	}
	s.n, s.written, s.buf = n, n, buf
	s.start()
	return s, nil
}

func (s *partSink) start() {
	s.free, s.work, s.done = make(chan []byte, ringBuffers), make(chan []byte, ringBuffers), make(chan struct{})
	if s.buf == nil {
		s.buf = s.buffer()
	}
	for range ringBuffers - 1 {
		s.free <- nil // made when first needed: a small file needs one
	}
	go func(free, work chan []byte, done chan struct{}) {
		defer close(done)
		for b := range work {
			s.hash.Write(b)
			free <- b[:0]
		}
	}(s.free, s.work, s.done)
}

// drain waits until everything written has been hashed, and ends the goroutine.
func (s *partSink) drain() {
	if s.work != nil {
		close(s.work)
		<-s.done
		s.work = nil
	}
}

// Len is how much has been written since the last Reset, counting what was in
// the file before.
func (s *partSink) Len() int64 { return s.n }

// Write implements io.Writer. The bytes are in the file at the latest a buffer
// later, or after finish or stop.
func (s *partSink) Write(p []byte) (int, error) {
	total := 0
	for len(p) > 0 {
		k := copy(s.buf[len(s.buf):cap(s.buf)], p)
		s.buf = s.buf[:len(s.buf)+k]
		p = p[k:]
		total += k
		s.n += int64(k)
		if len(s.buf) == cap(s.buf) {
			if err := s.flush(); err != nil {
				return total, err
			}
		}
	}
	return total, nil
}

func (s *partSink) flush() error {
	if len(s.buf) == 0 {
		return nil
	}
	if s.err != nil {
		return s.err
	}
	if _, err := s.f.Write(s.buf); err != nil {
		// Half a buffer must not stay: the file is what was hashed, no more.
		s.err = errors.Join(err, s.f.Truncate(s.written))
		s.n, s.buf = s.written, s.buf[:0]
		return err
	}
	s.written += int64(len(s.buf))
	s.work <- s.buf
	if s.buf = <-s.free; s.buf == nil {
		s.buf = s.buffer()
	}
	return nil
}

// buffer is an empty one; release gives all of them back at the end.
func (s *partSink) buffer() []byte {
	b := s.from.get()
	s.held = append(s.held, b)
	return b[:0]
}

func (s *partSink) release() {
	for _, b := range s.held {
		s.from.put(b)
	}
	s.held, s.buf = nil, nil
}

// Reset forgets what was written: the file is empty afterwards.
func (s *partSink) Reset() error {
	s.drain()
	s.hash.Reset()
	s.buf = s.buf[:0]
	s.n, s.written, s.err = 0, 0, nil
	s.start()
	if err := s.f.Truncate(0); err != nil {
		return err
	}
	_, err := s.f.Seek(0, io.SeekStart)
	return err
}

// finish puts everything on disk and gives the SHA-256. The file stays open.
func (s *partSink) finish() (sum string, n int64, err error) {
	err = s.flush()
	s.drain()
	s.release()
	if err != nil {
		return "", 0, err
	}
	if err := s.f.Sync(); err != nil {
		return "", 0, err
	}
	fi, err := s.f.Stat()
	if err != nil {
		return "", 0, err
	}
	if fi.Size() != s.n {
		return "", 0, fmt.Errorf("the file is %d bytes long although %d were written: something else writes to it", fi.Size(), s.n)
	}
	return hex.EncodeToString(s.hash.Sum(nil)), s.n, nil
}

// stop ends early and keeps what came, on disk, to go on with later.
func (s *partSink) stop() error {
	err := s.flush()
	s.drain()
	s.release()
	return errors.Join(err, s.f.Sync())
}
