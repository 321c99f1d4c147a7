package presence

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// choice is something a digit picks.
type choice struct {
	words string
	do    func() tea.Cmd
}

// pick asks for one of a few things, by digit or by the beginning of its words.
func (m *Model) pick(title string, choices []choice) {
	words := make([]string, len(choices))
	for i, c := range choices {
		words[i] = c.words
	}
	m.env.Host.Prompt(screen.Prompt{
		Title: title, Kind: "presence", Pick: words, Hint: "a digit picks",
		Enter: func(text string) (tea.Cmd, error) {
			text = strings.ToLower(strings.TrimSpace(text))
			if text == "" {
				return nil, nil
			}
			for i, w := range words {
				if strings.HasPrefix(w, text) {
					return choices[i].do(), nil
				}
			}
			return nil, errors.New("a digit or the first letters of a line above")
		},
	})
}

// me is one's own presence the cursor is about: that of the row's account.
func (m *Model) me() (store.Presence, bool) {
	r, _ := m.current(m.rows())
	account := m.account(r)
	for _, p := range m.board.Me {
		if p.Account == account {
			return p, true
		}
	}
	if len(m.board.Me) > 0 {
		return m.board.Me[0], true
	}
	return store.Presence{}, false
}

func (m *Model) set(account int64, c store.PresenceChange) tea.Cmd {
	return m.env.Write("change your presence", func(ctx context.Context) (tea.Msg, error) {
		op, err := m.env.Store.SetPresence(ctx, account, c)
		return screen.Acted{Op: op}, err
	})
}

func (m *Model) statuses(me store.Presence) []choice {
	var out []choice
	for _, s := range []struct{ words, user string }{
		{"available", store.PresenceAvailable}, {"busy", store.PresenceBusy}, {"invisible", store.PresenceOffline},
	} {
		out = append(out, choice{s.words, func() tea.Cmd { return m.set(me.Account, store.PresenceChange{User: s.user}) }})
	}
	return out
}

// calls is which calls may ring oneself, in the way the account keeps it.
func (m *Model) calls(me store.Presence) []choice {
	set := func(words string, c store.PresenceChange) choice {
		return choice{words, func() tea.Cmd { return m.set(me.Account, c) }}
	}
	if me.Personal != "" {
		out := []choice{
			set("take all calls", store.PresenceChange{Personal: store.DNDTakeAll}),
			set("do not disturb", store.PresenceChange{Personal: store.DNDNone}),
		}
		if me.Queues != nil && *me.Queues {
			off := false
			out = append(out, set("no calls of queues", store.PresenceChange{Queues: &off}))
		} else if me.Queues != nil {
			on := true
			out = append(out, set("calls of queues again", store.PresenceChange{Queues: &on}))
		}
		return out
	}
	if me.DND == "" {
		return nil
	}
	return []choice{
		set("take all calls", store.PresenceChange{DND: store.DNDTakeAll}),
		set("do not disturb", store.PresenceChange{DND: store.DNDNone}),
		set("no calls of queues", store.PresenceChange{DND: store.DNDNoQueues}),
		set("queue calls only", store.PresenceChange{DND: store.DNDQueues}),
	}
}

// pickSelf offers all there is to set about oneself.
func (m *Model) pickSelf() {
	if m.why(keymap.SetStatus) {
		return
	}
	me, _ := m.me()
	m.pick("Your status and calls", append(m.statuses(me), m.calls(me)...))
}

func (m *Model) pickStatus() {
	if m.why(keymap.SetStatus) {
		return
	}
	me, _ := m.me()
	m.pick("Your status, now "+chosenWord(me.PresenceState), m.statuses(me))
}

func (m *Model) pickCalls() {
	if m.why(keymap.SetCalls) {
		return
	}
	me, _ := m.me()
	choices := m.calls(me)
	if len(choices) == 0 {
		m.env.Host.Say("The service does not say which calls ring you, so it cannot be changed here")
		return
	}
	m.pick("Calls, now: "+callsWords(me.PresenceState), choices)
}

