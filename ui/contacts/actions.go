package contacts

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// Do carries out an action.
func (m *Model) Do(a keymap.Action) (tea.Cmd, bool) {
	if m.beside && m.read(a) {
		return nil, true
	}
	if cmd, ok := m.move(a); ok {
		return cmd, true
	}
	if cmd, ok := m.choose(a); ok {
		return cmd, true
	}
	if cmd, ok := m.person(a); ok {
		return cmd, true
	}
	switch a {
	case keymap.AddContact:
		return m.add(store.Contact{Source: store.Personal}), true
	case keymap.ImportCards:
		return m.importCards(), true
	case keymap.Repeat:
		if m.repeat == nil {
			m.env.Host.Say("There is nothing to repeat yet")
			return nil, true
		}
		return m.repeat(), true
	case keymap.Sort:
		m.env.Host.Say("Contacts stand in the order of their names")
		return nil, true
	case keymap.Play, keymap.GoAttachments:
		m.env.Host.Say("That is for messages; here are contacts")
		return nil, true
	case keymap.Back, keymap.Cancel:
		return m.leave(a)
	}
	return nil, false
}

// leave takes back one thing, and then leaves the screen.
func (m *Model) leave(a keymap.Action) (tea.Cmd, bool) {
	t := m.list()
	switch {
	case m.beside:
		m.beside = false
	case a == keymap.Cancel && (t.Ranging() || len(t.Marks()) > 0):
		t.Unmark()
	case m.twins != nil:
		m.twins = nil
	case m.text != "":
		at := m.table.CursorID()
		m.text = ""
		m.aim()
		if at == 0 {
			return m.load(), true
		}
		return tea.Batch(m.fetch(at, half, half, at), m.count()), true
	case a == keymap.Cancel && m.view != (view{}):
		return m.narrow(view{}, "All contacts"), true
	default:
		return m.env.Host.Go(screen.List), true
	}
	return nil, true
}

// move moves the cursor.
func (m *Model) move(a keymap.Action) (tea.Cmd, bool) {
	t := m.list()
	h := max(t.Height(), 1)
	switch a {
	case keymap.Down, keymap.NextItem:
		t.Move(1)
	case keymap.Up, keymap.PreviousItem:
		t.Move(-1)
	case keymap.PageDown:
		t.Move(h)
	case keymap.PageUp:
		t.Move(-h)
	case keymap.HalfPageDown:
		t.Move(max(h/2, 1))
	case keymap.HalfPageUp:
		t.Move(-max(h/2, 1))
	case keymap.Top:
		t.First()
	case keymap.Bottom:
		t.Last()
	case keymap.NextUnread, keymap.PreviousUnread:
		return m.next(a == keymap.NextUnread)
	default:
		return nil, false
	}
	return m.rows(false), true
}

// next goes to the next match of a search.
func (m *Model) next(forward bool) (tea.Cmd, bool) {
	t := m.list()
	if m.text == "" && m.twins == nil {
		m.env.Host.Say("n goes from match to match of a search; / searches")
		return nil, true
	}
	was, step := t.CursorID(), -1
	if forward {
		step = 1
	}
	if t.Move(step); was == t.CursorID() && !t.Pending() {
		m.env.Host.Say("No more matches this way")
	}
	return m.rows(false), true
}

// choose says which contacts are shown and which are marked.
func (m *Model) choose(a keymap.Action) (tea.Cmd, bool) {
	t := m.list()
	v := m.view
	switch a {
	case keymap.Search:
		return m.find(""), true
	case keymap.Filter:
		return m.find(m.text), true
	case keymap.FavoritesOnly:
		v.Favorites = !v.Favorites
		if v.Favorites {
			return m.narrow(v, "Only favourites"), true
		}
		return m.narrow(v, "Favourites and all others"), true
	case keymap.ContactSource:
		v.Source = (v.Source + 1) % (store.Directory + 1)
		said := map[store.ContactSource]string{
			0: "Your own contacts and the company directory", store.Personal: "Only your own contacts", store.Directory: "Only the company directory",
		}
		return m.narrow(v, said[v.Source]), true
	case keymap.Duplicates:
		return m.showTwins(), true
	case keymap.Mark:
		t.Mark()
		t.Move(1)
		return m.rows(false), true
	case keymap.MarkRange:
		return m.markRange(), true
	case keymap.MarkAll:
		return m.markAll(), true
	case keymap.NextPane, keymap.PreviousPane:
		m.beside = !m.beside && t.Len() > 0
		return nil, true
	case keymap.PaneRight:
		if m.beside {
			m.env.Host.Say("This is the rightmost pane")
		}
		m.beside = t.Len() > 0
		return nil, true
	case keymap.PaneLeft:
		if !m.beside {
			m.env.Host.Say("This is the leftmost pane")
		}
		m.beside = false
		return nil, true
	}
	return nil, false
}

func (m *Model) markAll() tea.Cmd {
	t := m.list()
	if len(t.Marks()) > 0 {
		t.Unmark()
		return nil
	}
	if t.Whole() {
		ids := make([]int64, 0, t.Len())
		for _, c := range t.Known() {
			ids = append(ids, c.ID)
		}
		t.MarkIDs(ids)
		return nil
	}
	return m.freeze(0)
}

func (m *Model) markRange() tea.Cmd {
	t := m.list()
	if a := t.Anchor(); a != 0 && !t.Has(a) {
		return m.freeze(a)
	}
	if t.Range() {
		m.env.Host.Say(kit.Plural(len(t.Marks()), "contact") + " marked")
	} else {
		m.env.Host.Say("Range begins here: move and press v again")
	}
	return nil
}

