package presence

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// Model is the screen of who is there.
type Model struct {
	env    *screen.Env
	board  store.PresenceBoard
	links  []store.Connection
	feeds  []store.FeedStatus
	ids    map[string]int64              // of accounts, by key
	names  map[int64]string              // of accounts
	people map[int64][]store.WatchChange // whom one could watch, by account
	looked time.Time                     // when those were read
	err    error
	have   bool
	busy   bool
	again  bool
	filter string
	open   map[string]bool // queues whose members are listed

	cursor kit.Cursor
	want   string // the key of a row that was asked for and is to come

	ticking bool
	drawn   time.Time // when the screen was last drawn
}

// kind is what a row is about.
type kind int

const (
	self kind = iota
	queue
	person
	agent // a member of the queue above
	link  // somebody of another company
)

// row is one line of the list.
type row struct {
	key   string
	is    kind
	who   store.Presence
	queue store.Queue // of a queue one is a member of
	mine  bool        // one is a member of the queue
	agent store.Agent
	link  store.Connection
	head  string // of the section that begins here
}

// New is an empty screen.
func New(env *screen.Env) *Model { return &Model{env: env, open: map[string]bool{}} }

// Scopes is where this screen's keys are looked up.
func (m *Model) Scopes() []keymap.Scope { return keymap.Stack(keymap.ViewPresence) }

type got struct {
	board  store.PresenceBoard
	links  []store.Connection
	feeds  []store.FeedStatus
	ids    map[string]int64
	names  map[int64]string
	people map[int64][]store.WatchChange
	err    error
}

// tick has the ages drawn anew.
type tick struct{}

const minute = time.Minute

// Refresh reads anew what it shows.
func (m *Model) Refresh() tea.Cmd {
	if m.busy {
		m.again = true
		return nil
	}
	m.busy = true
	now := m.env.Now()
	everybody := m.looked.IsZero() || now.Sub(m.looked) >= minute
	for _, list := range m.people {
		everybody = everybody || len(list) == 0
	}
	if everybody {
		m.looked = now
	}
	return screen.Both(m.tick(), m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		g := got{feeds: m.env.Store.Feeds(), ids: map[string]int64{}, names: map[int64]string{}}
		if everybody {
			g.people = map[int64][]store.WatchChange{}
		}
		if g.board, g.err = m.env.Store.PresenceBoard(ctx); g.err != nil {
			return g
		}
		if g.links, g.err = m.env.Store.Connections(ctx, 0); g.err != nil {
			return g
		}
		accounts, err := m.env.Store.Accounts(ctx)
		if err != nil {
			g.err = err
			return g
		}
		for _, a := range accounts {
			g.ids[a.Key], g.names[a.ID] = a.ID, a.Name
			if !everybody {
				continue
			}
			if g.people[a.ID], g.err = m.env.Store.Watchable(ctx, a.ID); g.err != nil {
				return g
			}
		}
		return g
	}))
}

// tick begins to draw the ages anew once a minute, until the screen is left.
func (m *Model) tick() tea.Cmd {
	if m.ticking {
		return nil
	}
	m.ticking = true
	m.drawn = m.env.Now()
	return m.env.Later(minute, tick{})
}

// Update takes what this screen's commands brought.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case got:
		m.busy, m.have, m.err = false, true, msg.err
		if msg.err == nil {
			m.board, m.links, m.feeds, m.ids, m.names = msg.board, msg.links, msg.feeds, msg.ids, msg.names
			if msg.people != nil {
				m.people = msg.people
			}
		}
		if m.again {
			m.again = false
			return m.Refresh()
		}
	case tick:
		m.ticking = false
		if m.env.Now().Sub(m.drawn) < 2*minute {
			at := m.drawn
			cmd := m.tick()
			m.drawn = at
			return cmd
		}
	}
	return nil
}

// Busy reports whether keys must wait for the rows.
func (m *Model) Busy() bool { return !m.have && m.busy }

// rows is oneself, one's queues and those watched.
func (m *Model) rows() []row {
	var out []row
	for _, p := range m.board.Me {
		out = append(out, row{key: key("me", p.Account, p.Extension), is: self, who: p})
	}
	var queues, people []row
	seen := map[string]bool{}
	for _, q := range m.board.Queues {
		r := row{key: key("queue", q.Account, q.ID), is: queue, queue: q, mine: true}
		r.who = store.Presence{Account: q.Account, Extension: q.ID, Name: q.Name, Number: q.Number, Type: "Department"}
		seen[r.key] = true
		for _, p := range m.board.People {
			if p.Account == q.Account && p.Extension == q.ID {
				r.who = p
			}
		}
		queues = append(queues, r)
	}
	for _, p := range m.board.People {
		r := row{key: key("queue", p.Account, p.Extension), is: queue, who: p}
		if !p.IsQueue() {
			r.key, r.is = key("who", p.Account, p.Extension), person
			people = append(people, r)
		} else if !seen[r.key] {
			queues = append(queues, r)
		}
	}
	slices.SortStableFunc(queues, func(a, b row) int {
		return cmp.Compare(strings.ToLower(title(a.who)), strings.ToLower(title(b.who)))
	})
	out = m.section(out, "Watched", people)
	out = m.section(out, "Queues", queues)
	return m.section(out, "Other companies", m.linkRows())
}

// section adds the rows the filter leaves, with the members of queues that are open.
func (m *Model) section(out []row, head string, rows []row) []row {
	for _, r := range rows {
		if !m.fits(r.who) {
			continue
		}
		r.head, head = head, ""
		out = append(out, r)
		if r.is != queue || !m.open[r.key] {
			continue
		}
		for _, a := range r.who.Team {
			out = append(out, row{key: r.key + "/" + a.Extension, is: agent, who: r.who, agent: a})
		}
	}
	return out
}

func (m *Model) fits(p store.Presence) bool {
	hay := strings.ToLower(p.Name + " " + p.Number + " " + p.Message + " " + words(p, m.env.Now()))
	for w := range strings.FieldsSeq(strings.ToLower(m.filter)) {
		if !strings.Contains(hay, w) {
			return false
		}
	}
	return true
}

func key(kind string, account int64, extension string) string {
	return kind + " " + kit.Count(int(account), true) + " " + extension
}

// current is the row under the cursor; if it has gone, the one in its place.
func (m *Model) current(rows []row) (row, int) {
	for _, r := range rows {
		if m.want != "" && r.key == m.want {
			m.cursor.Stay(m.want)
			m.want = ""
		}
	}
	if i := m.cursor.On(len(rows), keys(rows)); i >= 0 {
		return rows[i], i
	}
	return row{}, -1
}

func keys(rows []row) func(i int) string { return func(i int) string { return rows[i].key } }

func (m *Model) move(n int) {
	m.want = ""
	rows := m.rows()
	m.cursor.Move(n, len(rows), keys(rows))
}

// next goes to the next colleague who is free.
func (m *Model) next(n int) {
	m.want = ""
	rows := m.rows()
	_, at := m.current(rows)
	for i := at + n; i >= 0 && i < len(rows); i += n {
		if rows[i].is == person && rows[i].who.Rank() == 0 {
			m.cursor.Go(i, keys(rows))
			return
		}
	}
	m.env.Host.Say("Nobody who is free this way")
}

// account is the account of a row; of the first one where there is none.
func (m *Model) account(r row) int64 {
	if r.who.Account != 0 {
		return r.who.Account
	}
	for _, p := range m.board.Me {
		return p.Account
	}
	for _, f := range m.feeds {
		if id := m.ids[f.Account]; f.Name == store.FeedPresence && id != 0 {
			return id
		}
	}
	return 0
}
