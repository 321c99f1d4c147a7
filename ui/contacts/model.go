package contacts

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// How many rows the list knows around its cursor, how far it counts, and how many
// contacts can be marked at once.
const (
	half    = 300
	counted = 5000
	most    = 200_000
)

// Model is the contacts screen.
type Model struct {
	env   *screen.Env
	table kit.Table[store.Contact]
	view  view   // what is shown of all contacts
	text  string // what is searched for
	gen   uint64 // of the query; answers to an older one are dropped

	ctx     context.Context
	cancel  context.CancelFunc
	busy    bool // rows are being fetched
	stale   bool // fetch again once they are here
	old     bool // those rows may be of before a change that was made here
	fresh   bool // the query changed and no rows of it have come yet
	waiting int  // answers that later keys depend on
	total   int
	exact   bool
	told    bool // the count has come
	first   int  // place of the first known row in the list
	placed  bool // first is known
	err     error

	opened bool // somebody has been here
	feeds  []store.FeedStatus
	twins  *twins // the duplicates of a contact, shown over the list
	beside bool   // the details have the focus
	top    int    // first line of the details shown
	lines  int    // of the details
	height int    // of the details
	topOf  int64  // whose details top is about

	removed []int64         // the contacts that were removed last
	drafts  map[int64]draft // what was typed and not kept, by contact; 0: a new one
	repeat  func() tea.Cmd
}

// draft is what somebody typed into a form or an editor and has not kept.
type draft struct {
	values []string // of the form; nil: none
	text   string   // of the editor
	fault  string   // what was wrong with text
}

// New is the contacts screen; it asks for nothing before Refresh.
func New(env *screen.Env) *Model {
	m := &Model{env: env, drafts: map[int64]draft{}}
	m.table.ID = contactID
	m.table.Free = true
	m.aim()
	return m
}

func contactID(c store.Contact) int64 { return c.ID }

// Scopes is where this screen's keys are looked up.
func (m *Model) Scopes() []keymap.Scope { return keymap.Stack(keymap.ViewContacts) }

// aim makes the query anew; answers still under way will be dropped.
func (m *Model) aim() {
	if m.cancel != nil {
		m.cancel()
	}
	m.ctx, m.cancel = context.WithCancel(m.env.Ctx)
	m.gen++
	m.busy, m.stale, m.fresh, m.told, m.placed, m.err = false, false, true, false, false, nil
}

// query is what is asked of the store.
func (m *Model) query() store.ContactQuery {
	q, _ := m.view.query(m.text) // what cannot be understood was told when it was typed
	return q
}

// Current is the contact under the cursor.
func (m *Model) Current() (store.Contact, bool) {
	if m.twins != nil {
		return m.twins.table.Row()
	}
	return m.table.Row()
}

// list is the table the keys move in.
func (m *Model) list() *kit.Table[store.Contact] {
	if m.twins != nil {
		return &m.twins.table
	}
	return &m.table
}

// Busy reports whether keys must wait: what they would act on is not there yet.
func (m *Model) Busy() bool {
	if !m.opened {
		return true // the view kept from the last time is on its way
	}
	return m.waiting > 0 || m.twins == nil && (m.fresh && m.err == nil || m.table.Pending())
}

// Settle gives up waiting.
func (m *Model) Settle() {
	m.waiting, m.fresh, m.opened = 0, false, true
	m.table.Settle()
}

// The answers to what was asked.
type (
	// rowsGot is a window of rows that came.
	rowsGot struct {
		gen uint64
		win store.ContactWindow
		to  int64 // the contact the cursor is to be on; 0: where it is
		err error
	}
	// tally is how many rows the list has.
	tally struct {
		gen   uint64
		n     int
		exact bool
		err   error
	}
	// told is what else the screen wants to know.
	told struct{ feeds []store.FeedStatus }
	// everyone is the contacts to be marked at once.
	everyone struct {
		gen  uint64
		ids  []int64
		from int64 // only those between this one and the cursor; 0: all
		err  error
	}
)

// Refresh fetches the rows again: the screen came up, or something has changed.
func (m *Model) Refresh() tea.Cmd {
	if !m.opened {
		return m.recall()
	}
	if m.env.Writes > 0 { // rows read now would be older than what the screen shows
		m.stale = true
		return nil
	}
	return tea.Batch(m.load(), m.ask(), m.again())
}

