package symphony

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"switchboard/api"
	sym "switchboard/api/symphony"
	"switchboard/store"
)

var _ store.Live = (*Mailbox)(nil)

const (
	// waitLeast and waitMost bound the time between two tries to read a datafeed.
	waitLeast = time.Second
	waitMost  = time.Minute
	// pollMost is how long an agent lets a read wait at the most (30 s as it comes), and some
	// more: a read that takes longer hangs on a connection that is dead.
	pollMost = 40 * time.Second
	// untakenMost is how often events are read again that could not be kept. Then it is
	// for the store to say what is wrong.
	untakenMost = 20
)

// ListensAlone says that a datafeed is read by one listener: see package store.
func (m *Mailbox) ListensAlone() {}

// Wake has a read made anew that hangs on a dead connection, and one that waits for its next
// try made at once. A read that may be alive is left alone: what the agent is about to answer
// would be lost with it, and told again half a minute later.
func (m *Mailbox) Wake() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// Listen implements store.Live by a datafeed of this store's own. An event is acknowledged
// only once the store has it on disk; until then the service tells it again. So nothing is
// missed, and what is told twice is kept once, by its id. A feed that is gone (nobody read
// it for half an hour) is made anew, and the store asks each chat for what came meanwhile.
func (m *Mailbox) Listen(ctx context.Context, want store.LiveWant, news func(store.News)) error {
	l := listener{m: m, want: want, news: news}
	for ctx.Err() == nil {
		err := l.run(ctx)
		switch {
		case ctx.Err() != nil:
		case sym.IsFeedGone(err):
			m.log.Info("the datafeed is gone, and is made anew", "err", err)
			l.feed = ""
		case !passing(err), l.untaken >= untakenMost:
			return err
		default:
			l.wait(ctx, err)
		}
	}
	return context.Cause(ctx)
}

// passing reports whether trouble with a datafeed may pass by itself.
func passing(err error) bool {
	var e *api.Error
	return err == nil || errors.Is(err, errWoken) || errors.Is(err, errUntaken) || api.IsTemporary(err) || api.IsUnknown(err) ||
		errors.As(err, &e) && (e.Status >= 500 || e.Status == 0)
}

var (
	errWoken   = errors.New("the connection is made anew")
	errUntaken = errors.New("what was told could not be kept")
)

// listener is one Listen.
type listener struct {
	m    *Mailbox
	want store.LiveWant
	news func(store.News)

	me      string
	feed    string // its id; "": none
	fresh   bool   // it was made by us: what came before it is not in it
	ack     string // of the events that are on disk
	up      bool
	fails   int // in a row
	untaken int // likewise, of the store
}

// run reads the datafeed until something goes wrong.
func (l *listener) run(ctx context.Context) error {
	if l.me == "" {
		me, err := l.m.self(ctx)
		if err != nil {
			return err
		}
		l.me = me.ID
	}
	if l.feed == "" {
		if err := l.open(ctx); err != nil {
			return err
		}
	}
	for ctx.Err() == nil {
		events, ack, err := l.read(ctx)
		if err != nil {
			return err
		}
		l.fails = 0
		l.say()
		if len(events) > 0 {
			n, err := l.m.heard(ctx, events, l.me)
			if err != nil {
				return err
			}
			if err := l.keep(ctx, n); err != nil {
				return err
			}
		}
		if ack != "" {
			l.ack = ack
		}
	}
	return ctx.Err()
}

// open finds the datafeed that was read without a hole so far, or makes one.
func (l *listener) open(ctx context.Context) error {
	tag := "switchboard-" + l.want.Name
	list, err := l.m.client.Datafeeds(ctx, tag)
	if err != nil && !api.IsNotFound(err) {
		return fmt.Errorf("looking for the datafeed: %w", err)
	}
	l.feed, l.ack, l.fresh = "", "", false
	for _, f := range list {
		if f.ID == l.want.Place && f.Usable() {
			l.feed = f.ID
		}
	}
	if l.feed == "" {
		f, err := l.m.client.CreateDatafeed(ctx, tag)
		if err != nil {
			return fmt.Errorf("making a datafeed: %w", err)
		}
		l.feed, l.fresh = f.ID, true
	}
	// The store writes down which feed it is, and what a new one may have missed, before
	// anything is read from it: neither is ever true without the other.
	if err := l.keep(ctx, store.News{Missed: l.fresh}); err != nil {
		l.feed = ""
		return err
	}
	l.want.Place, l.fresh = l.feed, false
	return nil
}

// read waits for events. It is given up and made again when the network may be another one.
func (l *listener) read(ctx context.Context) (events []sym.Event, ack string, err error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	over := make(chan struct{})
	go func() {
		defer close(over)
		select {
		case <-l.m.wake:
		case <-ctx.Done():
			return
		}
		hangs := time.NewTimer(l.m.poll)
		defer hangs.Stop()
		select {
		case <-hangs.C:
			stop(errWoken)
		case <-ctx.Done():
		}
	}()
	events, ack, err = l.m.client.ReadDatafeed(ctx, l.feed, l.ack)
	if err != nil && errors.Is(context.Cause(ctx), errWoken) {
		err = errWoken
	}
	stop(nil)
	<-over
	return events, ack, err
}

// keep hands news over and waits until the store has them on disk.
func (l *listener) keep(ctx context.Context, n store.News) error {
	taken := make(chan error, 1)
	n.Place = l.feed
	n.Taken = func(err error) { taken <- err }
	l.news(n)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case err := <-taken:
		if err != nil {
			l.untaken++
			return fmt.Errorf("%w: %w", errUntaken, err)
		}
	}
	l.untaken = 0
	return nil
}

// say tells once that the feed is heard.
func (l *listener) say() {
	if l.up {
		return
	}
	l.up = true
	l.news(store.News{Live: &store.LiveStatus{Up: true, Hears: []string{store.HearsMessages, store.FeedChats, store.FeedConnections}}})
}

// wait tells that the feed is not heard, and lets some time pass.
func (l *listener) wait(ctx context.Context, err error) {
	if errors.Is(err, errWoken) {
		return
	}
	l.fails++
	wait := min(waitLeast<<min(l.fails-1, 10), waitMost)
	wait += time.Duration(rand.Int64N(int64(wait)/4 + 1)) //nolint:gosec // it only keeps many from coming at once
	now := l.m.now()
	if at, ok := api.RetryAt(err, now); ok && at.After(now.Add(wait)) {
		wait = at.Sub(now)
	}
	l.m.log.Warn("the datafeed cannot be read", "err", err, "again in", wait)
	l.up = false
	l.news(store.News{Live: &store.LiveStatus{Err: err, Retry: now.Add(wait)}})
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-l.m.wake:
	case <-t.C:
	}
}
