package simulator

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

const redirect = "http://localhost:53682/oauth2callback"

func (p *person) authorize(pairs ...string) answer {
	p.t.Helper()
	v := url.Values{"response_type": {"code"}, "client_id": {clientID}, "redirect_uri": {redirect}, "state": {"st"}}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return p.get("/restapi/oauth/authorize?" + v.Encode())
}

// consented goes through the page as a browser would and returns the
// parameters of the way back.
func (p *person) consented(choice string, pairs ...string) url.Values {
	p.t.Helper()
	a := p.authorize(pairs...)
	if a.status != http.StatusFound {
		p.t.Fatalf("authorize: %d %s", a.status, a.body)
	}
	page := p.get(a.header.Get("Location"))
	cookie, _, _ := strings.Cut(page.header.Get("Set-Cookie"), ";")
	form := hidden(string(page.body))
	form.Set("answer", choice)
	back := p.do("POST", "/consent", form.Encode(), "Content-Type: application/x-www-form-urlencoded", "Cookie: "+cookie)
	to, err := url.Parse(back.header.Get("Location"))
	if err != nil || !strings.HasPrefix(to.String(), redirect) {
		p.t.Fatalf("consent: %d, back to %q", back.status, to)
	}
	return to.Query()
}

func hidden(page string) url.Values {
	v := url.Values{}
	for _, name := range []string{"request", "csrf"} {
		_, rest, _ := strings.Cut(page, `name="`+name+`" value="`)
		value, _, _ := strings.Cut(rest, `"`)
		v.Set(name, value)
	}
	return v
}

func (p *person) redeem(code string, pairs ...string) answer {
	p.t.Helper()
	return p.form("/restapi/oauth/token", false, append([]string{
		"grant_type", grantCode, "code", code, "redirect_uri", redirect, "client_id", clientID,
	}, pairs...)...)
}

func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func TestCodeFlow(t *testing.T) {
	p := start(t, Config{Messages: 5})
	const verifier = "a-verifier-of-sufficient-length-0123456789"
	s256 := []string{"code_challenge", challenge(verifier), "code_challenge_method", "S256"}
	back := p.consented("allow", s256...)
	if back.Get("state") != "st" || back.Get("expires_in") != "60" || back.Get("code") == "" {
		t.Fatalf("way back: %v", back)
	}
	a := p.redeem(back.Get("code"), "code_verifier", verifier)
	got := decode[tokenAnswer](t, a)
	if a.status != 200 || got.TokenType != "bearer" || got.ExpiresIn != 3600 || got.OwnerID != extensionID {
		t.Fatalf("token: %d %s", a.status, a.body)
	}
	p.token = got.AccessToken
	if a := p.get(ext); a.status != 200 {
		t.Errorf("with the token: %d", a.status)
	}
	if a := p.redeem(back.Get("code"), "code_verifier", verifier); a.status != 400 {
		t.Errorf("the code again: %d, want 400", a.status)
	}
	if a := p.get(ext); a.status != 401 {
		t.Errorf("after the code came twice: %d, want 401", a.status)
	}
	if got := p.consented("deny", s256...); got.Get("error") != "access_denied" || got.Has("code") {
		t.Errorf("denied: %v", got)
	}
}

func TestCodeRefusals(t *testing.T) {
	const verifier = "plain-verifier-0123456789-0123456789-0123456789"
	plain := []string{"code_challenge", verifier}
	for _, tc := range []struct {
		name      string
		authorize []string
		wait      time.Duration
		redeem    []string
		status    int
	}{
		{"plain", plain, 0, []string{"code_verifier", verifier}, 200},
		{"wrong verifier", plain, 0, []string{"code_verifier", "other"}, 400},
		{"no verifier", plain, 0, nil, 400},
		{"in time", plain, 59 * time.Second, []string{"code_verifier", verifier}, 200},
		{"too late", plain, 60 * time.Second, []string{"code_verifier", verifier}, 400},
		{"public without PKCE", nil, 0, nil, 400},
		{"other redirect", plain, 0, []string{"code_verifier", verifier, "redirect_uri", "http://localhost:5000/oauth2callback"}, 400},
		{"unknown code", plain, 0, []string{"code_verifier", verifier, "code", "x"}, 400},
		{"other client", plain, 0, []string{"code_verifier", verifier, "client_id", "x"}, 400},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := start(t, Config{})
			code := p.consented("allow", tc.authorize...).Get("code")
			p.clock.Add(tc.wait)
			if a := p.redeem(code, tc.redeem...); a.status != tc.status {
				t.Errorf("%d %s, want %d", a.status, a.body, tc.status)
			}
		})
	}
}

