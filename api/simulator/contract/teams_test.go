package contract_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"switchboard/api"
	"switchboard/api/ringcentral"
	"switchboard/api/simulator"
)

// TestTeamsConform makes every call of team messaging that the program's client
// knows.
func TestTeamsConform(t *testing.T) {
	c, auth, s, check := realClient(t)
	check.Allow("/file/")
	if _, err := auth.LoginJWT(t.Context(), s.Description().RingCentral.JWT); err != nil {
		t.Fatal(err)
	}
	t.Run("chats", func(t *testing.T) { chatsConform(t, c) })
	t.Run("teams", func(t *testing.T) { teamsConform(t, c) })
	t.Run("posts", func(t *testing.T) { postsConform(t, c, s) })
	t.Run("files", func(t *testing.T) { filesConform(t, c) })
	t.Run("persons", func(t *testing.T) { personsConform(t, c) })
	t.Run("webhooks", func(t *testing.T) { webhooksConform(t, c) })
	for _, op := range []string{
		"listGlipChatsNew", "readGlipChatNew", "listRecentChatsNew", "listFavoriteChatsNew", "favoriteGlipChatNew", "unfavoriteGlipChatNew",
		"listGlipConversationsNew", "createGlipConversationNew", "readGlipConversationNew", "readGlipEveryoneNew", "patchGlipEveryoneNew",
		"listGlipTeamsNew", "createGlipTeamNew", "readGlipTeamNew", "patchGlipTeamNew", "deleteGlipTeamNew", "joinGlipTeamNew", "leaveGlipTeamNew",
		"addGlipTeamMembersNew", "removeGlipTeamMembersNew", "archiveGlipTeamNew", "unarchiveGlipTeamNew", "readGlipPostsNew", "createGlipPostNew",
		"readGlipPostNew", "patchGlipPostNew", "deleteGlipPostNew", "readGlipThreadPostsNew", "createGlipFileNew", "readGlipPersonNew",
		"readTMCompanyInfoNew", "listGlipGroupWebhooksNew", "createGlipGroupWebhookNew", "listGlipWebhooksNew", "readGlipWebhookNew",
		"deleteGlipWebhookNew", "activateGlipWebhookNew", "suspendGlipWebhookNew",
	} {
		if check.Seen(op) == 0 {
			t.Errorf("%s was never checked", op)
		}
	}
}

// walkChats reads a list of chats to its end.
func walkChats(t *testing.T, per int, list func(ringcentral.ChatQuery) (ringcentral.ChatList, error)) []ringcentral.Chat {
	t.Helper()
	var all []ringcentral.Chat
	q := ringcentral.ChatQuery{Count: per}
	for range 100 {
		page, err := list(q)
		if err != nil || len(page.Broken) > 0 {
			t.Fatalf("%+v: %v", page.Broken, err)
		}
		all = append(all, page.Records...)
		if q = (ringcentral.ChatQuery{Next: page.Next}); q.Next == "" {
			return all
		}
	}
	t.Fatal("a list without an end")
	return nil
}

