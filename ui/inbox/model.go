package inbox

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// How many rows a list knows around its cursor, and how far it counts.
const (
	half    = 300
	counted = 5000
)

// list is one list of items and the place in it.
type list struct {
	name    uint64 // tells lists apart in late answers
	title   string
	base    string       // the query it was opened with
	filter  string       // what is added to it
	results bool         // found by a search: n and N go through it
	person  *person      // whom it is about; nil: nobody
	from    screen.Place // where back goes from here; List: to the list below
	jumped  bool         // it is what belongs to an item of the list below
	wide    bool         // it is about all mailboxes, whichever is shown

	patience screen.Patience // after how much time what waits is old, and late; zero: as in the inbox
	order    store.Order
	query    store.Query
	words    []string // plain words of the search, to be shown in texts
	table    kit.Table[store.Row]

	gen    uint64 // of the query; answers to an older one are dropped
	ctx    context.Context
	cancel context.CancelFunc
	busy   bool // rows are being fetched
	stale  bool // fetch again once they are here
	old    bool // those rows may be of before a change that was made here
	fresh  bool // the query changed and no rows of it have come yet
	still  bool // the cursor has not been moved yet
	total  int
	exact  bool
	told   bool // the count has come
	first  int  // place of the first known row in the list
	placed bool // first is known
	err    error
}

// Model is the list screen.
type Model struct {
	env     *screen.Env
	lists   []*list          // the mailbox list, and what lies over it
	kept    map[string]*list // mailbox lists seen before, with their places
	names   uint64
	waiting int    // answers that later keys depend on
	guest   *Guest // see Lend
	repeat  func() tea.Cmd
	took    time.Duration // how long the latest window took to read
	beside  bool          // another pane stands beside the list
	finding *list         // the live results of the search being typed
	beating bool          // a beat is on its way

	// Strip is the calls in progress, at most most lines of w cells; nil: none.
	Strip func(w, most int) []string
}

// New is a list of everything in the inbox, with its first rows if they are
// known already.
func New(env *screen.Env, first *store.Window) *Model {
	m := &Model{env: env, kept: map[string]*list{}}
	m.lineCommands()
	l := m.newList("Inbox", "in:inbox", env.Sort)
	m.lists = []*list{l}
	if first != nil {
		l.table.Load(first.Rows, first.Start, first.End)
		l.placed, l.fresh = first.Start, false
	}
	return m
}

func (m *Model) newList(title, query string, o store.Order) *list {
	return m.listOf(&list{title: title, base: query, order: o})
}

// newWide is newList over all mailboxes, whichever is shown: for what belongs together.
func (m *Model) newWide(title, query string, o store.Order) *list {
	return m.listOf(&list{title: title, base: query, order: o, wide: true})
}

func (m *Model) listOf(l *list) *list {
	m.names++
	l.name = m.names
	l.table.ID = func(r store.Row) int64 { return int64(r.ID) }
	l.table.Desc = l.order == store.NewestFirst
	l.still = true
	l.err = m.aim(l)
	return l
}

// aim makes the query of a list from its parts; answers still under way will
// be dropped.
func (m *Model) aim(l *list) error {
	text := l.base
	if l.filter != "" {
		text += " " + l.filter
	}
	if m.env.Mailbox != "" && !l.wide {
		text += ` mailbox:"` + m.env.Mailbox + `"`
	}
	q, err := store.ParseQuery(text, m.env.Now(), m.env.Location)
	if err != nil {
		return err
	}
	if l.cancel != nil {
		l.cancel()
	}
	l.ctx, l.cancel = context.WithCancel(m.env.Ctx)
	l.query = q
	l.words = append(screen.SearchWords(l.filter), screen.SearchWords(l.base)...)
	l.gen++
	l.busy, l.stale, l.fresh, l.told, l.placed, l.err = false, false, true, false, false, nil
	return nil
}

// Aim makes all lists anew after another mailbox is to be shown.
func (m *Model) Aim() tea.Cmd {
	clear(m.kept)
	for _, l := range m.lists {
		l.table.Reset()
		l.still = true
		l.err = m.aim(l)
	}
	return m.load(m.top())
}

func (m *Model) top() *list { return m.lists[len(m.lists)-1] }

// Init asks for the first rows and the count.
func (m *Model) Init() tea.Cmd { return m.load(m.top()) }

// Busy reports whether keys must wait: what they would act on is not there yet.
func (m *Model) Busy() bool {
	l := m.top()
	return m.waiting > 0 || l.fresh && l.err == nil || l.table.Pending()
}

// Settle gives up waiting.
func (m *Model) Settle() {
	m.waiting = 0
	l := m.top()
	l.table.Settle()
	l.fresh = false
}

// Current is the row under the cursor.
func (m *Model) Current() (store.Row, bool) { return m.top().table.Row() }

// Took is how long the latest window of rows took to read.
func (m *Model) Took() time.Duration { return m.took }

// Words is what the list was searched for.
func (m *Model) Words() []string { return m.top().words }

// Top reports whether the mailbox list itself is shown.
func (m *Model) Top() bool { return len(m.lists) == 1 }

// Results reports whether a search's list is shown, where n goes to the next match.
func (m *Model) Results() bool { return m.top().results }

// Scopes is where this screen's keys are looked up.
func (m *Model) Scopes() []keymap.Scope {
	switch {
	case m.top().results:
		return keymap.Stack(keymap.ViewResults)
	case m.top().calls():
		return keymap.Stack(keymap.ViewCalls)
	}
	return keymap.Stack(keymap.ViewInbox)
}

