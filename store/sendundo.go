package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

// loadSend reads a send.
func loadSend(tx *sql.Tx, op int64) (outSend, error) {
	d, err := scanSend(tx.QueryRow(selectSend+`WHERE o.id = ?`, op))
	if errors.Is(err, sql.ErrNoRows) {
		return d, fmt.Errorf("what was sent is not known any more: %w", ErrNotFound)
	}
	return d, err
}

// sendInfo completes an operation with what is known of its send.
func sendInfo(tx *sql.Tx, op *Op) error {
	if op.Verb != VerbSend {
		return nil
	}
	var item, until, cancels int64
	err := tx.QueryRow(`SELECT item, until, unsure, cancels FROM sends WHERE op = ?`, op.ID).Scan(&item, &until, &op.Unsure, &cancels)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	op.Items = []ID{ID(item)}
	if cancels == 0 {
		op.Until = fromMilli(until)
	}
	return nil
}

// undoSend takes a message back: here, if it has not left; at the service, as long as it
// waits there.
func (s *Store) undoSend(tx *sql.Tx, x Op) (Op, error) {
	d, err := loadSend(tx, x.ID)
	if err != nil {
		return Op{}, err
	}
	now := s.now()
	u := Op{Verb: VerbSend, At: now, State: OpConfirmed, Words: "Taken back: " + lower(x.Words), Items: []ID{d.item}}
	var unsure bool
	var until int64
	if err := tx.QueryRow(`SELECT unsure, until FROM sends WHERE op = ?`, x.ID).Scan(&unsure, &until); err != nil {
		return Op{}, err
	}
	fax := d.st.Message.Kind == SendFax
	switch {
	case x.State == OpPending:
		if err := s.cancelSend(tx, d, true); err != nil {
			return Op{}, err
		}
		u.Words += ". It is among the drafts"
		u.ID, err = insertOp(tx, u, s.opts.Actor, links{undoes: x.ID})
	case unsure:
		return Op{
			Verb: VerbSend, At: now, State: x.State, Unsure: true,
			Words: "Left alone: nobody knows whether the " + lower(x.Words) + " was sent. Say so in the list of jobs first",
		}, nil
	case x.State == OpConfirmed && (!fax || until == 0 || !fromMilli(until).After(now)):
		// Said once: the next undo goes on to what was done before.
		_, err = tx.Exec(`UPDATE ops SET undoable = 0 WHERE id = ?`, x.ID)
		return Op{Verb: VerbSend, At: now, State: x.State, Words: fmt.Sprintf("Left alone: the %s has gone out and cannot be taken back", lower(x.Words))}, err
	default:
		u.State, u.Words = OpPending, "Taking back: "+lower(x.Words)
		u.ID, err = s.queueCancel(tx, d, u)
	}
	if err != nil {
		return Op{}, err
	}
	_, err = tx.Exec(`UPDATE ops SET undone = ? WHERE id = ?`, u.ID, x.ID)
	return u, err
}

// queueCancel records that something is to be taken back that is on its way, or waits at
// the service. It is done once it is known what became of it.
func (s *Store) queueCancel(tx *sql.Tx, d outSend, u Op) (int64, error) {
	id, err := insertOp(tx, u, s.opts.Actor, links{undoes: d.op})
	if err != nil {
		return 0, err
	}
	payload, err := json.Marshal(sendState{Message: NewMessage{Kind: d.st.Message.Kind, Account: d.st.Message.Account}, Entry: d.st.Entry})
	if err != nil {
		return 0, err
	}
	_, err = tx.Exec(`INSERT INTO sends (op, account, item, lane, peer, payload, cancels) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		id, d.account, int64(d.item), laneCancels, fmt.Sprint("op:", d.op), string(payload), d.op)
	if err != nil {
		return 0, err
	}
	if d.state == OpConfirmed {
		now := s.now().UnixMilli()
		_, err = tx.Exec(`UPDATE items SET availability = ?, deleted = ?, pending = pending + 1 WHERE id = ?`, int64(Deleted), now, int64(d.item))
	}
	return id, err
}

// cancelSend ends a send that has not left: its echo goes, and what was written is a
// draft again.
func (s *Store) cancelSend(tx *sql.Tx, d outSend, draft bool) error {
	if err := s.removeSendEcho(tx, d.item); err != nil {
		return err
	}
	if err := s.unjournalSend(tx, d.st); err != nil {
		return err
	}
	d.st.Entry = ""
	if draft {
		var err error
		if d.st.Draft, err = s.backToDraft(tx, d.st); err != nil {
			return err
		}
	}
	payload, err := json.Marshal(d.st)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE sends SET payload = ?, hold = 0 WHERE op = ?`, string(payload), d.op); err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE ops SET state = ?, error = '', next = 0, owner = '', lease = 0 WHERE id = ?`, int64(OpCancelled), d.op)
	return err
}

// cancelled writes down that a fax was taken back at the service, or never left.
func (s *Store) cancelled(tx *sql.Tx, d outSend) error {
	x, err := loadSend(tx, d.cancels)
	if err != nil || x.state != OpConfirmed {
		return err
	}
	if err := s.unjournalSend(tx, x.st); err != nil {
		return err
	}
	draft, err := s.backToDraft(tx, x.st)
	if err != nil {
		return err
	}
	x.st.Entry, x.st.Draft = "", draft
	payload, err := json.Marshal(x.st)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE sends SET payload = ?, until = 0 WHERE op = ?`, string(payload), x.op); err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE items SET availability = ?, deleted = iif(deleted = 0, ?, deleted), pending = max(pending - 1, 0) WHERE id = ?`,
		int64(Deleted), s.now().UnixMilli(), int64(x.item))
	return err
}

// cancelRefused shows what could not be taken back as sent.
func (s *Store) cancelRefused(tx *sql.Tx, d outSend) error {
	if _, err := tx.Exec(`UPDATE ops SET undoable = 0, undone = 0 WHERE id = ?`, d.cancels); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE items SET availability = 0, deleted = 0, pending = max(pending - 1, 0)
		WHERE id = (SELECT item FROM sends WHERE op = ?) AND availability = 1 AND pending > 0`, d.cancels)
	return err
}

