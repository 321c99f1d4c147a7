// Package keymap is the one table of what a person can do and with which keys.
//
// An Action is a name ("done", "go-inbox"). action.go lists every action there
// is with its words for people; default.go binds keys to actions, scope by
// scope; preset.go varies that for hands trained on other programs; load.go
// lays a person's own bindings over it and refuses those that cannot work.
// Screens get actions from a Resolver and never look at keys. The help screen,
// the footer, the palette and README's table are all drawn from the same Map.
//
// A screen's keys are a stack of scopes, outermost first (Stack lists them).
// Within one stack no key has two meanings and no key is the beginning of a
// longer one; Map.Check proves it, and every Map this package returns passed.
//
// The package imports the standard library only and holds no mutable state.
package keymap
