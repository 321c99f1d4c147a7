package ui

import (
	"context"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/compose"
	"switchboard/ui/screen"
)

// sendCommands are the commands that begin something to send, or hand it to a program.
// Nothing leaves by them alone: the composer opens with what was typed, and Enter sends.
func (m *Model) sendCommands() []screen.Command {
	return []screen.Command{
		{
			Name: string(keymap.Compose), Arg: "a number, and the text behind a colon: (415) 555-0142: we are on our way",
			Run: m.lineCompose,
		},
		{Name: string(keymap.Reply), Arg: "the text", Run: m.lineReply},
		{Name: string(keymap.Pipe), Arg: "a command; what is piped before it: text: wc -w", Run: m.linePipe},
	}
}

// lineCompose opens the composer to a number.
func (m *Model) lineCompose(arg string) (tea.Cmd, error) {
	number, text, _ := strings.Cut(arg, ":")
	to, err := store.ReadNumber(strings.TrimSpace(number), m.region(0))
	if err != nil {
		return nil, err
	}
	l := screen.Letter{Kind: store.SendText, Account: m.env.Mailbox, Text: strings.TrimSpace(text)}
	l.To = []store.Recipient{{Number: to.Number, Extension: to.Extension}}
	if to.Number == "" {
		l.Kind = store.SendPager
	}
	return func() tea.Msg { return letterTyped{letter: l} }, nil
}

// letterTyped is a letter to be opened once the line it was typed into is closed.
type letterTyped struct{ letter screen.Letter }

func (l letterTyped) take(m *Model) tea.Cmd { return m.compose.Open(l.letter) }

// lineReply opens the composer on an answer with its text.
func (m *Model) lineReply(arg string) (tea.Cmd, error) {
	r, ok := m.row()
	switch {
	case m.full() != nil || m.stands() != nil:
		return nil, errors.New("a message of the list is answered so; here, the key for it answers")
	case !ok:
		return nil, errNoItem
	case r.Kind == store.Post:
		return nil, errors.New("a post is answered in its chat; the key for it goes there")
	}
	return m.compose.OpenBy(func(ctx context.Context) (screen.Letter, error) {
		it, err := m.env.Store.Item(ctx, r.ID)
		if err != nil {
			return screen.Letter{}, err
		}
		l, err := compose.Answer(m.env, it, false)
		l.Text = arg
		return l, err
	}), nil
}

// linePipe pipes what is shown to a command.
func (m *Model) linePipe(arg string) (tea.Cmd, error) {
	if m.full() != nil {
		return nil, errNoItem
	}
	if _, ok := m.list.Current(); !ok {
		return nil, errNoItem
	}
	cmd, _ := m.give(keymap.Pipe)
	m.piped = arg
	return cmd, nil
}
