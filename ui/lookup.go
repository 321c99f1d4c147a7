package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"switchboard/ui/screen"
)

// found is what is to be done once something was looked up, on the loop.
type found struct {
	of   uint64
	op   string
	then func() tea.Cmd
	err  error
}

// lookUp asks the store for something that has to be known before more can be done. Keys
// wait for it, for a question may come of it; Esc gives it up.
func (m *Model) lookUp(op string, f func(ctx context.Context) (then func() tea.Cmd, err error)) tea.Cmd {
	m.giving++
	of := m.giving
	m.gives = true
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		then, err := f(ctx)
		return found{of, op, then, err}
	})
}

func (f found) take(m *Model) tea.Cmd {
	if !m.gives || f.of != m.giving {
		return nil
	}
	m.gives = false
	if f.err != nil {
		m.failed(screen.Failed{Op: f.op, Err: f.err})
		return nil
	}
	cmd := f.then()
	m.unasked()
	return cmd
}

// unasked forgets the keys that were typed ahead of a question that has come up just now:
// they were not meant to answer it.
func (m *Model) unasked() {
	if _, asks := m.over().(*confirm); asks {
		m.queue = nil
	}
}
