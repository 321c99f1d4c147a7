package preview

import (
	"fmt"
	"runtime/debug"

	tea "charm.land/bubbletea/v2"

	"switchboard/ui/screen"
)

// broke is a viewer that panicked.
type broke struct {
	gen   uint64
	value any
}

// guard runs something of a viewer on the loop. What a file does to it ends
// there, and so it does in the commands that come of it.
func (m *Model) guard(f func() tea.Cmd) (cmd tea.Cmd) {
	defer func() {
		if r := recover(); r != nil {
			m.env.Crash(r, debug.Stack())
			m.broken(r)
			cmd = nil
		}
	}()
	return m.wrap(f())
}

// wrap makes a panic in a viewer's command a message to this preview.
func (m *Model) wrap(cmd tea.Cmd) tea.Cmd { return m.wrapped(m.gen, cmd) }

func (m *Model) wrapped(gen uint64, cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer func() {
			if r := recover(); r != nil {
				m.env.Crash(r, debug.Stack())
				msg = broke{gen, r}
			}
		}()
		msg = cmd()
		switch got := msg.(type) {
		case screen.Crashed:
			return broke{gen, got.Value}
		case tea.BatchMsg:
			for i := range got {
				got[i] = m.wrapped(gen, got[i])
			}
		}
		return msg
	}
}

// broken leaves words where the viewer was, which is made anew for the next file.
func (m *Model) broken(value any) {
	m.env.Log.Error("a viewer failed", "error", fmt.Sprint(value))
	if v := m.viewers[m.kind]; v != nil {
		delete(m.viewers, m.kind)
		func() {
			defer func() { _ = recover() }() // it is broken already
			v.Close()
		}()
	}
	m.stop("This file cannot be shown: it is more than the viewer can take; " + m.outside())
}

func (m *Model) stop(why string) {
	m.stage, m.why, m.queue, m.small = stopped, why, nil, small{}
}
