package sound

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"time"

	"switchboard/ui/preview/audio"
)

// tape is a recording in memory that may still be coming.
type tape struct {
	mu    sync.Mutex
	p     []int16
	have  int64
	fault error
}

func newTape(p []int16) *tape { return &tape{p: p, have: int64(len(p))} }

func (r *tape) Rate() int { return 8000 }

func (r *tape) Duration() time.Duration { return time.Duration(len(r.p)) * time.Second / 8000 }

func (r *tape) set(have int64, fault error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.have, r.fault = have, fault
}

func (r *tape) ReadAt(p []int16, at int64) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	if at < r.have {
		n = copy(p, r.p[at:r.have])
	}
	switch {
	case r.fault != nil:
		return 0, r.fault
	case n == len(p):
		return n, nil
	case r.have < int64(len(r.p)):
		return n, audio.ErrNotYet
	}
	return n, io.EOF
}

// deck is a deck with an output that only the test moves.
func deck(t *testing.T, rec Recording) (*Deck, *Null) {
	t.Helper()
	n := &Null{Delay: 100 * time.Millisecond}
	d := NewDeck(func(context.Context) (Output, error) { return n, nil }, rec, crash(t))
	t.Cleanup(func() {
		d.Close()
		<-d.Closed()
	})
	return d, n
}

// await waits until something is so: the deck tells of each change.
func await(t *testing.T, d *Deck, what string, ok func(State) bool) State {
	t.Helper()
	end := time.After(10 * time.Second)
	for {
		s := d.State()
		if ok(s) {
			return s
		}
		select {
		case <-d.Changed():
		case <-time.After(10 * time.Millisecond): // the output is stopped without a word
		case <-end:
			t.Fatalf("%s did not come; %+v", what, s)
		}
	}
}

func playing(t *testing.T, d *Deck, n *Null) {
	t.Helper()
	await(t, d, "playing", func(s State) bool { return s.Phase == Playing && n.Running() })
}

// about reports whether a time is near another: stretching moves by whole waves.
func about(got, want time.Duration) bool {
	return got > want-60*time.Millisecond && got < want+60*time.Millisecond
}

func TestDeckTellsWhatIsHeard(t *testing.T) {
	d, n := deck(t, newTape(tone(80000, 8000, 200, 8000)))
	if s := d.State(); s.Phase != Stopped || s.Length != 10*time.Second || s.Speed != 1 || s.Volume != 100 {
		t.Errorf("%+v at first", s)
	}
	d.Play()
	playing(t, d, n)
	n.Advance(time.Second) // 1.1 s are taken, 1 s is heard
	if s := d.State(); !about(s.At, time.Second) || s.Phase != Playing {
		t.Errorf("after 1 s %v, %v", s.At, s.Phase)
	}
	d.SetSpeed(2)
	n.Advance(time.Second) // 0.1 s at plain speed are still to be heard
	if s := d.State(); !about(s.At, 2900*time.Millisecond) {
		t.Errorf("after 1 s more at 2x %v, want 2.9 s", s.At)
	}
	d.SetSpeed(0.5)
	n.Advance(time.Second)
	if s := d.State(); !about(s.At, 3550*time.Millisecond) {
		t.Errorf("after 1 s more at 0.5x %v, want 3.55 s", s.At)
	}
}

func TestDeckPausesWhereItIsHeard(t *testing.T) {
	d, n := deck(t, newTape(tone(80000, 8000, 200, 8000)))
	d.Play()
	playing(t, d, n)
	n.Advance(1500 * time.Millisecond)
	d.Pause()
	s := d.State()
	if s.Phase != Stopped || !about(s.At, 1500*time.Millisecond) {
		t.Errorf("%v at %v", s.Phase, s.At)
	}
	await(t, d, "silence", func(State) bool { return !n.Running() })
	n.Advance(time.Second)
	if at := d.State().At; at != s.At {
		t.Errorf("moved to %v while paused", at)
	}
	d.Play()
	playing(t, d, n)
	n.Advance(500 * time.Millisecond)
	if at := d.State().At; !about(at, 2*time.Second) {
		t.Errorf("after going on %v, want 2 s: nothing is lost or heard twice", at)
	}
}

func TestDeckSeeks(t *testing.T) {
	d, n := deck(t, newTape(tone(80000, 8000, 200, 8000)))
	d.Seek(3 * time.Second)
	if s := d.State(); s.At != 3*time.Second || s.Phase != Stopped {
		t.Errorf("%+v", s)
	}
	d.Play()
	playing(t, d, n)
	n.Advance(time.Second)
	starts := n.Starts()
	for i := range 9 { // only the last one counts
		d.Seek(time.Duration(i) * time.Second)
	}
	if s := d.State(); s.At != 8*time.Second {
		t.Errorf("%v right after seeking", s.At)
	}
	await(t, d, "the new place", func(s State) bool { return s.Phase == Playing && n.Running() && n.Starts() > starts })
	n.Advance(time.Second)
	if at := d.State().At; !about(at, 9*time.Second) {
		t.Errorf("%v, want 9 s", at)
	}
	d.Seek(-time.Second)
	if at := d.State().At; at != 0 {
		t.Errorf("before the start: %v", at)
	}
	d.Seek(time.Hour)
	if at := d.State().At; at != 10*time.Second {
		t.Errorf("after the end: %v", at)
	}
}

