package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"switchboard/store/lockfile"
)

// soleListener is a Live whose service keeps a queue of news for whoever listens. Two
// processes that took from it would each have half, so one at a time listens; the others
// see what it writes.
type soleListener interface{ ListensAlone() }

func sole(svc Service) bool {
	_, ok := svc.(soleListener)
	return ok
}

// whileOther is how often a process looks whether another one has stopped listening.
const whileOther = 2 * time.Second

// listenAlone waits until no other process listens for a mailbox, where that matters.
func (s *Store) listenAlone(ctx context.Context, b *mailbox, live Live) (free func(), err error) {
	if _, ok := live.(soleListener); !ok {
		return func() {}, nil
	}
	told := false
	for {
		quick, cancel := context.WithTimeout(ctx, time.Millisecond)
		free, err := lockfile.Lock(quick, filepath.Join(s.opts.Dir, listenLock(b.key)))
		cancel()
		if err == nil || !errors.Is(err, lockfile.ErrLocked) {
			return free, err
		}
		if !told { // what it hears is here as soon as it has heard it
			s.heardState(b, LiveStatus{Up: true, Hears: []string{HearsMessages, FeedChats}})
			told = true
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-s.after(whileOther):
		}
	}
}

// listenLock is the name of the file that whoever listens for a mailbox holds.
func listenLock(key string) string {
	const hex = "0123456789abcdef"
	var b strings.Builder
	b.WriteString("listen-")
	for i := range len(key) {
		c := key[i]
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-':
			b.WriteByte(c)
		default:
			b.WriteString("_" + string(hex[c>>4]) + string(hex[c&15]))
		}
	}
	name := b.String()
	if len(name) > 200 {
		name = name[:180] + fmt.Sprintf("-%x", uint64(newID("listen", key, time.Time{})))
	}
	return name + ".lock"
}

// livePlace is what this store is called as a listener, and how far it was heard.
func (s *Store) livePlace(ctx context.Context, account int64) (name, place string, err error) {
	err = s.r.QueryRowContext(ctx, `SELECT place FROM live_places WHERE account = ?`, account).Scan(&place)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", "", err
	}
	err = s.r.QueryRowContext(ctx, `SELECT name FROM listeners LIMIT 1`).Scan(&name)
	if !errors.Is(err, sql.ErrNoRows) {
		return name, place, err
	}
	err = s.transact(ctx, true, func(tx *sql.Tx) error {
		if _, err := tx.Exec(`INSERT INTO listeners (name) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM listeners)`, strings.ToLower(rand.Text()[:16])); err != nil {
			return err
		}
		return tx.QueryRow(`SELECT name FROM listeners`).Scan(&name)
	})
	return name, place, err
}

// keepPlace writes down where news that are taken in now came from, and with what was
// missed what has to be looked at because of it: neither is ever there without the other.
// The transaction is on disk when it returns, and so are those before it.
func (s *Store) keepPlace(ctx context.Context, b *mailbox, n News, bad error) error {
	_, since := b.service().(PostsSinceService)
	if bad != nil || n.Place == "" && !since {
		return nil
	}
	return s.transact(ctx, true, func(tx *sql.Tx) error {
		if n.Missed && since {
			if err := markMissed(tx, b.id()); err != nil {
				return err
			}
			s.missed.Add(1)
		}
		if n.Place == "" {
			return nil
		}
		_, err := tx.Exec(`INSERT INTO live_places (account, place) VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET place = excluded.place`, b.id(), CleanLine(n.Place))
		return err
	})
}

// unlooked has chats looked at that were to be when the program ended.
func (s *Store) unlooked(ctx context.Context, b *mailbox) {
	if _, ok := b.service().(PostsSinceService); !ok {
		return
	}
	ids, err := s.ids(ctx, `SELECT id FROM (SELECT id FROM chats INDEXED BY chats_need WHERE account = ?1 AND need = 1 LIMIT 1)
		UNION ALL SELECT id FROM (SELECT id FROM chats INDEXED BY chats_brief WHERE account = ?1 AND brief = 1 LIMIT 1)`, b.id())
	if err != nil {
		s.log.Warn("whether chats are to be looked at is not known", "account", b.key, "err", err)
	}
	if len(ids) > 0 {
		b.pokeFeed(FeedChats)
	}
}

// markMissed has all chats of an account looked at, since any may have news: those that
// were read once for what came since, the others for whether something did.
func markMissed(tx *sql.Tx, account int64) error {
	_, err := tx.Exec(`UPDATE chats SET need = iif(looked > 0, 1, need), brief = iif(looked > 0, brief, 1)
		WHERE account = ? AND joined = 1 AND remote NOT LIKE '~%'`, account)
	return err
}
