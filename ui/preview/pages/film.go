package pages

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/preview/paper"
	"switchboard/ui/screen"
)

// Film is a document of one page that moves.
type Film interface {
	// Frames is how many frames there are; 1 for a still picture.
	Frames() int
	// Delay is how long frame n, from 0, stands.
	Delay(n int) time.Duration
	// Loops is how often it is shown, 0 for without end.
	Loops() int
	// Frame makes frame n whole. Going forward is cheap, going back is not.
	Frame(ctx context.Context, n int) (paper.Page, error)
}

// slowest is the least time between two frames that are written: twelve a second
// are enough to see what moves, and more would fill a slow line.
const slowest = time.Second / 12

// film is how far a moving picture is. The zero value stands still.
type film struct {
	n      int             // frames; 0: it does not move
	delays []time.Duration // of each frame
	loops  int             // 0: without end

	at      int    // the frame wanted
	rounds  int    // times it was shown to its end
	playing bool   // by the person's will
	due     bool   // a tick is on its way
	seq     uint64 // ticks of before do nothing
}

// filmOf is what there is to know of a document that may move.
func filmOf(doc paper.Document) film {
	m, ok := doc.(Film)
	if !ok || m.Frames() < 2 {
		return film{}
	}
	f := film{n: m.Frames(), loops: m.Loops()}
	for i := range f.n {
		f.delays = append(f.delays, m.Delay(i))
	}
	return f
}

// tick says that the next frame is due.
type tick struct {
	gen, seq uint64
}

// next is the frame after the one that stands, how long that one stands, and
// whether the film begins anew with it. Frames that would go by too fast are
// left out; the last one never is.
func (f *film) next() (n int, after time.Duration, over bool) {
	n = f.at
	for n < f.n-1 {
		after += f.delays[n]
		if n++; after >= slowest {
			return n, after, false
		}
	}
	if n != f.at {
		return n, max(after, slowest), false
	}
	return 0, max(f.delays[n], slowest), true
}

// ended reports whether the film has been shown as often as it wants to be.
func (f *film) ended() bool { return f.loops > 0 && f.rounds >= f.loops }

// moving reports whether frames are to follow one another now.
func (v *Viewer) moving() bool {
	return v.film.playing && !v.covered && v.w > 0 && v.h > 0 && !v.texting()
}

// Playing reports whether a film plays.
func (v *Viewer) Playing() bool { return v.film.playing }

// Cover tells that something stands over the page, or no longer does. A film
// waits meanwhile.
func (v *Viewer) Cover(on bool) tea.Cmd {
	v.covered = on
	return v.roll()
}

// roll has the next frame come when it is due.
func (v *Viewer) roll() tea.Cmd {
	f := &v.film
	if !v.moving() || f.due || v.shown == nil || v.shown.frame != f.at {
		return nil
	}
	_, after, _ := f.next()
	f.due = true
	return v.env.Later(after, tick{v.gen, f.seq})
}

// ticked goes on to the next frame.
func (v *Viewer) ticked(t tick) tea.Cmd {
	f := &v.film
	if t.seq != f.seq {
		return nil
	}
	f.due = false
	if !v.moving() {
		return nil
	}
	n, _, over := f.next()
	if over {
		if f.rounds++; f.ended() {
			f.stop()
			return nil
		}
	}
	f.at = n
	return v.need()
}

func (f *film) stop() {
	f.playing, f.due = false, false
	f.seq++
}

// filmed carries out what is about a film and not about pages.
func (v *Viewer) filmed(a keymap.Action) (tea.Cmd, bool) {
	f := &v.film
	if f.n == 0 || v.texting() {
		return nil, false
	}
	switch a {
	case keymap.Play:
		if f.playing {
			f.stop()
			return nil, true
		}
		if f.playing = true; f.ended() {
			f.at, f.rounds = 0, 0
			return v.need(), true
		}
		return v.roll(), true
	case keymap.MediaForward:
		return v.frameTo(f.at + 1), true
	case keymap.MediaBack:
		return v.frameTo(f.at - 1), true
	case keymap.MediaStart:
		return v.frameTo(0), true
	case keymap.GoToPage:
		v.askFrame()
		return nil, true
	}
	return nil, false
}

// frameTo stops at a frame.
func (v *Viewer) frameTo(n int) tea.Cmd {
	f := &v.film
	f.stop()
	f.rounds = 0
	switch {
	case n < 0:
		v.env.Host.Say("This is the first frame")
		return nil
	case n >= f.n:
		v.env.Host.Say(fmt.Sprintf("This is the last of %d frames", f.n))
		return nil
	}
	f.at = n
	return v.need()
}

func (v *Viewer) askFrame() {
	n := v.film.n
	v.env.Host.Prompt(screen.Prompt{
		Title: fmt.Sprintf("Go to frame (1 to %d)", n), Scope: keymap.ScopePrompt, Kind: "frame",
		Enter: func(text string) (tea.Cmd, error) {
			at, err := strconv.Atoi(strings.TrimSpace(text))
			if err != nil || at < 1 || at > n {
				return nil, fmt.Errorf("a number from 1 to %d", n)
			}
			return v.frameTo(at - 1), nil
		},
	})
}

// torn stops a film at a frame that cannot be shown; the one before stays.
func (v *Viewer) torn(d *drawn) tea.Cmd {
	f := &v.film
	f.stop()
	if v.shown != nil && v.shown.err == nil {
		f.at = v.shown.frame
	}
	v.env.Host.Say(store.CleanLine(fmt.Sprintf("Frame %d cannot be shown: %v", d.frame+1, d.err)))
	return nil
}

// frame decodes a frame of a film. It is not kept: the picture drawn of it is.
func (h *held) frame(ctx context.Context, n int) (p paper.Page, err error) {
	used := h.use(func(d paper.Document) {
		m, ok := d.(Film)
		if !ok {
			err = fmt.Errorf("frame %d: it does not move", n+1)
			return
		}
		p, err = m.Frame(ctx, n)
	})
	if !used {
		return p, context.Canceled
	}
	return p, err
}
