package groups

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// mostNames is how many people can be chosen from at once.
const mostNames = 5000

// namesGot are people to choose from, and what is asked then.
type namesGot struct {
	people []store.Person
	then   func(people []store.Person)
}

// withNames reads who can be chosen.
func (m *Model) withNames(read func(ctx context.Context) ([]store.Person, error), then func(people []store.Person)) tea.Cmd {
	return m.env.Do(m.env.Ctx, network, func(ctx context.Context) tea.Msg {
		ps, err := read(ctx)
		if err != nil {
			return screen.Fail("read the names", err)
		}
		return namesGot{ps, then}
	})
}

// maker is account, or else the first account whose service lets one make chats; ok is
// false, and why is told, where there is none.
func (m *Model) maker() (account int64, ok bool) {
	account = m.account()
	if m.env.Lacks(account, store.OfferTeam) == "" {
		return account, true
	}
	for _, id := range slices.Sorted(maps.Keys(m.env.Services)) {
		if m.env.Lacks(id, store.OfferTeam) == "" && m.env.Lacks(id, store.OfferChats) == "" {
			return id, true
		}
	}
	return 0, !m.env.Refuses(account, store.OfferTeam)
}

// account is where a new chat is made: that of the chat one is on, else the first.
func (m *Model) account() int64 {
	if c, ok := m.chat(); ok {
		return c.Account
	}
	if m.query.Account != 0 {
		return m.query.Account
	}
	for id := range m.me {
		return id
	}
	return 1
}

// askPeople asks for names, separated by commas; Tab completes the last one.
func (m *Model) askPeople(title string, people []store.Person, some bool, do func(ids []string) tea.Cmd) {
	m.env.Host.Prompt(screen.Prompt{
		Title: title, Kind: "people", Hint: "names, with commas between them; Tab completes",
		Complete: func(text string) tea.Cmd {
			done := completeName(text, people)
			return func() tea.Msg { return done }
		},
		Enter: func(text string) (tea.Cmd, error) {
			ids, err := pickNames(text, people)
			if err == nil && some && len(ids) == 0 {
				err = errors.New("name somebody")
			}
			if err != nil {
				return nil, err
			}
			return do(ids), nil
		},
	})
}

// completeName completes the last of the names in a line.
func completeName(text string, people []store.Person) screen.Completed {
	head, last := "", text
	if i := strings.LastIndexByte(text, ','); i >= 0 {
		head, last = text[:i+1]+" ", text[i+1:]
	}
	fits := fitting(strings.TrimSpace(last), people)
	switch {
	case len(fits) == 0:
		return screen.Completed{For: text, Text: text, Hint: "nobody's name begins so"}
	case len(fits) == 1:
		return screen.Completed{For: text, Text: head + fits[0].Name}
	}
	same, names := fits[0].Name, []string{}
	for _, p := range fits {
		for !strings.HasPrefix(strings.ToLower(p.Name), strings.ToLower(same)) {
			same = strings.ToValidUTF8(same[:len(same)-1], "")
		}
		if len(names) < 6 {
			names = append(names, p.Name)
		}
	}
	if len(same) <= len(strings.TrimSpace(last)) {
		return screen.Completed{For: text, Text: text, Hint: strings.Join(names, ", ")}
	}
	return screen.Completed{For: text, Text: head + same, Hint: strings.Join(names, ", ")}
}

// fitting are people of whose names a word begins so; a whole name fits alone.
func fitting(s string, people []store.Person) (out []store.Person) {
	s = strings.ToLower(s)
	for _, p := range people {
		name := strings.ToLower(p.Name)
		if name == s && s != "" {
			return []store.Person{p}
		}
		if strings.HasPrefix(name, s) || strings.Contains(name, " "+s) {
			out = append(out, p)
		}
	}
	return out
}

// pickNames are the ids of the people named in a line.
func pickNames(text string, people []store.Person) (ids []string, err error) {
	for name := range strings.SplitSeq(text, ",") {
		name = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(name), "@"))
		if name == "" {
			continue
		}
		fits := fitting(name, people)
		switch {
		case len(fits) == 0:
			return nil, fmt.Errorf("nobody known is called %s", name)
		case len(fits) > 1:
			return nil, fmt.Errorf("%s may be %s or %s", name, fits[0].Name, fits[1].Name)
		}
		if !slices.Contains(ids, fits[0].Remote) {
			ids = append(ids, fits[0].Remote)
		}
	}
	return ids, nil
}

// opened is a chat that was made or opened.
type opened struct {
	chat int64
	op   store.Op
	what string
	err  error
}

// make makes or opens a chat and then shows it; keys wait until it is there.
func (m *Model) make(what string, f func(ctx context.Context) (int64, store.Op, error)) tea.Cmd {
	m.opening = true
	return m.env.Write(what, func(ctx context.Context) (tea.Msg, error) {
		id, op, err := f(ctx)
		return opened{id, op, what, err}, nil
	})
}

func (m *Model) opened(msg opened) tea.Cmd {
	m.opening = false
	if msg.err != nil {
		return func() tea.Msg { return screen.Fail(msg.what, msg.err) }
	}
	m.focus = inPosts
	cmd := m.goTo(msg.chat)
	if msg.op.ID != 0 {
		cmd = join(cmd, func() tea.Msg { return screen.Acted{Op: msg.op} })
	}
	return cmd
}

