package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// called puts whom a call is to into a sentence.
func (op Op) called(sentence string) string {
	for _, doing := range []string{"Calling ", "Called "} {
		if who, ok := strings.CutPrefix(op.Words, doing); ok {
			return fmt.Sprintf(sentence, who)
		}
	}
	return fmt.Sprintf(sentence, op.Text)
}

// endCall writes down what became of a call: with its operation, in the journal of the
// item that was called back (result; "" is nothing to tell), and in the notices. It can
// no longer be taken back. Claim and state of the item stay as they are.
func (s *Store) endCall(tx *sql.Tx, op Op, state OpState, words, result string, n *Notice) error {
	text := ""
	if n != nil {
		text = n.Text
		if err := addNotice(tx, *n); err != nil {
			return err
		}
	} else if state == OpFailed {
		text = result
	}
	if _, err := tx.Exec(`UPDATE op_items SET state = ? WHERE op = ?`, int64(state), op.ID); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE ops SET state = ?, undoable = 0, owner = '', lease = 0, words = ?, error = ? WHERE id = ?`,
		int64(state), cmp.Or(words, op.Words), text, op.ID)
	if err != nil || result == "" {
		return err
	}
	return s.journalCall(tx, op, result)
}

// journalCall writes into the journal of the item that was called back.
func (s *Store) journalCall(tx *sql.Tx, op Op, result string) error {
	ts, err := targets(tx, op.Items)
	if err != nil || len(ts) == 0 {
		return err
	}
	entries := []Entry{s.entry(ts[0], EntryCall, op.called("%s")+": "+result, "")}
	if err := inOrder(tx, ts, entries); err != nil {
		return err
	}
	if err := appendEntries(tx, entries); err != nil {
		return err
	}
	return s.refold(tx, ts[0].id)
}

// undoCall stops a call that has not been answered.
func (s *Store) undoCall(ctx context.Context, op Op) (Op, error) {
	for _, b := range s.mailboxes() {
		b.mu.Lock()
		run := b.calls[op.ID]
		stage := CallStage(0)
		if run != nil {
			stage = run.call.Stage
		}
		b.mu.Unlock()
		switch {
		case run == nil:
			continue
		case stage >= CallRingsThere:
			return op, errors.New("your telephone is answered, and the service takes the call back no longer: hang up")
		}
		poke(run.stop)
		op.Words = op.called("Stopping the call to %s")
		return op, nil
	}
	err := s.writeFull(ctx, func(tx *sql.Tx) error {
		now, err := loadOp(tx, op.ID)
		if err != nil {
			return err
		}
		if now.State != OpPending {
			return errors.New("it is being made by another window of this program: stop it there, or hang up")
		}
		if op.Items, _, err = noteOf(tx, op.ID); err != nil {
			return err
		}
		words := op.called("Cancelled the call to %s")
		err = s.endCall(tx, op, OpCancelled, words, "cancelled", nil)
		op.State, op.Words = OpCancelled, words
		return err
	})
	return op, s.fault("stopping a call", err)
}
