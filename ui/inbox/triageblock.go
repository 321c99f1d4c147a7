package inbox

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// block asks whether to turn callers away, or to let them through again.
func (m *Model) block() tea.Cmd {
	ids, rows, ok := m.some()
	if !ok {
		return nil
	}
	if len(ids) == 1 && len(rows) == 1 && rows[0].Who.Number == "" && (rows[0].Kind == store.Post || rows[0].Kind == store.Email) {
		why, _, _ := strings.Cut(screen.NoNumber(rows[0]), ";")
		m.env.Host.Say(screen.Upper(why) + ": there is none to block")
		return nil
	}
	read := func(ctx context.Context) ([]store.Caller, error) { return m.env.Store.Callers(ctx, ids) }
	return ask(m, "read the callers", read, func(callers []store.Caller) tea.Cmd {
		m.askBlock(ids, callers)
		return nil
	})
}

func (m *Model) askBlock(ids []store.ID, callers []store.Caller) {
	var outside, blocked, hidden []store.Caller
	for _, c := range callers {
		switch {
		case c.Outside() && c.Status == store.BlockBlocked:
			blocked = append(blocked, c)
		case c.Outside():
			outside = append(outside, c)
		case c.Number == "" && c.Extension == "":
			hidden = append(hidden, c)
		}
	}
	left := ""
	if n := len(callers) - len(outside) - len(blocked); n > 0 {
		left = " " + kit.Plural(n, "caller") + " without a number of the outside cannot be blocked."
	}
	switch {
	case len(outside) > 0:
		m.env.Host.Confirm(screen.Confirm{
			Question: "Block " + callerWords(outside) + "?", Yes: "block",
			Detail: "The service turns their calls and faxes away from now on. The messages that are here stay; u takes it back." + left,
			Do:     func() tea.Cmd { return m.setBlocked(ids, true) },
		})
	case len(blocked) > 0:
		m.env.Host.Confirm(screen.Confirm{
			Question: "Let " + callerWords(blocked) + " through again?", Yes: "unblock",
			Detail: "The service turns their calls and faxes away now. u takes it back." + left,
			Do:     func() tea.Cmd { return m.setBlocked(ids, false) },
		})
	case len(hidden) > 0:
		m.askAnonymous(hidden[0])
	default:
		m.env.Host.Say("Only numbers of the outside can be blocked, and this is a colleague or a short number")
	}
}

// askAnonymous asks about all who withhold their number: one of them cannot be told from
// another.
func (m *Model) askAnonymous(c store.Caller) {
	set := func(yes bool) func() tea.Cmd {
		return func() tea.Cmd {
			return m.env.Write("block", func(ctx context.Context) (tea.Msg, error) {
				op, err := m.env.Store.BlockAnonymous(ctx, c.Account, yes)
				return screen.Acted{Op: op}, err
			})
		}
	}
	if c.Status == store.BlockBlocked {
		m.env.Host.Confirm(screen.Confirm{
			Question: "Let callers who withhold their number through again?", Yes: "unblock",
			Detail: "The service turns all of them away now. u takes it back.", Do: set(false),
		})
		return
	}
	m.env.Host.Confirm(screen.Confirm{
		Question: "This caller withheld the number. Block all who do?", Yes: "block all",
		Detail: "One of them cannot be told from another, so the service turns calls and faxes of everybody away who withholds the number. The messages that are here stay; u takes it back.",
		Do:     set(true),
	})
}

func (m *Model) setBlocked(ids []store.ID, block bool) tea.Cmd {
	m.repeat = m.block
	if m.guest == nil {
		m.top().table.Unmark()
	}
	return m.env.Write("block", func(ctx context.Context) (tea.Msg, error) {
		op, err := m.env.Store.BlockCallers(ctx, ids, block)
		return screen.Acted{Op: op}, err
	})
}

// callerWords names whom a block is about.
func callerWords(callers []store.Caller) string {
	if len(callers) > 1 {
		return kit.Plural(len(callers), "number")
	}
	c := callers[0]
	if c.Label == "" {
		return screen.Number(c.Number)
	}
	return screen.Number(c.Number) + " (" + screen.Flat(c.Label) + ")"
}
