package pages

import (
	"context"
	"sync"

	"switchboard/store"
	"switchboard/ui/preview/paper"
)

// held is an open document that commands share with the loop. It is closed when
// nobody uses it any more: a command that is being cancelled may still be
// reading.
type held struct {
	doc paper.Document

	mu     sync.Mutex
	users  int
	leave  bool
	closed bool
}

// use runs f while the document is open; it reports false when it is not.
func (h *held) use(f func(paper.Document)) bool {
	h.mu.Lock()
	if h.leave {
		h.mu.Unlock()
		return false
	}
	h.users++
	h.mu.Unlock()
	defer h.done()
	f(h.doc)
	return true
}

func (h *held) done() {
	h.mu.Lock()
	h.users--
	last := h.leave && h.users == 0 && !h.closed
	h.closed = h.closed || last
	h.mu.Unlock()
	if last {
		h.shut()
	}
}

// close lets go of the document. It does not wait.
func (h *held) close() {
	h.mu.Lock()
	h.leave = true
	last := h.users == 0 && !h.closed
	h.closed = h.closed || last
	h.mu.Unlock()
	if last {
		h.shut()
	}
}

// shut closes the file behind the document, which was only read.
func (h *held) shut() { _ = h.doc.Close() }

// words is the text of a page, none where it cannot be had.
func (h *held) words(ctx context.Context, n int) (spans []paper.Span, err error) {
	if !h.use(func(d paper.Document) { spans, err = d.Words(ctx, n) }) {
		return nil, context.Canceled
	}
	for i := range spans { // it comes from outside
		spans[i].Text = store.CleanLine(spans[i].Text)
	}
	return spans, err
}
