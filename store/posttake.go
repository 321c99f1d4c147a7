package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Posts come as events, in pages and in threads: some twice, some in the wrong order.
// Each is kept once, in the version that was changed last; what was removed stays removed.

// postRemote is the id of a post among the items of its account.
func postRemote(chat, post string) string { return "post:" + chat + ":" + post }

// TakePosts takes posts of an account in, of any chats.
func (s *Store) TakePosts(ctx context.Context, account int64, posts []IncomingPost) error {
	if len(posts) == 0 {
		return nil
	}
	taken, err := s.takePosts(ctx, account, posts, nil)
	if err != nil {
		return s.fault("taking in posts", err)
	}
	if taken.ask {
		if b := s.boxOf(account); b != nil {
			b.pokeFeed(FeedChats)
		}
	}
	return nil
}

// taken is what came of posts.
type taken struct {
	oldest, newest ID   // of those that were given, whether or not they were known
	ask            bool // there are chats or people to be asked for
	fresh          int
}

// takePosts is TakePosts with something more done in the same transaction. Those that
// are read as a page tell it what they were.
func (s *Store) takePosts(ctx context.Context, account int64, posts []IncomingPost, more func(tx *sql.Tx, t taken) error) (t taken, err error) {
	acc, err := s.account(ctx, account)
	if err != nil {
		return t, err
	}
	posts = cleanPosts(posts)
	names, err := s.namesFor(ctx, account, posts)
	if err != nil {
		return t, err
	}
	err = s.transact(ctx, false, func(tx *sql.Tx) error {
		p := postTaker{s: s, ctx: ctx, tx: tx, acc: acc, names: names, chats: map[string]*postChat{}}
		if err := p.run(posts); err != nil {
			return err
		}
		if more != nil {
			if err := more(tx, p.taken); err != nil {
				return err
			}
		}
		t = p.taken
		return nil
	})
	if err == nil {
		s.changed()
	}
	return t, err
}

// postChat is a chat posts are taken in for.
type postChat struct {
	id, readTo, latest int64
	title              string
	recount, relatest  bool
	unread, mentions   int
	newest             int64   // time of the newest that came, Unix milliseconds
	fresh              []int64 // unread ones of others that were not known
}

// postTaker is one run of takePosts inside its transaction.
type postTaker struct {
	s     *Store
	ctx   context.Context
	tx    *sql.Tx
	acc   Account
	names postNames
	chats map[string]*postChat
	taken taken
}

func (p *postTaker) run(posts []IncomingPost) error {
	var live []IncomingPost
	for _, in := range posts {
		if err := p.nameMentions(&in); err != nil {
			return err
		}
		c, err := p.chat(in.Chat)
		if err != nil {
			return err
		}
		keep, err := p.admit(in, c)
		if err != nil {
			return fmt.Errorf("post %s: %w", in.Remote, err)
		}
		if keep {
			live = append(live, in)
		}
	}
	batch := make([]Incoming, len(live))
	for i, in := range live {
		batch[i] = p.incoming(in, p.chats[in.Chat])
	}
	known := map[string]bool{}
	for i, r := range batch {
		var read bool
		err := p.tx.QueryRow(`SELECT i.read FROM items i JOIN posts p ON p.item = i.id WHERE i.account = ? AND i.remote = ?`, p.acc.ID, r.Remote).Scan(&read)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if known[r.Remote] = err == nil; err == nil {
			batch[i].Read = read // that is kept here, and no service knows better
		}
	}
	b := ingest{s: p.s, ctx: p.ctx, tx: p.tx, acc: p.acc}
	if err := b.run(p.s.prepare(p.acc, batch)); err != nil {
		return err
	}
	for i, in := range live {
		if err := p.put(in, p.chats[in.Chat], known[batch[i].Remote]); err != nil {
			return fmt.Errorf("post %s: %w", in.Remote, err)
		}
	}
	return p.finish()
}

func (p *postTaker) chat(remote string) (*postChat, error) {
	if c := p.chats[remote]; c != nil {
		return c, nil
	}
	id, err := p.s.chatRow(p.tx, p.acc.ID, remote)
	if err != nil {
		return nil, err
	}
	c := &postChat{id: id}
	var typ string
	if err := p.tx.QueryRow(`SELECT read_to, latest, title, type FROM chats WHERE id = ?`, id).Scan(&c.readTo, &c.latest, &c.title, &typ); err != nil {
		return nil, err
	}
	p.taken.ask = p.taken.ask || typ == ""
	p.chats[remote] = c
	return c, nil
}

