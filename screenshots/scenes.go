package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"switchboard/api/simulator"
	"switchboard/ui/uitest"
)

// A scene is a picture: what to press on the demo account, and what must show
// before the picture is taken.
type scene struct {
	name string
	act  func(d *uitest.Desk)
}

var scenes = []scene{
	{"inbox", func(d *uitest.Desk) {
		d.Press("n")
		d.See("Transcript")
	}},
	{"reader", func(d *uitest.Desk) {
		d.Press("n J J J J J J J J J m")
		d.See("note")
		d.Free("asked for a call after four")
		d.Press("Enter Enter")
		d.See("MP3")
		d.Press("G")
		d.See("asked for a call after four")
	}},
	{"attachments", func(d *uitest.Desk) {
		d.Press("g f n")
		d.See("page 1 of")
		d.Press("g a")
		d.See("application/pdf", "on this machine")
	}},
	{"fax", func(d *uitest.Desk) {
		d.Press("g f n")
		d.See("page 1 of")
		d.Press("Enter Enter")
		d.See("page 1 of")
		d.Press(", f")
		d.See("whole page")
	}},
	{"player", func(d *uitest.Desk) {
		d.Press("g v n Enter Space")
		d.See("playing")
		d.Press("] ]")
		d.See("1.21x")
	}},
	{"picture", func(d *uitest.Desk) {
		d.Press("/")
		d.Free("in:mms swelling")
		d.Press("Enter Enter")
		d.See("Picture text", "the swelling is about", "▄▄▄▄")
	}},
	{"jobs", func(d *uitest.Desk) {
		d.Press("g f * S Enter")
		d.See("Saved 20 files")
		if err := d.Sim.SetFaults(simulator.Faults{"slow": 1}); err != nil {
			panic(err)
		}
		d.Press("g v * S Enter g j")
		d.See("16 of 38 files")
	}},
	{"search", func(d *uitest.Desk) {
		d.Press("/")
		d.Type("appointment")
		d.See("Search", "ppointment", "1 of")
	}},
	{"help", func(d *uitest.Desk) {
		d.Press("?")
		d.See("Keys", "Work off")
	}},
}

// now is when the pictures are taken; the demo account's newest message came
// in then.
func now() time.Time { return time.Date(2026, 11, 19, 15, 0, 0, 0, time.UTC) }

const width, height = 120, 40

// all makes every picture.
func all() error {
	for _, s := range scenes {
		if err := take(s); err != nil {
			return fmt.Errorf("scene %s: %w", s.name, err)
		}
	}
	return nil
}

func take(s scene) (err error) {
	stage := &stage{ctx: context.Background()}
	done := make(chan struct{})
	go func() { // a scene that fails ends its goroutine, as tests do
		defer close(done)
		defer stage.strike()
		d := uitest.Open(stage, uitest.Config{
			Width: width, Height: height, Now: now, Dark: true, Rest: time.Millisecond,
			Sim: simulator.Config{SlowFor: 3 * time.Second}, // where a scene asks for that
		})
		d.See("Inbox", "oldest first")
		s.act(d)
		stage.fail(picture(d.Frame(), width, height, dark, s.name+".png"))
	}()
	<-done
	return stage.err
}

// stage is what a desk needs of a test.
type stage struct {
	ctx     context.Context
	cleanup []func()
	err     error
}

func (s *stage) fail(err error) { s.err = errors.Join(s.err, err) }

func (s *stage) strike() {
	for i := len(s.cleanup) - 1; i >= 0; i-- {
		s.cleanup[i]()
	}
}

// Helper, Fatalf, TempDir, Cleanup and Context are those of testing.TB.
func (s *stage) Helper() {}

func (s *stage) Fatalf(format string, args ...any) {
	s.fail(fmt.Errorf(format, args...))
	runtime.Goexit()
}

func (s *stage) TempDir() string {
	dir, err := os.MkdirTemp("", "switchboard-scene-")
	if err != nil {
		s.Fatalf("%v", err)
	}
	s.Cleanup(func() { s.fail(os.RemoveAll(dir)) })
	return dir
}

func (s *stage) Cleanup(f func()) { s.cleanup = append(s.cleanup, f) }

func (s *stage) Context() context.Context { return s.ctx }
