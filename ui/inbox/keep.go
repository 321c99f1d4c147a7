package inbox

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// hold keeps items on this machine whatever happens, or no longer if all of them are
// held.
func (m *Model) hold() tea.Cmd {
	ids, rows := m.targets()
	verb := store.VerbUnhold
	if len(rows) < len(ids) {
		verb = store.VerbHold // some are not known here; those that are held already stay so
	}
	for _, r := range rows {
		if !r.Held {
			verb = store.VerbHold
		}
	}
	return m.change(store.Change{Verb: verb, Items: ids})
}

// Patience is after how much time what waits in this list is old, and late.
func (m *Model) Patience() screen.Patience { return m.top().patience.Or(m.env.Patience) }

// wait is the cell before the age: how long a row has waited, by a sign and a colour.
func (m *Model) wait(r store.Row, now time.Time) (string, theme.Set) {
	return screen.AgeSign(m.env.Waited(r, m.Patience(), now), m.env.Styles)
}

// leave writes before a row's text that it is about to leave the service, or has left
// it, and gives the room that is left of w cells.
func (m *Model) leave(b *strings.Builder, r store.Row, w int) int {
	text := m.env.LeaveSign(r)
	if n := kit.Width(text); text == "" || n+4 > w {
		return w
	}
	m.env.Styles.Warn.To(b, text)
	m.env.Styles.Dim.To(b, " · ")
	return w - kit.Width(text) - 3
}

// journals reads what was done to the items of some rows.
func (m *Model) journals(ctx context.Context, rows []store.Row) map[store.ID][]store.Entry {
	ids := make([]store.ID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	es, err := m.env.Store.Journal(ctx, ids...)
	if err != nil {
		m.env.Log.Warn("the journal is not shown", "err", err)
		return nil
	}
	out := map[store.ID][]store.Entry{}
	for _, e := range es {
		out[e.Item] = append(out[e.Item], e)
	}
	return out
}

func (l *list) journaled(journal map[store.ID][]store.Entry) {
	if journal != nil && l.person != nil {
		l.person.journal = journal
	}
}

// happened is what was done to the item under the cursor, over a list about a person:
// always h lines of w cells, the latest last.
func (m *Model) happened(l *list, w, h int) []string {
	if l.person == nil || h < 2 {
		return nil
	}
	s := m.env.Styles
	r, ok := m.Current()
	var es []store.Entry
	if ok {
		es = l.person.journal[r.ID]
	}
	title := "What happened"
	if n := len(es); n > h-1 {
		title += fmt.Sprintf(", the last %d of %d", h-1, n)
	}
	line := func(set theme.Set, text string) string { return set.S(kit.Fit(kit.Space(lead)+screen.Flat(text), w)) }
	out := []string{s.Border.S(kit.Fit(kit.Space(lead)+"─ "+title+" "+strings.Repeat("─", max(w-lead-kit.Width(title)-5, 0)), w))}
	words := store.JournalWords(es, m.env.Location)
	for i := max(len(es)-h+1, 0); i < len(es); i++ {
		out = append(out, line(s.Dim, screen.Happened(es[i], words[i], m.env.Now(), m.env.Location)))
	}
	if len(es) == 0 {
		out = append(out, line(s.Dim, "Nothing was done to this one yet."))
	}
	return screen.Lines(out, h, kit.Space(w))
}
