package teams

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"switchboard/api/simulator/corpus"
)

func make20(now time.Time, cfg Config) *Teams {
	cfg.Seed, cfg.Now = 7, now
	return New(corpus.New(corpus.Config{Seed: 7, Messages: 100, Now: now}), cfg)
}

var friday = time.Date(2026, 11, 20, 15, 30, 0, 0, time.UTC)

func TestIDs(t *testing.T) {
	for _, chat := range []int{0, 1, 17, 9_999} {
		if i, ok := FindChat(ChatID(chat)); !ok || i != chat {
			t.Errorf("chat %d is found as %d", chat, i)
		}
		for _, n := range []int{0, 1, 99_999} {
			if c, k, ok := FindPost(PostID(chat, n)); !ok || c != chat || k != n {
				t.Errorf("post %d of %d is found as %d of %d", n, chat, k, c)
			}
			if c, k, ok := FindThread(ThreadID(chat, n)); !ok || c != chat || k != n {
				t.Errorf("thread %d of %d is found as %d of %d", n, chat, k, c)
			}
		}
	}
	for _, bad := range []int64{-1, 0, 5, ChatID(3) + 1} {
		if i, ok := FindChat(bad); ok {
			t.Errorf("%d is chat %d", bad, i)
		}
		if _, _, ok := FindPost(bad); ok {
			t.Errorf("%d is a post", bad)
		}
		if _, ok := FindFile(bad); ok {
			t.Errorf("%d is a file", bad)
		}
	}
}

// TestTimes: whenever it is, posts are in the past, in office hours, and later
// than the one before.
func TestTimes(t *testing.T) {
	zone := time.FixedZone("", -8*3600)
	for name, now := range map[string]time.Time{
		"afternoon": friday, "night": friday.Add(10 * time.Hour), "saturday": friday.AddDate(0, 0, 1), "monday before eight": time.Date(2026, 11, 23, 6, 0, 0, 0, zone),
		"elsewhere": friday.In(zone),
	} {
		x := make20(now, Config{Chats: 30, Posts: 3000, Directory: 60})
		total := 0
		for i := range x.Len() {
			total += x.Count(i)
			var last time.Time
			for n := range x.Count(i) {
				at := x.At(i, n)
				if !at.After(last) || at.After(now) || at.Hour() < 8 || at.Hour() >= 17 || at.Weekday() == time.Sunday || at.Weekday() == time.Saturday {
					t.Fatalf("%s: post %d of chat %d at %v, after %v", name, n, i, at, last)
				}
				last = at
			}
		}
		if total < 2700 || total > 3300 {
			t.Errorf("%s: %d posts", name, total)
		}
	}
}

// TestEverything: seventy-two posts in a row hold one of everything, and are the
// same each time.
func TestEverything(t *testing.T) {
	x := make20(friday, Config{Chats: 24, Posts: 2000, Directory: 60})
	k := x.Chat(2)
	if k.Type != Team || !k.Mine || k.Posts < 72 {
		t.Fatalf("%+v", k)
	}
	seen := map[string]int{}
	for n := k.Posts - 72; n < k.Posts; n++ {
		p := x.Post(&k, n)
		if again := make20(friday, Config{Chats: 24, Posts: 2000, Directory: 60}).Post(&k, n); n%9 == 0 && !reflect.DeepEqual(p, again) {
			t.Errorf("post %d differs: %+v, %+v", n, p, again)
		}
		if _, ok := x.Person(p.Creator); !ok {
			t.Errorf("post %d is by nobody: %d", n, p.Creator)
		}
		if strings.ContainsAny(p.Text, "{}") {
			t.Errorf("post %d: %q", n, p.Text)
		}
		seen[p.Type]++
		for _, has := range []struct {
			what string
			ok   bool
		}{
			{"mention", len(p.Mentions) > 0},
			{"edit", p.Modified.After(p.Created)},
			{"parent", p.IsParent},
			{"answer", p.Parent != 0},
			{"escape", strings.ContainsRune(p.Text, 0x1b)},
			{"quote", strings.HasPrefix(p.Text, "> ")},
			{"link", strings.Contains(p.Text, "](https://")},
			{"bot", p.Title != ""},
			{"foreign", p.Text != "" && strings.IndexFunc(p.Text, func(r rune) bool { return r > 0x370 && r < 0xd800 }) >= 0},
			{"unexplained", strings.Contains(p.Text, "![:Person](") && len(p.Mentions) == 0},
		} {
			if has.ok {
				seen[has.what]++
			}
		}
		for _, a := range p.Attachments {
			seen[a.Type]++
			if a.Type != "File" {
				continue
			}
			body, ok := x.File(a.ID)
			if !ok || body.Size <= 0 {
				t.Errorf("no content for %q (%d)", a.Name, a.ID)
			}
			seen[body.Type]++
		}
	}
	for _, want := range []string{
		"TextMessage", "PersonJoined", "PersonsAdded", "mention", "edit", "parent", "answer", "escape", "quote", "link", "bot", "foreign", "unexplained",
		"File", "Card", "Event", "Note", "Task", "application/pdf", "image/jpeg", "audio/x-wav", "text/plain", "text/csv",
	} {
		if seen[want] == 0 {
			t.Errorf("no %s: %v", want, seen)
		}
	}
}

func TestChats(t *testing.T) {
	x := make20(friday, Config{Chats: 400, Posts: 4000, Directory: 60})
	kinds := map[string]int{}
	direct := map[int64]int{}
	for i := range x.Len() {
		k := x.Chat(i)
		kinds[k.Type]++
		for _, id := range k.Members {
			if _, ok := x.Person(id); !ok {
				t.Errorf("chat %d has the member %d", i, id)
			}
		}
		if k.Posts < 1 || !k.Created.Before(x.At(i, 0)) {
			t.Errorf("chat %d: %d posts, made %v", i, k.Posts, k.Created)
		}
		if k.Type == Direct {
			if was, twice := direct[k.Members[1]]; twice {
				t.Errorf("chats %d and %d are with the same one", was, i)
			}
			direct[k.Members[1]] = i
		}
		if k.Mine != (len(k.Members) > 0 && k.Members[0] == corpus.EntryID(0)) && k.Type != Everyone {
			t.Errorf("chat %d: mine %v, members %v", i, k.Mine, k.Members)
		}
		if (k.Name == "") == (k.Type == Team || k.Type == Everyone) {
			t.Errorf("chat %d: %s named %q", i, k.Type, k.Name)
		}
	}
	if kinds[Everyone] != 1 || kinds[Personal] != 1 || kinds[Direct] < 100 || kinds[Group] < 50 || kinds[Team] < 100 {
		t.Error(kinds)
	}
	if make20(friday, Config{}).Len() != 0 {
		t.Error("chats in an account without any")
	}
}

func BenchmarkPost(b *testing.B) {
	x := make20(friday, Config{Chats: 10_000, Posts: 100_000, Directory: 10_000})
	b.ResetTimer()
	for n := range b.N {
		k := x.Chat(n % 10_000)
		if p := x.Post(&k, n%10); p.ID == 0 {
			b.Fatal(fmt.Sprint(p))
		}
	}
}
