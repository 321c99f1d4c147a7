package symphony_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"switchboard/api"
	sym "switchboard/api/symphony"
)

func TestDatafeeds(t *testing.T) {
	s := newServers(t)
	s.json("GET "+feeds, `[{"id":"371f465fb97b5d1027d20a5e7085863a_f","type":"fanout"},{"id":"datahose_f_x","type":"datahose"},{"id":"old"},{}]`)
	s.on("POST "+feeds, func(w http.ResponseWriter, _ *http.Request) { answer(w, 201, map[string]string{"id": "new_f"}) })
	c := s.client()
	list, err := c.Datafeeds(t.Context(), "switchboard")
	if err != nil || len(list) != 3 || !list[0].Usable() || list[1].Usable() || list[2].Usable() {
		t.Errorf("%+v %v", list, err)
	}
	if q := s.last(feeds).Query; q != "tag=switchboard" {
		t.Errorf("query %s", q)
	}
	feed, err := c.CreateDatafeed(t.Context(), "switchboard")
	if err != nil || feed.ID != "new_f" || !feed.Usable() {
		t.Errorf("%+v %v", feed, err)
	}
	if r := s.last(feeds); string(r.Body) != `{"tag":"switchboard","includeInvisible":false}` {
		t.Errorf("body %s", r.Body)
	}
	if _, err := c.CreateDatafeed(t.Context(), strings.Repeat("t", 101)); err == nil {
		t.Error("a tag that is too long is sent")
	}
	s.on("POST "+feeds, fails(500, "broken"))
	n := len(s.to(feeds))
	if _, err := c.CreateDatafeed(t.Context(), ""); err == nil || len(s.to(feeds)) != n+1 {
		t.Errorf("a feed may have been made, and another one was asked for: %v", err)
	}
}

const reading = feeds + "/new_f/read"

