package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"
)

// tokens is a TokenStore in memory that notes the order of events.
type tokens struct {
	mu   sync.Mutex
	m    map[string]Token
	fail error
	log  *[]string
}

func (s *tokens) Load(_ context.Context, account string) (Token, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.m[account]
	if !ok {
		return Token{}, ErrNoToken
	}
	return t, nil
}

func (s *tokens) Save(_ context.Context, account string, t Token) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	s.m[account] = t
	if s.log != nil {
		*s.log = append(*s.log, "save "+t.Access)
	}
	return nil
}

func (s *tokens) Delete(_ context.Context, account string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.m, account)
	return nil
}

// provider is a small OAuth server: refresh tokens are for one use, codes have
// to come with the verifier of their challenge.
type provider struct {
	t          *testing.T
	mu         sync.Mutex
	refresh    string // the one that is good
	jwt        string
	challenge  string
	redirect   string
	n          int // pairs given out
	asked      []url.Values
	auth       []string // Authorization of each token request
	revoked    []string
	answer     func(w http.ResponseWriter) bool // takes a token request over
	noRefresh  bool
	expires    int
	revokeCode int
}

func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := r.ParseForm(); err != nil {
		p.t.Error(err)
	}
	if r.URL.Path == revokePath {
		p.revoked = append(p.revoked, r.PostForm.Get("token"))
		w.WriteHeader(max(p.revokeCode, 200))
		return
	}
	if r.URL.Path != tokenPath || r.Method != http.MethodPost {
		p.t.Errorf("asked %s %s", r.Method, r.URL)
	}
	if r.Header.Get("User-Agent") != "switchboard/test" {
		p.t.Errorf("User-Agent %q", r.Header.Get("User-Agent"))
	}
	p.asked = append(p.asked, r.PostForm)
	p.auth = append(p.auth, r.Header.Get("Authorization"))
	if p.answer != nil && p.answer(w) {
		return
	}
	good := false
	switch f := r.PostForm; f.Get("grant_type") {
	case "refresh_token":
		good = p.refresh != "" && f.Get("refresh_token") == p.refresh
	case jwtGrant:
		good = p.jwt != "" && f.Get("assertion") == p.jwt
	case "authorization_code":
		good = f.Get("code") == "code-1" && oauth2.S256ChallengeFromVerifier(f.Get("code_verifier")) == p.challenge && f.Get("redirect_uri") == p.redirect
	}
	w.Header().Set("Content-Type", "application/json")
	if !good {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"invalid_grant","error_description":"Token not found","errors":[{"errorCode":"OAU-213"}]}`)
		return
	}
	p.n++
	pair := map[string]any{
		"access_token": fmt.Sprintf("access-%d", p.n), "token_type": "bearer", "expires_in": max(p.expires, 60), "owner_id": "77",
		"scope": "ReadMessages", "endpoint_id": "ep",
	}
	if !p.noRefresh {
		p.refresh = fmt.Sprintf("refresh-%d", p.n)
		pair["refresh_token"], pair["refresh_token_expires_in"] = p.refresh, 604800
	}
	_ = json.NewEncoder(w).Encode(pair)
}

func oauthFor(t *testing.T, p *provider, change ...func(*OAuth)) (*OAuth, *tokens, *fakeClock) {
	t.Helper()
	p.t = t
	srv := httptest.NewServer(p)
	clock := newFakeClock(true)
	store := &tokens{m: map[string]Token{}}
	a := &OAuth{Name: "Test", BaseURL: srv.URL, ClientID: "app", Store: store, Account: "me", Clock: clock, UserAgent: "switchboard/test"}
	for _, f := range change {
		f(a)
	}
	t.Cleanup(func() { a.Close(); srv.Close() })
	return a, store, clock
}

func stored(clock *fakeClock, left time.Duration) Token {
	now := clock.Now()
	return Token{Access: "old", Refresh: "refresh-0", Issued: now.Add(left - time.Hour), Expiry: now.Add(left), RefreshExpiry: now.Add(24 * time.Hour), Owner: "77"}
}
