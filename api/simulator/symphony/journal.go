package symphony

import (
	"time"

	"switchboard/api/simulator/gateway"
)

// RequestLog is one request as it was answered. Status is 0 when the
// connection was cut before an answer, and until there is one.
type RequestLog struct {
	Time   time.Time `json:"time"`
	Host   string    `json:"host"` // pod agent keymanager podcert kmcert
	Method string    `json:"method"`
	Path   string    `json:"path"` // with the query; tokens never are in it
	Op     string    `json:"op"`
	Status int       `json:"status"`
	Trace  string    `json:"trace,omitempty"` // X-Trace-Id
}

func newJournal(size int) *gateway.Journal[RequestLog] {
	return gateway.NewJournal(size, func(r *RequestLog) *int { return &r.Status })
}

// Requests lists the last requests, oldest first; at most 20,000 are kept.
func (s *Server) Requests() []RequestLog {
	return append([]RequestLog{}, s.journal.List()...) // none is an empty list
}