func TestAuthorizeRefusals(t *testing.T) {
	p := start(t, Config{})
	for _, tc := range []struct {
		name, key, value, want, code string
	}{
		{"client", "client_id", "x", "invalid_client", "OAU-153"},
		{"redirect", "redirect_uri", redirect + "/", "invalid_request", "OAU-109"},
		{"type", "response_type", "token", "unsupported_response_type", "OAU-102"},
	} {
		a := p.authorize(tc.key, tc.value)
		e := decode[oauthError](t, a)
		if a.status != 400 || e.Code != tc.want || e.Errors[0].Code != tc.code || e.Description == "" {
			t.Errorf("%s: %d %s", tc.name, a.status, a.body)
		}
	}
	if a := p.authorize("code_challenge", "x", "code_challenge_method", "S1"); a.status != 400 {
		t.Errorf("method S1: %d", a.status)
	}
	none := start(t, Config{RedirectURIs: []string{}})
	if a := none.authorize(); decode[oauthError](t, a).Errors[0].Code != "OAU-113" {
		t.Errorf("none registered: %s", a.body)
	}
}

// TestConsentNeedsItsPage: a form that did not come from the page gets nothing.
func TestConsentNeedsItsPage(t *testing.T) {
	p := start(t, Config{})
	page := p.get(p.authorize().header.Get("Location"))
	cookie, _, _ := strings.Cut(page.header.Get("Set-Cookie"), ";")
	good := hidden(string(page.body))
	good.Set("answer", "allow")
	bad := url.Values{"request": good["request"], "csrf": {"x"}, "answer": {"allow"}}
	const kind = "Content-Type: application/x-www-form-urlencoded"
	for name, a := range map[string]answer{
		"no cookie":  p.do("POST", "/consent", good.Encode(), kind),
		"no csrf":    p.do("POST", "/consent", bad.Encode(), kind, "Cookie: "+cookie),
		"other site": p.do("POST", "/consent", good.Encode(), kind, "Cookie: "+cookie, "Sec-Fetch-Site: cross-site"),
		"get":        p.do("GET", "/consent?"+good.Encode()+"x", "", "Cookie: "+cookie),
	} {
		if a.header.Get("Location") != "" {
			t.Errorf("%s: %d, on to %s", name, a.status, a.header.Get("Location"))
		}
	}
	if a := p.do("POST", "/consent", good.Encode(), kind, "Cookie: "+cookie); a.status != 302 {
		t.Errorf("the real form: %d %s", a.status, a.body)
	}
	if a := p.do("POST", "/consent", good.Encode(), kind, "Cookie: "+cookie); a.status != 404 {
		t.Errorf("the same form again: %d, want 404", a.status)
	}
}

func TestApprove(t *testing.T) {
	p := start(t, Config{})
	got := make(chan url.Values, 1)
	lis, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got <- r.URL.Query()
	})}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(lis) }()
	t.Cleanup(func() { _ = srv.Close(); <-done })
	cb := "http://" + lis.Addr().String() + "/cb"
	p.s.RegisterRedirect(cb)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	to := p.d.BaseURL + "/restapi/oauth/authorize?response_type=code&client_id=" + clientID + "&redirect_uri=" + url.QueryEscape(cb)
	if _, err := p.s.Approve(ctx, to); err != nil {
		t.Fatal(err)
	}
	if q := <-got; q.Get("code") == "" {
		t.Errorf("redirect with %v", q)
	}
	if _, err := p.s.Approve(ctx, p.d.BaseURL+"/restapi/oauth/authorize"); err == nil {
		t.Error("approved a request without parameters")
	}
}

