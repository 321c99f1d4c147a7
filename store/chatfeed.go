package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"switchboard/api"
)

// How often chats are looked at, and how much of them at first.
const (
	chatsEvery  = 30 * time.Second
	chatsPushed = 10 * time.Minute
	// listEvery is the time between two looks through the list of all chats, which tells
	// what one has left elsewhere and what one could join.
	listEvery = 12 * time.Hour
	// chatsAhead is of how many chats, those with the latest activity, posts are read
	// before anybody looks at them.
	chatsAhead = 30
	// keepRemoved is how long a removal is remembered of a post that never came.
	keepRemoved = 30 * 24 * time.Hour
)

// chatFeeds are the feeds of a service that has chats.
func (s *Store) chatFeeds(svc Service) []feed {
	if _, ok := svc.(ChatService); !ok {
		return nil
	}
	r := &chatRound{s: s}
	f := feed{name: FeedChats, every: chatsEvery, pushed: chatsPushed, turn: r.turn, asked: func() { r.begun = false }}
	if _, ok := svc.(PostsSinceService); ok {
		f.whole = s.sweepChats
	}
	return []feed{f}
}

// chatRound is one look at the chats: what is recent, what is not known of it, the
// posts that are new in it, and now and then the list of all chats. A turn is one piece.
type chatRound struct {
	s       *Store
	begun   bool      // the recent chats were read in this round
	since   time.Time // when that was
	passed  int64     // the row of the chat that was looked at last, in turn: see around
	listing int64     // when the look through all chats began, Unix milliseconds; 0: there is none
}

func (r *chatRound) turn(ctx context.Context, b *mailbox, st FeedState) (more bool, err error) {
	svc, ok := b.service().(ChatService)
	if !ok {
		return false, nil
	}
	for _, step := range []func(context.Context, *mailbox, ChatService, FeedState) (bool, error){
		r.me, r.recent, r.bare, r.people, r.posts, r.list, r.brief,
	} {
		if did, err := step(ctx, b, svc, st); did || err != nil {
			if err != nil {
				r.begun = false
			}
			return true, err
		}
	}
	r.begun = false
	return false, nil
}

// me asks once who one is.
func (r *chatRound) me(ctx context.Context, b *mailbox, svc ChatService, _ FeedState) (bool, error) {
	known, err := r.s.Myself(ctx, b.id())
	if err != nil || known.Remote != "" {
		return false, err
	}
	me, err := svc.Me(ctx)
	if err != nil {
		return false, fmt.Errorf("asking who you are: %w", err)
	}
	return true, r.s.write(ctx, func(tx *sql.Tx) error { return r.s.takeMyself(tx, b.id(), me) })
}

// recent begins the round.
func (r *chatRound) recent(ctx context.Context, b *mailbox, svc ChatService, st FeedState) (bool, error) {
	if r.begun && !r.stale(svc) {
		return false, nil
	}
	r.since = r.s.now()
	chats, err := svc.RecentChats(ctx)
	if err != nil {
		return false, fmt.Errorf("reading the recent chats: %w", err)
	}
	err = r.s.write(ctx, func(tx *sql.Tx) error {
		if err := r.s.takeChats(tx, b.id(), chats, 0); err != nil {
			return err
		}
		if err := r.around(tx, b, svc); err != nil {
			return err
		}
		if err := markNews(tx, b.id()); err != nil || st.Cursor != "" {
			return err
		}
		st.Cursor = "0" // the list of all has not been read yet
		return putFeed(tx, b.id(), FeedChats, st)
	})
	r.begun = err == nil
	return true, err
}

