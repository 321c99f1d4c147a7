package simulator

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// The one registered client application.
const (
	clientID     = "simulated-client"
	clientSecret = "simulated-secret"
)

const (
	codeLife      = time.Minute
	consentLife   = 10 * time.Minute
	refreshLife   = 7 * 24 * time.Hour
	graceUsed     = 10 * time.Second // of an old refresh token once the new access token was used
	graceUnused   = time.Hour        // and while it was not
	corruptedFor  = time.Minute      // a replaced access token is "corrupted" first, unknown later
	maxSessions   = 50
	maxPending    = 1000
	permissionSet = "ReadAccounts ReadMessages EditMessages RingOut ReadCallLog ReadContacts ReadPresence WebSocket SMS Faxes InternalMessages TeamMessaging"
)

// authority issues and checks tokens.
type authority struct {
	mu       sync.Mutex
	now      func() time.Time
	ttl      time.Duration
	jwt      string
	uris     []string
	pending  map[string]*pending
	codes    map[string]*grant
	sessions []*session // oldest first
	retired  map[string]time.Time
}

// session is one sign-in: a pair of tokens, and the pair before it.
type session struct {
	id          string
	endpoint    string
	public      bool // signed in without the client's secret
	access      string
	expires     time.Time
	firstUse    time.Time // of access; zero: never
	refresh     string
	refreshEnds time.Time
	oldRefresh  string
	rotated     time.Time
}

func newAuthority(cfg Config) *authority {
	return &authority{
		now: cfg.Now, ttl: cfg.TokenTTL, uris: slices.Clone(cfg.RedirectURIs),
		jwt:     simulatedJWT(cfg.Seed),
		pending: map[string]*pending{}, codes: map[string]*grant{}, retired: map[string]time.Time{},
	}
}

// simulatedJWT looks like the real credential; it is compared, not verified,
// and stays the same for a seed so that scripts can keep it.
func simulatedJWT(seed uint64) string {
	enc := base64.RawURLEncoding.EncodeToString
	part := func(v map[string]any) string {
		b, _ := json.Marshal(v) // strings only
		return enc(b)
	}
	head := part(map[string]any{"alg": "RS256", "typ": "JWT", "kid": "simulator"})
	body := part(map[string]any{"iss": "simulator", "sub": extensionID, "jti": fmt.Sprintf("seed-%d", seed)})
	return head + "." + body + "." + enc([]byte("this is not a signature, it is a simulation"))
}

func randomToken(prefix string) string { return prefix + rand.Text() + rand.Text() }

func (a *authority) redirects() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.uris)
}

// RegisterRedirect adds a redirect URI to the client application, for tests
// that listen on a port of their own.
func (s *Server) RegisterRedirect(uri string) {
	s.auth.mu.Lock()
	defer s.auth.mu.Unlock()
	if !slices.Contains(s.auth.uris, uri) {
		s.auth.uris = append(s.auth.uris, uri)
	}
}

func tokenExpired() *apiError { return unauthorized("OAU-128", "Access token expired") }

