// Package groups is the screen of team chat: the chats by recent activity on the left,
// the posts of one of them on the right, and a few lines at the bottom to write in.
//
// Chats and posts are windows of rows, kept in place by id: posts that come in, history
// that is loaded and names that appear never move what a person looks at. Reading is not
// marking: a chat is read when it is marked so, or answered.
//
// What others wrote is drawn by this package alone (marks.go): a small part of Markdown,
// bounded in depth and in time, always as wide as it has room. Where a link leads is
// written beside it.
//
// What is being written is a draft of its chat from the first letter on; Esc leaves it,
// and only sending or emptying it ends it.
package groups
