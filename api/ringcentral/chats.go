package ringcentral

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"switchboard/api"
)

// The kinds of chats. Only teams and Everyone have a name.
const (
	ChatPersonal = "Personal" // with oneself
	ChatDirect   = "Direct"   // with one other
	ChatGroup    = "Group"    // with several, made up when needed; its members never change
	ChatTeam     = "Team"
	ChatEveryone = "Everyone" // the whole company
)

// Chat is a conversation of any kind (TMChatInfo, TMTeamInfo,
// TMConversationInfo, EveryoneTeamInfo; GlipGroupInfo of older services).
type Chat struct {
	ID               ID     `json:"id"`
	Type             string `json:"type"`   // ChatTeam …; a word of tomorrow as it came
	Public           bool   `json:"public"` // a team that everybody can join
	Name             string `json:"name"`
	Description      string `json:"description"`
	Status           string `json:"status"` // of a team: Active Archived
	CreationTime     Time   `json:"creationTime"`
	LastModifiedTime Time   `json:"lastModifiedTime"`
	Members          []ID   `json:"-"`         // nil where the answer does not tell them
	EventType        string `json:"eventType"` // of an event: GroupJoined GroupLeft GroupChanged
}

// UnmarshalJSON implements [json.Unmarshaler]. Members are objects or, in older
// answers, ids; the older words for the kinds and for public are understood.
func (c *Chat) UnmarshalJSON(b []byte) error {
	type plain Chat
	var w struct {
		plain
		IsPublic bool     `json:"isPublic"`
		Members  []member `json:"members"`
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*c = Chat(w.plain)
	c.Public = c.Public || w.IsPublic
	switch c.Type {
	case "PrivateChat":
		c.Type = ChatDirect
	case "PersonalChat":
		c.Type = ChatPersonal
	}
	for _, m := range w.Members {
		if m.id != "" {
			c.Members = append(c.Members, m.id)
		}
	}
	return nil
}

// member is somebody's id, bare or in an object.
type member struct{ id ID }

func (m *member) UnmarshalJSON(b []byte) error {
	if b = bytes.TrimSpace(b); len(b) == 0 || b[0] != '{' {
		return json.Unmarshal(b, &m.id)
	}
	var o struct {
		ID ID `json:"id"`
	}
	err := json.Unmarshal(b, &o)
	m.id = o.ID
	return err
}

// Member names somebody by id or, for people of other companies, by e-mail
// address.
type Member struct {
	ID    ID     `json:"id,omitempty"`
	Email string `json:"email,omitempty"`
}

// MembersOf makes members of ids.
func MembersOf(ids ...ID) []Member {
	list := make([]Member, len(ids))
	for i, id := range ids {
		list[i].ID = id
	}
	return list
}

// ChatQuery selects chats.
type ChatQuery struct {
	Types []string // none: all
	Count int      // records of a page; 0: the service's 30, at most 250
	// Next, from a ChatList, asks for its next page; all else is ignored.
	Next string
}

// ChatList is a page of chats.
type ChatList struct {
	Records []Chat
	Broken  []BrokenRecord
	Next    string // for ChatQuery.Next; "" on the last page
}

func (q ChatQuery) values() url.Values {
	v := url.Values{}
	lists(v, map[string][]string{"type": q.Types})
	recordCount(v, q.Count)
	return v
}

// older is the query of a service that knows one type at a time, and other
// words for them.
func (q ChatQuery) older() url.Values {
	v := url.Values{}
	recordCount(v, q.Count)
	if len(q.Types) == 1 {
		kind := q.Types[0]
		switch kind {
		case ChatDirect:
			kind = "PrivateChat"
		case ChatPersonal:
			kind = "PersonalChat"
		}
		v.Set("type", kind)
	}
	return v
}

// Chats returns a page of the chats one is in, and of the public teams one
// could join, oldest first (listGlipChatsNew, Medium; listGlipGroups before).
func (c *Client) Chats(ctx context.Context, q ChatQuery) (list ChatList, err error) {
	asked := false
	list.Records, list.Broken, list.Next, err = teamPage[Chat](ctx, c, api.Request{Op: "listGlipChatsNew", Group: api.Medium}, q.Next, func(old bool) (string, url.Values) {
		if asked = old; old {
			return glipPath + "/groups", q.older()
		}
		return teamPath + "/chats", q.values()
	})
	if asked && len(q.Types) > 1 {
		list.Records = slices.DeleteFunc(list.Records, func(k Chat) bool { return !slices.Contains(q.Types, k.Type) })
	}
	return list, err
}

// RecentChats returns the chats one is in, the latest changed first
// (listRecentChatsNew, Light). There are at most count of them, 250 at most;
// the list has no further pages.
func (c *Client) RecentChats(ctx context.Context, count int, types ...string) (ChatList, error) {
	r := api.Request{Op: "listRecentChatsNew", Path: "/recent/chats", Query: ChatQuery{Types: types, Count: count}.values(), Group: api.Light}
	list, err := c.chatList(ctx, r)
	if !api.IsNotFound(err) {
		return list, err
	}
	return c.recentGroups(ctx, count, types)
}

// maxGroupPages bounds how many pages of the oldest list are looked through
// for the recent ones.
const maxGroupPages = 40

// recentGroups finds the recent chats of a service that cannot tell them.
func (c *Client) recentGroups(ctx context.Context, count int, types []string) (ChatList, error) {
	var all ChatList
	for q := (ChatQuery{Types: types, Count: maxTeamRecords}); ; {
		page, err := c.Chats(ctx, q)
		if err != nil {
			return ChatList{}, err
		}
		all.Records, all.Broken = append(all.Records, page.Records...), append(all.Broken, page.Broken...)
		if q.Next = page.Next; q.Next == "" || len(all.Records) >= maxGroupPages*maxTeamRecords {
			break
		}
	}
	slices.SortStableFunc(all.Records, func(a, b Chat) int { return b.LastModifiedTime.Compare(a.LastModifiedTime.Time) })
	if count <= 0 {
		count = 30
	}
	all.Records = all.Records[:min(len(all.Records), count, maxTeamRecords)]
	return all, nil
}

// FavoriteChats returns the chats that one marked (listFavoriteChatsNew, Light).
func (c *Client) FavoriteChats(ctx context.Context) (ChatList, error) {
	v := url.Values{}
	recordCount(v, maxTeamRecords)
	return c.chatList(ctx, api.Request{Op: "listFavoriteChatsNew", Path: "/favorites", Query: v, Group: api.Light})
}

func (c *Client) chatList(ctx context.Context, r api.Request) (list ChatList, err error) {
	err = c.team(ctx, r, api.Decoder(func(_ *api.Response, raw []byte) (err error) {
		var page struct {
			Records []Chat `json:"records"`
		}
		list.Broken, err = records(raw, &page, &page.Records)
		list.Records = page.Records
		return err
	}))
	return list, err
}

// SetFavoriteChat marks a chat, or takes the mark away (favoriteGlipChatNew,
// unfavoriteGlipChatNew, Medium). It may be repeated.
func (c *Client) SetFavoriteChat(ctx context.Context, id ID, on bool) error {
	if on {
		return c.teamDo(ctx, api.Request{Op: "favoriteGlipChatNew", Safe: true}, "/chats/", id, "/favorite")
	}
	return c.teamDo(ctx, api.Request{Op: "unfavoriteGlipChatNew", Safe: true}, "/chats/", id, "/unfavorite")
}

// OwnChat stands for the id of one's personal chat in [Client.Chat].
const OwnChat ID = "~"

// Chat returns one chat with its members (readGlipChatNew, Light;
// loadGlipGroup before).
func (c *Client) Chat(ctx context.Context, id ID) (Chat, error) {
	r := api.Request{Op: "readGlipChatNew", Group: api.Light}
	var k Chat
	if id != OwnChat && !id.usable() {
		return k, notAnID(r.Op, id)
	}
	err := c.glip.ask(func(old bool) error {
		r.Path = teamPath + "/chats/" + string(id)
		if old && id == OwnChat {
			return tooOld(r.Op)
		}
		if old {
			r.Path = glipPath + "/groups/" + string(id)
		}
		_, err := c.Do(ctx, r, &k)
		return err
	})
	return k, err
}

// Conversations returns a page of the chats without a name, oldest first
// (listGlipConversationsNew, Medium). ChatQuery.Types is ignored.
func (c *Client) Conversations(ctx context.Context, q ChatQuery) (list ChatList, err error) {
	q.Types = nil
	list.Records, list.Broken, list.Next, err = teamPage[Chat](ctx, c, api.Request{Op: "listGlipConversationsNew", Group: api.Medium}, q.Next, func(old bool) (string, url.Values) {
		return glipBase(old) + "/conversations", q.values()
	})
	return list, err
}

// Conversation returns one chat without a name (readGlipConversationNew, Light).
func (c *Client) Conversation(ctx context.Context, id ID) (Chat, error) {
	return c.readTeam(ctx, "readGlipConversationNew", "/conversations/", id)
}

// OpenConversation returns the chat with exactly these people and oneself,
// which is made if there is none: made tells (createGlipConversationNew,
// Medium). At most 15 members. Asking twice gives the same chat, so that it may
// be repeated.
func (c *Client) OpenConversation(ctx context.Context, members []Member) (k Chat, made bool, err error) {
	const op = "createGlipConversationNew"
	if err := checkMembers(op, members, 15); err != nil {
		return k, false, err
	}
	body := map[string][]Member{"members": members}
	err = c.team(ctx, api.Request{
		Op: op, Method: http.MethodPost, Path: "/conversations", Body: body, Group: api.Medium, Safe: true,
	}, api.Decoder(func(res *api.Response, raw []byte) error {
		made = res.Status == http.StatusCreated
		return decodeMade(raw, &k, &k.ID)
	}))
	return k, made, err
}

// Everyone returns the chat of the whole company (readGlipEveryoneNew, Light),
// without its members.
func (c *Client) Everyone(ctx context.Context) (k Chat, err error) {
	err = c.team(ctx, api.Request{Op: "readGlipEveryoneNew", Path: "/everyone", Group: api.Light}, &k)
	return k, err
}

// UpdateEveryone changes the name and the description of the company's chat
// (patchGlipEveryoneNew, Medium); nil leaves as it is. It may be repeated.
func (c *Client) UpdateEveryone(ctx context.Context, change TeamChange) (k Chat, err error) {
	change.Public = nil
	err = c.team(ctx, api.Request{
		Op: "patchGlipEveryoneNew", Method: http.MethodPatch, Path: "/everyone", Body: change, Group: api.Medium, Safe: true,
	}, &k)
	return k, err
}

func (c *Client) readTeam(ctx context.Context, op, kind string, id ID) (k Chat, err error) {
	if !id.usable() {
		return k, notAnID(op, id)
	}
	err = c.team(ctx, api.Request{Op: op, Path: kind + string(id), Group: api.Light}, &k)
	return k, err
}

// decodeMade reads what was made. Without an id it cannot be told what was.
func decodeMade(raw []byte, into any, id *ID) error {
	if err := json.Unmarshal(raw, into); err != nil {
		return err
	}
	if strings.TrimSpace(string(*id)) == "" {
		return errNoID
	}
	return nil
}
