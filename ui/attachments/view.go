package attachments

import (
	"strings"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// each is how many lines a file takes: its name with its type, and its state.
// The list gives way to the preview of the file the cursor is on, but for a few
// files.
const (
	each  = 2
	least = 3 // files in sight, as far as there are so many
)

// files is how many files are in sight in a pane of h lines.
func (m *Model) filesShown(h int) int {
	room := max((h-2)/each, 1)
	if m.Stage == nil {
		return room
	}
	return min(room, max(min(len(m.files), max(h/3/each, least)), 1))
}

// StageAt is where the stage stands in a pane of w cells by h lines: its first
// line and how many it has.
func (m *Model) StageAt(w, h int) (y, rows int) {
	if m.Stage == nil || m.none || len(m.files) == 0 || w <= 0 || h <= 0 {
		return 0, 0
	}
	y = 1 + min(m.filesShown(h), len(m.files))*each
	y += 1 + len(m.alsoLines(w, mostAlso(h-y)))
	rows = h - y
	if rows < 3 || m.Stage.Lines(w, rows) <= 0 {
		return 0, 0
	}
	return y, rows
}

// View is exactly h lines of exactly w cells.
func (m *Model) View(w, h int, focused bool) []string {
	if w <= 0 || h <= 0 {
		return nil
	}
	s := m.env.Styles
	y, rows := m.StageAt(w, h)
	out := []string{m.title(w, rows > 0, focused)}
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
		for _, t := range kit.Wrap(m.nothing(), max(w-4, 1)) {
			line(t)
		}
	}
	fit := m.filesShown(h)
	_, at := m.current()
	m.top = kit.Windowed(len(m.files), fit, max(at, 0), m.top)
	for i := m.top; i < len(m.files) && i < m.top+fit; i++ {
		out = append(out, m.lines(m.files[i].Attachment, w, i == at, focused)...)
	}
	out = append(out, m.alsoLines(w, mostAlso(h-len(out)))...)
	if rows > 0 {
		out = append(screen.Lines(out, y, kit.Space(w)), m.Stage.View(w, rows, focused)...)
	}
	return screen.Lines(out, h, kit.Space(w))
}

// mostAlso is how many of h lines may say where else a file was seen: what is in it
// matters more.
func mostAlso(h int) int { return max(min(h/4, mostSeen+2), 0) }

// nothing says why there is no file.
func (m *Model) nothing() string {
	switch {
	case m.row.Bare == store.NotBare:
		return "This message has no file."
	case m.bare != "":
		return "The service could not tell which files there are: " + m.bare + "."
	}
	return "The service is being asked which files there are ..."
}

func (m *Model) title(w int, staged, focused bool) string {
	s := m.env.Styles
	paint := s.Title
	if focused {
		paint = s.Focus
	}
	head, right := " Files", ""
	if !m.none {
		head = " Files of " + strings.ToLower(screen.KindName(m.row.Kind)) + " " + screen.With(m.row)
	}
	if staged {
		right = m.Stage.Status()
	}
	if right != "" {
		right = kit.Cut("  "+right+" ", max(w/2, 0))
	}
	return paint.S(kit.Fit(head, max(w-kit.Width(right), 0))) + s.Dim.S(right)
}

// lines is two lines about one file: its name and type, and its state.
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
	// The block of colour ends with the name: what helps reading would be hard to
	// read on it.
	name := kit.Cut("  "+screen.FileName(a)+" ", max(w-1, 0))
	rest := max(w-1-kit.Width(name), 0)
	first := s.Accent.S(kit.Fit(bar, min(w, 1))) + s.Strong.On(cursor, focused).S(name) + set.S(kit.Fit(" "+typ, rest))
	return []string{first, m.state(a, line, w)}
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
		if ok, _ := a.Fetchable(); ok {
			text += "; Enter downloads it"
		} else {
			text = "not offered by the service" // why stands below, whole
		}
	}
	return line(set, text)
}
