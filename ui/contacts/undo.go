package contacts

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"switchboard/ui/screen"
)

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
