package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestDoSendsAndDecodes(t *testing.T) {
	c, _, _ := serverFor(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("User-Agent"); got != "switchboard/test" {
			t.Errorf("User-Agent %q", got)
		}
		if r.Header.Get("Authorization") != "Bearer tok" || r.Header.Get("X-More") != "1" || r.Header.Get("Accept") != "application/json" {
			t.Errorf("headers %v", r.Header)
		}
		if r.URL.RawQuery != "a=1&b=2&b=3" || r.URL.EscapedPath() != "/restapi/x%2Fy" {
			t.Errorf("asked %s", r.URL)
		}
		if got := body(t, r.Body); got != `{"k":"v"}` || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("body %s %s", got, r.Header.Get("Content-Type"))
		}
		w.Header().Set("RCRequestId", "id-9")
		_, _ = io.WriteString(w, `{"n":9007199254740993}`)
	}, func(cfg *Config) { cfg.Auth = &staticAuth{token: "tok"} })
	var out struct{ N int64 }
	res, err := c.Do(t.Context(), Request{
		Op: "op", Method: http.MethodPost, Path: "/restapi/x%2Fy?a=1&access_token=leak", Query: url.Values{"b": {"2", "3"}},
		Body: map[string]string{"k": "v"}, Header: http.Header{"x-more": {"1"}},
	}, &out)
	if err != nil || out.N != 9007199254740993 || res.Status != 200 || res.RequestID != "id-9" {
		t.Fatalf("%+v %+v %v", out, res, err)
	}
}

// TestRetries is the table of what is sent again and what never is.
func TestRetries(t *testing.T) {
	status := func(codes ...int) http.HandlerFunc {
		var n atomic.Int32
		return func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			code := codes[min(int(n.Add(1))-1, len(codes)-1)]
			if code == 0 { // the connection breaks before any answer
				panic(http.ErrAbortHandler)
			}
			if code == -1 { // and within the body
				w.Header().Set("Content-Length", "100")
				_, _ = io.WriteString(w, `{"a":`)
				panic(http.ErrAbortHandler)
			}
			if code == -2 {
				_, _ = io.WriteString(w, `{"a":x`)
				return
			}
			if code == -3 {
				w.Header().Set("Content-Type", "text/html")
				_, _ = io.WriteString(w, `<html>`)
				return
			}
			w.WriteHeader(code)
			_, _ = io.WriteString(w, `{"errorCode":"X-1"}`)
		}
	}
	tests := []struct {
		name, method string
		safe         bool
		codes        []int
		asked        int
		ok, unknown  bool
	}{
		{"GET comes through", "GET", false, []int{502, 503, 504, 200}, 4, true, false},
		{"GET gives up", "GET", false, []int{503}, 5, false, false},
		{"GET 500", "GET", false, []int{500, 200}, 2, true, false},
		{"GET 400 is final", "GET", false, []int{400, 200}, 1, false, false},
		{"GET 501 is final", "GET", false, []int{501, 200}, 1, false, false},
		{"GET reset", "GET", false, []int{0, 0, 200}, 3, true, false},
		{"GET cut short", "GET", false, []int{-1, 200}, 2, true, false},
		{"GET not JSON", "GET", false, []int{-2, 200}, 2, true, false},
		{"GET web page", "GET", false, []int{-3, 200}, 2, true, false},
		{"HEAD", "HEAD", false, []int{503, 204}, 2, true, false},
		{"PUT", "PUT", false, []int{503, 0, 200}, 3, true, false},
		{"DELETE 503", "DELETE", false, []int{503, 204}, 1, false, false},
		{"DELETE 500", "DELETE", false, []int{500, 204}, 1, false, true},
		{"DELETE 429", "DELETE", false, []int{429, 204}, 1, false, false},
		{"DELETE reset", "DELETE", false, []int{0, 204}, 1, false, true},
		{"DELETE done, answer cut", "DELETE", false, []int{-1, 204}, 1, false, true},
		{"POST reset", "POST", false, []int{0, 200}, 1, false, true},
		{"POST 502", "POST", false, []int{502, 200}, 1, false, true},
		{"PATCH 504", "PATCH", false, []int{504, 200}, 1, false, true},
		{"POST declared safe", "POST", true, []int{502, 0, 200}, 3, true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var asked atomic.Int32
			h := status(tt.codes...)
			c, _, _ := serverFor(t, func(w http.ResponseWriter, r *http.Request) { asked.Add(1); h(w, r) })
			var out map[string]any
			_, err := c.Do(t.Context(), Request{Op: "op", Method: tt.method, Path: "/x", Safe: tt.safe, Body: []byte("{}")}, &out)
			if tt.method == "HEAD" && err != nil && errors.Is(err, ErrBadBody) {
				err = nil
			}
			if (err == nil) != tt.ok || int(asked.Load()) != tt.asked || IsUnknown(err) != tt.unknown {
				t.Errorf("asked %d times, unknown %v, %v", asked.Load(), IsUnknown(err), err)
			}
		})
	}
}

func TestRetryBudgetOfTime(t *testing.T) {
	var asked atomic.Int32
	c, _, clock := serverFor(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Retry-After", "25")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	_, err := c.Do(t.Context(), Request{Op: "op", Path: "/x"}, nil)
	if asked.Load() != 3 || clock.total() != 50*time.Second || !IsTemporary(err) {
		t.Errorf("asked %d times in %v: %v", asked.Load(), clock.total(), err)
	}
}

func TestLimitedModeIsNotHammered(t *testing.T) {
	var asked atomic.Int32
	c, _, _ := serverFor(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, `{"errors":[{"errorCode":"CMN-211","message":"Service is in limited mode"}]}`)
	})
	_, err := c.Do(t.Context(), Request{Op: "op", Method: http.MethodPut, Path: "/x"}, nil)
	if asked.Load() != 1 || !IsLimitedMode(err) || !IsTemporary(err) {
		t.Errorf("asked %d times: %v", asked.Load(), err)
	}
}

