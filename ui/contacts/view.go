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

// wideFrom is the width from which the details stand beside the list, listShare how
// much of a hundred the list gets then.
const (
	wideFrom  = 100
	listShare = 61
	listMost  = 120
)

// columns is how wide each column is; 0 leaves it out.
type columns struct{ present, name, company, number, source int }

// lead is the cells before the first column: cursor bar, mark, two signs.
const lead = 4

func (m *Model) layout(w int) columns {
	c := columns{name: 20, number: 14, source: 8}
	switch {
	case w >= 112:
		c.name, c.number = 32, 18
	case w >= 72:
		c.name, c.number = 26, 18
	case w < 40:
		c.name, c.number, c.source = max(w-lead-1, 0), 0, 0
	case w < 52:
		c.number = 0
	}
	if m.env.Present != nil && w >= 40 {
		c.present = 1
	}
	used := lead
	for _, n := range []int{c.present, c.name, c.number, c.source} {
		if n > 0 {
			used += n + 1
		}
	}
	if c.company = w - used - 2; c.company < 4 {
		c.company = 0
	}
	return c
}

// View is exactly h lines of exactly w cells.
func (m *Model) View(w, h int, focused bool) []string {
	if w <= 0 || h <= 0 {
		return nil
	}
	if w < wideFrom {
		if m.beside {
			return m.details(w, h, focused)
		}
		return m.rowsView(w, h, focused)
	}
	left := min(w*listShare/100, listMost)
	a, b := m.rowsView(left, h, focused && !m.beside), m.details(w-left-1, h, focused && m.beside)
	line := m.env.Styles.Border.S("│")
	for i := range a {
		a[i] += line + b[i]
	}
	return a
}

func (m *Model) rowsView(w, h int, focused bool) []string {
	s, t := m.env.Styles, m.list()
	out := make([]string, 0, h)
	out = append(out, m.title(w, focused))
	if text := m.trouble(); text != "" && h > 4 {
		out = append(out, s.Warn.S(kit.Fit(" "+text, w)))
	}
	c := m.layout(w)
	if h > 2 {
		out = append(out, header(c, s, w))
	}
	t.Leap = w < wideFrom*listShare/100
	t.SetHeight(max(h-len(out), 0))
	if m.twins != nil {
		m.table.SetHeight(max(h-len(out), 0))
	}
	rows, cursor := t.Visible()
	for i, r := range rows {
		out = append(out, m.row(r, c, w, i == cursor, focused))
	}
	if len(rows) == 0 {
		for _, line := range m.empty(w) {
			out = append(out, s.Dim.S(kit.Fit(line, w)))
		}
	}
	return screen.Lines(out, h, kit.Space(w))
}

func (m *Model) title(w int, focused bool) string {
	s, t := m.env.Styles, m.list()
	left := " Contacts"
	if v := m.view.words(); v != "" {
		left += ": " + v
	}
	if m.text != "" {
		left += "  / " + m.text
	}
	if m.twins != nil {
		left = " The same number or address as " + screen.ContactName(m.twins.of)
	}
	if n := len(t.Marks()); n > 0 {
		left += "  ·  " + kit.Count(n, true) + " marked"
	}
	if t.Ranging() {
		left += "  ·  range"
	}
	place, order := m.place(), ""
	if w >= 60 && m.twins == nil {
		order = "  by name"
	}
	paint := s.Title
	if focused {
		paint = s.Focus
	}
	lw := max(w-kit.Width(place)-kit.Width(order)-2, 0)
	return paint.S(kit.Fit(left, lw)) + kit.Fit(" "+place, w-lw-kit.Width(order)-1) + s.Dim.S(order) + kit.Space(min(w, 1))
}

// place is where the cursor is: "3 of 25", or only how many there are.
func (m *Model) place() string {
	t := m.list()
	i, _ := t.Index()
	switch {
	case m.twins != nil:
		return fmt.Sprintf("%d of %d", i+1, t.Len())
	case m.err != nil:
		return ""
	case m.told && m.total == 0 && t.Len() == 0:
		return "none"
	case t.Len() == 0:
		return ""
	}
	of := ""
	if m.told {
		of = kit.Count(max(m.total, 1), m.exact)
	} else if t.Whole() {
		of = kit.Count(t.Len(), true)
	}
	if m.placed && of != "" {
		return kit.Count(m.first+i+1, true) + " of " + of
	}
	return of
}

func header(c columns, s *theme.Styles, w int) string {
	var b strings.Builder
	b.WriteString(kit.Space(lead))
	cell := func(name string, width int) {
		if width > 0 {
			b.WriteByte(' ')
			b.WriteString(kit.Fit(name, width))
		}
	}
	cell("", c.present)
	cell("name", c.name)
	cell("company", c.company)
	cell("number", c.number)
	cell("from", c.source)
	return s.Dim.S(kit.Fit(b.String(), w))
}

