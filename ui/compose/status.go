package compose

import (
	"fmt"
	"strings"
	"time"

	"switchboard/store"
	"switchboard/ui/kit"
)

// status is the line below: what is wrong, what was done, or what it comes to, and on
// the right what Enter does.
func (m *Model) status(w int) string {
	s, l := m.env.Styles, m.cur
	if l.picker.is != noPicker {
		return s.Dim.S(kit.Fit(l.picker.hint(len(l.picker.list)), w))
	}
	right := m.onEnter()
	room := max(w-kit.Width(right)-2, 0)
	left, paint := l.check.Words, s.Dim.Paint
	if l.wordsOnly() {
		left = ""
	}
	_, why := l.missing()
	switch {
	case l.sending:
		left, right = "Being written down ...", ""
	case l.fault != "":
		left, paint, room, right = "! "+l.fault, s.Bad.Paint, w, ""
	case l.hint != "":
		left, paint = l.hint, s.Accent.Paint
		if kit.Width(left) > room {
			room, right = w, ""
		}
	case l.wrong != "" && why == "" && !l.wordsOnly():
		left, paint, room, right = "! "+sentence(l.wrong), s.Warn.Paint, w, ""
	case l.check.MMS && len(l.to) > 1:
		left += "; one group, everybody sees the others"
	}
	if right != "" && kit.Width(left) > room { // what it comes to goes before what u can do about it
		right, _, _ = strings.Cut(right, ";")
		if m.env.Store.SendDelay() <= 0 && right == "Enter sends" {
			right += " for good"
		}
		room = max(w-kit.Width(right)-2, 0)
	}
	return paint.S(kit.Fit(left, room)) + s.Dim.S(kit.FitRight(right, w-room))
}

// onEnter says what Enter will do, and what of it can be taken back.
func (m *Model) onEnter() string {
	l := m.cur
	typed := l.line() != nil && strings.TrimSpace(l.line().String()) != ""
	if typed && l.focus == toField {
		return "Enter takes it"
	}
	if _, why := l.missing(); why != "" {
		return "Enter goes on"
	}
	switch d := m.env.Store.SendDelay(); {
	case d <= 0:
		return "Enter sends; it cannot be taken back"
	case l.kind == store.SendFax:
		return "Enter sends; u takes it back until it goes"
	case d >= 2*time.Minute:
		return fmt.Sprintf("Enter sends; u takes it back for %d min", int(d.Minutes()))
	default:
		return fmt.Sprintf("Enter sends; u takes it back for %d s", int(d.Seconds()))
	}
}
