package simulator

import (
	"net/http"
	"time"

	"switchboard/api/simulator/gateway"
)

// RequestLog is one request as it was answered. Status is 0 when the
// connection was cut before an answer, and until there is one.
type RequestLog struct {
	Time   time.Time `json:"time"`
	Method string    `json:"method"`
	Path   string    `json:"path"` // with the query, without tokens
	Op     string    `json:"op"`   // operationId
	Status int       `json:"status"`
	Group  string    `json:"group,omitempty"`
}

func newJournal(size int) *gateway.Journal[RequestLog] {
	return gateway.NewJournal(size, func(r *RequestLog) *int { return &r.Status })
}

// Requests lists the last requests to the platform and media hosts, oldest
// first; at most 20,000 are kept.
func (s *Server) Requests() []RequestLog { return s.journal.List() }

func redactedPath(r *http.Request) string {
	q := r.URL.Query()
	for _, secret := range []string{"access_token", "token", "code", "assertion", "wsc"} {
		if q.Has(secret) {
			q.Set(secret, "redacted")
		}
	}
	path := r.URL.EscapedPath()
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}
