package inbox

import (
	"context"
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// The two lists of the call log.
const (
	ownCalls     = "in:calls is:own"
	companyCalls = "in:calls"
)

// calls reports whether a list is of calls: it has columns of its own, and `n` goes to
// the next missed one.
func (l *list) calls() bool { return l.base == ownCalls || l.base == companyCalls }

// Calls reports whether the call log is shown.
func (m *Model) Calls() bool { return m.top().calls() }

// onCalls carries out what is particular to calls.
func (m *Model) onCalls(a keymap.Action) (tea.Cmd, bool) {
	switch a {
	case keymap.GoCalls:
		return tea.Batch(m.show("Calls", ownCalls, store.NewestFirst), m.beat()), true
	case keymap.CompanyCalls:
		if m.top().base == companyCalls {
			return m.show("Calls", ownCalls, store.NewestFirst), true
		}
		return m.show("Calls of the company", companyCalls, store.NewestFirst), true
	case keymap.GoLinked:
		return m.goLinked(), true
	case keymap.Export:
		return m.export(), true
	case keymap.Refresh:
		if !m.top().calls() {
			return nil, false
		}
		m.env.Host.Say("Asking for news of calls")
		return m.env.Do(m.env.Ctx, screen.Quick, func(context.Context) tea.Msg {
			m.env.Store.SyncNow()
			return nil
		}), true
	}
	return nil, false
}

// goLinked shows what belongs to an item: the message a call left, or the call that
// left a message. From there it goes back.
func (m *Model) goLinked() tea.Cmd {
	if l := m.top(); l.jumped && !m.Top() {
		return m.pop()
	}
	r, ok := m.Current()
	switch {
	case !ok:
		m.env.Host.Say("There is no message here")
		return nil
	case r.Linked == 0:
		m.env.Host.Say(unlinked(r))
		return nil
	}
	title := "Call of this " + strings.ToLower(screen.KindName(r.Kind))
	if r.Kind == store.Call {
		title = "Left by this call"
	}
	l := m.newWide(title, "id:"+r.Linked.String(), m.env.Sort)
	l.jumped = true
	m.push(l)
	return m.load(l)
}

// unlinked says why there is nothing that belongs to an item.
func unlinked(r store.Row) string {
	switch {
	case r.Kind == store.Call && r.Outcome == store.CallVoicemail:
		return "The voicemail of this call is not on this machine"
	case r.Kind == store.Call:
		return "This call left no message"
	case r.Kind == store.Voicemail || r.Kind == store.Fax:
		return "The call of this message is not in the call log here"
	}
	return "No call belongs to this message"
}

// beat draws the calls in progress anew every second, as long as there are some to see.
func (m *Model) beat() tea.Cmd {
	if m.beating || !m.top().calls() || len(m.env.Live) == 0 || m.env.Later == nil {
		return nil
	}
	m.beating = true
	return m.env.Later(time.Second, beat{})
}

type beat struct{}

// above is what stands between the title of a list and its columns: the calls in
// progress, or whom it is about.
func (m *Model) above(l *list, w, most int) []string {
	if l.calls() && m.Strip != nil {
		return m.Strip(w, most)
	}
	return append(m.strip(l, w, most), m.happened(l, w, most)...)
}

// stops is what `n` stops at in a list, and how it is called when there is none.
func (l *list) stops() (at func(store.Row) bool, none string) {
	if l.calls() {
		return screen.MissedCall, "No missed call waits this way"
	}
	return wanted, "Nothing unread this way"
}

// nextOf asks the store for the next item `n` stops at: what is unread, or a missed
// call, whichever comes first.
func (m *Model) nextOf(l *list) func(context.Context, store.Query, store.Order, store.ID, bool) (store.ID, error) {
	if l.calls() {
		return m.env.Store.NextMissed
	}
	return func(ctx context.Context, q store.Query, o store.Order, after store.ID, forward bool) (store.ID, error) {
		id, err := m.env.Store.NextUnread(ctx, q, o, after, forward)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return 0, err
		}
		call, callErr := m.env.Store.NextMissed(ctx, q, o, after, forward)
		switch up := (o == store.OldestFirst) == forward; {
		case callErr != nil:
			return id, err
		case err != nil, up == (call < id):
			return call, nil
		}
		return id, nil
	}
}

