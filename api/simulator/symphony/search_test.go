package symphony

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func TestSearch(t *testing.T) {
	b := start(t, Config{Seed: 7, Streams: 12, Messages: 1500})
	room := b.s.Room("Front Desk & Payers")
	id, err := b.s.Say(room, "a zebra, and its remittance")
	if err != nil {
		t.Fatal(err)
	}
	in := strings.TrimSpace(room)
	get := func(query, more string) answer {
		return b.get("/agent/v1/message/search?query=" + url.QueryEscape(query) + more)
	}
	for _, tc := range []struct {
		query  string
		status int
	}{
		{"text:zebra", 400},
		{"text:zebra AND streamId:" + in, 200},
		{"text:ZEBRA remittance AND streamId:" + in, 200},
		{"text:zebrafish AND streamId:" + in, 204},
		{"flavour:sweet", 400},
		{"nothing", 400},
		{"author:x", 400},
		{"hashtag:refills", 200},
		{"hashtag:nothing", 204},
		{"mention:7078106103809", 200},
		{"streamId:" + standard(in) + " AND text:zebra", 200},
		{"streamType:tower AND hashtag:refills", 400},
	} {
		if a := get(tc.query, ""); a.status != tc.status {
			t.Errorf("%s: %d %.100s, want %d", tc.query, a.status, a.body, tc.status)
		}
	}
	found := decode[[]seen](t, b.do("POST", "/agent/v1/message/search", `{"text":"zebra","streamId":"`+in+`"}`))
	if len(found) != 1 || found[0].ID != id {
		t.Errorf("%d found", len(found))
	}
	all := decode[[]seen](t, get("mention:7078106103809", "&limit=1000"))
	part := decode[[]seen](t, get("mention:7078106103809", "&skip=3&limit=2"))
	up := decode[[]seen](t, get("mention:7078106103809", "&sortDir=ASC&limit=1000"))
	if len(all) < 6 || len(part) != 2 || part[0].ID != all[3].ID || up[0].At != all[len(all)-1].At {
		t.Errorf("%d and %d found", len(all), len(part))
	}
	for _, m := range all {
		if !strings.Contains(m.Body, "@Front Desk") {
			t.Errorf("found without a mention: %s", m.Body)
		}
	}
}

func TestUsers(t *testing.T) {
	b := start(t, Config{Seed: 7, Streams: 12, Messages: 300})
	for _, tc := range []struct {
		query     string
		status, n int
		bad       int
	}{
		{"uid=7078106103809,7078106103810", 200, 2, 0},
		{"uid=7", 204, 0, 0},
		{"uid=x", 200, 0, 1},
		{"email=front.desk@harborstreet.example", 200, 1, 0},
		{"email=none", 200, 0, 1},
		{"username=FRONT.DESK", 200, 1, 0},
		{"", 400, 0, 0},
		{"uid=1&email=2", 400, 0, 0},
		{"uid=" + strings.Repeat("1,", 100) + "1", 400, 0, 0},
	} {
		a := b.get("/pod/v3/users?" + tc.query)
		if a.status != tc.status {
			t.Errorf("%.40s: %d %.100s, want %d", tc.query, a.status, a.body, tc.status)
		}
		if a.status == 200 {
			if w := decode[wireUsers](t, a); len(w.Users) != tc.n || len(w.Errors) != tc.bad {
				t.Errorf("%s: %+v", tc.query, w)
			}
		}
	}
	found := decode[wireFound](t, b.do("POST", "/pod/v1/user/search?limit=5", `{"query":"desk"}`))
	if found.Count == 0 || len(found.Users) > 5 {
		t.Errorf("%+v", found)
	}
	if a := b.do("POST", "/pod/v1/user/search", `{"query":"nobody at all"}`); a.status != 204 {
		t.Errorf("%d", a.status)
	}
	me := decode[wireUser](t, b.get("/pod/v2/sessioninfo"))
	if me.Username != "front.desk" || me.Type != "SYSTEM" || me.ID != b.s.data.me() {
		t.Errorf("%+v", me)
	}
}

func TestPresence(t *testing.T) {
	b := start(t, Config{Seed: 7, Streams: 12, Messages: 300})
	var all []wirePresence
	for last := int64(0); ; {
		page := decode[[]wirePresence](t, b.get(fmt.Sprintf("/pod/v2/users/presence?limit=20&lastUserId=%d", last)))
		if len(page) == 0 {
			break
		}
		for _, p := range page {
			if p.User <= last {
				t.Fatalf("%d after %d", p.User, last)
			}
			last = p.User
		}
		all = append(all, page...)
	}
	if len(all) < 40 {
		t.Errorf("%d presences", len(all))
	}
	who := all[3].User
	if !b.s.SetPresence(who, "IN_A_MEETING") || b.s.SetPresence(who, "ASLEEP") || b.s.SetPresence(5, "AWAY") {
		t.Error("set what cannot be, or not what can")
	}
	if p := decode[wirePresence](t, b.get(fmt.Sprintf("/pod/v3/user/%d/presence", who))); p.Category != "IN_A_MEETING" || p.User != who {
		t.Errorf("%+v", p)
	}
	if a := b.get("/pod/v3/user/5/presence"); a.status != 404 {
		t.Errorf("nobody's: %d", a.status)
	}
	if a := b.get("/pod/v2/user/presence"); a.status != 200 {
		t.Errorf("one's own: %d", a.status)
	}
	count := func(query string) int {
		return len(decode[[]wireConnection](t, b.get("/pod/v1/connection/list"+query)))
	}
	if all, pending := count("?status=ALL"), count(""); all <= pending || pending == 0 || count("?status=ACCEPTED&userIds=7078106103812") != 1 {
		t.Errorf("%d connections, %d pending", all, pending)
	}
	if a := b.get("/pod/v1/connection/list?status=LOVED"); a.status != 400 {
		t.Errorf("%d", a.status)
	}
	id := b.say("who reads this?")
	status := b.get("/pod/v1/message/" + id + "/status")
	if status.status != 200 || !strings.Contains(string(status.body), `"userId":"70`) {
		t.Errorf("%d %s", status.status, status.body)
	}
	if a := b.get("/agent/v3/health", "sessionToken: "); a.status != 200 {
		t.Errorf("health without a session: %d", a.status)
	}
	if a := b.get("/agent/v1/info"); !strings.Contains(string(a.body), `"version":"Agent-25.8.1-3"`) {
		t.Errorf("%s", a.body)
	}
}
