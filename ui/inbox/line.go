package inbox

import (
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
)

// lineCommands makes known what the command line can do with the list.
func (m *Model) lineCommands() {
	if m.env.Command == nil {
		return
	}
	for _, c := range []screen.Command{
		{
			Name: string(keymap.AddNote), Arg: "the note", Run: m.lineNote,
			Complete: func(string) []string { return m.env.Canned },
		},
		{
			Name: string(keymap.DoneNote), Arg: "the note",
			Run: func(arg string) (tea.Cmd, error) {
				ids := m.Targets()
				if len(ids) == 0 {
					return nil, errors.New("there is nothing to write a note on")
				}
				return m.change(store.Change{Verb: store.VerbDone, Items: ids, Note: arg}), nil
			},
		},
		{
			Name: string(keymap.Save), Arg: "a folder, or a name.zip",
			Run: func(arg string) (tea.Cmd, error) {
				ids, rows := m.targets()
				if len(ids) == 0 {
					return nil, errors.New("there is no message whose files could be saved")
				}
				return m.queueSave(ids, rows, screen.Unhome(arg)), nil
			},
		},
		{
			Name: string(keymap.Sort), Arg: "oldest or newest",
			Complete: func(string) []string { return []string{"oldest", "newest"} }, Run: m.lineSort,
		},
		{
			Name: string(keymap.Filter), Arg: "words, from: has: is: dur<3 before:",
			Run: func(arg string) (tea.Cmd, error) {
				if _, err := store.ParseQuery(arg, m.env.Now(), m.env.Location); err != nil {
					return nil, err
				}
				return tea.Batch(m.env.Host.Go(screen.List), m.setFilter(m.top(), arg)), nil
			},
		},
	} {
		m.env.Command(c)
	}
	m.triageCommands()
}

// lineNote writes a note on what a change would be about.
func (m *Model) lineNote(arg string) (tea.Cmd, error) {
	ids := m.Targets()
	if len(ids) == 0 {
		return nil, errors.New("there is nothing to write a note on")
	}
	return m.change(store.Change{Verb: store.VerbNote, Items: ids, Text: arg}), nil
}

// lineSort sets the order of the list that is shown.
func (m *Model) lineSort(arg string) (tea.Cmd, error) {
	var want store.Order
	switch {
	case strings.HasPrefix("oldest", strings.ToLower(arg)):
		want = store.OldestFirst
	case strings.HasPrefix("newest", strings.ToLower(arg)):
		want = store.NewestFirst
	default:
		return nil, fmt.Errorf("%q is no order; there are oldest and newest", arg)
	}
	if m.top().order == want {
		m.env.Host.Say("It is " + orderWords(want) + " already")
		return nil, nil
	}
	return m.sort(), nil
}

// Asked is the query of what a search found; ok is false for another list.
func (m *Model) Asked() (query string, ok bool) {
	l := m.top()
	if !l.results {
		return "", false
	}
	return strings.TrimSpace(l.base + " " + l.filter), true
}
