package store

import (
	"context"
	"io"
	"time"
)

// ChatType is what a chat is.
type ChatType string

// The types of chat. Only teams and the company's chat have names of their own.
const (
	ChatPersonal ChatType = "personal" // with oneself
	ChatDirect   ChatType = "direct"   // two people
	ChatGroup    ChatType = "group"    // some people, no name
	ChatTeam     ChatType = "team"
	ChatEveryone ChatType = "everyone"
)

// Chat is a place where people post.
type Chat struct {
	ID          int64 // row on this machine
	Account     int64
	Remote      string
	Type        ChatType
	Name        string // given, or made of the members' names
	Description string
	Members     []string // the service's ids of people
	Public      bool     // a team anybody may join
	Joined      bool
	Archived    bool
	Favorite    bool
	Active      time.Time // the latest post or change
	Latest      string    // a line of the latest post: "Ana: see you at 3"
	Unread      int       // posts after the read mark, not one's own
	Mentions    int       // of those, how many mention oneself
	ReadTo      ID        // posts up to here have been seen
	Older       bool      // the service has older posts than are here
	Pending     bool
}

// Person is somebody who posts.
type Person struct {
	Remote  string
	Name    string
	Email   string
	Company string
}

// PostBody is what a post has beside its item. The item is filed, of kind Post; its Who is
// the author, its Text what there is to read, its Attachments the files.
type PostBody struct {
	Item     ID
	Chat     int64
	Remote   string
	Author   string   // id of the person
	System   string   // "joined", "added", "removed": no text of somebody
	People   []string // of System: who was added or removed
	Markdown string   // as written, clean, with mentions replaced by @Name
	Mentions []Mention
	Parent   string // remote id of the post it answers; "": none
	Thread   string
	Replies  int
	Edited   time.Time
	Removed  bool
	Mine     bool
	State    OpState // of one's own post: pending, unknown and so on until it is confirmed
}

// Mention is somebody or something named in a post.
type Mention struct {
	Type string // Person, Team, File, Note, Task, Event, Link, Card
	ID   string
	Name string
}

// ChatService is a Service that has chats. Methods may be called by several goroutines.
type ChatService interface {
	// Me is the person one is.
	Me(ctx context.Context) (Person, error)
	// RecentChats are the chats with the latest activity, newest first, as many as the
	// service gives.
	RecentChats(ctx context.Context) ([]IncomingChat, error)
	// Chats are all chats, page by page, with those one could join. cursor "" starts.
	Chats(ctx context.Context, cursor string) (chats []IncomingChat, next string, err error)
	// Chat is one.
	Chat(ctx context.Context, remote string) (IncomingChat, error)
	// Posts are posts of a chat, newest first, page by page into the past. cursor "" starts.
	Posts(ctx context.Context, chat, cursor string) (posts []IncomingPost, next string, err error)
	// Post is one.
	Post(ctx context.Context, chat, post string) (IncomingPost, error)
	// Thread is all posts of a thread.
	Thread(ctx context.Context, chat, thread string) ([]IncomingPost, error)
	// People are the names of people; those the service does not know are left out.
	People(ctx context.Context, ids []string) ([]Person, error)
	// Upload sends a file; the answer is its id, to be posted.
	Upload(ctx context.Context, chat, name, contentType string, size int64, r io.Reader, progress func(done, total int64)) (id string, err error)
}

// IncomingChat is a chat as a service gives it, before cleaning.
type IncomingChat struct {
	Remote, Name, Description string
	Type                      ChatType
	Members                   []string
	Public, Joined, Archived  bool
	Favorite                  bool
	Active                    time.Time
	Gone                      bool // it was deleted
}

// IncomingPost is a post as a service gives it, before cleaning.
type IncomingPost struct {
	Remote, Chat   string
	Author         string
	Time, Modified time.Time
	Text           string // as written
	Plain          string // without marks, mentions as @Name
	Mentions       []Mention
	System         string
	People         []string
	Parent, Thread string
	Removed        bool
	Attachments    []Attachment
}

// Chats, in chats.go and posts.go:
//
//	Chats(ctx, account int64) ([]Chat, error)            // joined ones, by recent activity; account 0: all
//	JoinableChats(ctx, account int64) ([]Chat, error)    // public teams one is not in
//	ChatOf(ctx, id int64) (Chat, error)
//	Posts(ctx, chat int64, at ID, before, after int) (PostWindow, error) // oldest first; FromStart, FromEnd
//	OlderPosts(ctx, chat int64) error                    // has the service asked for older ones, in the background; a signal when here
//	Persons(ctx, account int64, prefix string) ([]Person, error) // for completion
//	ReadTo(ctx, chat int64, upTo ID) (Op, error), UnreadFrom(ctx, chat int64, from ID) (Op, error)
//	SendPost(ctx, NewPost{Chat, Text, Parent, Files}) (Op, error); EditPost(ctx, item ID, text) (Op, error); DeletePost(ctx, item ID) (Op, error)
//	CreateTeam, OpenChat (direct or group), AddMembers, RemoveMembers, JoinChat, LeaveChat

// Deeds of chats: verbs and payloads, which the adapter reads.
const (
	VerbPost    Verb = "post"         // payload PostState
	VerbChat    Verb = "chat"         // payload ChatState
	VerbMembers Verb = "chat-members" // payload MembersState
)

// PostState is how a post is to be. Files are ids of Upload or paths to be uploaded first.
type PostState struct {
	Chat   string   `json:"chat"`           // remote id
	Post   string   `json:"post,omitempty"` // remote id; "": a new one
	Text   string   `json:"text"`           // in the service's own marks, mentions as ![:Person](id)
	Parent string   `json:"parent,omitempty"`
	Files  []string `json:"files,omitempty"` // paths on this machine
	Gone   bool     `json:"gone,omitempty"`  // it is not to be there
}

// ChatState is how a chat is to be: made, archived, joined or not.
type ChatState struct {
	Chat        string   `json:"chat,omitempty"` // "": a new one
	Type        ChatType `json:"type,omitempty"` // team, or a conversation of Members
	Name        string   `json:"name,omitempty"`
	Description string   `json:"description,omitempty"`
	Public      bool     `json:"public,omitempty"`
	Members     []string `json:"members,omitempty"`
	Joined      bool     `json:"joined"`
	Gone        bool     `json:"gone,omitempty"`
}

// MembersState adds and removes members of a team.
type MembersState struct {
	Chat   string   `json:"chat"`
	Add    []string `json:"add,omitempty"`
	Remove []string `json:"remove,omitempty"`
}

// chatTables keep chats, people and what posts have beside their items.
const chatTables = `
ALTER TABLE items ADD COLUMN chat INTEGER NOT NULL DEFAULT 0; -- of a post: row in chats
`

// chatFeeds are the feeds of a service that has chats.
func (s *Store) chatFeeds(svc Service) []feed { return nil }

// chatDeeds are what can be done in chats.
func chatDeeds() map[Verb]deedInfo { return nil }
