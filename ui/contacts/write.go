package contacts

import (
	"context"
	"io"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// write opens the composer on a text to a contact; whoever has an extension only gets a
// page.
func (m *Model) write(c store.Contact) tea.Cmd {
	if m.env.Compose == nil {
		return nil
	}
	l := screen.Letter{Kind: store.SendText}
	var numbers []store.PhoneNumber
	for _, n := range screen.Dialled(c) {
		if k := strings.ToLower(n.Kind); !strings.Contains(k, "fax") && len(store.Digits(n.Number)) >= 5 {
			numbers = append(numbers, n)
		}
	}
	name := screen.ContactName(c)
	switch {
	case len(numbers) == 0 && c.Extension != "":
		l.Kind = store.SendPager
		l.To = []store.Recipient{{Name: name, Extension: c.Extension}}
		return m.env.Compose(l)
	case len(numbers) == 0:
		m.env.Host.Say(name + " has no number a text can go to")
		return nil
	}
	c.Numbers, c.Extension = numbers, "" // those alone are to choose from
	return m.pickNumber(c, "Write a text to "+name, func(n store.PhoneNumber) tea.Cmd {
		l.To = []store.Recipient{{Name: name, Number: n.Number}}
		return m.env.Compose(l)
	})
}

// sendCard opens the composer with the marked contacts, or the one under the cursor, as
// a file of cards.
func (m *Model) sendCard() tea.Cmd {
	if m.env.Compose == nil {
		return nil
	}
	ids, known := m.targets()
	name, words := "contacts", kit.Plural(len(ids), "contact card")
	if c, ok := known[ids[0]]; ok && len(ids) == 1 {
		name = screen.ContactName(c)
		words = "the contact card of " + name
	}
	return m.env.Compose(screen.Letter{Kind: store.SendText, About: "with a contact card", Files: []screen.LetterFile{{
		Name: store.SafeName(name, "text/vcard"), Words: words,
		Write: func(ctx context.Context, w io.Writer) error {
			_, err := m.env.Store.ExportContacts(ctx, ids, w)
			return err
		},
	}}})
}
