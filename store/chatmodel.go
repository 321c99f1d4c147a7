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

// Chat is a place where people post. Text is clean.
type Chat struct {
	ID          int64     `json:"-"` // row on this machine
	Account     int64     `json:"-"`
	Remote      string    `json:"id"`
	Type        ChatType  `json:"type"` // "": nothing but the id is known yet
	Name        string    `json:"name,omitempty"`
	Title       string    `json:"title"` // what it is called: the name, or made of the members' names
	Description string    `json:"description,omitempty"`
	Size        int       `json:"members"` // how many members are known
	Other       string    `json:"-"`       // of a direct chat: the service's id of the other one
	Public      bool      `json:"public"`  // a team anybody may join
	Joined      bool      `json:"joined"`
	Archived    bool      `json:"archived,omitempty"`
	Favorite    bool      `json:"favorite,omitempty"`
	Active      time.Time `json:"active"` // the latest post or change
	Latest      string    `json:"latest"` // a line of the latest post: "Ana: see you at 3"
	Unread      int       `json:"unread"` // posts after the read mark, not one's own
	Mentions    int       `json:"mentions"`
	ReadTo      ID        `json:"-"`                        // posts up to here have been seen
	Older       bool      `json:"-"`                        // the service has posts that are not here, or may have
	Protected   bool      `json:"copy_protected,omitempty"` // what is in it is not meant to leave it: warn before saving
	Sealed      bool      `json:"no_history,omitempty"`     // who comes later does not see what was said before
	ReadOnly    bool      `json:"read_only,omitempty"`      // only its owners may post
	Pending     bool      `json:"pending,omitempty"`
}

// Person is somebody who posts.
type Person struct {
	Remote  string
	Name    string
	Email   string
	Company string
}

// ChatPost is a post as its chat shows it: the item, which is filed and of kind Post, and
// what a post has besides. Row.Who is the author, and Row.Preview a line of the text.
type ChatPost struct {
	Row
	Chat     int64
	Remote   string // "": the service has given it no name yet
	Author   Person
	System   string   // "joined", "added", "removed": no text of somebody
	People   []Person // of System: who was added or removed
	Markdown string   // as written, clean, with mentions as ![:Person](id)
	Mentions []Mention
	Parent   string    // remote id of the post it answers; "": none
	Quote    *ChatPost // the post it answers, as far as its first line needs; nil: it is not here
	Thread   string
	Replies  int // how many answers to it are here
	Edited   time.Time
	Removed  bool // its text is gone
	Mine     bool
	Mention  bool         // it mentions oneself
	Unread   bool         // after the read mark, and not one's own
	Gap      bool         // older posts are missing right above it, or may be
	Sending  bool         // a change of it is on its way: State says how far
	State    OpState      // of the latest deed about it, if Sending or Fault
	Fault    string       // why the latest change was refused
	Attached []Attachment // its files
}

// PostQuery selects posts of a chat.
type PostQuery struct {
	Chat   int64
	Thread string // only this thread
}

// PostWindow is a part of a chat, oldest first.
type PostWindow struct {
	Rows       []ChatPost
	Start, End bool // nothing that is here comes before the first row, or after the last
	Older      bool // the service has posts before the first one, or may have
	Generation uint64
}

// Mention is somebody or something named in a post.
type Mention struct {
	Type string `json:"type"` // Person, Team, File, Note, Task, Event, Link, Card
	ID   string `json:"id"`
	Name string `json:"name"`
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
	// Upload sends a file and posts it nowhere yet; the answer is its id, for PostFile.ID.
	// r can be sought, and is read from its start again where a request has to be made again.
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
	Protected, Sealed         bool // see Chat
	ReadOnly                  bool
	Gone                      bool // it was deleted
	// Brief says that a list told no more than type, name and, unless nil, members, and
	// that Chat tells the rest: the store asks for that in the background, once. What is
	// known of the rest stays.
	Brief bool
}

// IncomingPost is a post as a service gives it, before cleaning.
// A Removed one may have no more than Remote and Chat.
type IncomingPost struct {
	Remote, Chat   string
	Author         string
	Time, Modified time.Time
	Text           string // as written, in the service's marks, mentions as ![:Person](id)
	Mentions       []Mention
	System         string
	People         []string
	Parent, Thread string
	Removed        bool
	Attachments    []Attachment
	// Apart says that it is in a page because of a change made later than Time: the page
	// need not hold all that was posted between it and the others.
	Apart bool
	// Work says that somebody may have to do something about it: it comes into the inbox
	// as open, if it is of somebody else and of after the account was first used here.
	Work bool
}

// PostsSinceService is a ChatService whose list of chats does not say where there is
// news: RecentChats gives what it can. After its queue of news was lost, or where there is
// none, each chat is asked for what was posted since a moment.
type PostsSinceService interface {
	ChatService
	// PostsSince are the newest posts of a chat as ChatService.Posts gives them, but none
	// of before a moment: next is "" when all since then are among them.
	PostsSince(ctx context.Context, chat string, since time.Time) (posts []IncomingPost, next string, err error)
}

// PostSearcher is a ChatService that can be asked to search for posts.
type PostSearcher interface {
	ChatService
	// SearchPosts are posts with some words, newest first, page by page. chat "" is all
	// chats, for which the error is ErrOneChat where the service does not offer that.
	SearchPosts(ctx context.Context, words, chat, cursor string) (posts []IncomingPost, next string, err error)
}

// Deeds of chats: verbs and payloads, which the adapter reads.
const (
	VerbPost    Verb = "post"         // payload PostState
	VerbChat    Verb = "chat"         // payload ChatState
	VerbMembers Verb = "chat-members" // payload MembersState

	// VerbChatRead moves the read mark of a chat. It is kept here and no service hears of it.
	VerbChatRead Verb = "chat-read"
)

// PostState is how a post is to be. There are three cases, in this order:
//
//   - Gone: the post is to be deleted. One that is gone already is no failure.
//   - New: it is to be posted. DeedDone.Remote is its id and DeedDone.Reply, if the
//     service told, an [IncomingPost] as JSON. It must not go out twice, so Sought looks
//     for one's own post with this Text and Parent since Doing.At.
//   - neither: its text is to be Text.
//
// Where Doing.Remote is set it is the id of the post, else Post is.
type PostState struct {
	Chat   string     `json:"chat"`           // the service's id
	Post   string     `json:"post,omitempty"` // likewise; "": it has none yet
	Text   string     `json:"text"`           // in the service's own marks, mentions as ![:Person](id)
	Parent string     `json:"parent,omitempty"`
	Files  []PostFile `json:"files,omitempty"` // of a New one; when Do is called, all have their ID
	New    bool       `json:"new,omitempty"`
	Gone   bool       `json:"gone,omitempty"`

	Item   ID     `json:"item,omitempty"`   // the id it first had here; for the store
	Row    int64  `json:"row,omitempty"`    // of chats; for the store
	Thread string `json:"thread,omitempty"` // for the store
}

// PostFile is a file that is to hang on a post. The store uploads it before the post
// is made, and writes down its id.
type PostFile struct {
	Path string `json:"path"` // on this machine
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"`
	ID   string `json:"id,omitempty"` // what the service calls it
}

// ChatState is how a chat is to be. The cases, in this order:
//
//   - Gone: a team made by mistake is to be archived, never deleted: others may have posted.
//   - New: a team is to be made, or a conversation of Members opened. DeedDone.Remote is its
//     id and DeedDone.Reply an [IncomingChat] as JSON. Sought looks for such a team made since Doing.At.
//   - neither: one is to be a member of Chat (Joined) or not, and it is not to be archived.
//
// Where Doing.Remote is set it is the id of the chat, else Chat is.
type ChatState struct {
	Chat        string   `json:"chat,omitempty"` // the service's id; "": it has none yet
	Type        ChatType `json:"type,omitempty"` // team, or a conversation of Members
	Name        string   `json:"name,omitempty"`
	Description string   `json:"description,omitempty"`
	Public      bool     `json:"public,omitempty"`
	Members     []string `json:"members,omitempty"`
	Joined      bool     `json:"joined"`
	New         bool     `json:"new,omitempty"`
	Gone        bool     `json:"gone,omitempty"`

	Row int64 `json:"row,omitempty"` // of chats, for the store
}

// MembersState adds and removes members of a team.
type MembersState struct {
	Chat   string   `json:"chat"`
	Add    []string `json:"add,omitempty"`
	Remove []string `json:"remove,omitempty"`

	Row int64 `json:"row,omitempty"` // of chats, for the store
}
