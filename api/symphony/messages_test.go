package symphony_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"switchboard/api"
	sym "switchboard/api/symphony"
)

const listing = "/agent/v4/stream/" + safeStream + "/message"

// TestMessages reads what the service's own examples hold, and worse.
func TestMessages(t *testing.T) {
	s := newServers(t)
	s.json("GET "+listing, `[
	{"messageId":"m1","timestamp":1548089933946,"message":"<div data-format=\"PresentationML\" data-version=\"2.0\">hi</div>","data":"{}",
	 "user":{"userId":7078106482890,"firstName":"User","lastName":"Bot","displayName":"User Bot","email":"bot@acme.example","username":"bot"},
	 "stream":{"streamId":"s1","streamType":"ROOM","roomName":"Desk","external":true,"crossPod":"false"},
	 "attachments":[{"id":"internal_1%2F2","name":"lenna.png","size":473892,"images":[{"id":"t1","dimension":"600"},{}]},{"name":"no id"}],
	 "externalRecipients":false,"silent":"true","replacing":"m0","initialMessageId":"m00","initialTimestamp":1548089933000,
	 "sharedMessage":{"messageId":"s","message":"old","attachments":[{"id":"f9","name":"deep.pdf","size":"7","images":null}],"sharedMessage":{"messageId":"s2"}}},
	{"messageId":"m2","timestamp":"1548089933947","attachments":null,"user":"nobody","stream":[],"message":{"a":1}},
	{"messageId":"m3","attachments":{},"timestamp":1e300},
	{"message":"no id"}, "text", null, 5]`)
	list, err := s.client().Messages(t.Context(), stdStream, sym.MessageQuery{Since: time.UnixMilli(1548089933946), Until: time.UnixMilli(1548089943946), Skip: 2, Limit: 900})
	if err != nil || len(list) != 3 {
		t.Fatalf("%+v %v", list, err)
	}
	m := list[0]
	if m.ID != "m1" || m.Timestamp.UnixMilli() != 1548089933946 || !strings.HasPrefix(m.Message, "<div") || m.User.ID != "7078106482890" ||
		m.User.Name() != "User Bot" || m.Stream.Name != "Desk" || !m.Stream.External || m.Stream.CrossPod || !m.Silent || m.Replacing != "m0" || m.InitialID != "m00" {
		t.Errorf("first %+v", m)
	}
	if len(m.Attachments) != 1 || m.Attachments[0].ID != "internal_1%2F2" || m.Attachments[0].Size != 473892 || len(m.Attachments[0].Images) != 1 || m.Attachments[0].Images[0].Dimension != "600" {
		t.Errorf("files %+v", m.Attachments)
	}
	if m.SharedMessage == nil || m.SharedMessage.Attachments[0].ID != "f9" || m.SharedMessage.SharedMessage.ID != "s2" {
		t.Errorf("forwarded %+v", m.SharedMessage)
	}
	if m := list[1]; m.Timestamp.UnixMilli() != 1548089933947 || m.Attachments != nil || m.User.ID != "" || m.Message != "" {
		t.Errorf("second %+v", m)
	}
	if !list[2].Timestamp.IsZero() {
		t.Errorf("a time out of all reason: %s", list[2].Timestamp)
	}
	if q := s.last(listing).Query; q != "limit=500&since=1548089933946&skip=2&until=1548089943946" {
		t.Errorf("query %s", q)
	}
}

func TestNoMessages(t *testing.T) {
	s := newServers(t)
	s.on("GET "+listing, nothing)
	c := s.client()
	list, err := c.Messages(t.Context(), safeStream, sym.MessageQuery{})
	if err != nil || len(list) != 0 {
		t.Errorf("%v %v", list, err)
	}
	if q := s.last(listing).Query; q != "since=0" {
		t.Errorf("query %q: since is required", q)
	}
	const one = "/agent/v1/message/m_1"
	s.on("GET "+one, nothing)
	if _, err := c.Message(t.Context(), "m/1="); !api.IsNotFound(err) {
		t.Errorf("204: %v", err)
	}
	s.on("GET "+one, fails(400, "Message not found"))
	if _, err := c.Message(t.Context(), "m_1"); !api.IsNotFound(err) || api.IsTemporary(err) || !strings.Contains(err.Error(), "400") {
		t.Errorf("400: %v", err)
	}
	s.json("GET "+one, `{"message":"x"}`)
	if m, err := c.Message(t.Context(), "m_1"); err != nil || m.ID != "m_1" {
		t.Errorf("%+v %v", m, err)
	}
	s.json("GET "+listing, `{"code":200}`)
	if _, err := c.Messages(t.Context(), safeStream, sym.MessageQuery{}); !errors.Is(err, api.ErrBadBody) {
		t.Errorf("an object for a list: %v", err)
	}
}

// TestDeeplyForwarded bounds what is forwarded in what is forwarded.
func TestDeeplyForwarded(t *testing.T) {
	s := newServers(t)
	body := strings.Repeat(`{"messageId":"m","sharedMessage":`, 500) + `{"messageId":"end"}` + strings.Repeat("}", 500)
	s.json("GET "+listing, "["+body+"]")
	list, err := s.client().Messages(t.Context(), safeStream, sym.MessageQuery{})
	if err != nil || len(list) != 1 {
		t.Fatal(err)
	}
	depth := 0
	for m := list[0].SharedMessage; m != nil; m = m.SharedMessage {
		depth++
	}
	if depth != 8 {
		t.Errorf("%d deep", depth)
	}
}

