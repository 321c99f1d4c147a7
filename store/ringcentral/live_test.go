package ringcentral

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	rc "switchboard/api/ringcentral"
	"switchboard/store"
)

// event is an event as the service sends it.
func event(name, body string) rc.PushEvent {
	return rc.PushEvent{Event: name, OwnerID: "7", Body: json.RawMessage(body)}
}

const ofExtension = "/restapi/v1.0/account/1/extension/7/"

// The shapes of RingCentral's own samples, with ids as texts and as numbers, times of both
// styles, and members missing.
func TestHeard(t *testing.T) {
	m := New("ringcentral:1:7", nil)
	for name, tt := range map[string]struct {
		event rc.PushEvent
		want  func(n store.News) bool
	}{
		"counts only": {
			event(ofExtension+"message-store", `{"accountId":1,"extensionId":7,"changes":[{"type":"Pager","newCount":2,"newMessageIds":[12756735005]}]}`),
			func(n store.News) bool { return n.Changed && len(n.Messages) == 0 },
		},
		"a text": {
			event(ofExtension+"message-store/instant?type=SMS", `{"id":"99","to":[{"phoneNumber":"+15550100","target":true}],"from":{"phoneNumber":"+15550101"},
				"type":"SMS","creationTime":"2026-11-20T10:00:00.000Z","lastModifiedTime":"2026-11-20T10:00:00.500+0000","readStatus":"Unread","direction":"Inbound",
				"subject":"hello","conversationId":"8031152018338945839","conversation":{"id":"8031152018338945839"}}`),
			func(n store.News) bool {
				return n.Changed && len(n.Messages) == 1 && n.Messages[0].Remote == "99" && n.Messages[0].Text == "hello" &&
					n.Messages[0].Conversation == "8031152018338945839" && !n.Messages[0].Modified.IsZero()
			},
		},
		"a voicemail of the other spelling": {
			event(ofExtension+"voicemail", `{"id":98,"type":"Voicemail","creationTime":"2026-11-20T10:00:00Z","readStatus":"Unread","direction":"Inbound","vmTranscriptionStatus":"InProgress",
				"attachments":[{"id":"98","uri":"https://media.ringcentral.com/x","type":"AudioRecording","contentType":"audio/mpeg","vmDuration":7}]}`),
			func(n store.News) bool {
				return len(n.Messages) == 1 && n.Messages[0].Kind == store.Voicemail && n.Messages[0].Duration == 7*time.Second
			},
		},
		"a fax without a time": {
			event(ofExtension+"fax?direction=Inbound", `{"id":"97"}`),
			func(n store.News) bool { return n.Changed && len(n.Messages) == 0 },
		},
		"the directory": {event("/restapi/v1.0/account/1/directory/entries", `{"id":"5","eventType":"Update"}`), func(n store.News) bool {
			return slices.Equal(n.Feeds, []string{store.FeedDirectory})
		}},
		"favourites": {event(ofExtension+"favorite", `{"extensionId":"7"}`), func(n store.News) bool { return slices.Equal(n.Feeds, []string{store.FeedFavorites}) }},
		"one's presence": {
			event(ofExtension+"presence?detailedTelephonyState=true", `{"extensionId":7,"sequence":3,"presenceStatus":"Busy","telephonyStatus":"Ringing"}`),
			func(n store.News) bool {
				return len(n.Presence) == 1 && n.Presence[0].Mine && n.Presence[0].Sequence == 3 && n.Presence[0].Extension == "7"
			},
		},
		"another's presence": {
			event(ofExtension+"presence/line/presence", `{"extensionId":"8","sequence":4,"presenceStatus":"Available"}`),
			func(n store.News) bool {
				return len(n.Presence) == 1 && !n.Presence[0].Mine && n.Presence[0].Extension == "8" && n.Presence[0].Quiet
			},
		},
		"something new": {event(ofExtension+"hologram", `{}`), func(n store.News) bool {
			return !n.Changed && !n.Missed && n.Feeds == nil
		}},
	} {
		n, err := m.heard(tt.event)
		if err != nil || !tt.want(n) {
			t.Errorf("%s: %+v, %v", name, n, err)
		}
	}
	for _, bad := range []rc.PushEvent{event(ofExtension+"voicemail", `[]`), event(ofExtension+"presence/line/presence", `{}`)} {
		if n, err := m.heard(bad); err == nil {
			t.Errorf("%s %s: %+v", bad.Event, bad.Body, n)
		}
	}
}

