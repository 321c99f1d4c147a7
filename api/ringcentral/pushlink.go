package ringcentral

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"switchboard/api"
)

const (
	// maxPushFrame is far more than any event needs: those with the longest text
	// have some 40 KiB.
	maxPushFrame = 256 << 10
	// pushWaiting frames are read before those before them are done with. More
	// would only be memory: the socket holds them back as well.
	pushWaiting = 32
)

// recoveryToken lets a new connection go on where another one ended. Each frame
// may bring a newer one.
type recoveryToken struct {
	Token    string `json:"token"`
	Sequence int64  `json:"sequence"`
}

// pushFrame is one message of the socket: two halves of a JSON array.
type pushFrame struct {
	Type      string
	MessageID string
	Status    int
	WSC       recoveryToken
	Headers   http.Header
	Body      json.RawMessage // nil: none
}

// parseFrame reads a message of the socket.
func parseFrame(b []byte) (pushFrame, error) {
	var halves []json.RawMessage
	if err := json.Unmarshal(b, &halves); err != nil {
		return pushFrame{}, fmt.Errorf("frame of %d bytes: %w", len(b), err)
	}
	if len(halves) == 0 {
		return pushFrame{}, errors.New("frame without a type")
	}
	var meta struct {
		Type      string                     `json:"type"`
		MessageID ID                         `json:"messageId"`
		Status    int                        `json:"status"`
		WSC       recoveryToken              `json:"wsc"`
		Headers   map[string]json.RawMessage `json:"headers"`
	}
	if err := tolerant(halves[0], &meta); err != nil {
		return pushFrame{}, fmt.Errorf("frame: %w", err)
	}
	f := pushFrame{Type: meta.Type, MessageID: string(meta.MessageID), Status: meta.Status, WSC: meta.WSC, Headers: http.Header{}}
	for name, raw := range meta.Headers {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			text = string(raw) // a number
		}
		f.Headers.Set(name, text)
	}
	if len(halves) > 1 && string(halves[1]) != "null" {
		f.Body = halves[1]
	}
	return f, nil
}

// details is what the service tells of a connection (ConnectionDetails). Times
// are seconds.
type pushDetails struct {
	RecoveryBufferSize int64  `json:"recoveryBufferSize"`
	RecoveryTimeout    int64  `json:"recoveryTimeout"`
	IdleTimeout        int64  `json:"idleTimeout"`
	AbsoluteTimeout    int64  `json:"absoluteTimeout"`
	RecoveryState      string `json:"recoveryState"`
	CreationTime       Time   `json:"creationTime"`
}

// link is one connection.
type link struct {
	conn    *websocket.Conn
	clock   api.Clock
	stop    context.CancelFunc
	frames  chan []byte // closed when nothing more will come
	err     error       // why; read it after frames is closed
	details pushDetails
	began   time.Time
	// ready and what follows is of the one who sets the connection up.
	pending   []pushFrame // notifications that came before it was ready
	wsc       recoveryToken
	recovered bool // goes on with an earlier session: nothing was missed
	disabled  []string
	bad       int

	mu    sync.Mutex
	heard time.Time
	full  bool // nothing is read because what was read is not done with
}

// connect opens a connection that delivers events: one that goes on with the
// session of wsc, if it can, or a new one.
func (p *pusher) connect(ctx context.Context, wsc string) (*link, error) {
	address, token, err := p.c.wsToken(ctx)
	if err != nil {
		return nil, err
	}
	l, err := p.dial(ctx, address, token, wsc)
	if err != nil {
		return nil, err
	}
	err = p.greet(ctx, l)
	if err == nil && !l.recovered {
		err = p.subscribe(ctx, l)
	}
	if err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

// hosts are those that RingCentral's own platform has beside it, and the
// caller's.
func (p *pusher) hosts() []string {
	hosts := p.o.Hosts
	if base, err := url.Parse(p.c.BaseURL()); err == nil && strings.HasSuffix("."+base.Hostname(), ".ringcentral.com") {
		hosts = append([]string{"*.ringcentral.com"}, hosts...)
	}
	return hosts
}

func (p *pusher) dial(ctx context.Context, address, token, wsc string) (*link, error) {
	q := url.Values{"access_token": {token}}
	if wsc != "" {
		q.Set("wsc", wsc)
	}
	l := &link{clock: p.clock, frames: make(chan []byte, pushWaiting)}
	dctx, cancel := within(ctx, p.clock, pushStep)
	defer cancel()
	var err error
	l.conn, err = p.c.Socket(dctx, api.Socket{
		Op: opConnect, Address: address, Query: q, Hosts: p.hosts(), Limit: maxPushFrame, Ping: l.hear,
	})
	if err != nil {
		return nil, err
	}
	l.began = p.clock.Now()
	l.hear()
	var rctx context.Context
	rctx, l.stop = context.WithCancel(ctx)
	go l.read(rctx)
	return l, nil
}

// read hands the messages on, and stops reading while nobody takes them.
func (l *link) read(ctx context.Context) {
	defer close(l.frames)
	for {
		_, b, err := l.conn.Read(ctx)
		if err != nil {
			l.err = broken(err)
			return
		}
		l.hear()
		select {
		case l.frames <- b:
			continue
		default:
		}
		l.block(true)
		select {
		case l.frames <- b:
		case <-ctx.Done():
			l.err = broken(context.Cause(ctx))
			return
		}
		l.block(false)
	}
}

// broken names the end of a connection.
func broken(err error) error {
	var closed websocket.CloseError
	if errors.As(err, &closed) {
		return fmt.Errorf("RingCentral push: the service closed the connection (%d)", int(closed.Code))
	}
	for { // the library tells at length how it came to know
		next := errors.Unwrap(err)
		if next == nil {
			return fmt.Errorf("RingCentral push: the connection was lost: %w", err)
		}
		err = next
	}
}

func (l *link) hear() {
	now := l.clock.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard = now
}

func (l *link) block(on bool) {
	now := l.clock.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.full, l.heard = on, now
}

// last is when anything came, or could not come because of us.
func (l *link) last() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.full {
		return l.clock.Now()
	}
	return l.heard
}

