package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"switchboard/api"
)

// Sharer is a Service whose sign-in may open the mailboxes of other extensions: shared
// lines, and queues with a voicemail of their own.
type Sharer interface {
	// ProbeMailbox asks whether the messages of another extension may be read.
	ProbeMailbox(ctx context.Context, extension string) error
	// ShareMailbox is the mailbox of another extension, through the same sign-in, the same
	// connections and the same budget.
	ShareMailbox(key, extension string) (Service, error)
}

// Budgeted is a Service that can tell how far the limits of its sign-in are used.
type Budgeted interface{ Budgets() []BudgetState }

// BudgetState is how far one of a service's limits is used at the moment.
type BudgetState struct {
	Name   string        `json:"name"`
	Used   int           `json:"used"`
	Limit  int           `json:"limit"` // in Window; 0: none is known
	Window time.Duration `json:"-"`
	Until  time.Time     `json:"until,omitzero"` // end of a penalty
}

// sharedTables keep the mailboxes of other extensions that were chosen.
const sharedTables = `
CREATE TABLE shared (
	key       TEXT PRIMARY KEY,           -- as accounts.key
	owner     TEXT NOT NULL,              -- key of the account whose sign-in opens it
	extension TEXT NOT NULL,              -- the service's id
	type      TEXT NOT NULL DEFAULT ''    -- of the directory
) STRICT, WITHOUT ROWID;
`

// MailboxState is how one mailbox stands.
type MailboxState struct {
	Account
	Status    Status        `json:"status"`
	Attached  bool          `json:"attached"`            // there is a sign-in for it
	Owner     string        `json:"owner,omitempty"`     // key of the account whose sign-in opens it; "": its own
	Extension string        `json:"extension,omitempty"` // of a shared one: the service's id
	Open      int           `json:"open"`                // items to be worked off, at most mostOpen
	Feeds     []FeedStatus  `json:"-"`
	Budgets   []BudgetState `json:"budgets,omitempty"` // of an account with a sign-in of its own
	Shares    bool          `json:"-"`                 // its sign-in may open others
	Boxes     []SharedBox   `json:"boxes,omitempty"`   // the shared mailboxes of one sign-in, as they were told last
}

// ErrNotYours is a mailbox that one may not read.
var ErrNotYours = errors.New("you may not read the mailbox of")

// mostOpen is how far open items are counted.
const mostOpen = 1000

// Mailboxes are all mailboxes known here, each followed by those its sign-in opens.
func (s *Store) Mailboxes(ctx context.Context) ([]MailboxState, error) {
	accounts, err := s.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	shared, err := s.shared(ctx)
	if err != nil {
		return nil, err
	}
	statuses, feeds := map[string]Status{}, map[string][]FeedStatus{}
	for _, st := range s.Status() {
		statuses[st.Account] = st
	}
	for _, f := range s.Feeds() {
		feeds[f.Account] = append(feeds[f.Account], f)
	}
	var own, others []MailboxState
	for _, a := range accounts {
		m := MailboxState{Account: a, Feeds: feeds[a.Key]}
		m.Status, m.Attached = statuses[a.Key], statuses[a.Key].Account != ""
		if m.Open, err = s.countOpen(ctx, a.ID); err != nil {
			return nil, err
		}
		if sh, ok := shared[a.Key]; ok {
			m.Owner, m.Extension = sh.owner, sh.extension
			others = append(others, m)
			continue
		}
		svc := s.attached(a.Key)
		if b, ok := svc.(Budgeted); ok {
			m.Budgets = b.Budgets()
		}
		_, m.Shares = svc.(Sharer)
		if m.Boxes, err = s.Boxes(ctx, a.ID); err != nil {
			return nil, err
		}
		own = append(own, m)
	}
	var out []MailboxState
	for _, m := range own {
		out = append(out, m)
		for _, o := range others {
			if o.Owner == m.Key {
				out = append(out, o)
			}
		}
	}
	return out, nil
}

func (s *Store) countOpen(ctx context.Context, account int64) (n int, err error) {
	err = s.r.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM items WHERE account = ? AND state = 0 AND availability = 0 AND direction = 1 LIMIT ?)`,
		account, mostOpen).Scan(&n)
	return n, s.fault("counting what is open", err)
}

type sharedRow struct{ key, owner, extension, kind string }

// shared are the mailboxes of other extensions that were chosen, by key.
func (s *Store) shared(ctx context.Context) (map[string]sharedRow, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT key, owner, extension, type FROM shared`)
	if err != nil {
		return nil, s.fault("reading the shared mailboxes", err)
	}
	defer rows.Close()
	out := map[string]sharedRow{}
	for rows.Next() {
		var r sharedRow
		if err := rows.Scan(&r.key, &r.owner, &r.extension, &r.kind); err != nil {
			return nil, s.fault("reading the shared mailboxes", err)
		}
		out[r.key] = r
	}
	return out, s.fault("reading the shared mailboxes", rows.Err())
}

