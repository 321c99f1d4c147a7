package pages

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/ui/preview/graphics"
	"switchboard/ui/preview/paper"
	"switchboard/ui/screen"
)

// The actions told as ways out.
const (
	readPage    = keymap.ReadPage
	openOutside = keymap.OpenOutside
)

// step is how far a key moves over a page, in parts of what is seen; on is how
// far going on does, which leaves a little of what was seen.
const (
	step = 0.25
	on   = 0.9
)

// Do implements screen.Viewer.
func (v *Viewer) Do(a keymap.Action) (tea.Cmd, bool) {
	if v.err != "" || v.n == 0 {
		if !mine(a) {
			return nil, false
		}
		v.env.Host.Say(v.reason())
		return nil, true
	}
	if cmd, ok := v.look(a); ok {
		return cmd, true
	}
	if cmd, ok := v.filmed(a); ok {
		return cmd, true
	}
	switch a {
	case keymap.Cancel:
		if v.find.text == "" {
			return nil, false
		}
		return v.forget(), true
	case keymap.Play:
		return v.goOn(), true
	case keymap.MediaForward:
		return v.turn(1), true
	case keymap.MediaBack:
		return v.turn(-1), true
	case keymap.MediaStart:
		if v.at == 0 && !v.view.close() {
			v.env.Host.Say(v.only("This is the first page"))
		}
		return v.begin(), true
	case keymap.GoToPage:
		if v.n == 1 {
			v.env.Host.Say(v.only(""))
			return nil, true
		}
		v.askPage()
	case keymap.Transcript:
		if v.env.Term.Mode == graphics.Off {
			v.env.Host.Say("Pictures are switched off; " + v.hint(keymap.Graphics) + " chooses how they are drawn")
			return nil, true
		}
		v.words, v.top = !v.words, 0
		return join(v.need(), v.roll()), true
	case keymap.FindInFile:
		v.askFind()
	case keymap.ReadPage:
		return v.readPage(), true
	case keymap.Annotate:
		v.askStamp()
	case keymap.PickPages:
		v.askPick()
	default:
		return nil, false
	}
	return nil, true
}

func mine(a keymap.Action) bool {
	switch a {
	case keymap.Play, keymap.MediaForward, keymap.MediaBack, keymap.MediaStart, keymap.GoToPage, keymap.Transcript, keymap.FindInFile,
		keymap.ReadPage, keymap.Annotate, keymap.PickPages, keymap.MediaSlower, keymap.MediaFaster, keymap.MediaLess, keymap.MediaMore,
		keymap.MediaReset, keymap.FitPage, keymap.Contrast, keymap.PanLeft, keymap.PanRight, keymap.PanUp, keymap.PanDown:
		return true
	}
	return false
}

func (v *Viewer) reason() string {
	if v.err != "" {
		return "This file cannot be shown; " + v.hint(openOutside) + " opens it outside"
	}
	return "The pages are being opened"
}

// look carries out what changes how a page is looked at.
func (v *Viewer) look(a keymap.Action) (tea.Cmd, bool) {
	switch a {
	case keymap.MediaSlower:
		return v.rotate(-1), true
	case keymap.MediaFaster:
		return v.rotate(1), true
	case keymap.MediaMore:
		return v.zoom(1), true
	case keymap.MediaLess:
		return v.zoom(-1), true
	case keymap.MediaReset:
		v.view = view{x: 0.5, y: 0.5, contrast: v.view.contrast}
		return v.need(), true
	case keymap.FitPage:
		v.view.zoom = 0
		if v.view.fit == paper.WholePage {
			v.view.fit = paper.Width
			v.view = v.view.top()
		} else {
			v.view.fit = paper.WholePage
		}
		return v.need(), true
	case keymap.Contrast:
		return v.contrast(), true
	case keymap.PanLeft:
		return v.pan(-step, 0), true
	case keymap.PanRight:
		return v.pan(step, 0), true
	case keymap.PanUp:
		return v.pan(0, -step), true
	case keymap.PanDown:
		return v.pan(0, step), true
	}
	return nil, false
}

func (v *Viewer) contrast() tea.Cmd {
	switch v.view.contrast {
	case paper.Plain:
		v.view.contrast = paper.More
		v.env.Host.Say("More contrast")
	case paper.More:
		v.view.contrast = paper.Inverted
		v.env.Host.Say("White on black")
	default:
		v.view.contrast = paper.Plain
		v.env.Host.Say("As it came")
	}
	return v.need()
}

// sides is the page as it is looked at, turned; a guess before it was decoded.
func (v *Viewer) sides() (w, h float64) {
	s, ok := v.sizes[v.at]
	if !ok {
		s = extent{8.5, 11}
	}
	return s.turned(v.turned(v.at))
}

func (v *Viewer) zoom(n int) tea.Cmd {
	was := v.view
	v.view.zoom = min(max(v.view.zoom+n, 0), len(zooms())-1)
	if v.view.zoom == was.zoom {
		v.env.Host.Say(map[bool]string{true: "This is as close as it gets", false: "This is the whole of it"}[n > 0])
		return nil
	}
	b := v.box()
	pw, ph := v.sides()
	_, sy := was.seen(b, pw, ph)
	if !was.close() {
		v.view.x, v.view.y = 0.5, 0
	} else if was.y <= sy/2+1e-6 { // who is at the top of a page stays there
		v.view.y = 0
	}
	v.view = v.view.clamp(v.box(), pw, ph)
	return v.need()
}

