package ui

import (
	"cmp"
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

func plural(n int, one string) string { return kit.Plural(n, one) }

// undone is a change that was taken back, or made again.
type undone struct {
	op    store.Op
	redo  bool
	empty bool
	err   error
}

// undo takes back the latest change, or makes the one taken back again. Keys
// pressed after it wait: they are meant for what comes back.
func (m *Model) undo(redo bool) tea.Cmd {
	if cmd, ok := m.undoOwn(redo); ok {
		return cmd
	}
	m.list.Await()
	if r, ok := m.full().(screen.Restorer); ok {
		r.Await()
	}
	return m.env.Write("", func(ctx context.Context) (tea.Msg, error) {
		f := m.env.Store.Undo
		if redo {
			f = m.env.Store.Redo
		}
		op, err := f(ctx)
		return undone{op: op, redo: redo, empty: errors.Is(err, store.ErrNothing), err: err}, nil
	})
}

func (m *Model) undone(u undone) tea.Cmd {
	again := m.list.Restored(u.op.Items)
	for _, p := range fullPlaces() { // one that waits may have been left meanwhile
		if r, ok := m.fulls[p].(screen.Restorer); ok {
			again = join(again, r.Restored())
		}
	}
	what := "take it back"
	if u.redo {
		what = "do it again"
	}
	switch {
	case u.empty && u.redo:
		m.Say("There is nothing to do again")
		return again
	case u.empty:
		m.Say("There is nothing to take back")
		return again
	case u.err != nil:
		m.failed(screen.Failed{Op: what, Err: u.err})
		return again
	case u.redo:
		m.owns.acts++
		m.Tell(screen.Banner{Text: words(u.op), Undo: true, Next: m.takesBack(u.op)})
	default:
		m.owns.acts--
		m.Tell(screen.Banner{Text: words(u.op), Next: m.hint(keymap.Redo, "do it again")})
	}
	return join(again, m.expire())
}

// acted says what was done.
func (m *Model) acted(a screen.Acted) {
	switch {
	case a.Quiet:
		return
	case a.Op.ID == 0:
		m.Say(cmp.Or(a.Op.Words, "Nothing had to be changed"))
		return
	}
	if a.Op.Undoable {
		m.owns.acts++
	}
	switch {
	case a.Op.Verb == store.VerbCall:
		return // a line of its own tells how it stands
	}
	m.Tell(screen.Banner{Text: words(a.Op), Undo: a.Op.Undoable, Next: m.takesBack(a.Op)})
}

func words(op store.Op) string {
	if op.Words != "" {
		return op.Words
	}
	return string(op.Verb) + ": " + kit.Plural(len(op.Items), "item")
}

// hint is a key and what it does here.
func (m *Model) hint(a keymap.Action, words string) string {
	keys := m.opts.Keys.Keys(keymap.ScopeGlobal, a)
	if len(keys) == 0 {
		return ""
	}
	return keys[0] + " " + words
}
