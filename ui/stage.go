package ui

import (
	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/preview"
	"switchboard/ui/preview/graphics"
	"switchboard/ui/screen"
)

// The preview is one for all panes. The pane beside the list, or the one on a
// narrow screen, gives it room; screen.Large gives it all there is.

// showing is the pane that shows a message's file now, and where it is on the screen.
func (m *Model) showing() (p screen.Place, x, w, h int, ok bool) {
	if m.w < leastWidth || m.h < leastHeight || m.welcome {
		return 0, 0, 0, 0, false
	}
	h = m.room()
	switch {
	case m.full() != nil:
		return 0, 0, 0, 0, false
	case m.place == screen.Large:
		return m.place, 0, m.w, h, true
	case m.wide():
		left := m.listWidth() + 1
		return m.side, left, m.w - left, h, true
	case m.place == screen.List:
		return 0, 0, 0, 0, false
	}
	return m.place, 0, m.w, h, true
}

// stage is where the preview stands on the screen. Its first line may be above
// the pane, where somebody has scrolled on.
func (m *Model) stage() (x, y, w, h int, ok bool) {
	p, x, w, h, ok := m.showing()
	if !ok {
		return 0, 0, 0, 0, false
	}
	switch p {
	case screen.Large:
		return x, 1, w, h - 1, true
	case screen.Files:
		y, h = m.files.StageAt(w, h)
	default:
		y, h = m.read.StageAt(w, h)
	}
	return x, y, w, h, h > 0
}

// fit tells the preview the room it has now, and whether it is to be seen.
func (m *Model) fit() tea.Cmd {
	m.read.Whole = m.place == screen.Reader
	_, y, w, h, ok := m.stage()
	if !ok {
		return m.preview.Resize(0, 0)
	}
	return join(m.preview.Resize(w, h), m.preview.Cover(len(m.overlays) > 0 || y+h <= 1))
}

// The list gets most of a wide screen, until somebody goes to the pane beside it:
// then that pane is made so wide that a whole page fills its height.
const (
	listLeast = 50 // cells of the list, at least
	listShare = 61 // of a hundred, while it has the focus
	listMost  = 120
)

// listWidth is how much of a wide screen the list gets.
func (m *Model) listWidth() int {
	own := min(max(m.w*listShare/100, leastWidth), listMost)
	if m.place != screen.Reader && m.place != screen.Files {
		return own
	}
	const margins = 2
	page := (m.h-2)*2*85/110 + margins // of the shape of Letter, in cells twice as high as wide
	return min(own, max(m.w-1-page, listLeast))
}

// hides reports whether Play shows what has no room now: there is one pane, and
// the list has it. A recording is played then.
func (m *Model) hides() bool {
	row, ok := m.list.Current()
	return ok && m.place == screen.List && !m.wide() && (row.Files == 0 || preview.Expected(row) != preview.Sound)
}

// beside is the pictures on the screen, as far as they are in sight whole: what is
// put beside the cells cannot be cut.
func (m *Model) beside() []graphics.Placed {
	x, y, _, _, ok := m.stage()
	if !ok {
		return nil
	}
	var out []graphics.Placed
	for _, p := range m.preview.Pictures() {
		p.X, p.Y = p.X+x, p.Y+y
		if p.Y >= 1 && p.Y+p.Picture.Rows <= m.room() {
			out = append(out, p)
		}
	}
	return out
}

// previewed lets the preview follow the list, and the cursor among the files.
func (m *Model) previewed(row store.Row, ok, changed bool) tea.Cmd {
	file := int64(0)
	if m.side == screen.Files {
		file = m.files.Chosen()
	}
	return m.preview.Follow(row, ok, changed, file)
}

// unseen is for a screen without room for the preview: it lets go of a message
// the list has left.
func (m *Model) unseen() tea.Cmd {
	row, _ := m.list.Current()
	if m.full() != nil || m.preview.Shows(row.ID) {
		return nil
	}
	return m.preview.Follow(store.Row{}, false, true, 0)
}

