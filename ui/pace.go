package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// Bubble Tea asks for a frame after every message and writes at most one to the
// terminal each tick. Of a flood of keys all but a few frames would be drawn for
// nobody, and the keys behind would wait for it: so once some have been drawn within
// a tick, the next is drawn at its end.
const (
	tick      = time.Second / fps
	drawsEach = 3 // a key, what it asked for, and one more
)

// paced is the Model as the terminal sees it.
type paced struct {
	*Model
	since   time.Time // when the first of the draws below was made
	draws   int
	waiting bool // an overdue is on its way
}

type overdue struct{}

// Update implements tea.Model.
func (p *paced) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if _, ok := msg.(overdue); ok {
		p.waiting, p.draws = false, 0
		return p, nil
	}
	_, cmd := p.Model.Update(msg)
	if p.clean || p.waiting {
		return p, cmd
	}
	now := time.Now()
	left := tick - now.Sub(p.since)
	if left <= 0 {
		p.since, p.draws = now, 0
	}
	if p.draws < drawsEach {
		return p, cmd
	}
	p.waiting = true
	return p, join(cmd, tea.Tick(left, func(time.Time) tea.Msg { return overdue{} }))
}

// View implements tea.Model.
func (p *paced) View() tea.View {
	if p.clean || p.waiting {
		return p.frame
	}
	p.draws++
	return p.Model.View()
}
