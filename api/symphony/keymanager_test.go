package symphony_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"switchboard/api"
	sym "switchboard/api/symphony"
)

// session24 is a session's token that says whether the key manager is needed.
func session24(t *testing.T, claims jwt.MapClaims) string {
	t.Helper()
	token, err := jwt.NewWithClaims(jwt.SigningMethodRS512, claims).SignedString(testKey())
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestSimplifiedKeyDelivery(t *testing.T) {
	for _, tt := range []struct {
		name   string
		claims jwt.MapClaims // nil: an opaque token
		info   string        // the agent's answer; "": it fails
		keys   int
	}{
		{"both", jwt.MapClaims{"canUseSimplifiedKeyDelivery": true}, `{"version":"Agent-24.12.1-4"}`, 0},
		{"later, no word", jwt.MapClaims{"canUseSimplifiedKeyDelivery": true}, `{"version":"25.1"}`, 0},
		{"agent too old", jwt.MapClaims{"canUseSimplifiedKeyDelivery": true}, `{"version":"Agent-24.11.9"}`, 1},
		{"much too old", jwt.MapClaims{"canUseSimplifiedKeyDelivery": true}, `{"version":"Agent-2.57.0"}`, 1},
		{"version unknown", jwt.MapClaims{"canUseSimplifiedKeyDelivery": true}, `{"version":"Agent-next"}`, 1},
		{"no version", jwt.MapClaims{"canUseSimplifiedKeyDelivery": true}, `{}`, 1},
		{"agent does not say", jwt.MapClaims{"canUseSimplifiedKeyDelivery": true}, "", 1},
		{"claim false", jwt.MapClaims{"canUseSimplifiedKeyDelivery": false}, `{"version":"Agent-24.12.1"}`, 1},
		{"claim as text", jwt.MapClaims{"canUseSimplifiedKeyDelivery": "true"}, `{"version":"Agent-24.12.1"}`, 1},
		{"no claim", jwt.MapClaims{"sub": "x"}, `{"version":"Agent-24.12.1"}`, 1},
		{"no JWT", nil, `{"version":"Agent-24.12.1"}`, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newServers(t)
			if tt.claims != nil {
				s.session = func(int) string { return session24(t, tt.claims) }
			}
			s.on("GET /agent/v1/info", fails(403, "no"))
			if tt.info != "" {
				s.json("GET /agent/v1/info", tt.info)
			}
			s.json("GET "+feeds, `[]`)
			c := s.client()
			for range 3 {
				if _, err := c.Datafeeds(t.Context(), ""); err != nil {
					t.Fatal(err)
				}
			}
			if n := len(s.to(keySignIn)); n != tt.keys {
				t.Errorf("the key manager was asked %d times, want %d", n, tt.keys)
			}
			if n := len(s.to("/agent/v1/info")); n > 1 {
				t.Errorf("the version was asked for %d times", n)
			}
			if got := s.last(feeds).Header.Get("keyManagerToken"); (got != "") != (tt.keys > 0) {
				t.Errorf("keyManagerToken %q", got)
			}
		})
	}
}

// TestNoKeyManager is an account that needs one, and knows none.
func TestNoKeyManager(t *testing.T) {
	s := newServers(t)
	s.json("GET "+who, `{"id":1}`)
	c := s.client(func(cfg *sym.Config) { cfg.KeyManagerURL = "" })
	s.json("GET "+feeds, `[]`)
	if _, err := c.Datafeeds(t.Context(), ""); err != nil {
		t.Fatal("the pod's own key manager was not tried:", err)
	}
	s.on("POST "+keySignIn, fails(404, "no such path"))
	c = s.client(func(cfg *sym.Config) { cfg.KeyManagerURL = "" })
	if _, err := c.Datafeeds(t.Context(), ""); !errors.Is(err, sym.ErrNoKeyManager) || !errors.Is(err, api.ErrSignedOut) {
		t.Errorf("got %v", err)
	} else if !strings.Contains(err.Error(), "give its address") {
		t.Errorf("no way out in %q", err)
	}
	if _, err := c.SessionInfo(t.Context()); err != nil {
		t.Errorf("the pod needs no key manager: %v", err)
	}
}
