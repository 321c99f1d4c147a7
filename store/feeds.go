package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"switchboard/api"
)

// Names of feeds. Each is looked at so often while nobody tells of news, and so often
// while the service does; the numbers are the constants beside each feed's turn. What a
// feed has to read for the first time it reads without a pause, within the rate limits.
//
//	feed            alone    told of news   requests of a look
//	calls           1 min    15 min         1 of the Heavy group (ten a minute are allowed)
//	company calls   5 min    15 min         1 Heavy
//	contacts        10 min   30 min         1 Heavy
//	directory       1 h      6 h            1 of the Medium group, without content if nothing changed
//	favorites       10 min   1 h            1 of the Light group
//	presence        30 s     10 min         1 Light for up to 30 people
//	chats           30 s     10 min         1 Medium, and one a chat with news
//	business hours  6 h      6 h            2 Light
//	blocked numbers 30 min   30 min         3 Light
//	numbers         12 h     12 h           2 Light
//	connections     10 min   1 h            1
//	attachments     10 min   10 min         1 for each e-mail whose attachments are not known
//	moved email     1 h      1 h            a small report for each that was moved
//	mailboxes       6 h      6 h            1
//
// What is not permitted is tried again after an hour; other trouble sooner, see waitAfter.
const (
	FeedCalls     = "calls"
	FeedCompany   = "company calls"
	FeedContacts  = "contacts"
	FeedDirectory = "directory"
	FeedFavorites = "favorites"
	FeedPresence  = "presence"
	FeedChats     = "chats"
	FeedHours     = "business hours"
	FeedBlocked   = "blocked numbers"
)

// feed is one kind of thing beside messages that a mailbox keeps up to date: its
// call log, its contacts and so on. One goroutine a feed works on it.
type feed struct {
	name string
	// every is the time between two looks while nobody tells of news, pushed the one
	// while the service does.
	every, pushed time.Duration
	// gap is the least time between two looks that news ask for; 0: by every. once is how
	// many turns a single sync gives it; 0: as many as there are.
	gap  time.Duration
	once int
	// turn does one piece of work, a request or few: what is new first (st.Cursor), then
	// the history (st.Older) if there is one. It writes st with putFeed in the transaction of its
	// rows, so that neither is ahead of the other. more says that there is more to do at once.
	turn func(ctx context.Context, b *mailbox, st FeedState) (more bool, err error)
	// whole is called before a command reads all there is once, and has what nobody told
	// of looked for. May be nil.
	whole func(ctx context.Context, b *mailbox) error
	// asked says that somebody asked for what is new, also while turns follow each other:
	// what they read before that may be older. May be nil.
	asked func()
}

// FeedState is how far a feed has come.
type FeedState struct {
	Cursor string    // where the next increment starts; "": nothing has been read yet
	Older  string    // where the history goes on
	Done   bool      // all there is has been read once
	Synced time.Time // the last look that went well
}

// FeedStatus is how a feed stands, for the screen that shows it.
type FeedStatus struct {
	Account string // Account.Key
	Name    string
	Done    bool      // all there is has been read once
	Synced  time.Time // zero: never
	Err     string    // why it cannot be read now; "": it can
	Denied  bool      // a permission is missing: trying again will not help
	Until   time.Time // when it is tried again
}

// feedsOf are the feeds a service can fill.
func (s *Store) feedsOf(svc Service) []feed {
	var fs []feed
	for _, add := range []func(Service) []feed{s.callFeeds, s.contactFeeds, s.presenceFeeds, s.chatFeeds, s.hoursFeeds, s.blockFeeds, s.sendFeeds, s.connectionFeeds, s.detailFeeds, s.boxFeeds} {
		fs = append(fs, add(svc)...)
	}
	return fs
}

// feeding is a feed at work in this process.
type feeding struct {
	mu     sync.Mutex
	poke   map[string]chan struct{}
	status map[string]FeedStatus
	asked  map[string]bool
	wanted map[string]bool // there is news
}

func (f *feeding) wake(name string) chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.poke == nil {
		f.poke = map[string]chan struct{}{}
	}
	if f.poke[name] == nil {
		f.poke[name] = make(chan struct{}, 1)
	}
	return f.poke[name]
}

// pokeFeed has a feed look for what is new at once, in the background.
func (b *mailbox) pokeFeed(name string) {
	b.feeds.mu.Lock()
	if b.feeds.asked == nil {
		b.feeds.asked = map[string]bool{}
	}
	b.feeds.asked[name] = true
	b.feeds.mu.Unlock()
	poke(b.feeds.wake(name))
}

func (b *mailbox) pokeFeeds(svc []feed) {
	for _, f := range svc {
		b.pokeFeed(f.name)
	}
}

func (b *mailbox) takeFeedAsked(name string) bool {
	b.feeds.mu.Lock()
	defer b.feeds.mu.Unlock()
	asked := b.feeds.asked[name]
	delete(b.feeds.asked, name)
	return asked
}

// setFeed records how a feed stands, and reports whether that is news.
func (b *mailbox) setFeed(st FeedStatus) bool {
	b.feeds.mu.Lock()
	defer b.feeds.mu.Unlock()
	if b.feeds.status == nil {
		b.feeds.status = map[string]FeedStatus{}
	}
	old := b.feeds.status[st.Name]
	b.feeds.status[st.Name] = st
	return old.Err != st.Err || old.Done != st.Done || old.Denied != st.Denied
}

