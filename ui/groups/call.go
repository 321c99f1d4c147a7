package groups

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/screen"
)

// call calls who a chat is with, or who wrote the post one is on.
func (m *Model) call() tea.Cmd {
	account, person, name := m.whom()
	if person == "" {
		m.env.Host.Say("There is nobody to call here: go to a post of somebody, or to a chat with one person")
		return nil
	}
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		p, err := m.env.Store.PersonParty(ctx, person)
		if errors.Is(err, store.ErrNotFound) {
			return screen.Said{Text: "The directory has no number of " + name}
		}
		if err != nil {
			return screen.Fail("call "+name, err)
		}
		return found{screen.Callee{Account: account, Party: p}}
	})
}

// found is the number of somebody who is to be called.
type found struct{ to screen.Callee }

// whom is who would be called: in a chat with one person that one, else whoever wrote the
// post one is on.
func (m *Model) whom() (account int64, person, name string) {
	c, ok := m.chat()
	if !ok {
		return 0, "", ""
	}
	if c.Type == store.ChatDirect {
		return c.Account, c.Other, c.Title
	}
	if p, ok := m.posts.current(); ok && m.focus == inPosts && !p.Mine {
		return c.Account, p.Author.Remote, p.Author.Name
	}
	return 0, "", ""
}
