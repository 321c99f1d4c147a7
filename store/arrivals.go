package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// arrivalTables keep what came in lately, in the order in which it came to be here, so
// that each process can tell its person of it, whichever of them took it in.
const arrivalTables = `
CREATE TABLE arrivals (
	seq  INTEGER PRIMARY KEY AUTOINCREMENT,
	item INTEGER NOT NULL
) STRICT;
`

const (
	arrivalsKept = 2000           // so many are remembered
	arrivalsMost = 500            // so many are read at once
	arrivalsAge  = 24 * time.Hour // older ones were in the history
)

// Arrival is an item that came in.
type Arrival struct {
	Seq     int64 // later ones have higher numbers
	Row     Row
	Account string // Account.Key
	Mention bool   // of a post: it names the person, or is to them alone
}

// arrive remembers a new item for those who are to be told of it: that which came in,
// and wants to be looked at.
func (b *ingest) arrive(p *record, base State) error {
	now := b.s.now()
	if p.Direction != Inbound || p.Read || p.Availability != Alive || base != StateOpen || p.Kind == Post || // see arrivePosts
		!p.Time.After(b.acc.Since) || now.Sub(p.Time).Abs() > arrivalsAge {
		return nil
	}
	_, err := b.tx.Exec(`INSERT INTO arrivals (item) VALUES (?)`, int64(p.id))
	b.arrived = b.arrived || err == nil
	return err
}

// tidyArrivals forgets what came in long ago.
func (b *ingest) tidyArrivals() error {
	if !b.arrived {
		return nil
	}
	return tidyArrivals(b.tx)
}

func tidyArrivals(tx *sql.Tx) error {
	_, err := tx.Exec(`DELETE FROM arrivals WHERE seq <= (SELECT max(seq) FROM arrivals) - ?`, arrivalsKept)
	return err
}

// arrivePosts remembers which of some posts of a chat, or of all for nil, are to be told
// of: those of others that are unread and not part of the history. It does so only once
// it is known what the chat is, as that says whether a post is to the person alone.
func (s *Store) arrivePosts(tx *sql.Tx, chat int64, items []int64) error {
	list, err := json.Marshal(items)
	if err != nil {
		return err
	}
	now := s.now()
	_, err = tx.Exec(`INSERT INTO arrivals (item) SELECT p.item FROM posts p JOIN chats c ON c.id = p.chat JOIN accounts a ON a.id = p.account
		WHERE p.chat = ?1 AND c.type <> '' AND (?2 = 'null' OR p.item IN (SELECT value FROM json_each(?2)))
			AND p.mine = 0 AND p.removed = 0 AND p.system = '' AND p.item > c.read_to
			AND p.item >= a.since << ?3 AND p.item BETWEEN ?4 AND ?5 ORDER BY p.item`,
		chat, string(list), idBits, int64(FirstID(now.Add(-arrivalsAge))), int64(FirstID(now.Add(arrivalsAge))))
	if err != nil {
		return err
	}
	return tidyArrivals(tx)
}

// LastArrival is the number of the latest arrival; 0: there was none.
func (s *Store) LastArrival(ctx context.Context) (seq int64, err error) {
	err = s.r.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM arrivals`).Scan(&seq)
	return seq, s.fault("reading what came in", err)
}

// Arrivals are what came in after the one of that number, in the order in which it came
// to be here, at most 500; those done meanwhile are left out. last is the number to go
// on from.
func (s *Store) Arrivals(ctx context.Context, after int64) (list []Arrival, last int64, err error) {
	list, last, err = s.arrivals(ctx, after)
	s.knowEach(ctx, len(list), func(i int) *Row { return &list[i].Row })
	return list, last, s.fault("reading what came in", err)
}

func (s *Store) arrivals(ctx context.Context, after int64) (list []Arrival, last int64, err error) {
	if last, err = s.LastArrival(ctx); err != nil || last <= after {
		return nil, last, err // lower: the database was made anew
	}
	rows, err := s.r.QueryContext(ctx, `SELECT `+rowColumns+`, v.seq, coalesce(a.key, ''), coalesce(p.mention = 1 OR c.type = 'direct', 0),
			coalesce(p.removed <> 0 OR p.item <= c.read_to, 0) FROM arrivals v JOIN items i ON i.id = v.item
		LEFT JOIN accounts a ON a.id = i.account LEFT JOIN posts p ON p.item = i.id LEFT JOIN chats c ON c.id = p.chat
		WHERE v.seq > ? ORDER BY v.seq LIMIT ?`, after, arrivalsMost)
	if err != nil {
		return nil, after, err
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var a Arrival
		var seen bool
		if a.Row, err = scanRow(rows, &a.Seq, &a.Account, &a.Mention, &seen); err != nil {
			return nil, after, err
		}
		if n++; n == arrivalsMost {
			last = a.Seq
		}
		if a.Row.State != Done && a.Row.Availability == Alive && !seen {
			list = append(list, a)
		}
	}
	return list, last, rows.Err()
}

// Settled are those of some items that nobody has to be told of any more: done, read,
// or gone from the service. A post is read where the read mark of its chat is past it.
func (s *Store) Settled(ctx context.Context, ids []ID) ([]ID, error) {
	list := make([]int64, len(ids))
	for i, id := range ids {
		list[i] = int64(id)
	}
	args, err := json.Marshal(list)
	if err != nil {
		return nil, fmt.Errorf("reading what came in: %w", err)
	}
	open, err := s.ids(ctx, `SELECT i.id FROM json_each(?) j CROSS JOIN items i ON i.id = j.value
		LEFT JOIN posts p ON p.item = i.id LEFT JOIN chats c ON c.id = p.chat
		WHERE i.availability = 0 AND CASE WHEN p.item IS NULL THEN i.state <> ? AND NOT i.read ELSE p.removed = 0 AND p.item > c.read_to END`,
		string(args), int64(Done))
	if err != nil {
		return nil, s.fault("reading what came in", err)
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id ID) bool { return slices.Contains(open, id) }), nil
}
