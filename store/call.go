package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"switchboard/api"
)

// A call is made at once or not at all: nobody wants a telephone to ring because
// the network came back. And it is asked for once: a request whose outcome is
// unknown may be ringing already.
const (
	callFresh = 30 * time.Second // an older wish to call is dropped
	callLease = 5 * time.Minute
	callPoll  = 2 * time.Second
	callPolls = 60 // then it is left alone
)

// ringing is a call under way in this process.
type ringing struct {
	stop   chan struct{} // capacity 1: a person wants it stopped
	handle CallHandle    // nil while it is being asked for
}

// actCall is Act for VerbCall: it writes the wish down; runCalls carries it out.
func (s *Store) actCall(ctx context.Context, c Change) (Op, error) {
	box, op := (*mailbox)(nil), Op{Verb: VerbCall, At: s.now(), State: OpPending, Undoable: true}
	err := s.writeFull(ctx, func(tx *sql.Tx) error {
		ts, err := targets(tx, c.Items[:min(len(c.Items), 1)])
		if err != nil {
			return err
		}
		var t target
		if len(ts) > 0 {
			t = ts[0]
			op.Items = []ID{t.id}
		} else if len(c.Items) > 0 {
			return ErrNotFound
		}
		if t.id == 0 {
			t.account = c.Account
		}
		number := CleanLine(cmp.Or(c.Text, t.who.Number, t.who.Extension))
		if number == "" {
			return errors.New("there is no number to call: the caller withheld it")
		}
		if box = s.boxOf(t.account); box == nil {
			return fmt.Errorf("calling %s: %w: not signed in", number, ErrOffline)
		}
		who := number
		if t.who.Name != "" {
			who = t.who.Name + " (" + number + ")"
		}
		op.Text, op.Words = number, "Calling "+who
		if op.ID, err = insertOp(tx, op, s.opts.Actor, links{}); err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO op_items (op, item, account, remote) VALUES (?, ?, ?, ?)`, op.ID, int64(t.id), box.id(), t.remote)
		return err
	})
	if err != nil {
		return Op{}, s.fault("calling", err)
	}
	poke(box.call)
	return op, nil
}

// boxOf is the mailbox of an account; of the first one if account is 0.
func (s *Store) boxOf(account int64) *mailbox {
	for _, b := range s.mailboxes() {
		if id := b.id(); id != 0 && (id == account || account == 0) {
			return b
		}
	}
	return nil
}

// runCalls makes the calls that are asked for, one after the other.
func (s *Store) runCalls(ctx context.Context, b *mailbox) {
	for ctx.Err() == nil {
		op, ok, err := s.claimCall(ctx, b)
		if err != nil {
			s.log.Error("looking for calls to make", "err", err)
		}
		if ok {
			s.placeCall(ctx, b, op)
			continue
		}
		select {
		case <-ctx.Done():
		case <-b.call:
		}
	}
}

// claimCall takes the next call, marking on disk that it is being made before it
// is, so that it cannot be made twice.
func (s *Store) claimCall(ctx context.Context, b *mailbox) (op Op, ok bool, err error) {
	const next = selectOp + ` WHERE verb = 'call' AND state = 0 AND EXISTS (SELECT 1 FROM op_items i WHERE i.op = o.id AND i.account = ?) ORDER BY id LIMIT 1`
	if _, err := scanOp(s.r.QueryRowContext(ctx, next, b.id())); errors.Is(err, sql.ErrNoRows) {
		return op, false, nil
	}
	err = s.writeFull(ctx, func(tx *sql.Tx) error {
		op, err = scanOp(tx.QueryRow(next, b.id()))
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if s.now().Sub(op.At) > callFresh {
			return endCall(tx, op, OpCancelled, "", &Notice{
				At: s.now(), Op: string(VerbCall), Text: op.called("The call to %s was not made: it came to it too late"), Next: "Call again if you still want to",
			})
		}
		ok = true
		_, err := tx.Exec(`UPDATE ops SET state = ?, owner = ?, lease = ? WHERE id = ?`,
			int64(OpSending), s.owner(), s.now().Add(callLease).UnixMilli(), op.ID)
		return err
	})
	if ok && err == nil {
		b.mu.Lock()
		b.calls[op.ID] = &ringing{stop: make(chan struct{}, 1)}
		b.mu.Unlock()
	}
	return op, ok && err == nil, err
}

// called puts whom a call is to into a sentence.
func (op Op) called(sentence string) string {
	const calling = "Calling "
	if len(op.Words) > len(calling) && op.Words[:len(calling)] == calling {
		return fmt.Sprintf(sentence, op.Words[len(calling):])
	}
	return fmt.Sprintf(sentence, op.Text)
}

// endCall writes down how a call ended. A call that is over cannot be taken back.
func endCall(tx *sql.Tx, op Op, state OpState, words string, n *Notice) error {
	text := ""
	if n != nil {
		text = n.Text
		if err := addNotice(tx, *n); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(`UPDATE op_items SET state = ? WHERE op = ?`, int64(state), op.ID); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE ops SET state = ?, undoable = 0, owner = '', lease = 0, words = ?, error = ? WHERE id = ?`,
		int64(state), cmp.Or(words, op.Words), text, op.ID)
	return err
}

func (s *Store) finishCall(ctx context.Context, b *mailbox, op Op, state OpState, words string, n *Notice) {
	if n != nil {
		n.At, n.Op = s.now(), string(VerbCall)
	}
	err := s.writeFull(context.WithoutCancel(ctx), func(tx *sql.Tx) error { return endCall(tx, op, state, words, n) })
	if err != nil {
		s.log.Error("how a call ended could not be kept", "err", err)
	}
	b.mu.Lock()
	delete(b.calls, op.ID)
	b.mu.Unlock()
}

// placeCall makes a call and follows it until it is answered or over.
func (s *Store) placeCall(ctx context.Context, b *mailbox, op Op) {
	reqCtx, cancel := context.WithTimeout(ctx, sendTimeout)
	h, err := b.service().Call(reqCtx, op.Text)
	cancel()
	if err != nil {
		n := &Notice{Text: op.called("Could not call %s") + ": " + reason(err), Next: "Nothing was dialled. Call again when you like", Permanent: isPermission(err)}
		if r := judge(err); r.unknown {
			n.Text = op.called("The call to %s may or may not have been placed") + ": " + reason(err)
			n.Next = "It is not repeated by itself. If your telephone does not ring, call again"
		}
		s.finishCall(ctx, b, op, OpFailed, "", n)
		return
	}
	b.mu.Lock()
	run := b.calls[op.ID]
	run.handle = h
	b.mu.Unlock()
	for range callPolls {
		select {
		case <-ctx.Done():
			s.finishCall(ctx, b, op, OpConfirmed, op.called("Called %s"), nil)
			return
		case <-run.stop:
			s.stopCall(ctx, b, op, h)
			return
		case <-s.after(callPoll):
		}
		st, err := h.State(ctx)
		if err != nil && !api.IsNotFound(err) {
			continue // the call goes on without us
		}
		if err != nil {
			st = CallState{Over: true}
		}
		if st.Over && !st.Connected && st.Words != "" {
			s.finishCall(ctx, b, op, OpFailed, "", &Notice{Text: op.called("The call to %s came to nothing") + ": " + CleanLine(st.Words)})
			return
		}
		if st.Connected || st.Over {
			break
		}
	}
	s.finishCall(ctx, b, op, OpConfirmed, op.called("Called %s"), nil)
}

func (s *Store) stopCall(ctx context.Context, b *mailbox, op Op, h CallHandle) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	if err := h.Cancel(ctx); err != nil && !api.IsNotFound(err) {
		s.finishCall(ctx, b, op, OpConfirmed, op.called("Called %s"), &Notice{
			Text: op.called("The call to %s could not be stopped") + ": " + reason(err), Next: "Hang up your telephone",
		})
		return
	}
	s.finishCall(ctx, b, op, OpCancelled, op.called("Cancelled the call to %s"), nil)
}

