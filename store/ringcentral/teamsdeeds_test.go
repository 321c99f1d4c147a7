package ringcentral

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"switchboard/api"
	"switchboard/api/simulator"
	"switchboard/store"
)

func TestPostDeeds(t *testing.T) {
	c := newChatter(t, simulator.Config{})
	chat := c.named("Refill Requests").Remote
	content := strings.Repeat("label ", 5000)
	var told int64
	file, err := c.Upload(t.Context(), chat, "label.txt", "text/plain", int64(len(content)), strings.NewReader(content), func(done, _ int64) { told = done })
	if err != nil || told != int64(len(content)) {
		t.Fatalf("upload: %v, %d told", err, told)
	}
	made := c.must(store.VerbPost, store.PostState{Chat: chat, Text: "Done, ![:Person](178009130)", New: true, Files: []store.PostFile{{ID: file}}})
	var in store.IncomingPost
	if err := json.Unmarshal(made.Reply, &in); err != nil || made.Remote == "" || in.Remote != made.Remote || len(in.Attachments) != 1 || in.Attachments[0].URI == "" || len(in.Mentions) != 1 || in.Author != "178009114" {
		t.Fatalf("%+v, %v", in, err)
	}
	answer := c.must(store.VerbPost, store.PostState{Chat: chat, Text: "thanks", Parent: made.Remote, New: true})
	c.add(time.Minute)
	c.must(store.VerbPost, store.PostState{Chat: chat, Post: made.Remote, Text: "Done twice"})
	list := c.newest(chat)
	if list[0].Parent != made.Remote || list[1].Text != "Done twice" || !list[1].Modified.After(list[1].Time) {
		t.Errorf("%+v\n%+v", list[0], list[1])
	}
	for range 2 { // the second time it is gone already
		c.must(store.VerbPost, store.PostState{Chat: chat, Post: answer.Remote, Gone: true})
	}
	if list = c.newest(chat); list[0].Remote != made.Remote {
		t.Errorf("%+v is still there", list[0])
	}
	d := c.doing(store.VerbPost, store.PostState{Chat: chat, Post: "1", Text: "changed", Gone: false})
	d.Remote = made.Remote
	if _, err := c.doTeams(t.Context(), d); err != nil || c.newest(chat)[0].Text != "changed" {
		t.Errorf("by the name it was given: %v", err)
	}
	if _, err := c.doTeams(t.Context(), c.doing("dance", struct{}{})); err == nil {
		t.Error("an unknown verb was carried out")
	}
}

