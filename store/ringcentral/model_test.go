package ringcentral_test

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"switchboard/store"
)

// said is something decided about an item, in the order in which it was; dead when it
// has been taken back.
type said struct {
	verb  store.Verb
	value string
	dead  bool
}

// thing is an item as the model has it: two facts that the service keeps, and what was
// said of it.
type thing struct {
	id      store.ID
	remote  int64
	read    bool
	deleted bool
	base    store.State
	said    []*said
}

// state is how the item stands: the latest that holds, and a snooze that is over counts
// as being put back into the queue.
func (h *thing) state(now time.Time) (store.State, time.Time) {
	for _, s := range slices.Backward(h.said) {
		switch {
		case s.dead:
		case s.verb == store.VerbDone:
			return store.Done, time.Time{}
		case s.verb == store.VerbReopen:
			return store.StateOpen, time.Time{}
		case s.verb == store.VerbSnooze:
			if until, _ := time.Parse(time.RFC3339, s.value); until.After(now) {
				return store.Snoozed, until
			}
			return store.StateOpen, time.Time{}
		}
	}
	return h.base, time.Time{}
}

func (h *thing) claim() string {
	for _, s := range slices.Backward(h.said) {
		switch {
		case s.dead:
		case s.verb == store.VerbClaim:
			return s.value
		case s.verb == store.VerbRelease:
			return ""
		}
	}
	return ""
}

func (h *thing) labelled(label string) bool {
	for _, s := range slices.Backward(h.said) {
		if !s.dead && s.value == label && (s.verb == store.VerbLabel || s.verb == store.VerbUnlabel) {
			return s.verb == store.VerbLabel
		}
	}
	return false
}

func (h *thing) notes() (out []string) {
	for _, s := range h.said {
		if !s.dead && s.verb == store.VerbNote {
			out = append(out, s.value)
		}
	}
	return out
}

// differs reports whether a change would make the item any different.
func (h *thing) differs(c store.Change, now time.Time) bool {
	st, until := h.state(now)
	switch c.Verb {
	case store.VerbRead:
		return !h.read
	case store.VerbUnread:
		return h.read
	case store.VerbDelete:
		return !h.deleted
	case store.VerbRestore:
		return h.deleted
	case store.VerbDone:
		return st != store.Done
	case store.VerbReopen:
		return st != store.StateOpen
	case store.VerbSnooze:
		at, _ := time.Parse(time.RFC3339, c.Text)
		return st != store.Snoozed || !until.Equal(at)
	case store.VerbClaim:
		return h.claim() != cmp.Or(c.Who, "ana@desk")
	case store.VerbRelease:
		return h.claim() != ""
	case store.VerbLabels:
		return slices.ContainsFunc(strings.Fields(c.Text), func(w string) bool {
			l, off := strings.CutPrefix(w, "-")
			return h.labelled(l) == off
		})
	}
	return true
}

// made is a change in force: what it said of each item, and of which.
type made struct {
	change store.Change
	things []*thing
	said   map[*thing][]*said
}

// model is what the store and the service have to come to.
type model struct {
	all        []*thing
	undo, redo []*made
}

func remoteVerb(v store.Verb) bool {
	return v == store.VerbRead || v == store.VerbUnread || v == store.VerbDelete || v == store.VerbRestore
}

// act makes a change.
func (m *model) act(c store.Change, now time.Time) {
	done := &made{change: c, said: map[*thing][]*said{}}
	for _, id := range c.Items {
		h := m.thing(id)
		if c.Note == "" && !h.differs(c, now) {
			continue
		}
		done.things = append(done.things, h)
		done.said[h] = h.take(c)
	}
	if len(done.things) > 0 {
		m.undo, m.redo = append(m.undo, done), nil
	}
}

func (m *model) thing(id store.ID) *thing {
	return m.all[slices.IndexFunc(m.all, func(h *thing) bool { return h.id == id })]
}

// take puts a change into effect.
func (h *thing) take(c store.Change) (new []*said) {
	add := func(v store.Verb, value string) { new = append(new, &said{verb: v, value: value}) }
	switch c.Verb {
	case store.VerbRead, store.VerbUnread:
		h.read = c.Verb == store.VerbRead
	case store.VerbDelete, store.VerbRestore:
		h.deleted = c.Verb == store.VerbDelete
	case store.VerbClaim:
		add(c.Verb, cmp.Or(c.Who, "ana@desk"))
	case store.VerbLabels:
		for _, w := range strings.Fields(c.Text) {
			l, off := strings.CutPrefix(w, "-")
			switch has := h.labelled(l); {
			case off && has:
				add(store.VerbUnlabel, l)
			case !off && !has:
				add(store.VerbLabel, l)
			}
		}
	default:
		add(c.Verb, c.Text)
	}
	if c.Note != "" {
		add(store.VerbNote, c.Note)
	}
	h.said = append(h.said, new...)
	return new
}

func inverse(v store.Verb) store.Verb {
	return map[store.Verb]store.Verb{
		store.VerbRead: store.VerbUnread, store.VerbUnread: store.VerbRead,
		store.VerbDelete: store.VerbRestore, store.VerbRestore: store.VerbDelete,
	}[v]
}

// takeBack is u: of each item that still is as the change made it.
func (m *model) takeBack(now time.Time) bool {
	if len(m.undo) == 0 {
		return false
	}
	x := m.undo[len(m.undo)-1]
	m.undo = m.undo[:len(m.undo)-1]
	back := &made{change: x.change, said: x.said}
	for _, h := range x.things {
		plain := x.change
		plain.Note = ""
		if x.change.Verb != store.VerbNote && h.differs(plain, now) {
			continue // something has come over it since
		}
		back.things = append(back.things, h)
		if remoteVerb(x.change.Verb) {
			h.take(store.Change{Verb: inverse(x.change.Verb)})
		}
		for _, s := range x.said[h] {
			s.dead = true
		}
	}
	m.redo = append(m.redo, back)
	return true
}

// again is C-r: what was said counts again, where it was said.
func (m *model) again(now time.Time) bool {
	if len(m.redo) == 0 {
		return false
	}
	x := m.redo[len(m.redo)-1]
	m.redo = m.redo[:len(m.redo)-1]
	r := &made{change: x.change, said: x.said}
	for _, h := range x.things {
		if remoteVerb(x.change.Verb) {
			if !h.differs(x.change, now) {
				continue
			}
			h.take(x.change)
		}
		r.things = append(r.things, h)
		for _, s := range x.said[h] {
			s.dead = false
		}
	}
	if len(r.things) > 0 {
		m.undo = append(m.undo, r)
	}
	return true
}
