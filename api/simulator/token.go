package simulator

import (
	"mime"
	"net/http"
	"strconv"
	"time"
)

const (
	grantCode    = "authorization_code"
	grantRefresh = "refresh_token"
	grantJWT     = "urn:ietf:params:oauth:grant-type:jwt-bearer"
)

// oauthRefusal is one of RFC 6749's errors with the service's code.
type oauthRefusal struct{ name, code, message string }

func invalidGrant(message string) *oauthRefusal {
	return &oauthRefusal{"invalid_grant", "OAU-213", message}
}

// token is the token endpoint.
func (c *call) token() *apiError {
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return unsupportedType()
	}
	if err := c.r.ParseForm(); err != nil {
		writeOAuthError(c.w, "invalid_request", "OAU-101", "Request cannot be parsed")
		return nil
	}
	got, refused := c.grant()
	if refused != nil {
		writeOAuthError(c.w, refused.name, refused.code, refused.message)
		return nil
	}
	c.w.Header().Set("Cache-Control", "no-store")
	writeJSON(c.w, http.StatusOK, got)
	return nil
}

// client authenticates the application. A public one only names itself.
func (c *call) client() (public bool, refused *oauthRefusal) {
	id, secret, basic := c.r.BasicAuth()
	if !basic {
		id = c.r.PostForm.Get("client_id")
	}
	switch {
	case id == "":
		return false, &oauthRefusal{"invalid_client", "OAU-153", "No client authentication info found"}
	case !same(id, clientID), basic && !same(secret, clientSecret):
		return false, &oauthRefusal{"invalid_client", "OAU-153", "Invalid client credentials"}
	default:
		return !basic, nil
	}
}

func (c *call) grant() (tokenAnswer, *oauthRefusal) {
	public, refused := c.client()
	if refused != nil {
		return tokenAnswer{}, refused
	}
	ttl, refreshTTL, refused := c.lifetimes()
	if refused != nil {
		return tokenAnswer{}, refused
	}
	f, a := c.r.PostForm, c.s.auth
	a.mu.Lock()
	defer a.mu.Unlock()
	switch f.Get("grant_type") {
	case grantJWT:
		if public {
			return tokenAnswer{}, &oauthRefusal{"invalid_client", "OAU-153", "Client authentication is required"}
		}
		if !same(f.Get("assertion"), a.jwt) {
			return tokenAnswer{}, invalidGrant("Invalid JWT assertion")
		}
		return a.open(false, f.Get("endpoint_id"), ttl, refreshTTL), nil
	case grantRefresh:
		got, ok := a.refresh(f.Get("refresh_token"), public, ttl, refreshTTL)
		if !ok {
			return got, invalidGrant("Token not found")
		}
		return got, nil
	case grantCode:
		g, refused := a.redeem(f.Get("code"), f.Get("redirect_uri"), f.Get("code_verifier"), public)
		if refused != nil {
			return tokenAnswer{}, refused
		}
		got := a.open(public, f.Get("endpoint_id"), ttl, refreshTTL)
		g.access = got.AccessToken
		return got, nil
	case "":
		return tokenAnswer{}, &oauthRefusal{"invalid_request", "OAU-101", "Parameter [grant_type] is missing"}
	default:
		return tokenAnswer{}, &oauthRefusal{"unsupported_grant_type", "OAU-250", "Unsupported grant type"}
	}
}

// redeem checks a code and marks it used. A second use also ends the session
// the first one opened (RFC 6749 section 4.1.2).
func (a *authority) redeem(code, redirect, verifier string, public bool) (*grant, *oauthRefusal) {
	g := a.codes[code]
	switch {
	case g == nil || !a.now().Before(g.expires):
		return nil, invalidGrant("Authorization code is invalid or expired")
	case g.used:
		for i, s := range a.sessions {
			if s.access == g.access {
				a.sessions = append(a.sessions[:i:i], a.sessions[i+1:]...)
				break
			}
		}
		return nil, invalidGrant("Authorization code was used already")
	case redirect != g.redirect:
		return nil, &oauthRefusal{"invalid_grant", "OAU-109", "Redirect URIs do not match"}
	case public && g.challenge == "":
		return nil, &oauthRefusal{"unauthorized_client", "OAU-153", "A public client must use PKCE"}
	}
	g.used = true // even by a wrong verifier: whoever stole the code gets one try at most
	if !g.verified(verifier) {
		return nil, invalidGrant("Code verifier does not match")
	}
	return g, nil
}

// lifetimes reads the two knobs; nobody gets more than the configured life.
func (c *call) lifetimes() (access, refresh time.Duration, refused *oauthRefusal) {
	read := func(name string, least, most, missing time.Duration) time.Duration {
		s := c.r.PostForm.Get(name)
		if s == "" {
			return missing
		}
		n, err := strconv.Atoi(s)
		d := time.Duration(n) * time.Second
		if err != nil || d < least || d > most {
			refused = &oauthRefusal{"invalid_request", "OAU-101", "Parameter [" + name + "] is invalid"}
		}
		return d
	}
	access = min(read("access_token_ttl", 10*time.Minute, time.Hour, time.Hour), c.s.auth.ttl)
	refresh = read("refresh_token_ttl", time.Second, 30*24*time.Hour, refreshLife)
	return access, refresh, refused
}

// revoke ends the whole session of the token. An unknown one is no error
// (RFC 7009 section 2.2).
func (c *call) revoke() *apiError {
	if err := c.r.ParseForm(); err != nil {
		writeOAuthError(c.w, "invalid_request", "OAU-101", "Request cannot be parsed")
		return nil
	}
	token := c.r.Form.Get("token")
	if token == "" {
		writeOAuthError(c.w, "invalid_request", "OAU-101", "Parameter [token] is missing")
		return nil
	}
	if _, _, basic := c.r.BasicAuth(); basic {
		if _, refused := c.client(); refused != nil {
			writeOAuthError(c.w, refused.name, refused.code, refused.message)
			return nil
		}
	}
	c.s.auth.end(token)
	c.w.Header().Set("Content-Length", "0")
	c.w.WriteHeader(http.StatusOK)
	return nil
}
