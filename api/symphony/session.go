package symphony

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"switchboard/api"
)

const (
	// signInTime bounds one sign-in, which belongs to no single caller.
	signInTime = 100 * time.Second
	// A server that refuses every token does not make us sign in for every call: each
	// sign-in is an event that somebody at the pod may have to look at.
	mostSignIns = 3
	signInsIn   = time.Minute
	// A key that was refused is not tried again for a while, by itself.
	firstRefusal = time.Minute
	longestPause = 30 * time.Minute
	tokenType    = "symphony"
	tokenSep     = "\n" // between the two tokens of an agent's request; never in a header
	aheadMatters = 30 * time.Second
	skdClaim     = "canUseSimplifiedKeyDelivery"
	skdYear      = 24 // from this version on the agent can do without the key manager's token
	skdMonth     = 12
)

// session keeps an account's tokens. The session's own comes first, the key manager's when
// an agent's call needs it; one that was refused is replaced with all that hangs on it.
type session struct {
	account  string
	store    api.TokenStore
	clock    api.Clock
	log      *slog.Logger
	login    *login
	username string
	pod      string
	version  func(context.Context) (string, error) // the agent's

	flight singleflight.Group

	mu      sync.Mutex
	loaded  bool
	token   api.Token
	skd     bool        // token needs no key manager's
	signIns []time.Time // lately
	// What was refused by the pod and by the key manager.
	refused, keyRefused refusal
}

// refusal is a key that was not accepted: it is not tried again for a while.
type refusal struct {
	err   error
	quiet time.Time
	pause time.Duration
}

// lasting returns the error as long as it is to be quiet.
func (r *refusal) lasting(now time.Time) error {
	if r.err != nil && now.Before(r.quiet) {
		return r.err
	}
	return nil
}

// note takes the outcome of a sign-in.
func (r *refusal) note(err error, now time.Time) {
	switch {
	case err == nil:
		*r = refusal{}
	case errors.Is(err, ErrKeyRefused):
		r.pause = min(max(2*r.pause, firstRefusal), longestPause)
		r.err, r.quiet = err, now.Add(r.pause)
	}
}

// podToken hands out the session's token, agentToken both.
type (
	podToken   struct{ s *session }
	agentToken struct{ s *session }
)

// Token implements [api.Authorizer].
func (p podToken) Token(ctx context.Context) (string, error) {
	t, err := p.s.current(ctx)
	return t.Access, err
}

// Refresh implements [api.Authorizer].
func (p podToken) Refresh(ctx context.Context, stale string) (string, error) {
	t, err := p.s.renew(ctx, stale, false)
	return t.Access, err
}

// Token implements [api.Authorizer].
func (a agentToken) Token(ctx context.Context) (string, error) {
	t, err := a.s.current(ctx)
	if err != nil {
		return "", err
	}
	return a.both(ctx, t)
}

// Refresh implements [api.Authorizer].
func (a agentToken) Refresh(ctx context.Context, stale string) (string, error) {
	old, _ := split(stale)
	t, err := a.s.renew(ctx, old, false)
	if err != nil {
		return "", err
	}
	return a.both(ctx, t)
}

func (a agentToken) both(ctx context.Context, t api.Token) (string, error) {
	t, err := a.s.withKey(ctx, t)
	if err != nil {
		return "", err
	}
	return join(t), nil
}

func join(t api.Token) string {
	if t.Refresh == "" {
		return t.Access
	}
	return t.Access + tokenSep + t.Refresh
}

func split(token string) (session, key string) {
	session, key, _ = strings.Cut(token, tokenSep)
	return session, key
}

// mine reports whether a stored token is this user's at this pod.
func (s *session) mine(t api.Token) bool {
	return t.Access != "" && t.Owner == s.username && t.Endpoint == s.pod
}

// load returns the token in memory, read from the store the first time.
func (s *session) load(ctx context.Context) (api.Token, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.loaded {
		return s.token, nil
	}
	t, err := s.store.Load(ctx, s.account)
	if err != nil && !errors.Is(err, api.ErrNoToken) {
		return api.Token{}, fmt.Errorf("reading the sign-in of %s: %w", s.account, err)
	}
	if s.mine(t) {
		s.token = t
	}
	s.loaded = true
	return s.token, nil
}

// current returns the session's token, and signs in if there is none.
func (s *session) current(ctx context.Context) (api.Token, error) {
	t, err := s.load(ctx)
	if err != nil || t.Access != "" {
		return t, err
	}
	return s.renew(ctx, "", false)
}

// renew replaces the session's token stale ("": whatever there is). All callers share one
// sign-in, which goes on when one of them gives up. If too many were needed lately, it
// returns the refused token, which makes the refusal final.
func (s *session) renew(ctx context.Context, stale string, person bool) (api.Token, error) {
	name := "session"
	if person {
		name = "person"
	}
	return s.shared(ctx, name, func(ctx context.Context) (api.Token, error) {
		s.mu.Lock()
		mine, now := s.token, s.clock.Now()
		if !person && mine.Access != "" && mine.Access != stale {
			s.mu.Unlock()
			return mine, nil // another caller was faster
		}
		if err := s.refused.lasting(now); err != nil && !person {
			s.mu.Unlock()
			return api.Token{}, err
		}
		if !person && s.tooMany(now) {
			s.mu.Unlock()
			return mine, nil
		}
		s.mu.Unlock()
		if !person {
			if t, ok := s.elsewhere(ctx, stale); ok {
				return t, nil
			}
		}
		return s.signIn(ctx)
	})
}

