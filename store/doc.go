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
//   - query.go and plan.go turn what people type into SQL; window.go and search.go
//     give rows, by key set and never by OFFSET; item.go gives one item whole.
//   - ledger.go and fold.go keep what the services do not: done, snooze, claims,
//     notes, labels. Entries are appended and folded, so two machines may merge.
//   - ingest.go is the way in, sync.go what drives it; outbox.go is the way out.
//   - blobs.go, fetch.go, keep.go and jobs.go fetch files and keep them; cache.go and
//     uses.go remove what was of no use for longest.
//   - save.go hands out files, to a folder (savefolder.go) or an archive (savezip.go),
//     now or as a job that outlives the program (savejob.go); verify.go looks at them again.
//   - filetext.go and remember.go keep what was learned of a file.
//   - watch.go is the one change signal.
//
// # Identity
//
// An [ID] is made of an item's own time and of its name at the service, never of
// this machine's clock or of a row number. Hence a range of IDs is a range of
// time, a list is a walk along the primary key, and an item keeps its ID when the
// file is rebuilt.
//
// # What survives what
//
// Commits use synchronous=NORMAL: a crash of the program or a kill -9 loses
// nothing that was committed, a power cut may lose the last moments of what can be
// fetched again. What cannot be fetched again (operations, ledger entries) is
// committed with synchronous=FULL before anything shows it as done.
package store
