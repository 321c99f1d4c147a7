package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// ear is a bare client of the push gateway.
type ear struct {
	p    *person
	conn *websocket.Conn
	ctx  context.Context
}

// heard is one frame.
type heard struct {
	Meta struct {
		Type, MessageID string
		Status          int
		WSC             recoveryToken
		Headers         map[string]string
	}
	Body json.RawMessage
}

func (p *person) wsToken() (token, uri string) {
	p.t.Helper()
	a := p.do("POST", "/restapi/oauth/wstoken", "")
	if a.status != 200 {
		p.t.Fatalf("wstoken: %d %s", a.status, a.body)
	}
	got := decode[struct {
		Token   string `json:"ws_access_token"`
		URI     string `json:"uri"`
		Expires int    `json:"expires_in"`
	}](p.t, a)
	if got.Expires != 30 {
		p.t.Errorf("it lives %d s", got.Expires)
	}
	return got.Token, got.URI
}

func (p *person) dial(token, uri, wsc string) (*ear, error) {
	q := url.Values{"access_token": {token}}
	if wsc != "" {
		q.Set("wsc", wsc)
	}
	ctx, cancel := context.WithTimeout(p.t.Context(), 20*time.Second)
	p.t.Cleanup(cancel)
	conn, _, err := websocket.Dial(ctx, uri+"?"+q.Encode(), nil)
	if err != nil {
		return nil, err
	}
	p.t.Cleanup(func() { _ = conn.CloseNow() })
	conn.SetReadLimit(1 << 20)
	return &ear{p, conn, ctx}, nil
}

// listen connects and reads what the service says first.
func (p *person) listen(wsc string) (*ear, heard) {
	p.t.Helper()
	token, uri := p.wsToken()
	e, err := p.dial(token, uri, wsc)
	if err != nil {
		p.t.Fatal(err)
	}
	return e, e.next("ConnectionDetails")
}

func (e *ear) read() (heard, error) {
	var h heard
	_, b, err := e.conn.Read(e.ctx)
	if err != nil {
		return h, err
	}
	var halves []json.RawMessage
	err = json.Unmarshal(b, &halves)
	if err == nil && len(halves) > 0 {
		err = json.Unmarshal(halves[0], &h.Meta)
	}
	if len(halves) > 1 {
		h.Body = halves[1]
	}
	return h, err
}

func (e *ear) next(kind string) heard {
	e.p.t.Helper()
	h, err := e.read()
	if err != nil || h.Meta.Type != kind {
		e.p.t.Fatalf("%+v %s, %v instead of %s", h.Meta, h.Body, err, kind)
	}
	return h
}

func (e *ear) event() pushEvent {
	e.p.t.Helper()
	var ev pushEvent
	h := e.next("ServerNotification")
	if err := json.Unmarshal(h.Body, &ev); err != nil || h.Meta.WSC.Token == "" || ev.UUID == "" || ev.Owner != extensionID {
		e.p.t.Fatalf("%s: %v", h.Body, err)
	}
	return ev
}

func (e *ear) send(text string) {
	e.p.t.Helper()
	if err := e.conn.Write(e.ctx, websocket.MessageText, []byte(text)); err != nil {
		e.p.t.Fatal(err)
	}
}

// ask makes a request through the socket.
func (e *ear) ask(method, path, body string) heard {
	e.p.t.Helper()
	text := fmt.Sprintf(`[{"type":"ClientRequest","messageId":"m-1","method":%q,"path":%q}`, method, path)
	if body != "" {
		text += "," + body
	}
	e.send(text + "]")
	h, err := e.read()
	if err != nil || h.Meta.MessageID != "m-1" {
		e.p.t.Fatalf("%+v, %v", h, err)
	}
	return h
}

func (e *ear) subscribe(filters ...string) heard {
	e.p.t.Helper()
	b, err := json.Marshal(filters)
	if err != nil {
		e.p.t.Fatal(err)
	}
	return e.ask("POST", "/restapi/v1.0/subscription", `{"eventFilters":`+string(b)+`,"deliveryMode":{"transportType":"WebSocket"}}`)
}

