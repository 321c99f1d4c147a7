package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const maxRedirects = 5

// exchange is one attempt: wait for the budget, send with a token, follow
// redirects, and after a refused token refresh it and send once more. The
// answer is a success, or a status that the call accepts.
func (c *Client) exchange(ctx context.Context, cl *call) (*http.Response, error) {
	token, answered, err := c.admit(ctx, cl)
	if err != nil {
		return nil, err
	}
	resp, err := c.follow(ctx, cl, token)
	answered()
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusUnauthorized && c.auth != nil && cl.ours {
		refused := c.readError(cl, resp)
		if !c.ways.isStale(refused) {
			return nil, c.ways.settle(refused)
		}
		fresh, err := c.auth.Refresh(ctx, token)
		if err != nil {
			return nil, c.authError(cl, err)
		}
		if fresh == token {
			return nil, c.ways.settle(refused)
		}
		_, answered, err := c.admit(ctx, cl)
		if err != nil {
			return nil, err
		}
		resp, err = c.follow(ctx, cl, fresh)
		answered()
		if err != nil {
			return nil, err
		}
	}
	if cl.ours {
		c.server.read(resp.Header, c.clock.Now())
	}
	if ok := resp.StatusCode >= 200 && resp.StatusCode < 300; ok || cl.accept != nil && cl.accept(resp.StatusCode) {
		return resp, nil
	}
	e := c.readError(cl, resp)
	if e.Throttled = c.ways.isThrottle(resp); e.Throttled {
		c.budget.Penalty(cl.Group, resp.Header, e.RetryAfter, e.Has("CMN-310"))
	}
	return nil, c.ways.settle(e)
}

// admit waits for a place in the rate budget and fetches the token afterwards,
// so that a long wait does not age it.
func (c *Client) admit(ctx context.Context, cl *call) (token string, answered func(), err error) {
	before := c.clock.Now()
	answered, err = c.budget.Acquire(ctx, cl.Op, cl.Group)
	cl.held += c.clock.Now().Sub(before)
	var limit *LimitError
	switch {
	case errors.As(err, &limit):
		return "", nil, err
	case err != nil:
		return "", nil, c.fail(cl, err)
	case c.auth == nil:
		return "", answered, nil
	}
	if token, err = c.auth.Token(ctx); err != nil {
		answered()
		return "", nil, c.authError(cl, err)
	}
	return token, answered, nil
}

// authError names the call that wanted the token, and keeps the cause.
func (c *Client) authError(cl *call, err error) error {
	return fmt.Errorf("%s %s: %w", c.name, cl.Op, err)
}

// staleToken reports whether a 401 is about the token (expired, corrupted, not
// found), so that a new one may help. A 401 without a code is taken for one.
func staleToken(e *Error) bool {
	if (e.Code == "" || e.Code == strconv.Itoa(e.Status)) && len(e.Details) == 0 {
		return true
	}
	stale := func(code string) bool {
		return strings.HasPrefix(code, "OAU-") || code == "AGW-402" || code == "invalid_token" || code == "TokenInvalid" || code == "TokenExpired"
	}
	if stale(e.Code) {
		return true
	}
	for _, d := range e.Details {
		if stale(d.Code) {
			return true
		}
	}
	return false
}

// follow sends the call and follows redirects by our own policy: at most five,
// never from https to http, never away with a body, the token and the caller's
// own headers only for allowed hosts, and no Referer.
func (c *Client) follow(ctx context.Context, cl *call, token string) (*http.Response, error) {
	u, method := cl.url, cl.method()
	for hop := 0; ; hop++ {
		resp, err := c.hop(ctx, cl, method, u, token)
		if err != nil {
			return nil, err
		}
		if !isRedirect(resp.StatusCode) && !c.ways.refuses(resp.StatusCode) {
			return resp, nil
		}
		next, err := c.next(cl, u, resp)
		_ = resp.Body.Close()
		if err == nil && hop >= maxRedirects {
			err = fmt.Errorf("%w: more than %d in a row", ErrRedirect, maxRedirects)
		}
		if err != nil {
			e := c.fail(cl, err)
			e.Status, e.RequestID = resp.StatusCode, requestID(resp.Header)
			return nil, e
		}
		if resp.StatusCode == http.StatusSeeOther && method != http.MethodHead {
			method = http.MethodGet
		}
		u = next
	}
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// next checks where a redirect leads.
func (c *Client) next(cl *call, from *url.URL, resp *http.Response) (*url.URL, error) {
	if c.ways.noRedirect {
		return nil, refusal(from, resp)
	}
	reads := cl.method() == http.MethodGet || cl.method() == http.MethodHead
	location := resp.Header.Get("Location")
	if location == "" {
		// The service's guidance: without a Location, the same address again.
		if reads {
			return from, nil
		}
		return nil, fmt.Errorf("%w: no Location", ErrRedirect)
	}
	to, err := from.Parse(location)
	if err != nil {
		return nil, fmt.Errorf("%w: Location is not a URL", ErrRedirect)
	}
	to.Fragment = ""
	if from.Scheme == "https" && to.Scheme != "https" {
		return nil, fmt.Errorf("%w: from https to %s", ErrRedirect, plain(to.Scheme, 20))
	}
	if _, err := origin(to); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRedirect, err)
	}
	if reads {
		return to, nil
	}
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound:
		// Browsers turn these into GET; a change must not silently become a read.
		return nil, fmt.Errorf("%w: would change %s to GET", ErrRedirect, cl.method())
	}
	if !c.hosts.allows(to) {
		return nil, fmt.Errorf("%w: %w: %s", ErrRedirect, ErrHostNotAllowed, plain(to.Host, 120))
	}
	return to, nil
}