// kind is the column of what an item is; in the call log, which way it went.
func (m *Model) kind(r store.Row) string {
	if m.top().calls() {
		return screen.CallWay(r)
	}
	return screen.KindWord(r.Kind)
}

// who is the other side; in the call log the arrow says which way it went.
func (m *Model) who(r store.Row) string {
	if m.top().calls() {
		return screen.Flat(screen.Name(r.Who))
	}
	return screen.Flat(screen.Who(r))
}

// outcome is what became of a call, in its colour.
func (m *Model) outcome(r store.Row) (string, theme.Set) {
	s := m.env.Styles
	set := s.Dim
	switch {
	case r.State == store.Done || r.Availability != store.Alive:
	case screen.MissedCall(r) && r.Reply != 0:
		set = s.Text
	case screen.MissedCall(r):
		set = s.Warn
	case r.Outcome.Connected() || r.Linked != 0:
		set = s.Text
	}
	return screen.Flat(screen.CallLine(r, m.env.Now(), m.env.Location)), set
}

// noCalls is what the empty call log says: why it is empty.
func (m *Model) noCalls(l *list) string {
	name, what := store.FeedCalls, "the call log"
	if l.base == companyCalls {
		name, what = store.FeedCompany, "the company's call log"
	}
	if words := m.env.Feed(m.env.Feeds, name, what); words != "" {
		return strings.ToUpper(words[:1]) + words[1:] + "."
	}
	return "There is no call in the log."
}

// partly says in the title of the call log what is not in it yet.
func (m *Model) partly(l *list) string {
	if !l.calls() {
		return ""
	}
	name := store.FeedCalls
	if l.base == companyCalls {
		name = store.FeedCompany
	}
	for _, st := range m.env.Feeds {
		switch {
		case st.Name != name:
		case st.Denied:
			return "  not permitted"
		case st.Err != "":
			return "  not up to date"
		case !st.Done:
			return "  reading"
		}
	}
	return ""
}

// exportFor is how long writing a long list may take.
const exportFor = 10 * time.Minute

// export asks for the file, whose end says what is written.
func (m *Model) export() tea.Cmd {
	l := m.top()
	if l.table.Len() == 0 {
		m.env.Host.Say("There is nothing to export")
		return nil
	}
	ids := make([]store.ID, 0, len(l.table.Marks()))
	what := "this list"
	if len(l.table.Marks()) > 0 {
		ids, _ = m.targets()
		what = kit.Plural(len(ids), "item")
	}
	name := "messages"
	if l.calls() {
		name = "calls"
	}
	q, o := l.query, l.order
	m.env.Host.Prompt(screen.Prompt{
		Title: "Export " + what + " to", Hint: "ends in .csv, .json or .jsonl", Scope: keymap.ScopePrompt, Kind: "export",
		Value: screen.Home(m.env.SaveDir) + "/" + name + "-" + m.env.Now().In(m.env.Location).Format("2006-01-02") + ".csv",
		Enter: func(text string) (tea.Cmd, error) {
			path := screen.Unhome(strings.TrimSpace(text))
			form := screen.ExportForm(path)
			if form == "" {
				return nil, errors.New("name a file that ends in .csv, .json or .jsonl")
			}
			find := func(ctx context.Context) ([]store.ID, error) {
				if len(ids) > 0 {
					return ids, nil
				}
				return m.env.Store.IDs(ctx, q, o, most)
			}
			return m.env.GuardedList(find, "Export", func(ids []store.ID) tea.Cmd {
				m.env.Host.Say("Exporting " + what + " to " + screen.Home(path))
				l.table.Unmark()
				return m.env.Do(m.env.Ctx, exportFor, func(ctx context.Context) tea.Msg {
					return m.env.ExportItems(ctx, ids, path, form)
				})
			}), nil
		},
	})
	return nil
}

// lower makes a sentence the end of another.
func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }
