package command

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"switchboard/api"
	"switchboard/api/simulator"
)

const ownPath = "/restapi/v1.0/account/~/extension/~"

func TestAPI(t *testing.T) {
	w := newWorld(t)
	w.signIn(w.serve(simulator.Config{Messages: 40, Calls: -1}))
	var own struct {
		ID              json.Number `json:"id"`
		ExtensionNumber string      `json:"extensionNumber"`
	}
	if err := json.Unmarshal([]byte(w.ok("api", ownPath).out), &own); err != nil || own.ExtensionNumber == "" {
		t.Fatalf("%+v, %v", own, err)
	}
	var list struct {
		Records []struct {
			ID   json.Number `json:"id"`
			Type string      `json:"type"`
		} `json:"records"`
	}
	if err := json.Unmarshal([]byte(w.ok("api", "GET", ownPath+"/message-store", "-f", "messageType=Fax", "-F", "perPage=5").out), &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Records) == 0 || len(list.Records) > 5 || list.Records[0].Type != "Fax" {
		t.Fatalf("%+v", list.Records)
	}
	// Pages: all records, one a line.
	rows := strings.Split(strings.TrimSpace(w.ok("api", ownPath+"/message-store?perPage=7&dateFrom=2020-01-01T00:00:00Z", "--paginate", "--jsonl").out), "\n")
	if len(rows) != 40 {
		t.Errorf("%d records in all pages, want 40", len(rows))
	}
	pages := decode[[]json.RawMessage](t, w.ok("api", ownPath+"/message-store?perPage=7&dateFrom=2020-01-01T00:00:00Z", "--paginate", "--json").out)
	if len(pages) != 6 {
		t.Errorf("%d pages, want 6", len(pages))
	}
	// A change: the service has it, and the next sync brings it.
	id := list.Records[0].ID.String()
	w.ok("api", "PUT", ownPath+"/message-store/"+id, "-f", "readStatus=Unread")
	if read, _ := w.state(id); read {
		t.Error("it is read at the service")
	}
	r := w.in(`{"readStatus":"Read"}`, "api", "put", ownPath+"/message-store/"+id, "--input", "-", "-i")
	if read, _ := w.state(id); r.code != 0 || !read || !strings.HasPrefix(r.out, "HTTP 200") {
		t.Errorf("exit %d, read %v, %.100s%s", r.code, read, r.out, r.err)
	}
	w.ok("api", "DELETE", ownPath+"/message-store/"+id)
	if _, av := w.state(id); av != "Deleted" {
		t.Errorf("it is %s", av)
	}
}

