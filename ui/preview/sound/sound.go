package sound

import (
	"runtime/debug"
	"time"
)

// Output is a way for samples to reach an ear. Its methods are for one goroutine,
// but for Latency, which any may call.
type Output interface {
	// Start begins to play mono samples, rate a second. It comes back at once; fill
	// is called by the output's own goroutine whenever it wants more. done is called
	// once by that goroutine when the last sample has been heard, or with what went
	// wrong; never after Stop.
	Start(rate int, fill Fill, done func(error)) error
	// Stop is silence: what has not been heard is dropped. When it comes back, fill
	// does not run any more. Start may follow.
	Stop()
	// Latency is how long from now the sample that was filled in last will be heard.
	// It never waits.
	Latency() time.Duration
	// Close stops and gives up the device.
	Close() error
}

// Fill writes the next samples into p and says how many. Fewer than len(p) come
// only with end: there are no more.
type Fill func(p []int16) (n int, end bool)

// Player plays one recording. Its methods never wait, and any goroutine may call
// them.
type Player interface {
	Play()
	Pause()
	Seek(at time.Duration)
	SetSpeed(speed float64) // 0.5 to 3, the pitch stays
	SetVolume(percent int)  // 0 to 200
	SkipSilence(on bool)
	State() State
	// Changed gets a value when State is worth another look beyond its time. Values
	// nobody takes are one.
	Changed() <-chan struct{}
	// Close stops at once. The player is of no use afterwards.
	Close()
	// Closed is closed when nothing of the player runs any more.
	Closed() <-chan struct{}
}

// Phase is what a player does.
type Phase uint8

// The phases.
const (
	Stopped  Phase = iota // or paused
	Starting              // asked to play; nothing is heard yet
	Playing
	Waiting // playing, but the download has not come that far
	Ended
	Broken // Err says why
)

func (p Phase) String() string {
	return [...]string{"paused", "starting", "playing", "waiting for the download", "ended", "cannot play"}[p%6]
}

// Active reports whether the player plays or is about to.
func (p Phase) Active() bool { return p == Starting || p == Playing || p == Waiting }

// State is where a player stands.
type State struct {
	Phase  Phase
	At     time.Duration // what is heard now
	Length time.Duration // 0: not known
	Speed  float64
	Volume int // percent
	Skip   bool
	Err    error
}

// The bounds of speed and volume.
const (
	Slowest = 0.5
	Fastest = 3.0
	Loudest = 200
)

// Crash takes a panic of one of the goroutines here: it should leave a crash file
// and end the program in order.
type Crash func(value any, stack []byte)

// catch is to be deferred at the top of every goroutine.
func (c Crash) catch() {
	r := recover()
	if r == nil {
		return
	}
	if c == nil {
		panic(r)
	}
	c(r, debug.Stack())
}

// wake is a signal that is not lost and does not pile up.
type wake chan struct{}

func newWake() wake { return make(wake, 1) }

func (w wake) send() {
	select {
	case w <- struct{}{}:
	default:
	}
}
