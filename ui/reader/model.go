package reader

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
)

// Model is the reader pane. It follows the list: what it shows is always the
// item the list is on.
type Model struct {
	// Stage shows the item's file within this pane; nil for none.
	Stage screen.Stage
	// Details says what there is to know of an item beside its text; nil: nothing.
	Details func(r store.Row, it store.Item, have bool) []screen.Detail
	// Answer says by when an item is to be answered, and how that is meant; nil: nothing.
	Answer func(r store.Row) (string, screen.Tone)
	// Whole says that somebody looks at the file: a page gets all the room, and who
	// sent it stands below.
	Whole bool

	env   *screen.Env
	row   store.Row // what the list knows, shown until the item is here
	item  store.Item
	have  bool // item is that of row
	none  bool // the list is empty
	err   error
	busy  bool     // an item is being fetched
	again bool     // fetch once more when it is here
	asked store.ID // whose transcript was last asked for

	unlisted string // why the service could not tell of its files; "": it could, or is being asked

	top, lines int  // first line shown, lines there are
	whole      bool // the stage holds a picture that cannot be cut, and there is more below it
	past       bool // somebody has scrolled past that
	height     int
	width      int
	head       []string // what stands above the stage
	drawn      []string // the other lines; both for drawnFor
	drawnFor   drawing
}

// drawing is what the drawn lines depend on.
type drawing struct {
	id      store.ID
	have    bool
	version int
	w       int
	words   string
	minute  int64
	styles  any
	staged  bool   // the item's file is shown here
	headed  bool   // with the envelope's first lines above it
	worded  bool   // and its words
	signs   uint64 // who is there, as last heard
}

// New is an empty reader.
func New(env *screen.Env) *Model { return &Model{env: env, none: true} }

// Scopes is where this screen's keys are looked up.
func (m *Model) Scopes() []keymap.Scope { return keymap.Stack(keymap.ViewInbox) }

// Follow shows another row, or the same one again after a change. One item at
// a time is fetched: on a held key the ones in between are left out.
func (m *Model) Follow(r store.Row, ok, changed bool) tea.Cmd {
	if !ok {
		m.none, m.have = true, false
		m.row = store.Row{}
		return nil
	}
	if r.ID == m.row.ID && !m.none && !changed {
		return nil
	}
	if r.ID != m.row.ID || m.none {
		m.have, m.top, m.past, m.err = false, 0, false, nil
	}
	m.none, m.row = false, r
	m.drawnFor = drawing{}
	return m.fetch()
}

// got is an item that came.
type got struct {
	id   store.ID
	item store.Item
	bare string
	err  error
}

// detailed is the end of asking the service for the files of a message.
type detailed struct{ id store.ID }

func (m *Model) fetch() tea.Cmd {
	if m.busy {
		m.again = true
		return nil
	}
	m.busy = true
	id := m.row.ID
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		it, err := m.env.Store.Item(ctx, id)
		bare := ""
		if err == nil && it.Bare != store.NotBare {
			bare, err = m.env.Store.WhyBare(ctx, id)
		}
		return got{id, it, bare, err}
	})
}

// Update takes what this screen's commands brought.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	switch l := msg.(type) {
	case lingered:
		return m.fetchText(l.id)
	case detailed:
		if m.none || m.row.ID != l.id {
			return nil
		}
		return m.fetch() // what came, or why nothing did
	}
	g, ok := msg.(got)
	if !ok {
		return nil
	}
	m.busy = false
	again := m.again || g.id != m.row.ID
	m.again = false
	if g.id == m.row.ID {
		m.item, m.have, m.err, m.unlisted = g.item, g.err == nil, g.err, g.bare
		m.drawnFor = drawing{}
	}
	if again && !m.none {
		return m.fetch()
	}
	return m.wantText()
}

// linger is how long somebody must look at a message before its transcript is
// fetched ahead of the others: moving past it costs no request.
const linger = 400 * time.Millisecond

// lingered says that a message has been shown for a while.
type lingered struct{ id store.ID }

// wantText waits whether the person stays with a message whose transcript is
// ready and not here yet.
func (m *Model) wantText() tea.Cmd {
	if !m.have || m.asked == m.item.ID || !m.item.WaitsForText() && !m.item.WaitsForLegs() && m.item.Bare == store.NotBare {
		return nil
	}
	id := m.item.ID
	m.asked = id
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		select {
		case <-ctx.Done():
		case <-time.After(linger):
		}
		return lingered{id}
	})
}

// fetchText fetches the transcript; the store's signal brings it on screen.
func (m *Model) fetchText(id store.ID) tea.Cmd {
	if m.none || m.row.ID != id {
		m.asked = 0
		return nil
	}
	call, bare := m.row.Kind == store.Call, m.have && m.item.Bare != store.NotBare
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		if bare {
			if _, err := m.env.Store.WantDetail(ctx, id); err != nil {
				m.env.Log.Info("which files there are is not known yet", "error", err.Error())
			}
			return detailed{id}
		}
		if call {
			if _, err := m.env.Store.FetchCall(ctx, id); err != nil {
				m.env.Log.Info("how the call went is not here yet", "error", err.Error())
			}
			return nil
		}
		if _, err := m.env.Store.FetchText(ctx, id); err != nil {
			m.env.Log.Info("the transcript is not here yet", "error", err.Error())
		}
		return nil
	})
}

// Item is what is shown, once it is here.
func (m *Model) Item() (store.Item, bool) { return m.item, m.have }
