package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// ChatQuery selects chats. Its zero value is all one is a member of.
type ChatQuery struct {
	Account  int64  // 0: all
	Text     string // words of the title, begun or whole
	Unread   bool   // only those with unread posts
	Joinable bool   // instead: public teams one is not a member of
}

// ChatWindow is a part of the list of chats, the most recently active first.
type ChatWindow struct {
	Rows       []Chat
	Start, End bool
	Generation uint64
}

const selectChat = `SELECT c.id, c.account, c.remote, c.type, c.name, c.title, c.description, c.public, c.joined, c.archived, c.favorite,
	c.active, c.unread, c.mentions, c.read_to, c.looked, c.latest, c.protected, c.sealed, c.readonly,
	coalesce(p.author, ''), coalesce(p.system, ''), coalesce(p.mine, 0), coalesce(p.removed, 0), coalesce(i.preview, ''), coalesce(i.files, 0), coalesce(n.name, ''),
	EXISTS (SELECT 1 FROM chat_gaps g WHERE g.chat = c.id), (SELECT count(*) FROM members m WHERE m.chat = c.id),
	CASE c.type WHEN 'direct' THEN coalesce((SELECT m.person FROM members m LEFT JOIN people o ON o.account = c.account AND o.remote = m.person
		WHERE m.chat = c.id AND coalesce(o.me, 0) = 0 LIMIT 1), '') ELSE '' END
	FROM chats c LEFT JOIN posts p ON p.item = c.latest LEFT JOIN items i ON i.id = c.latest
	LEFT JOIN people n ON n.account = c.account AND n.remote = p.author`

func scanChat(sc scanner) (c Chat, err error) {
	var active, readTo, looked, latest int64
	var author, system, preview, name string
	var mine, removed, gap bool
	var files int
	err = sc.Scan(&c.ID, &c.Account, &c.Remote, (*string)(&c.Type), &c.Name, &c.Title, &c.Description, &c.Public, &c.Joined, &c.Archived, &c.Favorite,
		&active, &c.Unread, &c.Mentions, &readTo, &looked, &latest, &c.Protected, &c.Sealed, &c.ReadOnly,
		&author, &system, &mine, &removed, &preview, &files, &name, &gap, &c.Size, &c.Other)
	c.Active, c.ReadTo = fromMilli(active), ID(readTo)
	c.Older = gap || looked == 0
	c.Pending = strings.HasPrefix(c.Remote, "~")
	if latest != 0 {
		c.Latest = latestLine(author, name, system, preview, mine, removed, files)
	}
	return c, err
}

// latestLine is a post on one line: "Ana: see you at 3".
func latestLine(author, name, system, preview string, mine, removed bool, files int) string {
	who := firstWord(PersonName(name, author))
	if mine {
		who = "You"
	}
	switch {
	case removed:
		return who + " removed a post"
	case system != "":
		return who + " " + systemWords(system)
	case preview == "" && files > 1:
		return fmt.Sprintf("%s: %d files", who, files)
	case preview == "" && files == 1:
		return who + ": a file"
	}
	return who + ": " + Unmarked(preview)
}

func systemWords(system string) string {
	switch system {
	case "joined":
		return "joined"
	case "added":
		return "added somebody"
	case "removed":
		return "removed somebody"
	}
	return system
}

// PersonName is what somebody is called: the name, or what there is instead while it
// is not known.
func PersonName(name, remote string) string {
	switch {
	case name != "":
		return name
	case remote == "":
		return "Somebody"
	}
	return "Person " + remote
}

func firstWord(s string) string {
	if w, _, ok := strings.Cut(s, " "); ok && utf8.RuneCountInString(w) > 1 && w != "Person" && !strings.HasSuffix(w, ".") {
		return strings.TrimRight(w, ",")
	}
	return s
}

// where is the query as SQL, and the index to walk.
func (q ChatQuery) where() (index, cond string, args []any) {
	index, cond = "chats_active", `c.joined = 1`
	switch {
	case q.Joinable:
		index, cond = "chats_public", `c.joined = 0 AND c.public = 1 AND c.archived = 0`
	case q.Unread:
		index, cond = "chats_unread", `c.joined = 1 AND c.unread > 0`
	}
	if q.Account != 0 {
		cond += ` AND c.account = ?`
		args = append(args, q.Account)
	}
	esc := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
	for _, w := range strings.Fields(CleanLine(q.Text)) {
		cond += ` AND ' ' || c.title LIKE ? ESCAPE '\'`
		args = append(args, "% "+esc.Replace(strings.TrimLeft(w, "#@"))+"%")
	}
	return index, cond, args
}

