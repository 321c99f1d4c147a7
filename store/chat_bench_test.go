package store

import (
	"fmt"
	"testing"
	"time"
)

// filledChat is a store with one chat of n posts, and chats besides it.
func filledChat(b testing.TB, n, chats int) (*Store, int64) {
	b.Helper()
	s := openTest(b, b.TempDir())
	a := addAccount(b, s)
	var cs []IncomingChat
	for i := range chats {
		cs = append(cs, IncomingChat{Remote: fmt.Sprint(5000 + i), Type: ChatTeam, Name: fmt.Sprint("Team ", i), Members: []string{"1", "2"}, Joined: true, Active: testNow.Add(time.Duration(i) * time.Second)})
	}
	cs = append(cs, IncomingChat{Remote: "100", Type: ChatTeam, Name: "Support", Joined: true, Active: testNow})
	if err := s.TakeChats(b.Context(), a.ID, cs); err != nil {
		b.Fatal(err)
	}
	var posts []IncomingPost
	for i := range n {
		at := testNow.Add(time.Duration(i) * time.Minute)
		posts = append(posts, IncomingPost{Remote: fmt.Sprint(i + 1), Chat: "100", Author: fmt.Sprint(i % 7), Time: at, Modified: at, Text: fmt.Sprint("post ", i)})
		if len(posts) == 500 || i == n-1 {
			if err := s.TakePosts(b.Context(), a.ID, posts); err != nil {
				b.Fatal(err)
			}
			posts = nil
		}
	}
	c, err := s.FindChat(b.Context(), "Support")
	if err != nil {
		b.Fatal(err)
	}
	return s, c.ID
}

// Opening a chat and the list of chats takes as long with many posts as with few.
func BenchmarkOpenChat(b *testing.B) {
	for _, n := range []int{100, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s, id := filledChat(b, n, n)
			b.Run("posts", func(b *testing.B) {
				for b.Loop() {
					if w, err := s.Posts(b.Context(), PostQuery{Chat: id}, FromEnd, 60, 0); err != nil || len(w.Rows) != 61 {
						b.Fatal(err)
					}
				}
			})
			b.Run("chats", func(b *testing.B) {
				for b.Loop() {
					if w, err := s.ChatWindow(b.Context(), ChatQuery{}, 0, 0, 60); err != nil || len(w.Rows) != 61 {
						b.Fatal(err)
					}
				}
			})
			b.Run("next", func(b *testing.B) {
				for b.Loop() {
					if _, err := s.NextUnreadChat(b.Context(), 0, 0); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

func BenchmarkTakePost(b *testing.B) {
	s, _ := filledChat(b, 10_000, 100)
	a := addAccount(b, s)
	i := 20_000
	for b.Loop() {
		i++
		at := testNow.Add(time.Duration(i) * time.Minute)
		if err := s.TakePosts(b.Context(), a.ID, []IncomingPost{{Remote: fmt.Sprint(i), Chat: "100", Author: "2", Time: at, Modified: at, Text: "hello there"}}); err != nil {
			b.Fatal(err)
		}
	}
}
