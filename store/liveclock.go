package store

import (
	"context"
	"net"
	"slices"
	"strings"
	"time"
)

const (
	clockEvery = 30 * time.Second // between two looks at the clock and the network
	// clockJump is how far the clock may be off what has passed: beyond it this machine
	// slept, or its clock was set.
	clockJump = time.Minute
)

// runClock notices that this machine slept, that its clock was set, or that it is on
// another network. Waits may be far too long then, connections dead without anybody
// having been told, and trouble over: everything is looked for at once.
func (s *Store) runClock(ctx context.Context) {
	last, net := s.now().Round(0), s.network()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.after(clockEvery):
		}
		// Without its monotonic part, which stands still while the machine sleeps.
		now, there := s.now().Round(0), s.network()
		off := now.Sub(last) - clockEvery
		switch {
		case off > clockJump, off < -clockJump:
			s.log.Info("the clock jumped, or this machine slept", "by", off)
			s.SyncNow()
		case there != net && there != "":
			s.log.Info("another network")
			s.SyncNow()
		}
		last, net = now, there
	}
}

// network names the addresses of this machine; "" if there are none but its own.
func (s *Store) network() string {
	if s.sync.network != nil {
		return s.sync.network()
	}
	return addresses()
}

func addresses() string {
	list, err := net.InterfaceAddrs()
	if err != nil {
		return ""
	}
	var out []string
	for _, a := range list {
		if ip, ok := a.(*net.IPNet); ok && !ip.IP.IsLoopback() && !ip.IP.IsLinkLocalUnicast() {
			out = append(out, ip.String())
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}