// markNews marks the chats whose newest posts are to be read: those nothing is known of
// among the most recently active, and those that posts came for by themselves since
// they were last read, as some may have been lost on the way.
func markNews(tx *sql.Tx, account int64) error {
	if _, err := tx.Exec(`UPDATE chats SET need = 1 WHERE looked = 0 AND need = 0 AND brief = 0 AND id IN (
		SELECT id FROM chats WHERE account = ? AND joined = 1 ORDER BY active DESC LIMIT ?)`, account, chatsAhead); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE chats SET need = 1 WHERE account = ? AND joined = 1 AND need = 0 AND looked > 0 AND id IN (
		SELECT id FROM chats WHERE account = ? AND joined = 1 ORDER BY active DESC LIMIT 500)
		AND (changed > looked OR (SELECT max(item) FROM posts WHERE chat = chats.id AND remote <> '') > top)`, account, account)
	return err
}

// bare asks for a chat of which only the id is known.
func (r *chatRound) bare(ctx context.Context, b *mailbox, svc ChatService, _ FeedState) (bool, error) {
	ids, err := r.s.strings(ctx, `SELECT remote FROM chats INDEXED BY chats_bare WHERE account = ? AND type = '' AND archived = 0 LIMIT 1`, b.id())
	if err != nil || len(ids) == 0 {
		return false, err
	}
	c, err := svc.Chat(ctx, ids[0])
	switch {
	case err == nil:
		c.Remote = ids[0]
	case api.IsNotFound(err):
		c = IncomingChat{Remote: ids[0], Gone: true}
	default:
		return false, fmt.Errorf("reading a chat: %w", err)
	}
	return true, r.s.write(ctx, func(tx *sql.Tx) error {
		if err := r.s.takeChats(tx, b.id(), []IncomingChat{c}, 0); err != nil {
			return err
		}
		_, err := tx.Exec(`UPDATE chats SET type = 'unknown' WHERE account = ? AND remote = ? AND type = '' AND archived = 0`, b.id(), ids[0]) // not again
		return err
	})
}

// people asks for names.
func (r *chatRound) people(ctx context.Context, b *mailbox, svc ChatService, _ FeedState) (bool, error) {
	ids, err := r.s.strings(ctx, `SELECT remote FROM people INDEXED BY people_asked WHERE account = ? AND state = 0 LIMIT ?`, b.id(), peopleAtOnce)
	if err != nil || len(ids) == 0 {
		return false, err
	}
	err = r.s.askNames(ctx, b.id(), svc, ids)
	if isPermission(err) { // chats can be read without
		err = r.s.write(ctx, func(tx *sql.Tx) error { return r.s.takePeople(tx, b.id(), ids, nil) })
	}
	return true, err
}

// posts reads the newest posts of the chat with the latest activity that has some.
func (r *chatRound) posts(ctx context.Context, b *mailbox, svc ChatService, _ FeedState) (bool, error) {
	ids, err := r.s.ids(ctx, `SELECT id FROM chats INDEXED BY chats_need WHERE account = ? AND need = 1 AND remote NOT LIKE '~%' ORDER BY active DESC LIMIT 1`, b.id())
	if err != nil || len(ids) == 0 {
		return false, err
	}
	c, err := r.s.ChatOf(ctx, int64(ids[0]))
	if err != nil {
		return false, err
	}
	leave, err := r.s.reads.enter(ctx, c.ID)
	if err != nil {
		return false, err
	}
	defer leave()
	_, err = r.s.newestPosts(ctx, svc, c, gapPages)
	if err != nil && (api.IsNotFound(err) || isPermission(err)) { // one is not a member any more
		r.s.log.Info("a chat cannot be read", "chat", c.Remote, "err", err)
		err = r.s.write(ctx, func(tx *sql.Tx) error {
			_, err := tx.Exec(`UPDATE chats SET need = 0, looked = max(looked, changed, 1) WHERE id = ?`, c.ID)
			return err
		})
	}
	return true, err
}

// list reads a page of the list of all chats, when it is time for that. What was in no
// page is no chat of ours any more.
func (r *chatRound) list(ctx context.Context, b *mailbox, svc ChatService, st FeedState) (bool, error) {
	if last, err := strconv.ParseInt(st.Cursor, 10, 64); err == nil && r.listing == 0 && st.Older == "" {
		if wait := r.s.now().Sub(time.UnixMilli(last)); wait >= 0 && wait < listEvery {
			return false, nil
		}
	}
	if r.listing == 0 {
		r.listing, st.Older = r.s.now().UnixMilli(), ""
	}
	chats, next, err := svc.Chats(ctx, st.Older)
	if err != nil && st.Older != "" && !api.IsTemporary(err) && !isPermission(err) {
		r.listing = 0 // the place is not known any more: from the start
		return true, r.s.write(ctx, func(tx *sql.Tx) error {
			st.Older = ""
			return putFeed(tx, b.id(), FeedChats, st)
		})
	}
	if err != nil {
		return false, fmt.Errorf("reading the list of chats: %w", err)
	}
	if next == st.Older {
		next = ""
	}
	return true, r.s.write(ctx, func(tx *sql.Tx) error {
		if err := r.s.takeChats(tx, b.id(), chats, r.listing); err != nil {
			return err
		}
		st.Older = next
		if next != "" {
			return putFeed(tx, b.id(), FeedChats, st)
		}
		return r.listed(tx, b.id(), st)
	})
}

// listed ends a look through all chats.
func (r *chatRound) listed(tx *sql.Tx, account int64, st FeedState) error {
	began := r.listing
	r.listing = 0
	st.Cursor, st.Older = strconv.FormatInt(began, 10), ""
	for _, q := range []struct {
		text string
		args []any
	}{
		{`UPDATE chats SET joined = 0, public = 0 WHERE account = ? AND listed < ? AND changed < ? AND type NOT IN ('', 'unknown', 'personal') AND remote NOT LIKE '~%' AND listed > 0`, []any{account, began, began}},
		{`DELETE FROM posts_removed WHERE account = ? AND at < ?`, []any{account, r.s.now().Add(-keepRemoved).UnixMilli()}},
	} {
		if _, err := tx.Exec(q.text, q.args...); err != nil {
			return err
		}
	}
	return putFeed(tx, account, FeedChats, st)
}
