package symphony_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"switchboard/api"
	sym "switchboard/api/symphony"
)

func nothing(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

func TestUsers(t *testing.T) {
	const path = "/pod/v3/users"
	s := newServers(t)
	s.on("GET "+path, func(w http.ResponseWriter, r *http.Request) {
		var list []map[string]any
		for _, id := range strings.Split(r.URL.Query().Get("uid"), ",") {
			n, _ := strconv.Atoi(id)
			list = append(list, map[string]any{"id": n, "displayName": "U" + id, "firstName": nil})
		}
		answer(w, 200, map[string]any{"users": list, "errors": []map[string]any{{"error": "invalid.format", "id": 654321}}})
	})
	var ids []string
	for i := range 250 {
		ids = append(ids, strconv.Itoa(i+1))
	}
	c, active := s.client(), true
	list, err := c.Users(t.Context(), sym.UserQuery{IDs: ids, Local: true, Active: &active})
	if err != nil || len(list) != 250 || list[249].ID != "250" || list[249].Name() != "U250" {
		t.Fatalf("%d %v", len(list), err)
	}
	if n := len(s.to(path)); n != 3 {
		t.Errorf("%d requests for 250 users, want 3", n)
	}
	if q := s.last(path).Query; !strings.HasPrefix(q, "active=true&local=true&uid=") {
		t.Errorf("query %s", q)
	}
	if list, err := c.Users(t.Context(), sym.UserQuery{}); err != nil || len(list) != 0 || len(s.to(path)) != 3 {
		t.Errorf("nobody was asked for: %v %v", list, err)
	}
	if _, err := c.Users(t.Context(), sym.UserQuery{IDs: []string{"1,2"}}); !errors.Is(err, api.ErrNoIDs) {
		t.Errorf("two ids in one: %v", err)
	}
	s.on("GET "+path, nothing)
	if list, err := c.Users(t.Context(), sym.UserQuery{Emails: []string{"a@b.example"}}); err != nil || len(list) != 0 {
		t.Errorf("%v %v", list, err)
	}
}

func TestSearchUsers(t *testing.T) {
	const path = "/pod/v1/user/search"
	s := newServers(t)
	s.json("POST "+path, `{"count":3,"users":[{"id":13056700581099,"emailAddress":"janedoe@acme.example","displayName":"Jane Doe","avatars":[{"size":"small","url":"../a.png"}]}]}`)
	list, total, err := s.client().SearchUsers(t.Context(), sym.UserSearch{Query: "jane", Company: "Acme", Limit: 1})
	if err != nil || total != 3 || len(list) != 1 || list[0].Email != "janedoe@acme.example" || list[0].Avatars[0].URL != "../a.png" {
		t.Fatalf("%+v %d %v", list, total, err)
	}
	if r := s.last(path); r.Query != "limit=1" || string(r.Body) != `{"query":"jane","filters":{"company":"Acme"}}` {
		t.Errorf("asked %s %s", r.Query, r.Body)
	}
}

func TestPresence(t *testing.T) {
	s := newServers(t)
	s.json("GET /pod/v2/user/presence", `{"category":"AVAILABLE","userId":14568529068038,"timestamp":1533928483800}`)
	s.json("GET /pod/v3/user/7/presence", `{"category":"IN_ORBIT"}`)
	s.json("GET /pod/v2/users/presence", `[{"category":"AWAY","userId":1},{"category":"OFFLINE","userId":"2"},{}]`)
	c := s.client()
	if p, err := c.Presence(t.Context(), ""); err != nil || p.UserID != "14568529068038" || p.Category != sym.PresenceAvailable || p.Time.UnixMilli() != 1533928483800 {
		t.Errorf("%+v %v", p, err)
	}
	if p, err := c.Presence(t.Context(), "7"); err != nil || p.UserID != "7" || p.Category != "IN_ORBIT" {
		t.Errorf("%+v %v", p, err)
	}
	if _, err := c.Presence(t.Context(), "../me"); !errors.Is(err, api.ErrNoIDs) {
		t.Errorf("%v", err)
	}
	if list, err := c.Presences(t.Context(), "7", 9000); err != nil || len(list) != 2 || list[1].UserID != "2" {
		t.Errorf("%+v %v", list, err)
	}
	if q := s.last("/pod/v2/users/presence").Query; q != "lastUserId=7&limit=5000" {
		t.Errorf("query %s", q)
	}
}

func TestConnectionsAndReceipts(t *testing.T) {
	s := newServers(t)
	s.json("GET /pod/v1/connection/list", `[{"userId":769658112378,"status":"ACCEPTED","updatedAt":1471018076255},{"status":"x"}]`)
	s.json("GET /pod/v1/message/"+sym.SafeID(stdMessage)+"/status", `{"author":{"userId":"7078106103901","firstName":"Gustav"},
		"read":[{"userId":"7078106103902","firsName":"Hildegard","userName":"hb","timestamp":"1487352923000"}],"sent":null}`)
	c := s.client()
	if list, err := c.Connections(t.Context(), ""); err != nil || len(list) != 1 || list[0].Status != sym.Accepted || list[0].UserID != "769658112378" {
		t.Errorf("%+v %v", list, err)
	}
	if q := s.last("/pod/v1/connection/list").Query; q != "status=ALL" {
		t.Errorf("query %s", q)
	}
	r, err := c.Status(t.Context(), stdMessage)
	if err != nil || r.Author.ID != "7078106103901" || len(r.Read) != 1 || r.Read[0].Time.UnixMilli() != 1487352923000 || r.Read[0].User.FirstName != "Hildegard" || r.Read[0].User.Username != "hb" || r.Sent != nil {
		t.Errorf("%+v %v", r, err)
	}
}

func TestInfo(t *testing.T) {
	s := newServers(t)
	s.json("GET /agent/v1/info", `{"version":"Agent-24.12.1-4","onPrem":true}`)
	s.json("GET /agent/v3/health", `{"status":"UP"}`)
	s.json("GET /pod/v1/files/allowedTypes", `[".csv",".gif",null]`)
	c := s.client()
	if i, err := c.AgentInfo(t.Context()); err != nil || i.Version != "Agent-24.12.1-4" || !i.OnPrem {
		t.Errorf("%+v %v", i, err)
	}
	if h, err := c.Health(t.Context()); err != nil || !h.Up() {
		t.Errorf("%+v %v", h, err)
	}
	if n := len(s.to(podSignIn)); n != 0 {
		t.Error("signed in for what needs no sign-in")
	}
	if list, err := c.AllowedTypes(t.Context()); err != nil || len(list) != 2 || list[0] != ".csv" {
		t.Errorf("%v %v", list, err)
	}
}

// TestDo sends any path with the tokens of its server.
func TestDo(t *testing.T) {
	s := newServers(t)
	s.json("GET /agent/v1/signals/list", `[]`)
	s.json("GET /pod/v1/companycert/list", `[]`)
	s.json("POST /login/idm/tokens", `{}`)
	c := s.client()
	for path, key := range map[string]bool{
		"/agent/v1/signals/list?limit=1": true, "/pod/v1/companycert/list": false, s.agent.URL + "/agent/v1/signals/list": true, s.pod.URL + "/pod/v1/companycert/list": false,
	} {
		var raw []byte
		if _, err := c.Do(t.Context(), api.Request{Op: "api", Path: path}, &raw); err != nil || !bytes.Equal(raw, []byte("[]")) {
			t.Errorf("%s: %s %v", path, raw, err)
		}
		all := s.to("")
		if r := all[len(all)-1]; (r.Header.Get("keyManagerToken") != "") != key || r.Header.Get("sessionToken") == "" {
			t.Errorf("%s: %v", path, r.Header)
		}
	}
	if _, err := c.Do(t.Context(), api.Request{Op: "api", Method: "POST", Path: "/login/idm/tokens"}, nil); err != nil {
		t.Error(err)
	}
	n := len(s.to(""))
	for _, path := range []string{"/relay/x", "/restapi/v1.0", "https://evil.example/agent/v1/info", s.pod.URL + ".evil.example/pod/v1", "//evil.example/agent/v1/info", "agent/v1/info", ""} {
		if _, err := c.Do(t.Context(), api.Request{Op: "api", Path: path}, nil); err == nil {
			t.Errorf("%q was sent", path)
		}
	}
	if len(s.to("")) != n {
		t.Error("something went out")
	}
}

// TestAddresses: a server's address may end in its own path.
func TestAddresses(t *testing.T) {
	s := newServers(t)
	s.json("GET "+who, `{"id":1}`)
	s.json("GET "+feeds, `[]`)
	for _, end := range [][3]string{{"", "", ""}, {"/", "/", "/"}, {"/pod", "/agent", "/relay"}, {"/login/", "/agent/", "/relay/"}} {
		c := s.client(func(cfg *sym.Config) {
			cfg.PodURL, cfg.AgentURL, cfg.KeyManagerURL = cfg.PodURL+end[0], " "+cfg.AgentURL+end[1], cfg.KeyManagerURL+end[2]
		})
		if _, err := c.SessionInfo(t.Context()); err != nil {
			t.Errorf("%v: %v", end, err)
		}
		if _, err := c.Datafeeds(t.Context(), ""); err != nil {
			t.Errorf("%v: %v", end, err)
		}
		if c.PodURL() != s.pod.URL || c.AgentURL() != s.agent.URL {
			t.Errorf("%v: %s %s", end, c.PodURL(), c.AgentURL())
		}
	}
	for name, change := range map[string]func(*sym.Config){
		"no pod": func(cfg *sym.Config) { cfg.PodURL = "" }, "no agent": func(cfg *sym.Config) { cfg.AgentURL = " " }, "no user": func(cfg *sym.Config) { cfg.Username = "" },
		"no key": func(cfg *sym.Config) { cfg.Key = nil }, "plain http": func(cfg *sym.Config) { cfg.AgentURL = "http://agent.example" },
	} {
		cfg := s.config()
		change(&cfg)
		if _, err := sym.New(cfg); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestSafeID(t *testing.T) {
	for in, want := range map[string]string{
		stdStream: safeStream, safeStream: safeStream, stdMessage: "KpjYuzMLR-JK1co7QBfukX___peOpZmdbQ", "": "", "a b": "a b", "==": "", "Ab_-9": "Ab_-9",
	} {
		if got := sym.SafeID(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
		if got := sym.SafeID(sym.SafeID(in)); got != want {
			t.Errorf("%q twice: %q", in, got)
		}
	}
}

// TestBadIDs: nothing is asked for with an id that would lead elsewhere.
func TestBadIDs(t *testing.T) {
	s := newServers(t)
	c := s.client()
	for _, id := range []string{"", ".", "..", "==", strings.Repeat("a", 2000)} {
		_, e1 := c.Stream(t.Context(), id)
		_, e2 := c.Message(t.Context(), id)
		_, _, e3 := c.ReadDatafeed(t.Context(), strings.TrimRight(id, "="), "")
		_, e4 := c.Attachment(t.Context(), id, "m", "f", api.Download{Sink: &memory{}})
		_, e5 := c.Attachment(t.Context(), "s", "", "f", api.Download{Sink: &memory{}})
		_, e6 := c.CreateMessage(t.Context(), id, sym.NewMessage{MessageML: "x"})
		for i, err := range []error{e1, e2, e3, e4, e5, e6} {
			if !errors.Is(err, api.ErrNoIDs) {
				t.Errorf("%q, call %d: %v", id, i, err)
			}
		}
	}
	if n := len(s.to("")); n != 0 {
		t.Errorf("%d requests", n)
	}
	// What is odd, but one segment, is asked for as one segment.
	_, _ = c.Stream(t.Context(), "a?b#c%2Fd")
	if r := s.last(""); r.Path != "/pod/v2/streams/a%3Fb%23c%252Fd/info" {
		t.Errorf("asked for %s", r.Path)
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{`a<b>&"'`, "${x}#{y}<#if>[=z]", "#\xee{", "line\nline\ttab\x00\x1b[31m", "é𝄞\ufffe\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ml := sym.TextML(s)
		if strings.ContainsAny(strings.ReplaceAll(ml, "<br/>", ""), "<>{\"\x00\x1b") {
			t.Errorf("%q: %q", s, ml)
		}
		if _, err := json.Marshal(ml); err != nil {
			t.Error(err)
		}
	})
}
