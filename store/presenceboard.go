package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"sync"
)

// presenceCache is what was last read of who is there: the signs beside names are asked
// for with every frame.
type presenceCache struct {
	mu      sync.Mutex
	loaded  bool
	dirty   bool   // something was written since
	suspect bool   // it was read amid a change, which may have been committed after
	gen     uint64 // the store's when it was read
	outside int64  // the file's data version when it was read
	names   int64  // the contacts' version when it was read
	all     []Presence
	queues  []Queue
	byKey   map[presenceKey]int // of all; by id and by extension number
}

type presenceKey struct {
	account   int64
	extension string
}

// forget has the next question read anew.
func (c *presenceCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dirty = true
}

// PresenceBoard is who is there, for the screen that shows it.
type PresenceBoard struct {
	Me     []Presence `json:"me"`      // one for each account that tells
	People []Presence `json:"watched"` // people and queues one watches, by state and name
	Queues []Queue    `json:"queues"`  // one is a member of, by name
}

// PresenceBoard is who is there.
func (s *Store) PresenceBoard(ctx context.Context) (PresenceBoard, error) {
	c := &s.present
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := s.readPresence(ctx); err != nil {
		return PresenceBoard{}, s.fault("reading who is there", err)
	}
	b := PresenceBoard{Me: []Presence{}, People: []Presence{}, Queues: slices.Clone(c.queues)}
	for _, p := range c.all {
		if p.Mine {
			b.Me = append(b.Me, p)
		}
		if p.Watched && !p.Mine {
			b.People = append(b.People, p)
		}
	}
	slices.SortStableFunc(b.People, byState)
	return b, nil
}

// byState puts people before queues, who is free before who is not, and then goes by name.
func byState(a, b Presence) int {
	queue := func(p Presence) int {
		if p.IsQueue() {
			return 1
		}
		return 0
	}
	return cmp.Or(
		cmp.Compare(queue(a), queue(b)), cmp.Compare(a.Rank(), b.Rank()),
		strings.Compare(strings.ToLower(cmp.Or(a.Name, a.Number)), strings.ToLower(cmp.Or(b.Name, b.Number))),
		strings.Compare(a.Extension, b.Extension),
	)
}

// Rank is a place in the order of who can be reached: 0 is free, then who is on the
// telephone, busy, not to be disturbed, not there, and of whom nothing is known.
func (p Presence) Rank() int {
	switch {
	case p.Err != "" || p.Told.IsZero():
		return 6
	case p.Quiet():
		return 3
	case p.Talks():
		return 1
	case p.Status == PresenceAvailable:
		return 0
	case p.Status == PresenceBusy:
		return 2
	case p.Status == PresenceOffline:
		return 4
	}
	return 5
}

// Talks reports whether somebody has to do with a telephone now.
func (st PresenceState) Talks() bool { return st.Telephony != "" && st.Telephony != CallNone }

// IsQueue reports whether p is a queue, which has no status of its own.
func (p Presence) IsQueue() bool { return p.Type == "Department" }

// IsPerson reports whether p can have a status of its own, as far as is known.
func (p Presence) IsPerson() bool {
	return p.Type == "User" || p.Type == "" && (p.User != "" || p.Telephony != "" || p.Told.IsZero())
}

// PresenceOf is what is known of somebody by the service's id or the extension number;
// ok is false when nothing is.
func (s *Store) PresenceOf(ctx context.Context, account int64, extension string) (p Presence, ok bool, err error) {
	c := &s.present
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := s.readPresence(ctx); err != nil {
		return p, false, s.fault("reading who is there", err)
	}
	i, ok := c.byKey[presenceKey{account, extension}]
	if ok {
		p = c.all[i]
	}
	return p, ok, nil
}

// PresenceSigns is how people stand, by the service's id and by extension number, as
// Rank says. A number that belongs to several people who stand differently is left out.
func (s *Store) PresenceSigns(ctx context.Context) (map[string]int, error) {
	c := &s.present
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := s.readPresence(ctx); err != nil {
		return nil, s.fault("reading who is there", err)
	}
	signs := make(map[string]int, 2*len(c.all))
	var differ []string
	for _, p := range c.all {
		if !p.IsPerson() || p.Rank() > 5 {
			continue
		}
		for _, key := range []string{p.Extension, p.Number} {
			if old, ok := signs[key]; ok && old != p.Rank() {
				differ = append(differ, key)
			}
			signs[key] = p.Rank()
		}
	}
	for _, key := range append(differ, "") {
		delete(signs, key)
	}
	return signs, nil
}

// readPresence brings the cache up to date. Its lock is held.
func (s *Store) readPresence(ctx context.Context) error {
	c := &s.present
	var names int64
	if err := s.r.QueryRowContext(ctx, `SELECT n FROM contact_version`).Scan(&names); err != nil {
		return err
	}
	if c.loaded && !c.dirty && c.names == names && c.outside == s.outside.Load() && (!c.suspect || c.gen == s.gen.Load()) {
		return nil
	}
	amid, gen, outside := c.dirty, s.gen.Load(), s.outside.Load()
	c.dirty = false
	if err := s.loadBoard(ctx); err != nil {
		c.loaded = false
		return err
	}
	c.loaded, c.suspect, c.gen, c.outside, c.names = true, amid, gen, outside, names
	return nil
}

