package ringcentral

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/api"
)

// TestChatShapes reads chats as today's calls, older ones and events write them.
func TestChatShapes(t *testing.T) {
	at := time.Date(2026, 11, 19, 8, 7, 6, 0, time.UTC)
	for name, tc := range map[string]struct {
		raw  string
		good func(Chat) bool
	}{
		"today's":          {`{"id":"12","type":"Team","public":true,"name":"A","status":"Archived","creationTime":"2026-11-19T08:07:06.000Z","members":[{"id":"7"},{"id":"8"}]}`, func(k Chat) bool { return k.Public && k.Status == "Archived" && slices.Equal(k.Members, ids("7", "8")) }},
		"ids as numbers":   {`{"id":12,"type":"Team","creationTime":"2026-11-19T08:07:06.000Z","members":[{"id":9007199254740993},8]}`, func(k Chat) bool { return slices.Equal(k.Members, ids("9007199254740993", "8")) }},
		"older":            {`{"id":"12","type":"PrivateChat","isPublic":false,"creationTime":"2026-11-19T08:07:06Z","members":["7","8"]}`, func(k Chat) bool { return k.Type == ChatDirect && len(k.Members) == 2 }},
		"older, personal":  {`{"id":"12","type":"PersonalChat","creationTime":"2026-11-19T08:07:06.000+0000","members":["7"]}`, func(k Chat) bool { return k.Type == ChatPersonal }},
		"older, public":    {`{"id":"12","type":"Team","isPublic":true,"creationTime":"2026-11-19T08:07:06","name":"A"}`, func(k Chat) bool { return k.Public && k.Members == nil }},
		"of tomorrow":      {`{"id":"12","type":"Hologram","creationTime":"2026-11-19T08:07:06Z","status":"Frozen","x":{"y":[1]},"members":[{"name":"no id"},null,{"id":"7","role":"Boss"}]}`, func(k Chat) bool { return k.Type == "Hologram" && slices.Equal(k.Members, ids("7")) }},
		"an event":         {`{"id":"12","eventType":"GroupJoined","type":"Group","creationTime":"2026-11-19T08:07:06.000+0000","members":["7"]}`, func(k Chat) bool { return k.EventType == "GroupJoined" }},
		"nothing but when": {`{"id":"12","creationTime":"2026-11-19T08:07:06Z","name":null,"members":null,"lastModifiedTime":null}`, func(k Chat) bool { return k.Type == "" && k.LastModifiedTime.IsZero() }},
	} {
		var k Chat
		if err := json.Unmarshal([]byte(tc.raw), &k); err != nil || k.ID != "12" || !k.CreationTime.Equal(at) || !tc.good(k) {
			t.Errorf("%s: %+v, %v", name, k, err)
		}
	}
	for _, bad := range []string{`[]`, `{"id":1.5}`, `{"members":[[1]]}`, `{"creationTime":"yesterday"}`} {
		var k Chat
		if err := json.Unmarshal([]byte(bad), &k); err == nil {
			t.Errorf("%s became %+v", bad, k)
		}
	}
}

