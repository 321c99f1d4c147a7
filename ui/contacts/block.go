package contacts

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// blocking is how the numbers of a contact are treated.
type blocking struct {
	c                store.Contact
	through, blocked []string
	err              error
}

// block asks how the numbers of a contact are treated, to turn them away or to let them
// through again.
func (m *Model) block(c store.Contact) tea.Cmd {
	var numbers []string
	for _, n := range c.Numbers {
		if strings.HasPrefix(n.Number, "+") {
			numbers = append(numbers, n.Number)
		}
	}
	if len(numbers) == 0 {
		m.env.Host.Say("Only numbers of the outside can be blocked, and " + screen.ContactName(c) + " has none")
		return nil
	}
	m.waiting++
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		b := blocking{c: c}
		for _, n := range numbers {
			yes, err := m.env.Store.IsBlocked(ctx, c.Account, n)
			switch {
			case err != nil:
				b.err = err
			case yes:
				b.blocked = append(b.blocked, n)
			default:
				b.through = append(b.through, n)
			}
		}
		return b
	})
}

// askBlock asks before anything is done.
func (m *Model) askBlock(b blocking) tea.Cmd {
	m.waiting = max(m.waiting-1, 0)
	if b.err != nil {
		return func() tea.Msg { return screen.Fail("look up who is blocked", b.err) }
	}
	name := screen.ContactName(b.c)
	if len(b.through) > 0 {
		m.env.Host.Confirm(screen.Confirm{
			Question: "Block " + numbersOf(b.through) + " of " + name + "?", Yes: "block",
			Detail: "The service turns their calls and faxes away from now on. The messages that are here stay; u takes it back.",
			Do: func() tea.Cmd {
				return m.setBlocked(func(ctx context.Context) (store.Op, error) {
					return m.env.Store.BlockNumber(ctx, b.c.Account, b.through...)
				})
			},
		})
		return nil
	}
	m.env.Host.Confirm(screen.Confirm{
		Question: "Let " + numbersOf(b.blocked) + " of " + name + " through again?", Yes: "unblock",
		Detail: "The service turns their calls and faxes away now. u takes it back.",
		Do: func() tea.Cmd {
			return m.setBlocked(func(ctx context.Context) (store.Op, error) {
				return m.env.Store.UnblockNumber(ctx, b.c.Account, b.blocked...)
			})
		},
	})
	return nil
}

func (m *Model) setBlocked(do func(ctx context.Context) (store.Op, error)) tea.Cmd {
	return m.env.Write("block", func(ctx context.Context) (tea.Msg, error) {
		op, err := do(ctx)
		return screen.Acted{Op: op}, err
	})
}

func numbersOf(numbers []string) string {
	if len(numbers) == 1 {
		return screen.Number(numbers[0])
	}
	return kit.Plural(len(numbers), "number")
}
