package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// A service drops messages without a word, and what it has dropped looks the same as
// what somebody has destroyed in another program. A message nobody here deleted, of the
// kind and age that the service's rules drop, was dropped by the service: it stays in the
// lists as it was, with what is here of it. Changes of it are made here alone.

// dropSlack is how much earlier than its rules a service may drop: its clocks and days
// are not ours.
const dropSlack = 36 * time.Hour

// fellOut takes a message that the service says is gone. It reports whether it stays.
func (b *ingest) fellOut(o stored, av Availability) (bool, error) {
	if av != Purged || o.availability != Alive || o.pending > 0 {
		return false, nil
	}
	if b.room == nil {
		rm, err := b.s.roomOf(b.ctx, b.tx, b.acc.ID)
		if err != nil {
			return false, err
		}
		b.room = &rm
	}
	drops, err := b.s.drop(b.ctx, b.tx, *b.room, o.id)
	if drops {
		b.res.Gone++
		b.res.IDs = append(b.res.IDs, o.id)
	}
	return drops, err
}

// fellOut is the same for a message found gone by a change that was sent.
func (s *Store) fellOut(tx *sql.Tx, id ID) (bool, error) {
	var account int64
	err := tx.QueryRow(`SELECT account FROM items WHERE id = ?`, int64(id)).Scan(&account)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	ctx := context.Background() // within tx, which does not wait
	rm, err := s.roomOf(ctx, tx, account)
	if err != nil {
		return false, err
	}
	return s.drop(ctx, tx, rm, id)
}

// drop notes that the service has dropped a message, if its rules say so.
func (s *Store) drop(ctx context.Context, tx *sql.Tx, rm room, id ID) (bool, error) {
	var kind Kind
	var way Direction
	var av Availability
	err := tx.QueryRowContext(ctx, `SELECT kind, direction, availability FROM items WHERE id = ?`, int64(id)).Scan(&kind, &way, &av)
	if err != nil {
		return false, err
	}
	why := ""
	if av == Alive {
		why = rm.drops(id, kind, way, s.now())
	}
	if why == "" {
		return false, nil
	}
	if _, err := tx.Exec(`UPDATE items SET dropped = ? WHERE id = ?`, s.now().UnixMilli(), int64(id)); err != nil {
		return false, err
	}
	return true, s.journal(tx, Automatic, EntryDrop, why, id)
}

// drops is why the rules would have dropped a message by now; "" if they would not.
func (rm room) drops(id ID, kind Kind, way Direction, now time.Time) string {
	aged := func(n int) bool { return n > 0 && now.Sub(id.Time()) >= time.Duration(n)*24*time.Hour-dropSlack }
	switch {
	case kind == Fax && way == Outbound:
		if aged(rm.rules.SentDays) {
			return fmt.Sprintf("it keeps sent faxes %d days", rm.rules.SentDays)
		}
	case kind != Voicemail && kind != Fax:
	case aged(rm.rules.Days):
		return fmt.Sprintf("it keeps them %d days", rm.rules.Days)
	case rm.near():
		// The oldest quarter: so many may have come while nobody looked.
		if n := min(len(rm.ids), rm.rules.Inbox/4); n > 0 && id <= rm.ids[n-1] {
			return fmt.Sprintf("the mailbox was full, it keeps %d", rm.rules.Inbox)
		}
	}
	return ""
}

// settleHere confirms what an operation changed about messages that the service has
// dropped: there is nobody to tell.
func (s *Store) settleHere(tx *sql.Tx, op *Op, ts []target) error {
	n := 0
	for _, t := range ts {
		if !t.dropped && !isEcho(t.remote) {
			continue
		}
		n++
		if _, err := tx.Exec(`UPDATE op_items SET state = ? WHERE op = ? AND item = ?`, int64(OpConfirmed), op.ID, int64(t.id)); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE items SET pending = max(pending - 1, 0) WHERE id = ?`, int64(t.id)); err != nil {
			return err
		}
	}
	if n == 0 {
		return nil
	}
	if err := refreshOp(tx, op.ID); err != nil {
		return err
	}
	return tx.QueryRow(`SELECT state FROM ops WHERE id = ?`, op.ID).Scan(&op.State)
}

// deletedAt is when a message went to the trash, in Unix milliseconds: the service's
// own time of its last change, where that is not later than now.
func (b *ingest) deletedAt(p *record) int64 {
	now := b.s.now()
	if p.Modified.IsZero() || p.Modified.After(now) {
		return now.UnixMilli()
	}
	return p.Modified.UnixMilli()
}

// buriedAt is the earliest a message can have gone to the trash that the last look
// still found elsewhere.
func (b *ingest) buriedAt() int64 {
	now := b.s.now()
	if b.acc.Synced.IsZero() || b.acc.Synced.After(now) {
		return now.UnixMilli()
	}
	return b.acc.Synced.UnixMilli()
}
