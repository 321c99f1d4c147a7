package simulator

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const htmlPage = `<html><head><title>502 Bad Gateway</title></head>
<body><center><h1>502 Bad Gateway</h1></center><hr></body></html>
`

// before carries out the faults that keep a request from being done. It
// reports whether the request ends here.
func (s *Server) before(fault, token string, c *call) bool {
	switch fault {
	case "429":
		h := c.w.Header() // a limit of its own, not the group's
		for _, name := range []string{"Group", "Limit", "Remaining", "Window"} {
			h.Del("X-Rate-Limit-" + name)
		}
		writeError(c.w, tooMany(time.Second))
	case "500":
		writeError(c.w, &apiError{
			status: http.StatusInternalServerError, code: "CMN-202", message: "Internal server error",
		})
	case "503":
		writeError(c.w, &apiError{
			status: http.StatusServiceUnavailable, code: "CMN-201",
			message: "Service temporary unavailable", retryAfter: time.Second,
		})
	case "html":
		writeBytes(c.w, http.StatusBadGateway, "text/html", []byte(htmlPage))
	case "hang":
		s.pause(c.r.Context().Done(), s.cfg.HangFor)
		cut(c.w, false)
	case "expire":
		s.auth.expire(token)
		writeError(c.w, tokenExpired())
	default:
		return false
	}
	return true
}

// cut ends the connection without an answer: with a reset, or in good order.
func cut(w http.ResponseWriter, reset bool) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil { // HTTP/2, which is never served here, or hijacked already
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0) // closing then sends RST
	}
	_ = conn.Close()
}

var errCut = errors.New("simulator: the connection was cut on purpose")

// mangler spoils an answer on its way out. It knows the answer's length from
// Content-Length, which every handler sets.
type mangler struct {
	w      *statusWriter
	s      *Server
	kind   string
	media  bool
	length int64 // of the body; -1 unknown
	sent   int64
	conn   net.Conn // once hijacked
	begun  bool
}

func newMangler(kind string, w *statusWriter, s *Server, o *op) *mangler {
	return &mangler{w: w, s: s, kind: kind, media: o.media, length: -1}
}

func (m *mangler) Header() http.Header         { return m.w.Header() }
func (m *mangler) Unwrap() http.ResponseWriter { return m.w }

func (m *mangler) WriteHeader(status int) {
	if m.begun {
		return
	}
	m.begun = true
	h := m.w.Header()
	if n, err := strconv.ParseInt(h.Get("Content-Length"), 10, 64); err == nil {
		m.length = n
	}
	if (m.kind == "reset" || m.kind == "truncate") && m.length <= 1 {
		m.w.note(status) // nothing to cut in half: all of it is lost
		m.finish()
		return
	}
	if m.kind == "badlength" && m.length > 0 {
		m.writeRaw(status)
		return
	}
	m.w.WriteHeader(status)
}

// writeRaw sends the header past net/http, which would not let a wrong length
// through.
func (m *mangler) writeRaw(status int) {
	conn, _, err := http.NewResponseController(m.w).Hijack()
	if err != nil {
		m.w.WriteHeader(status)
		return
	}
	m.conn = conn
	m.w.note(status)
	h := m.w.Header().Clone()
	wrong := max(m.length-7, 1)
	if m.media { // too short could not be told from a short file
		wrong = m.length + 7
	}
	h.Set("Content-Length", strconv.FormatInt(wrong, 10))
	h.Set("Connection", "close")
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", status, http.StatusText(status))
	_ = h.Write(&b) // a strings.Builder never fails
	b.WriteString("\r\n")
	_ = conn.SetWriteDeadline(time.Now().Add(time.Minute))
	_, _ = conn.Write([]byte(b.String()))
}

func (m *mangler) Write(b []byte) (int, error) {
	if !m.begun {
		m.WriteHeader(http.StatusOK)
	}
	switch m.kind {
	case "reset", "truncate":
		return m.half(b)
	case "slow":
		return m.slowly(b)
	case "badjson":
		return m.spoil(b)
	default:
		return m.pass(b)
	}
}

func (m *mangler) pass(b []byte) (int, error) {
	var n int
	var err error
	if m.conn != nil {
		_ = m.conn.SetWriteDeadline(time.Now().Add(time.Minute))
		n, err = m.conn.Write(b)
	} else {
		n, err = m.w.Write(b)
	}
	m.sent += int64(n)
	return n, err
}

// half lets the first half of the body through, then ends the connection.
func (m *mangler) half(b []byte) (int, error) {
	room := m.length/2 - m.sent
	if m.conn != nil || room <= 0 {
		return 0, errCut
	}
	if room > int64(len(b)) {
		return m.pass(b)
	}
	n, err := m.pass(b[:room])
	if err != nil {
		return n, err
	}
	_ = http.NewResponseController(m.w).Flush()
	m.finish()
	return n, errCut
}

// slowly spreads the whole body over Config.SlowFor in sixteen steps.
func (m *mangler) slowly(b []byte) (int, error) {
	const steps = 16
	piece := max(int(m.length/steps)+1, 1)
	done := 0
	for done < len(b) {
		if !m.s.pause(nil, m.s.cfg.SlowFor/steps) {
			return done, errCut
		}
		n, err := m.pass(b[done:min(done+piece, len(b))])
		done += n
		if err != nil {
			return done, err
		}
		_ = http.NewResponseController(m.w).Flush()
	}
	return done, nil
}

// spoil breaks the last closing bracket; the length stays right.
func (m *mangler) spoil(b []byte) (int, error) {
	bad := append([]byte(nil), b...)
	if n := len(bad); n > 0 && m.sent+int64(n) == m.length {
		bad[n-1] = ','
	}
	return m.pass(bad)
}

// finish ends what the kind leaves open.
func (m *mangler) finish() {
	switch {
	case m.conn != nil && m.kind == "badlength":
		_ = m.conn.Close()
	case m.conn == nil && (m.kind == "reset" || m.kind == "truncate"):
		conn, _, err := http.NewResponseController(m.w).Hijack()
		if err != nil {
			return
		}
		m.conn = conn
		if tcp, ok := conn.(*net.TCPConn); ok && m.kind == "reset" {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
	}
}
