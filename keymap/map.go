package keymap

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Map is which keys do what in which scope. It is a value: With gives a
// changed copy. The zero Map has no keys.
type Map struct {
	bindings []binding
	own      []Info            // the person's own actions
	named    map[Action]string // other words of actions
}

type binding struct {
	scope  Scope
	keys   []string // inner spelling
	action Action
	user   bool // from the person's own file
}

// build makes a Map of tables of this package. They are checked by the tests,
// so that a wrong one cannot ship; a row that does not parse is left out.
func build(layers []layer) Map {
	var m Map
	for _, l := range layers {
		for _, k := range l.keys {
			if keys, err := parseKeys(k[0]); err == nil {
				m.bindings = append(m.bindings, binding{scope: l.scope, keys: keys, action: Action(k[1])})
			}
		}
	}
	return m
}

// Keys is the keys of an action in a scope, spelled as help spells them,
// in the order of the table.
func (m Map) Keys(s Scope, a Action) []string {
	var out []string
	for _, b := range m.bindings {
		if b.scope == s && b.action == a {
			out = append(out, show(b.keys))
		}
	}
	return out
}

// KeysIn is the keys of an action anywhere in a stack, innermost scope first.
func (m Map) KeysIn(scopes []Scope, a Action) []string {
	var out []string
	for i := len(scopes) - 1; i >= 0; i-- {
		for _, k := range m.Keys(scopes[i], a) {
			if !slices.Contains(out, k) {
				out = append(out, k)
			}
		}
	}
	return out
}

// Check reports every key that means two things, or is the beginning of
// another, in any view's stack, and every action that is unknown or bound
// where it means nothing. Maps of this package have none.
func (m Map) Check() error {
	var errs []error
	for _, b := range m.bindings {
		in, ok := m.Find(b.action)
		switch {
		case !ok:
			errs = append(errs, fmt.Errorf("%s %q: there is no action %q", b.scope, show(b.keys), b.action))
		case !in.allows(b.scope):
			errs = append(errs, fmt.Errorf("%s %q: %q means nothing in this scope", b.scope, show(b.keys), b.action))
		}
	}
	for _, v := range Views() {
		stack := Stack(v)
		for i, b := range m.bindings {
			if !slices.Contains(stack, b.scope) {
				continue
			}
			for _, c := range m.bindings[i+1:] {
				if slices.Contains(stack, c.scope) && clash(b, c) {
					errs = append(errs, fmt.Errorf("%s: %s %q (%s) and %s %q (%s) get in each other's way",
						v, b.scope, show(b.keys), b.action, c.scope, show(c.keys), c.action))
				}
			}
		}
	}
	return errors.Join(errs...)
}

// clash reports whether one of two bindings is the other or its beginning.
func clash(a, b binding) bool {
	n := min(len(a.keys), len(b.keys))
	return slices.Equal(a.keys[:n], b.keys[:n])
}

// together reports whether two scopes are on the screen at once in some view.
func together(a, b Scope) bool {
	for _, v := range Views() {
		s := Stack(v)
		if slices.Contains(s, a) && slices.Contains(s, b) {
			return true
		}
	}
	return false
}

// fixed reports whether a key belongs to the text line whatever a person binds.
func fixed(s Scope, keys []string) bool {
	if len(keys) == 0 {
		return false
	}
	switch s {
	case ScopeSearchBox, ScopePalette, ScopePrompt:
		return keys[0] == "enter" || keys[0] == "esc"
	}
	return false
}

// textScope reports whether plain characters are typed in a scope, so that
// they cannot be bound there.
func textScope(s Scope) bool {
	return s == ScopeSearchBox || s == ScopePalette || s == ScopePrompt
}

func typed(key string) bool {
	if _, named := keyName(key); named {
		return key == "space" || key == "backspace"
	}
	return !strings.HasPrefix(key, "ctrl+") && !strings.HasPrefix(key, "alt+")
}
