package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// What a post may hold (spec TMCreatePostRequest).
const (
	MaxPostText  = 10_000   // characters
	MaxPostFiles = 25       // files
	MaxPostFile  = 30 << 20 // bytes of one, a little of which goes to its wrapping
)

// NewPost is something to be posted.
type NewPost struct {
	Chat   int64
	Text   string // mentions as ![:Person](id), see MarkMentions
	Parent string // remote id of the post it answers
	Thread string // of that post, if it is in one
	Files  []string
}

// SendPost posts. It is in the chat and on disk when SendPost returns; what would be
// refused (too long, too many or too large files, one that cannot be read) is found
// before. The draft of the chat is forgotten.
func (s *Store) SendPost(ctx context.Context, n NewPost) (Op, error) {
	c, err := s.ChatOf(ctx, n.Chat)
	if err == nil {
		err = s.offering(c.Account, OfferPost)
	}
	if err != nil {
		return Op{}, err
	}
	files, err := checkPost(n)
	if err != nil {
		return Op{}, err
	}
	if !c.Joined {
		return Op{}, fmt.Errorf("you are not a member of %s", c.Title)
	}
	var op Op
	err = s.writeFull(ctx, func(tx *sql.Tx) error {
		id, err := s.echoID(tx, c)
		if err != nil {
			return err
		}
		st := PostState{Chat: c.Remote, Text: n.Text, Parent: n.Parent, Files: files, New: true, Item: id, Row: c.ID, Thread: n.Thread}
		gone := PostState{Chat: c.Remote, Gone: true, Item: id, Row: c.ID}
		words := "Posted in " + c.Title
		if len(files) > 0 && strings.TrimSpace(n.Text) == "" {
			words = "Sent " + plural(len(files), "file") + " to " + c.Title
		}
		if op, err = s.deed(tx, Deed{Verb: VerbPost, Account: c.Account, Object: "post:" + id.String(), Do: st, Undo: gone, Words: words}); err != nil {
			return err
		}
		op.Items = []ID{id}
		_, err = tx.Exec(`DELETE FROM drafts WHERE chat = ?`, c.ID)
		return err
	})
	if err != nil {
		return Op{}, s.fault("posting", err)
	}
	s.wakeDeeds()
	return op, nil
}

