package ui

import (
	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/ui/mailboxes"
	"switchboard/ui/presence"
	"switchboard/ui/screen"
)

// screens are those that take all the room, by where they are.
func (m *Model) screens() map[screen.Place]screen.Full {
	return map[screen.Place]screen.Full{
		screen.JobList:   m.jobs,
		screen.Contacts:  m.contacts,
		screen.Presence:  presence.New(m.env),
		screen.Mailboxes: mailboxes.New(m.env),
		screen.Groups:    m.groups,
		screen.Drafts:    m.drafts,
	}
}

// full is the screen that takes all the room now, or nil.
func (m *Model) full() screen.Full { return m.fulls[m.place] }

// freshen has the screen that takes all the room, or is under the panes, fetch again what it
// shows: the panes follow it.
func (m *Model) freshen() tea.Cmd {
	f := m.full()
	if f == nil {
		f = m.stands()
	}
	if f == nil {
		return nil
	}
	return f.Refresh()
}

// updateFulls gives a message to every screen: what one asked for may arrive after it
// was left.
func (m *Model) updateFulls(msg tea.Msg) (cmd tea.Cmd) {
	for _, p := range fullPlaces() {
		if f := m.fulls[p]; f != nil {
			cmd = join(cmd, f.Update(msg))
		}
	}
	return cmd
}

// fullPlaces is the order in which screens get messages.
func fullPlaces() []screen.Place {
	return []screen.Place{screen.JobList, screen.Contacts, screen.Presence, screen.Groups, screen.Mailboxes, screen.Drafts}
}

// goFull is the action that goes to a screen of its own.
func (m *Model) goFull(a keymap.Action) (tea.Cmd, bool) {
	to, ok := map[keymap.Action]screen.Place{
		keymap.GoJobs: screen.JobList, keymap.GoContacts: screen.Contacts, keymap.GoPresence: screen.Presence,
		keymap.GoGroups: screen.Groups, keymap.GoMailboxes: screen.Mailboxes, keymap.GoDrafts: screen.Drafts,
	}[a]
	if !ok || m.fulls[to] == nil {
		return nil, false
	}
	return m.Go(to), true
}
