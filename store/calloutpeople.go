package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
)

// PersonParty is how somebody of one's own company is called, who is known by the id the
// service gives people in chats: by their entry in the directory. ErrNotFound means that
// there is none with a number.
func (s *Store) PersonParty(ctx context.Context, person string) (Party, error) {
	var p Party
	var numbers string
	err := s.r.QueryRowContext(ctx, `SELECT name, extension, numbers FROM contacts
		WHERE source = 2 AND remote = ? AND hidden = 0 ORDER BY id LIMIT 1`, person).Scan(&p.Name, &p.Extension, &numbers)
	if errors.Is(err, sql.ErrNoRows) {
		return p, ErrNotFound
	}
	if err != nil {
		return p, s.fault("looking up a colleague", err)
	}
	if p.Extension != "" {
		return p, nil // inside the company the extension is the shorter way
	}
	var list []PhoneNumber
	_ = json.Unmarshal([]byte(numbers), &list) // of a damaged row: nothing is known
	for _, n := range list {
		if !strings.Contains(strings.ToLower(n.Kind), "fax") {
			p.Number = cmp.Or(p.Number, n.Number)
		}
	}
	if p.Number == "" {
		return p, ErrNotFound
	}
	return p, nil
}
