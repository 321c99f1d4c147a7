package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"switchboard/api"
	"switchboard/store/lockfile"
)

// PauseJob stops a download, or a save by its negative id, and keeps what came.
func (s *Store) PauseJob(ctx context.Context, attachment int64) error {
	if attachment < 0 {
		return s.pauseSave(ctx, -attachment)
	}
	defer s.stop(attachment, errPaused)()
	err := s.write(ctx, func(tx *sql.Tx) error {
		res, err := tx.Exec(`UPDATE jobs SET state = ? WHERE attachment = ?`, int64(Paused), attachment)
		if err != nil {
			return err
		}
		if n, _ := res.RowsAffected(); n == 0 {
			return fmt.Errorf("download %d: %w", attachment, ErrNotFound)
		}
		return setFile(tx, attachment, Paused, "")
	})
	return s.fault("pause a download", err)
}

// ResumeJob goes on with a paused download or save, or tries a failed one again now.
// Of a finished save it tries what failed.
func (s *Store) ResumeJob(ctx context.Context, attachment int64) error {
	if attachment < 0 {
		return s.resumeSave(ctx, -attachment)
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		res, err := tx.Exec(`UPDATE jobs SET state = ?, tries = 0, next = 0, fault = '' WHERE attachment = ? AND state <> ?`,
			int64(Waiting), attachment, int64(Fetching))
		if err != nil {
			return err
		}
		if n, _ := res.RowsAffected(); n == 0 {
			if s.transferOf(attachment) != nil {
				return nil
			}
			return s.queue(tx, attachment, true)
		}
		return setFile(tx, attachment, Waiting, "")
	})
	s.kick()
	return s.fault("go on with a download", err)
}

// CancelJob forgets a download and removes what came of it, or a save; files that are
// in its folder already stay there.
func (s *Store) CancelJob(ctx context.Context, attachment int64) error {
	if attachment < 0 {
		return s.cancelSave(ctx, -attachment)
	}
	defer s.stop(attachment, errCancelled)()
	err := s.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.Exec(`DELETE FROM jobs WHERE attachment = ?`, attachment); err != nil {
			return err
		}
		_, err := tx.Exec(`UPDATE attachments SET state = ?, fault = '' WHERE id = ? AND state NOT IN (?, ?)`,
			int64(Remote), attachment, int64(Kept), int64(Gone))
		return err
	})
	if err == nil {
		if e := os.Remove(s.partPath(attachment)); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = e
		}
	}
	return s.fault("cancel a download", err)
}

// stop ends a transfer of this process and waits until it has let go of its
// file. Until free is called the queue does not start it again; what was asked for
// meanwhile starts then.
func (s *Store) stop(attachment int64, why error) (free func()) {
	p := &s.files
	p.mu.Lock()
	if p.held == nil {
		p.held = map[int64]int{}
	}
	p.held[attachment]++
	t := p.running[attachment]
	p.mu.Unlock()
	if t != nil {
		t.cancel(why)
		<-t.done
	}
	return func() {
		p.mu.Lock()
		if p.held[attachment]--; p.held[attachment] == 0 {
			delete(p.held, attachment)
		}
		p.mu.Unlock()
		s.kick()
	}
}

func (s *Store) transferOf(attachment int64) *transfer {
	s.files.mu.Lock()
	defer s.files.mu.Unlock()
	return s.files.running[attachment]
}

// PartPath is the file an attachment is downloaded to. While that is under way or
// paused it holds the first bytes of the content; its length says how many, which
// grows, and starts from nothing should the content change meanwhile. There may be no
// such file, and once the download is through it has gone to BlobPath; who has it open
// may read on. It must not be changed.
func (s *Store) PartPath(attachment int64) string { return s.partPath(attachment) }

func (s *Store) partPath(attachment int64) string {
	return filepath.Join(s.opts.Dir, blobsDir, partName(attachment))
}

func (s *Store) partSize(attachment int64) int64 {
	fi, err := os.Lstat(s.partPath(attachment))
	if err != nil || !fi.Mode().IsRegular() {
		return 0
	}
	return fi.Size()
}

