package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"
)

// The places of the sign-in endpoints under the base URL.
const (
	authorizePath = "/restapi/oauth/authorize"
	tokenPath     = "/restapi/oauth/token"
	revokePath    = "/restapi/oauth/revoke"
	// refreshTime bounds one refresh, which belongs to no single caller.
	refreshTime = 100 * time.Second
)

// ErrNotRevoked is wrapped by what [OAuth.Revoke] returns when this machine is
// signed out but the service could not be told.
var ErrNotRevoked = errors.New("signed out on this machine, but the service could not be told")

// OAuth signs in to a service and keeps its token fresh: authorization code
// with PKCE (RFC 7636), JWT bearer (RFC 7523) and refresh with rotation. It
// implements [Authorizer]. Set the fields before the first call and leave them
// alone afterwards; the methods are safe for concurrent use.
type OAuth struct {
	Name    string // the service, for errors
	BaseURL string
	// Paths of the endpoints under BaseURL; "" is RingCentral's /restapi/oauth/….
	AuthorizePath, TokenPath, RevokePath string

	ClientID     string
	ClientSecret string // "" for a public app: no Authorization header is sent then
	// JWT, when set, signs in again by itself after the refresh token is gone.
	JWT string

	Store     TokenStore
	Account   string // the key in Store
	UserAgent string
	HTTP      *http.Client // nil: one with [NewTransport]; only its Transport is used
	Clock     Clock        // nil: the system's
	Budget    *Budget      // nil: one of its own; share the client's
	Log       *slog.Logger
	Retry     Retry

	once   sync.Once
	http   *http.Client
	flight singleflight.Group

	mu      sync.Mutex
	loaded  bool
	token   Token
	pending *Token // the newest one, which could not be written to Store yet
	// What the service refused for good is not tried again.
	deadRefresh, deadJWT string
}

// String keeps secrets out of %v.
func (a *OAuth) String() string { return "OAuth(" + a.Name + " " + a.Account + ")" }

// GoString keeps secrets out of %#v.
func (a *OAuth) GoString() string { return a.String() }

func (a *OAuth) setup() {
	a.once.Do(func() {
		if a.Clock == nil {
			a.Clock = SystemClock{}
		}
		if a.Budget == nil {
			a.Budget = NewBudget(a.Clock)
		}
		a.Log = quiet(a.Log)
		a.Retry = a.Retry.withDefaults()
		var rt http.RoundTripper
		if a.HTTP != nil {
			rt = a.HTTP.Transport
		}
		a.http = httpClient(rt)
		a.http.Timeout = 30 * time.Second
		a.http.Transport = &signInTransport{next: a.http.Transport, agent: a.UserAgent, budget: a.Budget}
	})
}

// Close drops idle connections.
func (a *OAuth) Close() {
	a.setup()
	a.http.CloseIdleConnections()
}

// Token implements [Authorizer]. A token in its last two minutes is refreshed;
// if that fails for a passing reason it is used as long as it lasts.
func (a *OAuth) Token(ctx context.Context) (string, error) {
	a.setup()
	t, err := a.current(ctx)
	if err != nil {
		return "", err
	}
	now := a.Clock.Now()
	if !t.due(now) {
		return t.Access, nil
	}
	fresh, err := a.renew(ctx, t.Access)
	if err != nil && t.valid(a.Clock.Now()) && ctx.Err() == nil {
		a.Log.LogAttrs(ctx, slog.LevelWarn, "refresh ahead of expiry failed", slog.Any("error", err))
		return t.Access, nil
	}
	return fresh, err
}

// Refresh implements [Authorizer].
func (a *OAuth) Refresh(ctx context.Context, stale string) (string, error) {
	a.setup()
	t, err := a.current(ctx)
	if err != nil {
		return "", err
	}
	if t.Access != "" && t.Access != stale && t.valid(a.Clock.Now()) {
		return t.Access, nil
	}
	return a.renew(ctx, stale)
}

// current returns the token in memory, read from the store the first time.
func (a *OAuth) current(ctx context.Context) (Token, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.loaded {
		return a.token, nil
	}
	t, err := a.Store.Load(ctx, a.Account)
	if err != nil && !errors.Is(err, ErrNoToken) {
		return Token{}, fmt.Errorf("reading the sign-in of %s: %w", a.Account, err)
	}
	a.token, a.loaded = t, true
	return t, nil
}

// renew replaces the access token stale. All callers share one refresh, which
// goes on when one of them gives up.
func (a *OAuth) renew(ctx context.Context, stale string) (string, error) {
	for {
		access, err := a.renewShared(ctx, stale)
		var limit *LimitError
		if !IsBackground(ctx) || !errors.As(err, &limit) {
			return access, err
		}
		if err := pause(ctx, a.Clock, limit.Until.Sub(a.Clock.Now())); err != nil {
			return "", err
		}
	}
}

