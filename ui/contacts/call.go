package contacts

import (
	"errors"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

var errNoNumber = errors.New("there is no number")

// call calls the one number there is; of several a digit picks one.
func (m *Model) call(c store.Contact) tea.Cmd {
	return m.pickNumber(c, "Call "+screen.ContactName(c), func(n store.PhoneNumber) tea.Cmd {
		m.repeat = func() tea.Cmd { return m.dial(c, n) }
		return m.dial(c, n)
	})
}

func (m *Model) dial(c store.Contact, n store.PhoneNumber) tea.Cmd {
	return m.env.Dial(screen.Callee{Account: c.Account, Number: n.Number})
}

// Person implements [screen.Persona]: of several numbers it is the first to dial.
func (m *Model) Person() (name, number string, ok bool) {
	c, ok := m.Current()
	if !ok {
		return "", "", false
	}
	if list := screen.Dialled(c); len(list) > 0 {
		number = list[0].Number
	}
	return screen.ContactName(c), number, true
}

func (m *Model) copyNumber(c store.Contact) tea.Cmd {
	return m.pickNumber(c, "Copy a number of "+screen.ContactName(c), func(n store.PhoneNumber) tea.Cmd {
		return func() tea.Msg { return screen.Copy{Text: n.Number, Said: "Copied " + screen.NumberOf(n)} }
	})
}

// pickNumber has one number chosen: Enter takes the first, a digit another.
func (m *Model) pickNumber(c store.Contact, title string, use func(store.PhoneNumber) tea.Cmd) tea.Cmd {
	numbers := screen.Dialled(c)
	switch len(numbers) {
	case 0:
		m.env.Host.Say(screen.ContactName(c) + " has no number")
		return nil
	case 1:
		return use(numbers[0])
	}
	numbers = numbers[:min(len(numbers), 9)]
	pick := make([]string, len(numbers))
	for i, n := range numbers {
		pick[i] = kit.Fit(screen.NumberKind(n.Kind), 12) + " " + screen.NumberOf(n)
	}
	m.env.Host.Prompt(screen.Prompt{
		Title: title, Scope: keymap.ScopePrompt, Kind: "number", Pick: pick, Hint: "a digit; Enter takes the first",
		Enter: func(text string) (tea.Cmd, error) {
			if text == "" {
				return use(numbers[0]), nil
			}
			if i := slices.Index(pick, text); i >= 0 {
				return use(numbers[i]), nil
			}
			return nil, fmt.Errorf("pick a digit from 1 to %d", len(numbers))
		},
	})
	return nil
}
