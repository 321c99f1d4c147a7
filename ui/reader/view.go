package reader

import (
	"fmt"
	"strings"
	"time"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

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
	lines := m.draw(w)
	m.lines = len(lines)
	m.scroll(0)
	right := ""
	if m.lines > h-1 {
		right = fmt.Sprintf("%d%%", min((m.top+h-1)*100/max(m.lines, 1), 100))
	}
	out := make([]string, 0, h)
	out = append(out, title(s, screen.KindName(m.row.Kind)+" "+screen.With(m.row), right, w, focused))
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
		right += " "
	}
	rw := kit.Width(right)
	return paint.S(kit.Fit(" "+left, max(w-rw, 0))) + s.Dim.S(kit.Fit(right, min(rw, w)))
}

// draw makes all lines, and keeps them until something they depend on changes.
func (m *Model) draw(w int) []string {
	words := m.env.Host.Words()
	d := drawing{
		id: m.row.ID, have: m.have, w: w, words: strings.Join(words, "\x00"),
		minute: m.env.Now().Unix() / 60, styles: m.env.Styles, version: m.progress(),
	}
	if d == m.drawnFor {
		return m.drawn
	}
	p := page{s: m.env.Styles, w: w, words: words}
	m.envelope(&p)
	m.text(&p)
	m.files(&p)
	m.notes(&p)
	m.drawn, m.drawnFor = p.lines, d
	return p.lines
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
func party(pt store.Party, w int) string {
	parts := []string{}
	if pt.Name != "" {
		parts = append(parts, pt.Name)
	}
	if pt.Number != "" {
		parts = append(parts, screen.Number(pt.Number))
	}
	if pt.Extension != "" {
		parts = append(parts, "ext. "+pt.Extension)
	}
	if pt.Location != "" {
		parts = append(parts, pt.Location)
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

func (m *Model) envelope(p *page) {
	s, r := p.s, m.row
	p.blank()
	if m.have {
		to := m.item.To
		if r.Direction == store.Outbound && len(to) == 0 {
			to = []store.Party{r.Who}
		}
		if r.Direction != store.Outbound || !m.item.From.Blocked() {
			p.field("From", s.Strong, party(m.item.From, p.room()))
		}
		for i, pt := range to {
			name := "To"
			if i > 0 {
				name = ""
			}
			if i == 5 {
				p.field("", s.Dim, fmt.Sprintf("and %d more", len(to)-i))
				break
			}
			p.field(name, s.Text, party(pt, p.room()))
		}
	} else if r.Direction == store.Outbound {
		p.field("To", s.Strong, party(r.Who, p.room()))
	} else {
		p.field("From", s.Strong, party(r.Who, p.room()))
	}
	p.field("When", s.Text, screen.When(r.Time, m.env.Location)+"  ("+ago(m.env.Now().Sub(r.Time))+")")
	p.field("Mailbox", s.Text, r.Mailbox)
	m.size(p)
	if r.Direction == store.Outbound && r.Delivery != store.DeliveryNone {
		set := s.Good
		if r.Delivery.Failed() {
			set = s.Bad
		}
		p.field("Delivery", set, m.delivery())
	}
	p.field("State", s.Text, m.state())
	if len(r.Labels) > 0 {
		p.field("Labels", s.Note, strings.Join(r.Labels, ", "))
	}
}

func ago(d time.Duration) string {
	a := kit.Age(d)
	if a == "now" {
		return "just now"
	}
	return a + " ago"
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
		if to.Fault == "" {
			continue
		}
		text += ": " + screen.Fault(to.Fault)
		if screen.Fault(to.Fault) != to.Fault {
			text += " (" + to.Fault + ")"
		}
		break
	}
	return text
}

func (m *Model) state() string {
	r := m.row
	var parts []string
	switch {
	case r.Availability == store.Deleted:
		parts = append(parts, "✗ in the trash")
	case r.Availability == store.Purged:
		parts = append(parts, "✗ purged by the service")
	case r.State == store.Done:
		parts = append(parts, "✓ done")
	case r.State == store.Snoozed:
		parts = append(parts, "z snoozed until "+screen.Clock(r.Until, m.env.Now(), m.env.Location))
	default:
		parts = append(parts, "open")
	}
	if r.Direction != store.Outbound {
		if r.Read {
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

func (m *Model) text(p *page) {
	s := p.s
	name, side := "Text", ""
	switch m.row.Kind {
	case store.Voicemail:
		name = "Transcript"
		side = screen.TranscriptWords(m.row.Transcript, m.row.Duration, 0)
	case store.Fax:
		name = "Cover page"
	}
	if m.err != nil {
		p.rule(name, "")
		p.add(s.Bad, "This message cannot be shown: "+m.err.Error())
		return
	}
	if !m.have { // the row's preview stands in, so nothing flickers
		if screen.HasWords(m.row) {
			p.rule(name, side)
			p.add(s.Text, m.row.Preview)
		}
		return
	}
	text := strings.TrimSpace(m.item.Text)
	if sub := strings.TrimSpace(m.item.Subject); strings.Trim(sub, "+0123456789 ()-") != "" && !strings.HasPrefix(text, sub) && m.row.Kind != store.Voicemail {
		p.field("Subject", s.Strong, sub)
	}
	if text == "" && m.row.Kind == store.Fax && side == "" {
		return
	}
	p.rule(name, side)
	switch {
	case text != "":
		p.add(s.Text, text)
	case m.row.Kind == store.Voicemail && side == "":
		p.add(s.Dim, "The transcript has not been fetched yet.")
	case m.row.Kind == store.Voicemail:
		p.add(s.Dim, "No transcript. Space plays the message.")
	default:
		p.add(s.Dim, "No text.")
	}
}

func (m *Model) files(p *page) {
	if !m.have {
		return
	}
	files := screen.FilesOf(m.item)
	if len(files) == 0 {
		return
	}
	s := p.s
	p.rule(kit.Plural(len(files), "file"), "")
	for _, a := range files {
		set := s.Text
		switch a.State {
		case store.Kept:
			set = s.Good
		case store.Faulty, store.Gone:
			set = s.Bad
		}
		p.add(s.Strong, screen.FileName(a))
		typ, differs := screen.FileType(a)
		if differs {
			p.add(s.Warn, "  "+typ)
		} else {
			p.add(s.Dim, "  "+typ+", "+screen.FileSize(a))
		}
		if j, ok := m.env.Job(a.ID); ok && j.State == store.Fetching {
			p.add(s.Accent, "  "+screen.Progress(j, p.w-6))
			continue
		}
		p.add(set, "  "+screen.FileState(a))
	}
}

func (m *Model) notes(p *page) {
	if !m.have {
		return
	}
	s := p.s
	now, loc := m.env.Now(), m.env.Location
	if len(m.item.NoteList) > 0 {
		p.rule("Notes", "")
		for _, n := range m.item.NoteList {
			p.field(screen.Clock(n.At, now, loc), s.Note, n.Text+"  ("+n.Actor+")")
		}
	}
	if len(m.item.Journal) > 0 {
		p.rule("What happened", "")
		for _, e := range m.item.Journal {
			p.add(s.Dim, screen.Clock(e.At, now, loc)+"  "+e.Actor+"  "+journal(e))
		}
	}
}

func journal(e store.Entry) string {
	words := map[string]string{
		"done": "marked it done", "reopen": "opened it again", "snooze": "snoozed it", "claim": "claimed it", "release": "released it",
		"note": "wrote a note", "label": "added the label", "unlabel": "took off the label", "hold": "put it on hold",
	}
	text := words[e.Verb]
	if text == "" {
		text = e.Verb
	}
	if e.Undoes != "" {
		text = "took back: " + text
	}
	if e.Verb != "note" && e.Value != "" {
		text += " " + e.Value
	}
	return text
}
