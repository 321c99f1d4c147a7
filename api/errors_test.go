package api

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"
)

func TestDecodeErrorEnvelopes(t *testing.T) {
	h := http.Header{"Rcrequestid": {"req-1\x1b[31m"}, "Retry-After": {"7"}}
	tests := []struct {
		name, body, kind string
		status           int
		code, msg        string
		param, perm      string
		details          int
	}{
		{"errors list", `{"errors":[{"errorCode":"CMN-102","message":"Resource is not found","parameterName":"messageId"},{"errorCode":"X-1"}]}`, "application/json", 404, "CMN-102", "Resource is not found", "messageId", "", 2},
		{"older: repeated on top", `{"errorCode":"CMN-102","message":"m","parameterName":"p","errors":[{"errorCode":"CMN-102","message":"m"}]}`, "application/json", 404, "CMN-102", "m", "p", "", 1},
		{"older style on top, documented code inside", `{"errorCode":"InvalidParameter","message":"top","errors":[{"errorCode":"CMN-102","message":"in"}]}`, "application/json", 400, "CMN-102", "top", "", "", 1},
		{"only top", `{"errorCode":"MaintenanceMode","message":"Service is temporarily unavailable"}`, "application/json", 503, "MaintenanceMode", "Service is temporarily unavailable", "", "", 0},
		{"oauth", `{"error":"invalid_grant","errors":[{"errorCode":"OAU-109","message":"x"}],"error_description":"Token not found"}`, "application/json", 400, "invalid_grant", "Token not found", "", "", 1},
		{"empty", ``, "", 502, "", "bad gateway", "", "", 0},
		{"html", `<html><body><h1>502</h1></body></html>`, "text/html", 502, "", "bad gateway, answered with a web page instead of data", "", "", 0},
		{"unknown status", ``, "", 599, "", "status 599", "", "", 0},
		{"permission in the text", `{"errors":[{"errorCode":"CMN-401","message":"In order to call this API endpoint, application needs to have [ReadMessages] permission"}]}`, "application/json", 403, "CMN-401", "In order to call this API endpoint, application needs to have [ReadMessages] permission", "", "ReadMessages", 1},
		{"permission by name", `{"errors":[{"errorCode":"CMN-408","message":"no","permissionName":"ReadMessageContent"}]}`, "application/json", 403, "CMN-408", "no", "", "ReadMessageContent", 1},
		{"wrong types", `{"errorCode":5,"message":{"a":1},"errors":{"x":1}}`, "application/json", 400, "5", "bad request", "", "", 0},
		{"not an object", `[1,2]`, "application/json", 400, "", "bad request", "", "", 0},
		{"Symphony: a number as the code", `{"code":403,"message":"This user is not entitled to the stream"}`, "application/octet-stream", 403, "403", "This user is not entitled to the stream", "", "", 0},
		{"Symphony: a word as the code", `{"code":"LIMIT_MESSAGE_LENGTH","message":"too long"}`, "text/plain", 400, "LIMIT_MESSAGE_LENGTH", "too long", "", "", 0},
		{"Emailgistics", `{"_links":{"origin":{"href":"https://c1/x","method":"POST","body":{"message":"private","code":"p"}}},"status":"error","error":{"code":"429","message":"Too many requests"}}`, "application/json", 429, "429", "Too many requests", "", "", 0},
		{"Emailgistics without links", `{"status":"error","error":{"code":"insufficient_scope","message":"The key lacks messages:content"}}`, "application/json", 403, "insufficient_scope", "The key lacks messages:content", "", "", 0},
		{"Emailgistics, wrong types", `{"_links":{"origin":{"body":"private"}},"status":"error","error":{"code":{},"message":["private"]}}`, "application/json", 400, "", "bad request", "", "", 0},
		{"hostile text", `{"errorCode":"A\u001b[31m","message":"a\u202eb\r\n\u0007c access_token=SECRETVALUE"}`, "application/json", 400, "A[31m", "ab c access_token=[redacted]", "", "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := h.Clone()
			h.Set("Content-Type", tt.kind)
			e := DecodeError("RC", "op", http.MethodGet, tt.status, h, []byte(tt.body))
			if e.Code != tt.code || e.Message != tt.msg || e.Parameter != tt.param || e.Permission != tt.perm || len(e.Details) != tt.details {
				t.Errorf("got code %q message %q parameter %q permission %q details %d", e.Code, e.Message, e.Parameter, e.Permission, len(e.Details))
			}
			if e.RequestID != "req-1[31m" || e.RetryAfter != 7*time.Second {
				t.Errorf("request id %q, retry after %v", e.RequestID, e.RetryAfter)
			}
			if !strings.HasPrefix(e.Error(), "RC op: ") || !strings.Contains(e.Error(), fmt.Sprint(tt.status)) {
				t.Errorf("text %q", e.Error())
			}
		})
	}
}

