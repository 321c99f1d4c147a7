package groups

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
)

// answered is a post that is to be answered, wherever it is.
type answered struct {
	p      store.ChatPost
	c      store.Chat
	canned bool
	err    error
}

// Answer opens the composer of a post's chat on an answer to it; canned lets a ready text
// be picked at once.
func (m *Model) Answer(post store.ID, canned bool) tea.Cmd {
	m.handing = true
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		p, err := m.env.Store.PostOf(ctx, post)
		if err != nil {
			return answered{err: err}
		}
		c, err := m.env.Store.ChatOf(ctx, p.Chat)
		return answered{p, c, canned, err}
	})
}

// Write opens the composer of a chat, on what is being written there.
func (m *Model) Write(chat int64) tea.Cmd {
	m.handing = true
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		c, err := m.env.Store.ChatOf(ctx, chat)
		return answered{c: c, err: err}
	})
}

func (m *Model) answered(msg answered) tea.Cmd {
	m.handing = false
	if msg.err != nil {
		return func() tea.Msg { return screen.Fail("open the composer", msg.err) }
	}
	m.focus = inPosts
	if msg.p.ID == 0 {
		return join(m.goTo(msg.c.ID), m.compose(msg.c, nil))
	}
	return join(m.goTo(msg.c.ID), m.reply(msg.c, msg.p, msg.canned))
}

// canned has a ready text picked, to stand where the cursor is.
func (c *composer) canned() {
	m := c.m
	if len(m.env.Replies) == 0 {
		c.hint = "There are no canned replies; the config file has them under [replies]"
		return
	}
	name := ""
	if c.parent.ID != 0 {
		name = c.parent.Author.Name
	}
	var pick []string
	for _, r := range m.env.Replies[:min(len(m.env.Replies), 9)] {
		pick = append(pick, screen.FillReply(r, name, "", m.env.Callback))
	}
	m.env.Host.Prompt(screen.Prompt{
		Title: "Put in", Scope: keymap.ScopePrompt, Kind: "canned", Pick: pick, Hint: "a digit; Esc leaves them",
		Enter: func(text string) (tea.Cmd, error) {
			if text == "" {
				return nil, errors.New("a digit picks one")
			}
			return c.Text(text), nil
		},
	})
}
