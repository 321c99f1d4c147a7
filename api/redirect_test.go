package api

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// TestRedirects checks who gets the token, what is followed and what is not.
func TestRedirects(t *testing.T) {
	var foreign, friend *httptest.Server
	record := make(map[string]http.Header)
	note := func(name string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			record[name] = r.Header.Clone()
			_, _ = io.WriteString(w, `{}`)
		}
	}
	foreign = httptest.NewServer(note("foreign"))
	defer foreign.Close()
	friend = httptest.NewServer(note("friend"))
	defer friend.Close()
	var location string
	var status, asked int
	c, srv, _ := serverFor(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		record["base"] = r.Header.Clone()
		if r.URL.Path == "/end" {
			_, _ = io.WriteString(w, `{"method":"`+r.Method+`"}`)
			return
		}
		if location != "" {
			w.Header().Set("Location", location)
		}
		w.WriteHeader(status)
	}, func(cfg *Config) {
		cfg.Auth = &staticAuth{token: "tok"}
		cfg.Hosts = []string{strings.TrimPrefix(friend.URL, "http://")}
	})
	tests := []struct {
		name, method string
		status       int
		to           string
		ok           bool
		asked        int
		token        map[string]bool // who was asked, and with the token?
	}{
		{"same host", "GET", 302, "/end", true, 2, map[string]bool{"base": true}},
		{"allowed host", "GET", 307, friend.URL + "/x?access_token=t", true, 1, map[string]bool{"base": true, "friend": true}},
		{"foreign host, read", "GET", 302, foreign.URL + "/x", true, 1, map[string]bool{"base": true, "foreign": false}},
		{"foreign host, change", "PUT", 307, foreign.URL + "/x", false, 1, map[string]bool{"base": true}},
		{"change kept", "PUT", 308, "/end", true, 2, map[string]bool{"base": true}},
		{"change would become a read", "POST", 302, "/end", false, 1, map[string]bool{"base": true}},
		{"see other", "POST", 303, "/end", true, 2, map[string]bool{"base": true}},
		{"deletion moved away", "DELETE", 308, foreign.URL, false, 1, map[string]bool{"base": true}},
		{"loop", "GET", 302, "/again", false, 6, map[string]bool{"base": true}},
		{"no Location", "GET", 301, "", false, 6, map[string]bool{"base": true}},
		{"no Location, change", "PUT", 301, "", false, 1, map[string]bool{"base": true}},
		{"other scheme", "GET", 302, "ftp://127.0.0.1/", false, 1, map[string]bool{"base": true}},
		{"plain http elsewhere", "GET", 302, "http://example.com/", false, 1, map[string]bool{"base": true}},
		{"user name", "GET", 302, "http://a:b@127.0.0.1/", false, 1, map[string]bool{"base": true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			clear(record)
			location, status, asked = tt.to, tt.status, 0
			_, err := c.Do(t.Context(), Request{Op: "op", Method: tt.method, Path: "/start?secretish=1", Body: []byte(`{}`), Header: http.Header{"X-Private": {"1"}}}, nil)
			if (err == nil) != tt.ok || asked != tt.asked {
				t.Errorf("asked %d: %v", asked, err)
			}
			if err != nil && (!errors.Is(err, ErrRedirect) || IsTemporary(err)) {
				t.Errorf("error %v", err)
			}
			if len(record) != len(tt.token) {
				t.Errorf("asked %v", record)
			}
			for who, with := range tt.token {
				h := record[who]
				if (h.Get("Authorization") == "Bearer tok") != with || (h.Get("X-Private") != "") != with || h.Get("Referer") != "" {
					t.Errorf("%s got %v", who, h)
				}
			}
		})
	}
	_ = srv
}

func TestDowngradeIsRefused(t *testing.T) {
	plainSrv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("asked over plain http") }))
	defer plainSrv.Close()
	tls := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, plainSrv.URL, http.StatusFound)
	}))
	defer tls.Close()
	c, err := New(Config{Name: "T", BaseURL: tls.URL, Transport: tls.Client().Transport, Auth: &staticAuth{token: "t"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Do(t.Context(), Request{Op: "op", Path: "/"}, nil); !errors.Is(err, ErrRedirect) {
		t.Error(err)
	}
}

func TestHosts(t *testing.T) {
	h, err := newHosts("https://platform.example.com/", []string{"media.example.com", "brand.example.com:8443", "https://third.example.com/x"})
	if err != nil {
		t.Fatal(err)
	}
	for raw, want := range map[string]bool{
		"https://platform.example.com/x": true, "https://PLATFORM.example.com:443/x": true, "https://platform.example.com./x": true,
		"https://media.example.com:443/x": true, "https://media.example.com:444/x": false, "https://brand.example.com:8443": true,
		"https://brand.example.com": false, "https://third.example.com": true, "http://media.example.com/x": false,
		"https://media.example.com.evil.com/": false, "https://evil.com/?media.example.com": false, "https://sub.media.example.com/": false,
		"https://media.example.com@evil.com/": false, "https://user@media.example.com/": false, "file:///etc/passwd": false, "//media.example.com/x": false,
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := h.allows(u); got != want {
			t.Errorf("%s: %v", raw, got)
		}
	}
	for _, ref := range []string{"relative", "//evil.com/x", "", "https://evil.com/x", "https://u:p@media.example.com/", "http://platform.example.com/", "%zz"} {
		if u, err := h.resolve(ref, nil, false); err == nil {
			t.Errorf("%q became %s", ref, u)
		}
	}
	for ref, want := range map[string]bool{
		"https://evil.com/x": true, "https://platform.example.com/x": true, "http://evil.com/x": false, "http://127.0.0.1:1/x": false, "https://u:p@evil.com/": false,
		"//evil.com/x": false, "file:///etc/passwd": false,
	} {
		if u, err := h.resolve(ref, nil, true); (err == nil) != want {
			t.Errorf("without a token, %q: %v, %v", ref, u, err)
		}
	}
	for _, bad := range []Config{{BaseURL: ""}, {BaseURL: "platform.example.com"}, {BaseURL: "http://platform.example.com"}, {BaseURL: "ftp://x"}, {BaseURL: "https://x", Hosts: []string{"http://127.0.0.1:1"}}, {BaseURL: "https://u:p@x"}} {
		if _, err := New(bad); err == nil {
			t.Errorf("%+v was accepted", bad)
		} else if strings.Contains(err.Error(), "u:p") {
			t.Errorf("%v", err)
		}
	}
}
