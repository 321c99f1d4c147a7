package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
)

// rowOfPost is where a post is now that deeds know by the id it first had.
func rowOfPost(tx *sql.Tx, first ID) (item ID, removed int, remote string, err error) {
	err = tx.QueryRow(`SELECT item, removed, remote FROM posts WHERE echo = ? OR item = ? ORDER BY item DESC LIMIT 1`, int64(first), int64(first)).
		Scan((*int64)(&item), &removed, &remote)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, 0, "", nil
	}
	return item, removed, remote, err
}

// applyPost shows a post as it is to be.
func applyPost(s *Store, tx *sql.Tx, account int64, _ string, payload []byte) error {
	st, err := postPayload(payload)
	if err != nil {
		return err
	}
	item, removed, remote, err := rowOfPost(tx, st.Item)
	if err != nil {
		return err
	}
	switch {
	case st.Gone && item == 0:
		return nil
	case st.Gone && remote == "":
		if p, perr := echoText(tx, item); perr == nil {
			if err := saveText(tx, p, s.now().UnixMilli()); err != nil {
				return err
			}
		}
		return s.removeEcho(tx, item, st.Row)
	case st.Gone:
		_, err = tx.Exec(`UPDATE posts SET removed = 2, touched = 1, fault = '' WHERE item = ? AND removed = 0`, int64(item))
	case st.New && item != 0 && removed != 1: // it has not been taken away yet, or is tried again
		_, err = tx.Exec(`UPDATE posts SET removed = 0, touched = 1, fault = '' WHERE item = ?`, int64(item))
	case st.New:
		err = s.putEcho(tx, account, item, st)
	case item != 0:
		err = s.editPost(tx, account, item, st.Text)
	}
	if err == nil {
		err = recount(tx, st.Row)
	}
	if err == nil {
		err = refreshLatest(tx, st.Row)
	}
	return err
}

// echoText is what is kept of a post that was never sent.
func echoText(tx *sql.Tx, item ID) (p ChatPost, err error) {
	var mentions string
	p.ID = item
	err = tx.QueryRow(`SELECT chat, markdown, mentions, parent FROM posts WHERE item = ?`, int64(item)).Scan(&p.Chat, &p.Markdown, &mentions, &p.Parent)
	p.Mentions = readJSON[[]Mention](mentions)
	return p, err
}

