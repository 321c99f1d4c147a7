package groups

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
)

// Do carries out an action.
func (m *Model) Do(a keymap.Action) (tea.Cmd, bool) {
	for _, part := range []func(keymap.Action) (tea.Cmd, bool){m.move, m.between, m.chatAction, m.postAction, m.files} {
		if cmd, ok := part(a); ok {
			return cmd, true
		}
	}
	if m.triage(a) {
		return nil, true
	}
	switch a {
	case keymap.React:
		m.env.Host.Say("The service offers no reactions; r answers")
	case keymap.Play:
		m.focus = inPosts
		m.posts.scroll(max(m.posts.height-2, 1))
		return m.posts.need(), true
	case keymap.MediaBack, keymap.MediaForward, keymap.MediaStart, keymap.MediaSlower, keymap.MediaFaster, keymap.MediaLess, keymap.MediaReset:
		m.env.Host.Say("There is nothing to play here; Space opens the file of a post")
	case keymap.Mark, keymap.MarkRange, keymap.MarkAll, keymap.Sort, keymap.CopyNumber, keymap.SaveMarked, keymap.PreviousUnread:
		m.env.Host.Say("That is for messages; here are chats")
	default:
		return nil, false
	}
	return nil, true
}

// move is what moves within a pane.
func (m *Model) move(a keymap.Action) (tea.Cmd, bool) {
	if m.focus == inChats {
		return m.moveChats(a)
	}
	p := &m.posts
	half := max(p.height/2, 1)
	switch a {
	case keymap.Down:
		p.down(1)
	case keymap.Up:
		p.up(1)
	case keymap.HalfPageDown:
		p.scroll(half)
	case keymap.HalfPageUp:
		p.scroll(-half)
	case keymap.PageDown:
		p.scroll(max(p.height-2, 1))
	case keymap.PageUp:
		p.scroll(-max(p.height-2, 1))
	case keymap.Top:
		p.aim, p.edge = 0, -1
		if p.start && len(p.rows) > 0 {
			p.at, p.line, p.edge = p.rows[0].ID, 0, 0
			return p.need(), true
		}
		return p.load(), true
	case keymap.Bottom:
		p.aim, p.edge = 0, 1
		if p.end && len(p.rows) > 0 {
			p.at, p.stick, p.edge = p.rows[len(p.rows)-1].ID, true, 0
			return nil, true
		}
		return p.load(), true
	default:
		return nil, false
	}
	return p.need(), true
}

func (m *Model) moveChats(a keymap.Action) (tea.Cmd, bool) {
	page := max(m.chats.Height()-1, 1)
	switch a {
	case keymap.Down:
		m.chats.Move(1)
	case keymap.Up:
		m.chats.Move(-1)
	case keymap.PageDown:
		m.chats.Move(page)
	case keymap.PageUp:
		m.chats.Move(-page)
	case keymap.HalfPageDown:
		m.chats.Move(max(page/2, 1))
	case keymap.HalfPageUp:
		m.chats.Move(-max(page/2, 1))
	case keymap.Top:
		m.chats.First()
	case keymap.Bottom:
		m.chats.Last()
	default:
		return nil, false
	}
	cmd := m.show()
	if m.chats.Need().Any {
		cmd = join(cmd, m.load())
	}
	return cmd, true
}

