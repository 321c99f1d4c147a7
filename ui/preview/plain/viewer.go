package plain

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// Viewer is the viewer of plain content. It belongs to the loop.
type Viewer struct {
	env    *screen.Env
	src    screen.Source
	gen    uint64
	cancel context.CancelFunc

	sheet   *sheet
	err     error
	loading bool

	w, h     int
	hexed    int // the width the dump was laid out for
	top, sub int // the first line shown, and which row of it
	left     int // cells panned to the right, in a table
	find     string
	hit      int // line of the last hit; -1: none
}

var _ screen.Viewer = (*Viewer)(nil)

// New is a viewer of nothing.
func New(env *screen.Env) *Viewer { return &Viewer{env: env, hit: -1} }

// The answers of its commands. An answer for another file is dropped.
type (
	loaded struct {
		gen   uint64
		sheet *sheet
		err   error
	}
	grown struct {
		gen  uint64
		more []line
		next *rest
		err  error
	}
	found struct {
		grown
		line int // -1: nowhere
	}
)

// Show shows a file, or the same once more of it is here.
func (v *Viewer) Show(src screen.Source) tea.Cmd {
	same := v.src.File.ID == src.File.ID && v.src.Path == src.Path
	if same && (v.sheet != nil || v.loading) && (v.src.Whole || !src.Whole) {
		return nil // nothing that would show differently
	}
	if !same {
		v.Close()
	}
	v.src = src
	if src.Path == "" {
		return nil
	}
	v.gen++
	if v.cancel != nil {
		v.cancel()
	}
	ctx, cancel := context.WithCancel(v.env.Ctx)
	v.cancel, v.loading = cancel, true
	gen := v.gen
	return v.env.Do(ctx, screen.Long, func(ctx context.Context) tea.Msg {
		s, err := load(ctx, src)
		return loaded{gen, s, err}
	})
}

// Close lets go of the file.
func (v *Viewer) Close() {
	if v.cancel != nil {
		v.cancel()
	}
	*v = Viewer{env: v.env, gen: v.gen + 1, w: v.w, h: v.h, find: v.find, hit: -1}
}

// Update takes what its own commands brought.
func (v *Viewer) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case loaded:
		if msg.gen != v.gen {
			return nil
		}
		v.loading, v.sheet, v.err, v.hexed = false, msg.sheet, msg.err, 0
		if screen.Quiet(msg.err) && msg.sheet == nil {
			v.err = nil
		}
		v.scroll(0)
	case grown:
		if msg.gen == v.gen {
			v.grow(msg)
		}
	case found:
		if msg.gen != v.gen {
			return nil
		}
		v.grow(msg.grown)
		if msg.line < 0 {
			v.env.Host.Say(fmt.Sprintf("%q is not in it", v.find))
			return nil
		}
		if msg.line <= v.hit {
			v.env.Host.Say("From the beginning again")
		}
		v.show(msg.line)
	}
	return nil
}

func (v *Viewer) grow(g grown) {
	v.loading = false
	if v.sheet == nil {
		return
	}
	// A new value, because a search may be reading the old one.
	s := *v.sheet
	s.lines, s.rest = append(s.lines[:len(s.lines):len(s.lines)], g.more...), g.next
	if g.err != nil && !screen.Quiet(g.err) {
		s.remark, s.rest = "The rest cannot be read: "+g.err.Error(), nil
	}
	v.sheet = &s
}

// show brings a line with a hit to the top third of the screen.
func (v *Viewer) show(n int) {
	v.hit, v.top, v.sub = n, n, 0
	if s := v.sheet; s.wide {
		v.left = max(at(s.lines[n].text, v.find)-v.w/3, 0)
	} else {
		for i, row := range s.lines[n].rows(v.w) {
			if strings.Contains(strings.ToLower(row.label+row.text), strings.ToLower(v.find)) {
				v.sub = i
				break
			}
		}
	}
	v.scroll(-v.room() / 3)
}