// mentionsIn finds the people a text mentions.
func mentionsIn(tx *sql.Tx, account int64, text string) ([]Mention, error) {
	var out []Mention
	for i := 0; i < len(text); {
		typ, id, rest, ok := CutMention(text[i:])
		if !ok {
			i++
			continue
		}
		i = len(text) - len(rest)
		m := Mention{Type: typ, ID: id}
		err := tx.QueryRow(`SELECT name FROM people WHERE account = ? AND remote = ?`, account, id).Scan(&m.Name)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// putEcho shows a post that is on its way.
func (s *Store) putEcho(tx *sql.Tx, account int64, old ID, st PostState) error {
	id, echo := st.Item, int64(0)
	if old != 0 { // it was there before, and was removed: this is another one
		c := Chat{ID: st.Row}
		var err error
		if id, err = s.echoID(tx, c); err != nil {
			return err
		}
		echo = int64(st.Item)
	}
	me, err := myself(tx, account)
	if err != nil {
		return err
	}
	mentions, err := mentionsIn(tx, account, st.Text)
	if err != nil {
		return err
	}
	var key, mailbox, title string
	err = tx.QueryRow(`SELECT a.key, a.name, c.title FROM accounts a, chats c WHERE a.id = ? AND c.id = ?`, account, st.Row).Scan(&key, &mailbox, &title)
	if err != nil {
		return err
	}
	plain := PlainPost(st.Text, mentions)
	_, err = tx.Exec(`INSERT INTO items (id, account, remote, kind, direction, modified, mailbox, who, preview, read, base, state, files, chat, pending)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, 0, ?, 0)`,
		int64(id), account, "post:~"+id.String(), int64(Post), int64(Outbound), id.Time().UnixMilli(), mailbox, title, preview(plain, ""), int64(Filed), int64(Filed), st.Row)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO bodies (item, parties, text) VALUES (?, ?, ?)`, int64(id), partiesJSON(Party{}, []Party{{Name: title}}), plain)
	if err != nil {
		return err
	}
	for i, f := range st.Files { // what is to be seen of them; the files are where they are
		_, err := tx.Exec(insertFile, int64(id), i, fmt.Sprint("~", i), string(PostedFile), f.Type, CleanLine(f.Name), f.Size, 0, 0, 0, "")
		if err != nil {
			return err
		}
	}
	if _, err := tx.Exec(`UPDATE items SET files = ? WHERE id = ?`, len(st.Files), int64(id)); err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO posts (item, chat, account, remote, author, markdown, mentions, parent, thread, mine, touched, echo) VALUES (?, ?, ?, '', ?, ?, ?, ?, ?, 1, 1, ?)`,
		int64(id), st.Row, account, me, st.Text, jsonOf(mentions), st.Parent, st.Thread, echo)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE chats SET read_to = max(read_to, ?) WHERE id = ?`, int64(id), st.Row); err != nil {
		return err
	}
	return s.reindex(tx, id)
}

// removeEcho takes away what was never sent, or what the real post has taken the place of.
func (s *Store) removeEcho(tx *sql.Tx, item ID, chat int64) error {
	for _, q := range []string{
		`DELETE FROM posts WHERE item = ? AND remote = ''`, `DELETE FROM attachments WHERE item = ?`, `DELETE FROM bodies WHERE item = ?`,
		`DELETE FROM search WHERE rowid = ?`, `DELETE FROM items WHERE id = ?`,
	} {
		if _, err := tx.Exec(q, int64(item)); err != nil {
			return err
		}
	}
	return refreshLatest(tx, chat)
}

// editPost gives a post another text, here.
func (s *Store) editPost(tx *sql.Tx, account int64, item ID, text string) error {
	mentions, err := mentionsIn(tx, account, text)
	if err != nil {
		return err
	}
	plain := PlainPost(text, mentions)
	_, err = tx.Exec(`UPDATE posts SET markdown = ?, mentions = ?, touched = 1, fault = '', edited = ? WHERE item = ?`, text, jsonOf(mentions), s.now().UnixMilli(), int64(item))
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE bodies SET text = ?, raw = '' WHERE item = ?`, plain, int64(item)); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE items SET preview = ? WHERE id = ?`, preview(plain, ""), int64(item)); err != nil {
		return err
	}
	return s.reindex(tx, item)
}

// madePost takes in what the service said of a post.
func madePost(s *Store, tx *sql.Tx, account int64, _ string, payload []byte, done DeedDone) error {
	st, err := postPayload(payload)
	if err != nil {
		return err
	}
	item, _, remote, err := rowOfPost(tx, st.Item)
	if err != nil {
		return err
	}
	if st.Gone {
		if item == 0 {
			return nil
		}
		if err := s.emptyPost(tx, item); err != nil {
			return err
		}
		if err := recount(tx, st.Row); err != nil {
			return err
		}
		return refreshLatest(tx, st.Row)
	}
	in := IncomingPost{Remote: done.Remote, Chat: st.Chat}
	if len(done.Reply) > 0 {
		if err := json.Unmarshal(done.Reply, &in); err != nil {
			s.log.Warn("what the service said of a post cannot be read", "err", err)
		}
	}
	in.Remote, in.Chat = CleanLine(done.Remote), st.Chat
	if !st.New {
		if len(done.Reply) == 0 || in.Time.IsZero() {
			return nil
		}
		if in.Remote == "" {
			in.Remote = remote
		}
		return s.takeMade(tx, account, in)
	}
	return s.posted(tx, account, st, item, in)
}

// posted puts the real post in the place of its echo.
func (s *Store) posted(tx *sql.Tx, account int64, st PostState, echo ID, in IncomingPost) error {
	if in.Remote == "" {
		return errors.New("the service did not say what it called the post")
	}
	if in.Time.IsZero() { // it said no more: what was sent, then
		in.Time = echo.Time()
		in.Text, in.Parent, in.Thread = st.Text, st.Parent, st.Thread
	}
	if in.Author == "" {
		me, err := myself(tx, account)
		if err != nil {
			return err
		}
		in.Author = me
	}
	if err := s.takeMade(tx, account, in); err != nil {
		return err
	}
	var real int64
	err := tx.QueryRow(`SELECT item FROM posts WHERE chat = ? AND remote = ?`, st.Row, in.Remote).Scan(&real)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // it was removed meanwhile
	} else if err != nil {
		return err
	}
	if echo != 0 && int64(echo) != real {
		_, err := tx.Exec(`UPDATE ledger SET item = ?1, remote = (SELECT remote FROM items WHERE id = ?1) WHERE item = ?2`, real, int64(echo))
		if err != nil {
			return err
		}
		if err := s.removeEcho(tx, echo, st.Row); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(`UPDATE posts SET echo = ?, touched = 1, mine = 1 WHERE item = ?`, int64(st.Item), real); err != nil {
		return err
	}
	// Another that looked the same has not come back yet after all.
	if _, err := tx.Exec(`UPDATE posts SET twin = '' WHERE chat = ? AND remote = '' AND twin = ?`, st.Row, in.Remote); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE chats SET read_to = max(read_to, ?) WHERE id = ?`, real, st.Row); err != nil {
		return err
	}
	if err := recount(tx, st.Row); err != nil {
		return err
	}
	return refreshLatest(tx, st.Row)
}

