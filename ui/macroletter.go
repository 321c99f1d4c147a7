package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// letter asks for the letter of a macro: one key.
type letter struct {
	m     *Model
	title string
	again bool // @ is the one run last
	then  func(name string) tea.Cmd
}

func (l *letter) scope() keymap.Scope         { return keymap.ScopePrompt }
func (l *letter) takes() bool                 { return true }
func (l *letter) waits(time.Time) bool        { return false }
func (l *letter) hints() []keymap.Action      { return []keymap.Action{keymap.Cancel} }
func (l *letter) key(tea.KeyPressMsg) tea.Cmd { return l.do(keymap.Cancel) }

func (l *letter) text(s string) tea.Cmd {
	name := s
	if l.again && s == "@" {
		if name = l.m.macros.last; name == "" {
			l.m.close(l)
			l.m.refuse("No macro was run yet")
			return nil
		}
	}
	if len(name) != 1 || !strings.Contains(macroNames, name) {
		l.m.Say(fmt.Sprintf("A macro has a letter or a digit, not %q", kit.Cut(s, 8)))
		return nil
	}
	l.m.close(l)
	return l.then(name)
}

func (l *letter) do(a keymap.Action) tea.Cmd {
	l.m.close(l)
	if l.m.macros.fast {
		l.m.refuse("no macro was named")
	}
	return nil
}

func (l *letter) draw(lines []string, w, h int) ([]string, *tea.Cursor) {
	s := l.m.env.Styles
	title := " " + l.title + " … "
	hint := "a letter or a digit; Esc leaves it"
	if l.again {
		hint = "a letter or a digit, @ the last one; Esc leaves it"
	}
	lines[h-1] = s.Prompt.S(kit.Fit(title, min(kit.Width(title), w))) + s.Hint.S(kit.Fit(hint, max(w-kit.Width(title), 0)))
	y := h - 2
	for _, c := range l.m.macroLines() {
		if y < h/2 {
			break
		}
		lines[y] = s.Key.S("  "+c[0]+" ") + s.Hint.S(kit.Fit(c[1], max(w-4, 0)))
		y--
	}
	return lines, tea.NewCursor(kit.Width(title)-1, h-1)
}

// macroLines are the macros with their keys, by letter.
func (m *Model) macroLines() (out [][2]string) {
	for _, r := range macroNames {
		if keys := m.macros.known[string(r)]; len(keys) > 0 {
			out = append(out, [2]string{string(r), shownKeys(keys)})
		}
	}
	return out
}

// macroOffers are the macros as lines of the palette.
func (m *Model) macroOffers() (out []offer) {
	run := m.hint(keymap.RunMacro, "")
	for _, l := range m.macroLines() {
		out = append(out, offer{
			name: "macro " + l[0], words: "Macro " + l[0] + ": " + kit.Cut(l[1], 60), keys: run + l[0], recent: -1,
			run: func() tea.Cmd { return m.startMacro(l[0], 1) },
		})
	}
	return out
}

// macroCommands are the commands of the command line about macros.
func (m *Model) macroCommands() []screen.Command {
	names := func(string) (out []string) {
		for _, l := range m.macroLines() {
			out = append(out, l[0])
		}
		return out
	}
	return []screen.Command{
		{
			Name: "macro", Words: "Run a macro", Arg: "its letter, and how many times: a 20", Complete: names,
			Run: m.lineMacro,
		},
		{
			Name: "macros", Words: "Show the recorded macros", Alone: true,
			Run: func(string) (tea.Cmd, error) { return m.recallMacros(m.listMacros), nil },
		},
		{
			Name: "remove-macro", Words: "Forget a macro", Arg: "its letter", Complete: names,
			Run: func(arg string) (tea.Cmd, error) {
				return m.recallMacros(func() tea.Cmd { return m.removeMacro(arg) }), nil
			},
		},
	}
}

func (m *Model) lineMacro(arg string) (tea.Cmd, error) {
	f := strings.Fields(arg)
	times := 1
	if len(f) == 2 {
		n, err := strconv.Atoi(f[1])
		if err != nil || n < 1 || n > mostRounds {
			return nil, fmt.Errorf("%q is not how many times: 1 to %d", f[1], mostRounds)
		}
		times = n
	}
	if len(f) < 1 || len(f) > 2 || len(f[0]) != 1 || !strings.Contains(macroNames, f[0]) {
		return nil, fmt.Errorf("%q is not the letter of a macro; type such as a, or a 20", arg)
	}
	if m.macros.fast {
		return nil, fmt.Errorf("a macro runs another by its key, %s", m.hint(keymap.RunMacro, ""))
	}
	return m.startMacro(f[0], times), nil
}

// listMacros shows the macros in the palette.
func (m *Model) listMacros() tea.Cmd {
	if len(m.macros.known) == 0 {
		m.Say("No macro is recorded yet; " + m.hint(keymap.RecordMacro, "and a letter records one"))
		return nil
	}
	m.open(newChooser(m, "Macros: Enter runs one", func() []offer { return m.macroOffers() }))
	return nil
}

func (m *Model) removeMacro(name string) tea.Cmd {
	keys := m.macros.known[name]
	if len(keys) == 0 {
		m.Say(fmt.Sprintf("No keys are recorded under %s", kit.Cut(name, 20)))
		return nil
	}
	c := change{
		words: "Macro " + name + " removed",
		do:    func() tea.Cmd { return m.keepMacro(name, nil) },
		undo:  func() tea.Cmd { return m.keepMacro(name, keys) },
	}
	m.ownChange(c)
	m.Tell(screen.Banner{Text: c.words + ": " + shownKeys(keys), Undo: true})
	return c.do()
}
