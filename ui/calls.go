package ui

import (
	"slices"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/calls"
	"switchboard/ui/screen"
)

// callStrip is the calls in progress, for over the call log.
func (m *Model) callStrip(w, most int) []string {
	live := slices.DeleteFunc(slices.Clone(m.env.Live), m.mine) // those have a line of their own
	return calls.Strip(live, m.env.Styles, m.env.Now(), w, most)
}

// callDetails is what the reader says of a call, or of a message that a call left.
func (m *Model) callDetails(r store.Row, it store.Item, have bool) []screen.Detail {
	sh := calls.Shown{Now: m.env.Now(), Location: m.env.Location}
	if keys := m.env.Keys.Keys(keymap.ScopeTriage, keymap.GoLinked); len(keys) > 0 {
		sh.Jump = keys[0]
	}
	return calls.Details(r, it, have, sh)
}