func TestLimitsOnBodies(t *testing.T) {
	for _, announced := range []bool{true, false} {
		var asked atomic.Int32
		c, _, _ := serverFor(t, func(w http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			if !announced {
				w.(http.Flusher).Flush()
			}
			_, _ = io.WriteString(w, `"`+strings.Repeat("x", 2000)+`"`)
		})
		var out string
		_, err := c.Do(t.Context(), Request{Op: "op", Path: "/x", Limit: 1000}, &out)
		if !errors.Is(err, ErrTooLarge) || asked.Load() != 1 || IsTemporary(err) {
			t.Errorf("announced %v: asked %d times: %v", announced, asked.Load(), err)
		}
	}
}

func TestIdleServer(t *testing.T) {
	release := make(chan struct{})
	c, _, _ := serverFor(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			w.WriteHeader(http.StatusOK)
			w.(http.Flusher).Flush()
		}
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}, func(cfg *Config) { cfg.Idle = 20 * time.Millisecond; cfg.Retry.Attempts = 1 })
	defer close(release)
	for _, path := range []string{"/header", "/body"} {
		_, err := c.Do(t.Context(), Request{Op: "op", Path: path}, nil)
		if !errors.Is(err, ErrIdle) || !IsTemporary(err) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestCancelEndsARequest(t *testing.T) {
	arrived := make(chan struct{}, 2)
	c, _, _ := serverFor(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		arrived <- struct{}{}
		<-r.Context().Done()
	})
	for _, method := range []string{"GET", "DELETE"} {
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-arrived; cancel() }()
		_, err := c.Do(ctx, Request{Op: "op", Method: method, Path: "/x"}, nil)
		if !errors.Is(err, context.Canceled) || IsTemporary(err) || IsUnknown(err) != (method == "DELETE") {
			t.Errorf("%s: %v", method, err)
		}
	}
}

func TestReplayAfter401(t *testing.T) {
	tests := []struct {
		name, body string
		fresh      string
		asked      int
		refreshes  int
		ok         bool
	}{
		{"expired token", `{"errors":[{"errorCode":"OAU-128","message":"Access token expired"}]}`, "new", 2, 1, true},
		{"bearer scheme", `{"errorCode":"AGW-402"}`, "new", 2, 1, true},
		{"no body", ``, "new", 2, 1, true},
		{"still refused", `{"errorCode":"OAU-213"}`, "bad", 2, 1, false},
		{"nothing newer", `{"errorCode":"OAU-213"}`, "old", 1, 1, false},
		{"not about the token", `{"errorCode":"CMN-405","message":"Login to extension required"}`, "new", 1, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			asked := 0
			auth := &staticAuth{token: "old", next: tt.fresh}
			c, _, _ := serverFor(t, func(w http.ResponseWriter, r *http.Request) {
				asked++
				if got := body(t, r.Body); got != "payload" {
					t.Errorf("body %q", got)
				}
				if r.Header.Get("Authorization") != "Bearer new" {
					w.WriteHeader(http.StatusUnauthorized)
					_, _ = io.WriteString(w, tt.body)
					return
				}
				w.WriteHeader(http.StatusNoContent)
			}, func(cfg *Config) { cfg.Auth = auth })
			_, err := c.Do(t.Context(), Request{Op: "op", Method: http.MethodDelete, Path: "/x", Body: []byte("payload")}, nil)
			if (err == nil) != tt.ok || asked != tt.asked || auth.refreshes != tt.refreshes {
				t.Errorf("asked %d, refreshed %d: %v", asked, auth.refreshes, err)
			}
			if IsUnknown(err) {
				t.Error("a refused request was not carried out")
			}
		})
	}
}

func TestNoSecretInLogsAndErrors(t *testing.T) {
	var log bytes.Buffer
	c, srv, _ := serverFor(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"errorCode":"X-1","message":"bad header %s"}`, r.Header.Get("Authorization"))
	}, func(cfg *Config) {
		cfg.Auth = &staticAuth{token: secret}
		cfg.Log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	_, err := c.Do(t.Context(), Request{Op: "op", Path: "/x?access_token=" + secret}, nil)
	if err == nil || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("error %v", err)
	}
	srv.Close()
	_, err = c.Do(t.Context(), Request{Op: "op", Path: "/x", Query: url.Values{"assertion": {secret}}}, nil)
	if err == nil || strings.Contains(err.Error(), "SECRET") || !IsTemporary(err) {
		t.Errorf("error %v", err)
	}
	if log.Len() == 0 || strings.Contains(log.String(), "SECRET") {
		t.Errorf("log %s", log.String())
	}
}

func TestStream(t *testing.T) {
	c, _, _ := serverFor(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/no" {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"errorCode":"CMN-102"}`)
			return
		}
		_, _ = io.WriteString(w, "stream")
	})
	resp, err := c.Stream(t.Context(), Request{Op: "op", Path: "/x"})
	if err != nil {
		t.Fatal(err)
	}
	if got := body(t, resp.Body); got != "stream" {
		t.Error(got)
	}
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
	if _, err := c.Stream(t.Context(), Request{Op: "op", Path: "/no"}); !IsNotFound(err) {
		t.Error(err)
	}
}
