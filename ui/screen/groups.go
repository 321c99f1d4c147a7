package screen

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
)

// ChatStore is what the screen of chats asks of the store.
type ChatStore interface {
	ChatWindow(ctx context.Context, q store.ChatQuery, at int64, before, after int) (store.ChatWindow, error)
	ChatOf(ctx context.Context, id int64) (store.Chat, error)
	NextUnreadChat(ctx context.Context, account, after int64) (int64, error)
	FindChat(ctx context.Context, text string) (store.Chat, error)
	Posts(ctx context.Context, q store.PostQuery, at store.ID, before, after int) (store.PostWindow, error)
	PostOf(ctx context.Context, id store.ID) (store.ChatPost, error)
	OlderPosts(ctx context.Context, chat int64, at store.ID) (came int, more bool, err error)
	LoadThread(ctx context.Context, chat int64, thread string) error
	Persons(ctx context.Context, account, chat int64, prefix string, limit int) ([]store.Person, error)
	Members(ctx context.Context, chat int64) ([]store.Person, error)
	Myself(ctx context.Context, account int64) (store.Person, error)
	ReadTo(ctx context.Context, chat int64, upTo store.ID) (store.Op, error)
	UnreadFrom(ctx context.Context, chat int64, from store.ID) (store.Op, error)
	SendPost(ctx context.Context, n store.NewPost) (store.Op, error)
	EditPost(ctx context.Context, id store.ID, text string) (store.Op, error)
	DeletePost(ctx context.Context, id store.ID) (store.Op, error)
	RetryPost(ctx context.Context, id store.ID) error
	CreateTeam(ctx context.Context, n store.NewTeam) (chat int64, op store.Op, err error)
	OpenChat(ctx context.Context, account int64, people []string) (chat int64, op store.Op, err error)
	JoinChat(ctx context.Context, chat int64) (store.Op, error)
	LeaveChat(ctx context.Context, chat int64) (store.Op, error)
	AddMembers(ctx context.Context, chat int64, people []string) (store.Op, error)
	RemoveMembers(ctx context.Context, chat int64, people []string) (store.Op, error)
	SaveDraft(ctx context.Context, chat int64, d store.Draft) error
	DraftOf(ctx context.Context, chat int64) (store.Draft, error)
	ChatDrafts(ctx context.Context) ([]store.MessageDraft, error)
	Uploads() []store.Upload
	Feeds() []store.FeedStatus
}

// Writer takes what is typed, as long as it is open: text, the actions of its scope, and
// the keys that are bound to none.
type Writer interface {
	Writing() bool
	Scope() keymap.Scope
	Text(s string) tea.Cmd
	Act(a keymap.Action) tea.Cmd // Submit and Cancel among them
	Stroke(key string) tea.Cmd   // "left", "backspace", ...
	Hints() []keymap.Action
	// Cursor is where the terminal's cursor stands on the screen.
	Cursor() (x, y int)
}