func TestPostShapes(t *testing.T) {
	for name, tc := range map[string]struct {
		raw  string
		good func(Post) bool
	}{
		"an answer with a file": {
			`{"id":"5","groupId":"12","type":"TextMessage","text":"hi","creatorId":"7","creationTime":"2026-11-19T08:07:06.123Z","parentPostId":"4","threadId":"44","attachments":[{"id":"9","type":"File","name":"a.pdf","contentUri":"https://dl.example/f/9"}],"mentions":[{"id":"7","type":"Person","name":"A B"}]}`,
			func(p Post) bool {
				return p.ParentPostID == "4" && p.Attachments[0].ContentURI != "" && p.Mentions[0].Name == "A B" && p.ChatID == "12"
			},
		},
		"numbers":    {`{"id":5,"groupId":12,"creatorId":7,"addedPersonIds":[8,"9"],"type":"PersonsAdded"}`, func(p Post) bool { return p.CreatorID == "7" && slices.Equal(p.AddedPersonIDs, ids("8", "9")) }},
		"removed":    {`{"id":"5","groupId":"12","eventType":"PostRemoved"}`, func(p Post) bool { return p.EventType == "PostRemoved" && p.Text == "" }},
		"undreamt":   {`{"id":"5","type":"Hologram","attachments":[{"id":"1","type":"Scent"}],"removedPersonIds":["3"],"new":true}`, func(p Post) bool { return p.Type == "Hologram" && p.Attachments[0].Type == "Scent" }},
		"nulls":      {`{"id":"5","text":null,"attachments":null,"mentions":null,"creationTime":null,"parentPostId":null}`, func(p Post) bool { return p.CreationTime.IsZero() && p.Attachments == nil }},
		"other zone": {`{"id":"5","creationTime":"2026-11-19T08:07:06.000+0000"}`, func(p Post) bool { return p.CreationTime.Hour() == 8 }},
		"a card": {`{"id":"5","attachments":[{"id":"1","type":"Card","fallback":"f","author":{"name":"Bot"},"fields":[{"title":"a","value":"b"}],"footnote":{"text":"x"}}]}`, func(p Post) bool {
			return p.Attachments[0].Fields[0].Value == "b" && p.Attachments[0].Author.Name == "Bot"
		}},
	} {
		var p Post
		if err := json.Unmarshal([]byte(tc.raw), &p); err != nil || p.ID != "5" || !tc.good(p) {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}

// TestTeamPages: one broken record does not stop a list, and lists go on by
// whichever token leads on.
func TestTeamPages(t *testing.T) {
	c, seen, _ := clientFor(t, answer(200, "application/json", `{"records":[{"id":"1"},{"id":"2","creationTime":"soon"},{"id":"3"}],"navigation":{"nextPageToken":"n=1&x"}}`))
	list, err := c.Posts(t.Context(), "12", PostQuery{Count: 999})
	if err != nil || len(list.Records) != 2 || len(list.Broken) != 1 || list.Broken[0].ID != "2" || list.Next == "" {
		t.Fatalf("%+v, %v", list, err)
	}
	if _, err = c.Posts(t.Context(), "12", PostQuery{Count: 50, Next: list.Next}); err != nil {
		t.Fatal(err)
	}
	if got := []string{(*seen)[0].query, (*seen)[1].query}; !slices.Equal(got, []string{"recordCount=250", "pageToken=n%3D1%26x"}) {
		t.Errorf("asked %q: a token goes alone", got)
	}
	page := func(id, prev, next string) string {
		records := ""
		if id != "" {
			records = `{"id":"` + id + `"}`
		}
		return fmt.Sprintf(`{"records":[%s],"navigation":{"prevPageToken":%q,"nextPageToken":%q}}`, records, prev, next)
	}
	for name, pages := range map[string]map[string]string{
		"by the next":               {"": page("1", "", "b"), "b": page("2", "a", "c"), "c": page("3", "b", "")},
		"by the previous":           {"": page("1", "b", ""), "b": page("2", "c", "a"), "c": page("3", "", "b")},
		"by the previous, and back": {"": page("1", "b", "0"), "b": page("2", "c", "a"), "c": page("3", "c", "b")},
		"a previous one for show":   {"": page("1", "0", "b"), "0": page("", "", ""), "b": page("2", "a", "c"), "c": page("3", "b", "")},
		"to itself":                 {"": page("1", "", "b"), "b": page("2", "", "c"), "c": page("3", "", "c")},
	} {
		c, seen, _ := clientFor(t, func(w http.ResponseWriter, r *http.Request) {
			body, ok := pages[r.URL.Query().Get("pageToken")]
			if !ok {
				t.Errorf("%s: asked %s", name, r.URL)
			}
			answer(200, "application/json", body)(w, r)
		})
		var got []ID
		for q := (ChatQuery{}); ; {
			list, err := c.Chats(t.Context(), q)
			if err != nil || len(*seen) > 9 {
				t.Fatalf("%s: %d requests, %v", name, len(*seen), err)
			}
			for _, k := range list.Records {
				got = append(got, k.ID)
			}
			if q.Next = list.Next; q.Next == "" {
				break
			}
		}
		if !slices.Equal(got, ids("1", "2", "3")) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestTeamsMoved: the older twin is asked once, and remembered.
func TestTeamsMoved(t *testing.T) {
	unknown := answer(404, "application/json", `{"errorCode":"CMN-120","message":"Invalid URI"}`)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /restapi/v1.0/glip/groups", answer(200, "application/json", `{"records":[{"id":"1","type":"PrivateChat","members":["7","8"],"lastModifiedTime":"2026-01-01T00:00:00Z"},{"id":"2","type":"Team","lastModifiedTime":"2026-01-02T00:00:00Z"}]}`))
	mux.HandleFunc("GET /restapi/v1.0/glip/persons/{id}", answer(200, "application/json", `{"id":"7","firstName":"A"}`))
	mux.HandleFunc("/", unknown)
	c, seen, _ := clientFor(t, mux.ServeHTTP)
	ctx := t.Context()
	list, err := c.RecentChats(ctx, 1)
	if err != nil || len(list.Records) != 1 || list.Records[0].ID != "2" {
		t.Fatalf("%+v, %v", list, err)
	}
	*seen = nil
	if list, err = c.Chats(ctx, ChatQuery{Types: []string{ChatDirect, ChatGroup}}); err != nil || len(list.Records) != 1 || list.Records[0].Type != ChatDirect {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := c.Persons(ctx, ids("7")); err != nil {
		t.Error(err)
	}
	if _, err := c.Post(ctx, "1", "2"); !api.IsNotFound(err) {
		t.Errorf("a post: %v", err)
	}
	for _, r := range *seen {
		if !strings.HasPrefix(r.path, glipPath) {
			t.Errorf("asked %s again", r.path)
		}
	}
	// A person who is not there does not prove that the path is.
	c, seen, _ = clientFor(t, mux.ServeHTTP)
	if got, err := c.Persons(ctx, ids("7")); err != nil || got[0].Err != nil || len(*seen) != 2 {
		t.Errorf("%+v, %v, %d requests", got, err, len(*seen))
	}
	// On today's service a 404 is a 404.
	c, seen, _ = clientFor(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == teamPath+"/everyone" {
			answer(200, "application/json", `{"id":"1"}`)(w, r)
			return
		}
		unknown(w, r)
	})
	if _, err := c.CreatePost(ctx, "1", NewPost{Text: "x", Parent: "2"}); !api.IsNotFound(err) || errors.Is(err, ErrTooOld) {
		t.Errorf("nobody knows the chat: %v", err)
	}
	if _, err := c.Everyone(ctx); err != nil {
		t.Error(err)
	}
	*seen = nil
	if _, err := c.Chat(ctx, "5"); !api.IsNotFound(err) || len(*seen) != 1 {
		t.Errorf("%v after %d requests", err, len(*seen))
	}
}

// TestPostsSent: what the service would refuse is not sent, and what was sent
// with a lost answer is an unknown outcome, not sent again.
func TestPostsSent(t *testing.T) {
	c, seen, _ := clientFor(t, answer(201, "application/json", `{"id":77,"groupId":"1","text":"x"}`))
	ctx := t.Context()
	many := make([]ID, 26)
	for i := range many {
		many[i] = ID(fmt.Sprint(i + 1))
	}
	for name, tc := range map[string]struct {
		chat ID
		p    NewPost
		want error
	}{
		"nothing":    {"1", NewPost{Text: " \n"}, ErrEmptyPost},
		"long":       {"1", NewPost{Text: strings.Repeat("é", 10_001)}, ErrTooLong},
		"many files": {"1", NewPost{Files: many}, ErrTooMany},
		"odd file":   {"1", NewPost{Files: ids("1,2")}, api.ErrNoIDs},
		"odd chat":   {"../1", NewPost{Text: "x"}, api.ErrNoIDs},
		"no chat":    {"", NewPost{Text: "x"}, api.ErrNoIDs},
		"odd parent": {"1", NewPost{Text: "x", Parent: "*"}, api.ErrNoIDs},
	} {
		if _, err := c.CreatePost(ctx, tc.chat, tc.p); !errors.Is(err, tc.want) || len(*seen) > 0 {
			t.Errorf("%s: %v, %d requests", name, err, len(*seen))
		}
	}
	if err := c.DeletePost(ctx, "1", ""); !errors.Is(err, api.ErrNoIDs) || len(*seen) > 0 {
		t.Errorf("a removal of nothing: %v", err)
	}
	if err := c.DeleteTeam(ctx, ""); !errors.Is(err, api.ErrNoIDs) || len(*seen) > 0 {
		t.Errorf("a removal of no team: %v", err)
	}
	p, err := c.CreatePost(ctx, "1", NewPost{Text: strings.Repeat("é", 10_000), Parent: "5", Files: many[:25]})
	if err != nil || p.ID != "77" || !strings.Contains((*seen)[0].body, `"parentPostId":"5","attachments":[{"id":"1","type":"File"},`) {
		t.Errorf("%+v, %v: %.200s", p, err, (*seen)[0].body)
	}
	for name, h := range map[string]http.HandlerFunc{
		"gateway": answer(502, "text/html", "<html>"), "half": answer(201, "application/json", `{"id":`), "no id": answer(201, "application/json", `{}`),
		"cut": func(w http.ResponseWriter, _ *http.Request) {
			if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
				_, _ = io.WriteString(conn, "HTTP/1.1 2")
				_ = conn.Close()
			}
		},
	} {
		c, seen, _ := clientFor(t, h)
		if _, err := c.CreatePost(ctx, "1", NewPost{Text: "x"}); !api.IsUnknown(err) || len(*seen) != 1 {
			t.Errorf("%s: %v (unknown %v), %d requests", name, err, api.IsUnknown(err), len(*seen))
		}
		if _, err := c.CreateTeam(ctx, NewTeam{Name: "x"}); !api.IsUnknown(err) || len(*seen) != 2 {
			t.Errorf("%s, a team: %v, %d requests", name, err, len(*seen))
		}
	}
	c, seen, _ = clientFor(t, answer(500, "application/json", `{"errorCode":"CMN-203","message":"You have exceeded your limits for this action"}`))
	if _, err := c.CreatePost(ctx, "1", NewPost{Text: "x"}); !IsPostLimit(err) || len(*seen) != 1 {
		t.Errorf("limit: %v", err)
	}
}
