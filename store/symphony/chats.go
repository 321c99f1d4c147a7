package symphony

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"switchboard/api"
	sym "switchboard/api/symphony"
	"switchboard/store"
)

var (
	_ store.PostsSinceService = (*Mailbox)(nil)
	_ store.PostSearcher      = (*Mailbox)(nil)
)

const (
	// streamPage is how many streams are asked for at a time.
	streamPage = 500
	// streamOverlap is how many of them are asked for again with the next page: when a
	// stream is left between the two, those after it move up, and one would be lost.
	streamOverlap = 10
	// membersFor is for how long after its last message the members of a room are asked for.
	membersFor = 90 * 24 * time.Hour
)

// Me implements store.ChatService.
func (m *Mailbox) Me(ctx context.Context) (store.Person, error) {
	me, err := m.self(ctx)
	if err != nil {
		return store.Person{}, err
	}
	return m.person(me), nil
}

// person is somebody as the store knows people. The company is told of others only.
func (m *Mailbox) person(u sym.User) store.Person {
	p := store.Person{Remote: u.ID, Name: u.Name(), Email: u.Email}
	m.mu.Lock()
	own := m.me
	m.mu.Unlock()
	if own.ID != "" && !strings.EqualFold(u.Company, own.Company) {
		p.Company = u.Company
	}
	return p
}

// RecentChats implements store.ChatService. The service does not tell which those are.
func (m *Mailbox) RecentChats(context.Context) ([]store.IncomingChat, error) { return nil, nil }

// Chats implements store.ChatService. The list says of a stream little more than its name.
func (m *Mailbox) Chats(ctx context.Context, cursor string) (chats []store.IncomingChat, next string, err error) {
	skip := 0
	if cursor != "" {
		if skip, err = strconv.Atoi(cursor); err != nil || skip < 0 {
			return nil, "", fmt.Errorf("the list of streams cannot go on at %q", cursor)
		}
	}
	list, at, err := m.client.Streams(ctx, sym.StreamQuery{
		Types: []string{sym.StreamIM, sym.StreamMIM, sym.StreamRoom}, Inactive: true, Skip: skip, Limit: streamPage,
	})
	if err != nil {
		return nil, "", err
	}
	for _, s := range list {
		if s.Type == sym.StreamPost {
			continue
		}
		in := streamIn(s)
		in.Brief = true
		chats = append(chats, in)
	}
	if at > skip+2*streamOverlap {
		at -= streamOverlap
	}
	if at > skip {
		next = strconv.Itoa(at)
	}
	return chats, next, nil
}

// streamIn is a stream as the store takes it in.
func streamIn(s sym.Stream) store.IncomingChat {
	in := store.IncomingChat{Remote: sym.SafeID(s.ID), Joined: true, Archived: !s.Active}
	switch s.Type {
	case sym.StreamIM:
		in.Type = store.ChatDirect
		if len(s.Members) == 1 {
			in.Type = store.ChatPersonal
		}
	case sym.StreamRoom:
		in.Type, in.Name = store.ChatTeam, s.Name
	default: // a MIM, or what a newer service may have: some people talking
		in.Type = store.ChatGroup
	}
	if len(s.Members) > 0 && s.Type != sym.StreamRoom {
		in.Members = slices.Clone(s.Members)
	}
	return in
}

