package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Upload is a file on its way to the service.
type Upload struct {
	Chat  int64
	Post  ID // the echo it belongs to
	Name  string
	Done  int64 // bytes
	Total int64
}

// uploads are those under way in this process.
type uploads struct {
	mu    sync.Mutex
	under map[int64]Upload // by operation
	told  time.Time
}

// Uploads are the files on their way now.
func (s *Store) Uploads() []Upload {
	s.uploads.mu.Lock()
	defer s.uploads.mu.Unlock()
	out := make([]Upload, 0, len(s.uploads.under))
	for _, u := range s.uploads.under {
		out = append(out, u)
	}
	return out
}

func (s *Store) setUpload(op int64, u Upload, over bool) {
	p := &s.uploads
	p.mu.Lock()
	if p.under == nil {
		p.under = map[int64]Upload{}
	}
	if over {
		delete(p.under, op)
	} else {
		p.under[op] = u
	}
	now := time.Now()
	tell := over || u.Done == 0 || now.Sub(p.told) >= signalEvery
	if tell {
		p.told = now
	}
	p.mu.Unlock()
	if tell {
		s.poke()
	}
}

// CheckUpload finds what is wrong with a file before a byte of it leaves: it has to be
// a file, readable, not empty and of at most 30 MB.
func CheckUpload(path string) (PostFile, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return PostFile{}, fmt.Errorf("sending %s: %w", CleanLine(path), err)
	}
	name := CleanLine(filepath.Base(path))
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return PostFile{}, fmt.Errorf("there is no file %s", CleanLine(path))
	case err != nil:
		return PostFile{}, fmt.Errorf("%s cannot be read: %w", name, errors.Unwrap(err))
	}
	defer f.Close()
	st, err := f.Stat()
	switch {
	case err != nil:
		return PostFile{}, fmt.Errorf("%s cannot be read: %w", name, err)
	case st.IsDir():
		return PostFile{}, fmt.Errorf("%s is a folder; only files can be sent", name)
	case !st.Mode().IsRegular():
		return PostFile{}, fmt.Errorf("%s is no ordinary file", name)
	case st.Size() == 0:
		return PostFile{}, fmt.Errorf("%s is empty", name)
	case st.Size() > MaxPostFile-4096:
		return PostFile{}, fmt.Errorf("%s has %.1f MB; the service takes files of up to 30 MB", name, float64(st.Size())/(1<<20))
	}
	return PostFile{Path: path, Name: name, Type: typeOfFile(f, name), Size: st.Size()}, nil
}

// typeOfFile is the content type of a file: by its name, else by how it begins.
func typeOfFile(f io.Reader, name string) string {
	if t, _, _ := strings.Cut(mime.TypeByExtension(strings.ToLower(filepath.Ext(name))), ";"); t != "" {
		return t
	}
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if n == 0 && err != nil {
		return "application/octet-stream"
	}
	t, _, _ := strings.Cut(http.DetectContentType(head[:n]), ";")
	return t
}

// uploadAhead sends the files of a post before the post. Each one's id is written down
// at once, so that no file is sent twice because what came after it failed.
func uploadAhead(ctx context.Context, s *Store, b *mailbox, d outDeed) ([]byte, error) {
	st, err := postPayload(d.does)
	if err != nil || len(st.Files) == 0 || !st.New {
		return d.does, err
	}
	svc, ok := b.service().(ChatService)
	if !ok {
		return nil, errors.New("this service takes no files")
	}
	payload := d.does
	for i := range st.Files {
		if st.Files[i].ID != "" {
			continue
		}
		if st.Files[i].ID, err = s.upload(ctx, svc, d.op, st, st.Files[i]); err != nil {
			return nil, err
		}
		if payload, err = json.Marshal(st); err != nil {
			return nil, fmt.Errorf("writing down what was sent: %w", err)
		}
		err = s.transact(context.WithoutCancel(ctx), false, func(tx *sql.Tx) error {
			_, err := tx.Exec(`UPDATE deeds SET does = ? WHERE op = ?`, string(payload), d.op)
			return err
		})
		if err != nil {
			return nil, s.fault("writing down what was sent", err)
		}
	}
	return payload, nil
}

func (s *Store) upload(ctx context.Context, svc ChatService, op int64, st PostState, pf PostFile) (id string, err error) {
	now, err := CheckUpload(pf.Path)
	if err != nil {
		return "", err
	}
	f, err := os.Open(now.Path)
	if err != nil {
		return "", fmt.Errorf("%s cannot be read: %w", pf.Name, err)
	}
	defer f.Close()
	u := Upload{Chat: st.Row, Post: st.Item, Name: pf.Name, Total: now.Size}
	s.setUpload(op, u, false)
	defer s.setUpload(op, u, true)
	id, err = svc.Upload(ctx, st.Chat, pf.Name, now.Type, now.Size, f, func(done, total int64) {
		s.setUpload(op, Upload{Chat: u.Chat, Post: u.Post, Name: u.Name, Done: done, Total: max(total, u.Total)}, false)
	})
	if err == nil && CleanLine(id) == "" {
		err = errors.New("the service did not say what it called the file")
	}
	return CleanLine(id), err
}