// signs is the cells before the columns: mark, favourite, and a change on its way or
// others like it.
func (m *Model) signs(r store.Contact) (mark, star, second string) {
	mark, star, second = " ", " ", " "
	if m.list().Marked(r.ID) {
		mark = "+"
	}
	if r.Favorite {
		star = "★"
	}
	switch {
	case r.Pending:
		second = "↑"
	case r.Duplicates > 0:
		second = "="
	}
	return mark, star, second
}

// row is one line. The cursor shows as a bar and a block of colour up to the name.
func (m *Model) row(r store.Contact, c columns, w int, cursor, focused bool) string {
	s := m.env.Styles
	var b strings.Builder
	b.Grow(w + 200)
	mark, star, second := m.signs(r)
	dot, _ := m.present(r)
	main := s.Strong
	if r.Status != "" && r.Status != enabled {
		main = s.Dim
	}
	name := kit.Fit(screen.Flat(screen.ContactName(r)), c.name)
	used := lead + 1 + c.name
	if c.present > 0 {
		used += 1 + c.present
	}
	if cursor {
		text := "▌" + mark + star + second
		if c.present > 0 {
			text += " " + kit.Fit(dot, c.present)
		}
		main.On(true, focused).To(&b, text+" "+name)
	} else {
		b.WriteByte(' ')
		s.Mark.To(&b, mark)
		s.Accent.To(&b, star)
		s.Warn.To(&b, second)
		if c.present > 0 {
			b.WriteByte(' ')
			s.Good.To(&b, kit.Fit(dot, c.present))
		}
		b.WriteByte(' ')
		main.To(&b, name)
	}
	cell := func(set theme.Set, text string, width int) {
		if width > 0 {
			b.WriteByte(' ')
			set.To(&b, kit.Fit(screen.Flat(text), width))
			used += width + 1
		}
	}
	company := r.Company
	if company == "" || company == screen.ContactName(r) {
		company = r.Department
	}
	cell(s.Text, company, c.company)
	cell(s.Text, firstNumber(r), c.number)
	cell(s.Dim, screen.ContactSource(r), c.source)
	b.WriteString(kit.Space(w - used))
	return b.String()
}

// enabled is the status of somebody in the directory who can be called.
const enabled = "Enabled"

// Legend is what the signs of the list mean, for the help.
func (m *Model) Legend() [][2]string {
	all := [][2]string{
		{"★", "a favourite"},
		{"+", "marked"},
		{"↑", "a change waits to be sent"},
		{"=", "others have the same number or e-mail address"},
	}
	if m.env.Present != nil {
		all = append(all, screen.PresenceLegend()...)
	}
	return all
}

// firstNumber is the number a call goes to, and how many others there are.
func firstNumber(r store.Contact) string {
	numbers := screen.Dialled(r)
	if len(numbers) == 0 {
		return ""
	}
	text := screen.NumberOf(numbers[0])
	if strings.EqualFold(numbers[0].Kind, "extension") {
		text = "ext. " + text
	}
	if len(numbers) > 1 {
		text += fmt.Sprintf(" +%d", len(numbers)-1)
	}
	return text
}

func (m *Model) present(r store.Contact) (sign, words string) {
	if m.env.Present == nil {
		return "", ""
	}
	return m.env.Present(r)
}

// trouble is why some contacts are not here, in one line.
func (m *Model) trouble() string {
	var parts []string
	for _, f := range m.feeds {
		name := map[string]string{store.FeedContacts: "your own contacts", store.FeedDirectory: "the company directory", store.FeedFavorites: "the favourites"}[f.Name]
		switch {
		case name == "":
		case f.Denied:
			parts = append(parts, name+": not permitted")
		case f.Err != "" && f.Until.After(m.env.Now()):
			parts = append(parts, name+": "+f.Err+", next try "+screen.Clock(f.Until, m.env.Now(), m.env.Location))
		case f.Err != "":
			parts = append(parts, name+": "+f.Err)
		case !f.Done:
			parts = append(parts, name+": being read, there may be more")
		}
	}
	return strings.Join(parts, "; ")
}

// empty is what an empty list says: why it is empty, and what to do.
func (m *Model) empty(w int) []string {
	lines := func(text ...string) []string {
		out := []string{""}
		for _, t := range text {
			for _, part := range kit.Wrap(t, max(w-lead-2, 10)) {
				out = append(out, kit.Space(lead)+part)
			}
		}
		return out
	}
	switch {
	case m.err != nil:
		return lines("The contacts cannot be shown: "+m.err.Error(), "F5 tries again.")
	case m.fresh || !m.list().Loaded():
		return lines("Looking ...")
	case m.text != "":
		return lines("No contact has "+m.text, "Esc shows all again.")
	case m.view != (view{}):
		return lines("There is nobody in this part of the contacts ("+m.view.words()+").", "Esc shows all.")
	case len(m.feeds) == 0:
		return lines("No account here has contacts.")
	}
	return lines("There are no contacts yet.", m.way(keymap.AddContact)+" adds one, "+m.way(keymap.ImportCards)+" imports a vCard file.")
}
