package groups

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// The width from which posts stand beside the chats, and how wide the chats then are.
const (
	wideFrom   = 100
	chatsWidth = 38
)

// How many rows are read at a time on either side of the cursor.
const (
	chatsAround = 60
	postsAround = 60
)

// Network is how long a question to the service may take that somebody waits for.
const network = time.Minute

type pane int

const (
	inChats pane = iota
	inPosts
)

// Model is the screen of chats.
type Model struct {
	env *screen.Env

	chats     kit.Table[store.Chat]
	query     store.ChatQuery
	want      int64 // chat to go to once the list is here
	busy      bool
	again     bool
	err       error
	focus     pane
	posts     posts
	places    map[int64]store.ID // where one was in chats left before
	write     composer
	keeper    keeper
	drafts    map[int64]string // first lines of what waits in chats seen so far
	wide      bool             // both panes were drawn
	w, h      int              // as last drawn
	seeking   bool             // the next unread chat is looked for
	handing   bool             // a summary is being made
	asking    bool             // a post is looked at again
	opening   bool             // a chat is made or opened
	last      int64            // chat that was posted to last
	me        map[int64]store.Person
	uploading []store.Upload
	feeds     []store.FeedStatus
}

// New is an empty screen.
func New(env *screen.Env) *Model {
	m := &Model{env: env, places: map[int64]store.ID{}, drafts: map[int64]string{}, me: map[int64]store.Person{}}
	m.chats.ID = func(c store.Chat) int64 { return c.ID }
	m.chats.Free = true
	m.write.m, m.keeper.m = m, m
	m.posts.m = m
	return m
}

// Scopes is where this screen's keys are looked up.
func (m *Model) Scopes() []keymap.Scope { return keymap.Stack(keymap.ViewGroups) }

// Busy reports whether keys must wait for what is shown.
func (m *Model) Busy() bool {
	return m.busy && (!m.chats.Loaded() || m.chats.Pending() || m.want != 0) || m.seeking || m.handing || m.asking || m.opening || m.posts.waits() || m.write.waits()
}

// chatsGot is a part of the list of chats.
type chatsGot struct {
	w       store.ChatWindow
	want    int64
	err     error
	uploads []store.Upload
	feeds   []store.FeedStatus
	query   store.ChatQuery
}

// Refresh reads again what is shown.
func (m *Model) Refresh() tea.Cmd { return join(m.load(), m.posts.load()) }

func join(a, b tea.Cmd) tea.Cmd {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return tea.Batch(a, b)
}

// load reads the chats around the cursor.
func (m *Model) load() tea.Cmd {
	if m.busy {
		m.again = true
		return nil
	}
	m.busy = true
	at, want, q := m.chats.CursorID(), m.want, m.query
	if n := m.chats.Need(); n.Any && n.At <= 0 && m.chats.Loaded() {
		at = n.At
	}
	if want != 0 {
		at = want
	}
	ask := q
	if want == 0 && ask.Account == 0 { // a chat that was asked for is shown whosever it is
		ask.Account = m.listed()
	}
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		w, err := m.env.Store.ChatWindow(ctx, ask, at, chatsAround, chatsAround)
		return chatsGot{w: w, want: want, err: err, uploads: m.env.Store.Uploads(), feeds: m.env.Store.Feeds(), query: q}
	})
}

// shown is the account whose chats alone are listed, because its mailbox alone is shown; 0:
// all. One without chats hides none.
func (m *Model) shown() int64 {
	id := m.env.Accounts[m.env.Mailbox]
	if !m.env.Mixed() || m.env.Lacks(id, store.OfferChats) != "" {
		return 0
	}
	return id
}

// listed is the account whose chats are listed; 0: all.
func (m *Model) listed() int64 {
	if m.query.Account != 0 {
		return m.query.Account
	}
	return m.shown()
}

// Update takes what this screen's commands brought.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case chatsGot:
		return m.took(msg)
	case postsGot:
		return m.posts.took(msg)
	case olderGot:
		return m.posts.older(msg)
	case unreadGot:
		return m.reached(msg)
	case opened:
		return m.opened(msg)
	case namesGot:
		msg.then(msg.people)
	case membersGot:
		m.env.Host.Say(msg.text)
	case draftGot:
		return m.write.draft(msg)
	case begun:
		return m.write.start(msg)
	case found:
		return m.env.Dial(msg.to)
	case kept:
		return m.keeper.done(msg)
	case peopleGot:
		return m.write.people(msg)
	case sent:
		return m.write.sent(msg)
	case edited:
		return m.write.edited(msg)
	case changed:
		if msg.err != nil {
			return join(m.Refresh(), func() tea.Msg { return screen.Fail(msg.what, msg.err) })
		}
		return m.Refresh()
	case freshGot:
		return m.freshly(msg)
	case handed:
		return m.handedTo(msg)
	case answered:
		return m.answered(msg)
	}
	return nil
}

