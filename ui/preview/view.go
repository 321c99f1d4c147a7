package preview

import (
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/preview/graphics"
	"switchboard/ui/screen"
)

// plainLines is how many lines a text gets, or a file that cannot be shown.
const plainLines = 14

// soundLines is what the player asks for.
func soundLines(most int) int {
	switch {
	case most >= 28:
		return 10
	case most >= 14:
		return 8
	}
	return 6
}

// Lines implements screen.Stage. While a file is on its way it is what its kind
// will want, so that the panes stand still when it comes.
func (m *Model) Lines(w, most int) int {
	if m.stage == nothing || m.row.Files == 0 || w <= 0 || most <= 0 {
		return 0
	}
	if m.stage == stopped {
		return min(len(m.words(w))+1, most)
	}
	kind := m.kind
	if m.stage != shown {
		kind = expected(m.row)
		if t := m.src.File.Sniffed; t != "" {
			kind = kindOf(t)
		}
	}
	n := most
	switch kind {
	case Pages, Picture:
		n = ((w-2)*13/10 + 1) / 2 // an upright page of the shape of Letter
		if kind == Picture {
			n = (w*3/4 + 1) / 2
		}
	case Sound:
		n = soundLines(most)
	case Plain:
		n = plainLines
	}
	if t, ok := m.viewer().(screen.Tall); ok {
		n = t.Lines(w, most-m.extra())
	}
	return max(min(n+m.extra(), most), 1)
}

// extra is how many lines tell a type that is not what it was said to be, or that a smaller
// picture is shown.
func (m *Model) extra() int {
	if m.stage != shown {
		return 0
	}
	if m.small.stands() {
		return smallRows
	}
	if _, differs := screen.FileType(m.src.File); differs {
		return 1
	}
	return 0
}

// room is what the viewer has of the room on the screen.
func (m *Model) room() (w, h int) {
	if m.h == 0 {
		return 0, 0
	}
	return m.w, max(m.h-m.extra(), 1)
}

// View implements screen.Stage.
func (m *Model) View(w, h int, focused bool) (out []string) {
	if w <= 0 || h <= 0 {
		return nil
	}
	v := m.viewer()
	if v == nil {
		return m.meanwhile(w, h)
	}
	defer func() {
		if r := recover(); r != nil { // View must change nothing: the next message tells the rest
			out = m.lines([]string{"This file cannot be shown; " + m.outside()}, w, h)
		}
	}()
	switch {
	case m.small.stands():
		for _, line := range m.smallLines(w) {
			out = append(out, m.env.Styles.Note.S(kit.Fit(" "+line, w)))
		}
	case m.extra() > 0:
		typ, _ := screen.FileType(m.src.File)
		out = append(out, m.env.Styles.Warn.S(kit.Fit(" Said to be "+typ, w)))
	}
	out = append(out, v.View(w, h-len(out), focused)...)
	return screen.Lines(out, h, kit.Space(w))
}

// meanwhile is what stands there while there is no viewer.
func (m *Model) meanwhile(w, h int) []string {
	if m.stage == nothing || m.stage == waiting {
		return screen.Lines(nil, h, kit.Space(w))
	}
	return m.lines(m.words(w), w, h)
}

func (m *Model) lines(text []string, w, h int) []string {
	out := make([]string, 0, h)
	for _, t := range text {
		out = append(out, m.env.Styles.Dim.S(kit.Fit(" "+t, w)))
	}
	return screen.Lines(out, h, kit.Space(w))
}

// words is what there is to say while there is no viewer.
func (m *Model) words(w int) []string {
	room := max(w-2, 1)
	switch m.stage {
	case stopped:
		return append([]string{""}, kit.Wrap(m.why, room)...)
	case fetching:
		a := m.src
		text := "Fetching " + screen.FileName(a.File)
		j := store.Job{Done: a.Done, Total: a.Total}
		if known, ok := m.env.Job(a.File.ID); ok {
			j.Rate = known.Rate
		}
		if a.Done == 0 {
			return []string{"", kit.Cut(text, room)}
		}
		return []string{"", kit.Cut(text, room), kit.Cut(screen.Progress(j, room), room)}
	}
	return nil
}

// Status implements screen.Stage.
func (m *Model) Status() string {
	switch m.stage {
	case shown:
		if t, ok := m.viewer().(screen.Telling); ok {
			return t.Status()
		}
	case fetching:
		return "fetching"
	}
	return ""
}

// Text implements screen.Stage.
func (m *Model) Text() bool {
	t, ok := m.viewer().(interface{ Text() bool })
	return ok && t.Text()
}

// Drawing is a Viewer with pictures among its cells.
type Drawing interface {
	Pictures() []graphics.Placed
}

// Pictures is what stands on the terminal beside the cells, relative to the top
// left of the preview.
func (m *Model) Pictures() []graphics.Placed {
	d, ok := m.viewer().(Drawing)
	if !ok {
		return nil
	}
	var out []graphics.Placed
	for _, p := range d.Pictures() {
		p.Y += m.extra()
		out = append(out, p)
	}
	return out
}
