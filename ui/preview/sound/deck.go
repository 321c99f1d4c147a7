package sound

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"switchboard/ui/preview/audio"
)

// Recording is what a Deck plays: an *audio.Sound.
type Recording interface {
	ReadAt(p []int16, at int64) (int, error)
	Rate() int
	Duration() time.Duration
}

// Deck plays a recording through an output. What is asked for is noted at once
// and carried out by one goroutine, which alone talks to the output; the newest
// wish wins.
type Deck struct {
	open    func(context.Context) (Output, error)
	crash   Crash
	ctx     context.Context
	cancel  context.CancelFunc
	work    wake
	changed wake
	closed  chan struct{}

	mu     sync.Mutex
	rec    Recording
	live   *run  // what is to be heard; nil: nothing
	at     int64 // sample where it stands while nothing is
	ended  bool
	err    error
	drop   bool // the output failed: open another for the next run
	speed  float64
	volume int
	skip   bool
	quiet  int16 // see SetQuiet; 0: not known
}

var _ Player = (*Deck)(nil)

// NewDeck makes a deck for a recording. The output is opened when it is first
// needed.
func NewDeck(open func(context.Context) (Output, error), rec Recording, crash Crash) *Deck {
	d := &Deck{
		open: open, crash: crash, rec: rec, speed: 1, volume: 100,
		work: newWake(), changed: newWake(), closed: make(chan struct{}),
	}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	go d.run()
	return d
}

// Play plays on, or from the start when it had ended.
func (d *Deck) Play() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.live != nil {
		return
	}
	if d.ended {
		d.at = 0
	}
	d.begin()
}

// Pause stops where it is heard now.
func (d *Deck) Pause() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.live == nil {
		return
	}
	d.at, d.live = d.heard(), nil
	d.tell()
}

// Seek goes to a time, and plays on from there if it plays.
func (d *Deck) Seek(at time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	at = max(at, 0)
	if l := d.rec.Duration(); l > 0 {
		at = min(at, l)
	}
	d.at, d.ended = int64(at.Seconds()*float64(d.rec.Rate())), false
	if d.live != nil {
		d.begin()
	} else {
		d.err = nil
		d.changed.send()
	}
}

// begin makes a new run from d.at the one to be heard; the lock must be held.
func (d *Deck) begin() {
	rate := d.rec.Rate()
	st := audio.NewStretcher(d.rec, rate)
	st.Jump(d.at)
	if d.quiet > 0 {
		st.SetQuiet(d.quiet)
	}
	d.live = &run{d: d, st: st, rate: rate, from: d.at, gain: newGain(rate)}
	d.ended, d.err = false, nil
	d.tell()
}

// SetQuiet says what a silence is, from the next start or jump on: how high its
// samples may swing (audio.Shape.Quiet).
func (d *Deck) SetQuiet(level int16) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.quiet = level
}

func (d *Deck) tell() {
	d.work.send()
	d.changed.send()
}

// SetSpeed implements Player.
func (d *Deck) SetSpeed(v float64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.speed = min(max(v, Slowest), Fastest)
}

// SetVolume implements Player.
func (d *Deck) SetVolume(percent int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.volume = min(max(percent, 0), Loudest)
}

// SkipSilence implements Player.
func (d *Deck) SkipSilence(on bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.skip = on
}

// State implements Player.
func (d *Deck) State() State {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := State{Length: d.rec.Duration(), Speed: d.speed, Volume: d.volume, Skip: d.skip, Err: d.err}
	at := d.at
	switch r := d.live; {
	case r != nil:
		at = d.heard()
		switch {
		case r.out == nil:
			s.Phase = Starting
		case r.waiting:
			s.Phase = Waiting
		default:
			s.Phase = Playing
		}
	case d.err != nil:
		s.Phase = Broken
	case d.ended:
		s.Phase = Ended
	}
	s.At = time.Duration(float64(at) / float64(max(d.rec.Rate(), 1)) * float64(time.Second))
	if s.Length > 0 {
		s.At = min(s.At, s.Length)
	}
	return s
}

