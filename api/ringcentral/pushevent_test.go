package ringcentral

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"switchboard/api/simulator"
)

func postControl(ctx context.Context, s *simulator.Server, path, body string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Description().ControlURL+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	transport := &http.Transport{DisableKeepAlives: true}
	res, err := transport.RoundTrip(r)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if b, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %d %s", path, res.StatusCode, b)
	}
	return nil
}

// shapes are events as services send them, or may.
var shapes = map[string]struct {
	event, body string
	good        func(v any) bool // nil: an error is due
}{
	"messages": {
		"/restapi/v1.0/account/233676004/extension/233676004/message-store",
		`{"accountId":233676004,"extensionId":233676004,"lastUpdated":"2026-04-18T20:25:15.775Z","changes":[{"type":"Pager","newCount":2,"updatedCount":0,"newMessageIds":[12756735005,12756737005]}]}`,
		func(v any) bool {
			e := v.(*MessageStoreEvent)
			return e.ExtensionID == "233676004" && e.Changes[0].NewMessageIDs[1] == "12756737005" && e.Changes[0].NewCount == 2 && e.LastUpdated.Year() == 2026
		},
	},
	"messages, without the counts that are 0": {
		"/restapi/v1.0/account/~/extension/5/message-store",
		`{"changes":[{"type":"VoiceMail","updatedCount":1}],"lastUpdated":"2026-04-18T20:25:15.775+0000"}`,
		func(v any) bool {
			e := v.(*MessageStoreEvent)
			return e.ExtensionID == "5" && e.Changes[0].UpdatedCount == 1 && e.LastUpdated.Minute() == 25
		},
	},
	"messages, partly of another shape": {
		"/restapi/v1.0/account/~/extension/5/message-store",
		`{"lastUpdated":"yesterday","changes":[{"type":7},{"type":"Hologram","newCount":"many"},{"type":"Fax","newCount":1,"newMessageIds":["8"]}],"brandNew":[1]}`,
		func(v any) bool {
			e := v.(*MessageStoreEvent)
			return len(e.Changes) == 1 && e.Changes[0].Type == "Fax" && e.Changes[0].NewMessageIDs[0] == "8" && e.LastUpdated.IsZero()
		},
	},
	"SMS": {
		"/restapi/v1.0/account/~/extension/5/message-store/instant?type=SMS",
		`{"id":"8234962969801171948","conversationId":"8234962969801171948","to":[{"phoneNumber":"+16505550100","target":true}],"from":{"phoneNumber":"+14155550142"},"type":"SMS","creationTime":"2026-02-28T05:11:37.000+0000","lastModifiedTime":"2026-02-28T05:11:37.673Z","readStatus":"Unread","attachments":[{"id":"9","type":"MmsAttachment","contentType":"image/png"}],"direction":"Inbound","subject":"Hello","conversation":{"id":"8234962969801171948"},"ownerId":5}`,
		func(v any) bool {
			m := v.(*InstantMessage)
			return m.ID == "8234962969801171948" && m.Thread() == m.ID && m.Subject == "Hello" && m.Attachments[0].ID == "9" && m.CreationTime.Second() == 37 && m.To[0].Target
		},
	},
	"SMS without a type": {"/restapi/v1.0/account/~/extension/5/message-store/instant", `{"id":1}`, func(v any) bool { return v.(*InstantMessage).Type == "SMS" }},
	"voicemail": {
		"/restapi/v1.0/account/~/extension/5/voicemail",
		`{"id":404068973008,"type":"Voicemail","attachments":[{"id":1,"uri":"https://x/1","type":"AudioRecording","vmDuration":7}],"vmTranscriptionStatus":"InProgress","from":null}`,
		func(v any) bool {
			m := v.(*VoicemailMessage)
			return m.ID == "404068973008" && m.Type == "VoiceMail" && m.Attachments[0].VMDuration == 7 && m.VMTranscriptionStatus == "InProgress" && m.From == nil
		},
	},
	"fax": {
		"/restapi/v1.0/account/~/extension/5/fax?direction=Inbound",
		`{"id":"404068973008","from":{"phoneNumber":"+14029997777"},"type":"Fax","creationTime":"2026-02-28T05:11:37.000Z","attachments":[{"id":"404068973008","type":"RenderedDocument","contentType":"application/pdf"}],"faxResolution":"High","faxPageCount":2}`,
		func(v any) bool { m := v.(*FaxMessage); return m.FaxPageCount == 2 && m.ID == "404068973008" },
	},
	"fax, pages as text": {
		"/restapi/v1.0/account/~/extension/5/fax", `{"id":"4","faxPageCount":"two","faxResolution":"Low"}`,
		func(v any) bool { m := v.(*FaxMessage); return m.FaxPageCount == 0 && m.FaxResolution == "Low" },
	},
	"presence": {
		"/restapi/v1.0/account/1/extension/5/presence?detailedTelephonyState=true",
		`{"extensionId":"5","telephonyStatus":"Ringing","sequence":42,"presenceStatus":"Busy","userStatus":"Available","dndStatus":"TakeAllCalls","activeCalls":[{"id":"a","direction":"Inbound","from":"+1","startTime":"2026-02-28T05:11:37.000+0000","telephonyStatus":"Ringing","sessionId":77}],"totalActiveCalls":1,"acceptCallQueueCalls":true}`,
		func(v any) bool {
			p := v.(*PresenceEvent)
			return p.Of() == "5" && p.Sequence == 42 && p.ActiveCalls[0].SessionID == "77" && p.TotalActiveCalls == 1 && *p.AcceptCallQueueCalls
		},
	},
	"presence of nobody named": {"/restapi/v1.0/account/1/extension/5/presence", `{"extensionId":"~","presenceStatus":"Somewhere"}`, func(v any) bool {
		p := v.(*PresenceEvent)
		return p.Of() == "5" && p.PresenceStatus == "Somewhere"
	}},
	"presence of a list": {"/restapi/v1.0/account/1/extension/5/favorite/presence", `{"presenceStatus":"Busy"}`, nil},
	"presence of all":    {"/restapi/v1.0/account/1/presence", `{"extensionId":6,"sequence":1}`, func(v any) bool { return v.(*PresenceEvent).Of() == "6" }},
	"call": {
		"/restapi/v1.0/account/1/extension/5/telephony/sessions",
		`{"sequence":5,"sessionId":"402936341008","telephonySessionId":"s-a1","serverId":"10.62.25.111.TAM","eventTime":"2026-06-05T00:14:50.147Z","accountId":"1","parties":[{"extensionId":5,"id":"p-1","direction":"Inbound","to":{"phoneNumber":"102","extensionId":"5"},"from":{"phoneNumber":"103","name":"TheCat"},"queueCall":true,"status":{"code":"Disconnected","reason":"NoAnswer","mobilePickupData":{"x":1}},"missedCall":true,"recordings":[{"id":"8","active":true}]},{"id":{}},{"id":"p-2","status":{"code":"Evaporated"}}],"origin":{"type":"Call"}}`,
		func(v any) bool {
			e := v.(*TelephonySessionEvent)
			p := e.Parties[0]
			return e.Sequence == 5 && e.Origin.Type == "Call" && len(e.Parties) == 2 && p.Missed && p.Queue && p.Over() && p.ExtensionID == "5" && p.Recordings[0].Active && e.ExtensionID == "5" && !e.Parties[1].Over()
		},
	},
	"post": {
		"/team-messaging/v1/posts", `{"id":"26848769679364","groupId":995723345922,"type":"TextMessage","text":"Hello","attachments":null,"eventType":"PostAdded"}`,
		func(v any) bool {
			p := v.(*PostEvent)
			return p.EventType == "PostAdded" && p.ChatID == "995723345922" && strings.Contains(string(p.Raw), "Hello")
		},
	},
	"post removed": {"/team-messaging/v1/posts", `{"id":"2","eventType":"PostRemoved"}`, func(v any) bool { p := v.(*PostEvent); return p.ID == "2" && p.ChatID == "" }},
	"older post":   {"/restapi/v1.0/glip/posts", `{"id":2,"eventType":"PostChanged"}`, func(v any) bool { return v.(*PostEvent).ID == "2" }},
	"chat":         {"/team-messaging/v1/groups", `{"id":"3","eventType":"GroupJoined","members":["1","2"]}`, func(v any) bool { c := v.(*ChatEvent); return c.EventType == "GroupJoined" }},
	"directory": {
		"/restapi/v1.0/account/1/directory/entries", `{"id":"8","eventType":"Update","type":"User","status":"Enabled","firstName":"Ada","phoneNumbers":[{"phoneNumber":"+1"},7]}`,
		func(v any) bool {
			d := v.(*DirectoryEvent)
			return d.ID == "8" && d.EventType == "Update" && d.FirstName == "Ada" && len(d.PhoneNumbers) == 1
		},
	},
	"favourites":  {"/restapi/v1.0/account/1/extension/5/favorite", `{"extensionId":"5"}`, func(v any) bool { return v.(*FavoriteEvent).ExtensionID == "5" }},
	"no object":   {"/team-messaging/v1/posts", `[1]`, nil},
	"no body":     {"/team-messaging/v1/posts", ``, nil},
	"no id":       {"/team-messaging/v1/posts", `{"eventType":"PostAdded"}`, nil},
	"broken":      {"/restapi/v1.0/account/1/extension/5/voicemail", `{"id":`, nil},
	"nobody's":    {"/restapi/v1.0/account/1/extension/5/tea", `{}`, nil},
	"no call":     {"/restapi/v1.0/account/1/telephony/sessions", `{"parties":[]}`, nil},
	"no message":  {"/restapi/v1.0/account/1/extension/5/fax", `{"type":"Fax"}`, nil},
	"no presence": {"/restapi/v1.0/account/1/presence", `{"presenceStatus":"Busy"}`, nil},
}

