package reader

import (
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// known puts what there is to know of an item beside its text: what stands before the
// first heading at once, the rest with what is returned.
func (m *Model) known(p *page) (rest func()) {
	if m.Details == nil {
		return func() {}
	}
	list := m.Details(m.row, m.item, m.have)
	i := 0
	for ; i < len(list) && !list[i].Rule; i++ {
		p.field(list[i].Name, tone(p.s, list[i].Tone), list[i].Value)
	}
	return func() {
		for _, d := range list[i:] {
			if d.Rule {
				p.rule(d.Name, "")
			} else {
				p.field(d.Name, tone(p.s, d.Tone), d.Value)
			}
		}
	}
}

func tone(s *theme.Styles, t screen.Tone) theme.Set {
	switch t {
	case screen.Strong:
		return s.Strong
	case screen.Quietly:
		return s.Dim
	case screen.Good:
		return s.Good
	case screen.Warn:
		return s.Warn
	case screen.Bad:
		return s.Bad
	}
	return s.Text
}
