package inbox

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// Do carries out an action.
func (m *Model) Do(a keymap.Action) (tea.Cmd, bool) {
	if cmd, ok := m.move(a); ok {
		return cmd, true
	}
	if cmd, ok := m.goTo(a); ok {
		return cmd, true
	}
	if cmd, ok := m.onCalls(a); ok {
		return cmd, true
	}
	if cmd, ok := m.triage(a); ok {
		return cmd, true
	}
	t := &m.top().table
	switch a {
	case keymap.Open:
		if t.Len() == 0 {
			m.env.Host.Say("There is nothing to open")
			return nil, true
		}
		return m.env.Host.Go(screen.Reader), true
	case keymap.Mark:
		t.Mark()
		m.step(1)
		return m.rows(m.top(), false), true
	case keymap.MarkRange:
		return m.markRange(), true
	case keymap.MarkAll:
		return m.markAll(), true
	case keymap.Sort:
		return m.sort(), true
	case keymap.Search:
		return m.startSearch(), true
	case keymap.Filter:
		return m.startFilter(), true
	case keymap.Cancel:
		return m.cancel(), true
	case keymap.Back:
		if m.Top() {
			return nil, false
		}
		return m.pop(), true
	}
	return m.files(a)
}

func (m *Model) move(a keymap.Action) (tea.Cmd, bool) {
	l := m.top()
	h := max(l.table.Height(), 1)
	switch a {
	case keymap.Down, keymap.NextItem:
		m.step(1)
	case keymap.Up, keymap.PreviousItem:
		m.step(-1)
	case keymap.PageDown:
		m.step(h)
	case keymap.PageUp:
		m.step(-h)
	case keymap.HalfPageDown:
		m.step(max(h/2, 1))
	case keymap.HalfPageUp:
		m.step(-max(h/2, 1))
	case keymap.Top:
		l.still = false
		l.table.First()
	case keymap.Bottom:
		l.still = false
		l.table.Last()
	case keymap.NextUnread:
		return m.nextUnread(true), true
	case keymap.PreviousUnread:
		return m.nextUnread(false), true
	default:
		return nil, false
	}
	return m.rows(l, false), true
}

func (m *Model) step(n int) {
	l := m.top()
	l.still = l.still && n == 0 // a resize only asks for the rows it needs
	l.table.Move(n)
}

// Step moves the cursor by n rows.
func (m *Model) Step(n int) tea.Cmd {
	m.step(n)
	return m.rows(m.top(), false)
}

// unread is the answer to where the next unread item is.
type unread struct {
	list, gen uint64
	id        store.ID
	err       error
}

// nextUnread goes to the next unread item, or in results to the next match. In
// a list just opened it goes to the first unread one of all: nobody has chosen
// the row under the cursor yet.
func (m *Model) nextUnread(forward bool) tea.Cmd {
	l := m.top()
	if l.results {
		was := l.table.CursorID()
		m.step(direction(forward))
		if was == l.table.CursorID() && !l.table.Pending() {
			m.env.Host.Say("No more matches this way")
		}
		return m.rows(l, false)
	}
	rows, step := l.table.Known(), direction(forward)
	stops, none := l.stops()
	i, fromStart := l.table.Index()
	after := store.ID(l.table.CursorID())
	first := l.still && forward
	l.still = false
	switch {
	case first && fromStart:
		i = 0
	case first:
		i, after = len(rows), store.FromStart
	default:
		i += step
	}
	for ; i >= 0 && i < len(rows); i += step {
		if stops(rows[i]) {
			l.table.Select(int64(rows[i].ID))
			return m.rows(l, false)
		}
	}
	above, below := l.table.Edges()
	if l.table.Whole() || len(rows) == 0 || !first && (!forward && !above || forward && !below) {
		m.env.Host.Say(none)
		return nil
	}
	m.waiting++
	name, gen, q, o, ask := l.name, l.gen, l.query, l.order, m.nextOf(l)
	return m.env.Do(l.ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		id, err := ask(ctx, q, o, after, forward)
		return unread{list: name, gen: gen, id: id, err: err}
	})
}

// wanted is what `n` stops at.
func wanted(r store.Row) bool {
	return !r.Read && r.Direction != store.Outbound && r.State != store.Done || screen.MissedCall(r)
}

func direction(forward bool) int {
	if forward {
		return 1
	}
	return -1
}

