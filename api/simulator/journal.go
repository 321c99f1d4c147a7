package simulator

import (
	"net/http"
	"slices"
	"sync"
	"time"
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

const journalSize = 20_000

// journal keeps the last requests in a ring.
type journal struct {
	mu    sync.Mutex
	size  int
	total int
	ring  []RequestLog
}

func newJournal(size int) *journal { return &journal{size: size} }

// add notes a request and returns its number.
func (j *journal) add(r RequestLog) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := j.total
	j.total++
	if len(j.ring) < j.size {
		j.ring = append(j.ring, r)
	} else {
		j.ring[n%j.size] = r
	}
	return n
}

func (j *journal) answered(number, status int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.total-number <= j.size {
		j.ring[number%j.size].Status = status
	}
}

func (j *journal) list() []RequestLog {
	j.mu.Lock()
	defer j.mu.Unlock()
	oldest := j.total % max(len(j.ring), 1)
	return slices.Concat(j.ring[oldest:], j.ring[:oldest])
}

// Requests lists the last requests to the platform and media hosts, oldest
// first; at most 20,000 are kept.
func (s *Server) Requests() []RequestLog { return s.journal.list() }

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

// statusWriter notes what is answered.
type statusWriter struct {
	http.ResponseWriter
	journal *journal
	number  int
	status  int
}

func (w *statusWriter) note(status int) {
	if w.status == 0 {
		w.status = status
		w.journal.answered(w.number, status)
	}
}

func (w *statusWriter) WriteHeader(status int) {
	w.note(status)
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	w.note(http.StatusOK)
	return w.ResponseWriter.Write(b)
}

// Unwrap serves http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
