// Package symphony joins a Symphony account to the store: streams are chats, messages are
// posts, and what others send with files or to oneself comes into the inbox.
//
// What the service does not tell shapes the rest. A list of streams does not say where
// there is news, so news come by datafeed: a queue that the service keeps for this store
// alone, of which nothing is acknowledged before it is on disk. When that queue is lost,
// each stream is asked for what came since ([Mailbox.PostsSince]). Which messages a page
// holds when there are too many for it is not stated either, so that pages are stretches
// of time: a stretch that does not fit is halved (history.go).
//
// Smaller pictures of files come with their messages, or are looked up in the pod's list of
// the stream's files when somebody looks at one of which nothing was told (thumbs.go).
//
// A message is PresentationML, an XHTML of sorts, with EntityJSON beside it for what is
// named in it. It is turned into the store's marks (markup.go): nothing of its markup is
// left, and what cannot be shown is left out.
package symphony
