package wav

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
)

// Reader is an open WAVE file. Its methods may be called by several goroutines.
type Reader struct {
	r io.ReaderAt
	h header

	mu    sync.Mutex
	have  int64
	whole bool
}

// Open reads the header of a file of which the first have bytes are here; whole
// says that this is all of it. A header that is not here yet gives ErrNotYet.
func Open(r io.ReaderAt, have int64, whole bool) (*Reader, error) {
	h, err := readHeader(r, have)
	if errors.Is(err, ErrNotYet) && whole {
		err = fmt.Errorf("%w: it ends before its samples begin", ErrNotWAV)
	}
	if err != nil {
		return nil, err
	}
	return &Reader{r: r, h: h, have: have, whole: whole}, nil
}

// Grow says how many bytes are here now, and whether that is all.
func (w *Reader) Grow(have int64, whole bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.have, w.whole = max(have, w.have), whole || w.whole
}

// Rate is samples a second.
func (w *Reader) Rate() int { return w.h.rate }

// Channels is how many voices are mixed into one.
func (w *Reader) Channels() int { return w.h.channels }

// Len is how many samples can be read so far.
func (w *Reader) Len() int64 {
	w.mu.Lock()
	n, whole := w.have-w.h.data, w.whole
	w.mu.Unlock()
	if w.h.size >= 0 && n >= w.h.size {
		n, whole = w.h.size, true
	}
	return w.frames(n, whole)
}

// Whole reports whether Len is all there will be.
func (w *Reader) Whole() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.whole || w.h.size >= 0 && w.have-w.h.data >= w.h.size
}

// Total is how many samples the whole file of total bytes has: what its header
// says where that can be true; total 0 when the size is not known.
func (w *Reader) Total(total int64) int64 {
	if w.Whole() {
		return w.Len()
	}
	n := w.h.size
	if total > w.h.data && (n < 0 || n > total-w.h.data) {
		n = total - w.h.data
	}
	return max(w.frames(max(n, 0), true), w.Len())
}

// frames is how many samples n bytes hold. The last block of a whole file may be
// shorter than the others.
func (w *Reader) frames(n int64, whole bool) int64 {
	n = max(n, 0)
	if !w.blocks() {
		return n / int64(w.h.block)
	}
	f := n / int64(w.h.block) * int64(w.h.perBlock)
	if rest := int(n % int64(w.h.block)); whole && rest > 0 {
		f += int64(w.partial(rest))
	}
	return f
}

// partial is how many frames the first n bytes of an ADPCM block hold.
func (w *Reader) partial(n int) int {
	if w.h.code == codeMS {
		if n < 7*w.h.channels {
			return 0
		}
		return (n-7*w.h.channels)*2/w.h.channels + 2
	}
	head := 4 * w.h.channels
	if n < head {
		return 0
	}
	return (n-head)/head*8 + 1
}

func (w *Reader) blocks() bool { return w.h.code == codeIMA || w.h.code == codeMS }

// Format is what the file is, for a person: "WAV, mu-law, 8 kHz, mono".
func (w *Reader) Format() string {
	coding := map[uint16]string{codeALaw: "A-law", codeMuLaw: "mu-law", codeIMA: "IMA ADPCM", codeMS: "MS ADPCM"}[w.h.code]
	switch w.h.code {
	case codePCM:
		coding = strconv.Itoa(w.h.bits) + " bit"
	case codeFloat:
		coding = strconv.Itoa(w.h.bits) + " bit floating point"
	}
	voices := "mono"
	if w.h.channels == 2 {
		voices = "stereo"
	} else if w.h.channels > 2 {
		voices = strconv.Itoa(w.h.channels) + " channels"
	}
	rate := strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", float64(w.h.rate)/1000), "0"), ".")
	return "WAV, " + coding + ", " + rate + " kHz, " + voices
}

// piece is how many bytes are read at once.
const piece = 16 << 10

// ReadAt fills p with the samples from position at on, the average of all
// channels. It gives io.EOF with the samples before the end, or before what is
// still to come: Whole tells which.
func (w *Reader) ReadAt(p []int16, at int64) (int, error) {
	if at < 0 {
		return 0, errors.New("read a WAVE file before its beginning")
	}
	want := int(max(min(int64(len(p)), w.Len()-at), 0))
	n := 0
	for n < want {
		var got int
		var err error
		if w.blocks() {
			got, err = w.readBlock(p[n:want], at+int64(n))
		} else {
			got, err = w.readPlain(p[n:want], at+int64(n))
		}
		n += got
		if err != nil {
			return n, err
		}
		if got == 0 {
			break
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (w *Reader) readPlain(p []int16, at int64) (int, error) {
	n := min(len(p), max(piece/w.h.block, 1))
	buf := make([]byte, n*w.h.block)
	if err := w.bytes(buf, at*int64(w.h.block)); err != nil {
		return 0, err
	}
	decode := w.h.sample()
	width := w.h.block / w.h.channels
	for i := range n {
		sum := 0
		for c := range w.h.channels {
			sum += decode(buf[i*w.h.block+c*width:])
		}
		p[i] = clip(sum / w.h.channels)
	}
	return n, nil
}

// readBlock decodes the ADPCM block that holds position at.
func (w *Reader) readBlock(p []int16, at int64) (int, error) {
	per := int64(w.h.perBlock)
	k, from := at/per, int(at%per)
	size := int64(w.h.block)
	w.mu.Lock()
	there := w.have - w.h.data
	w.mu.Unlock()
	if w.h.size >= 0 {
		there = min(there, w.h.size)
	}
	buf := make([]byte, max(min(size, there-k*size), 0))
	if err := w.bytes(buf, k*size); err != nil {
		return 0, err
	}
	out := make([]int16, w.partial(len(buf)))
	if w.h.code == codeMS {
		w.h.decodeMS(buf, out)
	} else {
		w.h.decodeIMA(buf, out)
	}
	if from >= len(out) {
		return 0, nil
	}
	return copy(p, out[from:]), nil
}

func (w *Reader) bytes(p []byte, off int64) error {
	n, err := w.r.ReadAt(p, w.h.data+off)
	if n == len(p) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("read the WAVE file at byte %d: %w", w.h.data+off, err)
}

func clip(v int) int16 { return int16(max(min(v, 32767), -32768)) } //nolint:gosec // bounded
