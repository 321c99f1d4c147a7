package inbox

import (
	"fmt"
	"strings"
	"time"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// columns is how wide each column is; 0 leaves it out.
type columns struct{ age, kind, who, number, box, what, length, file int }

// lead is the cells before the first column: cursor bar, mark, two signs.
const lead = 4

// layout is the columns that fit w cells. box is how wide the longest name of a mailbox is,
// 0 where rows need not say whose they are; mixed says that they are of several services.
func layout(w, box int, mixed bool) columns {
	c := columns{age: 3, kind: 4, who: 16, length: 5, file: 4}
	if w >= 60 {
		c.box = min(box, 14, w/6)
	}
	switch {
	case w >= 112:
		c.who, c.number = 24, 14
	case w >= 96:
		c.who = 24
	case w >= 72:
		c.who = 20
	case w < 52:
		c.file, c.who = 0, 12
	}
	if c.box > 0 && mixed && w < 96 { // what it is about needs the room more
		c.who = min(c.who, 16)
	}
	if w < 40 {
		c.kind, c.length, c.who = 0, 0, max(w-lead-5, 0)
	}
	used := lead
	for _, n := range []int{c.age, c.kind, c.who, c.number, c.box, c.length, c.file} {
		if n > 0 {
			used += n + 1
		}
	}
	c.what = max(w-used-1, 0)
	return c
}

// View is exactly h lines of exactly w cells: a title, the names of the
// columns, and rows.
func (m *Model) View(w, h int, focused bool) []string {
	if w <= 0 || h <= 0 {
		return nil
	}
	l, s := m.top(), m.env.Styles
	out := make([]string, 0, h)
	out = append(out, m.title(l, w, focused))
	c := layout(w, m.env.LongestMailbox(), m.env.Mixed())
	out = append(out, m.above(l, w, min(4, (h-6)/3))...)
	if h > 2 {
		out = append(out, header(c, s, w))
	}
	l.table.Leap = m.beside
	l.table.SetHeight(h - len(out))
	rows, cursor := l.table.Visible()
	now := m.env.Now()
	var b strings.Builder
	for i, r := range rows {
		b.Reset()
		b.Grow(w + 400)
		m.row(&b, r, c, w, now, i == cursor, focused)
		out = append(out, b.String())
	}
	if len(rows) == 0 {
		for _, line := range m.empty(l, w) {
			out = append(out, s.Dim.S(kit.Fit(line, w)))
		}
	}
	return screen.Lines(out, h, kit.Space(w))
}

// SetHeight tells how many lines the screen will have, before it is drawn.
func (m *Model) SetHeight(h int) {
	for _, l := range m.lists {
		l.table.SetHeight(max(h-2, 0))
	}
}

// SetBeside tells whether another pane stands beside the list.
func (m *Model) SetBeside(yes bool) { m.beside = yes }

func (m *Model) title(l *list, w int, focused bool) string {
	s := m.env.Styles
	left := " " + l.title + m.partly(l)
	if m.env.Mailbox != "" && !l.wide {
		left += " · " + m.env.Account(m.env.Mailbox)
	}
	if l.filter != "" {
		left += `  \ ` + l.filter
	}
	if n := len(l.table.Marks()); n > 0 {
		left += "  ·  " + kit.Count(n, true) + " marked"
	}
	if l.table.Ranging() {
		left += "  ·  range"
	}
	place, order := m.place(l), ""
	if w >= 60 {
		order = "  " + orderWords(l.order)
	}
	if kit.Width(place)+kit.Width(order)+2 > w {
		order = ""
	}
	paint := s.Title
	if focused {
		paint = s.Focus
	}
	lw := max(w-kit.Width(place)-kit.Width(order)-2, 0)
	return paint.S(kit.Fit(left, lw)) + kit.Fit(" "+place, w-lw-kit.Width(order)-1) + s.Dim.S(order) + " "
}

// place is where the cursor is: "3 of 25", or only how many there are.
func (m *Model) place(l *list) string {
	switch {
	case l.err != nil:
		return ""
	case l.told && l.total == 0 && l.table.Len() == 0:
		return "none"
	case l.table.Len() == 0:
		return ""
	}
	i, _ := l.table.Index()
	of := ""
	if l.told {
		of = kit.Count(max(l.total, 1), l.exact)
	} else if l.table.Whole() {
		of = kit.Count(l.table.Len(), true)
	}
	switch {
	case l.placed && of != "":
		return kit.Count(l.first+i+1, true) + " of " + of
	case of != "":
		return of
	}
	return ""
}

func header(c columns, s *theme.Styles, w int) string {
	var b strings.Builder
	b.WriteString(kit.Space(lead))
	cell := func(name string, width int, right bool) {
		if width == 0 {
			return
		}
		b.WriteByte(' ')
		if right {
			b.WriteString(kit.FitRight(name, width))
		} else {
			b.WriteString(kit.Fit(name, width))
		}
	}
	cell("age", c.age, true)
	cell("kind", c.kind, false)
	cell("who", c.who, false)
	cell("number", c.number, false)
	cell("mailbox", c.box, false)
	cell("what", c.what, false)
	cell("len", c.length, true)
	cell("file", c.file, true)
	return s.Dim.S(kit.Fit(b.String(), w))
}

// row is one line. Each cell is cut and padded to its width and painted once.
// The cursor shows as a bar and a block of colour that ends with the name: a
// move of the cursor then rewrites two halves of rows, not two rows, and the
// terminal has little to do.
func (m *Model) row(b *strings.Builder, r store.Row, c columns, w int, now time.Time, cursor, focused bool) {
	s := m.env.Styles
	main := s.Text
	if !r.Read && r.Direction != store.Outbound && r.State != store.Done || screen.MissedCall(r) {
		main = s.Strong
	}
	if r.State == store.Done || r.Availability != store.Alive {
		main = s.Dim
	}
	if cursor {
		main.On(true, focused).To(b, m.front(r, c, now))
	} else {
		m.coloured(b, r, c, now, main)
	}
	used := lead
	for _, n := range []int{c.age, c.kind, c.who} {
		if n > 0 {
			used += n + 1
		}
	}
	cell := func(set theme.Set, text string, width int, right bool) {
		if width == 0 {
			return
		}
		if right {
			text = kit.FitRight(text, width)
		} else {
			text = kit.Fit(text, width)
		}
		b.WriteByte(' ')
		set.To(b, text)
		used += width + 1
	}
	number := ""
	if r.Who.Name+r.Who.Known != "" { // else it is the name
		number = screen.Number(r.Who.Number)
	}
	cell(s.Dim, number, c.number, false)
	cell(s.Note, m.env.Box(r), c.box, false)
	m.what(b, r, c.what)
	if c.what > 0 {
		used += c.what + 1
	}
	_, set := screen.FileSign(r, s)
	cell(set, m.end(r, c), c.end(), true)
	b.WriteString(kit.Space(w - used))
}

// end is the width of the last columns together.
func (c columns) end() int {
	if c.file == 0 {
		return c.length
	}
	return c.length + 1 + c.file
}

// end is length and files, which are painted as one.
func (m *Model) end(r store.Row, c columns) string {
	if c.file == 0 {
		return screen.Length(r)
	}
	sign, _ := screen.FileSign(r, m.env.Styles)
	if r.Linked != 0 {
		sign += "»"
	}
	return kit.FitRight(screen.Length(r), c.length) + " " + kit.FitRight(sign, c.file)
}

// signs is the cells before the columns: mark, state, and a second sign.
func (m *Model) signs(r store.Row) (mark, sign, second string, set, other theme.Set) {
	s := m.env.Styles
	mark = " "
	if m.top().table.Marked(int64(r.ID)) {
		mark = "+"
	}
	sign, set = screen.Sign(r, s)
	second, other = screen.Second(r, s)
	return mark, sign, second, set, other
}

// front is the columns up to the name without colours, for the cursor's block.
func (m *Model) front(r store.Row, c columns, now time.Time) string {
	mark, sign, second, _, _ := m.signs(r)
	text := "▌" + mark + sign + second
	if c.age > 0 {
		wait, _ := m.wait(r, now)
		text += wait + kit.FitRight(kit.Age(now.Sub(r.Time)), c.age)
	}
	if c.kind > 0 {
		text += " " + kit.Fit(m.kind(r), c.kind)
	}
	return text + " " + m.whoText(r, c.who)
}

// coloured is the same columns in their colours.
func (m *Model) coloured(b *strings.Builder, r store.Row, c columns, now time.Time, main theme.Set) {
	s := m.env.Styles
	mark, sign, second, set, other := m.signs(r)
	b.WriteByte(' ')
	if mark == " " {
		b.WriteByte(' ')
	} else {
		s.Mark.To(b, mark)
	}
	for _, x := range []struct {
		text string
		set  theme.Set
	}{{sign, set}, {second, other}} {
		if x.text == " " {
			b.WriteByte(' ')
		} else {
			x.set.To(b, x.text)
		}
	}
	text := ""
	if c.age > 0 {
		text = kit.FitRight(kit.Age(now.Sub(r.Time)), c.age)
		if wait, look := m.wait(r, now); wait == " " {
			text = " " + text
		} else {
			look.To(b, wait+text)
			text = ""
		}
	}
	if c.kind > 0 {
		text += " " + kit.Fit(m.kind(r), c.kind)
	}
	s.Age.To(b, text)
	b.WriteByte(' ')
	m.whoTo(b, r, c.who, main)
}

func (m *Model) what(b *strings.Builder, r store.Row, w int) {
	if w <= 0 {
		return
	}
	s := m.env.Styles
	set := s.Text
	if !screen.HasWords(r) || r.State == store.Done || r.Availability != store.Alive {
		set = s.Dim
	}
	b.WriteByte(' ')
	w = m.leave(b, r, w)
	if tags := kit.Cut(m.env.Tags(r), w*2/3); tags != "" {
		s.Note.To(b, tags+" ")
		w -= kit.Width(tags) + 1
	}
	var text string
	if r.Kind == store.Call {
		text, set = m.outcome(r)
	} else {
		text = screen.Flat(screen.What(r))
	}
	if words := m.top().words; len(words) > 0 {
		text = kit.Fit(screen.Snippet(text, words, w), w)
		b.WriteString(screen.Highlight(text, words, set.Paint, s.Match.Paint))
		return
	}
	set.To(b, kit.Fit(text, w))
}

// empty is what an empty list says: why it is empty, and what to do.
func (m *Model) empty(l *list, w int) []string {
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
	case l.err != nil:
		return lines("This list cannot be shown: "+l.err.Error(), "F5 tries again.")
	case l.fresh || !l.table.Loaded():
		return lines("Looking ...")
	case l.filter != "":
		return lines(fmt.Sprintf("Nothing in %s passes the filter %s", l.title, l.filter), "Esc clears it.")
	case l.person != nil:
		return lines("There is nothing from or to "+strings.TrimPrefix(l.title, with)+" on this machine.", m.backWords())
	case l.calls():
		return lines(m.noCalls(l), "F5 asks the service now.")
	case l.results:
		return append(lines("Nothing found for "+l.base, "Esc goes back to where you were."), m.waitingWords(w)...)
	case l.base == "in:inbox":
		return append(lines("All done. Nothing waits in the inbox.", m.whereDone()), m.waitingWords(w)...)
	}
	return append(lines("There is nothing in "+l.title+"."), m.waitingWords(w)...)
}
