package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestTokenIsRefreshedAhead(t *testing.T) {
	tests := []struct {
		left, life time.Duration
		refreshed  bool
	}{
		{time.Hour, time.Hour, false},
		{3 * time.Minute, time.Hour, false},
		{119 * time.Second, time.Hour, true},
		{-time.Second, time.Hour, true},
		{10 * time.Second, 20 * time.Second, false},
		{4 * time.Second, 20 * time.Second, true},
	}
	for _, tt := range tests {
		p := &provider{refresh: "refresh-0", expires: 3600}
		a, store, clock := oauthFor(t, p)
		tok := stored(clock, tt.left)
		tok.Issued = tok.Expiry.Add(-tt.life)
		store.m["me"] = tok
		got, err := a.Token(t.Context())
		if err != nil || (got == "access-1") != tt.refreshed || len(p.asked) > 1 {
			t.Errorf("%v left of %v: %s %v", tt.left, tt.life, got, err)
		}
		if tt.refreshed {
			want := clock.Now().Add(time.Hour)
			now := store.m["me"]
			if now.Refresh != "refresh-1" || !now.Expiry.Equal(want) || now.Owner != "77" || now.RefreshExpiry.Sub(clock.Now()) != 604800*time.Second || now.Endpoint != "ep" {
				t.Errorf("stored %#v %+v", now, now.Expiry)
			}
			if p.auth[0] != "" || p.asked[0].Get("client_id") != "app" {
				t.Errorf("a public app sent %q %v", p.auth[0], p.asked[0])
			}
		}
	}
}

func TestPrivateAppUsesBasicAuth(t *testing.T) {
	p := &provider{jwt: "jwt-1"}
	a, store, _ := oauthFor(t, p, func(a *OAuth) { a.ClientSecret = "s3cret" })
	tok, err := a.LoginJWT(t.Context(), "jwt-1")
	if err != nil || tok.Access != "access-1" || store.m["me"].Access != "access-1" {
		t.Fatal(tok, err)
	}
	if !strings.HasPrefix(p.auth[0], "Basic ") || p.asked[0].Get("client_secret") != "" || p.asked[0].Get("assertion") != "jwt-1" {
		t.Errorf("%q %v", p.auth[0], p.asked[0])
	}
}

// TestSingleFlight: many callers, one refresh, one token.
func TestSingleFlight(t *testing.T) {
	p := &provider{refresh: "refresh-0", expires: 3600}
	started := make(chan struct{})
	var arrived sync.WaitGroup
	arrived.Add(20)
	p.answer = func(http.ResponseWriter) bool { arrived.Wait(); return false }
	a, store, clock := oauthFor(t, p)
	store.m["me"] = stored(clock, -time.Second)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			<-started
			arrived.Done()
			var got string
			var err error
			if i%2 == 0 {
				got, err = a.Token(t.Context())
			} else {
				got, err = a.Refresh(t.Context(), "old")
			}
			if got != "access-1" || err != nil {
				t.Errorf("%s %v", got, err)
			}
		})
	}
	close(started)
	wg.Wait()
	if len(p.asked) != 1 {
		t.Errorf("%d refreshes", len(p.asked))
	}
	if got, err := a.Refresh(t.Context(), "old"); got != "access-1" || err != nil || len(p.asked) != 1 {
		t.Errorf("late caller with the old token: %s %v", got, err)
	}
}

func TestCallerThatGivesUpDoesNotEndTheRefresh(t *testing.T) {
	p := &provider{refresh: "refresh-0"}
	inside, release := make(chan struct{}), make(chan struct{})
	p.answer = func(http.ResponseWriter) bool { close(inside); <-release; return false }
	a, store, clock := oauthFor(t, p)
	store.m["me"] = stored(clock, -time.Second)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-inside; cancel() }()
	if _, err := a.Token(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	close(release)
	if got, err := a.Token(t.Context()); got != "access-1" || err != nil {
		t.Error(got, err)
	}
}

// TestRotationIsSavedBeforeUse: nobody sees a token that is not on disk.
func TestRotationIsSavedBeforeUse(t *testing.T) {
	var log []string
	p := &provider{refresh: "refresh-0", expires: 3600}
	a, store, clock := oauthFor(t, p)
	store.log = &log
	store.m["me"] = stored(clock, -time.Second)
	store.fail = errors.New("disk full")
	if got, err := a.Token(t.Context()); got != "" || !errors.Is(err, store.fail) || errors.Is(err, ErrSignedOut) {
		t.Fatalf("%q %v", got, err)
	}
	store.fail = nil
	got, err := a.Token(t.Context())
	if got != "access-1" || err != nil {
		t.Fatal(got, err)
	}
	log = append(log, "use "+got)
	if strings.Join(log, ",") != "save access-1,use access-1" || len(p.asked) != 1 {
		t.Errorf("%v, %d refreshes", log, len(p.asked))
	}
}

func TestUnsavedTokenIsNotHandedOut(t *testing.T) {
	p := &provider{refresh: "refresh-0", expires: 3600}
	a, store, clock := oauthFor(t, p)
	store.m["me"] = stored(clock, -time.Second)
	store.fail = errors.New("disk full")
	for range 3 {
		if got, err := a.Token(t.Context()); got != "" || err == nil {
			t.Errorf("%q %v", got, err)
		}
	}
	if got, err := a.Refresh(t.Context(), "old"); got != "" || err == nil {
		t.Errorf("%q %v", got, err)
	}
}

