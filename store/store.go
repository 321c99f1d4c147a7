package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

// Options say where the store is and who uses it. Only Dir is needed.
type Options struct {
	Dir      string           // data folder: switchboard.db, blobs/, crash/
	Actor    string           // user@host, for the ledger
	Now      func() time.Time // nil: time.Now
	Location *time.Location   // for days in queries and names; nil: time.Local
	Region   string           // for numbers without a country; "": "US"
	Log      *slog.Logger     // nil: none
	ReadOnly bool             // look, never write

	// Aliases are names for numbers and extensions that count before those of contacts.
	Aliases map[string]string

	// CacheLimit is how many bytes of content are kept at most; 0: no limit. See cache.go.
	CacheLimit int64

	// SendDelay is how long what is sent can be taken back before it leaves: a text waits
	// here, a fax at the service. 0: 10 seconds; less: not at all.
	SendDelay time.Duration

	// Archive takes in by itself what a service is about to drop, and what is held.
	Archive bool
	// Retention is how long services keep messages, where that is known better than by
	// what they say. Fields that are 0 count as not set.
	Retention RetentionRules

	// Alone does not have the system tell of what other programs write; see runOutside.
	// It is for tests in which time stands still while anything goes on.
	Alone bool

	// After is what waits are made with; nil: time.After. Tests make time go faster.
	After func(time.Duration) <-chan time.Time
}

// Store is the open database. Its methods may be called from any goroutine, but
// not from one that must not wait: they read and write the disk.
type Store struct {
	opts Options
	now  func() time.Time
	log  *slog.Logger

	w   *sql.DB       // the one writer, one connection
	r   *sql.DB       // readers
	db  *sql.DB       // w, or r when the store is read-only
	sem chan struct{} // held by whoever writes

	gen       atomic.Uint64 // see Generation
	watch     watchers
	wake      atomic.Int64 // when the first snooze runs out, Unix milliseconds; 0: none
	outside   atomic.Int64 // PRAGMA data_version when last looked
	keys      atomic.Int64 // when a person last pressed a key, Unix nanoseconds
	recovered string
	closed    atomic.Bool
	sync      syncParts // sync.go and outbox.go
	files     fileParts // jobs.go
	saves     saveParts // savejob.go
	keeper    keeper    // keep.go
	asked     statements
	buffers   buffers
	usage     usage         // uses.go
	archiving archiving     // archive.go
	active    activeCalls   // livecalls.go
	matching  matching      // contactmatch.go
	present   presenceCache // presenceboard.go
	reads     oneAtATime    // postolder.go
	uploads   uploads       // postupload.go
	sending   sendParts     // sendprogress.go
	missed    atomic.Int64  // how often news were missed; liveplace.go
	services  sync.Map      // accounts.id -> accounts.service; offers.go
}

// file is the database's path.
func (s *Store) file() string { return filepath.Join(s.opts.Dir, dbName) }

// Dir is the data folder.
func (s *Store) Dir() string { return s.opts.Dir }

// Actor is who decisions made here are recorded as.
func (s *Store) Actor() string { return s.opts.Actor }

// Recovered says what was done about a damaged database when the store was
// opened, in a sentence for people; "" when there was nothing to do.
func (s *Store) Recovered() string { return s.recovered }

// Close waits for a write under way and closes the file.
func (s *Store) Close() error {
	if s.closed.Load() {
		return nil
	}
	if err := s.flushUses(context.Background()); err != nil {
		s.log.Warn("what was of use is not noted", "error", err)
	}
	if s.closed.Swap(true) {
		return nil
	}
	s.sem <- struct{}{} // never given back: nothing is written after this
	var errs []error
	errs = append(errs, s.r.Close())
	if s.w != s.r {
		errs = append(errs, s.w.Close())
	}
	s.watch.closeAll()
	return s.fault("closing the database", errors.Join(errs...))
}

// write runs fn in one transaction, after those that came before it, and tells
// watchers once it is committed. When fn fails nothing has changed.
func (s *Store) write(ctx context.Context, fn func(tx *sql.Tx) error) error {
	err := s.transact(ctx, false, fn)
	if err == nil {
		s.changed()
	}
	return err
}

// writeFull is write for what cannot be fetched again: when it returns without an
// error, the change survives a power cut.
func (s *Store) writeFull(ctx context.Context, fn func(tx *sql.Tx) error) error {
	err := s.transact(ctx, true, fn)
	if err == nil {
		s.changed()
	}
	return err
}

// transact is write without the signal: for what nobody looks at.
func (s *Store) transact(ctx context.Context, full bool, fn func(tx *sql.Tx) error) error {
	if err := s.acquire(ctx); err != nil {
		return err
	}
	defer s.release()
	if s.opts.ReadOnly {
		return &faultError{doing: "writing", words: "it was opened to look only", kind: ErrReadOnly}
	}
	conn, err := s.w.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if full {
		if _, err := conn.ExecContext(ctx, `PRAGMA synchronous = FULL`); err != nil {
			return err
		}
		// Not ctx: the connection must not stay slow because a caller gave up.
		defer func() { _, _ = conn.ExecContext(context.WithoutCancel(ctx), `PRAGMA synchronous = NORMAL`) }()
	}
	// Not ctx either: database/sql would roll back behind our back, at a moment of its
	// own. Transactions are short; whether the caller gave up is asked at the end.
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return err
	}
	if err := cmp.Or(fn(tx), ctx.Err()); err != nil {
		return errors.Join(err, rollback(tx))
	}
	return tx.Commit()
}

// rollback undoes tx; a transaction that SQLite has ended itself is no failure.
func rollback(tx *sql.Tx) error {
	if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) && sqliteCode(err) == 0 {
		return err
	}
	return nil
}

func (s *Store) acquire(ctx context.Context) error {
	if s.closed.Load() {
		return ErrClosed
	}
	select {
	case s.sem <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Store) release() { <-s.sem }

// suspect leaves a mark that makes the next Open look at the whole file.
func (s *Store) suspect() {
	if s.opts.ReadOnly {
		return
	}
	if f, err := os.OpenFile(s.file()+suspectSuffix, os.O_CREATE|os.O_WRONLY, 0o600); err == nil {
		f.Close()
	}
}

func fromMilli(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

func toMilli(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