// takeMade is takePosts for one post the service answered with.
func (s *Store) takeMade(tx *sql.Tx, account int64, in IncomingPost) error {
	acc, err := scanAccount(tx.QueryRow(selectAccount+` WHERE id = ?`, account))
	if err != nil {
		return err
	}
	me, err := myself(tx, account)
	if err != nil {
		return err
	}
	n := postNames{me: me, of: map[string]string{}}
	var name string
	if err := tx.QueryRow(`SELECT name FROM people WHERE account = ? AND remote = ?`, account, in.Author).Scan(&name); err == nil {
		n.of[in.Author] = name
	}
	p := postTaker{s: s, ctx: context.Background(), tx: tx, acc: acc, names: n, chats: map[string]*postChat{}}
	return p.run(cleanPosts([]IncomingPost{in}))
}

// refusedPost keeps what was refused to be seen, with why: no text is lost.
func refusedPost(s *Store, tx *sql.Tx, account int64, object string, does, undoes []byte, why string) error {
	st, err := postPayload(does)
	if err != nil {
		return err
	}
	item, _, remote, err := rowOfPost(tx, st.Item)
	if err != nil {
		return err
	}
	if st.New && item != 0 && remote == "" {
		_, err := tx.Exec(`UPDATE posts SET fault = ?, twin = '' WHERE item = ?`, CleanLine(why), int64(item))
		return err
	}
	if !st.New && !st.Gone && item != 0 { // the text that was refused is the draft
		p := ChatPost{Row: Row{ID: item}, Chat: st.Row, Markdown: st.Text}
		if p.Mentions, err = mentionsIn(tx, account, st.Text); err != nil {
			return err
		}
		if err := saveText(tx, p, s.now().UnixMilli()); err != nil {
			return err
		}
	}
	if undoes == nil {
		return nil
	}
	if err := applyPost(s, tx, account, object, undoes); err != nil || item == 0 {
		return err
	}
	_, err = tx.Exec(`UPDATE posts SET fault = ? WHERE item = ?`, CleanLine(why), int64(item))
	return err
}