// ChatWindow reads the chats around one, the most recently active first: at most before
// of them before it, the chat itself and at most after after it. At 0 it reads from the
// start, at -1 up to the end; a chat that is not in the list gives the start.
func (s *Store) ChatWindow(ctx context.Context, q ChatQuery, at int64, before, after int) (ChatWindow, error) {
	w, err := s.chatWindow(ctx, q, at, min(max(before, 0), maxWindow), min(max(after, 0), maxWindow))
	return w, s.fault("reading the chats", err)
}

func (s *Store) chatWindow(ctx context.Context, q ChatQuery, at int64, before, after int) (ChatWindow, error) {
	w := ChatWindow{Generation: s.Generation()}
	tx, err := s.r.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return w, err
	}
	defer tx.Rollback()
	index, cond, args := q.where()
	walk := func(key string, keys []any, down bool, limit int) ([]Chat, error) {
		dir := "DESC"
		if !down {
			dir = "ASC"
		}
		query := selectChat + ` JOIN (SELECT c.id AS pick FROM chats c INDEXED BY ` + index + ` WHERE ` + cond + key +
			` ORDER BY c.active ` + dir + `, c.id ` + dir + ` LIMIT ?) ON pick = c.id ORDER BY c.active ` + dir + `, c.id ` + dir
		rows, err := tx.QueryContext(ctx, query, slices.Concat(args, keys, []any{limit})...)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		var out []Chat
		for rows.Next() {
			c, err := scanChat(rows)
			if err != nil {
				return nil, err
			}
			out = append(out, c)
		}
		return out, rows.Err()
	}
	var active int64
	if at > 0 {
		err := tx.QueryRowContext(ctx, `SELECT c.active FROM chats c WHERE c.id = ? AND `+cond, append([]any{at}, args...)...).Scan(&active)
		if errors.Is(err, sql.ErrNoRows) {
			at, after = 0, before+after
		} else if err != nil {
			return w, err
		}
	}
	switch {
	case at == 0:
		rest, err := walk("", nil, true, after+2)
		w.Rows, w.Start, w.End = rest[:min(len(rest), after+1)], true, len(rest) <= after+1
		return w, err
	case at < 0:
		rest, err := walk("", nil, false, before+2)
		w.Rows, w.Start, w.End = rest[:min(len(rest), before+1)], len(rest) <= before+1, true
		slices.Reverse(w.Rows)
		return w, err
	}
	rest, err := walk(` AND (c.active, c.id) <= (?, ?)`, []any{active, at}, true, after+2)
	if err != nil {
		return w, err
	}
	w.End = len(rest) <= after+1
	rest = rest[:min(len(rest), after+1)]
	if w.Rows, err = walk(` AND (c.active, c.id) > (?, ?)`, []any{active, at}, false, before+1); err != nil {
		return w, err
	}
	w.Start = len(w.Rows) <= before
	w.Rows = w.Rows[:min(len(w.Rows), before)]
	slices.Reverse(w.Rows)
	w.Rows = append(w.Rows, rest...)
	return w, nil
}

