package api

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// BrowserLogin is how a person signs in on a web page.
type BrowserLogin struct {
	// Ports are tried in order on this machine; the redirect URI with each of
	// them must be registered for the app.
	Ports []int
	Path  string // "" is /oauth2callback
	// Host is the name in the redirect URI: "" is localhost, as the service
	// documents it; 127.0.0.1 where the app is registered so.
	Host string
	// Open shows url in a browser. nil, or an error: Prompt is asked.
	Open func(url string) error
	// Prompt shows url to the person and returns the address that the browser
	// ended on, for machines without a browser. If the browser comes back by
	// itself first, LoginBrowser returns while Prompt still waits.
	Prompt func(url string) (pasted string, err error)
}

// answer is what came back from the sign-in page.
type answer struct {
	code string
	err  error
}

// LoginBrowser signs in with an authorization code and PKCE: it listens on the
// first free port, opens the sign-in page, waits for the browser to come back,
// or for the person to paste the address, checks the state and redeems the
// code. ctx bounds the wait.
func (a *OAuth) LoginBrowser(ctx context.Context, b BrowserLogin) (Token, error) {
	a.setup()
	if b.Path == "" {
		b.Path = "/oauth2callback"
	}
	if b.Host == "" {
		b.Host = "localhost"
	}
	if len(b.Ports) == 0 {
		return Token{}, fmt.Errorf("%s sign-in: no port for the redirect address", a.Name)
	}
	listeners, port, err := listen(ctx, b.Host, b.Ports)
	if err != nil && b.Prompt == nil {
		return Token{}, fmt.Errorf("%s sign-in: %w", a.Name, err)
	}
	redirect := "http://" + net.JoinHostPort(b.Host, strconv.Itoa(port)) + b.Path
	address, state, verifier := a.AuthCodeURL(redirect)
	answers := make(chan answer, 4)
	if len(listeners) > 0 {
		stop := serve(listeners, b.Path, port, state, answers)
		defer stop()
	}
	var opened error
	if b.Open == nil {
		opened = errors.New("no browser")
	} else if len(listeners) > 0 {
		opened = b.Open(address)
	}
	if opened != nil || len(listeners) == 0 {
		if b.Prompt == nil {
			return Token{}, fmt.Errorf("%s sign-in: opening a browser: %w", a.Name, opened)
		}
		go func() {
			pasted, err := b.Prompt(address)
			if err != nil {
				answers <- answer{err: err}
				return
			}
			code, err := pastedCode(pasted, state)
			answers <- answer{code: code, err: err}
		}()
	}
	select {
	case got := <-answers:
		if got.err != nil {
			return Token{}, fmt.Errorf("%s sign-in: %w", a.Name, got.err)
		}
		return a.Exchange(ctx, got.code, verifier, redirect)
	case <-ctx.Done():
		return Token{}, fmt.Errorf("%s sign-in: %w", a.Name, context.Cause(ctx))
	}
}

// listen takes the first free port, on IPv4 and, because browsers may take
// localhost for ::1, on IPv6 if there is any. Without a free port it returns
// the first one, for the pasted address.
func listen(ctx context.Context, host string, ports []int) ([]net.Listener, int, error) {
	var lc net.ListenConfig
	var failed error
	for _, port := range ports {
		l, err := lc.Listen(ctx, "tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("port %d: %w", port, err))
			continue
		}
		if addr, ok := l.Addr().(*net.TCPAddr); ok {
			port = addr.Port
		}
		all := []net.Listener{l}
		if host == "localhost" {
			if six, err := lc.Listen(ctx, "tcp6", net.JoinHostPort("::1", strconv.Itoa(port))); err == nil {
				all = append(all, six)
			}
		}
		return all, port, nil
	}
	return nil, ports[0], failed
}

// serve answers the browser's return until stop is called.
func serve(listeners []net.Listener, path string, port int, state string, answers chan<- answer) (stop func()) {
	srv := &http.Server{
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second,
		MaxHeaderBytes: 64 << 10,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			status, words, got := callback(r, path, port, state)
			page(w, status, words)
			if got != nil {
				select {
				case answers <- *got:
				default: // a second return changes nothing
				}
			}
		}),
	}
	for _, l := range listeners {
		go func() { _ = srv.Serve(l) }() // ends with ErrServerClosed
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		if srv.Shutdown(ctx) != nil { // lets the page reach the browser
			_ = srv.Close()
		}
	}
}

// callback judges one request to the loopback listener. Whatever is not the
// page we sent the person to is refused without ending the sign-in, so that
// nobody else on this machine can break it.
func callback(r *http.Request, path string, port int, state string) (status int, words string, got *answer) {
	host, p, err := net.SplitHostPort(r.Host)
	if err != nil || p != strconv.Itoa(port) || !loopback(strings.ToLower(host)) {
		return http.StatusForbidden, "This address is not served here.", nil
	}
	if r.URL.Path != path || r.Method != http.MethodGet {
		return http.StatusNotFound, "There is nothing here.", nil
	}
	code, err := codeFrom(r.URL.Query(), state)
	switch {
	case errors.Is(err, errState):
		return http.StatusBadRequest, "This sign-in was not started here. Go back to the program and try again.", nil
	case err != nil:
		return http.StatusOK, "The sign-in was not completed. You can close this window; the program says why.", &answer{err: err}
	}
	return http.StatusOK, "Signed in. You can close this window and go back to the program.", &answer{code: code}
}

func page(w http.ResponseWriter, status int, words string) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Connection", "close")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<!doctype html><meta charset=utf-8><title>Sign-in</title>"+
		"<body style=\"font:1.2em sans-serif;max-width:30em;margin:4em auto\"><p>%s</p></body>\n", words)
}

// errState is an answer that does not belong to our question.
var errState = errors.New("the address does not belong to this sign-in (state differs)")

// codeFrom takes the code out of the redirect's parameters (RFC 6749, 4.1.2).
func codeFrom(q url.Values, state string) (string, error) {
	if subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(state)) != 1 {
		return "", errState
	}
	if code := q.Get("error"); code != "" {
		e := &Error{Op: "authorize", Method: http.MethodGet, Code: plain(code, 64), Message: plain(q.Get("error_description"), maxMessage)}
		if e.Message == "" {
			e.Message = "refused"
		}
		return "", e
	}
	if q.Get("code") == "" {
		return "", errors.New("the address carries no code")
	}
	return q.Get("code"), nil
}

// pastedCode reads what a person pasted: the whole address, or its query.
func pastedCode(pasted, state string) (string, error) {
	pasted = strings.TrimSpace(pasted)
	if len(pasted) > 16<<10 {
		return "", errors.New("the pasted text is too long for an address")
	}
	query := strings.TrimPrefix(pasted, "?")
	if _, after, ok := strings.Cut(pasted, "?"); ok {
		query = after
	}
	query, _, _ = strings.Cut(query, "#")
	q, err := url.ParseQuery(query)
	if err != nil || q.Get("state") == "" {
		return "", errors.New("the pasted text is not the address that the browser ended on (…?code=…&state=…)")
	}
	return codeFrom(q, state)
}
