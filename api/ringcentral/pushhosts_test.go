package ringcentral

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"switchboard/api"
)

// TestPushHosts: the token goes to hosts of the account only, encrypted unless
// all is on this machine.
func TestPushHosts(t *testing.T) {
	for name, tc := range map[string]struct {
		uri   string
		hosts []string
		fails bool
	}{
		"elsewhere":           {uri: "wss://push.example.net/ws", fails: true},
		"elsewhere in clear":  {uri: "ws://push.example.net/ws", fails: true},
		"no socket":           {uri: "https://push.example.net/ws", fails: true},
		"with a user":         {uri: "wss://a:b@push.example.com/ws", hosts: []string{"push.example.com"}, fails: true},
		"below another name":  {uri: "wss://push.example.com.evil.net/ws", hosts: []string{"*.example.com"}, fails: true},
		"another port":        {uri: "wss://push.example.com:8443/ws", hosts: []string{"*.example.com"}, fails: true},
		"everybody":           {uri: "wss://example.com/ws", hosts: []string{"*.com", "*", ""}, fails: true},
		"RingCentral's":       {uri: "wss://ws-api.ringcentral.com/ws", fails: true}, // the base is not
		"another local port":  {uri: "ws://127.0.0.1:1/ws", fails: true},
		"nothing":             {uri: "", fails: true},
		"not an address":      {uri: "wss://%zz", fails: true},
		"the platform itself": {uri: "own"},
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			var srv *httptest.Server
			c, _, srv := clientFor(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/ws" {
					asked++
					w.Header().Set("Location", "https://push.example.net/ws?"+r.URL.RawQuery)
					w.WriteHeader(http.StatusFound) // must not be followed
					return
				}
				uri := tc.uri
				if uri == "own" {
					uri = "ws" + strings.TrimPrefix(srv.URL, "http") + "/ws"
				}
				_ = json.NewEncoder(w).Encode(map[string]any{"ws_access_token": "SIMWsecret", "uri": uri, "expires_in": 30})
			})
			states := make(chan PushState, 1)
			go func() {
				_ = c.Push(t.Context(), PushOptions{
					Filters: []string{FilterPosts}, Hosts: tc.hosts, Event: func(PushEvent) {}, State: func(s PushState) { states <- s },
				})
			}()
			s := <-states
			want := api.ErrHostNotAllowed
			switch {
			case !tc.fails:
				want = api.ErrRedirect
			case tc.uri == "":
				want = api.ErrBadBody
			}
			if s.Up || !errors.Is(s.Err, want) || s.Refused != (tc.uri != "") || strings.Contains(s.Err.Error(), "secret") {
				t.Errorf("%+v", s)
			}
			if (asked > 0) == tc.fails {
				t.Errorf("asked %d times", asked)
			}
		})
	}
	for _, o := range []PushOptions{{}, {Filters: []string{FilterPosts}}, {Filters: []string{FilterVoicemail("a/b")}, Event: func(PushEvent) {}}} {
		c, seen, _ := clientFor(t, answer(500, "", ""))
		if err := c.Push(t.Context(), o); err == nil || len(*seen) > 0 {
			t.Errorf("%+v: %v after %d requests", o, err, len(*seen))
		}
	}
	p := &pusher{c: &Client{Client: clientAt(t, "https://platform.ringcentral.com")}}
	if got := fmt.Sprint(p.hosts()); got != "[*.ringcentral.com]" {
		t.Error(got)
	}
	for _, base := range []string{"https://ringcentral.com.example.net", "https://platform.notringcentral.com"} {
		p.c = &Client{Client: clientAt(t, base)}
		if got := p.hosts(); len(got) != 0 {
			t.Errorf("%s: %v", base, got)
		}
	}
}

func clientAt(t *testing.T, base string) *api.Client {
	t.Helper()
	c, err := api.New(api.Config{Name: "RingCentral", BaseURL: base})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestPushStrange: a gateway that breaks the rules is survived, and leads to
// nothing but a state.
func TestPushStrange(t *testing.T) {
	details := `[{"type":"ConnectionDetails","messageId":7,"status":200,"wsc":{"token":"t","sequence":1},"headers":{"a":1}},{"recoveryTimeout":180,"creationTime":"never"}]`
	granted := `[{"type":"ClientRequest","messageId":"ID","status":200},{"id":5,"eventFilters":["/team-messaging/v1/posts"]}]`
	for name, tc := range map[string]struct {
		say    []string
		up     bool
		events int
	}{
		"no JSON":                {say: []string{`hello`}},
		"no frame":               {say: []string{`[]`}},
		"an object":              {say: []string{`{}`}},
		"refused":                {say: []string{`[{"type":"Error","status":403,"messageId":"x"},{"errorCode":"CMN-401","message":"no"}]`}},
		"details without a body": {say: []string{`[{"type":"ConnectionDetails","status":200}]`}},
		"details refused":        {say: []string{`[{"type":"ConnectionDetails","status":401},{}]`}},
		"a good one":             {say: []string{details, granted, `[{"type":"ServerNotification","status":200},{"uuid":1,"event":"/team-messaging/v1/posts","body":{}}]`}, up: true, events: 1},
		"events too early": {say: []string{
			details, `[{"type":"ServerNotification"},{"uuid":"a","event":"/team-messaging/v1/posts"}]`, granted,
			`[{"type":"ServerNotification"},{"uuid":"a","event":"/team-messaging/v1/posts"}]`,
			`[{"type":"Weather"},{"sun":true}]`, `[{"type":"Error","status":429,"messageId":"z"},{"errorCode":"CMN-301","message":"slow"}]`,
			`[{"type":"ServerNotification"},{"uuid":"b","event":"/team-messaging/v1/posts","timestamp":17,"ownerId":{}}]`,
		}, up: true, events: 2},
		"enormous": {say: []string{details, granted, `[{"type":"ServerNotification"},"` + strings.Repeat("x", maxPushFrame) + `"]`}, up: true},
	} {
		t.Run(name, func(t *testing.T) {
			var srv *httptest.Server
			c, _, srv := clientFor(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/ws" {
					_ = json.NewEncoder(w).Encode(map[string]any{"ws_access_token": "SIMW", "uri": "ws" + strings.TrimPrefix(srv.URL, "http") + "/ws"})
					return
				}
				conn, err := websocket.Accept(w, r, nil)
				if err != nil {
					return
				}
				defer func() { _ = conn.CloseNow() }()
				for _, text := range tc.say {
					if strings.Contains(text, `"ID"`) {
						_, b, err := conn.Read(r.Context())
						f, ferr := parseFrame(b)
						if err != nil || ferr != nil {
							return
						}
						text = strings.Replace(text, "ID", f.MessageID, 1)
					}
					if conn.Write(r.Context(), websocket.MessageText, []byte(text)) != nil {
						return
					}
				}
				_, _, _ = conn.Read(r.Context()) // until the client gives up
			})
			states, events := make(chan PushState, 100), make(chan PushEvent, 100)
			done := make(chan struct{})
			go func() {
				defer close(done)
				_ = c.Push(t.Context(), PushOptions{
					Filters: []string{FilterPosts}, Event: func(e PushEvent) { events <- e }, State: func(s PushState) { states <- s },
				})
			}()
			s := <-states
			if s.Up != tc.up {
				t.Fatalf("%+v", s)
			}
			for range tc.events {
				<-events
			}
			if tc.up && tc.events == 0 {
				if s = <-states; s.Up {
					t.Errorf("%+v", s)
				}
			}
		})
	}
}
