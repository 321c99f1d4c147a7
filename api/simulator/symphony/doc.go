// Package symphony serves Symphony's pod, key manager and agent over HTTP on
// loopback, for the demo account, tests, benchmarks and pictures. It is a server
// and never a mock: the client under test speaks to it through its own sockets.
//
// A [Server] listens once for each host, as the services do: the pod has /login and
// /pod, the key manager /relay, the agent /agent. A fourth host is somebody else's:
// where the fault "redirect" sends, and Server.Leaks counts the tokens that were
// brought there. With Config.Certificates there are two more, with TLS, for the
// older way to sign in (/sessionauth, /keyauth).
//
// # What is modelled
//
//   - signing in takes a JWT (RS512, the username as subject, at most five minutes
//     long) and returns the token and the header to send it in. Sessions last
//     Config.TokenTTL; the agent wants the key manager's token as well, unless
//     sessions can use simplified key delivery (Config.SKD) and it is 24.12 or later;
//   - streams are listed oldest first, fifty by default; an empty list of streams or
//     messages is 204 without a body;
//   - messages since a time are the oldest ones, 500 at most; now and then two in a
//     row have the same time; each brings PresentationML and, where spans point at
//     something, its entities. The order within a page is not documented: see
//     newest-first and newest-page;
//   - paths take ids in the URL-safe alphabet only, and the list of attachments tells
//     messages' ids in the standard one. File ids are percent-encoded, and are taken so
//     and decoded once more;
//   - content is base64: the standard alphabet, padded, unbroken. The size that is told
//     is 61 more than the file's. Images have a small picture with an id of its own,
//     600 pixels wide; those that were sent and are wide have one of 1200, too. A forwarded
//     file hangs on both messages;
//   - an agent says 400 of what there is not, as those from 20.12 on do;
//   - a datafeed keeps what happens until it was acknowledged; what was given out and
//     not acknowledged comes back after Config.Redeliver. A feed that nobody reads for
//     30 minutes is gone (400), as is an ackId that never was; one outlives its session;
//   - in a room without history what was said before the account came in is not listed,
//     and asking for it is 403, though the pod lists its files. Two streams beyond
//     Config.Streams are not the account's: a public room, which it may read, and a private
//     one, which only content export may (Config.ContentExport);
//   - a message that is created must be well-formed MessageML; mentions and tags become
//     spans and entities. 25 files and 30 MB are the most.
//
// Everything comes from a seed and is computed where it is looked at, so that an account
// of any size starts at once. Conversations rest on package corpus/teams; files are those
// of the messages of package corpus, so that the same one is in several messages, and in
// other services' too (Config.Files). Any seventy messages in a row of a stream hold one
// of everything: mentions, tags, lists, tables, code, forwards, edits, files of each kind,
// names, texts and markup that attack whoever shows them.
//
// # Faults
//
// Those of requests happen as often as their rate says (Config.Faults), or for certain
// (Server.FailNext):
//
//	hang              no answer for Config.HangFor
//	429, throttle-400 too many requests, with Retry-After: 1; the second as agents say it
//	500, 503, html    the service, or a proxy before it, fails
//	redirect          302 to another host
//	401               refused, whatever the token
//	expire            the session ends with this request
//	late              the first byte is late, by Config.LateFor
//	reset, truncate   the connection ends in the middle of the answer
//	slow              the answer takes Config.LateFor
//	badjson           the answer's JSON is broken
//	badlength         Content-Length is too large
//	b64-unpadded      content without its padding
//	b64-breaks        in lines of 76 characters
//	b64-double        twice, one after the other
//	b64-tail          with one more character
//	b64-urlsafe       in the other alphabet
//	b64-json          an error in the place of content, with status 200
//	b64-quoted        in quotation marks
//	b64-bom           with a byte order mark
//	b64-empty         nothing at all
//	b64-cut           half, at four characters; Content-Length tells
//	b64-cut-chunked   the same; the missing last chunk tells
//	b64-cut-close     the same; nothing tells
//	feed-lost         the datafeed that is read is gone
//	feed-unknown      events of types that nobody knows are among the others
//	feed-double       each event of the answer is there twice
//
// The others are ways of the service, which hold as long as their rate is not 0:
//
//	fileid-once       only file ids that were decoded once more are found
//	fileid-twice      only file ids as they were given out are found
//	standard-refused  downloads refuse messages' ids in the standard alphabet
//	missing-404       the agent says 404 of what there is not, as older ones do
//	error-type        errors call themselves text/html
//	ok-type           content calls itself application/json
//	wrong-size        sizes are far from the truth
//	newest-first      pages of messages are turned around
//	newest-page       a page holds the newest messages instead of the oldest
//	odd-shapes        null for no list, "true" for true, contentType for content-type
//	odd-thumbs        the small pictures of a message's files are null, left out, none or of no width,
//	                  by turns; the pod's list has those of all but the first
//	thumb-400         small pictures are not to be had: 400, or what else is said of what there is not
//	chunked           content without Content-Length
package symphony
