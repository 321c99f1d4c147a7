package keymap

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Own is an action a person has made themselves: a program of theirs, with a key.
type Own struct {
	Name  string // as in the palette and the command line: "ticket"
	Words string // what it does; "": Name
	Key   string // "": none
	Scope string // where Key is bound; "": everywhere
	File  string
	Line  int // from 1; 0: not known
}

// OwnError says which of a person's own actions cannot be, and what could be written.
type OwnError struct {
	File string
	Line int
	Name string
	Msg  string
	Try  string // may be empty
}

func (e *OwnError) Error() string {
	at := ""
	if e.File != "" {
		if at = e.File + ": "; e.Line > 0 {
			at = fmt.Sprintf("%s:%d: ", e.File, e.Line)
		}
	}
	text := fmt.Sprintf("%scommand %q: %s", at, e.Name, e.Msg)
	if e.Try != "" {
		text += "; " + e.Try
	}
	return text
}

// maxOwnName is how long the name of an own action may be.
const maxOwnName = 32

// WithOwn adds a person's own actions, each with its key. Their keys can be changed by
// [Map.With] like all others. On any error m is returned as it was, and the error joins
// one for each that cannot be.
func (m Map) WithOwn(list []Own) (Map, error) {
	out := Map{bindings: m.bindings, own: slices.Clone(m.own), named: m.named}
	var keys []Override
	var errs []error
	for _, o := range list {
		if err := o.check(out); err != nil {
			errs = append(errs, err)
			continue
		}
		in := Info{Action: Action(o.Name), Scopes: ownScopes(), Group: GroupOwn, Words: o.Words, Short: o.Name}
		if in.Words == "" {
			in.Words = o.Name
		}
		out.own = append(out.own, in)
		if o.Key != "" {
			scope := o.Scope
			if scope == "" {
				scope = string(ScopeGlobal)
			}
			keys = append(keys, Override{Scope: scope, Key: o.Key, Action: o.Name, File: o.File, Line: o.Line})
		}
	}
	out, err := out.With(keys)
	if errs = append(errs, err); errors.Join(errs...) != nil {
		return m, errors.Join(errs...)
	}
	return out, nil
}

// ownScopes is where an own action can be bound: wherever keys are not letters.
func ownScopes() []Scope {
	return slices.DeleteFunc(Scopes(), func(s Scope) bool { return textScope(s) || s == ScopeHelp || s == ScopeComposer })
}

func (o Own) check(m Map) error {
	fail := func(msg, try string) error {
		return &OwnError{File: o.File, Line: o.Line, Name: o.Name, Msg: msg, Try: try}
	}
	if !ownName(o.Name) {
		return fail("is not a name", fmt.Sprintf("a name is of small letters, digits and hyphens, begins with a letter and has at most %d of them", maxOwnName))
	}
	if in, ok := m.Find(Action(o.Name)); ok {
		what := "an action of the program"
		if in.Group == GroupOwn {
			what = "a command further up"
		}
		return fail("is the name of "+what+": "+in.Words, "take another, such as \"my-"+o.Name+"\"")
	}
	if o.Name == string(None) {
		return fail("means no action at all", "take another name")
	}
	return nil
}

func ownName(s string) bool {
	if s == "" || len(s) > maxOwnName || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// Named gives actions other words, as the saved views have their names. "" gives the
// words back that the action has by itself.
func (m Map) Named(words map[Action]string) Map {
	named := map[Action]string{}
	for _, list := range []map[Action]string{m.named, words} {
		for a, w := range list {
			named[a] = w
		}
	}
	m.named = named
	return m
}

// Actions lists every action there is: those of the program, then the person's own. The
// slice is the caller's own.
func (m Map) Actions() []Info {
	all := append(All(), m.own...)
	for i := range all {
		if w := m.named[all[i].Action]; w != "" {
			all[i].Words = w
		}
	}
	return all
}

// Find is the entry of an action in Actions.
func (m Map) Find(a Action) (Info, bool) {
	in, ok := Find(a)
	if !ok {
		i := slices.IndexFunc(m.own, func(in Info) bool { return in.Action == a })
		if i < 0 {
			return Info{}, false
		}
		in = m.own[i]
	}
	if w := m.named[a]; w != "" {
		in.Words = w
	}
	return in, true
}
