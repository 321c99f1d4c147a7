package simulator

import (
	"crypto/rand"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// pushSession is what a client listens through. It outlives its connection for
// a while, so that a client can come back and miss nothing.
type pushSession struct {
	id       string
	key      string // of its recovery tokens
	login    string // the sign-in it belongs to
	sub      *subscription
	sequence int64
	kept     []keptFrame // the last notifications, for a client that comes back
	conn     *pushConn   // nil while it is away
	away     time.Time   // since when
	began    time.Time
}

// keptFrame is a notification that was sent.
type keptFrame struct {
	sequence int64
	text     []byte
}

// pushMeta is the first half of a frame.
type pushMeta struct {
	Type      string            `json:"type"`
	MessageID string            `json:"messageId"`
	Status    int               `json:"status,omitempty"`
	Headers   map[string]string `json:"headers,omitempty"`
	WSC       *recoveryToken    `json:"wsc,omitempty"`
}

// recoveryToken lets a client go on after the frame of that sequence.
type recoveryToken struct {
	Token    string `json:"token"`
	Sequence int64  `json:"sequence"`
}

func (p *pushSession) wsc() *recoveryToken {
	return &recoveryToken{Token: p.key + "." + strconv.FormatInt(p.sequence, 36), Sequence: p.sequence}
}

// pushFrame writes the two halves of a frame.
func pushFrame(meta pushMeta, body any) []byte {
	halves := []any{meta}
	if body != nil {
		halves = append(halves, body)
	}
	b, err := json.Marshal(halves)
	if err != nil { // only plain values of our own come here
		return []byte("[]")
	}
	return b
}

// expire forgets what is over: tokens, and sessions nobody came back to. The
// caller holds the lock.
func (h *pushHub) expire(now time.Time) {
	for token, t := range h.tokens {
		if !now.Before(t.ends) {
			delete(h.tokens, token)
		}
	}
	h.sessions = slices.DeleteFunc(h.sessions, func(p *pushSession) bool {
		return p.conn == nil && now.Sub(p.away) > pushRecovery
	})
}

// token makes a single-use token for a connection.
func (h *pushHub) token(login string, now time.Time) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.expire(now)
	t := randomToken("SIMW")
	h.tokens[t] = wsToken{session: login, ends: now.Add(wsTokenLife)}
	return t
}

// open begins a session on a connection, or goes on with the one that the
// recovery token is of. state is Successful, Failed, or "" when no recovery was
// asked for.
func (h *pushHub) open(c *pushConn, token, wsc string, now time.Time) (p *pushSession, state string, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.expire(now)
	t, known := h.tokens[token]
	if !known {
		return nil, "", false
	}
	delete(h.tokens, token)
	h.count.Connections++
	var replay []keptFrame
	if wsc != "" {
		state = "Failed"
		if p, replay = h.recover(wsc, t.session); p != nil {
			state = "Successful"
			h.count.Recovered++
		}
	}
	if p == nil {
		p = &pushSession{id: rand.Text(), key: rand.Text() + rand.Text(), login: t.session, began: now}
		h.sessions = append(h.sessions, p)
	}
	p.conn = c
	c.session = p
	details := struct {
		Creation    string `json:"creationTime"`
		Connections int    `json:"maxConnectionsPerSession"`
		Buffer      int    `json:"recoveryBufferSize"`
		Recovery    int    `json:"recoveryTimeout"`
		Idle        int    `json:"idleTimeout"`
		Life        int    `json:"absoluteTimeout"`
		Requests    int    `json:"maxActiveRequests"`
		State       string `json:"recoveryState,omitempty"`
		Error       string `json:"recoveryErrorCode,omitempty"`
	}{
		Creation:    strings.TrimSuffix(p.began.UTC().Format(timeLayout), "Z") + "+0000",
		Connections: pushConnections, Buffer: pushBuffer, Recovery: int(pushRecovery.Seconds()), Idle: int(pushIdle.Seconds()),
		Life: int(h.life.Seconds()), Requests: pushRequests, State: state,
	}
	if state == "Failed" {
		details.Error = "WSG-1005"
	}
	p.sequence++
	c.put(pushFrame(pushMeta{
		Type: "ConnectionDetails", MessageID: randomID(), Status: 200, WSC: p.wsc(), Headers: requestHeaders(),
	}, details))
	for _, k := range replay {
		c.put(k.text)
	}
	return p, state, true
}

// recover finds the session that a recovery token is of, and what the client
// missed of it. The caller holds the lock.
func (h *pushHub) recover(wsc, login string) (*pushSession, []keptFrame) {
	if h.faults.hit("recovery") {
		return nil, nil
	}
	key, at, ok := strings.Cut(wsc, ".")
	sequence, err := strconv.ParseInt(at, 36, 64)
	i := slices.IndexFunc(h.sessions, func(p *pushSession) bool { return p.key == key && p.login == login })
	if !ok || err != nil || i < 0 {
		return nil, nil
	}
	p := h.sessions[i]
	if p.conn != nil { // the service has not noticed yet that the old one is gone
		p.conn.end(errReplaced)
	}
	from := slices.IndexFunc(p.kept, func(k keptFrame) bool { return k.sequence > sequence })
	if from < 0 {
		return p, nil
	}
	return p, slices.Clone(p.kept[from:])
}

// deliver sends a notification to a session, or keeps it for its return. The
// caller holds the lock.
func (h *pushHub) deliver(p *pushSession, e pushEvent) {
	h.count.Sent++
	if h.faults.hit("lost") {
		h.count.Lost++
		return
	}
	if h.faults.hit("late") && p.conn != nil {
		h.count.Late++
		p.conn.hold(e)
		return
	}
	h.send(p, e)
	if h.faults.hit("double") {
		h.count.Doubled++
		h.send(p, e)
	}
	if p.conn != nil {
		p.conn.release(func(late pushEvent) { h.send(p, late) })
	}
}

func (h *pushHub) send(p *pushSession, e pushEvent) {
	p.sequence++
	text := pushFrame(pushMeta{
		Type: "ServerNotification", MessageID: strconv.FormatUint(h.serial<<16|uint64(p.sequence&0xffff), 10),
		Status: 200, WSC: p.wsc(), Headers: requestHeaders(),
	}, e)
	if p.kept = append(p.kept, keptFrame{p.sequence, text}); len(p.kept) > pushBuffer {
		p.kept = slices.Delete(p.kept, 0, len(p.kept)-pushBuffer)
	}
	c := p.conn
	if c == nil {
		return
	}
	switch {
	case h.faults.hit("json"):
		c.put(append(text[:len(text)/2:len(text)/2], `,{]`...))
	case h.faults.hit("frame"):
		c.cut(text)
	case h.faults.hit("event"):
		c.end(errDropped)
	default:
		c.put(text)
	}
}

// leave notes that a connection is gone.
func (h *pushHub) leave(c *pushConn, now time.Time) {
	defer close(c.left)
	h.mu.Lock()
	defer h.mu.Unlock()
	if p := c.session; p != nil && p.conn == c {
		p.conn, p.away = nil, now
		c.release(func(e pushEvent) { h.send(p, e) }) // a recovery brings them
	}
}

func randomID() string { return strings.ToLower(rand.Text()) }

func requestHeaders() map[string]string {
	return map[string]string{"RCRequestId": "sim-" + rand.Text()[:12]}
}

func parseInt(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64) // 0 is nobody's id
	return n
}
