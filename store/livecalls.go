package store

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"
)

// LiveState is how a call stands at this moment.
type LiveState uint8

// The states of a call in progress. An ended one is told of once.
const (
	LiveRinging LiveState = iota + 1
	LiveConnected
	LiveHeld
	LiveEnded
)

func (s LiveState) String() string {
	return [...]string{"", "ringing", "connected", "on hold", "ended"}[s%5]
}

// MarshalText writes the state's name.
func (s LiveState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LiveCall is a call in progress, or the news that it ended.
type LiveCall struct {
	Account  int64     // row in accounts; TakeCalls sets it
	Key      string    // Account.Key; LiveCalls sets it, where the account is attached
	Session  string    // telephony session, the same as in the call log
	Sequence int64     // of the event within its session: a higher one is later; 0: not from an event
	Dir      Direction // as seen from Owner
	From, To Party
	State    LiveState
	Began    time.Time // when it was first heard of, or began; zero: now
	Since    time.Time // when it came into State; zero: now
	Missed   bool      // it ended without anybody answering
	Queue    bool      // it came through a call queue
	Ours     bool      // it rings or rang at the account's own extension
	Owner    string    // name or number of the extension it is at, where that is not ours
}

// Other is the other side of the call.
func (c LiveCall) Other() Party {
	if c.Dir == Outbound {
		return c.To
	}
	return c.From
}

// How long calls stay in memory.
const (
	// endedFor is how long it is remembered that a call ended, so that neither an event
	// that was late nor a list of active calls, in which the service leaves it for two
	// minutes, has it ring again.
	endedFor = 10 * time.Minute
	// liveMost bounds what is remembered, whatever the service sends.
	liveMost = 1000
	// liveLongest is the longest a call is believed in of which nothing more was heard.
	liveLongest = 12 * time.Hour
)

// activeCalls are the calls in progress. They live in memory: those of an earlier run
// are over. The zero value is ready.
type activeCalls struct {
	mu    sync.Mutex
	known map[liveKey]*liveEntry
}

type liveKey struct {
	account int64
	session string
}

type liveEntry struct {
	LiveCall
	heard time.Time // when it was last heard of, by this machine's clock
}

// TakeCalls takes in what a service tells of calls in progress: events as they come,
// in any order and any number of times. An event older than one taken before changes
// nothing, and nothing brings an ended call back. A call that ended has the call log
// looked at for its record.
func (s *Store) TakeCalls(_ context.Context, account int64, calls []LiveCall) error {
	now := s.now()
	news, ended := false, false
	clean := make([]LiveCall, len(calls))
	for i, c := range calls {
		clean[i] = s.cleanCall(c)
	}
	s.active.mu.Lock()
	for _, c := range clean {
		changed, over := s.active.take(account, c, now)
		news, ended = news || changed, ended || over
	}
	s.active.tidy(now)
	s.active.mu.Unlock()
	if b := s.boxOf(account); b != nil {
		if ended {
			b.wantFeed(FeedCalls)
		}
		s.callsTold(b, clean)
	}
	if news {
		s.changed()
	}
	return nil
}

// cleanCall makes ready what came from outside.
func (s *Store) cleanCall(c LiveCall) LiveCall {
	c.Session, c.Owner = CleanLine(c.Session), CleanLine(c.Owner)
	c.From, c.To = s.party(c.From), s.party(c.To)
	return c
}

// take takes one event in. changed: there is something else to show; over: it ended.
func (a *activeCalls) take(account int64, c LiveCall, now time.Time) (changed, over bool) {
	if c.Session == "" || c.State == 0 {
		return false, false
	}
	c.Account = account
	c.Since = cmp.Or(c.Since, now)
	key := liveKey{account, c.Session}
	old := a.known[key]
	if old != nil {
		if old.State == LiveEnded || c.Sequence != 0 && c.Sequence <= old.Sequence {
			return false, false
		}
		if c.Sequence == 0 && old.Sequence != 0 && c.State != LiveEnded {
			// A list of active calls is some seconds old: events know better.
			old.heard = now
			return false, false
		}
		c.Sequence = max(c.Sequence, old.Sequence)
		c.Began = cmp.Or(old.Began, c.Began)
		if c.State == old.State {
			c.Since = old.Since
		}
		c.From, c.To = fuller(c.From, old.From), fuller(c.To, old.To)
		c.Owner = cmp.Or(c.Owner, old.Owner)
	}
	c.Began = cmp.Or(c.Began, c.Since)
	if a.known == nil {
		a.known = map[liveKey]*liveEntry{}
	}
	a.known[key] = &liveEntry{LiveCall: c, heard: now}
	over = c.State == LiveEnded
	if old == nil {
		return !over, over
	}
	c.Sequence = old.Sequence // which nobody sees
	return c != old.LiveCall, over
}

// fuller is a party with what was known of it before and an event leaves out.
func fuller(p, old Party) Party {
	if p.Number == "" && p.Extension == "" || p.Number == old.Number && p.Extension == old.Extension {
		p.Name, p.Number, p.Extension = cmp.Or(p.Name, old.Name), cmp.Or(p.Number, old.Number), cmp.Or(p.Extension, old.Extension)
		p.Location = cmp.Or(p.Location, old.Location)
	}
	return p
}

// tidy forgets what is over for long.
func (a *activeCalls) tidy(now time.Time) {
	for k, c := range a.known {
		if age := now.Sub(c.heard); c.State == LiveEnded && age > endedFor || age > liveLongest || age < -liveLongest {
			delete(a.known, k)
		}
	}
	for k := range a.known {
		if len(a.known) <= liveMost {
			break
		}
		delete(a.known, k)
	}
}

// replace takes in a list of all active calls of an account, asked for at a time: those
// that are not on it are over, unless they were heard of since.
func (a *activeCalls) replace(account int64, list []LiveCall, asked, now time.Time) (changed bool) {
	on := map[string]bool{}
	for _, c := range list {
		on[c.Session] = true
		news, _ := a.take(account, c, now)
		changed = changed || news
	}
	for k, c := range a.known {
		if k.account == account && !on[k.session] && c.State != LiveEnded && asked.Sub(c.heard) > activeLate {
			c.State, c.Since, c.heard = LiveEnded, now, now
			changed = true
		}
	}
	return changed
}

// activeLate is how late the service's list of active calls may be.
const activeLate = 15 * time.Second

// recorded ends the calls of an account that the call log has a finished record of.
func (a *activeCalls) recorded(account int64, sessions []string, now time.Time) (changed bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, session := range sessions {
		if c := a.known[liveKey{account, session}]; c != nil && c.State != LiveEnded {
			c.State, c.Since, c.heard = LiveEnded, now, now
			changed = true
		}
	}
	return changed
}

// LiveCalls are the calls in progress, the one that began first comes first. It reads
// memory only, so that a screen may ask at any time.
func (s *Store) LiveCalls() []LiveCall {
	s.active.mu.Lock()
	defer s.active.mu.Unlock()
	var out []LiveCall
	now := s.now()
	for _, c := range s.active.known {
		if c.State != LiveEnded && now.Sub(c.heard) <= liveLongest {
			out = append(out, c.LiveCall)
		}
	}
	slices.SortFunc(out, func(x, y LiveCall) int {
		return cmp.Or(x.Began.Compare(y.Began), cmp.Compare(x.Session, y.Session))
	})
	for i := range out {
		if b := s.boxOf(out[i].Account); b != nil {
			out[i].Key = b.key
		}
	}
	return out
}
