package ui

import (
	"context"
	"errors"
	"slices"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/screen"
)

// toggleDND turns do not disturb on or off for everybody one is signed in as: all alike,
// and on unless it is on everywhere.
func (m *Model) toggleDND() tea.Cmd {
	return m.env.Write("change your presence", func(ctx context.Context) (tea.Msg, error) {
		board, err := m.env.Store.PresenceBoard(ctx)
		if err != nil {
			return nil, err
		}
		if len(board.Me) == 0 {
			return nil, errors.New("your own presence has not been read yet")
		}
		why := ""
		mine := slices.DeleteFunc(slices.Clone(board.Me), func(me store.Presence) bool {
			ok, not := m.env.Store.Offered(me.Account, store.OfferStand)
			if !ok {
				why = not
			}
			return !ok
		})
		if len(mine) == 0 {
			return nil, errors.New(why)
		}
		off := true // it is on everywhere
		for _, me := range mine {
			off = off && me.Quiet()
		}
		var last store.Op
		for _, me := range mine {
			if me.Quiet() != off {
				continue
			}
			if last, err = m.env.Store.ToggleDND(ctx, me.Account); err != nil {
				return nil, err
			}
		}
		return screen.Acted{Op: last}, nil
	})
}

// present is what is known of whether a contact is there: of colleagues, by their
// extension.
func (m *Model) present(c store.Contact) (sign, words string) {
	rank, ok := m.env.Signs[c.Extension]
	if !ok || c.Source != store.Directory || c.Extension == "" {
		return "", ""
	}
	sign, _ = screen.PresenceSign(rank, m.env.Styles)
	return sign, screen.PresenceWord(rank)
}

// showMailbox has the lists show one account, or all for "".
func (m *Model) showMailbox(key string) tea.Cmd {
	m.env.Mailbox = key
	if key == "" {
		m.Say("The lists show all mailboxes")
	} else {
		m.Say("The lists show " + m.env.Account(key) + " only")
	}
	return join(m.list.Aim(), m.Go(screen.List))
}

// reconnect takes up accounts that were signed in elsewhere meanwhile.
func (m *Model) reconnect() tea.Cmd {
	if m.opts.Connect == nil {
		return nil
	}
	return m.env.Do(m.env.Ctx, screen.Quick, func(context.Context) tea.Msg {
		if err := m.opts.Connect(); err != nil {
			m.env.Log.Warn("accounts signed in meanwhile", "err", err)
		}
		return nil
	})
}
