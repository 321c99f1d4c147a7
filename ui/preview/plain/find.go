package plain

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// ask asks what to look for. What was looked for last stands there: Enter alone
// goes to the next.
func (v *Viewer) ask() {
	gen := v.gen
	v.env.Host.Prompt(screen.Prompt{
		Title: "Find in the file", Value: v.find, Scope: keymap.ScopePrompt, Kind: "find-in-file", Hint: "Enter again goes to the next",
		Enter: func(text string) (tea.Cmd, error) {
			if text = strings.TrimSpace(text); text == "" || gen != v.gen || v.sheet == nil {
				v.find, v.hit = "", -1
				return nil, nil
			}
			if text != v.find {
				v.find, v.hit = text, -1
			}
			return v.search(), nil
		},
	})
}

// search looks for the next line that has it, reading on where it must, and
// from the beginning again after the end.
func (v *Viewer) search() tea.Cmd {
	gen, s, from := v.gen, v.sheet, v.hit+1
	if v.hit < 0 {
		from = v.top
	}
	want := strings.ToLower(v.find)
	v.loading = true
	return v.env.Do(v.env.Ctx, screen.Long, func(ctx context.Context) tea.Msg {
		f := found{grown: grown{gen: gen, next: s.rest}, line: -1}
		if f.line = seek(s.lines, from, want); f.line >= 0 {
			return f
		}
		for f.next != nil && f.err == nil {
			var more []line
			more, f.next, f.err = f.next.read(ctx)
			at := seek(more, 0, want)
			if at >= 0 {
				f.line = len(s.lines) + len(f.more) + at
			}
			if f.more = append(f.more, more...); at >= 0 {
				return f
			}
		}
		f.line = seek(s.lines[:min(from, len(s.lines))], 0, want)
		return f
	})
}

func seek(lines []line, from int, want string) int {
	for i := max(from, 0); i < len(lines); i++ {
		l := &lines[i]
		if strings.Contains(strings.ToLower(l.text), want) || l.label != "" && strings.Contains(strings.ToLower(l.label), want) {
			return i
		}
	}
	return -1
}

// at is the cell at which what is looked for begins.
func at(text, find string) int {
	low := strings.ToLower(text)
	if i := strings.Index(low, strings.ToLower(find)); i >= 0 && len(low) == len(text) {
		return kit.Width(text[:i])
	}
	return 0
}

// mark paints s, and what is looked for wherever it is in it.
func mark(s, find string, base, match theme.Paint) string {
	low, want := strings.ToLower(s), strings.ToLower(find)
	if want == "" || len(low) != len(s) {
		return base.S(s)
	}
	var b strings.Builder
	for {
		i := strings.Index(low, want)
		if i < 0 {
			b.WriteString(base.S(s))
			return b.String()
		}
		b.WriteString(base.S(s[:i]))
		b.WriteString(match.S(s[i : i+len(want)]))
		s, low = s[i+len(want):], low[i+len(want):]
	}
}