// Do carries out an action.
func (v *Viewer) Do(a keymap.Action) (tea.Cmd, bool) {
	if v.sheet == nil {
		return nil, false
	}
	page := max(v.room()-1, 1)
	switch a {
	case keymap.PanDown, keymap.MediaForward, keymap.PanUp, keymap.MediaBack, keymap.MediaStart:
		return v.step(a, page), true
	case keymap.Down:
		return v.scroll(1), true
	case keymap.Up:
		return v.scroll(-1), true
	case keymap.HalfPageDown:
		return v.scroll(max(page/2, 1)), true
	case keymap.HalfPageUp:
		return v.scroll(-max(page/2, 1)), true
	case keymap.PageDown:
		return v.scroll(page), true
	case keymap.PageUp:
		return v.scroll(-page), true
	case keymap.Play:
		return v.playOn(page), true
	case keymap.Top:
		v.top, v.sub, v.left = 0, 0, 0
		return nil, true
	case keymap.Bottom:
		v.top, v.sub = v.last()
		return v.scroll(0), true
	case keymap.PanLeft:
		return v.pan(-v.w / 2), true
	case keymap.PanRight:
		return v.pan(v.w / 2), true
	case keymap.FindInFile:
		v.ask()
		return nil, true
	case keymap.CopyNumber:
		if cmd := v.copyNumber(); cmd != nil {
			return cmd, true
		}
	}
	return nil, false
}

// step moves through the text by a key that is meant for the file, and says so
// where there is nothing to move to.
func (v *Viewer) step(a keymap.Action, page int) (cmd tea.Cmd) {
	top, sub, left := v.top, v.sub, v.left
	said := "This is the beginning"
	switch a {
	case keymap.PanDown:
		cmd, said = v.scroll(1), "This is the end"
	case keymap.MediaForward:
		cmd, said = v.scroll(page), "This is the end"
	case keymap.PanUp:
		cmd = v.scroll(-1)
	case keymap.MediaBack:
		cmd = v.scroll(-page)
	case keymap.MediaStart:
		v.top, v.sub, v.left = 0, 0, 0
	}
	if cmd == nil && v.top == top && v.sub == sub && v.left == left {
		v.env.Host.Say(said)
	}
	return cmd
}

// playOn scrolls on by a page, and begins again at the end.
func (v *Viewer) playOn(page int) tea.Cmd {
	top, sub := v.top, v.sub
	cmd := v.scroll(page)
	if cmd == nil && v.top == top && v.sub == sub {
		if top == 0 && sub == 0 {
			v.env.Host.Say("This is all of it")
			return nil
		}
		v.top, v.sub = 0, 0
		v.env.Host.Say("From the beginning again")
	}
	return cmd
}

func (v *Viewer) pan(n int) tea.Cmd {
	if !v.sheet.wide {
		v.env.Host.Say("All of it is in sight")
		return nil
	}
	v.left = max(min(v.left+n, v.sheet.width-v.w+2), 0)
	return nil
}

// copyNumber copies the first number of a contact card.
func (v *Viewer) copyNumber() tea.Cmd {
	for _, c := range v.sheet.cards {
		if len(c.Numbers) > 0 {
			n := c.Numbers[0].Value
			return func() tea.Msg { return screen.Copy{Text: n, Said: "Copied " + n + ", a number of the card"} }
		}
	}
	return nil
}

// Card is the contact on the card that is shown, the first where there are
// several.
func (v *Viewer) Card() (Card, bool) {
	if v.sheet == nil || len(v.sheet.cards) == 0 {
		return Card{}, false
	}
	return v.sheet.cards[0], true
}

// Disabled says why an action cannot be done now.
func (v *Viewer) Disabled(a keymap.Action) string {
	switch a {
	case keymap.PanLeft, keymap.PanRight:
		if v.sheet != nil && !v.sheet.wide {
			return "all of it is in sight"
		}
	case keymap.FindInFile:
		if v.sheet == nil {
			return "there is nothing to search yet"
		}
	}
	return ""
}

// Status is where in the file the screen is.
func (v *Viewer) Status() string {
	if v.sheet == nil || len(v.sheet.lines) == 0 {
		return ""
	}
	top, sub := v.last()
	switch {
	case top == 0 && sub == 0 && v.sheet.rest == nil:
		return ""
	case v.sheet.rest != nil:
		return fmt.Sprintf("line %s of %s", kit.Count(v.top+1, true), kit.Count(len(v.sheet.lines), false))
	case v.top >= top && v.sub >= sub:
		return "end"
	}
	return fmt.Sprintf("%d%%", v.top*100/len(v.sheet.lines))
}
