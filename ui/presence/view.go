package presence

import (
	"cmp"
	"fmt"
	"strings"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// line is a line of the list: a part of a row, or the space and the heading above it.
type line struct {
	kit.Place
	part int // 0 is the row itself, 1 what stands under it
}

// lay is the lines of the rows, and the first line of each row.
func lay(rows []row) (lines []line, first []int) {
	first = make([]int, len(rows))
	for i, r := range rows {
		if r.head != "" {
			if len(lines) > 0 {
				lines = append(lines, line{Place: kit.Place{Row: i, Gap: true}})
			}
			lines = append(lines, line{Place: kit.Place{Row: i, Head: r.head}})
		}
		first[i] = len(lines)
		lines = append(lines, line{Place: kit.Place{Row: i}})
		if r.is == self {
			lines = append(lines, line{Place: kit.Place{Row: i}, part: 1})
		}
	}
	return lines, first
}

// View is exactly h lines of exactly w cells.
func (m *Model) View(w, h int, focused bool) []string {
	if w <= 0 || h <= 0 {
		return nil
	}
	m.drawn = m.env.Now()
	s := m.env.Styles
	paint := s.Title
	if focused {
		paint = s.Focus
	}
	rows := m.rows()
	out := []string{paint.S(kit.Fit(kit.Between(" Presence  "+m.heading(), m.asOf()+" ", w), w))}
	for _, text := range m.troubles() {
		for _, l := range kit.Wrap(text, max(w-2, 1)) {
			if len(out) < h-2 {
				out = append(out, s.Warn.S(kit.Fit(" "+l, w)))
			}
		}
	}
	if len(rows) == 0 {
		out = append(out, kit.Space(w), s.Dim.S(kit.Fit("   "+m.empty(), w)))
		return screen.Lines(out, h, kit.Space(w))
	}
	lines, first := lay(rows)
	_, at := m.current(rows)
	fit := max(h-len(out), 1)
	for i := m.cursor.Scroll(kit.Places(lines, func(l line) kit.Place { return l.Place }), first[at], fit); i < len(lines) && len(out) < h; i++ {
		switch l := lines[i]; {
		case l.Gap:
			out = append(out, kit.Space(w))
		case l.Head != "":
			out = append(out, s.Title.S(kit.Fit(" "+l.Head, w)))
		default:
			out = append(out, m.line(rows[l.Row], l.part, w, l.Row == at, focused))
		}
	}
	return screen.Lines(out, h, kit.Space(w))
}

// heading counts who is watched and who of them is free.
func (m *Model) heading() string {
	people, free := 0, 0
	for _, p := range m.board.People {
		if !p.IsQueue() {
			people++
			if p.Rank() == 0 {
				free++
			}
		}
	}
	text := ""
	switch {
	case !m.have:
	case people == 0:
		text = "nobody is watched"
	default:
		text = fmt.Sprintf("%d watched, %d free", people, free)
	}
	if m.filter != "" {
		text += "  filter: " + m.filter
	}
	return text
}

// asOf is when the service was last asked.
func (m *Model) asOf() string {
	for _, f := range m.feeds {
		if f.Name == store.FeedPresence && !f.Synced.IsZero() {
			return "as of " + screen.Clock(f.Synced, m.env.Now(), m.env.Location)
		}
	}
	return ""
}

// troubles is why something is not told, in sentences.
func (m *Model) troubles() []string {
	if m.err != nil {
		return []string{"Who is there cannot be read: " + store.Reason(m.err)}
	}
	var out []string
	for _, f := range m.feeds {
		if f.Name != store.FeedPresence || f.Err == "" {
			continue
		}
		text := "Not told"
		if len(m.env.Status) > 1 {
			text = m.env.Account(f.Account) + ": not told"
		}
		text += ": " + f.Err
		switch {
		case f.Denied:
			text += ". Ask an administrator for it."
		case f.Until.After(m.env.Now()):
			text += ", asked again at " + screen.Clock(f.Until, m.env.Now(), m.env.Location)
		}
		out = append(out, text)
	}
	return out
}

// empty is what is said when there is nothing to list.
func (m *Model) empty() string {
	switch {
	case !m.have:
		return "Looking ..."
	case m.filter != "":
		return "Nobody fits the filter."
	}
	for _, f := range m.feeds {
		if f.Name == store.FeedPresence {
			if f.Err != "" {
				return "Nobody is known here yet."
			}
			return "Asking who is there ..."
		}
	}
	return "No account here tells who is there."
}

// line is one line of a row.
func (m *Model) line(r row, part, w int, cursor, focused bool) string {
	s := m.env.Styles
	bar := " "
	if cursor {
		bar = "▌"
	}
	edge := s.Accent.S(kit.Fit(bar, min(w, 1)))
	w = max(w-1, 0)
	switch {
	case r.is == self && part == 1:
		return edge + m.selfSecond(r, w)
	case r.is == agent:
		return edge + m.agentLine(r, w, cursor, focused)
	case r.is == link:
		return edge + m.linkLine(r, w, cursor, focused)
	}
	nw := min(max(w*27/100, 16), 30)
	p := r.who
	sign, look := screen.PresenceSign(p.Rank(), s)
	state, second, last := words(p, m.env.Now()), "", age(p, m.env.Now())
	switch r.is {
	case self:
		state, second = chosenWord(p.PresenceState), callsWords(p.PresenceState)
		if m.env.Lacks(p.Account, store.OfferStand) != "" {
			state, second = words(p, m.env.Now()), ""
		}
		if p.Talks() {
			state = callWords(p.PresenceState, m.env.Now()) + ", " + state
		}
		if p.Pending {
			sign, look = "↑", s.Warn
		}
		last = "me"
	case queue:
		sign, look = m.queueSign(r)
		if r.mine {
			state, second = m.memberWords(r), state
		}
	default:
		if p.Message != "" {
			second = p.Message
		}
	}
	on := func(set theme.Set, text string) string { return set.On(cursor, focused).S(text) }
	name := title(p)
	if p.Mine && p.Name == "" {
		name = cmp.Or(m.names[p.Account], name)
	}
	if m.several() && r.is != queue {
		name += " (" + cmp.Or(m.env.Whose(p.Account), m.names[p.Account]) + ")"
	}
	rest := max(w-3-nw-8-5, 0)
	state = kit.Cut(state, rest)
	second = kit.Cut(second, max(rest-kit.Width(state)-2, 0))
	out := on(look, " "+sign+" ") + on(s.Strong, kit.Fit(name, nw)) + on(s.Dim, kit.Fit(" "+p.Number, 8)) + on(stateLook(r, s), state)
	out += on(s.Dim, kit.Fit("  "+second, rest-kit.Width(state))) + on(s.Age, kit.FitRight(last, 4)+" ")
	return edge + out
}

// several reports whether rows of more than one account are shown.
func (m *Model) several() bool { return len(m.board.Me) > 1 }

func stateLook(r row, s *theme.Styles) theme.Set {
	if r.is == queue {
		return s.Text
	}
	switch r.who.Rank() {
	case 0:
		return s.Good
	case 1:
		return s.Accent
	case 2:
		return s.Warn
	case 3:
		return s.Bad
	case 6:
		return s.Dim
	}
	return s.Text
}

// queueSign is whether one takes the calls of a queue.
func (m *Model) queueSign(r row) (string, theme.Set) {
	s := m.env.Styles
	switch {
	case r.queue.Pending:
		return "↑", s.Warn
	case r.mine && r.queue.Takes:
		return "✓", s.Good
	case r.mine:
		return "–", s.Warn
	}
	return " ", s.Dim
}

func (m *Model) memberWords(r row) string {
	text := "you take its calls"
	if !r.queue.Takes {
		text = "you are out of it"
	}
	if !r.queue.Editable {
		text += " (fixed)"
	}
	return text
}

// selfSecond is the line under oneself: the message.
func (m *Model) selfSecond(r row, w int) string {
	s := m.env.Styles
	text, look := "no message", s.Dim
	if why := m.env.Lacks(r.who.Account, store.OfferStand); why != "" {
		text = why
	}
	if r.who.Message != "" {
		text, look = r.who.Message, s.Note
	}
	if v := r.who.Visible; v != nil && !*v {
		text += "  (nobody may see you)"
	}
	return look.S(kit.Fit("   "+text, w))
}

func (m *Model) agentLine(r row, w int, cursor, focused bool) string {
	s := m.env.Styles
	sign, look := "–", s.Dim
	text := "takes no calls of it"
	if r.agent.Takes {
		sign, look, text = "✓", s.Good, "takes its calls"
	}
	nw := min(max(w*27/100, 16), 30)
	name := strings.TrimSpace(r.agent.Name)
	if name == "" {
		name = r.agent.Number
	}
	on := func(set theme.Set, t string) string { return set.On(cursor, focused).S(t) }
	return on(look, "   "+sign+" ") + on(s.Text, kit.Fit(name, max(nw-2, 1))) + on(s.Dim, kit.Fit(" "+r.agent.Number, 8)) + on(s.Dim, kit.Fit(text, max(w-5-(nw-2)-8, 0)))
}