func (m *Model) load() tea.Cmd { return tea.Batch(m.rows(true), m.count()) }

func (m *Model) ask() tea.Cmd {
	return m.env.Do(m.env.Ctx, screen.Quick, func(context.Context) tea.Msg {
		return told{m.env.Store.Feeds()}
	})
}

// rows fetches the window the list needs; all says to do so even if it needs none.
func (m *Model) rows(all bool) tea.Cmd {
	need := m.table.Need()
	if m.busy {
		m.stale = m.stale || all
		return nil
	}
	if !need.Any {
		if !all {
			return nil
		}
		need.At = m.table.CursorID()
	}
	before, after := half, half
	switch need.At {
	case 0:
		before, after = 0, 2*half
	case -1:
		before, after = 2*half, 0
	}
	return m.fetch(need.At, before, after, 0)
}

func (m *Model) fetch(at int64, before, after int, to int64) tea.Cmd {
	m.busy, m.old = true, m.env.Writes > 0
	gen, q := m.gen, m.query()
	return m.env.Do(m.ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		win, err := m.env.Store.ContactWindow(ctx, q, at, before, after)
		return rowsGot{gen: gen, win: win, to: to, err: err}
	})
}

func (m *Model) count() tea.Cmd {
	gen, q := m.gen, m.query()
	return m.env.Do(m.ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		n, exact, err := m.env.Store.CountContacts(ctx, q, counted)
		return tally{gen, n, exact, err}
	})
}

// visit puts the cursor on a contact, wherever in the list it is.
func (m *Model) visit(id int64) tea.Cmd {
	m.twins = nil
	if m.table.Select(id) {
		return m.rows(false)
	}
	m.aim()
	return tea.Batch(m.fetch(id, half, half, id), m.count())
}

// Update takes what this screen's commands brought.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case rowsGot:
		if msg.gen == m.gen {
			return m.arrived(msg)
		}
	case tally:
		if msg.gen == m.gen && msg.err == nil {
			m.total, m.exact, m.told = msg.n, msg.exact, true
		}
	case told:
		m.feeds = msg.feeds
	case recalled:
		return m.recalled(msg)
	case everyone:
		return m.marked(msg)
	case blocking:
		return m.askBlock(msg)
	case twinned:
		m.twinned(msg)
	case made:
		return m.made(msg)
	case failed:
		return m.failed(msg)
	case gone:
		return m.went(msg)
	case back:
		return m.cameBack(msg)
	case imported:
		return m.took(msg)
	}
	return nil
}

func (m *Model) arrived(p rowsGot) tea.Cmd {
	m.busy, m.fresh = false, false
	if p.err != nil {
		if screen.Quiet(p.err) {
			return nil
		}
		m.err = p.err
		m.table.Settle()
		return nil
	}
	m.err = nil
	if m.table.Loaded() && p.to == 0 && (m.old || m.env.Writes > 0 && m.stale) {
		m.old, m.stale = false, m.env.Writes > 0
		if m.stale {
			return nil // asked before a change: the end of the change asks again
		}
		return m.load() // which has come and gone
	}
	had := m.table.CursorID()
	i, _ := m.table.Index()
	at := m.first + i
	m.table.Load(p.win.Rows, p.win.Start, p.win.End)
	if p.to != 0 && m.table.Select(p.to) {
		m.table.Center()
	}
	i, fromStart := m.table.Index()
	switch {
	case fromStart:
		m.first, m.placed = 0, true
	case p.win.End && m.told && m.exact:
		m.first, m.placed = m.total-len(p.win.Rows), true
	case m.placed && had == m.table.CursorID():
		m.first = at - i
	default:
		m.placed = false
	}
	if m.stale {
		m.stale = false
		return m.load()
	}
	return m.rows(false)
}

// refused says why nothing can be added to an address book; nil when it can, as far as
// is known here. The store says which one it goes to.
func (m *Model) refused() error {
	books := 0
	for _, f := range m.feeds {
		if f.Name != store.FeedContacts {
			continue
		}
		if !f.Denied {
			return nil
		}
		books++
	}
	if books > 0 {
		return errors.New("your sign-in may not use the address book")
	}
	return nil
}
