package compose

import (
	"fmt"
	"strings"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// How the letter is laid out: the room of the names of its fields, how many lines of the
// text are shown at least and at most, and how many people are offered at a time.
const (
	label      = 9
	leastLines = 3
	mostLines  = 10
	offered    = 5
)

// mostText is how wide the text is wrapped at most: as wide as it is well read.
const mostText = 100

// page is the letter as it is drawn: its lines, and where the cursor is among them.
type page struct {
	s     *theme.Styles
	w     int // of a line
	lines []string
	x, y  int
}

func (p *page) add(name string, on bool, text string) {
	paint := p.s.Dim.Paint
	if on {
		paint = p.s.Focus
	}
	p.lines = append(p.lines, paint.S(kit.Fit(name, min(label, p.w)))+text)
}

// room is how wide the value of a field can be.
func (p *page) room() int { return max(p.w-label, 1) }

// cursorAt puts the cursor into the line that comes next.
func (p *page) cursorAt(cell int) { p.x, p.y = label+cell, len(p.lines) }

// textWidth is how wide the text is wrapped.
func (m *Model) textWidth() int { return max(min(m.w-4-label, mostText), 2) }

// View is the letter in a frame, at most h lines of w cells. Cursor says where the
// cursor is in it.
func (m *Model) View(w, h int) []string {
	l := m.cur
	if l == nil || w < 20 || h < 5 {
		return nil
	}
	m.w, m.h = w, h
	p := &page{s: m.env.Styles, w: w - 4, x: -1}
	if l.picker.is != noPicker {
		m.drawPicker(p)
	} else {
		m.drawFields(p, h)
	}
	status := m.status(p.w)
	room := h - 3 // the frame and the status
	if len(p.lines) > room {
		m.top = kit.Windowed(len(p.lines), room, max(p.y, 0), m.top)
		p.lines = p.lines[m.top : m.top+room]
		p.y -= m.top
	} else {
		m.top = 0
	}
	m.x, m.y = 2+p.x, 1+p.y
	if p.x < 0 {
		m.x = -1
	}
	return kit.Box(m.title(w-6), append(p.lines, status), w, len(p.lines)+3, m.env.Styles.Focus.S)
}

// Cursor is where the cursor is in what View drew; x is negative where there is none.
func (m *Model) Cursor() (x, y int) { return m.x, m.y }

func (m *Model) title(w int) string {
	l := m.cur
	if l.kind == "" {
		return "What is to be written?"
	}
	t := screen.SendKindName(l.kind)
	if len(l.to) > 0 {
		t = pageTo(l.kind)
		names := make([]string, len(l.to))
		for i, r := range l.to {
			names[i] = screen.RecipientName(r)
		}
		t += " to " + screen.Numbered(names, 3)
	}
	if l.about != "" {
		t += ", " + l.about
	}
	return kit.Cut(t, w)
}

// pageTo is what is sent, in front of whom it goes to.
func pageTo(k store.SendKind) string {
	if k == store.SendPager {
		return "Page"
	}
	return screen.SendKindName(k)
}

func (m *Model) drawPicker(p *page) {
	s, l := p.s, m.cur
	for i, o := range l.picker.list {
		on := i == l.picker.at
		if on {
			p.y = len(p.lines)
		}
		bar := "  "
		if on {
			bar = "▌ "
		}
		head := s.Accent.S(bar) + s.Key.S(o.key) + "  "
		if l.picker.is == pickReply && on { // the one that is marked is shown whole
			for j, line := range kit.Wrap(o.text, max(p.w-5, 1)) {
				if j > 0 {
					head = s.Accent.S(bar) + "   "
				}
				p.lines = append(p.lines, head+s.Strong.S(kit.Fit(line, max(p.w-5, 0))))
			}
			continue
		}
		set := s.Text
		if on {
			set = s.Strong
		}
		p.lines = append(p.lines, head+set.S(kit.Fit(strings.ReplaceAll(o.text, "\n", " "), max(p.w-5, 0))))
	}
}

func (m *Model) drawFields(p *page, h int) {
	l := m.cur
	for _, f := range l.fields() {
		on := l.focus == f
		switch f {
		case toField:
			m.drawTo(p, on)
		case fromField:
			m.drawChoice(p, "From", l.fromWords(), on)
		case filesField:
			m.drawFiles(p, on)
		case coverField:
			m.drawChoice(p, "Cover", coverName(l.covers, l.cover), on)
		case fineField:
			text := "standard"
			if l.fine {
				text = "fine: sharper, and slower on its way"
			}
			m.drawChoice(p, "Quality", text, on)
		case whenField:
			m.drawWhen(p, on)
		case textField:
			m.drawText(p, h, on)
		}
	}
}

func nonEmpty(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// whomFor is what something of a kind goes to.
func whomFor(kind store.SendKind) string {
	switch kind {
	case store.SendPager:
		return "a name, or an extension"
	case store.SendFax:
		return "a name, or a fax number"
	}
	return "a name, or a number"
}

// drawTo is the recipients, the line that is typed into, and who may be meant.
func (m *Model) drawTo(p *page, on bool) {
	s, l := p.s, m.cur
	name, line, used := "To", "", 0
	flush := func() {
		p.add(name, on, line+kit.Space(p.room()-used))
		name, line, used = "", "", 0
	}
	for _, r := range l.to {
		who, where := kit.Cut(store.CleanLine(screen.RecipientName(r)), p.room()/2), ""
		if r.Name != "" {
			where = " " + screen.RecipientWhere(r)
		}
		where = kit.Cut(where, p.room()-kit.Width(who))
		n := kit.Width(who) + kit.Width(where)
		if used > 0 && used+2+n > p.room() {
			flush()
		}
		if used > 0 {
			line += s.Dim.S(", ")
			used += 2
		}
		line += s.Strong.S(who) + s.Dim.S(where)
		used += n
	}
	const least = 16 // cells to type in
	if on || len(l.in.Value) > 0 {
		if used > 0 && used+2+least > p.room() {
			flush()
		}
		if used > 0 {
			line += s.Dim.S(", ")
			used += 2
		}
		text, at := l.in.View(p.room() - used)
		if on {
			p.cursorAt(used + at)
		}
		if len(l.to) == 0 && len(l.in.Value) == 0 {
			line += s.Dim.S(kit.Fit(whomFor(l.kind), p.room()))
		} else {
			line += s.Text.S(text)
		}
		used = p.room()
	} else if used == 0 {
		line, used = s.Dim.S(kit.Fit("nobody yet", p.room())), p.room()
	}
	flush()
	if on {
		m.drawFound(p)
	}
}

// drawFound is who may be meant by what is typed.
func (m *Model) drawFound(p *page) {
	s, l := p.s, m.cur
	list := l.found.list
	typed := strings.TrimSpace(l.in.String())
	if typed == "" || l.found.text != typed || len(list) == 0 {
		return
	}
	_, whole := wholeNumber(l.kind, l.region, typed)
	from := kit.Windowed(len(list), offered, l.found.at, 0)
	for i := from; i < len(list) && i < from+offered; i++ {
		c := list[i]
		on := i == l.found.at && (!whole || l.found.moved)
		bar, set := "  ", s.Text
		if on {
			bar, set = "▌ ", s.Strong
		}
		right := kit.Fit(store.CleanLine(c.kind), 13) + "  " + kit.Fit(c.source, 8)
		if p.room() < 60 { // who and which number go before what kind that is
			right = kit.Fit(store.CleanLine(c.kind), 8)
		}
		const most, number = 34, 16 // cells of a name, and of a telephone number
		name := min(max(p.room()-2-number-1-kit.Width(right), 8), most)
		left := kit.Fit(store.CleanLine(screen.RecipientName(c.Recipient)), name-2) + "  " + kit.Fit(screen.RecipientWhere(c.Recipient), number)
		p.add("", false, s.Accent.S(bar)+set.S(left)+" "+s.Dim.S(kit.Fit(right, max(p.room()-2-name-number-1, 0))))
	}
	if len(list) > offered {
		p.add("", false, s.Dim.S(kit.Fit(fmt.Sprintf("  %d of %d; ↑ ↓ choose, or type on", min(l.found.at+1, len(list)), len(list)), p.room())))
	}
}

func (m *Model) drawChoice(p *page, name, text string, on bool) {
	s := p.s
	if !on {
		p.add(name, false, s.Text.S(kit.Fit(text, p.room())))
		return
	}
	p.cursorAt(0)
	const more = "← → choose"
	p.add(name, true, s.Strong.S(kit.Fit(text, max(p.room()-kit.Width(more), 0)))+s.Dim.S(kit.Cut(more, p.room())))
}

func (m *Model) drawFiles(p *page, on bool) {
	s, l := p.s, m.cur
	name := "Files"
	row := func(text string, set theme.Set) {
		p.add(name, on, set.S(kit.Fit(text, p.room())))
		name = ""
	}
	if l.resend != 0 {
		row(kit.Between(store.CleanLine(l.whole), "sent on as it is", p.room()), s.Accent)
	}
	for _, f := range l.files {
		row(fileLine(f, p.room()), s.Accent)
	}
	switch {
	case on:
		text, at := l.path.View(max(p.room()-2, 1))
		p.cursorAt(2 + at)
		p.add(name, true, s.Focus.S("› ")+s.Text.S(text))
	case name != "" && l.wordsOnly():
		row("none: the words below are the page", s.Dim)
	case name != "":
		row("none", s.Dim)
	}
}

func (m *Model) drawWhen(p *page, on bool) {
	s, l := p.s, m.cur
	switch {
	case on:
		const eg = "17:30, tomorrow 8, fri 14:00; empty: now"
		text, at := l.when.View(max(p.room()-kit.Width(eg)-1, 8))
		p.cursorAt(at)
		p.add("Send", true, s.Text.S(text)+s.Dim.S(kit.FitRight(eg, max(p.room()-kit.Width(text), 0))))
	case l.at.IsZero():
		p.add("Send", false, s.Text.S(kit.Fit("now", p.room())))
	default:
		p.add("Send", false, s.Strong.S(kit.Fit(whenText(l.at, m.env.Location), p.room())))
	}
}

// drawText is the text, as many lines of it as there is room for.
func (m *Model) drawText(p *page, h int, on bool) {
	s, l := p.s, m.cur
	lines, at, cell := l.ed.Lines(m.textWidth())
	room := h - 3 - len(p.lines)
	show := min(max(room, leastLines), mostLines, max(len(lines), leastLines))
	top := 0
	if at >= show {
		top = min(at-show+1, max(len(lines)-show, 0))
	}
	name := "Text"
	if l.kind == store.SendFax {
		name = "Words"
	}
	for i := top; i < top+show; i++ {
		text := ""
		if i < len(lines) {
			text = strings.TrimRight(string(l.ed.Value[lines[i].From:lines[i].To]), "\n")
		}
		if i == at && on {
			p.cursorAt(cell)
		}
		if i == 0 && len(l.ed.Value) == 0 && l.kind == store.SendFax {
			p.add(name, on, s.Dim.S(kit.Fit("for the cover page", p.room())))
		} else {
			p.add(name, on, s.Text.S(kit.Fit(text, p.room())))
		}
		name = ""
	}
}
