package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestSign checks that a service's own headers go where a token may go, anew for each
// request, and nowhere else.
func TestSign(t *testing.T) {
	var elsewhere http.Header
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		elsewhere = r.Header.Clone()
		_, _ = io.WriteString(w, "x")
	}))
	defer other.Close()
	var seen []string
	n := 0
	c, _, _ := serverFor(t, func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("sessionToken")+" "+r.Header.Get("X-Trace-Id")+r.Header.Get("Authorization"))
		switch {
		case r.URL.Path == "/away":
			http.Redirect(w, r, other.URL+"/x", http.StatusFound)
		case len(seen) == 1:
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}, func(cfg *Config) {
		cfg.Auth = &staticAuth{token: "tok"}
		cfg.Sign = func(h http.Header, token string) {
			n++
			h.Set("sessionToken", token)
			h.Set("X-Trace-Id", fmt.Sprint("trace", n))
		}
	})
	var raw []byte
	if _, err := c.Do(t.Context(), Request{Op: "op", Path: "/x"}, &raw); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(seen, ","); got != "tok trace1,tok trace2" {
		t.Errorf("signed %q", got)
	}
	if _, err := c.Do(t.Context(), Request{Op: "op", Path: "/away"}, &raw); err != nil {
		t.Fatal(err)
	}
	if elsewhere == nil || elsewhere.Get("sessionToken") != "" || elsewhere.Get("X-Trace-Id") != "" {
		t.Errorf("another host got %v", elsewhere)
	}
}

// TestTraceNamesARequest checks that an error names the id that we gave the request, for
// the operator of a service that gives none itself.
func TestTraceNamesARequest(t *testing.T) {
	c, _, _ := serverFor(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cut" {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"code":400,"message":"no"}`)
	}, func(cfg *Config) {
		cfg.Sign = func(h http.Header, _ string) { h.Set("X-Trace-Id", "aB3xY9") }
	})
	for _, path := range []string{"/x", "/cut"} {
		_, err := c.Do(t.Context(), Request{Op: "op", Method: http.MethodPost, Path: path}, nil)
		var e *Error
		if !errors.As(err, &e) || e.RequestID != "aB3xY9" {
			t.Errorf("%s: %+v", path, err)
		}
	}
	_, err := c.Do(t.Context(), Request{Op: "op", Path: "/x"}, nil)
	if got := err.Error(); got != "Test op: no (400, request aB3xY9)" {
		t.Errorf("text %q", got)
	}
}

func TestNoRedirect(t *testing.T) {
	asked := 0
	status, location := 0, ""
	c, _, _ := serverFor(t, func(w http.ResponseWriter, _ *http.Request) {
		asked++
		if location != "" {
			w.Header().Set("Location", location)
		}
		w.WriteHeader(status)
	}, func(cfg *Config) { cfg.NoRedirect = true; cfg.Auth = &staticAuth{token: "tok"} })
	for _, tt := range []struct {
		status         int
		location, want string
	}{
		{302, "https://elsewhere.example/login?token=SECRET", "302 to https://elsewhere.example/login,"},
		{301, "/same/host", "/same/host,"},
		{307, "", "307 to nowhere"},
		{308, "https://u:SECRET@h/x", "308 to https://h/x,"},
		{300, "/x", "300 to "},
		{304, "", "304 to nowhere"},
	} {
		asked, status, location = 0, tt.status, tt.location
		_, err := c.Do(t.Context(), Request{Op: "op", Path: "/x"}, nil)
		if !errors.Is(err, ErrRedirect) || IsTemporary(err) || asked != 1 {
			t.Errorf("%d: asked %d times, %v", tt.status, asked, err)
			continue
		}
		if !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%d: %v", tt.status, err)
		}
		asked = 0
		sink := &memory{}
		if _, err := c.Download(t.Context(), Download{Op: "op", URL: "/x", Sink: sink, Base64: true}); !errors.Is(err, ErrRedirect) || asked != 1 || sink.Len() != 0 {
			t.Errorf("download, %d: asked %d times, %d bytes, %v", tt.status, asked, sink.Len(), err)
		}
	}
}