func TestTokenRefusals(t *testing.T) {
	p := start(t, Config{})
	for _, tc := range []struct {
		name  string
		basic bool
		pairs []string
		want  string
	}{
		{"password is gone", true, []string{"grant_type", "password"}, "unsupported_grant_type"},
		{"no grant type", true, nil, "invalid_request"},
		{"JWT without secret", false, []string{"grant_type", grantJWT, "assertion", p.d.JWT, "client_id", clientID}, "invalid_client"},
		{"wrong JWT", true, []string{"grant_type", grantJWT, "assertion", p.d.JWT + "x"}, "invalid_grant"},
		{"no client", false, []string{"grant_type", grantRefresh}, "invalid_client"},
		{"unknown refresh token", true, []string{"grant_type", grantRefresh, "refresh_token", "x"}, "invalid_grant"},
		{"life too short", true, []string{"grant_type", grantJWT, "assertion", p.d.JWT, "access_token_ttl", "5"}, "invalid_request"},
	} {
		a := p.form("/restapi/oauth/token", tc.basic, tc.pairs...)
		if e := decode[oauthError](t, a); a.status != 400 || e.Code != tc.want || len(e.Errors) != 1 {
			t.Errorf("%s: %d %s, want %s", tc.name, a.status, a.body, tc.want)
		}
	}
	if a := p.do("POST", "/restapi/oauth/token", `{}`); a.status != 415 {
		t.Errorf("JSON: %d, want 415", a.status)
	}
}

// TestRotation follows the documented life of a pair of tokens.
func TestRotation(t *testing.T) {
	p := start(t, Config{})
	first := p.signIn()
	refresh := func(token string) (answer, tokenAnswer) {
		a := p.form("/restapi/oauth/token", true, "grant_type", grantRefresh, "refresh_token", token)
		return a, decode[tokenAnswer](t, a)
	}
	with := func(token string) answer {
		return p.get(ext, "Authorization: Bearer "+token)
	}
	_, second := refresh(first.RefreshToken)
	if a := with(first.AccessToken); a.status != 401 || a.code() != "OAU-129" {
		t.Errorf("the old access token at once: %d %s, want OAU-129", a.status, a.code())
	}
	p.clock.Add(59 * time.Minute)
	if _, again := refresh(first.RefreshToken); again.AccessToken != second.AccessToken || again.RefreshToken != second.RefreshToken {
		t.Error("the old refresh token, new pair unused: not the same pair")
	}
	if a := with(first.AccessToken); a.code() != "OAU-213" {
		t.Errorf("the old access token later: %s, want OAU-213", a.code())
	}
	if a := with(second.AccessToken); a.status != 200 {
		t.Errorf("the new access token: %d", a.status)
	}
	p.clock.Add(9 * time.Second)
	if a, _ := refresh(first.RefreshToken); a.status != 200 {
		t.Errorf("9 s after the first use: %d, want 200", a.status)
	}
	p.clock.Add(time.Second)
	if a, _ := refresh(first.RefreshToken); a.status != 400 {
		t.Errorf("10 s after the first use: %d, want 400", a.status)
	}
	_, third := refresh(second.RefreshToken)
	p.clock.Add(time.Hour)
	if a, _ := refresh(second.RefreshToken); a.status != 400 {
		t.Errorf("an hour later, never used: %d, want 400", a.status)
	}
	if a := with(third.AccessToken); a.code() != "OAU-128" {
		t.Errorf("after its hour: %s, want OAU-128", a.code())
	}
	p.clock.Add(7 * 24 * time.Hour)
	if a, _ := refresh(third.RefreshToken); a.status != 400 {
		t.Errorf("a refresh token after its week: %d, want 400", a.status)
	}
}

