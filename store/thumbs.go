package store

import (
	"context"
	"database/sql"
	"os"
	"slices"
	"time"

	"switchboard/api"
)

// A service may have made smaller pictures of a file. One of them shows what is in the file
// at a fraction of its bytes. It is content of its own, kept by its own hash, and never
// stands for the file where that is saved, checked, counted or told of.

// Thumb is a smaller picture of a file, as the service made it.
type Thumb struct {
	Remote string // the service's id, by which it is fetched like a file
	Width  int    // pixels, as told; 0: not told
	SHA256 string // of what is here of it; "": nothing is
	Bytes  int64  // of what is here

	Path  string // of [Store.FetchThumb]: the file that holds it, which must not be changed
	Wider bool   // of [Store.FetchThumb]: the service offers a wider one
}

// ThumbService is a [Service] that offers smaller pictures of some files. Where it told of
// them with the message, they are in [Attachment].Thumbs of what came in.
type ThumbService interface {
	// Thumbs asks which there are, for when the message did not say: of the file a, and
	// maybe of others of its message, by Attachment.Remote. Changed is when the message
	// was changed last. None is no error.
	Thumbs(ctx context.Context, a Attachment, changed time.Time) (map[string][]Thumb, error)
	// FetchThumb downloads one of a's into sink, from its first byte.
	FetchThumb(ctx context.Context, a Attachment, thumb string, sink api.Sink) (api.Downloaded, error)
}

// Bounds on what is kept of one file's.
const (
	maxThumbs     = 8
	maxThumbWidth = 1 << 16 // pixels; above it a width is nonsense
)

// cleanThumbs are smaller pictures as they may be kept.
func cleanThumbs(in []Thumb) []Thumb {
	var out []Thumb
	for _, t := range in[:min(len(in), maxThumbs)] {
		if t.Remote = CleanLine(t.Remote); t.Remote == "" {
			continue
		}
		if t.Width < 0 || t.Width > maxThumbWidth {
			t.Width = 0
		}
		out = append(out, Thumb{Remote: t.Remote, Width: t.Width})
	}
	return out
}

// insertThumb adds one to those of a file. One that is known stays, with what is here of it;
// and so it does when the service's next list leaves it out, as some lists do.
const insertThumb = `INSERT INTO thumbs (attachment, remote, width) SELECT id, ?3, ?4 FROM attachments WHERE item = ?1 AND remote = ?2
	ON CONFLICT (attachment, remote) DO UPDATE SET width = excluded.width WHERE excluded.width > 0 AND width <> excluded.width`

// putThumbs keeps which smaller pictures there are of a file.
func putThumbs(tx *sql.Tx, item ID, file string, list []Thumb) error {
	for _, t := range list {
		if _, err := tx.Exec(insertThumb, int64(item), file, t.Remote, t.Width); err != nil {
			return err
		}
	}
	return nil
}

// thumbsOf are the smaller pictures that are known of a file.
func (s *Store) thumbsOf(ctx context.Context, attachment int64) ([]Thumb, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT remote, width, sha256, bytes FROM thumbs WHERE attachment = ? ORDER BY width, remote`, attachment)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Thumb
	for rows.Next() {
		var t Thumb
		if err := rows.Scan(&t.Remote, &t.Width, &t.SHA256, &t.Bytes); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

// fitting is the smallest of list that is at least width pixels wide, else the widest.
func fitting(list []Thumb, width int) (best Thumb, ok bool) {
	for _, t := range list {
		wide, was := t.Width >= width && width > 0, best.Width >= width && width > 0
		switch {
		case !ok, wide && !was, wide && t.Width < best.Width, !wide && !was && t.Width > best.Width:
			best, ok = t, true
		}
	}
	return best, ok
}

// here gives those of list whose picture is on this machine, each with its path.
func (s *Store) here(list []Thumb) []Thumb {
	return slices.DeleteFunc(slices.Clone(list), func(t Thumb) bool {
		fi, err := os.Lstat(s.blobPath(t.SHA256))
		return t.SHA256 == "" || err != nil || !fi.Mode().IsRegular() || fi.Size() != t.Bytes
	})
}

// given makes t, one of list, what FetchThumb gives.
func (s *Store) given(t Thumb, list []Thumb) Thumb {
	t.Path = s.BlobPath(t.SHA256)
	t.Wider = slices.ContainsFunc(list, func(o Thumb) bool { return o.Width > t.Width })
	return t
}

// dropThumbs forgets what is here of the smaller pictures of an attachment, and gives the
// hashes of those that nothing else has any more.
func dropThumbs(tx *sql.Tx, attachment int64) (unused []string, err error) {
	rows, err := tx.Query(`SELECT DISTINCT t.sha256 FROM thumbs t WHERE t.attachment = ?1 AND t.sha256 <> ''
		AND NOT EXISTS (SELECT 1 FROM attachments a WHERE a.sha256 = t.sha256 AND a.sha256 <> '')
		AND NOT EXISTS (SELECT 1 FROM thumbs o WHERE o.sha256 = t.sha256 AND o.sha256 <> '' AND o.attachment <> ?1)`, attachment)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var sum string
		if err := rows.Scan(&sum); err != nil {
			return nil, err
		}
		unused = append(unused, sum)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	_, err = tx.Exec(`UPDATE thumbs SET sha256 = '', bytes = 0 WHERE attachment = ?`, attachment)
	return unused, err
}
