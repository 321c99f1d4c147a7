package api

import (
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// ways is how a service differs from what most do.
type ways struct {
	sign       func(h http.Header, token string)
	noRedirect bool
	throttled  func(status int, h http.Header) bool
	stale      func(e *Error) bool
}

// put makes a request the account's.
func (w *ways) put(h http.Header, token string) {
	switch {
	case w.sign != nil:
		w.sign(h, token)
	case token != "":
		h.Set("Authorization", "Bearer "+token)
	}
}

// isStale reports whether a new token may help after a 401.
func (w *ways) isStale(e *Error) bool {
	if w.stale != nil {
		return w.stale(e)
	}
	return staleToken(e)
}

// settle marks a 401 that is handed to the caller of a service that says itself what
// is about the token: whatever could be done about it has been done.
func (w *ways) settle(e *Error) *Error {
	e.settled = w.stale != nil && e.Status == http.StatusUnauthorized
	return e
}

func (w *ways) isThrottle(resp *http.Response) bool {
	return resp.StatusCode == http.StatusTooManyRequests || w.throttled != nil && w.throttled(resp.StatusCode, resp.Header)
}

// refuses reports whether a status is one of redirection where none is followed, those
// included that net/http has no rule for (300, 304, 305).
func (w *ways) refuses(status int) bool { return w.noRedirect && status >= 300 && status < 400 }

// refusal names a redirect that is not followed, without the query, which may hold what
// is nobody's business.
func refusal(from *url.URL, resp *http.Response) error {
	to, err := from.Parse(resp.Header.Get("Location"))
	if err != nil || resp.Header.Get("Location") == "" {
		return fmt.Errorf("%w: %d to nowhere, and this service is asked at its own address only", ErrRedirect, resp.StatusCode)
	}
	to.RawQuery, to.Fragment, to.User = "", "", nil
	return fmt.Errorf("%w: %d to %s, and this service is asked at its own address only", ErrRedirect, resp.StatusCode, plain(to.String(), 200))
}

// silence is how long the other side may be silent in this call.
func (cl *call) silence(usual time.Duration) time.Duration {
	if cl.Idle > 0 {
		return cl.Idle
	}
	return usual
}

// traceID is the correlation id that we gave a request ourselves.
func traceID(h http.Header) string { return plain(h.Get("X-Trace-Id"), 100) }

// idOf is the correlation id of an answer: the service's, or the one that we gave.
func idOf(resp *http.Response) string {
	if id := requestID(resp.Header); id != "" || resp.Request == nil {
		return id
	}
	return traceID(resp.Request.Header)
}

// throttled reports whether the service refused because of its rate limit.
func (e *Error) throttled() bool { return e.Throttled || e.Status == http.StatusTooManyRequests }
