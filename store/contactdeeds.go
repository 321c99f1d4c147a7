package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

func contactObject(id int64) string  { return "contact:" + strconv.FormatInt(id, 10) }
func favoriteObject(id int64) string { return "favorite:" + strconv.FormatInt(id, 10) }

// objectID is the row an object names.
func objectID(object string) (int64, error) {
	_, text, _ := strings.Cut(object, ":")
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 {
		return 0, fmt.Errorf("no contact is called %q", object)
	}
	return id, nil
}

// SaveContact adds a contact to the address book, if its ID is 0, or changes one so
// that it is as c. It is in effect, and on disk, when SaveContact returns; the service
// is told by Run or Flush. Without an account a new one goes to the first that has an
// address book. When nothing would change the Op has no ID.
func (s *Store) SaveContact(ctx context.Context, c Contact) (Op, error) {
	if err := s.checkContact(&c); err != nil {
		return Op{}, err
	}
	var op Op
	err := s.writeFull(ctx, func(tx *sql.Tx) (err error) {
		op, err = s.saveContact(tx, c, nil)
		return err
	})
	if err != nil {
		return Op{}, s.fault("saving the contact", err)
	}
	s.wakeDeeds()
	return op, nil
}

// saveContact is SaveContact within tx. c has been checked.
func (s *Store) saveContact(tx *sql.Tx, c Contact, extra json.RawMessage) (Op, error) {
	if c.ID == 0 {
		return s.addContact(tx, c, extra)
	}
	old, err := loadContact(tx, c.ID)
	if err == nil && old.hidden {
		err = fmt.Errorf("contact %d: %w", c.ID, ErrNotFound)
	}
	if err != nil {
		return Op{}, err
	}
	if old.Source == Directory {
		return Op{}, errors.New("the company directory is kept by its administrator: add a contact of your own instead")
	}
	c = own(c, old)
	fields := contactDiff(&old.Contact, &c)
	if len(fields) == 0 {
		return Op{Verb: VerbContact, At: s.now(), State: OpConfirmed, Words: "Nothing changed: the contact is already so"}, nil
	}
	return s.deed(tx, Deed{
		Verb: VerbContact, Account: old.Account, Object: contactObject(c.ID),
		Do:    ContactState{Exists: true, Contact: c, Extra: old.extra, Fields: fields},
		Undo:  ContactState{Exists: true, Contact: old.Contact, Extra: old.extra, Fields: fields},
		Words: changeWords(fields, c.Name),
	})
}

// own gives a changed contact what a person cannot change.
func own(c Contact, old contactRow) Contact {
	c.Account, c.Source, c.Remote, c.Extension = old.Account, old.Source, old.Remote, old.Extension
	c.Department, c.Status, c.Type, c.Modified = old.Department, old.Status, old.Type, old.Modified
	c.Favorite, c.Duplicates, c.Pending = false, 0, false
	c.Postal = mergePostal(c, old.Postal)
	c.Address = nil
	for _, p := range c.Postal {
		c.Address = append(c.Address, p.line())
	}
	return c
}

func (s *Store) addContact(tx *sql.Tx, c Contact, extra json.RawMessage) (Op, error) {
	key, err := s.bookFor(tx, &c.Account)
	if err != nil {
		return Op{}, err
	}
	if err := roomFor(tx, key); err != nil {
		return Op{}, err
	}
	c.Source, c.Remote, c.Favorite, c.Duplicates, c.Pending = Personal, "", false, 0, false
	c.Postal = mergePostal(c, nil)
	// The row is there, and hidden, before the deed that shows it: the deed needs its id.
	res, err := tx.Exec(`INSERT INTO contacts (account, book, source, remote, hidden, made) VALUES (?, ?, ?, ?, ?5, ?5)`, c.Account, key, int64(Personal), newRemote+NewKey(), s.now().UnixMilli())
	if err != nil {
		return Op{}, err
	}
	if c.ID, err = res.LastInsertId(); err != nil {
		return Op{}, err
	}
	if _, err := tx.Exec(`UPDATE contacts SET remote = ? WHERE id = ?`, newRemote+strconv.FormatInt(c.ID, 10), c.ID); err != nil {
		return Op{}, err
	}
	return s.deed(tx, Deed{
		Verb: VerbContact, Account: c.Account, Object: contactObject(c.ID),
		Do:    ContactState{Exists: true, Contact: c, Extra: extra},
		Undo:  ContactState{Contact: c},
		Words: "Added " + c.Name + " to the contacts",
	})
}

// maxBook is how many contacts an address book holds (the service refuses more).
const maxBook = 10_000

var errBookFull = errors.New("the address book is full: the service keeps 10,000 contacts")

// roomFor says so when an address book is full.
func roomFor(tx *sql.Tx, book string) error {
	var n int
	err := tx.QueryRow(`SELECT count(*) FROM (SELECT 1 FROM contacts WHERE book = ? AND source = 1 AND hidden = 0 LIMIT ?)`, book, maxBook).Scan(&n)
	if err == nil && n >= maxBook {
		err = errBookFull
	}
	return err
}

// bookFor is the address book a new contact goes to.
func (s *Store) bookFor(tx *sql.Tx, account *int64) (key string, err error) {
	if *account == 0 {
		for _, b := range s.mailboxes() {
			if _, ok := b.service().(ContactService); ok && b.id() != 0 {
				*account = b.id()
				break
			}
		}
	}
	err = tx.QueryRow(`SELECT id, key FROM accounts WHERE id = ?1 OR ?1 = 0 AND service = 'ringcentral' ORDER BY id LIMIT 1`, *account).Scan(account, &key)
	if errors.Is(err, sql.ErrNoRows) {
		err = errors.New("no account has an address book: sign in first")
	}
	return key, err
}

