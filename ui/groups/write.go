package groups

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
)

// composer is what is being written. It belongs to one chat; everything typed is its
// draft at once.
type composer struct {
	m       *Model
	on      bool
	chat    store.Chat
	ed      editor
	parent  store.ChatPost // that is answered; ID 0: none
	answers string         // remote id and thread of what is answered, as drafts keep them
	thread  string
	editing store.ID
	files   []string
	picked  []store.Mention // people whose names were completed
	names   []store.Person  // that can be mentioned
	asked   string          // prefix names were asked for
	fault   string
	hint    string
	await   bool // the draft is on its way
	sending bool // what was typed is being written down: what comes next begins after it
	width   int  // as last drawn
	x, y    int  // of the cursor on the screen, as last drawn
	next    string
	open    bool // to be opened once the draft is here
}

// draftGot is the draft of a chat.
type draftGot struct {
	chat int64
	d    store.Draft
	me   []store.Person // who can be mentioned
	full bool
	err  error
}

// waits reports whether keys must wait for a draft, or for the end of the last one.
func (c *composer) waits() bool { return c.await || c.sending }

// Writing implements screen.Writer.
func (c *composer) Writing() bool { return c.on }

// Scope implements screen.Writer.
func (c *composer) Scope() keymap.Scope { return keymap.ScopeComposer }

// Hints implements screen.Writer.
func (c *composer) Hints() []keymap.Action {
	return []keymap.Action{keymap.SendPost, keymap.NewLine, keymap.Complete, keymap.Templates, keymap.AttachFile, keymap.EditOutside, keymap.Cancel}
}

// Cursor implements screen.Writer.
func (c *composer) Cursor() (x, y int) { return c.x, c.y }

// peek reads what waits in a chat, for its line below the posts.
func (c *composer) peek(chat int64) tea.Cmd {
	m := c.m
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		d, err := m.env.Store.DraftOf(ctx, chat)
		return draftGot{chat: chat, d: d, err: err}
	})
}

// begin opens the composer on a chat, with what waits there.
func (c *composer) begin(chat store.Chat, how func(c *composer, d store.Draft)) tea.Cmd {
	m := c.m
	*c = composer{m: m, chat: chat, await: true, open: true, width: c.width, next: "begin"}
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		d, err := m.env.Store.DraftOf(ctx, chat.ID)
		got := draftGot{chat: chat.ID, d: d, full: true, err: err}
		if err == nil {
			got.me, got.err = m.env.Store.Persons(ctx, chat.Account, chat.ID, "", 200)
		}
		return begun{got, how}
	})
}

// begun is a draft that is gone on with.
type begun struct {
	draftGot
	how func(c *composer, d store.Draft)
}

func (c *composer) draft(msg draftGot) tea.Cmd {
	if msg.err == nil {
		c.m.note(msg.chat, msg.d.Text, msg.d.Files)
	}
	return nil
}

// note keeps the first line of a draft, to be shown.
func (m *Model) note(chat int64, text string, files []string) {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if line == "" && len(files) > 0 {
		line = filepath.Base(files[0])
	}
	if line == "" {
		delete(m.drafts, chat)
		return
	}
	m.drafts[chat] = line
}

func (c *composer) start(msg begun) tea.Cmd {
	if !c.await || msg.chat != c.chat.ID {
		return nil
	}
	c.await = false
	if msg.err != nil {
		return func() tea.Msg { return screen.Fail("read the draft", msg.err) }
	}
	c.on, c.names = true, msg.me
	d := msg.d
	c.ed.Set(d.Text)
	c.picked, c.answers, c.thread, c.editing, c.files = d.Mentions, d.Parent, d.Thread, d.Edit, d.Files
	c.m.env.Type(c)
	if msg.how != nil {
		msg.how(c, d)
	}
	return nil
}

// keep makes what is typed the draft.
func (c *composer) keep() tea.Cmd {
	d := store.Draft{Text: c.ed.String(), Mentions: c.picked, Parent: c.answers, Thread: c.thread, Edit: c.editing, Files: slices.Clone(c.files)}
	c.m.note(c.chat.ID, d.Text, d.Files)
	return c.m.keeper.put(c.chat.ID, d)
}

