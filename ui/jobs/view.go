package jobs

import (
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// each is how many lines a job takes.
const each = 2

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
	lines := m.lines()
	waiting := 0
	for _, l := range lines {
		if l.is == change && !over(l.op) {
			waiting++
		}
	}
	head := kit.Between(" Jobs  "+kit.Plural(len(m.env.Jobs), "download")+", "+kit.Plural(waiting, "change")+" on the way", "", w)
	out := []string{paint.S(kit.Fit(head, w))}
	for _, st := range m.env.Status {
		if len(out) >= h-2 {
			break
		}
		text := " " + m.env.Account(st.Account) + ": " + screen.PhaseWords(st, m.env.Now(), m.env.Location)
		if st.Err != "" && st.Phase != "denied" {
			text += " (" + st.Err + ")"
		}
		out = append(out, s.Dim.S(kit.Fit(text, w)))
	}
	out = append(out, kit.Space(w))
	if len(lines) == 0 {
		text := "   Nothing is under way."
		if !m.have {
			text = "   Looking ..."
		}
		if m.err != nil {
			text = "   The list cannot be read: " + m.err.Error()
		}
		out = append(out, s.Dim.S(kit.Fit(text, w)))
	}
	fit := max((h-len(out))/each, 1)
	_, at := m.current(lines)
	m.top = kit.Windowed(len(lines), fit, max(at, 0), m.top)
	for i := m.top; i < len(lines) && i < m.top+fit; i++ {
		out = append(out, m.line(lines[i], w, i == at, focused)...)
	}
	return screen.Lines(out, h, kit.Space(w))
}

func (m *Model) line(l line, w int, cursor, focused bool) []string {
	s := m.env.Styles
	bar := " "
	if cursor {
		bar = "▌"
	}
	paint := func(set theme.Set, text string) string {
		return s.Accent.On(cursor, focused).S(kit.Fit(bar, min(w, 1))) + set.On(cursor, focused).S(kit.Fit("  "+text, max(w-1, 0)))
	}
	if l.is == download {
		set, text := m.download(l.job, w)
		return []string{paint(s.Strong, "↓ "+screen.FileName(l.job.Attachment)), paint(set, "  "+text)}
	}
	set, text := m.change(l.op)
	words := l.op.Words
	if words == "" {
		words = string(l.op.Verb) + " " + kit.Plural(len(l.op.Items), "item")
	}
	if l.op.Undone {
		words += " (taken back)"
	}
	first := s.Text
	if !over(l.op) {
		first = s.Strong
	}
	return []string{paint(first, "↑ "+words), paint(set, "  "+text)}
}

func (m *Model) download(j store.Job, w int) (theme.Set, string) {
	s := m.env.Styles
	switch j.State {
	case store.Fetching:
		return s.Accent, screen.Progress(j, max(min(w/4, 24), 4))
	case store.Paused:
		return s.Warn, "paused at " + kit.Size(j.Done) + "; Space goes on"
	case store.Faulty:
		return s.Bad, "failed: " + j.Err
	case store.Kept:
		return s.Good, "✓ here, " + kit.Size(j.Done)
	}
	if j.Err != "" {
		return s.Warn, "waiting: " + j.Err
	}
	return s.Dim, "waiting"
}

func (m *Model) change(op store.Op) (theme.Set, string) {
	s := m.env.Styles
	now, loc := m.env.Now(), m.env.Location
	at := screen.Clock(op.At, now, loc)
	switch op.State {
	case store.OpConfirmed:
		return s.Good, at + "  ✓ confirmed by the service"
	case store.OpCancelled:
		return s.Dim, at + "  cancelled"
	case store.OpFailed:
		return s.Bad, at + "  ! failed: " + op.Error
	case store.OpUnknown:
		return s.Warn, at + "  no answer came: being checked against the service"
	case store.OpSending:
		return s.Accent, at + "  being sent"
	}
	text := at + "  waits to be sent"
	if op.Error != "" {
		text += ": " + op.Error
	}
	if !op.NextTry.IsZero() && op.NextTry.After(now) {
		text += ", next try " + screen.Clock(op.NextTry, now, loc)
	}
	return s.Warn, text
}
