package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"switchboard/api"
)

// FeedDetails is the feed of what a service tells of an item only when it is asked about
// that one: the attachments of e-mails. What a person opens comes first, then the newest.
const FeedDetails = "attachments"

// How often it is looked for items whose turn has come again after a failure, and how
// soon after new ones came.
const (
	detailsEvery = 10 * time.Minute
	detailsGap   = time.Second
	// detailsOnce is how many of them a single sync asks for: at a hundred requests a
	// minute nobody would want to wait for all.
	detailsOnce = 50
	// detailTries is how often one item is asked about before only a person has it asked again.
	detailTries = 6
	// detailPatience is how long a person's wish waits for a place in the rate budget.
	detailPatience = 3 * time.Second
)

// Detailer is a Service that tells of an item's attachments only when it is asked about
// that item. Incoming.Bare marks those.
type Detailer interface {
	// Detail asks for the attachments of an item. Of the answer only Attachments counts. An
	// error for which api.IsNotFound holds says that the service does not know the item
	// by this name (any more).
	Detail(ctx context.Context, m MailName) (Incoming, error)
}

// detailFeeds are the feeds of a service that has to be asked about each item.
func (s *Store) detailFeeds(svc Service) []feed {
	if _, ok := svc.(Detailer); !ok {
		return nil
	}
	fs := []feed{{name: FeedDetails, every: detailsEvery, pushed: detailsEvery, gap: detailsGap, once: detailsOnce, turn: s.detailTurn}}
	if _, ok := svc.(MailFinder); ok {
		fs = append(fs, feed{name: FeedMoved, every: movedEvery, pushed: movedEvery, gap: movedGap, once: movedOnce, turn: s.movedTurn})
	}
	return fs
}

// wantDetails has items that have just come asked about.
func (b *mailbox) wantDetails() {
	if _, ok := b.service().(Detailer); ok {
		b.wantFeed(FeedDetails)
	}
}

// bareItem is an item that is to be asked about.
type bareItem struct {
	id     ID
	remote string
	tries  int
	detail string // JSON MailDetail
}

func (it bareItem) name() MailName {
	m := MailName{Remote: it.remote, Time: it.id.Time()}
	if json.Unmarshal([]byte(it.detail), &m.MailDetail) != nil {
		m.MailDetail = MailDetail{} // of a damaged row: the name alone may do
	}
	return m
}

// detailTurn asks about one item.
func (s *Store) detailTurn(ctx context.Context, b *mailbox, st FeedState) (more bool, err error) {
	svc, ok := b.service().(Detailer)
	if !ok {
		return false, nil
	}
	it, err := s.nextBare(ctx, b.id())
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, s.fault("looking for items without their attachments", err)
	}
	in, err := svc.Detail(ctx, it.name())
	if err == nil {
		if err = s.keepDetail(ctx, it, in); err == nil {
			b.wantFeed(FeedDetails) // the next one
		}
		return err == nil, err
	}
	if ctx.Err() != nil {
		return false, err
	}
	own, kept := s.detailFailed(context.WithoutCancel(ctx), b, it, err)
	switch {
	case kept != nil:
		return false, kept
	case own: // it concerns this item alone
		b.wantFeed(FeedDetails)
		return true, nil
	}
	return false, fmt.Errorf("asking for attachments: %w", err)
}

// nextBare is the item to ask about next: of what a person opened the latest, else the newest.
func (s *Store) nextBare(ctx context.Context, account int64) (it bareItem, err error) {
	now := s.now().UnixMilli()
	err = s.ask(ctx, `SELECT i.id, i.remote, d.tries, coalesce(m.detail, '{}') FROM details d JOIN items i ON i.id = d.item LEFT JOIN mails m ON m.item = i.id
		WHERE d.account = ? AND d.wanted > 0 AND d.lost = 0 AND d.next <= ? AND i.bare > 0 AND i.availability = 0 ORDER BY d.wanted DESC LIMIT 1`, account, now).
		Scan((*int64)(&it.id), &it.remote, &it.tries, &it.detail)
	if !errors.Is(err, sql.ErrNoRows) {
		return it, err
	}
	err = s.ask(ctx, `SELECT i.id, i.remote, coalesce(d.tries, 0), coalesce(m.detail, '{}') FROM items i INDEXED BY items_bare
		LEFT JOIN details d ON d.item = i.id LEFT JOIN mails m ON m.item = i.id
		WHERE i.account = ? AND i.bare = 1 AND i.availability = 0 AND coalesce(d.lost, 0) = 0 AND coalesce(d.next, 0) <= ? ORDER BY i.id DESC LIMIT 1`, account, now).
		Scan((*int64)(&it.id), &it.remote, &it.tries, &it.detail)
	return it, err
}

// detailFailed writes down that an item could not be told of, and reports whether that
// concerns it alone, so that others can be asked about.
func (s *Store) detailFailed(ctx context.Context, b *mailbox, it bareItem, err error) (own bool, kept error) {
	if isPermission(err) || isLimit(err) || errors.Is(err, api.ErrSignedOut) || api.IsLimitedMode(err) {
		return false, nil
	}
	now := s.now()
	lost := api.IsNotFound(err)
	own = lost || !api.IsTemporary(err)
	wait := time.Minute << min(it.tries, 10)
	if own {
		wait = max(wait, time.Hour)
	}
	kept = s.write(ctx, func(tx *sql.Tx) error {
		if lost {
			return s.lose(tx, it.id)
		}
		if it.tries+1 >= detailTries {
			if _, err := tx.Exec(`UPDATE items SET bare = ? WHERE id = ? AND bare > 0`, int64(OnDemand), int64(it.id)); err != nil {
				return err
			}
		}
		_, e := tx.Exec(`INSERT INTO details (item, account, tries, next, fault) SELECT id, account, 1, ?2, ?3 FROM items WHERE id = ?1
			ON CONFLICT (item) DO UPDATE SET tries = tries + 1, wanted = 0, next = excluded.next, fault = excluded.fault`,
			int64(it.id), now.Add(wait).UnixMilli(), reason(err))
		return e
	})
	if lost && kept == nil {
		s.log.Info("the service does not know an item by its name", "account", b.key, "item", it.id)
		b.wantFeed(FeedMoved)
	}
	return own, s.fault("noting what could not be asked for", kept)
}

