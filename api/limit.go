package api

import (
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Group is a rate group: every request that a service counts against the same
// limit. The names are the service's (x-throttling-group in its description).
type Group string

// The rate groups. A request with no group, or with NoThrottling, is not counted.
const (
	Light        Group = "Light"
	Medium       Group = "Medium"
	Heavy        Group = "Heavy"
	Auth         Group = "Auth"
	NoThrottling Group = "NoThrottling"
)

const (
	defaultWindow  = time.Minute
	defaultPenalty = time.Minute
	longestPenalty = 10 * time.Minute // that we make of one
	mostAgain      = 3                // a penalty is made at most eight times as long
	// patience is how long an interactive request waits out a penalty; beyond
	// it the person is told instead.
	patience = 2 * time.Second
	// manyPerWindow is where counting stops being worth its memory.
	manyPerWindow = 10_000
	maxWindow     = time.Hour
)

// Budget counts requests per group in a sliding window, so that the service's
// limits are kept before the service has to say so. It starts from the
// documented defaults (Light 50, Medium 40, Heavy 10, Auth 5 a minute) and
// learns the real limits from X-Rate-Limit-* headers; a service that answers
// without them sets no limit until its first 429. Safe for concurrent use;
// share one between the clients of one account.
type Budget struct {
	clock  Clock
	mu     sync.Mutex
	groups map[Group]*window
	all    time.Time // penalty on everything (a global limit)
}

// window is one group's account: what was sent lately, and who waits.
type window struct {
	limit  int
	length time.Duration
	told   bool        // limit came from headers
	free   bool        // answers come without headers: no limit known
	sent   []time.Time // when the service may have counted a request, at the latest
	// flying is how many requests were sent and not answered yet. The service counts
	// one when it comes in, which may be a while after it went out; were it taken as
	// counted when it went out, its place would be given away too early.
	flying int
	// others is how many requests of other programs of the same user the
	// service counted; it stops counting at othersUntil.
	others      int
	othersUntil time.Time
	until       time.Time // penalty: silence before this
	again       int       // penalties that came right after another
	lines       [2][]*waiter
	changed     chan struct{}
}

type waiter struct {
	line  int
	whole bool // leaves people no more than a twentieth
}

const (
	interactiveLine = 0
	backgroundLine  = 1
)

// NewBudget returns an empty budget; a nil clock is the system's.
func NewBudget(clock Clock) *Budget {
	if clock == nil {
		clock = SystemClock{}
	}
	return &Budget{clock: clock, groups: map[Group]*window{}}
}

func (b *Budget) group(g Group) *window {
	w := b.groups[g]
	if w == nil {
		w = &window{limit: 40, length: defaultWindow, changed: make(chan struct{})}
		switch g {
		case Light:
			w.limit = 50
		case Heavy:
			w.limit = 10
		case Auth:
			w.limit = 5
		}
		b.groups[g] = w
	}
	return w
}

// Acquire waits until op may be sent in group g and counts it, from now until the
// window's length after answered was called, which is to be done once: when the answer
// has begun or will not come. The service counts it somewhere in between. Interactive
// callers go before background ones, and background callers leave a fifth of
// the window unused, a twentieth if marked with [Whole]. During a penalty nobody goes: an
// interactive caller gets a [*LimitError] at once if it lasts more than two seconds, a background
// caller waits for its end or ctx's.
func (b *Budget) Acquire(ctx context.Context, op string, g Group) (answered func(), err error) {
	if g == "" || g == NoThrottling {
		return func() {}, context.Cause(ctx)
	}
	me := &waiter{line: interactiveLine}
	if IsBackground(ctx) {
		me.line, me.whole = backgroundLine, isWhole(ctx)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	w := b.group(g)
	w.lines[me.line] = append(w.lines[me.line], me)
	defer w.leave(me)
	for {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		now := b.clock.Now()
		if most, ok := patienceOf(ctx); ok {
			if d := b.delay(w, now, me); d > most && d < forAnswer {
				return nil, &LimitError{Op: op, Group: g, Until: now.Add(d)}
			}
		}
		var timer <-chan time.Time // nil while it is not our turn
		if quiet := b.silence(w, now); quiet > 0 {
			if me.line == interactiveLine && quiet > patience {
				return nil, &LimitError{Op: op, Group: g, Until: now.Add(quiet)}
			}
			timer = b.clock.After(quiet)
		} else if w.turn(me) {
			d := w.wait(now, me)
			if d <= 0 {
				w.flying++
				return func() { b.answered(w) }, nil
			}
			if d < forAnswer {
				timer = b.clock.After(d)
			}
		}
		changed := w.changed
		b.mu.Unlock()
		select {
		case <-timer:
		case <-changed:
		case <-ctx.Done():
		}
		b.mu.Lock()
	}
}

// answered counts a request that was on its way as one the service has counted.
func (b *Budget) answered(w *window) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w.flying--
	w.take(b.clock.Now())
	w.signal()
}

// Until reports the end of g's penalty, if there is one.
func (b *Budget) Until(g Group) (time.Time, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.clock.Now()
	quiet := b.silence(b.group(g), now)
	return now.Add(quiet), quiet > 0
}

// delay is how long a request would wait, were it the next.
func (b *Budget) delay(w *window, now time.Time, me *waiter) time.Duration {
	return max(b.silence(w, now), w.wait(now, me))
}

func (b *Budget) silence(w *window, now time.Time) time.Duration {
	quiet := max(w.until.Sub(now), b.all.Sub(now))
	return max(quiet, 0)
}

// Learn takes over what an answer's headers say about the limits. group is the
// one the request was counted in; the header may name another.
func (b *Budget) Learn(g Group, status int, h http.Header) {
	if g == "" || g == NoThrottling {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	w := b.group(named(h, g))
	defer w.signal()
	limit, ok := number(h, "X-Rate-Limit-Limit")
	if !ok || limit <= 0 {
		if status < 400 && !w.told {
			w.free = true
		}
		return
	}
	w.told, w.free, w.limit = true, false, limit
	if s, ok := number(h, "X-Rate-Limit-Window"); ok && s > 0 {
		w.length = min(time.Duration(s)*time.Second, maxWindow)
	}
	now := b.clock.Now()
	w.prune(now)
	if left, ok := number(h, "X-Rate-Limit-Remaining"); ok && left >= 0 && left <= limit {
		w.others = max(limit-left-len(w.sent)-w.flying, 0)
		w.othersUntil = now.Add(w.length)
	}
}

// Penalty silences g for d after a 429; 0 is the group's window, or a minute.
// everything silences all groups, for limits that are not a group's.
func (b *Budget) Penalty(g Group, h http.Header, d time.Duration, everything bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if d <= 0 {
		d = defaultPenalty
	}
	now := b.clock.Now()
	until := now.Add(min(d, maxRetry))
	if everything && until.After(b.all) {
		b.all = until
	}
	for _, name := range []Group{g, named(h, g)} {
		if name == "" || name == NoThrottling {
			continue
		}
		w := b.group(name)
		w.free = false
		if end := w.longer(now, until.Sub(now)); end.After(w.until) {
			w.until = end
		}
	}
	for _, w := range b.groups {
		w.signal()
	}
}

// longer is when a penalty ends. One right after another is made longer: two programs
// of one user, each of which asks again when its own is over, would restart each other's
// for ever.
func (w *window) longer(now time.Time, d time.Duration) time.Time {
	switch {
	case now.Before(w.until): // of a request that was on its way when the last one began
	case !w.until.IsZero() && now.Sub(w.until) < w.length:
		w.again = min(w.again+1, mostAgain)
	default:
		w.again = 0
	}
	if w.again > 0 {
		d = min(d<<w.again, max(d, longestPenalty))
		d += rand.N(d/4 + 1) // so that two of them part
	}
	return now.Add(d)
}

func (w *window) turn(me *waiter) bool {
	if me.line == backgroundLine && len(w.lines[interactiveLine]) > 0 {
		return false
	}
	return w.lines[me.line][0] == me
}

func (w *window) leave(me *waiter) {
	w.lines[me.line] = slices.DeleteFunc(w.lines[me.line], func(o *waiter) bool { return o == me })
	w.signal()
}

// signal makes everyone who waits look again.
func (w *window) signal() {
	close(w.changed)
	w.changed = make(chan struct{})
}

func (w *window) prune(now time.Time) {
	edge := now.Add(-w.length)
	n := 0
	for n < len(w.sent) && !w.sent[n].After(edge) {
		n++
	}
	w.sent = slices.Delete(w.sent, 0, n)
}

func (w *window) unlimited() bool { return w.free && !w.told || w.limit > manyPerWindow }

func (w *window) take(now time.Time) {
	w.prune(now)
	if len(w.sent) < manyPerWindow {
		w.sent = append(w.sent, now)
	}
}

// wait returns how long a request has to wait for a place.
func (w *window) wait(now time.Time, me *waiter) time.Duration {
	if w.unlimited() {
		return 0
	}
	w.prune(now)
	room := w.limit
	switch {
	case me.whole:
		room -= max(w.limit/20, min(1, w.limit-1))
	case me.line == backgroundLine:
		room -= w.limit / 5
	}
	used := func(at time.Time, gone int) int {
		n := len(w.sent) + w.flying - gone
		if at.Before(w.othersUntil) {
			n += w.others
		}
		return n
	}
	if used(now, 0) < room {
		return 0
	}
	best := time.Duration(-1)
	for i, s := range w.sent {
		if at := s.Add(w.length); used(at, i+1) < room {
			best = at.Sub(now)
			break
		}
	}
	if w.others > 0 && now.Before(w.othersUntil) {
		gone := 0
		for gone < len(w.sent) && !w.sent[gone].Add(w.length).After(w.othersUntil) {
			gone++
		}
		if d := w.othersUntil.Sub(now); used(w.othersUntil, gone) < room && (best < 0 || d < best) {
			best = d
		}
	}
	if best < 0 && w.flying > 0 {
		return forAnswer
	}
	return max(best, time.Millisecond)
}

// forAnswer is a wait that only the answer to a request ends.
const forAnswer = maxWindow + time.Second

func number(h http.Header, name string) (int, bool) {
	n, err := strconv.Atoi(strings.TrimSpace(h.Get(name)))
	return n, err == nil
}

// named returns the group that the headers name, in our spelling, or g.
func named(h http.Header, g Group) Group {
	v := h.Get("X-Rate-Limit-Group")
	for _, known := range []Group{Light, Medium, Heavy, Auth} {
		if strings.EqualFold(v, string(known)) {
			return known
		}
	}
	return g
}
