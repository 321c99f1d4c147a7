package uitest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"switchboard/api/simulator"
	"switchboard/store"
	"switchboard/ui/kit"
)

// chatDesk is a desk on the screen of chats, which have been read.
func chatDesk(t *testing.T, c Config) *Desk {
	t.Helper()
	c.Now = noon
	if c.Messages == 0 {
		c.Messages = 60
	}
	d := Open(t, c)
	d.See("Inbox", "oldest first")
	d.feedDone(store.FeedChats)
	d.Press("g t")
	d.See("Chats", "Front Desk")
	return d
}

// team shows a chat by its name.
func (d *Desk) team(t *testing.T, name string) store.Chat {
	t.Helper()
	d.Press("\\")
	d.See("a part of the name")
	d.Press("C-u")
	d.Free(name)
	d.Press("Enter")
	d.See("Chats: "+name, name)
	d.Press("Enter")
	c, err := d.Store.FindChat(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// last is the newest posts of a chat, oldest first.
func (d *Desk) last(t *testing.T, chat int64, n int) []store.ChatPost {
	t.Helper()
	w, err := d.Store.Posts(t.Context(), store.PostQuery{Chat: chat}, store.FromEnd, n-1, 0)
	if err != nil {
		t.Fatal(err)
	}
	return w.Rows
}

// posted waits until the newest post of a chat says something and is at the service.
func (d *Desk) posted(t *testing.T, chat int64, text string) (p store.ChatPost) {
	t.Helper()
	d.Eventually(fmt.Sprintf("%q is posted", text), func() bool {
		rows := d.last(t, chat, 1)
		if len(rows) == 0 { // the chat has none yet
			return false
		}
		p = rows[0]
		return p.Remote != "" && !p.Sending && store.PlainPost(p.Markdown, p.Mentions) == text
	})
	return p
}

func (d *Desk) livePost(t *testing.T, l simulator.LivePost) string {
	t.Helper()
	id, err := d.Sim.Post(l)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestChatsReadAndMark(t *testing.T) {
	d := chatDesk(t, Config{})
	d.livePost(t, simulator.LivePost{Chat: "Dispatch & Dock", Text: "the **gate** is open"})
	d.livePost(t, simulator.LivePost{Chat: "IT Help", Text: "try it now"})
	d.Store.SyncNow()
	d.Eventually("both are unread", func() bool {
		a, err := d.Store.FindChat(t.Context(), "Dispatch & Dock")
		b, err2 := d.Store.FindChat(t.Context(), "IT Help")
		return err == nil && err2 == nil && a.Unread == 1 && b.Unread == 1
	})
	d.Press("n")
	d.See("unread", "1 unread")
	d.Press("e")
	d.See("1 unread")
	d.Press("e")
	d.See("No other chat has unread posts")
	for _, name := range []string{"Dispatch & Dock", "IT Help"} {
		if c, err := d.Store.FindChat(t.Context(), name); err != nil || c.Unread != 0 {
			t.Errorf("%s: %d unread, %v", name, c.Unread, err)
		}
	}
	d.Press("u")
	d.See("1 unread")
	d.Press("Enter U")
	d.See("Unread in")
	d.Press("q q")
	d.See("Inbox")
}

func TestChatsWrite(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {80, 24}} {
		d := chatDesk(t, Config{Width: size[0], Height: size[1]})
		c := d.team(t, "Ops")
		d.Press("c")
		d.See("To Ops", "Enter send")
		d.Free("first line")
		d.Press("C-j")
		d.Free("second *line*")
		d.See("first line", "second *line*")
		d.Press("Enter")
		p := d.posted(t, c.ID, "first line\nsecond *line*")
		d.See("You", "second line")
		if !p.Mine || p.Unread {
			t.Errorf("%+v", p)
		}
		// Changed, and that taken back.
		d.Press(", e")
		d.See("Change your post in Ops")
		d.Free(", longer")
		d.Press("Enter")
		d.posted(t, c.ID, "first line\nsecond *line*, longer")
		d.See("edited", "second line, longer")
		d.Press("u")
		d.posted(t, c.ID, "first line\nsecond *line*")
		// Deleted, and that taken back: it is posted again.
		d.Press("d")
		d.See("removed")
		d.Eventually("it is gone", func() bool { p := d.last(t, c.ID, 1)[0]; return p.Removed && !p.Sending })
		d.Press("u")
		d.posted(t, c.ID, "first line\nsecond *line*")
		// Somebody else's cannot be.
		d.Press("G k k d")
		d.See("Only your own posts can be deleted")
		d.Press(", e")
		d.See("Only your own posts can be changed")
		d.Press("+")
		d.See("no reactions")
	}
}

// What is typed waits, in its chat, whatever happens.
func TestChatsDraft(t *testing.T) {
	dir := t.TempDir()
	d := chatDesk(t, Config{Dir: dir})
	c := d.team(t, "Ops")
	d.Press("c")
	d.See("To Ops")
	d.Free("half a thou")
	d.Press("Esc")
	d.See("The draft is kept", "✎ half a thou")
	d.Press("J K")
	d.See("✎ half a thou")
	d.Press("c")
	d.See("› half a thou")
	d.Free("ght")
	d.Eventually("it is on disk", func() bool {
		draft, err := d.Store.DraftOf(t.Context(), c.ID)
		return err == nil && draft.Text == "half a thought"
	})
	d.Press("C-u Esc")
	d.Eventually("it is forgotten", func() bool {
		draft, err := d.Store.DraftOf(t.Context(), c.ID)
		return err == nil && draft.Text == ""
	})
	d.Press("c")
	d.See("To Ops")
	d.Free(strings.Repeat("x", store.MaxPostText+1))
	d.Press("Enter")
	d.See("1 are too many")
	d.Press("Backspace Enter")
	d.posted(t, c.ID, strings.Repeat("x", store.MaxPostText))
}

func TestChatsAnswerAndMention(t *testing.T) {
	d := chatDesk(t, Config{})
	d.livePost(t, simulator.LivePost{Chat: "IT Help", Text: "who has the key?"})
	d.Store.SyncNow()
	c := d.team(t, "IT Help")
	d.See("who has the key?")
	d.Press("G r")
	d.See("Answer to")
	d.Free("ask @")
	d.Press("Tab")
	d.Free("please")
	d.Press("Enter")
	d.Eventually("it is posted", func() bool { p := d.last(t, c.ID, 1)[0]; return p.Mine && p.Remote != "" })
	p := d.last(t, c.ID, 1)[0]
	if p.Parent == "" || p.Thread == "" || len(p.Mentions) != 1 || !strings.Contains(p.Markdown, "![:Person](") {
		t.Fatalf("%+v", p)
	}
	d.See("who has the key?", "ask @"+p.Mentions[0].Name+" please", "1 reply")
	d.Press(", t")
	d.See("Thread in IT Help", "who has the key?", "ask @"+p.Mentions[0].Name)
	d.Press("q")
	d.See("ask @"+p.Mentions[0].Name, "1 reply")
}

func TestChatsSendFile(t *testing.T) {
	d := chatDesk(t, Config{})
	c := d.team(t, "Ops")
	dir := t.TempDir()
	path := filepath.Join(dir, "plan of the day.txt")
	if err := os.WriteFile(path, []byte("nothing special"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.Press(", u")
	d.See("Send a file to Ops")
	d.Press("C-u")
	d.Free(filepath.Join(dir, "none"))
	d.Press("Enter")
	d.See("there is no file")
	d.Press("C-u")
	d.Free(filepath.Join(dir, "pl"))
	d.Press("Tab")
	d.See("plan of the day.txt")
	d.Press("Enter")
	d.See("▤")
	d.Free("see here")
	d.Press("Enter")
	p := d.posted(t, c.ID, "see here")
	if len(p.Attached) != 1 || p.Attached[0].Name != "plan of the day.txt" {
		t.Fatalf("%+v", p.Attached)
	}
	d.See("▤ plan of the day.txt")
	// It is a file like any other: shown, saved.
	d.Press("Enter")
	d.See("Files of post to Ops", "plan of the day.txt")
	d.Press("q")
	d.See("see here", "6 members")
}

func TestChatsTeams(t *testing.T) {
	d := chatDesk(t, Config{})
	d.Press(", n")
	d.See("Name of the new team")
	d.Free("Night watch")
	d.Press("Enter")
	d.See("Who is in Night watch")
	d.Free("agnes")
	d.Press("Tab")
	d.See("Agnes Markham")
	d.Press("Enter")
	d.See("Made the team Night watch", "2 members")
	var c store.Chat
	d.Eventually("it is made", func() bool {
		var err error
		c, err = d.Store.FindChat(t.Context(), "Night watch")
		return err == nil && !c.Pending
	})
	d.Press("A")
	d.See("Add to Night watch")
	d.Free("Carlos Briscoe, nobody at all")
	d.Press("Enter")
	d.See("nobody known is called")
	d.Press("C-u")
	d.Free("Carlos Briscoe")
	d.Press("Enter")
	d.See("3 members")
	d.Press(", m")
	d.See("3 members: Agnes Markham, Carlos Briscoe")
	d.Press(", x")
	d.See("Remove from Night watch")
	d.Free("Carlos")
	d.Press("Enter")
	d.See("2 members")
	d.Press("u")
	d.See("3 members")
	d.Press(", l")
	d.See("Leave Night watch?")
	d.Press("y")
	d.See("Left Night watch")
	// A direct chat that is there is gone to.
	d.Press(", d")
	d.See("Chat with")
	d.Free("Dr. Samira Haddad")
	d.Press("Enter")
	d.See("Dr. Samira Haddad")
	// A public team is joined.
	d.Press(", j")
	d.See("Teams you can join")
}

// History comes as one goes up, and nothing jumps while it does.
func TestChatsHistory(t *testing.T) {
	unwatched(t)
	d := chatDesk(t, Config{Messages: 200, Sim: simulator.Config{Posts: 4000}})
	c := d.team(t, "Front Desk")
	all := 0
	d.Press("G")
	for range 400 {
		d.Press("PgUp")
		w, err := d.Store.Posts(t.Context(), store.PostQuery{Chat: c.ID}, store.FromStart, 0, 10_000)
		if err != nil {
			t.Fatal(err)
		}
		if all = len(w.Rows); !w.Older {
			break
		}
	}
	d.Press("g g")
	d.Eventually("all of it is here", func() bool {
		w, err := d.Store.Posts(t.Context(), store.PostQuery{Chat: c.ID}, store.FromStart, 0, 10_000)
		all = len(w.Rows)
		return err == nil && !w.Older
	})
	if all < 100 {
		t.Fatalf("only %d posts", all)
	}
	first, err := d.Store.Posts(t.Context(), store.PostQuery{Chat: c.ID}, store.FromStart, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	d.Press("g g")
	d.See(first.Rows[0].Time.UTC().Format("15:04"))
}

// Task 12: the end of a shift, sent to the team.
func TestTaskHandOver(t *testing.T) {
	d := Open(t, Config{Now: noon, Messages: 60})
	d.See("Inbox", "oldest first")
	d.feedDone(store.FeedChats)
	ids := d.all(t, "in:inbox")
	for _, it := range ids[:3] {
		if _, err := d.Store.Act(t.Context(), store.Change{Verb: store.VerbClaim, Items: []store.ID{it.ID}, Who: "ann@desk"}); err != nil {
			t.Fatal(err)
		}
	}
	p := d.Play("12")
	for range 6 {
		p.Next()
	}
	d.See("3 messages to hand over:", "- ")
	p.Rest()
	p.Over()
	d.Eventually("it is posted", func() bool {
		w, err := d.Store.ChatWindow(t.Context(), store.ChatQuery{}, 0, 0, 0)
		if err != nil || len(w.Rows) == 0 {
			return false
		}
		p := d.last(t, w.Rows[0].ID, 1)[0]
		return p.Mine && p.Remote != "" && strings.HasPrefix(p.Markdown, "3 messages to hand over:\n- ")
	})
}

// What others wrote cannot break the screen.
func TestChatsHostile(t *testing.T) {
	d := chatDesk(t, Config{Width: 80, Height: 24})
	for _, text := range []string{
		"\x1b]0;owned\x07\x1b[2J\x1b[31mred\u202eesrever", strings.Repeat("*_`[", 900), strings.Repeat("> ", 400) + "deep",
		"[https://good.example](https://bad.example)", "![:Person](1) ![:Person](" + strings.Repeat("9", 40) + ")", strings.Repeat("漢字", 500), "a\r\nb\tc\x00\x9b31m",
	} {
		d.livePost(t, simulator.LivePost{Chat: "IT Help", Text: text})
	}
	d.Store.SyncNow()
	c := d.team(t, "IT Help")
	d.Eventually("all are here", func() bool { return strings.HasPrefix(d.last(t, c.ID, 1)[0].Markdown, "a\nb") })
	d.Press("G")
	for range 30 {
		d.Press("k")
		d.See("IT Help")
		for i, line := range strings.Split(d.Screen(), "\n") {
			if n := kit.Width(line); n != 80 || strings.ContainsAny(line, "\x1b\x07\u202e") {
				t.Fatalf("line %d has %d cells: %q", i, n, line)
			}
		}
		if strings.Contains(d.Screen(), "good.example") && !strings.Contains(d.Screen(), "bad.example") {
			t.Fatal("where a link leads is not to be seen")
		}
	}
}

func TestChatsGolden(t *testing.T) {
	unwatched(t)
	for _, size := range [][2]int{{120, 40}, {80, 24}} {
		d := chatDesk(t, Config{Width: size[0], Height: size[1]})
		d.team(t, "Front Desk")
		d.Press("q q")
		d.See(" Chats ", "Notes to self")
		d.golden(t, "chats", size)
		d.Press("Enter k k")
		d.See("▌ Carlos Briscoe  13:41")
		d.golden(t, "posts", size)
	}
}