func TestParseEvent(t *testing.T) {
	for name, tc := range shapes {
		v, err := ParseEvent(PushEvent{Event: tc.event, Body: json.RawMessage(tc.body)})
		if tc.good == nil {
			if err == nil {
				t.Errorf("%s: %+v and no error", name, v)
			}
			continue
		}
		if err != nil || !tc.good(v) {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
	}
	if _, err := ParseEvent(PushEvent{Event: "/tea"}); !errors.Is(err, ErrUnknownEvent) {
		t.Error(err)
	}
}

func TestDecodeEvent(t *testing.T) {
	at := time.Date(2026, 4, 18, 20, 25, 24, 611e6, time.UTC)
	for name, tc := range map[string]struct {
		raw  string
		want PushEvent
		bad  bool
	}{
		"sample": {
			raw:  `{"uuid":"7","event":"/e","timestamp":"2026-04-18T20:25:24.611Z","subscriptionId":"s","ownerId":"233","body":{"a":1}}`,
			want: PushEvent{UUID: "7", Event: "/e", Time: at, OwnerID: "233", SubscriptionID: "s", Body: json.RawMessage(`{"a":1}`)},
		},
		"other times": {raw: `{"uuid":7,"event":"/e","timestamp":"2026-04-18T20:25:24.611+0000","ownerId":233}`, want: PushEvent{UUID: "7", Event: "/e", Time: at, OwnerID: "233"}},
		"odd members": {raw: `{"uuid":{},"event":"/e","timestamp":true,"body":[]}`, want: PushEvent{Event: "/e", Body: json.RawMessage(`[]`)}},
		"no name":     {raw: `{"uuid":"7"}`, bad: true},
		"no object":   {raw: `"x"`, bad: true},
		"nothing":     {raw: ``, bad: true},
	} {
		e, err := decodeEvent([]byte(tc.raw))
		if tc.bad {
			if err == nil {
				t.Errorf("%s: %+v", name, e)
			}
			continue
		}
		if err != nil || fmt.Sprint(e) != fmt.Sprint(tc.want) {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
}

func TestSameFilter(t *testing.T) {
	for _, tc := range []struct {
		a, b        string
		same, loose bool
	}{
		{FilterFax(""), "/restapi/v1.0/account/37/extension/17/fax?direction=Inbound", true, true},
		{FilterFax(""), "/restapi/v1.0/account/37/extension/17/fax", false, true},
		{FilterPresence("", true), FilterPresence("", false), false, true},
		{FilterPresence("5", true), FilterPresence("6", true), false, false},
		{"/a?x=1&y=2", "/a/?y=2&x=1", true, true},
		{FilterPosts, FilterChats, false, false},
		{"/a?%zz", "/a?%zz", false, true},
	} {
		_, same := sameFilter(tc.a, tc.b, false)
		if _, loose := sameFilter(tc.a, tc.b, true); same != tc.same || loose != tc.loose {
			t.Errorf("%s and %s", tc.a, tc.b)
		}
	}
}

func TestRecent(t *testing.T) {
	var r recent
	long := strings.Repeat("x", 100)
	for i := range 3 * maxPushSeen {
		if key := fmt.Sprint(i); r.again(key) || !r.again(key) {
			t.Fatal(key)
		}
		if len(r.known) > maxPushSeen {
			t.Fatalf("%d kept", len(r.known))
		}
	}
	if r.again("0") || r.again(long) || !r.again(long) || r.again(long+"y") {
		t.Error("wrong about one of them")
	}
}

func FuzzParseEvent(f *testing.F) {
	for _, tc := range shapes {
		f.Add(tc.event, []byte(tc.body))
	}
	f.Fuzz(func(t *testing.T, event string, body []byte) {
		v, err := ParseEvent(PushEvent{Event: event, Body: body})
		if err == nil && v == nil {
			t.Error("nothing, and no error")
		}
		var id ID
		switch v := v.(type) {
		case *InstantMessage:
			id = v.ID
		case *PostEvent:
			id = v.ID
			if !bytes.Equal(v.Raw, body) {
				t.Error("changed")
			}
		default:
			return
		}
		if err == nil && id == "" {
			t.Errorf("no id in %s", body)
		}
	})
}

func FuzzPushFrame(f *testing.F) {
	for _, s := range []string{
		`[{"type":"ConnectionDetails","messageId":"x","status":200,"wsc":{"token":"t","sequence":1},"headers":{"RCRequestId":"r","n":1}},{"recoveryTimeout":180}]`,
		`[{"type":"ServerNotification","status":"200"},{"uuid":"u","event":"/e","body":null}]`,
		`[{"type":"Heartbeat","messageId":5}]`, `[]`, `[1]`, `{}`, `[{},null]`, `[{"wsc":7}]`, `[{"headers":[]}]`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		frame, err := parseFrame(b)
		if err != nil {
			return
		}
		if !json.Valid(b) {
			t.Error("not JSON, and taken")
		}
		e, err := decodeEvent(frame.Body)
		if err == nil && e.Event == "" {
			t.Error("no name")
		}
		if frame.failure("op", "GET").Status < 400 {
			t.Error("an error that is none")
		}
	})
}

// BenchmarkDecodeEvent: from a frame to its typed body.
func BenchmarkDecodeEvent(b *testing.B) {
	for _, name := range []string{"messages", "SMS", "presence", "call", "post"} {
		tc := shapes[name]
		raw := fmt.Appendf(nil, `[{"type":"ServerNotification","messageId":"1","status":200,"wsc":{"token":"t","sequence":9},"headers":{"RCRequestId":"r"}},{"uuid":"u","event":%q,"timestamp":"2026-04-18T20:25:24.611Z","subscriptionId":"s","ownerId":"5","body":%s}]`, tc.event, tc.body)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				f, err := parseFrame(raw)
				if err != nil {
					b.Fatal(err)
				}
				e, err := decodeEvent(f.Body)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := ParseEvent(e); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
