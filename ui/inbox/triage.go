package inbox

import (
	"cmp"
	"slices"
	"strings"
	"time"

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
	case keymap.Hold:
		return m.hold(), true
	case keymap.Repeat:
		if m.repeat == nil {
			m.env.Host.Say("There is nothing to repeat yet")
			return nil, true
		}
		return m.repeat(), true
	}
	return m.work(a)
}

// targets is what a change is about: the marked items, else the one under the
// cursor, with those of them whose rows are known.
func (m *Model) targets() (ids []store.ID, rows []store.Row) {
	if g := m.guest; g != nil {
		return g.targets()
	}
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

// TargetRows is Targets with those of their rows that are here.
func (m *Model) TargetRows() (ids []store.ID, rows []store.Row) { return m.targets() }

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
	return m.change(store.Change{Verb: verb, Items: ids})
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
	return m.change(store.Change{Verb: verb, Items: ids})
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
		if m.env.Refuses(r.Account, store.OfferDelete) {
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
	return m.change(store.Change{Verb: verb, Items: ids})
}

func (m *Model) call() tea.Cmd {
	r, ok := m.Current()
	if g := m.guest; g != nil {
		r, ok = g.Row, g.Why == ""
	}
	if !ok {
		m.env.Host.Say("There is nobody to call")
		return nil
	}
	if (r.Kind == store.Email || r.Kind == store.Post) && r.Who.Number == "" && r.Who.Extension == "" {
		m.env.Host.Say(screen.Upper(screen.NoNumber(r)))
		return nil
	}
	m.repeat = m.call
	return m.env.Dial(screen.Callee{Account: r.Account, Item: r.ID, Party: r.Who})
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
			switch {
			case andDone:
				return m.change(store.Change{Verb: store.VerbDone, Items: ids, Note: text}), nil
			case text == "":
				return nil, nil
			}
			return m.change(store.Change{Verb: store.VerbNote, Items: ids, Text: text}), nil
		},
	})
	return nil
}

// change makes one change of many items: at once on the screen, then on disk.
// Only many at a time are asked about. What it is about is fixed now: what comes in
// while the question stands is not among it.
func (m *Model) change(c store.Change) tea.Cmd {
	if g := m.guest; g != nil && g.refuses(c.Verb) != "" {
		m.env.Host.Say(screen.Upper(g.refuses(c.Verb)))
		return nil
	}
	if len(c.Items) == 0 {
		m.env.Host.Say("There is nothing here")
		return nil
	}
	m.repeat = func() tea.Cmd {
		again := c
		again.Items, _ = m.targets()
		return m.change(again)
	}
	if len(c.Items) > bulk {
		m.env.Host.Confirm(screen.Confirm{
			Question: m.question(c),
			Detail:   "It can be taken back with u.",
			Yes:      strings.ToLower(verbTitle(c.Verb)),
			Do:       func() tea.Cmd { return m.apply(c) },
		})
		return nil
	}
	return m.apply(c)
}

// question asks about many items.
func (m *Model) question(c store.Change) string {
	q := verbTitle(c.Verb) + ": " + kit.Plural(len(c.Items), "item")
	switch c.Verb {
	case store.VerbClaim:
		if c.Who != "" {
			q = "Hand over to " + c.Who + ": " + kit.Plural(len(c.Items), "item")
		}
	case store.VerbSnooze:
		if at, err := time.Parse(time.RFC3339, c.Text); err == nil {
			q += " until " + moment(at, m.env.Location)
		}
	case store.VerbLabels:
		q += ", " + c.Text
	}
	return q + "?"
}

func verbTitle(v store.Verb) string {
	switch v {
	case "read", "unread", "done":
		return "Mark " + string(v)
	case store.VerbNote:
		return "Write the note on"
	case store.VerbLabels:
		return "Label"
	}
	return strings.ToUpper(string(v[:1])) + string(v[1:])
}

func (m *Model) apply(c store.Change) tea.Cmd {
	if m.guest != nil {
		return m.env.Act(c, false) // the list behind shows it once it is read anew
	}
	l := m.top()
	set := make(map[store.ID]bool, len(c.Items))
	for _, id := range c.Items {
		set[id] = true
	}
	single := len(l.table.Marks()) == 0
	if c.Verb != store.VerbNote {
		l.table.Unmark()
	}
	if l.leaves(c, m.env.Mine(cmp.Or(c.Who, m.env.Actor))) {
		l.table.Drop(func(id int64) bool { return set[store.ID(id)] })
		if l.told {
			l.total = max(l.total-len(c.Items), 0)
		}
	} else {
		l.table.Patch(func(r *store.Row) {
			if set[r.ID] {
				patch(r, c, m.env.Actor)
			}
		})
		if single && (c.Verb == store.VerbDone || c.Verb == store.VerbDelete || c.Verb == store.VerbSnooze) {
			m.step(1)
		}
	}
	l.stale, l.old = l.busy || l.stale, l.busy || l.old // rows being read now are older than this change
	return tea.Batch(m.env.Act(c, false), m.rows(l, false))
}

// leaves reports whether items leave this list when changed so; mine says whether a
// claim is one's own. It only says what the screen shows until the store has answered.
func (l *list) leaves(c store.Change, mine bool) bool {
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
	switch c.Verb {
	case store.VerbDone:
		return has("in:inbox", "is:open", "in:snoozed", "is:snoozed")
	case store.VerbSnooze:
		return has("in:inbox", "is:open", "in:done", "is:done")
	case store.VerbReopen:
		return has("in:done", "is:done", "in:snoozed", "is:snoozed")
	case store.VerbDelete:
		return !trash && !has("in:all")
	case store.VerbRestore:
		return trash
	case store.VerbClaim:
		return has("-is:claimed") || has("is:mine") && !mine
	case store.VerbRelease:
		return has("is:mine", "is:claimed")
	case store.VerbUnhold:
		return has("is:held")
	}
	return false
}

// patch shows a change on a row before the store has told it.
func patch(r *store.Row, c store.Change, me string) {
	switch c.Verb {
	case store.VerbDone:
		r.State = store.Done
	case store.VerbReopen:
		r.State = store.StateOpen
	case store.VerbSnooze:
		if at, err := time.Parse(time.RFC3339, c.Text); err == nil {
			r.State, r.Until = store.Snoozed, at
		}
	case store.VerbRead:
		r.Read = true
	case store.VerbUnread:
		r.Read = false
	case store.VerbDelete:
		r.Availability = store.Deleted
	case store.VerbRestore:
		r.Availability = store.Alive
	case store.VerbClaim:
		r.Claim = cmp.Or(c.Who, me)
	case store.VerbRelease:
		r.Claim = ""
	case store.VerbHold:
		r.Held = true
	case store.VerbUnhold:
		r.Held = false
	case store.VerbNote:
		r.Notes++
	case store.VerbLabels:
		r.Labels = relabelled(r.Labels, c.Text)
	}
	if c.Note != "" {
		r.Notes++
	}
}

// relabelled is labels after a change of them.
func relabelled(labels []string, change string) []string {
	out := slices.Clone(labels)
	for _, w := range strings.Fields(change) {
		l, off := strings.CutPrefix(w, "-")
		out = slices.DeleteFunc(out, func(x string) bool { return x == l })
		if !off {
			out = append(out, l)
		}
	}
	slices.Sort(out)
	return out
}
