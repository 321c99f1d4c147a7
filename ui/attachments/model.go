package attachments

import (
	"context"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
)

// Model is the pane of one message's files. It follows the list as the reader
// does.
type Model struct {
	// Stage shows the file the cursor is on; nil for none.
	Stage screen.Stage

	env   *screen.Env
	row   store.Row
	files []entry
	seen  map[int64][]store.Seen // where else the content of files was seen
	bare  string                 // why the service could not tell of the files there are; "": it could, or is being asked
	have  bool
	none  bool
	err   error
	busy  bool
	again bool
	at    int64 // the attachment the cursor is on
	top   int
}

// New is an empty pane.
func New(env *screen.Env) *Model { return &Model{env: env, none: true} }

// Scopes is where this screen's keys are looked up.
func (m *Model) Scopes() []keymap.Scope { return keymap.Stack(keymap.ViewAttach) }

// Follow shows the files of another row, or the same again after a change.
func (m *Model) Follow(r store.Row, ok, changed bool) tea.Cmd {
	if !ok {
		m.none, m.have, m.files, m.seen = true, false, nil, nil
		m.row = store.Row{}
		return nil
	}
	if r.ID == m.row.ID && !m.none && !changed {
		return nil
	}
	if r.ID != m.row.ID || m.none {
		m.have, m.files, m.seen, m.at, m.top, m.err = false, nil, nil, 0, 0, nil
	}
	m.none, m.row = false, r
	return m.fetch()
}

type got struct {
	id   store.ID
	item store.Item
	seen map[int64][]store.Seen
	bare string
	err  error
}

func (m *Model) fetch() tea.Cmd {
	if m.busy {
		m.again = true
		return nil
	}
	m.busy = true
	id := m.row.ID
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		g := got{id: id}
		if g.item, g.err = m.env.Store.Item(ctx, id); g.err != nil {
			return g
		}
		g.seen = m.elsewhere(ctx, screen.FilesOf(g.item))
		if g.item.Bare != store.NotBare {
			g.bare, g.err = m.env.Store.WhyBare(ctx, id)
		}
		return g
	})
}

// Update takes what this screen's commands brought.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	g, ok := msg.(got)
	if !ok {
		return nil
	}
	m.busy = false
	again := m.again || g.id != m.row.ID
	m.again = false
	if g.id == m.row.ID {
		m.have, m.err, m.files, m.seen, m.bare = g.err == nil, g.err, once(screen.FilesOf(g.item)), g.seen, g.bare
		m.row.Bare = g.item.Bare
		m.settle()
	}
	if again && !m.none {
		return m.fetch()
	}
	return nil
}

// Busy reports whether keys must wait for the files to be known.
func (m *Model) Busy() bool { return m.busy && !m.have }

// Chosen is the file the cursor is on, 0 while none is known.
func (m *Model) Chosen() int64 { return m.at }

// Running reports whether the file the cursor is on is being downloaded.
func (m *Model) Running() bool {
	j, ok := m.env.Job(m.at)
	return ok && (j.State == store.Fetching || j.State == store.Waiting)
}

// current is the file the cursor is on, and its place; -1 without one.
func (m *Model) current() (entry, int) {
	for i, a := range m.files {
		if a.ID == m.at {
			return a, i
		}
	}
	return entry{}, -1
}

func (m *Model) move(n int) {
	_, i := m.current()
	if i < 0 || len(m.files) == 0 {
		return
	}
	m.at = m.files[min(max(i+n, 0), len(m.files)-1)].ID
}

// split takes what was typed as a name apart: a folder may be given with it.
func (m *Model) split(text string) (dir, name string) {
	text = screen.Unhome(strings.TrimSpace(text))
	if !strings.ContainsRune(text, filepath.Separator) {
		return m.env.SaveDir, text
	}
	dir, name = filepath.Split(text)
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(m.env.SaveDir, dir)
	}
	return dir, name
}
