package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/gabriel-vasile/mimetype"

	"switchboard/api"
	"switchboard/store/lockfile"
)

// transfer is one download under way in this process.
type transfer struct {
	attachment Attachment
	row        Row // as a Job has it, where it is known
	priority   bool
	own        bool    // of FetchNow, not of the queue
	quiet      bool    // not to be shown by itself
	account    string  // key, if known
	dirs       *dirSet // see installBlob
	added      time.Time
	cancel     context.CancelCauseFunc

	bytes atomic.Int64
	total atomic.Int64 // -1: not told
	rate  meter

	done chan struct{}
	err  error // set before done is closed
	kept Attachment
}

// Why a transfer is stopped, as the cause of its context.
var (
	errPaused    = errors.New("paused")
	errCancelled = errors.New("cancelled")
)

// FetchNow makes sure that the content of a is on this machine and gives the
// file that holds it; the file must not be changed. It joins a download of the
// same attachment that is under way. progress may be nil; total is -1 while it
// is not known. When ctx ends, what came so far is kept to go on with.
func (s *Store) FetchNow(ctx context.Context, a Attachment, progress func(done, total int64)) (string, error) {
	now, err := s.Attachment(ctx, a.ID)
	if err != nil {
		return "", fmt.Errorf("fetch attachment %d: %w", a.ID, err)
	}
	kept, err := s.fetchNow(ctx, now, fetching{urgent: true}, progress)
	if err != nil {
		return "", err
	}
	s.wantAgain(ctx, a.ID)
	return s.BlobPath(kept.SHA256), nil
}

// FetchAhead is FetchNow for what nobody waits for yet: it leaves the service's
// budget to what a person does.
func (s *Store) FetchAhead(ctx context.Context, a Attachment, progress func(done, total int64)) (string, error) {
	now, err := s.Attachment(ctx, a.ID)
	if err != nil {
		return "", fmt.Errorf("fetch attachment %d: %w", a.ID, err)
	}
	kept, err := s.fetchNow(background(ctx, false), now, fetching{}, progress)
	if err != nil {
		return "", err
	}
	return s.BlobPath(kept.SHA256), nil
}

// fetching says for whom something is fetched.
type fetching struct {
	urgent  bool   // a person waits for it
	quiet   bool   // part of something larger, which is shown instead
	account string // Account.Key where it is known
	dirs    *dirSet
}

// fetchNow is FetchNow for an attachment as it was just read.
func (s *Store) fetchNow(ctx context.Context, a Attachment, how fetching, progress func(done, total int64)) (Attachment, error) {
	for {
		if a.State == Kept && s.hasBlob(a) {
			return a, nil
		}
		tctx, cancel := context.WithCancelCause(ctx)
		t, mine := s.join(&transfer{attachment: a, row: s.about(ctx, a.Item, how.quiet), priority: how.urgent, quiet: how.quiet, account: how.account, dirs: how.dirs, own: true, added: s.now(), cancel: cancel})
		var err error
		if mine {
			s.transfer(tctx, t, progress)
		} else {
			err = t.follow(ctx, progress)
		}
		cancel(nil)
		switch {
		case err != nil:
			return a, err
		case t.err == nil:
			return t.kept, nil
		case mine, !errors.Is(t.err, context.Canceled), ctx.Err() != nil, errors.Is(t.err, errPaused), errors.Is(t.err, errCancelled):
			return a, t.err
		}
		// Whoever began it went away: it is ours now.
		if a, err = s.Attachment(ctx, a.ID); err != nil {
			return a, fmt.Errorf("fetch attachment %d: %w", a.ID, err)
		}
	}
}

// follow waits for a transfer that somebody else runs.
func (t *transfer) follow(ctx context.Context, progress func(done, total int64)) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-t.done:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			if progress != nil {
				progress(t.bytes.Load(), t.total.Load())
			}
		}
	}
}

