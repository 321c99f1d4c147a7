package gateway

import (
	"net/http"
	"sync"
)

// Gate counts the handlers that run, which http.Server.Close does not wait
// for, and lets none start once it is closed. Its zero value is open.
type Gate struct {
	mu     sync.Mutex
	closed bool
	wg     sync.WaitGroup
}

// Enter reports whether the gate is open. If it is, Leave must follow.
func (g *Gate) Enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.closed {
		g.wg.Add(1)
	}
	return !g.closed
}

// Leave ends what Enter began.
func (g *Gate) Leave() { g.wg.Done() }

// Close lets nobody in any more and waits until all have left.
func (g *Gate) Close() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.wg.Wait()
}

// Guard makes a handler whose requests pass the gate.
func (g *Gate) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.Enter() {
			return // the connection is closed already
		}
		defer g.Leave()
		next.ServeHTTP(w, r)
	})
}
