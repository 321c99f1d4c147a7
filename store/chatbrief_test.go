package store

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// briefDesk is a store that reads a service whose lists say little, when told to.
func briefDesk(t *testing.T) (*Store, *queued, Account) {
	t.Helper()
	q := newQueued()
	q.brief = true
	now := testNow.Add(time.Minute)
	s, err := Open(t.Context(), Options{Dir: t.TempDir(), Location: time.UTC, Now: func() time.Time { return now }, Alone: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	a, err := s.PutAccount(t.Context(), Account{Key: q.key, Service: "test", Name: "Support"})
	if err != nil {
		t.Fatal(err)
	}
	s.Attach(q)
	return s, q, a
}

func syncChats(t *testing.T, s *Store, a Account) {
	t.Helper()
	if err := s.SyncFeeds(t.Context(), a.ID, FeedChats); err != nil {
		t.Fatal(err)
	}
}

func TestWhatTheListLeavesOutIsAskedFor(t *testing.T) {
	s, q, a := briefDesk(t)
	q.chats["100"].Description, q.chats["100"].Protected = "Front desk", true
	q.chats["100"].Sealed, q.chats["100"].ReadOnly = true, true
	syncChats(t, s, a)
	c, err := s.FindChat(t.Context(), "Support")
	if err != nil || c.Description != "Front desk" || !c.Protected || !c.Sealed || !c.ReadOnly || c.Size != 3 || !c.Active.Equal(testNow) {
		t.Errorf("%+v, %v", c, err)
	}
	if asked := q.calls("chat"); len(asked) != 2 {
		t.Errorf("asked %q", asked)
	}
	// The list comes again, and what is known stays.
	if err := s.TakeChats(t.Context(), a.ID, []IncomingChat{{Remote: "100", Type: ChatTeam, Name: "Support desk", Joined: true, Brief: true}}); err != nil {
		t.Fatal(err)
	}
	c, err = s.ChatOf(t.Context(), c.ID)
	if err != nil || c.Name != "Support desk" || c.Description != "Front desk" || !c.Protected || c.Size != 3 {
		t.Errorf("%+v, %v", c, err)
	}
	// It was told of by itself, so that it has changed.
	q.chats["100"].Name, q.chats["100"].Protected = "Support desk", false
	syncChats(t, s, a)
	if c, err = s.ChatOf(t.Context(), c.ID); err != nil || c.Protected {
		t.Errorf("%+v, %v", c, err)
	}
}

// A chat nobody has looked at is read if something was said there since the first sign-in.
func TestUnreadChatsWithNewsAreRead(t *testing.T) {
	s, q, a := briefDesk(t)
	for i := range chatsAhead {
		id := "9" + string(rune('a'+i%26)) + string(rune('a'+i/26))
		q.chats[id] = &IncomingChat{Remote: id, Type: ChatTeam, Name: "busy " + id, Joined: true, Active: testNow}
	}
	q.chats["500"] = &IncomingChat{Remote: "500", Type: ChatTeam, Name: "quiet", Joined: true, Active: testNow.Add(-1000 * time.Hour)}
	syncChats(t, s, a)
	q.calls()
	q.say("500", "2", "at last", 2)
	syncChats(t, s, a) // nobody told: all are asked
	c, err := s.FindChat(t.Context(), "quiet")
	if err != nil || c.Older || c.Unread != 1 {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestChatsAreAskedInTurnWhileNobodyTells(t *testing.T) {
	s, q, a := briefDesk(t)
	q.say("100", "2", "one", -1)
	q.say("200", "2", "two", -1)
	syncChats(t, s, a)
	q.mu.Lock()
	q.since = nil
	q.mu.Unlock()
	b := s.boxOf(a.ID)
	f := s.chatFeeds(q)[0]
	for range 10 {
		st, err := s.feedState(t.Context(), a.ID, FeedChats)
		if err != nil {
			t.Fatal(err)
		}
		more, err := f.turn(t.Context(), b, st)
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			break
		}
	}
	slices.Sort(q.since)
	if asked := slices.Compact(q.since); !slices.Equal(asked, []string{"100", "200"}) {
		t.Errorf("asked %q for news", asked)
	}
}

func TestWorkComesIntoTheInbox(t *testing.T) {
	b := newChatBench(t)
	b.sync()
	acc := must[[]Account](t)(b.Accounts(t.Context()))[0]
	at := acc.Since.Add(time.Hour)
	post := func(id, author string, work bool, when time.Time) IncomingPost {
		return IncomingPost{Remote: id, Chat: "100", Author: author, Time: when, Modified: when, Text: "work " + id, Work: work}
	}
	posts := []IncomingPost{
		post("1", "2", true, at), post("2", "2", false, at), post("3", "1", true, at), post("4", "2", true, acc.Since.Add(-time.Hour)),
	}
	for range 2 { // it makes no difference when they come twice
		if err := b.TakePosts(t.Context(), b.acc.ID, posts); err != nil {
			t.Fatal(err)
		}
	}
	w := must[Window](t)(b.Search(t.Context(), mustQuery(t, "in:inbox"), NewestFirst, 10))
	if len(w.Rows) != 1 || w.Rows[0].Preview != "work 1" || w.Rows[0].Read || w.Rows[0].State != StateOpen {
		t.Fatalf("%+v", w.Rows)
	}
	if _, err := b.Act(t.Context(), Change{Verb: VerbDone, Items: []ID{w.Rows[0].ID}}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.w.Exec(`UPDATE items SET read = 1 WHERE id = ?`, int64(w.Rows[0].ID)); err != nil {
		t.Fatal(err)
	}
	changed := post("1", "2", true, at)
	changed.Text, changed.Modified = "work 1, changed", at.Add(time.Minute)
	if err := b.TakePosts(t.Context(), b.acc.ID, []IncomingPost{changed}); err != nil {
		t.Fatal(err)
	}
	it := must[Item](t)(b.Item(t.Context(), w.Rows[0].ID))
	if it.State != Done || !it.Read || it.Text != "work 1, changed" {
		t.Errorf("%+v", it.Row)
	}
}

// searcher is a service with chats that can be searched, one at a time.
type searcher struct {
	*teams
	all  bool // at once
	fail error
}

func (s *searcher) SearchPosts(ctx context.Context, words, chat, _ string) (out []IncomingPost, next string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if chat == "" && !s.all {
		return nil, "", ErrOneChat
	}
	for id, posts := range s.posts {
		for _, p := range posts {
			if (chat == "" || id == chat) && strings.Contains(p.Text, words) {
				out = append(out, p)
			}
		}
	}
	return out, "", errors.Join(s.fail, s.enter(ctx, "search", words, chat))
}

func TestServicesAreSearched(t *testing.T) {
	for _, all := range []bool{true, false} {
		q := &searcher{teams: newTeams("test:1:1"), all: all}
		s, err := Open(t.Context(), Options{Dir: t.TempDir(), Location: time.UTC, Now: func() time.Time { return testNow.Add(time.Hour) }, Alone: true})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		a, err := s.PutAccount(t.Context(), Account{Key: q.key, Service: "test", Name: "Support"})
		if err != nil {
			t.Fatal(err)
		}
		s.Attach(q)
		q.say("100", "2", "the needle", -900)
		for i := range 30 {
			q.say("100", "2", "hay", i)
		}
		q.say("200", "2", "nothing here, all of it is known", 1)
		syncChats(t, s, a)
		query := mustQuery(t, "in:posts needle")
		if w := must[Window](t)(s.Search(t.Context(), query, NewestFirst, 10)); len(w.Rows) != 0 {
			t.Fatal("it is here already")
		}
		if n, err := s.SearchServices(t.Context(), "needle"); err != nil || n != 1 {
			t.Errorf("%d found, %v", n, err)
		}
		if w := must[Window](t)(s.Search(t.Context(), query, NewestFirst, 10)); len(w.Rows) != 1 {
			t.Errorf("%+v", w.Rows)
		}
		if asked := q.calls("search"); !all && len(asked) != 1 {
			t.Errorf("chats of which all is here are searched: %q", asked)
		}
		q.fail = offline
		if _, err := s.SearchServices(t.Context(), "needle"); !errors.Is(err, error(offline)) {
			t.Errorf("%v", err)
		}
	}
}

func TestSignedOutAccountsLeaveNoChats(t *testing.T) {
	s, q, a := briefDesk(t)
	q.say("100", "2", "hello", 1)
	syncChats(t, s, a)
	if err := s.DropAccount(t.Context(), a.Key); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"chats", "posts", "members", "people", "chat_gaps"} {
		var n int
		if err := s.r.QueryRow(`SELECT count(*) FROM ` + table).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d left in %s, %v", n, table, err)
		}
	}
}
