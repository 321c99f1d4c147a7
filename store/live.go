package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"time"
)

// Live is a Service that tells of news by itself.
type Live interface {
	// Listen listens until ctx ends, and hands over what it hears in the order in
	// which it heard it. news is called from one goroutine at a time and does not
	// wait. What can be mended is mended by Listen itself, and told as a LiveStatus;
	// it returns an error only when listening is of no use for the time being.
	Listen(ctx context.Context, want LiveWant, news func(News)) error
}

// LiveWant is what to listen to beside what is a mailbox's own.
type LiveWant struct {
	Presence []string // extensions whose presence is watched, by the service's ids, sorted
	Name     string   // of this store, for a service that keeps a queue for each listener; it stays the same
	Place    string   // the last News.Place that was kept; "": none, or another name is in use
}

// waker is a Live that can be told that the network may be there again.
type waker interface{ Wake() }

// News is what a service tells by itself. Any of it may be missing, late, doubled or
// out of order: each part of the store passes over what is not newer than what it has.
type News struct {
	Live    *LiveStatus // whether there will be more
	Missed  bool        // something may have been lost: everything is to be asked for once
	Changed bool        // messages came or changed; which and how has to be asked for

	Messages []Incoming // whole ones, that came in
	Calls    []LiveCall
	Presence []IncomingPresence
	Posts    []IncomingPost
	Chats    []IncomingChat
	Feeds    []string // names of feeds that have something new

	// Place is what the service calls the queue that the news come from. It is kept once
	// they are taken in, and given back in LiveWant.Place: so a listener knows whether
	// the queue it finds is the one that was read without a hole.
	Place string
	// Taken, if not nil, is called once, when the news are on disk (nil) or could not be
	// taken in: only then may a service be told that they have arrived. It must not wait.
	// When listening has ended it may not be called at all.
	Taken func(error)

	taken []func(error) // of news that were put together
}

// LiveStatus is whether a service tells of news at the moment.
type LiveStatus struct {
	Up bool
	// Hears is what it tells of, while it is up: HearsMessages and names of feeds.
	// The rest has to be asked for as if it were down.
	Hears []string
	// Err is why it is down, or while it is up why it does not tell of messages.
	Err     error
	Refused bool      // the service does not want to; asking again soon is of no use
	Retry   time.Time // when it is tried again; zero: now
}

// HearsMessages stands for the messages in LiveStatus.Hears.
const HearsMessages = "messages"

const (
	// liveMost is how many things heard of one sort wait to be taken in. Beyond
	// that they are dropped and asked for instead, which costs one request.
	newsMost = 2000
	// newsApart is the least time between two batches: what comes meanwhile goes in
	// with the next, so that a flood costs few transactions and few frames.
	newsApart = 40 * time.Millisecond
	// newsRest is how long after a batch nothing is done, in times of what it took,
	// so that keys and their changes find the database free most of the time.
	newsRest    = 2
	newsLongest = 100 * time.Millisecond
	// newsKeys is how long a batch stands back for a person who presses keys.
	newsKeys = 60 * time.Millisecond
)

// hearing is what a mailbox is told by its service.
type hearing struct {
	able  bool // the service can tell, and is being listened to
	hears map[string]bool
	state LiveStatus
}

// listens reports whether the service tells of something by itself at the moment.
func (b *mailbox) listens(what string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.hearing.hears[what]
}

// runLive listens to the service of a mailbox, if it tells of news.
func (s *Store) runLive(ctx context.Context, b *mailbox) {
	fails := 0
	for ctx.Err() == nil {
		svc := b.service()
		live, ok := svc.(Live)
		var again <-chan time.Time
		if ok {
			err := s.listen(ctx, b, svc, live)
			if ctx.Err() != nil {
				return
			}
			if err != nil {
				fails++
				now := s.now()
				wait := waitAfter(err, fails, now)
				s.log.Warn("push", "account", b.key, "err", err, "again in", wait)
				s.heardState(b, LiveStatus{Err: err, Refused: isPermission(err), Retry: now.Add(wait)})
				again = s.after(wait)
			} else {
				fails = 0
				continue // the service is another one now
			}
		}
		select {
		case <-ctx.Done():
		case <-b.relisten:
		case <-again:
		}
	}
}

