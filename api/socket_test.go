package api

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/coder/websocket"
)

// TestSocketAddress: which addresses a socket's token may go to.
func TestSocketAddress(t *testing.T) {
	const base = "https://platform.example.com"
	for _, tc := range []struct {
		base, address string
		more          []string
		want          string // "": refused
	}{
		{base, "wss://platform.example.com/ws", nil, "https://platform.example.com/ws"},
		{base, "wss://platform.example.com:443/ws?a=b#c", nil, "https://platform.example.com:443/ws?a=b"},
		{base, "WSS://Media.Example.com/ws", nil, "https://Media.Example.com/ws"},
		{base, "wss://push.example.com/ws", nil, ""},
		{base, "wss://push.example.com/ws", []string{"push.example.com"}, "https://push.example.com/ws"},
		{base, "wss://push.example.com./ws", []string{" PUSH.example.com "}, "https://push.example.com./ws"},
		{base, "wss://push.example.com/ws", []string{"*.example.com"}, "https://push.example.com/ws"},
		{base, "wss://a.b.example.com/ws", []string{"*.example.com"}, "https://a.b.example.com/ws"},
		{base, "wss://example.com/ws", []string{"*.example.com"}, ""},
		{base, "wss://notexample.com/ws", []string{"*.example.com"}, ""},
		{base, "wss://push.example.com:8443/ws", []string{"*.example.com"}, ""},
		{base, "wss://push.example.com:8443/ws", []string{"push.example.com:8443"}, "https://push.example.com:8443/ws"},
		{base, "ws://push.example.com/ws", []string{"*.example.com"}, ""},
		{base, "ws://platform.example.com/ws", nil, ""},
		{base, "ws://127.0.0.1/ws", []string{"127.0.0.1"}, ""},
		{base, "wss://evil.com/ws", []string{"*.com", "*", "*.", ""}, ""},
		{base, "https://platform.example.com/ws", nil, ""},
		{base, "wss://me:pw@platform.example.com/ws", nil, ""},
		{base, "wss:///ws", nil, ""},
		{base, "", nil, ""},
		{base, ":", nil, ""},
		{"http://127.0.0.1:5000", "ws://127.0.0.1:5000/ws", nil, "http://127.0.0.1:5000/ws"},
		{"http://127.0.0.1:5000", "ws://127.0.0.1:5001/ws", nil, ""},
		{"http://127.0.0.1:5000", "ws://example.com:5000/ws", []string{"example.com:5000"}, ""},
	} {
		h, err := newHosts(tc.base, []string{"media.example.com"})
		if strings.HasPrefix(tc.base, "http:") {
			h, err = newHosts(tc.base, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		u, err := h.socket(tc.address, tc.more)
		switch {
		case tc.want == "" && !errors.Is(err, ErrHostNotAllowed):
			t.Errorf("%s with %v: %v, %v", tc.address, tc.more, u, err)
		case tc.want != "" && (err != nil || u.String() != tc.want):
			t.Errorf("%s with %v: %v, %v", tc.address, tc.more, u, err)
		}
	}
}

// TestSocket: what a service answers, and that neither the token in the address
// nor the one of the client goes where it should not.
func TestSocket(t *testing.T) {
	var lines bytes.Buffer
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		want   func(err error) bool
	}{
		"refused": {
			func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusForbidden)
				_, _ = w.Write([]byte(`{"errorCode":"CMN-401","message":"needs [WebSocket] permission"}`))
			},
			func(err error) bool {
				var e *Error
				return errors.As(err, &e) && e.Status == 403 && e.Code == "CMN-401" && e.Permission == "WebSocket"
			},
		},
		"a page":     {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, func(err error) bool { return err != nil }},
		"elsewhere":  {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/other", http.StatusFound) }, func(err error) bool { return errors.Is(err, ErrRedirect) }},
		"cut off":    {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, IsTemporary},
		"everything": {nil, func(err error) bool { return err == nil }},
	} {
		var asked atomic.Int32 // counted by the server
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			if r.Header.Get("Authorization") != "" || r.Header.Get("Referer") != "" || r.URL.Query().Get("access_token") != "single-use-secret" {
				t.Errorf("%s: %v %v", name, r.URL, r.Header)
			}
			if tc.answer != nil {
				tc.answer(w, r)
				return
			}
			if conn, err := websocket.Accept(w, r, nil); err == nil {
				_ = conn.CloseNow()
			}
		}))
		transport := NewTransport()
		c, err := New(Config{
			Name: "Test", BaseURL: srv.URL, Transport: transport,
			Log: slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug})),
		})
		if err != nil {
			t.Fatal(err)
		}
		conn, err := c.Socket(t.Context(), Socket{
			Op: "open", Address: "ws" + strings.TrimPrefix(srv.URL, "http") + "/ws", Query: url.Values{"access_token": {"single-use-secret"}},
		})
		if conn != nil {
			_ = conn.CloseNow()
		}
		if !tc.want(err) || asked.Load() != 1 || err != nil && strings.Contains(err.Error(), "single-use") {
			t.Errorf("%s: %v after %d requests", name, err, asked.Load())
		}
		srv.Close()
		// And with nobody there at all.
		if _, err := c.Socket(t.Context(), Socket{
			Op: "open", Address: "ws" + strings.TrimPrefix(srv.URL, "http"), Query: url.Values{"access_token": {"single-use-secret"}},
		}); err == nil || !IsTemporary(err) || strings.Contains(err.Error(), "single-use") {
			t.Errorf("%s: nobody there: %v", name, err)
		}
		transport.CloseIdleConnections()
	}
	if s := lines.String(); s == "" || strings.Contains(s, "single-use") {
		t.Errorf("logged: %s", s)
	}
}
