package plain

import (
	tea "charm.land/bubbletea/v2"

	"switchboard/ui/kit"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// Resize tells the room on the screen.
func (v *Viewer) Resize(w, h int) tea.Cmd {
	v.lay(w, h)
	return v.scroll(0)
}

// lay makes the lines that depend on the width.
func (v *Viewer) lay(w, h int) {
	v.w, v.h = w, h
	if v.sheet == nil || v.sheet.dump == nil || v.hexed == w {
		return
	}
	s := *v.sheet
	s.lines, v.hexed = append(s.lines[:s.about:s.about], hexLines(s.dump, w)...), w
	v.sheet = &s
}

// Lines is how many lines suit what is shown.
func (v *Viewer) Lines(w, most int) int {
	if v.sheet == nil {
		return min(2, most)
	}
	n := v.fixed()
	if v.sheet.dump != nil {
		return most
	}
	for i := 0; i < len(v.sheet.lines) && n < most; i++ {
		n += v.sheet.height(i, w)
	}
	return min(n, most)
}

// View is exactly h lines of exactly w cells.
func (v *Viewer) View(w, h int, _ bool) []string {
	if w <= 0 || h <= 0 {
		return nil
	}
	if v.w != w || v.h != h || v.hexed != w {
		v.lay(w, h)
		v.scroll(0) // more of the file is asked for with the next key
	}
	s := v.env.Styles
	out := make([]string, 0, h)
	say := func(paint theme.Paint, text string) { out = append(out, paint.S(kit.Fit(" "+text, w))) }
	switch {
	case v.err != nil:
		say(s.Bad.Paint, "This file cannot be shown: "+v.err.Error())
	case v.sheet == nil:
		say(s.Dim.Paint, "Reading the file")
	default:
		say(s.Dim.Paint, v.sheet.what)
		if v.sheet.remark != "" {
			say(s.Warn.Paint, v.sheet.remark)
		}
		if v.sheet.head != "" {
			out = append(out, s.Strong.S(" "+slice(v.sheet.head, v.left, w-1)))
		}
		for n, sub := v.top, v.sub; n < len(v.sheet.lines) && len(out) < h; n, sub = n+1, 0 {
			out = v.line(out, &v.sheet.lines[n], sub, h)
		}
	}
	return screen.Lines(out, h, kit.Space(w))
}

// line adds the rows of a line from row sub on.
func (v *Viewer) line(out []string, l *line, sub, h int) []string {
	s, w := v.env.Styles, v.w
	base := l.tone.paint(s)
	if v.sheet.wide {
		return append(out, mark(" "+slice(l.text, v.left, w-1), v.find, base, s.Match.Paint))
	}
	rows := l.rows(w)
	for _, r := range rows[min(sub, len(rows)):] {
		if len(out) == h {
			break
		}
		used := r.pad + kit.Width(r.label) + kit.Width(r.text)
		if used > w { // a wide character where there is room for none
			out = append(out, base.S(kit.Fit(kit.Space(r.pad)+r.label+r.text, w)))
			continue
		}
		text := kit.Space(r.pad) + mark(r.label, v.find, s.Accent.Paint, s.Match.Paint) + mark(r.text, v.find, base, s.Match.Paint)
		out = append(out, text+kit.Space(w-used))
	}
	return out
}

// slice is w cells of s from a cell on.
func slice(s string, from, w int) string {
	at, b := 0, make([]byte, 0, w+8)
	for _, r := range s {
		n := kit.Width(string(r))
		switch {
		case at+n <= from:
		case at < from: // the half of a wide character
			b = append(b, ' ')
		case at-from+n > w:
			return kit.Fit(string(b), w)
		default:
			b = append(b, string(r)...)
		}
		at += n
	}
	return kit.Fit(string(b), w)
}
