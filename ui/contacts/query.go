package contacts

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
)

// view is which contacts are shown. It is kept from one time to the next.
type view struct {
	Source    store.ContactSource `json:"source,omitempty"`
	Favorites bool                `json:"favorites,omitempty"`
}

// words is what the title says of it; "" when all are shown.
func (v view) words() string {
	var parts []string
	switch v.Source {
	case store.Personal:
		parts = append(parts, "your own")
	case store.Directory:
		parts = append(parts, "company directory")
	}
	if v.Favorites {
		parts = append(parts, "favourites")
	}
	return strings.Join(parts, ", ")
}

// query is what a search typed over the view finds. in: and is: narrow it as the
// search of messages does; the rest are words and digits.
func (v view) query(text string) (store.ContactQuery, error) {
	q := store.ContactQuery{Source: v.Source, Favorites: v.Favorites}
	var words []string
	for _, w := range strings.Fields(text) {
		switch field, value, _ := strings.Cut(strings.ToLower(w), ":"); field {
		case "in":
			switch value {
			case "personal", "own":
				q.Source = store.Personal
			case "company", "directory":
				q.Source = store.Directory
			case "all":
				q.Source = 0
			default:
				return q, fmt.Errorf("%s: there are in:personal, in:company and in:all", w)
			}
		case "is":
			if value != "favorite" && value != "favourite" {
				return q, fmt.Errorf("%s: there is only is:favorite", w)
			}
			q.Favorites = true
		default:
			words = append(words, w)
		}
	}
	q.Text = strings.Join(words, " ")
	return q, nil
}

// find asks what to look for and shows what it finds at every letter.
func (m *Model) find(value string) tea.Cmd {
	m.twins = nil
	before := m.text
	m.env.Host.Prompt(screen.Prompt{
		Title: "Find in the contacts", Value: value, Scope: keymap.ScopeSearchBox, Kind: "contacts",
		Hint: "a name, company, number or e-mail; in:personal in:company is:favorite",
		Change: func(text string) (string, tea.Cmd) {
			if _, err := m.view.query(text); err != nil {
				return err.Error(), nil
			}
			return "", m.look(text)
		},
		Enter: func(text string) (tea.Cmd, error) {
			if _, err := m.view.query(text); err != nil {
				return nil, err
			}
			if text == m.text {
				return nil, nil
			}
			return m.look(text), nil
		},
		Cancel: func() tea.Cmd { return m.look(before) },
	})
	return nil
}

// look shows what a search finds, from its first row.
func (m *Model) look(text string) tea.Cmd {
	if text == m.text && !m.fresh {
		return nil
	}
	m.text = text
	m.aim()
	m.restart()
	return m.load()
}

// restart forgets the rows, but not the marks: other ones will come.
func (m *Model) restart() {
	marks := m.table.Marks()
	m.table.Reset()
	if len(marks) > 0 {
		m.table.MarkIDs(marks)
	}
}

// narrow shows another part of the contacts, with the cursor where it was if it can
// stay there, and remembers that part.
func (m *Model) narrow(v view, said string) tea.Cmd {
	at := m.table.CursorID()
	m.view, m.twins = v, nil
	m.aim()
	m.env.Host.Say(said)
	keep := m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		b, err := json.Marshal(v)
		if err == nil {
			err = m.env.Store.Remember(ctx, remembered, b)
		}
		return screen.Fail("remember which contacts are shown", err)
	})
	if at == 0 {
		m.restart()
		return tea.Batch(keep, m.load())
	}
	return tea.Batch(keep, m.fetch(at, half, half, at), m.count())
}

// remembered is where the view is kept.
const remembered = "contacts.view"

type recalled struct {
	view view
}

// recall fetches the view of the last time, before the first rows.
func (m *Model) recall() tea.Cmd {
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		var v view
		if b, err := m.env.Store.Recall(ctx, remembered); err != nil || json.Unmarshal(b, &v) != nil {
			v = view{}
		}
		return recalled{v}
	})
}

func (m *Model) recalled(r recalled) tea.Cmd {
	if m.opened {
		return nil
	}
	m.opened, m.view = true, r.view
	m.aim()
	return m.Refresh()
}