// Chat implements store.ChatService.
func (m *Mailbox) Chat(ctx context.Context, remote string) (store.IncomingChat, error) {
	info, err := m.client.Stream(ctx, remote)
	if err != nil {
		return store.IncomingChat{}, err
	}
	in := streamIn(info.Stream)
	in.Active = info.LastMessage
	if info.Type != sym.StreamRoom {
		return in, nil
	}
	switch room, err := m.client.Room(ctx, remote); {
	case err == nil:
		in.Name, in.Description, in.Public = room.Name, room.Description, room.Public
		in.Protected, in.ReadOnly, in.Sealed = room.CopyProtected, room.ReadOnly, !room.ViewHistory
		in.Archived = in.Archived || !room.Active
		if in.Active.IsZero() {
			in.Active = room.Created
		}
	case api.IsTemporary(err):
		return in, err
	default:
		m.log.Info("a room does not tell about itself", "room", remote, "err", err)
	}
	if m.now().Sub(info.LastMessage) > membersFor {
		return in, nil
	}
	switch members, err := m.client.Members(ctx, remote); {
	case err == nil:
		in.Members = make([]string, len(members))
		for i := range members {
			in.Members[i] = members[i].ID
		}
	case api.IsTemporary(err):
		return in, err
	default:
		m.log.Info("the members of a room are not told", "room", remote, "err", err)
	}
	return in, nil
}

// Post implements store.ChatService.
func (m *Mailbox) Post(ctx context.Context, chat, post string) (store.IncomingPost, error) {
	me, err := m.self(ctx)
	if err != nil {
		return store.IncomingPost{}, err
	}
	got, err := m.client.Message(ctx, post)
	if err != nil {
		return store.IncomingPost{}, err
	}
	return postIn(got, chat, me.ID), nil
}

// Thread implements store.ChatService. A message answers another one, and there is no more
// to it than that.
func (m *Mailbox) Thread(context.Context, string, string) ([]store.IncomingPost, error) {
	return nil, nil
}

// People implements store.ChatService.
func (m *Mailbox) People(ctx context.Context, ids []string) ([]store.Person, error) {
	// What is no number names nobody, and would spoil the request for the others.
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		n, err := strconv.ParseInt(id, 10, 64)
		return err != nil || n <= 0
	})
	if len(ids) == 0 {
		return nil, nil
	}
	if _, err := m.self(ctx); err != nil {
		return nil, err
	}
	list, err := m.client.Users(ctx, sym.UserQuery{IDs: ids})
	if err != nil {
		return nil, err
	}
	out := make([]store.Person, 0, len(list))
	for _, u := range list {
		out = append(out, m.person(u))
	}
	return out, nil
}

// Upload implements store.ChatService. A file goes out with its message and not before:
// all there is to do here is to say so.
func (m *Mailbox) Upload(_ context.Context, _, _, _ string, size int64, _ io.Reader, progress func(done, total int64)) (string, error) {
	if progress != nil {
		progress(0, size)
	}
	return withMessage, nil
}

// withMessage is the id of a file that is sent with its message.
const withMessage = "with-the-message"

// SearchPosts implements store.PostSearcher. Words are searched for in one stream at a
// time; #tags and $tags in all.
func (m *Mailbox) SearchPosts(ctx context.Context, words, chat, cursor string) ([]store.IncomingPost, string, error) {
	const page = 50
	q := sym.SearchQuery{Stream: chat, Limit: page}
	switch {
	case len(words) > 1 && words[0] == '#' && !strings.Contains(words, " "):
		q.Hashtag = words[1:]
	case len(words) > 1 && words[0] == '$' && !strings.Contains(words, " "):
		q.Cashtag = words[1:]
	case chat == "":
		return nil, "", store.ErrOneChat
	default:
		q.Text = words
	}
	if cursor != "" {
		var err error
		if q.Skip, err = strconv.Atoi(cursor); err != nil || q.Skip < 0 {
			return nil, "", fmt.Errorf("the search cannot go on at %q", cursor)
		}
	}
	me, err := m.self(ctx)
	if err != nil {
		return nil, "", err
	}
	list, err := m.client.Search(ctx, q)
	if err != nil {
		return nil, "", err
	}
	var out []store.IncomingPost
	for _, msg := range list {
		if in := postIn(msg, chat, me.ID); in.Chat != "" {
			out = append(out, in)
		}
	}
	next := ""
	if len(list) >= page {
		next = strconv.Itoa(q.Skip + len(list))
	}
	return out, next, nil
}
