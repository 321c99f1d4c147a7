package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/screen"
)

// The commands of calls: `:call NUMBER`, `:call-from`, `:caller-id`, `:call-prompt` and
// `:stop-call`.

// callCommands are the commands that concern calls.
func (m *Model) callCommands() []screen.Command {
	return []screen.Command{
		{
			Name: "call", Words: "Call a number", Arg: "a number or an extension, such as (415) 555-0142 or 155",
			Run: func(arg string) (tea.Cmd, error) {
				if _, err := store.ReadNumber(arg, m.region(0)); err != nil {
					return nil, err
				}
				return func() tea.Msg { return dialling{screen.Callee{Number: arg, Account: m.callAccount()}} }, nil
			},
		},
		{
			Name: "call-from", Words: "Choose which of your telephones rings first", Arg: "its name or number; nothing shows all", Alone: true,
			Run: func(arg string) (tea.Cmd, error) { return m.telephones(fromPhone, arg, true), nil },
		},
		{
			Name: "caller-id", Words: "Choose the number shown to whoever you call", Arg: "its name or number; nothing shows all", Alone: true,
			Run: func(arg string) (tea.Cmd, error) { return m.telephones(shownNumber, arg, true), nil },
		},
		{
			Name: "call-prompt", Words: "Have your telephone ask for a 1 before the other side is rung, or no longer", Alone: true,
			Run: func(string) (tea.Cmd, error) { return m.togglePrompt(), nil },
		},
		{
			Name: "stop-call", Words: "Cancel the call while your telephone rings", Alone: true,
			Run: func(string) (tea.Cmd, error) { return m.stopCall() },
			Disabled: func() string {
				if m.ringingCall() == 0 {
					return "no telephone rings for you"
				}
				return ""
			},
		},
	}
}

// dialling is a number that was typed, once the line it was typed into is closed.
type dialling struct{ to screen.Callee }

func (d dialling) take(m *Model) tea.Cmd { return m.Call(d.to) }

// callAccount is the account whose telephones ring: the one the lists show, or that of
// the row somebody is on.
func (m *Model) callAccount() int64 {
	for id, key := range m.own.keys {
		if key == m.env.Mailbox && key != "" {
			return id
		}
	}
	if r, ok := m.row(); ok {
		return r.Account
	}
	return 0
}

// ringingCall is the operation of the call one's telephone rings for; 0: none.
func (m *Model) ringingCall() int64 {
	for _, c := range m.own.list {
		if c.Stage <= store.CallRings {
			return c.Op
		}
	}
	return 0
}

func (m *Model) stopCall() (tea.Cmd, error) {
	id := m.ringingCall()
	if id == 0 {
		return nil, errors.New("no telephone rings for you")
	}
	return m.env.Write("stop the call", func(ctx context.Context) (tea.Msg, error) {
		op, err := m.env.Store.UndoOp(ctx, id)
		return screen.Said{Text: op.Words}, err
	}), nil
}

// What a number is chosen for.
type choice int

const (
	fromPhone choice = iota
	shownNumber
)

// telephonesGot is what there is to choose from.
type telephonesGot struct {
	what    choice
	account string
	typed   string
	all     store.Telephones
	set     store.CallSetup
	err     error
}

// telephones asks which telephones there are, and has one chosen.
func (m *Model) telephones(what choice, typed string, again bool) tea.Cmd {
	account := m.own.keys[m.callAccount()]
	m.Say("Asking which telephones there are")
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		got := telephonesGot{what: what, account: account, typed: typed}
		got.all, got.err = m.env.Store.Telephones(ctx, account, again)
		set, err := m.env.Store.CallSetup(ctx, account)
		got.set = set
		if err != nil {
			return screen.Fail("read which telephone was chosen", err)
		}
		return got
	})
}

func (g telephonesGot) take(m *Model) tea.Cmd {
	list := g.list()
	if g.err != nil && len(list) == 0 {
		m.failed(screen.Failed{Op: "ask which telephones there are", Err: g.err})
		return nil
	}
	m.said = ""
	if g.what == shownNumber && len(list) == 0 {
		m.Say("The account has no numbers to choose from: the service shows its own")
		return nil
	}
	if g.typed != "" {
		cmd, err := g.choose(m, g.named(g.typed), g.typed)
		if err != nil {
			m.failed(screen.Failed{Op: "choose " + g.typed, Err: err})
		}
		return cmd
	}
	title, hint := "Which of your telephones rings first", "a digit; or type another number"
	if g.what == shownNumber {
		title, hint = "The number shown to whoever you call", "a digit"
	}
	if name := m.env.Account(g.account); len(m.own.keys) > 1 && g.account != "" {
		title += ", for " + name
	}
	m.Pick(screen.Picker{
		Title: title, Hint: hint, Digits: true, None: "no such telephone; Enter takes a number as typed",
		Options: func(text string) []screen.Option { return g.options(m, text) },
		Enter: func(o *screen.Option, text string) (tea.Cmd, error) {
			if o != nil {
				p, _ := o.Value.(store.Telephone)
				return g.choose(m, &p, "")
			}
			return g.choose(m, nil, text)
		},
	})
	return nil
}