// close ends the connection. What was read before stays in frames.
func (l *link) close() {
	l.stop()
	_ = l.conn.CloseNow() // nobody waits for a farewell
}

// send writes one message.
func (l *link) send(ctx context.Context, halves ...any) error {
	b, err := json.Marshal(halves)
	if err != nil {
		return fmt.Errorf("RingCentral push: %w", err)
	}
	ctx, cancel := within(ctx, l.clock, pushStep)
	defer cancel()
	if err := l.conn.Write(ctx, websocket.MessageText, b); err != nil {
		return broken(err)
	}
	return nil
}

func newMessageID() string { return strings.ToLower(rand.Text()) }

// beat asks the other side whether it is there.
func (l *link) beat(ctx context.Context) error {
	return l.send(ctx, struct {
		Type      string `json:"type"`
		MessageID string `json:"messageId"`
	}{"Heartbeat", newMessageID()})
}

// await reads until the wanted frame. Events that come before it are kept.
func (l *link) await(ctx context.Context, wanted func(pushFrame) bool) (pushFrame, error) {
	late := l.clock.After(pushStep)
	for {
		select {
		case b, ok := <-l.frames:
			if !ok {
				return pushFrame{}, l.err
			}
			f, err := parseFrame(b)
			if err != nil {
				return f, fmt.Errorf("RingCentral push: %w: %w", api.ErrBadBody, err)
			}
			if f.WSC.Token != "" && (f.Type == "ConnectionDetails" || f.WSC.Sequence > l.wsc.Sequence) {
				l.wsc = f.WSC
			}
			switch {
			case wanted(f):
				return f, nil
			case f.Type == "ServerNotification":
				if l.pending = append(l.pending, f); len(l.pending) > maxPushSeen {
					return f, errPushFrames
				}
			case f.Type == "Error":
				return f, f.failure(opConnect, http.MethodGet)
			}
		case <-late:
			if len(l.frames) == 0 { // what is here is no silence
				return pushFrame{}, errPushSilent
			}
			late = l.clock.After(time.Second)
		case <-ctx.Done():
			return pushFrame{}, context.Cause(ctx)
		}
	}
}

// failure is the error that a frame brings.
func (f pushFrame) failure(op, method string) *api.Error {
	status := f.Status
	if status < http.StatusBadRequest {
		status = http.StatusInternalServerError
	}
	return api.DecodeError("RingCentral", op, method, status, f.Headers, f.Body)
}

// greet waits for the service's own first words.
func (p *pusher) greet(ctx context.Context, l *link) error {
	f, err := l.await(ctx, func(f pushFrame) bool { return f.Type == "ConnectionDetails" })
	if err != nil {
		return err
	}
	if f.Status >= http.StatusBadRequest {
		return f.failure(opConnect, http.MethodGet)
	}
	if err := tolerant(f.Body, &l.details); err != nil {
		return fmt.Errorf("RingCentral push: %w: connection details: %w", api.ErrBadBody, err)
	}
	l.recovered = strings.EqualFold(l.details.RecoveryState, "Successful")
	if l.recovered {
		l.disabled = p.state.Disabled
	}
	return nil
}

// within ends a context once d has passed on the clock.
func within(ctx context.Context, clock api.Clock, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	late := clock.After(d)
	go func() {
		select {
		case <-late:
			cancel(api.ErrIdle)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(context.Canceled) }
}
