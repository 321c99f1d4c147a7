package simulator

import (
	"fmt"
	"strings"
	"testing"
)

func TestPushFaultNames(t *testing.T) {
	p := start(t, Config{Seed: 1})
	for _, name := range pushFaultNames() {
		f, err := ParseFaults("push-" + name + "=0.5,reset=0.1")
		if err != nil || p.s.SetFaults(f) != nil || p.s.FailNext("", "push-"+name, 0, 1) != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := p.s.SetFaults(Faults{"push-tea": 1}); err == nil {
		t.Error("an unknown fault is taken")
	}
	if a := p.control("/push/fail", `{"fault":"tea"}`); a.status != 400 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if err := p.s.SetFaults(Faults{"push-lost": 0.3, "push-double": 0.3, "push-late": 0.2}); err != nil {
		t.Fatal(err)
	}
	e, _ := p.listen("")
	e.subscribe("/restapi/v1.0/account/~/presence")
	const many = 400
	for n := range many {
		busyWith(p, fmt.Sprint("n", n))
	}
	if err := p.s.SetFaults(Faults{}); err != nil {
		t.Fatal(err)
	}
	busyWith(p, "end")
	got := 0
	for !strings.Contains(string(e.event().Body), `"end"`) {
		got++
	}
	n := p.s.PushCounts()
	if n.Lost < many/5 || n.Doubled < many/8 || n.Late < many/10 || got < many-n.Lost || got > many-n.Lost+n.Doubled+n.Late {
		t.Errorf("%d came, %+v", got, n)
	}
}

func busyWith(p *person, message string) {
	p.t.Helper()
	if err := p.s.SetPresence("112", "Busy", message); err != nil {
		p.t.Fatal(err)
	}
}

// TestPushControl presses each button of the gateway once.
func TestPushControl(t *testing.T) {
	p := start(t, Config{Seed: 1})
	for _, button := range []string{"drop", "forget", "mute", "expire"} {
		e, _ := p.listen("")
		if a := p.control("/push/"+button, "{}"); a.status != 200 {
			t.Errorf("%s: %d %s", button, a.status, a.body)
		}
		switch button {
		case "mute":
			e.send(`[{"type":"Heartbeat","messageId":"x"}]`)
			p.s.DropPush()
			fallthrough
		case "drop", "forget":
			if h, err := e.read(); err == nil {
				t.Errorf("%s: %+v", button, h)
			}
		}
	}
	e, _ := p.listen("")
	e.subscribe("/restapi/v1.0/account/~/presence", "/restapi/v1.0/account/~/extension/~/message-store")
	if a := p.control("/push/filters", `{"off":["/team-messaging/v1/posts"]}`); a.status != 200 {
		t.Error(a.status)
	}
	if a := p.control("/push/burst", `{"count":40,"rate":10000}`); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
	// Twenty messages, ten presences, and ten steps of calls with one each.
	for range 40 {
		e.event()
	}
	for _, bad := range []string{`{"count":0}`, `{"rate":0}`, `{"kind":"tea"}`} {
		if a := p.control("/push/burst", bad); a.status != 400 {
			t.Errorf("%s: %d", bad, a.status)
		}
	}
	a := p.control("/push", "")
	if a.status != 200 || !strings.Contains(string(a.body), `"open":1`) || !strings.Contains(string(a.body), `/message-store"`) {
		t.Errorf("%s", a.body)
	}
}

func TestSubscriptions(t *testing.T) {
	p := start(t, Config{Seed: 1})
	const path = "/restapi/v1.0/subscription"
	create := `{"eventFilters":["/team-messaging/v1/posts"],"deliveryMode":{"transportType":"WebHook","address":"https://example.com/hook"},"expiresIn":600}`
	a := p.do("POST", path, create)
	sub := decode[subscriptionWire](t, a)
	if a.status != 200 || sub.Expires != 600 || sub.Mode.Address == "" || len(sub.Filters) != 1 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	for _, bad := range []string{`{}`, `{"eventFilters":[]}`, strings.Replace(create, "https", "http", 1), strings.Replace(create, "WebHook", "WebSocket", 1)} {
		if a := p.do("POST", path, bad); a.status != 400 {
			t.Errorf("%s: %d %s", bad, a.status, a.body)
		}
	}
	e, _ := p.listen("")
	e.subscribe("/team-messaging/v1/chats")
	list := decode[struct{ Records []subscriptionWire }](t, p.get(path)).Records
	if len(list) != 2 || list[1].Mode.Type != "WebSocket" {
		t.Fatalf("%+v", list)
	}
	for _, step := range []struct {
		method, id, body string
		want             int
	}{
		{"GET", sub.ID, "", 200},
		{"GET", "x", "", 404},
		{"PUT", sub.ID, `{"eventFilters":["/team-messaging/v1/chats"]}`, 200},
		{"PUT", sub.ID, "", 200},
		{"PUT", sub.ID, `{"eventFilters":["/tea"]}`, 400},
		{"PUT", list[1].ID, `{"eventFilters":["/team-messaging/v1/posts"]}`, 400},
		{"POST", sub.ID + "/renew", "", 200},
		{"POST", list[1].ID + "/renew", "", 200},
		{"POST", "x/renew", "", 404},
		{"DELETE", list[1].ID, "", 204},
		{"DELETE", list[1].ID, "", 404},
	} {
		if a := p.do(step.method, path+"/"+step.id, step.body); a.status != step.want {
			t.Errorf("%s %s %s: %d %s", step.method, step.id, step.body, a.status, a.body)
		}
	}
	p.clock.Add(hookLife) // the token is over, too
	p.token = p.signIn().AccessToken
	if a := p.get(path + "/" + sub.ID); a.status != 404 {
		t.Errorf("after its end: %d", a.status)
	}
	for range maxSubscriptions {
		p.do("POST", path, create)
	}
	if a := p.do("POST", path, create); a.status != 403 || a.code() != "SUB-505" {
		t.Errorf("one too many: %d %s", a.status, a.body)
	}
}