// freeze asks for the ids of all contacts shown: marks must not change when the list
// does.
func (m *Model) freeze(from int64) tea.Cmd {
	m.waiting++
	gen, q := m.gen, m.query()
	return m.env.Do(m.ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		ids, err := m.env.Store.ContactIDs(ctx, q, most)
		return everyone{gen, ids, from, err}
	})
}

func (m *Model) marked(e everyone) tea.Cmd {
	m.waiting = max(m.waiting-1, 0)
	if e.gen != m.gen {
		return nil
	}
	if e.err != nil {
		return func() tea.Msg { return screen.Fail("mark", e.err) }
	}
	if e.from == 0 {
		m.table.MarkIDs(e.ids)
	} else {
		i, j := slices.Index(e.ids, e.from), slices.Index(e.ids, m.table.CursorID())
		if i < 0 || j < 0 {
			m.env.Host.Say("The contact where the range began is not shown any more")
			return nil
		}
		m.table.MarkBetween(e.ids[min(i, j) : max(i, j)+1])
	}
	m.env.Host.Say(kit.Plural(len(m.table.Marks()), "contact") + " marked")
	return nil
}

// person does what is about the contact under the cursor, or the marked ones.
func (m *Model) person(a keymap.Action) (tea.Cmd, bool) {
	switch a {
	case keymap.Open, keymap.ShowInfo, keymap.EditContact, keymap.OpenOutside, keymap.RemoveContact, keymap.Favorite, keymap.CallBack,
		keymap.CopyNumber, keymap.CopyText, keymap.AddNote, keymap.Save, keymap.SaveMarked, keymap.SendCard, keymap.Reply, keymap.Pipe, keymap.Print, keymap.Block:
	default:
		return nil, false
	}
	c, ok := m.Current()
	if !ok {
		m.env.Host.Say("There is no contact here")
		return nil, true
	}
	switch a {
	case keymap.Open, keymap.ShowInfo:
		return m.everything(c), true
	case keymap.EditContact:
		return m.edit(c), true
	case keymap.OpenOutside:
		return m.editOutside(c), true
	case keymap.RemoveContact:
		return m.remove(), true
	case keymap.Favorite:
		return m.favorite(), true
	case keymap.CallBack:
		return m.call(c), true
	case keymap.CopyNumber:
		return m.copyNumber(c), true
	case keymap.AddNote:
		return m.note(c), true
	case keymap.CopyText:
		return func() tea.Msg { return screen.Copy{Text: screen.CardText(c), Said: "Copied " + screen.ContactName(c)} }, true
	case keymap.Save:
		return m.save(), true
	case keymap.SaveMarked:
		return m.saveTo(), true
	case keymap.SendCard:
		return m.sendCard(), true
	case keymap.Reply:
		return m.write(c), true
	case keymap.Block:
		return m.block(c), true
	case keymap.Pipe, keymap.Print:
		m.env.Host.Say("A contact is no message: Y copies it, s saves it as a vCard")
	}
	return nil, true
}

// Visit shows a contact, wherever in the list it is; Look shows what a search finds.
func (m *Model) Visit(id int64) tea.Cmd { return m.all("", id) }

// Look shows what a search finds in all contacts.
func (m *Model) Look(text string) tea.Cmd { return m.all(text, 0) }

func (m *Model) all(text string, at int64) tea.Cmd {
	m.opened, m.beside, m.view, m.text = true, false, view{}, text
	m.twins = nil
	m.aim()
	m.restart()
	return tea.Batch(m.fetch(at, half, 2*half, at), m.count(), m.ask())
}

// everything shows what there is from and to this person.
func (m *Model) everything(c store.Contact) tea.Cmd {
	if m.env.Person == nil {
		return nil
	}
	return m.env.Person(screen.Whom{Account: c.Account, Contact: c.ID, Party: store.Party{Name: screen.ContactName(c)}})
}

// Disabled says why an action cannot be done now.
func (m *Model) Disabled(a keymap.Action) string {
	c, ok := m.Current()
	switch a {
	case keymap.Open, keymap.ShowInfo, keymap.Favorite, keymap.CopyText, keymap.Save, keymap.SaveMarked, keymap.Mark, keymap.MarkRange,
		keymap.MarkAll:
		if !ok {
			return "there is no contact"
		}
	case keymap.EditContact, keymap.OpenOutside, keymap.RemoveContact, keymap.AddNote:
		if !ok {
			return "there is no contact"
		}
		if c.Source != store.Personal && (a != keymap.RemoveContact || len(m.list().Marks()) == 0) {
			return "the company directory is kept by its administrator"
		}
	case keymap.CallBack, keymap.CopyNumber:
		if !ok {
			return "there is no contact"
		}
		if len(screen.Dialled(c)) == 0 {
			return errNoNumber.Error()
		}
	case keymap.Duplicates:
		if !ok || c.Duplicates == 0 {
			return "nobody else has the same number or address"
		}
	case keymap.SendCard, keymap.Reply:
		if !ok {
			return "there is no contact"
		}
	case keymap.Pipe, keymap.Print, keymap.Play, keymap.GoAttachments:
		return "that is for messages"
	case keymap.Repeat:
		if m.repeat == nil {
			return "nothing was done yet"
		}
	}
	return ""
}

// Useful is what the footer offers.
func (m *Model) Useful() []keymap.Action {
	if m.beside {
		return []keymap.Action{keymap.CallBack, keymap.EditContact, keymap.Open, keymap.Back, keymap.Help}
	}
	return []keymap.Action{
		keymap.Open, keymap.CallBack, keymap.Search, keymap.AddContact, keymap.EditContact, keymap.Favorite, keymap.RemoveContact,
		keymap.ContactSource, keymap.Help, keymap.Undo, keymap.CopyNumber, keymap.ImportCards,
	}
}
