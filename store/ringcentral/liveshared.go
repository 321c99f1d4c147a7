package ringcentral

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	rc "switchboard/api/ringcentral"
	"switchboard/store"
)

var _ store.Live = (*Shared)(nil)

const (
	// mostShared is how many mailboxes of others are listened to; the rest is polled.
	mostShared = 25
	// shareSoon is how long mailboxes that are opened or closed one after the other are
	// waited for, so that all of them are asked for at once.
	shareSoon = 300 * time.Millisecond
)

var (
	errReshared   = errors.New("other mailboxes are listened to")
	errOwnerEnded = errors.New("the sign-in it is opened by does not listen")
	errNotGranted = errors.New("the service does not let you listen to this mailbox")
	errTooMany    = errors.New("too many mailboxes are listened to")
)

// shares are the mailboxes of other extensions that listen on the connection of the one
// whose sign-in opens them. The zero value is ready.
type shares struct {
	mu      sync.Mutex
	out     int // how many were made
	list    []share
	last    rc.PushState // of that connection
	known   bool         // last is something that was told
	changed chan struct{}
}

type share struct {
	ext  rc.ID
	news func(store.News)
}

// sharedFilters are what is listened to of mailboxes of others: their messages.
func sharedFilters(others []rc.ID) (list []filter) {
	for _, ext := range others {
		for _, f := range []string{rc.FilterMessageStore(ext), rc.FilterInstant(ext), rc.FilterVoicemail(ext), rc.FilterFax(ext)} {
			if f != "" {
				list = append(list, filter{name: f})
			}
		}
	}
	return list
}

// handOut notes that there is one more mailbox that will want to listen.
func (s *shares) handOut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out++
}

// extensions are those that want to be listened to, sorted.
func (s *shares) extensions() []rc.ID {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]rc.ID, 0, len(s.list))
	for _, x := range s.list {
		out = append(out, x.ext)
	}
	slices.Sort(out)
	return out[:min(len(out), mostShared)]
}

// signal is sent to when a mailbox begins or ends to listen.
func (s *shares) signal() chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed == nil {
		s.changed = make(chan struct{}, 1)
	}
	return s.changed
}

func (s *shares) poke() {
	select {
	case s.signal() <- struct{}{}:
	default:
	}
}

// gather waits a moment for mailboxes that begin to listen at the same time.
func (s *shares) gather(ctx context.Context) {
	s.mu.Lock()
	none := s.out == len(s.list)
	s.mu.Unlock()
	if !none {
		pause(ctx, shareSoon)
	}
}

// differ waits until others than those are to be listened to; false: until ctx ended.
func (s *shares) differ(ctx context.Context, than []rc.ID) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case <-s.signal():
		}
		pause(ctx, shareSoon)
		if ctx.Err() == nil && !slices.Equal(s.extensions(), than) {
			return true
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// join has a mailbox listened to until leave.
func (s *shares) join(ext rc.ID, news func(store.News)) (leave func()) {
	s.mu.Lock()
	s.list = append(s.list, share{ext, news})
	if s.known && !s.last.Up {
		n, _ := sharedNews(ext, nil, s.last)
		news(n)
	}
	s.mu.Unlock()
	s.poke()
	return func() {
		s.mu.Lock()
		if i := slices.IndexFunc(s.list, func(x share) bool { return x.ext == ext }); i >= 0 {
			s.list = slices.Delete(s.list, i, i+1)
		}
		s.mu.Unlock()
		s.poke()
	}
}

// tell passes on how the connection stands that listens to others.
func (s *shares) tell(others []rc.ID, state rc.PushState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last, s.known = state, true
	for _, x := range s.list {
		if n, ok := sharedNews(x.ext, others, state); ok {
			x.news(n)
		}
	}
}

// hear passes on news of an extension; false: it is none of these.
func (s *shares) hear(ext rc.ID, n store.News) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.list, func(x share) bool { return x.ext == ext && ext != "" })
	if i >= 0 {
		s.list[i].news(n)
	}
	return i >= 0
}

// sharedNews is how a connection that listens to others stands, to the mailbox of ext;
// false where there is nothing to say yet.
func sharedNews(ext rc.ID, others []rc.ID, s rc.PushState) (store.News, bool) {
	st := &store.LiveStatus{Up: s.Up, Err: s.Err, Refused: s.Refused, Retry: s.Retry}
	switch {
	case !s.Up:
	case !slices.Contains(others, ext):
		if len(others) < mostShared {
			return store.News{}, false // it came later, and is about to be asked for
		}
		st.Err = errTooMany
	case slices.Contains(s.Disabled, rc.FilterMessageStore(ext)):
		st.Err = errNotGranted
	default:
		st.Hears = []string{store.HearsMessages}
	}
	return store.News{Live: st, Missed: s.Gap && len(st.Hears) > 0}, true
}

// Listen implements store.Live: it listens on the connection of the mailbox whose sign-in
// opens this one.
func (s *Shared) Listen(ctx context.Context, _ store.LiveWant, news func(store.News)) error {
	leave := s.owner.shares.join(s.extension, news)
	defer leave()
	<-ctx.Done()
	return context.Cause(ctx)
}