// redoSend sends after all what undo took back.
func (s *Store) redoSend(ctx context.Context, tx *sql.Tx, x Op, undo int64) (Op, error) {
	d, err := loadSend(tx, x.ID)
	if err != nil {
		return Op{}, err
	}
	var state OpState
	err = tx.QueryRow(`SELECT state FROM ops WHERE id = ?`, undo).Scan(&state)
	if err != nil {
		return Op{}, err
	}
	switch {
	case state == OpPending && d.state == OpConfirmed: // the service has not heard of it
		return s.keepSent(tx, x, d, undo)
	case state == OpPending || state == OpSending || state == OpUnknown:
		return Op{}, fmt.Errorf("the %s is being taken back just now; try again when it is", lower(x.Words))
	}
	for _, f := range d.st.Files {
		if _, err := os.Stat(s.outgoingPath(f.Copy)); err != nil {
			return Op{}, fmt.Errorf("%s is no longer kept here: send it anew", f.Name)
		}
	}
	acc, err := scanAccount(tx.QueryRow(selectAccount+` WHERE id = ?`, d.account))
	if err != nil {
		return Op{}, err
	}
	r, err := s.recordSend(ctx, tx, acc, afresh(d.st), links{redoes: undo})
	if err == nil {
		r.Words = "Done again: " + lower(r.Words)
	}
	return r, err
}

// keepSent lets a fax go out after all that was to be taken back at the service.
func (s *Store) keepSent(tx *sql.Tx, x Op, d outSend, undo int64) (Op, error) {
	for _, q := range []string{
		`UPDATE ops SET state = 4 WHERE id = ?1`,
		`UPDATE ops SET undone = 0 WHERE id = ?2`,
		`UPDATE items SET availability = 0, deleted = 0, pending = max(pending - 1, 0) WHERE id = ?3`,
	} {
		if _, err := tx.Exec(q, undo, x.ID, int64(d.item)); err != nil {
			return Op{}, err
		}
	}
	return Op{Verb: VerbSend, At: s.now(), State: OpConfirmed, Items: []ID{d.item}, Words: "Done again: " + lower(x.Words)}, nil
}

// afresh is a message that is to be sent once more from the beginning.
func afresh(st sendState) sendState {
	st.At, st.Before, st.Entry = st.Message.At, nil, ""
	return st
}

// cancelPending is CancelOp for a send.
func (s *Store) cancelPending(tx *sql.Tx, x Op) error {
	if x.State != OpPending {
		return fmt.Errorf("it is %s already: take it back instead", x.State)
	}
	d, err := loadSend(tx, x.ID)
	if err != nil {
		return err
	}
	if d.cancels != 0 {
		return errors.New("what takes something back is not cancelled; do it again instead")
	}
	if err := s.cancelSend(tx, d, true); err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE ops SET undone = -1 WHERE id = ?`, x.ID)
	return err
}

// retryNow is RetryOp for a send.
func (s *Store) retryNow(ctx context.Context, tx *sql.Tx, x Op) error {
	switch x.State {
	case OpPending:
		if _, err := tx.Exec(`UPDATE ops SET next = 0, tries = 0 WHERE id = ?`, x.ID); err != nil {
			return err
		}
		_, err := tx.Exec(`UPDATE sends SET hold = 0 WHERE op = ?`, x.ID)
		return err
	case OpFailed:
		d, err := loadSend(tx, x.ID)
		if err != nil {
			return err
		}
		if d.cancels != 0 {
			return errors.New("it was too late to take it back")
		}
		_, err = s.sendAnew(ctx, tx, x, d)
		return err
	case OpUnknown, OpSending:
		var unsure bool
		if err := tx.QueryRow(`SELECT unsure FROM sends WHERE op = ?`, x.ID).Scan(&unsure); err != nil {
			return err
		}
		if unsure {
			return errors.New("nobody can tell whether it was sent: say so first")
		}
		return errors.New("it is on its way; the service is asked what became of it")
	}
	return fmt.Errorf("it is %s already", x.State)
}