func TestSearch(t *testing.T) {
	const path = "/agent/v1/message/search"
	s := newServers(t)
	s.json("POST "+path, `[{"messageId":"m1"}]`)
	c := s.client()
	list, err := c.Search(t.Context(), sym.SearchQuery{
		Text: "invoice", Stream: stdStream, Author: "7078106482890", From: time.UnixMilli(1000), To: time.UnixMilli(2000), Skip: 50, Limit: 10, Oldest: true, Tier: "all",
	})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	r := s.last(path)
	if r.Query != "limit=10&skip=50&sortDir=ASC&tier=all" || string(r.Body) != `{"text":"invoice","streamId":"`+safeStream+`","author":7078106482890,"fromDate":1000,"toDate":2000}` {
		t.Errorf("asked %s %s", r.Query, r.Body)
	}
	if _, err := c.Search(t.Context(), sym.SearchQuery{Text: "x"}); !errors.Is(err, sym.ErrNeedsStream) {
		t.Errorf("words everywhere: %v", err)
	}
	if _, err := c.Search(t.Context(), sym.SearchQuery{Mention: "me"}); !errors.Is(err, api.ErrNoIDs) {
		t.Errorf("a name for an id: %v", err)
	}
	if n := len(s.to(path)); n != 1 {
		t.Errorf("%d searches went out", n)
	}
	s.on("POST "+path, nothing)
	if list, err := c.Search(t.Context(), sym.SearchQuery{Hashtag: "fx"}); err != nil || len(list) != 0 {
		t.Errorf("%v %v", list, err)
	}
}

func TestStreams(t *testing.T) {
	const path = "/pod/v1/streams/list"
	s := newServers(t)
	s.json("POST "+path, `[{"id":"iWyZ","crossPod":false,"active":true,"streamType":{"type":"POST"},"streamAttributes":{"members":[7215545078229,"8"]}},
		{"id":"r","streamType":{"type":"ROOM"},"roomAttributes":{"name":"API room"},"active":"false"},{"id":""},3]`)
	c := s.client()
	list, next, err := c.Streams(t.Context(), sym.StreamQuery{Types: []string{sym.StreamRoom, "X"}, Skip: 8, Limit: 4})
	if err != nil || len(list) != 2 || next != 12 {
		t.Fatalf("%+v %d %v", list, next, err)
	}
	if a := list[0]; a.Type != "POST" || len(a.Members) != 2 || a.Members[0] != "7215545078229" || a.Members[1] != "8" || !a.Active {
		t.Errorf("first %+v", a)
	}
	if b := list[1]; b.Name != "API room" || b.Active {
		t.Errorf("second %+v", b)
	}
	if r := s.last(path); r.Query != "limit=4&skip=8" || string(r.Body) != `{"streamTypes":[{"type":"ROOM"},{"type":"X"}],"includeInactiveStreams":false}` {
		t.Errorf("asked %s %s", r.Query, r.Body)
	}
	if _, next, _ := c.Streams(t.Context(), sym.StreamQuery{Limit: 5}); next != 0 {
		t.Errorf("a short page has a next one: %d", next)
	}
	// A server that gives less than was asked for has more all the same.
	var many []map[string]string
	for range 100 {
		many = append(many, map[string]string{"id": "x"})
	}
	page, _ := json.Marshal(many)
	s.json("POST "+path, string(page))
	if _, next, _ := c.Streams(t.Context(), sym.StreamQuery{Limit: 1000}); next != 100 {
		t.Errorf("next %d", next)
	}
	s.on("POST "+path, nothing)
	if list, next, err := c.Streams(t.Context(), sym.StreamQuery{Skip: 100}); err != nil || next != 0 || len(list) != 0 {
		t.Errorf("%v %d %v", list, next, err)
	}
}

func TestStreamAndRoom(t *testing.T) {
	s := newServers(t)
	s.json("GET /pod/v2/streams/"+safeStream+"/info", `{"id":"s","crossPod":"true","origin":"EXTERNAL","active":true,"lastMessageDate":1644590972696,"streamType":{"type":"ROOM"},"roomAttributes":{"name":"API room","groups":[{"id":1}]}}`)
	s.json("GET /pod/v3/room/"+safeStream+"/info", `{"roomAttributes":{"name":"API room","copyProtected":true,"viewHistory":true,"readOnly":"TRUE","pinnedMessageId":"p"},"roomSystemInfo":{"id":"s","creationDate":1547661232368,"createdByUserId":14362370637825}}`)
	s.json("GET /pod/v2/room/"+safeStream+"/membership/list", `[{"id":7078106103900,"owner":false,"joinDate":1461430710531},{"id":"7","owner":true},{"id":null}]`)
	c := s.client()
	info, err := c.Stream(t.Context(), stdStream)
	if err != nil || info.Origin != "EXTERNAL" || !info.CrossPod || info.LastMessage.UnixMilli() != 1644590972696 || info.Name != "API room" {
		t.Errorf("%+v %v", info, err)
	}
	room, err := c.Room(t.Context(), stdStream)
	if err != nil || !room.CopyProtected || !room.ViewHistory || !room.ReadOnly || room.CreatedBy != "14362370637825" || !room.Active || room.Pinned != "p" {
		t.Errorf("%+v %v", room, err)
	}
	members, err := c.Members(t.Context(), stdStream)
	if err != nil || len(members) != 2 || members[0].ID != "7078106103900" || !members[1].Owner {
		t.Errorf("%+v %v", members, err)
	}
}
