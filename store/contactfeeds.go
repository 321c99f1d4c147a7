package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// How often contacts are looked at while nobody tells of news, and while the service
// does. The address book is of the Heavy group, of which ten requests a minute are
// allowed; the directory rarely changes.
const (
	contactsEvery   = 10 * time.Minute
	contactsPushed  = 30 * time.Minute
	directoryEvery  = time.Hour
	directoryPushed = 6 * time.Hour
	favoritesEvery  = 10 * time.Minute
	favoritesPushed = time.Hour
)

// contactFeeds are the feeds of a service that has contacts.
func (s *Store) contactFeeds(svc Service) []feed {
	if _, ok := svc.(ContactService); !ok {
		return nil
	}
	return []feed{
		{name: FeedContacts, every: contactsEvery, pushed: contactsPushed, turn: s.contactsTurn},
		{name: FeedDirectory, every: directoryEvery, pushed: directoryPushed, turn: s.directoryTurn},
		{name: FeedFavorites, every: favoritesEvery, pushed: favoritesPushed, turn: s.favoritesTurn},
	}
}

// LookContacts reads what is new of the contacts of an account, while somebody waits for
// it: the lists whose time has come, or all of them. What is not permitted is passed over.
func (s *Store) LookContacts(ctx context.Context, account int64, all bool) error {
	var due []string
	for _, f := range []struct {
		name  string
		every time.Duration
	}{{FeedContacts, contactsEvery}, {FeedDirectory, directoryEvery}, {FeedFavorites, favoritesEvery}} {
		st, err := s.feedState(ctx, account, f.name)
		if err != nil {
			return err
		}
		if all || !st.Done || st.Synced.After(s.now()) || s.now().Sub(st.Synced) >= f.every {
			due = append(due, f.name)
		}
	}
	if len(due) == 0 {
		return nil
	}
	return s.SyncFeeds(ctx, account, due...)
}

// bookRef is where incoming contacts belong.
type bookRef struct {
	account int64
	book    string
	source  ContactSource
}

// sweep is a reading of a whole list that is under way.
type sweep struct {
	Began int64    `json:"began"`          // ms; what the service has not shown since then is gone
	Page  string   `json:"page,omitempty"` // where it goes on
	Tags  []string `json:"tags,omitempty"` // of the pages so far
	Check bool     `json:"check,omitempty"`
}

func parseSweep(s string) (w sweep, under bool) {
	if s == "" || json.Unmarshal([]byte(s), &w) != nil {
		return sweep{}, false
	}
	return w, true
}

func (w sweep) String() string {
	b, _ := json.Marshal(w) // of texts and numbers
	return string(b)
}

// contactsTurn reads a part of the address book.
func (s *Store) contactsTurn(ctx context.Context, b *mailbox, st FeedState) (more bool, err error) {
	svc, ok := b.service().(ContactService)
	if !ok {
		return false, nil
	}
	w, under := parseSweep(st.Older)
	asked := s.now()
	if !under {
		w.Began = asked.UnixMilli()
	}
	got, err := svc.PullContacts(ctx, st.Cursor, w.Page)
	if err != nil {
		return false, fmt.Errorf("reading the contacts: %w", err)
	}
	if got.Reset {
		if st.Cursor == "" && w.Page == "" {
			return false, errors.New("reading the contacts: the service refuses to start over")
		}
		st.Cursor, st.Older = "", ""
		return true, s.fault("starting over with the contacts", s.transact(ctx, false, func(tx *sql.Tx) error { return putFeed(tx, b.id(), FeedContacts, st) }))
	}
	if got.Next == "" && got.Cursor == "" {
		return false, errors.New("reading the contacts: the service did not say where to go on")
	}
	if got.Next != "" && got.Next == w.Page {
		return false, errors.New("reading the contacts: the service gives the same part again and again")
	}
	whole := st.Cursor == ""
	ref := bookRef{b.id(), b.key, Personal}
	w.Page = got.Next
	if got.Next != "" {
		st.Older = w.String()
	} else {
		st.Older, st.Cursor = "", got.Cursor
		st.Done = true
	}
	return got.Next != "", s.takeAll(ctx, ref, got.Records, asked, time.UnixMilli(w.Began), whole && got.Next == "", func(tx *sql.Tx) error {
		return putFeed(tx, b.id(), FeedContacts, st)
	})
}

// takeAll takes in contacts. With swept, they complete a reading of the whole list that
// began then: what it has not shown is gone.
func (s *Store) takeAll(ctx context.Context, ref bookRef, records []IncomingContact, asked, began time.Time, swept bool, also func(tx *sql.Tx) error) error {
	moved := false
	err := s.transact(ctx, false, func(tx *sql.Tx) error {
		for i := range records {
			did, err := s.takeIncoming(tx, ref, records[i], asked, began)
			if err != nil {
				return err
			}
			moved = moved || did
		}
		if swept {
			did, err := s.sweepContacts(tx, ref, began)
			if err != nil {
				return err
			}
			moved = moved || did
		}
		if moved {
			if err := contactsMoved(tx); err != nil {
				return err
			}
		}
		return also(tx)
	})
	if err == nil {
		s.changed()
	}
	return s.fault("taking in contacts", err)
}