// TestPostSought: a post whose answer was lost is found again, and no other one is
// taken for it.
func TestPostSought(t *testing.T) {
	c := newChatter(t, simulator.Config{})
	ctx := t.Context()
	chat := c.named("Refill Requests").Remote
	state := store.PostState{Chat: chat, Text: " on my way ", New: true}
	seek := func(d store.Doing) (string, bool) {
		t.Helper()
		done, found, err := c.soughtTeams(ctx, d)
		if err != nil {
			t.Fatal(err)
		}
		return done.Remote, found
	}
	if _, found := seek(c.doing(store.VerbPost, state)); found {
		t.Error("found what was never sent")
	}
	earlier := c.must(store.VerbPost, state) // the same words, an hour before
	c.add(time.Hour)
	if _, err := c.sim.Post(simulator.LivePost{Chat: chat, As: "112", Text: "on my way"}); err != nil {
		t.Fatal(err)
	}
	known := c.must(store.VerbPost, state) // and just now, of which is known who sent it
	d := c.doing(store.VerbPost, state)
	if id, found := seek(d); found {
		t.Errorf("found %s; earlier %s, known %s", id, earlier.Remote, known.Remote)
	}
	if err := c.sim.FailNext("createGlipPostNew", "reset", 0, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := c.doTeams(ctx, d); !api.IsUnknown(err) {
		t.Fatalf("a lost answer: %v", err)
	}
	c.add(10 * time.Minute)
	for i := range 260 { // more than a page of others came since
		if _, err := c.sim.Post(simulator.LivePost{Chat: chat, Text: fmt.Sprint("chatter ", i)}); err != nil {
			t.Fatal(err)
		}
	}
	id, found := seek(d)
	if !found || id == known.Remote || id == earlier.Remote {
		t.Errorf("sought %q, %v", id, found)
	}
	if again, found := seek(d); found {
		t.Errorf("%s was found for another deed as well", again)
	}
	for name, other := range map[string]store.PostState{
		"an edit": {Chat: chat, Post: "1", Text: "on my way"}, "a removal": {Chat: chat, Gone: true}, "another text": {Chat: chat, Text: "there", New: true},
		"an answer": {Chat: chat, Text: "on my way", Parent: known.Remote, New: true},
		"a file":    {Chat: chat, Text: "on my way", New: true, Files: []store.PostFile{{ID: "77"}}},
	} {
		d := c.doing(store.VerbPost, other)
		d.At = d.At.Add(-10 * time.Minute)
		if id, found := seek(d); found {
			t.Errorf("%s: found %s", name, id)
		}
	}
}

func TestChatDeeds(t *testing.T) {
	c := newChatter(t, simulator.Config{Chats: 60})
	ctx := t.Context()
	state := store.ChatState{Type: store.ChatTeam, Name: "Flu Shots", Members: []string{"178009122", "178009130"}, New: true, Joined: true}
	if err := c.sim.FailNext("createGlipTeamNew", "truncate", 0, 1); err != nil {
		t.Fatal(err)
	}
	d := c.doing(store.VerbChat, state)
	if _, err := c.doTeams(ctx, d); !api.IsUnknown(err) {
		t.Fatalf("a lost answer: %v", err)
	}
	done, found, err := c.soughtTeams(ctx, d)
	var in store.IncomingChat
	if err != nil || !found || json.Unmarshal(done.Reply, &in) != nil || in.Remote != done.Remote || in.Name != "Flu Shots" || len(in.Members) != 3 || !in.Joined {
		t.Fatalf("%+v, %v, %v", in, found, err)
	}
	if _, found, _ := c.soughtTeams(ctx, c.doing(store.VerbChat, state)); found {
		t.Error("the same team was found for another deed")
	}
	look := func(id string) store.IncomingChat {
		t.Helper()
		k, err := c.Chat(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	for range 2 { // as it is already, it stays
		c.must(store.VerbMembers, store.MembersState{Chat: done.Remote, Add: []string{"178009138", "178009122"}, Remove: []string{"178009130", "178009146"}})
	}
	if k := look(done.Remote); len(k.Members) != 3 || k.Members[2] != "178009138" {
		t.Errorf("%+v", k)
	}
	c.must(store.VerbChat, store.ChatState{Chat: done.Remote, Type: store.ChatTeam, Gone: true})
	if k := look(done.Remote); !k.Archived {
		t.Errorf("%+v", k)
	}
	for range 2 {
		c.must(store.VerbChat, store.ChatState{Chat: done.Remote, Joined: true})
	}
	if k := look(done.Remote); k.Archived || !k.Joined {
		t.Errorf("%+v", k)
	}
	for range 2 { // the second time it is not to be seen any more
		c.must(store.VerbChat, store.ChatState{Chat: done.Remote, Joined: false})
	}
	if _, err := c.Chat(ctx, done.Remote); !api.IsNotFound(err) {
		t.Errorf("a private team that was left: %v", err)
	}
	talk := store.ChatState{Type: store.ChatGroup, Members: []string{"178009122", "178009130"}, New: true}
	first, again := c.must(store.VerbChat, talk), c.must(store.VerbChat, talk)
	if first.Remote == "" || first.Remote != again.Remote {
		t.Errorf("two conversations of the same: %s, %s", first.Remote, again.Remote)
	}
	c.must(store.VerbChat, store.ChatState{Chat: first.Remote, Type: store.ChatGroup, Gone: true})
	// A public team.
	chats, _, err := c.Chats(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range chats {
		if !k.Joined {
			c.must(store.VerbChat, store.ChatState{Chat: k.Remote, Joined: true})
			if !look(k.Remote).Joined {
				t.Errorf("%+v was not joined", k)
			}
			return
		}
	}
	t.Error("no team to join")
}
