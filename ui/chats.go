package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/inbox"
	"switchboard/ui/preview"
	"switchboard/ui/screen"
)

// Screens of their own may be on a message with files, as the chats are. The attachment
// pane and the preview then follow that screen, and back leads to it: it is under them.

// stands is the screen under the panes, or nil.
func (m *Model) stands() screen.Full {
	if m.under == screen.List {
		return nil
	}
	return m.fulls[m.under]
}

// standOn notes what screen the panes will stand on when one goes to p.
func (m *Model) standOn(p screen.Place) {
	switch p {
	case screen.Files, screen.Large, screen.Reader:
		if _, ok := m.full().(screen.Rower); ok && m.full() != nil {
			m.under, m.was = m.place, m.side
		}
	default:
		if m.under != screen.List {
			m.side = m.was
		}
		m.under = screen.List
	}
}

// playThere plays or turns the pages of the file of a row on a screen of its own, in the
// attachment pane.
func (m *Model) playThere() (tea.Cmd, bool) {
	row, ok := m.row()
	if m.stands() != nil {
		row, ok = m.followed()
	}
	if !ok || row.Files == 0 {
		return nil, false
	}
	var cmd tea.Cmd
	if m.full() != nil {
		cmd = join(m.Go(screen.Files), m.follow())
		if preview.Expected(row) != preview.Sound {
			return join(cmd, m.preview.Now()), true // the first page is there to be seen
		}
	}
	more, _ := m.preview.Do(keymap.Play)
	return join(cmd, more), true
}

// followed is the row that the panes follow: of the screen under them, or of the list.
func (m *Model) followed() (store.Row, bool) {
	if f, ok := m.stands().(screen.Rower); ok {
		return f.Current()
	}
	return m.list.Current()
}

// underneath carries out what leads back to the screen under the panes, and what moves on it.
func (m *Model) underneath(a keymap.Action) (tea.Cmd, bool) {
	f := m.stands()
	if f == nil || m.full() != nil {
		return nil, false
	}
	switch a {
	case keymap.Back, keymap.Cancel, keymap.PaneLeft, keymap.NextPane, keymap.PreviousPane:
		if m.place == screen.Large && a != keymap.PaneLeft {
			return m.Go(screen.Files), true
		}
		return m.Go(m.under), true
	case keymap.PaneRight:
		m.Say("This is the rightmost pane")
		return nil, true
	case keymap.NextItem, keymap.PreviousItem:
		way := keymap.Down
		if a == keymap.PreviousItem {
			way = keymap.Up
		}
		cmd, _ := f.Do(way)
		return join(cmd, m.follow()), true
	}
	return nil, false
}

// typing is an overlay without looks: what is written into draws itself.
type typing struct {
	m *Model
	w screen.Writer
}

// typing gives keys to what is written into, until it is closed.
func (m *Model) typing(w screen.Writer) {
	for _, o := range m.overlays {
		if t, ok := o.(*typing); ok && t.w == w {
			return
		}
	}
	m.open(&typing{m, w})
}

func (t *typing) scope() keymap.Scope    { return t.w.Scope() }
func (t *typing) takes() bool            { return true }
func (t *typing) waits(time.Time) bool   { return false }
func (t *typing) hints() []keymap.Action { return t.w.Hints() }

// then closes the overlay once nothing is written any more.
func (t *typing) then(cmd tea.Cmd) tea.Cmd {
	t.m.clean = false
	if !t.w.Writing() {
		t.m.close(t)
	}
	return cmd
}

func (t *typing) text(s string) tea.Cmd         { return t.then(t.w.Text(s)) }
func (t *typing) do(a keymap.Action) tea.Cmd    { return t.then(t.w.Act(a)) }
func (t *typing) key(k tea.KeyPressMsg) tea.Cmd { return t.then(t.w.Stroke(k.Keystroke())) }
func (t *typing) draw(lines []string, w, h int) ([]string, *tea.Cursor) {
	x, y := t.w.Cursor()
	if x < 0 || x >= w || y < 0 || y >= h-1 {
		return lines, nil
	}
	return lines, tea.NewCursor(x, y)
}

// lend has what is done to items be about the post somebody is on, where that is a chat.
func (m *Model) lend() {
	if m.place != screen.Groups {
		m.list.Lend(nil)
		return
	}
	r, own, why := m.groups.Aimed()
	m.list.Lend(&inbox.Guest{Row: r, Own: own, Why: why})
}

// hand puts a summary of the marked messages, or of the one the cursor is on, into the
// composer of a chat.
func (m *Model) hand(to string) tea.Cmd {
	ids, rows := m.list.TargetRows()
	if m.full() != nil {
		if r, ok := m.row(); ok {
			ids, rows = []store.ID{r.ID}, []store.Row{r}
		}
	}
	if len(ids) == 0 {
		m.Say("There is no message to hand over")
		return nil
	}
	return m.env.GuardedIDs(ids, rows, "Hand over", func() tea.Cmd {
		return join(m.groups.Hand(ids, to), m.Go(screen.Groups))
	})
}