func TestWhenSignedOut(t *testing.T) {
	late := func(c *fakeClock) Token {
		tok := stored(c, -time.Hour)
		tok.RefreshExpiry = c.Now().Add(-time.Minute)
		return tok
	}
	status := func(code int, body string) func(http.ResponseWriter) bool {
		return func(w http.ResponseWriter) bool {
			if strings.HasPrefix(body, "{") {
				w.Header().Set("Content-Type", "application/json")
			}
			w.WriteHeader(code)
			_, _ = io.WriteString(w, body)
			return true
		}
	}
	tests := []struct {
		name      string
		p         *provider
		token     func(*fakeClock) Token
		jwt       string
		got       string
		signedOut bool
		temporary bool
		asked     int
	}{
		{"nothing stored", &provider{}, nil, "", "", true, false, 0},
		{"refresh token too old", &provider{refresh: "refresh-0"}, late, "", "", true, false, 0},
		{"refresh token too old, JWT", &provider{jwt: "j"}, late, "j", "access-1", false, false, 1},
		{"invalid_grant", &provider{refresh: "other"}, func(c *fakeClock) Token { return stored(c, -time.Hour) }, "", "", true, false, 1},
		{"invalid_grant, JWT", &provider{refresh: "other", jwt: "j"}, func(c *fakeClock) Token { return stored(c, -time.Hour) }, "j", "access-1", false, false, 2},
		{"invalid_grant, bad JWT", &provider{refresh: "other"}, func(c *fakeClock) Token { return stored(c, -time.Hour) }, "j", "", true, false, 2},
		{"no refresh token", &provider{}, func(c *fakeClock) Token { return Token{Access: "a", Expiry: c.Now().Add(-time.Hour)} }, "", "", true, false, 0},
		{"service down", &provider{answer: status(503, "")}, func(c *fakeClock) Token { return stored(c, -time.Hour) }, "", "", false, true, 3},
		{"web page", &provider{answer: status(502, "<html>")}, func(c *fakeClock) Token { return stored(c, -time.Hour) }, "", "", false, true, 3},
		{"rate limited", &provider{answer: status(429, `{"errorCode":"CMN-301"}`)}, func(c *fakeClock) Token { return stored(c, -time.Hour) }, "", "", false, true, 1},
		{"nonsense", &provider{answer: status(200, `{"access`)}, func(c *fakeClock) Token { return stored(c, -time.Hour) }, "", "", false, true, 3},
		{"error with status 200", &provider{answer: status(200, `{"error":"invalid_grant"}`)}, func(c *fakeClock) Token { return stored(c, -time.Hour) }, "", "", true, false, 1},
		{"still good, refresh fails", &provider{answer: status(500, "")}, func(c *fakeClock) Token { return stored(c, time.Minute) }, "", "old", false, false, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, store, clock := oauthFor(t, tt.p, func(a *OAuth) { a.JWT = tt.jwt })
			if tt.token != nil {
				store.m["me"] = tt.token(clock)
			}
			got, err := a.Token(t.Context())
			if got != tt.got || errors.Is(err, ErrSignedOut) != tt.signedOut || IsTemporary(err) != tt.temporary || len(tt.p.asked) != tt.asked {
				t.Errorf("%q, asked %d, temporary %v: %v", got, len(tt.p.asked), IsTemporary(err), err)
			}
			if !tt.signedOut {
				return
			}
			before := len(tt.p.asked) // what was refused for good is not sent again
			if _, err := a.Token(t.Context()); !errors.Is(err, ErrSignedOut) || len(tt.p.asked) != before {
				t.Errorf("asked %d more: %v", len(tt.p.asked)-before, err)
			}
		})
	}
}

func TestOfflineIsNotSignedOut(t *testing.T) {
	a, store, clock := oauthFor(t, &provider{}, func(a *OAuth) { a.BaseURL = "http://127.0.0.1:1" })
	store.m["me"] = stored(clock, -time.Hour)
	if _, err := a.Token(t.Context()); errors.Is(err, ErrSignedOut) || !IsTemporary(err) {
		t.Error(err)
	}
}

func TestAnotherProgramRefreshed(t *testing.T) {
	p := &provider{refresh: "other"}
	a, store, clock := oauthFor(t, p)
	store.m["me"] = stored(clock, time.Hour)
	if _, err := a.Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	newer := stored(clock, time.Hour)
	newer.Access, newer.Refresh = "theirs", "refresh-9"
	store.m["me"] = newer
	if got, err := a.Refresh(t.Context(), "old"); got != "theirs" || err != nil || len(p.asked) != 0 {
		t.Error(got, err, p.asked)
	}
}

func TestRevoke(t *testing.T) {
	for _, code := range []int{200, 500} {
		p := &provider{refresh: "refresh-0", revokeCode: code}
		a, store, clock := oauthFor(t, p)
		store.m["me"] = stored(clock, time.Hour)
		err := a.Revoke(t.Context())
		if errors.Is(err, ErrNotRevoked) != (code != 200) || len(p.revoked) != 1 || p.revoked[0] != "refresh-0" || len(store.m) != 0 {
			t.Errorf("%d: %v %v %v", code, err, p.revoked, store.m)
		}
		if _, err := a.Token(t.Context()); !errors.Is(err, ErrSignedOut) {
			t.Error(err)
		}
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	a := &OAuth{Name: "n", ClientSecret: secret, JWT: secret}
	tok := Token{Access: secret, Refresh: secret}
	for _, s := range []string{fmt.Sprintf("%v %+v %#v", a, a, a), fmt.Sprintf("%v %+v %#v %v", tok, tok, tok, &tok)} {
		if strings.Contains(s, "SECRET") {
			t.Error(s)
		}
	}
}
