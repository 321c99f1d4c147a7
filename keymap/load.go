package keymap

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// None as the action of an Override takes a key away.
const None Action = "none"

// Override is one line of a person's own keys: in the config file
//
//	[keys.list]
//	"C-n" = "down"
//	"v"   = "none"
//
// whoever decodes the file fills in where it stood.
type Override struct {
	Scope, Key, Action string
	File               string
	Line               int // from 1; 0: not known
}

// OverrideError says which line of the file cannot work, why, and what could
// be written instead.
type OverrideError struct {
	File               string
	Line               int
	Scope, Key, Action string
	Msg                string // what is wrong
	Try                string // what to do about it; may be empty
}

func (e *OverrideError) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File)
		if e.Line > 0 {
			fmt.Fprintf(&b, ":%d", e.Line)
		}
		b.WriteString(": ")
	} else if e.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", e.Line)
	}
	fmt.Fprintf(&b, "keys.%s: %q = %q: %s", e.Scope, e.Key, e.Action, e.Msg)
	if e.Try != "" {
		b.WriteString("; " + e.Try)
	}
	return b.String()
}

func (o Override) fail(msg, try string) *OverrideError {
	return &OverrideError{File: o.File, Line: o.Line, Scope: o.Scope, Key: o.Key, Action: o.Action, Msg: msg, Try: try}
}

// With lays overrides over the map: a key already bound in the same scope gets
// the new action, "none" takes it away, other keys of an action stay. On any
// error m is returned as it was, and the error joins an *OverrideError for
// every line that cannot work.
func (m Map) With(overrides []Override) (Map, error) {
	out := Map{bindings: slices.Clone(m.bindings), own: m.own, named: m.named}
	type place struct {
		scope Scope
		key   string
	}
	seen := map[place]Override{}
	from := map[place]Override{}
	var errs []error
	for _, o := range overrides {
		b, oe := o.binding(m)
		if oe != nil {
			errs = append(errs, oe)
			continue
		}
		at := place{b.scope, show(b.keys)}
		if before, twice := seen[at]; twice && before.Action != o.Action {
			errs = append(errs, o.fail(fmt.Sprintf("the same key is already set to %q%s", before.Action, onLine(before)), "remove one of the two"))
			continue
		}
		seen[at] = o
		out.bindings = slices.DeleteFunc(out.bindings, func(x binding) bool {
			return x.scope == b.scope && slices.Equal(x.keys, b.keys)
		})
		if b.action != None {
			from[at] = o
			out.bindings = append(out.bindings, b)
		}
	}
	for i, b := range out.bindings {
		if !b.user {
			continue
		}
		o := from[place{b.scope, show(b.keys)}]
		for j, c := range out.bindings {
			if j == i || c.user && j > i || !clash(b, c) || !together(b.scope, c.scope) {
				continue
			}
			errs = append(errs, o.conflict(m, b, c))
		}
	}
	if len(errs) > 0 {
		return m, errors.Join(errs...)
	}
	return out, nil
}

func onLine(o Override) string {
	if o.Line == 0 {
		return ""
	}
	return fmt.Sprintf(" on line %d", o.Line)
}

func (o Override) conflict(m Map, b, c binding) *OverrideError {
	what := string(c.action)
	if in, ok := m.Find(c.action); ok {
		what = in.Words
	}
	free := fmt.Sprintf("free it with [keys.%s] %q = \"none\", or take another key", c.scope, show(c.keys))
	other := fmt.Sprintf("%q (%s: %s)", show(c.keys), c.scope, what)
	switch {
	case len(b.keys) == len(c.keys):
		return o.fail("on the same screen the key already is "+other, free)
	case len(b.keys) < len(c.keys):
		return o.fail("it is the beginning of "+other+", which could not be typed any more", free)
	default:
		return o.fail("it begins with "+other+", which would act first", free)
	}
}

// binding checks one override by itself.
func (o Override) binding(m Map) (binding, *OverrideError) {
	b := binding{scope: Scope(o.Scope), action: Action(o.Action), user: true}
	if !slices.Contains(Scopes(), b.scope) {
		return b, o.fail(fmt.Sprintf("there is no scope %q", o.Scope), tryScope(o.Scope))
	}
	keys, err := parseKeys(o.Key)
	if err != nil {
		return b, o.fail(err.Error(), `keys are written like "G", "C-d", "M-a", "S-Tab", "Space", "F5" or "g g"`)
	}
	b.keys = keys
	if b.action != None {
		in, ok := m.Find(b.action)
		if !ok {
			return b, o.fail(fmt.Sprintf("there is no action %q", o.Action), tryAction(m, o.Action))
		}
		if !in.allows(b.scope) {
			return b, o.fail(fmt.Sprintf("%q means nothing in this scope", o.Action), "it belongs in "+scopeWords(in.Scopes))
		}
	}
	if fixed(b.scope, keys) {
		return b, o.fail(show(keys[:1])+" always belongs to the line being typed", "take another key")
	}
	if textScope(b.scope) && typed(keys[0]) {
		return b, o.fail(show(keys)+" is typed as text here", "take a key with C- or M-, or one that types nothing")
	}
	return b, nil
}

func scopeWords(scopes []Scope) string {
	words := make([]string, len(scopes))
	for i, s := range scopes {
		words[i] = "keys." + string(s)
	}
	return strings.Join(words, ", ")
}

func tryScope(s string) string {
	var names []string
	for _, x := range Scopes() {
		names = append(names, string(x))
	}
	if n := Nearest(s, names); n != "" {
		return fmt.Sprintf("did you mean %q?", n)
	}
	return "the scopes are " + strings.Join(names, ", ")
}

func tryAction(m Map, a string) string {
	var names []string
	for _, in := range m.Actions() {
		names = append(names, string(in.Action))
	}
	names = append(names, string(None))
	if n := Nearest(a, names); n != "" {
		return fmt.Sprintf("did you mean %q?", n)
	}
	return `"switchboard keys" lists the actions`
}

// Nearest is the name closest to a misspelled one, or "" if none is close.
func Nearest(word string, names []string) string {
	if len(word) > 64 {
		return ""
	}
	word = strings.ToLower(strings.NewReplacer("_", "-", " ", "-").Replace(word))
	best, name := max(2, len(word)/3)+1, ""
	for _, n := range names {
		d := distance(word, n)
		if word != "" && len(word) >= 3 && strings.Contains(n, word) {
			d = min(d, 2)
		}
		if d < best {
			best, name = d, n
		}
	}
	return name
}

// distance is how many letters must change to make a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diag := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			d := diag
			if a[i-1] != b[j-1] {
				d++
			}
			diag = row[j]
			row[j] = min(d, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