func TestPublicRefresh(t *testing.T) {
	p := start(t, Config{})
	code := p.consented("allow", "code_challenge", "v").Get("code")
	public := decode[tokenAnswer](t, p.redeem(code, "code_verifier", "v"))
	private := p.signIn()
	for _, tc := range []struct {
		name, token string
		status      int
	}{{"public", public.RefreshToken, 200}, {"private", private.RefreshToken, 400}} {
		a := p.form("/restapi/oauth/token", false, "grant_type", grantRefresh, "refresh_token", tc.token, "client_id", clientID)
		if a.status != tc.status {
			t.Errorf("%s session refreshed without a secret: %d, want %d", tc.name, a.status, tc.status)
		}
	}
}

func TestRevoke(t *testing.T) {
	p := start(t, Config{})
	for _, by := range []string{"access", "refresh"} {
		pair := p.signIn()
		token := map[string]string{"access": pair.AccessToken, "refresh": pair.RefreshToken}[by]
		if a := p.form("/restapi/oauth/revoke", true, "token", token); a.status != 200 {
			t.Errorf("revoke by %s: %d %s", by, a.status, a.body)
		}
		if a := p.get(ext, "Authorization: Bearer "+pair.AccessToken); a.code() != "OAU-213" {
			t.Errorf("access after revoke by %s: %s", by, a.code())
		}
		if a := p.form("/restapi/oauth/token", true, "grant_type", grantRefresh, "refresh_token", pair.RefreshToken); a.status != 400 {
			t.Errorf("refresh after revoke by %s: %d", by, a.status)
		}
	}
	if a := p.form("/restapi/oauth/revoke", false, "token", "unknown"); a.status != 200 {
		t.Errorf("revoke of an unknown token: %d, want 200", a.status)
	}
}

func TestBearer(t *testing.T) {
	p := start(t, Config{Messages: 1, TokenTTL: 15 * time.Minute})
	for _, tc := range []struct{ name, header, code string }{
		{"none", "", "AGW-402"},
		{"basic", "Basic eDp5", "OAU-151"},
		{"unknown", "Bearer x", "OAU-213"},
		{"the JWT itself", "Bearer " + p.d.JWT, "OAU-213"},
	} {
		p.token = ""
		headers := []string{}
		if tc.header != "" {
			headers = append(headers, "Authorization: "+tc.header)
		}
		if a := p.get(ext, headers...); a.status != 401 || a.code() != tc.code || a.header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: %d %s, want 401 %s", tc.name, a.status, a.code(), tc.code)
		}
	}
	pair := p.signIn()
	if pair.ExpiresIn != 900 {
		t.Errorf("expires in %d s, want 900", pair.ExpiresIn)
	}
	if a := p.get(ext + "?access_token=" + pair.AccessToken); a.status != 401 {
		t.Errorf("token in the query of the platform host: %d, want 401", a.status)
	}
	if a := p.get(p.d.MediaURL + "/big/10?access_token=" + pair.AccessToken); a.status != 200 {
		t.Errorf("token in the query of the media host: %d, want 200", a.status)
	}
	for _, r := range p.s.Requests() {
		if strings.Contains(r.Path, pair.AccessToken) {
			t.Errorf("a token is in the log: %s", r.Path)
		}
	}
	p.token = pair.AccessToken
	p.control("/expire-tokens", "{}")
	if a := p.get(ext); a.code() != "OAU-128" {
		t.Errorf("expired by control: %s", a.code())
	}
	if a := p.form("/restapi/oauth/token", true, "grant_type", grantRefresh, "refresh_token", pair.RefreshToken); a.status != 200 {
		t.Errorf("refresh of an expired token: %d", a.status)
	}
	p.control("/revoke-tokens", "{}")
	if a := p.form("/restapi/oauth/token", true, "grant_type", grantRefresh, "refresh_token", pair.RefreshToken); a.status != 400 {
		t.Errorf("refresh after revoke-tokens: %d", a.status)
	}
}
