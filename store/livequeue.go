package store

import (
	"errors"
	"sync"
)

// liveQueue is what was heard and not taken in yet. Putting never waits: whoever
// reads from the service must go on reading. It holds a bounded number of things;
// what does not fit is dropped and asked for instead.
type liveQueue struct {
	wake chan struct{}

	mu   sync.Mutex
	news News
	some bool
}

func newLiveQueue() *liveQueue { return &liveQueue{wake: make(chan struct{}, 1)} }

// put adds what was heard.
func (q *liveQueue) put(n News) {
	if q.add(n) && n.Taken != nil { // it is to be told again when there is room
		n.Taken(errNewsFull)
	}
}

// errNewsFull is why news are dropped.
var errNewsFull = errors.New("too much has come at once")

// add is put, and reports whether something had to be dropped.
func (q *liveQueue) add(n News) (dropped bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	h := &q.news
	var full bool
	h.Missed, h.Changed = h.Missed || n.Missed, h.Changed || n.Changed
	if h.Messages, full = atMost(h.Messages, n.Messages); full {
		h.Changed, dropped = true, true
	}
	for _, f := range n.Feeds {
		h.ask(f)
	}
	if h.Calls, full = atMost(h.Calls, n.Calls); full {
		h.ask(FeedCalls)
		dropped = true
	}
	if h.Presence, full = atMost(h.Presence, n.Presence); full {
		h.ask(FeedPresence)
		dropped = true
	}
	if h.Posts, full = atMost(h.Posts, n.Posts); full {
		h.ask(FeedChats)
		dropped = true
	}
	if h.Chats, full = atMost(h.Chats, n.Chats); full {
		h.ask(FeedChats)
		dropped = true
	}
	if n.Taken != nil && !dropped {
		h.taken = append(h.taken, n.Taken)
	}
	if n.Place != "" && !dropped {
		h.Place = n.Place
	}
	q.some = q.some || n.Place != "" || len(h.taken) > 0 || n.Missed || n.Changed || len(n.Messages)+len(n.Calls)+len(n.Presence)+len(n.Posts)+len(n.Chats)+len(n.Feeds) > 0
	if q.some {
		poke(q.wake)
	}
	return dropped
}

// ask notes that a feed has something new.
func (n *News) ask(feed string) {
	for _, f := range n.Feeds {
		if f == feed {
			return
		}
	}
	n.Feeds = append(n.Feeds, feed)
}

// atMost appends as much as there is room for.
func atMost[T any](have, more []T) (all []T, full bool) {
	if len(have)+len(more) > newsMost {
		return have, true
	}
	return append(have, more...), false
}

// take gives all that was heard since the last time.
func (q *liveQueue) take() (n News, some bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	n, some = q.news, q.some
	q.news, q.some = News{}, false
	return n, some
}
