package simulator

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// TestPushFilters: who hears what.
func TestPushFilters(t *testing.T) {
	const ext = "/restapi/v1.0/account/~/extension/~"
	for name, tc := range map[string]struct {
		filter string
		do     func(p *person)
		want   string // of the names and bodies
		not    string
	}{
		"all messages":       {ext + "/message-store", arrive, "VoiceMail", ""},
		"one kind":           {ext + "/message-store?type=Fax", arrive, "Fax", "SMS"},
		"SMS":                {ext + "/message-store/instant?type=SMS", arrive, `"type":"SMS"`, "Pager"},
		"voicemail":          {ext + "/voicemail", arrive, `"type":"Voicemail"`, `"Fax"`},
		"fax":                {basePath + "/fax?direction=Inbound", arrive, `"faxPageCount"`, "SMS"},
		"own presence":       {ext + "/presence?detailedTelephonyState=true", busy("101"), `"totalActiveCalls":0`, ""},
		"plain presence":     {ext + "/presence", busy("101"), `"userStatus":"Busy"`, "totalActiveCalls"},
		"another's":          {accountPath + "/extension/178009130/presence", busy("112"), `"extensionId":"178009130"`, ""},
		"lines":              {ext + "/presence/line/presence", busy("112"), `"extensionId":"178009130"`, extensionID + `","telephony`},
		"calls":              {ext + "/telephony/sessions", ring, `"code":"Proceeding"`, ""},
		"calls that end":     {ext + "/telephony/sessions?statusCode=Disconnected", ring, `"missedCall":true`, "Proceeding"},
		"missed calls":       {ext + "/telephony/sessions?missedCall=true", ring, `"missedCall":true`, "Proceeding"},
		"outbound calls":     {ext + "/telephony/sessions?direction=Outbound", both, `"direction":"Outbound"`, "Inbound"},
		"of a number":        {ext + "/telephony/sessions?phoneNumber=%2B14155550142", both, "+14155550142", "+14155550199"},
		"of all extensions":  {"/restapi/v1.0/account/~/telephony/sessions", ring, `"event":"` + accountPath + `/telephony/sessions"`, ""},
		"of all presences":   {"/restapi/v1.0/account/~/presence", busy("112"), `"event":"` + accountPath + `/presence"`, "activeCalls"},
		"favourites":         {ext + "/favorite", favor, `"extensionId":"` + extensionID + `"`, ""},
		"their presence":     {ext + "/favorite/presence", func(p *person) { favor(p); busy("112")(p) }, `"extensionId":"178009130"`, ""},
		"posts":              {"/team-messaging/v1/posts", post("/team-messaging/v1/posts"), "PostAdded", ""},
		"chats, either name": {"/team-messaging/v1/groups", post("/team-messaging/v1/chats"), "PostAdded", ""},
		"directory":          {"/restapi/v1.0/account/~/directory/entries", post("/restapi/v1.0/account/~/directory/entries"), "PostAdded", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t, Config{Seed: 1, Messages: 10})
			e, _ := p.listen("")
			if h := e.subscribe(tc.filter, "/restapi/v1.0/account/~/extension/178009154/telephony/sessions"); h.Meta.Status != 200 || strings.Contains(string(h.Body), "disabledFilters") {
				t.Fatalf("%+v %s", h.Meta, h.Body)
			}
			tc.do(p)
			p.s.publish("178009154", accountPath+"/extension/178009154/telephony/sessions", json.RawMessage(`"end"`))
			all := ""
			for {
				ev := e.event()
				if string(ev.Body) == `"end"` {
					break
				}
				b, err := json.Marshal(ev)
				if err != nil {
					t.Fatal(err)
				}
				all += string(b) + "\n"
			}
			if !strings.Contains(all, tc.want) || tc.not != "" && strings.Contains(all, tc.not) {
				t.Errorf("heard\n%s\nwant %s, not %s", all, tc.want, tc.not)
			}
		})
	}
}

func arrive(p *person) { p.s.Arrive(20) }

func busy(extension string) func(*person) {
	return func(p *person) {
		p.t.Helper()
		if err := p.s.SetPresence(extension, "Busy", ""); err != nil {
			p.t.Fatal(err)
		}
	}
}

func ring(p *person) { p.ringFrom("+14155550142", false) }

func both(p *person) {
	p.ringFrom("+14155550142", false)
	p.ringFrom("+14155550142", true)
	p.ringFrom("+14155550199", false)
}

func (p *person) ringFrom(number string, out bool) {
	p.t.Helper()
	id, err := p.s.Ring(LiveCall{From: number, Outbound: out})
	if err = errors.Join(err, p.s.HangUp(id, "")); err != nil {
		p.t.Fatal(err)
	}
}

func favor(p *person) {
	p.t.Helper()
	if a := p.do("PUT", ext+"/favorite", `{"records":[{"extensionId":"178009130"}]}`); a.status != 200 {
		p.t.Fatalf("%d %s", a.status, a.body)
	}
}

func post(event string) func(*person) {
	return func(p *person) {
		p.t.Helper()
		if a := p.control("/push/event", `{"event":"`+event+`","body":{"id":"1","eventType":"PostAdded"}}`); a.status != 200 {
			p.t.Fatalf("%d %s", a.status, a.body)
		}
	}
}

func TestPushRefusals(t *testing.T) {
	p := start(t, Config{Seed: 1})
	e, _ := p.listen("")
	const own = "/restapi/v1.0/account/~/extension/~"
	for name, tc := range map[string]struct {
		filters []string
		status  int
		code    string
	}{
		"none":              {nil, 400, "CMN-101"},
		"unknown":           {[]string{own + "/presence", own + "/tea"}, 400, "SUB-515"},
		"another account":   {[]string{"/restapi/v1.0/account/5/presence"}, 400, "SUB-515"},
		"without its type":  {[]string{own + "/message-store/instant"}, 400, "SUB-515"},
		"a bad value":       {[]string{own + "/message-store?type=Letter"}, 400, "SUB-515"},
		"only somebody's":   {[]string{accountPath + "/extension/178009130/voicemail"}, 403, "SUB-406"},
		"partly somebody's": {[]string{accountPath + "/extension/178009130/voicemail", own + "/voicemail"}, 200, "SUB-405"},
		"an address":        {[]string{"https://x" + own + "/voicemail"}, 400, "SUB-515"},
	} {
		if h := e.subscribe(tc.filters...); h.Meta.Status != tc.status || !strings.Contains(string(h.Body), tc.code) {
			t.Errorf("%s: %+v %s", name, h.Meta, h.Body)
		}
	}
	p.s.Deny("WebSocket", true)
	if a := p.do("POST", "/restapi/oauth/wstoken", ""); a.status != 403 || a.code() != "CMN-401" {
		t.Errorf("%d %s", a.status, a.body)
	}
	p.token = ""
	if a := p.do("POST", "/restapi/oauth/wstoken", ""); a.status != 401 {
		t.Errorf("%d %s", a.status, a.body)
	}
}
