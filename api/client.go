package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// DefaultLimit is the largest body that [Client.Do] reads unless told otherwise.
const DefaultLimit = 32 << 20

// Authorizer hands out access tokens. [OAuth] is one.
type Authorizer interface {
	// Token returns a token that is good now, refreshing it when it is about
	// to expire. [ErrSignedOut]: a person has to sign in.
	Token(ctx context.Context) (string, error)
	// Refresh is called after the service refused the token stale. It returns
	// a newer one; callers that come at the same time share one refresh.
	Refresh(ctx context.Context, stale string) (string, error)
}

// Config describes a client.
type Config struct {
	Name    string // the service, for logs and errors: "RingCentral"
	BaseURL string // "https://platform.ringcentral.com"; plain http only on this machine
	// Hosts are the exact hosts, with or without a port, that may get the
	// token besides BaseURL's. A bare name takes BaseURL's scheme.
	Hosts     []string
	UserAgent string            // "switchboard/1.0 (linux; amd64)"
	Transport http.RoundTripper // nil: [NewTransport]
	Auth      Authorizer        // nil: requests go without a token
	Budget    *Budget           // nil: one of its own
	Log       *slog.Logger      // nil: nothing is logged; always redacted
	Clock     Clock             // nil: the system's
	Retry     Retry             // zero fields: defaults
	// Idle is how long the other side may be silent, before the answer's
	// first byte and between any two reads. 0: 30 s.
	Idle time.Duration
	// Sign puts the token, "" where there is none, and what else the service wants of
	// every request into its headers. It is called for allowed hosts only, once for
	// each time a request goes out. nil: Authorization: Bearer.
	Sign func(h http.Header, token string)
	// NoRedirect makes every 3xx an error ([ErrRedirect]) that names where it led:
	// nothing is followed.
	NoRedirect bool
	// Throttled tells an answer that is a throttle although its status is not 429:
	// it is repeated and penalised like one. nil: there are none.
	Throttled func(status int, h http.Header) bool
	// Stale tells a 401 that is about the token, so that a new one may help. What is a
	// 401 still after that is final. nil: what OAuth and RingCentral say.
	Stale func(e *Error) bool
}

// Client sends requests to one service. Safe for concurrent use.
type Client struct {
	name   string
	agent  string
	hosts  *hosts
	http   *http.Client
	auth   Authorizer
	budget *Budget
	log    *slog.Logger
	clock  Clock
	retry  Retry
	idle   time.Duration
	server serverClock
	ways   ways
	// buffers are shared so that many small downloads do not each allocate one.
	buffers sync.Pool
}

// New checks cfg and returns a client. It sends nothing.
func New(cfg Config) (*Client, error) {
	h, err := newHosts(cfg.BaseURL, cfg.Hosts)
	if err != nil {
		return nil, fmt.Errorf("%s client: %w", cfg.Name, err)
	}
	c := &Client{
		name: cfg.Name, agent: cfg.UserAgent, hosts: h, auth: cfg.Auth, budget: cfg.Budget,
		clock: cfg.Clock, retry: cfg.Retry.withDefaults(), idle: cfg.Idle, log: quiet(cfg.Log),
		ways: ways{sign: cfg.Sign, noRedirect: cfg.NoRedirect, throttled: cfg.Throttled, stale: cfg.Stale},
	}
	if c.agent == "" {
		c.agent = "switchboard"
	}
	if c.clock == nil {
		c.clock = SystemClock{}
	}
	if c.budget == nil {
		c.budget = NewBudget(c.clock)
	}
	if c.idle <= 0 {
		c.idle = 30 * time.Second
	}
	c.http = httpClient(cfg.Transport)
	return c, nil
}

// Budget returns the client's rate budget.
func (c *Client) Budget() *Budget { return c.budget }

// Name returns the service's name.
func (c *Client) Name() string { return c.name }

// BaseURL returns the service's base URL, without a slash at the end.
func (c *Client) BaseURL() string { return strings.TrimSuffix(c.hosts.base.String(), "/") }

