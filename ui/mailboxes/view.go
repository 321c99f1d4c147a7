package mailboxes

import (
	"fmt"
	"strings"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// line is a line of the list: a row, what stands under it, or the heading above it.
type line struct {
	kit.Place
	under string // what stands under the row
	look  theme.Set
}

func (m *Model) lay(rows []row) (lines []line, first []int) {
	first = make([]int, len(rows))
	for i, r := range rows {
		if r.head != "" {
			if len(lines) > 0 {
				lines = append(lines, line{Place: kit.Place{Row: i, Gap: true}})
			}
			lines = append(lines, line{Place: kit.Place{Row: i, Head: r.head}})
		}
		if r.sub != "" {
			lines = append(lines, line{Place: kit.Place{Row: i, Head: kit.Space(9) + r.sub}})
		}
		first[i] = len(lines)
		lines = append(lines, line{Place: kit.Place{Row: i}})
		for _, u := range m.under(r) {
			u.Row = i
			lines = append(lines, u)
		}
	}
	return lines, first
}

// under is what there is to say about a mailbox beside its line.
func (m *Model) under(r row) (out []line) {
	s, now := m.env.Styles, m.env.Now()
	add := func(look theme.Set, text string) { out = append(out, line{under: text, look: look}) }
	if r.is == box && r.open {
		if text := m.about(r); text != "" {
			out = append(out, line{under: kit.Space(3) + text, look: s.Dim})
		}
	}
	if r.is != own && r.is != shared {
		return out
	}
	st := r.box.Status
	if st.Phase == store.PhaseSignedOut && r.is == own {
		service, _, _ := strings.Cut(r.box.Key, ":")
		add(s.Bad, "run switchboard login "+service+" in a terminal, then come back; what is here can be read meanwhile")
	} else if st.Err != "" && st.Phase != store.PhaseDenied {
		add(s.Warn, st.Err)
	}
	if st.Pending > 0 {
		add(s.Warn, "↑ "+kit.Plural(st.Pending, "change")+" on the way")
	}
	var denied, waiting []string
	for _, f := range r.box.Feeds {
		switch {
		case f.Denied:
			denied = append(denied, f.Name+" ("+f.Err+")")
		case f.Err != "":
			text := f.Name + " (" + f.Err
			if f.Until.After(now) {
				text += ", again at " + screen.Clock(f.Until, now, m.env.Location)
			}
			waiting = append(waiting, text+")")
		case !f.Done:
			waiting = append(waiting, f.Name)
		}
	}
	if len(denied) > 0 {
		add(s.Warn, "not permitted: "+strings.Join(denied, ", "))
	}
	if len(waiting) > 0 && r.box.Attached {
		add(s.Dim, "not read yet: "+strings.Join(waiting, ", "))
	}
	if text := lacking(r.box.Service); text != "" {
		add(s.Dim, text)
	}
	m.gauge(r.box, add)
	if text := m.limits(r.box.Budgets); text != "" {
		add(s.Dim, text)
	}
	return out
}

// lacking is what a service does not offer that people look for, in few words; "": nothing.
func lacking(service string) string {
	var not []string
	for _, o := range []struct {
		offer store.Offer
		words string
	}{
		{store.OfferBody, "message texts"},
		{store.OfferReply, "answers"},
		{store.OfferForward, "forwarding"},
		{store.OfferDelete, "deleting"},
		{store.OfferCall, "calls"},
		{store.OfferPresent, "presence"},
	} {
		if ok, _ := store.OfferedBy(service, o.offer); !ok {
			not = append(not, o.words)
		}
	}
	if len(not) == 0 {
		return ""
	}
	return "offers no " + strings.Join(not, ", ")
}

// limits is how far the service's limits are used.
func (m *Model) limits(list []store.BudgetState) string {
	now := m.env.Now()
	var parts []string
	known := false
	for _, b := range list {
		known = known || b.Limit > 0 || b.Until.After(now)
		switch {
		case b.Until.After(now):
			parts = append(parts, b.Name+" until "+screen.Clock(b.Until, now, m.env.Location)+" none")
		case b.Limit == 0:
			parts = append(parts, b.Name+" "+kit.Count(b.Used, true))
		default:
			parts = append(parts, fmt.Sprintf("%s %d of %d", b.Name, b.Used, b.Limit))
		}
	}
	switch {
	case len(parts) == 0:
		return ""
	case !known:
		return "the service sets no limit to requests"
	}
	return "requests this minute: " + strings.Join(parts, ", ")
}

// View is exactly h lines of exactly w cells.
func (m *Model) View(w, h int, focused bool) []string {
	if w <= 0 || h <= 0 {
		return nil
	}
	s := m.env.Styles
	paint := s.Title
	if focused {
		paint = s.Focus
	}
	rows := m.rows()
	out := []string{paint.S(kit.Fit(" Mailboxes  "+m.heading(), w))}
	if len(rows) == 0 {
		text := "Looking ..."
		switch {
		case m.err != nil:
			text = "The mailboxes cannot be read: " + store.Reason(m.err)
		case m.filter != "":
			text = "No mailbox fits the filter."
		case m.have:
			text = "There is no mailbox."
		}
		return screen.Lines(append(out, kit.Space(w), s.Dim.S(kit.Fit("   "+text, w))), h, kit.Space(w))
	}
	lines, first := m.lay(rows)
	_, at := m.current(rows)
	fit := max(h-len(out), 1)
	for i := m.cursor.Scroll(kit.Places(lines, func(l line) kit.Place { return l.Place }), first[at], fit); i < len(lines) && len(out) < h; i++ {
		switch l := lines[i]; {
		case l.Gap:
			out = append(out, kit.Space(w))
		case l.Head != "":
			out = append(out, s.Title.S(kit.Fit(" "+l.Head, w)))
		case l.under != "":
			out = append(out, m.edge(l.Row == at, w)+l.look.S(kit.Fit(kit.Space(6)+l.under, max(w-1, 0))))
		default:
			draw := m.line
			if r := rows[l.Row]; r.is == box || r.is == user || r.is == tag {
				draw = m.boxLine
			}
			out = append(out, m.edge(l.Row == at, w)+draw(rows[l.Row], max(w-1, 0), l.Row == at, focused))
		}
	}
	return screen.Lines(out, h, kit.Space(w))
}

func (m *Model) edge(cursor bool, w int) string {
	bar := " "
	if cursor {
		bar = "▌"
	}
	return m.env.Styles.Accent.S(kit.Fit(bar, min(w, 1)))
}

func (m *Model) heading() string {
	if !m.have {
		return ""
	}
	n := 0
	for _, b := range m.boxes {
		n += max(len(b.Boxes), 1)
	}
	text := kit.Plural(n, "mailbox")
	if m.env.Mailbox != "" {
		text += ", shown is " + m.env.Account(m.env.Mailbox)
	}
	if m.filter != "" {
		text += "  filter: " + m.filter
	}
	return text
}

// line is one row.
func (m *Model) line(r row, w int, cursor, focused bool) string {
	s := m.env.Styles
	on := func(set theme.Set, text string) string { return set.On(cursor, focused).S(text) }
	nw := min(max(w*26/100, 18), 32)
	name, number, sign := r.box.Name, r.box.Number, "   "
	state, look, right := "", s.Text, ""
	switch r.is {
	case all:
		name, state = "All mailboxes", "side by side, oldest first"
		look = s.Dim
	case own, shared:
		state, look = m.state(r.box)
		right = openWords(r.box.Open)
		if number == "" && m.env.Mixed() {
			number = screen.ServiceName(r.box.Service)
		}
		if r.is == shared {
			sign = "[x]"
		}
	case offer:
		name, number, sign, state, look = r.offer.Name, r.offer.Number, "[ ]", typeWords(r.offer.Type), s.Dim
		if m.asking == r.key {
			state, look = "asking the service ...", s.Accent
		}
	}
	shown := " "
	if r.is == all && m.env.Mailbox == "" || r.box.Key != "" && r.box.Key == m.env.Mailbox {
		shown = "›"
	}
	if r.is == shared {
		name = "  " + name
	}
	room := max(w-1-5-nw-16-1-10, 0)
	return on(s.Accent, shown) + on(s.Text, " "+sign+" ") + on(s.Strong, kit.Fit(name, nw)) + on(s.Dim, kit.Fit(" "+screen.Number(number), 16)) +
		on(look, kit.Fit(" "+state, room+1)) + on(s.Dim, kit.FitRight(right, 9)+" ")
}

// state is how a mailbox stands with its service.
func (m *Model) state(b store.MailboxState) (string, theme.Set) {
	s := m.env.Styles
	if !b.Attached {
		return "not signed in on this machine", s.Warn
	}
	text := screen.PhaseWords(b.Status, m.env.Now(), m.env.Location)
	look := s.Good
	switch b.Status.Phase {
	case store.PhaseOffline, store.PhaseLimited:
		look = s.Warn
	case store.PhaseSignedOut, store.PhaseDenied:
		look = s.Bad
	case store.PhaseSyncing, store.PhasePolling:
		look = s.Text
	}
	if b.Status.Phase == store.PhaseLive {
		text = "● " + text
	}
	if !b.Synced.IsZero() && b.Status.Phase != store.PhaseLive && !strings.Contains(text, "as of") {
		text += ", as of " + screen.Clock(b.Synced, m.env.Now(), m.env.Location)
	}
	return text, look
}

func openWords(n int) string {
	switch {
	case n == 0:
		return "none open"
	case n >= 1000:
		return "1,000+"
	}
	return fmt.Sprintf("%d open", n)
}

// typeWords is what an extension is.
func typeWords(t string) string {
	switch t {
	case "Department":
		return "queue"
	case "SharedLinesGroup":
		return "shared lines"
	case "Voicemail":
		return "message box"
	case "Limited":
		return "extension of a place"
	case "FaxUser":
		return "fax"
	case "User":
		return "person"
	}
	return strings.ToLower(t)
}