func (v *Viewer) pan(dx, dy float64) tea.Cmd {
	if v.texting() {
		v.scroll(int(dy * 4))
		return nil
	}
	if !v.view.close() {
		if cmd, ok := v.nudge(dx, dy); ok {
			return cmd
		}
		v.env.Host.Say("The whole page is in sight")
		return nil
	}
	pw, ph := v.sides()
	to, moved := v.view.pan(v.box(), pw, ph, dx, dy)
	if !moved {
		v.env.Host.Say("This is the edge of the page")
		return nil
	}
	v.view = to
	return v.need()
}

// rotate turns the page, which is remembered for this document.
func (v *Viewer) rotate(n int) tea.Cmd {
	v.turns[v.at] = (v.turned(v.at) + n + 4) & 3
	if v.turns[v.at] == 0 {
		delete(v.turns, v.at)
	}
	return join(v.need(), v.remember())
}

// goOn is the Space key: further down the page, then the next page.
func (v *Viewer) goOn() tea.Cmd {
	if v.texting() {
		if v.scroll(max(v.h-1, 1)) {
			return nil
		}
	} else if v.view.close() {
		pw, ph := v.sides()
		if to, moved := v.view.pan(v.box(), pw, ph, 0, on); moved {
			v.view = to
			return v.need()
		}
	}
	if v.at == v.n-1 {
		v.env.Host.Say(v.only("This is the last of " + count(v.n)))
		return nil
	}
	return v.turn(1)
}

func count(n int) string {
	if n == 1 {
		return "1 page"
	}
	return fmt.Sprintf("%d pages", n)
}

// only is text, or what there is to say where there is one page and no other.
func (v *Viewer) only(text string) string {
	switch {
	case v.n > 1:
		return text
	case v.opts.Single:
		return "This is the whole picture"
	}
	return "This is the only page"
}

// begin is the top of the first page.
func (v *Viewer) begin() tea.Cmd {
	if v.view.close() {
		v.view = v.view.top()
	}
	v.top = 0
	return v.turnTo(0)
}

func (v *Viewer) turn(n int) tea.Cmd {
	to := v.at + n
	switch {
	case to < 0:
		v.env.Host.Say(v.only("This is the first page"))
		return nil
	case to >= v.n:
		v.env.Host.Say(v.only("This is the last of " + count(v.n)))
		return nil
	}
	return v.turnTo(to)
}

func (v *Viewer) turnTo(n int) tea.Cmd {
	v.way = 1
	if n < v.at {
		v.way = -1
	}
	if n != v.at {
		v.at, v.top = n, 0
		v.view = v.view.top()
	}
	return v.need()
}

func (v *Viewer) askPage() {
	v.env.Host.Prompt(screen.Prompt{
		Title: fmt.Sprintf("Go to page (1 to %d)", v.n), Scope: keymap.ScopePrompt, Kind: "page",
		Enter: func(text string) (tea.Cmd, error) {
			n, err := strconv.Atoi(strings.TrimSpace(text))
			if err != nil || n < 1 || n > v.n {
				return nil, fmt.Errorf("a number from 1 to %d", v.n)
			}
			return v.turnTo(n - 1), nil
		},
	})
}

// scroll moves the text by n lines, and reports whether there was any to move to.
func (v *Viewer) scroll(n int) bool {
	was := v.top
	v.top = max(min(v.top+n, v.lines-v.h), 0)
	return v.top != was
}

// Disabled implements screen.Viewer.
func (v *Viewer) Disabled(a keymap.Action) string {
	switch a {
	case keymap.SkipSilence, keymap.Waveform:
		return "pages make no sound"
	case keymap.ReadPage:
		if v.opts.Read == nil {
			return "tesseract is not installed"
		}
	case keymap.PickPages:
		if v.opts.Save == nil {
			return "pages cannot be saved here"
		}
	}
	if mine(a) && (v.err != "" || v.n == 0) {
		return strings.ToLower(v.reason()[:1]) + v.reason()[1:]
	}
	return ""
}

// hint is the key of an action, for telling a way out.
func (v *Viewer) hint(a keymap.Action) string {
	for _, s := range keymap.Stack(keymap.ViewInbox) {
		if keys := v.env.Keys.Keys(s, a); len(keys) > 0 {
			return keys[0]
		}
	}
	in, _ := keymap.Find(a)
	return in.Short
}

var errPages = errors.New("say which pages, such as 1,3-5")

// parsePages reads "1,3-5" into pages from 0, in the order given; "" and "all"
// are all of them, "." the current one.
func parsePages(text string, n, current int) ([]int, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" || text == "all" {
		text = fmt.Sprintf("1-%d", n)
	}
	var out []int
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		from, to, ranged := strings.Cut(part, "-")
		a, err := pageNumber(from, current)
		if err != nil {
			return nil, err
		}
		b := a
		if ranged {
			if b, err = pageNumber(to, current); err != nil {
				return nil, err
			}
		}
		if a < 1 || b > n || a > b {
			return nil, fmt.Errorf("%s: this file has pages 1 to %d", part, n)
		}
		for i := a; i <= b && len(out) < 10_000; i++ {
			out = append(out, i-1)
		}
	}
	if len(out) == 0 {
		return nil, errPages
	}
	return out, nil
}

func pageNumber(s string, current int) (int, error) {
	s = strings.TrimSpace(s)
	if s == "." {
		return current + 1, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, errPages
	}
	return n, nil
}
