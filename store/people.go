package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// peopleAtOnce is how many names are asked for in one go.
const peopleAtOnce = 90

// Persons are people whose name, or a word of it, begins with prefix, by name: for
// completing a mention. Of the chat's members first, if chat is not 0.
func (s *Store) Persons(ctx context.Context, account, chat int64, prefix string, limit int) ([]Person, error) {
	prefix = strings.ToLower(CleanLine(prefix))
	like := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(prefix) + "%"
	rows, err := s.r.QueryContext(ctx, `SELECT p.remote, p.name, p.email, p.company FROM people p
		WHERE p.account = ? AND p.state = 1 AND p.me = 0 AND (p.name LIKE ? ESCAPE '\' OR p.name LIKE ? ESCAPE '\')
		ORDER BY NOT EXISTS (SELECT 1 FROM members m WHERE m.chat = ? AND m.person = p.remote), p.name COLLATE NOCASE, p.remote LIMIT ?`,
		account, like, "% "+like, chat, limit)
	if err != nil {
		return nil, s.fault("looking for people", err)
	}
	ps, err := scanPeople(rows)
	return ps, s.fault("looking for people", err)
}

func scanPeople(rows *sql.Rows) ([]Person, error) {
	defer rows.Close()
	var ps []Person
	for rows.Next() {
		var p Person
		if err := rows.Scan(&p.Remote, &p.Name, &p.Email, &p.Company); err != nil {
			return nil, err
		}
		ps = append(ps, p)
	}
	return ps, rows.Err()
}

// Members are the members of a chat, oneself included, by name. Those whose names are
// not known come last; names that were never asked for are asked for now.
func (s *Store) Members(ctx context.Context, chat int64) ([]Person, error) {
	c, err := s.ChatOf(ctx, chat)
	if err != nil {
		return nil, err
	}
	if err := s.nameMembers(ctx, c); err != nil {
		s.log.Warn("names of members are missing", "chat", c.Remote, "err", err) // ids are shown
	}
	rows, err := s.r.QueryContext(ctx, `SELECT m.person, coalesce(p.name, ''), coalesce(p.email, ''), coalesce(p.company, '')
		FROM members m LEFT JOIN people p ON p.account = ? AND p.remote = m.person WHERE m.chat = ?
		ORDER BY coalesce(p.name, '') = '', p.name COLLATE NOCASE, m.person`, c.Account, chat)
	if err != nil {
		return nil, s.fault("reading the members", err)
	}
	ps, err := scanPeople(rows)
	return ps, s.fault("reading the members", err)
}

// nameMembers asks for the names of members nobody asked for before.
func (s *Store) nameMembers(ctx context.Context, c Chat) error {
	svc, _ := s.chatService(c.Account)
	if svc == nil {
		return nil
	}
	ids, err := s.strings(ctx, `SELECT m.person FROM members m LEFT JOIN people p ON p.account = ? AND p.remote = m.person
		WHERE m.chat = ? AND coalesce(p.state, 0) = 0 LIMIT 500`, c.Account, c.ID)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(ids, peopleAtOnce) {
		if err := s.askNames(ctx, c.Account, svc, part); err != nil {
			return err
		}
	}
	return nil
}

// strings runs a query that gives one text a row.
func (s *Store) strings(ctx context.Context, query string, args ...any) ([]string, error) {
	rows, err := s.r.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return scanStrings(rows)
}