// changed is the end of something that leaves no operation.
type changed struct {
	what string
	err  error
}

func (m *Model) took(msg chatsGot) tea.Cmd {
	m.busy = false
	if msg.query != m.query { // of another list
		m.again = false
		return m.load()
	}
	m.err, m.uploading, m.feeds = msg.err, msg.uploads, msg.feeds
	if msg.err == nil {
		m.chats.Load(msg.w.Rows, msg.w.Start, msg.w.End)
		if msg.want != 0 && msg.want == m.want {
			m.want = 0
			m.chats.Select(msg.want)
		}
	}
	cmd := m.show()
	if m.again || m.chats.Need().Any && msg.err == nil && m.chats.Pending() {
		m.again = false
		cmd = join(cmd, m.load())
	}
	return cmd
}

// show lets the posts follow the chats.
func (m *Model) show() tea.Cmd {
	c, ok := m.chats.Row()
	if !ok {
		if m.chats.Loaded() && m.want == 0 {
			m.posts.clear()
		}
		return nil
	}
	if c.ID == m.posts.chat.ID {
		m.posts.chat = c
		return nil
	}
	return m.posts.open(c, "")
}

// chat is the chat the posts are of.
func (m *Model) chat() (store.Chat, bool) { return m.posts.chat, m.posts.chat.ID != 0 }

// Current is the post the cursor is on, as a message with files: the attachment pane
// and the preview follow it.
func (m *Model) Current() (store.Row, bool) {
	p, ok := m.posts.current()
	if !ok || m.focus == inChats && !m.wide {
		return store.Row{}, false
	}
	return p.Row, true
}

// act makes a change that can be taken back.
func (m *Model) act(what string, f func(ctx context.Context) (store.Op, error)) tea.Cmd {
	return m.env.Write(what, func(ctx context.Context) (tea.Msg, error) {
		op, err := f(ctx)
		if err == nil && op.ID == 0 {
			return screen.Said{Text: op.Words}, nil
		}
		return screen.Acted{Op: op}, err
	})
}

// goTo shows a chat.
func (m *Model) goTo(chat int64) tea.Cmd {
	if m.chats.Select(chat) {
		return m.show()
	}
	m.want, m.query = chat, store.ChatQuery{}
	m.busy, m.again = false, false
	return m.load()
}

// unreadGot is the next chat with unread posts.
type unreadGot struct {
	id  int64
	op  store.Op // what marked the last one read
	err error
}

// nextUnread goes to the next chat with unread posts.
func (m *Model) nextUnread() tea.Cmd {
	m.seeking = true
	at, account := m.chats.CursorID(), m.listed()
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		id, err := m.env.Store.NextUnreadChat(ctx, account, at)
		return unreadGot{id: id, err: err}
	})
}

// readAndNext marks a chat read and goes to the next with unread posts.
func (m *Model) readAndNext(c store.Chat) tea.Cmd {
	m.seeking = true
	account := m.listed()
	return m.env.Write("mark the chat read", func(ctx context.Context) (tea.Msg, error) {
		op, err := m.env.Store.ReadTo(ctx, c.ID, store.FromEnd)
		if err != nil {
			return unreadGot{err: err}, nil
		}
		id, err := m.env.Store.NextUnreadChat(ctx, account, c.ID)
		return unreadGot{id: id, op: op, err: err}, nil
	})
}

func (m *Model) reached(msg unreadGot) tea.Cmd {
	m.seeking = false
	var acted tea.Cmd
	if msg.op.ID != 0 {
		acted = func() tea.Msg { return screen.Acted{Op: msg.op} }
	}
	switch {
	case errors.Is(msg.err, store.ErrNotFound) && msg.op.ID != 0:
		m.env.Host.Tell(screen.Banner{Text: msg.op.Words + ". No other chat has unread posts", Undo: true})
		return nil
	case errors.Is(msg.err, store.ErrNotFound):
		m.env.Host.Say("No other chat has unread posts")
		return nil
	case msg.err != nil:
		return func() tea.Msg { return screen.Fail("look for unread posts", msg.err) }
	}
	delete(m.places, msg.id) // at what is new in it
	return join(acted, m.goTo(msg.id))
}
