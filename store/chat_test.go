package store

import (
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestChatsAreRead(t *testing.T) {
	b := newChatBench(t)
	b.svc.say("100", "2", "old news", -10)
	b.svc.say("100", "2", "hello ![:Person](1)", 1)
	b.svc.say("100", "3", "and **more**", 2)
	b.svc.say("200", "2", "just you", 3)
	b.sync()
	c := b.chat("Support")
	if c.Unread != 2 || c.Mentions != 1 || c.Size != 3 || c.Latest != "Ben: and more" {
		t.Errorf("%+v", c)
	}
	if d := b.chat("Ana Lima"); d.Type != ChatDirect || d.Unread != 1 {
		t.Errorf("%+v", d)
	}
	w := must[ChatWindow](t)(b.ChatWindow(t.Context(), ChatQuery{Joinable: true}, 0, 0, 10))
	if len(w.Rows) != 1 || w.Rows[0].Title != "Open house" {
		t.Errorf("to be joined: %+v", w.Rows)
	}
	if p := must[PostWindow](t)(b.Posts(t.Context(), PostQuery{Chat: c.ID}, FromEnd, 0, 0)).Rows[0]; p.Author.Name != "Ben Ode" || !p.Unread || p.Kind != Post || p.State != 0 {
		t.Errorf("%+v", p)
	}
	found := must[Window](t)(b.Search(t.Context(), mustQuery(t, `in:posts from:ben more`), NewestFirst, 10))
	if len(found.Rows) != 1 || found.Rows[0].Who.Name != "Ben Ode" {
		t.Errorf("found %+v", found.Rows)
	}
	if n, _, err := b.Count(t.Context(), mustQuery(t, `in:inbox`), 10); err != nil || n != 0 {
		t.Errorf("%d posts in the inbox, %v", n, err)
	}
	log := len(b.svc.log)
	b.sync()
	if got := b.svc.log[log:]; !slices.Equal(got, []string{"recent"}) {
		t.Errorf("an idle look asked %q", got)
	}
}

// Whatever order events come in, and however often, the same is left of them.
func TestEventsInAnyOrder(t *testing.T) {
	at := testNow.Add(time.Minute)
	post := func(id, text string, changed int, removed bool) IncomingPost {
		p := IncomingPost{Remote: id, Chat: "100", Author: "2", Time: at, Modified: at.Add(time.Duration(changed) * time.Minute), Text: text, Removed: removed}
		if removed {
			p = IncomingPost{Remote: id, Chat: "100", Removed: true}
		}
		return p
	}
	events := []IncomingPost{
		post("1", "first", 0, false), post("1", "first, changed", 5, false), post("1", "first, changed again", 9, false),
		post("2", "second", 0, false), post("2", "", 0, true),
		post("3", "third ![:Person](1)", 0, false), post("3", "third", 2, false),
	}
	for seed := range uint64(40) {
		b := newChatBench(t)
		b.sync()
		rng := rand.New(rand.NewPCG(seed, 1))
		all := append(slices.Clone(events), events[rng.IntN(len(events))], events[rng.IntN(len(events))])
		rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for len(all) > 0 {
			n := 1 + rng.IntN(len(all))
			if err := b.TakePosts(t.Context(), b.acc.ID, all[:n]); err != nil {
				t.Fatal(err)
			}
			all = all[n:]
		}
		c := b.chat("Support")
		got := b.texts(c.ID)
		slices.Sort(got)
		if want := []string{"(removed)", "first, changed again", "third"}; !slices.Equal(got, want) || c.Unread != 2 || c.Mentions != 0 {
			t.Fatalf("seed %d: %q, %d unread, %d mentions", seed, got, c.Unread, c.Mentions)
		}
		if w := must[Window](t)(b.Search(t.Context(), mustQuery(t, `second`), NewestFirst, 10)); len(w.Rows) != 0 {
			t.Fatalf("seed %d: the removed text is still found", seed)
		}
	}
}

func TestPostsOfAnUnknownChat(t *testing.T) {
	b := newChatBench(t)
	b.sync()
	b.svc.chats["900"] = &IncomingChat{Remote: "900", Type: ChatGroup, Members: []string{"1", "2", "3", "9"}, Joined: true}
	p := b.svc.say("900", "9", "who am I?", 1)
	if err := b.TakePosts(t.Context(), b.acc.ID, []IncomingPost{p}); err != nil {
		t.Fatal(err)
	}
	b.sync()
	c := b.chat("Ana, Ben, Person 9")
	b.wants(c.ID, "who am I?")
	if c.Latest != "Person 9: who am I?" || c.Unread != 1 {
		t.Errorf("%+v", c)
	}
	b.svc.people["9"] = Person{Remote: "9", Name: "Noa Ives"}
	if err := b.write(t.Context(), func(tx *sql.Tx) error {
		return b.takePeople(tx, b.acc.ID, nil, []Person{b.svc.people["9"]})
	}); err != nil {
		t.Fatal(err)
	}
	if c = b.chat("Ana, Ben, Noa"); c.Latest != "Noa: who am I?" {
		t.Errorf("%+v", c)
	}
	if w := must[Window](t)(b.Search(t.Context(), mustQuery(t, `from:noa`), NewestFirst, 10)); len(w.Rows) != 1 || w.Rows[0].Who.Name != "Noa Ives" {
		t.Errorf("found %+v", w.Rows)
	}
}

func TestGapsAreClosed(t *testing.T) {
	b := newChatBench(t)
	for i := range 25 {
		b.svc.say("100", "2", fmt.Sprint(i), i)
	}
	b.sync()
	c := b.chat("Support")
	if got := b.texts(c.ID); len(got) != 10 || got[0] != "... 15" {
		t.Fatalf("%q", got)
	}
	// Events of more than what is read at once are lost, then one comes.
	for i := 25; i < 100; i++ {
		p := b.svc.say("100", "2", fmt.Sprint(i), i)
		if i == 99 {
			if err := b.TakePosts(t.Context(), b.acc.ID, []IncomingPost{p}); err != nil {
				t.Fatal(err)
			}
		}
	}
	b.sync()
	got := b.texts(c.ID)
	if len(got) != 10+gapPages*10 || got[10] != "... 60" {
		t.Fatalf("%d: %q", len(got), got)
	}
	w := must[PostWindow](t)(b.Posts(t.Context(), PostQuery{Chat: c.ID}, FromEnd, 100, 0))
	b.svc.epoch++ // the service has forgotten its names for places
	for range 20 {
		if _, more, err := b.OlderPosts(t.Context(), c.ID, w.Rows[10].ID); err != nil {
			t.Fatal(err)
		} else if !more {
			break
		}
		w = must[PostWindow](t)(b.Posts(t.Context(), PostQuery{Chat: c.ID}, FromEnd, 100, 0))
		if !w.Rows[10].Gap {
			break
		}
	}
	for more := true; more; {
		var err error
		if _, more, err = b.OlderPosts(t.Context(), c.ID, FromEnd); err != nil {
			t.Fatal(err)
		}
	}
	for range 10 {
		if _, _, err := b.OlderPosts(t.Context(), c.ID, FromEnd); err != nil {
			t.Fatal(err)
		}
	}
	want := make([]string, 100)
	for i := range want {
		want[i] = fmt.Sprint(i)
	}
	b.wants(c.ID, want...)
	if c = b.chat("Support"); c.Older || c.Unread != 100 {
		t.Errorf("%+v", c)
	}
}

func TestOneEventLost(t *testing.T) {
	b := newChatBench(t)
	b.svc.say("100", "2", "a", 1)
	b.sync()
	b.svc.say("100", "2", "lost", 2)
	p := b.svc.say("100", "2", "c", 3)
	if err := b.TakePosts(t.Context(), b.acc.ID, []IncomingPost{p}); err != nil {
		t.Fatal(err)
	}
	c := b.chat("Support")
	b.wants(c.ID, "a", "c")
	b.sync()
	b.wants(c.ID, "a", "lost", "c")
}

func TestReadMark(t *testing.T) {
	b := newChatBench(t)
	for i := range 6 {
		b.svc.say("100", "2", fmt.Sprint(i), i+1)
	}
	b.sync()
	c := b.chat("Support")
	unread := func(want int) {
		t.Helper()
		if c = b.chat("Support"); c.Unread != want {
			t.Fatalf("%d unread, want %d", c.Unread, want)
		}
	}
	unread(6)
	if id := must[int64](t)(b.NextUnreadChat(t.Context(), 0, 0)); id != c.ID {
		t.Errorf("next unread: %d", id)
	}
	must[Op](t)(b.ReadTo(t.Context(), c.ID, FromEnd))
	unread(0)
	if _, err := b.NextUnreadChat(t.Context(), 0, 0); !errors.Is(err, ErrNotFound) {
		t.Errorf("next unread: %v", err)
	}
	rows := must[PostWindow](t)(b.Posts(t.Context(), PostQuery{Chat: c.ID}, FromStart, 0, 100)).Rows
	must[Op](t)(b.UnreadFrom(t.Context(), c.ID, rows[3].ID))
	unread(3)
	must[Op](t)(b.Undo(t.Context()))
	unread(0)
	must[Op](t)(b.Undo(t.Context()))
	unread(6)
	must[Op](t)(b.Redo(t.Context()))
	unread(0)
	if slices.ContainsFunc(b.svc.log, func(l string) bool { return strings.HasPrefix(l, "do") }) {
		t.Errorf("the service was told: %q", b.svc.log)
	}
}

func TestTeams(t *testing.T) {
	b := newChatBench(t)
	b.sync()
	id, _, err := b.CreateTeam(t.Context(), NewTeam{Account: b.acc.ID, Name: "Night shift", Members: []string{"2"}})
	if err != nil {
		t.Fatal(err)
	}
	if c := b.chat("Night shift"); c.ID != id || !c.Pending {
		t.Errorf("%+v", c)
	}
	must[Op](t)(b.SendPost(t.Context(), NewPost{Chat: id, Text: "first!"})) // before it is made
	if err := b.flush(); err != nil {
		t.Fatal(err)
	}
	b.sync()
	if c := b.chat("Night shift"); c.ID != id || c.Pending || c.Size != 2 {
		t.Errorf("%+v", c)
	}
	b.wants(id, "first!")

	direct, op, err := b.OpenChat(t.Context(), b.acc.ID, []string{"2"})
	if err != nil || op.ID != 0 || direct != b.chat("Ana Lima").ID {
		t.Errorf("a chat that is here was opened anew: %d, %+v, %v", direct, op, err)
	}
	group, _, err := b.OpenChat(t.Context(), b.acc.ID, []string{"2", "3"})
	if b.sync(); err != nil || b.chat("Ana, Ben").ID != group {
		t.Error(group, err)
	}
	house := must[ChatWindow](t)(b.ChatWindow(t.Context(), ChatQuery{Joinable: true}, 0, 0, 10)).Rows[0]
	must[Op](t)(b.JoinChat(t.Context(), house.ID))
	b.chat("Open house")
	must[Op](t)(b.Undo(t.Context()))
	if err := b.flush(); err != nil {
		t.Fatal(err)
	}
	if c := must[Chat](t)(b.ChatOf(t.Context(), house.ID)); c.Joined {
		t.Errorf("%+v", c)
	}
	must[Op](t)(b.AddMembers(t.Context(), id, []string{"3", "2"}))
	if ps := must[[]Person](t)(b.Members(t.Context(), id)); len(ps) != 3 || ps[0].Name != "Ana Lima" {
		t.Errorf("%+v", ps)
	}
	must[Op](t)(b.RemoveMembers(t.Context(), id, []string{"3"}))
	must[Op](t)(b.LeaveChat(t.Context(), id))
	if err := b.flush(); err != nil {
		t.Fatal(err)
	}
	if c := must[Chat](t)(b.ChatOf(t.Context(), id)); c.Joined {
		t.Errorf("%+v", c)
	}
	if ps := must[[]Person](t)(b.Persons(t.Context(), b.acc.ID, house.ID, "od", 5)); len(ps) != 1 || ps[0].Name != "Ben Ode" {
		t.Errorf("%+v", ps)
	}
}

func TestMentions(t *testing.T) {
	picked := []Mention{{"Person", "2", "Ana"}, {"Person", "22", "Ana Lima"}, {"Person", "3", "Ben"}}
	for in, want := range map[string]string{
		"hi @Ana Lima, @Ben":     "hi ![:Person](22), ![:Person](3)",
		"@Ana!":                  "![:Person](2)!",
		"mail me@Ben.com @Benno": "mail me@Ben.com @Benno",
		"nobody":                 "nobody",
	} {
		if got := MarkMentions(in, picked); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		} else if back := PlainPost(got, picked); back != in {
			t.Errorf("%q came back as %q", in, back)
		}
	}
	for _, bad := range []string{"![:Person](", "![:](1)", "![:Per son](1)", "![:Person](a b)", "![:Person]()", "![:" + strings.Repeat("x", 100)} {
		if got := PlainPost(bad, nil); got != bad {
			t.Errorf("%q became %q", bad, got)
		}
	}
}

func TestDrafts(t *testing.T) {
	b := newChatBench(t)
	d := Draft{Text: "half a thou", Mentions: []Mention{{"Person", "2", "Ana"}}, Parent: "7", Thread: "6", Files: []string{"/a"}}
	if err := b.SaveDraft(t.Context(), 5, d); err != nil {
		t.Fatal(err)
	}
	if got := must[Draft](t)(b.DraftOf(t.Context(), 5)); fmt.Sprint(got) != fmt.Sprint(d) {
		t.Errorf("%+v", got)
	}
	if err := b.SaveDraft(t.Context(), 5, Draft{Text: " "}); err != nil {
		t.Fatal(err)
	}
	if got := must[Draft](t)(b.DraftOf(t.Context(), 5)); got.Text != "" || got.Parent != "" {
		t.Errorf("%+v", got)
	}
}
