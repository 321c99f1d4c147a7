// Package simulator serves the services that the program talks to over real
// HTTP on loopback: OAuth, a mailbox of any size, attachment content, ring-out
// calls, rate limits and faults on demand. The demo account, the tests, the
// benchmarks and the pictures all use it. It is a server and never a mock: the
// client under test speaks to it through its own sockets.
//
// A [Server] listens three times. The platform host answers the REST calls,
// the media host hands out attachment bytes, and the control host (no part of
// any real service) lets a test or a person change what the others do.
//
// # Mailbox
//
// The messages come from package corpus, which computes any of them from a
// seed. The server keeps only what changed (read marks, deletions, arrivals)
// so a mailbox of a million messages needs little memory. Times are those of
// Config.Now; nothing here reads the wall clock except to bound sockets.
//
// # Push
//
// The push gateway listens at /ws of the platform host and speaks the service's
// frames: single-use tokens that live 30 s, one subscription for a session, and
// sessions that can be recovered for three minutes with the last 100
// notifications. The time limits (30 minutes idle, 24 hours in all) and the
// recovery go by Config.Now; pings go out every 30 s of real time. Messages that
// come in or change, calls that ring, are answered and end, presences, favourites
// and what the chats publish become events; times in them are written in two
// ways, as the service does. What can go wrong is listed at pushFaultNames, and
// the control host has a button for each (POST /push/…).
//
// # Other services
//
// With Config.SymphonyStreams and Config.EmailgisticsMessages the packages symphony and
// emailgistics below serve theirs beside RingCentral, on listeners of their own and with
// the same clock, seed and files. Their faults are named with "symphony-" and
// "emailgistics-" before them.
//
// # What is modelled
//
// Message store and message sync behave as RingCentral documents them:
//
//   - lists and full syncs default to the last 24 hours, newest first; perPage
//     and recordCount above 1000 are clamped silently;
//   - totals (totalPages, totalElements, lastPage) are left out when counting
//     them would mean a scan of a large mailbox;
//   - dateFrom and dateTo are both inclusive, so a page of history asked for
//     with the oldest time of the page before begins with that record again;
//   - an incremental sync repeats the last 5 seconds and reports deleted and
//     purged messages as id and availability only; the token carries its frame
//     (filters, dateFrom, time); a damaged or expired one is 400 MSG-333;
//   - deleting once hides a message, deleting twice purges it, deleting
//     without ids empties the mailbox. The last is counted in Server.Wipes and
//     GET /state so that a test can assert it never happens;
//   - several ids answer 207 in multipart/mixed, or in
//     application/vnd.ringcentral.multipart+json when Accept names it; a bulk
//     delete is 204 when all went well;
//   - a new voicemail arrives with its transcript in progress and completes
//     half a minute later, with a later lastModifiedTime.
//
// Calls, contacts, the directory and the presence fit the messages: each
// voicemail and fax has the call that left it, callers are mostly but not all in
// the address book, queues and colleagues in the directory. They behave as
// documented, too:
//
//   - the call log's sync hands out 250 records at most and refuses a token for
//     which there are more (CMN-101), that is old (CLG-101) or from before a
//     reset (CLG-105); it never tells whether older records exist;
//   - active calls are those connected, and those that were so up to two
//     minutes ago; what rings shows in the presence only;
//   - the address book's sync has a token on the last of its parts only, which
//     speaks of when the first one was asked for;
//   - the directory has no links between its pages;
//   - what is no person has a presence of Offline and nothing else.
//
// Calls ring and end, and people come and go, when told (Server.Ring, POST
// /ring) or by themselves (Config.Traffic). Each change of a presence is an
// event with a higher sequence than the one before (Server.Watch).
//
// Team messaging comes from package corpus/teams and behaves as documented:
//
//   - chats, teams and conversations are listed oldest first, posts newest first;
//     a page token carries the filters and is not moved by what arrives meanwhile;
//   - recent chats are those one is in, the latest changed first, without pages;
//   - opening a conversation finds the one with the same members (200) or makes it
//     (201); what one is not in can be seen if it is public, and not read;
//   - answers to a post make it the parent of a thread; only its author may change
//     or remove a post; more than 2,500 a day are answered with 500;
//   - a file's address is on the media host and takes the token in the header only.
//
// The older paths, /restapi/v1.0/glip, answer as well, in their own shapes;
// Server.SetTeamsAge leaves nothing but them. With Config.Traffic colleagues
// post, answer, edit and remove.
//
// What is sent shows in the message store and its sync like anything else:
//
//   - a text is Queued, after 2 s Sent, after 4 s Delivered; a pager message is Sent
//     at once; a fax is rendered in 5 s and then takes 15 s for each recipient, one
//     after the other, and has no pages until it went through;
//   - a fax with a sendTime waits, and deleting its message before then cancels it;
//   - a fax sent again or on, by originalMessageId, has the same content; one that is
//     under way or purged is 406 MSG-343;
//   - limits and names are checked with the documented codes; the numbers that can be
//     sent from differ in their features (numbers.go), and with Server.HIPAA none
//     sends text;
//   - the last digits of a number decide how it ends (numberEnd, faxEnd), or what was
//     ordered with Server.EndNext; Server.Sent counts what was accepted, whatever
//     became of the answer.
//
// Uploads come as multipart/mixed with the JSON first, or as a form with a JSON part
// or with fields. Of files above 4 MiB only the size, the SHA-256 and the pages
// are kept.
//
// Rate limits are a sliding window per group with the documented defaults
// (Light 50, Medium 40, Heavy 10, Auth 5 a minute); over it the group is in
// penalty for 60 s and each request meanwhile starts the penalty anew. With
// limits off the headers announce a very large budget instead.
//
// Refreshing rotates: the old access token dies at once; the old refresh token
// returns the same new pair for 10 s after the new access token was first
// used, or for 60 minutes when it never was. Revoking either token ends the
// session. An authorization code lives 60 s and works once.
//
// Where the documents are silent the server chose, and a client should not
// rely on it: a ring-out whose first leg has connected answers 404 to a
// cancel, a purged message answers 404 to every edit, binary content asked of
// the platform host is 404, content has a strong ETag, the address book takes
// more than its 10,000 contacts when Config asks for them, and a page of the
// directory holds 1,000 entries although 2,000 may be asked for, a fax with a
// character in a file's name that is not allowed is CMN-101, and a conversation of
// pager messages can be answered for a year.
package simulator
