package ui

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"switchboard/keymap"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// overlay lies over the panes and gets all keys while it is on top.
type overlay interface {
	scope() keymap.Scope
	takes() bool // printable characters are text
	text(s string) tea.Cmd
	do(a keymap.Action) tea.Cmd
	key(k tea.KeyPressMsg) tea.Cmd // what is not bound: the editing keys
	waits(now time.Time) bool      // opened by itself and must not catch keys meant for others
	hints() []keymap.Action        // the keys the footer shows meanwhile
	draw(lines []string, w, h int) (drawn []string, cursor *tea.Cursor)
}

// grace is how long an overlay that opened by itself ignores keys after the
// last one pressed.
const grace = 600 * time.Millisecond

func (m *Model) over() overlay {
	if len(m.overlays) == 0 {
		return nil
	}
	return m.overlays[len(m.overlays)-1]
}

func (m *Model) open(o overlay) {
	m.keys.Reset()
	m.pending = keymap.Result{}
	m.overlays = append(m.overlays, o)
	m.clean = false
}

// close takes an overlay away; one opened over it goes with it.
func (m *Model) close(o overlay) {
	m.keys.Reset()
	for i, x := range m.overlays {
		if x == o {
			m.overlays = m.overlays[:i]
			return
		}
	}
}

// drop takes an overlay away, and leaves those that were opened over it.
func (m *Model) drop(o overlay) {
	m.keys.Reset()
	m.overlays = slices.DeleteFunc(slices.Clone(m.overlays), func(x overlay) bool { return x == o })
}

// box draws lines in a frame over the middle of the screen.
func (m *Model) box(under []string, title string, lines []string, w, h, bw, bh int) []string {
	bw, bh = min(bw, w), min(bh, h)
	x, y := (w-bw)/2, (h-bh)/2
	for i, line := range kit.Box(title, lines, bw, bh, m.env.Styles.Focus.S) {
		if y+i >= len(under) {
			break
		}
		left := ansi.Truncate(under[y+i], x, "")
		left += kit.Space(x - ansi.StringWidth(left))
		under[y+i] = left + "\x1b[m" + line + "\x1b[m" + after(under[y+i], x+bw, w)
	}
	return under
}

// after is what of a line begins at cell x, w-x cells wide. Where x is in the
// middle of a wide character, a blank stands for its second half.
func after(line string, x, w int) string {
	right := ansi.TruncateLeft(line, x, "")
	if ansi.StringWidth(right) > w-x {
		right = ansi.TruncateLeft(line, x+1, "")
	}
	return kit.Space(w-x-ansi.StringWidth(right)) + right
}

// confirm is a question. Only `y` is yes: Enter may still be repeating.
type confirm struct {
	m      *Model
	c      screen.Confirm
	self   bool // opened by itself
	opened time.Time
	yes    bool // the answer
}

func (c *confirm) scope() keymap.Scope    { return keymap.ScopePrompt }
func (c *confirm) takes() bool            { return true }
func (c *confirm) hints() []keymap.Action { return []keymap.Action{keymap.Cancel} }

func (c *confirm) waits(now time.Time) bool {
	if !c.self {
		return false
	}
	since := now.Sub(c.opened)
	early := since >= 0 && since < grace // a clock that was set back must not lock the keys
	if early {
		c.opened = now
	}
	return early
}

func (c *confirm) text(s string) tea.Cmd {
	switch strings.ToLower(s) {
	case "y":
		c.yes = true
		c.m.close(c)
		return c.c.Do()
	case "n", "q":
		c.m.close(c)
	default:
		c.m.Say("y is yes, n is no")
	}
	return nil
}

func (c *confirm) do(a keymap.Action) tea.Cmd {
	switch a {
	case keymap.Cancel:
		c.m.close(c)
	case keymap.Interrupt: // C-c a second time means it
		if c.c.Yes == "quit" {
			return c.text("y")
		}
		c.m.close(c)
	default:
		c.m.Say("y is yes, n is no")
	}
	return nil
}

func (c *confirm) key(tea.KeyPressMsg) tea.Cmd { return c.do("") }

func (c *confirm) draw(lines []string, w, h int) ([]string, *tea.Cursor) {
	s := c.m.env.Styles
	bw := min(max(kit.Width(c.c.Question), kit.Width(c.c.Detail), 30)+6, w)
	in := bw - 4
	var body []string
	for _, l := range kit.Wrap(c.c.Question, max(in, 1)) {
		body = append(body, s.Strong.S(kit.Fit(l, in)))
	}
	for _, l := range kit.Wrap(c.c.Detail, max(in, 1)) {
		body = append(body, s.Dim.S(kit.Fit(l, in)))
	}
	yes := " y " + c.c.Yes + " "
	body = append(body, kit.Space(in), s.Button.S(kit.Cut(yes, in))+s.Text.S(kit.Fit("   n no", in-kit.Width(kit.Cut(yes, in)))))
	return c.m.box(lines, "", body, w, h, bw, len(body)+2), nil
}