// ChatOf reads one chat.
func (s *Store) ChatOf(ctx context.Context, id int64) (Chat, error) {
	c, err := scanChat(s.ask(ctx, selectChat+` WHERE c.id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return Chat{}, fmt.Errorf("chat %d: %w", id, ErrNotFound)
	}
	return c, s.fault("reading a chat", err)
}

// NextUnreadChat is the chat with unread posts that comes after another in the list of
// those one is a member of, or the first of all if there is none. The error is
// [ErrNotFound] when no other chat has unread posts.
func (s *Store) NextUnreadChat(ctx context.Context, account, after int64) (int64, error) {
	var active int64
	err := s.r.QueryRowContext(ctx, `SELECT active FROM chats WHERE id = ?`, after).Scan(&active)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, s.fault("looking for unread posts", err)
	}
	const query = `SELECT c.id FROM chats c INDEXED BY chats_unread WHERE c.unread > 0 AND c.joined = 1 AND (? = 0 OR c.account = ?) AND c.id <> ?`
	var id int64
	err = s.r.QueryRowContext(ctx, query+` AND (c.active, c.id) < (?, ?) ORDER BY c.active DESC, c.id DESC LIMIT 1`, account, account, after, active, after).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		err = s.r.QueryRowContext(ctx, query+` ORDER BY c.active DESC, c.id DESC LIMIT 1`, account, account, after).Scan(&id)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("no unread posts: %w", ErrNotFound)
	}
	return id, s.fault("looking for unread posts", err)
}

// UnreadChats is how many chats have unread posts, and how many of those mention
// oneself. It looks at no more than those.
func (s *Store) UnreadChats(ctx context.Context) (chats, mentions int, err error) {
	err = s.r.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(mentions > 0), 0) FROM chats INDEXED BY chats_unread WHERE unread > 0 AND joined = 1`).
		Scan(&chats, &mentions)
	return chats, mentions, s.fault("counting unread chats", err)
}

// FindChat is the chat a person means: by its id at the service, by its whole title or,
// if only one fits, by a part of it. Only those one is a member of are looked at.
func (s *Store) FindChat(ctx context.Context, text string) (Chat, error) {
	text = CleanLine(text)
	var id int64
	err := s.r.QueryRowContext(ctx, `SELECT id FROM chats WHERE joined = 1 AND (remote = ? OR title = ? COLLATE NOCASE)
		ORDER BY remote = ? DESC, active DESC LIMIT 1`, text, text, text).Scan(&id)
	if err == nil {
		return s.ChatOf(ctx, id)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return Chat{}, s.fault("looking for a chat", err)
	}
	w, err := s.ChatWindow(ctx, ChatQuery{Text: text}, 0, 0, 2)
	switch {
	case err != nil:
		return Chat{}, err
	case text == "" || len(w.Rows) == 0:
		return Chat{}, fmt.Errorf("chat %q: %w", text, ErrNotFound)
	case len(w.Rows) > 1:
		return Chat{}, fmt.Errorf("chat %q %w, for example %q and %q: give more of the name", text, ErrSeveral, w.Rows[0].Title, w.Rows[1].Title)
	}
	return w.Rows[0], nil
}

// titleNames is how many members a group is called by.
const titleNames = 4

// retitle makes what a chat is called anew.
func retitle(tx *sql.Tx, chat int64) error {
	var account int64
	var typ ChatType
	var name string
	if err := tx.QueryRow(`SELECT account, type, name FROM chats WHERE id = ?`, chat).Scan(&account, (*string)(&typ), &name); err != nil {
		return err
	}
	title := name
	if title == "" {
		var err error
		if title, err = titleOf(tx, chat, account, typ); err != nil {
			return err
		}
	}
	_, err := tx.Exec(`UPDATE chats SET title = ? WHERE id = ? AND title <> ?`, title, chat, title)
	return err
}

// titleOf is what a chat without a name is called.
func titleOf(tx *sql.Tx, chat, account int64, typ ChatType) (string, error) {
	switch typ {
	case ChatPersonal:
		return "Notes to self", nil
	case ChatEveryone:
		return "Everyone", nil
	case ChatTeam:
		return "Team without a name", nil
	case "":
		return "Chat", nil
	}
	rows, err := tx.Query(`SELECT m.person, coalesce(p.name, '') FROM members m LEFT JOIN people p ON p.account = ? AND p.remote = m.person
		WHERE m.chat = ? AND coalesce(p.me, 0) = 0 ORDER BY coalesce(p.name, '') = '', p.name COLLATE NOCASE, m.person LIMIT 50`, account, chat)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var id, name string
		if err := rows.Scan(&id, &name); err != nil {
			return "", err
		}
		names = append(names, PersonName(name, id))
	}
	if err := rows.Err(); err != nil {
		return "", err
	}
	switch n := len(names); {
	case n == 0:
		return "Nobody else", nil
	case n == 1:
		return names[0], nil
	case n <= titleNames:
		for i := range names {
			names[i] = firstWord(names[i])
		}
		return strings.Join(names, ", "), nil
	default:
		for i := range names[:titleNames-1] {
			names[i] = firstWord(names[i])
		}
		return fmt.Sprintf("%s +%d", strings.Join(names[:titleNames-1], ", "), n-titleNames+1), nil
	}
}