// listen listens until ctx ends, the mailbox gets another service, or it is of no use.
func (s *Store) listen(ctx context.Context, b *mailbox, svc Service, live Live) error {
	ctx, stop := context.WithCancel(ctx)
	q := newLiveQueue()
	done := make(chan struct{})
	defer func() { stop(); <-done }()
	go func() {
		defer close(done)
		s.guard(ctx, "news "+b.key, func(ctx context.Context) { s.takeIn(ctx, b, q) })
	}()
	want := s.liveWant(ctx, b)
	over, outdated := make(chan struct{}), atomic.Bool{}
	go func() {
		defer close(over)
		if s.outdated(ctx, b, svc, want) {
			outdated.Store(true)
			stop()
		}
	}()
	s.heardState(b, LiveStatus{Err: errNotYet})
	free, err := s.listenAlone(ctx, b, live)
	if err == nil {
		s.unlooked(ctx, b)
		err = live.Listen(ctx, want, func(n News) {
			if n.Live != nil {
				s.heardState(b, *n.Live)
			}
			q.put(n)
		})
		free()
	}
	stop()
	<-over
	if outdated.Load() {
		s.heardState(b, LiveStatus{Err: errNotYet})
		return nil
	}
	if err == nil {
		err = errors.New("the service has stopped telling of news")
	}
	return err
}

// outdated waits until something else is to be listened to; false: until ctx ended.
// Meanwhile it passes on that the network may be there again.
func (s *Store) outdated(ctx context.Context, b *mailbox, svc Service, want LiveWant) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case <-b.relisten:
			if b.service() != svc {
				return true
			}
			if w, ok := svc.(waker); ok {
				w.Wake()
			}
		case <-b.rewatch:
			select { // whoever is watched now may not be written down yet
			case <-ctx.Done():
				return false
			case <-s.after(pullSoon):
			}
			if now := s.liveWant(ctx, b); ctx.Err() == nil && !slices.Equal(now.Presence, want.Presence) {
				return true
			}
		}
	}
}

// liveWant is what to listen to beside what is the mailbox's own.
func (s *Store) liveWant(ctx context.Context, b *mailbox) LiveWant {
	list, err := s.watched(ctx, b.id())
	if err != nil {
		s.log.Warn("whom to watch is not known", "account", b.key, "err", err)
	}
	var want LiveWant
	for _, w := range list {
		want.Presence = append(want.Presence, w.Extension)
	}
	if sole(b.service()) {
		if want.Name, want.Place, err = s.livePlace(ctx, b.id()); err != nil {
			s.log.Warn("how far the news were heard is not known", "account", b.key, "err", err)
		}
	}
	return want
}

// rewatched has whom to listen to looked at again.
func (s *Store) rewatched(account int64) {
	if b := s.boxOf(account); b != nil {
		poke(b.rewatch)
	}
}

// errNotYet stands for a connection on its way: there is nothing to say about it.
var errNotYet = errors.New("connecting")

// heardState records whether the service tells of news. When it begins or ends to
// tell of something, whoever asks for that at intervals works them out anew: polling
// takes over at once, and rests as soon as there is no need for it.
func (s *Store) heardState(b *mailbox, st LiveStatus) {
	now := s.now()
	b.mu.Lock()
	before := b.hearing.hears
	b.hearing = hearing{able: true, state: st, hears: map[string]bool{}}
	if st.Up {
		for _, what := range st.Hears {
			b.hearing.hears[what] = true
		}
	}
	hears := b.hearing.hears
	lost := before[HearsMessages] && !hears[HearsMessages]
	same := maps.Equal(before, hears)
	b.restate(now)
	b.mu.Unlock()
	if lost {
		b.wantPull(now)
	}
	if !same {
		poke(b.poll)
		for _, f := range s.feedsOf(b.service()) {
			if before[f.name] != hears[f.name] {
				poke(b.feeds.wake(f.name))
			}
		}
	}
	s.poke()
}

