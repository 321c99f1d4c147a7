package inbox

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/screen"
)

// Await makes keys wait until Restored has been called and its rows are here:
// they are meant for what comes back.
func (m *Model) Await() { m.waiting++ }

// restored is the rows around what came back.
type restored struct {
	page
	ids []store.ID
}

// Restored reads the list again after an undo and puts the cursor on the first
// item that came back, if it is in this list. Else the cursor stays.
func (m *Model) Restored(ids []store.ID) tea.Cmd {
	l := m.top()
	if len(ids) == 0 || l.err != nil {
		m.waiting = max(m.waiting-1, 0)
		return m.Refresh()
	}
	at := slices.Min(ids)
	if l.order == store.NewestFirst {
		at = slices.Max(ids)
	}
	if l.cancel != nil {
		l.cancel() // rows on their way are older than what came back
	}
	l.ctx, l.cancel = context.WithCancel(m.env.Ctx)
	l.gen++
	l.busy, l.stale = true, false
	name, gen, q, o := l.name, l.gen, l.query, l.order
	rows := m.env.Do(l.ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		win, err := m.env.Store.Window(ctx, q, o, at, half, half)
		return restored{page{list: name, gen: gen, win: win, err: err}, ids}
	})
	return tea.Batch(rows, m.count(l))
}

func (m *Model) restored(r restored) tea.Cmd {
	m.waiting = max(m.waiting-1, 0)
	l := m.find(r.list, r.gen)
	if l == nil {
		return nil
	}
	l.busy = false
	if r.err != nil {
		return m.Refresh()
	}
	back := store.ID(0)
	for _, row := range r.win.Rows {
		if slices.Contains(r.ids, row.ID) {
			back = row.ID
			break
		}
	}
	if back == 0 {
		return m.Refresh()
	}
	far := !holds(r.win.Rows, store.ID(l.table.CursorID()))
	if far {
		l.clear() // there is no line of the screen to keep
	}
	l.placed = false
	cmd := m.arrived(l, r.page)
	if l.table.Select(int64(back)); far {
		l.table.Center()
	}
	return cmd
}

func holds(rows []store.Row, id store.ID) bool {
	return slices.ContainsFunc(rows, func(r store.Row) bool { return r.ID == id })
}
