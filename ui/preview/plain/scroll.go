package plain

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"switchboard/ui/screen"
)

// room is how many rows there are for lines.
func (v *Viewer) room() int { return max(v.h-v.fixed(), 1) }

// fixed is the rows that stand still: what it is, what is left out, the head of
// a table.
func (v *Viewer) fixed() int {
	n := 1
	if v.sheet != nil && v.sheet.remark != "" {
		n++
	}
	if v.sheet != nil && v.sheet.head != "" {
		n++
	}
	return n
}

// scroll moves by n rows, within the file, and asks for more of it where its end
// comes near.
func (v *Viewer) scroll(n int) tea.Cmd {
	if v.sheet == nil {
		return nil
	}
	for ; n > 0; n-- {
		if v.sub++; v.sub >= v.sheet.height(v.top, v.w) {
			v.top, v.sub = v.top+1, 0
		}
	}
	for ; n < 0 && (v.top > 0 || v.sub > 0); n++ {
		if v.sub--; v.sub < 0 {
			v.top--
			v.sub = v.sheet.height(v.top, v.w) - 1
		}
	}
	if top, sub := v.last(); v.top > top || v.top == top && v.sub > sub {
		v.top, v.sub = top, sub
		return v.more()
	}
	if v.top+2*v.room() > len(v.sheet.lines) {
		return v.more()
	}
	return nil
}

// last is the furthest the screen goes down: the end on its last row.
func (v *Viewer) last() (top, sub int) {
	left := v.room()
	for n := len(v.sheet.lines) - 1; n >= 0; n-- {
		h := v.sheet.height(n, v.w)
		if h >= left {
			return n, h - left
		}
		left -= h
	}
	return 0, 0
}

// more reads on, once.
func (v *Viewer) more() tea.Cmd {
	if v.loading || v.sheet.rest == nil {
		return nil
	}
	v.loading = true
	gen, next := v.gen, v.sheet.rest
	return v.env.Do(v.env.Ctx, screen.Long, func(ctx context.Context) tea.Msg {
		lines, after, err := next.read(ctx)
		return grown{gen, lines, after, err}
	})
}
