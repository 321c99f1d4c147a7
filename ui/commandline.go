package ui

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
)

// The command line, `:`. Its words are the actions by their names, the commands that
// screens have made known by [screen.Env.Command], and the person's own commands. A
// beginning will do where it is one word's only, and a number opens the item of it.
//
// A command that takes something behind its name is one entry of the registry:
//
//	env.Command(screen.Command{
//		Name: "snooze", Arg: "when, such as tomorrow or mon 9:00",
//		Run: func(arg string) (tea.Cmd, error) { return m.snoozeUntil(arg) },
//	})
//
// It is made known once, when its screen is made. The root's own are in ownCommands.
// Where an action has the same name, the action is done when nothing is typed behind it
// (unless the command says that it stands Alone), and palette and line show both as one.

// taker is a message of the root itself that knows what is to be done with it.
type taker interface{ take(m *Model) tea.Cmd }

// commandTable is the commands made known, by name.
type commandTable map[string]screen.Command

func (t *commandTable) add(c screen.Command) {
	if *t == nil {
		*t = commandTable{}
	}
	(*t)[c.Name] = c
}

// command is one word of the command line: an action, a command, or both.
type command struct {
	name   string
	words  string
	action keymap.Action // "" where there is none of that name
	cmd    screen.Command
	minor  bool // only moves, or edits a line: never meant by a beginning
}

// takes reports whether something may be typed behind it.
func (c command) takes() bool { return c.cmd.Run != nil && c.cmd.Arg != "" }

// words are all the words of the command line, by name.
func (m *Model) words() []command {
	at := map[string]int{}
	var all []command
	for _, in := range m.opts.Keys.Actions() {
		if in.Action == keymap.CommandLine {
			continue
		}
		at[string(in.Action)] = len(all)
		all = append(all, command{
			name: string(in.Action), words: in.Words, action: in.Action,
			minor: in.Group == keymap.GroupMove || in.Group == keymap.GroupEdit,
		})
	}
	for _, c := range m.cmds {
		i, ok := at[c.Name]
		if !ok {
			i = len(all)
			all = append(all, command{name: c.Name})
		}
		all[i].cmd, all[i].minor = c, false
		all[i].words = cmp.Or(c.Words, all[i].words)
	}
	slices.SortFunc(all, func(a, b command) int { return strings.Compare(a.name, b.name) })
	return all
}

// fits are the words that begin so, those that only move or edit where no other does.
func fits(all []command, begin string) []command {
	begin = strings.ToLower(begin)
	var out, minor []command
	for _, c := range all {
		switch {
		case !strings.HasPrefix(c.name, begin):
		case c.minor && c.name != begin:
			minor = append(minor, c)
		default:
			out = append(out, c)
		}
	}
	if len(out) == 0 && begin != "" {
		return minor
	}
	return out
}

// common is what all names begin with.
func common(list []command) string {
	if len(list) == 0 {
		return ""
	}
	same := list[0].name
	for _, c := range list {
		for !strings.HasPrefix(c.name, same) {
			same = same[:len(same)-1]
		}
	}
	return same
}

// meant is the word that is meant by what was typed: the one so called, or the one that
// all that begin so are longer forms of.
func (m *Model) meant(name string) (command, error) {
	all := m.words()
	list := fits(all, name)
	for _, want := range []string{strings.ToLower(name), common(list)} {
		for _, c := range list {
			if c.name == want {
				return c, nil
			}
		}
	}
	if len(list) == 0 {
		names := make([]string, len(all))
		for i, c := range all {
			names[i] = c.name
		}
		if n := keymap.Nearest(name, names); n != "" {
			return command{}, fmt.Errorf("there is no command %s; did you mean %s?", store.CleanLine(name), n)
		}
		return command{}, fmt.Errorf("there is no command %s; %s", store.CleanLine(name), m.hint(keymap.OpenPalette, "shows all"))
	}
	var names []string
	for _, c := range list[:min(len(list), 3)] {
		names = append(names, c.name)
	}
	text := strings.Join(names, ", ")
	if more := len(list) - len(names); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return command{}, fmt.Errorf("%s may be %s", name, text)
}

// commandLine asks for a command, some of which may be typed already.
func (m *Model) commandLine(typed string) tea.Cmd {
	m.Prompt(screen.Prompt{
		Title: "Command", Kind: commandKind, Value: typed, Hint: "the name of an action, and what it takes; Tab completes",
		Change: func(text string) (string, tea.Cmd) { return m.commandHint(text), nil },
		Complete: func(text string) tea.Cmd {
			done := m.completeCommand(text)
			return func() tea.Msg { return done }
		},
		Enter: m.runLine,
	})
	return m.recallHistory()
}

