package simulator

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Limit is the budget of one rate group: so many requests within a sliding
// window, and how long the group is refused after exceeding it.
type Limit struct {
	Requests int
	Window   time.Duration
	Penalty  time.Duration
}

func documentedLimits() map[string]Limit {
	minute := func(n int) Limit { return Limit{Requests: n, Window: time.Minute, Penalty: time.Minute} }
	return map[string]Limit{"Light": minute(50), "Medium": minute(40), "Heavy": minute(10), "Auth": minute(5)}
}

// unlimited is announced while limits are off, so that a client which paces
// itself by the headers does not pace itself at all.
const unlimited = 1_000_000

type limiter struct {
	mu     sync.Mutex
	on     bool
	limits map[string]Limit
	groups map[string]*window
}

type window struct {
	sent  []time.Time // within the window, oldest first
	until time.Time   // end of the penalty
}

func newLimiter(on bool, own map[string]Limit) *limiter {
	l := &limiter{groups: map[string]*window{}}
	l.set(on, own)
	return l
}

func (l *limiter) set(on bool, own map[string]Limit) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.on = on
	if l.limits == nil {
		l.limits = documentedLimits()
	}
	maps.Copy(l.limits, own)
	for name, limit := range l.limits {
		if limit.Window <= 0 {
			limit.Window = time.Minute
		}
		if limit.Penalty <= 0 {
			limit.Penalty = time.Minute
		}
		l.limits[name] = limit
	}
	clear(l.groups)
}

// take counts one request and writes the group's headers. It reports how long
// the caller has to stay silent when the request is refused.
func (l *limiter) take(h http.Header, group string, now time.Time) (time.Duration, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	limit, known := l.limits[group]
	if !known {
		return 0, true
	}
	if !l.on {
		limitHeaders(h, group, Limit{Requests: unlimited, Window: limit.Window}, unlimited-1)
		return 0, true
	}
	w := l.groups[group]
	if w == nil {
		w = &window{}
		l.groups[group] = w
	}
	for len(w.sent) > 0 && !w.sent[0].After(now.Add(-limit.Window)) {
		w.sent = w.sent[1:]
	}
	if now.Before(w.until) || len(w.sent) >= limit.Requests {
		w.until = now.Add(limit.Penalty) // each request meanwhile starts it anew
		limitHeaders(h, group, limit, 0)
		return limit.Penalty, false
	}
	w.sent = append(w.sent, now)
	limitHeaders(h, group, limit, limit.Requests-len(w.sent))
	return 0, true
}

func limitHeaders(h http.Header, group string, limit Limit, remaining int) {
	h.Set("X-Rate-Limit-Group", strings.ToLower(group))
	h.Set("X-Rate-Limit-Limit", strconv.Itoa(limit.Requests))
	h.Set("X-Rate-Limit-Remaining", strconv.Itoa(remaining))
	h.Set("X-Rate-Limit-Window", seconds(limit.Window))
}

func tooMany(after time.Duration) *apiError {
	return &apiError{
		status: http.StatusTooManyRequests, code: "CMN-301",
		message: "Request rate exceeded", retryAfter: after,
	}
}
