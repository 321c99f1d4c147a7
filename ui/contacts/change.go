package contacts

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// bulk is how many contacts may be changed without being asked.
const bulk = 20

// ours reports whether a contact can be changed here, and says why not.
func (m *Model) ours(c store.Contact) bool {
	if c.Source == store.Personal {
		return true
	}
	m.env.Host.Say("The company directory is kept by its administrator; + makes a contact of your own")
	return false
}

// Add makes a new contact of what is known already; the form asks for the rest.
func (m *Model) Add(c store.Contact) tea.Cmd { return m.add(c) }

func (m *Model) add(c store.Contact) tea.Cmd {
	c.Source = store.Personal
	return m.form(c, "New contact", "It goes to your own address book.")
}

func (m *Model) edit(c store.Contact) tea.Cmd {
	if !m.ours(c) {
		return nil
	}
	return m.form(c, screen.ContactName(c), "")
}

// form asks for what there is to say of a contact. What was typed and not kept before
// stands in it again.
func (m *Model) form(c store.Contact, title, note string) tea.Cmd {
	if m.env.Form == nil {
		return nil
	}
	fs := shown(c)
	values := make([]string, len(fs))
	for i, f := range fs {
		values[i] = f.get(c)
	}
	if d := m.drafts[c.ID]; len(d.values) == len(fs) {
		values, note = d.values, "As you left it; it has not been kept yet."
	}
	list := make([]screen.Field, len(fs))
	for i, f := range fs {
		list[i] = screen.Field{Name: f.name, Value: values[i], Hint: f.hint}
	}
	m.env.Form(screen.Form{
		Title: title, Note: note, Fields: list,
		Enter: func(values []string) (tea.Cmd, error) {
			full, err := fill(c, fs, values)
			if err != nil {
				return nil, err
			}
			if c.ID != 0 && same(c, full) {
				m.env.Host.Say("Nothing was changed")
				delete(m.drafts, c.ID)
				return nil, nil
			}
			m.drafts[c.ID] = draft{values: values} // until it is on disk
			return m.keep(full)
		},
		Cancel: func(values []string) {
			for i, f := range fs {
				if values[i] != f.get(c) {
					m.drafts[c.ID] = draft{values: values}
					m.env.Host.Say("What you typed is kept; the form has it when you open it again")
					return
				}
			}
			delete(m.drafts, c.ID)
		},
	})
	return nil
}

// same reports whether two states of a contact say the same.
func same(a, b store.Contact) bool {
	for _, f := range fields() {
		if f.get(a) != f.get(b) {
			return false
		}
	}
	return true
}

// editOutside hands the contact to the person's own editor.
func (m *Model) editOutside(c store.Contact) tea.Cmd {
	if m.env.Edit == nil || !m.ours(c) {
		return nil
	}
	d := m.drafts[c.ID]
	text := compose(c, "")
	if d.text != "" {
		text = again(d.text, d.fault)
	}
	return m.env.Edit(screen.Edit{Name: "contact.txt", Text: text, Done: func(got string) tea.Cmd { return m.edited(c, got) }})
}

// edited takes what was left in the editor. What cannot be understood is kept, and
// stands there again the next time.
func (m *Model) edited(c store.Contact, text string) tea.Cmd {
	full, empty, err := parse(c, text)
	switch {
	case empty:
		m.env.Host.Say("Nothing stood there any more; the contact is as it was")
	case err != nil:
		m.drafts[c.ID] = draft{text: text, fault: err.Error()}
		m.env.Host.Tell(screen.Banner{Text: "Not kept: " + err.Error(), Next: m.way(keymap.OpenOutside) + " goes on with your text", Fault: true})
		return nil
	case same(c, full):
		m.env.Host.Say("Nothing was changed")
	default:
		m.drafts[c.ID] = draft{text: text}
		cmd, err := m.keep(full)
		if err != nil {
			return func() tea.Msg { return screen.Fail("keep the contact", err) }
		}
		return cmd
	}
	delete(m.drafts, c.ID)
	return nil
}

