package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A database beside its log and the log's index.
var dbParts = [...]string{"", "-wal", "-shm"}

// rebuild replaces a damaged database: what can be read of it goes into a new one,
// and the damaged file stays beside it under another name. Everything the services
// still have comes back with the next sync; what only this machine had (decisions,
// changes not sent, messages the service has dropped) is what salvaging is for.
//
// Killed at any moment, the next Open goes on: until the new file has the old one's
// name, the old one is still there, see finishRebuild.
func (s *Store) rebuild(ctx context.Context, cause error) error {
	fresh := s.file() + rebuildSuffix
	if err := removeDB(fresh); err != nil {
		return err
	}
	sv := salvage{s: s, from: s.file(), ctx: ctx}
	if err := sv.into(fresh); err != nil {
		return fmt.Errorf("rebuilding the damaged database: %w", err)
	}
	aside, err := s.aside()
	if err != nil {
		return err
	}
	// The log goes first: beside a new database it would be taken for its own.
	for i := len(dbParts) - 1; i >= 0; i-- {
		err := os.Rename(s.file()+dbParts[i], aside+dbParts[i])
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := os.Rename(fresh, s.file()); err != nil {
		return err
	}
	if err := os.Remove(s.file() + suspectSuffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	s.recovered = fmt.Sprintf("The database was damaged (%v). It is kept as %s; %s. Messages are being fetched again.",
		plainCause(cause), filepath.Base(aside), sv.words())
	s.log.Warn("rebuilt the database", "kept", aside, "cause", cause, "rows", sv.rows)
	return nil
}

// plainCause is what SQLite says, without codes.
func plainCause(err error) string {
	msg := err.Error()
	if i := strings.LastIndex(msg, ": "); errors.Is(err, errDamaged) && i >= 0 {
		return msg[i+2:]
	}
	if i := strings.LastIndex(msg, " ("); i > 0 && strings.HasSuffix(msg, ")") {
		msg = msg[:i]
	}
	return msg
}

// aside is a free name for the damaged file.
func (s *Store) aside() (string, error) {
	base := s.file() + ".corrupt-" + s.now().UTC().Format("20060102-150405")
	for i := range 1000 {
		name := base
		if i > 0 {
			name = fmt.Sprintf("%s-%d", base, i)
		}
		if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			return name, nil
		}
	}
	return "", fmt.Errorf("there are too many damaged databases in %s: remove some", s.opts.Dir)
}

// finishRebuild puts a rebuilt database in its place when the program was killed
// between the two renames of rebuild.
func (s *Store) finishRebuild() error {
	fresh := s.file() + rebuildSuffix
	if _, err := os.Lstat(fresh); err != nil {
		return nil
	}
	if _, err := os.Lstat(s.file()); err == nil {
		return removeDB(fresh) // not finished: the old file is still the better one
	}
	s.recovered = "The database had been damaged. Rebuilding it was interrupted and is now finished."
	return os.Rename(fresh, s.file())
}

func removeDB(path string) error {
	for _, part := range dbParts {
		if err := os.Remove(path + part); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// newDB makes an empty database of a format at path.
func newDB(ctx context.Context, path string, format int) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dsn(path, nil, []string{"journal_mode(delete)", "synchronous(full)", "cache_size(-8192)"}))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	for v, m := range migrations[:format] {
		if _, err := db.ExecContext(ctx, m); err != nil {
			db.Close()
			return nil, err
		}
		if _, err := db.ExecContext(ctx, fmt.Sprintf(`PRAGMA user_version = %d`, v+1)); err != nil {
			db.Close()
			return nil, err
		}
	}
	return db, os.Chmod(path, 0o600)
}
