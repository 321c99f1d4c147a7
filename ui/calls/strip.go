package calls

import (
	"fmt"
	"time"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// Strip is the calls in progress, a line of w cells each and at most most of them. The
// last line says how many more there are.
func Strip(live []store.LiveCall, s *theme.Styles, now time.Time, w, most int) []string {
	if len(live) == 0 || most <= 0 || w <= 0 {
		return nil
	}
	shown := live
	if len(live) > most {
		shown = live[:most-1]
	}
	out := make([]string, 0, most)
	for _, c := range shown {
		out = append(out, line(c, s, now, w))
	}
	if n := len(live) - len(shown); n > 0 {
		out = append(out, s.Dim.S(kit.Fit(fmt.Sprintf("    and %d more calls", n), w)))
	}
	return out
}

// line is one call: how it stands, since when, who, their number.
func line(c store.LiveCall, s *theme.Styles, now time.Time, w int) string {
	words, set := "rings", s.Accent
	switch c.State {
	case store.LiveConnected:
		words, set = "speaking", s.Good
	case store.LiveHeld:
		words, set = "on hold", s.Warn
	}
	way := "←"
	if c.Dir == store.Outbound {
		way = "→"
	}
	who := c.Other()
	text := "    " + way + " " + kit.Fit(words, 8) + " " + kit.FitRight(kit.Length(max(now.Sub(c.Since), 0)), 6) + "  " + screen.Flat(screen.Name(who))
	if who.Name != "" && who.Number != "" {
		text += "  " + screen.Number(who.Number)
	}
	if c.Queue {
		text += "  through a queue"
	}
	if !c.Ours {
		at := c.Owner
		if at == "" {
			at = "a colleague"
		}
		text += "  at " + screen.Flat(at)
	}
	return set.S(kit.Fit(text, w))
}
