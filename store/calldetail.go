package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"switchboard/api"
)

// callOf adds to an item what is known of the call it is, or of the one that left it.
func callOf(tx *sql.Tx, it *Item) error {
	call := it.Row
	if it.Kind == Call {
		var detail string
		err := tx.QueryRow(`SELECT detail FROM calls WHERE item = ?`, int64(it.ID)).Scan(&detail)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			detail = "{}"
		case err != nil:
			return err
		}
		it.Call = &CallDetail{}
		if json.Unmarshal([]byte(detail), it.Call) != nil {
			it.Call = &CallDetail{} // of a damaged row; the list's own columns still show what happened
		}
	} else {
		if it.Linked == 0 {
			return nil
		}
		err := tx.QueryRow(`SELECT reply FROM items WHERE id = ?`, int64(it.Linked)).Scan((*int64)(&call.Reply))
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
	}
	if call.Reply == 0 {
		return nil
	}
	a := CallAnswer{ID: call.Reply, Time: call.Reply.Time()}
	err := tx.QueryRow(`SELECT direction, mailbox FROM items WHERE id = ?`, int64(a.ID)).Scan(&a.Direction, &a.By)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	it.Answer = &a
	return err
}

// FetchCall asks the service how a call went, leg by leg, if that is not known yet,
// and reports whether there is more to show now.
func (s *Store) FetchCall(ctx context.Context, id ID) (bool, error) {
	it, err := s.Item(ctx, id)
	if err != nil {
		return false, err
	}
	if it.Kind != Call || it.Call.Detailed && !it.Call.Active {
		return false, nil
	}
	b := s.boxOf(it.Account)
	if b == nil {
		return false, fmt.Errorf("asking how the call went: %w: not signed in", ErrOffline)
	}
	svc, ok := b.service().(CallLogService)
	if !ok {
		return false, nil
	}
	in, err := svc.CallRecord(ctx, it.Remote, it.Company)
	if api.IsNotFound(err) {
		in, err = Incoming{Remote: it.Remote, Tombstone: true, Availability: Purged}, nil
	}
	if err != nil {
		return false, fmt.Errorf("asking how the call went: %w", err)
	}
	done, err := s.Apply(ctx, it.Account, []Incoming{in})
	return done.Changed > 0, err
}

// WaitsForLegs reports whether the service has more to tell of a call than is here.
func (it *Item) WaitsForLegs() bool {
	return it.Kind == Call && it.Call != nil && !it.Call.Detailed && it.Availability == Alive
}
