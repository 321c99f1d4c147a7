package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
)

// ItemsOf are the items an operation is about, as they are called now: a post or message
// that the service has taken is another item than the one that showed it until then.
func (s *Store) ItemsOf(ctx context.Context, op int64) ([]ID, error) {
	ids, err := s.ids(ctx, `SELECT item FROM op_items WHERE op = ?1 AND item <> 0
		UNION SELECT d.item FROM sends d JOIN items i ON i.id = d.item WHERE d.op = ?1`, op)
	if err != nil || len(ids) > 0 {
		return ids, s.fault("looking up a change", err)
	}
	var object, remote string
	err = s.ask(ctx, `SELECT object, remote FROM deeds WHERE op = ?`, op).Scan(&object, &remote)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	name, isPost := strings.CutPrefix(object, "post:")
	if err != nil || !isPost {
		return nil, s.fault("looking up a change", err)
	}
	if remote != "" {
		ids, err = s.ids(ctx, `SELECT p.item FROM deeds d JOIN posts p ON p.remote = d.remote JOIN items i ON i.id = p.item AND i.account = d.account
			WHERE d.op = ? LIMIT 1`, op)
		return ids, s.fault("looking up a change", err)
	}
	id, err := ParseID(name)
	if err != nil {
		return nil, nil
	}
	ids, err = s.ids(ctx, `SELECT id FROM items WHERE id = ?`, int64(id))
	return ids, s.fault("looking up a change", err)
}
