package keymap

import (
	"slices"
	"strings"
)

// Resolver turns key presses into actions. It remembers the keys of a sequence
// that has begun; everything else it reads from the Map. One goroutine uses it.
type Resolver struct {
	index   map[Scope]map[string]Action // sequence with spaces -> action
	begins  map[Scope]map[string]bool   // beginnings of sequences
	m       Map
	pending []string
}

// Resolver makes a resolver of the map as it is now.
func (m Map) Resolver() *Resolver {
	r := &Resolver{index: map[Scope]map[string]Action{}, begins: map[Scope]map[string]bool{}, m: m}
	for _, b := range m.bindings {
		if r.index[b.scope] == nil {
			r.index[b.scope], r.begins[b.scope] = map[string]Action{}, map[string]bool{}
		}
		r.index[b.scope][strings.Join(b.keys, " ")] = b.action
		for i := 1; i < len(b.keys); i++ {
			r.begins[b.scope][strings.Join(b.keys[:i], " ")] = true
		}
	}
	return r
}

// Result is what a key press came to: an Action, or the beginning of a
// sequence (Pending has what may follow), or None.
type Result struct {
	Action  Action
	Scope   Scope // the scope that bound it
	Pending []Row // Keys are those still to press
	Typed   string
	None    bool // nothing is bound to it: text for an input, or "not bound here"
}

// Press takes one key. scopes is the stack on the screen, outermost first; an
// inner scope wins over an outer one. Esc in the middle of a sequence, or a key
// that does not go on with it, drops the sequence and does nothing else: a slip
// after "g" must not act by itself.
func (r *Resolver) Press(scopes []Scope, key Key) Result {
	cands := key.candidates()
	if len(r.pending) > 0 && (cands[0] == "esc" || cands[1] == "esc") {
		res := Result{None: true, Typed: show(r.pending) + " Esc"}
		r.Reset()
		return res
	}
	before := strings.Join(r.pending, " ")
	for _, c := range cands {
		if c == "" {
			continue
		}
		seq := c
		if before != "" {
			seq = before + " " + c
		}
		for i := len(scopes) - 1; i >= 0; i-- {
			if a, ok := r.index[scopes[i]][seq]; ok {
				r.Reset()
				return Result{Action: a, Scope: scopes[i], Typed: show(strings.Split(seq, " "))}
			}
		}
		for i := len(scopes) - 1; i >= 0; i-- {
			if r.begins[scopes[i]][seq] {
				r.pending = append(r.pending, c)
				return Result{Pending: r.follow(scopes), Typed: show(r.pending)}
			}
		}
	}
	res := Result{None: true, Typed: r.typed(cands)}
	r.Reset()
	return res
}

func (r *Resolver) typed(cands [2]string) string {
	keys := slices.Clone(r.pending)
	if cands[0] != "" {
		keys = append(keys, cands[0])
	}
	return show(keys)
}

// follow lists what can be pressed next.
func (r *Resolver) follow(scopes []Scope) []Row {
	var rows []Row
	for i := len(scopes) - 1; i >= 0; i-- {
		for _, b := range r.m.bindings {
			if b.scope != scopes[i] || len(b.keys) <= len(r.pending) || !slices.Equal(b.keys[:len(r.pending)], r.pending) {
				continue
			}
			row := r.m.row(b.scope, b.action)
			row.Keys = []string{show(b.keys[len(r.pending):])}
			rows = append(rows, row)
		}
	}
	slices.SortStableFunc(rows, func(a, b Row) int { return strings.Compare(a.Keys[0], b.Keys[0]) })
	return rows
}

// Pending is the keys of the sequence that has begun, "" if none has.
func (r *Resolver) Pending() string { return show(r.pending) }

// Reset forgets a sequence that has begun: on a change of the screen, say.
func (r *Resolver) Reset() { r.pending = r.pending[:0] }
