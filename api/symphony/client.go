package symphony

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"switchboard/api"
)

const service = "Symphony"

// The rate groups: one a server, so that a pod that is throttled leaves the agent alone.
// The service documents no figures per user, only that any call may be throttled.
const (
	PodGroup   api.Group = "Symphony pod"
	AgentGroup api.Group = "Symphony agent"
)

// How the id of a file goes into a request ([Config].EncodeFileID).
const (
	// EncodeOpaque takes the id as opaque text and encodes it whole: what came as
	// "a%2Fb" goes out as "a%252Fb", as today's official libraries send it.
	EncodeOpaque = "opaque"
	// EncodeOnce takes the id for one that is encoded already: it goes out as it came.
	EncodeOnce = "once"
)

const (
	// contentIdle is the longest silence of a download: an agent fetches a file from the
	// pod and decrypts it before it sends the first byte.
	contentIdle = time.Minute
	// feedIdle is the longest silence of a datafeed's read, which agents hold for 30 s.
	feedIdle = 90 * time.Second
)

// Config describes an account's servers and how to sign in.
type Config struct {
	// The servers' addresses, "https://acme.symphony.com": the paths /pod, /login, /agent
	// and /relay are added here, and one that ends in its own (…/agent) is understood.
	// Plain http is for this machine only. KeyManagerURL may be "": then the pod's
	// address is tried if the account needs one.
	PodURL, AgentURL, KeyManagerURL string

	Username string
	Key      crypto.Signer // an RSA key ([ParseKey]); nil with Certificate
	// Certificate signs in the older way. Its subject's common name is the account's.
	Certificate *tls.Certificate
	// Where certificates are taken: "" is the host of PodURL and of KeyManagerURL, port 8444.
	SessionAuthURL, KeyAuthURL string

	// Store keeps tokens between runs, since each sign-in is an event at the pod; nil
	// keeps them in memory. [api.Token].Access is the session's, Refresh the key manager's.
	Store   api.TokenStore
	Account string // the key in Store

	// EncodeFileID is [EncodeOpaque], [EncodeOnce], or "", which begins with the first.
	// Where the agent does not find a file the other one is tried, and what helped is
	// remembered.
	EncodeFileID string

	UserAgent string
	// Transport carries everything; nil is [api.NewTransport]. A sign-in by certificate
	// uses a copy of it if it is an [*http.Transport], else one of its own.
	Transport http.RoundTripper
	Log       *slog.Logger
	Clock     api.Clock
	Retry     api.Retry
}

// String keeps the key out of %v.
func (c Config) String() string { return "symphony.Config(" + c.Username + " at " + c.PodURL + ")" }

// GoString keeps the key out of %#v.
func (c Config) GoString() string { return c.String() }

// Client makes Symphony calls for one account. Safe for concurrent use.
type Client struct {
	pod, agent *api.Client
	anyone     *api.Client // the agent, without a token
	session    *session
	once       atomic.Bool // ids of files go out as they came
	rooms      roomCache
}

// New checks cfg and returns a client. It sends nothing.
func New(cfg Config) (*Client, error) {
	c := &Client{}
	switch cfg.EncodeFileID {
	case "", EncodeOpaque:
	case EncodeOnce:
		c.once.Store(true)
	default:
		return nil, fmt.Errorf("%s: the ids of files are sent %q or %q, not %.40q", service, EncodeOpaque, EncodeOnce, cfg.EncodeFileID)
	}
	if cfg.Clock == nil {
		cfg.Clock = api.SystemClock{}
	}
	if cfg.Transport == nil {
		cfg.Transport = api.NewTransport()
	}
	budget := api.NewBudget(cfg.Clock)
	var err error
	if c.session, err = newSession(cfg, budget); err != nil {
		return nil, err
	}
	if c.pod, err = newServer(cfg, budget, "pod", cfg.PodURL, podToken{c.session}, signPod, "/pod", "/login"); err != nil {
		return nil, err
	}
	if c.agent, err = newServer(cfg, budget, "agent", cfg.AgentURL, agentToken{c.session}, signAgent, "/agent"); err != nil {
		return nil, err
	}
	if c.anyone, err = newServer(cfg, budget, "agent", cfg.AgentURL, nil, signPod, "/agent"); err != nil {
		return nil, err
	}
	c.session.version = c.agentVersion
	return c, nil
}

// newServer makes the client of one server. paths are what addresses of it may end in.
func newServer(cfg Config, budget *api.Budget, what, address string, auth api.Authorizer, sign func(http.Header, string), paths ...string) (*api.Client, error) {
	if strings.TrimSpace(address) == "" {
		return nil, fmt.Errorf("%s: the %s's address is missing: want https://host", service, what)
	}
	c, err := api.New(api.Config{
		Name: service, BaseURL: bare(address, paths...), UserAgent: cfg.UserAgent, Transport: cfg.Transport, Auth: auth, Budget: budget,
		Log: cfg.Log, Clock: cfg.Clock, Retry: cfg.Retry,
		Sign: sign, NoRedirect: true, Throttled: throttled, Stale: func(*api.Error) bool { return true },
	})
	if err != nil {
		return nil, fmt.Errorf("the %s's address: %w", what, err)
	}
	return c, nil
}