// newChat opens the chat with one or several people.
func (m *Model) newChat() tea.Cmd {
	account, ok := m.maker()
	if !ok {
		return nil
	}
	return m.withNames(func(ctx context.Context) ([]store.Person, error) {
		return m.env.Store.Persons(ctx, account, 0, "", mostNames)
	}, func(people []store.Person) {
		m.askPeople("Chat with", people, true, func(ids []string) tea.Cmd { return m.openChat(account, ids) })
	})
}

func (m *Model) openChat(account int64, ids []string) tea.Cmd {
	return m.make("open the chat", func(ctx context.Context) (int64, store.Op, error) {
		return m.env.Store.OpenChat(ctx, account, ids)
	})
}

// Direct opens the chat with somebody.
func (m *Model) Direct(d screen.Direct) tea.Cmd {
	if d.Person == "" {
		m.env.Host.Say("It is not known who that is in the chats")
		return nil
	}
	return join(m.env.Host.Go(screen.Groups), m.openChat(d.Account, []string{d.Person}))
}

// newTeam asks for a name, then for people.
func (m *Model) newTeam() tea.Cmd {
	account, ok := m.maker()
	if !ok {
		return nil
	}
	m.env.Host.Prompt(screen.Prompt{
		Title: "Name of the new team", Kind: "team", Hint: "a # before it makes it public",
		Enter: func(text string) (tea.Cmd, error) {
			name, public := strings.CutPrefix(strings.TrimSpace(text), "#")
			if name = strings.TrimSpace(name); name == "" {
				return nil, errors.New("a team needs a name")
			}
			return m.withNames(func(ctx context.Context) ([]store.Person, error) {
				return m.env.Store.Persons(ctx, account, 0, "", mostNames)
			}, func(people []store.Person) {
				m.askPeople("Who is in "+name, people, false, func(ids []string) tea.Cmd {
					return m.make("make the team", func(ctx context.Context) (int64, store.Op, error) {
						return m.env.Store.CreateTeam(ctx, store.NewTeam{Account: account, Name: name, Public: public, Members: ids})
					})
				})
			}), nil
		},
	})
	return nil
}

// join joins the team the cursor is on, or shows those one could join.
func (m *Model) join() tea.Cmd {
	c, ok := m.chats.Row()
	if !m.query.Joinable || !ok || c.Joined {
		if m.query.Joinable {
			m.env.Host.Say("There is no team to join here")
			return nil
		}
		return m.list(store.ChatQuery{Joinable: true})
	}
	return m.make("join the team", func(ctx context.Context) (int64, store.Op, error) {
		op, err := m.env.Store.JoinChat(ctx, c.ID)
		return c.ID, op, err
	})
}

func (m *Model) leave(c store.Chat) tea.Cmd {
	leave := func() tea.Cmd {
		return m.act("leave the team", func(ctx context.Context) (store.Op, error) { return m.env.Store.LeaveChat(ctx, c.ID) })
	}
	if c.Type == store.ChatTeam && c.Joined && !c.Public {
		m.env.Host.Confirm(screen.Confirm{
			Question: "Leave " + c.Title + "?", Detail: "It is not public: somebody in it has to add you again.", Yes: "leave", Do: leave,
		})
		return nil
	}
	return leave()
}

func (m *Model) addMembers(c store.Chat) tea.Cmd {
	if c.Type != store.ChatTeam {
		m.env.Host.Say("Only teams get new members; , d begins a chat with more people")
		return nil
	}
	return m.withNames(func(ctx context.Context) ([]store.Person, error) {
		return m.env.Store.Persons(ctx, c.Account, 0, "", mostNames)
	}, func(people []store.Person) {
		m.askPeople("Add to "+c.Title, people, true, func(ids []string) tea.Cmd {
			return m.act("add members", func(ctx context.Context) (store.Op, error) { return m.env.Store.AddMembers(ctx, c.ID, ids) })
		})
	})
}

func (m *Model) removeMembers(c store.Chat) tea.Cmd {
	if c.Type != store.ChatTeam {
		m.env.Host.Say("Only teams have members that come and go")
		return nil
	}
	return m.withNames(func(ctx context.Context) ([]store.Person, error) {
		return m.env.Store.Members(ctx, c.ID)
	}, func(people []store.Person) {
		m.askPeople("Remove from "+c.Title, people, true, func(ids []string) tea.Cmd {
			return m.act("remove members", func(ctx context.Context) (store.Op, error) { return m.env.Store.RemoveMembers(ctx, c.ID, ids) })
		})
	})
}

// membersGot is who is in a chat, in words.
type membersGot struct{ text string }

// members says who is in the chat.
func (m *Model) members(c store.Chat) tea.Cmd {
	return m.env.Do(m.env.Ctx, network, func(ctx context.Context) tea.Msg {
		ps, err := m.env.Store.Members(ctx, c.ID)
		if err != nil {
			return screen.Fail("read the members", err)
		}
		names := make([]string, 0, 12)
		for _, p := range ps[:min(len(ps), 12)] {
			names = append(names, store.PersonName(p.Name, p.Remote))
		}
		if len(ps) == 0 {
			return membersGot{"The service does not say who is in this chat"}
		}
		text := kit.Plural(len(ps), "member") + ": " + strings.Join(names, ", ")
		if len(ps) > len(names) {
			text += " ..."
		}
		return membersGot{text}
	})
}
