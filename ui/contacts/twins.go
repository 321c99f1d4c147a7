package contacts

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// twins is a contact and those that share a number or an e-mail address with it, shown
// over the list.
type twins struct {
	of    store.Contact
	table kit.Table[store.Contact]
}

// twinned is the duplicates of a contact.
type twinned struct {
	of   store.Contact
	list []store.Contact
	open bool // somebody asked to see them
	err  error
}

func (m *Model) showTwins() tea.Cmd {
	c, ok := m.Current()
	switch {
	case m.twins != nil:
		m.twins = nil
		return nil
	case !ok:
		m.env.Host.Say("There is no contact here")
		return nil
	case c.Duplicates == 0:
		m.env.Host.Say("Nobody else has the same number or e-mail address as " + screen.ContactName(c))
		return nil
	}
	m.waiting++
	return m.sharing(c, true)
}

func (m *Model) sharing(c store.Contact, open bool) tea.Cmd {
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		list, err := m.env.Store.DuplicatesOf(ctx, c.ID)
		if now, gone := m.env.Store.Contact(ctx, c.ID); gone == nil {
			list = append([]store.Contact{now}, list...)
		}
		return twinned{c, list, open, err}
	})
}

// again reads the duplicates once more, if they are shown.
func (m *Model) again() tea.Cmd {
	if m.twins == nil {
		return nil
	}
	return m.sharing(m.twins.of, false)
}

func (m *Model) twinned(t twinned) {
	if t.open {
		m.waiting = max(m.waiting-1, 0)
	}
	switch {
	case t.err != nil:
		m.env.Host.Tell(screen.Banner{Text: screen.Failed{Op: "look for duplicates", Err: t.err}.Text(), Fault: true})
		return
	case m.twins == nil && !t.open:
		return
	case m.twins == nil || t.open:
		m.twins = &twins{of: t.of}
		m.twins.table.ID, m.twins.table.Free = contactID, true
		m.twins.table.SetHeight(m.table.Height())
	}
	m.twins.table.Load(t.list, true, true)
}
