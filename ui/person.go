package ui

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
)

// Person shows everything from and to somebody, whatever its kind, over what is shown
// now: back goes there again.
func (m *Model) Person(w screen.Whom) tea.Cmd { return m.personAt(w, 0) }

// personAt is Person, on one item of theirs.
func (m *Model) personAt(w screen.Whom, at store.ID) tea.Cmd {
	query, title := whomQuery(w)
	if query == "" {
		m.Say("The caller's number is withheld: nothing to look for")
		return nil
	}
	from := m.place
	return join(m.Go(screen.List), m.list.ShowPerson(w, query, title, at, from))
}

// whomQuery is what finds everything with somebody. Who is not one contact is looked
// for by number alone: nobody is guessed.
func whomQuery(w screen.Whom) (query, title string) {
	p := w.Party
	name := screen.Name(p)
	switch {
	case w.Contact != 0:
		if p.Known != "" {
			name = p.Known
		}
		return fmt.Sprintf("person:%d", w.Contact), "Everything with " + name
	case len(store.Digits(p.Number)) >= 4:
		if p.Name == "" {
			name = screen.Number(p.Number)
		}
		return "number:" + strings.ReplaceAll(p.Number, " ", ""), "Everything with " + name
	case store.Digits(p.Extension) != "":
		return "ext:" + store.Digits(p.Extension), "Everything with " + name
	case p.Name != "":
		return fmt.Sprintf("from:%q", strings.ReplaceAll(p.Name, `"`, " ")), "Everything from " + p.Name
	case p.Email != "":
		return fmt.Sprintf("from:%q", strings.ReplaceAll(p.Email, `"`, " ")), "Everything from " + p.Email
	}
	return "", ""
}

// row is the message a person is on now, in the list or on a screen of its own.
func (m *Model) row() (store.Row, bool) {
	if f := m.full(); f != nil {
		if r, ok := f.(screen.Rower); ok {
			return r.Current()
		}
		return store.Row{}, false
	}
	return m.list.Current()
}

// about carries out what concerns the person behind the row somebody is on: everything
// from them, and the contact of theirs.
func (m *Model) about(a keymap.Action) (tea.Cmd, bool) {
	if a != keymap.ShowInfo && a != keymap.AddContact {
		return nil, false
	}
	if m.place == screen.Contacts {
		return nil, false
	}
	if a == keymap.AddContact {
		if file, ok := m.card(); ok {
			return m.addCard(file), true
		}
	}
	r, ok := m.row()
	switch {
	case !ok && m.full() != nil:
		return nil, false
	case !ok:
		m.Say("There is no message here")
		return nil, true
	case a == keymap.ShowInfo && m.place == screen.Groups && r.Direction == store.Outbound:
		from := m.place
		return join(m.Go(screen.List), m.list.ShowPerson(screen.Whom{}, "in:posts is:outbound", "Your own posts", r.ID, from)), true
	case a == keymap.ShowInfo && m.place == screen.Groups:
		return m.personAt(screen.WhomOf(r), r.ID), true // what was done with this post is shown
	case a == keymap.ShowInfo:
		return m.Person(screen.WhomOf(r)), true
	case m.comes(r):
		return m.addOnce(r), true
	}
	return m.addContact(r), true
}

// addCard takes what is on a card into the contacts.
func (m *Model) addCard(file store.Attachment) tea.Cmd {
	m.Say("Adding what is on " + screen.FileName(file))
	return m.contacts.ImportFile(file)
}

// comes reports whether a message is about to be shown with files that are not known yet.
func (m *Model) comes(r store.Row) bool {
	if _, _, _, _, seen := m.showing(); !seen || r.Files == 0 {
		return false
	}
	it, have := m.read.Item()
	return !have || it.ID != r.ID
}

// addOnce makes a contact of a message once it is known whether a card is in it.
func (m *Model) addOnce(r store.Row) tea.Cmd {
	return m.lookUp("add a contact", func(ctx context.Context) (func() tea.Cmd, error) {
		it, err := m.env.Store.Item(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		return func() tea.Cmd {
			if file, ok := cardIn(it); ok {
				return m.addCard(file)
			}
			return m.addContact(r)
		}, nil
	})
}

// addContact makes a contact of who a message is from, or goes to the one there is. Of
// several that have the number, it shows all.
func (m *Model) addContact(r store.Row) tea.Cmd {
	p := r.Who
	switch {
	case p.Contact != 0:
		return join(m.Go(screen.Contacts), m.contacts.Visit(p.Contact))
	case p.Known != "":
		return join(m.Go(screen.Contacts), m.contacts.Look(p.Number))
	case p.Blocked():
		m.Say("The caller's number is withheld: nothing to add")
		return nil
	}
	c := store.Contact{Account: r.Account, Source: store.Personal}
	if p.Number != "" {
		c.Numbers = []store.PhoneNumber{{Kind: store.NumberMobile, Number: p.Number}}
	}
	if r.Kind == store.Fax {
		c.Numbers[0].Kind = store.NumberFax
	}
	first, last, _ := strings.Cut(p.Name, " ")
	c.First, c.Last = first, last
	return m.contacts.Add(c)
}

// card is the file of a contact card in the message that is shown: the one on the
// screen, else the first there is.
func (m *Model) card() (store.Attachment, bool) {
	if _, _, _, _, seen := m.showing(); !seen {
		return store.Attachment{}, false
	}
	row, ok := m.list.Current()
	if src, _ := m.preview.Source(); ok && src.Item.ID == row.ID && m.preview.Cards() {
		return src.File, true
	}
	it, have := m.read.Item()
	if !ok || !have || it.ID != row.ID {
		return store.Attachment{}, false
	}
	return cardIn(it)
}

// cardIn is the first contact card in a message.
func cardIn(it store.Item) (store.Attachment, bool) {
	for _, a := range screen.FilesOf(it) {
		said, _, _ := strings.Cut(strings.ToLower(a.Type), ";")
		if said == "text/vcard" || said == "text/x-vcard" || strings.HasSuffix(strings.ToLower(a.Name), ".vcf") {
			return a, true
		}
	}
	return store.Attachment{}, false
}