// hop sends one HTTP request and returns its answer, whatever the status.
func (c *Client) hop(ctx context.Context, cl *call, method string, u *url.URL, token string) (*http.Response, error) {
	var sent atomic.Bool
	trace := &httptrace.ClientTrace{WroteHeaders: func() { sent.Store(true) }}
	w, ctx := newWatch(httptrace.WithClientTrace(ctx, trace), cl.silence(c.idle))
	req, err := c.request(ctx, cl, method, u, token)
	if err != nil {
		w.end()
		return nil, c.fail(cl, err)
	}
	out := &watchedSend{ReadCloser: req.Body, watch: w}
	if req.Body != nil && req.ContentLength != 0 {
		req.Body = out
	}
	began := c.clock.Now()
	resp, err := c.http.Do(req)
	out.answered()
	w.stop()
	if err != nil {
		err = w.cause(ctx, err)
		w.end()
		e := c.fail(cl, err)
		e.Sent, e.RequestID = sent.Load(), traceID(req.Header)
		e.Unknown = !cl.safe && e.Sent
		c.log.LogAttrs(ctx, slog.LevelDebug, "request failed", slog.String("op", cl.Op), slog.String("method", method),
			slog.String("path", u.Path), slog.Any("error", e))
		return nil, e
	}
	c.log.LogAttrs(ctx, slog.LevelDebug, "request", slog.String("op", cl.Op), slog.String("method", method), slog.String("path", u.Path),
		slog.Int("status", resp.StatusCode), slog.Duration("took", c.clock.Now().Sub(began)), slog.String("request_id", idOf(resp)))
	resp.Body = &watchedBody{ReadCloser: resp.Body, watch: w, ctx: ctx}
	if cl.ours = c.hosts.allows(u); cl.ours {
		c.budget.Learn(cl.Group, resp.StatusCode, resp.Header)
	}
	return resp, nil
}

// request builds the HTTP request for one hop.
func (c *Client) request(ctx context.Context, cl *call, method string, u *url.URL, token string) (*http.Request, error) {
	var body io.Reader
	if cl.body != nil && method == cl.method() {
		b, err := cl.body()
		if err != nil {
			return nil, fmt.Errorf("reading the request body: %w", err)
		}
		body = b
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), body)
	if err != nil {
		return nil, err
	}
	if c.hosts.allows(u) {
		for name, values := range cl.Header {
			req.Header[http.CanonicalHeaderKey(name)] = values
		}
		c.ways.put(req.Header, token)
	} else {
		for _, name := range []string{"Range", "If-Range", "Accept-Encoding"} {
			if v := cl.Header.Get(name); v != "" {
				req.Header.Set(name, v)
			}
		}
	}
	req.Header.Set("User-Agent", userAgentSafe(c.agent))
	req.Header.Set("Accept", cl.Accept)
	req.Header.Del("Referer")
	if body != nil {
		req.Header.Set("Content-Type", cl.ContentType)
		if cl.Length > 0 && req.ContentLength == 0 {
			req.ContentLength = cl.Length
		}
	}
	return req, nil
}

func newBytes(b []byte) *bytes.Reader { return bytes.NewReader(b) }

// watch ends a request whose other side falls silent: it runs while we wait
// for the other side, and stands still while we work.
type watch struct {
	timer  *time.Timer
	cancel context.CancelCauseFunc
	idle   time.Duration
}

func newWatch(ctx context.Context, idle time.Duration) (*watch, context.Context) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &watch{cancel: cancel, idle: idle}
	w.timer = time.AfterFunc(idle, func() { cancel(ErrIdle) })
	return w, ctx
}

func (w *watch) start() { w.timer.Reset(w.idle) }
func (w *watch) stop()  { w.timer.Stop() }
func (w *watch) end()   { w.timer.Stop(); w.cancel(context.Canceled) }

// cause puts the reason of a cancelled context in place of the bare fact.
func (w *watch) cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// watchedSend counts what is sent as a sign of life: a long body over a slow
// line is no silence.
type watchedSend struct {
	io.ReadCloser
	watch *watch
	mu    sync.Mutex
	over  bool // the answer is there, although not all was sent
}

func (b *watchedSend) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.over {
		b.watch.start()
	}
	return n, err
}

func (b *watchedSend) answered() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.over = true
}

type watchedBody struct {
	io.ReadCloser
	watch *watch
	ctx   context.Context // the request's own, to name the cause of a failed read
}

func (b *watchedBody) Read(p []byte) (int, error) {
	b.watch.start()
	n, err := b.ReadCloser.Read(p)
	b.watch.stop()
	if err != nil && !errors.Is(err, io.EOF) {
		err = b.watch.cause(b.ctx, err)
	}
	return n, err
}

func (b *watchedBody) Close() error {
	err := b.ReadCloser.Close()
	b.watch.end()
	return err
}

// readAll reads a body of at most limit bytes into one buffer.
func readAll(resp *http.Response, limit int64) ([]byte, error) {
	if resp.ContentLength > limit {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, resp.ContentLength, limit)
	}
	var buf bytes.Buffer
	if n := resp.ContentLength; n > 0 {
		buf.Grow(int(min(n, 8<<20)) + bytes.MinRead)
	}
	n, err := buf.ReadFrom(io.LimitReader(resp.Body, limit+1))
	switch {
	case err != nil:
		return nil, broken(err)
	case n > limit:
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limit)
	}
	return buf.Bytes(), nil
}

// broken names a body that ended before its time. A caller's end and a silent
// server keep their own names.
func broken(err error) error {
	for _, own := range []error{context.Canceled, context.DeadlineExceeded, ErrIdle, ErrBadBody} {
		if errors.Is(err, own) {
			return err
		}
	}
	return fmt.Errorf("%w: %w", ErrBadBody, err)
}