// admit says whether a post goes on to be an item. Those that are removed do not.
func (p *postTaker) admit(in IncomingPost, c *postChat) (bool, error) {
	var item, modified int64
	var removed, touched bool
	err := p.tx.QueryRow(`SELECT p.item, p.removed = 1, p.touched, i.modified FROM posts p JOIN items i ON i.id = p.item WHERE p.chat = ? AND p.remote = ?`, c.id, in.Remote).
		Scan(&item, &removed, &touched, &modified)
	known := err == nil
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, err
	}
	if known && !in.Apart {
		p.see(ID(item))
	}
	switch {
	case in.Removed && !known && in.Time.IsZero():
		_, err := p.tx.Exec(`INSERT OR IGNORE INTO posts_removed (account, remote, at) VALUES (?, ?, ?)`,
			p.acc.ID, postRemote(in.Chat, in.Remote), p.s.now().UnixMilli())
		return false, err
	case in.Removed && known:
		if removed {
			return false, nil
		}
		c.recount, c.relatest = true, true
		return false, p.s.emptyPost(p.tx, ID(item))
	case known && removed:
		return false, nil
	case known && touched:
		// What was done here and is on its way stays on top until the service has answered.
		busy, err := deedPending(p.tx, p.acc.ID, ID(item))
		if busy && err == nil {
			_, err = p.tx.Exec(`UPDATE chats SET need = 1 WHERE id = ?`, c.id)
		}
		return !busy, err
	}
	return true, nil
}