// AttachShared attaches the mailboxes of other extensions that the attached accounts
// open. It is called after Attach; Run takes them up at once.
func (s *Store) AttachShared(ctx context.Context) error {
	shared, err := s.shared(ctx)
	if err != nil {
		return err
	}
	for _, r := range shared {
		sharer, ok := s.attached(r.owner).(Sharer)
		if !ok {
			continue // signed out
		}
		svc, err := sharer.ShareMailbox(r.key, r.extension)
		if err != nil {
			return err
		}
		s.Attach(svc)
	}
	return nil
}

// Readable are the extensions of an account that may have a mailbox one can read, by the
// directory: queues, shared lines and message boxes first, then people. Whether one may
// is only known once it was tried.
func (s *Store) Readable(ctx context.Context, account int64) (list []WatchChange, err error) {
	key, err := accountKey(ctx, s.r, account)
	if err != nil {
		return nil, s.fault("reading which mailboxes there are", err)
	}
	const most = 20_000
	rows, err := s.r.QueryContext(ctx, `SELECT remote, name, extension, type FROM contacts WHERE book = ? AND source = ? AND extension <> '' AND hidden = 0
		AND type IN ('Department', 'SharedLinesGroup', 'Voicemail', 'Limited', 'FaxUser', 'User') ORDER BY type = 'User', sort, id LIMIT ?`,
		companyOf(key), int64(Directory), most)
	if err != nil {
		return nil, s.fault("reading which mailboxes there are", err)
	}
	defer rows.Close()
	for rows.Next() {
		var w WatchChange
		if err := rows.Scan(&w.Extension, &w.Name, &w.Number, &w.Type); err != nil {
			return nil, s.fault("reading which mailboxes there are", err)
		}
		if strings.HasSuffix(key, ":"+w.Extension) {
			continue // one's own
		}
		list = append(list, w)
	}
	return list, s.fault("reading which mailboxes there are", rows.Err())
}

// OpenMailbox has the mailbox of another extension read beside that of an account, if the
// service lets one: it is asked first.
func (s *Store) OpenMailbox(ctx context.Context, owner int64, w WatchChange) (Account, error) {
	key, err := accountKey(ctx, s.r, owner)
	if err != nil {
		return Account{}, s.fault("opening a mailbox", err)
	}
	sharer, ok := s.attached(key).(Sharer)
	if !ok {
		return Account{}, fmt.Errorf("opening a mailbox: %w: not signed in", ErrOffline)
	}
	name := cmp.Or(CleanLine(w.Name), CleanLine(w.Number), w.Extension)
	if err := sharer.ProbeMailbox(ctx, w.Extension); err != nil {
		var e *api.Error
		if errors.As(err, &e) && e.Has("CMN-404") {
			return Account{}, fmt.Errorf("%w %s; an administrator can let you (CMN-404)", ErrNotYours, name)
		}
		return Account{}, fmt.Errorf("asking for the mailbox of %s: %w", name, err)
	}
	mine := companyOf(key) + w.Extension
	svc, err := sharer.ShareMailbox(mine, w.Extension)
	if err != nil {
		return Account{}, err
	}
	service, _, _ := strings.Cut(key, ":")
	a, err := s.PutAccount(ctx, Account{Key: mine, Service: service, Name: name, Number: w.Number})
	if err != nil {
		return Account{}, err
	}
	err = s.writeFull(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT OR REPLACE INTO shared (key, owner, extension, type) VALUES (?, ?, ?, ?)`, mine, key, w.Extension, CleanLine(w.Type))
		return err
	})
	if err != nil {
		return Account{}, s.fault("opening a mailbox", err)
	}
	s.Attach(svc)
	return a, nil
}

// CloseMailbox reads a mailbox of another extension no longer, and forgets what was
// fetched from it. What was decided about its messages comes back if it is opened again.
func (s *Store) CloseMailbox(ctx context.Context, key string) error {
	shared, err := s.shared(ctx)
	if err != nil {
		return err
	}
	if _, ok := shared[key]; !ok {
		return fmt.Errorf("mailbox %q: %w", key, ErrNotFound)
	}
	if err := s.Forgettable(ctx, key); err != nil {
		return err
	}
	if err := s.detach(ctx, key); err != nil {
		return err
	}
	err = s.writeFull(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`DELETE FROM shared WHERE key = ?`, key)
		return err
	})
	if err != nil {
		return s.fault("closing a mailbox", err)
	}
	return s.DropAccount(ctx, key)
}

// detach ends the work for a mailbox.
func (s *Store) detach(ctx context.Context, key string) error {
	p := &s.sync
	p.mu.Lock()
	var gone *mailbox
	for i, b := range p.boxes {
		if b.key == key {
			gone = b
			p.boxes = append(p.boxes[:i:i], p.boxes[i+1:]...)
			break
		}
	}
	p.mu.Unlock()
	if gone == nil {
		return nil
	}
	gone.life.end()
	select {
	case <-gone.life.over():
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