// Text implements screen.Writer.
func (c *composer) Text(s string) tea.Cmd {
	c.fault, c.hint = "", ""
	c.ed.insert(s)
	return join(c.keep(), c.lookUp())
}

// Stroke implements screen.Writer.
func (c *composer) Stroke(key string) tea.Cmd {
	c.hint = ""
	if (key == "backspace" || key == "ctrl+h") && len(c.ed.Value) == 0 && len(c.files) > 0 {
		c.files = c.files[:len(c.files)-1]
		return c.keep()
	}
	if _, changed := c.ed.Stroke(key, c.width); changed {
		return c.keep()
	}
	return nil
}

// Act implements screen.Writer.
func (c *composer) Act(a keymap.Action) tea.Cmd {
	switch a {
	case keymap.Submit, keymap.SendPost:
		return c.send()
	case keymap.Cancel, keymap.Interrupt:
		return c.leave()
	case keymap.NewLine:
		return c.Text("\n")
	case keymap.Complete:
		return c.complete()
	case keymap.ClearLine:
		c.ed.Cut(c.ed.LineStart(), c.ed.At)
		return c.keep()
	case keymap.DeleteWord:
		c.ed.DeleteWord()
		return c.keep()
	case keymap.AttachFile:
		c.m.askFile()
	case keymap.EditOutside:
		return c.editOutside()
	case keymap.Templates:
		c.canned()
	case keymap.CoverPage, keymap.SendLater:
		c.hint = "That is for a fax"
	case keymap.PriorField:
		c.hint = "A post is one text"
	}
	return nil
}

// leave closes the composer; what was typed waits as the draft.
func (c *composer) leave() tea.Cmd {
	c.on = false
	if c.ed.Blank() && len(c.files) == 0 {
		return c.keep()
	}
	c.m.env.Host.Say("The draft is kept; c goes on with it")
	return c.keep()
}

// sent is the end of sending; after a failure the composer stays as it was.
type sent struct {
	chat int64
	op   store.Op
	err  error
}

// send posts what was typed, or changes the post it is about.
func (c *composer) send() tea.Cmd {
	m, chat := c.m, c.chat
	text := store.MarkMentions(strings.TrimSpace(c.ed.String()), c.picked)
	if c.editing != 0 {
		id := c.editing
		c.on, c.sending = false, true
		return m.keeper.after(chat.ID, m.env.Write("change the post", func(ctx context.Context) (tea.Msg, error) {
			op, err := m.env.Store.EditPost(ctx, id, text)
			if err == nil {
				err = m.env.Store.SaveDraft(ctx, chat.ID, store.Draft{})
			}
			return sent{chat.ID, op, err}, nil
		}))
	}
	if text == "" && len(c.files) == 0 {
		c.fault = "There is nothing to post yet"
		return nil
	}
	c.on, c.sending = false, true
	n := store.NewPost{Chat: chat.ID, Text: text, Parent: c.answers, Thread: c.thread, Files: slices.Clone(c.files)}
	return m.keeper.after(chat.ID, m.env.Write("post", func(ctx context.Context) (tea.Msg, error) {
		op, err := m.env.Store.SendPost(ctx, n)
		return sent{chat.ID, op, err}, nil
	}))
}

func (c *composer) sent(msg sent) tea.Cmd {
	m := c.m
	c.sending = false
	if msg.err != nil {
		if msg.chat == c.chat.ID {
			c.on, c.fault = true, store.Reason(msg.err)
			m.env.Type(c)
			return nil
		}
		return func() tea.Msg { return screen.Fail("post", msg.err) }
	}
	m.note(msg.chat, "", nil)
	m.last = msg.chat
	if c.editing == 0 && m.posts.chat.ID == msg.chat {
		m.posts.edge = 1 // one's own post is to be seen
	}
	cmd := func() tea.Msg { return screen.Acted{Op: msg.op, Quiet: c.editing == 0} }
	if msg.op.ID == 0 {
		cmd = func() tea.Msg { return screen.Said{Text: msg.op.Words} }
	}
	*c = composer{m: m, width: c.width}
	return join(m.Refresh(), cmd)
}