// takeIn takes in what was heard, in batches.
func (s *Store) takeIn(ctx context.Context, b *mailbox, q *liveQueue) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-q.wake:
		}
		s.standAside(ctx, newsKeys)
		start := time.Now()
		if n, ok := q.take(); ok {
			s.takeNews(ctx, b, n)
		}
		rest := time.NewTimer(max(newsApart, min(newsRest*time.Since(start), newsLongest)))
		select {
		case <-ctx.Done():
			rest.Stop()
			return
		case <-rest.C:
		}
	}
}

// takeNews takes in one batch. What cannot be taken in is asked for instead.
func (s *Store) takeNews(ctx context.Context, b *mailbox, n News) {
	account := b.id()
	var bad error
	failed := func(what string, err error) bool {
		bad = cmp.Or(bad, err)
		if err == nil || ctx.Err() != nil {
			return false
		}
		s.log.Warn("news could not be taken in", "account", b.key, "of", what, "err", err)
		return true
	}
	if len(n.Calls) > 0 && failed("calls", s.TakeCalls(ctx, account, n.Calls)) {
		n.Feeds = append(n.Feeds, FeedCalls)
	}
	if len(n.Messages) > 0 {
		failed("messages", s.TakeMessages(ctx, account, n.Messages))
		n.Changed = true // the next pull confirms them
	}
	if len(n.Chats) > 0 && failed("chats", s.TakeChats(ctx, account, n.Chats)) ||
		len(n.Posts) > 0 && failed("posts", s.TakePosts(ctx, account, n.Posts)) {
		n.Feeds = append(n.Feeds, FeedChats)
	}
	if len(n.Presence) > 0 && failed("presence", s.TakePresence(ctx, account, n.Presence)) {
		n.Feeds = append(n.Feeds, FeedPresence)
	}
	if n.Missed || n.Place != "" {
		failed("where they come from", s.keepPlace(ctx, b, n, bad))
	}
	for _, taken := range n.taken {
		taken(cmp.Or(bad, ctx.Err()))
	}
	if n.Changed || n.Missed {
		b.wantPull(s.now())
	}
	if n.Missed {
		for _, f := range s.feedsOf(b.service()) {
			n.Feeds = append(n.Feeds, f.name)
		}
	}
	slices.Sort(n.Feeds)
	for _, name := range slices.Compact(n.Feeds) {
		b.wantFeed(name)
	}
}

// TakeMessages takes in messages that a service told of by itself. They are there at
// once, without a request; one that is not newer than what is here changes nothing.
// The next look for what is new confirms them.
func (s *Store) TakeMessages(ctx context.Context, account int64, in []Incoming) error {
	told := make([]Incoming, 0, len(in))
	for _, r := range in {
		if r.Time.IsZero() && r.Modified.IsZero() {
			continue // it cannot be told from one that is here
		}
		r.Told = true
		if r.Modified.IsZero() {
			r.Modified = r.Time
		}
		if r.Time.IsZero() {
			r.Time = r.Modified
		}
		told = append(told, r)
	}
	if len(told) == 0 {
		return nil
	}
	got, err := s.applyWith(ctx, account, told, nil)
	if err != nil {
		return fmt.Errorf("taking in what was told: %w", err)
	}
	b := s.boxOf(account)
	if len(got.IDs) > 0 {
		s.changed()
		if b != nil {
			poke(b.text)
		}
	}
	if got.New > 0 && b != nil {
		b.unconfirmed(told)
	}
	if got.New < len(told) { // another process may have been the first
		_, err = s.CheckOutside(ctx)
	}
	return err
}
