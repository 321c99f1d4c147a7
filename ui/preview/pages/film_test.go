package pages

import (
	"context"
	"errors"
	"image"
	"image/color"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/ui/preview/paper"
	"switchboard/ui/screen"
)

// reel is a film whose frames are shades of gray.
type reel struct {
	document
	delays []time.Duration
	loops  int
	broken int // the frame that cannot be decoded; 0: none
}

func (r *reel) Frames() int               { return len(r.delays) }
func (r *reel) Delay(n int) time.Duration { return r.delays[n] }
func (r *reel) Loops() int                { return r.loops }

func (r *reel) Frame(_ context.Context, n int) (paper.Page, error) {
	if n > 0 && n == r.broken {
		return paper.Page{}, errors.New("it is cut off")
	}
	img := image.NewGray(image.Rect(0, 0, 40, 30))
	for i := range img.Pix {
		img.Pix[i] = color.Gray{uint8(10 * n)}.Y
	}
	return paper.Page{Image: img, XRes: 96, YRes: 96}, nil
}

// cinema is a viewer of a film whose clock stands still until next.
type cinema struct {
	*desk
	after []time.Duration
	ticks []tea.Msg
}

func screening(t *testing.T, r *reel) *cinema {
	t.Helper()
	r.n = 1
	c := &cinema{desk: open(t, &document{n: 1})}
	c.v.Close()
	c.v.opts.Single = true
	c.v.opts.Open = func(context.Context, screen.Source) (paper.Document, error) { return r, nil }
	c.env.Later = func(d time.Duration, msg tea.Msg) tea.Cmd {
		c.after, c.ticks = append(c.after, d), append(c.ticks, msg)
		return nil
	}
	c.show("film")
	return c
}

// next lets what is due come, and reports whether anything was.
func (c *cinema) next() bool {
	c.t.Helper()
	if len(c.ticks) > 1 {
		c.t.Fatalf("%d ticks are under way", len(c.ticks))
	}
	if len(c.ticks) == 0 {
		return false
	}
	msg := c.ticks[0]
	c.ticks = nil
	c.run(c.v.Update(msg))
	return true
}

func (c *cinema) frame(want string) {
	c.t.Helper()
	if got := c.v.Status(); got != want {
		c.t.Errorf("%q, want %q", got, want)
	}
	if c.v.shown == nil || c.v.shown.err != nil || c.v.shown.frame != c.v.film.at {
		c.t.Errorf("another frame is shown: %+v", c.v.shown)
	}
}

func each(n int, d time.Duration) []time.Duration {
	out := make([]time.Duration, n)
	for i := range out {
		out[i] = d
	}
	return out
}

func TestFilmPlaysAndPauses(t *testing.T) {
	c := screening(t, &reel{delays: []time.Duration{100 * time.Millisecond, 200 * time.Millisecond, time.Second}})
	c.frame("frame 1 of 3")
	if len(c.ticks) > 0 || c.v.Playing() {
		t.Fatal("it plays unasked")
	}
	c.do(keymap.Play)
	for i, want := range []string{"frame 2 of 3", "frame 3 of 3", "frame 1 of 3", "frame 2 of 3"} {
		if !c.next() {
			t.Fatalf("nothing after frame %d", i)
		}
		c.frame(want)
	}
	for i, want := range []time.Duration{100 * time.Millisecond, 200 * time.Millisecond, time.Second, 100 * time.Millisecond} {
		if c.after[i] != want {
			t.Errorf("frame %d stands %v, want %v", i, c.after[i], want)
		}
	}
	c.do(keymap.Play)
	c.next() // what was due before the pause does nothing
	c.frame("frame 2 of 3")
	if c.next() {
		t.Error("it goes on")
	}
	c.do(keymap.Play)
	c.next()
	c.frame("frame 3 of 3")
}

func TestFilmStandsStillUnseen(t *testing.T) {
	c := screening(t, &reel{delays: each(50, 100*time.Millisecond)})
	for _, tt := range []struct {
		name      string
		away, out func() tea.Cmd
	}{
		{"covered", func() tea.Cmd { return c.v.Cover(true) }, func() tea.Cmd { return c.v.Cover(false) }},
		{"hidden", func() tea.Cmd { return c.v.Resize(0, 0) }, func() tea.Cmd { return c.v.Resize(46, 34) }},
	} {
		if !c.v.Playing() {
			c.do(keymap.Play)
		}
		c.next()
		at := c.v.film.at
		c.run(tt.away())
		for c.next() {
		}
		if c.v.film.at != at {
			t.Errorf("%s: went on from %d to %d", tt.name, at, c.v.film.at)
		}
		c.run(tt.out())
		if !c.next() || c.v.film.at != at+1 {
			t.Errorf("%s: does not go on, at frame %d", tt.name, c.v.film.at)
		}
	}
}

func TestFilmIsWrittenTwelveTimesASecond(t *testing.T) {
	c := screening(t, &reel{delays: each(100, 20*time.Millisecond)})
	c.do(keymap.Play)
	for range 19 {
		c.next()
	}
	c.frame("frame 96 of 100")
	c.next()
	c.frame("frame 100 of 100")
	for _, d := range c.after {
		if d < slowest {
			t.Fatalf("a frame after %v", d)
		}
	}
}

func TestFilmEndsAsTheFileSays(t *testing.T) {
	c := screening(t, &reel{delays: each(2, time.Second), loops: 2})
	c.do(keymap.Play)
	n := 0
	for c.next() {
		if n++; n > 10 {
			t.Fatal("it does not end")
		}
	}
	c.frame("frame 2 of 2")
	if n != 4 || c.v.Playing() {
		t.Errorf("%d steps, playing %v", n, c.v.Playing())
	}
	c.do(keymap.Play)
	c.frame("frame 1 of 2")
}

func TestFilmByFrames(t *testing.T) {
	c := screening(t, &reel{delays: each(3, time.Second), broken: 2})
	c.do(keymap.MediaForward)
	c.frame("frame 2 of 3")
	c.do(keymap.MediaForward)
	c.frame("frame 2 of 3")
	if c.said != "Frame 3 cannot be shown: it is cut off" {
		t.Errorf("said %q", c.said)
	}
	c.do(keymap.MediaStart)
	c.frame("frame 1 of 3")
	c.do(keymap.MediaBack)
	if c.said != "This is the first frame" {
		t.Errorf("said %q", c.said)
	}
	c.do(keymap.GoToPage)
	if err := c.answer("4"); err == nil {
		t.Error("frame 4 of 3 was taken")
	}
	if err := c.answer("2"); err != nil {
		t.Error(err)
	}
	c.frame("frame 2 of 3")
}

// However long a film is, what is kept of it stays within the bound.
func TestFilmKeepsWithinItsMemory(t *testing.T) {
	c := screening(t, &reel{delays: each(600, 100*time.Millisecond)})
	c.do(keymap.Play)
	for range 700 {
		c.next()
	}
	if n := c.v.cache.bytes(); n > Limit {
		t.Errorf("%d bytes are kept", n)
	}
}
