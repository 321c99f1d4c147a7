package store

import "context"

// CopyProtected counts those items that are posts of chats whose owner has asked that what
// is in them does not leave them (copyProtected of a room of Symphony). It reads no more of
// an item than which chat it is of, so that a whole list can be asked about.
func (s *Store) CopyProtected(ctx context.Context, ids []ID) (n int, err error) {
	if len(ids) == 0 {
		return 0, nil
	}
	err = s.r.QueryRowContext(ctx, `SELECT count(*) FROM json_each(?) j CROSS JOIN items i ON i.id = j.value
		JOIN chats k ON k.id = i.chat WHERE k.protected = 1`, jsonOf(asInts(ids))).Scan(&n)
	return n, s.fault("looking for copy-protected chats", err)
}
