package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

const selectPost = `SELECT ` + rowColumns + `, p.chat, p.remote, p.author, p.system, p.people, p.markdown, p.mentions, p.parent, p.thread,
	p.edited, p.removed, p.mine, p.mention, p.touched, p.fault, p.echo, p.item > c.read_to AND p.mine = 0 AND p.removed = 0 AND p.system = '',
	EXISTS (SELECT 1 FROM chat_gaps g WHERE g.chat = p.chat AND g.below = p.item),
	coalesce(n.name, ''), coalesce(n.email, ''), coalesce(n.company, '')
	FROM posts p JOIN items i ON i.id = p.item JOIN chats c ON c.id = p.chat LEFT JOIN people n ON n.account = p.account AND n.remote = p.author`

// postExtra is what a post needs besides its row.
type postExtra struct {
	people  []string
	touched bool
	object  string // of deeds
}

func scanPost(sc scanner) (p ChatPost, x postExtra, err error) {
	var edited, echo int64
	var removed int
	var people, mentions string
	p.Row, err = scanRow(sc, &p.Chat, &p.Remote, &p.Author.Remote, &p.System, &people, &p.Markdown, &mentions, &p.Parent, &p.Thread,
		&edited, &removed, &p.Mine, &p.Mention, &x.touched, &p.Fault, &echo, &p.Unread, &p.Gap, &p.Author.Name, &p.Author.Email, &p.Author.Company)
	if err != nil {
		return p, x, err
	}
	p.Edited, p.Removed = fromMilli(edited), removed != 0
	if removed == 2 {
		p.Markdown = ""
	}
	x.touched = x.touched && removed != 1 // what is gone has nothing on its way
	p.Author.Name = PersonName(p.Author.Name, p.Author.Remote)
	if !p.Mine {
		p.Row.Who = Party{Name: p.Author.Name}
	}
	x.people, p.Mentions = readJSON[[]string](people), readJSON[[]Mention](mentions)
	x.object = "post:" + p.ID.String()
	if echo != 0 {
		x.object = "post:" + ID(echo).String()
	}
	return p, x, nil
}

// readJSON reads what was written here; of a damaged row there is nothing.
func readJSON[T any](s string) (v T) {
	if s != "" {
		_ = json.Unmarshal([]byte(s), &v)
	}
	return v
}

// Posts reads the posts around one, oldest first: at most before of them before it, the
// post itself (or the one that comes next) and at most after after it. [FromStart] and
// [FromEnd] stand for the first and the last that are here. It reads no more than it
// gives, however many there are.
func (s *Store) Posts(ctx context.Context, q PostQuery, at ID, before, after int) (PostWindow, error) {
	w, err := s.posts(ctx, q, at, min(max(before, 0), maxWindow), min(max(after, 0), maxWindow))
	return w, s.fault("reading the posts", err)
}

func (s *Store) posts(ctx context.Context, q PostQuery, at ID, before, after int) (PostWindow, error) {
	w := PostWindow{Generation: s.Generation()}
	tx, err := s.r.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return w, err
	}
	defer tx.Rollback()
	r := postReader{ctx: ctx, tx: tx, q: q}
	switch at {
	case FromStart:
		rest, err := r.walk(edge(true), true, true, after+2)
		if err != nil {
			return w, err
		}
		w.Rows, w.Start, w.End = rest[:min(len(rest), after+1)], true, len(rest) <= after+1
	case FromEnd:
		rest, err := r.walk(edge(false), true, false, before+2)
		if err != nil {
			return w, err
		}
		w.Rows, w.Start, w.End = rest[:min(len(rest), before+1)], len(rest) <= before+1, true
		slices.Reverse(w.Rows)
	default:
		rest, err := r.walk(at, true, true, after+2)
		if err != nil {
			return w, err
		}
		w.End = len(rest) <= after+1
		rest = rest[:min(len(rest), after+1)]
		if w.Rows, err = r.walk(at, false, false, before+1); err != nil {
			return w, err
		}
		w.Start = len(w.Rows) <= before
		w.Rows = w.Rows[:min(len(w.Rows), before)]
		slices.Reverse(w.Rows)
		w.Rows = append(w.Rows, rest...)
	}
	if err := r.complete(w.Rows); err != nil {
		return w, err
	}
	if w.Start && q.Thread == "" {
		first := edge(false)
		if len(w.Rows) > 0 {
			first = w.Rows[0].ID
		}
		err = tx.QueryRowContext(ctx, `SELECT looked = 0 OR EXISTS (SELECT 1 FROM chat_gaps WHERE chat = chats.id AND below <= ?) FROM chats WHERE id = ?`, int64(first), q.Chat).Scan(&w.Older)
		if errors.Is(err, sql.ErrNoRows) {
			err = fmt.Errorf("chat %d: %w", q.Chat, ErrNotFound)
		}
	}
	return w, err
}

// postReader reads posts in one transaction.
type postReader struct {
	ctx   context.Context
	tx    *sql.Tx
	q     PostQuery
	extra map[ID]postExtra
}

