package ringcentral

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"switchboard/api"
	rc "switchboard/api/ringcentral"
	"switchboard/store"
)

var _ store.ChatService = (*Mailbox)(nil)

// teamPage is how many chats or posts a page has: the most there are, since what is
// scarce are requests.
const teamPage = 250

// chatting is what a mailbox keeps in mind of team messaging.
type chatting struct {
	mu        sync.Mutex
	me        rc.ID            // the person one is; "": not asked yet
	favorites map[rc.ID]bool   // nil: not asked yet
	companies map[rc.ID]string // names
	posted    map[rc.ID]bool   // posts that this process made and knows of
	order     []rc.ID          // of posted, oldest first
}

// mostPosted bounds how many posts of one's own are kept in mind.
const mostPosted = 2000

// Me implements store.ChatService. Whose chat with oneself it is tells who one is.
func (m *Mailbox) Me(ctx context.Context) (store.Person, error) {
	id, err := m.meID(ctx)
	if err != nil {
		return store.Person{}, err
	}
	p := store.Person{Remote: string(id)}
	list, err := m.People(ctx, []string{string(id)})
	if err != nil {
		return p, err
	}
	if len(list) > 0 {
		p = list[0]
	}
	return p, nil
}

func (m *Mailbox) meID(ctx context.Context) (rc.ID, error) {
	m.chatting.mu.Lock()
	id := m.chatting.me
	m.chatting.mu.Unlock()
	if id != "" {
		return id, nil
	}
	own, err := m.client.Chat(ctx, rc.OwnChat)
	switch {
	case err == nil && len(own.Members) == 1:
		id = own.Members[0]
	case err == nil || errors.Is(err, rc.ErrTooOld) || api.IsNotFound(err):
		// The people of a company have the ids of their extensions.
		if id = m.extensionID(); id == "" {
			e, err := m.client.Extension(ctx)
			if err != nil {
				return "", err
			}
			id = e.ID
		}
	default:
		return "", err
	}
	m.chatting.mu.Lock()
	defer m.chatting.mu.Unlock()
	m.chatting.me = id
	return id, nil
}

// extensionID is the extension in the mailbox's key; "": it does not say.
func (m *Mailbox) extensionID() rc.ID {
	parts := strings.Split(m.key, ":")
	if len(parts) != 3 || strings.Trim(parts[2], "0123456789") != "" {
		return ""
	}
	return rc.ID(parts[2])
}

// RecentChats implements store.ChatService.
func (m *Mailbox) RecentChats(ctx context.Context) ([]store.IncomingChat, error) {
	list, err := m.client.RecentChats(ctx, teamPage)
	if err != nil {
		return nil, err
	}
	return m.chatsIn(ctx, list, true)
}

// Chats implements store.ChatService.
func (m *Mailbox) Chats(ctx context.Context, cursor string) ([]store.IncomingChat, string, error) {
	list, err := m.client.Chats(ctx, rc.ChatQuery{Count: teamPage, Next: cursor})
	if err != nil {
		return nil, "", err
	}
	if cursor == "" {
		m.forgetFavorites() // which may have changed since
	}
	chats, err := m.chatsIn(ctx, list, false)
	return chats, list.Next, err
}

// Chat implements store.ChatService.
func (m *Mailbox) Chat(ctx context.Context, remote string) (store.IncomingChat, error) {
	k, err := m.client.Chat(ctx, rc.ID(remote))
	if err != nil {
		return store.IncomingChat{}, err
	}
	in, err := m.chatsIn(ctx, rc.ChatList{Records: []rc.Chat{k}}, false)
	if err != nil {
		return store.IncomingChat{}, err
	}
	return in[0], nil
}

// chatsIn turns chats into what the store takes in. joined: all of them are one's own.
func (m *Mailbox) chatsIn(ctx context.Context, list rc.ChatList, joined bool) ([]store.IncomingChat, error) {
	for _, b := range list.Broken {
		m.log.Warn("a chat could not be read", "id", b.ID, "err", b.Err)
	}
	me, err := m.meID(ctx)
	if err != nil {
		return nil, err
	}
	favorites := m.favorites(ctx)
	out := make([]store.IncomingChat, 0, len(list.Records))
	for _, k := range list.Records {
		if k.ID == "" {
			continue
		}
		in := chatIn(k, me)
		in.Joined = in.Joined || joined
		in.Favorite = favorites[k.ID]
		out = append(out, in)
	}
	return out, nil
}

// favorites are the chats that one marked. Where they cannot be had there are none:
// they are no reason to be without the others.
func (m *Mailbox) favorites(ctx context.Context) map[rc.ID]bool {
	m.chatting.mu.Lock()
	known := m.chatting.favorites
	m.chatting.mu.Unlock()
	if known != nil {
		return known
	}
	list, err := m.client.FavoriteChats(ctx)
	if err != nil {
		if ctx.Err() == nil {
			m.log.Warn("the marked chats could not be read", "err", err)
		}
		if api.IsTemporary(err) {
			return nil // asked again with the next list
		}
	}
	set := make(map[rc.ID]bool, len(list.Records))
	for _, k := range list.Records {
		set[k.ID] = true
	}
	m.chatting.mu.Lock()
	defer m.chatting.mu.Unlock()
	m.chatting.favorites = set
	return set
}

