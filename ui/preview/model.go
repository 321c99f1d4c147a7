package preview

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/preview/graphics"
	"switchboard/ui/preview/plain"
	"switchboard/ui/preview/player"
	"switchboard/ui/screen"
)

// Rest is how long somebody must stay with a row before its file is fetched.
const Rest = 400 * time.Millisecond

// unasked is the largest file that is fetched without a key, in bytes.
const unasked = 20 << 20

// ahead is how many keys are kept for a file that is on its way.
const ahead = 64

// stage is how far the preview is with a file.
type stage uint8

const (
	nothing  stage = iota // there is no file
	waiting               // somebody may stay here
	looking               // the item is being read, or the file told by its content
	fetching              // the bytes are coming
	shown                 // a viewer has it
	stopped               // why says why there is nothing to see
)

// Model is the preview. Like every screen it belongs to the loop.
type Model struct {
	env  *screen.Env
	opts Options

	row     store.Row
	want    int64 // the file somebody chose; 0: the main one
	stage   stage
	src     screen.Source
	small   small  // what is shown in the place of src
	why     string // for stopped
	kind    Kind
	viewers map[Kind]screen.Viewer

	gen     uint64 // answers for another file are dropped
	allowed bool   // the person has said that pages may leave a copy-protected chat
	came    uint64 // files that have come: what was read of an item before is old
	cancel  context.CancelFunc
	key     bool   // somebody pressed a key for it
	peeks   bool   // a smaller picture is on its way
	try     uint64 // of that, or of the file itself: the latest
	wants   bool   // somebody wants the file itself: no smaller picture will do
	begun   bool   // this preview began the download
	queue   []keymap.Action
	pulse   chan amount // of the download under way

	w, h    int  // the room on the screen; 0: not on it
	covered bool // something stands over it
}

// New is a preview of nothing.
func New(env *screen.Env, o Options) *Model {
	return &Model{env: env, opts: o, viewers: map[Kind]screen.Viewer{}}
}

// Follow shows the file of another row, or looks again at the same after a
// change. File is the attachment somebody chose among the row's; 0 is the main
// one.
func (m *Model) Follow(r store.Row, ok, changed bool, file int64) tea.Cmd {
	if !ok || r.Files == 0 {
		cmd := m.leave()
		m.row, m.want, m.stage = r, 0, nothing
		return cmd
	}
	if r.ID == m.row.ID && m.stage != nothing && m.same(file) {
		m.row, m.want = r, file
		if changed && m.stage != waiting && m.stage != looking {
			return m.look(false)
		}
		return nil
	}
	cmd := m.leave()
	m.row, m.want, m.stage = r, file, waiting
	if m.opts.Rest < 0 {
		return cmd
	}
	rest := m.opts.Rest
	if rest == 0 {
		rest = Rest
	}
	if r.Kept == r.Files { // nothing to fetch
		return join(cmd, m.start(false))
	}
	return join(cmd, m.env.Later(rest, rested{m.gen}))
}

// same reports whether file is the one shown already, or the one that is about to be: which
// of the files that is, is settled once they have been read.
func (m *Model) same(file int64) bool {
	return file == m.want || file != 0 && file == m.src.File.ID ||
		file == 0 && m.stage == shown || m.want == 0 && m.stage == looking && m.src.File.ID == 0
}

// leave lets go of the file.
func (m *Model) leave() tea.Cmd {
	m.gen++
	if v := m.viewer(); v != nil {
		m.guard(func() tea.Cmd { v.Close(); return nil })
	}
	if m.cancel != nil {
		m.cancel()
		m.cancel = nil
	}
	var cmd tea.Cmd
	if m.stage == fetching && m.begun && !m.key {
		cmd = m.forget(m.src.File.ID)
	}
	m.stage, m.why, m.src, m.small = nothing, "", screen.Source{}, small{}
	m.key, m.wants, m.peeks, m.begun, m.queue, m.pulse = false, false, false, false, nil, nil
	return cmd
}

