package reader

import (
	"strings"
	"time"

	"switchboard/ui/kit"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// label is how wide the names of the envelope's fields are.
const label = 9

// page collects lines of w cells.
type page struct {
	s     *theme.Styles
	w     int
	words []string
	lines []string
}

func (p *page) add(set theme.Set, text string) {
	for _, line := range kit.Wrap(text, max(p.w-2, 1)) {
		line = kit.Cut(line, max(p.w-2, 0))
		p.lines = append(p.lines, kit.Fit("", min(1, p.w))+screen.Highlight(line, p.words, set.Paint, p.s.Match.Paint)+kit.Space(p.w-1-kit.Width(line)))
	}
}

func (p *page) blank() { p.lines = append(p.lines, kit.Space(p.w)) }

// room is how wide the value of a field may be.
func (p *page) room() int { return max(p.w-label-2, 1) }

// field is a named value; a long one goes on under itself.
func (p *page) field(name string, set theme.Set, value string) {
	if value == "" {
		return
	}
	if p.w < label+8 {
		p.add(set, value)
		return
	}
	room := p.room()
	for i, line := range kit.Wrap(value, room) {
		if i > 0 {
			name = ""
		}
		line = kit.Cut(line, room)
		p.lines = append(p.lines, p.s.Dim.S(" "+kit.Fit(name, label))+
			screen.Highlight(line, p.words, set.Paint, p.s.Match.Paint)+kit.Space(p.w-1-label-kit.Width(line)))
	}
}

func (p *page) labels(list []string) {
	if len(list) > 0 {
		p.field("Labels", p.s.Note, strings.Join(list, ", "))
	}
}

func (p *page) rule(title, side string) {
	p.blank()
	if p.w < kit.Width(title)+8 {
		p.add(p.s.Dim, title)
		return
	}
	beside := side != "" && kit.Width(title)+kit.Width(side)+9 < p.w
	line, rest := p.s.Border.S(" ─ ")+p.s.Dim.S(title+" "), p.w-5-kit.Width(title)
	if beside {
		line += p.s.Border.S("─ ") + p.s.Warn.S(side+" ")
		rest -= 3 + kit.Width(side)
	}
	p.lines = append(p.lines, line+p.s.Border.S(strings.Repeat("─", rest))+kit.Space(1))
	if side != "" && !beside {
		p.add(p.s.Warn, side)
	}
}

func ago(d time.Duration) string {
	a := kit.Age(d)
	if a == "now" {
		return "just now"
	}
	return a + " ago"
}