func (m *Mailbox) forgetFavorites() {
	m.chatting.mu.Lock()
	defer m.chatting.mu.Unlock()
	m.chatting.favorites = nil
}

// Posts implements store.ChatService.
func (m *Mailbox) Posts(ctx context.Context, chat, cursor string) ([]store.IncomingPost, string, error) {
	list, err := m.client.Posts(ctx, rc.ID(chat), rc.PostQuery{Count: teamPage, Next: cursor})
	if err != nil {
		return nil, "", err
	}
	return m.postsIn(chat, list), list.Next, nil
}

// Post implements store.ChatService.
func (m *Mailbox) Post(ctx context.Context, chat, post string) (store.IncomingPost, error) {
	p, err := m.client.Post(ctx, rc.ID(chat), rc.ID(post))
	if err != nil {
		return store.IncomingPost{}, err
	}
	return postIn(p, chat), nil
}

// maxThreadPages bounds how much of a thread is read at once.
const maxThreadPages = 8

// Thread implements store.ChatService.
func (m *Mailbox) Thread(ctx context.Context, chat, thread string) ([]store.IncomingPost, error) {
	var all []store.IncomingPost
	for q := (rc.PostQuery{Count: teamPage}); ; {
		list, err := m.client.ThreadPosts(ctx, rc.ID(chat), rc.ID(thread), q)
		if err != nil {
			return nil, err
		}
		all = append(all, m.postsIn(chat, list)...)
		if q.Next = list.Next; q.Next == "" || len(all) >= maxThreadPages*teamPage {
			return all, nil
		}
	}
}

func (m *Mailbox) postsIn(chat string, list rc.PostList) []store.IncomingPost {
	for _, b := range list.Broken {
		m.log.Warn("a post could not be read", "chat", chat, "id", b.ID, "err", b.Err)
	}
	out := make([]store.IncomingPost, 0, len(list.Records))
	for _, p := range list.Records {
		if p.ID != "" {
			out = append(out, postIn(p, chat))
		}
	}
	return out
}

// People implements store.ChatService. Somebody of another company is told with its name.
func (m *Mailbox) People(ctx context.Context, remotes []string) ([]store.Person, error) {
	// What is no number names nobody, and would spoil the request for the others.
	list := slices.DeleteFunc(ids(remotes), func(id rc.ID) bool { return id.Int() <= 0 })
	if len(list) == 0 {
		return nil, nil
	}
	rs, err := m.client.Persons(ctx, list)
	if err != nil {
		return nil, err
	}
	var failed error
	out := make([]store.Person, 0, len(rs))
	for _, r := range rs {
		switch {
		case api.IsTemporary(r.Err):
			failed = r.Err
		case r.Err == nil:
			p := store.Person{
				Remote: string(r.ID), Name: strings.TrimSpace(r.Person.FirstName + " " + r.Person.LastName), Email: r.Person.Email,
			}
			if p.Name == "" {
				p.Name = r.Person.Email
			}
			if k := r.Person.CompanyID; k != "" && string(k) != m.accountID() {
				p.Company = m.companyName(ctx, k)
			}
			out = append(out, p)
		}
	}
	if len(out) == 0 && failed != nil {
		return nil, failed
	}
	return out, nil
}

// companyName is the name of another company; "": it could not be had.
func (m *Mailbox) companyName(ctx context.Context, id rc.ID) string {
	m.chatting.mu.Lock()
	name, known := m.chatting.companies[id]
	m.chatting.mu.Unlock()
	if known {
		return name
	}
	k, err := m.client.Company(ctx, id)
	if err != nil {
		if api.IsTemporary(err) || ctx.Err() != nil {
			return ""
		}
		m.log.Warn("a company could not be read", "id", id, "err", err)
	}
	m.chatting.mu.Lock()
	defer m.chatting.mu.Unlock()
	if m.chatting.companies == nil {
		m.chatting.companies = map[rc.ID]string{}
	}
	m.chatting.companies[id] = k.Name
	return k.Name
}

// Upload implements store.ChatService. The chat does not matter: a file belongs to the
// posts that it is made to hang on.
func (m *Mailbox) Upload(ctx context.Context, _, name, contentType string, size int64, r io.Reader, progress func(done, total int64)) (string, error) {
	f, err := m.client.UploadFile(ctx, rc.Upload{Name: name, ContentType: contentType, Size: size, Body: r, Progress: progress})
	if errors.Is(err, rc.ErrFileTooLarge) {
		return "", fmt.Errorf("%s cannot be sent: %w", name, err)
	}
	return string(f.ID), err
}
