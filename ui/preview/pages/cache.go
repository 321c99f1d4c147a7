package pages

import (
	"container/list"
	"image"
	"sync"

	"switchboard/ui/preview/graphics"
	"switchboard/ui/preview/paper"
)

// Limit is how many bytes of decoded and drawn pages are kept: some forty pages of
// a fax, or one photograph of sixteen million pixels. What is larger by itself is decoded
// again each time it is drawn.
const Limit = 24 << 20

// cache keeps what was used last within a number of bytes. Commands and the loop
// use it alike.
type cache struct {
	mu    sync.Mutex
	limit int
	size  int
	order *list.List // of entry, the latest used first
	by    map[any]*list.Element
}

type entry struct {
	key   any
	value any
	size  int
}

func newCache(limit int) *cache {
	return &cache{limit: limit, order: list.New(), by: map[any]*list.Element{}}
}

func (c *cache) get(key any) (any, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.by[key]
	if e == nil {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(entry).value, true
}

func (c *cache) has(key any) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.by[key] != nil
}

func (c *cache) put(key, value any, size int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.by[key]; e != nil {
		c.drop(e)
	}
	if size > c.limit {
		return
	}
	for c.size+size > c.limit && c.order.Len() > 0 {
		c.drop(c.order.Back())
	}
	c.by[key] = c.order.PushFront(entry{key, value, size})
	c.size += size
}

func (c *cache) drop(e *list.Element) {
	it := c.order.Remove(e).(entry)
	delete(c.by, it.key)
	c.size -= it.size
}

func (c *cache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.order.Init()
	clear(c.by)
	c.size = 0
}

// bytes is what is kept now.
func (c *cache) bytes() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.size
}

// pageBytes is what a decoded page takes.
func pageBytes(p paper.Page) int {
	if p.Image == nil {
		return 0
	}
	b := p.Image.Bounds()
	n := b.Dx() * b.Dy()
	switch i := p.Image.(type) {
	case *paper.Bitmap:
		return len(i.Pix)
	case *image.Gray:
		return len(i.Pix)
	case *image.YCbCr:
		return len(i.Y) + len(i.Cb) + len(i.Cr)
	}
	return 4 * n
}

// pictureBytes is what a drawn page takes, about.
func pictureBytes(p *graphics.Picture) int { return 256 + 16*len(p.Lines) + p.Size() }
