package symphony

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	sessionHeader    = "sessionToken"
	keyManagerHeader = "keyManagerToken"
	longestJWT       = 5 * time.Minute // a sign-in's token may not live longer
	appID            = "switchboard-app"
)

// processKey is made once: it takes a good part of a second.
var processKey = sync.OnceValues(func() (*rsa.PrivateKey, error) {
	return rsa.GenerateKey(rand.Reader, 2048)
})

// PrivateKey is the service account's, as PEM: PKCS#8.
func (s *Server) PrivateKey() []byte {
	der, err := x509.MarshalPKCS8PrivateKey(s.key)
	if err != nil { // not of an RSA key
		return nil
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// authority signs people in and knows their tokens.
type authority struct {
	mu      sync.Mutex
	cfg     *Config
	public  *rsa.PublicKey
	secret  []byte // of the pod, for its own tokens
	tokens  map[string]session
	serial  int
	refused bool // no new sign-in works
	signIns map[string]int
}

// session is what a token stands for.
type session struct {
	name    string // sessionToken or keyManagerToken
	app     bool   // of an app that acts for others, itself no user's
	user    int64
	expires time.Time
}

func newAuthority(cfg *Config, public *rsa.PublicKey) *authority {
	return &authority{
		cfg: cfg, public: public, secret: []byte(rand.Text() + rand.Text()),
		tokens: map[string]session{}, signIns: map[string]int{},
	}
}

// claims are those of the token with which somebody signs in.
func (a *authority) verify(token, subject string) bool {
	var c jwt.RegisteredClaims
	now := a.cfg.Now
	_, err := jwt.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return a.public, nil },
		jwt.WithValidMethods([]string{"RS512"}), jwt.WithTimeFunc(now), jwt.WithExpirationRequired(), jwt.WithSubject(subject))
	return err == nil && !c.ExpiresAt.After(now().Add(longestJWT))
}

// issue makes a token. That of a session is a JWT of the pod's, in which a client
// may look for one claim; that of the key manager is opaque.
func (a *authority) issue(s session) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.cfg.Now()
	s.expires = now.Add(a.cfg.TokenTTL)
	a.serial++
	a.signIns[s.name]++
	token := rand.Text() + rand.Text()
	if s.name == sessionHeader {
		claims := jwt.MapClaims{
			"iss": "Symphony Communication Services LLC.", "sub": a.cfg.Username, "sessionId": rand.Text(),
			"userId": strconv.FormatInt(s.user, 10), "exp": s.expires.Unix(), "jti": strconv.Itoa(a.serial),
		}
		if a.cfg.SKD {
			claims["canUseSimplifiedKeyDelivery"] = true
		}
		signed, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(a.secret)
		if err == nil { // always, with such a key
			token = signed
		}
	}
	a.tokens[token] = s
	return token
}

// who tells whose a token is.
func (a *authority) who(token, name string) (session, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, ok := a.tokens[token]
	if !ok || s.name != name || token == "" {
		return session{}, false
	}
	if !a.cfg.Now().Before(s.expires) {
		delete(a.tokens, token)
		return session{}, false
	}
	return s, true
}

// end makes a token, or all with "", void.
func (a *authority) end(token string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if token == "" {
		clear(a.tokens)
		return
	}
	delete(a.tokens, token)
}

func (a *authority) deny(on bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.refused = on
}

func (a *authority) denied() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.refused
}

// ExpireTokens ends all sessions, of the pod and of the key manager. Signing in
// again helps; datafeeds live on.
func (s *Server) ExpireTokens() { s.gate.end("") }

// RefuseSignIn makes every sign-in fail, as when the account was disabled or its
// key replaced; sessions live on until they expire.
func (s *Server) RefuseSignIn(on bool) { s.gate.deny(on) }

// SignIns counts the tokens that were given out so far, of the pod and of the key
// manager. Each is an event in the pod's audit trail: a client must not make more
// than it needs.
func (s *Server) SignIns() (sessions, keyManager int) {
	s.gate.mu.Lock()
	defer s.gate.mu.Unlock()
	return s.gate.signIns[sessionHeader], s.gate.signIns[keyManagerHeader]
}

// wireToken is what a sign-in returns: name is the header to send it in.
type wireToken struct {
	Token string `json:"token"`
	Name  string `json:"name"`
	Auth  string `json:"authorizationToken,omitempty"`
}

func (c *call) signIn(name, subject string, app bool) *apiError {
	var req struct {
		Token string `json:"token"`
	}
	if err := json.NewDecoder(c.r.Body).Decode(&req); err != nil {
		return refused("Not authorized")
	}
	if c.s.gate.denied() || !c.s.gate.verify(req.Token, subject) {
		return refused("Not authorized")
	}
	t := wireToken{Name: name, Token: c.s.gate.issue(session{name: name, app: app, user: c.s.data.me()})}
	if name == sessionHeader && !app {
		t.Auth = "Bearer " + rand.Text()
	}
	writeJSON(c.w, http.StatusOK, t)
	return nil
}

func (c *call) signInSession() *apiError { return c.signIn(sessionHeader, c.s.cfg.Username, false) }

func (c *call) signInKeys() *apiError { return c.signIn(keyManagerHeader, c.s.cfg.Username, false) }

func (c *call) signInApp() *apiError { return c.signIn(sessionHeader, appID, true) }

// actFor gives an app a session of a user, who is the service account's: the one
// user for whom it was installed.
func (c *call) actFor() *apiError {
	app, ok := c.s.gate.who(c.r.Header.Get(sessionHeader), sessionHeader)
	if !ok || !app.app {
		return refused("Invalid session")
	}
	name, id := c.r.PathValue("username"), c.r.PathValue("userId")
	if !strings.EqualFold(name, c.s.cfg.Username) && id != strconv.FormatInt(c.s.data.me(), 10) {
		return &apiError{status: http.StatusForbidden, message: "The app is not installed for the user"}
	}
	writeJSON(c.w, http.StatusOK, wireToken{Name: sessionHeader, Token: c.s.gate.issue(session{name: sessionHeader, user: c.s.data.me()})})
	return nil
}
