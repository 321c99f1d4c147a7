package preview

import (
	"fmt"

	"switchboard/keymap"
	"switchboard/ui/preview/pages"
	"switchboard/ui/preview/sound"
)

// hinting is a Viewer that knows which of its keys are of use now, and what they
// do, in a word or two.
type hinting interface {
	Useful() []keymap.Action
	Short(a keymap.Action) string
}

// Shown names what is shown, for those who keep what they made of it.
func (m *Model) Shown() string {
	if m.stage != shown {
		return m.row.Kind.String()
	}
	return fmt.Sprint(m.kind, m.Useful(), m.Short(keymap.Play), m.Short(keymap.Transcript))
}

// Useful is the keys most useful with what is shown; nil while there is nothing.
func (m *Model) Useful() []keymap.Action {
	if m.stage != shown {
		return nil
	}
	if m.small.stands() {
		return []keymap.Action{keymap.Play, keymap.MediaMore}
	}
	if v, ok := m.viewer().(hinting); ok {
		return v.Useful()
	}
	if m.kind == Sound {
		return []keymap.Action{keymap.Play, keymap.MediaBack, keymap.MediaFaster}
	}
	return []keymap.Action{keymap.Play}
}

// Short is what an action does to what is shown, in a word or two for the
// footer; "" for what it always does.
func (m *Model) Short(a keymap.Action) string {
	if m.row.Files == 0 {
		if a == keymap.Play {
			return "scroll on"
		}
		return ""
	}
	if m.small.stands() && a == keymap.Play {
		return "whole file"
	}
	if v, ok := m.viewer().(hinting); ok {
		return v.Short(a)
	}
	kind := m.kind
	if m.stage != shown {
		kind = expected(m.row)
	}
	switch kind {
	case Pages:
		return pages.Words(a)
	case Picture:
		if a == keymap.Play {
			return "show"
		}
		return pages.Words(a)
	case Sound:
		if a == keymap.Play && m.Status() == sound.Playing.String() {
			return "pause"
		}
	case Plain:
		if a == keymap.Play {
			return "scroll on"
		}
	}
	return ""
}