// way is the key of an action, for telling a way out.
func (m *Model) way(a keymap.Action) string {
	if keys := m.env.Keys.KeysIn(m.Scopes(), a); len(keys) > 0 {
		return keys[0]
	}
	in, _ := keymap.Find(a)
	return in.Short
}

// made is a contact that is on disk.
type made struct {
	op    store.Op
	id    int64 // 0: not known
	draft int64
}

// keep writes a contact.
func (m *Model) keep(c store.Contact) (tea.Cmd, error) {
	if c.ID == 0 {
		if err := m.refused(); err != nil {
			return nil, err
		}
		m.waiting++ // keys after it are meant for the new one
	}
	fresh := c.ID == 0
	return m.env.Write("keep the contact", func(ctx context.Context) (tea.Msg, error) {
		op, err := m.env.Store.SaveContact(ctx, c)
		if err != nil && fresh {
			return failed{err}, nil
		} else if err != nil {
			return nil, err
		}
		id := c.ID
		if fresh {
			id, err = m.env.Store.ContactOf(ctx, op.ID)
		}
		return made{op: op, id: id, draft: c.ID}, err
	}), nil
}

// failed is a new contact that could not be made.
type failed struct{ err error }

func (m *Model) failed(f failed) tea.Cmd {
	m.waiting = max(m.waiting-1, 0)
	return func() tea.Msg { return screen.Fail("keep the contact", f.err) }
}

func (m *Model) made(d made) tea.Cmd {
	delete(m.drafts, d.draft)
	said := func() tea.Msg { return screen.Acted{Op: d.op} }
	if d.draft != 0 {
		return tea.Batch(said, m.load())
	}
	m.waiting = max(m.waiting-1, 0)
	return tea.Batch(said, m.visit(d.id))
}

// note adds a line to the notes of a contact; the form and the editor change them.
func (m *Model) note(c store.Contact) tea.Cmd {
	if !m.ours(c) {
		return nil
	}
	m.env.Host.Prompt(screen.Prompt{
		Title: "Note on " + screen.ContactName(c), Scope: keymap.ScopePrompt, Kind: "contact-note", Hint: "is added to the notes",
		Enter: func(text string) (tea.Cmd, error) {
			text = store.CleanLine(text)
			if text == "" {
				return nil, nil
			}
			c.Notes = strings.TrimLeft(c.Notes+"\n"+text, "\n")
			return m.keep(c)
		},
	})
	return nil
}

// targets is the contacts an action is about: the marked ones, else that under the
// cursor; known are those of them whose rows are here.
func (m *Model) targets() (ids []int64, known map[int64]store.Contact) {
	ids = m.list().Targets()
	known = make(map[int64]store.Contact, len(ids))
	for _, id := range ids {
		known[id] = store.Contact{}
	}
	for _, c := range m.list().Known() {
		if _, ok := known[c.ID]; ok {
			known[c.ID] = c
		}
	}
	for id, c := range known {
		if c.ID == 0 {
			delete(known, id)
		}
	}
	return ids, known
}

// remove takes contacts out of the address book. Many at a time are asked about.
func (m *Model) remove() tea.Cmd {
	ids, known := m.targets()
	if len(ids) == 1 {
		if c, ok := known[ids[0]]; ok && !m.ours(c) {
			return nil
		}
	}
	m.repeat = m.remove
	if len(ids) > bulk {
		m.env.Host.Confirm(screen.Confirm{
			Question: fmt.Sprintf("Remove %s?", kit.Plural(len(ids), "contact")), Detail: "u takes it back.", Yes: "remove",
			Do: func() tea.Cmd { return m.drop(ids, known) },
		})
		return nil
	}
	return m.drop(ids, known)
}

