package presence

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
)

// Do carries out an action.
func (m *Model) Do(a keymap.Action) (tea.Cmd, bool) {
	if m.moves(a) {
		return nil, true
	}
	switch a {
	case keymap.Back, keymap.Cancel:
		return m.leave(), true
	case keymap.Filter:
		m.startFilter()
	case keymap.Refresh:
		m.env.Store.SyncNow()
		m.env.Host.Say("Asking who is there")
	case keymap.Open:
		return m.enter(), true
	case keymap.SetStatus:
		m.pickStatus()
	case keymap.SetCalls:
		m.pickCalls()
	case keymap.SetMessage:
		m.askMessage()
	case keymap.WatchPerson:
		m.askWatch()
	case keymap.UnwatchPerson:
		return m.unwatch(), true
	case keymap.JoinQueue:
		return m.join(), true
	case keymap.CallBack:
		return m.call(), true
	case keymap.DirectMessage:
		return m.direct(), true
	case keymap.ShowInfo:
		return m.info(), true
	case keymap.CopyNumber, keymap.CopyText:
		return m.copy(a), true
	case keymap.Mark, keymap.MarkRange, keymap.MarkAll, keymap.Sort, keymap.Save, keymap.SaveMarked, keymap.OpenOutside, keymap.Pipe, keymap.Print:
		m.env.Host.Say("That is for messages; here are people and queues")
	default:
		return nil, false
	}
	return nil, true
}

func (m *Model) moves(a keymap.Action) bool {
	if n, ok := screen.Moves(a); ok {
		m.move(n)
		return true
	}
	switch a {
	case keymap.NextUnread:
		m.next(1)
	case keymap.PreviousUnread:
		m.next(-1)
	default:
		return false
	}
	return true
}

// leave takes the filter off, then leaves.
func (m *Model) leave() tea.Cmd {
	if m.filter != "" {
		m.filter = ""
		return nil
	}
	return m.env.Host.Go(screen.List)
}

// Useful is what the footer offers.
func (m *Model) Useful() []keymap.Action {
	return []keymap.Action{
		keymap.Open, keymap.ToggleDND, keymap.WatchPerson, keymap.UnwatchPerson, keymap.JoinQueue, keymap.CallBack, keymap.DirectMessage,
		keymap.SetMessage, keymap.ShowInfo, keymap.Back, keymap.Help,
	}
}

// Disabled says why an action cannot be done now.
func (m *Model) Disabled(a keymap.Action) string {
	r, i := m.current(m.rows())
	switch a {
	case keymap.SetStatus, keymap.SetCalls, keymap.SetMessage, keymap.ToggleDND:
		if len(m.board.Me) == 0 {
			return "your own presence has not been read yet"
		}
		if me, ok := m.me(); ok && a != keymap.ToggleDND {
			return m.env.Lacks(me.Account, store.OfferStand)
		}
	case keymap.UnwatchPerson:
		if i < 0 || r.is == self || r.is == agent || r.is == link || !r.who.Watched {
			return "nobody watched is under the cursor"
		}
	case keymap.JoinQueue:
		switch {
		case i < 0 || r.is != queue:
			return "no queue is under the cursor"
		case !r.mine:
			return "you are not a member of " + title(r.who)
		case !r.queue.Editable:
			return "members of " + title(r.who) + " may not leave or join it themselves"
		}
	case keymap.CallBack, keymap.CopyNumber:
		if i < 0 || number(r) == "" {
			return "there is no number"
		}
	case keymap.DirectMessage:
		switch {
		case i < 0 || r.is == self || r.is == queue:
			return "no colleague is under the cursor"
		case r.is == link && r.link.Status != store.ConnectionAccepted:
			return "you are not connected with " + title(r.who)
		}
	}
	return ""
}

// number is the extension number of who a row is about.
func number(r row) string {
	if r.is == agent {
		return r.agent.Number
	}
	return r.who.Number
}

// why says why an action cannot be done, if so.
func (m *Model) why(a keymap.Action) bool {
	if w := m.Disabled(a); w != "" {
		in, _ := keymap.Find(a)
		m.env.Host.Say(in.Words + ": " + w)
		return true
	}
	return false
}

