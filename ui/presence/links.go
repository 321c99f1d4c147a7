package presence

import (
	"strings"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// The people of other companies one is connected with, or may be, are a section of their
// own: they are not watched, and who asks to be connected comes first.

// linkRows are the connections, in the order of the store.
func (m *Model) linkRows() []row {
	rows := make([]row, 0, len(m.links))
	for _, c := range m.links {
		rows = append(rows, row{
			key: key("link", c.Account, c.Person.Remote), is: link, link: c,
			who: store.Presence{Account: c.Account, Extension: c.Person.Remote, Name: c.Person.Name, PresenceState: store.PresenceState{Message: c.Person.Company}},
		})
	}
	return rows
}

// linkWords is how one stands with somebody, and what can be done about it here.
func (m *Model) linkWords(c store.Connection) (string, theme.Set) {
	s := m.env.Styles
	switch c.Status {
	case store.ConnectionAsked:
		return "asks to connect; answered at " + screen.ServiceName(m.env.Services[c.Account]) + " itself", s.Warn
	case store.ConnectionAsking:
		return "has not answered yet", s.Dim
	case store.ConnectionRejected:
		return "did not want to be connected", s.Dim
	}
	return string(c.Status), s.Text
}

// linkLine is a connection on one line: name, company, how one stands.
func (m *Model) linkLine(r row, w int, cursor, focused bool) string {
	s, c := m.env.Styles, r.link
	sign, look := m.env.Presence(c.Person.Remote)
	if c.Status == store.ConnectionAsked {
		sign, look = "?", s.Warn
	}
	on := func(set theme.Set, text string) string { return set.On(cursor, focused).S(text) }
	nw := min(max(w*27/100, 16), 30)
	words, set := m.linkWords(c)
	rest := max(w-3-nw, 0)
	company := ""
	if c.Person.Company != "" {
		company = kit.Cut(" "+c.Person.Company+" ", min(rest/2, 26))
	}
	rest = max(rest-kit.Width(company)-1, 0)
	return on(look, " "+sign+" ") + on(s.Strong, kit.Fit(c.Person.Name, nw)) + on(s.Note, company) + on(set, kit.Fit(" "+kit.Cut(words, max(rest-1, 0)), rest)) + on(s.Dim, " ")
}

// everything finds all from somebody who has no number.
func (m *Model) everything(name string) (query, title string) {
	return `from:"` + strings.ReplaceAll(name, `"`, " ") + `"`, "Everything from " + name
}
