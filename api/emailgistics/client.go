package emailgistics

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"switchboard/api"
)

// name is the service's name in errors and logs.
const name = "Emailgistics"

// account is the one rate group: everything but webhooks counts against the
// same limit, over all keys of the account.
const account api.Group = "Account"

const (
	requestsAMinute = 100
	// contentIdle is the longest silence of a download: the content is fetched
	// from the mail system behind while we wait.
	contentIdle = time.Minute
)

// Config describes a client.
type Config struct {
	BaseURL string // "https://c1.emailgistics.com"; no other host is ever asked
	Key     string // the API key; it goes into the Authorization header and nowhere else
	// KeyFrom is asked for the key when the first request needs it, in the place of
	// Key: where it is kept may have to ask a person first.
	KeyFrom func(ctx context.Context) (string, error)
	// Wrapped puts the body of a report's request inside {"parameters":…}. The
	// documents show the plain form where they describe the request and the
	// wrapped one where an answer repeats it.
	Wrapped bool
	// Resume lets a broken download go on where it stopped when the answer has a
	// strong ETag. The documents promise neither ETag nor ranges; without it a
	// download that broke starts over.
	Resume bool
	// Shared is the path of a file in which all programs that use the same
	// account count their requests and reports; "": this client counts alone.
	Shared    string
	UserAgent string
	Transport http.RoundTripper // nil: [api.NewTransport]
	Log       *slog.Logger
	Clock     api.Clock
	Retry     api.Retry
	Budget    *api.Budget // nil: one of its own; share it between the clients of one account
}

// Client makes Emailgistics calls. Safe for concurrent use.
type Client struct {
	rest    *api.Client
	wrapped bool
	clock   api.Clock
	log     *slog.Logger
	shared  *ledger
	turns   turns
	first   time.Duration // before the second attempt at a download
	confirm sync.Mutex    // one at a time asks whether the key is good

	mu     sync.Mutex
	scopes Scopes    // what has been seen of the key so far
	keyOK  time.Time // when the key was last known to be good
	boxes  []Mailbox // as last listed; nil: not listed yet
}

// New checks cfg and returns a client. It sends nothing.
func New(cfg Config) (*Client, error) {
	hold := &holder{from: cfg.KeyFrom}
	if cfg.KeyFrom == nil {
		key, err := checkKey(cfg.Key)
		if err != nil {
			return nil, err
		}
		hold.key = key
	}
	clock := cfg.Clock
	if clock == nil {
		clock = api.SystemClock{}
	}
	if cfg.Budget == nil {
		cfg.Budget = api.NewBudget(clock)
	}
	c := &Client{wrapped: cfg.Wrapped, clock: clock, log: cfg.Log, turns: turns{most: mostDownloads}, first: cfg.Retry.Initial}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if c.first <= 0 {
		c.first = firstPause
	}
	c.scopes.Mailboxes = -1
	c.shared = newLedger(cfg.Shared, clock, cfg.Budget)
	hold.shared = c.shared
	next := cfg.Transport
	if next == nil {
		next = api.NewTransport()
	}
	rest, err := api.New(api.Config{
		Name: name, BaseURL: cfg.BaseURL, UserAgent: cfg.UserAgent, Log: cfg.Log, Clock: clock, Retry: cfg.Retry, Budget: cfg.Budget,
		Transport: &transport{next: next, resume: cfg.Resume, shared: c.shared, log: c.log},
		Auth:      hold,
		// Nothing says that the service redirects, and the key is for one host.
		NoRedirect: true,
		Stale:      func(*api.Error) bool { return false }, // there is no newer key
	})
	if err != nil {
		return nil, err
	}
	c.rest = rest
	return c, nil
}

// checkKey takes the space around a key that was copied off, and refuses what cannot be one.
func checkKey(key string) (string, error) {
	key = strings.TrimSpace(key)
	switch {
	case key == "":
		return "", fmt.Errorf("%s: no API key given; a system administrator makes one under API Access", name)
	case strings.ContainsFunc(key, notVisible):
		return "", fmt.Errorf("%s: the API key holds a space or a character that no key has: was all of it, and nothing else, copied?", name)
	}
	return key, nil
}

func notVisible(r rune) bool { return r <= ' ' || r >= 0x7f }

// String keeps the key out of %v.
func (c *Client) String() string { return name + " at " + c.BaseURL() }

// GoString keeps the key out of %#v.
func (c *Client) GoString() string { return c.String() }

// BaseURL returns the service's base URL, without a slash at the end.
func (c *Client) BaseURL() string { return c.rest.BaseURL() }

// Budget returns the client's rate budget.
func (c *Client) Budget() *api.Budget { return c.rest.Budget() }

// Close drops idle connections. Requests under way are not touched.
func (c *Client) Close() { c.rest.Close() }

// Do sends any request with the account's key and budget, as
// [api.Client.Do] does. The error of an answer is a [*Fault].
func (c *Client) Do(ctx context.Context, r api.Request, out any) (*api.Response, error) {
	if r.Group == "" {
		r.Group = account
	}
	res, err := c.rest.Do(ctx, r, out)
	if err != nil {
		return nil, c.judge(ctx, err, asked{op: r.Op})
	}
	return res, nil
}

// get asks for JSON.
func (c *Client) get(ctx context.Context, op, path string, out any) error {
	_, err := c.rest.Do(ctx, api.Request{Op: op, Path: path, Group: account}, out)
	return err
}

// holder hands out the one key there is, once the account has room for another request.
type holder struct {
	from   func(ctx context.Context) (string, error)
	shared *ledger

	mu  sync.Mutex
	key string
}

// Token implements [api.Authorizer].
func (h *holder) Token(ctx context.Context) (string, error) {
	key, err := h.load(ctx)
	if err != nil {
		return "", err
	}
	if err := h.shared.take(ctx); err != nil {
		return "", err
	}
	return key, nil
}

// load fetches the key when it is first needed.
func (h *holder) load(ctx context.Context) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.key != "" {
		return h.key, nil
	}
	key, err := h.from(ctx)
	if err == nil {
		key, err = checkKey(key)
	}
	if err != nil {
		return "", err
	}
	h.key = key
	return key, nil
}

// Refresh implements [api.Authorizer]: a key lasts until it is deleted, and there
// is no newer one.
func (h *holder) Refresh(ctx context.Context, _ string) (string, error) { return h.load(ctx) }

// transport looks at answers before the client does.
type transport struct {
	next   http.RoundTripper
	resume bool
	shared *ledger
	log    *slog.Logger
	warned sync.Once
}

// RoundTrip implements [http.RoundTripper].
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusTooManyRequests {
		t.shared.silence(resp.Header)
	}
	if d := resp.Header.Get("Deprecation"); d != "" { // how the service announces that a call will go
		t.warned.Do(func() {
			t.log.Warn("Emailgistics says that a call will be removed; look for a newer version of this program", "path", r.URL.Path, "since", clip(d, 60))
		})
	}
	if !t.resume {
		resp.Header.Del("ETag")
	}
	return resp, nil
}

// CloseIdleConnections is asked for by [http.Client.CloseIdleConnections].
func (t *transport) CloseIdleConnections() {
	if c, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// answerOf returns the service's answer within err, if there is one.
func answerOf(err error) (*api.Error, bool) {
	var e *api.Error
	if errors.As(err, &e) && e.Status != 0 {
		return e, true
	}
	return nil, false
}
