package inbox

import (
	"strings"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/theme"
)

// leastBeside is the least width of a name that leaves room for a sign.
const leastBeside = 6

// whoCell is the column of who it was in w cells, in three parts, as the sign in the middle
// has a colour of its own: the name, whether a colleague is there, and blanks.
func (m *Model) whoCell(r store.Row, w int) (name, sign string, set theme.Set, rest string) {
	name = m.who(r)
	if r.Who.Extension != "" && w >= leastBeside {
		sign, set = m.env.Beside(r.Who.Extension)
	}
	if sign == "" {
		return kit.Fit(name, w), "", set, ""
	}
	if used := kit.Width(name); used < w-2 {
		return name + " ", sign, set, kit.Space(w - 2 - used)
	}
	return kit.Fit(name, w-2) + " ", sign, set, ""
}

// whoText is the same without colours.
func (m *Model) whoText(r store.Row, w int) string {
	name, sign, _, rest := m.whoCell(r, w)
	return name + sign + rest
}

// whoTo writes the same, the name in main.
func (m *Model) whoTo(b *strings.Builder, r store.Row, w int, main theme.Set) {
	name, sign, set, rest := m.whoCell(r, w)
	main.To(b, name)
	if sign != "" {
		set.To(b, sign)
		b.WriteString(rest)
	}
}
