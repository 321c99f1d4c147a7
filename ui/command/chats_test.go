package command

import (
	"slices"
	"strings"
	"testing"

	"switchboard/api/simulator"
	"switchboard/store"
)

// team is a machine with the chats of a small company on it.
func team(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.signIn(w.serve(simulator.Config{Messages: 5, Calls: -1, Posts: 60}))
	w.ok("sync", "--once")
	return w
}

func (w *world) chats(args ...string) []store.Chat {
	w.t.Helper()
	return decode[[]store.Chat](w.t, w.ok(append([]string{"chats", "--json"}, args...)...).out)
}

func TestChats(t *testing.T) {
	w := team(t)
	all := w.chats()
	if len(all) < 5 || !slices.IsSortedFunc(all, func(a, b store.Chat) int { return b.Active.Compare(a.Active) }) {
		t.Fatalf("%d chats, or not the latest first", len(all))
	}
	for _, c := range all {
		if c.Remote == "" || c.Title == "" || !c.Joined {
			t.Errorf("%+v", c)
		}
	}
	if got := w.chats("it help"); len(got) != 1 || got[0].Title != "IT Help" {
		t.Errorf("by name: %+v", got)
	}
	if got := w.chats("-n", "2"); len(got) != 2 || got[0].Remote != all[0].Remote {
		t.Errorf("--limit 2: %+v", got)
	}
	lines := strings.Split(strings.TrimSpace(w.ok("chats", "--jsonl").out), "\n")
	if len(lines) != len(all) || decode[store.Chat](t, lines[0]).Remote != all[0].Remote {
		t.Errorf("%d lines, want %d", len(lines), len(all))
	}
	people := w.ok("chats").out
	if strings.Count(people, "\n") != len(all) || !strings.Contains(people, "IT Help") {
		t.Errorf("for people: %s", people)
	}
	if joinable := w.chats("--joinable"); slices.ContainsFunc(joinable, func(c store.Chat) bool { return c.Joined }) {
		t.Errorf("one may join what one is in: %+v", joinable)
	}
	if got := w.chats("no-chat-is-called-so"); len(got) != 0 {
		t.Errorf("%d chats", len(got))
	}
	if _, err := w.sim.Post(simulator.LivePost{Chat: "IT Help", Text: "who has the key?"}); err != nil {
		t.Fatal(err)
	}
	w.ok("sync", "--once")
	if got := w.chats("--unread", "it help"); len(got) != 1 || got[0].Unread == 0 || !strings.Contains(got[0].Latest, "who has the key?") {
		t.Errorf("unread: %+v", got)
	}
}

// another is some other chat.
func (w *world) another(than string) string {
	w.t.Helper()
	for _, c := range w.chats() {
		if c.Title != than && c.Type == store.ChatTeam {
			return c.Title
		}
	}
	w.t.Fatal("there is only one team")
	return ""
}

// said is the newest post in a chat.
func (w *world) said(chat string) itemJSON {
	w.t.Helper()
	var newest itemJSON
	for _, it := range w.list("in:posts", "--sort", "newest", "--limit", "20") {
		if strings.EqualFold(it.Mailbox, chat) || strings.EqualFold(it.Subject, chat) || it.Conversation == chat {
			return it
		}
		if newest.ID == "" {
			newest = it
		}
	}
	return newest
}

