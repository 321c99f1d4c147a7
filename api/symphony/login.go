package symphony

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha512"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"switchboard/api"
)

const (
	// jwtLife is how long a signed request for a session is good. The service takes at
	// most five minutes; a little less leaves room for clocks that differ.
	jwtLife         = 240 * time.Second
	certificatePort = "8444"
)

// login asks the pod and the key manager for tokens.
type login struct {
	pod, keys   *api.Client
	certificate bool
	keyGuessed  bool // the key manager's address is the pod's, for want of one
	username    string
	signer      crypto.Signer
	clock       api.Clock
}

// newSession checks what cfg signs in with, and makes the clients for it.
func newSession(cfg Config, budget *api.Budget) (*session, error) {
	if strings.TrimSpace(cfg.Username) == "" {
		return nil, fmt.Errorf("%s: the user name of the service account is missing", service)
	}
	l := &login{username: cfg.Username, signer: cfg.Key, clock: cfg.Clock, certificate: cfg.Certificate != nil}
	if strings.TrimSpace(cfg.KeyManagerURL) == "" {
		l.keyGuessed = !l.certificate || cfg.KeyAuthURL == ""
		cfg.KeyManagerURL = bare(cfg.PodURL, "/pod", "/login")
	}
	podURL, keyURL := cfg.PodURL, cfg.KeyManagerURL
	podPaths, keyPaths := []string{"/pod", "/login"}, []string{"/relay"}
	switch {
	case l.certificate:
		var err error
		if podURL, err = certificateURL(cfg.SessionAuthURL, bare(cfg.PodURL, podPaths...)); err != nil {
			return nil, err
		}
		if keyURL, err = certificateURL(cfg.KeyAuthURL, bare(cfg.KeyManagerURL, keyPaths...)); err != nil {
			return nil, err
		}
		podPaths, keyPaths = []string{"/sessionauth"}, []string{"/keyauth"}
		cfg.Transport = withCertificate(cfg.Transport, *cfg.Certificate)
	case cfg.Key == nil:
		return nil, fmt.Errorf("%s: a private key or a certificate is needed to sign in", service)
	default:
		if err := rsaOnly(cfg.Key); err != nil {
			return nil, err
		}
	}
	var err error
	if l.pod, err = newServer(cfg, budget, "pod", podURL, nil, signPod, podPaths...); err != nil {
		return nil, err
	}
	if l.keys, err = newServer(cfg, budget, "key manager", keyURL, nil, signPod, keyPaths...); err != nil {
		return nil, err
	}
	s := &session{account: cfg.Account, store: cfg.Store, clock: cfg.Clock, login: l, username: cfg.Username, pod: bare(cfg.PodURL, "/pod", "/login")}
	if s.store == nil {
		s.store = nowhere{}
	}
	s.log = slog.New(slog.DiscardHandler)
	if cfg.Log != nil {
		s.log = slog.New(api.RedactHandler(cfg.Log.Handler()))
	}
	return s, nil
}

// certificateURL is where certificates are taken: the address given, or the host of the
// server's own with the customary port.
func certificateURL(given, base string) (string, error) {
	if strings.TrimSpace(given) != "" {
		return given, nil
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return "", fmt.Errorf("%s: the address %.80q: want https://host", service, base)
	}
	u.Host = net.JoinHostPort(u.Hostname(), certificatePort)
	return u.String(), nil
}

// withCertificate returns a transport that presents a certificate.
func withCertificate(rt http.RoundTripper, cert tls.Certificate) http.RoundTripper {
	t, ok := rt.(*http.Transport)
	if !ok {
		t = api.NewTransport()
	}
	t = t.Clone()
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	t.TLSClientConfig.Certificates = []tls.Certificate{cert}
	return t
}

// session asks the pod for a session's token.
func (l *login) session(ctx context.Context) (string, error) {
	if l.certificate {
		return l.ask(ctx, l.pod, "sessionAuthenticate", "/sessionauth/v1/authenticate", "the pod")
	}
	return l.ask(ctx, l.pod, "sessionAuthenticate", "/login/pubkey/authenticate", "the pod")
}

