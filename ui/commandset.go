package ui

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// setting is something `:set` changes, until the program ends; the config file says how
// it is the next time.
type setting struct {
	words  string
	values []string
	set    func(value string) tea.Cmd
}

func (m *Model) settings() map[string]setting {
	return map[string]setting{
		"sort": {"the order of the list", []string{"oldest", "newest"}, func(v string) tea.Cmd {
			cmd, err := m.runCommand(command{name: string(keymap.Sort), cmd: m.cmds[string(keymap.Sort)]}, v)
			if err != nil {
				m.Say(err.Error())
			}
			return cmd
		}},
		"theme": {"the colours", []string{"dark", "light", "plain"}, func(v string) tea.Cmd {
			m.opts.Theme = v
			m.env.Styles = theme.New(v != "light", m.opts.NoColor || v == "plain")
			m.hinted = nil
			return nil
		}},
		"panes": {"whether the message stands beside the list", []string{"one", "two"}, func(v string) tea.Cmd {
			m.opts.OnePane = v == "one"
			m.list.SetBeside(m.wide())
			return m.list.Step(0)
		}},
	}
}

func (m *Model) setCommands() []screen.Command {
	return []screen.Command{
		{
			Name: "set", Words: "Change a setting until the program ends", Arg: "what and how: sort newest, theme light, panes one",
			Complete: func(string) (out []string) {
				for _, name := range slices.Sorted(maps.Keys(m.settings())) {
					for _, v := range m.settings()[name].values {
						out = append(out, name+" "+v)
					}
				}
				return out
			},
			Run: m.set,
		},
		{Name: "keys", Words: "Show all keys of this view", Alone: true, Run: func(string) (tea.Cmd, error) { return m.do(keymap.Help), nil }},
		{Name: "q", Words: "Quit", Alone: true, Run: func(string) (tea.Cmd, error) { return m.do(keymap.Quit), nil }},
	}
}

// set changes a setting: "sort newest", or "sort=newest".
func (m *Model) set(arg string) (tea.Cmd, error) {
	f := strings.Fields(strings.Replace(arg, "=", " ", 1))
	all := m.settings()
	names := slices.Sorted(maps.Keys(all))
	s, ok := all[f[0]]
	if !ok {
		if n := keymap.Nearest(f[0], names); n != "" {
			return nil, fmt.Errorf("there is no setting %s; did you mean %s?", f[0], n)
		}
		return nil, fmt.Errorf("there is no setting %s; there are %s", f[0], strings.Join(names, ", "))
	}
	if len(f) != 2 || !slices.Contains(s.values, f[1]) {
		try := strings.Join(s.values, " or ")
		if len(f) == 2 {
			if n := keymap.Nearest(f[1], s.values); n != "" {
				return nil, fmt.Errorf("%s cannot be %s; did you mean %s?", f[0], f[1], n)
			}
		}
		return nil, fmt.Errorf("%s, %s, is %s", f[0], s.words, try)
	}
	m.clean = false
	return s.set(f[1]), nil
}
