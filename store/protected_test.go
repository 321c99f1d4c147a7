package store

import (
	"testing"
	"time"
)

func TestCopyProtected(t *testing.T) {
	s, _, a := briefDesk(t)
	if err := s.TakeChats(t.Context(), a.ID, []IncomingChat{
		{Remote: "deals", Type: ChatTeam, Name: "Deals", Joined: true, Protected: true}, {Remote: "desk", Type: ChatTeam, Name: "Desk", Joined: true},
	}); err != nil {
		t.Fatal(err)
	}
	var posts []IncomingPost
	for i, chat := range []string{"deals", "desk", "deals", "desk", "desk"} {
		posts = append(posts, IncomingPost{Remote: string(rune('a' + i)), Chat: chat, Author: "9", Time: testNow.Add(time.Duration(i) * time.Minute), Text: chat})
	}
	if err := s.TakePosts(t.Context(), a.ID, posts); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]int{"in:posts": 2, "deals in:posts": 2, "desk in:posts": 0} {
		q, err := ParseQuery(query, testNow, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		ids, err := s.IDs(t.Context(), q, NewestFirst, 10)
		if err != nil || len(ids) == 0 {
			t.Fatalf("%s: %v, %v", query, ids, err)
		}
		if n, err := s.CopyProtected(t.Context(), append(ids, 12345)); err != nil || n != want { // one of them is not here
			t.Errorf("%s: %d, %v, want %d", query, n, err, want)
		}
	}
	if n, err := s.CopyProtected(t.Context(), nil); err != nil || n != 0 {
		t.Errorf("none: %d, %v", n, err)
	}
}