// list is the telephones or the numbers there are, with the way back to the usual.
func (g telephonesGot) list() []store.Telephone {
	if g.what == shownNumber {
		return g.all.Shown
	}
	return g.all.Phones
}

// chosen is the number in use.
func (g telephonesGot) chosen() string {
	if g.what == shownNumber {
		return g.set.Shown
	}
	return g.set.Phone
}

func (g telephonesGot) options(m *Model, text string) []screen.Option {
	region := g.all.Country
	now := g.chosen()
	var out []screen.Option
	add := func(p store.Telephone, label, detail string) {
		sign := "  "
		if p.Number == now {
			sign = "● "
		}
		if text == "" || strings.Contains(strings.ToLower(label+" "+detail), strings.ToLower(text)) || store.Digits(text) != "" && strings.Contains(p.Number, store.Digits(text)) {
			out = append(out, screen.Option{Label: label, Detail: detail, Sign: sign, Value: p})
		}
	}
	for _, p := range g.list() {
		label := p.Label
		if label == "" {
			label = upper(p.Kind)
		}
		add(p, label, store.FormatNumber(p.Number, region)+"  "+p.Kind)
	}
	if now != "" && !slices.ContainsFunc(g.list(), func(p store.Telephone) bool { return p.Number == now }) {
		add(store.Telephone{Number: now}, "As typed", store.FormatNumber(now, region))
	}
	usual := "The first of these"
	if g.what == shownNumber {
		usual = "What the service shows"
	}
	add(store.Telephone{}, usual, "unless chosen otherwise")
	return out
}

// named is the telephone that was typed by its name or number; nil: none is so called.
func (g telephonesGot) named(typed string) *store.Telephone {
	for _, p := range g.list() {
		d := store.Digits(typed)
		if strings.EqualFold(p.Label, typed) || strings.EqualFold(p.Kind, typed) || len(d) >= 3 && strings.HasSuffix(p.Number, d) {
			return &p
		}
	}
	for _, p := range g.list() {
		if strings.HasPrefix(strings.ToLower(p.Label), strings.ToLower(typed)) {
			return &p
		}
	}
	return nil
}

// choose keeps what was chosen.
func (g telephonesGot) choose(m *Model, p *store.Telephone, typed string) (tea.Cmd, error) {
	number := strings.TrimSpace(typed)
	if p != nil {
		number = p.Number
	} else {
		region := g.all.Country
		if region == "" {
			region = m.region(0)
		}
		if _, err := store.ReadNumber(number, region); err != nil {
			return nil, err
		}
	}
	if g.what == shownNumber && p == nil {
		return nil, fmt.Errorf("%s is no number of the account that may be shown", number)
	}
	return m.keepSetup(g.account, func(c *store.CallSetup) {
		if g.what == shownNumber {
			c.Shown = number
		} else {
			c.Phone = number
		}
	}, func(c store.CallSetup) string {
		n := c.Phone
		said := "Your calls ring %s first"
		if g.what == shownNumber {
			n, said = c.Shown, "Whoever you call is shown %s"
		}
		if n == "" {
			return fmt.Sprintf(said, "what the service puts first")
		}
		if p != nil {
			return fmt.Sprintf(said, p.Words(g.all.Country))
		}
		return fmt.Sprintf(said, store.FormatNumber(n, g.all.Country))
	}), nil
}

// keepSetup changes what was chosen for calls.
func (m *Model) keepSetup(account string, change func(*store.CallSetup), said func(store.CallSetup) string) tea.Cmd {
	return m.env.Write("keep how you call", func(ctx context.Context) (tea.Msg, error) {
		c, err := m.env.Store.CallSetup(ctx, account)
		if err != nil {
			return nil, err
		}
		change(&c)
		if c, err = m.env.Store.SetCallSetup(ctx, account, c); err != nil {
			return nil, err
		}
		return screen.Said{Text: said(c)}, nil
	})
}

func (m *Model) togglePrompt() tea.Cmd {
	return m.keepSetup(m.own.keys[m.callAccount()], func(c *store.CallSetup) { c.Prompt = !c.Prompt }, func(c store.CallSetup) string {
		if c.Prompt {
			return "Press 1 on your telephone to be connected"
		}
		return "You are connected as soon as you answer your telephone"
	})
}