// TestThrottled checks that a throttle by another status silences the group and is asked
// again when its time is over, and that the same status without the sign of it is final.
func TestThrottled(t *testing.T) {
	asked := 0
	var after string
	c, _, clock := serverFor(t, func(w http.ResponseWriter, _ *http.Request) {
		if asked++; asked == 1 {
			if after != "" {
				w.Header().Set("Retry-After", after)
			}
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"code":400,"message":"slow down"}`)
		}
	}, func(cfg *Config) {
		cfg.Throttled = func(status int, h http.Header) bool { return status == 400 && h.Get("Retry-After") != "" }
	})
	var raw []byte
	_, err := c.Do(t.Context(), Request{Op: "op", Path: "/x"}, &raw)
	if asked != 1 || err == nil || IsTemporary(err) {
		t.Errorf("a plain 400: asked %d times, %v", asked, err)
	}
	for _, g := range []Group{"", Medium} {
		asked, after = 0, "7"
		before := clock.total()
		if _, err := c.Do(Background(t.Context()), Request{Op: "op", Path: "/x", Group: g}, &raw); err != nil || asked != 2 {
			t.Errorf("group %q: asked %d times, %v", g, asked, err)
		}
		if waited := clock.total() - before; waited < 7*time.Second || waited > 9*time.Second {
			t.Errorf("group %q: waited %v", g, waited)
		}
	}
	asked = 0
	_, err = c.Do(t.Context(), Request{Op: "op", Path: "/x", Method: http.MethodPost, Group: Heavy}, &raw)
	var e *Error
	if !errors.As(err, &e) || !e.Throttled || e.Unknown || !IsTemporary(err) || asked != 1 {
		t.Errorf("a POST: asked %d times, %+v", asked, e)
	}
	if _, silent := c.Budget().Until(Heavy); !silent {
		t.Error("the group is not silent")
	}
}

// TestStale is the table of 401s: about the token or not, helped by a new one or not.
func TestStale(t *testing.T) {
	always := func(*Error) bool { return true }
	never := func(*Error) bool { return false }
	for _, tt := range []struct {
		name      string
		stale     func(*Error) bool
		body      string
		next      string
		refreshes int
		ok        bool
		temporary bool
	}{
		{"a number as the code", nil, `{"code":401,"message":"Invalid session"}`, "new", 1, true, false},
		{"another code is not about the token", nil, `{"code":"CMN-405","message":"x"}`, "new", 0, false, false},
		{"told that it is", always, `{"code":"CMN-405","message":"x"}`, "new", 1, true, false},
		{"told that it is not", never, ``, "new", 0, false, false},
		{"refused again", always, `{"code":401}`, "newer", 1, false, false},
		{"no newer one", always, ``, "old", 1, false, false},
		{"refused again, as most services", nil, ``, "newer", 1, false, true},
	} {
		auth := &staticAuth{token: "old", next: tt.next}
		c, _, _ := serverFor(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer new" {
				w.WriteHeader(http.StatusUnauthorized)
				_, _ = io.WriteString(w, tt.body)
			}
		}, func(cfg *Config) { cfg.Auth = auth; cfg.Stale = tt.stale })
		var raw []byte
		_, err := c.Do(t.Context(), Request{Op: "op", Path: "/x"}, &raw)
		if (err == nil) != tt.ok || auth.refreshes != tt.refreshes || err != nil && IsTemporary(err) != tt.temporary {
			t.Errorf("%s: %d refreshes, temporary %v, %v", tt.name, auth.refreshes, IsTemporary(err), err)
		}
	}
}

// TestIdleOfOneRequest checks that a long poll may be silent for longer than other requests.
func TestIdleOfOneRequest(t *testing.T) {
	var late atomic.Bool
	c, _, _ := serverFor(t, func(w http.ResponseWriter, r *http.Request) {
		if late.Load() {
			select {
			case <-time.After(80 * time.Millisecond):
			case <-r.Context().Done():
				return
			}
		}
		_, _ = io.WriteString(w, "eHg=")
	}, func(cfg *Config) { cfg.Idle = 20 * time.Millisecond; cfg.Retry.Attempts = 1 })
	late.Store(true)
	var raw []byte
	if _, err := c.Do(t.Context(), Request{Op: "op", Path: "/x"}, &raw); !errors.Is(err, ErrIdle) {
		t.Errorf("as usual: %v", err)
	}
	if _, err := c.Do(t.Context(), Request{Op: "op", Path: "/x", Idle: 5 * time.Second}, &raw); err != nil {
		t.Errorf("with patience: %v", err)
	}
	sink := &memory{}
	if _, err := c.Download(t.Context(), Download{Op: "op", URL: "/x", Sink: sink, Base64: true}); !errors.Is(err, ErrIdle) {
		t.Errorf("a download as usual: %v", err)
	}
	if got, err := c.Download(t.Context(), Download{Op: "op", URL: "/x", Sink: sink, Base64: true, Idle: 5 * time.Second}); err != nil || got.Bytes != 2 {
		t.Errorf("a download with patience: %+v, %v", got, err)
	}
}

func TestNotFoundByAnotherStatus(t *testing.T) {
	if err := error(&Error{Service: "Symphony", Op: "op", Status: 400, Err: ErrNotFound}); !IsNotFound(err) || IsTemporary(err) {
		t.Errorf("a 400 that means it: %v", err)
	}
	if IsNotFound(&Error{Status: 400}) {
		t.Error("any 400")
	}
}

// TestFixedLimit checks that a documented limit holds although no answer tells it.
func TestFixedLimit(t *testing.T) {
	clock := newFakeClock(true)
	b := NewBudget(clock)
	b.Fix(Medium, 3, time.Minute)
	for range 3 {
		if err := acquired(b, t.Context(), "op", Medium); err != nil {
			t.Fatal(err)
		}
		b.Learn(Medium, 200, http.Header{})
	}
	if clock.total() != 0 {
		t.Errorf("waited %v for the first three", clock.total())
	}
	if err := acquired(b, t.Context(), "op", Medium); err != nil || clock.total() < time.Minute {
		t.Errorf("waited %v for the fourth: %v", clock.total(), err)
	}
	for _, bad := range []func(){
		func() { b.Fix("", 1, time.Second) }, func() { b.Fix(NoThrottling, 1, time.Second) },
		func() { b.Fix(Medium, 0, time.Second) }, func() { b.Fix(Medium, 1, 0) },
	} {
		bad()
	}
	if st := b.State()[1]; st.Limit != 3 || st.Window != time.Minute {
		t.Errorf("state %+v", st)
	}
}
