package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
)

// MakeCall makes a call that was recorded by [Store.PlaceCall], in this process and at
// once, and returns when it is over; with answered, when both are on the line. tell is
// called with how it stands whenever that changes. When ctx ends a call that still rings
// is cancelled.
func (s *Store) MakeCall(ctx context.Context, id int64, answered bool, tell func(OwnCall)) (OwnCall, error) {
	b, err := s.boxOfOp(ctx, id)
	if err != nil {
		return OwnCall{}, err
	}
	op, note, ok, err := s.claimCall(ctx, b, id)
	if err != nil {
		return OwnCall{}, err
	}
	if !ok {
		return OwnCall{}, errors.New("it is being made by another window of this program, or came too late")
	}
	watch, unwatch := s.Watch()
	defer unwatch()
	run := b.following(id)
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	wg.Go(func() { s.ranInto(work, "a call", func(ctx context.Context) { s.placeCall(ctx, b, op, note) }) })
	defer wg.Wait()
	defer cancel()
	var last OwnCall
	done := ctx.Done()
	for {
		now := b.stands(run)
		if now != last && tell != nil {
			tell(now)
		}
		if last = now; now.Stage == CallOver || answered && now.Stage == CallSpeaking {
			return now, nil
		}
		select {
		case <-done:
			done = nil
			if now.Stage >= CallRingsThere {
				return now, ctx.Err()
			}
			poke(run.stop)
		case <-watch:
		}
	}
}

// boxOfOp is the mailbox that a call was asked for in.
func (s *Store) boxOfOp(ctx context.Context, id int64) (*mailbox, error) {
	var account int64
	err := s.r.QueryRowContext(ctx, `SELECT account FROM op_items WHERE op = ?`, id).Scan(&account)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("operation %d: %w", id, ErrNotFound)
	}
	if err != nil {
		return nil, s.fault("looking up a call", err)
	}
	for _, b := range s.mailboxes() {
		if err := s.ready(ctx, b); err == nil && b.id() == account {
			return b, nil
		}
	}
	return nil, fmt.Errorf("calling: %w: not signed in", ErrOffline)
}

// resumeCalls takes up the calls that an earlier run of the program left while they
// rang: the service still knows them by name.
func (s *Store) resumeCalls(ctx context.Context, b *mailbox, follow func(func(context.Context))) {
	svc, ok := b.service().(TelephoneService)
	if !ok {
		return
	}
	ops, err := s.readOps(ctx, selectOp+` WHERE verb = 'call' AND state = 1 AND EXISTS (SELECT 1 FROM op_items i WHERE i.op = o.id AND i.account = ?)`, b.id())
	if err != nil {
		s.log.Warn("calls of an earlier run were not looked at", "err", err)
		return
	}
	for _, op := range ops {
		var note callNote
		mine := false
		err := s.writeFull(ctx, func(tx *sql.Tx) error {
			left, err := s.leftBehind(tx, op.ID)
			if err != nil || !left {
				return err
			}
			if op.Items, note, err = noteOf(tx, op.ID); err != nil || note.Remote == "" || s.now().Sub(op.At) > callResumes {
				return err
			}
			mine = true
			return s.leaseCall(tx, op.ID)
		})
		if err != nil {
			s.log.Warn("a call of an earlier run was not taken up", "err", err)
			continue
		}
		if !mine {
			continue
		}
		run := s.follows(b, op, note, CallRings)
		follow(func(ctx context.Context) {
			h := svc.Resume(note.Remote)
			if !s.lookCall(ctx, b, run, op, note, h) {
				s.followCall(ctx, b, run, op, note, h)
			}
		})
	}
}

// leftBehind reports whether a call is nobody's: the program that made it has ended.
func (s *Store) leftBehind(tx *sql.Tx, op int64) (bool, error) {
	var owner string
	var lease int64
	if err := tx.QueryRow(`SELECT owner, lease FROM ops WHERE id = ?`, op).Scan(&owner, &lease); err != nil {
		return false, err
	}
	return owner != s.owner() && (owner == "" || fromMilli(lease).Before(s.now()) || ownerGone(owner)), nil
}

// orphanCalls closes calls that a process left behind when it ended: those under way of
// which it is not known what the service calls them, and those that were answered, for
// the journal.
func (s *Store) orphanCalls(ctx context.Context) error {
	ops, err := s.readOps(ctx, selectOp+` WHERE verb = 'call' AND (state IN (1, 5) OR state = 2 AND owner <> '')`)
	if err != nil || len(ops) == 0 {
		return err
	}
	return s.writeFull(ctx, func(tx *sql.Tx) error {
		for _, op := range ops {
			left, err := s.leftBehind(tx, op.ID)
			if err != nil {
				return err
			}
			if !left {
				continue // somebody is at it
			}
			var n callNote
			if op.Items, n, err = noteOf(tx, op.ID); err != nil {
				return err
			}
			switch {
			case n.Open:
				if err := s.endCall(tx, op, OpConfirmed, op.Words, "connected", nil); err != nil {
					return err
				}
				continue
			case n.Remote != "" && s.now().Sub(op.At) <= callResumes:
				continue // taken up by its mailbox
			}
			err = s.endCall(tx, op, OpFailed, "", "not known what became of it: the program ended", &Notice{
				At: s.now(), Op: string(VerbCall), Text: op.called("The program ended while it was calling %s; the call may have gone through"),
				Next: "It is not repeated by itself",
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
