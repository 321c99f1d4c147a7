package inbox

import (
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
)

// errNothing is the answer to a command that has nothing to be about.
func errNothing() error { return errors.New("there is no message") }

// triageCommands makes known what the command line can do to messages.
func (m *Model) triageCommands() {
	on := func(f func(ids []store.ID, arg string) (tea.Cmd, error)) func(arg string) (tea.Cmd, error) {
		return func(arg string) (tea.Cmd, error) {
			ids := m.Targets()
			if g := m.guest; len(ids) == 0 && g != nil && g.Why != "" {
				return nil, errors.New(g.Why)
			}
			if len(ids) == 0 {
				return nil, errNothing()
			}
			return f(ids, strings.TrimSpace(arg))
		}
	}
	for _, c := range []screen.Command{
		{
			Name: string(keymap.Snooze), Arg: "until when: 16:00, tomorrow, mon 8:30, 2h",
			Complete: func(string) []string {
				return []string{"in 1 hour", "this afternoon", "tomorrow", "next monday", "next week"}
			},
			Run: on(func(ids []store.ID, arg string) (tea.Cmd, error) {
				at, err := store.ParseWhen(arg, m.env.Now(), m.env.Location)
				if err != nil {
					return nil, err
				}
				return m.snoozeTo(ids, at), nil
			}),
		},
		{
			Name: string(keymap.Assign), Arg: "whom to, as claims name them",
			Run: on(func(ids []store.ID, arg string) (tea.Cmd, error) {
				if arg == "" {
					return nil, errors.New("name whom to hand it to")
				}
				return m.change(store.Change{Verb: store.VerbClaim, Items: ids, Who: arg}), nil
			}),
		},
		{
			Name: string(keymap.Labels), Arg: "labels, and -label to take one off",
			Run: on(func(ids []store.ID, arg string) (tea.Cmd, error) {
				if arg == "" {
					return nil, errors.New("name a label")
				}
				return m.change(store.Change{Verb: store.VerbLabels, Items: ids, Text: arg}), nil
			}),
		},
	} {
		m.env.Command(c)
	}
}
