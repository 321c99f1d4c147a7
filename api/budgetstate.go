package api

import (
	"slices"
	"time"
)

// GroupState is how far a rate group is used at the moment.
type GroupState struct {
	Group  Group
	Used   int           // requests that count, those of other programs as far as they are known among them
	Limit  int           // in Window; 0: no limit is known
	Window time.Duration // over which they count
	Until  time.Time     // end of a penalty; zero: there is none
}

// State is how far the groups of data requests are used.
func (b *Budget) State() []GroupState {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.clock.Now()
	var out []GroupState
	groups := []Group{Light, Medium, Heavy}
	var own []Group // of a service that has groups of its own, then nothing but those
	for g := range b.groups {
		if g != Auth && !slices.Contains(groups, g) {
			own = append(own, g)
		}
	}
	if len(own) > 0 {
		slices.Sort(own)
		groups = own
	}
	for _, g := range groups {
		w := b.group(g)
		w.prune(now)
		st := GroupState{Group: g, Used: len(w.sent) + w.flying, Limit: w.limit, Window: w.length}
		if now.Before(w.othersUntil) {
			st.Used += w.others
		}
		if w.unlimited() {
			st.Limit = 0
		}
		if quiet := b.silence(w, now); quiet > 0 {
			st.Until = now.Add(quiet)
		}
		out = append(out, st)
	}
	return out
}

// Fix sets the limit of a group that a service documents and does not tell in its
// answers: limit requests in every window. It stays whatever answers lack.
func (b *Budget) Fix(g Group, limit int, length time.Duration) {
	if g == "" || g == NoThrottling || limit <= 0 || length <= 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	w := b.group(g)
	w.told, w.free, w.limit, w.length = true, false, limit, min(length, maxWindow)
	w.signal()
}