// askMessage asks for the status message.
func (m *Model) askMessage() {
	if m.why(keymap.SetMessage) {
		return
	}
	me, _ := m.me()
	left := func(text string) string {
		n := utf8.RuneCountInString(strings.TrimSpace(text))
		if n > store.MaxStatusMessage {
			return fmt.Sprintf("%d too many", n-store.MaxStatusMessage)
		}
		return fmt.Sprintf("%d of %d; empty removes it", n, store.MaxStatusMessage)
	}
	m.env.Host.Prompt(screen.Prompt{
		Title: "Status message", Kind: "status message", Value: me.Message, Hint: left(me.Message),
		Change: func(text string) (string, tea.Cmd) { return left(text), nil },
		Enter: func(text string) (tea.Cmd, error) {
			text = strings.TrimSpace(text)
			if n := utf8.RuneCountInString(text); n > store.MaxStatusMessage {
				return nil, fmt.Errorf("%d characters too many", n-store.MaxStatusMessage)
			}
			if text == me.Message {
				return nil, nil
			}
			return m.set(me.Account, store.PresenceChange{Message: &text}), nil
		},
	})
}

// askWatch asks whom to watch, with the names of the directory.
func (m *Model) askWatch() {
	r, _ := m.current(m.rows())
	account := m.account(r)
	people := m.people[account]
	if account == 0 || len(people) == 0 {
		m.env.Host.Say("The company directory has not been read yet, so nobody can be picked from it")
		return
	}
	m.env.Host.Prompt(screen.Prompt{
		Title: "Watch whom", Kind: "watch", Hint: "a name or an extension; Tab completes",
		Change: func(text string) (string, tea.Cmd) { return hint(m.found(account, text), text), nil },
		Complete: func(text string) tea.Cmd {
			fits := m.found(account, text)
			c := screen.Completed{For: text, Text: text, Hint: hint(fits, text)}
			if len(fits) > 0 {
				c.Text = following(fits, text)
			}
			return func() tea.Msg { return c }
		},
		Enter: func(text string) (tea.Cmd, error) {
			w, err := one(m.found(account, text), text)
			if err != nil || w.Extension == "" {
				return nil, err
			}
			m.want = key("who", account, w.Extension)
			if w.Type == "Department" {
				m.want = key("queue", account, w.Extension)
			}
			return m.watch(account, w), nil
		},
	})
}

// found is who fits what was typed: the beginning of a name, of a word of it or of a
// number.
func (m *Model) found(account int64, text string) []store.WatchChange {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return nil
	}
	var out []store.WatchChange
	for _, w := range m.people[account] {
		name := strings.ToLower(w.Name)
		if strings.HasPrefix(name, text) || strings.Contains(name, " "+text) || strings.HasPrefix(w.Number, text) || strings.ToLower(full(w)) == text {
			out = append(out, w)
		}
	}
	return out
}

// full is somebody as the completion writes it: a name alone need not be one person's.
func full(w store.WatchChange) string { return strings.TrimSpace(w.Name + " " + w.Number) }

// following is the next of those that fit after the one that stands there already.
func following(fits []store.WatchChange, text string) string {
	for i, w := range fits {
		if strings.EqualFold(full(w), strings.TrimSpace(text)) {
			return full(fits[(i+1)%len(fits)])
		}
	}
	return full(fits[0])
}

func hint(fits []store.WatchChange, text string) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	switch len(fits) {
	case 0:
		return "nobody in the directory begins like this"
	case 1:
		return full(fits[0])
	}
	names := make([]string, 0, 3)
	for _, w := range fits[:min(len(fits), 3)] {
		names = append(names, full(w))
	}
	return kit.Count(len(fits), true) + ": " + strings.Join(names, ", ")
}

// one is the one who is meant.
func one(fits []store.WatchChange, text string) (store.WatchChange, error) {
	text = strings.TrimSpace(text)
	var exact []store.WatchChange
	for _, w := range fits {
		if strings.EqualFold(full(w), text) || strings.EqualFold(w.Name, text) || w.Number == text {
			exact = append(exact, w)
		}
	}
	switch {
	case text == "":
		return store.WatchChange{}, nil
	case len(exact) == 1:
		return exact[0], nil
	case len(fits) == 1:
		return fits[0], nil
	case len(fits) == 0:
		return store.WatchChange{}, errors.New("nobody in the directory begins like this")
	}
	return store.WatchChange{}, fmt.Errorf("%s fit: %s", kit.Count(len(fits), true), hint(fits, text))
}

// startFilter shows only those that have some words in them.
func (m *Model) startFilter() {
	before := m.filter
	m.env.Host.Prompt(screen.Prompt{
		Title: "Filter", Kind: "filter presence", Value: m.filter, Hint: "names, numbers, states",
		Change: func(text string) (string, tea.Cmd) { m.filter = strings.TrimSpace(text); return "", nil },
		Enter:  func(text string) (tea.Cmd, error) { m.filter = strings.TrimSpace(text); return nil, nil },
		Cancel: func() tea.Cmd { m.filter = before; return nil },
	})
}
