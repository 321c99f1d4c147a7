package symphony

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	sym "switchboard/api/symphony"
	"switchboard/store"
)

// A page of history is all that was said in a stretch of time, [from, to) in Unix
// milliseconds. Which of the messages of a stretch an agent gives when there are more than
// it gives at once is not documented, nor in which order. So a stretch that does not come
// whole is made shorter, and asked for again.

// Bounds on a page. Its requests are few: an empty stretch makes the next one longer.
const (
	mostAsked   = 60 // requests for one page
	skipsAsked  = 40 // requests for what one millisecond holds, or an agent without an end of a stretch
	wantedPage  = 250
	firstPage   = 200 // messages asked for where nothing is known of a stream yet
	cutPage     = 180 // messages that a stretch is cut to by how close together others are
	pageStep    = 50  // what an agent may have made of the limit: a multiple of its default
	firstSpan   = int64(math.MaxInt64)
	longestSpan = int64(20 * 365 * 24 * time.Hour / time.Millisecond)
)

// stretch is where the history goes on: below to, and about how far.
type stretch struct {
	to   int64 // exclusive; math.MaxInt64: the newest
	span int64
}

func (s stretch) String() string { return fmt.Sprintf("%d.%d", s.to, s.span) }

func parseStretch(cursor string) (stretch, error) {
	if cursor == "" {
		return stretch{math.MaxInt64, firstSpan}, nil
	}
	to, span, _ := strings.Cut(cursor, ".")
	t, err := strconv.ParseInt(to, 10, 64)
	n, err2 := strconv.ParseInt(span, 10, 64)
	if err != nil || err2 != nil || t <= 0 || n <= 0 {
		return stretch{}, fmt.Errorf("the history cannot go on at %q", cursor)
	}
	return stretch{t, n}, nil
}

// Posts implements store.ChatService. Most chats fit into the first page: it asks for all
// there is.
func (m *Mailbox) Posts(ctx context.Context, chat, cursor string) ([]store.IncomingPost, string, error) {
	at, err := parseStretch(cursor)
	if err != nil {
		return nil, "", err
	}
	return m.page(ctx, chat, at, 0)
}

// PostsSince implements store.PostsSinceService.
func (m *Mailbox) PostsSince(ctx context.Context, chat string, since time.Time) ([]store.IncomingPost, string, error) {
	return m.page(ctx, chat, stretch{math.MaxInt64, firstSpan}, max(since.UnixMilli(), 0))
}

// page reads one page, and nothing of before floor.
func (m *Mailbox) page(ctx context.Context, chat string, at stretch, floor int64) ([]store.IncomingPost, string, error) {
	me, err := m.self(ctx)
	if err != nil {
		return nil, "", err
	}
	h := history{m: m, chat: chat, floor: floor, now: m.now().Add(time.Hour).UnixMilli()}
	list, next, err := h.read(ctx, at)
	if err != nil {
		return nil, "", err
	}
	out := make([]store.IncomingPost, len(list))
	for i := range list {
		out[i] = postIn(list[i], chat, me.ID)
	}
	return out, next, nil
}

// history reads the messages of one stream.
type history struct {
	m     *Mailbox
	chat  string
	floor int64
	now   int64 // later than any message

	newest int64 // the latest message of the stretch that was asked for last and did not come whole; 0: none
}

// read gives the messages of a stretch, newest first, and where to go on; "": that was all.
func (h *history) read(ctx context.Context, at stretch) ([]sym.Message, string, error) {
	to, span := at.to, at.span
	limit := sym.MaxMessages
	if span == firstSpan && h.floor == 0 {
		limit = firstPage // of what does not come whole most would come for nothing
	}
	for range mostAsked {
		from := h.floor
		if span < to-h.floor {
			from = to - span
		}
		list, whole, err := h.ask(ctx, from, to, limit)
		if err != nil {
			return nil, "", err
		}
		limit = sym.MaxMessages
		end := min(to, max(h.now, from+1))
		switch {
		case !whole && end-from <= 1:
			if list, err = h.moment(ctx, from); err != nil {
				return nil, "", err
			}
		case !whole:
			span = to - h.cut(list, from, end)
			continue
		case len(list) == 0 && from > h.floor:
			to, span, h.newest = from, min((end-from)*8, longestSpan), 0
			continue
		}
		if from <= h.floor {
			return list, "", nil
		}
		return list, stretch{from, nextSpan(end-from, len(list))}.String(), nil
	}
	return nil, "", fmt.Errorf("the messages of before %s cannot be told apart", time.UnixMilli(min(to, h.now)).UTC().Format(time.RFC3339))
}

