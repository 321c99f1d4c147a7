package jobs

import (
	"fmt"
	"strings"
	"time"

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
	downloads, saves := 0, 0
	for _, j := range m.env.Jobs {
		if j.Save != nil {
			saves++
		} else {
			downloads++
		}
	}
	if downloads > 0 {
		parts = append(parts, kit.Plural(downloads, "download"))
	}
	if saves > 0 {
		parts = append(parts, kit.Plural(saves, "save"))
	}
	if changes > 0 {
		parts = append(parts, kit.Plural(changes, "change")+" on the way")
	}
	if len(parts) == 0 {
		return "nothing is on its way"
	}
	return strings.Join(parts, ", ")
}

// title is a job in words: what file of whose message, or what is saved where.
func title(j store.Job) string {
	if j.Save != nil {
		return "Save " + j.Save.Words + " to " + screen.Home(j.Save.Path)
	}
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
		first, sign := s.Strong, "↓ "
		if l.job.Save != nil {
			sign = "▣ "
		}
		if l.job.State == store.Kept {
			first = s.Text
		}
		return []string{head(first, sign+title(l.job)), paint(set, " "+text)}
	}
	set, text := m.change(l.op, w)
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
		return s.Accent, progress(j, w-6)
	case store.Paused:
		return s.Warn, "paused at " + reached(j) + "; Space goes on"
	case store.Faulty:
		return s.Bad, "failed at " + reached(j) + ": " + j.Err
	case store.Kept:
		return m.finished(j)
	}
	text := "waiting"
	if j.Done > 0 {
		text += " at " + reached(j)
	}
	if j.Err == "" {
		return s.Dim, text
	}
	text += ": " + j.Err
	if d := j.Next.Sub(m.env.Now()); !j.Next.IsZero() && d > 0 {
		text += ", next try in " + about(d)
	}
	return s.Warn, text
}

// finished is a job that is through: bright at first.
func (m *Model) finished(j store.Job) (theme.Set, string) {
	s := m.env.Styles
	at := screen.Clock(j.Ended(), m.env.Now(), m.env.Location)
	set := s.Good
	if m.env.Now().Sub(j.Ended()) > bright {
		set = s.Dim
	}
	if j.Save == nil {
		return set, at + "  ✓ here, " + kit.Size(j.Done)
	}
	text := fmt.Sprintf("%s  ✓ %s, %s", at, kit.Plural(j.Save.Saved, "file"), kit.Size(j.Done))
	if j.Save.Failed > 0 {
		set = s.Bad
		text = fmt.Sprintf("%s  ! %s saved, %s failed", at, kit.Count(j.Save.Saved, true), kit.Count(j.Save.Failed, true))
		if len(j.Save.Failures) > 0 {
			text += ": " + j.Save.Failures[0].Error
		}
	}
	return set, text
}

// reached is how far a job has come.
func reached(j store.Job) string {
	if j.Save != nil {
		return fmt.Sprintf("%s of %s files", kit.Count(j.Save.Saved, true), kit.Count(j.Save.Files, true))
	}
	return kit.Size(j.Done)
}

// progress is a job under way in w cells: a bar as long as fits, how far it has come,
// how fast, and how long it may take yet.
func progress(j store.Job, w int) string {
	const most = 24
	done, total := j.Done, j.Total
	text := kit.Size(j.Done)
	switch {
	case j.Save != nil:
		done, total = int64(j.Save.Saved), int64(j.Save.Files)
		text = reached(j) + ", " + text
		if j.Save.Failed > 0 {
			text += fmt.Sprintf(" (%s failed)", kit.Count(j.Save.Failed, true))
		}
	case j.Total > 0:
		text += " of " + kit.Size(j.Total)
	}
	if j.Rate > 0 {
		text += " at " + kit.Rate(j.Rate)
	}
	if j.Left > 0 {
		text += ", " + about(j.Left) + " left"
	}
	// The room is that of a long text, so that the bar does not breathe.
	if bar := min(w-len("8,888 of 8,888 files, 888 MB at 888 kB/s, 88 min left "), most); total > 0 && bar >= 4 {
		return kit.Bar(done, total, bar) + " " + text
	}
	if total > 0 {
		text = fmt.Sprintf("%d%% ", min(max(done, 0)*100/total, 100)) + text
	}
	return text
}

// about is a time still to come, in one unit.
func about(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", max(int((d+time.Second/2)/time.Second), 1))
	case d < 90*time.Minute:
		return fmt.Sprintf("%d min", int((d+time.Minute/2)/time.Minute))
	}
	return fmt.Sprintf("%d h", int((d+time.Hour/2)/time.Hour))
}

func (m *Model) change(op store.Op, w int) (theme.Set, string) {
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
		if op.Unsure {
			return s.Bad, at + "  nobody can tell whether it was sent: ask whom it was for; f says what you found"
		}
		return s.Warn, at + "  no answer came: being checked against the service"
	case store.OpSending:
		for _, p := range m.env.Sends {
			if p.Op == op.ID && p.Total > 0 {
				return s.Accent, at + "  being sent: " + progress(store.Job{Done: p.Done, Total: p.Total}, w-9)
			}
		}
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