// join gives the transfer of an attachment that is under way, or begins t; mine
// says that it is t and that the caller has to run it.
func (s *Store) join(t *transfer) (now *transfer, mine bool) {
	p := &s.files
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := p.running[t.attachment.ID]; now != nil {
		return now, false
	}
	t.done = make(chan struct{})
	t.total.Store(t.attachment.Size)
	if p.running == nil {
		p.running = map[int64]*transfer{}
	}
	p.running[t.attachment.ID] = t
	return t, true
}

// transfer runs one download from its job's row to its end and sets t.err.
func (s *Store) transfer(ctx context.Context, t *transfer, progress func(done, total int64)) {
	defer func() {
		s.files.mu.Lock()
		delete(s.files.running, t.attachment.ID)
		s.files.mu.Unlock()
		close(t.done)
		s.changed()
	}()
	if !t.own && !s.wanted(ctx, t.attachment.ID) {
		t.err = fmt.Errorf("fetch %s: %w", fileWords(t.attachment), errPaused)
		return
	}
	t.kept, t.err = s.fetch(ctx, t, progress)
	if t.err == nil {
		s.through(t)
		return
	}
	if cause := context.Cause(ctx); ctx.Err() != nil && cause != nil {
		t.err = fmt.Errorf("fetch %s: %w", fileWords(t.attachment), errors.Join(cause, ctx.Err()))
	}
	if err := s.settle(context.WithoutCancel(ctx), t, context.Cause(ctx)); err != nil {
		t.err = errors.Join(t.err, err)
	}
}

func fileWords(a Attachment) string {
	if a.Name != "" {
		return fmt.Sprintf("%q", a.Name)
	}
	return "attachment " + a.Remote
}

// smallFile is the size up to which nothing is recorded while a file comes: all of it
// fits the buffer it is collected in, so there are no first bytes to go on with.
const smallFile = ringBuffer - 1

// fetch downloads into the part file and makes a blob of it.
func (s *Store) fetch(ctx context.Context, t *transfer, progress func(done, total int64)) (Attachment, error) {
	a := t.attachment
	if err := refusesFetch(a); err != nil {
		return a, err
	}
	svc := s.attached(t.account)
	if svc == nil {
		var err error
		if svc, err = s.serviceOf(ctx, a.Item); err != nil {
			return a, err
		}
	}
	doing := "fetch " + fileWords(a)
	root, err := s.blobRoot()
	if err != nil {
		return a, fileFault(doing, s.opts.Dir, 0, err)
	}
	defer root.Close()
	f, err := openPart(ctx, root, partName(a.ID))
	if err != nil {
		return a, fileFault(doing, s.opts.Dir, 0, err)
	}
	defer f.Close()
	// Another process may have fetched it while we waited for the part file.
	if now, err := s.Attachment(ctx, a.ID); err == nil && now.State == Kept && s.hasBlob(now) {
		root.Remove(partName(a.ID))
		return now, nil
	}
	var wrote int64
	kept, err := s.download(ctx, svc, t, root, f, &wrote, progress)
	if err != nil {
		return a, fileFault(doing, s.opts.Dir, max(t.total.Load()-wrote, 0), err)
	}
	return kept, nil
}

// openPart opens a part file and locks it against other processes. A file that
// was renamed or removed while we waited for its lock is not ours any more.
func openPart(ctx context.Context, root *os.Root, name string) (*os.File, error) {
	for {
		if fi, err := root.Lstat(name); err == nil && !fi.Mode().IsRegular() {
			return nil, fmt.Errorf("%s is not a plain file", name)
		}
		f, err := root.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		if err := lockfile.Wait(ctx, f); err != nil {
			f.Close()
			return nil, err
		}
		ours, err1 := f.Stat()
		there, err2 := root.Lstat(name)
		if err1 == nil && err2 == nil && os.SameFile(ours, there) {
			return f, nil
		}
		f.Close()
		if err1 != nil || err2 != nil && !errors.Is(err2, fs.ErrNotExist) {
			return nil, errors.Join(err1, err2)
		}
	}
}

