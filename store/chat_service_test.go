package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/api"
)

// teams is a service with chats in memory. Its page tokens say how many posts are newer.
type teams struct {
	*box
	me     Person
	people map[string]Person
	chats  map[string]*IncomingChat
	posts  map[string][]IncomingPost // by chat, oldest first
	size   int                       // of a page
	next   int
	lose   bool // the next answer to a post is lost after it was made
	epoch  int  // page tokens of another are not known any more
}

func newTeams(key string) *teams {
	t := &teams{
		box: newBox(key), me: Person{Remote: "1", Name: "Mia Own"}, size: 10, next: 1000,
		people: map[string]Person{"1": {Remote: "1", Name: "Mia Own"}, "2": {Remote: "2", Name: "Ana Lima"}, "3": {Remote: "3", Name: "Ben Ode"}, "4": {Remote: "4", Name: "Cy Dar"}},
		chats:  map[string]*IncomingChat{}, posts: map[string][]IncomingPost{},
	}
	t.chats["100"] = &IncomingChat{Remote: "100", Type: ChatTeam, Name: "Support", Members: []string{"1", "2", "3"}, Joined: true, Active: testNow}
	t.chats["200"] = &IncomingChat{Remote: "200", Type: ChatDirect, Members: []string{"1", "2"}, Joined: true, Active: testNow.Add(-time.Hour)}
	t.chats["300"] = &IncomingChat{Remote: "300", Type: ChatTeam, Name: "Open house", Public: true, Members: []string{"2", "3"}, Active: testNow.Add(-2 * time.Hour)}
	return t
}

// say posts as somebody, n minutes after testNow.
func (t *teams) say(chat, author, text string, n int) IncomingPost {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next++
	at := testNow.Add(time.Duration(n) * time.Minute)
	p := IncomingPost{Remote: fmt.Sprint(t.next), Chat: chat, Author: author, Time: at, Modified: at, Text: text}
	t.posts[chat] = append(t.posts[chat], p)
	if c := t.chats[chat]; c != nil && at.After(c.Active) {
		c.Active = at
	}
	return p
}

func (t *teams) Me(ctx context.Context) (Person, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.me, t.enter(ctx, "me")
}

func (t *teams) RecentChats(ctx context.Context) ([]IncomingChat, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []IncomingChat
	for _, c := range t.chats {
		if c.Joined {
			out = append(out, *c)
		}
	}
	slices.SortFunc(out, func(a, b IncomingChat) int {
		return cmp.Or(b.Active.Compare(a.Active), cmp.Compare(a.Remote, b.Remote))
	})
	return out, t.enter(ctx, "recent")
}

func (t *teams) Chats(ctx context.Context, cursor string) (out []IncomingChat, next string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range t.chats {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b IncomingChat) int { return cmp.Compare(a.Remote, b.Remote) })
	return out, "", t.enter(ctx, "chats", cursor)
}

func (t *teams) Chat(ctx context.Context, remote string) (IncomingChat, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.enter(ctx, "chat", remote); err != nil {
		return IncomingChat{}, err
	}
	if c := t.chats[remote]; c != nil {
		return *c, nil
	}
	return IncomingChat{}, notFound
}

func (t *teams) Posts(ctx context.Context, chat, cursor string) (out []IncomingPost, next string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.enter(ctx, "posts", chat, cursor); err != nil {
		return nil, "", err
	}
	all, from := t.posts[chat], 0
	if cursor != "" {
		var epoch int
		fmt.Sscanf(cursor, "%d:%d", &epoch, &from)
		if epoch != t.epoch {
			return nil, "", &api.Error{Status: 400, Message: "pageToken"}
		}
		from = len(all) - from
	}
	for i := len(all) - 1 - from; i >= 0 && len(out) < t.size; i-- {
		out = append(out, all[i])
	}
	if left := len(all) - from - len(out); left > 0 {
		next = fmt.Sprintf("%d:%d", t.epoch, left)
	}
	return out, next, nil
}

func (t *teams) Post(context.Context, string, string) (IncomingPost, error) {
	return IncomingPost{}, notFound
}

func (t *teams) Thread(ctx context.Context, chat, thread string) (out []IncomingPost, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range t.posts[chat] {
		if p.Thread == thread {
			out = append(out, p)
		}
	}
	return out, t.enter(ctx, "thread", thread)
}

func (t *teams) People(ctx context.Context, ids []string) (out []Person, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, id := range ids {
		if p, ok := t.people[id]; ok {
			out = append(out, p)
		}
	}
	return out, t.enter(ctx, "people", ids...)
}

func (t *teams) Upload(ctx context.Context, _, name, _ string, size int64, r io.Reader, progress func(done, total int64)) (string, error) {
	n, err := io.Copy(io.Discard, r)
	if err != nil || n != size {
		return "", errors.New("cut short")
	}
	progress(n, size)
	t.mu.Lock()
	defer t.mu.Unlock()
	return "file-" + name, t.enter(ctx, "upload", name)
}

