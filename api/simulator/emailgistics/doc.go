// Package emailgistics serves the Emailgistics API on loopback, as its documents
// describe it: mailboxes, the asynchronous Received Message Detail report with its
// envelope and pages, lists of attachments and their content. It is a server and
// never a mock: the client under test speaks to it through its own sockets.
//
// Messages are computed from a seed where they are looked at, and what the
// attachments hold is the corpus's. Kept is only what changed: arrivals, messages
// that were moved or deleted, runs of reports.
//
// # What is modelled
//
//   - A key has scopes and an allowlist of mailboxes. A missing scope is 403, a
//     mailbox outside the allowlist 404, like an unknown id; a deleted key 401 at once.
//     The account has one mailbox more than the first key may see.
//   - A report runs for a while with a growing progress, then hands out what matched
//     when it was started, oldest first, in pages with links to the next and the one
//     before. It belongs to the key that started it and is gone after 24 hours. Three
//     may run at a time; starting the same one again makes another.
//   - With Config.Limits an account has 100 requests in any minute, over all keys;
//     what is refused says so by 429 without Retry-After.
//   - An attachment's size is the mail system's, more than its content has. Links and
//     attached messages are listed and not handed out. File names come in every form
//     of Content-Disposition that servers were seen to send ([Dispositions]).
//   - A message that is moved has another id from then on; the old one is 404.
//   - No Range, no ETag, no HEAD.
//
// Where the documents are silent the server chose, and a client should not rely on
// it: the members of a report's row besides id, messageId and conversationId, their
// groups, and the form of errors that the mail system's answers are passed on in.
package emailgistics