func plural(n int, word string) string {
	if n == 1 {
		return "a " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// CheckPost says what a post comes to, and finds what the service would refuse.
func CheckPost(n NewPost) (MessageCheck, error) {
	c := MessageCheck{Characters: utf8.RuneCountInString(n.Text), Most: MaxPostText, Files: len(n.Files), MostBytes: MaxPostFiles * MaxPostFile}
	files, err := checkPost(n)
	for _, f := range files {
		c.Bytes += f.Size
	}
	c.Words = plural(c.Characters, "character")
	if c.Files > 0 {
		c.Words += ", " + plural(c.Files, "file")
	}
	return c, err
}

// checkPost finds what the service would refuse.
func checkPost(n NewPost) ([]PostFile, error) {
	if err := checkText(n.Text, len(n.Files) > 0); err != nil {
		return nil, err
	}
	if len(n.Files) > MaxPostFiles {
		return nil, fmt.Errorf("%d files are too many for one post, which takes %d", len(n.Files), MaxPostFiles)
	}
	files := make([]PostFile, len(n.Files))
	for i, path := range n.Files {
		f, err := CheckUpload(path)
		if err != nil {
			return nil, err
		}
		files[i] = f
	}
	return files, nil
}

func checkText(text string, files bool) error {
	if strings.TrimSpace(text) == "" && !files {
		return errors.New("there is nothing to post yet")
	}
	if n := utf8.RuneCountInString(text); n > MaxPostText {
		return fmt.Errorf("the post has %d characters, and %d are too many: it may have %d", n, n-MaxPostText, MaxPostText)
	}
	if text != Clean(text) {
		return errors.New("the text has characters that cannot be posted")
	}
	return nil
}

// echoID is the id of a post of this moment that comes after all others of its chat.
func (s *Store) echoID(tx *sql.Tx, c Chat) (ID, error) {
	var last int64
	if err := tx.QueryRow(`SELECT coalesce(max(item), 0) FROM posts WHERE chat = ?`, c.ID).Scan(&last); err != nil {
		return 0, err
	}
	now := s.now()
	if t := ID(last).Time(); last != 0 && !now.After(t) {
		now = t.Add(1e6)
	}
	id := newID("echo", fmt.Sprint(c.ID, last), now)
	for {
		var n int
		if err := tx.QueryRow(`SELECT count(*) FROM items WHERE id = ?`, int64(id)).Scan(&n); err != nil || n == 0 {
			return id, err
		}
		id++
	}
}

// ownPost reads a post of one's own that something can be done to.
func (s *Store) ownPost(ctx context.Context, id ID) (ChatPost, error) {
	p, err := s.PostOf(ctx, id)
	switch {
	case err != nil:
		return p, err
	case !p.Mine:
		return p, errors.New("only one's own posts can be changed")
	case p.Removed:
		return p, errors.New("it is removed already")
	case p.System != "":
		return p, errors.New("this is no post of somebody")
	}
	return p, nil
}

// EditPost changes the text of one's own post.
func (s *Store) EditPost(ctx context.Context, id ID, text string) (Op, error) {
	p, err := s.ownPost(ctx, id)
	if err == nil {
		err = s.offering(p.Account, OfferEdit)
	}
	if err != nil {
		return Op{}, err
	}
	if err := checkText(text, p.Files > 0); err != nil {
		return Op{}, err
	}
	if strings.TrimSpace(text) == "" {
		return Op{}, errors.New("a post is not left without a text; d deletes it")
	}
	if p.Remote == "" {
		return Op{}, errors.New("it is still being sent; take it back with undo, or wait")
	}
	if text == p.Markdown {
		return Op{Words: "The post is as it was"}, nil
	}
	return s.postDeed(ctx, p, "Changed a post in %s",
		func(st PostState) (PostState, PostState) {
			was := st
			st.Text, was.Text = text, p.Markdown
			return st, was
		})
}

// DeletePost deletes one's own post. Taken back, it is posted again, as a new one.
func (s *Store) DeletePost(ctx context.Context, id ID) (Op, error) {
	p, err := s.ownPost(ctx, id)
	if err != nil {
		return Op{}, err
	}
	if p.Remote == "" && !p.Sending {
		return s.dropEcho(ctx, p)
	}
	if p.Remote == "" {
		return Op{}, errors.New("it is still being sent; undo takes it back")
	}
	if err := s.offering(p.Account, OfferEdit); err != nil {
		return Op{}, err
	}
	return s.postDeed(ctx, p, "Deleted a post in %s", func(st PostState) (PostState, PostState) {
		was := st
		st.Gone = true
		was.Post, was.New, was.Text = "", true, p.Markdown
		return st, was
	})
}

func (s *Store) postDeed(ctx context.Context, p ChatPost, words string, states func(PostState) (do, undo PostState)) (op Op, err error) {
	c, err := s.ChatOf(ctx, p.Chat)
	if err != nil {
		return Op{}, err
	}
	err = s.writeFull(ctx, func(tx *sql.Tx) error {
		object, err := postObject(tx, p.ID)
		if err != nil {
			return err
		}
		item, err := ParseID(strings.TrimPrefix(object, "post:"))
		if err != nil {
			return err
		}
		do, undo := states(PostState{Chat: c.Remote, Post: p.Remote, Parent: p.Parent, Thread: p.Thread, Item: item, Row: c.ID})
		d := Deed{Verb: VerbPost, Account: p.Account, Object: object, Do: do, Undo: undo, Words: fmt.Sprintf(words, c.Title)}
		if undo.New && strings.TrimSpace(undo.Text) == "" {
			d.Undo = nil // its files cannot be posted again without sending them again
		}
		op, err = s.deed(tx, d)
		op.Items = []ID{p.ID}
		return err
	})
	if err != nil {
		return Op{}, s.fault("recording what you did", err)
	}
	s.wakeDeeds()
	return op, nil
}

// dropEcho throws away what was refused; its text is the chat's draft if there is none.
func (s *Store) dropEcho(ctx context.Context, p ChatPost) (Op, error) {
	err := s.writeFull(ctx, func(tx *sql.Tx) error {
		if err := saveText(tx, p, s.now().UnixMilli()); err != nil {
			return err
		}
		return s.removeEcho(tx, p.ID, p.Chat)
	})
	return Op{Words: "Not posted; the text is in the draft"}, s.fault("recording what you did", err)
}

// saveText makes the text of a post that will not be sent the draft, unless there is one.
func saveText(tx *sql.Tx, p ChatPost, now int64) error {
	if strings.TrimSpace(p.Markdown) == "" {
		return nil
	}
	_, err := tx.Exec(`INSERT INTO drafts (chat, text, rest, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		p.Chat, PlainPost(p.Markdown, p.Mentions), jsonOf(draftRest{Mentions: p.Mentions, Parent: p.Parent}), now)
	return err
}

// RetryPost sends a post again that was refused.
func (s *Store) RetryPost(ctx context.Context, id ID) error {
	p, err := s.ownPost(ctx, id)
	if err != nil {
		return err
	}
	if p.Fault == "" {
		return errors.New("it was not refused")
	}
	var op int64
	err = s.r.QueryRowContext(ctx, `SELECT o.id FROM deeds d JOIN ops o ON o.id = d.op WHERE d.account = ? AND d.object IN (SELECT 'post:' || ?) AND o.state = 3
		ORDER BY d.op DESC LIMIT 1`, p.Account, p.ID.String()).Scan(&op)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("what was refused is not known any more: %w", ErrNotFound)
	}
	if err != nil {
		return s.fault("trying again", err)
	}
	return s.RetryOp(ctx, op)
}

// postPayload reads a payload of VerbPost.
func postPayload(b []byte) (st PostState, err error) {
	if err = json.Unmarshal(b, &st); err != nil {
		err = fmt.Errorf("reading what was to be posted: %w", err)
	}
	return st, err
}
