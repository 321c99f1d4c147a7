package contract_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"switchboard/api"
	"switchboard/api/ringcentral"
	"switchboard/api/simulator"
	"switchboard/api/simulator/contract"
)

// olderClient is the program's client on a service whose team messaging is that
// old; everything below the older path is checked against the document of 2019.
func olderClient(t *testing.T, age string) (*ringcentral.Client, *simulator.Server, *contract.Checker) {
	t.Helper()
	check := contract.NewOlder(t)
	check.Allow("/team-messaging/", "/restapi/oauth/", "/file/")
	s, err := simulator.Start(t.Context(), simulator.Config{Messages: 100, Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.SetTeamsAge(age); err != nil {
		t.Fatal(err)
	}
	d := s.Description().RingCentral
	transport := check.Transport(api.NewTransport())
	auth := &api.OAuth{
		Name: "RingCentral", BaseURL: d.BaseURL, ClientID: d.ClientID, ClientSecret: d.ClientSecret,
		Store: &memory{tokens: map[string]api.Token{}}, Account: "desk", HTTP: &http.Client{Transport: transport},
	}
	c, err := api.New(api.Config{
		Name: "RingCentral", BaseURL: d.BaseURL, Hosts: []string{strings.TrimPrefix(d.MediaURL, "http://")}, Transport: transport, Auth: auth,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := auth.LoginJWT(t.Context(), d.JWT); err != nil {
		t.Fatal(err)
	}
	return ringcentral.New(c, d.MediaURL), s, check
}

// TestOlderTeamsConform: on older services the same calls work, by the older
// paths and in the older shapes, as far as those go.
func TestOlderTeamsConform(t *testing.T) {
	for _, age := range []string{"2019", "2018"} {
		t.Run(age, func(t *testing.T) {
			c, s, check := olderClient(t, age)
			ctx := t.Context()
			recent, err := c.RecentChats(ctx, 20)
			if err != nil || len(recent.Records) < 15 {
				t.Fatalf("%d recent chats, %v", len(recent.Records), err)
			}
			all := walkChats(t, 7, func(q ringcentral.ChatQuery) (ringcentral.ChatList, error) {
				if q.Next == "" {
					q.Types = []string{ringcentral.ChatDirect}
				}
				return c.Chats(ctx, q)
			})
			for _, k := range all {
				if k.Type != ringcentral.ChatDirect || len(k.Members) != 2 {
					t.Errorf("%+v", k)
				}
			}
			team, err := c.CreateTeam(ctx, ringcentral.NewTeam{Name: "Older", Public: true, Members: ringcentral.MembersOf("178009122")})
			if err != nil || !team.Public || len(team.Members) != 2 {
				t.Fatalf("%+v, %v", team, err)
			}
			if err := c.AddMembers(ctx, team.ID, []ringcentral.Member{{ID: "178009130"}, {Email: "x@example.com"}}); err != nil {
				t.Error(err)
			}
			if err := c.RemoveMembers(ctx, team.ID, []ringcentral.ID{"178009122"}); err != nil {
				t.Error(err)
			}
			if k, err := c.Chat(ctx, team.ID); err != nil || len(k.Members) != 3 || slices.Contains(k.Members, "178009122") {
				t.Errorf("%+v, %v", k, err)
			}
			olderPosts(t, c, team.ID)
			if got, err := c.Persons(ctx, []ringcentral.ID{"178009114", "178009122", "4"}); err != nil || got[0].Person.FirstName != "Front" || !api.IsNotFound(got[2].Err) {
				t.Errorf("%+v, %v", got, err)
			}
			if k, err := c.Company(ctx, ""); err != nil || k.Name == "" {
				t.Errorf("%+v, %v", k, err)
			}
			if h, err := c.CreateWebhook(ctx, team.ID); err != nil || len(h.ChatIDs) != 1 {
				t.Errorf("%+v, %v", h, err)
			}
			if list, _, err := c.ChatWebhooks(ctx, team.ID); err != nil || len(list) != 1 || len(list[0].ChatIDs) != 1 {
				t.Errorf("%+v, %v", list, err)
			}
			_, err = c.ThreadPosts(ctx, team.ID, "7", ringcentral.PostQuery{})
			if !errors.Is(err, ringcentral.ErrTooOld) {
				t.Errorf("threads: %v", err)
			}
			today := 0
			for _, r := range s.Requests() {
				if strings.HasPrefix(r.Path, "/team-messaging/") {
					today++
				}
			}
			if today > 2 { // the oldest service is found out in two steps
				t.Errorf("%d requests for today's paths, want only the first ones", today)
			}
			for _, op := range []string{
				"listGlipGroups", "createGlipGroup", "loadGlipGroup", "assignGlipGroupMembers", "listGlipGroupPosts", "createGlipGroupPost",
				"updateGlipPostText", "createGlipFile", "loadGlipPerson", "loadGlipCompany", "createGlipGroupWebhook", "listGlipGroupWebhooks",
			} {
				if check.Seen(op) == 0 {
					t.Errorf("%s was never checked", op)
				}
			}
		})
	}
}

func olderPosts(t *testing.T, c *ringcentral.Client, team ringcentral.ID) {
	ctx := t.Context()
	p, err := c.CreatePost(ctx, team, ringcentral.NewPost{Text: "hello"})
	if err != nil || p.Text != "hello" {
		t.Fatalf("%+v, %v", p, err)
	}
	if p, err = c.UpdatePost(ctx, team, p.ID, "hello, you"); err != nil || p.Text != "hello, you" {
		t.Errorf("%+v, %v", p, err)
	}
	if list, err := c.Posts(ctx, team, ringcentral.PostQuery{Count: 1}); err != nil || len(list.Records) != 1 || list.Records[0].Text != "hello, you" || list.Next == "" {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := c.CreatePost(ctx, team, ringcentral.NewPost{Text: "hello", Parent: p.ID}); !errors.Is(err, ringcentral.ErrTooOld) {
		t.Errorf("an answer in a thread: %v", err)
	}
	if f, err := c.UploadFile(ctx, ringcentral.Upload{Name: "a.txt", Size: 2, Body: strings.NewReader("hi"), Chat: team}); err != nil || f.ID == "" {
		t.Errorf("%+v, %v", f, err)
	}
}

// TestOlderAnswersConform asks the older paths that the client leaves aside.
func TestOlderAnswersConform(t *testing.T) {
	check := contract.NewOlder(t)
	check.Allow("/restapi/oauth/")
	s, err := simulator.Start(t.Context(), simulator.Config{Messages: 100, Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	c := callerFor(t, s, check)
	own := "1100000010"
	for _, step := range []struct {
		method, path, body string
		want               int
	}{
		{"GET", "/groups?type=Team&recordCount=3", "", 200},
		{"GET", "/groups/1100000018,1100000026", "", 207},
		{"GET", "/posts?groupId=" + own, "", 200},
		{"POST", "/posts", `{"groupId":"` + own + `","text":"note to self"}`, 200},
		{"POST", "/groups", `{"type":"PrivateChat","members":["178009122"]}`, 200},
		{"GET", "/webhooks", "", 200},
		{"GET", "/chats?recordCount=5", "", 200},
		{"GET", "/chats/" + own, "", 200},
		{"GET", "/teams", "", 200},
		{"GET", "/recent/chats?recordCount=250", "", 200},
		{"GET", "/favorites", "", 200},
		{"GET", "/everyone", "", 200},
		{"GET", "/conversations", "", 200},
	} {
		status, b := c.do(step.method, "/restapi/v1.0/glip"+step.path, step.body, "Content-Type: application/json")
		if status != step.want {
			t.Errorf("%s %s: status %d, want %d: %.300s", step.method, step.path, status, step.want, b)
		}
	}
}
