package mailboxes

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// Do carries out an action.
func (m *Model) Do(a keymap.Action) (tea.Cmd, bool) {
	if n, ok := screen.Moves(a); ok {
		m.move(n)
		return nil, true
	}
	switch a {
	case keymap.NextUnread:
		m.next(1)
	case keymap.PreviousUnread:
		m.next(-1)
	case keymap.Back, keymap.Cancel:
		if m.filter != "" {
			m.filter = ""
			return nil, true
		}
		return m.env.Host.Go(screen.List), true
	case keymap.Filter:
		m.startFilter()
	case keymap.Refresh:
		m.env.Store.SyncNow()
		m.env.Host.Say("Asking for news in all mailboxes")
	case keymap.Open:
		return m.enter(), true
	case keymap.ChooseMailbox:
		return m.choose(), true
	case keymap.CopyNumber:
		return m.copy(), true
	case keymap.Mark, keymap.MarkRange, keymap.MarkAll, keymap.Sort, keymap.Save, keymap.SaveMarked, keymap.OpenOutside, keymap.CopyText,
		keymap.ShowInfo, keymap.Pipe, keymap.Print:
		m.env.Host.Say("That is for messages; here are mailboxes")
	default:
		return nil, false
	}
	return nil, true
}

// Useful is what the footer offers.
func (m *Model) Useful() []keymap.Action {
	if r, i := m.current(m.rows()); i >= 0 && noChoice(r.is) != "" {
		return []keymap.Action{keymap.Open, keymap.Filter, keymap.Refresh, keymap.GoJobs, keymap.Back, keymap.Help}
	}
	return []keymap.Action{keymap.Open, keymap.ChooseMailbox, keymap.Filter, keymap.Refresh, keymap.GoJobs, keymap.Back, keymap.Help}
}

// Disabled says why an action cannot be done now.
func (m *Model) Disabled(a keymap.Action) string {
	r, i := m.current(m.rows())
	switch a {
	case keymap.ChooseMailbox:
		switch {
		case i < 0 || r.is == all:
			return "no mailbox is under the cursor"
		case r.is == own:
			return "this is a sign-in of its own; switchboard logout ends it"
		case noChoice(r.is) != "":
			return noChoice(r.is)
		case m.asking != "":
			return "the service is being asked for another one"
		}
	case keymap.Open:
		if i >= 0 && r.is == offer {
			return "it is not read yet; " + "Space reads it"
		}
	}
	return ""
}

// enter shows one mailbox, or all.
func (m *Model) enter() tea.Cmd {
	r, i := m.current(m.rows())
	switch {
	case i < 0:
		m.env.Host.Say("There is no mailbox")
		return nil
	case r.is == offer:
		m.env.Host.Say("The mailbox of " + r.offer.Name + " is not read; Space asks the service for it")
		return nil
	case r.is == box, r.is == user, r.is == tag:
		return m.showBox(r)
	case m.env.ShowMailbox == nil:
		return m.env.Host.Go(screen.List)
	case r.is == all:
		return m.env.ShowMailbox("")
	}
	return m.env.ShowMailbox(r.box.Key)
}

// choose reads a mailbox, or no longer.
func (m *Model) choose() tea.Cmd {
	r, _ := m.current(m.rows())
	if why := m.Disabled(keymap.ChooseMailbox); why != "" {
		m.env.Host.Say(strings.ToUpper(why[:1]) + why[1:])
		return nil
	}
	if r.is == offer {
		m.asking = r.key
		return m.env.Do(m.env.Ctx, time.Minute, func(ctx context.Context) tea.Msg {
			_, err := m.env.Store.OpenMailbox(ctx, r.owner, r.offer)
			return opened{name: r.offer.Name, err: err}
		})
	}
	if n := r.box.Status.Pending; n > 0 {
		m.env.Host.Confirm(screen.Confirm{
			Question: "Close the mailbox of " + r.box.Name + "?",
			Detail:   kit.Plural(n, "change") + " of it would never be sent.", Yes: "close", Do: func() tea.Cmd { return m.close(r) },
		})
		return nil
	}
	return m.close(r)
}

func (m *Model) close(r row) tea.Cmd {
	return m.env.Do(m.env.Ctx, time.Minute, func(ctx context.Context) tea.Msg {
		return closed{key: r.box.Key, name: r.box.Name, err: m.env.Store.CloseMailbox(ctx, r.box.Key)}
	})
}

func (m *Model) copy() tea.Cmd {
	r, _ := m.current(m.rows())
	number := r.box.Number
	none := "There is no number"
	switch r.is {
	case offer:
		number = r.offer.Number
	case box:
		number, none = r.in.Email, "The mailbox has no address"
	case user:
		number, none = r.user.Email, "The service told no address"
	case tag:
		none = "A tag has no address"
	}
	if number == "" {
		m.env.Host.Say(none)
		return nil
	}
	return func() tea.Msg { return screen.Copy{Text: number, Said: "Copied " + number} }
}

// startFilter finds mailboxes by name, number or address, those of people and who works in
// one too.
func (m *Model) startFilter() {
	before := m.filter
	m.env.Host.Prompt(screen.Prompt{
		Title: "Filter", Kind: "filter mailboxes", Value: m.filter, Hint: "names, numbers and addresses, of people too",
		Change: func(text string) (string, tea.Cmd) { m.filter = strings.TrimSpace(text); return "", nil },
		Enter:  func(text string) (tea.Cmd, error) { m.filter = strings.TrimSpace(text); return nil, nil },
		Cancel: func() tea.Cmd { m.filter = before; return nil },
	})
}
