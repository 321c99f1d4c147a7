package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// RetrySend sends once more what the service refused, or what failed on its way. A fax
// the service has is sent again by reference, to those it did not reach.
func (s *Store) RetrySend(ctx context.Context, item ID) (Op, error) {
	it, err := s.Item(ctx, item)
	if err != nil {
		return Op{}, err
	}
	if it.Direction != Outbound || !it.Delivery.Failed() {
		return Op{}, errors.New("it has not failed, so it is not sent once more")
	}
	if !isEcho(it.Remote) {
		m, err := s.onceMore(ctx, it)
		if err != nil {
			return Op{}, err
		}
		return s.Send(ctx, m)
	}
	var op Op
	err = s.writeFull(ctx, func(tx *sql.Tx) error {
		var id int64
		err := tx.QueryRow(`SELECT d.op FROM sends d JOIN ops o ON o.id = d.op WHERE d.item = ? AND d.cancels = 0 AND o.state = 3 ORDER BY d.op DESC LIMIT 1`,
			int64(item)).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("what was refused is not known any more: %w", ErrNotFound)
		}
		if err != nil {
			return err
		}
		x, err := loadOp(tx, id)
		if err != nil {
			return err
		}
		d, err := loadSend(tx, id)
		if err != nil {
			return err
		}
		op, err = s.sendAnew(ctx, tx, x, d)
		return err
	})
	if err != nil {
		return Op{}, s.fault("sending once more", err)
	}
	s.wakeSends()
	return op, nil
}

// sendAnew records what was refused once more. Its echo takes the place of the old one.
func (s *Store) sendAnew(ctx context.Context, tx *sql.Tx, x Op, d outSend) (Op, error) {
	if x.Undone {
		return Op{}, errors.New("it has been tried again already")
	}
	if _, err := tx.Exec(`UPDATE ops SET undone = -1 WHERE id = ?`, x.ID); err != nil {
		return Op{}, err
	}
	acc, err := scanAccount(tx.QueryRow(selectAccount+` WHERE id = ?`, d.account))
	if err != nil {
		return Op{}, err
	}
	op, err := s.recordSend(ctx, tx, acc, afresh(d.st), links{})
	if err != nil {
		return Op{}, err
	}
	var remote string
	if err := tx.QueryRow(`SELECT remote FROM items WHERE id = ?`, int64(op.Items[0])).Scan(&remote); err != nil {
		return Op{}, err
	}
	var old string
	err = tx.QueryRow(`SELECT remote FROM items WHERE id = ?`, int64(d.item)).Scan(&old)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !isEcho(old) {
		return op, nil
	}
	if err != nil {
		return Op{}, err
	}
	return op, s.mergeEcho(tx, d.item, op.Items[0], remote)
}

// onceMore is the message to send for one that failed on its way.
func (s *Store) onceMore(ctx context.Context, it Item) (NewMessage, error) {
	m := NewMessage{Account: it.AccountKey, Text: it.Text}
	for _, p := range it.To {
		if it.Kind == Fax && p.Delivery == Sent || p.Delivery == Delivered {
			continue // it reached them
		}
		m.To = append(m.To, Recipient{Name: p.Name, Number: p.Number, Extension: p.Extension})
	}
	switch it.Kind {
	case Fax:
		m.Kind, m.Resend, m.Text = SendFax, it.ID, ""
	case SMS, MMS:
		m.Kind, m.From = SendText, it.From.Number
	case Pager:
		m.Kind = SendPager
	default:
		return m, fmt.Errorf("a %s is nothing that can be sent", kindWord(it.Kind))
	}
	if it.Kind != MMS {
		return m, nil
	}
	for _, a := range it.Attachments {
		if a.IsText() {
			continue
		}
		path, err := s.FetchNow(ctx, a, func(int64, int64) {})
		if err != nil {
			return m, fmt.Errorf("sending it once more takes its files, and %s cannot be had: %w", fileWords(a), err)
		}
		m.Files = append(m.Files, path)
		if m.names == nil {
			m.names = map[string]string{}
		}
		m.names[path] = a.Name
	}
	return m, nil
}

// Unsure are the messages of which not even the service's list of sent messages tells
// whether they were sent, oldest first.
func (s *Store) Unsure(ctx context.Context) ([]Op, error) {
	ops, err := s.readOps(ctx, selectOp+` WHERE state = 5 AND EXISTS (SELECT 1 FROM sends d WHERE d.op = o.id AND d.unsure = 1) ORDER BY id`)
	return ops, s.fault("reading what is not known to be sent", err)
}

// SettleUnsure is a person's word on one of those: it was sent, or it was not and is to
// be sent now.
func (s *Store) SettleUnsure(ctx context.Context, op int64, wasSent bool) error {
	err := s.writeFull(ctx, func(tx *sql.Tx) error {
		x, err := loadOp(tx, op)
		if err != nil {
			return err
		}
		d, err := loadSend(tx, op)
		if err != nil {
			return err
		}
		var unsure bool
		if err := tx.QueryRow(`SELECT unsure FROM sends WHERE op = ?`, op).Scan(&unsure); err != nil {
			return err
		}
		if x.State != OpUnknown || !unsure {
			return errors.New("it is known what became of it")
		}
		state := OpPending
		if wasSent {
			state = OpConfirmed
			if err := s.markEcho(tx, d.item, Sent, ""); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`UPDATE sends SET unsure = 0, looks = 0 WHERE op = ?`, op); err != nil {
			return err
		}
		_, err = tx.Exec(`UPDATE ops SET state = ?, error = '', next = 0, tries = 0, owner = '', lease = 0 WHERE id = ?`, int64(state), op)
		return err
	})
	if err != nil {
		return s.fault("taking your word for it", err)
	}
	s.wakeSends()
	return nil
}