func TestPredicates(t *testing.T) {
	e := func(method string, status int, code string) error {
		return fmt.Errorf("wrapped: %w", DecodeError("RC", "op", method, status, nil, []byte(`{"errorCode":"`+code+`"}`)))
	}
	down := &Error{Op: "op", Err: io.ErrUnexpectedEOF}
	tests := []struct {
		name                         string
		err                          error
		temporary, notFound, unknown bool
	}{
		{"nil", nil, false, false, false},
		{"404", e("GET", 404, "CMN-102"), false, true, false},
		{"429", e("DELETE", 429, "CMN-301"), true, false, false},
		{"500 on a read", e("GET", 500, ""), true, false, false},
		{"500 on a deletion", e("DELETE", 500, ""), true, false, true},
		{"503 on a deletion is a refusal", e("DELETE", 503, "CMN-211"), true, false, false},
		{"504 on a change", e("PATCH", 504, ""), true, false, true},
		{"401, token expired", e("DELETE", 401, "OAU-128"), true, false, false},
		{"401, no extension", e("GET", 401, "CMN-405"), false, false, false},
		{"501", e("POST", 501, ""), false, false, false},
		{"400", e("POST", 400, ""), false, false, false},
		{"network", down, true, false, false},
		{"network after sending", &Error{Err: io.EOF, Unknown: true}, true, false, true},
		{"certificate", &Error{Err: x509.UnknownAuthorityError{}}, false, false, false},
		{"cancelled", &Error{Err: context.Canceled}, false, false, false},
		{"deadline", &Error{Err: context.DeadlineExceeded}, true, false, false},
		{"limit", &LimitError{Group: Light}, true, false, false},
		{"signed out", fmt.Errorf("x: %w: %w", ErrSignedOut, e("POST", 400, "")), false, false, false},
		{"too large", &Error{Status: 200, Err: ErrTooLarge}, false, false, false},
		{"cut short", &Error{Status: 200, Err: ErrBadBody}, true, false, false},
		{"someone else's", errors.New("x"), false, false, false},
	}
	for _, tt := range tests {
		if IsTemporary(tt.err) != tt.temporary || IsNotFound(tt.err) != tt.notFound || IsUnknown(tt.err) != tt.unknown {
			t.Errorf("%s: temporary %v, not found %v, unknown %v", tt.name, IsTemporary(tt.err), IsNotFound(tt.err), IsUnknown(tt.err))
		}
	}
	if !IsLimitedMode(e("PUT", 503, "CMN-211")) || IsLimitedMode(e("PUT", 503, "")) {
		t.Error("limited mode")
	}
	if p, ok := MissingPermission(e("GET", 403, "CMN-408")); !ok || p != "CMN-408" {
		t.Errorf("permission %q %v", p, ok)
	}
	if _, ok := MissingPermission(e("GET", 404, "CMN-408")); ok {
		t.Error("404 is no missing permission")
	}
	now := time.Now()
	if at, ok := RetryAt(&LimitError{Until: now.Add(time.Second)}, now); !ok || !at.Equal(now.Add(time.Second)) {
		t.Errorf("retry at %v %v", at, ok)
	}
	if at, ok := RetryAt(&Error{RetryAfter: time.Minute}, now); !ok || !at.Equal(now.Add(time.Minute)) {
		t.Errorf("retry at %v %v", at, ok)
	}
	if _, ok := RetryAt(down, now); ok {
		t.Error("nothing says when")
	}
}

func TestRetryAfterHeader(t *testing.T) {
	now := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	for v, want := range map[string]time.Duration{
		"": 0, "5": 5 * time.Second, " 60 ": time.Minute, "-1": 0, "0": 0, "999999999999": maxRetry, "x": 0, "1.5": 0,
		"Fri, 20 Nov 2026 10:00:30 GMT": 30 * time.Second, "Fri, 20 Nov 2026 09:00:30 GMT": 0, "Fri, 20 Nov 2027 09:00:30 GMT": maxRetry,
	} {
		if got := retryAfter(http.Header{"Retry-After": {v}}, now); got != want {
			t.Errorf("%q: %v, want %v", v, got, want)
		}
	}
}

func FuzzDecodeError(f *testing.F) {
	for _, s := range []string{
		`{"errors":[{"errorCode":"CMN-102","message":"m"}]}`, `{"error":"invalid_grant","error_description":"d"}`, `{"errorCode":1e400}`,
		`<html>`, ``, `[]`, `{"errors":[1,{"errorCode":{}}]}`, "{\"message\":\"\\u001b]52;c;x\\u0007\"}",
	} {
		f.Add(s, 400)
	}
	f.Fuzz(func(t *testing.T, s string, status int) {
		e := DecodeError("RC", "op", http.MethodDelete, status, nil, []byte(s))
		out := e.Error()
		if len(out) > 4*maxMessage || len(e.Details) > maxDetails {
			t.Errorf("%d bytes, %d details", len(out), len(e.Details))
		}
		for _, r := range out {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				t.Errorf("%q holds %U", out, r)
			}
		}
		_ = IsTemporary(e)
		_, _ = MissingPermission(e)
	})
}
