package inbox

import "switchboard/store"

// Guest is what a screen over the list is on: the post under the cursor of a chat.
type Guest struct {
	Row store.Row
	Own string // why nothing is for it but what any item can have: notes, labels, a hold
	Why string // why there is no row
}

// refuses says why a change is not for it.
func (g *Guest) refuses(v store.Verb) string {
	switch v {
	case store.VerbNote, store.VerbLabels, store.VerbHold, store.VerbUnhold:
		return g.Why
	}
	return g.Why + g.Own
}

// Lend has what is done to items be about a row of another screen, with the same pickers,
// questions and repetition, until it is called with nil. The list itself, its marks and
// its cursor then stay as they are.
func (m *Model) Lend(g *Guest) { m.guest = g }

// Asking reports whether an answer is awaited that what is done to items depends on.
func (m *Model) Asking() bool { return m.waiting > 0 }

func (g *Guest) targets() (ids []store.ID, rows []store.Row) {
	if g.Why != "" {
		return nil, nil
	}
	return []store.ID{g.Row.ID}, []store.Row{g.Row}
}