func TestLiveCalls(t *testing.T) {
	for name, tt := range map[string]struct {
		body string
		want store.LiveCall
		not  bool
	}{
		"rings": {
			`{"sequence":2,"sessionId":"55","telephonySessionId":"s-a55","eventTime":"2026-11-20T10:00:00.000Z","accountId":"1","extensionId":"7",
				"parties":[{"extensionId":"7","direction":"Inbound","from":{"phoneNumber":"+15550101","name":"Ana"},"to":{"phoneNumber":"101","extensionId":"7"},"status":{"code":"Proceeding"},"queueCall":true}]}`,
			store.LiveCall{Session: "s-a55", Sequence: 2, State: store.LiveRinging, Dir: store.Inbound, From: store.Party{Name: "Ana", Number: "+15550101"}, To: store.Party{Extension: "101"}, Queue: true, Ours: true},
			false,
		},
		"a colleague's, with two parties": {
			`{"sequence":3,"sessionId":56,"eventTime":"2026-11-20T10:00:00.000+0000","extensionId":"8","parties":[
				{"extensionId":"9","direction":"Outbound","from":{"name":"X"},"to":{},"status":{"code":"Answered"}},
				{"extensionId":"8","direction":"Outbound","from":{"phoneNumber":"108","name":"Ben","extensionId":"8"},"to":{"phoneNumber":"+15550102"},"status":{"code":"Hold"}}]}`,
			store.LiveCall{Session: "56", Sequence: 3, State: store.LiveHeld, Dir: store.Outbound, From: store.Party{Name: "Ben", Extension: "108"}, To: store.Party{Number: "+15550102"}, Owner: "Ben"},
			false,
		},
		"missed": {
			`{"sequence":4,"telephonySessionId":"s","eventTime":"2026-11-20T10:00:00Z","extensionId":"7","parties":[{"direction":"Inbound","status":{"code":"Disconnected","reason":"NoAnswer"},"missedCall":true}]}`,
			store.LiveCall{Session: "s", Sequence: 4, State: store.LiveEnded, Dir: store.Inbound, Missed: true, Ours: true},
			false,
		},
		"nobody in it":      {`{"telephonySessionId":"s","parties":[]}`, store.LiveCall{}, true},
		"a word of a newer": {`{"telephonySessionId":"s","parties":[{"status":{"code":"Teleported"}}]}`, store.LiveCall{}, true},
	} {
		v, err := rc.ParseEvent(event(ofExtension+"telephony/sessions", tt.body))
		e, ok := v.(*rc.TelephonySessionEvent)
		if err != nil || !ok {
			t.Fatalf("%s: %v", name, err)
		}
		got, ok := liveCall(e, "7")
		if ok == tt.not {
			t.Errorf("%s: %v", name, ok)
		}
		if !tt.not {
			if got.Since.IsZero() {
				t.Errorf("%s: no time", name)
			}
			if got.Since = (time.Time{}); got != tt.want {
				t.Errorf("%s:\n got %+v\nwant %+v", name, got, tt.want)
			}
		}
	}
}

// What is granted is not asked for at intervals; the rest is.
func TestWhatIsHeard(t *testing.T) {
	m := New("ringcentral:1:7", nil)
	list := m.filters(store.LiveWant{Presence: []string{"8", "not an id/../"}})
	var names []string
	for _, f := range list {
		if f.name == "" {
			t.Error("an empty filter")
		}
		names = append(names, f.name)
	}
	if !slices.Contains(names, rc.FilterPresence("8", true)) {
		t.Errorf("a colleague is not listened to: %q", names)
	}
	n := liveNews(list, rc.PushState{Up: true, Gap: true, Disabled: []string{rc.FilterMessageStore(""), rc.FilterAccountTelephony, rc.FilterFax("")}})
	want := []string{store.FeedCalls, store.FeedActive, store.FeedPresence, store.FeedChats, store.FeedDirectory, store.FeedFavorites}
	if !n.Missed || !n.Live.Up || !slices.Equal(n.Live.Hears, want) {
		t.Errorf("%+v %+v", n, n.Live)
	}
	n = liveNews(list, rc.PushState{Err: errors.New("no"), Refused: true, Retry: time.Unix(5, 0)})
	if n.Missed || n.Live.Up || len(n.Live.Hears) > 0 || !n.Live.Refused || n.Live.Err == nil || n.Live.Retry.Unix() != 5 {
		t.Errorf("%+v %+v", n, n.Live)
	}
}