func (a *OAuth) renewShared(ctx context.Context, stale string) (string, error) {
	ch := a.flight.DoChan("renew", func() (any, error) {
		// The work of all who wait: neither one caller's end nor its rank counts.
		own := context.WithValue(context.WithoutCancel(ctx), backgroundKey{}, false)
		own, cancel := context.WithTimeout(own, refreshTime)
		defer cancel()
		t, err := a.renewOnce(own, stale)
		return t.Access, err
	})
	select {
	case r := <-ch:
		access, _ := r.Val.(string)
		return access, r.Err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

func (a *OAuth) renewOnce(ctx context.Context, stale string) (Token, error) {
	a.mu.Lock()
	mine, pending := a.token, a.pending
	a.mu.Unlock()
	if pending != nil { // an earlier rotation that could not be written: finish it first
		return a.keep(ctx, *pending)
	}
	if mine.Access != stale && mine.valid(a.Clock.Now()) {
		return mine, nil // another caller was faster
	}
	if t, ok := a.elsewhere(ctx, mine); ok {
		return t, nil
	}
	a.mu.Lock()
	mine = a.token
	deadRefresh, deadJWT := a.deadRefresh, a.deadJWT
	a.mu.Unlock()
	out := fmt.Errorf("%s: %w", a.Name, ErrSignedOut)
	if mine.refreshable(a.Clock.Now()) && mine.Refresh != deadRefresh {
		t, err := a.redeem(ctx, "refreshToken", mine, func(ctx context.Context) (*oauth2.Token, error) {
			return a.config("").TokenSource(ctx, &oauth2.Token{RefreshToken: mine.Refresh}).Token()
		})
		if !refusedForGood(err) {
			return t, err
		}
		if t, ok := a.elsewhere(ctx, mine); ok { // another program rotated it meanwhile
			return t, nil
		}
		a.mu.Lock()
		a.deadRefresh = mine.Refresh
		a.mu.Unlock()
		a.Log.LogAttrs(ctx, slog.LevelWarn, "refresh token refused", slog.Any("error", err))
		out = fmt.Errorf("%w: %w", out, err)
	}
	if a.JWT == "" || a.JWT == deadJWT {
		return Token{}, out
	}
	t, err := a.LoginJWT(ctx, a.JWT)
	if refusedForGood(err) {
		a.mu.Lock()
		a.deadJWT = a.JWT
		a.mu.Unlock()
		return Token{}, fmt.Errorf("%s: %w: %w", a.Name, ErrSignedOut, err)
	}
	return t, err
}

// elsewhere looks for a newer token that another program of ours has stored.
func (a *OAuth) elsewhere(ctx context.Context, mine Token) (Token, bool) {
	t, err := a.Store.Load(ctx, a.Account)
	if err != nil || t.Access == "" || t.Access == mine.Access {
		return Token{}, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.token, a.loaded = t, true
	return t, !t.due(a.Clock.Now())
}

// keep writes t down before anyone uses it: the old refresh token is spent,
// and a new one that exists only in memory would be lost with the process. If
// writing fails the token is not used; the next call writes it again.
func (a *OAuth) keep(ctx context.Context, t Token) (Token, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.Store.Save(ctx, a.Account, t); err != nil {
		a.pending = &t
		return Token{}, fmt.Errorf("storing the sign-in of %s: %w", a.Account, err)
	}
	a.token, a.loaded, a.pending = t, true, nil
	a.deadRefresh, a.deadJWT = "", ""
	return t, nil
}

// refusedForGood reports whether the service will not take the credential
// again, as opposed to trouble on the way.
func refusedForGood(err error) bool {
	var e *Error
	if !errors.As(err, &e) || IsTemporary(err) {
		return false
	}
	return e.Status == http.StatusBadRequest || e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden
}

func (a *OAuth) endpoint(path, standard string) string {
	if path == "" {
		path = standard
	}
	return strings.TrimSuffix(a.BaseURL, "/") + path
}

// config describes the app to x/oauth2. A public app names itself in the form
// and sends no Authorization header.
func (a *OAuth) config(redirect string) *oauth2.Config {
	style := oauth2.AuthStyleInHeader
	if a.ClientSecret == "" {
		style = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{
		ClientID: a.ClientID, ClientSecret: a.ClientSecret, RedirectURL: redirect,
		Endpoint: oauth2.Endpoint{
			AuthURL: a.endpoint(a.AuthorizePath, authorizePath), TokenURL: a.endpoint(a.TokenPath, tokenPath), AuthStyle: style,
		},
	}
}

// Revoke signs out: it tells the service, which ends the whole session, and
// removes the token from the store in any case. A failure to tell the service
// is not repeated; it is reported as [ErrNotRevoked].
func (a *OAuth) Revoke(ctx context.Context) error {
	a.setup()
	t, err := a.current(ctx)
	if err != nil {
		return err
	}
	told := a.revoke(ctx, t)
	a.mu.Lock()
	a.token, a.loaded, a.pending, a.deadJWT = Token{}, true, nil, a.JWT
	a.mu.Unlock()
	if err := a.Store.Delete(ctx, a.Account); err != nil && !errors.Is(err, ErrNoToken) {
		return fmt.Errorf("removing the sign-in of %s: %w", a.Account, err)
	}
	if told != nil {
		return fmt.Errorf("%w: %w", ErrNotRevoked, told)
	}
	return nil
}

func (a *OAuth) revoke(ctx context.Context, t Token) error {
	form := url.Values{"token": {t.Refresh}}
	if t.Refresh == "" {
		form.Set("token", t.Access)
	}
	if form.Get("token") == "" {
		return nil
	}
	if _, err := newHosts(a.BaseURL, nil); err != nil {
		return a.fail("revokeToken", err)
	}
	if a.ClientSecret == "" {
		form.Set("client_id", a.ClientID)
	}
	answered, err := a.Budget.Acquire(ctx, "revokeToken", Auth)
	if err != nil {
		return err
	}
	defer answered()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.endpoint(a.RevokePath, revokePath), strings.NewReader(form.Encode()))
	if err != nil {
		return a.fail("revokeToken", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if a.ClientSecret != "" {
		req.SetBasicAuth(url.QueryEscape(a.ClientID), url.QueryEscape(a.ClientSecret))
	}
	resp, err := a.http.Do(req)
	if err != nil {
		return a.fail("revokeToken", err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	if resp.StatusCode >= 300 {
		return DecodeError(a.Name, "revokeToken", http.MethodPost, resp.StatusCode, resp.Header, body)
	}
	return nil
}
