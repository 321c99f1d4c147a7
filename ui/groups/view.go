package groups

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// View is exactly h lines of exactly w cells.
func (m *Model) View(w, h int, focused bool) []string {
	if w <= 0 || h <= 0 {
		return nil
	}
	m.w, m.h = w, h
	m.wide = w >= wideFrom
	writing := m.write.on
	if !m.wide {
		if m.focus == inChats && !writing {
			return m.chatsPane(w, h, focused)
		}
		return m.postsPane(0, w, h, focused)
	}
	left := chatsWidth
	a := m.chatsPane(left, h, focused && m.focus == inChats && !writing)
	b := m.postsPane(left+1, w-left-1, h, focused && (m.focus == inPosts || writing))
	line := m.env.Styles.Border.S("│")
	for i := range a {
		a[i] += line + b[i]
	}
	return a
}

// chatsPane is the list of chats.
func (m *Model) chatsPane(w, h int, focused bool) []string {
	s := m.env.Styles
	paint := s.Title
	if focused {
		paint = s.Focus
	}
	title := " Chats"
	switch {
	case m.query.Joinable:
		title = " Teams you can join"
	case m.query.Text != "":
		title = " Chats: " + m.query.Text
	}
	if m.shown() != 0 {
		title += " · " + m.env.Account(m.env.Mailbox)
	}
	out := []string{paint.S(kit.Between(title, m.feed(w-kit.Width(title)-3)+" ", w))}
	m.chats.SetHeight(h - 1)
	rows, cursor := m.chats.Visible()
	for i, c := range rows {
		out = append(out, m.chatLine(c, w, i == cursor, focused))
	}
	if len(rows) == 0 {
		for _, line := range kit.Wrap(m.empty(), max(w-4, 1)) {
			out = append(out, s.Dim.S(kit.Fit("  "+line, w)))
		}
	}
	return screen.Lines(out, h, kit.Space(w))
}

// empty says why there is no chat.
func (m *Model) empty() string {
	switch {
	case m.err != nil:
		return "The chats cannot be read: " + store.Reason(m.err)
	case !m.chats.Loaded():
		return "Looking ..."
	case m.query.Text != "":
		return "No chat has this in its name. Esc shows all."
	case m.query.Joinable:
		return "There is no public team you are not in."
	}
	for _, f := range m.feeds {
		switch {
		case f.Name != store.FeedChats:
		case f.Denied:
			return "Team chat is not permitted: " + f.Err
		case f.Err != "":
			return "The chats could not be read: " + f.Err
		case !f.Done && f.Synced.IsZero():
			return "The chats have not been read yet."
		}
	}
	return "There are no chats. , d begins one."
}

// feed says in few words how current the chats are, where that is worth a word.
func (m *Model) feed(room int) string {
	text := ""
	for _, f := range m.feeds {
		switch {
		case f.Name != store.FeedChats:
		case f.Denied:
			text = "not permitted"
		case f.Err != "":
			text = "not current"
		case !f.Done:
			text = "reading"
		}
	}
	if kit.Width(text) > room {
		return ""
	}
	return text
}

// typeSign is what a chat is, in one cell.
func (m *Model) typeSign(c store.Chat) (string, theme.Set) {
	s := m.env.Styles
	switch c.Type {
	case store.ChatTeam:
		return "#", s.Dim
	case store.ChatGroup:
		return "&", s.Dim
	case store.ChatPersonal:
		return "~", s.Dim
	case store.ChatEveryone:
		return "*", s.Dim
	case store.ChatDirect:
		if sign, set := m.env.Presence(c.Other); sign != " " {
			return sign, set
		}
		return "·", s.Dim
	}
	return "?", s.Dim
}

// chatLine is a chat in the list.
func (m *Model) chatLine(c store.Chat, w int, cursor, focused bool) string {
	s := m.env.Styles
	bar := " "
	if cursor {
		bar = "▌"
	}
	sign, signSet := m.typeSign(c)
	right, rightSet := kit.Age(m.env.Now().Sub(c.Active)), s.Age
	if c.Active.IsZero() {
		right = ""
	}
	if c.Unread > 0 {
		right, rightSet = unread(c.Unread), s.Accent
		if c.Mentions > 0 {
			right, rightSet = "@ "+right, s.Mark
		}
	}
	if m.drafts[c.ID] != "" && !m.write.on {
		right = "✎ " + right
	}
	nameSet := s.Text
	if c.Unread > 0 {
		nameSet = s.Strong
	}
	const rightWidth = 8
	room := max(w-4-rightWidth, 1)
	name, rest := c.Title, ""
	if m.env.Mixed() {
		name = screen.ServiceSign(m.env.Services[c.Account]) + " " + name
	}
	if c.Pending {
		name += " (being made)"
	}
	if w >= 70 { // there is room for what was said last
		rest = "  " + kit.Fit(c.Latest, max(room-28, 0))
		room = 26
	}
	p := func(set theme.Set, text string) string { return set.On(cursor, focused).S(text) }
	line := s.Accent.S(bar) + p(signSet, " "+sign+" ") + p(nameSet, kit.Fit(name, room))
	if rest != "" {
		line += p(s.Dim, rest)
	}
	used := 4 + room + kit.Width(rest)
	return line + p(rightSet, kit.FitRight(right+" ", max(w-used, 0)))
}

func unread(n int) string {
	if n > 999 {
		return "999+"
	}
	return fmt.Sprint(n)
}

