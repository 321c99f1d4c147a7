package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"switchboard/api"
)

// What a service is about to drop is taken in before it does: its files and its
// transcript. What is held is taken in at once. All of it is work in the background,
// one file at a time, which leaves the rate budget to what a person does.
const (
	archiveLead  = 4 * 24 * time.Hour // so long before a message leaves it is taken in: a long weekend
	archiveStart = 20 * time.Second   // after the program began: what a person sees goes first
	archiveEvery = 10 * time.Minute   // between two looks
	archiveBatch = 100                // messages of one look
	archiveAgain = time.Hour          // until what failed is tried again
	rulesEvery   = 24 * time.Hour     // between two questions for the rules
)

// archiving is what the archive keeps of this process. Its zero value is ready.
type archiving struct {
	mu     sync.Mutex
	wake   map[string]chan struct{} // by account key
	failed map[int64]time.Time      // by attachment: when it is tried again
}

func (a *archiving) waker(key string) chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.wake == nil {
		a.wake = map[string]chan struct{}{}
	}
	if a.wake[key] == nil {
		a.wake[key] = make(chan struct{}, 1)
	}
	return a.wake[key]
}

// wakeArchive has the archive look at once.
func (s *Store) wakeArchive() {
	for _, b := range s.mailboxes() {
		poke(s.archiving.waker(b.key))
	}
}

// runArchive takes in what leaves one mailbox, until ctx ends.
func (s *Store) runArchive(ctx context.Context, b *mailbox) {
	wake := s.archiving.waker(b.key)
	for wait := archiveStart; ctx.Err() == nil; {
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-s.after(wait):
		}
		n, err := s.archiveMailbox(ctx, b)
		switch wait = archiveEvery; {
		case ctx.Err() != nil:
			return
		case err != nil:
			wait = max(waitAfter(err, 1, s.now()), time.Minute)
			s.log.Warn("the archive", "account", b.key, "err", err, "again in", wait)
		case n == archiveBatch:
			wait = time.Second
		}
	}
}

// Archive takes in what is about to leave the mailboxes that are signed in, once, and
// says how many messages are whole on this machine now that were not before.
func (s *Store) Archive(ctx context.Context) (n int, err error) {
	for _, b := range s.mailboxes() {
		if err := s.ready(ctx, b); err != nil {
			return n, err
		}
		before, err := s.archivedOf(ctx, b.id())
		if err != nil {
			return n, err
		}
		for m := archiveBatch; m == archiveBatch; {
			if m, err = s.archiveMailbox(ctx, b); err != nil {
				return n, err
			}
		}
		after, err := s.archivedOf(ctx, b.id())
		if err != nil {
			return n, err
		}
		n += after - before
	}
	return n, nil
}

func (s *Store) archivedOf(ctx context.Context, account int64) (n int, err error) {
	err = s.ask(ctx, `SELECT count(*) FROM archived x JOIN items i ON i.id = x.item WHERE i.account = ?`, account).Scan(&n)
	return n, s.fault("counting what was taken in", err)
}

// archiveMailbox looks at one mailbox once, and says of how many messages it was.
func (s *Store) archiveMailbox(ctx context.Context, b *mailbox) (int, error) {
	if err := s.askRules(ctx, b); err != nil {
		return 0, err
	}
	if !s.opts.Archive {
		return 0, nil
	}
	rm, err := s.roomOf(ctx, s.r, b.id())
	if err != nil {
		return 0, s.fault("looking for what is about to leave", err)
	}
	due, err := s.toArchive(ctx, b.id(), rm, archiveBatch)
	if err != nil {
		return 0, s.fault("looking for what is about to leave", err)
	}
	for _, d := range due {
		s.standBack(ctx)
		if err := s.takeOver(ctx, b, d); err != nil {
			return 0, err
		}
	}
	return len(due), nil
}