func TestPushSession(t *testing.T) {
	p := start(t, Config{Seed: 1})
	token, uri := p.wsToken()
	e, err := p.dial(token, uri, "")
	if err != nil {
		t.Fatal(err)
	}
	h := e.next("ConnectionDetails")
	if h.Meta.Status != 200 || h.Meta.WSC.Token == "" || !strings.Contains(string(h.Body), `"absoluteTimeout":86400`) || !strings.Contains(string(h.Body), `+0000"`) {
		t.Errorf("%+v %s", h.Meta, h.Body)
	}
	if _, err := p.dial(token, uri, ""); err == nil {
		t.Error("a token opens one connection")
	}
	old, _ := p.wsToken()
	p.clock.Add(wsTokenLife)
	if _, err := p.dial(old, uri, ""); err == nil {
		t.Error("a token that is over opens none")
	}
	e.send(`[{"type":"Heartbeat","messageId":"beat"}]`)
	if h := e.next("Heartbeat"); h.Meta.MessageID != "beat" {
		t.Errorf("%+v", h)
	}
	for _, bad := range []string{`no`, `[]`, `[{"type":"Tea"}]`, `{"type":"Heartbeat"}`} {
		e.send(bad)
		if h := e.next("Error"); h.Meta.Status != 400 {
			t.Errorf("%s: %+v", bad, h)
		}
	}
	h = e.subscribe("/restapi/v1.0/account/~/extension/~/presence", "/team-messaging/v1/posts")
	if h.Meta.Status != 200 || !strings.Contains(string(h.Body), basePath+"/presence") {
		t.Fatalf("%+v %s", h.Meta, h.Body)
	}
	var sub subscriptionWire
	if err := json.Unmarshal(h.Body, &sub); err != nil {
		t.Fatal(err)
	}
	// The second one takes the place of the first.
	if h := e.subscribe("/restapi/v1.0/account/~/presence"); h.Meta.Status != 200 {
		t.Fatalf("%+v", h)
	}
	for path, want := range map[string]int{sub.ID: 404, "nothing": 404} {
		if h := e.ask("GET", "/restapi/v1.0/subscription/"+path, ""); h.Meta.Status != want || h.Meta.Type != "Error" {
			t.Errorf("%s: %+v", path, h)
		}
	}
	if h := e.ask("GET", "/restapi/v1.0/account/~", ""); h.Meta.Status != 404 {
		t.Errorf("%+v", h)
	}
	if err := p.s.SetPresence("101", "Busy", "one"); err != nil {
		t.Fatal(err)
	}
	if ev := e.event(); ev.Event != accountPath+"/presence" || strings.Contains(string(ev.Body), "activeCalls") {
		t.Errorf("%+v %s", ev, ev.Body)
	}
	for _, r := range p.s.Requests() {
		if strings.Contains(r.Path, token) {
			t.Errorf("the token is in the journal: %s", r.Path)
		}
	}
}