// What would harm never leaves: a DELETE without ids, the token to a stranger.
func TestAPIRefuses(t *testing.T) {
	w := newWorld(t)
	w.signIn(w.serve(simulator.Config{Messages: 10, Calls: -1}))
	asked := 0
	stranger := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer stranger.Close()
	before := len(w.sim.Requests())
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"api", "DELETE", ownPath + "/message-store"}, 2, "empty the mailbox"},
		{[]string{"api", "delete", ownPath + "/message-store/"}, 2, "empty the mailbox"},
		{[]string{"api", "DELETE", ownPath + "/message-store?type=Fax"}, 2, "empty the mailbox"},
		{[]string{"api", "DELETE", ownPath + "/Message-Store/,"}, 2, "empty the mailbox"},
		{[]string{"api", "DELETE", ownPath + "/message-store/12/.."}, 2, "empty the mailbox"},
		{[]string{"api", "DELETE", ownPath + "/message%2Dstore"}, 2, "empty the mailbox"},
		{[]string{"api", "DELETE", ownPath + "//message-store//"}, 2, "empty the mailbox"},
		{[]string{"api", "DELETE", ownPath + "/message-store;x=1/12"}, 2, "empty the mailbox"},
		{[]string{"api", "POST", ownPath + "/message-store", "-H", "X-HTTP-Method-Override: DELETE"}, 2, "not yours to set"},
		{[]string{"api", "GET", ownPath, "-H", "Authorization: Bearer x"}, 2, "not yours to set"},
		{[]string{"api", "GET", ownPath, "-H", "nonsense"}, 2, "NAME: VALUE"},
		{[]string{"api", stranger.URL + ownPath}, 2, "only to the hosts"},
		{[]string{"api", "GET", "https://example.com/restapi"}, 2, "only to the hosts"},
		{[]string{"api", "FETCH", ownPath}, 2, "want one of"},
		{[]string{"api", "restapi/v1.0"}, 2, "want one such as"},
		{[]string{"api"}, 2, "api"},
		{[]string{"api", "GET", ownPath, "-f", "nonsense"}, 2, "NAME=VALUE"},
		{[]string{"api", "GET", ownPath, "--group", "huge"}, 2, "Light, Medium or Heavy"},
		{[]string{"api", "POST", ownPath + "/sms", "--paginate"}, 2, "for GET"},
		{[]string{"api", "POST", ownPath + "/sms", "--input", "/does/not/exist"}, 5, "/does/not/exist"},
		{[]string{"api", "GET", ownPath, "--account", "nobody"}, 5, "nobody"},
	} {
		if r := w.run(tt.args...); r.code != tt.code || !strings.Contains(r.err, tt.want) || r.out != "" {
			t.Errorf("%q: exit %d, want %d with %q\n%s%s", tt.args, r.code, tt.code, tt.want, r.out, r.err)
		}
	}
	if n := len(w.sim.Requests()); n != before || asked > 0 {
		t.Errorf("%d requests were sent to the service, %d to a stranger", n-before, asked)
	}
	if r := w.run("api", ownPath+"/message-store/1"); r.code != 5 {
		t.Errorf("not found: exit %d, %s", r.code, r.err)
	}
	if err := w.sim.Close(); err != nil {
		t.Fatal(err)
	}
	if r := w.run("api", ownPath); r.code != 4 {
		t.Errorf("offline: exit %d, %s", r.code, r.err)
	}
	w = newWorld(t)
	if r := w.run("api", ownPath); r.code != 3 {
		t.Errorf("signed out: exit %d, %s", r.code, r.err)
	}
}

func TestAPIFields(t *testing.T) {
	a := &app{}
	for _, tt := range []struct {
		fields, typed []string
		want          string // "" for a mistake
	}{
		{[]string{"text=Hello, you=me"}, nil, `{"text":"Hello, you=me"}`},
		{[]string{"from[phoneNumber]=+1", "to[][phoneNumber]=+2", "to[][phoneNumber]=+3"}, nil, `{"from":{"phoneNumber":"+1"},"to":[{"phoneNumber":"+2"},{"phoneNumber":"+3"}]}`},
		{[]string{"to[][name]=A", "to[][number]=1", "to[][name]=B"}, nil, `{"to":[{"name":"A","number":"1"},{"name":"B"}]}`},
		{[]string{"a[]=x", "a[]=y"}, nil, `{"a":["x","y"]}`},
		{nil, []string{"id=9007199254740993", "on=true", "off=null", "n=-1.5", "t=12a"}, `{"id":9007199254740993,"n":-1.5,"off":null,"on":true,"t":"12a"}`},
		{[]string{"a=1", "a=2"}, nil, ""},
		{[]string{"a=1", "a[b]=2"}, nil, ""},
		{[]string{"a[b=2"}, nil, ""},
		{[]string{"[a]=2"}, nil, ""},
		{[]string{"=2"}, nil, ""},
	} {
		r := api.Request{Query: url.Values{}}
		err := a.apiBody(&apiCall{method: http.MethodPost, fields: tt.fields, typed: tt.typed}, &r)
		got := ""
		if err == nil {
			b, merr := json.Marshal(r.Body)
			if merr != nil {
				t.Fatal(merr)
			}
			got = string(b)
		}
		if got != tt.want || (err != nil && exitCode(err) != 2) {
			t.Errorf("%q %q: %s, want %s; %v", tt.fields, tt.typed, got, tt.want, err)
		}
	}
}

func TestWipes(t *testing.T) {
	for path, want := range map[string]bool{
		"/x/message-store": true, "/x/message-store/": true, "/x/message-store/12": false, "/x/message-store/12,13": false, "/x/message-store/~": true,
		"/x/message-store/12/content/3": true, "/x/sms": false, "/x/message-store/12%2F..": true, "/x/MESSAGE-STORE": true, "/x/message-store/0x": true,
	} {
		u, err := url.Parse(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := wipes(u); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
}