func chatsConform(t *testing.T, c *ringcentral.Client) {
	ctx := t.Context()
	all := walkChats(t, 5, func(q ringcentral.ChatQuery) (ringcentral.ChatList, error) { return c.Chats(ctx, q) })
	kinds := map[string]int{}
	for i, k := range all {
		kinds[k.Type]++
		if i > 0 && k.CreationTime.Before(all[i-1].CreationTime.Time) {
			t.Errorf("chat %d was made before the one before it", i)
		}
	}
	if len(all) < 20 || len(kinds) != 5 {
		t.Errorf("%d chats: %v", len(all), kinds)
	}
	if some := walkChats(t, 3, func(q ringcentral.ChatQuery) (ringcentral.ChatList, error) {
		q.Types = []string{ringcentral.ChatDirect, ringcentral.ChatGroup}
		return c.Chats(ctx, q)
	}); len(some) != kinds["Direct"]+kinds["Group"] {
		t.Errorf("%d of two kinds, want %v", len(some), kinds)
	}
	recent, err := c.RecentChats(ctx, 250)
	if err != nil || len(recent.Records) < 18 || !slices.IsSortedFunc(recent.Records, func(a, b ringcentral.Chat) int { return b.LastModifiedTime.Compare(a.LastModifiedTime.Time) }) {
		t.Errorf("recent: %d, %v", len(recent.Records), err)
	}
	own, err := c.Chat(ctx, ringcentral.OwnChat)
	if err != nil || own.Type != ringcentral.ChatPersonal {
		t.Errorf("own chat %+v, %v", own, err)
	}
	if err := c.SetFavoriteChat(ctx, own.ID, true); err != nil {
		t.Error(err)
	}
	favs, err := c.FavoriteChats(ctx)
	if err != nil || !slices.ContainsFunc(favs.Records, func(k ringcentral.Chat) bool { return k.ID == own.ID }) {
		t.Errorf("favourites %+v, %v", favs, err)
	}
	if err := c.SetFavoriteChat(ctx, own.ID, false); err != nil {
		t.Error(err)
	}
	company, err := c.Everyone(ctx)
	if err != nil || company.Type != ringcentral.ChatEveryone || company.Name == "" {
		t.Errorf("everyone %+v, %v", company, err)
	}
	about := "All of us"
	if got, err := c.UpdateEveryone(ctx, ringcentral.TeamChange{Description: &about}); err != nil || got.Description != about {
		t.Errorf("everyone %+v, %v", got, err)
	}
	walkChats(t, 1, func(q ringcentral.ChatQuery) (ringcentral.ChatList, error) { return c.Conversations(ctx, q) })
	people := ringcentral.MembersOf("178009122", "178009130", "178009138")
	first, made, err := c.OpenConversation(ctx, people)
	if err != nil || !made || len(first.Members) != 4 {
		t.Fatalf("new conversation %+v, %v, %v", first, made, err)
	}
	slices.Reverse(people)
	if again, made, err := c.OpenConversation(ctx, people); err != nil || made || again.ID != first.ID {
		t.Errorf("the same one %+v, %v, %v", again, made, err)
	}
	if got, err := c.Conversation(ctx, first.ID); err != nil || got.Type != ringcentral.ChatGroup {
		t.Errorf("conversation %+v, %v", got, err)
	}
	if _, err := c.Chat(ctx, "5"); !api.IsNotFound(err) {
		t.Errorf("no such chat: %v", err)
	}
}

