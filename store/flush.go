package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"switchboard/api"
)

// hurry makes what waits for a better time ready to be sent now. What was sent
// without an answer keeps its distance: the request may still be under way.
func (s *Store) hurry(ctx context.Context) error {
	var waiting bool
	err := s.r.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM ops WHERE state = 0 AND next > 0)`).Scan(&waiting)
	if err == nil && waiting {
		err = s.write(ctx, func(tx *sql.Tx) error {
			_, err := tx.Exec(`UPDATE ops SET next = 0 WHERE state = 0 AND next > 0`)
			return err
		})
	}
	return s.fault("reading the outbox", err)
}

// flush sends all of one mailbox.
func (s *Store) flush(ctx context.Context, b *mailbox) (refused []error, err error) {
	for {
		out, err := s.send(ctx, b)
		refused = append(refused, out.refused...)
		switch {
		case err != nil:
			return refused, err
		case out.trouble != nil:
			n := s.countPending(ctx, b)
			text := fmt.Sprintf("%s not been sent, and %s sent later: %s", number(n, "change has", "changes have"), isOrAre(n), reason(out.trouble))
			return refused, &wordedError{text: text, err: out.trouble}
		case out.idle:
			return refused, nil
		case out.wait > 0: // another process is sending, or an answer is still out
			select {
			case <-ctx.Done():
				return refused, ctx.Err()
			case <-s.after(out.wait):
			}
		}
	}
}

// flushed says what is left after all mailboxes were flushed.
func (s *Store) flushed(ctx context.Context, refused []error) error {
	var left int
	err := s.r.QueryRowContext(ctx, `SELECT count(*) FROM ops o WHERE state IN (0, 1, 5) AND verb <> 'call'
		AND NOT EXISTS (SELECT 1 FROM sends d WHERE d.op = o.id AND (d.hold > ? OR d.unsure = 1))`, s.now().UnixMilli()).Scan(&left)
	if err != nil {
		return s.fault("reading the outbox", err)
	}
	if left > 0 { // of accounts that are not attached
		refused = append(refused, fmt.Errorf("%s not been sent: %w", number(left, "change has", "changes have"), api.ErrSignedOut))
	}
	return errors.Join(refused...)
}

func number(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func isOrAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// countPending counts the operations of a mailbox that have not reached the
// service, for its status.
func (s *Store) countPending(ctx context.Context, b *mailbox) int {
	var n int
	err := s.r.QueryRowContext(context.WithoutCancel(ctx), `SELECT (SELECT count(DISTINCT o.id) FROM ops o JOIN op_items i ON i.op = o.id
			WHERE o.state IN (0, 1, 5) AND i.account = ?1 AND i.state IN (0, 1, 5))
		+ (SELECT count(*) FROM ops o JOIN deeds d ON d.op = o.id WHERE o.state IN (0, 1, 5) AND d.account = ?1)
		+ (SELECT count(*) FROM ops o CROSS JOIN sends d ON d.op = o.id WHERE o.state IN (0, 1, 5) AND d.account = ?1)`, b.id()).Scan(&n)
	if err != nil {
		s.log.Warn("counting what waits", "err", err)
	}
	b.mu.Lock()
	b.status.Pending = n
	b.mu.Unlock()
	return n
}
