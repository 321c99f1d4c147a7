package ui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// One's own calls: a line a call stands above the footer as long as it lasts, and a while
// longer, so that it can be read how it ended.

// mostOwn is how many calls of one's own have a line.
const mostOwn = 2

// ownCalls is what the root keeps of the calls one has made.
type ownCalls struct {
	list    []store.OwnCall
	off     map[int64]bool // those that were dismissed
	ticking bool
	regions map[int64]string // of accounts: the country their numbers are of
	keys    map[int64]string // of accounts
}

// Call calls somebody. Who cannot be called is said, and a number abroad or one that
// costs more is asked about.
func (m *Model) Call(c screen.Callee) tea.Cmd {
	d, err := m.read1(c)
	if err != nil {
		m.Say(upper(err.Error()))
		return nil
	}
	ask := d.Ask()
	if ask == "" {
		return m.env.DialNow(c)
	}
	number := store.FormatNumber(d.Number, m.region(c.Account))
	m.Confirm(screen.Confirm{
		Question: "Call " + number + "?", Detail: "It " + ask + ": the call may cost more than others.", Yes: "call",
		Do: func() tea.Cmd { return m.env.DialNow(c) },
	})
	return nil
}

// read1 is the number somebody is called by.
func (m *Model) read1(c screen.Callee) (store.Dialled, error) {
	if c.Number != "" {
		return store.ReadNumber(c.Number, m.region(c.Account))
	}
	return store.ReadCaller(c.Party, m.region(c.Account))
}

// region is the country of an account, of the first one for 0.
func (m *Model) region(account int64) string {
	if r := m.own.regions[account]; r != "" {
		return r
	}
	return "US"
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// heardCalls takes how one's own calls stand.
func (m *Model) heardCalls(list []store.OwnCall) tea.Cmd {
	before := m.strips()
	m.own.list = list
	if m.strips() != before {
		m.list.SetHeight(m.room())
	}
	return m.tickCalls()
}

// shownCalls are the calls that have a line.
func (m *Model) shownCalls() []store.OwnCall {
	var out []store.OwnCall
	for _, c := range m.own.list {
		if !m.own.off[c.Op] {
			out = append(out, c)
		}
	}
	return out[max(len(out)-mostOwn, 0):]
}

// strips is how many lines one's own calls take.
func (m *Model) strips() int {
	if m.w < leastWidth || m.h < leastHeight || m.welcome {
		return 0
	}
	return len(m.shownCalls())
}

// room is how many lines there are for the panes.
func (m *Model) room() int { return m.h - 1 - m.strips() }

// callTick has the time shown of a call go on. There is none without a call.
type callTick struct{}

func (m *Model) tickCalls() tea.Cmd {
	if m.own.ticking || len(m.shownCalls()) == 0 {
		return nil
	}
	m.own.ticking = true
	return m.later(time.Second, callTick{})
}

func (callTick) take(m *Model) tea.Cmd {
	m.own.ticking = false
	over := false
	for _, c := range m.own.list {
		over = over || c.Stage == store.CallOver
	}
	if over {
		return join(m.tickCalls(), m.ask()) // the store forgets it in time
	}
	return m.tickCalls()
}

// dismissCalls takes the lines of calls away that are over, and reports whether there
// were any.
func (m *Model) dismissCalls() bool {
	some := false
	for _, c := range m.shownCalls() {
		if c.Stage == store.CallOver {
			if m.own.off == nil {
				m.own.off = map[int64]bool{}
			}
			m.own.off[c.Op], some = true, true
		}
	}
	if some {
		m.list.SetHeight(m.room())
	}
	return some
}

// stripLines are the lines of one's own calls.
func (m *Model) stripLines(w int) []string {
	var out []string
	for _, c := range m.shownCalls()[:m.strips()] {
		out = append(out, m.stripLine(c, w))
	}
	return out
}

// stripLine is how one call stands: its state, for whom, and what can be done.
func (m *Model) stripLine(c store.OwnCall, w int) string {
	s := m.env.Styles
	left, right := m.callState(c), m.callHint(c)
	paint := s.Banner
	if c.Failed {
		paint = s.Fault
	}
	left = " " + left + "  "
	room := w - kit.Width(left) - kit.Width(right) - 3
	who := screen.Flat(c.Who)
	if c.Stage == store.CallRings || c.Stage == store.CallAsked {
		who = m.ringsFor(c, room)
	}
	return paint.S(kit.Fit(left+kit.Fit(who, max(room, 0))+"  "+right, w))
}

// ringsFor is whom one's telephone rings for, and which one, as far as there is room.
func (m *Model) ringsFor(c store.OwnCall, room int) string {
	who, phone := "for "+screen.Flat(c.Who), screen.Flat(c.Phone)
	if phone == "" {
		return who
	}
	if text := who + ", on " + phone; kit.Width(text) <= room {
		return text
	}
	label := phone
	if i := strings.IndexAny(phone, "(+0123456789"); i > 1 {
		label = strings.TrimSpace(phone[:i])
	}
	name := strings.TrimSuffix(who, " "+store.FormatNumber(c.Number, m.region(c.Account)))
	for _, text := range []string{who + ", on " + label, name + ", on " + label} {
		if kit.Width(text) <= room {
			return text
		}
	}
	return who
}

// callState is how a call stands in a few words.
func (m *Model) callState(c store.OwnCall) string {
	since := kit.Length(max(m.env.Now().Sub(c.Since), 0))
	switch c.Stage {
	case store.CallAsked:
		return "→ asking the service to call"
	case store.CallRings:
		return "→ your phone rings " + since
	case store.CallRingsThere:
		return "→ ringing " + since
	case store.CallSpeaking:
		return "→ connected " + since
	}
	sign := "✓ "
	switch {
	case c.Unsure:
		return "! it may ring: the service did not answer"
	case c.Failed:
		sign = "! "
	}
	return sign + screen.Flat(c.Words)
}

// callHint is what can be done about a call.
func (m *Model) callHint(c store.OwnCall) string {
	switch {
	case c.Stage <= store.CallRings && c.Next:
		return m.hint(keymap.Undo, "cancels")
	case c.Stage <= store.CallRings:
		return ":stop-call cancels"
	case c.Stage == store.CallRingsThere:
		return "hang up to stop"
	case c.Stage == store.CallSpeaking:
		return ""
	case c.Failed:
		return m.hint(keymap.Cancel, "dismisses")
	}
	return ""
}

// mine reports whether a call in progress is one of those that have a line here.
func (m *Model) mine(l store.LiveCall) bool {
	for _, c := range m.own.list {
		if c.Account == l.Account && c.Session() != "" && c.Session() == l.Session {
			return true
		}
	}
	return false
}
