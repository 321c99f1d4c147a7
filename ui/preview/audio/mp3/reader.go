package mp3

import (
	"errors"
	"fmt"
	"io"
)

// Reader decodes a Stream, at any position. It is for one goroutine.
type Reader struct {
	s        *Stream
	d        *decoder
	channels int
	halvings int

	walk    walker
	next    int64 // the frame that comes next at walk, with all that d must know of those before it; -1: none
	samples []int16
	loaded  int64 // the frame that samples are of, -1: none
}

// NewReader makes a reader that gives one channel, the average where there are
// two, or two. With halvings from 1 to 2 it leaves out the upper half or three
// quarters of the spectrum and gives every second or fourth sample only, which is
// two or four times as fast and enough for a picture.
func (s *Stream) NewReader(channels, halvings int) *Reader {
	channels = min(max(channels, 1), 2)
	halvings = min(max(halvings, 0), 2)
	return &Reader{
		s: s, channels: channels, halvings: halvings, next: -1, loaded: -1,
		d:       newDecoder(&s.first, channels, halvings, s.checked),
		walk:    walker{r: s.r, first: s.first, found: true, sure: true},
		samples: make([]int16, s.first.samples()>>halvings*channels),
	}
}

// ReadAt fills p with samples from position at on, those of two channels in
// turns; at counts them once. At the end it gives io.EOF with what is before it,
// or ErrNotYet when the file is to grow.
func (r *Reader) ReadAt(p []int16, at int64) (n int, err error) {
	if at < 0 {
		return 0, fmt.Errorf("reading an MP3 from sample %d", at)
	}
	s := r.s
	s.mu.RLock()
	length, drop, whole := s.len()>>r.halvings, s.drop()>>r.halvings, s.walk.whole
	s.mu.RUnlock()
	per := int64(s.first.samples() >> r.halvings)
	for n < len(p) && at < length {
		frame, in := (at+drop)/per, (at+drop)%per
		if err := r.load(frame); err != nil {
			return n, fmt.Errorf("reading an MP3: %w", err)
		}
		count := min(per-in, length-at) * int64(r.channels)
		got := copy(p[n:], r.samples[in*int64(r.channels):][:count])
		n += got
		at += int64(got / r.channels)
	}
	switch {
	case n == len(p):
		return n, nil
	case whole:
		return n, io.EOF
	}
	return n, ErrNotYet
}

// load decodes a frame into r.samples.
func (r *Reader) load(frame int64) error {
	if r.loaded == frame {
		return nil
	}
	if r.next < 0 || frame < r.next || frame > r.next+4 {
		if err := r.seek(frame); err != nil {
			return err
		}
	}
	for r.next <= frame {
		h, err := r.step()
		if err != nil {
			r.next, r.loaded = -1, -1
			return err
		}
		r.d.decode(&h, r.walk.frame, r.samples)
		if r.channels > r.d.channels {
			for i := len(r.samples)/2 - 1; i >= 0; i-- {
				r.samples[2*i], r.samples[2*i+1] = r.samples[i], r.samples[i]
			}
		}
		r.loaded = r.next
		r.next++
	}
	return nil
}

// seek gets ready to decode from a frame on: what it refers to is two granules
// before it, for the overlap and the filters, and the main data before those.
func (r *Reader) seek(frame int64) error {
	s := r.s
	s.mu.RLock()
	r.walk.size, r.walk.whole = s.walk.size, s.walk.whole
	from := max(frame-2, 0)
	feed := max(from-int64((s.first.reservoir()+s.least-1)/s.least), 0)
	mark := feed / s.every
	at, place := mark*s.every, int64(0)
	ok := mark < int64(len(s.marks))
	if ok {
		place = s.marks[mark]
	}
	s.mu.RUnlock()
	if !ok {
		return errors.New("a place beyond its end")
	}
	r.walk.at, r.walk.sure = place, true
	r.next, r.loaded = -1, -1
	r.d.reset()
	for ; at < from; at++ {
		h, err := r.step()
		if err != nil {
			return err
		}
		if at >= feed {
			r.d.feed(&h, r.walk.frame)
		}
	}
	r.next = from
	return nil
}

// step goes on by a frame.
func (r *Reader) step() (header, error) {
	h, _, err := r.walk.next()
	if errors.Is(err, errMore) || errors.Is(err, io.EOF) {
		// The file has grown since, or is not what it was.
		r.s.mu.RLock()
		grown := r.s.walk.size > r.walk.size || r.s.walk.whole != r.walk.whole
		r.walk.size, r.walk.whole = r.s.walk.size, r.s.walk.whole
		r.s.mu.RUnlock()
		if grown {
			h, _, err = r.walk.next()
		}
		if err != nil {
			err = io.ErrUnexpectedEOF
		}
	}
	return h, err
}
