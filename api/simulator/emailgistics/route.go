package emailgistics

import (
	"encoding/json"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"switchboard/api/simulator/gateway"
)

// call is one request on its way.
type call struct {
	s      *Server
	w      http.ResponseWriter
	r      *http.Request
	key    *key
	fault  string
	origin json.RawMessage // of a POST: repeated in the answer
}

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern, op string, f func(*call) *apiError) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.serveCall(w, r, op, f) })
	}
	handle("GET /api/v1/admin/mailboxes", opMailboxes, (*call).listMailboxes)
	handle("POST /api/v1/reports/receivedMessageDetail", opReport, (*call).startReport)
	handle("GET /api/v1/reports/results/{id}", opResults, (*call).pollResults)
	handle("GET /api/v1/messages/{id}/attachments", opAttachments, (*call).listAttachments)
	handle("GET /api/v1/messages/{id}/attachments/{attachment}/download", opDownload, (*call).download)
	handle("/", "", func(*call) *apiError { return notFound("No such endpoint") })
	return mux
}

// serveCall does what is the same for all: the key, the limit, the fault.
func (s *Server) serveCall(w http.ResponseWriter, r *http.Request, op string, f func(*call) *apiError) {
	sw := s.journal.Open(w, RequestLog{Time: s.cfg.Now(), Method: r.Method, Path: r.URL.RequestURI(), Op: op})
	c := &call{s: s, w: sw, r: r}
	if s.offline.Load() {
		gateway.Cut(sw, true)
		return
	}
	if op != "" {
		c.fault = s.faults.Pick(op, func(fault string) bool { return applies(fault, op) })
	}
	if c.key = s.keys.of(r); c.key == nil {
		c.fail(unauthorized())
		return
	}
	if r.Method == http.MethodHead { // the mail system does not have it
		c.fail(&apiError{status: http.StatusMethodNotAllowed, code: "405", message: "Method not allowed"})
		return
	}
	if s.cfg.Limits && !s.limits.take(s.cfg.Now()) {
		c.fail(tooMany("Rate limit exceeded. Wait at least one minute before retrying.", 0))
		return
	}
	if c.before() {
		return
	}
	switch c.fault {
	case "reset", "truncate", "badjson":
		m := &mangler{Writer: sw, kind: c.fault}
		defer m.finish()
		c.w = m
	}
	if e := f(c); e != nil {
		c.fail(e)
	}
}

// before carries out the faults that keep a request from being done.
func (c *call) before() bool {
	switch c.fault {
	case "hang":
		t := time.NewTimer(c.s.cfg.HangFor)
		defer t.Stop()
		select {
		case <-t.C:
		case <-c.r.Context().Done():
		}
		gateway.Cut(c.w, false)
	case "429":
		c.fail(tooMany("Rate limit exceeded. Wait at least one minute before retrying.", 0))
	case "429-after":
		c.fail(tooMany("Rate limit exceeded.", 1))
	case "500":
		c.fail(internal())
	case "html":
		gateway.BadGateway(c.w)
	default:
		if e := upstreamOf(c.fault); e != nil {
			c.fail(e)
			return true
		}
		return false
	}
	return true
}

func upstreamOf(fault string) *apiError {
	if fault == "" {
		return nil
	}
	return upstream(fault)
}

// mangler spoils an answer on its way out.
type mangler struct {
	*gateway.Writer
	kind string
	left int64 // bytes until the cut
	told bool
	over bool
}

// WriteHeader implements [http.ResponseWriter].
func (m *mangler) WriteHeader(status int) {
	m.told = true
	if n, err := strconv.ParseInt(m.Header().Get("Content-Length"), 10, 64); err == nil {
		m.left = n / 2
	}
	m.Writer.WriteHeader(status)
}

// Write implements [io.Writer].
func (m *mangler) Write(b []byte) (int, error) {
	if !m.told {
		m.WriteHeader(http.StatusOK)
	}
	if m.kind == "badjson" {
		bad := slices.Clone(b)
		if n := len(bad); n > 0 {
			bad[n-1] = ','
		}
		return m.Writer.Write(bad)
	}
	if m.over {
		return 0, net.ErrClosed
	}
	n := min(m.left, int64(len(b)))
	m.left -= n
	if n < int64(len(b)) {
		m.over = true
		_, _ = m.Writer.Write(b[:n])
		_ = http.NewResponseController(m.Writer).Flush()
		return int(n), net.ErrClosed
	}
	return m.Writer.Write(b)
}

func (m *mangler) finish() {
	if m.kind == "reset" || m.kind == "truncate" {
		_ = http.NewResponseController(m.Writer).Flush()
		gateway.Cut(m.Writer, m.kind == "reset")
	}
}

// limiter counts requests in a sliding minute, over all keys.
type limiter struct {
	mu   sync.Mutex
	sent []time.Time
}

const requestsAMinute = 100

func (l *limiter) take(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	edge := now.Add(-time.Minute)
	l.sent = slices.DeleteFunc(l.sent, func(t time.Time) bool { return !t.After(edge) })
	if len(l.sent) >= requestsAMinute {
		return false
	}
	l.sent = append(l.sent, now)
	return true
}