func (s *Store) loadBoard(ctx context.Context) error {
	tx, err := s.r.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	c := &s.present
	c.all, c.byKey = nil, map[presenceKey]int{}
	if err := c.readRows(tx); err != nil {
		return err
	}
	if err := c.readWatched(tx); err != nil {
		return err
	}
	if err := c.readPending(tx); err != nil {
		return err
	}
	if err := c.readNames(tx); err != nil {
		return err
	}
	for i, p := range c.all {
		if p.Number != "" {
			c.byKey[presenceKey{p.Account, p.Number}] = i
		}
	}
	return nil
}

func (c *presenceCache) readRows(tx *sql.Tx) error {
	rows, err := tx.Query(`SELECT extension, number, mine, state, sequence, sequenced, since, told, error, account FROM presence`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var account int64
		r, err := scanPresence(withLast{rows, &account})
		if err != nil {
			return err
		}
		c.byKey[presenceKey{account, r.extension}] = len(c.all)
		c.all = append(c.all, Presence{
			Account: account, Extension: r.extension, Number: r.number, PresenceState: r.state,
			Since: r.since, Told: r.told, Mine: r.mine, Err: r.err,
		})
	}
	return rows.Err()
}

// withLast scans one column more than is asked for.
type withLast struct {
	sc   scanner
	last any
}

func (w withLast) Scan(dest ...any) error { return w.sc.Scan(append(dest, w.last)...) }

func (c *presenceCache) readWatched(tx *sql.Tx) error {
	rows, err := tx.Query(`SELECT account, extension, name, number, type, agents FROM watched`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var w Presence
		var agents string
		if err := rows.Scan(&w.Account, &w.Extension, &w.Name, &w.Number, &w.Type, &agents); err != nil {
			return err
		}
		i, ok := c.byKey[presenceKey{w.Account, w.Extension}]
		if !ok {
			i = len(c.all)
			c.byKey[presenceKey{w.Account, w.Extension}] = i
			c.all = append(c.all, Presence{Account: w.Account, Extension: w.Extension})
		}
		p := &c.all[i]
		p.Watched, p.Name, p.Type = true, w.Name, w.Type
		p.Number = cmp.Or(p.Number, w.Number)
		if agents != "" {
			if err := json.Unmarshal([]byte(agents), &p.Team); err != nil {
				p.Team = nil
			}
		}
	}
	return rows.Err()
}

// readPending reads the queues one is a member of, and what is on its way.
func (c *presenceCache) readPending(tx *sql.Tx) error {
	pending := map[presenceKey]bool{}
	rows, err := tx.Query(`SELECT d.account, d.object FROM deeds d JOIN ops o ON o.id = d.op WHERE o.state IN (0, 1, 5) AND o.verb IN (?, ?)`,
		string(VerbPresence), string(VerbQueue))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var k presenceKey
		if err := rows.Scan(&k.account, &k.extension); err != nil {
			return err
		}
		if !strings.HasPrefix(k.extension, objectQueue) {
			k.extension = ""
		}
		pending[k] = true
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for i := range c.all {
		if p := &c.all[i]; p.Mine {
			p.Pending = pending[presenceKey{account: p.Account}]
		}
	}
	c.queues = []Queue{}
	list, err := tx.Query(`SELECT account, queue, name, number, editable, takes FROM queues ORDER BY lower(name), queue`)
	if err != nil {
		return err
	}
	defer list.Close()
	for list.Next() {
		var q Queue
		if err := list.Scan(&q.Account, &q.ID, &q.Name, &q.Number, &q.Editable, &q.Takes); err != nil {
			return err
		}
		q.Pending = pending[presenceKey{q.Account, objectQueue + q.ID}]
		c.queues = append(c.queues, q)
	}
	return list.Err()
}

// readNames looks up in the directory whom the extensions belong to.
func (c *presenceCache) readNames(tx *sql.Tx) error {
	accounts := map[int64]string{}
	rows, err := tx.Query(`SELECT id, key FROM accounts`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var key string
		if err := rows.Scan(&id, &key); err != nil {
			return err
		}
		accounts[id] = companyOf(key)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for account, book := range accounts {
		if err := c.readBook(tx, account, book); err != nil {
			return err
		}
	}
	return nil
}

func (c *presenceCache) readBook(tx *sql.Tx, account int64, book string) error {
	rows, err := tx.Query(`SELECT c.remote, c.name, c.extension, c.type FROM
		(SELECT extension FROM presence WHERE account = ?1 UNION SELECT extension FROM watched WHERE account = ?1) p
		CROSS JOIN contacts c ON c.book = ?2 AND c.source = ?3 AND c.remote = p.extension WHERE c.hidden = 0`, account, book, int64(Directory))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var extension, name, number, kind string
		if err := rows.Scan(&extension, &name, &number, &kind); err != nil {
			return err
		}
		p := &c.all[c.byKey[presenceKey{account, extension}]]
		p.Name, p.Number, p.Type = cmp.Or(name, p.Name), cmp.Or(p.Number, number), cmp.Or(kind, p.Type)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return c.readPeople(tx, account)
}

// readPeople looks up among those who post whom the presences are of, where there is no
// directory.
func (c *presenceCache) readPeople(tx *sql.Tx, account int64) error {
	rows, err := tx.Query(`SELECT n.remote, n.name FROM
		(SELECT extension FROM presence WHERE account = ?1 UNION SELECT extension FROM watched WHERE account = ?1) p
		CROSS JOIN people n ON n.account = ?1 AND n.remote = p.extension WHERE n.name <> ''`, account)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var person, name string
		if err := rows.Scan(&person, &name); err != nil {
			return err
		}
		p := &c.all[c.byKey[presenceKey{account, person}]]
		p.Name = cmp.Or(p.Name, name)
	}
	return rows.Err()
}