// nameMentions adds the names of those that are mentioned where they did not come along.
func (p *postTaker) nameMentions(in *IncomingPost) error {
	if !strings.Contains(in.Text, "![:") {
		return nil
	}
	found, err := mentionsIn(p.tx, p.acc.ID, in.Text)
	if err != nil {
		return err
	}
	for _, m := range found {
		i := slices.IndexFunc(in.Mentions, func(o Mention) bool { return o.ID == m.ID && o.Type == m.Type })
		switch {
		case i < 0:
			in.Mentions = append(in.Mentions, m)
		case in.Mentions[i].Name == "":
			in.Mentions[i].Name = m.Name
		}
		if m.Type == "Person" && m.Name == "" {
			if err := wantPeople(p.tx, p.acc.ID, []string{m.ID}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *postTaker) see(id ID) {
	if p.taken.oldest == 0 || id < p.taken.oldest {
		p.taken.oldest = id
	}
	p.taken.newest = max(p.taken.newest, id)
}

// incoming is a post as an item: filed, since it never was work, unless the service says
// that somebody may have to act on it.
func (p *postTaker) incoming(in IncomingPost, c *postChat) Incoming {
	mine := p.names.me != "" && in.Author == p.names.me
	name := PersonName(p.names.of[in.Author], in.Author)
	out := Incoming{
		Remote: postRemote(in.Chat, in.Remote), Kind: Post, Direction: Inbound, Time: in.Time, Modified: cmp.Or(in.Modified, in.Time),
		From: Party{Name: name}, To: []Party{{Name: c.title}}, Text: PlainPost(in.Text, in.Mentions), Conversation: "chat:" + in.Chat,
		Read: true, Filed: true, Attachments: in.Attachments,
	}
	if mine {
		out.Direction = Outbound
	}
	if in.Work && !mine && in.System == "" && in.Time.After(p.acc.Since) {
		out.Read, out.Filed = false, false
	}
	if in.System != "" {
		out.Text = name + " " + systemWords(in.System)
	}
	if in.Removed {
		out.Text, out.Attachments, out.Availability = "", nil, Purged
	}
	return out
}

// put writes what a post has beside its item.
func (p *postTaker) put(in IncomingPost, c *postChat, known bool) error {
	var item, modified int64
	err := p.tx.QueryRow(`SELECT id, modified FROM items WHERE account = ? AND remote = ?`, p.acc.ID, postRemote(in.Chat, in.Remote)).Scan(&item, &modified)
	if err != nil {
		return err
	}
	if !in.Apart {
		p.see(ID(item))
	}
	if known && toMilli(cmp.Or(in.Modified, in.Time)) < modified {
		return nil // an older version
	}
	gone, err := p.buried(in, ID(item))
	if err != nil {
		return err
	}
	mine := p.names.me != "" && in.Author == p.names.me
	mention := p.mentionsMe(in)
	people, mentions := jsonOf(in.People), jsonOf(in.Mentions)
	var edited int64
	if in.Modified.Sub(in.Time) >= time.Second {
		edited = toMilli(in.Modified)
	}
	_, err = p.tx.Exec(`INSERT INTO posts (item, chat, account, remote, author, system, people, markdown, mentions, parent, thread, edited, removed, mine, mention)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (item) DO UPDATE SET author = excluded.author, system = excluded.system, people = excluded.people, markdown = excluded.markdown,
			mentions = excluded.mentions, parent = iif(excluded.parent = '', parent, excluded.parent), thread = iif(excluded.thread = '', thread, excluded.thread),
			edited = max(edited, excluded.edited), mine = excluded.mine, mention = excluded.mention, removed = iif(removed = 2, 2, excluded.removed)`,
		item, c.id, p.acc.ID, in.Remote, in.Author, in.System, people, in.Text, mentions, in.Parent, in.Thread, edited, gone || in.Removed, mine, mention)
	if err != nil {
		return err
	}
	if _, err := p.tx.Exec(`UPDATE items SET chat = ? WHERE id = ? AND chat <> ?`, c.id, item, c.id); err != nil {
		return err
	}
	if in.Parent != "" && in.Thread != "" { // what is answered is in the thread as well
		if _, err := p.tx.Exec(`UPDATE posts SET thread = ? WHERE chat = ? AND remote = ? AND thread = ''`, in.Thread, c.id, in.Parent); err != nil {
			return err
		}
	}
	if gone {
		if err := p.s.emptyPost(p.tx, ID(item)); err != nil {
			return err
		}
	}
	if err := p.askFor(in); err != nil {
		return err
	}
	return p.count(in, c, item, known, gone || in.Removed, mine, mention)
}

// count keeps what the list of chats shows of the posts.
func (p *postTaker) count(in IncomingPost, c *postChat, item int64, known, removed, mine, mention bool) error {
	c.newest = max(c.newest, toMilli(in.Time))
	switch {
	case known:
		c.recount = c.recount || item > c.readTo
		c.relatest = c.relatest || item == c.latest
		return nil
	case mine:
		p.taken.fresh++
		c.relatest = true
		if err := p.twin(in, c); err != nil {
			return err
		}
		if item > c.readTo && !removed { // who answers has read what came before
			c.readTo, c.recount = item, true
			_, err := p.tx.Exec(`UPDATE chats SET read_to = ? WHERE id = ?`, item, c.id)
			return err
		}
		return nil
	}
	p.taken.fresh++
	c.relatest = c.relatest || item > c.latest
	if item > c.readTo && !removed && in.System == "" {
		c.fresh = append(c.fresh, item)
		c.unread++
		if mention {
			c.mentions++
		}
	}
	return nil
}

// twin hides the echo of a post that has come back before the answer to it has.
func (p *postTaker) twin(in IncomingPost, c *postChat) error {
	_, err := p.tx.Exec(`UPDATE posts SET twin = ? WHERE item = (SELECT item FROM posts
		WHERE chat = ? AND remote = '' AND twin = '' AND fault = '' AND markdown = ? AND parent = ? ORDER BY item LIMIT 1)`,
		in.Remote, c.id, in.Text, in.Parent)
	return err
}

// buried reports whether a post was removed before it came.
func (p *postTaker) buried(in IncomingPost, item ID) (bool, error) {
	res, err := p.tx.Exec(`DELETE FROM posts_removed WHERE account = ? AND remote = ?`, p.acc.ID, postRemote(in.Chat, in.Remote))
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// askFor has the names of people asked for that a post shows.
func (p *postTaker) askFor(in IncomingPost) error {
	ids := in.People
	if p.names.of[in.Author] == "" {
		ids = append(slices.Clone(ids), in.Author)
		p.taken.ask = true
	}
	return wantPeople(p.tx, p.acc.ID, ids)
}

func (p *postTaker) finish() error {
	for _, c := range p.chats {
		_, err := p.tx.Exec(`UPDATE chats SET unread = unread + ?, mentions = mentions + ?, active = max(active, ?) WHERE id = ?`, c.unread, c.mentions, c.newest, c.id)
		if err == nil && c.recount {
			err = recount(p.tx, c.id)
		}
		if err == nil && c.relatest {
			err = refreshLatest(p.tx, c.id)
		}
		if err == nil && len(c.fresh) > 0 && p.names.me != "" { // else it is not known whose they are
			err = p.s.arrivePosts(p.tx, c.id, c.fresh)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
