package audio

import (
	"errors"
	"io"
	"math"
)

// Source is where samples come from: a *Sound.
type Source interface {
	ReadAt(p []int16, at int64) (int, error)
}

// The speeds a Stretcher can go at.
const (
	Slowest = 0.5
	Fastest = 3.0
)

// Stretcher reads a Source at another speed without changing its pitch, and on
// wish with its silences shortened. It is for one goroutine, and takes the same
// memory whatever it reads.
//
// The sound is put together anew from pieces of 30 ms that overlap by half. They
// are taken from the source at the places where the speed has them, moved by up
// to 10 ms to where they fit best on what the piece before went on with: the
// method is WSOLA (Verhelst and Roelands, 1993).
type Stretcher struct {
	src   Source
	rate  int
	speed float64
	hop   int       // samples that a piece goes on by: half its length
	reach int       // how far it may be moved
	fade  []float32 // how a piece comes in over the one before

	cur  float64 // where the next piece belongs in the source
	tail []int16 // how the piece before goes on; empty: from cur itself

	out    []int16 // made and not read yet: a part of room
	room   []int16
	outAt  float64 // where in the source out begins
	slope  float64 // and how much of that a sample of out stands for
	window window

	gaps gaps
}

// NewStretcher reads src, rate samples a second, from its start at speed 1.
func NewStretcher(src Source, rate int) *Stretcher {
	t := &Stretcher{
		src: src, rate: rate, speed: 1, slope: 1,
		hop: max(rate*15/1000, 16), reach: max(rate/100, 8),
		gaps: newGaps(rate),
	}
	t.fade = make([]float32, t.hop)
	for i := range t.fade {
		s := math.Sin(math.Pi / 2 * (float64(i) + .5) / float64(t.hop))
		t.fade[i] = float32(s * s)
	}
	t.room = make([]int16, t.hop)
	t.tail = make([]int16, 0, t.hop)
	t.window.buf = make([]int16, 0, max(2*t.hop+2*t.reach, windowSamples))
	return t
}

// Jump goes on at sample at.
func (t *Stretcher) Jump(at int64) {
	t.cur, t.tail, t.out = float64(max(at, 0)), t.tail[:0], nil
	t.outAt = t.cur
	t.gaps.forget()
}

// SetSpeed sets the speed, held between Slowest and Fastest. It takes effect
// within about 30 ms of output.
func (t *Stretcher) SetSpeed(v float64) {
	if v != v {
		v = 1
	}
	t.speed = min(max(v, Slowest), Fastest)
}

// SkipSilence says whether silences of more than half a second are shortened to
// 0.15 s.
func (t *Stretcher) SkipSilence(on bool) { t.gaps.on = on }

// SetQuiet says what a silence is: how high its samples may swing. Shape.Quiet
// finds it for a recording; without it is 1 % of full scale.
func (t *Stretcher) SetQuiet(level int16) { t.gaps.quiet = level }

// Read fills p and says which sample of the source p[0] belongs to. Its error
// is that of the source (io.EOF, ErrNotYet), given with the samples before it;
// after ErrNotYet reading can go on when more is there.
func (t *Stretcher) Read(p []int16) (n int, at int64, err error) {
	at = t.Pos()
	for n < len(p) {
		if len(t.out) == 0 {
			if err := t.step(); err != nil {
				return n, at, err
			}
			if n == 0 {
				at = t.Pos()
			}
		}
		k := copy(p[n:], t.out)
		t.out = t.out[k:]
		t.outAt += float64(k) * t.slope
		n += k
	}
	return n, at, nil
}

// Pos is the sample of the source that the next sample read belongs to.
func (t *Stretcher) Pos() int64 {
	if len(t.out) == 0 {
		return int64(t.cur)
	}
	return int64(t.outAt)
}

// step makes the next samples. With an error it has changed nothing.
func (t *Stretcher) step() error {
	cur := t.gaps.pass(t, t.cur)
	if cur != t.cur && len(t.tail) == 0 {
		// The silence that is left goes over into what follows it.
		tail, err := t.read(int64(t.cur), t.hop)
		if err != nil {
			return err
		}
		t.tail = append(t.tail, tail...)
	}
	if t.speed == 1 && len(t.tail) == 0 {
		return t.copy(int64(cur))
	}
	return t.piece(cur)
}

