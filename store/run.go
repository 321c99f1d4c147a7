package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"
)

// syncParts is what sync.go and outbox.go keep in a Store. Its zero value is ready.
type syncParts struct {
	mu    sync.Mutex
	boxes []*mailbox    // in the order of Attach
	more  chan struct{} // a mailbox was added; made by the first user
	name  string        // what this process signs leases with

	after   func(time.Duration) <-chan time.Time // nil: time.After; tests put their own here
	network func() string                        // names the network this machine is on; nil: by its addresses
}

// mailbox is an attached account and the work that is done for it.
type mailbox struct {
	key     string
	account int64 // accounts.id, once known
	poll    chan struct{}
	outbox  chan struct{}
	text    chan struct{}
	call    chan struct{}
	deeds   chan struct{}
	posts   chan struct{} // deeds of chats
	sends   sendLanes
	follow  chan struct{} // something was sent: how does it fare
	feeds   feeding
	life    life

	mu           sync.Mutex
	svc          Service
	asked        bool // the next pull was asked for by a person
	count        uint64
	touched      map[string]uint64 // remote -> count when an operation about it was settled
	calls        map[int64]*ringing
	readTrouble  trouble
	writeTrouble trouble
	status       Status
	syncing      bool

	relisten chan struct{} // the service is another one, or the network may be there again
	rewatch  chan struct{} // others are watched
	hearing  hearing
	wanted   time.Time      // when news have messages looked for; zero: they do not
	pulled   time.Time      // the last look for messages began
	told     map[string]int // messages told of and not found by so many looks since
}

// after is a channel that receives once d has passed.
func (s *Store) after(d time.Duration) <-chan time.Time {
	if s.sync.after != nil {
		return s.sync.after(d)
	}
	return time.After(d)
}

// owner is what this process signs its leases with.
func (s *Store) owner() string {
	p := &s.sync
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.name == "" {
		p.name = ownerName()
	}
	return p.name
}

// Attach gives the store the service of a mailbox, or a new one in place of the
// old, after a new sign-in for instance. Run takes it up at once.
func (s *Store) Attach(svc Service) {
	defer s.kick() // downloads that failed for want of it
	p := &s.sync
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, b := range p.boxes {
		if b.key == svc.Key() {
			b.mu.Lock()
			b.svc = svc
			b.mu.Unlock()
			b.wakeAll()
			return
		}
	}
	p.boxes = append(p.boxes, &mailbox{
		key: svc.Key(), svc: svc,
		poll: make(chan struct{}, 1), outbox: make(chan struct{}, 1), text: make(chan struct{}, 1), call: make(chan struct{}, 1), deeds: make(chan struct{}, 1),
		posts: make(chan struct{}, 1), sends: newSendLanes(), follow: make(chan struct{}, 1),
		relisten: make(chan struct{}, 1), rewatch: make(chan struct{}, 1),
		touched: map[string]uint64{}, calls: map[int64]*ringing{},
		status: Status{Account: svc.Key(), Phase: PhaseSyncing, Since: s.now()},
	})
	poke(p.moreLocked())
}

func (p *syncParts) moreLocked() chan struct{} {
	if p.more == nil {
		p.more = make(chan struct{}, 1)
	}
	return p.more
}

// poke wakes whoever waits on c, once.
func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (b *mailbox) service() Service {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.svc
}

func (b *mailbox) wakeAll() {
	b.mu.Lock()
	b.asked = true
	b.mu.Unlock()
	poke(b.poll)
	poke(b.outbox)
	poke(b.deeds)
	poke(b.posts)
	b.sends.wake()
	poke(b.text)
	poke(b.relisten)
}

// mailboxes are those attached so far.
func (s *Store) mailboxes() []*mailbox {
	s.sync.mu.Lock()
	defer s.sync.mu.Unlock()
	return slices.Clone(s.sync.boxes)
}

// attached is the service of an account, or nil.
func (s *Store) attached(key string) Service {
	for _, b := range s.mailboxes() {
		if b.key == key {
			return b.service()
		}
	}
	return nil
}

// SyncNow asks every mailbox for what is new, at once.
func (s *Store) SyncNow() {
	for _, b := range s.mailboxes() {
		b.wakeAll()
		b.pokeFeeds(s.feedsOf(b.service()))
	}
}

func (s *Store) wakeOutbox() {
	for _, b := range s.mailboxes() {
		poke(b.outbox)
	}
}

