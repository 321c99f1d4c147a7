package gateway

import (
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"
)

var errCut = errors.New("simulator: the connection was cut on purpose")

// Breaker spoils an answer on its way out. It knows the answer's length from
// Content-Length, which every handler sets. Finish must follow.
type Breaker struct {
	// To is where the answer goes.
	To *Writer
	// Fault is one of these; any other leaves the answer as it is:
	//
	//	reset      the connection is reset in the middle of the answer
	//	truncate   the connection ends in the middle of the answer
	//	slow       the answer arrives in small pieces
	//	badjson    the last byte is wrong, the length is right
	//	badlength  Content-Length is wrong
	Fault string
	Slow  time.Duration   // how long the fault "slow" spreads the answer over
	Done  <-chan struct{} // ends what "slow" waits for
	Short bool            // the fault "badlength" tells too little, not too much

	told   bool  // WriteHeader was called
	length int64 // of the body; -1 unknown
	sent   int64
	conn   net.Conn // once hijacked
}

// Header implements [http.ResponseWriter].
func (k *Breaker) Header() http.Header { return k.To.Header() }

// Unwrap serves [http.ResponseController].
func (k *Breaker) Unwrap() http.ResponseWriter { return k.To }

// WriteHeader implements [http.ResponseWriter].
func (k *Breaker) WriteHeader(status int) {
	if k.told {
		return
	}
	k.told, k.length = true, -1
	if n, err := strconv.ParseInt(k.To.Header().Get("Content-Length"), 10, 64); err == nil {
		k.length = n
	}
	switch {
	case k.cuts() && k.length <= 1:
		k.To.note(status) // nothing to cut in half: all of it is lost
		k.Finish()
		return
	case k.Fault == "badlength" && k.length > 0:
		wrong := k.length + 7
		if k.Short {
			wrong = max(k.length-7, 1)
		}
		if k.conn = Hijack(k.To, status, wrong); k.conn != nil {
			return
		}
	}
	k.To.WriteHeader(status)
}

func (k *Breaker) cuts() bool { return k.Fault == "reset" || k.Fault == "truncate" }

// Write implements [http.ResponseWriter].
func (k *Breaker) Write(b []byte) (int, error) {
	if !k.told {
		k.WriteHeader(http.StatusOK)
	}
	switch k.Fault {
	case "reset", "truncate":
		return k.half(b)
	case "slow":
		return k.slowly(b)
	case "badjson":
		return k.spoil(b)
	}
	return k.pass(b)
}

func (k *Breaker) pass(b []byte) (int, error) {
	var n int
	var err error
	if k.conn != nil {
		_ = k.conn.SetWriteDeadline(time.Now().Add(time.Minute))
		n, err = k.conn.Write(b)
	} else {
		n, err = k.To.Write(b)
	}
	k.sent += int64(n)
	return n, err
}

// half lets the first half of the body through, then ends the connection.
func (k *Breaker) half(b []byte) (int, error) {
	room := k.length/2 - k.sent
	if k.conn != nil || room <= 0 {
		return 0, errCut
	}
	if room > int64(len(b)) {
		return k.pass(b)
	}
	n, err := k.pass(b[:room])
	if err != nil {
		return n, err
	}
	_ = http.NewResponseController(k.To).Flush()
	k.Finish()
	return n, errCut
}

// slowly spreads the whole body over Slow in sixteen steps.
func (k *Breaker) slowly(b []byte) (int, error) {
	const steps = 16
	piece := max(int(k.length/steps)+1, 1)
	done := 0
	for done < len(b) {
		t := time.NewTimer(k.Slow / steps)
		select {
		case <-t.C:
		case <-k.Done:
			t.Stop()
			return done, errCut
		}
		n, err := k.pass(b[done:min(done+piece, len(b))])
		done += n
		if err != nil {
			return done, err
		}
		_ = http.NewResponseController(k.To).Flush()
	}
	return done, nil
}

// spoil breaks the last closing bracket; the length stays right.
func (k *Breaker) spoil(b []byte) (int, error) {
	spoiled := append([]byte(nil), b...)
	if n := len(spoiled); n > 0 && k.sent+int64(n) == k.length {
		spoiled[n-1] = ','
	}
	return k.pass(spoiled)
}

// Finish ends what the fault leaves open.
func (k *Breaker) Finish() {
	switch {
	case k.conn != nil && k.Fault == "badlength":
		_ = k.conn.Close()
	case k.conn == nil && k.cuts():
		conn, _, err := http.NewResponseController(k.To).Hijack()
		if err != nil {
			return
		}
		k.conn = conn
		if tcp, ok := conn.(*net.TCPConn); ok && k.Fault == "reset" {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
	}
}