// copy passes on the source as it is.
func (t *Stretcher) copy(from int64) error {
	got, err := t.window.at(t.src, from, t.hop)
	if len(got) == 0 {
		return err
	}
	t.out = t.room[:copy(t.room, got)]
	t.outAt, t.slope = float64(from), 1
	t.cur = float64(from) + float64(len(got))
	return nil
}

// piece adds a piece that belongs at cur.
func (t *Stretcher) piece(cur float64) error {
	want := int64(cur)
	first := max(want-int64(t.reach), 0)
	around, err := t.read(first, int(want-first)+t.reach+2*t.hop)
	if err != nil {
		return err
	}
	end := t.window.end
	if end >= 0 && want >= end {
		return io.EOF
	}
	best := int(want - first)
	if len(t.tail) > 0 {
		best = t.fit(around, best)
	} else {
		t.tail = append(t.tail, around[best:best+t.hop]...)
	}
	fresh := around[best : best+2*t.hop]
	for i, f := range t.fade {
		old := float32(t.tail[i])
		t.room[i] = int16(math.RoundToEven(float64(old + f*(float32(fresh[i])-old))))
	}
	t.out, t.outAt, t.slope = t.room, cur, t.speed
	t.tail = append(t.tail[:0], fresh[t.hop:]...)
	t.cur = cur + float64(t.hop)*t.speed
	if t.speed == 1 {
		// From here on it goes straight.
		t.tail = t.tail[:0]
		t.cur = float64(first + int64(best+t.hop))
	}
	if end >= 0 {
		left := int(math.Ceil((float64(end) - cur) / t.speed))
		t.out = t.out[:min(len(t.out), max(left, 0))]
	}
	return nil
}

// fit finds where in around the samples go on most like the tail: near at.
func (t *Stretcher) fit(around []int16, at int) int {
	coarse := max(t.rate/8000, 1)
	best := t.search(around, at, 0, 2*t.reach, coarse)
	if coarse == 1 {
		return best
	}
	return t.search(around, at, max(best-coarse, 0), min(best+coarse, 2*t.reach), 1)
}

// search tries the places from first to last, every step, and looks at every
// few samples of each. Of places as good it takes the nearest to at.
func (t *Stretcher) search(around []int16, at, first, last, step int) int {
	best, score := at, math.Inf(-1)
	stride := 2 * max(t.rate/8000, 1)
	last = min(last, len(around)-2*t.hop)
	for c := first; c <= last; c += step {
		var like, power float32
		x := around[c:][:t.hop]
		for i := 0; i < len(x); i += stride {
			v := float32(x[i])
			like += v * float32(t.tail[i])
			power += v * v
		}
		s := float64(like) / math.Sqrt(float64(power)+1)
		if s > score || s == score && abs(c-at) < abs(best-at) {
			best, score = c, s
		}
	}
	return best
}

func abs(v int) int { return max(v, -v) }

// read gives n samples of the source from a place on, with zeros behind its end.
func (t *Stretcher) read(from int64, n int) ([]int16, error) {
	got, err := t.window.at(t.src, from, n)
	if len(got) == n {
		return got, nil
	}
	if !errors.Is(err, io.EOF) {
		return nil, err
	}
	have := len(got)
	got = got[:n] // of the window, which has room
	clear(got[have:])
	return got, nil
}

// windowSamples is the least a window holds.
const windowSamples = 1 << 12

// window is a part of a source, so that what is used again is not read again.
type window struct {
	buf  []int16
	from int64
	end  int64 // samples of the source, -1 as long as they are not known
}

// at gives n samples from a place on, no more than the window has room for; fewer
// with an error.
func (w *window) at(src Source, from int64, n int) ([]int16, error) {
	if in := from - w.from; in >= 0 && in+int64(n) <= int64(len(w.buf)) {
		return w.buf[in:][:n], nil
	}
	// Keep what is still of use, and read on behind it.
	if in := from - w.from; in >= 0 && in < int64(len(w.buf)) {
		w.buf = w.buf[:copy(w.buf, w.buf[in:])]
	} else {
		w.buf = w.buf[:0]
	}
	w.from, w.end = from, -1
	var err error
	if have := len(w.buf); have < n {
		var k int
		k, err = src.ReadAt(w.buf[have:cap(w.buf)], from+int64(have))
		w.buf = w.buf[:have+k]
		if errors.Is(err, io.EOF) {
			w.end = from + int64(len(w.buf))
		}
	}
	if len(w.buf) >= n {
		return w.buf[:n], nil
	}
	return w.buf, err
}
