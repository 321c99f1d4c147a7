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

// FeedMoved is the feed that looks for e-mails which their service does not know by their
// name any more: a name changes when an e-mail is moved to another folder.
const FeedMoved = "moved email"

const (
	movedEvery = time.Hour
	movedGap   = 10 * time.Second
	movedOnce  = 20
	movedTries = 3 // searches without a find, a day apart
	movedAgain = 24 * time.Hour
)

// MailName is an e-mail by all it is known by.
type MailName struct {
	Remote string // the name that the service does not know any more
	Time   time.Time
	MailDetail
}

// MailFinder is a Detailer that can look for an e-mail under another name.
type MailFinder interface {
	// FindMail looks for an e-mail by what stays when it is moved. It may take several
	// calls: cursor "" starts, and next says where to go on; "" ends the search. What is
	// found may hold others, and holds it under its new name if it was found.
	FindMail(ctx context.Context, m MailName, cursor string) (found []Incoming, next string, err error)
}

// movedSearch is a search under way, as FeedState.Cursor has it.
type movedSearch struct {
	Item   ID     `json:"item"`
	Cursor string `json:"cursor"`
}

// movedTurn does one step of looking for one e-mail. Where it goes on is written down
// before it does, so that a restart goes on there too.
func (s *Store) movedTurn(ctx context.Context, b *mailbox, st FeedState) (more bool, err error) {
	svc, ok := b.service().(MailFinder)
	if !ok {
		return false, nil
	}
	var at movedSearch
	if st.Cursor != "" && json.Unmarshal([]byte(st.Cursor), &at) != nil {
		at = movedSearch{} // of another version: it is looked for anew
	}
	m, item, err := s.lostMail(ctx, b.id(), at.Item)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, s.fault("looking for e-mails that were moved", err)
	}
	if item != at.Item {
		at = movedSearch{Item: item} // the other one has been found meanwhile
	}
	found, next, err := svc.FindMail(ctx, m, at.Cursor)
	if err != nil {
		if ctx.Err() == nil && at.Cursor != "" && !api.IsTemporary(err) { // the answer is there no longer: start anew
			st.Cursor = ""
			if e := s.write(ctx, func(tx *sql.Tx) error { return putFeed(tx, b.id(), FeedMoved, st) }); e != nil {
				return false, e
			}
		}
		return false, fmt.Errorf("looking for an e-mail that was moved: %w", err)
	}
	at.Cursor, st.Cursor = next, ""
	if next != "" {
		text, err := json.Marshal(at)
		if err != nil {
			return false, err
		}
		st.Cursor = string(text)
	}
	got, err := s.applyWith(ctx, b.id(), found, func(tx *sql.Tx) error {
		if next == "" {
			if err := s.searched(tx, item); err != nil {
				return err
			}
		}
		return putFeed(tx, b.id(), FeedMoved, st)
	})
	if err != nil {
		return false, err
	}
	if len(got.IDs) > 0 {
		s.changed()
		b.wantDetails()
	}
	b.wantFeed(FeedMoved) // the next step
	return true, nil
}

// findMoved has e-mails looked for whose name is not known at their service any more, and
// the attachments of those asked for that were found.
func (s *Store) findMoved() {
	for _, b := range s.mailboxes() {
		if _, ok := b.service().(MailFinder); ok {
			b.wantFeed(FeedMoved)
			b.wantDetails()
		}
	}
}

// lostMail is the e-mail to look for: the one that is being looked for, else the newest.
func (s *Store) lostMail(ctx context.Context, account int64, first ID) (m MailName, item ID, err error) {
	var detail string
	err = s.ask(ctx, `SELECT i.id, i.remote, m.detail FROM details d JOIN items i ON i.id = d.item JOIN mails m ON m.item = d.item
		WHERE d.account = ? AND d.lost > 0 AND d.tries < ? AND d.next <= ? AND m.internet <> '' AND i.availability = 0
		ORDER BY i.id = ? DESC, i.id DESC LIMIT 1`, account, movedTries, s.now().UnixMilli(), int64(first)).
		Scan((*int64)(&item), &m.Remote, &detail)
	if err != nil {
		return m, 0, err
	}
	if err := json.Unmarshal([]byte(detail), &m.MailDetail); err != nil {
		return m, 0, err
	}
	m.Time = item.Time()
	return m, item, nil
}

// searched notes that a search for an e-mail came to its end. Of one that was found there
// is nothing to note any more: renameMail has removed it.
func (s *Store) searched(tx *sql.Tx, item ID) error {
	_, err := tx.Exec(`UPDATE details SET tries = tries + 1, next = ?, fault = ? WHERE item = ? AND lost > 0`,
		s.now().Add(movedAgain).UnixMilli(), "the service does not know it any more: it was deleted, or moved to a mailbox this key may not read", int64(item))
	return err
}