// page is a window of rows that came.
type page struct {
	list, gen uint64
	win       store.Window
	err       error
	took      time.Duration
	found     bool // from a search, not from paging
	card      *carded
	journal   map[store.ID][]store.Entry // of a list about a person: what was done to its items
}

// tally is how many rows a list has.
type tally struct {
	list, gen uint64
	n         int
	exact     bool
	err       error
}

// load fetches a list anew around its cursor, and counts it.
func (m *Model) load(l *list) tea.Cmd {
	if l.err != nil {
		return nil
	}
	return tea.Batch(m.rows(l, true), m.count(l))
}

// Refresh fetches the list shown again: something has changed.
func (m *Model) Refresh() tea.Cmd {
	l := m.top()
	if m.env.Writes > 0 { // rows read now would be older than what the screen shows
		l.stale = true
		return nil
	}
	return tea.Batch(m.load(l), m.beat())
}

// rows fetches the window a list needs; all says to do so even if it needs none.
func (m *Model) rows(l *list, all bool) tea.Cmd {
	need := l.table.Need()
	if l.busy {
		l.stale = l.stale || all
		return nil
	}
	if !need.Any {
		if !all {
			return nil
		}
		need.At = l.table.CursorID()
	}
	before, after := half, half
	switch need.At {
	case 0:
		before, after = 0, 2*half
	case -1:
		before, after = 2*half, 0
	}
	l.busy, l.old = true, m.env.Writes > 0
	name, gen, q, o, at, whom, told := l.name, l.gen, l.query, l.order, store.ID(need.At), l.whom(), l.person != nil
	return m.env.Do(l.ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		start := time.Now()
		win, err := m.env.Store.Window(ctx, q, o, at, before, after)
		took := time.Since(start)
		p := page{list: name, gen: gen, win: win, err: err, took: took, card: m.card(ctx, whom)}
		if told && err == nil {
			p.journal = m.journals(ctx, win.Rows)
		}
		return p
	})
}

func (m *Model) count(l *list) tea.Cmd {
	name, gen, q := l.name, l.gen, l.query
	return m.env.Do(l.ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		n, exact, err := m.env.Store.Count(ctx, q, counted)
		return tally{list: name, gen: gen, n: n, exact: exact, err: err}
	})
}

// search fetches the first rows of a list that is being typed.
func (m *Model) search(l *list) tea.Cmd {
	l.busy = true
	name, gen, q, o := l.name, l.gen, l.query, l.order
	return m.env.Do(l.ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		win, err := m.env.Store.Search(ctx, q, o, half)
		return page{list: name, gen: gen, win: win, err: err, found: true}
	})
}

// Update takes what this screen's commands brought.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case page:
		if l := m.find(msg.list, msg.gen); l != nil {
			return m.arrived(l, msg)
		}
	case tally:
		if l := m.find(msg.list, msg.gen); l != nil && msg.err == nil {
			l.total, l.exact, l.told = msg.n, msg.exact, true
		}
	case unread:
		return m.reached(msg)
	case target:
		if l := m.find(msg.list, msg.gen); l != nil {
			l.clear()
			cmd := m.arrived(l, msg.page)
			if l.table.Select(int64(msg.id)) {
				l.table.Center()
			}
			return cmd
		}
	case beat:
		m.beating = false
		return m.beat()
	case frozen:
		return m.froze(msg)
	case asked:
		return m.answered(msg)
	case restored:
		return m.restored(msg)
	}
	return nil
}

// clear forgets the rows of a list, but not its marks.
func (l *list) clear() {
	marks := l.table.Marks()
	l.table.Reset()
	l.table.MarkIDs(marks)
}

func (m *Model) find(name, gen uint64) *list {
	for _, l := range m.lists {
		if l.name == name && l.gen == gen {
			return l
		}
	}
	return nil
}

func (m *Model) arrived(l *list, p page) tea.Cmd {
	l.busy, l.fresh = false, false
	l.carded(p.card)
	l.journaled(p.journal)
	m.took = p.took
	if p.err != nil {
		if screen.Quiet(p.err) {
			return nil
		}
		l.err = p.err
		l.table.Settle()
		return nil
	}
	l.err = nil
	if l.table.Loaded() && (l.old || m.env.Writes > 0 && l.stale) {
		l.old, l.stale = false, m.env.Writes > 0
		if l.stale {
			return nil // asked before a change: the end of the change asks again
		}
		return m.load(l) // which has come and gone
	}
	if p.found { // another search: its best place is its first row
		l.clear()
	}
	had := l.table.CursorID()
	i, _ := l.table.Index()
	at := l.first + i
	l.table.Load(p.win.Rows, p.win.Start, p.win.End)
	i, fromStart := l.table.Index()
	switch {
	case fromStart:
		l.first, l.placed = 0, true
	case p.win.End && l.told && l.exact:
		l.first, l.placed = l.total-len(p.win.Rows), true
	case l.placed && had == l.table.CursorID():
		l.first = at - i
	default:
		l.placed = false
	}
	if l.stale {
		l.stale = false
		return m.load(l)
	}
	if p.found && !p.win.End && len(p.win.Rows) == half {
		return nil // more rows are fetched when the cursor comes near the end
	}
	return m.rows(l, false)
}