// between is what moves between panes and chats.
func (m *Model) between(a keymap.Action) (tea.Cmd, bool) {
	switch a {
	case keymap.NextItem, keymap.PreviousItem:
		n := 1
		if a == keymap.PreviousItem {
			n = -1
		}
		m.chats.Move(n)
		cmd := m.show()
		if m.chats.Need().Any {
			cmd = join(cmd, m.load())
		}
		return cmd, true
	case keymap.NextPane, keymap.PreviousPane:
		m.focus = inPosts - m.focus
	case keymap.PaneRight:
		if m.focus == inPosts {
			if r, ok := m.Current(); ok && r.Files > 0 {
				return m.env.Host.Go(screen.Files), true
			}
			m.env.Host.Say("This is the rightmost pane")
		}
		m.focus = inPosts
	case keymap.PaneLeft:
		if m.focus == inChats {
			m.env.Host.Say("This is the leftmost pane")
		}
		m.focus = inChats
	case keymap.Back, keymap.Cancel:
		return m.back(), true
	case keymap.NextUnread:
		return m.nextUnread(), true
	case keymap.Filter, keymap.Search:
		if a == keymap.Search {
			return nil, false
		}
		m.filter()
	case keymap.Refresh:
		m.posts.ask = nil
		return nil, false // and the service is asked by the root
	default:
		return nil, false
	}
	return nil, true
}

// back goes from a thread to its chat, from the posts to the chats, and from there to
// the messages.
func (m *Model) back() tea.Cmd {
	switch {
	case m.posts.thread != "":
		return m.leaveThread()
	case m.focus == inPosts:
		m.focus = inChats
		return nil
	case m.query != (store.ChatQuery{}):
		return m.list(store.ChatQuery{})
	}
	return m.env.Host.Go(screen.List)
}

// list shows other chats.
func (m *Model) list(q store.ChatQuery) tea.Cmd {
	at := m.chats.CursorID()
	m.query = q
	m.chats.Reset()
	if q == (store.ChatQuery{}) {
		m.want = at
	}
	m.focus = inChats
	if m.busy {
		return nil // what is on its way is of another list, and is asked for anew
	}
	return m.load()
}

func (m *Model) filter() {
	before := m.query
	m.env.Host.Prompt(screen.Prompt{
		Title: "Chats", Value: before.Text, Kind: "chats", Hint: "a part of the name; empty shows all",
		Change: func(text string) (string, tea.Cmd) {
			q := m.query
			q.Text = text
			return "", m.list(q)
		},
		Enter: func(text string) (tea.Cmd, error) {
			q := m.query
			q.Text = strings.TrimSpace(text)
			if q == m.query {
				return nil, nil
			}
			return m.list(q), nil
		},
		Cancel: func() tea.Cmd { return m.list(before) },
	})
}

// chatAction is what is done with the chat.
func (m *Model) chatAction(a keymap.Action) (tea.Cmd, bool) {
	switch a {
	case keymap.CallBack:
		return m.call(), true
	case keymap.NewTeam:
		return m.newTeam(), true
	case keymap.NewChat:
		return m.newChat(), true
	case keymap.JoinTeam:
		return m.join(), true
	}
	c, ok := m.chat()
	switch a {
	case keymap.LeaveTeam, keymap.AddMembers, keymap.RemoveMembers:
		if ok && m.env.Refuses(c.Account, store.OfferTeam) {
			return nil, true
		}
	}
	if !ok {
		switch a {
		case keymap.Open, keymap.Compose, keymap.ChatRead, keymap.LeaveTeam, keymap.AddMembers, keymap.RemoveMembers, keymap.ChatMembers, keymap.UploadFile:
			m.env.Host.Say("There is no chat here")
			return nil, true
		}
		return nil, false
	}
	switch a {
	case keymap.Open:
		if m.focus == inChats {
			m.focus = inPosts
			return nil, true
		}
		return nil, false
	case keymap.Compose:
		return m.compose(c, nil), true
	case keymap.ChatRead:
		return m.readAndNext(c), true
	case keymap.LeaveTeam:
		return m.leave(c), true
	case keymap.AddMembers:
		return m.addMembers(c), true
	case keymap.RemoveMembers:
		return m.removeMembers(c), true
	case keymap.ChatMembers:
		return m.members(c), true
	case keymap.UploadFile:
		return m.compose(c, func(w *composer, _ store.Draft) { m.askFile() }), true
	}
	return nil, false
}

