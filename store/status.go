package store

import (
	"errors"
	"time"

	"switchboard/api"
)

// Status is how one mailbox stands with its service.
type Status struct {
	Account string    `json:"account"` // Account.Key
	Phase   string    `json:"phase"`   // one of the Phase constants
	Since   time.Time `json:"since"`   // when this phase began
	Until   time.Time `json:"-"`       // when it is tried again; zero: not known
	Err     string    `json:"error,omitempty"`
	// RateLimited says that Err only asks for patience until Until.
	RateLimited bool `json:"rate_limited,omitempty"`
	Done        int  `json:"done"`    // messages read in of this round of the history
	Total       int  `json:"total"`   // of how many; 0: not known
	Pending     int  `json:"pending"` // operations that have not reached the service
	// Doing is what the service is busy with for us, in a few words: "report 40 %".
	Doing string `json:"doing,omitempty"`

	Synced time.Time     `json:"synced"`         // the last look that went well: what is shown is as of then; zero: never
	Every  time.Duration `json:"-"`              // between two looks for messages
	Push   string        `json:"push,omitempty"` // why the service does not tell of messages by itself; "": it does, or cannot
	// PushUntil is when it is asked to again; zero: not known.
	PushUntil time.Time `json:"-"`
}

// The phases. In all but the first three, what is shown may be out of date.
const (
	PhaseLive      = "live"       // the service tells what is new
	PhasePolling   = "polling"    // it is asked at intervals, and has just answered
	PhaseSyncing   = "syncing"    // the history is still coming in
	PhaseOffline   = "offline"    // no way to the service, or it fails
	PhaseLimited   = "limited"    // it can be read, but takes no changes
	PhaseSignedOut = "signed-out" // a person has to sign in
	PhaseDenied    = "denied"     // a permission is missing, Err names it
)

// trouble is why one way of using a service does not work at the moment.
type trouble struct {
	err   error
	until time.Time
}

// way is a use of a service.
type way bool

const (
	reading way = false
	writing way = true
)

// Status is how each attached mailbox stands, in the order of Attach.
func (s *Store) Status() []Status {
	boxes := s.mailboxes()
	out := make([]Status, len(boxes))
	for i, b := range boxes {
		b.mu.Lock()
		out[i] = b.status
		b.mu.Unlock()
	}
	return out
}

// setTrouble records that a use of the service failed, or with a nil err that it
// worked. It reports whether that ended trouble.
func (b *mailbox) setTrouble(w way, err error, until, now time.Time) (over bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := &b.readTrouble
	if w == writing {
		t = &b.writeTrouble
	}
	over = err == nil && t.err != nil
	*t = trouble{err: err, until: until}
	if err == nil {
		t.until = time.Time{}
	}
	b.restate(now)
	return over
}

// setSyncing says whether the history is still coming in. It reports whether that
// is news.
func (b *mailbox) setSyncing(on bool, now time.Time) (news bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	before := b.status.Phase
	b.syncing = on
	if !on {
		b.status.Done, b.status.Total = 0, 0
	}
	b.restate(now)
	return b.status.Phase != before
}

// restate works out the phase. b.mu is held.
func (b *mailbox) restate(now time.Time) {
	phase, t := b.phase()
	if phase != b.status.Phase {
		b.status.Since = now
	}
	b.status.Phase, b.status.Err, b.status.Until = phase, reason(t.err), t.until
	b.status.RateLimited = isLimit(t.err)
	b.status.Every = b.every()
	b.status.Push, b.status.PushUntil = b.hearing.words(), b.hearing.state.Retry
}

// words is why the service does not tell of messages; "" when it does, cannot, or is
// just being asked to.
func (h hearing) words() string {
	st := h.state
	switch {
	case !h.able, h.hears[HearsMessages], errors.Is(st.Err, errNotYet):
		return ""
	case st.Up && st.Err == nil:
		return "push does not tell of messages"
	case st.Up:
		return "push does not tell of messages: " + reason(st.Err)
	case st.Refused:
		return "push refused: " + reason(st.Err)
	case st.Err == nil:
		return "push lost"
	}
	return "push lost: " + reason(st.Err)
}

func (b *mailbox) phase() (string, trouble) {
	for _, t := range []trouble{b.readTrouble, b.writeTrouble} {
		if errors.Is(t.err, api.ErrSignedOut) {
			return PhaseSignedOut, t
		}
	}
	t := b.readTrouble
	if t.err != nil && !isLimit(t.err) {
		if isPermission(t.err) {
			return PhaseDenied, t
		}
		if api.IsLimitedMode(t.err) {
			return PhaseLimited, t
		}
		return PhaseOffline, t
	}
	if w := b.writeTrouble; w.err != nil {
		if api.IsLimitedMode(w.err) {
			return PhaseLimited, w
		}
		if t.err == nil {
			t = w // sending waits for a while; the list is up to date
		}
	}
	if b.syncing {
		return PhaseSyncing, t
	}
	if b.hearing.hears[HearsMessages] && t.err == nil {
		return PhaseLive, t
	}
	return PhasePolling, t
}

// isLimit reports whether err only asks for patience.
func isLimit(err error) bool {
	var limit *api.LimitError
	var e *api.Error
	return errors.As(err, &limit) || errors.As(err, &e) && e.Status == 429
}