// settle records how a transfer that did not finish is to go on.
func (s *Store) settle(ctx context.Context, t *transfer, cause error) error {
	id := t.attachment.ID
	switch {
	case errors.Is(cause, errPaused), errors.Is(cause, errCancelled):
		return nil // who stopped it records it
	case cause != nil && errors.Is(cause, context.Canceled):
		return s.unsettle(ctx, t)
	}
	st, fault, next := s.verdict(t)
	moved := false
	err := s.write(ctx, func(tx *sql.Tx) error {
		if st == Gone {
			var err error
			if moved, err = s.loseMail(tx, t.attachment); err != nil {
				return err
			}
		}
		var tries int
		err := tx.QueryRow(`SELECT tries FROM jobs WHERE attachment = ?`, id).Scan(&tries)
		if errors.Is(err, sql.ErrNoRows) {
			// Never queued: whoever asked is told, and nothing goes on by itself.
			if st == Waiting {
				st, fault = Faulty, CleanLine(t.err.Error())
			}
			return setFile(tx, id, st, fault)
		} else if err != nil {
			return err
		}
		if moved {
			st, fault, next = Waiting, "not known under this name any more; it is looked for in case it was moved", s.now().Add(movedWait)
		}
		if tries++; st == Waiting && tries >= jobTries {
			st, fault = Faulty, fmt.Sprintf("%s (tried %d times)", fault, tries)
		}
		if st == Waiting && next.IsZero() {
			next = s.now().Add(jobDelay(tries))
		}
		if st == Gone {
			if _, err := tx.Exec(`DELETE FROM jobs WHERE attachment = ?`, id); err != nil {
				return err
			}
		} else if _, err := tx.Exec(`UPDATE jobs SET state = ?, tries = ?, next = ?, fault = ? WHERE attachment = ?`,
			int64(st), tries, toMilli(next), fault, id); err != nil {
			return err
		}
		return setFile(tx, id, st, fault)
	})
	if st == Gone {
		os.Remove(s.partPath(id))
	}
	if moved {
		s.findMoved()
	}
	return s.fault("record a download", err)
}

// unsettle is for a transfer that ended because the program, or whoever waited
// for it, did: queued ones go on at the next start, others when asked for again.
func (s *Store) unsettle(ctx context.Context, t *transfer) error {
	st := Waiting
	if t.own {
		st = Paused
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		res, err := tx.Exec(`UPDATE jobs SET state = ? WHERE attachment = ? AND state = ?`, int64(st), t.attachment.ID, int64(Fetching))
		if err != nil {
			return err
		}
		if n, _ := res.RowsAffected(); n == 0 {
			return nil
		}
		return setFile(tx, t.attachment.ID, st, "")
	})
	return s.fault("record a download", err)
}

// verdict is what an error means for a download: tried again later (Waiting,
// at next if it is known), a matter for a person (Faulty), or gone for good.
func (s *Store) verdict(t *transfer) (st FileState, fault string, next time.Time) {
	err, now := t.err, s.now()
	fault = reason(err)
	if at, ok := api.RetryAt(err, now); ok {
		return Waiting, "the service asks to wait until " + at.In(s.opts.Location).Format("15:04:05"), at
	}
	if p, ok := api.MissingPermission(err); ok {
		return Faulty, "the account may not read this file: permission " + p + " is missing", next
	}
	var e *api.Error
	switch {
	case errors.Is(err, api.ErrSignedOut):
		return Waiting, "waits until you have signed in again", now.Add(time.Minute)
	case errors.Is(err, ErrOffline):
		return Waiting, "waits for a connection", now.Add(time.Minute)
	case api.IsNotFound(err), errors.As(err, &e) && e.Has("MSG-352"):
		return Gone, "the service no longer has this file", next
	case errors.Is(err, ErrDiskFull), errors.Is(err, ErrReadOnly):
		return Faulty, fault, next
	case api.IsTemporary(err):
		return Waiting, fault, next
	}
	return Faulty, fault, next
}

// tidyParts removes part files that belong to no job: of an account that was
// removed, or of a process that was killed before it had written its row.
func (s *Store) tidyParts(ctx context.Context) {
	entries, err := os.ReadDir(filepath.Join(s.opts.Dir, blobsDir, partsDir))
	if err != nil {
		return
	}
	for _, e := range entries {
		text, ok := strings.CutSuffix(e.Name(), partSuffix)
		text, small := strings.CutPrefix(text, thumbPart) // nothing goes on with those
		id, err := strconv.ParseInt(text, 10, 64)
		if !ok || err != nil || !e.Type().IsRegular() {
			continue
		}
		path := filepath.Join(s.partsDir(), e.Name())
		var n int
		if !small && (s.r.QueryRowContext(ctx, `SELECT count(*) FROM jobs WHERE attachment = ?`, id).Scan(&n) != nil || n > 0) {
			continue
		}
		f, err := os.Open(path)
		if err != nil {
			continue
		}
		if lockfile.Try(f) == nil { // else somebody is at it just now
			if runtime.GOOS == "windows" {
				f.Close()
			}
			os.Remove(path)
		}
		f.Close()
	}
}

// jobDelay is how long to wait after so many failures in a row: from a second or
// two to five minutes, never the same for two jobs.
func jobDelay(tries int) time.Duration {
	d := min(time.Second<<min(tries, 16), 5*time.Minute)
	return d/2 + rand.N(d/2+1)
}
