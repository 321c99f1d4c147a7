package simulator

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"

	"switchboard/api/simulator/corpus"
	"switchboard/api/simulator/gateway"
)

const csrfCookie = "simulator_consent"

// pending is a sign-in that waits for the person's answer.
type pending struct {
	redirect, state   string
	challenge, method string
	csrf              string
	expires           time.Time
}

// grant is what an authorization code stands for.
type grant struct {
	redirect          string
	challenge, method string
	expires           time.Time
	used              bool
	access            string // issued for it, ended when the code comes again
}

// authorize checks the request and sends the browser on to the consent page.
func (c *call) authorize() *apiError {
	if err := c.r.ParseForm(); err != nil {
		writeOAuthError(c.w, "invalid_request", "OAU-101", "Request cannot be parsed")
		return nil
	}
	f := c.r.Form
	p := &pending{
		redirect: f.Get("redirect_uri"), state: f.Get("state"),
		challenge: f.Get("code_challenge"), method: f.Get("code_challenge_method"),
	}
	uris := c.s.auth.redirects()
	if p.redirect == "" && len(uris) == 1 {
		p.redirect = uris[0]
	}
	if p.challenge != "" && p.method == "" {
		p.method = "plain"
	}
	switch {
	case f.Get("client_id") != clientID:
		writeOAuthError(c.w, "invalid_client", "OAU-153", "Invalid client_id")
	case len(uris) == 0:
		writeOAuthError(c.w, "invalid_request", "OAU-113", "No redirect_uri is registered for the client")
	case !slices.Contains(uris, p.redirect):
		writeOAuthError(c.w, "invalid_request", "OAU-109", "Redirect URIs do not match")
	case f.Get("response_type") != "code":
		writeOAuthError(c.w, "unsupported_response_type", "OAU-102", "Unsupported response_type")
	case p.challenge != "" && p.method != "S256" && p.method != "plain":
		writeOAuthError(c.w, "invalid_request", "OAU-101", "Unsupported code_challenge_method")
	default:
		c.redirect(c.s.platform.url + "/consent?request=" + c.s.auth.keep(p))
	}
	return nil
}

func (c *call) redirect(to string) {
	h := c.w.Header()
	h.Set("Location", to)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", "0")
	c.w.WriteHeader(http.StatusFound)
}

func (a *authority) keep(p *pending) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	for id, old := range a.pending {
		if now.After(old.expires) || len(a.pending) >= maxPending {
			delete(a.pending, id)
		}
	}
	p.csrf, p.expires = randomToken("C"), now.Add(consentLife)
	id := randomToken("R")
	a.pending[id] = p
	return id
}

func (a *authority) waiting(id string, take bool) *pending {
	a.mu.Lock()
	defer a.mu.Unlock()
	p := a.pending[id]
	if p == nil || a.now().After(p.expires) {
		return nil
	}
	if take {
		delete(a.pending, id)
	}
	return p
}