// Feeds is how the feeds of all attached mailboxes stand.
func (s *Store) Feeds() []FeedStatus {
	var out []FeedStatus
	for _, b := range s.mailboxes() {
		svc := b.service()
		b.feeds.mu.Lock()
		for _, f := range s.feedsOf(svc) {
			if st, ok := b.feeds.status[f.name]; ok {
				out = append(out, st)
			} else {
				out = append(out, FeedStatus{Account: b.key, Name: f.name})
			}
		}
		b.feeds.mu.Unlock()
	}
	return out
}

// runFeed keeps one feed of a mailbox up to date.
func (s *Store) runFeed(ctx context.Context, b *mailbox, f feed) {
	wake := b.feeds.wake(f.name)
	fails, amid := 0, false
	for ctx.Err() == nil {
		wait := s.feedTurn(ctx, b, f, &fails, &amid)
		if wait <= 0 {
			continue
		}
		select {
		case <-ctx.Done():
		case <-wake:
		case <-s.after(wait):
		}
	}
}

// feedTurn does the next piece of work and says how long to wait after it. amid says that
// there was more to do after the last one: what was begun is done to its end, however it
// came to be begun.
func (s *Store) feedTurn(ctx context.Context, b *mailbox, f feed, fails *int, amid *bool) time.Duration {
	st, err := s.feedState(ctx, b.id(), f.name)
	now := s.now()
	if err == nil {
		asked := b.takeFeedAsked(f.name)
		if asked && f.asked != nil {
			f.asked()
		}
		if wait := b.feedHeld(f.name, now); *fails > 0 && !asked && wait > 0 {
			return wait
		}
		if wait := b.feedDue(f, st, now); st.Done && !asked && !*amid && *fails == 0 && wait > 0 {
			b.setFeed(FeedStatus{Account: b.key, Name: f.name, Done: true, Synced: st.Synced})
			return wait
		}
		s.standBack(ctx)
		b.feedStarts(f.name)
		var more bool
		if more, err = f.turn(s.spare(ctx), b, st); err == nil && more {
			*fails, *amid = 0, true
			return 0
		}
		*amid = false
		if err == nil {
			err = s.write(ctx, func(tx *sql.Tx) error { return feedSynced(tx, b.id(), f.name, s.now()) })
		}
	}
	if ctx.Err() != nil {
		return 0
	}
	now = s.now()
	status := FeedStatus{Account: b.key, Name: f.name, Done: err == nil || st.Done, Synced: st.Synced}
	if err != nil {
		*fails++
		wait := waitAfter(err, *fails, now)
		if isPermission(err) {
			wait = time.Hour
		}
		status.Err, status.Denied, status.Until = reason(err), isPermission(err), now.Add(wait)
		if b.setFeed(status) {
			s.poke()
		}
		s.log.Warn("sync", "account", b.key, "feed", f.name, "err", err, "again in", wait)
		return wait
	}
	*fails = 0
	status.Synced = now
	if b.setFeed(status) {
		s.poke()
	}
	return 0 // the next turn works out the wait
}

// SyncFeeds reads what is new of everything beside messages of one account once, and
// all of its history; with names, of those feeds only. What is not permitted, or not at
// the moment, is passed
// over; other trouble ends it.
func (s *Store) SyncFeeds(ctx context.Context, account int64, names ...string) error {
	for _, b := range s.mailboxes() {
		if err := s.ready(ctx, b); err != nil {
			return err
		}
	}
	b := s.boxOf(account)
	if b == nil {
		return nil
	}
	ctx = api.Background(ctx)
	for _, f := range s.feedsOf(b.service()) {
		if len(names) > 0 && !slices.Contains(names, f.name) {
			continue
		}
		denied := false
		if f.whole != nil {
			if err := f.whole(ctx, b); err != nil {
				return err
			}
		}
		for more, turns := true, 0; more && (f.once == 0 || turns < f.once); turns++ {
			st, err := s.feedState(ctx, b.id(), f.name)
			if err == nil {
				more, err = f.turn(ctx, b, st)
			}
			if err != nil && (isPermission(err) || api.IsLimitedMode(err)) {
				b.setFeed(FeedStatus{Account: b.key, Name: f.name, Done: st.Done, Synced: st.Synced, Err: reason(err), Denied: isPermission(err)})
				denied = true
				break
			}
			if err != nil {
				return fmt.Errorf("reading the %s: %w", f.name, err)
			}
		}
		if denied {
			continue // it has not been looked at
		}
		if err := s.write(ctx, func(tx *sql.Tx) error { return feedSynced(tx, b.id(), f.name, s.now()) }); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) feedState(ctx context.Context, account int64, name string) (st FeedState, err error) {
	var at int64
	err = s.r.QueryRowContext(ctx, `SELECT cursor, older, done, synced FROM feeds WHERE account = ? AND name = ?`, account, name).
		Scan(&st.Cursor, &st.Older, &st.Done, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return st, nil
	}
	st.Synced = fromMilli(at)
	return st, s.fault("reading how far the sync has come", err)
}

// putFeed writes how far a feed has come. A turn calls it in the transaction of its rows.
func putFeed(tx *sql.Tx, account int64, name string, st FeedState) error {
	_, err := tx.Exec(`INSERT INTO feeds (account, name, cursor, older, done, synced) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (account, name) DO UPDATE SET cursor = excluded.cursor, older = excluded.older, done = excluded.done, synced = excluded.synced`,
		account, name, st.Cursor, st.Older, st.Done, toMilli(st.Synced))
	return err
}

// feedSynced notes that a feed has nothing more to read now.
func feedSynced(tx *sql.Tx, account int64, name string, now time.Time) error {
	_, err := tx.Exec(`INSERT INTO feeds (account, name, done, synced) VALUES (?, ?, 1, ?)
		ON CONFLICT (account, name) DO UPDATE SET done = 1, synced = excluded.synced`, account, name, now.UnixMilli())
	return err
}
