package store

import "time"

// feedApartLeast is the least time between two looks of a feed that news ask for.
const feedApartLeast = 10 * time.Second

// apart is how long after a look of a feed news have it look again. News come in
// crowds; so many requests are left for others.
func (f feed) apart() time.Duration {
	if f.gap > 0 {
		return f.gap
	}
	return min(f.every, max(feedApartLeast, f.every/4))
}

// wantFeed has a feed look for what is new soon, in the background: there is news of
// it. However often it is called, looks are apart.
func (b *mailbox) wantFeed(name string) {
	b.feeds.mu.Lock()
	if b.feeds.wanted == nil {
		b.feeds.wanted = map[string]bool{}
	}
	b.feeds.wanted[name] = true
	b.feeds.mu.Unlock()
	poke(b.feeds.wake(name))
}

// feedDue is how long it is until a feed has to look again.
func (b *mailbox) feedDue(f feed, st FeedState, now time.Time) time.Duration {
	every := f.every
	if b.listens(f.name) {
		every = f.pushed
	}
	if st.Synced.After(now) {
		return 0 // the clock was set back
	}
	wait := st.Synced.Add(every).Sub(now)
	b.feeds.mu.Lock()
	defer b.feeds.mu.Unlock()
	if b.feeds.wanted[f.name] {
		wait = min(wait, st.Synced.Add(f.apart()).Sub(now))
	}
	return max(wait, 0)
}

// feedHeld is how long a feed is left alone after trouble.
func (b *mailbox) feedHeld(name string, now time.Time) time.Duration {
	b.feeds.mu.Lock()
	defer b.feeds.mu.Unlock()
	return dueIn(b.feeds.status[name].Until, now)
}

// feedStarts notes that a feed looks now: what is told from now on has it look again.
func (b *mailbox) feedStarts(name string) {
	b.feeds.mu.Lock()
	defer b.feeds.mu.Unlock()
	delete(b.feeds.wanted, name)
}
