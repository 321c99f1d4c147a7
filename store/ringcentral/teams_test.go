package ringcentral

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/api"
	rc "switchboard/api/ringcentral"
	"switchboard/api/simulator"
	"switchboard/store"
)

// wallet keeps one token.
type wallet struct {
	mu sync.Mutex
	t  api.Token
}

func (w *wallet) Load(context.Context, string) (api.Token, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.t, nil
}

func (w *wallet) Save(_ context.Context, _ string, t api.Token) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.t = t
	return nil
}

func (w *wallet) Delete(context.Context, string) error { return nil }

// chatter is a mailbox on a simulator whose clock stands still.
type chatter struct {
	*Mailbox
	t   *testing.T
	sim *simulator.Server
	mu  sync.Mutex
	now time.Time
}

func (c *chatter) clock() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *chatter) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newChatter(t *testing.T, cfg simulator.Config) *chatter {
	t.Helper()
	c := &chatter{t: t, now: time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC)}
	cfg.Now, cfg.Seed = c.clock, 7
	if cfg.Messages == 0 {
		cfg.Messages = 50
	}
	var err error
	if c.sim, err = simulator.Start(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.sim.Close() })
	d := c.sim.Description().RingCentral
	auth := &api.OAuth{Name: "RingCentral", BaseURL: d.BaseURL, ClientID: d.ClientID, ClientSecret: d.ClientSecret, JWT: d.JWT, Store: &wallet{}, Account: "a"}
	if _, err := auth.LoginJWT(t.Context(), d.JWT); err != nil {
		t.Fatal(err)
	}
	k, err := api.New(api.Config{
		Name: "RingCentral", BaseURL: d.BaseURL, Hosts: []string{strings.TrimPrefix(d.MediaURL, "http://")}, Auth: auth,
		Retry: api.Retry{Attempts: 3, Initial: time.Millisecond, Max: time.Millisecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	client := rc.New(k, d.MediaURL)
	acc, err := Identify(t.Context(), client)
	if err != nil {
		t.Fatal(err)
	}
	c.Mailbox = New(acc.Key, client)
	return c
}

// doing is a deed as the store hands it over.
func (c *chatter) doing(v store.Verb, payload any) store.Doing {
	c.t.Helper()
	b, err := json.Marshal(payload)
	if err != nil {
		c.t.Fatal(err)
	}
	return store.Doing{Verb: v, Payload: b, At: c.clock()}
}

func (c *chatter) must(v store.Verb, payload any) store.DeedDone {
	c.t.Helper()
	done, err := c.doTeams(c.t.Context(), c.doing(v, payload))
	if err != nil {
		c.t.Fatalf("%s: %v", v, err)
	}
	return done
}

func (c *chatter) named(name string) store.IncomingChat {
	c.t.Helper()
	list, err := c.RecentChats(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	for _, k := range list {
		if k.Name == name {
			return k
		}
	}
	c.t.Fatalf("no chat %q", name)
	return store.IncomingChat{}
}

// newest are the posts of a chat, newest first.
func (c *chatter) newest(chat string) []store.IncomingPost {
	c.t.Helper()
	list, _, err := c.Posts(c.t.Context(), chat, "")
	if err != nil {
		c.t.Fatal(err)
	}
	return list
}

func TestChatsIn(t *testing.T) {
	c := newChatter(t, simulator.Config{Chats: 600, Posts: 600})
	ctx := t.Context()
	me, err := c.Me(ctx)
	if err != nil || me.Remote != "178009114" || me.Name != "Front Desk" {
		t.Errorf("me %+v, %v", me, err)
	}
	recent, err := c.RecentChats(ctx)
	if err != nil || len(recent) != 250 {
		t.Fatalf("%d, %v", len(recent), err)
	}
	marked := 0
	for i, k := range recent {
		if !k.Joined || k.Active.IsZero() || i > 0 && k.Active.After(recent[i-1].Active) {
			t.Errorf("chat %d: %+v", i, k)
		}
		if k.Favorite {
			marked++
		}
	}
	if marked != 2 {
		t.Errorf("%d marked", marked)
	}
	types, open := map[store.ChatType]int{}, 0
	for cursor, n := "", 0; ; n++ {
		list, next, err := c.Chats(ctx, cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range list {
			types[k.Type]++
			if !k.Joined {
				open++
				if !k.Public || k.Type != store.ChatTeam {
					t.Errorf("not joined: %+v", k)
				}
			}
		}
		if cursor = next; next == "" {
			if n != 2 {
				t.Errorf("%d pages", n+1)
			}
			break
		}
	}
	if len(types) != 5 || open == 0 {
		t.Errorf("%v, %d could be joined", types, open)
	}
	if _, err := c.Chat(ctx, "5"); !api.IsNotFound(err) {
		t.Errorf("no such chat: %v", err)
	}
}

func TestPostsIn(t *testing.T) {
	c := newChatter(t, simulator.Config{Posts: 3000})
	ctx := t.Context()
	chat := c.named("Front Desk").Remote
	var all []store.IncomingPost
	for cursor := ""; ; {
		list, next, err := c.Posts(ctx, chat, cursor)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, list...)
		if cursor = next; next == "" {
			break
		}
	}
	seen := map[string]int{}
	for i, p := range all {
		if p.Chat != chat || p.Remote == "" || p.Author == "" || p.Time.IsZero() || i > 0 && !p.Time.Before(all[i-1].Time) {
			t.Errorf("post %d: %+v", i, p)
		}
		if p.Text == "" && p.System == "" && len(p.Attachments) == 0 {
			t.Errorf("an empty post: %+v", p)
		}
		seen[p.System]++
		if len(p.Mentions) > 0 && strings.Contains(store.PlainPost(p.Text, p.Mentions), "@Front Desk") {
			seen["mention of me"]++
		}
		if p.Thread != "" && p.Parent == "" {
			if list, err := c.Thread(ctx, chat, p.Thread); err != nil || len(list) < 2 {
				t.Errorf("thread: %d, %v", len(list), err)
			}
			seen["thread"]++
		}
		if strings.Contains(p.Text, "Event: **Huddle") {
			seen["event"]++
		}
		if strings.Contains(p.Text, "**Queue Watch**") && strings.Contains(p.Text, "Waiting: ") {
			seen["card"]++
		}
		for _, a := range p.Attachments {
			if a.Kind != store.PostedFile || a.URI == "" || a.Remote == "" || a.Size != -1 {
				t.Errorf("file %+v", a)
			}
			if seen[a.Type]++; a.Type != "" && seen[a.Type] == 1 {
				var into buffer
				if got, err := c.Fetch(ctx, a, &into, "", nil, nil); err != nil || got.Bytes == 0 {
					t.Errorf("fetch %s: %+v, %v", a.Name, got, err)
				}
			}
		}
	}
	for _, want := range []string{"", "joined", "added", "mention of me", "thread", "event", "card", "application/pdf", "image/jpeg", "audio/wav", "text/plain", "text/csv"} {
		if seen[want] == 0 {
			t.Errorf("no %q: %v", want, seen)
		}
	}
	if p, err := c.Post(ctx, chat, all[3].Remote); err != nil || p.Text != all[3].Text {
		t.Errorf("%+v, %v", p, err)
	}
}

type buffer struct{ bytes.Buffer }

func (b *buffer) Len() int64   { return int64(b.Buffer.Len()) }
func (b *buffer) Reset() error { b.Buffer.Reset(); return nil }

func TestPeopleIn(t *testing.T) {
	c := newChatter(t, simulator.Config{})
	got, err := c.People(t.Context(), []string{"178009114", "178009130", "900000000001", "178009194", "not-a-number", "5", "178009114"})
	if err != nil || len(got) != 3 || got[1].Name != "Dr. Samira Haddad" || got[0].Company != "" || got[2].Company == "" || got[2].Name == "" {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := c.People(t.Context(), []string{"x"}); err != nil || got != nil {
		t.Errorf("%+v, %v", got, err)
	}
	before := len(c.sim.Requests())
	if _, err := c.People(t.Context(), []string{"900000000009"}); err != nil || len(c.sim.Requests()) != before+1 {
		t.Errorf("%v, %d requests: a company is asked for once", err, len(c.sim.Requests())-before)
	}
}

func TestPostShapes(t *testing.T) {
	for name, tc := range map[string]struct {
		raw  string
		good func(store.IncomingPost) bool
	}{
		"a card without words": {`{"id":"1","groupId":"2","attachments":[{"id":"3","type":"Card","fallback":"only this"}]}`, func(p store.IncomingPost) bool { return p.Text == "only this" }},
		"an event all day":     {`{"id":"1","groupId":"2","text":"see","attachments":[{"id":"3","type":"Event","title":"A *b*","allDay":true,"startTime":"2026-11-20T00:00:00.000+0000","location":"Room 2"}]}`, func(p store.IncomingPost) bool { return p.Text == "see\n\nEvent: **A b**\n2026-11-20 UTC\nRoom 2" }},
		"removed people":       {`{"id":1,"groupId":2,"type":"PersonsRemoved","removedPersonIds":[7]}`, func(p store.IncomingPost) bool { return p.System == "removed" && p.People[0] == "7" }},
		"a file without id": {`{"id":"1","groupId":"2","attachments":[{"type":"File","contentUri":"https://x/y","name":"a.PDF"},{"type":"File"}]}`, func(p store.IncomingPost) bool {
			return len(p.Attachments) == 1 && p.Attachments[0].Remote != "" && p.Attachments[0].Type == "application/pdf"
		}},
		"no chat": {`{"id":"1","type":"Hologram","lastModifiedTime":"2026-11-20T10:00:00Z"}`, func(p store.IncomingPost) bool { return p.Chat == "2" && p.Time.Equal(p.Modified) && !p.Time.IsZero() }},
	} {
		var p rc.Post
		if err := json.Unmarshal([]byte(tc.raw), &p); err != nil {
			t.Fatal(err)
		}
		if in := postIn(p, "2"); in.Remote != "1" || in.Chat != "2" || !tc.good(in) {
			t.Errorf("%s: %+v", name, in)
		}
	}
}

func TestLiveShapes(t *testing.T) {
	m := New("ringcentral:1:7", nil)
	for raw, want := range map[string]struct{ ok, removed bool }{
		`{"id":"1","groupId":"2","eventType":"PostRemoved"}`: {true, true},
		`{"id":"1","eventType":"PostRemoved"}`:               {false, true},
		`{"id":"1","groupId":"2","text":"x","creatorId":"9","creationTime":"2026-11-20T10:00:00.000Z","eventType":"PostAdded"}`: {true, false},
		`{"id":"1","groupId":"2","eventType":"PostChanged"}`:                                                                    {false, false},
	} {
		in, ok, err := livePostIn([]byte(raw))
		if err != nil || ok != want.ok || in.Removed != want.removed {
			t.Errorf("%s: %+v, %v, %v", raw, in, ok, err)
		}
		news, err := m.livePost(&rc.PostEvent{Raw: json.RawMessage(raw)})
		if err != nil || (len(news.Posts) == 1) != want.ok || (len(news.Feeds) == 0) != want.ok {
			t.Errorf("%s: %+v, %v", raw, news, err)
		}
	}
	for raw, want := range map[string]store.IncomingChat{
		`{"id":"2","type":"Team","name":"A","isPublic":false,"members":["7"],"eventType":"GroupJoined"}`: {Remote: "2", Name: "A", Type: store.ChatTeam, Joined: true, Members: []string{"7"}},
		`{"id":"2","type":"Team","name":"A","members":[],"eventType":"GroupLeft"}`:                       {Remote: "2", Name: "A", Type: store.ChatTeam},
		`{"id":"2","type":"Team","name":"A","members":["7"],"eventType":"GroupChanged"}`:                 {Remote: "2"},
	} {
		in, err := m.liveChatIn([]byte(raw))
		if err != nil || fmt.Sprint(in) != fmt.Sprint(want) {
			t.Errorf("%s: %+v, %v", raw, in, err)
		}
	}
	if _, _, err := livePostIn([]byte(`{"id":[]}`)); err == nil {
		t.Error("nonsense was taken for a post")
	}
}

// TestOlderTeams: on an older service chats and posts are there all the same.
func TestOlderTeams(t *testing.T) {
	for _, age := range []string{"2019", "2018"} {
		c := newChatter(t, simulator.Config{})
		if err := c.sim.SetTeamsAge(age); err != nil {
			t.Fatal(err)
		}
		if me, err := c.Me(t.Context()); err != nil || me.Remote != "178009114" {
			t.Errorf("%s: me %+v, %v", age, me, err)
		}
		chat := c.named("Refill Requests").Remote
		made := c.must(store.VerbPost, store.PostState{Chat: chat, Text: "hello", New: true})
		c.must(store.VerbPost, store.PostState{Chat: chat, Post: made.Remote, Text: "hello again"})
		if p := c.newest(chat)[0]; p.Text != "hello again" || p.Remote != made.Remote {
			t.Errorf("%s: %+v", age, p)
		}
		if _, err := c.Thread(t.Context(), chat, "5"); !errors.Is(err, rc.ErrTooOld) {
			t.Errorf("%s: a thread: %v", age, err)
		}
	}
}

// FuzzPost: whatever a post says, it becomes one that can be taken in, and its
// mentions become names without end or panic.
func FuzzPost(f *testing.F) {
	f.Add(`{"id":"1","groupId":"2","text":"![:Person](7) hi","mentions":[{"id":"7","type":"Person","name":"A"}]}`)
	f.Add(`{"id":1,"type":"PersonsAdded","addedPersonIds":[1,"2"],"creationTime":"2026-11-20T10:00:00"}`)
	f.Add(`{"id":"1","attachments":[{"type":"File","name":"../x"},{"type":"Card","fields":[{"title":"a"}]},{"type":"Event","startTime":"2026-11-20"}]}`)
	f.Add(`{"id":"1","text":"![:Person](![:Person](![:"}`)
	f.Fuzz(func(t *testing.T, raw string) {
		var p rc.Post
		if json.Unmarshal([]byte(raw), &p) != nil {
			return
		}
		in := postIn(p, "2")
		if in.Remote != string(p.ID) || in.Chat == "" || len(in.Attachments) > len(p.Attachments) {
			t.Errorf("%+v", in)
		}
		for _, a := range in.Attachments {
			if a.Remote == "" {
				t.Errorf("a file that has no name: %+v", a)
			}
		}
		plain := store.PlainPost(in.Text, in.Mentions)
		if again := store.PlainPost(plain, nil); len(again) > len(plain)+len(raw) {
			t.Errorf("%q grows to %q", plain, again)
		}
	})
}
