package sound

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// sink takes raw samples: mono, signed, 16 bits, low byte first.
type sink interface {
	io.Writer
	// Finish says that no more comes and waits, for a moment at most, until all of
	// it has been played.
	Finish() error
	// Kill stops at once. A Write under way comes back with an error.
	Kill()
}

// paced feeds a sink at the pace of the clock, a little ahead of it. A pipe takes
// seconds of speech at once; without this a pause would be heard seconds late.
type paced struct {
	open  func(rate int) (sink, error)
	ahead time.Duration // how far ahead of the clock samples are written
	delay time.Duration // about what the sink keeps before it is heard
	crash Crash
	meter meter

	stop chan struct{} // closed by Stop; nil: nothing runs
	over chan struct{} // closed when the goroutine has ended
	sink sink
}

const (
	tact  = 20 * time.Millisecond // between two writes
	ahead = 120 * time.Millisecond
)

func newPaced(open func(rate int) (sink, error), delay time.Duration, crash Crash) *paced {
	return &paced{open: open, ahead: max(ahead, delay), delay: delay, crash: crash, meter: meter{now: time.Now}}
}

// Start implements Output.
func (o *paced) Start(rate int, fill Fill, done func(error)) error {
	o.Stop()
	s, err := o.open(rate)
	if err != nil {
		return err
	}
	o.sink, o.stop, o.over = s, make(chan struct{}), make(chan struct{})
	o.meter.start(rate)
	go func(stop, over chan struct{}) {
		defer close(over)
		defer o.crash.catch()
		err := o.feed(s, rate, fill, stop)
		select {
		case <-stop:
		default:
			done(err)
		}
	}(o.stop, o.over)
	return nil
}

// feed writes until the end, a fault or stop.
func (o *paced) feed(s sink, rate int, fill Fill, stop chan struct{}) error {
	begin, written := time.Now(), int64(0)
	due := func() int64 { return int64((time.Since(begin) + o.ahead).Seconds() * float64(rate)) }
	samples, bytes := make([]int16, rate/10+1), make([]byte, 0, rate/5+2)
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-stop:
			return nil
		case <-pause.C:
		}
		if behind := due() - written; behind > int64(rate) { // the sink, or the machine, slept
			begin = begin.Add(time.Duration(float64(behind) / float64(rate) * float64(time.Second)))
		}
		for want := due() - written; want > 0; {
			n, end := fill(samples[:min(want, int64(len(samples)))])
			bytes = bytes[:0]
			for _, x := range samples[:n] {
				bytes = binary.LittleEndian.AppendUint16(bytes, uint16(x))
			}
			if _, err := s.Write(bytes); err != nil {
				return sinkFault(s, err)
			}
			if written == 0 {
				o.meter.wrote(int(o.delay.Seconds() * float64(rate)))
				o.meter.run(true)
			}
			o.meter.wrote(n)
			written += int64(n)
			want -= int64(n)
			if end {
				return o.drain(s, rate, stop)
			}
		}
		pause.Reset(tact)
	}
}

// drain waits until the last sample has been heard.
func (o *paced) drain(s sink, rate int, stop chan struct{}) error {
	rest := time.NewTimer(o.meter.latency())
	defer rest.Stop()
	// Some players end a little before they have played all; let that be silence.
	if _, err := s.Write(make([]byte, 2*int(o.delay.Seconds()*float64(rate)))); err != nil {
		return sinkFault(s, err)
	}
	select {
	case <-stop:
		return nil
	case <-rest.C:
	}
	return s.Finish()
}

// sinkFault is why a sink took no more: what it said itself, if it did.
func sinkFault(s sink, err error) error {
	if e := s.Finish(); e != nil {
		return e
	}
	return fmt.Errorf("the player stopped: %w", err)
}

// Stop implements Output.
func (o *paced) Stop() {
	if o.stop == nil {
		return
	}
	close(o.stop)
	o.sink.Kill()
	<-o.over
	o.meter.start(0)
	o.stop = nil
}

// Latency implements Output.
func (o *paced) Latency() time.Duration { return o.meter.latency() }

// Close implements Output.
func (o *paced) Close() error {
	o.Stop()
	return nil
}

// silent is a sink that nothing is heard of.
type silent struct {
	once sync.Once
	dead chan struct{}
}

func openSilent(int) (sink, error) { return &silent{dead: make(chan struct{})}, nil }

func (s *silent) Write(p []byte) (int, error) {
	select {
	case <-s.dead:
		return 0, errors.New("stopped")
	default:
		return len(p), nil
	}
}

func (s *silent) Finish() error { return nil }
func (s *silent) Kill()         { s.once.Do(func() { close(s.dead) }) }
