package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
)

// Draft is what is being written in a chat.
type Draft struct {
	Text     string    // as typed, mentions as @Name
	Mentions []Mention // the people picked for them
	Parent   string    // remote id of the post it answers
	Thread   string
	Edit     ID // one's own post that is being changed
	Files    []string
}

// draftRest is what is kept of a draft besides its text.
type draftRest struct {
	Mentions []Mention `json:"mentions,omitempty"`
	Parent   string    `json:"parent,omitempty"`
	Thread   string    `json:"thread,omitempty"`
	Edit     ID        `json:"edit,omitempty"`
	Files    []string  `json:"files,omitempty"`
}

// maxDraft bounds a draft: more than can be posted, so that what is too long is not lost.
const maxDraft = 512 << 10

// SaveDraft keeps what is being written in a chat; an empty one forgets it. It survives
// the end of the program, however that comes.
func (s *Store) SaveDraft(ctx context.Context, chat int64, d Draft) error {
	err := s.transact(ctx, false, func(tx *sql.Tx) error {
		if strings.TrimSpace(d.Text) == "" && len(d.Files) == 0 {
			_, err := tx.Exec(`DELETE FROM drafts WHERE chat = ?`, chat)
			return err
		}
		_, err := tx.Exec(`INSERT INTO drafts (chat, text, rest, at) VALUES (?, ?, ?, ?)
			ON CONFLICT (chat) DO UPDATE SET text = excluded.text, rest = excluded.rest, at = excluded.at`,
			chat, cut(d.Text, maxDraft), jsonOf(draftRest{d.Mentions, d.Parent, d.Thread, d.Edit, d.Files}), s.now().UnixMilli())
		return err
	})
	return s.fault("keeping the draft", err)
}

// DraftOf is what is being written in a chat.
func (s *Store) DraftOf(ctx context.Context, chat int64) (d Draft, err error) {
	var rest string
	err = s.r.QueryRowContext(ctx, `SELECT text, rest FROM drafts WHERE chat = ?`, chat).Scan(&d.Text, &rest)
	if errors.Is(err, sql.ErrNoRows) {
		return Draft{}, nil
	}
	x := readJSON[draftRest](rest)
	d.Mentions, d.Parent, d.Thread, d.Edit, d.Files = x.Mentions, x.Parent, x.Thread, x.Edit, x.Files
	return d, s.fault("reading the draft", err)
}

// ChatDrafts are the posts that are being written, newest first.
func (s *Store) ChatDrafts(ctx context.Context) ([]MessageDraft, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT d.chat, c.title, d.text, d.rest, d.at FROM drafts d JOIN chats c ON c.id = d.chat ORDER BY d.at DESC, d.chat`)
	if err != nil {
		return nil, s.fault("reading the drafts of posts", err)
	}
	defer rows.Close()
	var out []MessageDraft
	for rows.Next() {
		var d MessageDraft
		var rest string
		var at int64
		if err := rows.Scan(&d.Chat, &d.Title, &d.Post.Text, &rest, &at); err != nil {
			return nil, s.fault("reading the drafts of posts", err)
		}
		x := readJSON[draftRest](rest)
		d.Post.Mentions, d.Post.Parent, d.Post.Thread, d.Post.Edit, d.Post.Files = x.Mentions, x.Parent, x.Thread, x.Edit, x.Files
		d.At, d.Message.Text, d.Message.Files = fromMilli(at), d.Post.Text, d.Post.Files
		d.Words = "Post in " + d.Title
		if p := preview(d.Post.Text, ""); p != "" {
			d.Words += ": " + p
		}
		out = append(out, d)
	}
	return out, s.fault("reading the drafts of posts", rows.Err())
}