func teamsConform(t *testing.T, c *ringcentral.Client) {
	ctx := t.Context()
	team, err := c.CreateTeam(ctx, ringcentral.NewTeam{Name: "Flu Shots", Description: "who when where", Members: []ringcentral.Member{{ID: "178009122"}, {Email: "nora@example.com"}}})
	if err != nil || team.Name != "Flu Shots" || team.Public {
		t.Fatalf("%+v, %v", team, err)
	}
	must := func(name string, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	name, public := "Flu Shots 2026", true
	got, err := c.UpdateTeam(ctx, team.ID, ringcentral.TeamChange{Name: &name, Public: &public})
	if err != nil || got.Name != name || !got.Public {
		t.Errorf("%+v, %v", got, err)
	}
	must("add", c.AddMembers(ctx, team.ID, ringcentral.MembersOf("178009130", "178009138")))
	must("remove", c.RemoveMembers(ctx, team.ID, []ringcentral.ID{"178009122"}))
	k, err := c.Chat(ctx, team.ID)
	if err != nil || len(k.Members) != 4 || slices.Contains(k.Members, "178009122") {
		t.Errorf("%+v, %v", k, err)
	}
	must("archive", c.ArchiveTeam(ctx, team.ID, true))
	if k, err = c.Team(ctx, team.ID); err != nil || k.Status != "Archived" {
		t.Errorf("%+v, %v", k, err)
	}
	if _, err = c.CreatePost(ctx, team.ID, ringcentral.NewPost{Text: "hello?"}); err == nil {
		t.Error("an archived team took a post")
	}
	must("unarchive", c.ArchiveTeam(ctx, team.ID, false))
	must("leave", c.LeaveTeam(ctx, team.ID))
	if _, err = c.Posts(ctx, team.ID, ringcentral.PostQuery{}); err == nil {
		t.Error("posts of a team one has left")
	}
	must("join", c.JoinTeam(ctx, team.ID))
	posts, err := c.Posts(ctx, team.ID, ringcentral.PostQuery{})
	if err != nil || len(posts.Records) != 3 || posts.Records[0].Type != ringcentral.PostJoined || len(posts.Records[1].AddedPersonIDs) != 2 {
		t.Errorf("%+v, %v", posts, err)
	}
	if all := walkChats(t, 4, func(q ringcentral.ChatQuery) (ringcentral.ChatList, error) { return c.Teams(ctx, q) }); all[len(all)-1].ID != team.ID {
		t.Errorf("the newest team is %+v", all[len(all)-1])
	}
	must("delete", c.DeleteTeam(ctx, team.ID))
	if _, err = c.Team(ctx, team.ID); !api.IsNotFound(err) {
		t.Errorf("deleted: %v", err)
	}
}

func postsConform(t *testing.T, c *ringcentral.Client, s *simulator.Server) {
	ctx := t.Context()
	recent, err := c.RecentChats(ctx, 250)
	if err != nil {
		t.Fatal(err)
	}
	var threads int
	for _, k := range recent.Records {
		var all []ringcentral.Post
		q := ringcentral.PostQuery{Count: 50}
		for {
			page, err := c.Posts(ctx, k.ID, q)
			if err != nil || len(page.Broken) > 0 {
				t.Fatalf("%+v, %v", page.Broken, err)
			}
			all = append(all, page.Records...)
			if q = (ringcentral.PostQuery{Next: page.Next}); q.Next == "" {
				break
			}
		}
		for i, p := range all {
			if i > 0 && !p.CreationTime.Before(all[i-1].CreationTime.Time) {
				t.Errorf("chat %s: post %d is not older than the one before it", k.ID, i)
			}
			if !p.IsParent {
				continue
			}
			threads++
			if list, err := c.ThreadPosts(ctx, k.ID, p.ThreadID, ringcentral.PostQuery{Count: 3}); err != nil || len(list.Records) != 3 && len(list.Records) != i+1 {
				t.Errorf("thread: %d posts, %v", len(list.Records), err)
			}
		}
	}
	if threads == 0 {
		t.Error("no threads")
	}
	team, err := c.CreateTeam(ctx, ringcentral.NewTeam{Name: "Posts"})
	if err != nil {
		t.Fatal(err)
	}
	first, err := c.CreatePost(ctx, team.ID, ringcentral.NewPost{Text: "One for ![:Person](178009130), *please*"})
	if err != nil || len(first.Mentions) != 1 || first.Mentions[0].Name == "" || first.CreatorID != "178009114" {
		t.Fatalf("%+v, %v", first, err)
	}
	answer, err := c.CreatePost(ctx, team.ID, ringcentral.NewPost{Text: "and two", Parent: first.ID})
	if err != nil || answer.ParentPostID != first.ID || answer.ThreadID == "" {
		t.Fatalf("%+v, %v", answer, err)
	}
	if list, err := c.ThreadPosts(ctx, team.ID, answer.ThreadID, ringcentral.PostQuery{}); err != nil || len(list.Records) != 2 || !list.Records[1].IsParent {
		t.Errorf("%+v, %v", list, err)
	}
	edited, err := c.UpdatePost(ctx, team.ID, first.ID, "One, edited")
	if err != nil || edited.Text != "One, edited" {
		t.Errorf("%+v, %v", edited, err)
	}
	if err := c.DeletePost(ctx, team.ID, answer.ID); err != nil {
		t.Error(err)
	}
	if _, err := c.Post(ctx, team.ID, answer.ID); !api.IsNotFound(err) {
		t.Errorf("removed: %v", err)
	}
	if p, err := c.Post(ctx, team.ID, first.ID); err != nil || p.Text != "One, edited" || !p.IsParent {
		t.Errorf("%+v, %v", p, err)
	}
	id, err := s.Post(simulator.LivePost{Chat: string(team.ID), As: "112", Text: "from a colleague"})
	if err != nil {
		t.Fatal(err)
	}
	var e *api.Error
	if _, err := c.UpdatePost(ctx, team.ID, ringcentral.ID(id), "mine now"); !errors.As(err, &e) || e.Status != 403 {
		t.Errorf("somebody else's: %v", err)
	}
	s.SetPostLimit(0)
	defer s.SetPostLimit(2500)
	if _, err := c.CreatePost(ctx, team.ID, ringcentral.NewPost{Text: "too many"}); !ringcentral.IsPostLimit(err) {
		t.Errorf("over the limit: %v", err)
	}
}

func filesConform(t *testing.T, c *ringcentral.Client) {
	ctx := t.Context()
	own, err := c.Chat(ctx, ringcentral.OwnChat)
	if err != nil {
		t.Fatal(err)
	}
	content := bytes.Repeat([]byte("0123456789abcdef"), 10_000)
	var told int64
	f, err := c.UploadFile(ctx, ringcentral.Upload{
		Name: "nötes \"1\".txt", ContentType: "text/plain", Size: int64(len(content)), Body: bytes.NewReader(content),
		Progress: func(sent, total int64) { told = sent },
	})
	if err != nil || f.Name != "nötes \"1\".txt" || told != int64(len(content)) {
		t.Fatalf("%+v, %d told, %v", f, told, err)
	}
	p, err := c.CreatePost(ctx, own.ID, ringcentral.NewPost{Files: []ringcentral.ID{f.ID}})
	if err != nil || len(p.Attachments) != 1 || p.Attachments[0].ContentURI != f.ContentURI {
		t.Fatalf("%+v, %v", p, err)
	}
	into := &sink{}
	d := c.FileContent(p.Attachments[0].ContentURI)
	d.Sink = into
	if _, err := c.Download(ctx, d); err != nil || !bytes.Equal(into.Bytes(), content) {
		t.Errorf("%d bytes, %v", into.Buffer.Len(), err)
	}
	if _, err := c.UploadFile(ctx, ringcentral.Upload{Name: "at once", Size: 5, Body: strings.NewReader("hello"), Chat: own.ID}); err != nil {
		t.Error(err)
	}
	list, err := c.Posts(ctx, own.ID, ringcentral.PostQuery{Count: 1})
	if err != nil || len(list.Records) != 1 || len(list.Records[0].Attachments) != 1 || list.Records[0].Attachments[0].Name != "at once" {
		t.Errorf("%+v, %v", list, err)
	}
}

func personsConform(t *testing.T, c *ringcentral.Client) {
	ctx := t.Context()
	var ids []ringcentral.ID
	for i := range 45 {
		ids = append(ids, ringcentral.ID(fmt.Sprint(178009114+i*8)))
	}
	got, err := c.Persons(ctx, ids)
	if err != nil || len(got) != 45 {
		t.Fatalf("%d, %v", len(got), err)
	}
	missing := 0
	for i, r := range got {
		switch {
		case r.ID != ids[i]:
			t.Errorf("answer %d is for %s", i, r.ID)
		case api.IsNotFound(r.Err):
			missing++
		case r.Err != nil || r.Person.ID != ids[i] || r.Person.FirstName+r.Person.LastName == "":
			t.Errorf("%+v", r)
		}
	}
	if missing != 11 { // what has an extension and is no person
		t.Errorf("%d are no persons", missing)
	}
	if got, err := c.Persons(ctx, []ringcentral.ID{"5"}); err != nil || !api.IsNotFound(got[0].Err) {
		t.Errorf("%+v, %v", got, err)
	}
	if k, err := c.Company(ctx, ""); err != nil || k.Name == "" {
		t.Errorf("%+v, %v", k, err)
	}
}

func webhooksConform(t *testing.T, c *ringcentral.Client) {
	ctx := t.Context()
	own, err := c.Chat(ctx, ringcentral.OwnChat)
	if err != nil {
		t.Fatal(err)
	}
	h, err := c.CreateWebhook(ctx, own.ID)
	if err != nil || h.URI == "" || len(h.ChatIDs) != 1 || h.ChatIDs[0] != own.ID {
		t.Fatalf("%+v, %v", h, err)
	}
	if err := c.SetWebhookActive(ctx, h.ID, false); err != nil {
		t.Error(err)
	}
	for name, list := range map[string]func() ([]ringcentral.Webhook, []ringcentral.BrokenRecord, error){
		"all":     func() ([]ringcentral.Webhook, []ringcentral.BrokenRecord, error) { return c.Webhooks(ctx) },
		"of chat": func() ([]ringcentral.Webhook, []ringcentral.BrokenRecord, error) { return c.ChatWebhooks(ctx, own.ID) },
		"by id": func() ([]ringcentral.Webhook, []ringcentral.BrokenRecord, error) {
			return c.WebhooksByID(ctx, []ringcentral.ID{h.ID, "7"})
		},
	} {
		if got, broken, err := list(); err != nil || len(broken) > 0 || len(got) != 1 || got[0].Status != "Suspended" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if err := c.SetWebhookActive(ctx, h.ID, true); err != nil {
		t.Error(err)
	}
	if err := c.DeleteWebhook(ctx, h.ID); err != nil {
		t.Error(err)
	}
	if got, _, err := c.Webhooks(ctx); err != nil || len(got) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}
