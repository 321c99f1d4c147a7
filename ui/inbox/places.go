package inbox

import (
	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
)

// goTo shows another list of the mailbox. A list seen before is found as it
// was left.
func (m *Model) goTo(a keymap.Action) (tea.Cmd, bool) {
	switch a {
	case keymap.GoInbox:
		return m.show("Inbox", "in:inbox", m.env.Sort), true
	case keymap.GoVoicemail:
		return m.show("Voicemail", "in:voicemail", store.NewestFirst), true
	case keymap.GoFax:
		return m.show("Fax", "in:fax", store.NewestFirst), true
	case keymap.GoSMS:
		return m.show("Texts", "in:text", store.NewestFirst), true
	case keymap.GoMail:
		return m.show("E-mails", "in:email", store.NewestFirst), true
	case keymap.GoUnread:
		return m.show("Unread", "is:unread", m.env.Sort), true
	case keymap.GoMine:
		return m.show("Mine", "in:inbox is:mine", m.env.Sort), true
	case keymap.GoUnclaimed:
		return m.show("Unclaimed", "in:inbox -is:claimed", m.env.Sort), true
	case keymap.GoSnoozed:
		return m.show("Snoozed", "in:snoozed", store.OldestFirst), true
	case keymap.GoDone:
		return m.show("Done", "in:done", store.NewestFirst), true
	case keymap.GoTrash:
		return m.show("Trash", "in:trash", store.NewestFirst), true
	}
	for i, v := range []keymap.Action{
		keymap.View1, keymap.View2, keymap.View3, keymap.View4, keymap.View5,
		keymap.View6, keymap.View7, keymap.View8, keymap.View9,
	} {
		if a == v {
			return m.view(string(rune('1' + i))), true
		}
	}
	return nil, false
}

func (m *Model) view(key string) tea.Cmd {
	for _, v := range m.env.Views {
		if v.Key == key {
			cmd := m.show(v.Name, v.Query, m.env.Sort)
			m.top().patience = v.Patience
			return cmd
		}
	}
	m.env.Host.Say("There is no saved view " + key + "; views are set in the config file")
	return nil
}

func (m *Model) show(title, query string, o store.Order) tea.Cmd {
	old := m.lists[0]
	for _, l := range m.lists[1:] {
		m.drop(l)
	}
	m.kept[old.base] = old
	l := m.kept[query]
	if l == nil {
		l = m.newList(title, query, o)
		l.table.SetHeight(old.table.Height())
	}
	// What was being read of it when it was left has been dropped, or will be.
	l.gen++
	l.busy, l.stale = false, false
	m.lists = []*list{l}
	m.finding = nil
	cmds := []tea.Cmd{m.env.Host.Go(screen.List)}
	if l.filter != "" {
		l.filter = ""
		l.err = m.aim(l)
	}
	l.table.Unmark()
	if l.err != nil {
		m.env.Host.Say("View " + title + ": " + l.err.Error())
	}
	return tea.Batch(append(cmds, m.load(l))...)
}

// Show puts a list of what a query finds over the others. From there one goes back to
// from.
func (m *Model) Show(query, title string, from screen.Place) tea.Cmd {
	l := m.newWide(title, query, store.NewestFirst)
	l.results, l.from = true, from
	if l.err != nil {
		m.env.Host.Say(l.err.Error())
		return nil
	}
	m.push(l)
	return m.load(l)
}

func (m *Model) push(l *list) {
	l.table.SetHeight(m.top().table.Height())
	m.lists = append(m.lists, l)
}

func (m *Model) drop(l *list) {
	if l.cancel != nil {
		l.cancel()
	}
	l.gen++
}

// pop goes back to the list below, which may have changed meanwhile.
func (m *Model) pop() tea.Cmd {
	if m.Top() {
		return nil
	}
	from := m.top().from
	m.drop(m.top())
	m.lists = m.lists[:len(m.lists)-1]
	if from != screen.List {
		return tea.Batch(m.load(m.top()), m.env.Host.Go(from))
	}
	return m.load(m.top())
}

func (m *Model) startFilter() tea.Cmd {
	l := m.top()
	before := l.filter
	m.env.Host.Prompt(screen.Prompt{
		Title: "Filter " + l.title, Value: l.filter, Scope: keymap.ScopeSearchBox, Kind: "search", Fields: true,
		Hint: "words, from: has: is: dur<3 before:",
		Change: func(text string) (string, tea.Cmd) {
			was := l.filter
			l.filter = text
			if err := m.aim(l); err != nil {
				l.filter = was
				return err.Error(), nil
			}
			return "", m.load(l)
		},
		Enter: func(text string) (tea.Cmd, error) {
			if _, err := store.ParseQuery(text, m.env.Now(), m.env.Location); err != nil {
				return nil, err
			}
			if l.filter == text && !l.fresh {
				return nil, nil
			}
			return m.setFilter(l, text), nil
		},
		Cancel: func() tea.Cmd { return m.setFilter(l, before) },
	})
	return nil
}

func (m *Model) setFilter(l *list, text string) tea.Cmd {
	l.filter = text
	l.table.Unmark()
	if l.err = m.aim(l); l.err != nil {
		return nil
	}
	return m.load(l)
}

// startSearch asks for a search and shows what it finds at every letter. What
// was there before stays below, with its place.
func (m *Model) startSearch() tea.Cmd {
	m.env.Host.Prompt(screen.Prompt{
		Title: "Search", Scope: keymap.ScopeSearchBox, Kind: "search", Fields: true,
		Hint:   "words, numbers, from: in: is: has: before: dur:",
		Change: m.typed,
		Enter:  m.found,
		Cancel: m.unsearch,
	})
	return m.env.Host.Go(screen.List)
}

func (m *Model) typed(text string) (string, tea.Cmd) {
	if text == "" {
		return "", m.unsearch()
	}
	l := m.finding
	if l == nil {
		l = m.newList("Search", text, store.NewestFirst)
		if l.err != nil {
			return l.err.Error(), nil
		}
		l.results = true
		m.push(l)
		m.finding = l
		return "", tea.Batch(m.search(l), m.count(l))
	}
	was := l.base
	l.base = text
	if err := m.aim(l); err != nil {
		l.base = was
		return err.Error(), nil
	}
	return "", tea.Batch(m.search(l), m.count(l))
}

func (m *Model) found(text string) (tea.Cmd, error) {
	if _, err := store.ParseQuery(text, m.env.Now(), m.env.Location); err != nil {
		return nil, err
	}
	if text == "" {
		return m.unsearch(), nil
	}
	var cmd tea.Cmd
	if m.finding == nil || m.finding.base != text {
		_, cmd = m.typed(text)
	}
	l := m.finding
	m.finding = nil
	l.title = "Search " + text
	if n := len(m.lists); n > 2 && m.lists[n-2].results { // a search from results takes their place
		m.drop(m.lists[n-2])
		m.lists = append(m.lists[:n-2], l)
	}
	return cmd, nil
}

func (m *Model) unsearch() tea.Cmd {
	if m.finding == nil {
		return nil
	}
	m.finding = nil
	return m.pop()
}
