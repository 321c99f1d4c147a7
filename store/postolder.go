package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"switchboard/api"
)

// Bounds on how much is read at a time.
const (
	gapPages   = 4  // pages of new posts that are read to meet what is here
	skipPages  = 40 // pages passed over to find a place again whose name the service has forgotten
	olderPages = 3  // pages of older posts that are read when all of a page is here already
)

// chatService is the service of an account, if it has chats.
func (s *Store) chatService(account int64) (ChatService, *mailbox) {
	b := s.boxOf(account)
	if b == nil || account == 0 {
		return nil, nil
	}
	svc, _ := b.service().(ChatService)
	return svc, b
}

// oneAtATime keeps two from reading the same chat at once.
type oneAtATime struct {
	mu   sync.Mutex
	busy map[int64]chan struct{}
}

// enter waits for its turn with a chat.
func (o *oneAtATime) enter(ctx context.Context, chat int64) (leave func(), err error) {
	for {
		o.mu.Lock()
		c := o.busy[chat]
		if c == nil {
			if o.busy == nil {
				o.busy = map[int64]chan struct{}{}
			}
			c = make(chan struct{})
			o.busy[chat] = c
			o.mu.Unlock()
			return func() {
				o.mu.Lock()
				delete(o.busy, chat)
				o.mu.Unlock()
				close(c)
			}, nil
		}
		o.mu.Unlock()
		select {
		case <-c:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// OlderPosts asks the service at once for posts that are missing right above a post, or
// for the newest ones of a chat nothing is known of. It reports how many came, and
// whether there are more.
func (s *Store) OlderPosts(ctx context.Context, chat int64, at ID) (came int, more bool, err error) {
	c, err := s.ChatOf(ctx, chat)
	if err != nil {
		return 0, false, err
	}
	svc, _ := s.chatService(c.Account)
	if svc == nil {
		return 0, false, fmt.Errorf("reading older posts: %w", ErrOffline)
	}
	if c.Pending {
		return 0, false, nil
	}
	leave, err := s.reads.enter(ctx, chat)
	if err != nil {
		return 0, false, err
	}
	defer leave()
	for range olderPages {
		n, more, err := s.olderPosts(ctx, svc, c, at)
		came += n
		if err != nil || !more || came > 0 {
			return came, more, err
		}
	}
	return came, true, nil
}

func (s *Store) olderPosts(ctx context.Context, svc ChatService, c Chat, at ID) (came int, more bool, err error) {
	g, ok, err := s.gapAt(ctx, c.ID, at)
	if err != nil {
		return 0, false, s.fault("reading older posts", err)
	}
	if !ok {
		var looked int64
		if err := s.r.QueryRowContext(ctx, `SELECT looked FROM chats WHERE id = ?`, c.ID).Scan(&looked); err != nil || looked != 0 {
			return 0, false, s.fault("reading older posts", err)
		}
		came, err = s.newestPosts(ctx, svc, c, 1)
		return came, true, err
	}
	posts, next, err := s.pageOf(ctx, svc, c, g)
	if err != nil {
		return 0, false, fmt.Errorf("reading older posts: %w", err)
	}
	t, err := s.takePosts(ctx, c.Account, posts, func(tx *sql.Tx, t taken) error {
		return fillGap(tx, c.ID, g, t, next)
	})
	if err != nil {
		return 0, false, s.fault("reading older posts", err)
	}
	return t.fresh, next != "" && (g.above == 0 || t.oldest > g.above), nil
}

// gap is a stretch of a chat that is not here.
type gap struct {
	below, above ID
	cursor       string
}

// gapAt is the gap nearest to a post, at it or above it.
func (s *Store) gapAt(ctx context.Context, chat int64, at ID) (g gap, ok bool, err error) {
	if at == FromEnd {
		at = math.MaxInt64
	}
	err = s.r.QueryRowContext(ctx, `SELECT below, above, cursor FROM chat_gaps WHERE chat = ? AND below <= ? ORDER BY below DESC LIMIT 1`, chat, int64(at)).
		Scan((*int64)(&g.below), (*int64)(&g.above), &g.cursor)
	if errors.Is(err, sql.ErrNoRows) {
		return g, false, nil
	}
	return g, err == nil, err
}

// pageOf reads the page at a gap. When the service does not know its own name for the
// place any more, the place is looked for from the newest post down.
func (s *Store) pageOf(ctx context.Context, svc ChatService, c Chat, g gap) (posts []IncomingPost, next string, err error) {
	if g.cursor != "" {
		posts, next, err = svc.Posts(ctx, c.Remote, g.cursor)
		if err == nil || api.IsTemporary(err) || api.IsUnknown(err) || isPermission(err) || ctx.Err() != nil {
			return posts, next, err
		}
		s.log.Info("the place in a chat is no longer known", "chat", c.Remote, "err", err)
	}
	cursor := ""
	for range skipPages {
		posts, next, err = svc.Posts(ctx, c.Remote, cursor)
		if err != nil || next == "" {
			return posts, next, err
		}
		for _, p := range posts {
			if !p.Time.IsZero() && FirstID(p.Time) < g.below {
				return posts, next, nil
			}
		}
		cursor = next
	}
	return posts, next, nil
}

// fillGap moves a gap down to where a page ended, or closes it.
func fillGap(tx *sql.Tx, chat int64, g gap, t taken, next string) error {
	if _, err := tx.Exec(`DELETE FROM chat_gaps WHERE chat = ? AND below = ?`, chat, int64(g.below)); err != nil {
		return err
	}
	below := g.below
	if t.oldest != 0 && t.oldest < below {
		below = t.oldest
	}
	if next == "" || g.above != 0 && below <= g.above {
		return nil
	}
	_, err := tx.Exec(`INSERT INTO chat_gaps (chat, below, above, cursor) VALUES (?, ?, ?, ?)
		ON CONFLICT (chat, below) DO UPDATE SET above = min(above, excluded.above), cursor = excluded.cursor`, chat, int64(below), int64(g.above), next)
	return err
}

// newestPosts reads the newest posts of a chat until they meet what is here, at most
// so many pages. What is left between becomes a gap.
func (s *Store) newestPosts(ctx context.Context, svc ChatService, c Chat, pages int) (came int, err error) {
	var top, changed int64
	if err := s.r.QueryRowContext(ctx, `SELECT top, changed FROM chats WHERE id = ?`, c.ID).Scan(&top, &changed); err != nil {
		return 0, s.fault("reading the newest posts", err)
	}
	if top == 0 {
		pages = 1 // there is nothing to be met
	}
	missed := s.missed.Load() // what is missed from now on may not be in the answer
	var newest ID
	cursor := ""
	for page := 1; ; page++ {
		posts, next, err := postsFrom(ctx, svc, c.Remote, cursor, ID(top))
		if err != nil {
			return came, fmt.Errorf("reading the newest posts: %w", err)
		}
		var met bool
		t, err := s.takePosts(ctx, c.Account, posts, func(tx *sql.Tx, t taken) error {
			newest = max(newest, t.newest)
			met = next == "" || top != 0 && t.oldest != 0 && t.oldest <= ID(top)
			if !met && page < pages {
				return nil
			}
			if !met {
				_, err := tx.Exec(`INSERT INTO chat_gaps (chat, below, above, cursor) VALUES (?, ?, ?, ?)
					ON CONFLICT (chat, below) DO UPDATE SET above = min(above, excluded.above), cursor = excluded.cursor`, c.ID, int64(t.oldest), top, next)
				if err != nil {
					return err
				}
			}
			_, err := tx.Exec(`UPDATE chats SET top = max(top, ?), looked = max(looked, ?, 1), need = iif(?, need, 0) WHERE id = ?`,
				int64(newest), changed, s.missed.Load() != missed, c.ID)
			return err
		})
		came += t.fresh
		if err != nil {
			return came, s.fault("reading the newest posts", err)
		}
		if met || page >= pages {
			return came, nil
		}
		cursor = next
	}
}

// sinceApart is how much before the newest post here is asked for again: posts may come to
// be known a little out of order.
const sinceApart = 2 * time.Minute

// postsFrom is a page of posts, or the first of those that came since top, where the
// service can be asked for that.
func postsFrom(ctx context.Context, svc ChatService, chat, cursor string, top ID) (posts []IncomingPost, next string, err error) {
	if since, ok := svc.(PostsSinceService); ok && cursor == "" && top != 0 {
		return since.PostsSince(ctx, chat, top.Time().Add(-sinceApart))
	}
	return svc.Posts(ctx, chat, cursor)
}

// LoadThread asks the service at once for all posts of a thread.
func (s *Store) LoadThread(ctx context.Context, chat int64, thread string) error {
	c, err := s.ChatOf(ctx, chat)
	if err != nil {
		return err
	}
	svc, _ := s.chatService(c.Account)
	if svc == nil || thread == "" {
		return nil
	}
	posts, err := svc.Thread(ctx, c.Remote, thread)
	if err != nil {
		return fmt.Errorf("reading the thread: %w", err)
	}
	return s.TakePosts(ctx, c.Account, posts)
}
