package store

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
)

// ContactIDs are at most most ids of a list of contacts, in its order: for marks, which
// must not change when the list does.
func (s *Store) ContactIDs(ctx context.Context, q ContactQuery, most int) ([]int64, error) {
	ids, err := s.contactIDs(ctx, q, most)
	return ids, s.fault("reading the contacts", err)
}

func (s *Store) contactIDs(ctx context.Context, q ContactQuery, most int) ([]int64, error) {
	p, err := s.planContacts(ctx, s.r, q)
	if err != nil {
		return nil, err
	}
	rows, err := s.r.QueryContext(ctx, `SELECT c.id FROM `+p.from+` WHERE `+p.where+` ORDER BY c.sort, c.id LIMIT ?`, append(p.args, max(most, 0))...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// ContactOf is the contact a change was about, by the id of its [Op]: of one that was
// made, what it is called here. The error is [ErrNotFound] where it was about none.
func (s *Store) ContactOf(ctx context.Context, op int64) (int64, error) {
	var object string
	err := s.ask(ctx, `SELECT object FROM deeds WHERE op = ?`, op).Scan(&object)
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("change %d: %w", op, ErrNotFound)
	}
	if err != nil {
		return 0, s.fault("looking up a change", err)
	}
	return objectID(object)
}

// ExportContacts writes these contacts as vCards, in this order, and says how many there
// were: one that is gone is passed over.
func (s *Store) ExportContacts(ctx context.Context, ids []int64, w io.Writer) (n int, err error) {
	out := bufio.NewWriter(w)
	for _, id := range ids {
		c, err := s.Contact(ctx, id)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err == nil {
			err = writeCard(out, &c)
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, out.Flush()
}