// postsPane is the posts of a chat and what is written below them; x is where it stands.
func (m *Model) postsPane(x, w, h int, focused bool) []string {
	s, p := m.env.Styles, &m.posts
	paint := s.Title
	if focused {
		paint = s.Focus
	}
	out := []string{paint.S(kit.Between(" "+m.heading(), m.side()+" ", w))}
	var low []string
	if m.write.on && m.write.chat.ID == p.chat.ID {
		low = m.writing(x, w, h)
	} else if d := m.drafts[p.chat.ID]; d != "" {
		low = []string{s.Note.S(kit.Fit(" ✎ "+d+"  (c goes on)", w))}
	}
	room := max(h-1-len(low), 0)
	if p.cacheW != w {
		p.cache, p.heights, p.cacheW = nil, nil, w
	}
	lines := p.place(room, func(i int) []string {
		return p.lines(i, w, p.rows[i].ID == p.rows[p.index(p.at)].ID, focused && !m.write.on)
	})
	if len(p.rows) == 0 {
		lines = []string{s.Dim.S(kit.Fit("  "+m.nothing(), w))}
	}
	out = append(out, screen.Lines(lines, room, kit.Space(w))...)
	out = append(out, low...)
	return screen.Lines(out, h, kit.Space(w))
}

func (m *Model) heading() string {
	c := m.posts.chat
	switch {
	case c.ID == 0:
		return "Posts"
	case m.posts.thread != "":
		return "Thread in " + c.Title
	case c.Description != "":
		first, _, _ := strings.Cut(c.Description, "\n")
		return c.Title + "  " + first
	}
	return c.Title
}

// side is what the head of the posts says on its right: of which service the chat is,
// where there are several, and how it stands.
func (m *Model) side() string {
	c := m.posts.chat
	if c.ID == 0 {
		return ""
	}
	parts := []string{m.env.Whose(c.Account)}
	for _, mark := range []struct {
		on   bool
		word string
	}{{c.Protected, "copy-protected"}, {c.Sealed, "no history"}, {c.ReadOnly, "read-only"}} {
		if mark.on {
			parts = append(parts, mark.word)
		}
	}
	parts = append(parts, m.standing())
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " · ")
}

// standing is how a chat stands.
func (m *Model) standing() string {
	c := m.posts.chat
	switch {
	case c.ID == 0:
		return ""
	case !c.Joined:
		return "not a member"
	case c.Archived:
		return "archived"
	case c.Unread > 0:
		return unread(c.Unread) + " unread"
	case c.Type == store.ChatTeam || c.Type == store.ChatGroup:
		return kit.Plural(c.Size, "member")
	}
	return ""
}

func (m *Model) nothing() string {
	p := &m.posts
	switch {
	case p.chat.ID == 0:
		return ""
	case p.err != nil:
		return "The posts cannot be read: " + store.Reason(p.err)
	case p.ask != nil:
		return "The posts could not be read: " + store.Reason(p.ask)
	case !p.have || p.asking:
		return "Looking ..."
	case !p.chat.Joined:
		return "You are not a member; , j joins."
	}
	return "Nothing has been posted here yet; c writes."
}

// mostLines is how many lines of what is written are shown at once.
const mostLines = 8

// writing is the lines of the composer. It notes where the cursor is.
func (m *Model) writing(x, w, h int) []string {
	s, c := m.env.Styles, &m.write
	c.width = max(w-4, 2)
	lines, at, cell := c.ed.Lines(c.width)
	show := min(len(lines), mostLines, max(h/2-2, 1))
	top := kit.Windowed(len(lines), show, at, 0)
	if at >= show {
		top = min(at-show+1, len(lines)-show)
	}
	title := "To " + c.chat.Title
	switch {
	case c.editing != 0:
		title = "Change your post in " + c.chat.Title
	case c.answers != "":
		title = "Answer in " + c.chat.Title
		if c.parent.ID != 0 {
			title = "Answer to " + c.parent.Author.Name + ": " + store.Unmarked(c.parent.Preview)
		}
	}
	n := utf8.RuneCountInString(c.ed.String())
	count := ""
	if n > store.MaxPostText*8/10 {
		count = fmt.Sprintf("%s of %s", kit.Count(n, true), kit.Count(store.MaxPostText, true))
	}
	paint := s.Focus
	if n > store.MaxPostText {
		paint = s.Bad.Paint
	}
	room := max(w-kit.Width(count)-3, 1)
	out := []string{paint.S(kit.Fit(kit.Fit(kit.Rule(title, room), room)+" "+count+" ", w))}
	for _, f := range c.files {
		out = append(out, s.Accent.S(kit.Fit("   ▤ "+kit.CutMiddle(screen.Home(f), max(w-8, 1)), w)))
	}
	for i := top; i < top+show; i++ {
		lead := "   "
		if i == 0 {
			lead = " › "
		}
		if i == at {
			c.x, c.y = x+3+cell, h-1-(top+show-1-i)
			if c.fault != "" || c.hint != "" {
				c.y--
			}
		}
		text := strings.TrimRight(string(c.ed.Value[lines[i].From:lines[i].To]), "\n")
		out = append(out, s.Prompt.S(lead)+s.Text.S(kit.Fit(text, max(w-3, 0))))
	}
	switch {
	case c.fault != "":
		out = append(out, s.Bad.S(kit.Fit("   "+c.fault, w)))
	case c.hint != "":
		out = append(out, s.Hint.S(kit.Fit("   "+c.hint, w)))
	}
	return out
}