// DeleteContact takes a contact out of the address book. It is in effect, and on disk,
// when DeleteContact returns. Taken back, the contact is made anew by the service.
func (s *Store) DeleteContact(ctx context.Context, id int64) (Op, error) {
	var op Op
	err := s.writeFull(ctx, func(tx *sql.Tx) error {
		old, err := loadContact(tx, id)
		if err == nil && old.hidden {
			err = fmt.Errorf("contact %d: %w", id, ErrNotFound)
		}
		if err == nil && old.Source == Directory {
			err = errors.New("the company directory is kept by its administrator: nothing is deleted from it here")
		}
		if err != nil {
			return err
		}
		if old.Favorite, err = isFavorite(tx, old); err != nil {
			return err
		}
		op, err = s.deed(tx, Deed{
			Verb: VerbContact, Account: old.Account, Object: contactObject(id),
			Do:    ContactState{Contact: old.Contact},
			Undo:  ContactState{Exists: true, Contact: old.Contact, Extra: old.extra},
			Words: "Deleted " + old.Name + " from the contacts",
		})
		return err
	})
	if err != nil {
		return Op{}, s.fault("deleting the contact", err)
	}
	s.wakeDeeds()
	return op, nil
}

func isFavorite(tx *sql.Tx, r contactRow) (is bool, err error) {
	err = tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM favorites WHERE book = ? AND source = ? AND remote = ?)`, r.book, int64(r.Source), r.remote).Scan(&is)
	return is, err
}

// SetFavorite makes a contact a favourite, or takes it off them. When it is so already
// the Op has no ID.
func (s *Store) SetFavorite(ctx context.Context, id int64, on bool) (Op, error) {
	var op Op
	err := s.writeFull(ctx, func(tx *sql.Tx) error {
		r, err := loadContact(tx, id)
		if err == nil && r.hidden {
			err = fmt.Errorf("contact %d: %w", id, ErrNotFound)
		}
		if err != nil {
			return err
		}
		is, err := isFavorite(tx, r)
		if err != nil {
			return err
		}
		if is == on {
			op = Op{Verb: VerbFavorite, At: s.now(), State: OpConfirmed, Words: "Nothing changed: " + r.Name + " " + favoriteWord(on)}
			return nil
		}
		d := favoriteDeed(r, on)
		if !on { // of the mailbox whose favourite it is
			err = tx.QueryRow(`SELECT account FROM favorites WHERE book = ? AND source = ? AND remote = ? LIMIT 1`, r.book, int64(r.Source), r.remote).Scan(&d.Account)
			if err != nil {
				return err
			}
		}
		op, err = s.deed(tx, d)
		return err
	})
	if err != nil {
		return Op{}, s.fault("changing the favourites", err)
	}
	s.wakeDeeds()
	return op, nil
}

func favoriteWord(on bool) string {
	if on {
		return "is a favourite already"
	}
	return "is no favourite"
}

func favoriteDeed(r contactRow, on bool) Deed {
	words := "Made " + r.Name + " a favourite"
	if !on {
		words = "Took " + r.Name + " off the favourites"
	}
	st := FavoriteState{Contact: r.ID, Source: r.Source, Remote: r.Remote, On: on}
	back := st
	back.On = !on
	return Deed{Verb: VerbFavorite, Account: r.Account, Object: favoriteObject(r.ID), Do: st, Undo: back, Words: words}
}

// contactDeeds are what can be done to contacts.
func contactDeeds() map[Verb]deedInfo {
	return map[Verb]deedInfo{
		VerbContact: {
			once: true, apply: applyContact, made: madeContact, rebase: rebaseContact, known: knownContacts, whom: contactName,
			inf: "save the contact", back: "The contact is shown as before",
		},
		VerbFavorite: {apply: applyFavorite, ready: readyFavorite, inf: "change the favourites", back: "The favourites are shown as before"},
	}
}

// contactName is whom a change is about.
func contactName(payload []byte) string {
	var st ContactState
	if json.Unmarshal(payload, &st) != nil {
		return ""
	}
	return st.Contact.Name
}

// changeWords say what of a contact was changed.
func changeWords(fields []string, name string) string {
	if len(fields) == 1 {
		what, of, _ := strings.Cut(fields[0], ":")
		what = map[string]string{
			"number": joinWords(of, "number"), "email": "e-mail address", "address": joinWords(of, "address"), "first_name": "first name",
			"middle_name": "middle name", "last_name": "last name", "nick_name": "nickname", "company": "company", "job_title": "job title",
			"web_page": "web page", "birthday": "birthday", "notes": "notes",
		}[what]
		if what != "" {
			return "Changed the " + what + " of " + name
		}
	}
	if !slices.ContainsFunc(fields, func(f string) bool { return !strings.HasPrefix(f, "number:") }) {
		return "Changed the numbers of " + name
	}
	return "Changed " + name
}

// settledSince reports whether a change of ours reached the service after an answer
// was asked for, which then may be older.
func (r contactRow) settledSince(asked time.Time) bool {
	return !r.settled.IsZero() && !r.settled.Before(asked)
}
