package ui

import (
	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/screen"
)

// What a screen may ask of the root, at once (screen.Host).

// Say shows a quiet line in the footer until the next key.
func (m *Model) Say(text string) {
	m.said = text
	if run := m.macros.run; run != nil && run.moves {
		m.endMacro(text) // what a move says is why there was none
	}
}

// Tell shows a banner.
func (m *Model) Tell(b screen.Banner) {
	m.banner, m.said = &b, ""
	m.faulted(&b)
	m.clean = false
}

// Prompt opens a line to type into.
func (m *Model) Prompt(p screen.Prompt) { m.open(newPrompt(m, p)) }

// Confirm asks a question.
func (m *Model) Confirm(c screen.Confirm) { m.open(&confirm{m: m, c: c}) }

// Go gives a pane the focus.
func (m *Model) Go(p screen.Place) tea.Cmd {
	m.standOn(p)
	m.place = p
	switch p {
	case screen.Reader, screen.Files:
		m.side = p
	}
	if f := m.full(); f != nil {
		m.list.Forget(p)
		return f.Refresh()
	}
	m.shown = shown{}
	return nil
}

// Step moves the list.
func (m *Model) Step(n int) tea.Cmd { return m.list.Step(n) }

// Current is the row the list is on.
func (m *Model) Current() (store.Row, bool) { return m.list.Current() }

// Words is what is searched for.
func (m *Model) Words() []string { return m.list.Words() }

// Show opens a list of what a query finds.
func (m *Model) Show(query, title string) tea.Cmd {
	from := m.place
	return join(m.Go(screen.List), m.list.Show(query, title, from))
}

// Seen marks an item read because its content was played or paged through. The
// list may have left it already: done follows play quickly.
func (m *Model) Seen(id store.ID) tea.Cmd {
	r, ok := m.followed()
	if m.stands() != nil || ok && r.ID == id && (r.Read || r.Direction == store.Outbound) {
		return nil
	}
	m.clean = false
	return m.list.MarkRead(id)
}
