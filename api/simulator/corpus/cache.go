package corpus

import (
	"container/list"
	"sync"
)

// cacheBytes bounds what is kept of drawn faxes and pictures: enough for a
// client that fetches a file in ranges, or a few at once.
const cacheBytes = 12 << 20

// cache keeps the bodies used last. Two readers that miss at the same time
// both draw, and get the same bytes.
type cache struct {
	mu    sync.Mutex
	limit int
	used  int
	order *list.List // of *entry, the one used last in front
	byID  map[int64]*list.Element
}

type entry struct {
	id   int64
	body []byte
}

func newCache(limit int) *cache {
	return &cache{limit: limit, order: list.New(), byID: map[int64]*list.Element{}}
}

func (c *cache) get(id int64) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byID[id]
	if !ok {
		return nil
	}
	c.order.MoveToFront(e)
	return e.Value.(*entry).body
}

func (c *cache) put(id int64, body []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.byID[id]; ok || len(body) > c.limit {
		return
	}
	c.byID[id] = c.order.PushFront(&entry{id, body})
	for c.used += len(body); c.used > c.limit; {
		last := c.order.Remove(c.order.Back()).(*entry)
		delete(c.byID, last.id)
		c.used -= len(last.body)
	}
}
