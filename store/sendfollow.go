package store

import (
	"context"
	"time"
)

// How often the service is asked for what became of a message, after it took it, should
// nobody tell: soon at first, then ever less, and no more once nothing is queued.
const (
	followMost = 5 * time.Minute
	followFor  = 6 * time.Hour // a fax that is queued for longer is left to the sync
)

// follow has the service asked how what was sent fares.
func (s *Store) follow(b *mailbox) { poke(b.follow) }

// runFollow looks for news of what was sent as long as some of it is queued.
func (s *Store) runFollow(ctx context.Context, b *mailbox) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			return
		case <-b.follow:
		}
		for wait := 4 * time.Second; ctx.Err() == nil; wait = min(wait*2, followMost) {
			select {
			case <-ctx.Done():
				return
			case <-b.follow: // something new: soon again
				wait = 2 * time.Second
				continue
			case <-s.after(wait):
			}
			if !s.queued(ctx, b) {
				break
			}
			b.wantPull(s.now())
		}
	}
}

// queued reports whether something that was sent from here lately still is.
func (s *Store) queued(ctx context.Context, b *mailbox) (yes bool) {
	now := s.now()
	err := s.r.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM sends d JOIN items i ON i.id = d.item
		WHERE d.account = ? AND d.remote <> '' AND i.delivery = 1 AND i.availability = 0 AND d.last > ? AND d.until < ?)`,
		b.id(), now.Add(-followFor).UnixMilli(), now.UnixMilli()).Scan(&yes)
	if err != nil && ctx.Err() == nil {
		s.log.Warn("looking for what is queued", "err", err)
	}
	return yes || s.leavesSoon(ctx, b, now)
}

// leavesSoon reports whether a fax waits at the service for a time that is near.
func (s *Store) leavesSoon(ctx context.Context, b *mailbox, now time.Time) (yes bool) {
	err := s.r.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM sends d JOIN items i ON i.id = d.item
		WHERE d.account = ? AND d.remote <> '' AND i.delivery = 1 AND i.availability = 0 AND d.until BETWEEN ? AND ?)`,
		b.id(), now.UnixMilli(), now.Add(2*followMost).UnixMilli()).Scan(&yes)
	return yes && err == nil
}
