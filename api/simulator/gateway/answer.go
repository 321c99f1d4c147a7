package gateway

import (
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// WriteBytes answers with a body. It always tells the length, which the faults
// that cut an answer rely on.
func WriteBytes(w http.ResponseWriter, status int, contentType string, b []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(status)
	_, _ = w.Write(b) // a client that went away needs no answer
}

const htmlPage = `<html><head><title>502 Bad Gateway</title></head>
<body><center><h1>502 Bad Gateway</h1></center><hr></body></html>
`

// BadGateway answers as a proxy does that does not reach the service: 502 with
// a page.
func BadGateway(w http.ResponseWriter) {
	WriteBytes(w, http.StatusBadGateway, "text/html", []byte(htmlPage))
}

// Cut ends the connection without an answer: with a reset, or in good order.
func Cut(w http.ResponseWriter, reset bool) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil { // HTTP/2, which is never served here, or hijacked already
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0) // closing then sends RST
	}
	_ = conn.Close()
}

// Hijack sends the header past net/http, which would not let a wrong length or
// none through. A length below 0 is not told: the end of the connection is that of
// the body. It returns nil when that is not possible.
func Hijack(w *Writer, status int, length int64) net.Conn {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil
	}
	w.note(status)
	h := w.Header().Clone()
	h.Del("Content-Length")
	if length >= 0 {
		h.Set("Content-Length", strconv.FormatInt(length, 10))
	}
	h.Set("Connection", "close")
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", status, http.StatusText(status))
	_ = h.Write(&b) // a strings.Builder never fails
	b.WriteString("\r\n")
	_ = conn.SetWriteDeadline(time.Now().Add(time.Minute))
	_, _ = conn.Write([]byte(b.String()))
	return conn
}
