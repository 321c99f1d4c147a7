package ringcentral

import (
	"context"
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

// Listen implements store.Live by push over a WebSocket. The connection is mended by
// package api; a filter that is not granted leaves its feed to be asked for.
func (m *Mailbox) Listen(ctx context.Context, want store.LiveWant, news func(store.News)) error {
	list := m.filters(want)
	o := rc.PushOptions{Wake: m.wake}
	for _, f := range list {
		o.Filters = append(o.Filters, f.name)
	}
	o.State = func(s rc.PushState) { news(liveNews(list, s)) }
	o.Event = func(e rc.PushEvent) {
		n, err := m.heard(e)
		if err != nil {
			m.log.Warn("an event could not be read", "event", e.Event, "err", err)
			n.Missed = true
		}
		news(n)
	}
	err := m.client.Push(ctx, o)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
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
