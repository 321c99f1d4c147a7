package jobs

import (
	"strings"

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
	out := []string{paint.S(kit.Fit(" Jobs  "+m.heading(waiting), w))}
	for _, st := range m.env.Status {
		if len(out) >= h-2 {
			break
		}
		text := m.env.Account(st.Account) + ": " + screen.PhaseWords(st, m.env.Now(), m.env.Location)
		if st.Err != "" && st.Phase != store.PhaseDenied {
			text += " (" + st.Err + ")"
		}
		for _, line := range kit.Wrap(text, max(w-2, 1)) {
			out = append(out, s.Dim.S(kit.Fit(" "+line, w)))
		}
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

// heading counts what is not through yet.
func (m *Model) heading(changes int) string {
	var parts []string
	if n := len(m.env.Jobs); n > 0 {
		parts = append(parts, kit.Plural(n, "download"))
	}
	if changes > 0 {
		parts = append(parts, kit.Plural(changes, "change")+" on the way")
	}
	if len(parts) == 0 {
		return "nothing is on its way"
	}
	return strings.Join(parts, ", ")
}

// title is a download in words: what file of whose message.
func title(j store.Job) string {
	name := screen.FileName(j.Attachment)
	if j.Row.ID == 0 {
		return name
	}
	return screen.KindName(j.Row.Kind) + " " + screen.With(j.Row) + ": " + name
}

func (m *Model) line(l line, w int, cursor, focused bool) []string {
	s := m.env.Styles
	bar := " "
	if cursor {
		bar = "▌"
	}
	edge := s.Accent.S(kit.Fit(bar, min(w, 1)))
	head := func(set theme.Set, text string) string {
		return edge + set.On(cursor, focused).S(kit.Fit(" "+text, max(w-1, 0)))
	}
	paint := func(set theme.Set, text string) string {
		return edge + set.S(kit.Fit("  "+text, max(w-1, 0)))
	}
	if l.is == download {
		set, text := m.download(l.job, w)
		return []string{head(s.Strong, "↓ "+title(l.job)), paint(set, " "+text)}
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
	sign := "↑ "
	if here(l.op) {
		sign = "· "
	}
	return []string{head(first, sign+words), paint(set, " "+text)}
}

func (m *Model) download(j store.Job, w int) (theme.Set, string) {
	s := m.env.Styles
	switch j.State {
	case store.Fetching:
		return s.Accent, screen.Progress(j, w-6)
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
		if here(op) {
			return s.Dim, at + "  ✓ kept on this machine"
		}
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

// here reports whether a change concerns only this machine: the service keeps no
// more than read marks, deletions and calls.
func here(op store.Op) bool {
	switch op.Verb {
	case store.VerbRead, store.VerbUnread, store.VerbDelete, store.VerbRestore, store.VerbCall:
		return false
	}
	return true
}
