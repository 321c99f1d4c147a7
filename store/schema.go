package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

const (
	dbName        = "switchboard.db"
	suspectSuffix = ".suspect" // left by a read that found damage
	rebuildSuffix = ".rebuild" // a new database under construction
)

// migrations[v] brings a file of format v to format v+1. Version 0 is an empty file.
var migrations = []string{0: schema, 1: tables2, 2: tables3, 3: blockTables, 4: sendTables, 5: keepTables, 6: hookTables, 7: mailTables, 8: placeTables, 9: thumbTables, 10: markTables}

// How each connection is set up. The writer's log may grow to 8 MB before it is copied
// back: longer makes a first sync a little faster, and quitting in the middle of it
// wait. Readers never write.
var (
	writerPragmas = []string{
		"busy_timeout(5000)", "journal_mode(wal)", "synchronous(normal)", "wal_autocheckpoint(2000)",
		"cache_size(-8192)", "temp_store(memory)", "fullfsync(1)", "journal_size_limit(67108864)",
	}
	readerPragmas = []string{"busy_timeout(5000)", "query_only(1)", "cache_size(-4096)", "temp_store(memory)"}
)

const readers = 2

// Open opens the database in o.Dir, making or upgrading it as needed. A damaged
// file is kept aside, and what can be read of it carried over into a new one: see
// [Store.Recovered]. A file of a newer format is refused with [ErrNewer].
func Open(ctx context.Context, o Options) (*Store, error) {
	if err := o.fill(); err != nil {
		return nil, err
	}
	s := &Store{opts: o, now: o.Now, log: o.Log, sem: make(chan struct{}, 1)}
	s.sync.after = o.After
	if err := s.open(ctx); err != nil {
		return nil, s.fault("opening the database", err)
	}
	return s, nil
}

func (o *Options) fill() error {
	if o.Dir == "" {
		return errors.New("opening the database: no data folder was named")
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return fmt.Errorf("opening the database: %w", err)
	}
	o.Dir = dir
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Location == nil {
		o.Location = time.Local
	}
	if o.Region == "" {
		o.Region = "US"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return nil
}

func (s *Store) open(ctx context.Context) error {
	if !s.opts.ReadOnly {
		if err := makeDir(s.opts.Dir); err != nil {
			return err
		}
		if err := s.finishRebuild(); err != nil {
			return err
		}
	}
	err := s.connect(ctx)
	if err == nil {
		err = s.examine(ctx)
	}
	if err == nil {
		return nil
	}
	s.disconnect()
	if _, kind := classify(err, s.opts.Dir); !errors.Is(kind, ErrCorrupt) || s.opts.ReadOnly {
		return err
	}
	if err := s.rebuild(ctx, err); err != nil {
		return err
	}
	return s.connect(ctx)
}

// makeDir makes the data folder, for this user alone.
func makeDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return &faultError{doing: "making the data folder", words: cannotWrite(dir), kind: ErrReadOnly, err: err}
	}
	// SQLite says only "unable to open", so find out here.
	f, err := os.CreateTemp(dir, ".write-test-*")
	if err != nil {
		if errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrExist) {
			return &faultError{doing: "opening the database", words: cannotWrite(dir), kind: ErrReadOnly, err: err}
		}
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// dsn is the address of the database at path for the driver.
func dsn(path string, query url.Values, pragmas []string) string {
	p := filepath.ToSlash(path)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p // C:/...
	}
	if query == nil {
		query = url.Values{}
	}
	query["_pragma"] = pragmas
	return (&url.URL{Scheme: "file", OmitHost: true, Path: p, RawQuery: query.Encode()}).String()
}

