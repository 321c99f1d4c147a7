package emailgistics

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	eg "switchboard/api/emailgistics"
	"switchboard/store"
)

// The folders within the spool folder.
const (
	takenDir = "taken"
	badDir   = "bad"
)

const (
	// settleTime is how long a file must not have been written to before it is read; one
	// that cannot be read is given breakTime, as its writer may only be slow.
	settleTime = 300 * time.Millisecond
	breakTime  = 10 * time.Second
	// lookEvery is how often the folder is looked into where the system does not tell of
	// new files.
	lookEvery = 30 * time.Second
)

// Receive implements store.Receiver: it takes in what is put into the spool folder. A file
// is moved to "taken" once what it says is on disk, so that a program which is killed in
// between takes it in again, which changes nothing.
func (m *Mailbox) Receive(ctx context.Context, once bool, take func(context.Context, []store.Incoming) error) error {
	if m.spool == "" {
		return nil
	}
	root, err := openSpool(m.spool)
	if err != nil {
		return err
	}
	defer root.Close()
	s := spool{m: m, root: root, take: take, once: once}
	if once {
		_, err := s.look(ctx)
		return err
	}
	news, stop := s.watch()
	defer stop()
	for {
		wait, err := s.look(ctx)
		if err != nil {
			return err
		}
		if err := s.rest(ctx, news, wait); err != nil {
			return err
		}
	}
}

func openSpool(dir string) (*os.Root, error) {
	for _, d := range []string{dir, filepath.Join(dir, takenDir), filepath.Join(dir, badDir)} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, fmt.Errorf("the spool folder: %w", err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("the spool folder: %w", err)
	}
	return root, nil
}

// spool is a look at the folder.
type spool struct {
	m    *Mailbox
	root *os.Root
	take func(context.Context, []store.Incoming) error
	once bool
}

// watch has the system tell of new files; news is nil where it cannot.
func (s *spool) watch() (news <-chan struct{}, stop func()) {
	w, err := fsnotify.NewWatcher()
	if err == nil {
		err = w.Add(s.m.spool)
		if err != nil {
			_ = w.Close()
		}
	}
	if err != nil {
		s.m.log.Info("the spool folder is looked into at intervals only", "err", err)
		return nil, func() {}
	}
	c := make(chan struct{}, 1)
	go func() {
		for {
			select {
			case e, open := <-w.Events:
				if !open {
					return
				}
				if passed(filepath.Base(e.Name)) {
					continue
				}
			case _, open := <-w.Errors: // too much has happened at once: look
				if !open {
					return
				}
			}
			select {
			case c <- struct{}{}:
			default:
			}
		}
	}()
	return c, func() { _ = w.Close() }
}

// rest waits until there may be something to do: wait is for files that are being written.
func (s *spool) rest(ctx context.Context, news <-chan struct{}, wait time.Duration) error {
	if news == nil && wait == 0 {
		wait = lookEvery
	}
	var timer <-chan time.Time
	if wait > 0 {
		timer = s.m.clock.After(wait)
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer:
	case <-news:
	}
	return nil
}

// passed reports whether a file is none of ours: hidden, or still being written by the
// customs of mail spools and downloads.
func passed(name string) bool {
	if name == takenDir || name == badDir || strings.HasPrefix(name, ".") {
		return true
	}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".tmp", ".part", ".partial", ".swp", ".lock":
		return true
	}
	return strings.HasSuffix(name, "~")
}

// look takes in all files, in the order of their names. wait says that there are others
// that are being written; 0: there are none.
func (s *spool) look(ctx context.Context) (wait time.Duration, err error) {
	entries, err := fs.ReadDir(s.root.FS(), ".")
	if err != nil {
		return 0, fmt.Errorf("looking into the spool folder: %w", err)
	}
	for _, e := range entries {
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		if passed(e.Name()) || !e.Type().IsRegular() {
			continue
		}
		later, err := s.file(ctx, e.Name())
		if err != nil {
			return 0, err
		}
		if later > 0 && (wait == 0 || later < wait) {
			wait = later
		}
	}
	return wait, nil
}

// file takes in one file. later is when it is to be looked at again; 0: never.
func (s *spool) file(ctx context.Context, name string) (later time.Duration, err error) {
	fi, err := s.root.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil // somebody else was faster
	}
	if err != nil {
		return 0, fmt.Errorf("the spool folder: %w", err)
	}
	age := s.m.clock.Now().Sub(fi.ModTime())
	if age >= 0 && age < settleTime && !s.once {
		return settleTime - age, nil
	}
	f, err := s.root.Open(name)
	if err != nil {
		return 0, s.bad(name, fmt.Errorf("it cannot be read: %w", err))
	}
	list, bad := eg.ParseDelivery(f)
	f.Close()
	if bad != nil && age >= 0 && age < breakTime {
		return breakTime - age, nil // its writer is slow
	}
	if in := Incoming(list); len(in) > 0 {
		if err := s.take(ctx, in); err != nil {
			return 0, fmt.Errorf("taking in the delivery %q: %w", name, err)
		}
	}
	if bad != nil {
		return 0, s.bad(name, bad)
	}
	if len(list) == 0 {
		return 0, s.bad(name, errors.New("there is no delivery in it"))
	}
	return 0, s.move(name, takenDir)
}

// bad puts a file away together with why.
func (s *spool) bad(name string, why error) error {
	s.m.log.Warn("a delivery could not be read", "file", name, "err", why)
	text := store.Clean(why.Error()) + "\n"
	if err := s.root.WriteFile(filepath.Join(badDir, name+".why.txt"), []byte(text), 0o600); err != nil {
		return fmt.Errorf("the spool folder: %w", err)
	}
	return s.move(name, badDir)
}

// move puts a file into a folder, beside one of the same name that is there.
func (s *spool) move(name, dir string) error {
	to := filepath.Join(dir, name)
	ext := filepath.Ext(name)
	for n := 1; ; n++ {
		if _, err := s.root.Lstat(to); errors.Is(err, fs.ErrNotExist) {
			break
		}
		to = filepath.Join(dir, fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), n, ext))
	}
	if err := s.root.Rename(name, to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the spool folder: %w", err)
	}
	return nil
}
