package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/api/simulator/corpus/teams"
)

type chatList struct {
	Records []wireChat `json:"records"`
	Tokens  wireTokens `json:"navigation"`
}

const tm = "/team-messaging/v1"

func (p *person) chats(path string) chatList {
	p.t.Helper()
	a := p.get(tm + path)
	if a.status != 200 {
		p.t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	return decode[chatList](p.t, a)
}

func (p *person) posts(path string) postPage {
	p.t.Helper()
	a := p.get(tm + path)
	if a.status != 200 {
		p.t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	return decode[postPage](p.t, a)
}

// TestPostPages: pages lead there and back, the token carries the filters, and
// posts that arrive meanwhile shift nothing.
func TestPostPages(t *testing.T) {
	p := start(t, Config{Messages: 50, Seed: 4})
	chat := itoa(teams.ChatID(2))
	var all []string
	var pages []postPage
	path := "/chats/" + chat + "/posts?recordCount=17"
	for n := 0; ; n++ {
		page := p.posts(path)
		pages = append(pages, page)
		for _, r := range page.Records {
			all = append(all, r.ID)
		}
		if n == 1 {
			if _, err := p.s.Post(LivePost{Chat: chat, Text: "meanwhile"}); err != nil {
				t.Fatal(err)
			}
		}
		if page.Tokens.Next == "" {
			break
		}
		if len(page.Records) != 17 {
			t.Errorf("page %d has %d posts", n, len(page.Records))
		}
		path = "/chats/" + chat + "/posts?pageToken=" + page.Tokens.Next
	}
	if len(all) != p.s.teams.base.Count(2) || len(slices.Compact(slices.Clone(all))) != len(all) {
		t.Errorf("%d posts, want %d", len(all), p.s.teams.base.Count(2))
	}
	back := p.posts("/chats/" + chat + "/posts?pageToken=" + pages[2].Tokens.Prev)
	for i, r := range back.Records {
		if r.ID != pages[1].Records[i].ID {
			t.Errorf("on the way back post %d is %s, was %s", i, r.ID, pages[1].Records[i].ID)
		}
	}
	if newest := p.posts("/chats/" + chat + "/posts?recordCount=1"); *newest.Records[0].Text != "meanwhile" {
		t.Errorf("newest %+v", newest.Records[0])
	}
	for _, bad := range []string{"?pageToken=x", "?recordCount=251", "?recordCount=0", "?pageToken=" + p.chats("/chats?recordCount=5").Tokens.Next} {
		if a := p.get(tm + "/chats/" + chat + "/posts" + bad); a.status != 400 {
			t.Errorf("%s: %d", bad, a.status)
		}
	}
}

// TestMembership: what one is not in can be seen if it is public, and not read.
func TestMembership(t *testing.T) {
	p := start(t, Config{Messages: 50, Chats: 60, Seed: 4})
	var open string
	for path := "/chats?type=Team&recordCount=20"; open == ""; {
		page := p.chats(path)
		for _, k := range page.Records {
			if !slices.ContainsFunc(k.Members, func(m wireMember) bool { return m.ID == itoa(me()) }) {
				if open = k.ID; !*k.Public {
					t.Errorf("a private team of others: %+v", k)
				}
			}
		}
		if path = "/chats?pageToken=" + page.Tokens.Next; page.Tokens.Next == "" {
			break
		}
	}
	for _, k := range p.chats("/recent/chats?recordCount=250").Records {
		if k.ID == open {
			t.Error("somebody else's team is recent")
		}
	}
	if a := p.get(tm + "/chats/" + open + "/posts"); a.status != 403 {
		t.Errorf("posts of others: %d", a.status)
	}
	if a := p.do("POST", tm+"/teams/"+open+"/join", ""); a.status != 204 {
		t.Errorf("join: %d %s", a.status, a.body)
	}
	if got := p.posts("/chats/" + open + "/posts"); got.Records[0].Type != "PersonJoined" {
		t.Errorf("%+v", got.Records[0])
	}
	if first := p.chats("/recent/chats?recordCount=1").Records[0]; first.ID != open {
		t.Errorf("most recent %+v", first)
	}
	for i := range 60 {
		if k, _ := p.s.teams.chat(i); !k.Mine && !k.Public && k.Type != teams.Everyone {
			if a := p.get(tm + "/chats/" + itoa(k.ID)); a.status != 404 {
				t.Errorf("a private chat of others: %d", a.status)
			}
		}
	}
}

// TestPostEvents: what happens is told, in the form of the service.
func TestPostEvents(t *testing.T) {
	p := start(t, Config{Messages: 50, Seed: 4})
	var got []wirePost
	p.s.teams.mu.Lock()
	k, _ := p.s.teams.chat(2)
	p.s.teams.mu.Unlock()
	chat := itoa(k.ID)
	id, err := p.s.Post(LivePost{Chat: "front desk", As: "112", Text: "![:Person](178009114) look"})
	if err != nil {
		t.Fatal(err)
	}
	read := func() wirePost { return decode[wirePost](t, p.get(tm+"/chats/"+chat+"/posts/"+id)) }
	if got = append(got, read()); got[0].Creator != "178009130" || len(got[0].Mentions) != 1 || got[0].Mentions[0].Name != "Front Desk" {
		t.Errorf("%+v", got[0])
	}
	p.clock.Add(time.Minute)
	if err := p.s.EditPost(id, "look here"); err != nil {
		t.Fatal(err)
	}
	if now := read(); *now.Text != "look here" || len(now.Mentions) != 0 || now.Modified <= got[0].Modified || now.Created != got[0].Created {
		t.Errorf("%+v", now)
	}
	answer, err := p.s.Post(LivePost{Chat: chat, Parent: id, Text: "seen"})
	if err != nil {
		t.Fatal(err)
	}
	if now := read(); !now.IsParent || len(p.posts("/chats/"+chat+"/threads/"+now.Thread+"/posts").Records) != 2 {
		t.Errorf("%+v", now)
	}
	for _, step := range []struct {
		path, body string
		want       int
	}{
		{"/remove-post", `{"id":"` + id + `"}`, 200},
		{"/remove-post", `{"id":"` + id + `"}`, 404},
		{"/edit-post", `{"id":"` + answer + `","text":"seen it"}`, 200},
		{"/post", `{"chat":"` + chat + `","as":"131","file":true}`, 200},
		{"/post", `{"chat":"nowhere"}`, 404},
		{"/post", `{"as":"9"}`, 404},
		{"/post-limit", `{"limit":1}`, 200},
		{"/teams-age", `{"age":"2017"}`, 400},
	} {
		if a := p.control(step.path, step.body); a.status != step.want {
			t.Errorf("%s %s: %d %s", step.path, step.body, a.status, a.body)
		}
	}
	if a := p.get(tm + "/chats/" + chat + "/posts/" + id); a.status != 404 {
		t.Errorf("a removed post: %d", a.status)
	}
	for n, want := range []int{201, 500} {
		if a := p.do("POST", tm+"/chats/"+chat+"/posts", `{"text":"mine"}`); a.status != want {
			t.Errorf("post %d of a day of one: %d", n, a.status)
		}
	}
	p.clock.Add(24 * time.Hour)
	p.token = p.signIn().AccessToken
	if a := p.do("POST", tm+"/chats/"+chat+"/posts", `{"text":"mine"}`); a.status != 201 {
		t.Errorf("the next day: %d", a.status)
	}
}

func TestTeamFiles(t *testing.T) {
	p := start(t, Config{Messages: 50, Seed: 4})
	kinds := map[string]int{}
	var uri string
	for _, k := range p.chats("/recent/chats?recordCount=250").Records {
		for _, r := range p.posts("/chats/" + k.ID + "/posts?recordCount=250").Records {
			for _, f := range r.Attachments {
				if f.Type != "File" || kinds["all"] > 40 {
					continue
				}
				uri = f.URI
				a := p.get(f.URI)
				if a.status != 200 || len(a.body) == 0 {
					t.Fatalf("%s: %d", f.Name, a.status)
				}
				kinds[a.header.Get("Content-Type")]++
				kinds["all"]++
			}
		}
	}
	if len(kinds) < 5 {
		t.Error(kinds)
	}
	p.token, p.client.CheckRedirect = "", nil
	if a := p.get(uri + "?access_token=" + p.signIn().AccessToken); a.status != 401 {
		t.Errorf("a token in the address: %d", a.status)
	}
	p.token = p.signIn().AccessToken
	a := p.do("POST", tm+"/files?name=raw.bin", "raw bytes", "Content-Type: application/octet-stream")
	if files := decode[[]wireFile](t, a); a.status != 200 || len(files) != 1 || files[0].Name != "raw.bin" || string(p.get(files[0].URI).body) != "raw bytes" {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := p.do("POST", tm+"/files", strings.Repeat("x", 30<<20+1), "Content-Type: application/octet-stream"); a.status != 413 {
		t.Errorf("too large: %d", a.status)
	}
	if a := p.do("POST", tm+"/chats/"+itoa(teams.ChatID(1))+"/posts", `{"attachments":[{"id":"5","type":"File"}]}`); a.status != 400 {
		t.Errorf("a file that is none: %d", a.status)
	}
}

// TestTeamGroups: every call counts in its own rate group.
func TestTeamGroups(t *testing.T) {
	p := start(t, Config{Messages: 50, Seed: 4})
	chat := itoa(teams.ChatID(2))
	for call, want := range map[string]string{
		"GET /chats": "medium", "GET /chats/" + chat: "light", "GET /recent/chats": "light", "GET /favorites": "light", "GET /chats/" + chat + "/posts": "medium",
		"GET /chats/" + chat + "/posts/1": "light", "POST /chats/" + chat + "/posts": "medium", "POST /files": "heavy", "GET /persons/178009114": "light",
		"GET /companies/~": "light", "GET /webhooks": "medium", "POST /teams": "medium", "GET /everyone": "light", "GET /teams": "medium",
	} {
		method, path, _ := strings.Cut(call, " ")
		if got := p.do(method, tm+path, "").header.Get("X-Rate-Limit-Group"); got != want {
			t.Errorf("%s counts as %q, want %q", call, got, want)
		}
	}
	p.s.Limited(true)
	if a := p.do("POST", tm+"/chats/"+chat+"/posts", `{"text":"x"}`); a.status != 503 {
		t.Errorf("limited mode: %d", a.status)
	}
	p.s.Limited(false)
	p.s.Deny("TeamMessaging", true)
	if a := p.get(tm + "/recent/chats"); a.status != 403 || a.code() != "CMN-401" {
		t.Errorf("without the permission: %d", a.status)
	}
}

// TestManyChats: ten thousand chats with as many posts are no burden.
func TestManyChats(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	p := start(t, Config{Messages: 50, Chats: 10_000, Posts: 20_000, Directory: 2_000, Seed: 4})
	n := 0
	for path := "/chats?recordCount=250"; ; {
		page := p.chats(path)
		n += len(page.Records)
		if path = "/chats?pageToken=" + url.QueryEscape(page.Tokens.Next); page.Tokens.Next == "" {
			break
		}
	}
	if n < 9_000 || len(p.chats("/recent/chats?recordCount=250").Records) != 250 {
		t.Errorf("%d chats", n)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 16<<20 {
		t.Errorf("%d MB are held", grown>>20)
	}
}

// TestChatter: posts arrive by themselves.
func TestChatter(t *testing.T) {
	p := start(t, Config{Messages: 50, Seed: 4, Traffic: time.Millisecond})
	total := func() (n int) {
		p.s.teams.mu.Lock()
		defer p.s.teams.mu.Unlock()
		for _, ps := range p.s.teams.posts {
			n += len(ps.late) + len(ps.over)
		}
		return n
	}
	deadline := time.After(10 * time.Second)
	for total() < 20 {
		select {
		case <-deadline:
			t.Fatalf("%d posts", total())
		default:
			runtime.Gosched()
		}
	}
}

// TestTeamsSame: the same seed gives the same answers.
func TestTeamsSame(t *testing.T) {
	a, b := start(t, Config{Messages: 50, Seed: 4}), start(t, Config{Messages: 50, Seed: 4})
	for _, path := range []string{"/chats?recordCount=250", "/chats/" + itoa(teams.ChatID(4)) + "/posts?recordCount=250"} {
		x := bytes.ReplaceAll(a.get(tm+path).body, []byte(a.d.MediaURL), nil)
		if y := bytes.ReplaceAll(b.get(tm+path).body, []byte(b.d.MediaURL), nil); !bytes.Equal(x, y) || !json.Valid(x) {
			t.Errorf("%s differs: %s", path, fmt.Sprintf("%.300s\n%.300s", x, y))
		}
	}
}