// bare cuts the path of a server's own off its address.
func bare(address string, paths ...string) string {
	address = strings.TrimRight(strings.TrimSpace(address), "/")
	for _, p := range paths {
		if cut, ok := strings.CutSuffix(address, p); ok {
			return cut
		}
	}
	return address
}

// throttled tells the answers of agents that hide the pod's 429 behind a 400.
func throttled(status int, h http.Header) bool {
	return status == http.StatusBadRequest && h.Get("Retry-After") != ""
}

// signPod puts the session's token, all that a pod needs, into a request.
func signPod(h http.Header, token string) {
	h.Set("X-Trace-Id", traceID())
	if s, _ := split(token); s != "" {
		h.Set("sessionToken", s)
	}
}

// signAgent adds the key manager's token, if there is one.
func signAgent(h http.Header, token string) {
	signPod(h, token)
	if _, k := split(token); k != "" {
		h.Set("keyManagerToken", k)
	}
}

// traceID is six random letters and digits, as the service asks for with every request.
func traceID() string { return rand.Text()[:6] }

// Close drops idle connections. Requests under way are not touched.
func (c *Client) Close() {
	c.pod.Close()
	c.agent.Close()
	c.session.close()
}

// PodURL returns the pod's address, without a path: it names the account's company.
func (c *Client) PodURL() string { return c.pod.BaseURL() }

// AgentURL returns the agent's address, without a path.
func (c *Client) AgentURL() string { return c.agent.BaseURL() }

// Budget returns the account's rate budget.
func (c *Client) Budget() *api.Budget { return c.pod.Budget() }

// SignIn makes a new session, even after the key was refused a moment ago. Calls do that by
// themselves; it is for a person who signs in, and wants to know.
func (c *Client) SignIn(ctx context.Context) error {
	_, err := c.session.renew(ctx, "", true)
	return err
}

// SignOut ends the session, where the service offers that (certificates only), and removes
// the tokens from the store in any case.
func (c *Client) SignOut(ctx context.Context) error { return c.session.end(ctx) }

// Do sends a request to any path under /pod, /login or /agent, or to an absolute address of
// the pod or the agent, with the account's tokens and budget. See [api.Client.Do].
func (c *Client) Do(ctx context.Context, r api.Request, out any) (*api.Response, error) {
	path := r.Path
	if u, err := url.Parse(r.Path); err == nil && u.IsAbs() {
		rest, ok := under(r.Path, c.agent.BaseURL())
		if !ok {
			rest, ok = under(r.Path, c.pod.BaseURL())
		}
		if !ok {
			return nil, wrong(r.Op, fmt.Errorf("%w: want the pod's or the agent's", api.ErrHostNotAllowed))
		}
		path = rest
	}
	r.Path = path
	switch first, _, _ := strings.Cut(strings.TrimPrefix(path, "/")+"/", "/"); first {
	case "agent":
		return c.ask(ctx, c.agent, AgentGroup, r, out)
	case "pod", "login":
		return c.ask(ctx, c.pod, PodGroup, r, out)
	}
	return nil, wrong(r.Op, fmt.Errorf("the path %.60q is of no server of the account: want /agent/…, /pod/… or /login/…", path))
}

// under cuts base off an address below it.
func under(address, base string) (string, bool) {
	if len(address) <= len(base) || !strings.EqualFold(address[:len(base)], base) || address[len(base)] != '/' {
		return "", false
	}
	return address[len(base):], true
}

// ask sends a request in its server's group.
func (c *Client) ask(ctx context.Context, to *api.Client, g api.Group, r api.Request, out any) (*api.Response, error) {
	if r.Group == "" {
		r.Group = g
	}
	return to.Do(ctx, r, out)
}

// errEmpty is an answer without the body it needs.
var errEmpty = errors.New("empty")

// reads is an [api.Decoder] that reads a body leniently into out; 204 leaves out as it is.
func reads(out any) api.Decoder {
	return func(res *api.Response, raw []byte) error {
		switch {
		case res.Status == http.StatusNoContent:
			return nil
		case len(raw) == 0:
			return errEmpty
		}
		return decode(raw, out)
	}
}

// lists is an [api.Decoder] for an array; 204 is an empty one.
func lists[T any](out *[]T) api.Decoder {
	return func(res *api.Response, raw []byte) (err error) {
		*out = nil
		if res.Status == http.StatusNoContent || len(raw) == 0 {
			return nil
		}
		*out, err = decodeList[T](raw)
		return err
	}
}

// agentVersion asks the agent for its version, without a token. Calls that hold a place in
// the rate budget wait for it, so it takes none.
func (c *Client) agentVersion(ctx context.Context) (string, error) {
	info, err := c.agentInfo(ctx, api.NoThrottling)
	return info.Version, err
}

// rsaOnly refuses keys of other kinds before anything is sent.
func rsaOnly(key crypto.Signer) error {
	if _, ok := key.Public().(*rsa.PublicKey); !ok {
		return fmt.Errorf("%s: the key is not an RSA key, and Symphony takes no other", service)
	}
	return nil
}