// viewer is the one that shows the file now.
func (m *Model) viewer() screen.Viewer {
	if m.stage != shown {
		return nil
	}
	return m.viewers[m.kind]
}

// rested says that somebody has stayed.
type rested struct{ gen uint64 }

// Update takes what this preview's commands brought, and gives the rest to the
// viewer.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case rested:
		if msg.gen == m.gen && m.stage == waiting {
			return m.start(false)
		}
		return nil
	case looked:
		if msg.gen == m.gen {
			return m.looked(msg)
		}
		return nil
	case amount:
		if msg.gen == m.gen {
			return m.moved(msg)
		}
		return nil
	case fetched:
		if msg.gen == m.gen {
			return m.fetched(msg)
		}
		return nil
	case found:
		if msg.gen == m.gen {
			return m.found(msg)
		}
		return nil
	case smaller:
		if msg.gen == m.gen {
			return m.smaller(msg)
		}
		return nil
	case abandoned:
		return m.abandoned(msg)
	case graphics.Terminal: // pictures are drawn another way from now on
		return m.fit()
	case player.Began:
		return m.env.Host.Seen(msg.Item)
	case broke:
		if msg.gen == m.gen {
			m.broken(msg.value)
		}
		return nil
	}
	v := m.viewer()
	if v == nil {
		return nil
	}
	cmd := m.guard(func() tea.Cmd { return v.Update(msg) })
	return join(cmd, m.replay())
}

// Resize tells the room on the screen; 0 by 0 when there is none.
func (m *Model) Resize(w, h int) tea.Cmd {
	if w <= 0 || h <= 0 {
		w, h = 0, 0
	}
	if w == m.w && h == m.h {
		return nil
	}
	m.w, m.h = w, h
	return join(m.fit(), m.widen())
}

// fit tells the viewer its room.
func (m *Model) fit() tea.Cmd {
	s, ok := m.viewer().(screen.Sized)
	if !ok {
		return nil
	}
	w, h := m.room()
	cmd := m.guard(func() tea.Cmd { return s.Resize(w, h) })
	return join(cmd, m.cover())
}

// Cover tells whether something stands over the preview: what moves by itself
// stands still meanwhile.
func (m *Model) Cover(on bool) tea.Cmd {
	if on == m.covered {
		return nil
	}
	m.covered = on
	return m.cover()
}

func (m *Model) cover() tea.Cmd {
	v, ok := m.viewer().(interface{ Cover(on bool) tea.Cmd })
	if !ok {
		return nil
	}
	return m.guard(func() tea.Cmd { return v.Cover(m.covered) })
}

// Busy reports whether a file is on its way to be shown.
func (m *Model) Busy() bool { return m.stage == looking || m.stage == fetching }

// Source is what is shown.
func (m *Model) Source() (screen.Source, bool) { return m.src, m.stage == shown }

// Cards reports whether contact cards are shown.
func (m *Model) Cards() bool {
	v, ok := m.viewer().(interface{ Card() (plain.Card, bool) })
	if !ok || m.stage != shown {
		return false
	}
	_, ok = v.Card()
	return ok
}

func join(a, b tea.Cmd) tea.Cmd {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return tea.Batch(a, b)
}

// Shows reports whether this is the item whose file is shown, or none is.
func (m *Model) Shows(item store.ID) bool { return m.stage == nothing || m.row.ID == item }

// Now fetches and shows the file without waiting whether somebody stays.
func (m *Model) Now() tea.Cmd {
	if m.stage != waiting {
		return nil
	}
	return m.start(true)
}

// Expected is what the file of a row will be, before anything of it is known.
func Expected(r store.Row) Kind { return expected(r) }

// Scopes is where keys are looked up while the preview stands by itself.
func (m *Model) Scopes() []keymap.Scope { return keymap.Stack(keymap.ViewInbox) }
