package simulator

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"

	"switchboard/api/simulator/gateway"
)

// pushPath is where the push gateway listens, on the platform's host.
const pushPath = "/ws"

const (
	maxPushFrame = 1 << 20
	pushWrite    = time.Minute            // for one frame, in real time
	pushPing     = 30 * time.Second       // between pings, in real time
	pushPong     = 10 * time.Second       // for their answers
	pushLook     = time.Second            // between looks at the injected clock
	pushLate     = 250 * time.Millisecond // how long a late event is held, in real time
)

func pushRoutes() map[string]*op {
	const sub = "/restapi/v1.0/subscription"
	light, medium := op{group: "Light"}, op{group: "Medium"}
	return map[string]*op{
		"POST /restapi/oauth/wstoken": (&op{group: "Auth", app: "WebSocket"}).as("authWsToken", (*call).wsToken),
		"GET " + pushPath:             (&op{open: true, plain: true}).as("connectPush", (*call).connectPush),
		"GET " + sub:                  light.as("listSubscriptions", (*call).listSubscriptions),
		"POST " + sub:                 medium.as("createSubscription", (*call).createSubscription),
		"GET " + sub + "/{id}":        light.as("readSubscription", (*call).readSubscription),
		"PUT " + sub + "/{id}":        medium.as("updateSubscription", (*call).updateSubscription),
		"DELETE " + sub + "/{id}":     medium.as("deleteSubscription", (*call).deleteSubscription),
		"POST " + sub + "/{id}/renew": light.as("renewSubscription", (*call).renewSubscription),
	}
}

// login names the sign-in that an access token is of.
func (a *authority) login(token string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range a.sessions {
		if s.access == token {
			return s.id
		}
	}
	return ""
}

func (c *call) wsToken() *apiError {
	access, err := c.s.auth.bearer(c.r, false)
	if err != nil {
		return err
	}
	writeJSON(c.w, http.StatusOK, struct {
		Token   string `json:"ws_access_token"`
		URI     string `json:"uri"`
		Expires int    `json:"expires_in"`
	}{
		c.s.push.token(c.s.auth.login(access), c.s.now()),
		"ws" + strings.TrimPrefix(c.s.platform.url, "http") + pushPath, int(wsTokenLife.Seconds()),
	})
	return nil
}

// hijacked remembers the connection under a WebSocket, for the faults that
// break it in the middle of a frame.
type hijacked struct {
	http.ResponseWriter
	conn net.Conn
}

func (h *hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	h.conn = conn
	return conn, rw, err
}

func (c *call) connectPush() *apiError {
	h := c.s.push
	if h.once("dial") {
		gateway.Cut(c.w, true)
		return nil
	}
	silent, early := h.once("silent"), h.once("connect")
	pc := newPushConn()
	q := c.r.URL.Query()
	p, _, ok := h.open(pc, q.Get("access_token"), q.Get("wsc"), c.s.now())
	if !ok {
		return unauthorized("OAU-213", "Token not found")
	}
	defer func() { h.leave(pc, c.s.now()) }()
	under := &hijacked{ResponseWriter: c.w}
	ws, err := websocket.Accept(under, c.r, nil)
	if err != nil {
		return nil //nolint:nilerr // Accept has answered
	}
	defer func() { _ = ws.CloseNow() }()
	ctx, cancel := context.WithCancelCause(c.s.ctx)
	defer cancel(nil)
	pc.begin(under.conn, cancel)
	switch {
	case early:
		_ = pc.raw.Close()
		return nil
	case silent: // it neither reads nor writes, until the client gives up
		c.s.ignore(ctx, pc.raw)
		return nil
	}
	if h.once("details") {
		pc.last()
	}
	ws.SetReadLimit(maxPushFrame)
	c.s.serve1(ctx, ws, p, pc)
	return nil
}

// ignore keeps a connection open and never answers, until the other side ends
// it.
func (s *Server) ignore(ctx context.Context, conn net.Conn) {
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	b := make([]byte, 512)
	for {
		if _, err := conn.Read(b); err != nil {
			return
		}
	}
}

// serve1 speaks with one client until either side ends it.
func (s *Server) serve1(ctx context.Context, ws *websocket.Conn, p *pushSession, c *pushConn) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.pushWriter(ctx, ws, p, c)
		_ = c.raw.Close() // ends the reading below
	}()
	defer func() { c.end(errLeft); <-done }()
	for {
		_, b, err := ws.Read(ctx)
		if err != nil {
			return
		}
		if !c.mute() {
			c.touch(s.now())
			s.pushRequest(p, c, b)
		}
	}
}

