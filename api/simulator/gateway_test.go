package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestRateLimits(t *testing.T) {
	p := start(t, Config{Messages: 5, RateLimits: true, Limits: map[string]Limit{"Light": {Requests: 3, Window: time.Minute, Penalty: time.Minute}}})
	for left := 2; left >= 0; left-- {
		a := p.get(ext)
		h := a.header
		if a.status != 200 || h.Get("X-Rate-Limit-Group") != "light" || h.Get("X-Rate-Limit-Limit") != "3" ||
			h.Get("X-Rate-Limit-Remaining") != fmt.Sprint(left) || h.Get("X-Rate-Limit-Window") != "60" {
			t.Errorf("%d left: %d %v", left, a.status, h)
		}
		p.clock.Add(10 * time.Second)
	}
	steps := []struct {
		name   string
		wait   time.Duration
		status int
	}{
		{"over it", 0, 429},
		{"too early", 59 * time.Second, 429},
		{"which started the penalty anew", 59 * time.Second, 429},
		{"after the penalty", 60 * time.Second, 200},
		{"second of a new window", 0, 200},
	}
	for _, s := range steps {
		p.clock.Add(s.wait)
		a := p.get(ext + "/message-store")
		if a.status != s.status {
			t.Errorf("%s: %d, want %d", s.name, a.status, s.status)
		}
		if a.status == 429 && (a.code() != "CMN-301" || a.header.Get("Retry-After") != "60" || a.header.Get("X-Rate-Limit-Remaining") != "0") {
			t.Errorf("%s: %s %v", s.name, a.code(), a.header)
		}
	}
	if a := p.get(p.d.MediaURL + "/big/1"); a.status != 200 || a.header.Get("X-Rate-Limit-Group") != "medium" {
		t.Errorf("another group: %d", a.status)
	}
	for range 5 {
		p.signIn() // the person's own was longer ago
	}
	if a := p.form("/restapi/oauth/token", true, "grant_type", grantJWT, "assertion", p.d.JWT); a.status != 429 {
		t.Errorf("the sixth sign-in within a minute: %d, want 429", a.status)
	}
	p.control("/limits", `{"on":false}`)
	a := p.get(ext)
	if a.status != 200 || a.header.Get("X-Rate-Limit-Limit") != "1000000" {
		t.Errorf("with limits off: %d %v", a.status, a.header)
	}
	p.control("/limits", `{"limits":{"Light":{"requests":1,"window":30,"penalty":30}}}`)
	if first, second := p.get(ext), p.get(ext); first.status != 200 || second.status != 429 || second.header.Get("Retry-After") != "30" {
		t.Errorf("own limits: %d, %d", first.status, second.status)
	}
}

func TestWindowSlides(t *testing.T) {
	p := start(t, Config{RateLimits: true, Limits: map[string]Limit{"Light": {Requests: 2}}})
	for i, wait := range []time.Duration{0, 30 * time.Second, 30 * time.Second, 30 * time.Second} {
		p.clock.Add(wait)
		if a := p.get(ext); a.status != 200 {
			t.Errorf("request %d: %d", i, a.status)
		}
	}
}

func TestPermissions(t *testing.T) {
	p := start(t, Config{Messages: 5})
	m := p.all()[0]
	message := fmt.Sprintf("%s/message-store/%d", ext, m.ID)
	content := m.Attachments[0].URI
	for _, tc := range []struct{ permission, method, path, body, code string }{
		{"ReadMessages", "GET", ext + "/message-store", "", "CMN-401"},
		{"ReadMessages", "GET", ext + "/message-sync", "", "CMN-401"},
		{"ReadMessages", "GET", content, "", "CMN-401"},
		{"ReadMessageContent", "GET", content, "", "CMN-408"},
		{"EditMessages", "PUT", message, `{"readStatus":"Read"}`, "CMN-401"},
		{"EditMessages", "DELETE", message, "", "CMN-401"},
		{"ReadAccounts", "GET", ext, "", "CMN-401"},
		{"RingOut", "POST", ext + "/ring-out", "{}", "CMN-401"},
	} {
		p.control("/permissions", `{"`+tc.permission+`":false}`)
		a := p.do(tc.method, tc.path, tc.body)
		var e errorBody
		if err := json.Unmarshal(a.body, &e); err != nil || a.status != 403 || e.Code != tc.code || e.Permission != tc.permission || !strings.Contains(e.Message, tc.permission) {
			t.Errorf("%s %s without %s: %d %s", tc.method, tc.path, tc.permission, a.status, a.body)
		}
		p.control("/permissions", `{"`+tc.permission+`":true}`)
		if a := p.do(tc.method, tc.path, tc.body); a.status == 403 {
			t.Errorf("%s with %s again: 403", tc.path, tc.permission)
		}
	}
}