func TestDeckEndsAndBeginsAnew(t *testing.T) {
	d, n := deck(t, newTape(tone(8000, 8000, 200, 8000)))
	d.Play()
	playing(t, d, n)
	n.Advance(950 * time.Millisecond)
	if s := d.State(); s.Phase != Playing {
		t.Errorf("%v although 50 ms are still to be heard", s.Phase)
	}
	n.Advance(200 * time.Millisecond)
	if s := d.State(); s.Phase != Ended || s.At != time.Second {
		t.Errorf("%+v at the end", s)
	}
	d.Play()
	playing(t, d, n)
	n.Advance(300 * time.Millisecond)
	if at := d.State().At; !about(at, 300*time.Millisecond) {
		t.Errorf("%v after beginning anew", at)
	}
}

func TestDeckWaitsForTheDownload(t *testing.T) {
	rec := newTape(tone(24000, 8000, 200, 8000))
	rec.set(8000, nil)
	d, n := deck(t, rec)
	d.Play()
	playing(t, d, n)
	n.Advance(2 * time.Second)
	s := d.State()
	if s.Phase != Waiting || !about(s.At, time.Second) {
		t.Errorf("%v at %v, want waiting at 1 s", s.Phase, s.At)
	}
	heard := n.Heard()
	for i, x := range heard[9000:] {
		if x != 0 {
			t.Fatalf("sample %d is %d: there is noise while it waits", 9000+i, x)
		}
	}
	rec.set(24000, nil)
	n.Advance(time.Second)
	if s := d.State(); s.Phase != Playing || !about(s.At, 1900*time.Millisecond) {
		t.Errorf("%v at %v, want playing at 1.9 s: what was asked for ahead was silence", s.Phase, s.At)
	}
}

func TestDeckSkipsSilence(t *testing.T) {
	p := append(tone(8000, 8000, 200, 8000), make([]int16, 32000)...)
	p = append(p, tone(8000, 8000, 300, 8000)...)
	d, n := deck(t, newTape(p))
	d.SkipSilence(true)
	d.Play()
	playing(t, d, n)
	for range 600 {
		n.Advance(10 * time.Millisecond)
	}
	s := d.State()
	if took := len(n.Heard()); s.Phase != Ended || took > 8000*4 || took < 8000*2 {
		t.Errorf("%v; 6 s with 4 s of silence took %.2f s", s.Phase, float64(took)/8000)
	}
}

func TestDeckFaults(t *testing.T) {
	rec := newTape(tone(24000, 8000, 200, 8000))
	n, fail := &Null{}, errors.New("there is no device")
	d := NewDeck(func(context.Context) (Output, error) { return n, fail }, rec, crash(t))
	defer func() { d.Close(); <-d.Closed() }()
	d.Play()
	if s := await(t, d, "the fault", func(s State) bool { return s.Phase == Broken }); !errors.Is(s.Err, fail) {
		t.Error(s.Err)
	}
	fail = nil
	d.Play()
	playing(t, d, n)
	rec.set(24000, errTest)
	n.Advance(300 * time.Millisecond)
	if s := await(t, d, "the fault", func(s State) bool { return s.Phase == Broken }); !errors.Is(s.Err, errTest) {
		t.Error(s.Err)
	}
}

func TestDeckVolume(t *testing.T) {
	d, n := deck(t, newTape(tone(80000, 8000, 200, 8000)))
	d.SetVolume(0)
	d.Play()
	playing(t, d, n)
	n.Advance(time.Second)
	for _, x := range n.Heard() {
		if x != 0 {
			t.Fatal("something is heard at no volume")
		}
	}
	d.SetVolume(500)
	d.SetSpeed(9)
	if s := d.State(); s.Volume != Loudest || s.Speed != Fastest {
		t.Errorf("%+v", s)
	}
}

// TestDeckForManyAtOnce is for the race detector.
func TestDeckForManyAtOnce(t *testing.T) {
	d, n := deck(t, newTape(tone(80000, 8000, 200, 8000)))
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for k := range 200 {
				switch (i + k) % 7 {
				case 0:
					d.Play()
				case 1:
					d.Pause()
				case 2:
					d.Seek(time.Duration(k*40) * time.Millisecond)
				case 3:
					d.SetSpeed(1 + float64(k%20)/10)
				case 4:
					d.SetVolume(k)
				case 5:
					d.SkipSilence(k%2 == 0)
				default:
					if s := d.State(); s.At < 0 || s.At > s.Length {
						t.Errorf("%v of %v", s.At, s.Length)
					}
				}
			}
		})
	}
	stop := make(chan struct{})
	var clock sync.WaitGroup
	clock.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				n.Advance(5 * time.Millisecond)
			}
		}
	})
	all.Wait()
	close(stop)
	clock.Wait()
}
