package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
)

// shown is what the panes beside the list were last told to follow.
type shown struct {
	row store.Row
	ok  bool
	job store.FileState
	// amid says that a change was being written meanwhile: the list shows it
	// already, what was read of the item may not.
	amid bool
}

// While the cursor runs through the list, the panes beside it stand still: another
// message in them costs more to fetch, draw and write than all of the list, and
// nobody reads it. They follow once no key has moved the cursor for pause, or at once
// when a key does anything else.
const pause = 80 * time.Millisecond

type trail struct {
	moved   bool      // the latest action only moved the cursor
	behind  bool      // the panes show another row than the cursor is on
	waiting bool      // a paused is on its way
	row     store.ID  // where the cursor is
	moves   uint64    // how often it has moved
	at      time.Time // when it did last
}

// paused says that pause has gone by since a move.
type paused struct{ moves uint64 }

func (m *Model) paused(p paused) tea.Cmd {
	m.trail.waiting = false
	if !m.trail.behind {
		return nil
	}
	if p.moves != m.trail.moves { // the cursor has gone on
		return m.wait()
	}
	return m.catchUp()
}

func (m *Model) wait() tea.Cmd {
	if m.trail.waiting {
		return nil
	}
	m.trail.waiting = true
	return m.later(pause-time.Since(m.trail.at), paused{m.trail.moves})
}

// catchUp lets the panes follow now.
func (m *Model) catchUp() tea.Cmd {
	m.trail.moved, m.trail.behind = false, false
	return m.follow()
}

// before is what has to be done before an action: all but those that move the
// cursor may concern what the panes show.
func (m *Model) before(a keymap.Action) tea.Cmd {
	switch a {
	case keymap.Down, keymap.Up, keymap.PageDown, keymap.PageUp, keymap.HalfPageDown, keymap.HalfPageUp, keymap.Top, keymap.Bottom:
		m.trail.moved = m.place == screen.List
		return nil
	}
	if m.trail.behind {
		return m.catchUp()
	}
	m.trail.moved = false
	return nil
}

// follow lets the panes beside the list show what the list is on.
func (m *Model) follow() tea.Cmd {
	if m.full() != nil || m.place == screen.List && !m.wide() {
		m.trail.behind = false
		return join(m.unseen(), m.fit())
	}
	row, ok := m.followed()
	if ok && m.shown.ok && m.trail.moved && row.ID != m.shown.row.ID {
		m.trail.behind = true
		if row.ID != m.trail.row {
			m.trail.row = row.ID
			m.trail.moves++
			m.trail.at = time.Now()
		}
		return join(m.wait(), m.fit())
	}
	m.trail.behind = false
	now := shown{row: row, ok: ok, amid: m.env.Writes > 0}
	for _, j := range m.env.Jobs {
		if j.Item == row.ID {
			now.job += j.State + 1
		}
	}
	changed := now.job != m.shown.job || m.shown.amid || !same(row, m.shown.row)
	m.shown = now
	cmd := m.read.Follow(row, ok, changed)
	if m.side == screen.Files {
		cmd = join(cmd, m.files.Follow(row, ok, changed))
	}
	cmd = join(cmd, m.previewed(row, ok, changed))
	return join(cmd, m.fit())
}

// same reports whether two rows say the same.
func same(a, b store.Row) bool {
	if len(a.Labels) != len(b.Labels) {
		return false
	}
	for i := range a.Labels {
		if a.Labels[i] != b.Labels[i] {
			return false
		}
	}
	return a.ID == b.ID && a.Read == b.Read && a.State == b.State && a.Availability == b.Availability && a.Delivery == b.Delivery &&
		a.Transcript == b.Transcript && a.Files == b.Files && a.Bare == b.Bare && a.Kept == b.Kept && a.Notes == b.Notes && a.Claim == b.Claim &&
		a.Pending == b.Pending && a.Preview == b.Preview && a.Duration == b.Duration && a.Outcome == b.Outcome && a.Linked == b.Linked && a.Reply == b.Reply && a.Pages == b.Pages && a.Who == b.Who &&
		a.Held == b.Held && a.Dropped.Equal(b.Dropped) &&
		a.Until.Equal(b.Until)
}
