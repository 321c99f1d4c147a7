package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// ThumbWant says which smaller picture of a file is wanted, and what it may cost.
type ThumbWant struct {
	Width int  // pixels of the room for it; 0: not known
	Here  bool // only what is on this machine: the service is not asked
	Ahead bool // nobody waits for it: the service's budget is left to what a person does
}

// FetchThumb gives a smaller picture of a file: the smallest that fills the room for it, else
// the widest. One that is not on this machine is fetched and kept in the cache; when that
// does not work, another that is here will do.
//
// Where the service offers none the error is an [ErrNotFound]. Whatever the error, the file
// itself stands as it did: only fetching that tells how it is.
func (s *Store) FetchThumb(ctx context.Context, a Attachment, want ThumbWant) (Thumb, error) {
	t, err := s.fetchThumb(ctx, a.ID, want)
	if err != nil {
		return Thumb{}, fmt.Errorf("fetch a small picture of %s: %w", fileWords(a), err)
	}
	return t, nil
}

func (s *Store) fetchThumb(ctx context.Context, id int64, want ThumbWant) (Thumb, error) {
	list, err := s.thumbsOf(ctx, id)
	if err != nil {
		return Thumb{}, s.fault("looking for small pictures", err)
	}
	kept := s.here(list)
	have, ok := fitting(kept, want.Width)
	if best, _ := fitting(list, want.Width); ok && (want.Here || best.Remote == have.Remote || want.Width > 0 && have.Width >= want.Width) {
		return s.given(have, list), nil
	}
	if want.Here {
		return Thumb{}, fmt.Errorf("none is on this machine: %w", ErrNotFound)
	}
	got, err := s.getThumb(ctx, id, list, want)
	if err != nil && ok && ctx.Err() == nil {
		s.log.Info("a small picture is not to be had; another one is shown", "error", err)
		return s.given(have, list), nil
	}
	return got, err
}

// getThumb asks the service for a smaller picture; list is what is known of them.
func (s *Store) getThumb(ctx context.Context, id int64, list []Thumb, want ThumbWant) (Thumb, error) {
	a, err := s.Attachment(ctx, id)
	if err != nil {
		return Thumb{}, err
	}
	svc, err := s.serviceOf(ctx, a.Item)
	if err != nil {
		return Thumb{}, err
	}
	from, ok := svc.(ThumbService)
	if !ok {
		return Thumb{}, fmt.Errorf("this service makes none: %w", ErrNotFound)
	}
	ctx = background(ctx, !want.Ahead)
	if len(list) == 0 {
		if list, err = s.askThumbs(ctx, from, a); err != nil {
			return Thumb{}, err
		}
	}
	best, ok := fitting(list, want.Width)
	if !ok {
		return Thumb{}, fmt.Errorf("the service has none: %w", ErrNotFound)
	}
	if best, err = s.bringThumb(ctx, from, a, best); err != nil {
		return Thumb{}, err
	}
	return s.given(best, list), nil
}

// askThumbs asks a service which smaller pictures there are of a file, and keeps the answer.
func (s *Store) askThumbs(ctx context.Context, from ThumbService, a Attachment) ([]Thumb, error) {
	var changed int64
	if err := s.ask(ctx, `SELECT modified FROM items WHERE id = ?`, int64(a.Item)).Scan(&changed); err != nil {
		return nil, s.fault("looking for small pictures", err)
	}
	told, err := from.Thumbs(ctx, a, fromMilli(changed))
	if err != nil {
		return nil, err
	}
	err = s.transact(ctx, false, func(tx *sql.Tx) error {
		for file, list := range told {
			if err := putThumbs(tx, a.Item, CleanLine(file), cleanThumbs(list)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, s.fault("keeping which small pictures there are", err)
	}
	return s.thumbsOf(ctx, a.ID)
}

// thumbPart begins the name of a part file that is of a smaller picture.
const thumbPart = "thumb-"

func thumbPartName(attachment int64) string {
	return filepath.Join(partsDir, thumbPart+strconv.FormatInt(attachment, 10)+partSuffix)
}

// bringThumb downloads a smaller picture and keeps it. It is small: what came of a download
// that ended early is thrown away.
func (s *Store) bringThumb(ctx context.Context, from ThumbService, a Attachment, t Thumb) (_ Thumb, err error) {
	root, err := s.blobRoot()
	if err != nil {
		return t, err
	}
	defer root.Close()
	part := thumbPartName(a.ID)
	f, err := openPart(ctx, root, part)
	if err != nil {
		return t, err
	}
	defer f.Close()
	// Somebody else may have fetched it while we waited for the part file.
	if now, err := s.thumbsOf(ctx, a.ID); err == nil {
		for _, o := range s.here(now) {
			if o.Remote == t.Remote {
				_ = root.Remove(part) // where an open file cannot be removed, it goes at the next start
				return o, nil
			}
		}
	}
	if err := f.Truncate(0); err != nil {
		return t, err
	}
	defer func() {
		if err != nil {
			_ = root.Remove(part)
		}
	}()
	if t, err = s.readThumb(ctx, from, a, t, f); err != nil {
		return t, err
	}
	if runtime.GOOS == "windows" {
		f.Close() // an open file cannot be renamed there
	}
	if err := installBlob(root, part, t.SHA256, t.Bytes, nil); err != nil {
		return t, err
	}
	err = s.transact(context.WithoutCancel(ctx), false, func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE thumbs SET sha256 = ?, bytes = ? WHERE attachment = ? AND remote = ?`, t.SHA256, t.Bytes, a.ID, t.Remote)
		return err
	})
	return t, s.fault("recording a small picture", err)
}

// readThumb reads a smaller picture into f, and says what came.
func (s *Store) readThumb(ctx context.Context, from ThumbService, a Attachment, t Thumb, f *os.File) (Thumb, error) {
	sink, err := newPartSink(f, &s.buffers)
	if err != nil {
		return t, err
	}
	if _, err := from.FetchThumb(ctx, a, t.Remote, sink); err != nil {
		return t, errors.Join(err, sink.stop())
	}
	if t.SHA256, t.Bytes, err = sink.finish(); err != nil {
		return t, err
	}
	buf := s.buffers.get()
	defer s.buffers.put(buf)
	kind, err := sniff(f, buf)
	if err == nil && !strings.HasPrefix(kind, "image/") {
		err = fmt.Errorf("what came is %s and no picture", kind)
	}
	return t, err
}
