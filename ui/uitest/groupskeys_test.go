package uitest

import (
	"strings"
	"testing"

	"switchboard/keymap"
	"switchboard/store"
)

// chatAt is the chat under the cursor of the list.
func (k *keyboard) chatAt() string {
	for l := range strings.SplitSeq(k.Screen(), "\n") {
		if rest, ok := strings.CutPrefix(l, "▌ "); ok {
			name, _, _ := strings.Cut(rest, "   ")
			return strings.TrimSpace(name)
		}
	}
	return ""
}

// postAt is the post under the cursor, with its first line.
func (k *keyboard) postAt() string {
	var lines []string
	for l := range strings.SplitSeq(k.Screen(), "\n") {
		if _, right, ok := strings.Cut(l, "│▌"); ok {
			l = "▌" + right
		}
		if rest, ok := strings.CutPrefix(l, "▌"); ok && !strings.HasPrefix(l, "▌ ") || strings.HasPrefix(l, "▌   ") {
			lines = append(lines, strings.TrimSpace(rest))
		}
	}
	return strings.Join(lines, " / ")
}

// Each key of the view has its own effect, which is to be seen, or says why it has none.
func TestChatsKeys(t *testing.T) {
	unwatched(t)
	k := &keyboard{Desk: chatDesk(t, Config{Width: 120, Height: 24}), t: t, pressed: map[string]bool{}}
	const notHere = "That is for messages; here are chats"
	first := k.chatAt()
	if first == "" {
		t.Fatalf("no cursor:\n%s", k.Screen())
	}
	t.Run("the list", func(t *testing.T) { k.chatList(first) })
	t.Run("the posts", func(t *testing.T) { k.chatPosts() })
	t.Run("what is done with them", func(t *testing.T) { k.chatDeeds(notHere) })
	t.Run("prompts", func(t *testing.T) { k.chatPrompts() })
	t.Run("where keys go", func(t *testing.T) { k.chatPlaces() })
	t.Run("what is done with a post as an item", func(t *testing.T) { k.chatWork() })
	// A terminal that is put to sleep has nobody to wake it here.
	k.all(keymap.ViewGroups, "C-z")
}

// chatList moves in the list of chats, and between it and the posts.
func (k *keyboard) chatList(first string) {
	is := func(want string) func(string, string) bool {
		return func(_, now string) bool { return now == want }
	}
	for _, p := range [][2]string{{"j", "k"}, {"Down", "Up"}, {"J", "K"}, {"PgDn", "PgUp"}, {"C-d", "C-u"}, {"G", "g g"}, {"End", "Home"}} {
		k.moves(p[0], k.chatAt, nil)
		k.moves(p[1], k.chatAt, is(first))
	}
	posts, chats := "r answer", "\\ filter"
	for _, p := range [][2]string{{"Tab", "S-Tab"}, {"S-Tab", "Tab"}, {"l", "h"}, {"Enter", "q"}, {"l", "Esc"}} {
		k.key(p[0], posts)
		k.key(p[1], chats)
	}
	k.key("h", "This is the leftmost pane")
	k.after("l l", "This is the rightmost pane")
	k.after("q", chats)
	k.key("\\", "a part of the name")
	k.Free("Front Desk")
	k.after("Enter", "Chats: Front Desk")
	k.after("q", "Notes to self")
}

// chatPosts moves among the posts of a chat.
func (k *keyboard) chatPosts() {
	k.team(k.t, "Front Desk")
	k.See("r answer")
	newest := k.postAt()
	back := func(_, now string) bool { return now == newest }
	for _, p := range [][2]string{{"k", "j"}, {"Up", "Down"}, {"g g", "G"}, {"Home", "End"}} {
		k.moves(p[0], k.postAt, nil)
		k.moves(p[1], k.postAt, back)
	}
	for _, p := range [][2]string{{"PgUp", "PgDn"}, {"C-u", "C-d"}, {"PgUp", "Space"}} {
		k.moves(p[0], k.postAt, nil)
		k.moves(p[1], k.postAt, nil)
		k.Press("G")
		k.Until("the newest again", func(string) bool { return k.postAt() == newest })
	}
}

// chatDeeds does what can be done with a post and a chat.
func (k *keyboard) chatDeeds(notHere string) {
	k.key("U", "Unread in Front Desk from here", "1 unread")
	k.key("u", "Taken back: unread in Front Desk")
	k.key("C-r", "Done again: unread in Front Desk")
	k.after("k", "1 unread")
	k.key("n", "No other chat has unread posts")
	k.Press("j")
	k.Gone("No other chat has unread posts")
	k.key("e", "No other chat has unread posts")
	k.Gone("1 unread")
	for _, tc := range [][2]string{
		{", e", "Only your own posts can be changed"},
		{"d", "Only your own posts can be deleted"},
		{"#", "Only your own posts can be deleted"},
		{", t", "no thread"},
		{"+", "no reactions"},
		{", m", "9 members: "},
		{"Enter", "no files and no thread"},
		{"o", "This post has no file"},
		{"s", "This post has no file"},
		{"g a", "This post has no file"},
		{"Y", "Copied the text of the post"},
		{"S", notHere},
		{"y", notHere},
		{"O", notHere},
		{"x", notHere},
		{"v", notHere},
		{"*", notHere},
		{"N", notHere},
		{"|", "is not possible here"},
		{"p", "Print is not possible here"},
		{".", "There is nothing to repeat yet"},
		{"F5", "Nothing new"},
		{"W", "Do not disturb: no calls ring you"},
		{"9", "There is no saved view 9"},
	} {
		k.key(tc[0], tc[1])
		k.Press("k j") // what was said is gone with the next key
		if tc[0] == "W" {
			k.Press("W")
			k.See("Take all calls")
			k.Press("k j")
		}
		k.Gone(tc[1])
	}
}

// chatPrompts opens what asks for something, and leaves it.
func (k *keyboard) chatPrompts() {
	for _, tc := range [][2]string{
		{"c", "To Front Desk"},
		{"r", "Answer to"},
		{", d", "Chat with"},
		{", n", "Name of the new team"},
		{"A", "Add to Front Desk"},
		{", x", "Remove from Front Desk"},
		{", l", "Leave Front Desk?"},
		{"\\", "a part of the name"},
		{":", "the name of an action"},
		{"C-k", "Everything this program can do"},
		{"?", "─ Keys ─"},
		{"C-c", "Quit switchboard?"},
	} {
		k.key(tc[0], tc[1])
		k.pressed["Esc"] = true
		k.Press("Esc")
		k.Gone(tc[1])
	}
	k.key("R", "Put in")
	k.Press("Esc")
	k.Gone("Put in")
	k.Press("Esc")
	k.See("r answer")
	k.key("f", "Post from ")
	k.Press("Esc")
	k.key(", u", "Send a file to Front Desk")
	k.after("Esc", "To Front Desk")
	k.Press("Esc")
	k.Gone("To Front Desk")
	k.key(", j", "Teams you can join")
	k.after("q", "Chats")
}

// chatPlaces goes to other places and comes back.
func (k *keyboard) chatPlaces() {
	k.everywhere("g t", "Chats", "Notes to self")
	k.team(k.t, "Front Desk")
	k.key("b", "your phone rings")
	k.after("u", "r answer")
	k.Gone("your phone rings")
	k.key("i", "Everything from ")
	k.after("q", "Front Desk")
	if c, err := k.Store.FindChat(k.t.Context(), "Front Desk"); err != nil || c.Unread != 0 || c.Type != store.ChatTeam {
		k.t.Errorf("%+v, %v", c, err)
	}
}