// heard is the sample that is heard now; the lock must be held, and something
// be live.
func (d *Deck) heard() int64 {
	r := d.live
	if r.out == nil {
		return r.from
	}
	out := r.written - int64(r.out.Latency().Seconds()*float64(r.rate))
	return r.marks.at(out, r.from)
}

// Changed implements Player.
func (d *Deck) Changed() <-chan struct{} { return d.changed }

// Close implements Player.
func (d *Deck) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.live != nil {
		d.at, d.live = d.heard(), nil
	}
	d.cancel()
}

// Closed implements Player.
func (d *Deck) Closed() <-chan struct{} { return d.closed }

// run brings the output to what is to be heard, again and again.
func (d *Deck) run() {
	defer close(d.closed)
	defer d.crash.catch()
	var out Output
	var playing *run
	defer func() {
		if out != nil {
			_ = out.Close() // nothing to be lost: silence is all that is wanted
		}
	}()
	for {
		d.mu.Lock()
		want, drop := d.live, d.drop
		d.drop = false
		d.mu.Unlock()
		if playing != nil && (want != playing || drop) {
			out.Stop()
			playing = nil
		}
		if drop && out != nil {
			_ = out.Close() // it has failed already
			out = nil
		}
		if d.ctx.Err() != nil {
			return
		}
		if want != nil && playing == nil {
			var err error
			if out, err = d.start(out, want); err != nil {
				d.finish(want, err)
				continue
			}
			playing = want
			d.changed.send()
		}
		select {
		case <-d.work:
		case <-d.ctx.Done():
		}
	}
}

func (d *Deck) start(out Output, r *run) (Output, error) {
	if out == nil {
		var err error
		if out, err = d.open(d.ctx); err != nil {
			return nil, err
		}
	}
	d.mu.Lock()
	r.out = out
	d.mu.Unlock()
	return out, out.Start(r.rate, r.fill, func(err error) { d.finish(r, err) })
}

// finish takes the end of a run, unless it is not the one to be heard any more.
func (d *Deck) finish(r *run, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.live != r {
		return
	}
	d.at, d.live = d.heard(), nil
	if err != nil {
		d.err, d.drop = err, true
	} else {
		d.ended = true
		d.at = int64(d.rec.Duration().Seconds() * float64(r.rate))
	}
	d.tell()
}

// run is one stretch of playing without a jump. Its stretcher and gain belong to
// the output's goroutine; the rest is guarded by the deck's lock.
type run struct {
	d    *Deck
	st   *audio.Stretcher
	gain *gain
	rate int
	from int64 // sample it began at

	out     Output // nil: not started yet
	written int64  // samples handed over
	marks   marks
	waiting bool
}

// fill gives the output its next samples: silence where the download is behind.
func (r *run) fill(p []int16) (int, bool) {
	d := r.d
	d.mu.Lock()
	speed, volume, skip := d.speed, d.volume, d.skip
	d.mu.Unlock()
	r.st.SetSpeed(speed)
	r.st.SkipSilence(skip)

	var found [32]mark
	add, n, end, waiting := found[:0], 0, false, false
	var failed error
	piece := max(r.rate/100, 1) // 10 ms: a mark for each
	for n < len(p) && !end && !waiting {
		k, at, err := r.st.Read(p[n:min(n+piece, len(p))])
		if k > 0 {
			add = append(add, mark{int64(n), at, speed})
			n += k
		}
		switch {
		case err == nil && k > 0:
		case err == nil || errors.Is(err, audio.ErrNotYet):
			waiting = true
		case errors.Is(err, io.EOF):
			end = true
		default:
			failed, end = err, true
		}
	}
	r.gain.apply(p[:n], volume)
	if waiting {
		add = append(add, mark{int64(n), r.st.Pos(), 0})
		clear(p[n:])
		n = len(p)
	}
	d.mu.Lock()
	for _, m := range add {
		m.out += r.written
		r.marks.add(m)
	}
	r.written += int64(n)
	r.marks.forget(r.written - int64(2*r.rate))
	changed := r.waiting != waiting
	r.waiting = waiting
	d.mu.Unlock()
	if changed {
		d.changed.send()
	}
	if failed != nil {
		d.finish(r, failed)
	}
	return n, end
}
