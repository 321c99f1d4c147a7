package contract_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"switchboard/api/simulator/contract"
)

// TestSymphonyReports shows that the checker does fail for what does not conform.
func TestSymphonyReports(t *testing.T) {
	contract.Symphony(t) // skips
	const session = "/pod/v2/sessioninfo"
	const file = "/agent/v1/stream/s/attachment?fileId=f&messageId=m"
	cases := []struct {
		name, method, path, sent string
		signed                   bool
		status                   int
		kind, answer, want       string
	}{
		{"good", "GET", session, "", true, 200, "application/json", `{"id":1,"displayName":"x"}`, ""},
		{"no such path", "GET", "/pod/v9/nothing", "", true, 200, "application/json", `{}`, "not in the document"},
		{"another server's path", "GET", "/agent/v2/sessioninfo", "", true, 200, "application/json", `{}`, "not in the document"},
		{"another method", "DELETE", session, "", true, 200, "application/json", `{}`, "not in the document"},
		{"no token", "GET", session, "", false, 200, "application/json", `{}`, "sessionToken"},
		{"wrong type", "GET", session, "", true, 200, "application/json", `{"id":"1"}`, "id"},
		{"undocumented status", "GET", session, "", true, 203, "application/json", `{}`, "status"},
		{"query missing", "GET", "/agent/v4/stream/s/message", "", true, 200, "application/json", `[]`, "since"},
		{"query of a wrong type", "GET", "/agent/v4/stream/s/message?since=soon", "", true, 200, "application/json", `[]`, "since"},
		{"body of a wrong type", "POST", "/agent/v5/datafeeds/d/read", `{"ackId":5}`, true, 200, "application/json", `{"events":[],"ackId":""}`, "ackId"},
		{"body misses a member", "POST", "/login/pubkey/authenticate", `{}`, false, 200, "application/json", `{"name":"a","token":"b"}`, ""},
		{"key manager's sign-in", "POST", "/relay/pubkey/authenticate", `{"token":5}`, false, 200, "application/json", `{"name":"a","token":"b"}`, "token"},
		{"a file", "GET", file, "", true, 200, "application/octet-stream", "aGVsbG8=", ""},
		{"a file as the examples have it", "GET", file, "", true, 200, "text/plain", "aGVsbG8=", ""},
		{"a file as a picture", "GET", file, "", true, 200, "image/png", "aGVsbG8=", "image/png"},
		{"a file in part", "GET", file, "", true, 202, "application/octet-stream", "aGVsbG8=", "202"},
		{"a file without its message", "GET", "/agent/v1/stream/s/attachment?fileId=f", "", true, 200, "application/octet-stream", "", "messageId"},
		{"an error of the file", "GET", file, "", true, 400, "application/json", `{"code":400,"message":"no"}`, ""},
		{"an error of the file, as documented", "GET", file, "", true, 400, "application/octet-stream", `{"code":400,"message":"no"}`, ""},
		{"an error with a word", "GET", session, "", true, 403, "application/json", `{"code":"LIMIT_X","message":"no"}`, ""},
		{"an error with a wrong message", "GET", session, "", true, 403, "application/json", `{"code":403,"message":5}`, "message"},
		{"an error that is no JSON", "GET", session, "", true, 500, "application/json", `<html>`, "error"},
		{"a proxy's page", "GET", session, "", true, 502, "text/html", `<html>`, ""},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			f := &failures{TB: t}
			h := contract.Symphony(f).Middleware(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", tc.kind)
				w.WriteHeader(tc.status)
				_, _ = io.WriteString(w, tc.answer)
			}))
			r := httptest.NewRequestWithContext(t.Context(), tc.method, tc.path, strings.NewReader(tc.sent))
			if tc.signed {
				r.Header.Set("sessionToken", "s")
			}
			if tc.sent != "" {
				r.Header.Set("Content-Type", "application/json")
			}
			h.ServeHTTP(httptest.NewRecorder(), r)
			all := strings.Join(f.list, "\n")
			if (tc.want == "") != (all == "") || !strings.Contains(all, tc.want) {
				t.Errorf("reported %q, want %q in it", all, tc.want)
			}
		})
	}
}
