package audio

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"

	"switchboard/ui/preview/audio/mp3"
)

// track is a recording in one of the formats.
type track interface {
	Rate() int
	Channels() int
	Len() int64
	Whole() bool
	Duration() time.Duration
	Grow(size int64, whole bool) error
	words() string // what it is
	// cursor gives mono samples; halved halves their number up to twice.
	cursor(halvings int) cursor
	halves() bool // cursor heeds halvings
}

// cursor reads a track. It is for one goroutine and keeps what the next sample
// needs.
type cursor interface {
	ReadAt(p []int16, at int64) (int, error)
}

// Sound is an open recording. Its methods may be called by several goroutines.
type Sound struct {
	track track

	mu   sync.Mutex
	idle []place // cursors that nobody uses
}

// place is a cursor and where it stands.
type place struct {
	cursor cursor
	at     int64
}

// maxIdle is how many cursors are kept: for the player and one that looks ahead.
const maxIdle = 2

// Open tells what the size bytes of r are and reads what comes before the
// samples. A format that cannot be decoded gives ErrUnsupported, which names it;
// a file that is no recording ErrNotSound.
func Open(r io.ReaderAt, size int64) (*Sound, error) { return OpenPart(r, size, size) }

// OpenPart is Open for a file that is still being fetched: the first have bytes
// of r are there, of total (0 when not known). ErrNotYet means that they are too
// few to tell.
func OpenPart(r io.ReaderAt, have, total int64) (*Sound, error) {
	head := make([]byte, min(max(have, 0), headBytes))
	if n, err := r.ReadAt(head, 0); n < len(head) {
		return nil, fmt.Errorf("reading a recording: %w", err)
	}
	t, err := open(r, head, have, total)
	if err != nil {
		return nil, err
	}
	return &Sound{track: t}, nil
}

func open(r io.ReaderAt, head []byte, have, total int64) (track, error) {
	if len(head) < headBytes && have != total {
		return nil, ErrNotYet
	}
	if name, ok := foreign(head); ok {
		return nil, ErrUnsupported{name}
	}
	switch {
	case bytes.HasPrefix(head, []byte("RIFF")), bytes.HasPrefix(head, []byte("RIFX")),
		bytes.HasPrefix(head, []byte("RF64")), bytes.HasPrefix(head, []byte("BW64")):
		return openWAV(r, have, total)
	case bytes.HasPrefix(head, []byte(".snd")):
		return openAU(r, head, have, total)
	}
	return openMP3(r, have, total, "MP3")
}

// song is an MP3 as a track.
type song struct {
	*mp3.Stream
	name string
}

func openMP3(r io.ReaderAt, have, total int64, name string) (track, error) {
	s, err := mp3.Open(r, have, total)
	switch {
	case errors.Is(err, mp3.ErrNotYet):
		return nil, ErrNotYet
	case errors.Is(err, mp3.ErrNoFrames):
		return nil, ErrNotSound
	case errors.Is(err, mp3.ErrFreeFormat):
		return nil, ErrUnsupported{"MP3 in free format"}
	case errors.Is(err, mp3.ErrLayer):
		return nil, ErrUnsupported{"MPEG audio of Layer I or II"}
	case err != nil:
		return nil, err
	}
	return song{s, name}, nil
}

func (s song) words() string {
	return fmt.Sprintf("%s, %s, %d kbit/s, %s", s.name, kilohertz(s.Rate()), s.Bitrate(), channels(s.Channels()))
}

func (s song) cursor(halvings int) cursor { return later{s.NewReader(1, halvings)} }

func (s song) halves() bool { return true }

// later gives the errors of package mp3 as those of this one.
type later struct{ *mp3.Reader }

func (l later) ReadAt(p []int16, at int64) (int, error) {
	n, err := l.Reader.ReadAt(p, at)
	if errors.Is(err, mp3.ErrNotYet) {
		err = ErrNotYet
	}
	return n, err
}

func kilohertz(rate int) string { return strconv.FormatFloat(float64(rate)/1000, 'f', -1, 64) + " kHz" }

func channels(n int) string {
	switch n {
	case 1:
		return "mono"
	case 2:
		return "stereo"
	}
	return strconv.Itoa(n) + " channels"
}

// Grow says that the first size bytes are there now, and whether that is all.
func (s *Sound) Grow(size int64, whole bool) error { return s.track.Grow(size, whole) }

// Rate is samples a second.
func (s *Sound) Rate() int { return s.track.Rate() }

// Format is what the file is, for a person: "MP3, 8 kHz, 16 kbit/s, mono".
func (s *Sound) Format() string { return s.track.words() }

// Len is how many samples can be read so far.
func (s *Sound) Len() int64 { return s.track.Len() }

// Whole reports whether Len is all there will be.
func (s *Sound) Whole() bool { return s.track.Whole() }

// Duration is how long the whole recording is, by the best estimate there is:
// exact when Whole.
func (s *Sound) Duration() time.Duration { return s.track.Duration() }

// ReadAt fills p with the samples from position at on, the average of all
// channels. It gives io.EOF with the samples before the end, and ErrNotYet with
// those before what is still to be fetched. It takes the time of decoding:
// about a millisecond after a jump in an MP3 file.
func (s *Sound) ReadAt(p []int16, at int64) (int, error) {
	c := s.take(at)
	n, err := c.ReadAt(p, at)
	s.give(place{c, at + int64(n)})
	return n, err
}

// take gives the idle cursor that stands at a position, else the one that has
// been idle the longest, else a new one.
func (s *Sound) take(at int64) cursor {
	s.mu.Lock()
	defer s.mu.Unlock()
	best := -1
	for i, p := range s.idle {
		if p.at == at {
			best = i
		}
	}
	if best < 0 && len(s.idle) == maxIdle {
		best = 0
	}
	if best < 0 {
		return s.track.cursor(0)
	}
	c := s.idle[best].cursor
	s.idle = append(s.idle[:best], s.idle[best+1:]...)
	return c
}

func (s *Sound) give(p place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.idle) == maxIdle {
		s.idle = s.idle[:copy(s.idle, s.idle[1:])]
	}
	s.idle = append(s.idle, p)
}

// seconds is n samples as a time.
func seconds(n int64, rate int) time.Duration {
	r := int64(rate)
	return time.Duration(n/r)*time.Second + time.Duration(n%r)*time.Second/time.Duration(r)
}
