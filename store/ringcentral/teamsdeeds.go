package ringcentral

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"switchboard/api"
	rc "switchboard/api/ringcentral"
	"switchboard/store"
)

// doTeams brings a post, a chat or the members of one to what a deed says.
func (m *Mailbox) doTeams(ctx context.Context, d store.Doing) (store.DeedDone, error) {
	switch d.Verb {
	case store.VerbPost:
		var p store.PostState
		if err := json.Unmarshal(d.Payload, &p); err != nil {
			return store.DeedDone{}, fmt.Errorf("reading the post: %w", err)
		}
		return m.doPost(ctx, d, p)
	case store.VerbChat:
		var k store.ChatState
		if err := json.Unmarshal(d.Payload, &k); err != nil {
			return store.DeedDone{}, fmt.Errorf("reading the change of the chat: %w", err)
		}
		return m.doChat(ctx, d, k)
	case store.VerbMembers:
		var s store.MembersState
		if err := json.Unmarshal(d.Payload, &s); err != nil {
			return store.DeedDone{}, fmt.Errorf("reading the change of the members: %w", err)
		}
		return store.DeedDone{}, m.doMembers(ctx, d, s)
	}
	return store.DeedDone{}, fmt.Errorf("%q is nothing that is done to chats", string(d.Verb))
}

func (m *Mailbox) doPost(ctx context.Context, d store.Doing, p store.PostState) (store.DeedDone, error) {
	chat, post := rc.ID(p.Chat), rc.ID(p.Post)
	if d.Remote != "" {
		post = rc.ID(d.Remote)
	}
	switch {
	case p.Gone:
		if post == "" {
			return store.DeedDone{}, nil // it never came to be
		}
		if err := m.client.DeletePost(ctx, chat, post); err != nil && !api.IsNotFound(err) {
			return store.DeedDone{}, err
		}
		return store.DeedDone{Remote: string(post)}, nil
	case p.New:
		made, err := m.client.CreatePost(ctx, chat, newPost(p))
		if err != nil {
			return store.DeedDone{}, err
		}
		m.remember(made.ID)
		return postDone(made, p.Chat)
	}
	got, err := m.client.UpdatePost(ctx, chat, post, p.Text)
	if err != nil {
		return store.DeedDone{}, err
	}
	if got.CreationTime.IsZero() { // an older service says no more than that it worked
		return store.DeedDone{Remote: string(post)}, nil
	}
	return postDone(got, p.Chat)
}

func newPost(p store.PostState) rc.NewPost {
	out := rc.NewPost{Text: p.Text, Parent: rc.ID(p.Parent)}
	for _, f := range p.Files {
		out.Files = append(out.Files, rc.ID(f.ID))
	}
	return out
}

func postDone(p rc.Post, chat string) (store.DeedDone, error) {
	done, err := replied(postIn(p, chat))
	done.Remote = string(p.ID)
	return done, err
}

// remember notes a post of which it is known who made it: a later one with the same
// words is not it.
func (m *Mailbox) remember(id rc.ID) {
	c := &m.chatting
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.posted == nil {
		c.posted = map[rc.ID]bool{}
	}
	if c.posted[id] {
		return
	}
	c.posted[id] = true
	if c.order = append(c.order, id); len(c.order) > mostPosted {
		delete(c.posted, c.order[0])
		c.order = c.order[1:]
	}
}

func (m *Mailbox) isKnown(id rc.ID) bool {
	m.chatting.mu.Lock()
	defer m.chatting.mu.Unlock()
	return m.chatting.posted[id]
}

// clocksApart is how far the service's clock may be behind this machine's.
const clocksApart = time.Minute

// soughtPages bounds how far back is looked for what may have been made.
const soughtPages = 4

// soughtTeams looks for what a deed may have made.
func (m *Mailbox) soughtTeams(ctx context.Context, d store.Doing) (store.DeedDone, bool, error) {
	switch d.Verb {
	case store.VerbPost:
		var p store.PostState
		if err := json.Unmarshal(d.Payload, &p); err != nil {
			return store.DeedDone{}, false, fmt.Errorf("reading the post: %w", err)
		}
		if p.Gone || !p.New {
			return store.DeedDone{}, false, nil // both can be done again
		}
		return m.soughtPost(ctx, d, p)
	case store.VerbChat:
		var k store.ChatState
		if err := json.Unmarshal(d.Payload, &k); err != nil {
			return store.DeedDone{}, false, fmt.Errorf("reading the change of the chat: %w", err)
		}
		if k.Gone || !k.New || k.Type != store.ChatTeam {
			return store.DeedDone{}, false, nil
		}
		return m.soughtTeam(ctx, d, k)
	}
	return store.DeedDone{}, false, nil
}

// soughtPost looks among the newest posts of the chat for one of one's own that says
// the same, made since just before the deed.
func (m *Mailbox) soughtPost(ctx context.Context, d store.Doing, p store.PostState) (store.DeedDone, bool, error) {
	me, err := m.meID(ctx)
	if err != nil {
		return store.DeedDone{}, false, err
	}
	since := d.At.Add(-clocksApart)
	want := newPost(p)
	q := rc.PostQuery{Count: teamPage}
	var found *rc.Post
	for range soughtPages {
		list, err := m.client.Posts(ctx, rc.ID(p.Chat), q)
		if err != nil {
			return store.DeedDone{}, false, err
		}
		over := list.Next == ""
		for i := range list.Records {
			got := &list.Records[i]
			if got.CreationTime.Before(since) {
				over = true
				break
			}
			if got.CreatorID == me && !m.isKnown(got.ID) && same(*got, want) {
				found = got // the oldest one that fits is the one sent first
			}
		}
		if q = (rc.PostQuery{Next: list.Next}); over {
			break
		}
	}
	if found == nil {
		return store.DeedDone{}, false, nil
	}
	m.remember(found.ID)
	done, err := postDone(*found, p.Chat)
	return done, err == nil, err
}

