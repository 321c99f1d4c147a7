package attachments

import (
	"strings"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// each is how many lines a file takes.
const each = 4

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
	head := " Files"
	if !m.none {
		head = " Files of " + strings.ToLower(screen.KindName(m.row.Kind)) + " " + screen.With(m.row)
	}
	out := []string{paint.S(kit.Fit(head, w)), kit.Space(w)}
	line := func(text string) { out = append(out, s.Dim.S(kit.Fit("   "+text, w))) }
	switch {
	case m.none:
		line("There is no message.")
	case m.err != nil:
		for _, t := range kit.Wrap("The files cannot be shown: "+m.err.Error(), max(w-4, 1)) {
			line(t)
		}
	case !m.have:
		line("Looking ...")
	case len(m.files) == 0:
		line("This message has no file.")
	}
	fit := max((h-2)/each, 1)
	_, at := m.current()
	m.top = kit.Windowed(len(m.files), fit, max(at, 0), m.top)
	for i := m.top; i < len(m.files) && i < m.top+fit; i++ {
		out = append(out, m.lines(m.files[i], w, i == at, focused)...)
	}
	return screen.Lines(out, h, kit.Space(w))
}

// lines is four lines about one file: name, type, state, and a blank one.
func (m *Model) lines(a store.Attachment, w int, cursor, focused bool) []string {
	s := m.env.Styles
	bar := " "
	if cursor {
		bar = "▌"
	}
	line := func(set theme.Set, text string) string {
		return s.Accent.S(kit.Fit(bar, min(w, 1))) + set.S(kit.Fit("  "+text, max(w-1, 0)))
	}
	typ, differs := screen.FileType(a)
	set := s.Dim
	if differs {
		set = s.Warn
	}
	typ += ", " + screen.FileSize(a)
	if a.Duration > 0 {
		typ += ", " + kit.Length(a.Duration)
	}
	// The block of colour ends with the first line: what helps reading would be
	// hard to read on it.
	name := s.Accent.S(kit.Fit(bar, min(w, 1))) + s.Strong.On(cursor, focused).S(kit.Fit("  "+screen.FileName(a), max(w-1, 0)))
	return []string{name, line(set, typ), m.state(a, line, w), kit.Space(w)}
}

func (m *Model) state(a store.Attachment, line func(theme.Set, string) string, w int) string {
	s := m.env.Styles
	if j, ok := m.env.Job(a.ID); ok {
		switch j.State {
		case store.Fetching:
			return line(s.Accent, screen.Progress(j, w-4))
		case store.Waiting:
			return line(s.Warn, "waiting to download")
		case store.Paused:
			return line(s.Warn, "paused at "+kit.Size(j.Done)+"; Enter goes on")
		}
	}
	set := s.Dim
	text := screen.FileState(a)
	switch a.State {
	case store.Kept:
		set = s.Good
		if len(a.SHA256) >= 12 {
			text += ", sha256 " + a.SHA256[:12]
		}
	case store.Faulty:
		set = s.Bad
		text += "; Enter tries again"
	case store.Gone:
		set = s.Bad
	case store.Paused:
		set = s.Warn
		text += "; Enter goes on"
	case store.Remote:
		text += "; Enter downloads it"
	}
	return line(set, text)
}