// Close drops idle connections. Requests under way are not touched.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// quiet returns a logger that redacts, and that is silent for a nil one.
func quiet(log *slog.Logger) *slog.Logger {
	if log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(RedactHandler(log.Handler()))
}

// httpClient never follows a redirect by itself: the standard policy forwards
// custom headers to any host and copies the full previous URL into Referer.
func httpClient(rt http.RoundTripper) *http.Client {
	if rt == nil {
		rt = NewTransport()
	}
	return &http.Client{
		Transport:     rt,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// NewTransport returns the HTTP/1.1 transport that clients use by default: few
// kept connections, time limits on every phase, large reads for downloads.
func NewTransport() *http.Transport {
	d := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	p := new(http.Protocols)
	p.SetHTTP1(true)
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            d.DialContext,
		Protocols:              p,
		MaxIdleConns:           16,
		MaxIdleConnsPerHost:    8,
		IdleConnTimeout:        90 * time.Second,
		TLSHandshakeTimeout:    10 * time.Second,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: 128 << 10,
		ReadBufferSize:         32 << 10,
		WriteBufferSize:        16 << 10,
	}
}

// Request is one call. Body may be nil, []byte, a func() (io.Reader, error)
// that makes the body anew for each attempt, or any value, sent as JSON.
type Request struct {
	Op          string     // operationId: names the call in errors and logs
	Method      string     // "" is GET
	Path        string     // "/restapi/…", or an absolute URL on an allowed host
	Query       url.Values // replaces parameters of the same name in Path
	Body        any
	ContentType string // "" is application/json when there is a body
	Accept      string // "" is application/json
	Header      http.Header
	Group       Group
	Safe        bool  // may be repeated although not GET, HEAD or PUT
	Limit       int64 // largest body read, in bytes; 0: [DefaultLimit]
	// Length is the size in bytes of a body that a func makes; 0: not known,
	// and the body goes out in chunks. A body of another length fails.
	Length int64
	// Idle is the longest silence of this request, instead of [Config].Idle: a long
	// poll is silent for as long as nothing happens. 0: the client's.
	Idle time.Duration

	anywhere bool // Path may lead to a host that never sees the token
}

// Response is what [Client.Do] tells besides the decoded body.
type Response struct {
	Status    int
	Header    http.Header
	RequestID string
}

// Decoder reads a success's body by itself, given to [Client.Do] as out. An
// error from it counts as an unreadable answer.
type Decoder func(res *Response, raw []byte) error

// call is a Request made ready: its URL resolved, its body in memory.
type call struct {
	Request
	url  *url.URL
	body func() (io.Reader, error)
	safe bool
	// accept says which statuses besides 2xx are answers, not errors.
	accept func(status int) bool
	held   time.Duration // time spent waiting in the budget
	ours   bool          // the last hop was on an allowed host
}

func (cl *call) method() string {
	if cl.Method == "" {
		return http.MethodGet
	}
	return cl.Method
}

// repeatable lists the methods that can be sent twice with the effect of once.
// DELETE is not one of them: the second one purges what the first one deleted.
func repeatable(method string) bool {
	switch method {
	case "", http.MethodGet, http.MethodHead, http.MethodPut:
		return true
	}
	return false
}

func (c *Client) prepare(r Request) (*call, error) {
	cl := &call{Request: r}
	cl.safe = r.Safe || repeatable(r.Method)
	u, err := c.hosts.resolve(r.Path, r.Query, r.anywhere)
	if err != nil {
		return nil, c.fail(cl, err)
	}
	cl.url = u
	switch b := r.Body.(type) {
	case nil:
	case []byte:
		cl.body = func() (io.Reader, error) { return newBytes(b), nil }
	case func() (io.Reader, error):
		cl.body = b
	case func() io.Reader:
		cl.body = func() (io.Reader, error) { return b(), nil }
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			return nil, c.fail(cl, fmt.Errorf("encoding the request: %w", err))
		}
		cl.body = func() (io.Reader, error) { return newBytes(raw), nil }
	}
	if cl.body != nil && cl.ContentType == "" {
		cl.ContentType = "application/json"
	}
	if cl.Accept == "" {
		cl.Accept = "application/json"
	}
	return cl, nil
}

