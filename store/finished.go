package store

import (
	"context"
	"slices"
	"time"
)

// Finished is the downloads and saves that were finished lately, the latest first:
// saves of the last day, downloads of this process and the last minute.
func (s *Store) Finished() []Job {
	saves, err := s.saveJobs(context.Background(), true)
	if err != nil {
		s.log.Warn("reading the saves", "error", err)
	}
	saves = s.liveSaves(saves)
	p := &s.files
	p.mu.Lock()
	defer p.mu.Unlock()
	now := s.now()
	for i := len(p.through) - 1; i >= 0; i-- {
		if j := p.through[i]; now.Sub(j.Next) < throughShown {
			saves = append(saves, j)
		}
	}
	slices.SortStableFunc(saves, func(a, b Job) int { return b.Ended().Compare(a.Ended()) })
	return saves
}

// Ended is when a finished job was; zero for others.
func (j *Job) Ended() time.Time {
	switch {
	case j.Save != nil:
		return j.Save.Ended
	case j.State == Kept:
		return j.Next
	}
	return time.Time{}
}

// through keeps a finished download for Finished.
func (s *Store) through(t *transfer) {
	if t.quiet {
		return
	}
	j := Job{
		ID: t.attachment.ID, Attachment: t.kept, Item: t.attachment.Item, State: Kept, Done: t.kept.Bytes, Total: t.kept.Bytes, At: t.added,
		Next: s.now(), Priority: t.priority,
	}
	if j.Row = t.row; j.Row.ID == 0 {
		j.Row = s.about(context.Background(), j.Item, false)
	}
	p := &s.files
	p.mu.Lock()
	defer p.mu.Unlock()
	p.through = append(p.through, j)
	if n := len(p.through) - savesShown; n > 0 {
		p.through = slices.Delete(p.through, 0, n)
	}
}

// about is what a Job says of its item: nothing when that cannot be read, or the
// job is not shown.
func (s *Store) about(ctx context.Context, item ID, quiet bool) (r Row) {
	if quiet {
		return r
	}
	err := s.r.QueryRowContext(ctx, `SELECT id, account, kind, direction, who, number, extension FROM items WHERE id = ?`, int64(item)).
		Scan(&r.ID, &r.Account, &r.Kind, &r.Direction, &r.Who.Name, &r.Who.Number, &r.Who.Extension)
	if err != nil {
		return Row{}
	}
	s.knowEach(ctx, 1, func(int) *Row { return &r })
	return r
}
