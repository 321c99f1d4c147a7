package audio

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// The format tags of WAV files that are known (RFC 2361).
const (
	tagPCM        = 1
	tagMSADPCM    = 2
	tagFloat      = 3
	tagALaw       = 6
	tagMuLaw      = 7
	tagIMAADPCM   = 0x11
	tagG723       = 0x14
	tagGSM        = 0x31
	tagG721       = 0x40
	tagMP2        = 0x50
	tagMP3        = 0x55
	tagG726       = 0x64
	tagG729       = 0x83
	tagTrueSpeech = 0x22
	tagExtensible = 0xfffe
)

// maxChunks is how many chunks are looked through for the samples.
const maxChunks = 1000

// wave is a file of samples in blocks of one length: WAV and AU.
type wave struct {
	r     io.ReaderAt
	codec codec
	kind  string // WAV or AU
	rate  int
	from  int64 // first byte of the samples

	declared int64 // bytes of samples by the header, -1: up to the end
	exact    int64 // samples by the header, -1 unknown

	mu    sync.RWMutex
	size  int64 // bytes there are of the file
	total int64 // and will be, 0 unknown
	whole bool
}

// openWAV reads the chunks before the samples.
func openWAV(r io.ReaderAt, have, total int64) (track, error) {
	b := make([]byte, 12)
	if have < 12 {
		return nil, ErrNotSound
	}
	if _, err := r.ReadAt(b, 0); err != nil {
		return nil, fmt.Errorf("reading a WAV file: %w", err)
	}
	if string(b[8:]) != "WAVE" {
		return nil, ErrNotSound
	}
	w := &wave{r: r, kind: "WAV", size: have, total: total, whole: have == total, exact: -1}
	var order binary.ByteOrder = binary.LittleEndian
	big := string(b[:4]) == "RIFX"
	if big {
		order = binary.BigEndian
	}
	var format []byte
	long, at := int64(-1), int64(12) // size of the data in RF64
	for range maxChunks {
		head := b[:8]
		n, err := readHead(r, head, at, have)
		if err != nil {
			return nil, fmt.Errorf("reading a WAV file: %w", err)
		}
		if n < 8 {
			if have != total {
				return nil, ErrNotYet
			}
			return nil, errors.New("the WAV file has no samples")
		}
		size := int64(order.Uint32(head[4:]))
		at += 8
		if string(head[:4]) == "data" {
			if format == nil {
				return nil, errors.New("the WAV file does not say how its samples are")
			}
			w.from, w.declared = at, size
			if size == 0xffffffff && long >= 0 {
				w.declared = long
			} else if size == 0 || size >= 0xffffffff-1<<10 {
				// Written by something that did not know how long it would be.
				w.declared = -1
			}
			return w.with(format, order, big)
		}
		body := make([]byte, min(size, 64))
		if n, err = readHead(r, body, at, have); err != nil {
			return nil, fmt.Errorf("reading a WAV file: %w", err)
		}
		if n < len(body) && have != total {
			return nil, ErrNotYet
		}
		body = body[:n]
		switch string(head[:4]) {
		case "fmt ":
			format = body
		case "fact":
			if n >= 4 {
				w.exact = int64(order.Uint32(body))
			}
		case "ds64":
			if n >= 16 {
				long = int64(order.Uint64(body[8:]) & (1<<62 - 1))
			}
		}
		at += size + size&1
	}
	return nil, errors.New("the WAV file has more chunks than a recording should")
}

