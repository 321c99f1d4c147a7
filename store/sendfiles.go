package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// What is sent is copied first: whatever becomes of a file, it goes out as it was. The
// copies are in outgoing/<random>/<name> in the data folder, and go when what they are
// for has arrived.

const (
	outgoingDir = "outgoing"
	// strayAge is how old a copy is that nobody speaks of before it is removed: it may
	// belong to a message that is just being written down.
	strayAge = time.Hour
	// keepTaken is how long the files of what was taken back stay, to send it after all.
	keepTaken = 24 * time.Hour
)

// keptFile is a file of a message.
type keptFile struct {
	From string `json:"from"` // where the person has it
	Copy string `json:"copy"` // within outgoing/
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"`
}

func (s *Store) outgoingPath(name string) string {
	if name == "" || !filepath.IsLocal(name) {
		return ""
	}
	return filepath.Join(s.opts.Dir, outgoingDir, name)
}

// statFile looks at a file that is to be sent.
func statFile(path string) (keptFile, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return keptFile{}, fmt.Errorf("sending %s: %w", CleanLine(path), err)
	}
	name := CleanLine(filepath.Base(abs))
	f, err := os.Open(abs)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return keptFile{}, fmt.Errorf("there is no file %s", CleanLine(abs))
	case err != nil:
		return keptFile{}, fmt.Errorf("%s cannot be read: %w", name, errors.Unwrap(err))
	}
	defer f.Close()
	st, err := f.Stat()
	switch {
	case err != nil:
		return keptFile{}, fmt.Errorf("%s cannot be read: %w", name, err)
	case st.IsDir():
		return keptFile{}, fmt.Errorf("%s is a folder; only files can be sent", name)
	case !st.Mode().IsRegular():
		return keptFile{}, fmt.Errorf("%s is no ordinary file", name)
	case st.Size() == 0:
		return keptFile{}, fmt.Errorf("%s is empty", name)
	}
	return keptFile{From: abs, Name: name, Type: typeOfFile(f, name), Size: st.Size()}, nil
}

// keepFiles copies files, and has the copies on disk when it returns.
func (s *Store) keepFiles(ctx context.Context, files []keptFile) (kept []keptFile, err error) {
	if len(files) == 0 {
		return nil, nil
	}
	if s.opts.ReadOnly {
		return nil, &faultError{doing: "sending", words: "it was opened to look only", kind: ErrReadOnly}
	}
	if err := os.MkdirAll(filepath.Join(s.opts.Dir, outgoingDir), 0o700); err != nil {
		return nil, s.fault("keeping what is sent", err)
	}
	root, err := os.OpenRoot(filepath.Join(s.opts.Dir, outgoingDir))
	if err != nil {
		return nil, s.fault("keeping what is sent", err)
	}
	defer root.Close()
	for _, f := range files {
		if f, err = keepFile(ctx, root, f); err != nil {
			s.dropFiles(append(kept, f))
			return nil, s.fault("keeping "+f.Name, err)
		}
		kept = append(kept, f)
	}
	return kept, s.fault("keeping what is sent", syncDir(root, "."))
}

// keepFile copies one.
func keepFile(ctx context.Context, root *os.Root, f keptFile) (keptFile, error) {
	src, err := os.Open(f.From)
	if err != nil {
		return f, err
	}
	defer src.Close()
	dir := rand.Text()[:16]
	if err := root.Mkdir(dir, 0o700); err != nil {
		return f, err
	}
	f.Copy = filepath.Join(dir, cmp.Or(SafeName(f.Name, ""), "file"))
	dst, err := root.OpenFile(f.Copy, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return f, err
	}
	// One byte more than there were: what grows while it is copied is not sent in part.
	n, err := io.Copy(dst, io.LimitReader(&untilDone{ctx, src}, f.Size+1))
	if err == nil && n != f.Size {
		err = fmt.Errorf("%s was changed while it was read; send it again", f.Name)
	}
	err = errors.Join(err, dst.Sync(), dst.Close())
	if err == nil {
		err = syncDir(root, dir)
	}
	return f, err
}

// untilDone ends with its context.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u *untilDone) Read(b []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(b)
}

// dropFiles removes copies.
func (s *Store) dropFiles(files []keptFile) {
	for _, f := range files {
		if p := s.outgoingPath(f.Copy); p != "" {
			if err := os.RemoveAll(filepath.Dir(p)); err != nil {
				s.log.Warn("a copy of what was sent stays", "err", err)
			}
		}
	}
}

// TidySends removes the copies of files that have arrived, and those nobody speaks of.
// Run does it by itself.
func (s *Store) TidySends(ctx context.Context) error {
	dirs, err := os.ReadDir(filepath.Join(s.opts.Dir, outgoingDir))
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(dirs) == 0 {
		return nil
	}
	if err != nil {
		return s.fault("looking for copies of what was sent", err)
	}
	spoken, arrived, err := s.spokenOf(ctx)
	if err != nil {
		return s.fault("looking for copies of what was sent", err)
	}
	for _, d := range dirs {
		name := d.Name()
		if spoken[name] {
			continue
		}
		if fi, err := d.Info(); err != nil || !arrived[name] && time.Since(fi.ModTime()) < strayAge {
			continue
		}
		if err := os.RemoveAll(filepath.Join(s.opts.Dir, outgoingDir, name)); err != nil {
			s.log.Warn("a copy of what was sent stays", "err", err)
		}
	}
	return nil
}

// spokenOf are the folders of copies that are still needed, and those of what has arrived.
func (s *Store) spokenOf(ctx context.Context) (spoken, arrived map[string]bool, err error) {
	spoken, arrived = map[string]bool{}, map[string]bool{}
	rows, err := s.r.QueryContext(ctx, `SELECT d.payload, o.state = 2 AND coalesce(i.delivery, 0) IN (2, 3) AND coalesce(i.availability, 2) = 0
		FROM sends d JOIN ops o ON o.id = d.op LEFT JOIN items i ON i.id = d.item
		WHERE d.cancels = 0 AND d.payload LIKE '%"files":%' AND (o.state <> 4 OR o.at > ?)`, s.now().Add(-keepTaken).UnixMilli())
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var payload string
		var over bool
		if err := rows.Scan(&payload, &over); err != nil {
			return nil, nil, err
		}
		var st sendState
		if err := json.Unmarshal([]byte(payload), &st); err != nil {
			return nil, nil, err
		}
		for _, f := range st.Files {
			if over {
				arrived[filepath.Dir(f.Copy)] = true
			} else {
				spoken[filepath.Dir(f.Copy)] = true
			}
		}
	}
	if err := rows.Err(); err != nil {
		return nil, nil, err
	}
	return spoken, arrived, s.spokenInDrafts(ctx, spoken)
}

// spokenInDrafts adds the folders whose files are in drafts.
func (s *Store) spokenInDrafts(ctx context.Context, spoken map[string]bool) error {
	rows, err := s.r.QueryContext(ctx, `SELECT message FROM message_drafts`)
	if err != nil {
		return err
	}
	defer rows.Close()
	base := filepath.Join(s.opts.Dir, outgoingDir)
	for rows.Next() {
		var text sql.RawBytes
		if err := rows.Scan(&text); err != nil {
			return err
		}
		var m NewMessage
		if err := json.Unmarshal(text, &m); err != nil {
			continue
		}
		for _, path := range m.Files {
			if rel, err := filepath.Rel(base, path); err == nil && filepath.IsLocal(rel) {
				spoken[filepath.Dir(rel)] = true
			}
		}
	}
	return rows.Err()
}
