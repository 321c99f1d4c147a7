package player

import (
	"strings"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// section is the title of the text that belongs to the sound; "" when there is
// none to show or to miss.
func (v *Viewer) section() string {
	switch {
	case v.src.Item.Kind == store.Voicemail:
		return "Transcript"
	case v.script() != "":
		return "Text"
	}
	return ""
}

// transcript is exactly h lines of exactly w cells.
func (v *Viewer) transcript(w, h int) []string {
	s, r := v.env.Styles, v.src.Item.Row
	length := v.length()
	if length == 0 {
		length = r.Duration
	}
	side := ""
	if v.section() == "Transcript" {
		side = screen.TranscriptWords(r.Transcript, length, 0)
	}
	out := make([]string, 0, h)
	if h > 0 {
		head, fits := heading(s, v.section(), side, w)
		out = append(out, head)
		if !fits {
			out = append(out, s.Warn.S(kit.Fit(" "+side, w)))
		}
	}
	text, base := v.script(), s.Text
	if text == "" {
		text, base = "No transcript.", s.Dim
		if side == "" && r.Transcript != store.NoTranscript {
			text = "The transcript has not been fetched yet."
		}
	}
	words := v.sought()
	lines := kit.Wrap(text, max(w-2, 1))
	room := max(h-len(out), 0)
	top := v.text.top - 1
	if top < 0 {
		top = lineOf(lines, words, room)
	}
	top = max(min(top, len(lines)-room), 0)
	for _, l := range lines[top:] {
		if len(out) >= h {
			break
		}
		l = kit.Cut(l, max(w-2, 0))
		out = append(out, kit.Fit("", min(1, w))+screen.Highlight(l, words, base.Paint, s.Match.Paint)+kit.Space(w-min(1, w)-kit.Width(l)))
	}
	return screen.Lines(out, h, kit.Space(w))
}

// pan moves the transcript by n lines.
func (v *Viewer) pan(n int) {
	p := v.plan(v.w, v.h)
	if p.text == 0 {
		return
	}
	w := v.w
	if p.side {
		w -= p.w + 1
	}
	lines := kit.Wrap(v.script(), max(w-2, 1))
	top := v.text.top - 1
	if top < 0 {
		top = lineOf(lines, v.sought(), p.text-1)
	}
	v.text.top = 1 + max(min(top+n, len(lines)-p.text+1), 0)
}

// lineOf is the first line to show so that the first of the words is in sight.
func lineOf(lines, words []string, h int) int {
	for i, l := range lines {
		if at, _ := place(l, words, 0); at >= 0 {
			return kit.Windowed(len(lines), h, min(i+1, len(lines)-1), 0)
		}
	}
	return 0
}

// heading is a rule with a title, and what is wrong beside it if that fits.
func heading(s *theme.Styles, title, side string, w int) (line string, fits bool) {
	if w < kit.Width(title)+6 {
		return s.Dim.S(kit.Fit(" "+title, w)), side == ""
	}
	line, rest := s.Border.S(" ─ ")+s.Dim.S(title+" "), w-5-kit.Width(title)
	fits = side == ""
	if !fits && kit.Width(side)+4 <= rest {
		line += s.Border.S("─ ") + s.Warn.S(side+" ")
		rest -= 3 + kit.Width(side)
		fits = true
	}
	return line + s.Border.S(strings.Repeat("─", max(rest, 0))) + kit.Space(1), fits
}
