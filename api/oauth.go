package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// jwtGrant is the grant type of RFC 7523.
const jwtGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer"

// LoginJWT signs in with a JWT made in the service's developer console.
func (a *OAuth) LoginJWT(ctx context.Context, jwt string) (Token, error) {
	a.setup()
	if jwt == "" {
		return Token{}, fmt.Errorf("%s: %w: the JWT is empty", a.Name, ErrSignedOut)
	}
	base := a.config("")
	cfg := &clientcredentials.Config{
		ClientID: a.ClientID, ClientSecret: a.ClientSecret, TokenURL: base.Endpoint.TokenURL, AuthStyle: base.Endpoint.AuthStyle,
		EndpointParams: url.Values{"grant_type": {jwtGrant}, "assertion": {jwt}},
	}
	return a.redeem(ctx, "getToken", Token{}, cfg.Token)
}

// AuthCodeURL returns the address that a person has to visit, and the state
// and PKCE verifier that go with it. redirect must be registered for the app,
// letter by letter.
func (a *OAuth) AuthCodeURL(redirect string) (address, state, verifier string) {
	a.setup()
	state, verifier = oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	return a.config(redirect).AuthCodeURL(state, oauth2.S256ChallengeOption(verifier)), state, verifier
}

// Exchange redeems an authorization code, once.
func (a *OAuth) Exchange(ctx context.Context, code, verifier, redirect string) (Token, error) {
	a.setup()
	return a.redeem(ctx, "getToken", Token{}, func(ctx context.Context) (*oauth2.Token, error) {
		return a.config(redirect).Exchange(ctx, code, oauth2.VerifierOption(verifier))
	})
}

// redeem gets a token and stores it. A refresh whose answer was lost may be
// sent again: the service gives the same new pair for it. Everything else here
// is sent once more only if the service refused to look at it.
func (a *OAuth) redeem(ctx context.Context, op string, old Token, get func(context.Context) (*oauth2.Token, error)) (Token, error) {
	if _, err := newHosts(a.BaseURL, nil); err != nil {
		return Token{}, fmt.Errorf("%s sign-in: %w", a.Name, err)
	}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, a.http)
	pauses := a.Retry.backoff()
	for n := 1; ; n++ {
		answered, err := a.Budget.Acquire(ctx, op, Auth)
		if err != nil {
			return Token{}, err
		}
		asked := a.Clock.Now()
		got, err := get(ctx)
		answered()
		if err == nil {
			return a.keep(ctx, newToken(got, old, asked))
		}
		failed := a.fail(op, err)
		if failed.Status == http.StatusTooManyRequests {
			a.Budget.Penalty(Auth, http.Header{}, failed.RetryAfter, failed.Has("CMN-310"))
			return Token{}, failed
		}
		repeat := old.Refresh != "" && IsTemporary(failed) || failed.Status == http.StatusServiceUnavailable
		if !repeat || n >= min(a.Retry.Attempts, 3) || ctx.Err() != nil {
			return Token{}, failed
		}
		if err := pause(ctx, a.Clock, max(pauses.NextBackOff(), failed.RetryAfter)); err != nil {
			return Token{}, a.fail(op, err)
		}
	}
}

// newToken reads what x/oauth2 got. Times count from when we asked.
func newToken(got *oauth2.Token, old Token, asked time.Time) Token {
	t := Token{
		Access: got.AccessToken, Refresh: got.RefreshToken, Type: got.Type(), Issued: asked,
		Owner: extra(got, "owner_id"), Scope: extra(got, "scope"), Endpoint: extra(got, "endpoint_id"),
	}
	if got.ExpiresIn > 0 {
		t.Expiry = asked.Add(time.Duration(got.ExpiresIn) * time.Second)
	}
	if s, err := strconv.ParseInt(extra(got, "refresh_token_expires_in"), 10, 32); err == nil && s > 0 {
		t.RefreshExpiry = asked.Add(time.Duration(s) * time.Second)
	}
	if t.Refresh == old.Refresh && t.RefreshExpiry.IsZero() {
		t.RefreshExpiry = old.RefreshExpiry
	}
	if t.Owner == "" {
		t.Owner = old.Owner
	}
	return t
}

// extra reads a further member of the token answer, a string or a number.
func extra(t *oauth2.Token, name string) string {
	switch v := t.Extra(name).(type) {
	case string:
		return plain(v, 4000)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case int64:
		return strconv.FormatInt(v, 10)
	case json.Number:
		return v.String()
	}
	return ""
}

// fail turns x/oauth2's errors, which quote whole answers, into ours.
func (a *OAuth) fail(op string, err error) *Error {
	var answered *oauth2.RetrieveError
	if errors.As(err, &answered) && answered.Response != nil {
		e := DecodeError(a.Name, op, http.MethodPost, answered.Response.StatusCode, answered.Response.Header, answered.Body)
		e.Unknown = false
		if e.Status < 300 { // a success that carries no token
			e.Err = fmt.Errorf("%w: %s", ErrBadBody, e.Message)
			if e.Code != "" { // or an error under a wrong status
				e.Status, e.Err = http.StatusBadRequest, nil
			}
		}
		return e
	}
	e := &Error{Service: a.Name, Op: op, Method: http.MethodPost, Err: err}
	var u *url.Error
	var net interface{ Timeout() bool }
	switch {
	case errors.As(err, &u):
		e.Err = u.Err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.As(err, &net):
	default: // the text may quote the answer
		e.Err = fmt.Errorf("%w: %s", ErrBadBody, plain(err.Error(), maxMessage))
	}
	return e
}

// signInTransport gives the sign-in requests of x/oauth2 our name and keeps
// their answers small.
type signInTransport struct {
	next   http.RoundTripper
	agent  string
	budget *Budget
}

func (t *signInTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	agent := t.agent
	if agent == "" {
		agent = "switchboard"
	}
	req.Header.Set("User-Agent", userAgentSafe(agent))
	req.Header.Set("Accept", "application/json")
	resp, err := t.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	t.budget.Learn(Auth, resp.StatusCode, resp.Header)
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, 1<<20), resp.Body}
	return resp, nil
}

// CloseIdleConnections lets [http.Client.CloseIdleConnections] through.
func (t *signInTransport) CloseIdleConnections() {
	if c, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
