package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The blobs, small pictures of files among them, are a cache with a limit: what was of no use for longest is removed from
// this machine, and fetched again when it is wanted. Some of it never is: what a person
// saved or holds, what the service has in its trash or no longer has, and what is in
// use.

const (
	cacheFresh = 10 * time.Minute // what was of use so lately may be open somewhere
	cacheRest  = 30 * time.Second // how long the cache waits after a use before it writes and looks
	cacheBatch = 100              // blobs removed in one transaction
)

// CacheInfo says what content is on this machine, in bytes and in blobs; the same
// content of several messages counts once.
type CacheInfo struct {
	Bytes     int64 `json:"bytes"`
	Files     int   `json:"files"`
	Limit     int64 `json:"limit"`     // 0: none
	Protected int64 `json:"protected"` // bytes that are never removed
	Saved     int   `json:"saved"`     // files of those that a person saved,
	Held      int   `json:"held"`      // that a person holds,
	Gone      int   `json:"gone"`      // and that the service has in its trash or no longer has
	Part      int64 `json:"part"`      // bytes of downloads that are not through
}

// Cache says how much content there is and how much of it may go.
func (s *Store) Cache(ctx context.Context) (CacheInfo, error) {
	blobs, err := s.cached(ctx)
	if err != nil {
		return CacheInfo{}, s.fault("looking at the cache", err)
	}
	c := CacheInfo{Limit: s.opts.CacheLimit, Files: len(blobs)}
	for _, b := range blobs {
		c.Bytes += b.bytes
		if b.saved {
			c.Saved++
		}
		if b.held {
			c.Held++
		}
		if b.gone {
			c.Gone++
		}
		if b.saved || b.held || b.gone {
			c.Protected += b.bytes
		}
	}
	if parts, err := os.ReadDir(s.partsDir()); err == nil {
		for _, p := range parts {
			if fi, err := p.Info(); err == nil && strings.HasSuffix(p.Name(), partSuffix) {
				c.Part += fi.Size()
			}
		}
	}
	return c, nil
}

// ClearCache removes all content that may go, whatever the limit, and says how much
// that was.
func (s *Store) ClearCache(ctx context.Context) (files int, bytes int64, err error) {
	files, bytes, err = s.evict(ctx, 0, 0)
	return files, bytes, s.fault("clearing the cache", err)
}

// cachedBlob is content on this machine and what speaks for keeping it.
type cachedBlob struct {
	sum               string
	bytes             int64
	used              time.Time
	saved, held, gone bool
}

// cached reads what content there is, that of no use for longest first.
func (s *Store) cached(ctx context.Context) ([]cachedBlob, error) {
	held, err := s.heldItems(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := s.r.QueryContext(ctx, `SELECT a.sha256, a.bytes, a.item, coalesce(iif(i.dropped > 0, 2, i.availability), 2), coalesce(u.used, 0), coalesce(u.saved, 0),
		EXISTS (SELECT 1 FROM archived x WHERE x.item = a.item)
		FROM (SELECT sha256, bytes, item FROM attachments WHERE sha256 <> '' AND state = 4 UNION ALL
			SELECT t.sha256, t.bytes, f.item FROM thumbs t JOIN attachments f ON f.id = t.attachment WHERE t.sha256 <> '') a
		LEFT JOIN items i ON i.id = a.item LEFT JOIN uses u ON u.sha256 = a.sha256 ORDER BY 5, a.item, a.sha256`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []cachedBlob
	at := map[string]int{}
	for rows.Next() {
		var b cachedBlob
		var item, used, saved int64
		var av Availability
		var leaves bool
		if err := rows.Scan(&b.sum, &b.bytes, &item, &av, &used, &saved, &leaves); err != nil {
			return nil, err
		}
		b.used, b.saved, b.held, b.gone = fromMilli(used), saved != 0, held[ID(item)], av != Alive || leaves
		if i, ok := at[b.sum]; ok { // of several messages: what speaks for one speaks for all
			out[i].held, out[i].gone = out[i].held || b.held, out[i].gone || b.gone
			continue
		}
		at[b.sum] = len(out)
		out = append(out, b)
	}
	return out, rows.Err()
}

// heldItems are those that are not to be removed from this machine.
func (s *Store) heldItems(ctx context.Context) (map[ID]bool, error) {
	ids, err := s.ids(ctx, `SELECT id FROM items WHERE held > 0`)
	held := make(map[ID]bool, len(ids))
	for _, id := range ids {
		held[id] = true
	}
	return held, err
}

// evict removes content until at most limit bytes are left, or all that may go is
// gone. What was of use within fresh stays.
func (s *Store) evict(ctx context.Context, limit int64, fresh time.Duration) (files int, bytes int64, err error) {
	if err := s.flushUses(ctx); err != nil {
		return 0, 0, err
	}
	blobs, err := s.cached(ctx)
	if err != nil {
		return 0, 0, err
	}
	var total int64
	for _, b := range blobs {
		total += b.bytes
	}
	var drop []cachedBlob
	for _, b := range blobs {
		if total <= limit {
			break
		}
		if b.saved || b.held || b.gone || fresh > 0 && s.now().Sub(b.used) < fresh || s.inUse(b.sum, fresh) {
			continue
		}
		drop = append(drop, b)
		total -= b.bytes
	}
	for len(drop) > 0 && ctx.Err() == nil {
		n := min(len(drop), cacheBatch)
		for _, b := range drop[:n] {
			bytes += b.bytes
		}
		if err := s.dropBlobs(ctx, drop[:n]); err != nil {
			return files, bytes, err
		}
		files += n
		drop = drop[n:]
	}
	return files, bytes, ctx.Err()
}

// inUse reports whether content is being saved, or was of use since that was last
// written down.
func (s *Store) inUse(sum string, fresh time.Duration) bool {
	u := &s.usage
	u.mu.Lock()
	defer u.mu.Unlock()
	at, ok := u.since[sum]
	return u.pins[sum] > 0 || ok && fresh > 0 && s.now().Sub(at) < fresh
}

// dropBlobs records that content is not here any more, and then removes it: killed in
// between, the file is taken up again when its content is next fetched.
func (s *Store) dropBlobs(ctx context.Context, blobs []cachedBlob) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		for _, b := range blobs {
			for _, q := range []string{
				`UPDATE items SET kept = kept - (SELECT count(*) FROM attachments WHERE item = items.id AND sha256 = ?1 AND state = 4
					AND kind NOT IN ('Text', 'AudioTranscription')) WHERE id IN (SELECT item FROM attachments WHERE sha256 = ?1)`,
				`UPDATE attachments SET state = 0, sha256 = '', bytes = 0 WHERE sha256 = ?`,
				`UPDATE thumbs SET sha256 = '', bytes = 0 WHERE sha256 = ?`,
				`DELETE FROM uses WHERE sha256 = ?`,
			} {
				if _, err := tx.Exec(q, b.sum); err != nil {
					return err
				}
			}
		}
		return nil
	})
	for _, b := range blobs {
		if err != nil {
			return err
		}
		if e := os.Remove(s.blobPath(b.sum)); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = fileFault("remove content from the cache", s.opts.Dir, 0, e)
		}
	}
	return err
}