// compose opens the composer on a chat.
func (m *Model) compose(c store.Chat, how func(w *composer, d store.Draft)) tea.Cmd {
	switch {
	case m.env.Refuses(c.Account, store.OfferPost):
		return nil
	case !c.Joined:
		m.env.Host.Say("You are not a member of " + c.Title + "; , j joins")
		return nil
	}
	m.focus = inPosts
	return m.write.begin(c, how)
}

// files is what is done with the files of a post.
func (m *Model) files(a keymap.Action) (tea.Cmd, bool) {
	switch a {
	case keymap.Save, keymap.OpenOutside, keymap.GoAttachments:
	default:
		return nil, false
	}
	r, ok := m.Current()
	if !ok || r.Files == 0 {
		m.env.Host.Say("This post has no file")
		return nil, true
	}
	switch a {
	case keymap.GoAttachments:
		return m.env.Host.Go(screen.Files), true
	case keymap.OpenOutside:
		return m.env.Guarded([]store.Row{r}, "Open", func() tea.Cmd {
			m.env.Host.Say("Fetching, then opening with the system's program")
			return m.env.OpenFile(r.ID, 0, false)
		}), true
	}
	return m.env.Guarded([]store.Row{r}, "Save", func() tea.Cmd {
		m.env.Host.Say("Saving to " + screen.Home(m.env.SaveDir))
		return m.env.SaveFiles([]store.ID{r.ID}, store.SaveOptions{})
	}), true
}

// Useful is what the footer offers.
func (m *Model) Useful() []keymap.Action {
	if m.query.Joinable {
		return []keymap.Action{keymap.JoinTeam, keymap.Filter, keymap.Back, keymap.Help}
	}
	if m.focus == inChats {
		return []keymap.Action{keymap.Open, keymap.Compose, keymap.NextUnread, keymap.ChatRead, keymap.NewChat, keymap.Filter, keymap.Back, keymap.Help}
	}
	p, ok := m.posts.current()
	if ok && p.Row.State == store.StateOpen && !p.Mine {
		return []keymap.Action{keymap.ReplyPost, keymap.Done, keymap.Claim, keymap.Snooze, keymap.AddNote, keymap.ChatRead, keymap.Back, keymap.Help}
	}
	if ok && p.Mine && !p.Removed && p.System == "" {
		return []keymap.Action{keymap.Compose, keymap.EditPost, keymap.DeletePost, keymap.ChatRead, keymap.NextUnread, keymap.Back, keymap.Help}
	}
	return []keymap.Action{keymap.Compose, keymap.ReplyPost, keymap.ChatRead, keymap.NextUnread, keymap.UnreadFrom, keymap.ShowThread, keymap.Back, keymap.Help}
}

// Disabled says why an action cannot be done now.
func (m *Model) Disabled(a keymap.Action) string {
	if triaging(a) {
		return m.untriaged(a)
	}
	p, ok := m.posts.current()
	c := m.posts.chat
	switch a {
	case keymap.Compose:
		return m.env.Lacks(c.Account, store.OfferPost)
	case keymap.ReplyPost, keymap.UnreadFrom, keymap.CopyText:
		if !ok {
			return "there is no post here"
		}
		if a == keymap.ReplyPost {
			return m.env.Lacks(c.Account, store.OfferPost)
		}
	case keymap.EditPost, keymap.DeletePost:
		if !ok {
			return "there is no post here"
		}
		if why := m.env.Lacks(c.Account, store.OfferEdit); why != "" {
			return why
		}
		if why := m.notOwn(p); why != "" {
			return strings.ToLower(why[:1]) + why[1:]
		}
	case keymap.ShowThread:
		if !ok || p.Thread == "" {
			return "this post has no thread"
		}
	case keymap.LeaveTeam, keymap.AddMembers, keymap.RemoveMembers:
		if why := m.env.Lacks(c.Account, store.OfferTeam); why != "" {
			return why
		}
		if c.Type != store.ChatTeam {
			return "this is no team"
		}
	case keymap.React:
		return "the service offers none"
	}
	return ""
}
