package mp3

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

var (
	// ErrNoFrames says that the file is no MP3.
	ErrNoFrames = errors.New("there are no MP3 frames in it")

	// ErrFreeFormat says that the frames do not tell their length.
	ErrFreeFormat = errors.New("an MP3 in free format")

	// ErrLayer says that it is MPEG audio, but of Layer I or II.
	ErrLayer = errors.New("MPEG audio of Layer I or II")

	// ErrNotYet says that the file must grow first.
	ErrNotYet = errors.New("more of the file is needed")
)

const (
	// The places of the frames are kept for one of some frames. When there are
	// too many, every second is dropped: 512 KB at most.
	firstEvery = 16
	maxMarks   = 1 << 16

	// maxJunk is how far a first frame is looked for.
	maxJunk = 256 << 10
)

// Stream is an MP3 file and where its frames are. Its methods may be called by
// several goroutines.
type Stream struct {
	r io.ReaderAt

	mu      sync.RWMutex
	walk    walker
	first   header
	checked bool // its CRCs are right: frames with wrong ones are damaged
	varies  bool // the bit rate does
	note    note
	noted   bool
	start   int64 // the first frame
	frames  int64
	bytes   int64 // of the frames
	least   int   // main data of a frame
	marks   []int64
	every   int64
	total   int64 // bytes there will be, 0 unknown
}

// Open finds the first frame among the size bytes that are there, of total (0
// when not known), and all behind it. Its errors are those above and of reading.
func Open(r io.ReaderAt, size, total int64) (*Stream, error) {
	s := &Stream{r: r, total: total, every: firstEvery, least: maxFrame}
	s.walk = walker{r: r, size: size, whole: size == total}
	if err := s.begin(); err != nil {
		return nil, err
	}
	return s, s.Grow(size, size == total)
}

// begin finds the first frame.
func (s *Stream) begin() error {
	w := &s.walk
	for {
		n, err := w.tag()
		if err != nil {
			return waiting(err)
		}
		if n == 0 {
			break
		}
		w.at += n
	}
	b, err := w.bytes(w.at, headerBytes)
	if err != nil {
		return fmt.Errorf("reading an MP3: %w", err)
	}
	switch _, k := parseHeader(b); k {
	case freeFormat:
		return ErrFreeFormat
	case otherLayer:
		return ErrLayer
	}
	// What is looked through for a first frame has an end.
	w.head = w.at
	near := *w
	if near.size > w.at+maxJunk {
		near.size, near.whole = w.at+maxJunk, false
	}
	h, at, err := near.next()
	if err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, errMore) && near.size < w.size {
			return ErrNoFrames
		}
		return waiting(err)
	}
	s.first, s.checked = h, h.intact(near.frame)
	w.buf, w.bufAt = near.buf, near.bufAt
	w.first, w.found, w.at, w.sure = h, true, at, true
	if s.note, s.noted = parseNote(&h, near.frame); s.noted {
		w.at += int64(h.bytes)
		// What a note says of its own check does not hold for the others.
		s.checked = false
		if b, err := w.bytes(w.at, h.mainAt()); err == nil && len(b) == h.mainAt() {
			if second, k := parseHeader(b); k == layer3 && second.mainAt() <= len(b) {
				s.checked = second.intact(b)
			}
		}
	}
	s.start = w.at
	return nil
}

func waiting(err error) error {
	if errors.Is(err, errMore) {
		return ErrNotYet
	}
	return fmt.Errorf("reading an MP3: %w", err)
}

// Grow looks at the frames in the first size bytes, which are there now. Whole
// says that there will be no more.
func (s *Stream) Grow(size int64, whole bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := &s.walk
	w.size, w.whole = max(w.size, size), whole
	if whole {
		s.total = w.size
	}
	for {
		h, at, err := w.next()
		if errors.Is(err, io.EOF) || errors.Is(err, errMore) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading an MP3: %w", err)
		}
		if s.frames%s.every == 0 {
			s.mark(at)
		}
		s.frames++
		s.bytes += int64(h.bytes)
		s.least = min(s.least, max(h.bytes-h.mainAt(), 1))
		s.varies = s.varies || h.bitrate != s.first.bitrate && !s.noted
	}
}

func (s *Stream) mark(at int64) {
	if len(s.marks) == maxMarks {
		for i := range s.marks[:maxMarks/2] {
			s.marks[i] = s.marks[2*i]
		}
		s.marks = s.marks[:maxMarks/2]
		s.every *= 2
	}
	s.marks = append(s.marks, at)
}

// Rate is samples a second.
func (s *Stream) Rate() int { return s.first.rate() }

// Channels is 1 or 2.
func (s *Stream) Channels() int { return s.first.channels() }

// Bitrate is the mean of the frames so far in kbit/s.
func (s *Stream) Bitrate() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.frames == 0 {
		return s.first.bitrate
	}
	samples := s.frames * int64(s.first.samples())
	return int((s.bytes*8*int64(s.first.rate())/samples + 500) / 1000)
}

// Len is how many samples (of each channel) can be read so far.
func (s *Stream) Len() int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.len()
}

func (s *Stream) len() int64 {
	per := int64(s.first.samples())
	n := s.frames * per
	if s.note.trimmed && s.frames <= s.note.frames {
		n = min(n, s.note.frames*per-int64(s.note.padding-decoderDelay))
	}
	return max(n-s.drop(), 0)
}

// drop is how many samples at the start are not of the recording.
func (s *Stream) drop() int64 {
	if !s.note.trimmed {
		return 0
	}
	return int64(s.note.delay + decoderDelay)
}

// Whole reports whether Len is all there will be.
func (s *Stream) Whole() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.walk.whole
}

// Duration is how long the whole is: estimated until that is there.
func (s *Stream) Duration() time.Duration {
	s.mu.RLock()
	defer s.mu.RUnlock()
	n := s.len()
	if !s.walk.whole {
		frames := s.note.frames
		if frames == 0 && s.frames > 0 {
			frames = (s.total - s.start) * s.frames / max(s.walk.at-s.start, 1)
		}
		whole := frames*int64(s.first.samples()) - s.drop()
		if s.note.trimmed {
			whole -= int64(s.note.padding - decoderDelay)
		}
		n = max(n, whole)
	}
	return time.Duration(float64(n) / float64(s.first.rate()) * float64(time.Second))
}