// tooMany reports whether a token was refused although it is of the third sign-in within a
// minute. Called with mu held.
func (s *session) tooMany(now time.Time) bool {
	if s.token.Access == "" {
		return false
	}
	n := 0
	for _, at := range s.signIns {
		if now.Sub(at) < signInsIn {
			s.signIns[n] = at
			n++
		}
	}
	s.signIns = s.signIns[:n]
	return n >= mostSignIns
}

// shared runs work once for all who want it at the same time.
func (s *session) shared(ctx context.Context, name string, work func(context.Context) (api.Token, error)) (api.Token, error) {
	ch := s.flight.DoChan(name, func() (any, error) {
		// The work of all who wait: neither one caller's end nor its rank counts.
		own, cancel := context.WithTimeout(context.Background(), signInTime)
		defer cancel()
		return work(own)
	})
	select {
	case r := <-ch:
		t, _ := r.Val.(api.Token)
		return t, r.Err
	case <-ctx.Done():
		return api.Token{}, context.Cause(ctx)
	}
}

// elsewhere looks for a newer token that another program of ours has stored.
func (s *session) elsewhere(ctx context.Context, stale string) (api.Token, bool) {
	t, err := s.store.Load(ctx, s.account)
	if err != nil || !s.mine(t) || t.Access == stale {
		return api.Token{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.Access == s.token.Access || t.Issued.Before(s.token.Issued) { // ours, or one that could not be replaced there
		return api.Token{}, false
	}
	s.token, s.loaded, s.skd = t, true, false
	return t, true
}

// signIn makes a new session and keeps it.
func (s *session) signIn(ctx context.Context) (api.Token, error) {
	issued, err := s.login.session(ctx)
	s.mu.Lock()
	now := s.clock.Now()
	s.refused.note(err, now)
	if err == nil {
		s.signIns = append(s.signIns, now)
		s.keyRefused = refusal{}
	}
	s.mu.Unlock()
	if err != nil {
		return api.Token{}, err
	}
	t := api.Token{Access: issued, Type: tokenType, Issued: now, Owner: s.username, Endpoint: s.pod}
	return t, s.keep(ctx, t, false)
}

// keep takes t over and writes it down. A token that cannot be written down is used all the
// same: unlike one that is spent by use, it can be had again.
func (s *session) keep(ctx context.Context, t api.Token, skd bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token, s.loaded, s.skd = t, true, skd
	if err := s.store.Save(ctx, s.account, t); err != nil {
		s.log.LogAttrs(ctx, slog.LevelWarn, "the sign-in could not be kept for the next run", slog.Any("error", err))
	}
	return nil
}

// withKey adds the key manager's token to t, unless t does not need it.
func (s *session) withKey(ctx context.Context, t api.Token) (api.Token, error) {
	s.mu.Lock()
	now, same := s.token, s.token.Access == t.Access
	enough := same && (s.skd || now.Refresh != "")
	s.mu.Unlock()
	if enough {
		return now, nil
	}
	if t.Refresh != "" {
		return t, nil
	}
	return s.shared(ctx, "key "+t.Access, func(ctx context.Context) (api.Token, error) {
		skd := s.simplified(ctx, t.Access)
		if !skd {
			key, err := s.askKey(ctx)
			if err != nil {
				return api.Token{}, err
			}
			t.Refresh = key
		}
		s.mu.Lock()
		replaced := s.token.Access != t.Access
		s.mu.Unlock()
		if replaced { // meanwhile; what was made here is good for this call
			return t, nil
		}
		return t, s.keep(ctx, t, skd)
	})
}

// askKey asks the key manager, unless it refused a moment ago.
func (s *session) askKey(ctx context.Context) (string, error) {
	s.mu.Lock()
	err := s.keyRefused.lasting(s.clock.Now())
	s.mu.Unlock()
	if err != nil {
		return "", err
	}
	key, err := s.login.key(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keyRefused.note(err, s.clock.Now())
	return key, err
}

// simplified reports whether the key manager is not needed: the session says so, and the
// agent is of a version that can do without. At any doubt it is needed.
func (s *session) simplified(ctx context.Context, token string) bool {
	if !claimed(token, skdClaim) {
		return false
	}
	version, err := s.version(ctx)
	return err == nil && atLeast(version, skdYear, skdMonth)
}

// end signs out here, and at the service where it offers that.
func (s *session) end(ctx context.Context) error {
	t, err := s.load(ctx)
	if err != nil {
		return err
	}
	told := s.login.logout(ctx, t)
	s.mu.Lock()
	s.token, s.loaded, s.skd = api.Token{}, true, false
	s.mu.Unlock()
	if err := s.store.Delete(ctx, s.account); err != nil && !errors.Is(err, api.ErrNoToken) {
		return fmt.Errorf("removing the sign-in of %s: %w", s.account, err)
	}
	if told != nil {
		return fmt.Errorf("%w: %w", api.ErrNotRevoked, told)
	}
	return nil
}

func (s *session) close() { s.login.close() }