// connect opens the handles and brings the format up to date.
func (s *Store) connect(ctx context.Context) error {
	var err error
	if s.opts.ReadOnly {
		s.r, err = sql.Open("sqlite", dsn(s.file(), url.Values{"mode": {"ro"}}, readerPragmas))
		s.w, s.db = s.r, s.r
	} else {
		s.w, err = sql.Open("sqlite", dsn(s.file(), url.Values{"_txlock": {"immediate"}}, writerPragmas))
		if err == nil {
			s.w.SetMaxOpenConns(1)
			s.r, err = sql.Open("sqlite", dsn(s.file(), nil, readerPragmas))
		}
		s.db = s.w
	}
	if err != nil {
		return err
	}
	for _, db := range []*sql.DB{s.w, s.r} {
		db.SetConnMaxIdleTime(0) // an open connection costs nothing, a new one a millisecond
		db.SetConnMaxLifetime(0)
	}
	s.r.SetMaxOpenConns(readers)
	s.r.SetMaxIdleConns(readers)
	if err := s.migrate(ctx); err != nil {
		return err
	}
	v, err := s.dataVersion(ctx)
	if err != nil {
		return err
	}
	s.outside.Store(v)
	return s.loadWake(ctx)
}

func (s *Store) disconnect() {
	for _, db := range []*sql.DB{s.r, s.w} {
		if db != nil {
			db.Close()
		}
	}
}

// migrate checks the format and brings it up to date in one transaction a step.
func (s *Store) migrate(ctx context.Context) error {
	v, err := formatOf(ctx, s.w)
	if err != nil {
		return err
	}
	if v == 0 && s.opts.ReadOnly {
		return fmt.Errorf("%w: there is no database in %s yet", ErrNotFound, s.opts.Dir)
	}
	if v < len(migrations) && s.opts.ReadOnly {
		return fmt.Errorf("%w: the database in %s is of an older version, and it was opened to look only. Start the program once", ErrReadOnly, s.opts.Dir)
	}
	for v < len(migrations) {
		if v, err = s.step(ctx); err != nil {
			return err
		}
	}
	if v > len(migrations) {
		return fmt.Errorf("%w: %s has format %d and this version knows %d. Use the newer version, or name another folder in SWITCHBOARD_DATA",
			ErrNewer, s.file(), v, len(migrations))
	}
	return nil
}

func formatOf(ctx context.Context, db *sql.DB) (v int, err error) {
	err = db.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&v)
	return v, err
}

// step takes one migration and returns the format reached. Another program may
// have been faster: the format is read again inside the transaction.
func (s *Store) step(ctx context.Context) (int, error) {
	tx, err := s.w.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	var v, tables int
	if err := tx.QueryRow(`PRAGMA user_version`).Scan(&v); err != nil {
		return 0, err
	}
	if v >= len(migrations) {
		return v, nil
	}
	if err := tx.QueryRow(`SELECT count(*) FROM sqlite_schema`).Scan(&tables); err != nil {
		return 0, err
	}
	if v == 0 && tables > 0 {
		return 0, fmt.Errorf("%s is a database of some other program", s.file())
	}
	if _, err := tx.Exec(migrations[v]); err != nil {
		return 0, fmt.Errorf("bringing the database from format %d to %d: %w", v, v+1, err)
	}
	if _, err := tx.Exec(fmt.Sprintf(`PRAGMA user_version = %d`, v+1)); err != nil {
		return 0, err
	}
	if err := tx.Commit(); err != nil {
		return 0, err
	}
	if v == 0 {
		// Private, like the folder. Chmod does not open the file: closing a
		// descriptor of it would drop the locks SQLite holds.
		if err := os.Chmod(s.file(), 0o600); err != nil {
			return 0, err
		}
	}
	return v + 1, nil
}

// examine reads the whole file if an earlier run found damage in it.
func (s *Store) examine(ctx context.Context) error {
	mark := s.file() + suspectSuffix
	if _, err := os.Stat(mark); err != nil || s.opts.ReadOnly {
		return nil
	}
	var verdict string
	if err := s.w.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&verdict); err != nil {
		if sqliteCode(err) == 1 { // SQLITE_ERROR: it stumbles over what is written of a table
			return fmt.Errorf("%w: %w", errDamaged, err)
		}
		return err
	}
	if verdict != "ok" {
		return fmt.Errorf("%w: %s", errDamaged, verdict)
	}
	return os.Remove(mark)
}