// TestReadDatafeed has an event of each kind.
func TestReadDatafeed(t *testing.T) {
	s := newServers(t)
	s.json("POST "+reading, `{"ackId":"ack-1","events":[
	{"id":"e1","messageId":"m1","timestamp":1541083440000,"type":"MESSAGESENT","initiator":{"user":{"userId":1,"displayName":"A"}},"payload":{"messageSent":{"message":{"messageId":"m1","stream":{"streamId":"s1","streamType":"IM"},"message":"hi"}}}},
	{"id":"e2","type":"SHAREDPOST","payload":{"sharedPost":{"message":{"messageId":"m2"},"sharedMessage":{"messageId":"m0","message":"old"}}}},
	{"id":"e3","type":"ROOMCREATED","payload":{"roomCreated":{"stream":{"streamId":"r1","streamType":"ROOM","roomName":"R"},"roomProperties":{"name":"R","creatorUser":{"userId":2},"createdDate":1541083440000,"copyProtected":true,"canViewHistory":"true"}}}},
	{"id":"e4","type":"ROOMUPDATED","payload":{"roomUpdated":{"stream":{"streamId":"r1"},"newRoomProperties":{"name":"R2"}}}},
	{"id":"e5","type":"USERJOINEDROOM","payload":{"userJoinedRoom":{"stream":{"streamId":"r1"},"affectedUser":{"userId":3}}}},
	{"id":"e6","type":"MESSAGESUPPRESSED","payload":{"messageSuppressed":{"messageId":"m9","stream":{"streamId":"r1"}}}},
	{"id":"e7","type":"CONNECTIONREQUESTED","payload":{"connectionRequested":{"toUser":{"userId":"4"}}}},
	{"id":"e8","type":"USERREQUESTEDTOJOINROOM","payload":{"userRequestedToJoinRoom":{"stream":{"streamId":"r1"},"affectedUsers":[{"userId":5},{"userId":6}]}}},
	{"id":"e9","type":"SYMPHONYELEMENTSACTION","payload":{"symphonyElementsAction":{"stream":{"streamId":"r1"},"formMessageId":"fm","formId":"f","formValues":{"a":"b"}}}},
	{"id":"e10","type":"GENERICSYSTEMEVENT","payload":{"genericSystemEvent":{"stream":{"streamId":"r1"},"eventTimestamp":1541083440000,"sourceSystem":"sys","eventSubtype":"what"}}},
	{"id":"e11","type":"TOMORROW","payload":{"tomorrow":{"x":[1]},"text":"y"}},
	{"id":"e12","type":"MESSAGESENT","messageId":"m12","diagnostic":"could not decrypt","payload":null},
	{}, 5]}`)
	c := s.client()
	events, ack, err := c.ReadDatafeed(t.Context(), "new_f", "")
	if err != nil || ack != "ack-1" || len(events) != 12 {
		t.Fatalf("%d %q %v", len(events), ack, err)
	}
	if b := string(s.last(reading).Body); b != `{"ackId":"","updatePresence":false}` {
		t.Errorf("body %s", b)
	}
	e := map[string]sym.Event{}
	for _, v := range events {
		e[v.ID] = v
	}
	checks := map[string]bool{
		"message":    e["e1"].Message != nil && e["e1"].Message.Message == "hi" && e["e1"].Stream.ID == "s1" && e["e1"].Initiator.Name() == "A" && e["e1"].Time.Equal(time.UnixMilli(1541083440000)),
		"shared":     e["e2"].Message.SharedMessage != nil && e["e2"].Message.SharedMessage.ID == "m0" && e["e2"].MessageID == "m2",
		"created":    e["e3"].Room.CopyProtected && e["e3"].Room.ViewHistory && e["e3"].Room.Creator.ID == "2" && e["e3"].Stream.Name == "R",
		"updated":    e["e4"].Room.Name == "R2" && e["e4"].Stream.ID == "r1",
		"joined":     e["e5"].User.ID == "3" && e["e5"].Stream.ID == "r1",
		"suppressed": e["e6"].MessageID == "m9" && e["e6"].Stream.ID == "r1",
		"connection": e["e7"].User.ID == "4",
		"asked":      len(e["e8"].Users) == 2 && e["e8"].Users[1].ID == "6",
		"form":       e["e9"].Form != nil && e["e9"].Form.MessageID == "fm" && string(e["e9"].Form.Values) == `{"a":"b"}`,
		"generic":    e["e10"].Generic != nil && e["e10"].Generic.Subtype == "what",
		"unknown":    e["e11"].Type == "TOMORROW" && e["e11"].Message == nil,
		"unreadable": e["e12"].Message == nil && e["e12"].MessageID == "m12" && e["e12"].Diagnostic != "",
	}
	for what, ok := range checks {
		if !ok {
			t.Errorf("%s: %+v", what, events)
		}
	}
	if _, _, err := c.ReadDatafeed(t.Context(), "new_f", ack); err != nil || !strings.Contains(string(s.last(reading).Body), `"ackId":"ack-1"`) {
		t.Errorf("%v, body %s", err, s.last(reading).Body)
	}
	s.json("POST "+reading, `{"ackId":"ack-2"}`)
	if events, ack, err := c.ReadDatafeed(t.Context(), "new_f", "ack-1"); err != nil || len(events) != 0 || ack != "ack-2" {
		t.Errorf("nothing new: %v %q %v", events, ack, err)
	}
}

// TestFeedGone tells a lost feed from a throttled one, and from trouble.
func TestFeedGone(t *testing.T) {
	s := newServers(t)
	c := s.client()
	for _, tt := range []struct {
		name    string
		status  int
		after   string
		gone    bool
		passing bool
	}{
		{"gone", 400, "", true, false},
		{"gone, 404", 404, "", true, false},
		{"throttled", 400, "600", false, true},
		{"trouble", 500, "", false, true},
		{"too many", 403, "", false, false},
	} {
		s.on("POST "+reading, func(w http.ResponseWriter, r *http.Request) {
			if tt.after != "" {
				w.Header().Set("Retry-After", tt.after)
			}
			fails(tt.status, "Could not find a datafeed with that id")(w, r)
		})
		_, _, err := c.ReadDatafeed(t.Context(), "new_f", "a")
		if err == nil || sym.IsFeedGone(err) != tt.gone || api.IsTemporary(err) != tt.passing {
			t.Errorf("%s: %v", tt.name, err)
		}
		s.clock.advance(time.Hour)
	}
	s.on("DELETE "+feeds+"/new_f", fails(400, "no such feed"))
	if err := c.DeleteDatafeed(t.Context(), "new_f"); err != nil {
		t.Errorf("deleting what is gone: %v", err)
	}
	s.on("DELETE "+feeds+"/new_f", nothing)
	if err := c.DeleteDatafeed(t.Context(), "new_f"); err != nil {
		t.Error(err)
	}
}