// pushWriter sends what is queued, looks after late events and time limits, and
// checks now and then whether the client is still there.
func (s *Server) pushWriter(ctx context.Context, ws *websocket.Conn, p *pushSession, c *pushConn) {
	look := time.NewTicker(pushLook)
	defer look.Stop()
	pinged := time.Now()
	c.touch(s.now())
	for {
		for {
			item, ok := c.next()
			if !ok {
				break
			}
			if !c.write(ctx, ws, item) {
				return
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-c.wake:
		case <-c.holding():
			s.push.flush(p, c)
		case <-look.C:
			if c.mute() {
				continue
			}
			if code, message := p.over(c, s.now(), s.cfg.PushLife); code != "" {
				c.fail(http.StatusUnauthorized, code, message, errOver)
				continue
			}
			if time.Since(pinged) < pushPing {
				continue
			}
			pinged = time.Now()
			pctx, cancel := context.WithTimeout(ctx, pushPong)
			err := ws.Ping(pctx)
			cancel()
			if err != nil {
				return
			}
		}
	}
}

// over says which of a session's time limits has passed.
func (p *pushSession) over(c *pushConn, now time.Time, life time.Duration) (code, message string) {
	switch {
	case now.Sub(p.began) >= life:
		return "WSG-903", "Absolute timeout expired"
	case now.Sub(c.touched()) >= pushIdle:
		return "WSG-902", "Idle timeout expired"
	}
	return "", ""
}

// pushRequest carries out what a client's frame asks for.
func (s *Server) pushRequest(p *pushSession, c *pushConn, b []byte) {
	var halves []json.RawMessage
	var meta struct {
		Type, MessageID, Method, Path string
	}
	if json.Unmarshal(b, &halves) != nil || len(halves) == 0 || json.Unmarshal(halves[0], &meta) != nil {
		c.fail(http.StatusBadRequest, "WSG-905", "Frame is not understood", nil)
		return
	}
	switch meta.Type {
	case "Heartbeat":
		s.push.beat()
		c.put(pushFrame(pushMeta{Type: "Heartbeat", MessageID: meta.MessageID, Status: http.StatusOK}, nil))
	case "ClientRequest":
		var body json.RawMessage
		if len(halves) > 1 {
			body = halves[1]
		}
		s.clientRequest(p, c, meta.MessageID, meta.Method, meta.Path, body)
	default:
		c.fail(http.StatusBadRequest, "WSG-905", "Unknown type of frame", nil)
	}
}

// clientRequest is a REST request that came through the socket. Only those of
// subscriptions are known here.
func (s *Server) clientRequest(p *pushSession, c *pushConn, id, method, path string, body []byte) {
	headers := http.Header{}
	reply := func(status int, v any) {
		meta := pushMeta{Type: "ClientRequest", MessageID: id, Status: status, Headers: requestHeaders()}
		for name := range headers {
			meta.Headers[name] = headers.Get(name)
		}
		if status >= http.StatusBadRequest {
			meta.Type = "Error"
		}
		s.push.mu.Lock()
		p.sequence++
		meta.WSC = p.wsc()
		s.push.mu.Unlock()
		c.put(pushFrame(meta, v))
	}
	group := "Medium"
	if method == http.MethodGet {
		group = "Light"
	}
	if wait, ok := s.limits.take(headers, group, s.now()); !ok {
		headers.Set("Retry-After", seconds(wait))
		reply(http.StatusTooManyRequests, tooMany(wait).body())
		return
	}
	const base = "/restapi/v1.0/subscription"
	rest, known := strings.CutPrefix(strings.TrimSuffix(path, "/"), base)
	var v any
	status := http.StatusOK
	var err *apiError
	switch {
	case known && method == http.MethodPost && rest == "":
		v, err = s.subscribeSocket(p, body)
	case known && method == http.MethodPut && rest != "":
		v, err = s.resubscribeSocket(p, strings.TrimPrefix(rest, "/"), body)
	case known && method == http.MethodGet && rest != "":
		v, err = s.readSocket(p, strings.TrimPrefix(rest, "/"))
	case known && method == http.MethodDelete && rest != "":
		status, err = http.StatusNoContent, s.push.unsubscribeSocket(p, strings.TrimPrefix(rest, "/"))
	default:
		err = &apiError{status: http.StatusNotFound, code: "CMN-120", message: "Invalid URI"}
	}
	if err != nil {
		reply(err.status, err.body())
		return
	}
	reply(status, v)
	if method == http.MethodPost && s.push.once("subscribed") {
		c.last()
	}
}

// errors that end a connection from this side.
var (
	errDropped  = errors.New("dropped by a fault")
	errReplaced = errors.New("another connection went on with the session")
	errOver     = errors.New("the session's time is over")
	errLeft     = errors.New("the client left")
	errSlow     = errors.New("the client reads too slowly")
	errRevoked  = errors.New("the sign-in is over")
)
