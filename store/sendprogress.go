package store

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// sendParts are the sends under way in this process. The zero value is ready.
type sendParts struct {
	mu    sync.Mutex
	under map[int64]*underWay
	told  time.Time
}

// underWay is a send whose request is out.
type underWay struct {
	at      SendProgress
	cancel  func()
	stopped bool
}

// begin notes that a send is under way.
func (p *sendParts) begin(d outSend, cancel func()) {
	u := &underWay{at: SendProgress{Op: d.op, Item: d.item}, cancel: cancel}
	for _, f := range d.st.Files {
		u.at.Total += f.Size
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.under == nil {
		p.under = map[int64]*underWay{}
	}
	p.under[d.op] = u
}

func (p *sendParts) has(op int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.under[op] != nil
}

// stop ends the request of a send: it is not wanted any more.
func (p *sendParts) stop(op int64) {
	p.mu.Lock()
	u := p.under[op]
	if u != nil {
		u.stopped = true
	}
	p.mu.Unlock()
	if u != nil {
		u.cancel()
	}
}

func (p *sendParts) stopped(op int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.under[op]
	return u != nil && u.stopped
}

// SendProgress is how far the uploads are that are under way in this process, oldest
// first. Watchers are told of it at most ten times a second.
func (s *Store) SendProgress() []SendProgress {
	p := &s.sending
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []SendProgress
	for _, u := range p.under {
		if u.at.Total > 0 {
			out = append(out, u.at)
		}
	}
	slices.SortFunc(out, func(a, b SendProgress) int { return cmp.Compare(a.Op, b.Op) })
	return out
}

// setProgress takes how far an upload is.
func (s *Store) setProgress(d outSend, done, total int64) {
	p := &s.sending
	now := time.Now()
	p.mu.Lock()
	if u := p.under[d.op]; u != nil {
		u.at.Done, u.at.Total = done, total
	}
	tell := now.Sub(p.told) >= signalEvery || now.Before(p.told)
	if tell {
		p.told = now
	}
	p.mu.Unlock()
	if tell {
		s.poke()
	}
}

func (s *Store) endProgress(op int64) {
	p := &s.sending
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.under, op)
}