// TestPushRecovery: what a session missed comes when it is recovered, in order,
// the last hundred of it; after three minutes nothing can be.
func TestPushRecovery(t *testing.T) {
	p := start(t, Config{Seed: 1})
	e, _ := p.listen("")
	e.subscribe("/restapi/v1.0/account/~/presence")
	say := func(n int) {
		if err := p.s.SetPresence("112", "Busy", fmt.Sprint("n", n)); err != nil {
			t.Fatal(err)
		}
	}
	said := func(e *ear, n int) recoveryToken {
		t.Helper()
		h := e.next("ServerNotification")
		if !strings.Contains(string(h.Body), fmt.Sprintf(`"n%d"`, n)) {
			t.Fatalf("%s instead of %d", h.Body, n)
		}
		return h.Meta.WSC
	}
	gone := func() {
		p.s.push.mu.Lock()
		var open []*pushConn
		for _, one := range p.s.push.sessions {
			if one.conn != nil {
				open = append(open, one.conn)
			}
		}
		p.s.push.mu.Unlock()
		for _, c := range open {
			<-c.left
		}
	}
	state := func(h heard, want string) {
		t.Helper()
		if !strings.Contains(string(h.Body), `"recoveryState":"`+want+`"`) || strings.Contains(string(h.Body), "WSG-1005") != (want == "Failed") {
			t.Fatalf("%s, want %s", h.Body, want)
		}
	}
	say(1)
	say(2)
	at := said(e, 1)
	if next := said(e, 2); next.Sequence <= at.Sequence {
		t.Errorf("%+v after %+v", next, at)
	}
	_ = e.conn.CloseNow()
	gone()
	say(3)
	e, h := p.listen(at.Token)
	state(h, "Successful")
	said(e, 2) // what came after the token, although it had been sent
	said(e, 3)
	say(4)
	last := said(e, 4)
	_ = e.conn.CloseNow()
	gone()
	for n := range 150 {
		say(100 + n)
	}
	p.clock.Add(pushRecovery)
	e, h = p.listen(last.Token)
	state(h, "Successful")
	for n := 150; n < 250; n++ {
		last = said(e, n)
	}
	for name, spoil := range map[string]func() string{
		"too late": func() string {
			_ = e.conn.CloseNow()
			gone()
			p.clock.Add(pushRecovery + time.Second)
			return last.Token
		},
		"not a token": func() string { return "x" },
		"of another":  func() string { return "x.5" },
	} {
		e, h := p.listen(spoil())
		state(h, "Failed")
		if h := e.ask("GET", "/restapi/v1.0/subscription/x", ""); h.Meta.Status != 404 {
			t.Errorf("%s: %+v", name, h)
		}
		_ = e.conn.CloseNow()
	}
}

// TestPushLimits: a session ends by the injected clock, and says why.
func TestPushLimits(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*person)
		code   string
	}{
		"idle":    {func(p *person) { p.clock.Add(pushIdle) }, "WSG-902"},
		"life":    {func(p *person) { p.clock.Add(pushLife) }, "WSG-903"},
		"expired": {func(p *person) { p.s.ExpirePush() }, "WSG-901"},
		"revoked": {func(p *person) { p.s.RevokeTokens() }, "WSG-901"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := start(t, Config{Seed: 1})
			e, _ := p.listen("")
			tc.change(p)
			if h := e.next("Error"); !strings.Contains(string(h.Body), tc.code) || h.Meta.Status != 401 {
				t.Errorf("%+v %s", h.Meta, h.Body)
			}
			if h, err := e.read(); err == nil {
				t.Errorf("then %+v", h)
			}
		})
	}
}

// TestPushMailboxEvents: edits through the interface, and transcripts that are
// done, are told as updates.
func TestPushMailboxEvents(t *testing.T) {
	p := start(t, Config{Seed: 1, Messages: 30})
	e, _ := p.listen("")
	e.subscribe("/restapi/v1.0/account/~/extension/~/message-store")
	changes := func() (list []messageChange) {
		t.Helper()
		var body messageEvent
		if err := json.Unmarshal(e.event().Body, &body); err != nil {
			t.Fatal(err)
		}
		return body.Changes
	}
	all := p.all()
	unread := slices.DeleteFunc(all, func(m wireMessage) bool { return m.ReadStatus == "Read" })
	id := fmt.Sprint(unread[0].ID)
	p.do("PUT", ext+"/message-store/"+id, `{"readStatus":"Read"}`)
	if c := changes(); len(c) != 1 || c[0].Updated != 1 || c[0].New != 0 || c[0].Type != unread[0].Type {
		t.Errorf("read: %+v", c)
	}
	p.do("DELETE", ext+"/message-store/"+id, "")
	if c := changes(); len(c) != 1 || c[0].Updated != 1 {
		t.Errorf("deleted: %+v", c)
	}
	p.s.Arrive(12)
	waiting := 0
	for _, c := range changes() {
		if c.New != len(c.IDs) || c.Updated != 0 {
			t.Errorf("arrived: %+v", c)
		}
		if c.Type == "VoiceMail" {
			waiting = c.New
		}
	}
	p.clock.Add(transcribed)
	// Nobody asks for anything: the service finds out by itself.
	if c := changes(); len(c) != 1 || c[0].Type != "VoiceMail" || c[0].Updated == 0 || c[0].Updated > waiting {
		t.Errorf("transcribed: %+v", c)
	}
}
