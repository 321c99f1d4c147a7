package store

import (
	"context"
	"errors"
	"fmt"

	"switchboard/api"
)

// ErrOneChat is a search for words over all chats, of a service that searches one at a time.
var ErrOneChat = errors.New("the service searches one chat at a time")

// Bounds on what a search by the services costs.
const (
	searchPages = 4  // pages of what was found that are read, of each chat or account
	searchChats = 30 // chats that are searched one by one: those with the latest activity
)

// SearchServices asks the attached services that can search for posts with some words,
// and takes in those that are not here yet: the history of a chat is here only as far as
// somebody has looked. It reports how many came; [Store.Search] finds them. What one
// service cannot do does not keep the others from it: the error is of all that failed,
// and what was found counts all the same.
func (s *Store) SearchServices(ctx context.Context, words string) (found int, err error) {
	words = CleanLine(words)
	if words == "" {
		return 0, nil
	}
	var errs []error
	for _, b := range s.mailboxes() {
		if err := s.ready(ctx, b); err != nil {
			return found, err
		}
		svc, ok := b.service().(PostSearcher)
		if !ok {
			continue
		}
		n, err := s.searchService(ctx, b, svc, words)
		found += n
		if err != nil {
			errs = append(errs, fmt.Errorf("searching %s: %w", b.key, err))
		}
		if ctx.Err() != nil {
			break
		}
	}
	return found, errors.Join(errs...)
}

func (s *Store) searchService(ctx context.Context, b *mailbox, svc PostSearcher, words string) (found int, err error) {
	found, err = s.searchIn(ctx, b, svc, words, "")
	if !errors.Is(err, ErrOneChat) {
		return found, err
	}
	// Of a chat without gaps all is here, and the store itself finds it.
	chats, err := s.strings(ctx, `SELECT remote FROM chats c WHERE account = ? AND joined = 1 AND remote NOT LIKE '~%'
		AND (looked = 0 OR EXISTS (SELECT 1 FROM chat_gaps g WHERE g.chat = c.id)) ORDER BY active DESC, id DESC LIMIT ?`, b.id(), searchChats)
	if err != nil {
		return found, s.fault("reading the chats", err)
	}
	for _, chat := range chats {
		n, err := s.searchIn(ctx, b, svc, words, chat)
		found += n
		if err != nil && !isPermission(err) && !api.IsNotFound(err) {
			return found, err
		}
	}
	return found, nil
}

func (s *Store) searchIn(ctx context.Context, b *mailbox, svc PostSearcher, words, chat string) (found int, err error) {
	cursor := ""
	for range searchPages {
		posts, next, err := svc.SearchPosts(ctx, words, chat, cursor)
		if err != nil {
			return found, err
		}
		t, err := s.takePosts(ctx, b.id(), posts, nil)
		if err != nil {
			return found, s.fault("taking in what was found", err)
		}
		found += t.fresh
		if t.ask {
			b.pokeFeed(FeedChats)
		}
		if cursor = next; cursor == "" || len(posts) == 0 {
			break
		}
	}
	return found, nil
}
