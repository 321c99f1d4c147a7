package secrets

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

const (
	fileName  = "tokens.json"
	fileLimit = 4 << 20
)

// contents is what the file holds: account, name, value.
type contents map[string]map[string]string

type document struct {
	Format  int      `json:"format"` // 1
	Secrets contents `json:"secrets"`
}

func (s *Store) path() string { return filepath.Join(s.dir, fileName) }

// read gives what the file holds now; a missing file holds nothing. A file that
// others could read is closed to them first, and that is told.
func (s *Store) read() (contents, error) {
	f, err := os.Open(s.path())
	if errors.Is(err, fs.ErrNotExist) {
		return contents{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the tokens: %w", err)
	}
	defer f.Close()
	if err := s.tighten(f); err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, fileLimit+1))
	if err != nil {
		return nil, fmt.Errorf("reading the tokens: %w", err)
	}
	if len(b) > fileLimit {
		return nil, fmt.Errorf("reading the tokens: %s is larger than %d bytes", s.path(), fileLimit)
	}
	return parse(b, s.path())
}

// parse never quotes what it reads: errors end up in logs.
func parse(b []byte, path string) (contents, error) {
	if len(bytes.TrimSpace(b)) == 0 {
		return contents{}, nil
	}
	var d document
	if json.Unmarshal(b, &d) != nil {
		return nil, fmt.Errorf("reading the tokens: %s is damaged. Move it away and sign in again", path)
	}
	if d.Format != 1 {
		return nil, fmt.Errorf("reading the tokens: %s is of format %d, this version knows 1", path, d.Format)
	}
	if d.Secrets == nil {
		d.Secrets = contents{}
	}
	return d.Secrets, nil
}

// tighten makes sure that only the owner can read the file.
func (s *Store) tighten(f *os.File) error {
	if runtime.GOOS == "windows" {
		return nil // the folder's access list decides there
	}
	fi, err := f.Stat()
	if err != nil {
		return fmt.Errorf("reading the tokens: %w", err)
	}
	if !fi.Mode().IsRegular() {
		return fmt.Errorf("reading the tokens: %s is not a plain file", s.path())
	}
	loose := fi.Mode().Perm() &^ 0o600
	if loose == 0 {
		return nil
	}
	if err := f.Chmod(0o600); err != nil {
		return fmt.Errorf("%s can be read by others (mode %04o) and that cannot be changed: %w", s.path(), fi.Mode().Perm(), err)
	}
	s.note(fmt.Sprintf("%s could be read by others (mode %04o). It is closed to them now; if others use this machine, sign out and in again",
		s.path(), fi.Mode().Perm()))
	return nil
}

// change reads the file again, alters it and replaces it, one process at a time.
func (s *Store) change(ctx context.Context, fn func(contents)) error {
	err := s.locked(ctx, func() error {
		m, err := s.read()
		if err != nil {
			return err
		}
		fn(m)
		b, err := json.MarshalIndent(document{Format: 1, Secrets: m}, "", " ")
		if err != nil {
			return err
		}
		return s.replace(append(b, '\n'))
	})
	if err != nil {
		return fmt.Errorf("keeping the tokens: %w", err)
	}
	return nil
}

// replace puts new contents in the file's place: on disk first, then by name,
// then the name on disk.
func (s *Store) replace(b []byte) (err error) {
	f, err := os.CreateTemp(s.dir, ".tokens-*.part") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if _, err := f.Write(b); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), s.path()); err != nil {
		return err
	}
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(s.dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		s.log.Debug("the folder of the tokens could not be synced", "error", err)
	}
	return nil
}
