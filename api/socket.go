package api

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/coder/websocket"
)

// Clock returns the client's clock.
func (c *Client) Clock() Clock { return c.clock }

// Log returns the client's logger, which redacts.
func (c *Client) Log() *slog.Logger { return c.log }

// Socket describes a WebSocket to open.
type Socket struct {
	Op string // names the call in errors and logs
	// Address is what the service told: wss, or ws where the client's base URL
	// is plain http on this machine.
	Address string
	// Query is added to Address. A single-use token may be in it, since that is
	// how such services take it: neither ends up in an error or a log.
	Query url.Values
	// Hosts are allowed besides the client's: exact names, or "*.example.com"
	// for every name below it, by wss only.
	Hosts []string
	Limit int64 // largest message read, in bytes; 0: the library's 32 KiB
	Ping  func()
}

// Socket opens a WebSocket. The service's refusal is an [*Error] with its
// status; an address on a host that is not the account's is
// [ErrHostNotAllowed]. The client's access token is not sent. Ping, if not nil,
// is called when the other side asks whether this one is there, which is
// answered in any case.
func (c *Client) Socket(ctx context.Context, s Socket) (*websocket.Conn, error) {
	cl := &call{Request: Request{Op: s.Op}}
	u, err := c.hosts.socket(s.Address, s.Hosts)
	if err != nil {
		return nil, c.fail(cl, err)
	}
	q := u.Query()
	for name, values := range s.Query {
		q[name] = values
	}
	u.RawQuery = q.Encode()
	opts := &websocket.DialOptions{HTTPClient: c.http, HTTPHeader: http.Header{"User-Agent": {userAgentSafe(c.agent)}}}
	if s.Ping != nil {
		opts.OnPingReceived = func(context.Context, []byte) bool {
			s.Ping()
			return true
		}
	}
	began := c.clock.Now()
	conn, resp, err := websocket.Dial(ctx, u.String(), opts) //nolint:bodyclose // the connection's, or in memory
	status := 0
	if resp != nil {
		status = resp.StatusCode
	}
	c.log.LogAttrs(ctx, slog.LevelDebug, "socket", slog.String("op", s.Op), slog.String("host", u.Host), slog.Int("status", status),
		slog.Duration("took", c.clock.Now().Sub(began)))
	switch {
	case err == nil:
		if s.Limit > 0 {
			conn.SetReadLimit(s.Limit)
		}
		return conn, nil
	case ctx.Err() != nil:
		return nil, c.fail(cl, context.Cause(ctx))
	case isRedirect(status):
		e := c.fail(cl, ErrRedirect)
		e.Status = status
		return nil, e
	case status >= http.StatusBadRequest:
		var body []byte
		if resp.Body != nil {
			body, _ = io.ReadAll(io.LimitReader(resp.Body, maxErrorBody)) // in memory already
		}
		return nil, DecodeError(c.name, s.Op, http.MethodGet, status, resp.Header, bytes.TrimSpace(body))
	}
	return nil, c.fail(cl, err)
}

// socket checks the address of a WebSocket and returns it as http or https.
func (h *hosts) socket(address string, more []string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("address of the socket: %w: not a URL", ErrHostNotAllowed)
	}
	switch strings.ToLower(u.Scheme) {
	case "wss":
		u.Scheme = "https"
	case "ws":
		u.Scheme = "http"
	default:
		return nil, fmt.Errorf("%w: scheme %q of a socket", ErrHostNotAllowed, plain(u.Scheme, 20))
	}
	u.Fragment, u.RawFragment = "", ""
	if _, err := origin(u); err != nil {
		return nil, err
	}
	if h.allows(u) || u.Scheme == "https" && below(u.Hostname(), u.Port(), more) {
		return u, nil
	}
	return nil, fmt.Errorf("%w: %s", ErrHostNotAllowed, plain(u.Host, 120))
}

// below reports whether a host is on a list of names and "*.name" patterns.
// Only the standard port will do where the list names none.
func below(name, port string, list []string) bool {
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	if port == "" {
		port = "443"
	}
	for _, allowed := range list {
		want, wantPort, ok := strings.Cut(strings.ToLower(strings.TrimSpace(allowed)), ":")
		if !ok {
			wantPort = "443"
		}
		if port != wantPort || want == "" {
			continue
		}
		if suffix, ok := strings.CutPrefix(want, "*."); ok {
			// Two labels at least: "*.com" would be everybody.
			if strings.Contains(suffix, ".") && strings.HasSuffix(name, "."+suffix) {
				return true
			}
		} else if name == want {
			return true
		}
	}
	return false
}
