package symphony

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"go.uber.org/goleak"

	"switchboard/api/simulator/handclock"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bot is a client of one server under test.
type bot struct {
	t             testing.TB
	s             *Server
	clock         *handclock.Clock
	client        *http.Client
	session, keys string
}

// start starts a server and signs in to it.
func start(t testing.TB, cfg Config) *bot {
	t.Helper()
	b := &bot{t: t, clock: handclock.New()}
	cfg.Now = b.clock.Now
	if cfg.Poll == 0 {
		cfg.Poll = 20 * time.Millisecond
	}
	if cfg.LateFor == 0 {
		cfg.LateFor = 20 * time.Millisecond
	}
	if cfg.HangFor == 0 {
		cfg.HangFor = 20 * time.Millisecond
	}
	s, err := Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	// A cut connection is to be seen, and not to be tried again by itself.
	transport := &http.Transport{DisableCompression: true, DisableKeepAlives: true}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	b.s = s
	b.client = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	b.signIn()
	return b
}

// token is one to sign in with.
func (b *bot) token(method jwt.SigningMethod, subject string, life time.Duration) string {
	b.t.Helper()
	var key any = b.s.key
	if _, ok := method.(*jwt.SigningMethodHMAC); ok {
		key = []byte("anything")
	}
	signed, err := jwt.NewWithClaims(method, jwt.RegisteredClaims{
		Subject: subject, ExpiresAt: jwt.NewNumericDate(b.clock.Now().Add(life)),
	}).SignedString(key)
	if err != nil {
		b.t.Fatal(err)
	}
	return signed
}

func (b *bot) signIn() {
	b.t.Helper()
	body := `{"token":"` + b.token(jwt.SigningMethodRS512, "front.desk", 4*time.Minute) + `"}`
	b.session = decode[wireToken](b.t, b.do("POST", b.s.pod.url+"/login/pubkey/authenticate", body)).Token
	b.keys = decode[wireToken](b.t, b.do("POST", b.s.keyManager.url+"/relay/pubkey/authenticate", body)).Token
	if b.session == "" || b.keys == "" {
		b.t.Fatal("no tokens")
	}
}

type answer struct {
	status int
	header http.Header
	body   []byte
	err    error // in the connection or the body
}

func decode[T any](t testing.TB, a answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(a.body, &v); err != nil || a.err != nil {
		t.Fatalf("decode %d %.200s: %v %v", a.status, a.body, err, a.err)
	}
	return v
}

// do sends one request; a path without a host goes where its beginning says.
func (b *bot) do(method, to, body string, headers ...string) answer {
	b.t.Helper()
	switch {
	case strings.HasPrefix(to, "/agent"), strings.HasPrefix(to, "/big"):
		to = b.s.agent.url + to
	case strings.HasPrefix(to, "/"):
		to = b.s.pod.url + to
	}
	r, err := http.NewRequestWithContext(b.t.Context(), method, to, bytes.NewReader([]byte(body)))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("sessionToken", b.session)
	r.Header.Set("keyManagerToken", b.keys)
	if strings.HasPrefix(body, "{") {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	res, err := b.client.Do(r)
	if err != nil {
		return answer{err: err}
	}
	got, err := io.ReadAll(res.Body)
	return answer{status: res.StatusCode, header: res.Header, body: got, err: errors.Join(err, res.Body.Close())}
}

func (b *bot) get(path string, headers ...string) answer {
	b.t.Helper()
	return b.do("GET", path, "", headers...)
}