// undoCall stops a call that has not been answered.
func (s *Store) undoCall(ctx context.Context, op Op) (Op, error) {
	for _, b := range s.mailboxes() {
		b.mu.Lock()
		run := b.calls[op.ID]
		b.mu.Unlock()
		if run != nil {
			poke(run.stop)
			op.Words = op.called("Stopping the call to %s")
			return op, nil
		}
	}
	err := s.writeFull(ctx, func(tx *sql.Tx) error {
		now, err := loadOp(tx, op.ID)
		if err != nil {
			return err
		}
		if now.State != OpPending {
			return errors.New("it is being made by another window of this program: stop it there, or hang up")
		}
		op.State, op.Words = OpCancelled, op.called("Cancelled the call to %s")
		return endCall(tx, op, OpCancelled, op.Words, nil)
	})
	return op, s.fault("stopping a call", err)
}

// orphanCalls closes calls that a process left behind when it ended.
func (s *Store) orphanCalls(ctx context.Context) error {
	ops, err := s.readOps(ctx, selectOp+` WHERE verb = 'call' AND state IN (0, 1, 5)`)
	if err != nil || len(ops) == 0 {
		return err
	}
	return s.writeFull(ctx, func(tx *sql.Tx) error {
		for _, op := range ops {
			var state OpState
			var owner string
			var lease int64
			if err := tx.QueryRow(`SELECT state, owner, lease FROM ops WHERE id = ?`, op.ID).Scan(&state, &owner, &lease); err != nil {
				return err
			}
			if state != OpSending || owner == s.owner() || (fromMilli(lease).After(s.now()) && !ownerGone(owner)) {
				continue // not begun, or somebody is at it
			}
			err := endCall(tx, op, OpFailed, "", &Notice{
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