// RemoveLocal removes the copy of an attachment on this machine; the service
// keeps its own. Content other attachments share stays.
//
// What is held stays, with an [ErrHeld].
func (s *Store) RemoveLocal(ctx context.Context, attachment int64) error {
	return s.removeLocal(ctx, attachment, true)
}

// removeLocal is RemoveLocal; byHand says that a person wants it, not that the copy is
// damaged.
func (s *Store) removeLocal(ctx context.Context, attachment int64, byHand bool) error {
	var drop []string
	err := s.write(ctx, func(tx *sql.Tx) error {
		drop = nil
		var item int64
		var others bool
		var sum string
		err := tx.QueryRow(`SELECT item, sha256 FROM attachments WHERE id = ? AND state = ?`, attachment, int64(Kept)).Scan(&item, &sum)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("attachment %d has no copy here: %w", attachment, ErrNotFound)
		} else if err != nil {
			return err
		}
		if byHand {
			if err := heldFile(tx, attachment); err != nil {
				return err
			}
			if err := unwant(tx, attachment, item); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`UPDATE attachments SET state = ?, sha256 = '', bytes = 0 WHERE id = ?`, int64(Remote), attachment); err != nil {
			return err
		}
		if byHand { // it shows what was in the file
			if drop, err = dropThumbs(tx, attachment); err != nil {
				return err
			}
		}
		err = tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM attachments WHERE sha256 = ?1 AND sha256 <> '')
			OR EXISTS (SELECT 1 FROM thumbs WHERE sha256 = ?1 AND sha256 <> '')`, sum).Scan(&others)
		if err != nil {
			return err
		}
		if !others && !slices.Contains(drop, sum) {
			drop = append(drop, sum)
		}
		return countKept(tx, ID(item))
	})
	if err != nil {
		return s.fault("remove local copy", err)
	}
	for _, sum := range drop {
		p := s.blobPath(sum)
		if err := os.Remove(p); p != "" && err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fileFault("remove local copy", filepath.Dir(p), 0, err)
		}
	}
	return nil
}

// runCache writes down what was of use and keeps the limit, a while after content came
// or was looked at. While nothing does, it sleeps.
func (s *Store) runCache(ctx context.Context) {
	u := &s.usage
	u.mu.Lock()
	kick := u.kickLocked()
	u.mu.Unlock()
	poke(kick) // the limit may be a new one
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			continue
		case <-kick:
		}
		select {
		case <-ctx.Done():
			continue
		case <-s.after(cacheRest):
		}
		var err error
		if limit := s.opts.CacheLimit; limit > 0 {
			var n int
			var bytes int64
			if n, bytes, err = s.evict(ctx, limit, cacheFresh); n > 0 {
				s.log.Info("made room in the cache", "files", n, "bytes", bytes)
			}
		} else {
			err = s.flushUses(ctx)
		}
		if err != nil && ctx.Err() == nil {
			s.log.Warn("the cache", "error", err)
		}
	}
}
