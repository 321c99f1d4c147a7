package api

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

// hosts is the list of origins (scheme, host, port) that may see the token.
type hosts struct {
	base    *url.URL
	allowed map[string]bool
}

// newHosts reads the base URL and further hosts. A bare host takes the base's
// scheme; a full URL may be given too. Plain http is only for this machine.
func newHosts(base string, more []string) (*hosts, error) {
	u, err := url.Parse(strings.TrimSpace(base))
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("base URL %q: want https://host", Redact(base))
	}
	u.RawQuery, u.Fragment = "", ""
	h := &hosts{base: u, allowed: map[string]bool{}}
	o, err := origin(u)
	if err != nil {
		return nil, fmt.Errorf("base URL %q: %w", Redact(base), err)
	}
	h.allowed[o] = true
	for _, m := range more {
		m = strings.TrimSpace(m)
		if m == "" {
			continue
		}
		if !strings.Contains(m, "://") {
			m = u.Scheme + "://" + m
		}
		mu, err := url.Parse(m)
		if err != nil || mu.Host == "" {
			return nil, fmt.Errorf("allowed host %q: want host or host:port", Redact(m))
		}
		o, err := origin(mu)
		if err != nil {
			return nil, fmt.Errorf("allowed host %q: %w", Redact(m), err)
		}
		if u.Scheme == "https" && mu.Scheme != "https" {
			return nil, fmt.Errorf("allowed host %q: %w: plain http beside an https base URL", Redact(m), ErrHostNotAllowed)
		}
		h.allowed[o] = true
	}
	return h, nil
}

// origin writes scheme, host and port in one spelling: lower case, the port
// always there, no trailing dot.
func origin(u *url.URL) (string, error) {
	scheme := strings.ToLower(u.Scheme)
	port := u.Port()
	name := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if name == "" {
		return "", fmt.Errorf("%w: no host", ErrHostNotAllowed)
	}
	if u.User != nil {
		return "", fmt.Errorf("%w: a URL with a user name", ErrHostNotAllowed)
	}
	switch scheme {
	case "https":
		if port == "" {
			port = "443"
		}
	case "http":
		if !loopback(name) {
			return "", fmt.Errorf("%w: plain http is only possible on this machine", ErrHostNotAllowed)
		}
		if port == "" {
			port = "80"
		}
	default:
		return "", fmt.Errorf("%w: scheme %q", ErrHostNotAllowed, scheme)
	}
	return scheme + "://" + net.JoinHostPort(name, port), nil
}

func loopback(name string) bool {
	if name == "localhost" {
		return true
	}
	ip := net.ParseIP(name)
	return ip != nil && ip.IsLoopback()
}

// allows reports whether the token may be sent with a request for u.
func (h *hosts) allows(u *url.URL) bool {
	o, err := origin(u)
	return err == nil && h.allowed[o]
}

// harmless reports whether u may be asked without a token: by https, or where
// the base URL itself is plain http on this machine.
func (h *hosts) harmless(u *url.URL) bool {
	_, err := origin(u)
	return err == nil && (strings.EqualFold(u.Scheme, "https") || h.base.Scheme == "http")
}

// resolve turns a path ("/restapi/…", with or without a query) or an absolute
// URL on an allowed host into the URL to ask. Tokens in a query are dropped:
// they belong into the Authorization header only. anywhere lets other hosts
// pass, by https or as plainly as the base URL.
func (h *hosts) resolve(ref string, query url.Values, anywhere bool) (*url.URL, error) {
	r, err := url.Parse(ref)
	if err != nil {
		return nil, fmt.Errorf("address %q: not a URL", plain(ref, 120))
	}
	var u *url.URL
	switch {
	case r.IsAbs():
		if !h.allows(r) && !(anywhere && h.harmless(r)) {
			return nil, fmt.Errorf("%w: %s", ErrHostNotAllowed, plain(r.Scheme+"://"+r.Host, 120))
		}
		u = r
	case r.Host != "" || !strings.HasPrefix(r.Path, "/"):
		return nil, fmt.Errorf("address %q: want a path that begins with one /", plain(ref, 120))
	default:
		c := *h.base
		c.Path = strings.TrimSuffix(h.base.Path, "/") + r.Path
		c.RawPath = strings.TrimSuffix(h.base.EscapedPath(), "/") + r.EscapedPath()
		c.RawQuery = r.RawQuery
		u = &c
	}
	u.Fragment, u.RawFragment = "", ""
	if len(query) == 0 && !strings.Contains(strings.ToLower(u.RawQuery), "access_token") {
		return u, nil
	}
	q := u.Query()
	for name, values := range query {
		q[name] = values
	}
	q.Del("access_token")
	u.RawQuery = q.Encode()
	return u, nil
}