// Run does the work nobody waits for: it sends what waits in the outbox, fetches
// what is new and then the history, texts, and the downloads and saves that were
// asked for.
// It returns when ctx has ended and all of it has stopped. Each mailbox works by
// itself: one that fails does not hold up the others.
func (s *Store) Run(ctx context.Context) error {
	if err := s.tidyOps(ctx); err != nil {
		s.log.Warn("old operations stay", "err", err)
	}
	if err := s.orphanCalls(ctx); err != nil {
		s.log.Warn("calls of an earlier run were not looked at", "err", err)
	}
	s.sync.mu.Lock()
	more := s.sync.moreLocked()
	s.sync.mu.Unlock()
	var wg sync.WaitGroup
	wg.Go(func() { s.guard(ctx, "downloads", s.runJobs) })
	wg.Go(func() { s.guard(ctx, "saves", s.runSaves) })
	wg.Go(func() { s.guard(ctx, "cache", s.runCache) })
	wg.Go(func() { s.guard(ctx, "clock", s.runClock) })
	wg.Go(func() { s.guard(ctx, "other programs", s.runOutside) })
	started := map[*mailbox]bool{}
	for {
		waiting := false
		for _, b := range s.mailboxes() {
			if started[b] {
				continue
			}
			if err := s.ready(ctx, b); err != nil {
				b.setTrouble(reading, err, s.now().Add(firstWait), s.now())
				waiting = true
				continue
			}
			started[b] = true
			work := func(what string, f func(context.Context)) {
				b.life.run(ctx, &wg, func(ctx context.Context) { s.guard(ctx, what+b.key, f) })
			}
			work("sync ", func(ctx context.Context) { s.runSync(ctx, b) })
			work("deliveries ", func(ctx context.Context) { s.runReceive(ctx, b) })
			work("push ", func(ctx context.Context) { s.runLive(ctx, b) })
			work("outbox ", func(ctx context.Context) { s.runOutbox(ctx, b) })
			work("calls ", func(ctx context.Context) { s.runCalls(ctx, b) })
			work("texts ", func(ctx context.Context) { s.runTexts(ctx, b) })
			work("archive ", func(ctx context.Context) { s.runArchive(ctx, b) })
			work("deeds ", func(ctx context.Context) { s.runDeeds(ctx, b, laneDeeds) })
			work("posts ", func(ctx context.Context) { s.runDeeds(ctx, b, laneChats) })
			for _, lane := range []string{laneTexts, laneFaxes, laneCancels} {
				work("sending "+lane+" ", func(ctx context.Context) { s.runSends(ctx, b, lane) })
			}
			work("sent ", func(ctx context.Context) { s.runFollow(ctx, b) })
			for _, f := range s.feedsOf(b.service()) {
				work(f.name+" ", func(ctx context.Context) { s.runFeed(ctx, b, f) })
			}
		}
		var again <-chan time.Time
		if waiting {
			again = s.after(firstWait)
		}
		select {
		case <-ctx.Done():
			wg.Wait()
			return nil
		case <-more:
		case <-again:
		}
	}
}

// Ready finds the accounts of the mailboxes that were attached. Run and Flush do so
// themselves; it is for who asks or changes something of an account before.
func (s *Store) Ready(ctx context.Context) error {
	for _, b := range s.mailboxes() {
		if err := s.ready(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// ready finds the account of a mailbox, or adds it.
func (s *Store) ready(ctx context.Context, b *mailbox) error {
	if b.id() != 0 {
		return nil
	}
	var id int64
	err := s.r.QueryRowContext(ctx, `SELECT id FROM accounts WHERE key = ?`, b.key).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		service, _, _ := strings.Cut(b.key, ":")
		var a Account
		a, err = s.PutAccount(ctx, Account{Key: b.key, Service: service, Name: b.key})
		id = a.ID
	}
	if err != nil {
		return s.fault("looking up an account", err)
	}
	b.mu.Lock()
	b.account = id
	b.mu.Unlock()
	s.countPending(ctx, b)
	return nil
}

func (b *mailbox) id() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.account
}

// guard runs fn until it returns. When it panics, a crash file is left and it is
// started again after a while, so that one fault does not end all of the work.
func (s *Store) guard(ctx context.Context, name string, fn func(context.Context)) {
	for s.ranInto(ctx, name, fn) {
		select {
		case <-ctx.Done():
			return
		case <-s.after(time.Minute):
		}
	}
}

func (s *Store) ranInto(ctx context.Context, name string, fn func(context.Context)) (panicked bool) {
	defer func() {
		if v := recover(); v != nil {
			panicked = true
			path, err := s.crashFile(name, v, debug.Stack())
			s.log.Error("internal error", "in", name, "crash file", path, "err", err)
			s.tell(context.WithoutCancel(ctx), Notice{
				Op: name, Text: "An internal error stopped part of the work (" + name + ")",
				Next: "It is started again in a minute. Details are in " + path,
			})
		}
	}()
	fn(ctx)
	return false
}

// crashFile keeps what is known of an internal error, for a report.
func (s *Store) crashFile(name string, v any, stack []byte) (string, error) {
	dir := filepath.Join(s.opts.Dir, "crash")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	path := filepath.Join(dir, s.now().UTC().Format("20060102-150405.000")+".txt")
	text := fmt.Sprintf("%s\nin: %s\npanic: %v\n\n%s", s.now().UTC().Format(time.RFC3339), name, v, stack)
	return path, os.WriteFile(path, []byte(text), 0o600)
}

// runOutbox sends what waits whenever something does.
func (s *Store) runOutbox(ctx context.Context, b *mailbox) {
	for ctx.Err() == nil {
		out, err := s.send(ctx, b)
		if err != nil && ctx.Err() == nil {
			s.log.Error("the outbox stands still", "account", b.key, "err", err)
			out.wait = unknownWait
		}
		if !out.idle && out.wait == 0 {
			continue
		}
		var again <-chan time.Time
		if out.wait > 0 {
			again = s.after(out.wait)
		}
		select {
		case <-ctx.Done():
		case <-b.outbox:
		case <-again:
		}
	}
}

// Flush sends what waits, once, and returns when nothing does any more. It fails
// with the first thing that has to wait (api.IsTemporary and api.ErrSignedOut say
// why), and with what the services refused.
func (s *Store) Flush(ctx context.Context) error {
	if err := s.hurry(ctx); err != nil {
		return err
	}
	var refused []error
	for _, b := range s.mailboxes() {
		if err := s.ready(ctx, b); err != nil {
			return err
		}
		for _, send := range []func(context.Context, *mailbox) ([]error, error){s.flush, s.flushDeeds, s.flushSends} {
			rs, err := send(ctx, b)
			refused = append(refused, rs...)
			if err != nil {
				return err
			}
		}
	}
	return s.flushed(ctx, refused)
}
