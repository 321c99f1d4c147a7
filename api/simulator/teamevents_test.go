package simulator

import (
	"encoding/json"
	"strings"
	"testing"

	"switchboard/api/simulator/corpus/teams"
)

// TestTeamEvents: whoever subscribed hears of posts and chats, in the older
// spelling where the service still uses it, and of no chat that is not one's own.
func TestTeamEvents(t *testing.T) {
	p := start(t, Config{Messages: 50, Chats: 60, Seed: 4})
	e, _ := p.listen("")
	if h := e.subscribe("/team-messaging/v1/posts", "/team-messaging/v1/chats"); h.Meta.Status != 200 {
		t.Fatalf("%+v %s", h.Meta, h.Body)
	}
	chat := itoa(teams.ChatID(2))
	post := func() wirePost {
		t.Helper()
		ev := e.event()
		var w wirePost
		if err := json.Unmarshal(ev.Body, &w); err != nil || ev.Event != "/team-messaging/v1/posts" {
			t.Fatalf("%s %s: %v", ev.Event, ev.Body, err)
		}
		return w
	}
	group := func() oldGroup {
		t.Helper()
		ev := e.event()
		var w oldGroup
		if err := json.Unmarshal(ev.Body, &w); err != nil || ev.Event != "/team-messaging/v1/chats" {
			t.Fatalf("%s %s: %v", ev.Event, ev.Body, err)
		}
		return w
	}
	id, err := p.s.Post(LivePost{Chat: chat, As: "112", Text: "hello"})
	if err != nil {
		t.Fatal(err)
	}
	if w := post(); w.Event != "PostAdded" || w.ID != id || w.Chat != chat || *w.Text != "hello" || w.Created == "" {
		t.Errorf("%+v", w)
	}
	if err := p.s.EditPost(id, "hello there"); err != nil {
		t.Fatal(err)
	}
	if w := post(); w.Event != "PostChanged" || *w.Text != "hello there" {
		t.Errorf("%+v", w)
	}
	if err := p.s.RemovePost(id); err != nil {
		t.Fatal(err)
	}
	if w := post(); w.Event != "PostRemoved" || w.ID != id || w.Chat != chat || w.Text != nil || w.Creator != "" {
		t.Errorf("%+v", w)
	}
	for i := range 60 { // what others say among themselves
		if k, _ := p.s.teams.chat(i); !k.Mine && k.Type == teams.Team {
			if _, err := p.s.Post(LivePost{Chat: itoa(k.ID), Text: "not for you"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	a := p.do("POST", tm+"/teams", `{"name":"New","members":[{"id":"178009122"}]}`)
	made := decode[wireChat](t, a)
	if w := group(); w.Event != "GroupJoined" || w.ID != made.ID || len(w.Members) != 2 || w.Public == nil {
		t.Errorf("%+v", w)
	}
	if w := post(); w.Event != "PostAdded" || w.Type != "PersonsAdded" || strings.Join(w.Added, " ") != "178009122" {
		t.Errorf("%+v", w)
	}
	p.do("PATCH", tm+"/teams/"+made.ID, `{"name":"Newer"}`)
	if w := group(); w.Event != "GroupChanged" || w.Name != "Newer" {
		t.Errorf("%+v", w)
	}
	p.do("POST", tm+"/teams/"+made.ID+"/leave", "")
	if w := group(); w.Event != "GroupLeft" || len(w.Members) != 1 {
		t.Errorf("%+v", w)
	}
}
