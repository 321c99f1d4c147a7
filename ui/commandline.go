package ui

import (
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/ui/screen"
)

// commandLine asks for the name of an action, as the palette has them: a beginning that
// only one has will do. What stands behind the name goes with it.
func (m *Model) commandLine() {
	m.Prompt(screen.Prompt{
		Title: "Command", Kind: "command", Hint: "the name of an action; Tab completes",
		Change: func(text string) (string, tea.Cmd) {
			name, _, _ := strings.Cut(strings.TrimLeft(text, " "), " ")
			if in, ok := oneCommand(name); ok && name != "" {
				return in.Words, nil
			}
			return "", nil
		},
		Complete: func(text string) tea.Cmd {
			done := completeCommand(text)
			return func() tea.Msg { return done }
		},
		Enter: func(text string) (tea.Cmd, error) {
			name, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
			if name == "" {
				return nil, nil
			}
			in, ok := oneCommand(name)
			if !ok {
				fits := commands(name)
				if len(fits) > 1 {
					return nil, fmt.Errorf("%s may be %s or %s", name, fits[0].Action, fits[1].Action)
				}
				return nil, fmt.Errorf("there is no action %s; C-k shows all", name)
			}
			return m.command(in.Action, strings.TrimSpace(rest))
		},
	})
}

// command carries out an action with what was typed behind it.
func (m *Model) command(a keymap.Action, rest string) (tea.Cmd, error) {
	switch {
	case a == keymap.HandOver:
		return m.hand(rest), nil
	case a == keymap.Search && rest != "":
		return m.Show(rest, "Search "+rest), nil
	case rest != "":
		return nil, errors.New(string(a) + " takes nothing behind it")
	}
	return m.do(a), nil
}

// commands are the actions whose names begin so. What only moves, and the keys of lines
// of text, are none.
func commands(begin string) (out []keymap.Info) {
	for _, in := range keymap.All() {
		if in.Group != keymap.GroupEdit && in.Group != keymap.GroupMove && in.Action != keymap.CommandLine && strings.HasPrefix(string(in.Action), strings.ToLower(begin)) {
			out = append(out, in)
		}
	}
	return out
}

// oneCommand is the action that is meant: the one so called, or the only one that
// begins so.
func oneCommand(name string) (keymap.Info, bool) {
	fits := commands(name)
	for _, in := range fits {
		if string(in.Action) == strings.ToLower(name) {
			return in, true
		}
	}
	if len(fits) == 1 {
		return fits[0], true
	}
	return keymap.Info{}, false
}

func completeCommand(text string) screen.Completed {
	name := strings.TrimLeft(text, " ")
	if strings.Contains(name, " ") {
		return screen.Completed{For: text, Text: text, Hint: "only the name is completed"}
	}
	fits := commands(name)
	if len(fits) == 0 {
		return screen.Completed{For: text, Text: text, Hint: "no action begins so"}
	}
	same, names := string(fits[0].Action), []string{}
	for _, in := range fits {
		for !strings.HasPrefix(string(in.Action), same) {
			same = same[:len(same)-1]
		}
		if len(names) < 8 {
			names = append(names, string(in.Action))
		}
	}
	if len(fits) == 1 {
		return screen.Completed{For: text, Text: same, Hint: fits[0].Words}
	}
	return screen.Completed{For: text, Text: same, Hint: strings.Join(names, "  ")}
}
