package simulator

import (
	"context"
	"encoding/binary"
	"net"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// pushConn is one connection: what waits to be written to it. Its lock is
// inside the hub's.
type pushConn struct {
	session *pushSession // set by pushHub.open
	raw     net.Conn
	stop    context.CancelCauseFunc
	wake    chan struct{}
	left    chan struct{} // closed once its session is without it

	mu    sync.Mutex
	queue []pushItem
	head  int   // of queue: what is before it has been written
	ended bool  // nothing more is queued
	over  error // why it was ended at once
	muted bool  // it neither answers nor sends any more, but stays
	held  []pushEvent
	since time.Time // of the oldest held, in real time
	heard time.Time // when the client last sent something, by the injected clock
}

// pushItem is a frame, or a part of one, and what comes after it.
type pushItem struct {
	text []byte
	half bool // break the connection in the middle of it
	last bool // end the connection after it
}

func newPushConn() *pushConn {
	return &pushConn{wake: make(chan struct{}, 1), left: make(chan struct{})}
}

// begin tells what to end the connection with.
func (c *pushConn) begin(raw net.Conn, stop context.CancelCauseFunc) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.raw, c.stop = raw, stop
	if c.over != nil {
		stop(c.over)
	}
}

func (c *pushConn) add(item pushItem) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return
	}
	if len(c.queue)-c.head >= pushQueue {
		c.finish(errSlow)
		return
	}
	c.queue = append(c.queue, item)
	if item.half || item.last {
		c.ended = true
	}
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *pushConn) put(text []byte) { c.add(pushItem{text: text}) }

// cut breaks the connection in the middle of a frame.
func (c *pushConn) cut(text []byte) { c.add(pushItem{text: text, half: true}) }

// last ends the connection once everything queued is written.
func (c *pushConn) last() { c.add(pushItem{last: true}) }

// fail sends an error, and ends the connection if there is a reason to.
func (c *pushConn) fail(status int, code, message string, why error) {
	e := apiError{status: status, code: code, message: message}
	c.add(pushItem{
		text: pushFrame(pushMeta{Type: "Error", MessageID: randomID(), Status: status, Headers: requestHeaders()}, e.body()),
		last: why != nil,
	})
}

// end ends the connection at once.
func (c *pushConn) end(why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.finish(why)
}

// finish is end for who holds the lock.
func (c *pushConn) finish(why error) {
	c.ended, c.queue, c.head, c.over = true, nil, 0, why
	if c.stop != nil {
		c.stop(why)
	}
}

func (c *pushConn) next() (pushItem, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.muted {
		return pushItem{}, false
	}
	if c.head == len(c.queue) {
		c.queue, c.head = c.queue[:0], 0
		return pushItem{}, false
	}
	item := c.queue[c.head]
	c.queue[c.head] = pushItem{}
	c.head++
	return item, true
}

// write sends one item; false ends the connection.
func (c *pushConn) write(ctx context.Context, ws *websocket.Conn, item pushItem) bool {
	if item.half {
		head := []byte{0x81, 126, 0, 0} // a text frame that says how long it is, and then is not
		binary.BigEndian.PutUint16(head[2:], uint16(min(len(item.text), 65535)))
		_ = c.raw.SetWriteDeadline(time.Now().Add(pushWrite))
		_, _ = c.raw.Write(append(head, item.text[:len(item.text)/2]...))
		return false
	}
	if item.text != nil {
		wctx, cancel := context.WithTimeout(ctx, pushWrite)
		defer cancel()
		if ws.Write(wctx, websocket.MessageText, item.text) != nil {
			return false
		}
	}
	return !item.last
}

func (c *pushConn) mute() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.muted
}

func (c *pushConn) touch(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heard = now
}

func (c *pushConn) touched() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.heard
}

// hold keeps an event back.
func (c *pushConn) hold(e pushEvent) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.held) == 0 {
		c.since = time.Now()
	}
	c.held = append(c.held, e)
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// release gives out what was held back.
func (c *pushConn) release(send func(pushEvent)) {
	c.mu.Lock()
	late := c.held
	c.held = nil
	c.mu.Unlock()
	for _, e := range late {
		send(e)
	}
}

// holding tells when what is held back has been so for long enough; nil while
// nothing is.
func (c *pushConn) holding() <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.held) == 0 {
		return nil
	}
	return time.After(max(pushLate-time.Since(c.since), 0))
}
