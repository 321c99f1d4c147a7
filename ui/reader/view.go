package reader

import (
	"fmt"
	"strings"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/preview/graphics"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// roomy is the height from which who sent a message stands above its file even
// though that costs the file some lines.
const roomy = 30

// headLines is how many lines stand above a file.
const headLines = 4

// layout is where things stand in a pane of w cells by h lines.
type layout struct {
	head []string // above the stage
	rows int      // of the stage
	rest []string // below it
}

func (m *Model) layout(w, h int) layout {
	most := h - 1
	if m.Stage == nil || most <= 0 || m.none {
		return layout{rest: m.draw(w, false, false)}
	}
	room := most
	if m.row.Kind == store.MMS { // what was written with a picture is to be seen beside it
		room = min(max(most*3/5, 8), most)
	}
	want := m.Stage.Lines(w, room)
	if want <= 0 || m.past && !m.cuts() {
		return layout{rest: m.draw(w, false, false)}
	}
	headed := headLines+want <= most || h >= roomy && !m.Whole
	rest := m.draw(w, true, headed)
	if headed {
		return layout{head: m.head, rows: m.Stage.Lines(w, max(min(room, most-len(m.head)), 1)), rest: rest}
	}
	return layout{rows: want, rest: rest}
}

// cuts reports whether pictures can be cut at the edge of the pane: those of
// characters can.
func (m *Model) cuts() bool {
	t := m.env.Term.Mode
	return t.Cells() || t == graphics.Kitty || t == graphics.Off
}

// StageAt is where the stage stands in a pane of w cells by h lines: its first
// line, which may be above the pane, and how many it has.
func (m *Model) StageAt(w, h int) (y, rows int) {
	if w <= 0 || h <= 1 || m.none {
		return 0, 0
	}
	l := m.layout(w, h)
	top := max(min(m.top, len(l.head)+l.rows+len(l.rest)-max(h-1, 1)), 0)
	return 1 + len(l.head) - top, l.rows
}

// View is exactly h lines of exactly w cells.
func (m *Model) View(w, h int, focused bool) []string {
	if w <= 0 || h <= 0 {
		return nil
	}
	m.height, m.width = h, w
	s := m.env.Styles
	if m.none {
		return screen.Lines([]string{title(s, "", "", w, focused)}, h, kit.Space(w))
	}
	l := m.layout(w, h)
	m.lines = len(l.head) + l.rows + len(l.rest)
	m.whole = l.rows > 0 && m.lines > h-1 && !m.cuts()
	m.scroll(0)
	right := ""
	if m.lines > h-1 && m.top > 0 {
		right = fmt.Sprintf("%d%%", min((m.top+h-1)*100/max(m.lines, 1), 100))
	}
	if l.rows > 0 && m.top < len(l.head)+l.rows {
		right = m.Stage.Status()
	} else if l.rows == 0 && m.lines > h-1 {
		right = fmt.Sprintf("%d%%", min((m.top+h-1)*100/max(m.lines, 1), 100))
	}
	out := make([]string, 0, h)
	out = append(out, title(s, m.title(), right, w, focused))
	lines := l.head
	if l.rows > 0 {
		lines = append(append([]string(nil), l.head...), m.Stage.View(w, l.rows, focused)...)
	}
	lines = append(lines[:len(lines):len(lines)], l.rest...)
	end := min(m.top+h-1, len(lines))
	out = append(out, lines[min(m.top, end):end]...)
	return screen.Lines(out, h, kit.Space(w))
}

func title(s *theme.Styles, left, right string, w int, focused bool) string {
	paint := s.Title
	if focused {
		paint = s.Focus
	}
	if right != "" {
		right = "  " + right + " "
	}
	rw := kit.Width(right)
	return paint.S(kit.Fit(" "+left, max(w-rw, 0))) + s.Dim.S(kit.Fit(right, min(rw, w)))
}

// draw makes all lines, and keeps them until something they depend on changes.
// Staged says that the file stands in this pane; headed, that who sent it and
// when stand above it. Those lines are left in m.head.
func (m *Model) draw(w int, staged, headed bool) []string {
	words := m.env.Host.Words()
	d := drawing{
		id: m.row.ID, have: m.have, w: w, words: strings.Join(words, "\x00"),
		minute: m.env.Now().Unix() / 60, styles: m.env.Styles, version: m.progress(), staged: staged, headed: headed,
		worded: staged && m.Stage.Text(), signs: m.env.Heard,
	}
	if d == m.drawnFor {
		return m.drawn
	}
	m.head = nil
	p := page{s: m.env.Styles, w: w, words: words}
	if headed {
		m.short(&p)
		m.head, p.lines = p.lines, nil
	}
	if headed && !d.worded { // what was said or written comes before who else got it
		m.text(&p)
	}
	m.envelope(&p, headed)
	if !headed && !d.worded {
		m.text(&p)
	}
	m.files(&p)
	m.notes(&p)
	m.drawn, m.drawnFor = p.lines, d
	return p.lines
}

// short is the envelope in three lines: the other side, when, and how things
// stand.
func (m *Model) short(p *page) {
	s, r := p.s, m.row
	who, name := r.Who, "From"
	if r.Direction == store.Outbound {
		name = "To"
	} else if m.have {
		who = m.item.From
	}
	first, _, _ := strings.Cut(m.party(who, p.room()), "\n")
	p.field(name, s.Strong, first)
	when, look := screen.When(r.Time, m.env.Location)+"  ("+ago(m.env.Now().Sub(r.Time))+")", s.Text
	if m.Answer != nil {
		if words, t := m.Answer(r); words != "" && kit.Width(when)+kit.Width(words)+10 <= p.room() {
			when, look = when+"  answer "+words, tone(s, t)
		}
	}
	p.field("When", look, kit.Cut(when, p.room()))
	if r.Direction == store.Outbound && r.Delivery != store.DeliveryNone {
		set := s.Good
		if r.Delivery.Failed() {
			set = s.Bad
		}
		p.field("Delivery", set, kit.Cut(m.delivery(), p.room()))
	} else {
		p.field("State", s.Text, kit.Cut(m.state()+m.kept(), p.room()))
	}
	p.blank()
}

// progress changes when a download of this item moves.
func (m *Model) progress() int {
	n := 0
	for _, j := range m.env.Jobs {
		if j.Item == m.row.ID {
			n += int(j.Done) + int(j.State)
		}
	}
	return n
}

// party is someone's name and addresses, as many on a line of w cells as go whole.
func (m *Model) party(pt store.Party, w int) string {
	parts := []string{}
	if pt.Name != "" {
		parts = append(parts, pt.Name)
	}
	if pt.Known != "" && pt.Name == "" {
		parts = append(parts, pt.Known)
	}
	if pt.Number != "" {
		parts = append(parts, screen.Number(pt.Number))
	}
	if pt.Extension != "" {
		parts = append(parts, "ext. "+pt.Extension+m.env.There(pt.Extension))
	}
	if pt.Email != "" {
		parts = append(parts, pt.Email)
	}
	if pt.Location != "" {
		parts = append(parts, pt.Location)
	}
	if pt.Known != "" && pt.Name != "" && pt.Known != pt.Name { // the service calls them otherwise
		parts = append(parts, "in the contacts: "+pt.Known)
	}
	if len(parts) == 0 {
		return "Blocked caller"
	}
	line, text := 0, ""
	for _, p := range parts {
		switch n := kit.Width(p); {
		case text == "":
			text, line = p, n
		case line+2+n > w:
			text, line = text+"\n"+p, n
		default:
			text, line = text+"  "+p, line+2+n
		}
	}
	return text
}

// envelope is who sent what to whom; headed leaves out what stands above the
// file already.
func (m *Model) envelope(p *page, headed bool) {
	s, r := p.s, m.row
	p.blank()
	if headed {
		m.to(p, m.item.To)
		m.details(p, headed)
		return
	}
	if m.have {
		to := m.item.To
		if r.Direction == store.Outbound && len(to) == 0 {
			to = []store.Party{r.Who}
		}
		if r.Direction != store.Outbound || !m.item.From.Blocked() {
			p.field("From", s.Strong, m.party(m.item.From, p.room()))
		}
		m.to(p, to)
	} else if r.Direction == store.Outbound {
		p.field("To", s.Strong, m.party(r.Who, p.room()))
	} else {
		p.field("From", s.Strong, m.party(r.Who, p.room()))
	}
	p.field("When", s.Text, screen.When(r.Time, m.env.Location)+"  ("+ago(m.env.Now().Sub(r.Time))+")")
	m.details(p, headed)
}

// to is the people a message went to.
func (m *Model) to(p *page, to []store.Party) {
	if !m.have {
		return
	}
	for i, pt := range to {
		name := m.toName(i, len(to))
		if i == 5 {
			p.field("", p.s.Dim, fmt.Sprintf("and %d more", len(to)-i))
			break
		}
		p.field(name, p.s.Text, m.party(pt, p.room()))
	}
}

// details is what is left of the envelope after the first look.
func (m *Model) details(p *page, headed bool) {
	s, r := p.s, m.row
	m.mailbox(p)
	m.mail(p)
	m.protected(p)
	m.size(p)
	rest := m.known(p)
	defer rest()
	sent := r.Direction == store.Outbound && r.Delivery != store.DeliveryNone
	if headed && !sent {
		p.labels(r.Labels)
		return
	}
	if sent && !headed {
		set := s.Good
		if r.Delivery.Failed() {
			set = s.Bad
		}
		p.field("Delivery", set, m.delivery())
	}
	p.field("State", s.Text, m.state())
	p.labels(r.Labels)
}

func (m *Model) size(p *page) {
	switch r := m.row; r.Kind {
	case store.Voicemail:
		p.field("Length", p.s.Text, kit.Length(r.Duration))
	case store.Fax:
		v := kit.Plural(r.Pages, "page")
		switch {
		case r.Pages == 0 && r.Delivery.Failed():
			v = "no pages went out"
		case r.Pages == 0:
			v = "no pages yet"
		}
		if m.have && m.item.Resolution != "" {
			v += ", " + strings.ToLower(m.item.Resolution) + " resolution"
		}
		p.field("Length", p.s.Text, v)
	}
}

func (m *Model) delivery() string {
	text := m.row.Delivery.String()
	if !m.have {
		return text
	}
	for _, to := range m.item.To {
		why := to.Why
		if why == "" {
			why = screen.Fault(to.Fault)
		}
		if why == "" {
			continue
		}
		text += ": " + why
		if to.Fault != "" && why != to.Fault {
			text += " (" + to.Fault + ")"
		}
		break
	}
	return text
}

// kept is what the envelope in short says of how long an item is kept where.
func (m *Model) kept() string {
	text := ""
	if m.row.Held {
		text = ", § held"
	}
	if sign := m.env.LeaveSign(m.row); sign != "" {
		text += ", " + sign
	}
	return text
}

func (m *Model) state() string {
	r := m.row
	var parts []string
	switch {
	case r.Availability == store.Deleted:
		parts = append(parts, "✗ in the trash")
	case r.Availability == store.Purged && m.have && m.item.Kept > 0:
		parts = append(parts, "✗ purged by the service, archived here")
	case r.Availability == store.Purged:
		parts = append(parts, "✗ purged by the service")
	case r.State == store.Done:
		parts = append(parts, "✓ done")
	case r.State == store.Filed:
		parts = append(parts, "for the record")
	case r.State == store.Snoozed:
		parts = append(parts, "z snoozed until "+screen.Clock(r.Until, m.env.Now(), m.env.Location))
	default:
		parts = append(parts, "open")
	}
	if r.Direction != store.Outbound && r.State != store.Filed {
		if r.Kind == store.Call {
			if screen.MissedCall(r) && r.Reply == 0 {
				parts = append(parts, "● waits for a call back")
			}
		} else if r.Read {
			parts = append(parts, "read")
		} else {
			parts = append(parts, "● unread")
		}
	}
	if r.Claim != "" {
		parts = append(parts, "claimed by "+r.Claim)
	}
	if m.have && m.item.Priority {
		parts = append(parts, "urgent")
	}
	if m.have && m.item.Private {
		parts = append(parts, "private: do not forward")
	}
	if r.Pending {
		parts = append(parts, "↑ a change is on its way")
	}
	return strings.Join(parts, ", ")
}
