package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
)

// BlockCallers has the service turn away those who are behind some messages, or lets
// them through again: see [Store.SetBlocked]. Colleagues and those who withhold their
// number are passed over. It is noted in the journals of the messages.
func (s *Store) BlockCallers(ctx context.Context, items []ID, block bool) (Op, error) {
	callers, err := s.Callers(ctx, items)
	if err != nil {
		return Op{}, err
	}
	var account int64
	var list []BlockedNumber
	for _, c := range callers {
		if !c.Outside() {
			continue
		}
		if account != 0 && account != c.Account {
			return Op{}, errors.New("the messages are of several mailboxes: block the callers of one at a time")
		}
		account = c.Account
		n := c.BlockedNumber
		if n.Status = BlockNone; block {
			n.Status = BlockBlocked
		}
		list = append(list, n)
	}
	if len(list) == 0 {
		return Op{}, errors.New("none of the callers has a number of the outside")
	}
	op, err := s.SetBlocked(ctx, account, list...)
	if err != nil || op.ID == 0 {
		return op, err
	}
	verb := EntryBlock
	if !block {
		verb = EntryUnblock
	}
	return op, s.noteBlock(ctx, verb, items, list)
}

// noteBlock tells the journals of messages that their callers were blocked.
func (s *Store) noteBlock(ctx context.Context, verb string, items []ID, list []BlockedNumber) error {
	err := s.writeFull(ctx, func(tx *sql.Tx) error {
		ts, err := targets(tx, items)
		if err != nil {
			return err
		}
		for _, n := range list {
			of := slices.Clone(ts)
			of = slices.DeleteFunc(of, func(t target) bool { return t.who.Number != n.Number })
			if len(of) == 0 {
				continue
			}
			if _, err := s.jot(tx, s.opts.Actor, verb, strings.TrimSpace(n.Number), of, nil); err != nil {
				return err
			}
		}
		return nil
	})
	return s.fault("writing the journal", err)
}