// nextSpan is how long the next stretch is to be, by what this one held.
func nextSpan(span int64, n int) int64 {
	switch {
	case n < wantedPage/4:
		span *= 4
	case n > wantedPage*3/2:
		span /= 2
	}
	return min(max(span, 1), longestSpan)
}

// cut is where a stretch that did not come whole is cut: its newer half, or less if what
// came says that most was said late in it.
//
// An agent that chooses the newest messages gives half of them again. One that chooses the
// oldest shows itself by messages that are later than those before. From then on what came
// is not taken for the end of the stretch, but only for how much is said in what time.
func (h *history) cut(list []sym.Message, from, end int64) int64 {
	at := from + (end-from)/2
	if n := len(list); n > 0 { // newest first
		last := list[0].Timestamp.UnixMilli()
		if h.newest != 0 {
			h.m.oldest.Store(last > h.newest)
		}
		h.newest = last
		at = max(at, list[n/2].Timestamp.UnixMilli())
		if h.m.oldest.Load() {
			at = max(at, end-(last-list[n-1].Timestamp.UnixMilli())*cutPage/int64(n))
		}
	}
	return min(max(at, from+1), end-1)
}

// ask asks for a stretch. whole says that it came whole.
func (h *history) ask(ctx context.Context, from, to int64, limit int) (list []sym.Message, whole bool, err error) {
	q := sym.MessageQuery{Since: time.UnixMilli(from), Limit: limit}
	if to < h.now {
		q.Until = time.UnixMilli(to - 1)
	}
	list, err = h.m.client.Messages(ctx, h.chat, q)
	if err != nil {
		return nil, false, err
	}
	whole = !full(list)
	if to < h.now && slices.ContainsFunc(list, func(m sym.Message) bool { return m.Timestamp.UnixMilli() >= to }) {
		h.m.noUntil.Store(true)
	}
	// An agent that knows no end of a stretch gives all that came since. It is passed over.
	for n := 0; !whole && to < h.now && h.m.noUntil.Load() && n < skipsAsked; n++ {
		q.Skip = len(list)
		more, err := h.m.client.Messages(ctx, h.chat, q)
		if err != nil {
			return nil, false, err
		}
		list = append(list, more...)
		whole = !full(more)
	}
	return h.sorted(list, from, to), whole, nil
}

// moment is all that was said in one millisecond, for which skip is made.
func (h *history) moment(ctx context.Context, at int64) ([]sym.Message, error) {
	q := sym.MessageQuery{Since: time.UnixMilli(at), Until: time.UnixMilli(at), Limit: sym.MaxMessages}
	var all []sym.Message
	for range skipsAsked {
		list, err := h.m.client.Messages(ctx, h.chat, q)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
		q.Skip += len(list)
		if !full(list) {
			break
		}
	}
	return h.sorted(all, at, at+1), nil
}

// full reports whether a page may have left something out. An agent may hold to a lower
// limit than was asked for.
func full(list []sym.Message) bool {
	return len(list) >= sym.MaxMessages || len(list) > 0 && len(list)%pageStep == 0
}

// sorted are the messages of a stretch, each once, newest first.
func (h *history) sorted(list []sym.Message, from, to int64) []sym.Message {
	seen := make(map[string]bool, len(list))
	list = slices.DeleteFunc(list, func(m sym.Message) bool {
		id, at := sym.SafeID(m.ID), m.Timestamp.UnixMilli()
		drop := seen[id] || at < from || at >= to
		seen[id] = true
		return drop
	})
	if n := len(list); n > 1 && list[0].Timestamp.Before(list[n-1].Timestamp) {
		slices.Reverse(list) // the oldest first, most likely: all but sorted then
	}
	slices.SortStableFunc(list, func(a, b sym.Message) int {
		return cmp.Or(b.Timestamp.Compare(a.Timestamp), cmp.Compare(a.ID, b.ID))
	})
	return list
}
