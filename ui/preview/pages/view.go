package pages

import (
	"github.com/charmbracelet/x/ansi"

	"switchboard/ui/kit"
	"switchboard/ui/preview/graphics"
	"switchboard/ui/screen"
)

// View implements screen.Viewer.
func (v *Viewer) View(w, h int, _ bool) []string {
	s := v.env.Styles
	switch {
	case v.err != "":
		return v.note(s.Dim.S, "This file cannot be shown: "+v.err+"; "+v.hint(openOutside)+" opens it outside", w, h)
	case v.texting():
		lines := v.textLines(w)
		v.lines = len(lines)
		v.top = max(min(v.top, len(lines)-h), 0)
		return screen.Lines(append([]string(nil), lines[min(v.top, len(lines)):]...), h, kit.Space(w))
	case v.shown == nil:
		return screen.Lines(nil, h, kit.Space(w))
	case v.shown.err != nil:
		return v.note(s.Dim.S, "This page cannot be shown: "+v.shown.err.Error()+"; "+v.hint(openOutside)+" opens the file outside", w, h)
	}
	pic := v.shown.pic
	left := max((w-pic.Cols)/2, 0)
	right := kit.Space(w - left - pic.Cols)
	out := make([]string, 0, h)
	for _, l := range pic.Lines {
		if len(out) == h {
			break
		}
		if pic.Cols > w { // the screen has become smaller and the page is being drawn anew
			l = ansi.Truncate(l, w, "")
		}
		out = append(out, kit.Space(left)+l+right)
	}
	if d := v.shown.damage; d != "" {
		if len(out) == h && v.env.Term.Mode.Cells() { // at the cost of the foot of the page
			out = out[:h-1]
		}
		if len(out) < h {
			out = append(out, s.Warn.S(kit.Fit(" "+d, w)))
		}
	}
	return screen.Lines(out, h, kit.Space(w))
}

func (v *Viewer) note(paint func(string) string, text string, w, h int) []string {
	out := []string{kit.Space(w)}
	for _, l := range kit.Wrap(text, max(w-2, 1)) {
		out = append(out, paint(kit.Fit(" "+l, w)))
	}
	return screen.Lines(out, h, kit.Space(w))
}

// Pictures is the page where it is put on the terminal beside the cells.
func (v *Viewer) Pictures() []graphics.Placed {
	if v.err != "" || v.texting() || v.shown == nil || v.shown.pic == nil {
		return nil
	}
	pic := v.shown.pic
	if pic.Cols > v.w || pic.Rows > v.h {
		return nil
	}
	return []graphics.Placed{{X: max((v.w-pic.Cols)/2, 0), Picture: pic}}
}

// Lines implements screen.Tall: a page of the shape of the first, and room for
// turning it.
func (v *Viewer) Lines(w, most int) int {
	if v.err != "" {
		return min(6, most)
	}
	if v.texting() || v.view.close() {
		return most
	}
	pw, ph := 8.5, 11.0
	s, known := v.sizes[v.at]
	switch {
	case v.opts.Single && known:
		pw, ph = s.turned(v.turned(v.at))
	case v.opts.Single:
		pw, ph = 4, 3
	case known && s.h/s.w > ph/pw:
		pw, ph = s.w, s.h
	}
	b := box{inset(w), most, v.env.Term}
	return b.shrunk(pw, ph).rows
}

// Text reports whether the words of the pages are shown.
func (v *Viewer) Text() bool { return v.texting() }
