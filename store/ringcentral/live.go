package ringcentral

import (
	"context"
	"errors"
	"slices"

	rc "switchboard/api/ringcentral"
	"switchboard/store"
)

var _ store.Live = (*Mailbox)(nil)

// mostWatched is how many people beside the user's favourites are listened to; the
// others are asked about at intervals.
const mostWatched = 100

// filter is something that can be listened to.
type filter struct {
	name string
	// hears is what need not be asked for at intervals while the filter is granted.
	// One without only makes another quicker, or fuller.
	hears []string
}

// filters are what a mailbox listens to.
func (m *Mailbox) filters(want store.LiveWant) []filter {
	list := []filter{
		{rc.FilterMessageStore(""), []string{store.HearsMessages}},
		{rc.FilterInstant(""), nil},
		{rc.FilterVoicemail(""), nil},
		{rc.FilterFax(""), nil},
		{rc.FilterTelephony(""), []string{store.FeedCalls, store.FeedActive}},
		{rc.FilterAccountTelephony, []string{store.FeedCompany}},
		{rc.FilterPresence("", true), []string{store.FeedPresence}},
		{rc.FilterFavoritePresence(true), nil},
		{rc.FilterPosts, []string{store.FeedChats}},
		{rc.FilterChats, nil},
		{rc.FilterDirectory, []string{store.FeedDirectory}},
		{rc.FilterFavorite(""), []string{store.FeedFavorites}},
	}
	for _, ext := range want.Presence[:min(len(want.Presence), mostWatched)] {
		if f := rc.FilterPresence(rc.ID(ext), true); f != "" {
			list = append(list, filter{f, nil})
		}
	}
	return list
}

// Listen implements store.Live by push over a WebSocket, the only one of a sign-in: the
// mailboxes of other extensions that it opens are listened to with it. The connection is
// mended by package api; a filter that is not granted leaves its feed to be asked for.
func (m *Mailbox) Listen(ctx context.Context, want store.LiveWant, news func(store.News)) error {
	m.shares.gather(ctx)
	for {
		err := m.listen(ctx, m.shares.extensions(), want, news)
		if ctx.Err() != nil {
			err = context.Cause(ctx)
			m.shares.tell(nil, rc.PushState{Err: errOwnerEnded})
			return err
		}
		if !errors.Is(err, errReshared) {
			m.shares.tell(nil, rc.PushState{Err: err})
			return err
		}
	}
}

// listen is Listen as long as the same mailboxes of others are listened to.
func (m *Mailbox) listen(ctx context.Context, others []rc.ID, want store.LiveWant, news func(store.News)) error {
	list := m.filters(want)
	o := rc.PushOptions{Wake: m.wake}
	for _, f := range append(slices.Clone(list), sharedFilters(others)...) {
		o.Filters = append(o.Filters, f.name)
	}
	o.State = func(s rc.PushState) {
		news(liveNews(list, s))
		m.shares.tell(others, s)
	}
	o.Event = func(e rc.PushEvent) {
		n, err := m.heard(e)
		if err != nil {
			m.log.Warn("an event could not be read", "event", e.Event, "err", err)
			n.Missed = true
		}
		// Of another extension one may watch the presence without reading its messages.
		if (n.Changed || n.Missed) && m.shares.hear(e.Extension(), n) {
			return
		}
		news(n)
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	over := make(chan struct{})
	go func() {
		defer close(over)
		if m.shares.differ(ctx, others) {
			stop(errReshared)
		}
	}()
	err := m.client.Push(ctx, o)
	stop(nil)
	<-over
	return err
}

// Wake has a connection that may be dead looked at, and a lost one tried again at once.
func (m *Mailbox) Wake() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// liveNews tells what is listened to now.
func liveNews(list []filter, s rc.PushState) store.News {
	st := &store.LiveStatus{Up: s.Up, Err: s.Err, Refused: s.Refused, Retry: s.Retry}
	if s.Up {
		for _, f := range list {
			if !slices.Contains(s.Disabled, f.name) {
				st.Hears = append(st.Hears, f.hears...)
			}
		}
	}
	return store.News{Live: st, Missed: s.Gap}
}
