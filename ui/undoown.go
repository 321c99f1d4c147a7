package ui

import (
	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/ui/screen"
)

// change is a change of the person's own things, such as a saved view, which the store's
// outbox knows nothing of. Undo takes it back in its turn among the other changes, as
// long as the program runs.
type change struct {
	words    string
	do, undo func() tea.Cmd
	at       int // how many other changes stood when it was made
}

// mostOwnChanges is how many of them can be taken back.
const mostOwnChanges = 50

// owns is the changes that can be taken back, and those that can be made again.
type owns struct {
	done, undone []change
	acts         int // other changes that stand
}

// ownChange notes a change that was made.
func (m *Model) ownChange(c change) {
	c.at = m.owns.acts
	m.owns.done, m.owns.undone = append(m.owns.done, c), nil
	if over := len(m.owns.done) - mostOwnChanges; over > 0 {
		m.owns.done = m.owns.done[over:]
	}
}

// undoOwn takes back the latest change if it is one of these, or makes it again.
func (m *Model) undoOwn(redo bool) (tea.Cmd, bool) {
	from, to := &m.owns.done, &m.owns.undone
	if redo {
		from, to = to, from
	}
	n := len(*from)
	if n == 0 || (*from)[n-1].at != m.owns.acts {
		return nil, false
	}
	c := (*from)[n-1]
	*from, *to = (*from)[:n-1], append(*to, c)
	if redo {
		m.Tell(screen.Banner{Text: c.words, Undo: true})
		return join(c.do(), m.expire()), true
	}
	m.Tell(screen.Banner{Text: "Taken back: " + c.words, Next: m.hint(keymap.Redo, "do it again")})
	return join(c.undo(), m.expire()), true
}
