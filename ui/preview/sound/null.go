package sound

import (
	"errors"
	"sync"
	"time"
)

// Null is an output for tests: nothing is heard, and time goes on only by
// Advance.
type Null struct {
	Delay time.Duration // how long before it is heard a sample is asked for

	mu    sync.Mutex
	rate  int
	fill  Fill
	done  func(error)
	taken int64         // samples asked for since Start
	heard time.Duration // since Start
	ended bool
	down  bool

	heardAll []int16
	starts   int
}

// Start implements Output.
func (n *Null) Start(rate int, fill Fill, done func(error)) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.down {
		return errors.New("the output is closed")
	}
	n.rate, n.fill, n.done, n.taken, n.heard, n.ended = rate, fill, done, 0, 0, false
	n.starts++
	return nil
}

// Stop implements Output.
func (n *Null) Stop() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.fill, n.taken, n.heard = nil, 0, 0
}

// Latency implements Output.
func (n *Null) Latency() time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.rate == 0 {
		return 0
	}
	return max(time.Duration(n.taken)*time.Second/time.Duration(n.rate)-n.heard, 0)
}

// Close implements Output.
func (n *Null) Close() error {
	n.Stop()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down = true
	return nil
}

// Running reports whether there is something to play.
func (n *Null) Running() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.fill != nil
}

// Starts is how often Start was called.
func (n *Null) Starts() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.starts
}

// Heard is every sample taken so far.
func (n *Null) Heard() []int16 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]int16(nil), n.heardAll...)
}

// Advance lets d go by: samples are asked for as a device would ask for them. The
// lock is not held meanwhile, as Latency may be asked by who fills.
func (n *Null) Advance(d time.Duration) {
	n.mu.Lock()
	fill, rate := n.fill, n.rate
	if fill == nil {
		n.mu.Unlock()
		return
	}
	n.heard += d
	want := int64((n.heard+n.Delay).Seconds()*float64(rate)) - n.taken
	ended := n.ended
	n.mu.Unlock()
	for want > 0 && !ended {
		p := make([]int16, min(want, int64(rate/50)+1))
		k, end := fill(p)
		n.mu.Lock()
		n.heardAll = append(n.heardAll, p[:k]...)
		n.taken += int64(k)
		n.ended = end
		n.mu.Unlock()
		want -= int64(k)
		ended = end
	}
	n.mu.Lock()
	over := n.ended && n.heard >= time.Duration(n.taken)*time.Second/time.Duration(rate) && n.fill != nil
	done := n.done
	if over {
		n.fill = nil
	}
	n.mu.Unlock()
	if over {
		done(nil)
	}
}