// key asks the key manager for its token.
func (l *login) key(ctx context.Context) (token string, err error) {
	if l.certificate {
		token, err = l.ask(ctx, l.keys, "keyAuthenticate", "/keyauth/v1/authenticate", "the key manager")
	} else {
		token, err = l.ask(ctx, l.keys, "keyAuthenticate", "/relay/pubkey/authenticate", "the key manager")
	}
	if e, ok := answered(err); ok && l.keyGuessed && (e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed) {
		return "", explained(e, errors.Join(ErrNoKeyManager, api.ErrSignedOut), "this account needs its key manager, which is not at the pod's address: give its address when signing in")
	}
	return token, err
}

// ask signs in at one server. A key that is refused is tried once more by the server's own
// clock if that is another one than ours: the signed request is good for minutes only.
func (l *login) ask(ctx context.Context, at *api.Client, op, path, who string) (string, error) {
	before, _ := at.ClockAhead()
	token, err := l.once(ctx, at, op, path)
	e, ok := answered(err)
	if !ok || e.Status != http.StatusUnauthorized && e.Status != http.StatusForbidden {
		return token, err
	}
	ahead, told := at.ClockAhead()
	off := told && ahead.Abs() > aheadMatters
	if (ahead-before).Abs() > aheadMatters && !l.certificate && e.Status == http.StatusUnauthorized {
		if token, again := l.once(ctx, at, op, path); again == nil {
			return token, nil
		}
	}
	words := who + " does not accept the key of " + l.username
	if l.certificate {
		words = who + " does not accept the certificate for " + l.username
	}
	if off {
		words += fmt.Sprintf(" (this computer's clock differs by %s from its)", ahead.Abs().Round(time.Second))
	}
	return "", explained(e, errors.Join(ErrKeyRefused, api.ErrSignedOut), words)
}

func (l *login) once(ctx context.Context, at *api.Client, op, path string) (string, error) {
	r := api.Request{Op: op, Method: http.MethodPost, Path: path, Group: api.Auth, Safe: true}
	if !l.certificate {
		ahead, _ := at.ClockAhead()
		signed, err := sign(l.signer, l.username, l.clock.Now().Add(ahead+jwtLife))
		if err != nil {
			return "", fmt.Errorf("%s: signing the request for a session: %w", service, err)
		}
		r.Body = map[string]string{"token": signed}
	}
	var answer struct {
		Token text `json:"token"`
		Name  text `json:"name"`
	}
	if _, err := at.Do(ctx, r, reads(&answer)); err != nil {
		return "", err
	}
	token := string(answer.Token)
	if token == "" || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return "", &api.Error{Service: service, Op: op, Method: http.MethodPost, Err: fmt.Errorf("%w: no token in it", api.ErrBadBody)}
	}
	return token, nil
}

// logout ends a session, which only the certificates' way offers.
func (l *login) logout(ctx context.Context, t api.Token) error {
	if !l.certificate || t.Access == "" {
		return nil
	}
	_, err := l.pod.Do(ctx, api.Request{
		Op: "logout", Method: http.MethodPost, Path: "/sessionauth/v1/logout", Group: api.Auth, Safe: true,
		Header: http.Header{"sessionToken": {t.Access}},
	}, nil)
	return err
}

func (l *login) close() {
	l.pod.Close()
	l.keys.Close()
}

// sign makes the JWT (RFC 7519) that asks for a session: RS512, the user's name, an end.
func sign(key crypto.Signer, username string, until time.Time) (string, error) {
	t := jwt.NewWithClaims(jwt.SigningMethodRS512, jwt.MapClaims{"sub": username, "exp": until.Unix()})
	delete(t.Header, "typ")
	text, err := t.SigningString()
	if err != nil {
		return "", err
	}
	sum := sha512.Sum512([]byte(text))
	sig, err := key.Sign(rand.Reader, sum[:], crypto.SHA512)
	if err != nil {
		return "", err
	}
	return text + "." + t.EncodeSegment(sig), nil
}

// claimed reads a truth value out of a token, which is the service's own and not verified.
func claimed(token, name string) bool {
	claims := jwt.MapClaims{}
	if _, _, err := jwt.NewParser().ParseUnverified(token, claims); err != nil {
		return false
	}
	on, _ := claims[name].(bool)
	return on
}

// nowhere keeps tokens in memory only.
type nowhere struct{}

func (nowhere) Load(context.Context, string) (api.Token, error) { return api.Token{}, api.ErrNoToken }
func (nowhere) Save(context.Context, string, api.Token) error   { return nil }
func (nowhere) Delete(context.Context, string) error            { return nil }