// lose notes that the service does not know an item by its name. Where it can be looked
// for, FeedMoved does so.
func (s *Store) lose(tx *sql.Tx, item ID) error {
	_, err := tx.Exec(`INSERT INTO details (item, account, lost, fault) SELECT id, account, ?2, ?3 FROM items WHERE id = ?1
		ON CONFLICT (item) DO UPDATE SET lost = iif(lost = 0, excluded.lost, lost), fault = excluded.fault`,
		int64(item), s.now().UnixMilli(), "it no longer exists at the service under this name")
	return err
}

// movedWait is how long a download waits for the e-mail it is from to be found.
const movedWait = time.Minute

// loseMail is lose for the item of a file that was not found, if it is an e-mail which can
// be looked for; then it reports whether that has still to be done. What was asked for
// under a name that the e-mail or the file has no longer says nothing of either: where the
// new name is known, or the next to be asked for, nothing is lost.
func (s *Store) loseMail(tx *sql.Tx, a Attachment) (open bool, err error) {
	var tries, lost int64
	var bare Bare
	var uri string
	err = tx.QueryRow(`SELECT a.uri, i.bare, coalesce(d.tries, 0), coalesce(d.lost, 0) FROM mails m JOIN items i ON i.id = m.item
		JOIN attachments a ON a.item = i.id AND a.id = ? LEFT JOIN details d ON d.item = i.id WHERE m.item = ? AND m.internet <> ''`, a.ID, int64(a.Item)).
		Scan(&uri, &bare, &tries, &lost)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, err
	case uri != a.URI:
		return true, nil
	case bare == Wanting && lost == 0:
		_, err := tx.Exec(wantDetail, int64(a.Item), s.now().UnixMilli())
		return true, err
	}
	return lost == 0 || tries == 0, s.lose(tx, a.Item)
}

// wantDetail has an item be the next to be asked about.
const wantDetail = `INSERT INTO details (item, account, wanted) SELECT id, account, ?2 FROM items WHERE id = ?1
	ON CONFLICT (item) DO UPDATE SET wanted = excluded.wanted, next = 0, tries = 0`

// WantDetail asks a service for the attachments of an item at once, because somebody is
// looking at it, and reports whether there is more to show now. Where that is not
// possible at the moment, the item is the next to be asked about in the background.
func (s *Store) WantDetail(ctx context.Context, id ID) (bool, error) {
	asked, err := s.askDetail(api.Patient(ctx, detailPatience), id)
	if err == nil || !isLimit(err) && !errors.Is(err, ErrOffline) {
		return asked, err
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(wantDetail, int64(id), s.now().UnixMilli())
		return err
	})
	for _, b := range s.mailboxes() {
		b.wantDetails()
	}
	return false, s.fault("asking for attachments", err)
}

// askDetail asks for the attachments of an item, if they are not known yet: then it
// reports true.
func (s *Store) askDetail(ctx context.Context, id ID) (bool, error) {
	const doing = "asking for attachments"
	var it bareItem
	var account int64
	var bare Bare
	err := s.ask(ctx, `SELECT i.id, i.account, i.remote, i.bare, coalesce(d.tries, 0), coalesce(m.detail, '{}') FROM items i
		LEFT JOIN details d ON d.item = i.id LEFT JOIN mails m ON m.item = i.id WHERE i.id = ?`, int64(id)).
		Scan((*int64)(&it.id), &account, &it.remote, &bare, &it.tries, &it.detail)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, fmt.Errorf("item %s: %w", id, ErrNotFound)
	case err != nil:
		return false, s.fault(doing, err)
	case bare == NotBare:
		return false, nil
	}
	for _, b := range s.mailboxes() { // a program that runs once has not looked yet which account each is
		if err := s.ready(ctx, b); err != nil {
			return false, err
		}
	}
	b := s.boxOf(account)
	if b == nil {
		return false, fmt.Errorf("%s: %w: not signed in", doing, ErrOffline)
	}
	svc, ok := b.service().(Detailer)
	if !ok {
		return false, nil
	}
	in, err := svc.Detail(ctx, it.name())
	if err == nil {
		return true, s.keepDetail(context.WithoutCancel(ctx), it, in)
	}
	if ctx.Err() == nil {
		if _, kept := s.detailFailed(context.WithoutCancel(ctx), b, it, err); kept != nil {
			return false, kept
		}
	}
	return false, fmt.Errorf("%s: %w", doing, err)
}

// withDetail is an item with its attachments, asked for where they are not known. Of
// several items those that probably have none are left alone.
func (s *Store) withDetail(ctx context.Context, it Item, several bool) (Item, error) {
	if it.Bare == NotBare || it.Bare == OnDemand && several {
		return it, nil
	}
	asked, err := s.askDetail(ctx, it.ID)
	if err != nil || !asked {
		return it, err
	}
	return s.Item(ctx, it.ID)
}

// WhyBare is why the attachments of an item could not be asked for the last time; "":
// nothing is in the way.
func (s *Store) WhyBare(ctx context.Context, id ID) (why string, err error) {
	err = s.ask(ctx, `SELECT fault FROM details WHERE item = ?`, int64(id)).Scan(&why)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return why, s.fault("reading what could not be asked for", err)
}
