package ui

import (
	"fmt"
	"runtime/debug"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/ui/kit"
	"switchboard/ui/notify"
	"switchboard/ui/screen"
)

// View is the frame. It changes nothing but its own cache: Bubble Tea asks for
// it after every message, and most messages change nothing.
func (m *Model) View() (v tea.View) {
	if m.clean {
		return m.frame
	}
	defer func() {
		if r := recover(); r != nil {
			m.leave(r, debug.Stack())
			m.crash = r // the next message ends the program
			v = m.finish([]string{"switchboard has met a mistake of its own and will stop."}, nil)
		}
	}()
	if m.w <= 0 || m.h <= 0 {
		return m.finish(nil, nil)
	}
	lines, cursor := m.draw(m.w, m.h)
	return m.finish(lines, cursor)
}

func (m *Model) finish(lines []string, cursor *tea.Cursor) tea.View {
	v := tea.NewView(strings.Join(lines, "\n"))
	v.AltScreen, v.ReportFocus, v.Cursor = true, true, cursor
	v.WindowTitle = m.layer.Title(notify.Titled("switchboard", m.remind.notes.Count()), m.placed(m.w, m.h))
	m.frame, m.clean = v, true
	if m.opts.Frame != nil {
		m.opts.Frame(v.Content)
	}
	return v
}

// draw is exactly h lines of exactly w cells, and where the terminal's cursor
// stands when something is being typed.
func (m *Model) draw(w, h int) ([]string, *tea.Cursor) {
	if w < leastWidth || h < leastHeight {
		return m.small(w, h), nil
	}
	lines := append(append(m.body(w, m.room()), m.stripLines(w)...), m.footer(w))
	var cursor *tea.Cursor
	for _, o := range m.overlays {
		lines, cursor = o.draw(lines, w, h)
	}
	if n := len(m.overlays); n > 0 && m.said != "" {
		if _, typing := m.over().(*prompt); !typing {
			lines[h-1] = m.footer(w)
		}
	}
	return lines, cursor
}

// small says in one line that there is too little room.
func (m *Model) small(w, h int) []string {
	text := fmt.Sprintf("Too small: %dx%d of %dx%d. q quits", w, h, leastWidth, leastHeight)
	return screen.Lines([]string{kit.Fit(text, w)}, h, kit.Space(w))
}

func (m *Model) body(w, h int) []string {
	switch {
	case m.welcome:
		return m.greeting(w, h)
	case m.full() != nil:
		return m.full().View(w, h, true)
	case m.place == screen.Large:
		return large{m}.View(w, h, true)
	case !m.wide():
		return m.one(m.place, w, h, true)
	}
	left := m.listWidth()
	a := m.one(screen.List, left, h, m.place == screen.List)
	if f := m.stands(); f != nil {
		a = f.View(left, h, false)
	}
	b := m.one(m.side, w-left-1, h, m.place != screen.List)
	line := m.env.Styles.Border.S("│")
	for i := range a {
		a[i] += line + b[i]
	}
	return a
}

// wide reports whether the reader stands beside the list.
func (m *Model) wide() bool { return m.w >= wideFrom && !m.opts.OnePane }

func (m *Model) one(p screen.Place, w, h int, focused bool) []string {
	switch p {
	case screen.Reader:
		return m.read.View(w, h, focused)
	case screen.Files:
		return m.files.View(w, h, focused)
	}
	return m.list.View(w, h, focused)
}

// greeting is what a person sees who has no account yet.
func (m *Model) greeting(w, h int) []string {
	s := m.env.Styles
	text := []struct {
		line string
		hot  bool
	}{
		{"", false},
		{"switchboard " + m.opts.Version, true},
		{"Voicemail, fax and texts of a support desk, worked off from the keyboard.", false},
		{"", false},
		{"There is no account yet. Run one of these, here after q or elsewhere:", false},
		{"", false},
		{"  switchboard login ringcentral", true},
		{"      sign in with your own account", false},
		{"", false},
		{"  switchboard demo", true},
		{"      look around in a made-up mailbox; nothing leaves this machine", false},
		{"", false},
		{"Once you have signed in, messages appear here. ? shows all keys.", false},
	}
	out := make([]string, 0, h)
	for range max((h-len(text))/3, 0) {
		out = append(out, kit.Space(w))
	}
	pad := max((w-78)/2, 2)
	for _, t := range text {
		paint := s.Text
		if t.hot {
			paint = s.Strong
		}
		out = append(out, kit.Space(pad)+paint.S(kit.Fit(t.line, w-pad)))
	}
	return screen.Lines(out, h, kit.Space(w))
}