func TestPost(t *testing.T) {
	w := team(t)
	r := decode[changeJSON](t, w.ok("post", "IT Help", "the", "printer is back", "--json").out)
	if r.State != "confirmed" || r.Job == "" || len(r.Items) != 1 || !strings.Contains(r.Words, "IT Help") {
		t.Fatalf("%+v", r)
	}
	if it := w.item(r.Items[0]); it.Text != "the printer is back" || it.RemoteID == "" || it.Kind != "post" || it.Direction != "outbound" {
		t.Errorf("%+v", it)
	}
	if got := w.said("IT Help"); got.ID != r.Items[0] {
		t.Errorf("the newest post is %+v", got)
	}
	// Text from standard input, as a pipe gives it.
	piped := w.in("first line\nsecond line\n", "post", "IT Help", "--json")
	r = decode[changeJSON](t, piped.out)
	if piped.code != 0 || w.item(r.Items[0]).Text != "first line\nsecond line" {
		t.Errorf("piped: exit %d, %+v, %s", piped.code, r, piped.err)
	}
	// An answer, with somebody who is mentioned and a file.
	file := w.write("report.txt", "all is well\n")
	answer := decode[changeJSON](t, w.ok("post", "IT Help", "as promised", "--reply", r.Items[0], "--file", file, "--json").out)
	if it := w.item(answer.Items[0]); it.Text != "as promised" || len(it.Attachments) != 1 || it.Attachments[0].Name != "report.txt" {
		t.Errorf("%+v", it)
	}
	// Taken back, by its id.
	if r := decode[changeJSON](t, w.ok("undo", answer.Job, "--json").out); r.State != "confirmed" {
		t.Errorf("undo: %+v", r)
	}
	check := decode[checkJSON](t, w.ok("post", "IT Help", "how long?", "--file", file, "--dry-run", "--json").out)
	if check.Characters != 9 || check.Most != store.MaxPostText || check.Files != 1 || check.Bytes != 12 || check.To[0] != "IT Help" {
		t.Errorf("%+v", check)
	}
	other := w.another("IT Help")
	several := decode[[]changeJSON](t, w.ok("send", "post", "--to", "IT Help", "--to", other, "line two is down", "--json").out)
	if len(several) != 2 || several[0].State != "confirmed" || several[1].State != "confirmed" {
		t.Errorf("%+v", several)
	}
	if people := w.ok("send", "post", "--to", other, "fine again"); people.out != "Posted in "+other+"\n" || people.err != "" {
		t.Errorf("for people: %+v", people)
	}
}

func TestPostMistakes(t *testing.T) {
	w := team(t)
	other := decode[changeJSON](t, w.ok("post", w.another("IT Help"), "here", "--json").out).Items[0]
	before := len(w.list("in:posts"))
	for _, tt := range []struct {
		args []string
		in   string
		code int
		want string
	}{
		{[]string{"post"}, "", 2, "post"},
		{[]string{"send", "post", "words"}, "", 2, "--to CHAT"},
		{[]string{"post", "IT Help"}, " \n", 2, "nothing to post"},
		{[]string{"post", "IT Help", strings.Repeat("x", store.MaxPostText+1)}, "", 2, "1 are too many"},
		{[]string{"post", "IT Help"}, strings.Repeat("x", maxWords+1), 2, "longer than"},
		{[]string{"post", "e", "words"}, "", 2, "more of the name"},
		{[]string{"post", "no-chat-is-called-so", "words"}, "", 5, "no-chat-is-called-so"},
		{[]string{"post", "IT Help", "words", "--file", "/does/not/exist"}, "", 5, "/does/not/exist"},
		{[]string{"post", "IT Help", "words", "--reply", "zzzzzzzzzzzzz"}, "", 5, "zzzzzzzzzzzzz"},
		{[]string{"post", "IT Help", "words", "--reply", other}, "", 2, "is not in IT Help"},
	} {
		if r := w.in(tt.in, tt.args...); r.code != tt.code || !strings.Contains(r.err, tt.want) || r.out != "" {
			t.Errorf("%.80q: exit %d, want %d with %q\n%.200s%s", tt.args, r.code, tt.code, tt.want, r.out, r.err)
		}
	}
	if n := len(w.list("in:posts")); n != before {
		t.Errorf("%d posts were made", n-before)
	}
	if err := w.sim.Close(); err != nil {
		t.Fatal(err)
	}
	r := w.run("post", "IT Help", "later then", "--json")
	if got := decode[changeJSON](t, r.out); r.code != 0 || got.State != "queued" || !strings.Contains(r.err, "queued") {
		t.Errorf("offline: exit %d, %+v, %s", r.code, got, r.err)
	}
}
