package symphony_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"switchboard/api"
	sym "switchboard/api/symphony"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// testKey is made once: it takes a while.
var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// jumpClock jumps over every wait at once, and notes it.
type jumpClock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

func newClock() *jumpClock { return &jumpClock{now: time.Now()} }

func (c *jumpClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *jumpClock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.slept = append(c.slept, d)
	c.now = c.now.Add(d)
	ch := make(chan time.Time, 1)
	ch <- c.now
	return ch
}

func (c *jumpClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// asked is one request as a server saw it.
type asked struct {
	Server, Method, Path, Query string // Path and Query as they came, encoded
	Header                      http.Header
	Body                        []byte
}

// servers are a pod, an agent and a key manager. Handlers are looked up by method and path
// as it came; sign-ins are answered unless a handler is set for them.
type servers struct {
	t        *testing.T
	pod      *httptest.Server
	agent    *httptest.Server
	keys     *httptest.Server
	clock    *jumpClock
	log      *bytes.Buffer
	handlers map[string]http.HandlerFunc
	session  func(n int) string // the token of the nth sign-in

	mu       sync.Mutex
	requests []asked
	sessions int
	keyed    int
}

func newServers(t *testing.T) *servers {
	t.Helper()
	s := &servers{t: t, clock: newClock(), log: &bytes.Buffer{}, handlers: map[string]http.HandlerFunc{}}
	s.session = func(n int) string { return "session-" + string(rune('0'+n)) }
	s.pod, s.agent, s.keys = s.serve("pod"), s.serve("agent"), s.serve("keymanager")
	s.on("POST /login/pubkey/authenticate", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		s.sessions++
		token := s.session(s.sessions)
		s.mu.Unlock()
		answer(w, 200, map[string]string{"token": token, "name": "sessionToken", "authorizationToken": "Bearer x"})
	})
	s.on("POST /relay/pubkey/authenticate", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		s.keyed++
		n := s.keyed
		s.mu.Unlock()
		answer(w, 200, map[string]string{"token": "key-" + string(rune('0'+n)), "name": "keyManagerToken"})
	})
	return s
}

func (s *servers) on(what string, h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handlers[what] = h
}

// json answers what with a body.
func (s *servers) json(what, body string) {
	s.on(what, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
	})
}

func (s *servers) serve(name string) *httptest.Server {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		s.mu.Lock()
		s.requests = append(s.requests, asked{name, r.Method, r.URL.EscapedPath(), r.URL.RawQuery, r.Header.Clone(), body})
		h := s.handlers[r.Method+" "+r.URL.EscapedPath()]
		s.mu.Unlock()
		if h == nil {
			answer(w, 418, map[string]any{"code": 418, "message": "nothing at " + r.Method + " " + r.URL.EscapedPath()})
			return
		}
		h(w, r)
	}))
	s.t.Cleanup(srv.Close)
	return srv
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if body != nil {
		_ = json.NewEncoder(w).Encode(body)
	}
}

func fails(status int, message string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		answer(w, status, map[string]any{"code": status, "message": message})
	}
}

func (s *servers) config() sym.Config {
	return sym.Config{
		PodURL: s.pod.URL, AgentURL: s.agent.URL, KeyManagerURL: s.keys.URL, Username: "desk-bot", Key: testKey(),
		Account: "symphony:test", Clock: s.clock, Log: slog.New(slog.NewTextHandler(&locked{s: s}, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
}

// locked writes into the log under the servers' lock.
type locked struct{ s *servers }

func (l *locked) Write(p []byte) (int, error) {
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	return l.s.log.Write(p)
}

// client returns a client with the changes made to its Config.
func (s *servers) client(change ...func(*sym.Config)) *sym.Client {
	s.t.Helper()
	cfg := s.config()
	for _, f := range change {
		f(&cfg)
	}
	c, err := sym.New(cfg)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(c.Close)
	return c
}

// to returns the requests with a path, or all for "".
func (s *servers) to(path string) []asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []asked
	for _, r := range s.requests {
		if path == "" || r.Path == path {
			out = append(out, r)
		}
	}
	return out
}

func (s *servers) last(path string) asked {
	s.t.Helper()
	all := s.to(path)
	if len(all) == 0 {
		s.t.Fatalf("nobody asked for %s", path)
	}
	return all[len(all)-1]
}

// memory is a sink, and a store for tokens.
type memory struct {
	bytes.Buffer
	mu     sync.Mutex
	tokens map[string]api.Token
	saves  int
}

func (m *memory) Len() int64   { return int64(m.Buffer.Len()) }
func (m *memory) Reset() error { m.Buffer.Reset(); return nil }

func (m *memory) Load(_ context.Context, account string) (api.Token, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if t, ok := m.tokens[account]; ok {
		return t, nil
	}
	return api.Token{}, api.ErrNoToken
}

func (m *memory) Save(_ context.Context, account string, t api.Token) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.tokens == nil {
		m.tokens = map[string]api.Token{}
	}
	m.tokens[account] = t
	m.saves++
	return nil
}

func (m *memory) Delete(_ context.Context, account string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.tokens, account)
	return nil
}
