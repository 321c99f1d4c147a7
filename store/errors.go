package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// errDamaged is what a check of the file says, where SQLite itself gives no code.
var errDamaged = errors.New("the check of the database failed")

// What callers ask about with errors.Is. The texts are for people.
var (
	ErrNotFound = errors.New("not found")
	ErrNothing  = errors.New("nothing to take back")
	ErrOffline  = errors.New("offline")
	ErrClosed   = errors.New("the store is closed")
	ErrReadOnly = errors.New("the database cannot be written")
	ErrDiskFull = errors.New("the disk is full")
	ErrCorrupt  = errors.New("the database is damaged")
	ErrBusy     = errors.New("the database is in use by another program")
	ErrNewer    = errors.New("the database was written by a newer version")
	ErrSeveral  = errors.New("fits more than one")
)

// AmbiguousError says that a shortened id fits several items.
type AmbiguousError struct {
	Text string
	IDs  []ID // some of them, at most ten
}

func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%q fits more than one item, for example %s and %s: give more of the id", e.Text, e.IDs[0], e.IDs[1])
}

// fault wraps err with what was being done, in words that name the folder and
// the way out where there is one. It also remembers damage, so that the next
// Open looks closer.
func (s *Store) fault(doing string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	var told *faultError
	if errors.As(err, &told) {
		return err // said already
	}
	words, kind := classify(err, s.opts.Dir)
	if kind == nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if errors.Is(kind, ErrCorrupt) {
		s.suspect()
	}
	return &faultError{doing: doing, words: words, kind: kind, err: err}
}

// faultError is a failure of the file itself.
type faultError struct {
	doing, words string
	kind, err    error
}

func (e *faultError) Error() string   { return e.doing + ": " + e.words }
func (e *faultError) Unwrap() []error { return []error{e.kind, e.err} }

// classify tells what kind of trouble err is, and what to tell a person about it.
// The kind is nil when it is none of the file's.
func classify(err error, dir string) (words string, kind error) {
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Sprintf("the disk that holds %s is full. Free some space and try again; what was there before is unharmed", dir), ErrDiskFull
	}
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return cannotWrite(dir), ErrReadOnly
	}
	damaged := fmt.Sprintf("the database in %s is damaged. Start the program again: it keeps the damaged file aside and rebuilds", dir)
	if errors.Is(err, errDamaged) {
		return damaged, ErrCorrupt
	}
	code := sqliteCode(err)
	switch code {
	case sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_SHMMAP, sqlite3.SQLITE_IOERR_SHMOPEN: // no room for the log's index
		code = sqlite3.SQLITE_FULL
	}
	switch code & 0xff {
	case sqlite3.SQLITE_FULL:
		return fmt.Sprintf("the disk that holds %s is full. Free some space and try again; what was there before is unharmed", dir), ErrDiskFull
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return cannotWrite(dir), ErrReadOnly
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return damaged, ErrCorrupt
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Sprintf("another program is using the database in %s and did not let go in time. Try again", dir), ErrBusy
	}
	return "", nil
}

func cannotWrite(dir string) string {
	return fmt.Sprintf("the data folder %s cannot be used. Make it writable, or name another one in SWITCHBOARD_DATA", dir)
}

// sqliteCode is the extended result code of SQLite in err, or 0.
func sqliteCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}
