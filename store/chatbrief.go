package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"switchboard/api"
	"switchboard/store/lockfile"
)

// briefAtOnce is of how many chats what their list does not say is asked for together.
const briefAtOnce = 8

// stale reports whether the recent chats have to be read again although the round is not
// over: a look at thousands of chats takes its time.
func (r *chatRound) stale(svc ChatService) bool {
	_, since := svc.(PostsSinceService)
	age := r.s.now().Sub(r.since)
	return since && (age >= chatsEvery || age < 0)
}

// aroundAtOnce is how many chats are asked for news with each look while nobody tells of
// any: those with the latest activity, and as many of the others in turn.
const aroundAtOnce = 20

// around has some chats asked for what came since, where the service does not say which
// have news and nobody tells of it.
func (r *chatRound) around(tx *sql.Tx, b *mailbox, svc ChatService) error {
	if _, ok := svc.(PostsSinceService); !ok || b.listens(FeedChats) {
		return nil
	}
	_, err := tx.Exec(`UPDATE chats SET need = 1 WHERE id IN (SELECT id FROM chats WHERE account = ? AND joined = 1 AND looked > 0 ORDER BY active DESC LIMIT ?)`,
		b.id(), aroundAtOnce)
	if err != nil {
		return err
	}
	rows, err := tx.Query(`SELECT id FROM chats WHERE account = ? AND joined = 1 AND looked > 0 AND id > ? ORDER BY id LIMIT ?`, b.id(), r.passed, aroundAtOnce)
	if err != nil {
		return err
	}
	ids, err := scanIDs(rows)
	if err != nil {
		return err
	}
	if r.passed = 0; len(ids) == aroundAtOnce {
		r.passed = int64(ids[len(ids)-1])
	}
	_, err = tx.Exec(`UPDATE chats SET need = 1 WHERE id IN (SELECT value FROM json_each(?))`, jsonOf(asInts(ids)))
	return err
}

// brief asks for what the list of chats does not say of them. It comes last, as it may
// take long.
func (r *chatRound) brief(ctx context.Context, b *mailbox, svc ChatService, _ FeedState) (bool, error) {
	ids, err := r.s.strings(ctx, `SELECT remote FROM chats INDEXED BY chats_brief WHERE account = ? AND brief = 1 AND joined = 1 ORDER BY active DESC LIMIT ?`, b.id(), briefAtOnce)
	if err != nil || len(ids) == 0 {
		return false, err
	}
	chats, failed := make([]IncomingChat, len(ids)), make([]error, len(ids))
	var wg sync.WaitGroup
	for i, id := range ids {
		wg.Go(func() { chats[i], failed[i] = svc.Chat(ctx, id) })
	}
	wg.Wait()
	var told []IncomingChat
	var over []string // those of which no more will be told
	for i, id := range ids {
		switch err := failed[i]; {
		case err == nil:
			chats[i].Remote, chats[i].Brief = id, false
			told = append(told, chats[i])
		case api.IsNotFound(err):
			told = append(told, IncomingChat{Remote: id, Gone: true})
		case isPermission(err):
			r.s.log.Info("no more is told of a chat", "chat", id, "err", err)
		default:
			continue
		}
		over = append(over, id)
	}
	err = r.s.write(ctx, func(tx *sql.Tx) error {
		if err := r.s.takeChats(tx, b.id(), told, 0); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE chats SET brief = 0 WHERE account = ? AND remote IN (SELECT value FROM json_each(?))`, b.id(), jsonOf(over)); err != nil {
			return err
		}
		if len(ids) == briefAtOnce {
			return nil // which are the most recently active is known at the end
		}
		return markNews(tx, b.id())
	})
	if err == nil && len(over) == 0 {
		err = fmt.Errorf("reading about a chat: %w", errors.Join(failed...))
	}
	return true, err
}

// sweepChats has all chats looked at for what nobody told of: neither this process nor
// another is listening.
func (s *Store) sweepChats(ctx context.Context, b *mailbox) error {
	if b.listens(FeedChats) || s.heardElsewhere(b.key) {
		return nil
	}
	return s.fault("reading the chats", s.write(ctx, func(tx *sql.Tx) error { return markMissed(tx, b.id()) }))
}

// heardElsewhere reports whether another process listens for a mailbox.
func (s *Store) heardElsewhere(key string) bool {
	f, err := os.Open(filepath.Join(s.opts.Dir, listenLock(key)))
	if err != nil {
		return false
	}
	defer f.Close()
	return errors.Is(lockfile.Try(f), lockfile.ErrLocked)
}
