package inbox

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// bulk is how many items may be changed without being asked.
const bulk = 50

// triage carries out what changes items.
func (m *Model) triage(a keymap.Action) (tea.Cmd, bool) {
	switch a {
	case keymap.Done:
		return m.done(), true
	case keymap.DoneNote:
		return m.askNote(true), true
	case keymap.AddNote:
		return m.askNote(false), true
	case keymap.ToggleRead:
		return m.toggleRead(), true
	case keymap.Delete:
		return m.remove(), true
	case keymap.CallBack:
		return m.call(), true
	case keymap.Repeat:
		if m.repeat == nil {
			m.env.Host.Say("There is nothing to repeat yet")
			return nil, true
		}
		return m.repeat(), true
	}
	return nil, false
}

// targets is what a change is about: the marked items, else the one under the
// cursor, with those of them whose rows are known.
func (m *Model) targets() (ids []store.ID, rows []store.Row) {
	t := &m.top().table
	set := map[int64]bool{}
	for _, id := range t.Targets() {
		ids = append(ids, store.ID(id))
		set[id] = true
	}
	for _, r := range t.Known() {
		if set[int64(r.ID)] {
			rows = append(rows, r)
		}
	}
	return ids, rows
}

// Targets is what a change would be about: the marked items, else the one under the cursor.
func (m *Model) Targets() []store.ID {
	ids, _ := m.targets()
	return ids
}

func (m *Model) done() tea.Cmd {
	ids, rows := m.targets()
	verb := store.Verb("reopen")
	if len(rows) < len(ids) {
		verb = "done" // some are not known here; those that are done already stay so
	}
	for _, r := range rows {
		if r.State != store.Done {
			verb = "done"
		}
	}
	return m.change(verb, "", ids)
}

func (m *Model) toggleRead() tea.Cmd {
	ids, rows := m.targets()
	verb := store.Verb("unread")
	for _, r := range rows {
		if !r.Read {
			verb = "read"
		}
	}
	if len(rows) == 1 && rows[0].Direction == store.Outbound {
		m.env.Host.Say("What we sent ourselves is never unread")
		return nil
	}
	return m.change(verb, "", ids)
}

// remove moves to the trash, or out of it again where it is already there.
func (m *Model) remove() tea.Cmd {
	ids, rows := m.targets()
	verb := store.Verb("restore")
	if len(rows) == 0 {
		verb = "delete"
	}
	for _, r := range rows {
		if r.Kind == store.Call {
			m.env.Host.Say("The service keeps its call log; e takes a call out of the queue")
			return nil
		}
		switch r.Availability {
		case store.Alive:
			verb = "delete"
		case store.Purged:
			m.env.Host.Say("The service has purged this message; it cannot be restored")
			return nil
		}
	}
	return m.change(verb, "", ids)
}

func (m *Model) call() tea.Cmd {
	r, ok := m.Current()
	switch {
	case !ok:
		m.env.Host.Say("There is nobody to call")
		return nil
	case r.Who.Number == "" && r.Who.Extension == "":
		m.env.Host.Say("The caller's number is withheld: nobody to call back")
		return nil
	}
	m.repeat = m.call
	return m.env.Act(store.Change{Verb: "call", Items: []store.ID{r.ID}}, false)
}

// askNote asks for a note; with andDone the items are done afterwards.
func (m *Model) askNote(andDone bool) tea.Cmd {
	ids, rows := m.targets()
	if len(ids) == 0 {
		m.env.Host.Say("There is nothing to write a note on")
		return nil
	}
	title := "Note on " + kit.Plural(len(ids), "item")
	if len(ids) == 1 && len(rows) == 1 {
		title = "Note on " + strings.ToLower(screen.KindName(rows[0].Kind)) + " " + screen.With(rows[0])
	}
	if andDone {
		title = "Done, with a n" + title[1:]
	}
	m.env.Host.Prompt(screen.Prompt{
		Title: title, Scope: keymap.ScopePrompt, Kind: "note", Pick: m.env.Canned,
		Enter: func(text string) (tea.Cmd, error) {
			text = strings.TrimSpace(text)
			if text == "" {
				if andDone {
					return m.change("done", "", ids), nil
				}
				return nil, nil
			}
			cmd := m.change("note", text, ids)
			if andDone {
				cmd = tea.Batch(cmd, m.change("done", "", ids))
			}
			m.repeat = func() tea.Cmd {
				again, _ := m.targets()
				cmd := m.change("note", text, again)
				if andDone {
					cmd = tea.Batch(cmd, m.change("done", "", again))
				}
				return cmd
			}
			return cmd, nil
		},
	})
	return nil
}

// change makes one change of many items: at once on the screen, then on disk.
// Only many at a time are asked about.
func (m *Model) change(v store.Verb, text string, ids []store.ID) tea.Cmd {
	if len(ids) == 0 {
		m.env.Host.Say("There is nothing here")
		return nil
	}
	m.repeat = func() tea.Cmd {
		again, _ := m.targets()
		return m.change(v, text, again)
	}
	if len(ids) > bulk {
		m.env.Host.Confirm(screen.Confirm{
			Question: fmt.Sprintf("%s: %s?", verbTitle(v), kit.Plural(len(ids), "item")),
			Detail:   "It can be taken back with u.",
			Yes:      strings.ToLower(verbTitle(v)),
			Do:       func() tea.Cmd { return m.apply(v, text, ids) },
		})
		return nil
	}
	return m.apply(v, text, ids)
}

func verbTitle(v store.Verb) string {
	switch v {
	case "read", "unread", "done":
		return "Mark " + string(v)
	case "note":
		return "Write the note on"
	}
	return strings.ToUpper(string(v[:1])) + string(v[1:])
}

func (m *Model) apply(v store.Verb, text string, ids []store.ID) tea.Cmd {
	l := m.top()
	set := make(map[store.ID]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	single := len(l.table.Marks()) == 0
	if v != "note" {
		l.table.Unmark()
	}
	if l.leaves(v) {
		l.table.Drop(func(id int64) bool { return set[store.ID(id)] })
		if l.told {
			l.total = max(l.total-len(ids), 0)
		}
	} else {
		l.table.Patch(func(r *store.Row) {
			if set[r.ID] {
				patch(r, v)
			}
		})
		if single && (v == "done" || v == "delete") {
			m.step(1)
		}
	}
	l.stale = l.busy || l.stale // rows being read now are older than this change
	return tea.Batch(m.env.Act(store.Change{Verb: v, Items: ids, Text: text}, false), m.rows(l, false))
}

// leaves reports whether items leave this list when changed so. It only says
// what the screen shows until the store has answered.
func (l *list) leaves(v store.Verb) bool {
	q := " " + l.base + " " + l.filter + " "
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(q, " "+w+" ") {
				return true
			}
		}
		return false
	}
	trash := has("in:trash", "is:deleted")
	switch v {
	case "done":
		return has("in:inbox", "is:open")
	case "reopen":
		return has("in:done", "is:done")
	case "delete":
		return !trash && !has("in:all")
	case "restore":
		return trash
	}
	return false
}

// patch shows a change on a row before the store has told it.
func patch(r *store.Row, v store.Verb) {
	switch v {
	case "done":
		r.State = store.Done
	case "reopen":
		r.State = store.StateOpen
	case "read":
		r.Read = true
	case "unread":
		r.Read = false
	case "delete":
		r.Availability = store.Deleted
	case "restore":
		r.Availability = store.Alive
	case "note":
		r.Notes++
	}
}
