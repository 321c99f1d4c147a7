package screen

import "switchboard/keymap"

// Moves is by how many rows an action moves the cursor of a short list, up to its end.
func Moves(a keymap.Action) (rows int, ok bool) {
	const page, all = 10, 1 << 20
	switch a {
	case keymap.Down, keymap.NextItem:
		return 1, true
	case keymap.Up, keymap.PreviousItem:
		return -1, true
	case keymap.PageDown, keymap.HalfPageDown:
		return page, true
	case keymap.PageUp, keymap.HalfPageUp:
		return -page, true
	case keymap.Top:
		return -all, true
	case keymap.Bottom:
		return all, true
	}
	return 0, false
}
