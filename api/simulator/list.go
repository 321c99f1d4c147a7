package simulator

import (
	"encoding/json"
	"math"
	"net/http"
	"net/url"
	"strconv"

	"switchboard/api/simulator/gateway"
)

// countBudget is how many messages a filtered list looks at beyond its own
// page to be able to tell totals; where that is not enough they are left out,
// as the service does. Without a filter looking is nearly free.
const countBudget = 5000

// mark remembers where a page began, so that walking through the pages of a
// large mailbox does not start at its newest message each time.
type mark struct {
	key  string
	page int
}

const maxMarks = 8192

// listing is one page and what is known around it.
type listing struct {
	records     []record
	page, per   int
	before      int // records on the pages before
	more        bool
	total       int // -1: not counted
	hasPrevious bool
}

func (c *call) listMessages() *apiError {
	q := c.r.URL.Query()
	f, err := parseFilter(q, c.s.now())
	if err != nil {
		return err
	}
	page, err := parseCount(q, "page", 1, math.MaxInt32)
	if err != nil {
		return err
	}
	per, err := parseCount(q, "perPage", defaultPerPage, maxPerPage)
	if err != nil {
		return err
	}
	c.s.box.settle()
	l := c.s.box.list(&f, page, per)
	buf := c.s.getBuffer()
	defer c.s.putBuffer(buf)
	q.Set("dateFrom", isoTime(f.From))
	q.Set("dateTo", isoTime(f.To))
	*buf = c.s.appendListing((*buf)[:0], q, &l)
	gateway.WriteBytes(c.w, http.StatusOK, jsonType, *buf)
	return nil
}

func (b *mailbox) list(f *filter, page, per int) listing {
	b.mu.Lock() // for the marks; the page itself is quick
	defer b.mu.Unlock()
	l := listing{page: page, per: per, before: (page - 1) * per, total: -1, hasPrevious: page > 1}
	lo, hi := b.between(f.From, f.To)
	key := b.listKey(f, per)
	from, start := b.nearestMark(key, page, hi)
	skip := (page - from) * per
	seen := conversations(f)
	count := (from - 1) * per
	idx := start
	for ; idx > lo && len(l.records) < per; idx-- {
		if !b.passes(f, seen, idx-1) {
			continue
		}
		if count++; skip > 0 {
			if skip--; skip%per == 0 {
				b.setMark(mark{key, page - skip/per}, idx-1)
			}
			continue
		}
		l.records = append(l.records, b.at(idx-1))
	}
	if len(l.records) == per {
		b.setMark(mark{key, page + 1}, idx)
	}
	budget := countBudget
	if f.trivial() {
		budget = math.MaxInt
	}
	for ; idx > lo && budget > 0; idx-- {
		budget--
		if b.passes(f, seen, idx-1) {
			l.more = true
			count++
		}
	}
	if idx <= lo {
		l.total = count
	} else {
		l.more = true
	}
	return l
}

// passes tells whether message idx belongs in the list. Everything in the
// corpus is alive, so without a filter only the changes need a look.
func (b *mailbox) passes(f *filter, seen distinct, idx int) bool {
	if f.trivial() {
		st, changed := b.over[idx]
		return !changed || st.avail == alive
	}
	r := b.at(idx)
	return f.accepts(&r) && seen.first(&r)
}

// trivial: every message that is alive.
func (f *filter) trivial() bool {
	return len(f.Types)+len(f.Directions)+len(f.ReadStatus)+len(f.Availability) == 0 &&
		f.Conversation == 0 && f.Number == "" && !f.Distinct
}

func (b *mailbox) listKey(f *filter, per int) string {
	if f.Distinct { // which message is a conversation's latest depends on the pages before
		return ""
	}
	k, err := json.Marshal(f)
	if err != nil { // a plain struct always marshals
		return ""
	}
	return string(k) + strconv.Itoa(per) + "/" + strconv.FormatUint(b.gen, 10)
}

// nearestMark is the last page not after the wanted one whose beginning is
// known. Marks of an older generation never match, and go when there are many.
func (b *mailbox) nearestMark(key string, page, hi int) (from, start int) {
	if key != "" {
		for p := page; p > 1 && p > page-maxMarks; p-- {
			if idx, ok := b.marks[mark{key, p}]; ok {
				return p, idx
			}
		}
	}
	return 1, hi
}

func (b *mailbox) setMark(m mark, idx int) {
	if m.key == "" {
		return
	}
	if len(b.marks) >= maxMarks {
		clear(b.marks)
	}
	b.marks[m] = idx
}

// distinct lets only the first message of each conversation pass; nil lets
// all pass.
type distinct map[int64]bool

func conversations(f *filter) distinct {
	if !f.Distinct {
		return nil
	}
	return distinct{}
}

func (d distinct) first(r *record) bool {
	id := r.m.ConversationID
	if d == nil || id == 0 {
		return true
	}
	if d[id] {
		return false
	}
	d[id] = true
	return true
}

func (s *Server) appendListing(b []byte, q url.Values, l *listing) []byte {
	link := func(page int) string {
		q.Set("page", strconv.Itoa(page))
		q.Set("perPage", strconv.Itoa(l.per))
		return s.platform.url + storePath + "?" + q.Encode()
	}
	b = append(b, `{"uri":`...)
	b = appendString(b, link(l.page))
	b = append(b, `,"records":[`...)
	for i := range l.records {
		if i > 0 {
			b = append(b, ',')
		}
		b = s.appendRecord(b, &l.records[i], false)
	}
	b = append(b, `],"paging":{"page":`...)
	b = strconv.AppendInt(b, int64(l.page), 10)
	b = append(b, `,"perPage":`...)
	b = strconv.AppendInt(b, int64(l.per), 10)
	if n := len(l.records); n > 0 {
		b = append(b, `,"pageStart":`...)
		b = strconv.AppendInt(b, int64(l.before), 10)
		b = append(b, `,"pageEnd":`...)
		b = strconv.AppendInt(b, int64(l.before+n-1), 10)
	}
	pages := (l.total + l.per - 1) / l.per
	if l.total >= 0 {
		b = append(b, `,"totalPages":`...)
		b = strconv.AppendInt(b, int64(pages), 10)
		b = append(b, `,"totalElements":`...)
		b = strconv.AppendInt(b, int64(l.total), 10)
	}
	b = append(b, `},"navigation":{`...)
	b = appendLink(b, "firstPage", link(1))
	if l.hasPrevious {
		b = appendLink(append(b, ','), "previousPage", link(l.page-1))
	}
	if l.more {
		b = appendLink(append(b, ','), "nextPage", link(l.page+1))
	}
	if l.total >= 0 {
		b = appendLink(append(b, ','), "lastPage", link(max(pages, 1)))
	}
	return append(b, "}}"...)
}

func appendLink(b []byte, name, uri string) []byte {
	b = append(b, '"')
	b = append(b, name...)
	b = append(b, `":{"uri":`...)
	b = appendString(b, uri)
	return append(b, '}')
}