func (m *Model) reached(u unread) tea.Cmd {
	m.waiting = max(m.waiting-1, 0)
	l := m.find(u.list, u.gen)
	switch {
	case l == nil:
		return nil
	case errors.Is(u.err, store.ErrNotFound):
		_, none := l.stops()
		m.env.Host.Say(none)
		return nil
	case u.err != nil:
		return func() tea.Msg { return screen.Fail("find the next unread item", u.err) }
	}
	return m.visit(l, u.id)
}

// visit puts the cursor on an item that may be far from the known rows.
func (m *Model) visit(l *list, id store.ID) tea.Cmd {
	if l.table.Select(int64(id)) {
		return m.rows(l, false)
	}
	if l.cancel != nil {
		l.cancel()
	}
	l.ctx, l.cancel = context.WithCancel(m.env.Ctx)
	l.gen++
	l.busy, l.fresh, l.placed = true, true, false
	name, gen, q, o, whom, told := l.name, l.gen, l.query, l.order, l.whom(), l.person != nil
	rows := m.env.Do(l.ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		win, err := m.env.Store.Window(ctx, q, o, id, half, half)
		p := page{list: name, gen: gen, win: win, err: err, card: m.card(ctx, whom)}
		if told && err == nil {
			p.journal = m.journals(ctx, win.Rows)
		}
		return target{p, id}
	})
	return tea.Batch(rows, m.count(l))
}

// target is a page with the item the cursor is to be on.
type target struct {
	page
	id store.ID
}

// frozen is the set of items that were marked all at once.
type frozen struct {
	list, gen uint64
	ids       []store.ID
	err       error
	from, to  int64 // only those between, for a range; 0: all
}

// most is how many items can be marked at once.
const most = 200_000

func (m *Model) markAll() tea.Cmd {
	l := m.top()
	if len(l.table.Marks()) > 0 {
		l.table.Unmark()
		return nil
	}
	if l.table.Whole() {
		ids := make([]int64, 0, l.table.Len())
		for _, r := range l.table.Known() {
			ids = append(ids, int64(r.ID))
		}
		l.table.MarkIDs(ids)
		return nil
	}
	return m.freeze(l, 0, 0)
}

func (m *Model) freeze(l *list, from, to int64) tea.Cmd {
	m.waiting++
	name, gen, q, o := l.name, l.gen, l.query, l.order
	return m.env.Do(l.ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		ids, err := m.env.Store.IDs(ctx, q, o, most)
		return frozen{list: name, gen: gen, ids: ids, err: err, from: from, to: to}
	})
}

func (m *Model) froze(f frozen) tea.Cmd {
	m.waiting = max(m.waiting-1, 0)
	l := m.find(f.list, f.gen)
	if l == nil {
		return nil
	}
	if f.err != nil {
		return func() tea.Msg { return screen.Fail("mark", f.err) }
	}
	ids := make([]int64, 0, len(f.ids))
	for _, id := range f.ids {
		if f.from == 0 || int64(id) >= f.from && int64(id) <= f.to {
			ids = append(ids, int64(id))
		}
	}
	if f.from != 0 {
		l.table.MarkBetween(ids)
	} else {
		l.table.MarkIDs(ids)
	}
	m.env.Host.Say(kit.Plural(len(l.table.Marks()), "item") + " marked")
	return nil
}

func (m *Model) markRange() tea.Cmd {
	l := m.top()
	if a := l.table.Anchor(); a != 0 && !l.table.Has(a) {
		c := l.table.CursorID()
		return m.freeze(l, min(a, c), max(a, c))
	}
	if l.table.Range() {
		m.env.Host.Say(kit.Plural(len(l.table.Marks()), "item") + " marked")
	} else {
		m.env.Host.Say("Range begins here: move and press v again")
	}
	return nil
}

func (m *Model) sort() tea.Cmd {
	l := m.top()
	id := store.ID(l.table.CursorID())
	l.order = store.NewestFirst - l.order + store.OldestFirst
	l.table.Desc = l.order == store.NewestFirst
	l.clear()
	if m.aim(l) != nil {
		return nil
	}
	m.env.Host.Say(orderWords(l.order))
	if id == 0 {
		return m.load(l)
	}
	return m.visit(l, id)
}

func orderWords(o store.Order) string {
	if o == store.NewestFirst {
		return "newest first"
	}
	return "oldest first"
}

// cancel takes back one thing: marks, then the filter, then the results.
func (m *Model) cancel() tea.Cmd {
	l := m.top()
	switch {
	case l.table.Ranging() || len(l.table.Marks()) > 0:
		l.table.Unmark()
	case l.filter != "":
		return m.setFilter(l, "")
	case !m.Top():
		return m.pop()
	default:
		m.env.Host.Say("Nothing to cancel here; q quits")
	}
	return nil
}