// bearer finds the token of a request. Only the media host takes it from the
// query as well.
func (a *authority) bearer(r *http.Request, query bool) (string, *apiError) {
	token := ""
	switch h := r.Header.Get("Authorization"); {
	case h != "":
		scheme, rest, ok := strings.Cut(h, " ")
		if !ok || !strings.EqualFold(scheme, "Bearer") {
			return "", unauthorized("OAU-151", "Authorization method not supported")
		}
		token = strings.TrimSpace(rest)
	case query:
		token = r.URL.Query().Get("access_token")
	}
	if token == "" {
		return "", unauthorized("AGW-402", "Invalid Authorization header")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	for _, s := range a.sessions {
		if s.access != token {
			continue
		}
		if !now.Before(s.expires) {
			return "", tokenExpired()
		}
		if s.firstUse.IsZero() {
			s.firstUse = now
		}
		return token, nil
	}
	if at, ok := a.retired[token]; ok && now.Sub(at) < corruptedFor {
		return "", unauthorized("OAU-129", "Access token corrupted")
	}
	return "", unauthorized("OAU-213", "Token not found")
}

// open starts a session. The oldest goes when there are too many, as with the
// real limit of parallel sessions.
func (a *authority) open(public bool, endpoint string, ttl, refreshTTL time.Duration) tokenAnswer {
	if endpoint == "" {
		endpoint = randomToken("EP")
	}
	s := &session{id: randomToken("SES"), endpoint: endpoint, public: public}
	a.renew(s, ttl, refreshTTL)
	a.sessions = append(a.sessions, s)
	if len(a.sessions) > maxSessions {
		a.sessions = a.sessions[1:]
	}
	return a.answer(s)
}

// renew replaces both tokens. The old access token is dead from here on.
func (a *authority) renew(s *session, ttl, refreshTTL time.Duration) {
	now := a.now()
	if s.access != "" {
		for token, at := range a.retired {
			if now.Sub(at) > corruptedFor {
				delete(a.retired, token)
			}
		}
		a.retired[s.access] = now
	}
	s.oldRefresh, s.rotated = s.refresh, now
	s.access, s.refresh = randomToken("SIMA"), randomToken("SIMR")
	s.expires, s.refreshEnds = now.Add(ttl), now.Add(refreshTTL)
	s.firstUse = time.Time{}
}

// tokenAnswer is what the token endpoint returns.
type tokenAnswer struct {
	AccessToken      string `json:"access_token"`
	TokenType        string `json:"token_type"`
	ExpiresIn        int64  `json:"expires_in"`
	RefreshToken     string `json:"refresh_token"`
	RefreshExpiresIn int64  `json:"refresh_token_expires_in"`
	Scope            string `json:"scope"`
	OwnerID          string `json:"owner_id"`
	EndpointID       string `json:"endpoint_id"`
	SessionID        string `json:"session_id"`
}

func (a *authority) answer(s *session) tokenAnswer {
	now := a.now()
	left := func(t time.Time) int64 { return max(int64(t.Sub(now)/time.Second), 0) }
	return tokenAnswer{
		AccessToken: s.access, TokenType: "bearer", ExpiresIn: left(s.expires),
		RefreshToken: s.refresh, RefreshExpiresIn: left(s.refreshEnds),
		Scope: permissionSet, OwnerID: extensionID, EndpointID: s.endpoint, SessionID: s.id,
	}
}

// refresh exchanges a refresh token. The one before the current is honoured
// for a while and yields the same pair again, so that a lost answer can be
// asked for twice.
func (a *authority) refresh(token string, public bool, ttl, refreshTTL time.Duration) (tokenAnswer, bool) {
	now := a.now()
	for _, s := range a.sessions {
		if public && !s.public {
			continue // such a session needs the client's secret
		}
		switch {
		case s.refresh == token && now.Before(s.refreshEnds):
			a.renew(s, ttl, refreshTTL)
			return a.answer(s), true
		case s.oldRefresh == token && token != "":
			grace := s.rotated.Add(graceUnused)
			if !s.firstUse.IsZero() {
				grace = s.firstUse.Add(graceUsed)
			}
			if now.Before(grace) {
				return a.answer(s), true
			}
		}
	}
	return tokenAnswer{}, false
}

// expire lets one access token, or all with "", expire now.
func (a *authority) expire(token string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range a.sessions {
		if token == "" || s.access == token {
			s.expires = a.now()
		}
	}
}

// end removes the session a token belongs to, or all with "".
func (a *authority) end(token string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sessions = slices.DeleteFunc(a.sessions, func(s *session) bool {
		return token == "" || s.access == token || s.refresh == token
	})
}

// ExpireTokens makes every access token expire now; refreshing still works.
func (s *Server) ExpireTokens() { s.auth.expire("") }

// RevokeTokens ends every session; only a new sign-in helps.
func (s *Server) RevokeTokens() {
	s.auth.end("")
	s.ExpirePush()
}