// readHead reads as much of b as there is of the file.
func readHead(r io.ReaderAt, b []byte, at, have int64) (int, error) {
	b = b[:min(int64(len(b)), max(have-at, 0))]
	n, err := r.ReadAt(b, at)
	if n == len(b) || errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

// with reads the format chunk.
func (w *wave) with(b []byte, order binary.ByteOrder, big bool) (track, error) {
	if len(b) < 14 {
		return nil, errors.New("the WAV file's description of its samples is cut short")
	}
	tag, bits := order.Uint16(b), 8
	if len(b) >= 16 {
		bits = int(order.Uint16(b[14:]))
	}
	if tag == tagExtensible && len(b) >= 26 {
		tag = order.Uint16(b[24:])
	}
	w.rate = int(order.Uint32(b[4:]))
	nch, block := int(order.Uint16(b[2:])), int(order.Uint16(b[12:]))
	if tag == tagMP3 {
		return openInside(w)
	}
	if w.rate < 1 || w.rate > 768000 || nch < 1 || nch > 64 {
		return nil, fmt.Errorf("the WAV file says %d channels of %d samples a second", nch, w.rate)
	}
	var extra []byte
	if len(b) > 18 {
		extra = b[18:]
	}
	var err error
	switch tag {
	case tagPCM:
		w.codec, err = newPCM(nch, bits, block, big, bits <= 8)
	case tagFloat:
		w.codec, err = newFloat(nch, bits, big)
	case tagALaw:
		w.codec = newLaw(nch, "A-law", aLaw)
	case tagMuLaw:
		w.codec = newLaw(nch, "mu-law", muLaw)
	case tagIMAADPCM:
		w.codec, err = newIMA(nch, bits, block)
	case tagMSADPCM:
		w.codec, err = newMS(nch, bits, block, extra)
	default:
		return nil, ErrUnsupported{"WAV with " + tagName(tag)}
	}
	if err != nil {
		return nil, err
	}
	return w, nil
}

func tagName(tag uint16) string {
	switch tag {
	case tagGSM:
		return "GSM 6.10"
	case tagG723, 0x42:
		return "G.723"
	case tagG721:
		return "G.721"
	case tagMP2:
		return "MPEG audio of Layer II"
	case tagG726:
		return "G.726"
	case tagG729:
		return "G.729"
	case tagTrueSpeech:
		return "TrueSpeech"
	}
	return fmt.Sprintf("format 0x%x", tag)
}

// openInside opens an MP3 in a WAV file: what stands behind it does no harm.
func openInside(w *wave) (track, error) {
	r := io.NewSectionReader(w.r, w.from, 1<<62-w.from)
	t, err := openMP3(r, w.size-w.from, max(w.total-w.from, 0), "MP3 in WAV")
	if err != nil {
		return nil, err
	}
	return shifted{t, w.from}, nil
}

// shifted is a track that begins within a file.
type shifted struct {
	track
	from int64
}

func (s shifted) Grow(size int64, whole bool) error { return s.track.Grow(size-s.from, whole) }

// openAU reads the header of a file of Sun and NeXT (".snd").
func openAU(r io.ReaderAt, head []byte, have, total int64) (track, error) {
	be := binary.BigEndian
	if len(head) < 24 {
		return nil, errors.New("the AU file is cut short")
	}
	w := &wave{r: r, kind: "AU", size: have, total: total, whole: have == total, exact: -1}
	w.from, w.declared = int64(be.Uint32(head[4:])), int64(be.Uint32(head[8:]))
	if w.declared == 0xffffffff {
		w.declared = -1
	}
	w.rate = int(be.Uint32(head[16:]))
	nch, err := int(be.Uint32(head[20:])), error(nil)
	if w.rate < 1 || w.rate > 768000 || nch < 1 || nch > 64 || w.from < 24 {
		return nil, fmt.Errorf("the AU file says %d channels of %d samples a second", nch, w.rate)
	}
	switch kind := be.Uint32(head[12:]); kind {
	case 1:
		w.codec = newLaw(nch, "mu-law", muLaw)
	case 27:
		w.codec = newLaw(nch, "A-law", aLaw)
	case 2, 3, 4, 5:
		w.codec, err = newPCM(nch, 8*int(kind-1), 0, true, false)
	case 6, 7:
		w.codec, err = newFloat(nch, 32*int(kind-5), true)
	default:
		return nil, ErrUnsupported{fmt.Sprintf("AU with encoding %d", kind)}
	}
	if err != nil {
		return nil, err
	}
	return w, nil
}

func (w *wave) Rate() int     { return w.rate }
func (w *wave) Channels() int { return w.codec.channels }
func (w *wave) halves() bool  { return false }

func (w *wave) words() string {
	return fmt.Sprintf("%s, %s, %s, %s", w.kind, w.codec.name, kilohertz(w.rate), channels(w.codec.channels))
}

func (w *wave) Grow(size int64, whole bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.size, w.whole = max(w.size, size), whole
	if whole {
		w.total = w.size
	}
	return nil
}

func (w *wave) Whole() bool {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.whole || w.declared >= 0 && w.size-w.from >= w.declared
}

func (w *wave) Len() int64 {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.samples(w.size, w.whole)
}

// samples is how many samples the first size bytes of the file hold.
func (w *wave) samples(size int64, whole bool) int64 {
	n := max(size-w.from, 0)
	if w.declared >= 0 && n >= w.declared {
		n, whole = w.declared, true
	}
	c := &w.codec
	blocks := n / int64(c.unit)
	all := blocks * int64(c.per)
	if whole {
		all += int64(c.last(int(n % int64(c.unit))))
	}
	// The last block may be filled up with what is no sound.
	if w.exact > 0 && w.exact < all && all-w.exact < int64(c.per) {
		all = w.exact
	}
	return all
}

func (w *wave) Duration() time.Duration {
	w.mu.RLock()
	defer w.mu.RUnlock()
	size := w.size
	if !w.whole {
		size = w.total
		if w.declared >= 0 && (size == 0 || w.from+w.declared < size) {
			size = w.from + w.declared
		}
		size = max(size, w.size)
	}
	return seconds(w.samples(size, true), w.rate)
}

func (w *wave) cursor(int) cursor { return &waveCursor{w: w, codec: w.codec} }

// waveCursor decodes some blocks at a time.
type waveCursor struct {
	w     *wave
	codec codec
	raw   []byte
	pcm   []int16 // decoded
	at    int64   // the first of them
}

// batchBytes is how much is read at a time, at least one block.
const batchBytes = 16 << 10

func (c *waveCursor) ReadAt(p []int16, at int64) (n int, err error) {
	if at < 0 {
		return 0, fmt.Errorf("reading a recording from sample %d", at)
	}
	length, whole := c.w.Len(), c.w.Whole()
	for n < len(p) && at < length {
		if at < c.at || at >= c.at+int64(len(c.pcm)) {
			if err := c.load(at, length); err != nil {
				return n, err
			}
		}
		got := copy(p[n:], c.pcm[at-c.at:][:min(int64(len(c.pcm))-(at-c.at), length-at)])
		n += got
		at += int64(got)
	}
	switch {
	case n == len(p):
		return n, nil
	case whole:
		return n, io.EOF
	}
	return n, ErrNotYet
}

// load decodes from the block of a sample on.
func (c *waveCursor) load(at, length int64) error {
	k := &c.codec
	first := at / int64(k.per)
	blocks := min(int64(max(batchBytes/k.unit, 1)), (length-1)/int64(k.per)-first+1)
	want := int(blocks) * k.unit
	if cap(c.raw) < want {
		c.raw = make([]byte, want)
		c.pcm = make([]int16, int(blocks)*k.per)
	}
	raw := c.raw[:want]
	from := c.w.from + first*int64(k.unit)
	if c.w.declared >= 0 {
		raw = raw[:min(int64(want), c.w.from+c.w.declared-from)]
	}
	n, err := c.w.r.ReadAt(raw, from)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading a recording: %w", err)
	}
	// A batch may be shorter than one before: the room is that of the largest.
	c.pcm, c.at = c.pcm[:cap(c.pcm)], first*int64(k.per)
	got := k.decode(raw[:n], c.pcm)
	c.pcm = c.pcm[:got]
	if at >= c.at+int64(got) {
		return fmt.Errorf("reading a recording: %w", io.ErrUnexpectedEOF)
	}
	return nil
}
