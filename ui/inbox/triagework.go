package inbox

import (
	"context"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// work carries out what a team does that shares a queue.
func (m *Model) work(a keymap.Action) (tea.Cmd, bool) {
	switch a {
	case keymap.Claim:
		return m.claim(), true
	case keymap.Assign:
		return m.assign(), true
	case keymap.Snooze:
		return m.snooze(), true
	case keymap.SnoozeDay:
		return m.snoozeDay(), true
	case keymap.Labels:
		return m.labels(), true
	case keymap.Block:
		return m.block(), true
	}
	return nil, false
}

// asked is an answer of the store that keys pressed meanwhile wait for: what comes of
// it is the same as if it had been known at once.
type asked struct {
	then func() tea.Cmd
	op   string
	err  error
}

// ask reads something and goes on with it; keys wait so long.
func ask[T any](m *Model, op string, read func(ctx context.Context) (T, error), then func(T) tea.Cmd) tea.Cmd {
	m.waiting++
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		v, err := read(ctx)
		return asked{then: func() tea.Cmd { return then(v) }, op: op, err: err}
	})
}

func (m *Model) answered(a asked) tea.Cmd {
	m.waiting = max(m.waiting-1, 0)
	if a.err != nil {
		return func() tea.Msg { return screen.Fail(a.op, a.err) }
	}
	return a.then()
}

// named names what a change is about, for a title.
func (m *Model) named(ids []store.ID, rows []store.Row) string {
	if len(ids) == 1 && len(rows) == 1 {
		return "the " + strings.ToLower(screen.KindName(rows[0].Kind)) + " " + screen.With(rows[0])
	}
	return kit.Plural(len(ids), "item")
}

// some is what a change is about; none, it is said that there is nothing.
func (m *Model) some() (ids []store.ID, rows []store.Row, ok bool) {
	if ids, rows = m.targets(); len(ids) == 0 {
		m.env.Host.Say("There is nothing here")
		return nil, nil, false
	}
	return ids, rows, true
}

// claim takes what is not one's own yet, and releases what is.
func (m *Model) claim() tea.Cmd {
	ids, rows, ok := m.some()
	if !ok {
		return nil
	}
	verb := store.VerbRelease
	if len(rows) < len(ids) {
		verb = store.VerbClaim // some are not known here
	}
	for _, r := range rows {
		if !m.env.Mine(r.Claim) {
			verb = store.VerbClaim
		}
	}
	return m.change(store.Change{Verb: verb, Items: ids})
}

// assign asks whom to hand over to. Tab goes on to a note.
func (m *Model) assign() tea.Cmd {
	ids, rows, ok := m.some()
	if !ok {
		return nil
	}
	what := m.named(ids, rows)
	return ask(m, "read the colleagues", m.env.Store.Colleagues, func(people []store.Colleague) tea.Cmd {
		name := func(o *screen.Option) (string, error) {
			if o == nil {
				return "", errors.New("type the name of whom to hand it to")
			}
			return o.Value.(string), nil
		}
		m.env.Pick(screen.Picker{
			Title: "Hand over " + what + " to", Hint: "Enter hands it over · Tab adds a note", None: "Nobody is known here yet: type a name.",
			Options: func(text string) []screen.Option { return colleagues(text, people, m.env.Actor) },
			Enter: func(o *screen.Option, _ string) (tea.Cmd, error) {
				who, err := name(o)
				if err != nil {
					return nil, err
				}
				return m.change(store.Change{Verb: store.VerbClaim, Items: ids, Who: who}), nil
			},
			Tab: func(o *screen.Option, _ string) (tea.Cmd, error) {
				who, err := name(o)
				if err == nil {
					m.assignNote(ids, what, who)
				}
				return nil, err
			},
		})
		return nil
	})
}

// assignNote asks for what is to be said to whom something is handed.
func (m *Model) assignNote(ids []store.ID, what, who string) {
	m.env.Host.Prompt(screen.Prompt{
		Title: "Note for " + who + ", with " + what, Hint: "empty: none", Scope: keymap.ScopePrompt, Kind: "note", Pick: m.env.Canned,
		Enter: func(text string) (tea.Cmd, error) {
			return m.change(store.Change{Verb: store.VerbClaim, Items: ids, Who: who, Note: strings.TrimSpace(text)}), nil
		},
	})
}

// colleagues are those whose names begin as typed, then those of whose words each of
// the typed begins one, the way the store orders them; last comes the name as typed.
func colleagues(text string, people []store.Colleague, me string) []screen.Option {
	var first, out []screen.Option
	typed := strings.Fields(strings.ToLower(text))
	whole := strings.Join(typed, " ")
	exact := false
	for _, p := range people {
		name := strings.ToLower(p.Name)
		if p.Name == me && len(typed) == 0 || !beginWords(name+" "+strings.ToLower(p.Detail), typed) {
			continue
		}
		exact = exact || name == whole
		detail := p.Detail
		if p.Worked {
			detail = strings.TrimPrefix(detail+" · works here", " · ")
		}
		if p.Name == me {
			detail = "yourself"
		}
		o := screen.Option{Label: p.Name, Detail: detail, Value: p.Name}
		if strings.HasPrefix(name, whole) {
			first = append(first, o)
		} else {
			out = append(out, o)
		}
	}
	out = append(first, out...)
	if given := strings.TrimSpace(text); given != "" && !exact {
		out = append(out, screen.Option{Label: given, Detail: "as typed", Value: given})
	}
	return out
}

// beginWords reports whether each of the words typed begins one of a text.
func beginWords(text string, typed []string) bool {
	for _, t := range typed {
		if !strings.Contains(" "+strings.NewReplacer("@", " ", ".", " ", "-", " ").Replace(text), " "+t) && !strings.HasPrefix(text, t) {
			return false
		}
	}
	return true
}