// Do sends r and decodes the JSON answer into out: nil discards it, *[]byte
// takes it as it came, a [Decoder] reads it. Requests that are safe to repeat are repeated within
// the client's [Retry]. The error is an [*Error], a [*LimitError], or wraps
// [ErrSignedOut] or the context's.
func (c *Client) Do(ctx context.Context, r Request, out any) (*Response, error) {
	cl, err := c.prepare(r)
	if err != nil {
		return nil, err
	}
	limit := r.Limit
	if limit <= 0 {
		limit = DefaultLimit
	}
	var res *Response
	err = c.repeat(ctx, cl, func() error {
		resp, err := c.exchange(ctx, cl)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		res = &Response{Status: resp.StatusCode, Header: resp.Header, RequestID: requestID(resp.Header)}
		if err := decode(resp, res, limit, out); err != nil {
			return c.failBody(cl, resp, err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return res, nil
}

// Stream sends r and returns the answer with its body unread, once the status
// is a success; a failure is decoded like [Client.Do]'s. The caller closes the
// body. Reads end with [ErrIdle] when the other side falls silent.
func (c *Client) Stream(ctx context.Context, r Request) (*http.Response, error) {
	cl, err := c.prepare(r)
	if err != nil {
		return nil, err
	}
	if r.Accept == "" {
		cl.Accept = "*/*"
	}
	var resp *http.Response
	err = c.repeat(ctx, cl, func() error {
		resp, err = c.exchange(ctx, cl) //nolint:bodyclose // the caller's, and none where err is not nil
		return err
	})
	if err != nil {
		return nil, err
	}
	return resp, nil
}

// decode reads a body of at most limit bytes.
func decode(resp *http.Response, res *Response, limit int64, out any) error {
	raw, err := readAll(resp, limit)
	if err != nil {
		return err
	}
	switch out := out.(type) {
	case nil:
		return nil
	case *[]byte:
		*out = raw
		return nil
	case Decoder:
		err = out(res, raw)
	default:
		switch {
		case len(raw) > 0:
			err = json.Unmarshal(raw, out)
		case resp.StatusCode != http.StatusNoContent:
			err = fmt.Errorf("%w: empty", ErrBadBody)
		}
	}
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return nil
	case isHTML(resp.Header, raw):
		return fmt.Errorf("%w: a web page instead of data", ErrBadBody)
	case errors.As(err, &syntax):
		return fmt.Errorf("%w: not valid JSON at byte %d", ErrBadBody, syntax.Offset)
	case errors.Is(err, ErrBadBody):
		return err
	}
	if _, own := out.(Decoder); own {
		return fmt.Errorf("%w: %s", ErrBadBody, plain(err.Error(), maxMessage))
	}
	return fmt.Errorf("%w: %s", errDecode, plain(err.Error(), maxMessage))
}

// errDecode is well-formed JSON of an unexpected shape; asking again gives the same.
var errDecode = errors.New("answer of an unexpected shape")

func (c *Client) fail(cl *call, err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // its text repeats the whole URL
	}
	return &Error{Service: c.name, Op: cl.Op, Method: cl.method(), Err: err}
}

func (c *Client) failBody(cl *call, resp *http.Response, err error) *Error {
	e := c.fail(cl, err)
	e.Status, e.RequestID = resp.StatusCode, requestID(resp.Header)
	// A success that cannot be read was still carried out, or may have been.
	e.Sent, e.Unknown = true, !cl.safe
	return e
}

// userAgentSafe keeps line breaks out of a header.
func userAgentSafe(s string) string { return strings.Join(strings.Fields(s), " ") }
