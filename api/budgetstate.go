package api

import "time"

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
	for _, g := range []Group{Light, Medium, Heavy} {
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