func consentTemplate() *template.Template {
	return template.Must(template.New("consent").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Sign in to the simulated account</title></head>
<body><h1>Simulated account</h1>
<p>{{.Owner}} at {{.Company}}, extension {{.Extension}}. An application wants to read and edit your messages and to place calls for you.</p>
<form method="post" action="/consent">
<input type="hidden" name="request" value="{{.Request}}">
<input type="hidden" name="csrf" value="{{.CSRF}}">
<button name="answer" value="allow">Allow</button>
<button name="answer" value="deny">Deny</button>
</form></body></html>
`))
}

func (c *call) consentPage() *apiError {
	id := c.r.URL.Query().Get("request")
	p := c.s.auth.waiting(id, false)
	if p == nil {
		return consentGone()
	}
	var page bytes.Buffer
	err := consentTemplate().Execute(&page, map[string]string{
		"Owner": corpus.OwnerName, "Company": corpus.OwnerCompany, "Extension": corpus.OwnerExtension,
		"Request": id, "CSRF": p.csrf,
	})
	if err != nil {
		return &apiError{status: http.StatusInternalServerError, code: "CMN-202", message: err.Error()}
	}
	http.SetCookie(c.w, &http.Cookie{
		Name: csrfCookie, Value: p.csrf, Path: "/consent", HttpOnly: true, SameSite: http.SameSiteStrictMode,
		MaxAge: int(consentLife / time.Second),
	})
	h := c.w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	gateway.WriteBytes(c.w, http.StatusOK, "text/html; charset=utf-8", page.Bytes())
	return nil
}

// consent takes the person's answer. The hidden field and the cookie have to
// agree, and a form on another site is refused.
func (c *call) consent() *apiError {
	if http.NewCrossOriginProtection().Check(c.r) != nil {
		return consentRefused()
	}
	if err := c.r.ParseForm(); err != nil {
		return badJSON()
	}
	id, form := c.r.PostForm.Get("request"), c.r.PostForm.Get("csrf")
	p := c.s.auth.waiting(id, false)
	if p == nil {
		return consentGone()
	}
	cookie, err := c.r.Cookie(csrfCookie)
	if err != nil || !same(cookie.Value, p.csrf) || !same(form, p.csrf) {
		return consentRefused()
	}
	if c.s.auth.waiting(id, true) == nil { // answered meanwhile
		return consentGone()
	}
	back, err := url.Parse(p.redirect)
	if err != nil {
		return badParameter("redirect_uri")
	}
	q := back.Query()
	if p.state != "" {
		q.Set("state", p.state)
	}
	if c.r.PostForm.Get("answer") == "allow" {
		q.Set("code", c.s.auth.code(p))
		q.Set("expires_in", strconv.Itoa(int(codeLife/time.Second)))
	} else {
		q.Set("error", "access_denied")
		q.Set("error_description", "The user denied access")
	}
	back.RawQuery = q.Encode()
	c.redirect(back.String())
	return nil
}

func consentGone() *apiError {
	return &apiError{status: http.StatusNotFound, code: "CMN-102", message: "This sign-in has expired or was answered already"}
}

func consentRefused() *apiError {
	return &apiError{status: http.StatusForbidden, code: "CMN-401", message: "The form did not come from the consent page"}
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func (a *authority) code(p *pending) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	for code, g := range a.codes {
		if now.After(g.expires.Add(codeLife)) {
			delete(a.codes, code)
		}
	}
	code := randomToken("CODE")
	a.codes[code] = &grant{redirect: p.redirect, challenge: p.challenge, method: p.method, expires: now.Add(codeLife)}
	return code
}

// verified checks a PKCE verifier (RFC 7636 section 4.6).
func (g *grant) verified(verifier string) bool {
	switch g.method {
	case "":
		return verifier == ""
	case "plain":
		return same(verifier, g.challenge)
	default:
		sum := sha256.Sum256([]byte(verifier))
		return same(base64.RawURLEncoding.EncodeToString(sum[:]), g.challenge)
	}
}

// Approve plays the person at the browser: it opens the authorization URL,
// presses Allow on the consent page and follows the redirect to the waiting
// program. It returns the URL of that redirect.
func (s *Server) Approve(ctx context.Context, authURL string) (string, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return "", fmt.Errorf("approve: %w", err)
	}
	browser := &http.Client{Jar: jar, Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 30 * time.Second, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/consent" {
			return nil
		}
		return http.ErrUseLastResponse
	}}
	page, err := fetch(ctx, browser, http.MethodGet, authURL, nil)
	if err != nil {
		return "", fmt.Errorf("approve: open the sign-in page: %w", err)
	}
	form := url.Values{"answer": {"allow"}}
	for _, m := range regexp.MustCompile(`name="(request|csrf)" value="([^"]*)"`).FindAllStringSubmatch(page.body, -1) {
		form.Set(m[1], m[2])
	}
	if !form.Has("request") {
		return "", fmt.Errorf("approve: no consent page but status %d: %.200s", page.status, page.body)
	}
	done, err := fetch(ctx, browser, http.MethodPost, s.platform.url+"/consent", form)
	if err != nil {
		return "", fmt.Errorf("approve: send the consent: %w", err)
	}
	if done.location == "" {
		return "", fmt.Errorf("approve: no redirect but status %d: %.200s", done.status, done.body)
	}
	if _, err := fetch(ctx, browser, http.MethodGet, done.location, nil); err != nil {
		return done.location, fmt.Errorf("approve: follow the redirect: %w", err)
	}
	return done.location, nil
}

type fetched struct {
	status   int
	body     string
	location string
}

func fetch(ctx context.Context, browser *http.Client, method, to string, form url.Values) (got fetched, err error) {
	r, err := http.NewRequestWithContext(ctx, method, to, bytes.NewBufferString(form.Encode()))
	if err != nil {
		return got, err
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := browser.Do(r)
	if err != nil {
		return got, err
	}
	defer func() { err = errors.Join(err, res.Body.Close()) }()
	b, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	return fetched{status: res.StatusCode, body: string(b), location: res.Header.Get("Location")}, err
}
