package api

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// freePort returns a port that was free a moment ago.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func visit(t *testing.T, address string) (int, string) {
	t.Helper()
	tr := &http.Transport{DisableKeepAlives: true}
	resp, err := (&http.Client{Transport: tr}).Get(address)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer resp.Body.Close()
	return resp.StatusCode, body(t, resp.Body)
}

func TestLoginBrowser(t *testing.T) {
	busy, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	ports := []int{busy.Addr().(*net.TCPAddr).Port, freePort(t)}
	p := &provider{}
	a, store, _ := oauthFor(t, p)
	done := make(chan struct{})
	tok, err := a.LoginBrowser(t.Context(), BrowserLogin{Ports: ports, Open: func(address string) error {
		u, err := url.Parse(address)
		if err != nil {
			return err
		}
		q := u.Query()
		if u.Path != authorizePath || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("client_id") != "app" {
			t.Errorf("address %s", address)
		}
		p.challenge, p.redirect = q.Get("code_challenge"), q.Get("redirect_uri")
		if want := fmt.Sprintf("http://localhost:%d/oauth2callback", ports[1]); p.redirect != want {
			t.Errorf("redirect %s, want %s", p.redirect, want)
		}
		go func() {
			defer close(done)
			back := func(v url.Values) string { return p.redirect + "?" + v.Encode() }
			good := url.Values{"code": {"code-1"}, "state": {q.Get("state")}}
			forged := maps.Clone(good)
			forged.Set("state", "guess")
			if code, _ := visit(t, back(forged)); code != http.StatusBadRequest {
				t.Errorf("forged state: %d", code)
			}
			if code, _ := visit(t, strings.Replace(back(good), "oauth2callback", "other", 1)); code != http.StatusNotFound {
				t.Errorf("other path: %d", code)
			}
			if code, page := visit(t, back(good)); code != 200 || !strings.Contains(page, "close this window") || strings.Contains(page, "code-1") {
				t.Errorf("page: %d %s", code, page)
			}
		}()
		return nil
	}})
	<-done
	if err != nil || tok.Access != "access-1" || store.m["me"].Refresh != "refresh-1" {
		t.Errorf("%v %v", tok, err)
	}
}

func TestLoginRefusedByThePerson(t *testing.T) {
	a, _, _ := oauthFor(t, &provider{})
	done := make(chan struct{})
	_, err := a.LoginBrowser(t.Context(), BrowserLogin{Ports: []int{freePort(t)}, Open: func(address string) error {
		u, _ := url.Parse(address)
		go func() {
			defer close(done)
			visit(t, u.Query().Get("redirect_uri")+"?error=access_denied&error_description=no+thanks&state="+u.Query().Get("state"))
		}()
		return nil
	}})
	<-done
	var e *Error
	if !errors.As(err, &e) || e.Code != "access_denied" || !strings.Contains(err.Error(), "no thanks") {
		t.Error(err)
	}
}

func TestLoginByPasting(t *testing.T) {
	tests := []struct {
		name  string
		paste func(redirect, state string) string
		ok    bool
	}{
		{"address", func(r, s string) string { return "  " + r + "?code=code-1&state=" + s + "#x \n" }, true},
		{"query", func(_, s string) string { return "?state=" + s + "&code=code-1" }, true},
		{"other state", func(r, _ string) string { return r + "?code=code-1&state=x" }, false},
		{"bare code", func(string, string) string { return "code-1" }, false},
		{"no code", func(r, s string) string { return r + "?state=" + s }, false},
		{"endless", func(string, string) string { return strings.Repeat("x", 20<<10) }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := &provider{}
			a, _, _ := oauthFor(t, p)
			tok, err := a.LoginBrowser(t.Context(), BrowserLogin{
				Ports: []int{freePort(t)}, Host: "127.0.0.1", Path: "/cb",
				Open: func(string) error { return errors.New("no browser here") },
				Prompt: func(address string) (string, error) {
					u, err := url.Parse(address)
					if err != nil {
						return "", err
					}
					q := u.Query()
					p.challenge, p.redirect = q.Get("code_challenge"), q.Get("redirect_uri")
					return tt.paste(p.redirect, q.Get("state")), nil
				},
			})
			if (err == nil) != tt.ok || (tok.Access == "access-1") != tt.ok {
				t.Errorf("%v %v", tok, err)
			}
			if err != nil && strings.Contains(err.Error(), "code-1") {
				t.Errorf("the code is in %v", err)
			}
		})
	}
}

func TestLoginEndsWithItsContext(t *testing.T) {
	a, _, _ := oauthFor(t, &provider{})
	ctx, cancel := context.WithCancel(t.Context())
	_, err := a.LoginBrowser(ctx, BrowserLogin{Ports: []int{freePort(t)}, Open: func(string) error { cancel(); return nil }})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := a.LoginBrowser(t.Context(), BrowserLogin{Ports: []int{freePort(t)}}); err == nil {
		t.Error("no browser and no prompt")
	}
	if _, err := a.LoginBrowser(t.Context(), BrowserLogin{}); err == nil {
		t.Error("no ports")
	}
}

func TestCallbackOnlyForThisMachine(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "http://evil.example:5000/cb?code=1&state=s", nil)
	if status, _, got := callback(r, "/cb", 5000, "s"); status != http.StatusForbidden || got != nil {
		t.Error(status, got)
	}
	r = httptest.NewRequest(http.MethodPost, "http://localhost:5000/cb?code=1&state=s", nil)
	if status, _, got := callback(r, "/cb", 5000, "s"); status != http.StatusNotFound || got != nil {
		t.Error(status, got)
	}
}

func FuzzPastedCode(f *testing.F) {
	f.Add("http://localhost:5000/cb?code=a&state=s")
	f.Add("?state=s&error=x")
	f.Fuzz(func(t *testing.T, s string) {
		if code, err := pastedCode(s, "s-t-a-t-e"); err == nil && (code == "" || !strings.Contains(s, "s-t-a-t-e")) {
			t.Errorf("%q gave %q", s, code)
		}
	})
}