func (s *Store) download(ctx context.Context, svc Service, t *transfer, root *os.Root, f *os.File, wrote *int64,
	progress func(done, total int64),
) (Attachment, error) {
	a := t.attachment
	var validator string
	total := int64(-1)
	fi, err := f.Stat()
	if err != nil {
		return a, err
	}
	if fi.Size() > 0 {
		if validator, total, err = s.jobOf(ctx, a.ID); err != nil {
			return a, err
		}
	}
	if fi.Size() > 0 && (validator == "" || s.unsure(f)) {
		validator, total = "", -1
		if err := f.Truncate(0); err != nil {
			return a, err
		}
	}
	sink, err := newPartSink(f, &s.buffers)
	if err != nil {
		return a, err
	}
	// All of it may be here, if the last run ended between the bytes and the row.
	whole := validator != "" && total > 0 && sink.Len() == total
	if !whole {
		_, err = svc.Fetch(ctx, a, sink, validator,
			func(v string, n int64) error {
				validator, total = v, n
				t.total.Store(n)
				if n >= 0 && n <= smallFile {
					return nil
				}
				return s.keepJob(ctx, t, v, n)
			},
			func(done, total int64) {
				t.total.Store(total)
				s.progressed(t, done)
				if progress != nil {
					progress(done, total)
				}
			})
	}
	if err != nil {
		*wrote = sink.Len()
		return a, errors.Join(err, sink.stop())
	}
	sum, n, err := sink.finish()
	*wrote = n
	if err != nil {
		return a, err
	}
	if total >= 0 && n != total {
		return a, errors.Join(fmt.Errorf("%d bytes came instead of %d", n, total), sink.Reset(), s.keepJob(ctx, t, "", -1))
	}
	return s.keepBlob(ctx, t, root, f, sum, n)
}

// unsure reports whether the part file was last written before this system
// started: after a power cut its end may not be what was written.
func (s *Store) unsure(f *os.File) bool {
	boot := bootTime(time.Now())
	fi, err := f.Stat()
	return err != nil || !boot.IsZero() && fi.ModTime().Before(boot)
}

// keepBlob installs a finished part and records it. The file is on disk before it has
// its name, and has its name before the row says so.
func (s *Store) keepBlob(ctx context.Context, t *transfer, root *os.Root, f *os.File, sum string, n int64) (Attachment, error) {
	a := t.attachment
	buf := s.buffers.get()
	kind, err := sniff(f, buf)
	s.buffers.put(buf)
	if err != nil {
		return a, err
	}
	if runtime.GOOS == "windows" {
		f.Close() // an open file cannot be renamed there
	}
	if err := installBlob(root, partName(a.ID), sum, n, t.dirs); err != nil {
		return a, err
	}
	a.State, a.Bytes, a.SHA256, a.Sniffed, a.Fault = Kept, n, sum, kind, ""
	err = s.keep(context.WithoutCancel(ctx), &keeping{attachment: a})
	s.used(sum)
	return a, s.fault("recording a download", err)
}

// countKept brings items.kept in line with the attachments.
func countKept(tx *sql.Tx, item ID) error {
	_, err := tx.Exec(`UPDATE items SET kept = (SELECT count(*) FROM attachments WHERE item = ?1 AND state = ?2
		AND kind NOT IN (?3, ?4)) WHERE id = ?1`, int64(item), int64(Kept), string(TextPart), string(AudioTranscription))
	return err
}

// sniffLimit is how much of a file is looked at to tell what it is.
const sniffLimit = ringBuffer

// sniff tells the type of a file from its beginning.
func sniff(f io.ReaderAt, buf *buffer) (string, error) {
	head := buf[:sniffLimit]
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return mimetype.Detect(head[:n]).String(), nil
}

// background marks work nobody waits for, so that what a person does goes first.
func background(ctx context.Context, priority bool) context.Context {
	if priority {
		return ctx
	}
	return api.Background(ctx)
}
