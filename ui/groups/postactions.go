package groups

import (
	"context"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
)

// postAction is what is done with the post under the cursor.
func (m *Model) postAction(a keymap.Action) (tea.Cmd, bool) {
	switch a {
	case keymap.Open, keymap.ReplyPost, keymap.ReplyCanned, keymap.EditPost, keymap.DeletePost, keymap.UnreadFrom, keymap.ShowThread, keymap.CopyText:
	default:
		return nil, false
	}
	p, ok := m.posts.current()
	if !ok {
		m.env.Host.Say("There is no post here")
		return nil, true
	}
	c := m.posts.chat
	switch a {
	case keymap.Open:
		return m.fresh(p, m.open), true
	case keymap.ReplyPost, keymap.ReplyCanned:
		return m.reply(c, p, a == keymap.ReplyCanned), true
	case keymap.EditPost, keymap.DeletePost:
		if m.env.Refuses(c.Account, store.OfferEdit) {
			return nil, true
		}
	}
	switch a {
	case keymap.EditPost:
		return m.fresh(p, func(p store.ChatPost) tea.Cmd { return m.editPost(c, p) }), true
	case keymap.DeletePost:
		return m.fresh(p, m.remove), true
	case keymap.UnreadFrom:
		return m.act("mark the chat unread", func(ctx context.Context) (store.Op, error) {
			return m.env.Store.UnreadFrom(ctx, c.ID, p.ID)
		}), true
	case keymap.ShowThread:
		return m.showThread(p), true
	}
	text := store.PlainPost(p.Markdown, p.Mentions)
	return m.env.Guarded([]store.Row{p.Row}, "Copy", func() tea.Cmd {
		return func() tea.Msg { return screen.Copy{Text: text, Said: "Copied the text of the post"} }
	}), true
}

// open does what a post asks for most: it sends again what was refused, shows the
// files, or the thread.
func (m *Model) open(p store.ChatPost) tea.Cmd {
	switch {
	case p.Fault != "" && p.Remote == "":
		return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
			return changed{"send the post again", m.env.Store.RetryPost(ctx, p.ID)}
		})
	case p.Remote == "":
		m.env.Host.Say("It is still being sent; u takes it back")
		return nil
	case p.Files > 0 && !p.Removed:
		return m.env.Host.Go(screen.Files)
	case p.Thread != "" && m.posts.thread == "":
		return m.showThread(p)
	}
	m.env.Host.Say("This post has no files and no thread; r answers it")
	return nil
}

// freshGot is how a post stands now.
type freshGot struct {
	p    store.ChatPost
	err  error
	then func(p store.ChatPost) tea.Cmd
}

// fresh does something with a post; one that was on its way when it was read is looked at
// again first.
func (m *Model) fresh(p store.ChatPost, then func(p store.ChatPost) tea.Cmd) tea.Cmd {
	if !p.Mine || p.Remote != "" || p.Fault != "" {
		return then(p)
	}
	m.asking = true
	c := m.posts.chat
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		now, err := m.env.Store.PostOf(ctx, p.ID)
		if errors.Is(err, store.ErrNotFound) { // the service has given it its name
			var w store.PostWindow
			w, err = m.env.Store.Posts(ctx, store.PostQuery{Chat: c.ID}, p.ID, 3, 3)
			now = p
			for _, r := range w.Rows {
				if r.Mine && r.Remote != "" && r.Markdown == p.Markdown {
					now = r
				}
			}
		}
		return freshGot{now, err, then}
	})
}

func (m *Model) freshly(msg freshGot) tea.Cmd {
	m.asking = false
	if msg.err != nil {
		return func() tea.Msg { return screen.Fail("read the post", msg.err) }
	}
	return msg.then(msg.p)
}

// reply opens the composer on an answer; canned has a ready text picked at once.
func (m *Model) reply(c store.Chat, p store.ChatPost, canned bool) tea.Cmd {
	switch {
	case p.Removed, p.System != "":
		m.env.Host.Say("There is nothing to answer")
		return nil
	case p.Remote == "":
		m.env.Host.Say("It is still being sent")
		return nil
	}
	parent, thread := p.Remote, p.Thread
	if p.Parent != "" { // answers to answers are answers to what began the thread
		parent = p.Parent
	}
	return m.compose(c, func(w *composer, d store.Draft) {
		if w.editing == 0 {
			w.answers, w.thread, w.parent = parent, thread, p
		}
		if canned {
			w.canned()
		}
	})
}

func (m *Model) editPost(c store.Chat, p store.ChatPost) tea.Cmd {
	if why := m.notOwn(p); why != "" {
		m.env.Host.Say(why)
		return nil
	}
	return m.compose(c, func(w *composer, d store.Draft) {
		if d.Edit == p.ID {
			return // goes on where it was left
		}
		if d.Text != "" {
			m.env.Host.Say("The draft of this chat comes first: send it, or empty it")
			return
		}
		w.ed.Set(store.PlainPost(p.Markdown, p.Mentions))
		w.picked, w.editing = p.Mentions, p.ID
	})
}

func (m *Model) notOwn(p store.ChatPost) string {
	switch {
	case !p.Mine || p.System != "":
		return "Only your own posts can be changed"
	case p.Removed:
		return "It is removed already"
	case p.Remote == "" && p.Fault == "":
		return "It is still being sent; u takes it back"
	}
	return ""
}

func (m *Model) remove(p store.ChatPost) tea.Cmd {
	if why := m.notOwn(p); why != "" {
		m.env.Host.Say(strings.Replace(why, "changed", "deleted", 1))
		return nil
	}
	del := func() tea.Cmd {
		return m.act("delete the post", func(ctx context.Context) (store.Op, error) { return m.env.Store.DeletePost(ctx, p.ID) })
	}
	if p.Files > 0 && strings.TrimSpace(p.Markdown) == "" && p.Remote != "" {
		m.env.Host.Confirm(screen.Confirm{
			Question: "Delete the post with its files?", Detail: "Files that were sent cannot be brought back.", Yes: "delete", Do: del,
		})
		return nil
	}
	return del()
}

// showThread shows a thread alone.
func (m *Model) showThread(p store.ChatPost) tea.Cmd {
	if p.Thread == "" {
		m.env.Host.Say("This post has no thread; r begins one")
		return nil
	}
	if m.posts.thread != "" {
		return m.leaveThread()
	}
	m.focus = inPosts
	c, thread, at := m.posts.chat, p.Thread, p.ID
	cmd := m.posts.open(c, thread)
	m.posts.back, m.posts.at = at, at
	return join(cmd, m.env.Do(m.env.Ctx, network, func(ctx context.Context) tea.Msg {
		if err := m.env.Store.LoadThread(ctx, c.ID, thread); err != nil {
			return screen.Fail("read the thread", err)
		}
		return nil
	}))
}

func (m *Model) leaveThread() tea.Cmd {
	at := m.posts.back
	c := m.posts.chat
	if at != 0 {
		m.places[c.ID] = at
	}
	return m.posts.open(c, "")
}
