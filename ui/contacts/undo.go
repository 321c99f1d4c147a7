package contacts

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/screen"
)

// undoAll takes back the latest change where it was one of several contacts: each is
// an operation of its own, and they are taken back together. It reports false where
// the root's undo will do.
func (m *Model) undoAll() (tea.Cmd, bool) {
	ops := m.latest
	m.latest = nil
	if len(ops) < 2 {
		return nil, false
	}
	m.Await()
	return m.env.Write("take it back", func(ctx context.Context) (tea.Msg, error) {
		// Somebody may have done something else since, on another screen.
		now, err := m.env.Store.Ops(ctx, 1)
		if err != nil {
			return nil, err
		}
		n := len(ops)
		if len(now) == 0 || now[0].ID != ops[n-1].ID {
			n = 1
		}
		var last store.Op
		for range n {
			if last, err = m.env.Store.Undo(ctx); errors.Is(err, store.ErrNothing) {
				break
			} else if err != nil {
				return nil, err
			}
		}
		if n > 1 {
			last.Words = "Taken back: " + changedWords(ops[0].Verb, n)
		}
		return undone{last}, nil
	}), true
}

// undone is several contacts that are as they were.
type undone struct{ op store.Op }

func (m *Model) undone(u undone) tea.Cmd {
	op := u.op
	op.Undoable = false
	return tea.Batch(m.Restored(), func() tea.Msg { return screen.Acted{Op: op} })
}

// Await implements screen.Restorer.
func (m *Model) Await() { m.waiting++ }

// back is what came of an undo.
type back struct {
	at int64 // a contact that was removed and is there again; 0: none
}

// Restored implements screen.Restorer: it reads the rows again, with the cursor on a
// contact that came back.
func (m *Model) Restored() tea.Cmd {
	removed := m.removed
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		for _, id := range removed {
			if _, err := m.env.Store.Contact(ctx, id); err == nil {
				return back{id}
			}
		}
		return back{}
	})
}

func (m *Model) cameBack(b back) tea.Cmd {
	m.waiting = max(m.waiting-1, 0)
	if b.at == 0 || m.table.Has(b.at) {
		return m.load()
	}
	m.removed = nil
	m.aim()
	return tea.Batch(m.fetch(b.at, half, half, b.at), m.count())
}