// takeIncoming takes in one contact, and reports whether that changed anything.
func (s *Store) takeIncoming(tx *sql.Tx, ref bookRef, in IncomingContact, asked, began time.Time) (bool, error) {
	in.Remote = CleanLine(in.Remote)
	if in.Remote == "" || strings.HasPrefix(in.Remote, newRemote) {
		return false, nil
	}
	var settled int64
	err := tx.QueryRow(`SELECT settled FROM contacts WHERE book = ? AND source = ? AND remote = ?`, ref.book, int64(ref.source), in.Remote).Scan(&settled)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, err
	}
	if in.Broken || (contactRow{settled: fromMilli(settled)}).settledSince(asked) {
		// What is here stays: it could not be read, or the answer is older than what is here.
		_, err := tx.Exec(`UPDATE contacts SET seen = max(seen, ?) WHERE book = ? AND source = ? AND remote = ?`, began.UnixMilli(), ref.book, int64(ref.source), in.Remote)
		return false, err
	}
	return s.takeContact(tx, ref, in, began)
}

// takeContact writes what the service says of a contact, with the changes that have not
// reached it on top.
func (s *Store) takeContact(tx *sql.Tx, ref bookRef, in IncomingContact, seen time.Time) (changed bool, err error) {
	r, err := scanContactRow(tx.QueryRow(`SELECT `+contactRowColumns+` FROM contacts c WHERE c.book = ? AND c.source = ? AND c.remote = ?`,
		ref.book, int64(ref.source), in.Remote))
	known := err == nil
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, err
	}
	if in.Gone {
		if !known || r.hidden {
			return false, nil
		}
		return true, hideContact(tx, r.ID, s.now())
	}
	c := in.Contact
	c.ID, c.Account, c.Source = r.ID, ref.account, ref.source
	if known {
		c.Account = r.Account
	}
	cleanContact(&c, s.opts.Region)
	hide := false
	if known {
		if hide, err = s.overlayContact(tx, r, &c, in.Extra); err != nil {
			return false, err
		}
	}
	same := known && r.hidden == hide && string(r.extra) == string(in.Extra) && sameContact(&r.Contact, &c)
	if same || hide {
		_, err := tx.Exec(`UPDATE contacts SET seen = max(seen, ?) WHERE id = ?`, seen.UnixMilli(), r.ID)
		return false, err
	}
	n := contactRow{Contact: c, book: ref.book, remote: in.Remote, extra: in.Extra, settled: r.settled}
	_, err = putContact(tx, n, seen, s.now())
	return true, err
}

func sameContact(a, b *Contact) bool {
	return len(contactDiff(a, b)) == 0 && a.Name == b.Name && a.Extension == b.Extension && a.Department == b.Department &&
		a.Status == b.Status && a.Type == b.Type && slices.Equal(a.Numbers, b.Numbers) && slices.Equal(a.Emails, b.Emails) && slices.Equal(a.Postal, b.Postal)
}

// overlayContact puts the changes that have not reached the service on top of what it
// says, and notes what it says as what to go back to should it refuse them.
func (s *Store) overlayContact(tx *sql.Tx, r contactRow, c *Contact, extra json.RawMessage) (hide bool, err error) {
	ds, err := deedsOf(tx, r.Account, contactObject(r.ID), 0, `o.state IN (0, 1, 5)`)
	if err != nil || len(ds) == 0 {
		return r.hidden && len(ds) > 0, err
	}
	base, err := json.Marshal(ContactState{Exists: true, Contact: *c, Extra: extra})
	if err != nil {
		return false, err
	}
	if base, err = s.rebaseDeeds(tx, contactDeeds()[VerbContact], ds, base); err != nil {
		return false, err
	}
	var st ContactState
	if err := json.Unmarshal(base, &st); err != nil {
		return false, err
	}
	id, account, source := c.ID, c.Account, c.Source
	if st.Exists {
		*c = st.Contact
		c.ID, c.Account, c.Source = id, account, source
		cleanContact(c, s.opts.Region)
	}
	return !st.Exists, nil
}

// sweepContacts hides what a reading of the whole list has not shown.
func (s *Store) sweepContacts(tx *sql.Tx, ref bookRef, began time.Time) (changed bool, err error) {
	rows, err := tx.Query(`SELECT id FROM contacts WHERE book = ? AND source = ? AND seen < ? AND hidden = 0 AND remote NOT LIKE ?`,
		ref.book, int64(ref.source), began.UnixMilli(), newRemote+"%")
	if err != nil {
		return false, err
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return false, err
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return false, err
	}
	rows.Close()
	for _, id := range ids {
		if err := hideContact(tx, id, s.now()); err != nil {
			return false, err
		}
	}
	return len(ids) > 0, tidyContacts(tx, s.now())
}
