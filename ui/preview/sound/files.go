package sound

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// filePlayer is what plays files that are not decoded here: the command set for
// it, mpv, or ffplay; nil when there is none.
func (c Config) filePlayer() func(string, time.Duration) (Player, error) {
	if c.Files != "" {
		argv, err := words(c.Files)
		if err != nil || len(argv) == 0 {
			err = errors.Join(errors.New("the command that plays files cannot be used"), err)
			return func(string, time.Duration) (Player, error) { return nil, err }
		}
		return func(path string, length time.Duration) (Player, error) {
			return newShow(func(at time.Duration, _ float64, _ int) []string { return forFile(argv, path) }, false, length, c.Crash), nil
		}
	}
	if found, err := c.LookPath("mpv"); err == nil && steerable {
		return func(path string, length time.Duration) (Player, error) { return newMPV(found, path, length, c.Crash) }
	}
	if found, err := c.LookPath("ffplay"); err == nil {
		return func(path string, length time.Duration) (Player, error) {
			return newShow(func(at time.Duration, speed float64, volume int) []string {
				return ffplay(found, path, at, speed, volume)
			}, true, length, c.Crash), nil
		}
	}
	return nil
}

// forFile puts the file into a command, at its end where it names no place.
func forFile(argv []string, path string) []string {
	out, there := make([]string, 0, len(argv)+1), false
	for _, a := range argv {
		there = there || strings.Contains(a, "{file}")
		out = append(out, strings.ReplaceAll(a, "{file}", path))
	}
	if !there {
		out = append(out, path)
	}
	return out
}

func ffplay(program, path string, at time.Duration, speed float64, volume int) []string {
	argv := []string{program, "-nodisp", "-autoexit", "-vn", "-loglevel", "error", "-protocol_whitelist", "file"}
	if at > 0 {
		argv = append(argv, "-ss", strconv.FormatFloat(at.Seconds(), 'f', 3, 64))
	}
	// atempo takes at most 2 in one step in older versions.
	first, second := speed, 1.0
	if speed > 2 {
		first, second = 2, speed/2
	}
	return append(argv, "-af", fmt.Sprintf("atempo=%.4f,atempo=%.4f,volume=%.2f", first, second, float64(volume)/100), "file:"+path)
}

// show plays a file by running a command that plays it and ends. Where the
// command can begin anywhere, pausing, seeking and another speed are running it
// anew; where it cannot, Play begins at the start.
type show struct {
	argv    func(at time.Duration, speed float64, volume int) []string
	anyhow  bool // it can begin anywhere and takes speed and volume
	crash   Crash
	work    wake
	changed wake
	quit    chan struct{}
	closed  chan struct{}
	once    sync.Once

	mu    sync.Mutex
	st    State
	since time.Time // when it began to play at st.At
	turn  int       // grows with everything that needs a new process
}

func newShow(argv func(time.Duration, float64, int) []string, anyhow bool, length time.Duration, crash Crash) *show {
	s := &show{
		argv: argv, anyhow: anyhow, crash: crash, work: newWake(), changed: newWake(),
		quit: make(chan struct{}), closed: make(chan struct{}),
		st: State{Length: length, Speed: 1, Volume: 100},
	}
	go s.run()
	return s
}

// change notes what is asked for.
func (s *show) change(f func(st *State) (again bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.st.At = s.heard()
	s.since = time.Now()
	if f(&s.st) {
		s.turn++
		s.work.send()
	}
	s.changed.send()
}

// heard is the position by the clock; the lock must be held.
func (s *show) heard() time.Duration {
	if s.st.Phase != Playing {
		return s.st.At
	}
	speed := 1.0
	if s.anyhow {
		speed = s.st.Speed
	}
	at := s.st.At + time.Duration(float64(time.Since(s.since))*speed)
	if s.st.Length > 0 {
		at = min(at, s.st.Length)
	}
	return at
}

// Play implements Player.
func (s *show) Play() {
	s.change(func(st *State) bool {
		if st.Phase.Active() {
			return false
		}
		if st.Phase == Ended || !s.anyhow {
			st.At = 0
		}
		st.Phase, st.Err = Starting, nil
		return true
	})
}

// Pause implements Player.
func (s *show) Pause() {
	s.change(func(st *State) bool {
		was := st.Phase.Active()
		if was {
			st.Phase = Stopped
		}
		return was
	})
}

// Seek implements Player.
func (s *show) Seek(at time.Duration) {
	s.change(func(st *State) bool {
		if !s.anyhow {
			at = 0
		}
		st.At = max(at, 0)
		if st.Phase == Ended {
			st.Phase = Stopped
		}
		return st.Phase.Active()
	})
}

// SetSpeed implements Player.
func (s *show) SetSpeed(v float64) {
	s.change(func(st *State) bool {
		if s.anyhow {
			st.Speed = min(max(v, Slowest), Fastest)
		}
		return s.anyhow && st.Phase.Active()
	})
}

// SetVolume implements Player.
func (s *show) SetVolume(percent int) {
	s.change(func(st *State) bool {
		if s.anyhow {
			st.Volume = min(max(percent, 0), Loudest)
		}
		return s.anyhow && st.Phase.Active()
	})
}

// SkipSilence implements Player: such a program does not.
func (s *show) SkipSilence(bool) {}

// State implements Player.
func (s *show) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.st
	st.At = s.heard()
	return st
}

// Changed implements Player.
func (s *show) Changed() <-chan struct{} { return s.changed }

// Close implements Player.
func (s *show) Close() { s.once.Do(func() { close(s.quit) }) }

// Closed implements Player.
func (s *show) Closed() <-chan struct{} { return s.closed }

func (s *show) run() {
	defer close(s.closed)
	defer s.crash.catch()
	var p *process
	end := func() {
		if p != nil {
			p.Kill()
			p = nil
		}
	}
	defer func() { end() }()
	turn := 0
	for {
		var ended chan struct{}
		if p != nil {
			ended = p.ended
		}
		select {
		case <-s.quit:
			return
		case <-ended:
			s.over(turn, p.fault())
			p = nil
		case <-s.work:
			s.mu.Lock()
			turn = s.turn
			argv := s.argv(s.st.At, s.st.Speed, s.st.Volume)
			wanted := s.st.Phase.Active()
			s.mu.Unlock()
			end()
			if !wanted {
				continue
			}
			var err error
			if p, err = start(argv, false, s.crash); err != nil {
				p = nil
				s.over(turn, err)
				continue
			}
			s.mu.Lock()
			if s.turn == turn {
				s.st.Phase, s.since = Playing, time.Now()
			}
			s.mu.Unlock()
			s.changed.send()
		}
	}
}

// over takes the end of the process of a turn.
func (s *show) over(turn int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if turn != s.turn {
		return
	}
	s.st.At = s.heard()
	switch {
	case err != nil:
		s.st.Phase, s.st.Err = Broken, err
	default:
		s.st.Phase = Ended
		s.st.At = max(s.st.Length, s.st.At)
	}
	s.changed.send()
}