func TestLimitedMode(t *testing.T) {
	p := start(t, Config{Messages: 5})
	id := p.all()[0].ID
	p.control("/limited", `{"on":true}`)
	path := fmt.Sprintf("%s/message-store/%d", ext, id)
	if a := p.do("DELETE", path, ""); a.status != 503 || a.code() != "CMN-211" {
		t.Errorf("delete: %d %s, want 503 CMN-211", a.status, a.code())
	}
	if a := p.get(path); a.status != 200 {
		t.Errorf("read: %d", a.status)
	}
	if a := p.get("/restapi/v1.0/status"); a.status != 503 {
		t.Errorf("status: %d", a.status)
	}
	p.control("/limited", `{"on":false}`)
	if a := p.do("DELETE", path, ""); a.status != 204 {
		t.Errorf("delete afterwards: %d", a.status)
	}
}

func TestOffline(t *testing.T) {
	p := start(t, Config{})
	p.control("/offline", `{"on":true}`)
	if a := p.get(ext); a.err == nil {
		t.Errorf("offline: %d", a.status)
	}
	p.control("/offline", `{"on":false}`)
	if a := p.get(ext); a.status != 200 {
		t.Errorf("online again: %d %v", a.status, a.err)
	}
}

func TestInfo(t *testing.T) {
	p := start(t, Config{})
	for _, tc := range []struct {
		method, path string
		status       int
		has          string
	}{
		{"GET", "/restapi", 200, "apiVersions"},
		{"GET", "/restapi/", 200, "apiVersions"},
		{"GET", "/restapi/v1.0", 200, `"versionString"`},
		{"GET", "/restapi/v9", 404, "CMN-102"},
		{"GET", "/restapi/v1.0/status", 200, ""},
		{"GET", ext, 200, `"extensionNumber":"101"`},
		{"GET", "/restapi/v1.0/account/1/extension/~", 404, "accountId"},
		{"GET", "/restapi/v1.0/account/~/extension/1", 404, "extensionId"},
		{"GET", basePath, 200, "businessPhone"},
		{"GET", "/nothing", 404, "CMN-120"},
		{"POST", ext + "/message-store", 405, "CMN-105"},
		{"GET", ext + "/message-store/abc", 404, "CMN-102"},
		{"GET", ext + "/message-store/99999999999999999999", 404, "CMN-102"},
	} {
		a := p.do(tc.method, tc.path, "")
		if a.status != tc.status || !strings.Contains(string(a.body), tc.has) {
			t.Errorf("%s %s: %d %.200s, want %d with %q", tc.method, tc.path, a.status, a.body, tc.status, tc.has)
		}
		if a.header.Get("RCRequestId") == "" {
			t.Errorf("%s %s: no request id", tc.method, tc.path)
		}
	}
	if a := p.do("POST", ext+"/ring-out", `{"from":"`+strings.Repeat("x", maxBody)); a.status != 413 {
		t.Errorf("a body of more than a megabyte: %d, want 413", a.status)
	}
}

func TestRingOut(t *testing.T) {
	for _, tc := range []struct {
		to   string
		want []string // call/caller/callee after 0, 3, 7, 21 s
	}{
		{"+14155550123", []string{"InProgress InProgress InProgress", "InProgress Success InProgress", "Success Success Success", "Success Success Success"}},
		{"+14155550100", []string{"InProgress InProgress InProgress", "CannotReach Success Busy", "CannotReach Success Busy", "CannotReach Success Busy"}},
		{"+14155550101", []string{"InProgress InProgress InProgress", "InProgress Success InProgress", "InProgress Success InProgress", "CannotReach Success NoAnswer"}},
		{"+14155550102", []string{"InProgress InProgress InProgress", "CannotReach Success InternationalDisabled", "CannotReach Success InternationalDisabled", "CannotReach Success InternationalDisabled"}},
	} {
		p := start(t, Config{})
		a := p.do("POST", ext+"/ring-out", `{"from":{"phoneNumber":"+16505550100"},"to":{"phoneNumber":"`+tc.to+`"}}`)
		made := decode[ringOutAnswer](t, a)
		for i, wait := range []time.Duration{0, 3 * time.Second, 4 * time.Second, 14 * time.Second} {
			p.clock.Add(wait)
			got := decode[ringOutAnswer](t, p.get(ext+"/ring-out/"+made.ID)).Status
			if s := got.Call + " " + got.Caller + " " + got.Callee; s != tc.want[i] {
				t.Errorf("%s, step %d: %s, want %s", tc.to, i, s, tc.want[i])
			}
		}
		if a := p.do("DELETE", ext+"/ring-out/"+made.ID, ""); a.status != 404 {
			t.Errorf("cancel after the first leg: %d, want 404", a.status)
		}
		p.clock.Add(2 * time.Hour)
		p.token = p.signIn().AccessToken
		if a := p.get(ext + "/ring-out/" + made.ID); a.status != 404 {
			t.Errorf("hours later: %d, want 404", a.status)
		}
	}
	p := start(t, Config{})
	made := decode[ringOutAnswer](t, p.do("POST", ext+"/ring-out", `{"from":{"phoneNumber":"1"},"to":{"phoneNumber":"2"}}`))
	if a := p.do("DELETE", ext+"/ring-out/"+made.ID, ""); a.status != 204 {
		t.Errorf("cancel: %d", a.status)
	}
	if got := p.s.RingOuts(); len(got) != 1 || !got[0].Canceled || got[0].To != "2" {
		t.Errorf("calls %+v", got)
	}
	for _, bad := range []string{`{}`, `{"from":{"phoneNumber":"1"}}`, `{"from":{"phoneNumber":"1"},"to":{"phoneNumber":"x"}}`} {
		if a := p.do("POST", ext+"/ring-out", bad); a.status != 400 || a.code() != "CMN-101" {
			t.Errorf("%s: %d %s", bad, a.status, a.code())
		}
	}
}

