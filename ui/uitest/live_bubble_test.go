package uitest

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"switchboard/api/simulator"
)

// pipes connects a client with a service inside one bubble of time: nothing goes over the
// system's network, whose waiting would keep the time from passing.
type pipes struct {
	mu    sync.Mutex
	hosts map[string]*pipe
	down  error // why nobody is reached
	conns []net.Conn
}

// pipe is what one host of the service listens on.
type pipe struct {
	addr   *net.TCPAddr
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipe) Addr() net.Addr { return p.addr }

func (p *pipe) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipe) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Listener is for simulator.Config.
func (p *pipes) Listener(string) net.Listener {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.hosts == nil {
		p.hosts = map[string]*pipe{}
	}
	l := &pipe{addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 40001 + len(p.hosts)}, conns: make(chan net.Conn), closed: make(chan struct{})}
	p.hosts[l.addr.String()] = l
	return l
}

func (p *pipes) dial(ctx context.Context, _, addr string) (net.Conn, error) {
	p.mu.Lock()
	l, down := p.hosts[addr], p.down
	p.mu.Unlock()
	if down == nil && l == nil {
		down = errors.New("no such host")
	}
	if down != nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: down}
	}
	here, there := net.Pipe()
	select {
	case l.conns <- there:
		p.mu.Lock()
		p.conns = append(p.conns, here)
		p.mu.Unlock()
		return here, nil
	case <-l.closed:
	case <-ctx.Done():
	}
	return nil, errors.Join(&net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}, here.Close(), there.Close())
}

// cut breaks every connection, and lets none be made until there is no error any more.
func (p *pipes) cut(why error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = why
	for _, c := range p.conns {
		_ = c.Close()
	}
	p.conns = nil
}

// bubble runs a desk without screens in which time passes as soon as everything that
// was to be done is done: a day takes a moment, and is the same each time.
func bubble(t *testing.T, c Config, f func(t *testing.T, d *Desk, net *pipes)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		net := &pipes{}
		c.Clock, c.Now, c.NoScreens = today{}, today{}.Now, true
		c.Sim.Listener = net.Listener
		c.Dial = net.dial
		f(t, Open(t, c), net)
	})
}

// today is the time of a bubble, which begins in the year 2000, in our own days.
type today struct{}

func (today) Now() time.Time {
	return time.Now().Add(noon().Sub(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)))
}

func (today) After(d time.Duration) <-chan time.Time { return time.After(d) }

// pass lets time pass and all that happens in it.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// requests counts by operation what was asked since a moment.
func requests(s *simulator.Server, since time.Time) map[string]int {
	n := map[string]int{}
	for _, r := range s.Requests() {
		if r.Time.After(since) {
			n[r.Op]++
		}
	}
	return n
}
