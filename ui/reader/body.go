package reader

import (
	"strings"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

func (m *Model) text(p *page) {
	s := p.s
	if m.row.Kind == store.Call && m.err == nil { // nothing was written
		return
	}
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
		p.add(s.Dim, m.noText())
	}
}

func (m *Model) files(p *page) {
	if !m.have {
		return
	}
	files := screen.FilesOf(m.item)
	if len(files) == 0 {
		m.bare(p)
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
		words := store.JournalWords(m.item.Journal, loc)
		for i, e := range m.item.Journal {
			if e.Verb == store.EntryNote { // what it says stands above
				words[i] = "wrote a note"
			}
			p.add(s.Dim, screen.Happened(e, words[i], now, loc))
		}
	}
}