func (t *teams) Do(ctx context.Context, d Doing) (DeedDone, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.enter(ctx, "do", string(d.Verb)); err != nil {
		return DeedDone{}, err
	}
	switch d.Verb {
	case VerbPost:
		return t.doPost(d)
	case VerbChat:
		var k ChatState
		if err := json.Unmarshal(d.Payload, &k); err != nil {
			return DeedDone{}, err
		}
		remote := cmp.Or(d.Remote, k.Chat)
		if k.New {
			t.next++
			remote = fmt.Sprint(t.next)
			t.chats[remote] = &IncomingChat{Remote: remote, Type: k.Type, Name: k.Name, Members: append([]string{"1"}, k.Members...), Active: testNow.Add(time.Minute)}
		}
		c := t.chats[remote]
		c.Joined, c.Archived = k.Joined, k.Gone
		reply, err := json.Marshal(c)
		return DeedDone{Remote: remote, Reply: reply}, err
	case VerbMembers:
		return DeedDone{}, nil
	}
	return DeedDone{}, errors.New("what?")
}

func (t *teams) doPost(d Doing) (DeedDone, error) {
	var st PostState
	if err := json.Unmarshal(d.Payload, &st); err != nil {
		return DeedDone{}, err
	}
	remote := cmp.Or(d.Remote, st.Post)
	at := slices.IndexFunc(t.posts[st.Chat], func(p IncomingPost) bool { return p.Remote == remote })
	t.now = t.now.Add(time.Second)
	switch {
	case st.Gone:
		if at >= 0 {
			t.posts[st.Chat] = slices.Delete(t.posts[st.Chat], at, at+1)
		}
		return DeedDone{Remote: remote}, nil
	case st.New:
		t.next++
		p := IncomingPost{Remote: fmt.Sprint(t.next), Chat: st.Chat, Author: "1", Time: d.At.Add(3 * time.Second), Modified: d.At.Add(3 * time.Second), Text: st.Text, Parent: st.Parent, Thread: st.Parent}
		for _, f := range st.Files {
			p.Attachments = append(p.Attachments, Attachment{Remote: f.ID, Kind: PostedFile, Name: f.Name, Size: -1})
		}
		t.posts[st.Chat] = append(t.posts[st.Chat], p)
		reply, err := json.Marshal(p)
		if t.lose {
			t.lose = false
			return DeedDone{}, &api.Error{Unknown: true, Err: errors.New("the line went dead")}
		}
		return DeedDone{Remote: p.Remote, Reply: reply}, err
	case at < 0:
		return DeedDone{}, notFound
	}
	p := &t.posts[st.Chat][at]
	p.Text, p.Modified = st.Text, p.Modified.Add(time.Hour)
	reply, err := json.Marshal(p)
	return DeedDone{Remote: remote, Reply: reply}, err
}

func (t *teams) Sought(ctx context.Context, d Doing) (DeedDone, bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var st PostState
	if err := cmp.Or(t.enter(ctx, "sought"), json.Unmarshal(d.Payload, &st)); err != nil {
		return DeedDone{}, false, err
	}
	for _, p := range t.posts[st.Chat] {
		if p.Author == "1" && p.Text == st.Text && !p.Time.Before(d.At) {
			reply, err := json.Marshal(p)
			return DeedDone{Remote: p.Remote, Reply: reply}, true, err
		}
	}
	return DeedDone{}, false, nil
}

// chatBench is a store with such a service, and a clock.
type chatBench struct {
	*Store
	t   *testing.T
	svc *teams
	acc Account
	now time.Time
}

func newChatBench(t *testing.T) *chatBench {
	t.Helper()
	b := &chatBench{t: t, svc: newTeams("ringcentral:1:101"), now: testNow.Add(time.Hour)}
	s, err := Open(t.Context(), Options{
		Dir: t.TempDir(), Actor: "me@here", Now: func() time.Time { return b.now }, Location: time.UTC,
		After: func(d time.Duration) <-chan time.Time {
			b.now = b.now.Add(d)
			c := make(chan time.Time, 1)
			c <- b.now
			return c
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	b.Store, b.acc = s, addAccount(t, s)
	s.Attach(b.svc)
	for _, box := range s.mailboxes() {
		if err := s.ready(t.Context(), box); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func (b *chatBench) sync() {
	b.t.Helper()
	if err := b.SyncFeeds(b.t.Context(), b.acc.ID); err != nil {
		b.t.Fatal(err)
	}
}

func (b *chatBench) chat(title string) Chat {
	b.t.Helper()
	w, err := b.ChatWindow(b.t.Context(), ChatQuery{}, 0, 0, 100)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range w.Rows {
		if c.Title == title {
			return c
		}
	}
	b.t.Fatalf("no chat %q in %+v", title, w.Rows)
	return Chat{}
}

// texts are the posts of a chat as one reads them.
func (b *chatBench) texts(chat int64) (out []string) {
	b.t.Helper()
	w, err := b.Posts(b.t.Context(), PostQuery{Chat: chat}, FromEnd, 1000, 0)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, p := range w.Rows {
		text := PlainPost(p.Markdown, p.Mentions)
		if p.Removed {
			text = "(removed)"
		}
		if p.Sending {
			text += " (" + p.State.String() + ")"
		}
		if p.Fault != "" {
			text += " (refused)"
		}
		if p.Gap {
			text = "... " + text
		}
		out = append(out, text)
	}
	return out
}

func (b *chatBench) wants(chat int64, want ...string) {
	b.t.Helper()
	if got := b.texts(chat); !slices.Equal(got, want) {
		b.t.Fatalf("posts are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func (b *chatBench) flush() error { return b.Flush(b.t.Context()) }

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