// walk reads at most limit posts from an id on, in one direction. What is being sent
// and has come back as a post already is passed over.
func (r *postReader) walk(from ID, inclusive, asc bool, limit int) ([]ChatPost, error) {
	cond, args := `p.chat = ? AND p.twin = ''`, []any{r.q.Chat}
	index := "posts_chat"
	if r.q.Thread != "" {
		index = "posts_thread"
		cond += ` AND p.thread <> '' AND p.thread = ?`
		args = append(args, r.q.Thread)
	}
	op, dir := "<", "DESC"
	if asc {
		op, dir = ">", "ASC"
	}
	if inclusive {
		op += "="
	}
	query := selectPost + ` JOIN (SELECT p.item AS pick FROM posts p INDEXED BY ` + index + ` WHERE ` + cond + ` AND p.item ` + op + ` ? ORDER BY p.item ` + dir + ` LIMIT ?) ON pick = p.item
		ORDER BY p.item ` + dir
	rows, err := r.tx.QueryContext(r.ctx, query, append(args, int64(from), limit)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if r.extra == nil {
		r.extra = map[ID]postExtra{}
	}
	var out []ChatPost
	for rows.Next() {
		p, x, err := scanPost(rows)
		if err != nil {
			return nil, err
		}
		r.extra[p.ID] = x
		out = append(out, p)
	}
	return out, rows.Err()
}

// complete adds what takes a look elsewhere: a few questions for all rows together.
func (r *postReader) complete(rows []ChatPost) error {
	for _, add := range []func([]ChatPost) error{r.files, r.names, r.quotes, r.replies, r.deeds} {
		if err := add(rows); err != nil {
			return err
		}
	}
	return nil
}

func (r *postReader) files(rows []ChatPost) error {
	at := map[ID]int{}
	var ids []ID
	for i, p := range rows {
		if p.Files > 0 && !p.Removed {
			at[p.ID] = i
			ids = append(ids, p.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	found, err := r.tx.QueryContext(r.ctx, `SELECT `+attachmentColumns+` FROM attachments a WHERE a.item IN (SELECT value FROM json_each(?)) ORDER BY a.item, a.ord, a.id`, jsonOf(asInts(ids)))
	if err != nil {
		return err
	}
	as, err := scanAttachments(found)
	for _, a := range as {
		i := at[a.Item]
		rows[i].Attached = append(rows[i].Attached, a)
	}
	return err
}

// names are those of people who joined or were added, and of those mentioned whose
// names did not come along.
func (r *postReader) names(rows []ChatPost) error {
	for i := range rows {
		p := &rows[i]
		for j := range p.Mentions {
			m := &p.Mentions[j]
			if m.Name != "" || m.Type != "Person" {
				continue
			}
			err := r.tx.QueryRowContext(r.ctx, `SELECT name FROM people WHERE account = ? AND remote = ?`, p.Account, m.ID).Scan(&m.Name)
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
		}
		for _, id := range r.extra[p.ID].people {
			var n Person
			err := r.tx.QueryRowContext(r.ctx, `SELECT remote, name, email, company FROM people WHERE account = ? AND remote = ?`, p.Account, id).
				Scan(&n.Remote, &n.Name, &n.Email, &n.Company)
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
			n.Remote, n.Name = id, PersonName(n.Name, id)
			p.People = append(p.People, n)
		}
	}
	return nil
}

// quotes are the posts that are answered.
func (r *postReader) quotes(rows []ChatPost) error {
	var want []string
	for _, p := range rows {
		if p.Parent != "" {
			want = append(want, p.Parent)
		}
	}
	if len(want) == 0 {
		return nil
	}
	found, err := r.tx.QueryContext(r.ctx, selectPost+` WHERE p.chat = ? AND p.remote IN (SELECT value FROM json_each(?))`, r.q.Chat, jsonOf(want))
	if err != nil {
		return err
	}
	defer found.Close()
	by := map[string]*ChatPost{}
	for found.Next() {
		p, _, err := scanPost(found)
		if err != nil {
			return err
		}
		by[p.Remote] = &p
	}
	for i := range rows {
		if rows[i].Parent != "" {
			rows[i].Quote = by[rows[i].Parent]
		}
	}
	return found.Err()
}

// replies are how many answers there are to each.
func (r *postReader) replies(rows []ChatPost) error {
	at := map[string]int{}
	var threads []string
	for i, p := range rows {
		if p.Thread != "" && p.Parent == "" {
			at[p.Thread] = i
			threads = append(threads, p.Thread)
		}
	}
	if len(threads) == 0 {
		return nil
	}
	found, err := r.tx.QueryContext(r.ctx, `SELECT thread, count(*) FROM posts WHERE chat = ? AND thread IN (SELECT value FROM json_each(?)) AND parent <> '' AND removed = 0 AND twin = ''
		GROUP BY thread`, r.q.Chat, jsonOf(threads))
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		var thread string
		var n int
		if err := found.Scan(&thread, &n); err != nil {
			return err
		}
		rows[at[thread]].Replies = n
	}
	return found.Err()
}

// deeds say how far changes made here have come.
func (r *postReader) deeds(rows []ChatPost) error {
	for i := range rows {
		p, x := &rows[i], r.extra[rows[i].ID]
		if !x.touched {
			continue
		}
		err := r.tx.QueryRowContext(r.ctx, `SELECT o.state FROM deeds d JOIN ops o ON o.id = d.op WHERE d.account = ? AND d.object = ? ORDER BY d.op DESC LIMIT 1`,
			p.Account, x.object).Scan(&p.State)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err == nil {
			p.Sending = p.State == OpPending || p.State == OpSending || p.State == OpUnknown
		}
	}
	return nil
}

// PostOf reads one post.
func (s *Store) PostOf(ctx context.Context, id ID) (ChatPost, error) {
	var chat int64
	err := s.r.QueryRowContext(ctx, `SELECT chat FROM posts WHERE item = ?`, int64(id)).Scan(&chat)
	if errors.Is(err, sql.ErrNoRows) {
		return ChatPost{}, fmt.Errorf("post %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return ChatPost{}, s.fault("reading a post", err)
	}
	w, err := s.Posts(ctx, PostQuery{Chat: chat}, id, 0, 0)
	if err == nil && (len(w.Rows) == 0 || w.Rows[0].ID != id) {
		err = fmt.Errorf("post %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return ChatPost{}, err
	}
	return w.Rows[0], nil
}