// play is the key that goes on in what is shown: it plays, turns the page or
// scrolls. On a screen with room for one pane it shows the message first.
func (m *Model) play() (tea.Cmd, bool) {
	if m.full() != nil || m.stands() != nil {
		return m.playThere()
	}
	row, ok := m.list.Current()
	if !ok {
		return nil, false
	}
	if row.Kind == store.Call && row.Files == 0 {
		m.Say("This call was not recorded")
		return nil, true
	}
	hidden := m.place == screen.List && !m.wide() // see hides
	var cmd tea.Cmd
	if hidden {
		cmd = join(m.Go(screen.Reader), m.follow())
	}
	switch {
	case row.Files > 0 && hidden && preview.Expected(row) != preview.Sound:
		return join(cmd, join(m.preview.Now(), m.Seen(row.ID))), true // the first page is there to be seen
	case row.Files > 0:
		more, ok := m.preview.Do(keymap.Play)
		return join(cmd, more), ok || hidden
	case hidden:
		return join(cmd, m.Seen(row.ID)), true
	}
	more, _ := m.read.Do(keymap.Play)
	return join(more, m.Seen(row.ID)), true
}

// large is the pane of one file over all others.
type large struct{ m *Model }

// Scopes implements screen.Screen.
func (l large) Scopes() []keymap.Scope {
	if l.m.stands() != nil {
		return l.m.files.Scopes()
	}
	return l.m.list.Scopes()
}

// Do implements screen.Screen. What moves in a list moves in the file.
func (l large) Do(a keymap.Action) (tea.Cmd, bool) {
	m := l.m
	switch a {
	case keymap.Back, keymap.Cancel, keymap.Open:
		return m.Go(m.side), true
	case keymap.NextItem:
		return m.Step(1), true
	case keymap.PreviousItem:
		return m.Step(-1), true
	case keymap.PaneLeft:
		return m.Go(screen.List), true
	case keymap.PaneRight:
		return nil, true
	case keymap.Save, keymap.RemoveLocal:
		if m.side == screen.Files {
			return m.files.Do(a)
		}
	case keymap.Down:
		return l.either(a, keymap.PanDown), true
	case keymap.Up:
		return l.either(a, keymap.PanUp), true
	case keymap.PageDown, keymap.HalfPageDown:
		return l.either(a, keymap.MediaForward), true
	case keymap.PageUp, keymap.HalfPageUp:
		return l.either(a, keymap.MediaBack), true
	case keymap.Top:
		return l.either(a, keymap.MediaStart), true
	case keymap.Bottom:
		return l.either(a, keymap.MediaForward), true
	}
	return nil, false
}

// either gives the file an action, or the one that comes closest to it.
func (l large) either(a, b keymap.Action) tea.Cmd {
	if cmd, ok := l.m.preview.Pass(a); ok {
		return cmd
	}
	cmd, _ := l.m.preview.Do(b)
	return cmd
}

// Disabled implements screen.Screen.
func (l large) Disabled(keymap.Action) string { return "" }

// Update implements screen.Screen.
func (l large) Update(tea.Msg) tea.Cmd { return nil }

// View implements screen.Screen.
func (l large) View(w, h int, focused bool) []string {
	m, s := l.m, l.m.env.Styles
	row, ok := m.followed()
	head := ""
	if ok {
		head = " " + screen.Title(row) + " " + screen.With(row)
		if src, ok := m.preview.Source(); ok && src.File.Name != "" {
			head += "  " + screen.FileName(src.File)
		}
	}
	right := kit.Cut(m.preview.Status()+" ", w/2)
	out := []string{s.Focus.S(kit.Fit(head, w-kit.Width(right))) + s.Dim.S(right)}
	if ok && row.Files == 0 {
		return append(out, m.read.View(w, h, focused)[1:]...)
	}
	return append(out, m.preview.View(w, h-1, focused)...)
}
