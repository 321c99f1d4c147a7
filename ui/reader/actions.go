package reader

import (
	"cmp"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/ui/screen"
)

// Do carries out an action. What is not about reading is left to the list,
// which is on the same item.
func (m *Model) Do(a keymap.Action) (tea.Cmd, bool) {
	page := max(m.height-2, 1)
	switch a {
	case keymap.Down:
		m.scroll(1)
	case keymap.Up:
		m.scroll(-1)
	case keymap.PageDown:
		m.scroll(page)
	case keymap.PageUp:
		m.scroll(-page)
	case keymap.HalfPageDown:
		m.scroll(max(page/2, 1))
	case keymap.HalfPageUp:
		m.scroll(-max(page/2, 1))
	case keymap.Top:
		m.top, m.past = 0, false
	case keymap.Bottom:
		m.scroll(m.lines)
	case keymap.NextItem:
		return m.env.Host.Step(1), true
	case keymap.PreviousItem:
		return m.env.Host.Step(-1), true
	case keymap.Open:
		if m.row.Files == 0 {
			m.env.Host.Say(cmp.Or(m.bareWords(), "This "+strings.ToLower(screen.KindName(m.row.Kind))+" has no file"))
			return nil, true
		}
		return m.env.Host.Go(screen.Large), true
	case keymap.Play:
		if m.row.Files > 0 {
			return nil, false // its file is played
		}
		was := m.top
		m.scroll(page)
		if was == m.top {
			m.env.Host.Say("This is the end; J goes to the next message")
		}
	case keymap.Back, keymap.Cancel:
		return m.env.Host.Go(screen.List), true
	default:
		return nil, false
	}
	return nil, true
}

// scroll moves by n lines. A picture that cannot be cut is scrolled past at once.
func (m *Model) scroll(n int) {
	switch {
	case n > 0 && m.whole && !m.past:
		m.past, m.top = true, 0
		return
	case n < 0 && m.past && m.top == 0:
		m.past = false
		return
	}
	m.top = max(min(m.top+n, m.lines-max(m.height-1, 1)), 0)
}

// Disabled says why an action cannot be done now.
func (m *Model) Disabled(a keymap.Action) string {
	if m.none {
		return "there is no message"
	}
	if a == keymap.Open && m.row.Files == 0 {
		return "this message has no file"
	}
	return ""
}