// drop shows at once that contacts go, and then has them go. What is the company's
// stays.
func (m *Model) drop(ids []int64, known map[int64]store.Contact) tea.Cmd {
	var going []int64
	for _, id := range ids {
		if c, ok := known[id]; !ok || c.Source == store.Personal {
			going = append(going, id)
		}
	}
	if len(going) == 0 {
		m.env.Host.Say("The company directory is kept by its administrator")
		return nil
	}
	set := make(map[int64]bool, len(going))
	for _, id := range going {
		set[id] = true
	}
	m.list().Unmark()
	m.table.Drop(func(id int64) bool { return set[id] })
	if m.twins != nil {
		m.twins.table.Drop(func(id int64) bool { return set[id] })
	}
	m.removed = going
	if m.told {
		m.total = max(m.total-len(going), 0)
	}
	m.stale, m.old = m.busy || m.stale, m.busy || m.old
	write := m.env.Write("remove the contact", func(ctx context.Context) (tea.Msg, error) {
		return m.each(ctx, going, m.env.Store.DeleteContact)
	})
	return tea.Batch(write, m.rows(false))
}

// gone is the end of a change of several contacts, each an operation of its own.
type gone struct {
	ops []store.Op
	err error // of the first that could not be changed
}

// each changes contacts one after the other. One that cannot be changed leaves the
// others alone. Undo takes all of them back together.
func (m *Model) each(ctx context.Context, ids []int64, do func(context.Context, int64) (store.Op, error)) (tea.Msg, error) {
	var g gone
	for _, id := range ids {
		op, err := do(ctx, id)
		switch {
		case err != nil && g.err == nil:
			g.err = err
		case err == nil && op.ID != 0:
			g.ops = append(g.ops, op)
		}
	}
	if len(g.ops) == 0 && g.err != nil {
		return nil, g.err
	}
	if len(g.ops) > 1 {
		ops := make([]int64, len(g.ops))
		for i, op := range g.ops {
			ops[i] = op.ID
		}
		if err := m.env.Store.Together(ctx, ops, changedWords(g.ops[0].Verb, len(ops))); err != nil && g.err == nil {
			g.err = err
		}
	}
	return g, nil
}

// went tells what was changed, and lets one undo take all of it back.
func (m *Model) went(g gone) tea.Cmd {
	switch n := len(g.ops); {
	case n == 0:
		m.env.Host.Say("Nothing had to be changed")
	case n == 1:
		return func() tea.Msg { return screen.Acted{Op: g.ops[0]} }
	default:
		op := g.ops[n-1]
		op.Words = changedWords(op.Verb, n)
		if g.err == nil {
			return func() tea.Msg { return screen.Acted{Op: op} }
		}
	}
	if g.err != nil {
		return func() tea.Msg { return screen.Fail("change all of them", g.err) }
	}
	return nil
}

func changedWords(v store.Verb, n int) string {
	if v == store.VerbFavorite {
		return "Changed the favourites: " + kit.Plural(n, "contact")
	}
	return "Deleted " + kit.Plural(n, "contact")
}

// favorite makes favourites of contacts, or no favourites if all of them are.
func (m *Model) favorite() tea.Cmd {
	ids, known := m.targets()
	if len(ids) > bulk {
		m.env.Host.Say(fmt.Sprintf("At most %d contacts at a time can be made favourites", bulk))
		return nil
	}
	on := len(known) < len(ids)
	for _, c := range known {
		on = on || !c.Favorite
	}
	m.list().Unmark()
	patch := func(c *store.Contact) {
		if _, ok := known[c.ID]; ok {
			c.Favorite = on
		}
	}
	m.table.Patch(patch)
	if m.twins != nil {
		m.twins.table.Patch(patch)
	}
	m.repeat = m.favorite
	m.stale, m.old = m.busy || m.stale, m.busy || m.old
	return m.env.Write("change the favourites", func(ctx context.Context) (tea.Msg, error) {
		return m.each(ctx, ids, func(ctx context.Context, id int64) (store.Op, error) { return m.env.Store.SetFavorite(ctx, id, on) })
	})
}