func TestControl(t *testing.T) {
	p := start(t, Config{Messages: 12})
	id := p.all()[0].ID
	for _, tc := range []struct {
		path, body string
		status     int
		has        string
	}{
		{"/state", "", 200, `"messages":12`},
		{"/requests", "", 200, `"op":"listMessages"`},
		{fmt.Sprint("/messages/", id), "", 200, `"availability":"Alive"`},
		{"/ringouts", "", 200, "[]"},
		{"/messages/1", "", 404, "no such"},
		{"/messages/x", "", 404, "no such"},
		{"/faults", `{"slow":0.5}`, 200, "slow"},
		{"/faults", `{"flood":1}`, 400, "unknown fault"},
		{"/faults", `{"500":2}`, 400, "0 to 1"},
		{"/faults", `{}`, 200, ""},
		{"/faults", `{"500":`, 400, "request body"},
		{"/fail", `{"fault":"500","op":"x"}`, 200, "ok"},
		{"/fail", `{"fault":"flood"}`, 400, "unknown fault"},
		{"/arrive", `{"count":2}`, 200, "ids"},
		{"/arrive", `{"count":-2}`, 400, "count"},
		{"/limits", `{"limits":{"Feather":{}}}`, 400, "Feather"},
		{"/redirect-uris", `{"uris":["http://127.0.0.1:1/x"]}`, 200, "127.0.0.1:1/x"},
		{"/state", "", 200, `"arrived":2`},
	} {
		if a := p.control(tc.path, tc.body); a.status != tc.status || !strings.Contains(string(a.body), tc.has) {
			t.Errorf("%s %s: %d %.200s, want %d with %q", tc.path, tc.body, a.status, a.body, tc.status, tc.has)
		}
	}
	if a := p.do("POST", p.s.Description().ControlURL+"/revoke-tokens", "{}", "Sec-Fetch-Site: cross-site"); a.status != 403 {
		t.Errorf("a web page pressed a button: %d", a.status)
	}
}

func TestDescription(t *testing.T) {
	p := start(t, Config{})
	b, err := json.Marshal(p.s.Description())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"base_url", "media_url", "client_id", "client_secret", "jwt", "redirect_uris", "control_url"} {
		if !strings.Contains(string(b), `"`+name+`":`) {
			t.Errorf("%s lacks %s", b, name)
		}
	}
}

func TestStartRefuses(t *testing.T) {
	for name, cfg := range map[string]Config{
		"the network": {Listen: "0.0.0.0:0"},
		"a bad fault": {Faults: Faults{"flood": 1}},
		"less":        {Messages: -1},
		"nowhere":     {Listen: "127.0.0.1:99999"},
		"bad media":   {MediaListen: "127.0.0.1:99999"},
	} {
		if s, err := Start(t.Context(), cfg); err == nil {
			t.Errorf("%s: started", name)
			_ = s.Close()
		}
	}
}

// TestContextEnds: the server ends with its context, even while requests hang.
func TestContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s, err := Start(ctx, Config{Arrivals: time.Millisecond, Messages: 3, Faults: Faults{"hang": 1}, HangFor: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	p := &person{t: t, s: s, d: s.Description().RingCentral, client: newClient()}
	got := make(chan answer, 1)
	go func() { got <- p.get("/restapi") }()
	for decode[Snapshot](t, p.control("/state", "")).Arrived == 0 {
		continue // arrivals come by the wall clock; each look takes a round trip
	}
	cancel()
	if a := <-got; a.err == nil {
		t.Errorf("the hanging request ended with %d", a.status)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	p.client.CloseIdleConnections()
}
