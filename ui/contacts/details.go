package contacts

import (
	"fmt"
	"strings"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// label is how wide the names of the details are.
const label = 13

// page collects lines of w cells.
type page struct {
	s     *theme.Styles
	w     int
	lines []string
}

func (p *page) add(set theme.Set, text string) {
	if text == "" {
		return
	}
	for _, l := range kit.Wrap(text, max(p.w-2, 1)) {
		p.lines = append(p.lines, kit.Space(min(1, p.w))+set.S(kit.Fit(l, max(p.w-1, 0))))
	}
}

func (p *page) blank() {
	if len(p.lines) > 0 && p.lines[len(p.lines)-1] != kit.Space(p.w) {
		p.lines = append(p.lines, kit.Space(p.w))
	}
}

// field is a named value; a long one goes on under itself.
func (p *page) field(name string, set theme.Set, value string) {
	if value == "" {
		return
	}
	if p.w < label+8 {
		p.add(set, value)
		return
	}
	room := p.w - label - 2
	for i, l := range kit.Wrap(value, room) {
		if i > 0 {
			name = ""
		}
		p.lines = append(p.lines, p.s.Dim.S(" "+kit.Fit(name, label))+set.S(kit.Fit(l, room))+" ")
	}
}

// details is the contact under the cursor, in h lines of w cells.
func (m *Model) details(w, h int, focused bool) []string {
	s := m.env.Styles
	paint := s.Title
	if focused {
		paint = s.Focus
	}
	m.height = max(h-1, 0)
	c, ok := m.Current()
	if !ok {
		m.lines = 0
		return screen.Lines([]string{paint.S(kit.Fit("", w))}, h, kit.Space(w))
	}
	if c.ID != m.topOf {
		m.top, m.topOf = 0, c.ID
	}
	p := page{s: s, w: w}
	m.say(&p, c)
	m.lines = len(p.lines)
	m.top = max(min(m.top, m.lines-m.height), 0)
	right := ""
	if m.lines > m.height {
		right = fmt.Sprintf("  %d%% ", min((m.top+m.height)*100/max(m.lines, 1), 100))
	}
	rw := kit.Width(right)
	out := []string{paint.S(kit.Fit(" "+screen.Flat(screen.ContactName(c)), max(w-rw, 0))) + s.Dim.S(kit.Fit(right, min(rw, w)))}
	return screen.Lines(append(out, p.lines[m.top:min(m.top+m.height, m.lines)]...), h, kit.Space(w))
}

func (m *Model) say(p *page, c store.Contact) {
	s := p.s
	if c.Favorite {
		p.add(s.Accent, "★ a favourite")
	}
	if c.Company != screen.ContactName(c) {
		p.add(s.Strong, c.Company)
	}
	p.add2(s.Text, c.Job, c.Department)
	if _, words := m.present(c); words != "" {
		p.add(s.Good, words)
	}
	p.blank()
	numbers := screen.Dialled(c)
	for _, n := range numbers {
		p.field(screen.NumberKind(n.Kind), s.Strong, screen.NumberOf(n))
	}
	for _, e := range c.Emails {
		p.field("e-mail", s.Text, e)
	}
	p.field("web", s.Text, c.Web)
	p.field("birthday", s.Text, c.Birthday)
	for _, a := range c.Address {
		p.field("address", s.Text, a)
	}
	p.blank()
	p.field("from", s.Dim, screen.SourceWords(c)+standing(c))
	if c.Pending {
		p.field("", s.Warn, "↑ a change is on its way to the service")
	}
	if c.Duplicates > 0 {
		others := "one other contact has"
		if c.Duplicates > 1 {
			others = kit.Count(c.Duplicates, c.Duplicates < 100) + " other contacts have"
		}
		p.field("the same", s.Warn, others+" this number or address; "+m.way(keymap.Duplicates)+" shows them")
	}
	if c.Notes != "" {
		p.blank()
		p.lines = append(p.lines, s.Border.S(kit.Fit(" "+kit.Rule("Notes", max(p.w-2, 0)), p.w)))
		p.add(s.Note, c.Notes)
	}
	p.blank()
	p.add(s.Dim, m.way(keymap.Open)+" shows everything from and to this person.")
}

// add2 is two words on one line, as far as they are there.
func (p *page) add2(set theme.Set, a, b string) {
	text := strings.Trim(a+", "+b, ", ")
	if text != "" {
		p.add(set, text)
	}
}

// standing is what the directory says of somebody.
func standing(c store.Contact) string {
	text := ""
	if c.Type != "" && c.Type != "User" {
		text += ", " + words(c.Type)
	}
	if c.Status != "" && c.Status != enabled {
		text += ", " + words(c.Status)
	}
	return text
}

// words takes apart what a service writes as one: "NotActivated" is "not activated".
func words(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}

// read moves in the details, where they have the focus.
func (m *Model) read(a keymap.Action) bool {
	page := max(m.height-1, 1)
	switch a {
	case keymap.Down:
		m.top++
	case keymap.Up:
		m.top--
	case keymap.PageDown:
		m.top += page
	case keymap.PageUp:
		m.top -= page
	case keymap.HalfPageDown:
		m.top += max(page/2, 1)
	case keymap.HalfPageUp:
		m.top -= max(page/2, 1)
	case keymap.Top:
		m.top = 0
	case keymap.Bottom:
		m.top = m.lines
	default:
		return false
	}
	m.top = max(min(m.top, m.lines-m.height), 0)
	return true
}
