package inbox

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// person is whom a list is about: a card of theirs stands above it.
type person struct {
	whom screen.Whom
	card store.Contact
	have bool
	err  error

	journal map[store.ID][]store.Entry // what was done to the items of the list
}

// ShowPerson puts a list of everything with somebody over the others, on one item of it or
// with 0 on the latest. From there one goes back to from.
func (m *Model) ShowPerson(w screen.Whom, query, title string, at store.ID, from screen.Place) tea.Cmd {
	l := m.newWide(title, query, store.NewestFirst)
	l.results, l.person, l.from = true, &person{whom: w}, from
	if l.err != nil {
		m.env.Host.Say(l.err.Error())
		return nil
	}
	m.push(l)
	if at != 0 {
		return m.visit(l, at)
	}
	return m.load(l)
}

// with begins the title of a list about a person.
const with = "Everything with "

// backWords is how one leaves a list about a person.
func (m *Model) backWords() string {
	if keys := m.env.Keys.Keys(keymap.ScopeGlobal, keymap.Back); len(keys) > 0 {
		return keys[0] + " goes back to where you were."
	}
	return "Esc goes back to where you were."
}

// Forget drops lists from which one would go back to a screen that is come to now.
func (m *Model) Forget(from screen.Place) {
	for !m.Top() && m.top().from == from {
		m.drop(m.top())
		m.lists = m.lists[:len(m.lists)-1]
	}
}

// carded is the card of a person as the contacts have it.
type carded struct {
	card store.Contact
	err  error
}

// whom is the contact a list is about; 0: none, or not one.
func (l *list) whom() int64 {
	if l.person == nil {
		return 0
	}
	return l.person.whom.Contact
}

// card fetches a contact, along with the rows: what stands above them must not push
// them down afterwards.
func (m *Model) card(ctx context.Context, id int64) *carded {
	if id == 0 {
		return nil
	}
	c, err := m.env.Store.Contact(ctx, id)
	return &carded{c, err}
}

func (l *list) carded(c *carded) {
	if c != nil && l.person != nil {
		l.person.card, l.person.have, l.person.err = c.card, c.err == nil, c.err
	}
}

// strip is the card above a list about a person, in at most h lines of w cells.
func (m *Model) strip(l *list, w, h int) []string {
	if l.person == nil || h <= 0 {
		return nil
	}
	s := m.env.Styles
	var out []string
	add := func(set theme.Set, text string) {
		if text != "" && len(out) < h {
			out = append(out, set.S(kit.Fit(kit.Space(lead)+screen.Flat(text), w)))
		}
	}
	long := func(set theme.Set, text string) {
		for _, l := range kit.Wrap(text, max(w-lead-1, 1)) {
			add(set, l)
		}
	}
	p := l.person
	who := p.whom.Party
	switch {
	case p.have:
		c := p.card
		add(s.Strong, joined("   ", star(c)+screen.ContactName(c), joined(", ", c.Job, c.Department), other(c.Company, screen.ContactName(c)), screen.SourceWords(c)))
		var numbers []string
		for _, n := range screen.Dialled(c) {
			numbers = append(numbers, screen.NumberKind(n.Kind)+" "+screen.NumberOf(n))
		}
		add(s.Text, joined("   ", append(numbers, c.Emails...)...))
		if m.env.Present != nil {
			_, words := m.env.Present(c)
			add(s.Good, words)
		}
		if who.Name != "" && who.Known != "" && who.Name != who.Known {
			add(s.Dim, "The service calls this number "+who.Name)
		}
		note, _, _ := strings.Cut(c.Notes, "\n")
		add(s.Note, note)
	case p.err != nil && who.Number != "":
		add(s.Dim, "The contact is not there any more.")
	case p.whom.Contact != 0:
		add(s.Strong, screen.Name(who))
	case who.Known != "":
		long(s.Warn, who.Known+" have this number; which of them it was is not known")
	case who.Number != "" || who.Extension != "":
		text := screen.Number(who.Number)
		if text == "" {
			text = "Extension " + who.Extension
		}
		if keys := m.env.Keys.KeysIn(m.Scopes(), keymap.AddContact); len(keys) > 0 {
			text += " is not in the contacts; " + keys[0] + " adds it"
		}
		long(s.Dim, text)
	}
	return out
}

func star(c store.Contact) string {
	if c.Favorite {
		return "★ "
	}
	return ""
}

func other(a, b string) string {
	if a == b {
		return ""
	}
	return a
}

func joined(sep string, parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, sep)
}