// commandHint is what would be done, or what is missing.
func (m *Model) commandHint(text string) string {
	name, arg := cutCommand(text)
	if name == "" {
		return ""
	}
	if _, ok := isID(name); ok && arg == "" {
		return "opens item " + name
	}
	c, err := m.meant(name)
	if err != nil {
		return ""
	}
	say := c.words
	if c.takes() && arg == "" {
		say += ": " + c.cmd.Arg
	}
	if why := m.cannot(c); why != "" {
		say = c.words + ": " + why
	}
	return say
}

// cannot says why a command cannot be done now.
func (m *Model) cannot(c command) string {
	if c.cmd.Disabled != nil {
		return c.cmd.Disabled()
	}
	if c.action != "" {
		return m.disabled(c.action)
	}
	return ""
}

func cutCommand(text string) (name, arg string) {
	name, arg, _ = strings.Cut(strings.TrimSpace(text), " ")
	return strings.TrimPrefix(name, ":"), strings.TrimSpace(arg)
}

// runLine does what was typed.
func (m *Model) runLine(text string) (tea.Cmd, error) {
	name, arg := cutCommand(text)
	if name == "" {
		return nil, nil
	}
	if id, ok := isID(name); ok && arg == "" {
		return m.openItem(id), nil
	}
	c, err := m.meant(name)
	if err != nil {
		return nil, err
	}
	cmd, err := m.runCommand(c, arg)
	if err != nil {
		return cmd, err
	}
	return join(cmd, join(m.keepLine(text), m.used(c.name))), nil
}

// runCommand does a command with what stands behind its name.
func (m *Model) runCommand(c command, arg string) (tea.Cmd, error) {
	m.lend()
	switch {
	case c.cmd.Run != nil && (arg != "" || c.cmd.Alone):
		if arg != "" && c.cmd.Arg == "" {
			return nil, fmt.Errorf("%s takes nothing behind it, not %q", c.name, arg)
		}
		return c.cmd.Run(arg)
	case c.action == "" && arg == "":
		return nil, fmt.Errorf("%s wants something behind it: %s", c.name, c.cmd.Arg)
	case arg != "":
		return nil, fmt.Errorf("%s takes nothing behind it, not %q", c.name, arg)
	}
	return m.do(c.action), nil
}

// completeCommand is how a line goes on: its name, then what stands behind it.
func (m *Model) completeCommand(text string) screen.Completed {
	same := screen.Completed{For: text, Text: text}
	name, arg, behind := strings.Cut(strings.TrimLeft(text, " "), " ")
	if behind {
		c, err := m.meant(name)
		switch {
		case err != nil:
			same.Hint = err.Error()
		case c.cmd.Complete != nil:
			return completeArg(text, c, arg)
		case c.takes():
			same.Hint = c.name + ": " + c.cmd.Arg
		default:
			same.Hint = c.name + " takes nothing behind it"
		}
		return same
	}
	list := fits(m.words(), name)
	if len(list) == 0 {
		same.Hint = "no command begins so"
		return same
	}
	same.Text = common(list)
	if len(list) == 1 {
		if same.Hint = list[0].words; list[0].takes() {
			same.Text, same.Hint = same.Text+" ", list[0].cmd.Arg
		}
		return same
	}
	var names []string
	for _, c := range list[:min(len(list), 8)] {
		names = append(names, c.name)
	}
	same.Hint = strings.Join(names, "  ")
	return same
}

// completeArg completes what stands behind a command.
func completeArg(text string, c command, arg string) screen.Completed {
	done := screen.Completed{For: text, Text: text, Hint: c.cmd.Arg}
	arg = strings.TrimLeft(arg, " ")
	var list []string
	for _, a := range c.cmd.Complete(arg) {
		if len(a) >= len(arg) && strings.EqualFold(a[:len(arg)], arg) {
			list = append(list, store.CleanLine(a))
		}
	}
	if len(list) == 0 {
		return done
	}
	same := []rune(list[0])
	for _, a := range list {
		r := []rune(a)
		n := 0
		for n < len(same) && n < len(r) && same[n] == r[n] {
			n++
		}
		same = same[:n]
	}
	if len(same) >= len([]rune(arg)) {
		done.Text = c.name + " " + string(same)
	}
	if len(list) > 1 {
		done.Hint = strings.Join(list[:min(len(list), 6)], "  ")
	}
	return done
}

// errNoItem is what a command says where there is nothing it could be about.
var errNoItem = errors.New("there is no message here")