// askRules asks a service once a day how long it keeps what is in a mailbox.
func (s *Store) askRules(ctx context.Context, b *mailbox) error {
	svc, ok := b.service().(Retainer)
	if !ok {
		return nil
	}
	var asked int64
	err := s.ask(ctx, `SELECT asked FROM retention WHERE account = ?`, b.id()).Scan(&asked)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return s.fault("reading how long messages are kept", err)
	}
	if at := fromMilli(asked); err == nil && s.now().Sub(at) < rulesEvery && !at.After(s.now()) {
		return nil
	}
	r, err := svc.Retention(api.Background(ctx))
	if err != nil {
		return fmt.Errorf("asking how long messages are kept: %w", err)
	}
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO retention (account, rules, asked) VALUES (?, ?, ?)
			ON CONFLICT (account) DO UPDATE SET rules = excluded.rules, asked = excluded.asked`, b.id(), string(text), s.now().UnixMilli())
		return err
	})
	return s.fault("keeping how long messages are kept", err)
}

// leaver is a message that is to be taken in.
type leaver struct {
	id  ID
	why string
}

// toArchive are the messages of an account that are held or about to leave and not
// whole here yet, at most limit of them; 0: at most a thousand.
func (s *Store) toArchive(ctx context.Context, account int64, rm room, limit int) (out []leaver, err error) {
	limit = cmp.Or(limit, 1000)
	now, r := s.now(), rm.rules
	seen := map[ID]bool{}
	take := func(why, where string, args ...any) {
		if err != nil || len(out) >= limit {
			return
		}
		rows, qerr := s.r.QueryContext(ctx, `SELECT i.id FROM items i WHERE i.account = ? AND i.dropped = 0 AND `+where+`
			AND NOT EXISTS (SELECT 1 FROM archived x WHERE x.item = i.id) ORDER BY i.id LIMIT ?`,
			append(append([]any{account}, args...), limit)...)
		if qerr != nil {
			err = qerr
			return
		}
		ids, qerr := readIDs(rows)
		err = qerr
		for _, id := range ids {
			if !seen[id] && len(out) < limit {
				seen[id] = true
				out = append(out, leaver{id, why})
			}
		}
	}
	window := func(days int) (lo, hi int64) {
		end := now.AddDate(0, 0, -days)
		return int64(FirstID(end.Add(-dropSlack))), int64(FirstID(end.Add(archiveLead)))
	}
	take("held", `i.held > 0 AND i.availability < 2`)
	if n := len(rm.ids) - (r.Inbox - r.Inbox/5); r.Inbox > 0 && n > 0 && len(rm.ids) <= overfull(r.Inbox) {
		list, merr := json.Marshal(asInts(rm.ids[:min(n, len(rm.ids))]))
		if merr != nil {
			return nil, merr
		}
		take(fmt.Sprintf("the mailbox keeps %d and has %d", r.Inbox, len(rm.ids)), `i.id IN (SELECT value FROM json_each(?))`, string(list))
	}
	if r.Days > 0 {
		lo, hi := window(r.Days)
		take(fmt.Sprintf("it is kept %d days", r.Days), `i.availability = 0 AND i.direction = 1 AND i.kind IN (1, 2) AND i.id BETWEEN ? AND ?`, lo, hi)
	}
	if r.SentDays > 0 {
		lo, hi := window(r.SentDays)
		take(fmt.Sprintf("sent faxes are kept %d days", r.SentDays), `i.availability = 0 AND i.direction = 2 AND i.kind = 2 AND i.delivery NOT IN (4, 5)
			AND i.id BETWEEN ? AND ?`, lo, hi)
	}
	if r.Trash > 0 {
		end := now.AddDate(0, 0, -r.Trash)
		take(fmt.Sprintf("the trash is kept %d days", r.Trash), `i.availability = 1 AND i.kind < 6 AND i.deleted BETWEEN ? AND ?`,
			end.UnixMilli(), end.Add(archiveLead).UnixMilli())
	}
	return out, err
}

// takeOver fetches what is missing of a message. What fails for good is left alone; the
// error is for what would befall the others too.
func (s *Store) takeOver(ctx context.Context, b *mailbox, l leaver) error {
	it, err := s.Item(ctx, l.id)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	ctx = s.spare(ctx)
	if it, err = s.withDetail(ctx, it, true); err != nil {
		if stops(err) {
			return err
		}
		s.log.Info("the archive could not ask for attachments", "account", b.key, "item", l.id, "err", err)
		return nil
	}
	whole, fetched := true, false
	if it.WaitsForText() {
		got, err := s.FetchText(ctx, it.ID)
		if err != nil && stops(err) {
			return err
		}
		now, err := s.Item(ctx, l.id)
		if err != nil {
			return err
		}
		fetched, whole = got && !now.WaitsForText(), !now.WaitsForText()
	}
	for _, a := range it.Attachments {
		if a.IsText() || a.State == Kept && s.hasBlob(a) {
			continue
		}
		if may, _ := a.Fetchable(); !may {
			continue // nobody can have it
		}
		ok, err := s.takeFile(ctx, b, a)
		if err != nil {
			return err
		}
		whole, fetched = whole && ok, fetched || ok
	}
	if !whole {
		return nil
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		res, err := tx.Exec(`INSERT OR IGNORE INTO archived (item, at) VALUES (?, ?)`, int64(l.id), s.now().UnixMilli())
		if err != nil || !fetched {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err // another process was faster
		}
		return s.journal(tx, Automatic, EntryArchive, l.why, l.id)
	})
	return s.fault("noting what was taken in", err)
}

// takeFile fetches one file. What a person stopped, removed or is fetching is left
// alone, and what failed lately.
func (s *Store) takeFile(ctx context.Context, b *mailbox, a Attachment) (bool, error) {
	switch a.State {
	case Waiting, Fetching, Paused, Gone:
		return false, nil
	}
	var unwanted bool
	if err := s.ask(ctx, `SELECT EXISTS (SELECT 1 FROM unwanted WHERE attachment = ?)`, a.ID).Scan(&unwanted); err != nil || unwanted {
		return false, err
	}
	p := &s.archiving
	p.mu.Lock()
	later := p.failed[a.ID].After(s.now())
	p.mu.Unlock()
	if later {
		return false, nil
	}
	_, err := s.fetchNow(ctx, a, fetching{quiet: true, account: b.key}, nil)
	if err == nil {
		return true, nil
	}
	if ctx.Err() != nil || stops(err) {
		return false, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed == nil {
		p.failed = map[int64]time.Time{}
	}
	p.failed[a.ID] = s.now().Add(archiveAgain)
	s.log.Info("the archive could not take a file in", "account", b.key, "attachment", a.ID, "err", err)
	return false, nil
}

// stops reports whether err would befall the next file too.
func stops(err error) bool {
	return isLimit(err) || errors.Is(err, api.ErrSignedOut) || errors.Is(err, ErrOffline) || errors.Is(err, ErrDiskFull) ||
		errors.Is(err, ErrReadOnly) || errors.Is(err, context.Canceled) || isPermission(err) || api.IsLimitedMode(err)
}

// wantAgain forgets that a person had removed copies: somebody wants them again.
func (s *Store) wantAgain(ctx context.Context, attachment int64) {
	var unwanted bool
	err := s.ask(ctx, `SELECT EXISTS (SELECT 1 FROM unwanted WHERE attachment = ?)`, attachment).Scan(&unwanted)
	if err == nil && unwanted {
		err = s.transact(ctx, false, func(tx *sql.Tx) error {
			_, err := tx.Exec(`DELETE FROM unwanted WHERE attachment = ?`, attachment)
			return err
		})
	}
	if err != nil {
		s.log.Warn("the archive", "err", err)
	}
}