// same reports whether a post is what was to be posted. The service may trim the text.
func same(got rc.Post, want rc.NewPost) bool {
	if strings.TrimSpace(got.Text) != strings.TrimSpace(want.Text) || len(got.Attachments) < len(want.Files) {
		return false
	}
	if want.Parent != "" && got.ParentPostID == "" || want.Parent == "" && got.ParentPostID != "" {
		return false // which of a thread's posts is answered may be told as its first one
	}
	for _, id := range want.Files {
		if !slices.ContainsFunc(got.Attachments, func(a rc.PostAttachment) bool { return a.ID == id }) {
			return false
		}
	}
	return true
}

func (m *Mailbox) doChat(ctx context.Context, d store.Doing, k store.ChatState) (store.DeedDone, error) {
	chat := rc.ID(k.Chat)
	if d.Remote != "" {
		chat = rc.ID(d.Remote)
	}
	switch {
	case k.Gone && (k.Type != store.ChatTeam || chat == ""):
		return store.DeedDone{}, nil // a conversation cannot be put away, and is seen by nobody while it is empty
	case k.Gone:
		err := m.client.ArchiveTeam(ctx, chat, true)
		if api.IsNotFound(err) {
			err = nil
		}
		return store.DeedDone{Remote: string(chat)}, err
	case k.New:
		return m.makeChat(ctx, k)
	}
	return store.DeedDone{Remote: string(chat)}, m.setJoined(ctx, chat, k.Joined)
}

func (m *Mailbox) makeChat(ctx context.Context, k store.ChatState) (store.DeedDone, error) {
	members := rc.MembersOf(ids(k.Members)...)
	var made rc.Chat
	var err error
	if k.Type == store.ChatTeam {
		made, err = m.client.CreateTeam(ctx, rc.NewTeam{Name: k.Name, Description: k.Description, Public: k.Public, Members: members})
	} else {
		made, _, err = m.client.OpenConversation(ctx, members)
	}
	if err != nil {
		return store.DeedDone{}, err
	}
	m.remember(made.ID)
	return m.chatDone(ctx, made, k)
}

// chatDone tells what was made. Of a team the service does not say who is in it.
func (m *Mailbox) chatDone(ctx context.Context, made rc.Chat, k store.ChatState) (store.DeedDone, error) {
	me, err := m.meID(ctx)
	if err != nil {
		me = m.extensionID() // the chat is made, whoever one is
	}
	if made.Members == nil {
		made.Members = append(slices.DeleteFunc(ids(k.Members), func(id rc.ID) bool { return id == me }), me)
	}
	in := chatIn(made, me)
	in.Joined = true
	done, err := replied(in)
	done.Remote = in.Remote
	return done, err
}

// soughtTeam looks for a team with that name, made since just before the deed.
func (m *Mailbox) soughtTeam(ctx context.Context, d store.Doing, k store.ChatState) (store.DeedDone, bool, error) {
	list, err := m.client.RecentChats(ctx, teamPage, rc.ChatTeam)
	if err != nil {
		return store.DeedDone{}, false, err
	}
	since := d.At.Add(-clocksApart)
	for _, got := range list.Records {
		if got.Name == strings.TrimSpace(k.Name) && !got.CreationTime.Before(since) && !m.isKnown(got.ID) {
			m.remember(got.ID)
			done, err := m.chatDone(ctx, got, k)
			return done, err == nil, err
		}
	}
	return store.DeedDone{}, false, nil
}

// setJoined makes one a member of a chat that is not archived, or no member any more.
// It looks first, so that it may be repeated.
func (m *Mailbox) setJoined(ctx context.Context, chat rc.ID, joined bool) error {
	me, err := m.meID(ctx)
	if err != nil {
		return err
	}
	k, err := m.client.Chat(ctx, chat)
	if api.IsNotFound(err) && !joined {
		return nil // a private team that one has left is not to be seen any more
	}
	if err != nil {
		return err
	}
	in := slices.Contains(k.Members, me)
	switch {
	case joined && !in:
		if err := m.client.JoinTeam(ctx, chat); err != nil {
			return err
		}
	case !joined && in:
		return m.client.LeaveTeam(ctx, chat)
	}
	if joined && strings.EqualFold(k.Status, "Archived") {
		return m.client.ArchiveTeam(ctx, chat, false)
	}
	return nil
}

// doMembers adds and removes members, those only for whom it is not so already.
func (m *Mailbox) doMembers(ctx context.Context, d store.Doing, s store.MembersState) error {
	chat := rc.ID(s.Chat)
	if d.Remote != "" {
		chat = rc.ID(d.Remote)
	}
	k, err := m.client.Chat(ctx, chat)
	if err != nil {
		return err
	}
	in := func(id rc.ID) bool { return slices.Contains(k.Members, id) }
	add, remove := ids(s.Add), ids(s.Remove)
	if k.Members != nil {
		add = slices.DeleteFunc(add, in)
		remove = slices.DeleteFunc(remove, func(id rc.ID) bool { return !in(id) })
	}
	if len(add) > 0 {
		if err := m.client.AddMembers(ctx, chat, rc.MembersOf(add...)); err != nil {
			return err
		}
	}
	if len(remove) > 0 {
		return m.client.RemoveMembers(ctx, chat, remove)
	}
	return nil
}
