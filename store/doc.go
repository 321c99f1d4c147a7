// Package store is the only truth on this machine: what the services said, what
// was decided here, and the files that were fetched.
//
// It is one SQLite file in WAL mode beside a folder of blobs. One connection
// writes, in short transactions; a few others read and are never held up by it.
// Other processes may use the same file at the same time.
//
// # Where things are
//
//   - model.go has the plain values the rest of the program handles.
//   - clean.go is the one door for text from outside, phone.go the one for numbers.
//   - schema.go, tables.go, recover.go and graft.go open the file, bring it up to
//     date, and rebuild it when it is damaged.
//   - query.go, terms.go, plan.go and pick.go turn what people type into SQL; window.go and search.go
//     give rows, by key set and never by OFFSET; item.go gives one item whole.
//   - ledger.go and fold.go keep what the services do not: done, snooze, claims,
//     notes, labels. Entries are appended and folded, so two machines may merge.
//   - journal.go tells who did what to an item, in the same entries; the database refuses
//     to rewrite them. hold.go keeps what a person holds.
//   - retention.go says how full a mailbox is and what leaves it next, archive.go takes
//     that in before, retentiondrop.go keeps what a service has dropped in the lists.
//     age.go counts business time.
//   - ingest.go is the way in, sync.go what drives it; outbox.go is the way out.
//   - callfeed.go reads the call log, callingest.go takes calls in as items and finds what
//     belongs together, livecalls.go has the calls in progress, in memory.
//   - blobs.go, fetch.go, keep.go and jobs.go fetch files and keep them; cache.go and
//     uses.go remove what was of no use for longest. thumbs.go and thumbfetch.go do the same
//     with the smaller pictures that a service offers of a file, which are never the file.
//   - save.go and savefetch.go hand out files, to a folder (savefolder.go) or an archive (savezip.go),
//     now or as a job that outlives the program (savejob.go); verify.go looks at them again.
//   - filetext.go and remember.go keep what was learned of a file.
//   - chattake.go and posttake.go take chats and posts in, chats.go and posts.go give
//     windows of them, chatfeed.go and postolder.go ask for them; postdo.go, postapply.go
//     and chatdo.go change them. A post is an item with a row in posts beside it.
//   - mailtake.go takes e-mails in over what is known of them, detail.go asks for their
//     attachments one by one, mailfind.go for what was moved; deliveries.go takes in what
//     is brought. marktables.go and mailmarks.go find them by tag, owner and status.
//   - offers.go says what each service does not offer, chatoffers.go what a chat does not;
//     both refuse before anything is recorded.
//   - same.go finds where else the same content was seen; postsearch.go asks the services
//     that can search themselves.
//   - watch.go is the one change signal.
//   - feeds.go keeps up to date what there is beside messages, each list on its own
//     schedule; deed.go and deedsend.go are the outbox for changes of it.
//   - send.go records what is sent, sendecho.go shows it and makes it the service's message
//     once that is heard of, sendrun.go and sendsettle.go carry it out, sendundo.go and
//     sendretry.go take it back and send it once more; sendfiles.go keeps its files.
//   - contacts.go lists contacts by name, contactmatch.go says whom numbers belong to,
//     contactdeeds.go and contactapply.go change them, contactfeeds.go and contactlists.go
//     read them; the vcard files import and export them.
//
// # Identity
//
// An [ID] is made of an item's own time and of its name at the service, never of
// this machine's clock or of a row number. Hence a range of IDs is a range of
// time, a list is a walk along the primary key, and an item keeps its ID when the
// file is rebuilt. Only what was sent from here has the time at which it was sent and
// another name in it: it is an item before any service has heard of it, and stays that one.
//
// # Sending
//
// A message is sent once. It is on disk with its files before anything shows it; the mark
// that a request for it is out is on disk before the request begins. What is found marked
// without an answer (the line broke, the program was killed, another one died over it) is
// looked for in the service's list of sent messages, twice and some time apart: found, it
// was sent; not found, it goes out again; and if the list cannot tell, a person is asked.
// A sync that brings the message before its answer comes ends the search. Messages to the
// same people go out in their order; texts, faxes, posts and other changes do not wait for
// each other.
//
// # Contacts
//
// A contact has a row of its own here, which it keeps whatever the service calls it:
// deleted and taken back, it is another one there and the same here. Lists are walks
// along the name; words that fit few contacts come from the full-text index and are
// sorted, words that fit many are looked for along the list. Numbers, extensions and
// e-mail addresses are keys in a table of their own, numbers backwards: so one query finds
// the callers of a whole screen, and the last digits typed find a contact.
//
// A number that is of several people is told as that: nobody is picked. People of the
// address book and of the directory are the same when their names have the same words.
// A change of a contact names the fields it changes and sends no others, so that what
// somebody else has changed meanwhile stays; refused, it is taken out from under the
// changes that came after it.
//
// # News
//
// A service that tells of news by itself is a [Live]: live.go listens to it, one goroutine
// a mailbox, and takes in what it hears in batches (livequeue.go), so that a flood costs
// few transactions. Whole messages are there at once and confirmed by the next look; of
// what is only hinted at, the look comes soon (livepull.go, livefeeds.go), however often
// it is hinted at. Nothing depends on it: what is not heard, or dropped because it is too
// much, is asked for. While it does not tell of something, that is polled at the usual
// intervals; liveclock.go has everything looked for after this machine slept, its clock
// was set, or it came to another network. arrivals.go keeps what came in lately, for
// whoever tells a person of it.
//
// # What survives what
//
// Commits use synchronous=NORMAL: a crash of the program or a kill -9 loses
// nothing that was committed, a power cut may lose the last moments of what can be
// fetched again. What cannot be fetched again (operations, ledger entries) is
// committed with synchronous=FULL before anything shows it as done.
package store
