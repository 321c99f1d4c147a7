package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
)

// given is what is to be given to another program, once the message was read.
// Keys wait for it: a prompt may come of it.
type given struct {
	of  uint64
	do  keymap.Action
	m   screen.Material
	err error
}

// give gives what is shown to another program: a command a person types, or the
// printer.
func (m *Model) give(a keymap.Action) (tea.Cmd, bool) {
	if a != keymap.Pipe && a != keymap.Print || m.full() != nil {
		return nil, false
	}
	row, ok := m.list.Current()
	if !ok {
		m.Say("There is no message here")
		return nil, true
	}
	want := int64(0)
	if m.side == screen.Files && m.place != screen.List {
		want = m.files.Chosen()
	}
	m.giving++
	of := m.giving
	m.gives, m.piped = true, ""
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		it, err := m.env.Store.Item(ctx, row.ID)
		return given{of: of, do: a, m: m.preview.Material(it, want), err: err}
	}), true
}

// given goes on with what was to be given, unless somebody has given up waiting. Keys
// typed ahead of a question that comes of it do not answer it.
func (m *Model) given(g given) tea.Cmd {
	if !m.gives || g.of != m.giving {
		return nil
	}
	m.gives = false
	defer m.unasked()
	line := m.piped
	m.piped = ""
	switch {
	case g.err != nil:
		m.failed(screen.Failed{Op: "read the message", Err: g.err})
		return nil
	case g.do == keymap.Print:
		if g.m.File.ID != 0 && g.m.File.State == store.Gone {
			m.Say("The service no longer has this file")
			return nil
		}
		return m.env.Print(g.m, m.opts.Print)
	}
	if line != "" {
		cmd, err := m.env.Pipe(g.m, line)
		if err != nil {
			m.refuse(err.Error())
		}
		return cmd
	}
	return m.env.AskPipe(g.m)
}
