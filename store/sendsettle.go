package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"switchboard/api"
)

// settleSend writes down what became of a send.
func (s *Store) settleSend(ctx context.Context, b *mailbox, d outSend, r sendResult) (sent, error) {
	var out sent
	err := s.write(ctx, func(tx *sql.Tx) error {
		out = sent{}
		var state OpState
		var remote string
		err := tx.QueryRow(`SELECT o.state, o.undone, d.remote FROM ops o JOIN sends d ON d.op = o.id WHERE o.id = ?`, d.op).Scan(&state, &d.undone, &remote)
		if err != nil {
			return err
		}
		if state != OpSending {
			return nil // somebody else has found out meanwhile
		}
		if r.kind != sendOK && remote != "" { // a sync has brought it while it was on its way
			r = sendResult{kind: sendOK, in: Incoming{Remote: remote}}
		}
		return s.endSend(ctx, tx, d, r, &out)
	})
	if err != nil {
		return sent{}, s.fault("recording what was sent", err)
	}
	trouble := out.trouble
	if trouble != nil && !api.IsTemporary(trouble) && !errors.Is(trouble, api.ErrSignedOut) {
		trouble = nil // of this one, not of the way to the service
	}
	now := s.now()
	b.setTrouble(writing, trouble, now.Add(out.wait), now)
	s.countPending(ctx, b)
	if r.kind != sendRetry {
		b.sends.wake() // what takes it back may wait for it
	}
	if r.kind == sendOK && d.cancels == 0 {
		s.follow(b)
	}
	if out.wait > 0 {
		out.wait = 0 // others may be due before it
	}
	return out, nil
}

func (s *Store) endSend(ctx context.Context, tx *sql.Tx, d outSend, r sendResult, out *sent) error {
	set := func(state OpState, text string) error {
		_, err := tx.Exec(`UPDATE ops SET state = ?, error = ?, next = 0, owner = '', lease = 0 WHERE id = ?`, int64(state), text, d.op)
		return err
	}
	switch r.kind {
	case sendOK:
		if err := set(OpConfirmed, ""); err != nil {
			return err
		}
		if d.cancels != 0 {
			return s.cancelled(tx, d)
		}
		return s.becomeSent(ctx, tx, d.account, d.op, d.item, r.in)
	case sendRetry:
		return s.retryLater(tx, d, r, out)
	case sendCancelled:
		return s.cancelSend(tx, d, true)
	case sendUnsure:
		return s.becomeUnsure(tx, d, r, out)
	}
	if err := set(OpFailed, reason(r.err)); err != nil {
		return err
	}
	text := fmt.Sprintf("Could not send the %s: %s", lower(d.words), reason(r.err))
	next := "It is in the list as failed, and can be sent once more from there"
	if d.cancels != 0 {
		text, next = fmt.Sprintf("Could not take back the %s: %s", lower(d.words), reason(r.err)), ""
		if err := s.cancelRefused(tx, d); err != nil {
			return err
		}
	} else if err := s.markEcho(tx, d.item, SendingFailed, reason(r.err)); err != nil {
		return err
	}
	if w := whatNow(r.err); w != "" {
		next = w
	}
	out.refused = append(out.refused, &wordedError{text: text, err: r.err})
	return addNotice(tx, Notice{At: s.now(), Op: string(VerbSend), Permanent: isPermission(r.err), Text: text, Next: next})
}

// retryLater puts a send back into the queue.
func (s *Store) retryLater(tx *sql.Tx, d outSend, r sendResult, out *sent) error {
	now := s.now()
	state, looks := OpPending, 0
	wait := max(waitAfter(r.err, d.tries+1, now), r.wait)
	if r.unknown {
		state = OpUnknown
		wait = max(wait, unknownWait)
		if looks = d.looks; r.look {
			wait, looks = r.wait, looks+1
		} else if !d.unknown {
			looks = 0
		}
	}
	out.wait, out.trouble = wait, r.err
	if _, err := tx.Exec(`UPDATE sends SET looks = ? WHERE op = ?`, looks, d.op); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE ops SET state = ?, tries = tries + 1, next = ?, error = ?, owner = '', lease = 0 WHERE id = ?`,
		int64(state), now.Add(wait).UnixMilli(), reason(r.err), d.op)
	return err
}

// becomeUnsure leaves it to a person to say whether something was sent.
func (s *Store) becomeUnsure(tx *sql.Tx, d outSend, r sendResult, out *sent) error {
	if _, err := tx.Exec(`UPDATE sends SET unsure = 1 WHERE op = ?`, d.op); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE ops SET state = ?, error = ?, next = 0, owner = '', lease = 0 WHERE id = ?`, int64(OpUnknown), reason(r.err), d.op)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("Nobody can tell whether the %s was sent: %s", lower(d.words), reason(r.err))
	out.refused = append(out.refused, &wordedError{text: text, err: r.err})
	return addNotice(tx, Notice{
		At: s.now(), Op: string(VerbSend), Text: text, Next: "It is not sent again by itself: the list of jobs asks you whether it arrived",
	})
}

// flushSends sends what is due of one mailbox. What is held back so that it can be taken
// back is left to whoever holds it.
func (s *Store) flushSends(ctx context.Context, b *mailbox) (refused []error, err error) {
	for _, lane := range []string{laneTexts, laneFaxes, laneCancels} {
		for {
			out, err := s.sendNext(ctx, b, lane, false)
			refused = append(refused, out.refused...)
			switch {
			case err != nil:
				return refused, err
			case out.trouble != nil:
				return refused, &wordedError{text: "a message has not been sent, and is sent later: " + reason(out.trouble), err: out.trouble}
			}
			if out.idle {
				break
			}
			if out.wait > 0 {
				select {
				case <-ctx.Done():
					return refused, ctx.Err()
				case <-s.after(out.wait):
				}
			}
		}
	}
	return refused, nil
}