// enter opens what is under the cursor: one's status, the members of a queue, or
// everything from a colleague.
func (m *Model) enter() tea.Cmd {
	r, i := m.current(m.rows())
	switch {
	case i < 0:
		m.askWatch()
	case r.is == self:
		m.pickSelf()
	case r.is == queue && len(r.who.Team) == 0:
		m.env.Host.Say(title(r.who) + ": " + queueWords(r.who))
	case r.is == queue:
		m.open[r.key] = !m.open[r.key]
	default:
		return m.info()
	}
	return nil
}

func (m *Model) unwatch() tea.Cmd {
	if m.why(keymap.UnwatchPerson) {
		return nil
	}
	r, _ := m.current(m.rows())
	return m.watch(r.who.Account, store.WatchChange{Extension: r.who.Extension, Name: r.who.Name, Number: r.who.Number, Type: r.who.Type})
}

func (m *Model) watch(account int64, w store.WatchChange) tea.Cmd {
	return m.env.Write("change whom you watch", func(ctx context.Context) (tea.Msg, error) {
		op, err := m.env.Store.WatchPerson(ctx, account, w)
		return screen.Acted{Op: op}, err
	})
}

func (m *Model) join() tea.Cmd {
	if m.why(keymap.JoinQueue) {
		return nil
	}
	r, _ := m.current(m.rows())
	account, id, takes := r.queue.Account, r.queue.ID, !r.queue.Takes
	return m.env.Write("join or leave the queue", func(ctx context.Context) (tea.Msg, error) {
		op, err := m.env.Store.SetQueue(ctx, account, id, takes)
		return screen.Acted{Op: op}, err
	})
}

// Person implements [screen.Persona].
func (m *Model) Person() (name, num string, ok bool) {
	r, i := m.current(m.rows())
	if i < 0 {
		return "", "", false
	}
	if r.is == agent {
		return r.agent.Name, r.agent.Number, true
	}
	return title(r.who), r.who.Number, true
}

func (m *Model) call() tea.Cmd {
	if m.why(keymap.CallBack) {
		return nil
	}
	r, _ := m.current(m.rows())
	if r.is == self {
		m.env.Host.Say("This is you")
		return nil
	}
	return m.env.Dial(screen.Callee{Account: r.who.Account, Number: number(r)})
}

// direct goes to the chat with who is under the cursor.
func (m *Model) direct() tea.Cmd {
	if m.why(keymap.DirectMessage) {
		return nil
	}
	r, _ := m.current(m.rows())
	to := screen.Direct{Account: r.who.Account, Person: r.who.Extension, Name: title(r.who)}
	if r.is == agent {
		to.Person, to.Name = r.agent.Extension, r.agent.Name
	}
	if m.env.Direct == nil {
		m.env.Host.Say("There are no chats in this account")
		return nil
	}
	return m.env.Direct(to)
}

// info shows everything from who is under the cursor.
func (m *Model) info() tea.Cmd {
	r, i := m.current(m.rows())
	if i >= 0 && number(r) == "" && (r.is == link || r.is == person) && r.who.Name != "" {
		return m.env.Host.Show(m.everything(r.who.Name))
	}
	if i < 0 || number(r) == "" {
		m.env.Host.Say("There is nobody with a number under the cursor")
		return nil
	}
	name := title(r.who)
	if r.is == agent {
		name = r.agent.Name
	}
	if m.env.Person == nil {
		return m.env.Host.Show("number:"+number(r), "Everything from "+name)
	}
	return m.env.Person(screen.Whom{Account: r.who.Account, Party: store.Party{Name: name, Extension: number(r)}})
}

func (m *Model) copy(a keymap.Action) tea.Cmd {
	if m.why(keymap.CopyNumber) {
		return nil
	}
	r, _ := m.current(m.rows())
	c := screen.Copy{Text: number(r), Said: "Copied " + number(r)}
	if a == keymap.CopyText {
		c.Text = title(r.who) + ": " + words(r.who, m.env.Now())
		if r.who.Message != "" {
			c.Text += " (" + r.who.Message + ")"
		}
		c.Said = "Copied the line"
	}
	return func() tea.Msg { return c }
}
