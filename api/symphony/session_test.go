package symphony_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"switchboard/api"
	sym "switchboard/api/symphony"
)

const (
	podSignIn = "/login/pubkey/authenticate"
	keySignIn = "/relay/pubkey/authenticate"
	who       = "/pod/v2/sessioninfo"
	feeds     = "/agent/v5/datafeeds"
)

// TestSignIn checks what is signed, and which server sees which token.
func TestSignIn(t *testing.T) {
	s := newServers(t)
	s.json("GET "+who, `{"id":7696581394433,"emailAddress":"desk@acme.example","displayName":"Desk","username":"desk-bot","roles":["INDIVIDUAL"]}`)
	s.json("GET "+feeds, `[]`)
	c := s.client()
	u, err := c.SessionInfo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if u.ID != "7696581394433" || u.Email != "desk@acme.example" || !u.HasRole("INDIVIDUAL") {
		t.Errorf("user %+v", u)
	}
	if n := len(s.to(keySignIn)); n != 0 {
		t.Errorf("the key manager was asked %d times for a call to the pod", n)
	}
	if _, err := c.Datafeeds(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{podSignIn, keySignIn} {
		r := s.last(path)
		var body map[string]string
		if err := json.Unmarshal(r.Body, &body); err != nil || len(body) != 1 {
			t.Fatalf("%s: body %s", path, r.Body)
		}
		checkJWT(t, body["token"], s.clock.Now())
		if r.Header.Get("sessionToken") != "" || r.Header.Get("Authorization") != "" {
			t.Errorf("%s: a token went with the sign-in: %v", path, r.Header)
		}
	}
	pod, agent := s.last(who).Header, s.last(feeds).Header
	if pod.Get("sessionToken") != "session-1" || pod.Get("keyManagerToken") != "" {
		t.Errorf("to the pod: %v", pod)
	}
	if agent.Get("sessionToken") != "session-1" || agent.Get("keyManagerToken") != "key-1" {
		t.Errorf("to the agent: %v", agent)
	}
	traces := map[string]bool{}
	for _, r := range s.to("") {
		id := r.Header.Get("X-Trace-Id")
		if len(id) != 6 || traces[id] {
			t.Errorf("%s: trace id %q", r.Path, id)
		}
		traces[id] = true
	}
}

func checkJWT(t *testing.T, token string, now time.Time) {
	t.Helper()
	head, err := base64.RawURLEncoding.DecodeString(token[:strings.Index(token, ".")])
	if err != nil || string(head) != `{"alg":"RS512"}` {
		t.Errorf("header %s (%v)", head, err)
	}
	claims := jwt.MapClaims{}
	if _, err := jwt.NewParser(jwt.WithValidMethods([]string{"RS512"}), jwt.WithTimeFunc(func() time.Time { return now })).
		ParseWithClaims(token, claims, func(*jwt.Token) (any, error) { return testKey().Public(), nil }); err != nil {
		t.Fatal(err)
	}
	exp, _ := claims.GetExpirationTime()
	if claims["sub"] != "desk-bot" || len(claims) != 2 {
		t.Errorf("claims %v", claims)
	}
	if d := exp.Sub(now); d < 200*time.Second || d > 245*time.Second {
		t.Errorf("good for %s", d)
	}
}

// TestOneSignInForAll lets many calls meet a session that is over.
func TestOneSignInForAll(t *testing.T) {
	s := newServers(t)
	const calls = 8
	gate, came := make(chan struct{}), make(chan struct{}, calls)
	s.on("GET "+who, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("sessionToken") == "session-1" {
			came <- struct{}{}
			<-gate // until all have been sent with it
			fails(401, "Invalid session")(w, r)
			return
		}
		_, _ = w.Write([]byte(`{"id":1}`))
	})
	c := s.client()
	var wg sync.WaitGroup
	for range calls {
		wg.Go(func() {
			if _, err := c.SessionInfo(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	for range calls {
		<-came
	}
	close(gate)
	wg.Wait()
	if n := len(s.to(podSignIn)); n != 2 {
		t.Errorf("%d sign-ins, want 2", n)
	}
	if n := len(s.to(who)); n != 2*calls {
		t.Errorf("%d requests, want each twice", n)
	}
}

// TestRefusedForEver is a server that takes no token: each call asks twice and no more, and
// after three sign-ins in a minute there is no further one.
func TestRefusedForEver(t *testing.T) {
	s := newServers(t)
	s.on("GET "+feeds, fails(401, "Session tokens invalid"))
	c := s.client()
	for i := range 10 {
		_, err := c.Datafeeds(t.Context(), "")
		var e *api.Error
		if !errors.As(err, &e) || e.Status != 401 || api.IsTemporary(err) {
			t.Fatalf("call %d: %v", i, err)
		}
	}
	if n := len(s.to(podSignIn)); n != 3 {
		t.Errorf("%d sign-ins, want 3", n)
	}
	if n := len(s.to(feeds)); n > 20 {
		t.Errorf("%d requests for 10 calls", n)
	}
	s.clock.advance(2 * time.Minute)
	_, _ = c.Datafeeds(t.Context(), "")
	if n := len(s.to(podSignIn)); n != 4 {
		t.Errorf("%d sign-ins after a while, want 4", n)
	}
}

// TestTokensAreKept shares sign-ins between runs, and between programs.
func TestTokensAreKept(t *testing.T) {
	s := newServers(t)
	s.json("GET "+who, `{"id":1}`)
	s.json("GET "+feeds, `[]`)
	vault := &memory{}
	in := func(cfg *sym.Config) { cfg.Store = vault }
	one := s.client(in)
	if _, err := one.Datafeeds(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	two := s.client(in)
	if _, err := two.Datafeeds(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if n, k := len(s.to(podSignIn)), len(s.to(keySignIn)); n != 1 || k != 1 {
		t.Errorf("%d sign-ins and %d of the key manager for two runs", n, k)
	}
	// The first one's session is over; the second one finds the newer one in the vault.
	s.on("GET "+who, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("sessionToken") == "session-1" {
			fails(401, "Invalid session")(w, r)
			return
		}
		_, _ = w.Write([]byte(`{"id":1}`))
	})
	for _, c := range []*sym.Client{one, two} {
		if _, err := c.SessionInfo(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(s.to(podSignIn)); n != 2 {
		t.Errorf("%d sign-ins, want 2 for both programs", n)
	}
	// Another user's tokens under the same name are none.
	other := s.client(in, func(cfg *sym.Config) { cfg.Username = "somebody" })
	if _, err := other.SessionInfo(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(s.to(podSignIn)); n != 3 {
		t.Errorf("somebody else's tokens were used")
	}
	if err := one.SignOut(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.Load(t.Context(), "symphony:test"); !errors.Is(err, api.ErrNoToken) {
		t.Errorf("still kept: %v", err)
	}
}

// TestKeyRefused is a key that the pod does not know: said in words, and not tried for ever.
func TestKeyRefused(t *testing.T) {
	s := newServers(t)
	accept := s.handlers["POST "+podSignIn]
	s.on("POST "+podSignIn, fails(401, "Unauthorized"))
	s.json("GET "+who, `{"id":1}`)
	c := s.client()
	for range 5 {
		_, err := c.SessionInfo(t.Context())
		if !errors.Is(err, sym.ErrKeyRefused) || !errors.Is(err, api.ErrSignedOut) || api.IsTemporary(err) {
			t.Fatalf("got %v", err)
		}
		if !strings.Contains(err.Error(), "the pod does not accept the key of desk-bot") {
			t.Errorf("words: %v", err)
		}
	}
	if n := len(s.to(podSignIn)); n != 1 {
		t.Errorf("%d sign-ins with a key that was refused", n)
	}
	s.on("POST "+podSignIn, accept) // an administrator has let it in
	if err := c.SignIn(t.Context()); err != nil {
		t.Errorf("a person who signs in is let through: %v", err)
	}
	c2 := s.client()
	s.on("POST "+podSignIn, fails(401, "Unauthorized"))
	_, _ = c2.SessionInfo(t.Context())
	s.on("POST "+podSignIn, accept)
	s.clock.advance(90 * time.Second)
	if _, err := c2.SessionInfo(t.Context()); err != nil {
		t.Errorf("after a while it is tried again: %v", err)
	}
}

// TestClockAside signs in although this computer's clock is wrong.
func TestClockAside(t *testing.T) {
	for _, off := range []time.Duration{-time.Hour, 20 * time.Minute} {
		s := newServers(t)
		real := time.Now()
		s.clock.now = real.Add(off)
		s.json("GET "+who, `{"id":1}`)
		accept := s.handlers["POST "+podSignIn]
		s.on("POST "+podSignIn, func(w http.ResponseWriter, r *http.Request) {
			var body map[string]string
			_ = json.NewDecoder(r.Body).Decode(&body)
			claims := jwt.MapClaims{}
			_, _, _ = jwt.NewParser().ParseUnverified(body["token"], claims)
			exp, _ := claims.GetExpirationTime()
			if exp.Before(real) || exp.After(real.Add(5*time.Minute)) {
				fails(401, "expired")(w, r)
				return
			}
			accept(w, r)
		})
		c := s.client()
		if _, err := c.SessionInfo(t.Context()); err != nil {
			t.Errorf("clock %s: %v", off, err)
		}
		if n := len(s.to(podSignIn)); n != 2 {
			t.Errorf("clock %s: %d sign-ins", off, n)
		}
		s.on("POST "+podSignIn, fails(401, "expired"))
		if err := s.client().SignIn(t.Context()); err == nil || !strings.Contains(err.Error(), "clock differs") {
			t.Errorf("clock %s: %v", off, err)
		}
	}
}

// TestRedirects: none is followed, and no token goes elsewhere.
func TestRedirects(t *testing.T) {
	s := newServers(t)
	elsewhere := newServers(t)
	s.json("GET "+who, `{"id":1}`)
	s.on("GET "+feeds, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.agent.URL+feeds+"?sessionToken=oops", http.StatusFound)
	})
	c := s.client()
	_, err := c.Datafeeds(t.Context(), "")
	if !errors.Is(err, api.ErrRedirect) || api.IsTemporary(err) {
		t.Errorf("got %v", err)
	}
	if n := len(elsewhere.to("")); n != 0 {
		t.Errorf("the other host was asked %d times", n)
	}
	s.on("POST "+podSignIn, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.pod.URL+podSignIn, http.StatusTemporaryRedirect)
	})
	if err := s.client().SignIn(t.Context()); !errors.Is(err, api.ErrRedirect) {
		t.Errorf("sign-in: %v", err)
	}
	if n := len(elsewhere.to("")); n != 0 {
		t.Errorf("the other host was asked %d times", n)
	}
}

// TestNoSecretShows looks for tokens and the key in the log, in errors and in addresses.
func TestNoSecretShows(t *testing.T) {
	s := newServers(t)
	s.session = func(int) string { return "SECRETSESSION" }
	s.on("POST "+keySignIn, func(w http.ResponseWriter, _ *http.Request) {
		answer(w, 200, map[string]string{"token": "SECRETKEY", "name": "keyManagerToken"})
	})
	echo := func(w http.ResponseWriter, r *http.Request) {
		answer(w, 400, map[string]any{"code": 400, "message": "bad headers: sessionToken: " + r.Header.Get("sessionToken") +
			", keyManagerToken=" + r.Header.Get("keyManagerToken")})
	}
	s.on("GET "+feeds, echo)
	c := s.client()
	_, err := c.Datafeeds(t.Context(), "")
	if err == nil {
		t.Fatal("no error")
	}
	cfg := s.config()
	texts := map[string]string{"error": err.Error(), "log": s.log.String(), "config": cfg.String() + cfg.GoString()}
	for _, r := range s.to("") {
		texts["query"] += r.Path + "?" + r.Query + "\n"
	}
	for where, text := range texts {
		if strings.Contains(text, "SECRET") || strings.Contains(text, testKey().D.String()) {
			t.Errorf("%s: %s", where, text)
		}
	}
	if !strings.Contains(s.log.String(), feeds) {
		t.Errorf("nothing in the log: %s", s.log)
	}
}

// TestCallerGivesUp: one who waits for a sign-in may leave, the sign-in goes on.
func TestCallerGivesUp(t *testing.T) {
	s := newServers(t)
	accept := s.handlers["POST "+podSignIn]
	gate, began := make(chan struct{}), make(chan struct{}, 1)
	s.on("POST "+podSignIn, func(w http.ResponseWriter, r *http.Request) {
		began <- struct{}{}
		<-gate
		accept(w, r)
	})
	s.json("GET "+who, `{"id":1}`)
	c := s.client()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { _, err := c.SessionInfo(ctx); done <- err }()
	<-began
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(gate)
	if _, err := c.SessionInfo(t.Context()); err != nil {
		t.Error(err)
	}
	if n := len(s.to(podSignIn)); n != 1 {
		t.Errorf("%d sign-ins", n)
	}
}
