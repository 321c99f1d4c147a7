package emailgistics

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	mostRunning = 3
	resultLife  = 24 * time.Hour
	slowReport  = 5 * time.Minute
)

// run is a report that was started.
type run struct {
	id       string
	key      *key
	query    url.Values // of the request that started it, but the cursor
	origin   json.RawMessage
	began    time.Time
	takes    time.Duration
	fails    bool
	activity string
	rows     []int // messages, in the order of the activity
}

// progress of a run at now, 0 to 100.
func (r *run) progress(now time.Time) int {
	if r.takes <= 0 {
		return 100
	}
	return int(min(max(now.Sub(r.began)*100/r.takes, 0), 100))
}

type runs struct {
	mu   sync.Mutex
	all  map[string]*run
	made int
}

// reportBody is what a request asks for; further members are let pass.
type reportBody struct {
	Mailbox      string   `json:"mailboxId"`
	Activity     string   `json:"activityType"`
	Start        string   `json:"activityStart"`
	End          string   `json:"activityEnd"`
	Statuses     []string `json:"statuses"`
	Conversation string   `json:"conversationId"`
}

// when is the one form of times that is taken.
var when = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ?$`)

func parseWhen(field, s, standard string) (time.Time, *apiError) {
	if s == "" {
		s = standard
	}
	t, err := time.Parse("2006-01-02T15:04:05", strings.TrimSuffix(s, "Z"))
	if err != nil || !when.MatchString(s) {
		return t, badRequest(field + " must be a datetime in the form YYYY-MM-DDTHH:MM:SS[Z]")
	}
	return t, nil
}

// readReport reads and checks the body.
func (c *call) readReport() (b reportBody, raw json.RawMessage, refused *apiError) {
	raw, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, 1<<20))
	if err != nil {
		return b, nil, badRequest("The request body could not be read")
	}
	var top struct {
		Parameters json.RawMessage `json:"parameters"`
	}
	inner := raw
	if json.Unmarshal(raw, &top) != nil {
		return b, nil, badRequest("The request body is not valid JSON")
	}
	switch {
	case len(top.Parameters) > 0:
		inner = top.Parameters
	case c.s.cfg.Wrapped:
		return b, raw, badRequest("parameters is required")
	}
	if json.Unmarshal(inner, &b) != nil {
		return b, raw, badRequest("A parameter has the wrong type")
	}
	if b.Mailbox == "" {
		return b, raw, badRequest("mailboxId is required")
	}
	if !slices.Contains([]string{"received", "replied", "closed"}, b.Activity) {
		return b, raw, badRequest("activityType must be one of received, replied, closed")
	}
	for _, s := range b.Statuses {
		if !slices.Contains([]string{"open", "snoozed", "closed"}, s) {
			return b, raw, badRequest("statuses must hold only open, snoozed, closed")
		}
	}
	return b, raw, nil
}

func (c *call) startReport() *apiError {
	for _, scope := range []string{scopeReporting, scopeRead} {
		if !c.key.may(scope) {
			return missingScope(scope)
		}
	}
	if e := checkPaging(c.r.URL.Query()); e != nil {
		return e
	}
	b, raw, e := c.readReport()
	if e != nil {
		c.origin = raw
		return e
	}
	c.origin = raw
	from, e := parseWhen("activityStart", b.Start, "2000-01-01T00:00:00")
	if e != nil {
		return e
	}
	until, e := parseWhen("activityEnd", b.End, "2100-12-31T00:00:00")
	if e != nil {
		return e
	}
	box := slices.IndexFunc(c.s.data.boxes, func(m mailbox) bool { return m.id == b.Mailbox })
	if box < 0 || !c.key.sees(box) {
		return notFound("Mailbox not found")
	}
	now := c.s.cfg.Now()
	rows := c.s.data.search(box, b, from, until)
	r := &run{
		key: c.key, query: c.r.URL.Query(), origin: raw, began: now, activity: b.Activity,
		rows: rows, takes: c.s.takes(), fails: c.fault == "report-error",
	}
	if c.fault == "slow-report" {
		r.takes = slowReport
	}
	if !c.s.reports.add(r, now, func(n int) string { return c.s.data.uuid(9, n) }) {
		return tooMany("Too many reports are running. Wait for one to finish.", 0)
	}
	if c.fault == "late-500" {
		return internal()
	}
	c.envelope(r, c.r.URL.Query())
	return nil
}

// takes is how long a report runs.
func (s *Server) takes() time.Duration {
	if s.cfg.ReportFor > 0 {
		return s.cfg.ReportFor
	}
	return max(200*time.Millisecond, time.Duration(s.data.len())*300*time.Microsecond)
}

// add keeps a run, unless three run already. Old ones are forgotten.
func (q *runs) add(r *run, now time.Time, name func(int) string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	running := 0
	for id, old := range q.all {
		if now.Sub(old.began) >= resultLife {
			delete(q.all, id)
		} else if old.progress(now) < 100 {
			running++
		}
	}
	if running >= mostRunning {
		return false
	}
	if q.all == nil {
		q.all = map[string]*run{}
	}
	q.made++
	r.id = name(q.made)
	q.all[r.id] = r
	return true
}

// search finds the messages of a mailbox, by the time of the activity.
func (a *account) search(box int, b reportBody, from, until time.Time) []int {
	first, end := 0, a.len()
	if b.Activity == "received" { // they are in that order already
		first = sort.Search(end, func(i int) bool { return !a.time(i).Before(from) })
		end = sort.Search(end, func(i int) bool { return a.time(i).After(until) })
	}
	plain := b.Activity == "received" && len(b.Statuses) == 0 && b.Conversation == ""
	var rows []int
	at := map[int]time.Time{}
	for i := first; i < end; i++ {
		if a.boxOf(i) != box || a.isGone(i) {
			continue
		}
		if plain {
			rows = append(rows, i)
			continue
		}
		m := a.mail(i)
		t := map[string]time.Time{"received": m.Received, "replied": m.Replied, "closed": m.Closed}[b.Activity]
		if t.IsZero() || t.Before(from) || t.After(until) || b.Conversation != "" && m.ConversationID != b.Conversation ||
			len(b.Statuses) > 0 && !slices.Contains(b.Statuses, m.Status) {
			continue
		}
		at[i] = t
		rows = append(rows, i)
	}
	if !plain {
		slices.SortStableFunc(rows, func(i, j int) int { return at[i].Compare(at[j]) })
	}
	return rows
}

func (a *account) isGone(i int) bool {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.gone[i]
}

// pollResults serves /reports/results/{id}.
func (c *call) pollResults() *apiError {
	if !c.key.may(scopeReporting) {
		return missingScope(scopeReporting)
	}
	q := c.s.reports.find(c.r.PathValue("id"))
	if q == nil || q.key != c.key || c.s.cfg.Now().Sub(q.began) >= resultLife || c.fault == "expired" {
		return notFound("Report result not found")
	}
	if e := checkPaging(c.r.URL.Query()); e != nil {
		return e
	}
	c.envelope(q, c.r.URL.Query())
	return nil
}

func (q *runs) find(id string) *run {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.all[id]
}

func checkPaging(q url.Values) *apiError {
	if m := q.Get("max"); m != "" {
		if n, err := strconv.Atoi(m); err != nil || n < 1 {
			return badRequest("max must be a positive integer")
		}
	}
	if q.Get("starting_after") != "" && q.Get("ending_before") != "" {
		return badRequest("starting_after and ending_before are mutually exclusive")
	}
	return nil
}

// window is which rows of n a page shows: positions first to end.
func window(q url.Values, n int) (first, end, size int) {
	size = 50
	if m, err := strconv.Atoi(q.Get("max")); err == nil {
		size = min(max(m, 1), 500)
	}
	position := func(name string) (int, bool) {
		k, err := strconv.Atoi(strings.TrimLeft(q.Get(name), "0"))
		return k, err == nil && q.Get(name) != ""
	}
	if k, ok := position("ending_before"); ok {
		end = min(max(k-1, 0), n)
		return max(end-size, 0), end, size
	}
	if k, ok := position("starting_after"); ok {
		first = min(max(k, 0), n)
	}
	return first, min(first+size, n), size
}

// cursor is the id of the row at a position.
func cursor(position int) string { return fmt.Sprintf("%010d", position+1) }

// moreLinks are those beside a page.
func (c *call) pageLinks(links map[string]any, r *run, q url.Values, first, end, size int) {
	at := func(name, row string) any {
		v := url.Values{"max": {strconv.Itoa(size)}, name: {row}}
		for _, keep := range []string{"fieldGroup", "includeDetails"} {
			if q.Has(keep) {
				v.Set(keep, q.Get(keep))
			}
		}
		return c.link("GET", "/api/v1/reports/results/"+r.id, v, name == "starting_after" && c.fault == "foreign-next")
	}
	if end < len(r.rows) {
		links["next"] = at("starting_after", cursor(end-1))
	}
	if first > 0 {
		links["prev"] = at("ending_before", cursor(first))
	}
}