func scanStrings(rows *sql.Rows) ([]string, error) {
	defer rows.Close()
	var out []string
	for rows.Next() {
		var t string
		if err := rows.Scan(&t); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

// askNames asks the service who people are, and writes it down.
func (s *Store) askNames(ctx context.Context, account int64, svc ChatService, ids []string) error {
	people, err := svc.People(ctx, ids)
	if err != nil {
		return fmt.Errorf("asking for names: %w", err)
	}
	return s.write(ctx, func(tx *sql.Tx) error { return s.takePeople(tx, account, ids, people) })
}

// takePeople writes down who people are. Of those asked for, who is not among the
// answers is not asked for again.
func (s *Store) takePeople(tx *sql.Tx, account int64, asked []string, people []Person) error {
	for _, p := range people {
		p = Person{Remote: CleanLine(p.Remote), Name: CleanLine(p.Name), Email: CleanLine(p.Email), Company: CleanLine(p.Company)}
		if p.Remote == "" {
			continue
		}
		var old string
		err := tx.QueryRow(`SELECT name FROM people WHERE account = ? AND remote = ?`, account, p.Remote).Scan(&old)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		_, err = tx.Exec(`INSERT INTO people (account, remote, name, email, company, state) VALUES (?, ?, ?, ?, ?, 1)
			ON CONFLICT (account, remote) DO UPDATE SET name = excluded.name, email = excluded.email, company = excluded.company, state = 1`,
			account, p.Remote, p.Name, p.Email, p.Company)
		if err != nil {
			return err
		}
		if p.Name != "" && p.Name != old {
			if err := s.renamed(tx, account, p); err != nil {
				return err
			}
		}
	}
	if len(asked) == 0 {
		return nil
	}
	list, err := json.Marshal(asked)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO people (account, remote, state) SELECT ?, value, 2 FROM json_each(?) WHERE true
		ON CONFLICT (account, remote) DO UPDATE SET state = 2 WHERE state = 0`, account, string(list))
	return err
}

// renamedPosts bounds how many older posts of one person get a new name in lists and
// in the search; in their chats all of them have it.
const renamedPosts = 2000

// renamed brings a name to where it is shown: posts that came before it, and chats
// that are called by their members.
func (s *Store) renamed(tx *sql.Tx, account int64, p Person) error {
	rows, err := tx.Query(`SELECT item FROM posts WHERE account = ? AND author = ? AND mine = 0 ORDER BY item DESC LIMIT ?`, account, p.Remote, renamedPosts)
	if err != nil {
		return err
	}
	ids, err := scanIDs(rows)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := tx.Exec(`UPDATE items SET who = ? WHERE id = ?`, p.Name, int64(id)); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE bodies SET parties = json_set(parties, '$.from.name', ?) WHERE item = ? AND json_valid(parties)`, p.Name, int64(id)); err != nil {
			return err
		}
	}
	if err := s.reindexAll(tx, ids); err != nil {
		return err
	}
	rows, err = tx.Query(`SELECT c.id FROM members m JOIN chats c ON c.id = m.chat
		WHERE m.person = ? AND c.account = ? AND c.type IN ('direct', 'group')`, p.Remote, account)
	if err != nil {
		return err
	}
	chats, err := scanIDs(rows)
	if err != nil {
		return err
	}
	for _, c := range chats {
		if err := retitle(tx, int64(c)); err != nil {
			return err
		}
	}
	return nil
}

func scanIDs(rows *sql.Rows) ([]ID, error) {
	defer rows.Close()
	var ids []ID
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, ID(id))
	}
	return ids, rows.Err()
}

// wantPeople has names asked for in the background.
func wantPeople(tx *sql.Tx, account int64, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO people (account, remote) SELECT ?, value FROM json_each(?) WHERE value <> ''
		ON CONFLICT DO NOTHING`, account, string(list))
	return err
}

// myself is the service's id for oneself; "" while that is not known.
func myself(db rower, account int64) (id string, err error) {
	err = db.QueryRow(`SELECT remote FROM people WHERE account = ? AND me = 1`, account).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return id, err
}

// rower is a *sql.DB or a *sql.Tx.
type rower interface {
	QueryRow(query string, args ...any) *sql.Row
}

// Myself is who one is in the chats of an account; empty while that is not known.
func (s *Store) Myself(ctx context.Context, account int64) (p Person, err error) {
	err = s.r.QueryRowContext(ctx, `SELECT remote, name, email, company FROM people WHERE account = ? AND me = 1`, account).
		Scan(&p.Remote, &p.Name, &p.Email, &p.Company)
	if errors.Is(err, sql.ErrNoRows) {
		return Person{}, nil
	}
	return p, s.fault("reading who you are", err)
}

// takeMyself writes down who one is.
func (s *Store) takeMyself(tx *sql.Tx, account int64, me Person) error {
	if me.Remote = CleanLine(me.Remote); me.Remote == "" {
		return errors.New("asking who you are: the service did not say")
	}
	if err := s.takePeople(tx, account, nil, []Person{me}); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE people SET me = (remote = ?) WHERE account = ?`, me.Remote, account); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE posts SET mine = 1 WHERE account = ? AND author = ?`, account, me.Remote)
	return err
}
