package groups

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// handKey is under what the chat is remembered that was handed to last.
const handKey = "chats.hand"

// mostHanded is how many items a summary lists one by one.
const mostHanded = 60

// handed is a summary of items and the chat it goes to.
type handed struct {
	chat store.Chat
	text string
	err  error
}

// Hand opens the composer of a chat with a line for each item, ready to be sent: the
// chat that is named, else the one handed to last, else the team with the latest
// activity.
func (m *Model) Hand(ids []store.ID, to string) tea.Cmd {
	last := m.last
	m.handing = true
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		c, err := m.handTo(ctx, to, last)
		if err != nil {
			return handed{err: err}
		}
		text, err := m.summary(ctx, ids)
		return handed{c, text, err}
	})
}

func (m *Model) handTo(ctx context.Context, to string, last int64) (store.Chat, error) {
	st := m.env.Store
	if to = strings.TrimSpace(to); to != "" {
		return st.FindChat(ctx, to)
	}
	if b, err := st.Recall(ctx, handKey); err == nil && last == 0 {
		last, _ = strconv.ParseInt(string(b), 10, 64)
	}
	if c, err := st.ChatOf(ctx, last); err == nil && c.Joined {
		return c, nil
	}
	w, err := st.ChatWindow(ctx, store.ChatQuery{}, 0, 0, 200)
	if err != nil {
		return store.Chat{}, err
	}
	best := -1
	for i, c := range w.Rows {
		if c.Type == store.ChatTeam && !c.Pending && (best < 0 || c.Favorite && !w.Rows[best].Favorite) {
			best = i
		}
	}
	if best < 0 {
		return store.Chat{}, errors.New("there is no team to hand over to; name a chat")
	}
	return w.Rows[best], nil
}

// summary is a line for each item.
func (m *Model) summary(ctx context.Context, ids []store.ID) (string, error) {
	if len(ids) == 0 {
		return "", errors.New("there is no message here")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s to hand over:", kit.Plural(len(ids), "message"))
	for i, id := range ids {
		it, err := m.env.Store.Item(ctx, id)
		if err != nil {
			return "", err
		}
		line := "\n- " + m.itemLine(it)
		if i == mostHanded || utf8.RuneCountInString(b.String())+utf8.RuneCountInString(line) > store.MaxPostText-40 {
			fmt.Fprintf(&b, "\n- and %d more", len(ids)-i)
			break
		}
		b.WriteString(line)
	}
	return b.String(), nil
}

func (m *Model) itemLine(it store.Item) string {
	line := screen.KindName(it.Kind) + " " + screen.With(it.Row)
	if n := it.Who.Number; n != "" && it.Who.Name != "" {
		line += ", " + screen.Number(n)
	}
	line += ", " + screen.Clock(it.Time, m.env.Now(), m.env.Location)
	if l := screen.Length(it.Row); l != "" && l != "-" {
		line += ", " + l
	}
	if screen.HasWords(it.Row) {
		line += ": " + kit.Cut(it.Preview, 100)
	}
	if n := len(it.NoteList); n > 0 {
		line += " (note: " + kit.Cut(store.CleanLine(it.NoteList[n-1].Text), 80) + ")"
	}
	return literal(line)
}

// literal keeps what was written elsewhere from being read as marks of a post.
func literal(s string) string {
	return strings.NewReplacer("![:", "!\\[:", "*", "\\*", "`", "\\`", "[", "\\[").Replace(s)
}

func (m *Model) handedTo(msg handed) tea.Cmd {
	m.handing = false
	if msg.err != nil {
		return func() tea.Msg { return screen.Fail("hand over", msg.err) }
	}
	m.focus = inPosts
	chat := msg.chat
	cmd := m.goTo(chat.ID)
	return join(join(cmd, m.remember(chat.ID)), m.compose(chat, func(w *composer, d store.Draft) {
		text := msg.text
		if d.Text != "" { // what waited there stays
			text = strings.TrimRight(d.Text, "\n") + "\n" + text
		}
		w.ed.Set(text)
	}))
}

func (m *Model) remember(chat int64) tea.Cmd {
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		if err := m.env.Store.Remember(ctx, handKey, strconv.AppendInt(nil, chat, 10)); err != nil {
			return screen.Fail("keep which chat that was", err)
		}
		return nil
	})
}
