// Package ui is the screens: a root model that owns the panes, what lies over
// them, the footer and the way of a key, and a package for each screen below it.
//
// The way of a key. Pasted text and printable characters go to a text input if
// one is open. Otherwise the topmost overlay is asked, then the keymap's
// resolver turns the key into an action in the scopes of the focused pane, and
// the action goes to the first that handles it: the pane, the list behind it,
// the root. If none does, the footer says why. Keys typed ahead of an answer
// they depend on (rows still being fetched, marks still being counted) wait in
// a queue, so that a sequence of keys means the same at any speed.
//
// Update never waits. Whatever may is a command with a context, a timeout and a
// generation (ui/screen). The store's change signal comes through one pump of
// at most thirty messages a second; nothing ticks. View returns the frame it
// made before unless something has changed.
package ui
