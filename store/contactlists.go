package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// directoryTurn reads a page of the company directory. All mailboxes of a company have
// the same one: the first that may read it does.
func (s *Store) directoryTurn(ctx context.Context, b *mailbox, st FeedState) (more bool, err error) {
	svc, ok := b.service().(ContactService)
	if !ok || s.readsDirectoryFor(b) {
		return false, nil
	}
	var tags []string
	if st.Cursor != "" {
		_ = json.Unmarshal([]byte(st.Cursor), &tags) // else it is read anew
	}
	asked := s.now()
	w, under := parseSweep(st.Older)
	if !under {
		w = sweep{Began: asked.UnixMilli(), Check: len(tags) > 0}
	}
	page := max(1, atoi(w.Page))
	tag := ""
	if w.Check {
		tag = nth(tags, page-1)
	}
	got, err := svc.PullDirectory(ctx, page, tag)
	if err != nil {
		return false, fmt.Errorf("reading the directory: %w", err)
	}
	if w.Check && got.Same {
		if page < len(tags) {
			w.Page = strconv.Itoa(page + 1)
			st.Older = w.String()
			more = true
		} else {
			st.Older = ""
		}
		return more, s.fault("reading the directory", s.transact(ctx, false, func(tx *sql.Tx) error { return putFeed(tx, b.id(), FeedDirectory, st) }))
	}
	if w.Check && page > 1 {
		// Something has changed. Who left is only told by all that are there.
		w = sweep{Began: asked.UnixMilli()}
		st.Older = w.String()
		return true, s.fault("reading the directory", s.transact(ctx, false, func(tx *sql.Tx) error { return putFeed(tx, b.id(), FeedDirectory, st) }))
	}
	w.Check = false
	w.Tags = append(w.Tags, got.Tag)
	more = got.Next > page
	if more {
		w.Page = strconv.Itoa(got.Next)
		st.Older = w.String()
	} else {
		done, _ := json.Marshal(w.Tags)
		if st.Cursor = string(done); slices.Contains(w.Tags, "") {
			st.Cursor = "" // not everything can be asked about
		}
		st.Older, st.Done = "", true
	}
	ref := bookRef{b.id(), companyOf(b.key), Directory}
	return more, s.takeAll(ctx, ref, got.Records, asked, time.UnixMilli(w.Began), !more, func(tx *sql.Tx) error {
		return putFeed(tx, b.id(), FeedDirectory, st)
	})
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// readsDirectoryFor reports whether another mailbox of the company reads the directory.
func (s *Store) readsDirectoryFor(b *mailbox) bool {
	for _, o := range s.mailboxes() {
		if o == b || o.id() == 0 || o.id() > b.id() || companyOf(o.key) != companyOf(b.key) {
			continue
		}
		o.feeds.mu.Lock()
		st := o.feeds.status[FeedDirectory]
		o.feeds.mu.Unlock()
		if st.Err == "" {
			return true
		}
	}
	return false
}

// favoritesTurn reads the favourites.
func (s *Store) favoritesTurn(ctx context.Context, b *mailbox, st FeedState) (more bool, err error) {
	svc, ok := b.service().(ContactService)
	if !ok {
		return false, nil
	}
	before, err := s.favoriteMark(ctx, s.r, b.id())
	if err != nil {
		return false, s.fault("reading the favourites", err)
	}
	list, err := svc.PullFavorites(ctx)
	if err != nil {
		return false, fmt.Errorf("reading the favourites: %w", err)
	}
	err = s.transact(ctx, false, func(tx *sql.Tx) error {
		// A change that has reached the service meanwhile may be missing in the answer.
		now, err := s.favoriteMark(ctx, tx, b.id())
		if err != nil {
			return err
		}
		if more = now != before; more {
			return nil
		}
		if err := s.putFavorites(tx, b, list); err != nil {
			return err
		}
		st.Done = true
		return putFeed(tx, b.id(), FeedFavorites, st)
	})
	if err == nil {
		s.changed()
	}
	return more, s.fault("reading the favourites", err)
}

// favoriteMark moves when a change of a favourite is made or settled.
func (s *Store) favoriteMark(ctx context.Context, db queryer, account int64) (mark string, err error) {
	err = db.QueryRowContext(ctx, `SELECT coalesce(group_concat(o.id || ':' || o.state, ' '), '') FROM (SELECT id, state FROM ops o JOIN deeds d ON d.op = o.id
		WHERE o.verb = 'favorite' AND d.account = ? ORDER BY id DESC LIMIT 20) o`, account).Scan(&mark)
	return mark, err
}

// putFavorites writes the favourites, with the changes that have not reached the service
// on top.
func (s *Store) putFavorites(tx *sql.Tx, b *mailbox, list []FavoriteRef) error {
	if _, err := tx.Exec(`DELETE FROM favorites WHERE account = ?`, b.id()); err != nil {
		return err
	}
	for i, f := range list {
		book := b.key
		if f.Source == Directory {
			book = companyOf(b.key)
		}
		_, err := tx.Exec(`INSERT OR IGNORE INTO favorites (account, book, source, remote, ord) VALUES (?, ?, ?, ?, ?)`,
			b.id(), book, int64(f.Source), CleanLine(f.Remote), i+1)
		if err != nil {
			return err
		}
	}
	ds, err := deedsOf(tx, b.id(), "", 0, `o.state IN (0, 1, 5) AND o.verb = 'favorite'`)
	if err != nil {
		return err
	}
	for _, d := range ds {
		if err := applyFavorite(s, tx, d.account, d.object, d.does); err != nil {
			return err
		}
	}
	return nil
}
