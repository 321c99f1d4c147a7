package api

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// A request that may be repeated can have been carried out all the same.
func TestIsSent(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		panic(http.ErrAbortHandler) // the answer is lost
	}))
	defer srv.Close()
	nobody := httptest.NewServer(http.NotFoundHandler())
	nobody.Close()
	for _, tt := range []struct {
		name, base, method string
		sent, unknown      bool
	}{
		{"a repeatable one without an answer", srv.URL, http.MethodPut, true, false},
		{"one that is not", srv.URL, http.MethodPost, true, true},
		{"one that reached nobody", nobody.URL, http.MethodPut, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := New(Config{Name: "Test", BaseURL: tt.base, Retry: Retry{Attempts: 1}})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			_, err = c.Do(t.Context(), Request{Op: "op", Method: tt.method, Path: "/x", Body: map[string]string{"a": "b"}}, nil)
			if err == nil || IsSent(err) != tt.sent || IsUnknown(err) != tt.unknown {
				t.Errorf("%v: sent %v, unknown %v", err, IsSent(err), IsUnknown(err))
			}
		})
	}
}
