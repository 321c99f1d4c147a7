package simulator

import (
	"slices"
	"sort"
	"sync"
	"time"

	"switchboard/api/simulator/corpus"
)

// callLog is the corpus's calls with the later ones over it: those that left a
// message which arrived, and live ones.
type callLog struct {
	mu    sync.Mutex
	now   func() time.Time
	base  *corpus.Calls
	box   *mailbox
	began int64           // ms
	late  []*lateCall     // over, in the order of their starts
	live  []*lateCall     // ringing or connected, or over a moment ago
	gone  map[int64]int64 // by number: when it was deleted, ms
	taken int             // arrivals of the mailbox that are in late
	next  int64           // number of the next live call
	epoch int             // sync tokens of another epoch are refused
	keys  map[int64]*lateCall
}

// lateCall is a call since the server started.
type lateCall struct {
	v        corpus.Call
	modified int64 // ms
	state    callState
	answered time.Time
	ended    time.Time
	told     int64 // events of its session
}

type callState uint8

const (
	over callState = iota
	ringing
	connected
)

// liveNumbers is where the numbers of live calls begin, past every message.
const liveNumbers = int64(1) << 36

// lingers is how long a call that is over stays among the active ones.
const lingers = 2 * time.Minute

// callRecord is one call as it is now.
type callRecord struct {
	v        corpus.Call
	deleted  bool
	modified int64 // ms
}

func newCallLog(base *corpus.Calls, box *mailbox, now func() time.Time) *callLog {
	return &callLog{
		now: now, base: base, box: box, began: now().UnixMilli(), next: liveNumbers,
		gone: map[int64]int64{}, keys: map[int64]*lateCall{},
	}
}

// collect takes in the calls of messages that arrived. The caller holds the
// lock.
func (l *callLog) collect() {
	l.box.mu.RLock()
	fresh := slices.Clone(l.box.arrived[l.taken:])
	l.box.mu.RUnlock()
	l.taken += len(fresh)
	for _, a := range fresh {
		number, ok := l.base.Left(a.from)
		if !ok || a.sent != nil {
			continue
		}
		c := &lateCall{v: l.base.At(number), modified: a.created}
		start := a.created - int64(c.v.Duration)*1000
		// Later than everything in the corpus, which ends when the server begins.
		c.v.Start = time.UnixMilli(max(start, l.began+1)).UTC()
		l.add(c)
	}
}

func (l *callLog) add(c *lateCall) {
	i := sort.Search(len(l.late), func(i int) bool { return l.late[i].v.Start.After(c.v.Start) })
	l.late = slices.Insert(l.late, i, c)
	l.keys[c.v.Number] = c
}

// span is the range of the base that a scope looks at, and the numbers of its
// calls.
func (l *callLog) span(company bool) (n int, number func(int) int64) {
	if !company {
		return l.base.Len(), l.base.Number
	}
	first, end := l.base.Company()
	return int(end - first), func(i int) int64 { return first + int64(i) }
}

// window gives the half-open range of the base's calls that began from..to,
// both inclusive, in ms.
func (l *callLog) window(f *callFilter) (lo, hi int, number func(int) int64) {
	n, number := l.span(f.Company)
	start := func(i int) int64 { return l.base.Start(number(i)).UnixMilli() }
	lo = sort.Search(n, func(i int) bool { return start(i) >= f.From })
	hi = lo + sort.Search(n-lo, func(i int) bool { return start(lo+i) > f.To })
	return lo, hi, number
}

func (l *callLog) at(number int64) callRecord {
	r := callRecord{v: l.base.At(number)}
	r.modified = min(r.v.Start.UnixMilli()+int64(r.v.Duration)*1000+1500, l.began)
	return l.aged(r)
}

func (l *callLog) lateAt(c *lateCall) callRecord {
	return l.aged(callRecord{v: c.v, modified: c.modified})
}

func (l *callLog) aged(r callRecord) callRecord {
	if at, ok := l.gone[r.v.Number]; ok {
		r.deleted, r.modified = true, at
	}
	return r
}

// callPage is one page and what is known around it.
type callPage struct {
	records   []callRecord
	page, per int
	more      bool
	total     int // -1: not counted
}

// list collects a page, newest first.
func (l *callLog) list(f *callFilter, page, per int) callPage {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.collect()
	p := callPage{page: page, per: per, total: -1}
	skip, count := (page-1)*per, 0
	take := func(r callRecord) {
		if !f.accepts(&r) {
			return
		}
		if count++; count > skip && len(p.records) < per {
			p.records = append(p.records, r)
		}
	}
	for _, c := range slices.Backward(l.late) {
		if ms := c.v.Start.UnixMilli(); ms >= f.From && ms <= f.To {
			take(l.lateAt(c))
		}
	}
	lo, hi, number := l.window(f)
	idx := hi
	if f.trivial() && len(l.gone) == 0 {
		// Every call counts: the pages before need no look.
		jump := min(max(skip-count, 0), hi-lo)
		idx, count = hi-jump, count+jump
	}
	for ; idx > lo && len(p.records) < per; idx-- {
		take(l.at(number(idx - 1)))
	}
	switch {
	case f.trivial() && len(l.gone) == 0:
		count += idx - lo
		idx = lo
	default:
		for budget := countBudget; idx > lo && budget > 0; idx, budget = idx-1, budget-1 {
			take(l.at(number(idx - 1)))
		}
	}
	if p.more = count > skip+len(p.records) || idx > lo; idx <= lo {
		p.total = count
	}
	return p
}

// find is the call with that id, in the extension's log or in the company's.
func (l *callLog) find(id string, company bool) (callRecord, *apiError) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.collect()
	number, ok := l.base.Find(id)
	if !ok {
		return callRecord{}, notFound("callRecordId")
	}
	r, ok := l.byNumber(number)
	if !ok || !company && !r.v.Own {
		return r, notFound("callRecordId")
	}
	return r, nil
}

func (l *callLog) byNumber(number int64) (callRecord, bool) {
	if c, ok := l.keys[number]; ok {
		return l.lateAt(c), true
	}
	first, end := l.base.Company()
	if number < first || number >= end {
		return callRecord{}, false
	}
	return l.at(number), true
}

// recording finds the call that a recording is of.
func (l *callLog) recording(id int64) (corpus.Call, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	v, ok := l.base.FindRecording(id)
	if !ok {
		return v, false
	}
	r, ok := l.byNumber(v.Number)
	return r.v, ok && !r.deleted
}

// RemoveCall deletes a call's record from the log; syncs that ask for deleted
// ones are told.
func (s *Server) RemoveCall(id string) bool {
	l := s.calls
	r, err := l.find(id, true)
	if err != nil {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.gone[r.v.Number] = l.now().UnixMilli()
	return true
}

// PurgeCallTokens makes every sync token of the call log invalid (CLG-105).
func (s *Server) PurgeCallTokens() {
	s.calls.mu.Lock()
	defer s.calls.mu.Unlock()
	s.calls.epoch++
}
