package emailgistics

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"switchboard/api"
	eg "switchboard/api/emailgistics"
	"switchboard/store"
)

const (
	newest  = 7 * 24 * time.Hour // the first look goes so far back; older ones are history
	overlap = time.Hour          // of a look with the one before
	ahead   = time.Hour          // a message from further in the future says nothing of the service's clock
)

// task is one report of a round.
type task struct {
	Box      string   `json:"box"`
	Activity string   `json:"activity,omitempty"` // "": received
	Statuses []string `json:"statuses,omitempty"`
	From     int64    `json:"from,omitempty"` // Unix seconds; 0: from the first message on
	Until    int64    `json:"until,omitempty"`
}

// run is how far the first task of a round is.
type run struct {
	Link  string `json:"link,omitempty"` // of the run, or of its next page; "": not started
	Polls int    `json:"polls,omitempty"`
	Ready int    `json:"ready,omitempty"` // percent
	Seen  int64  `json:"seen,omitempty"`  // up to when it knows everything, Unix seconds
	Rows  int    `json:"rows,omitempty"`
}

// state is the whole state of reading, as the store keeps it.
type state struct {
	Version int              `json:"v"`
	Since   map[string]int64 `json:"since,omitempty"` // of each mailbox, up to when all is here; of Pull
	Begin   int64            `json:"begin,omitempty"` // where the history begins; of Older
	Depth   int              `json:"depth,omitempty"` // which window of the history; of Older
	Tasks   []task           `json:"tasks,omitempty"` // of this round, the first is being done
	All     int              `json:"all,omitempty"`   // how many there were
	Run     run              `json:"run,omitzero"`
}

const version = 1

func parseState(cursor string) (state, bool) {
	s := state{Version: version}
	if cursor == "" {
		return s, true
	}
	err := json.Unmarshal([]byte(cursor), &s)
	return s, err == nil && s.Version == version
}

func (s state) String() string {
	b, err := json.Marshal(s)
	if err != nil {
		return "" // cannot be: numbers and strings
	}
	return string(b)
}

// Pull implements store.Service: one step of a round of reports.
func (m *Mailbox) Pull(ctx context.Context, cursor string) (store.Pulled, error) {
	s, ok := parseState(cursor)
	if !ok {
		return store.Pulled{Reset: true}, nil
	}
	first := s.Since == nil
	began := m.clock.Now()
	if len(s.Tasks) == 0 {
		boxes, err := m.list(ctx)
		if err != nil {
			return store.Pulled{}, err
		}
		s.plan(boxes, began)
	}
	records, err := m.step(ctx, &s)
	if err != nil {
		return store.Pulled{}, err
	}
	out := store.Pulled{Records: records, Cursor: s.String(), More: len(s.Tasks) > 0, Doing: m.doing(s)}
	if first {
		out.Older = state{Version: version, Begin: began.Add(-newest).Unix()}.String()
	}
	return out, nil
}

// plan is a round of news: what came in since the last one, and what was closed since.
func (s *state) plan(boxes []eg.Mailbox, now time.Time) {
	first := s.Since == nil
	known := make(map[string]int64, len(boxes))
	for _, b := range boxes {
		since, ok := s.Since[b.ID]
		from := since - int64(overlap/time.Second)
		switch {
		case ok:
			s.Tasks = append(s.Tasks, task{Box: b.ID, From: from}, task{Box: b.ID, Activity: eg.Closed, From: from})
		case first: // what is older is history
			since = now.Add(-newest).Unix()
			s.Tasks = append(s.Tasks, task{Box: b.ID, From: since})
		default: // it is new on the allowlist: all of it
			since = now.Add(-newest).Unix()
			s.Tasks = append(s.Tasks, task{Box: b.ID})
		}
		known[b.ID] = since
	}
	s.Since = known // what is no longer on the list is forgotten: it may come back
	s.All = len(s.Tasks)
}

// windows are the parts in which the history is read, by how far each goes back. Before
// them comes what is not closed, however old.
func windows() []time.Duration {
	const day = 24 * time.Hour
	return []time.Duration{30 * day, 90 * day, 365 * day, 0}
}

// Older implements store.Service: one step of reading the history.
func (m *Mailbox) Older(ctx context.Context, cursor string) (store.Pulled, error) {
	s, ok := parseState(cursor)
	if !ok || s.Begin == 0 { // of another version: the history is read again
		s = state{Version: version, Begin: m.clock.Now().Add(-newest).Unix()}
	}
	if len(s.Tasks) == 0 {
		boxes, err := m.list(ctx)
		if err != nil {
			return store.Pulled{}, err
		}
		s.planHistory(boxes)
	}
	records, err := m.step(ctx, &s)
	if err != nil {
		return store.Pulled{}, err
	}
	if len(s.Tasks) == 0 {
		s.Depth++
	}
	out := store.Pulled{Records: records, Older: s.String(), More: s.Depth <= len(windows())}
	if out.More {
		out.Doing = m.doing(s)
	}
	return out, nil
}

// planHistory is the next window of the history.
func (s *state) planHistory(boxes []eg.Mailbox) {
	w := windows()
	t := task{Until: s.Begin}
	switch {
	case s.Depth == 0:
		t.Statuses = []string{"open", "snoozed"}
	case s.Depth > len(w):
		return
	default:
		if s.Depth > 1 {
			t.Until -= int64(w[s.Depth-2] / time.Second)
		}
		if back := w[s.Depth-1]; back > 0 {
			t.From = s.Begin - int64(back/time.Second)
		}
	}
	for _, b := range boxes {
		t.Box = b.ID
		s.Tasks = append(s.Tasks, t)
	}
	s.All = len(s.Tasks)
}

// step does one request of a round, and leaves in s where it goes on. A round without
// mailboxes is over at once.
func (m *Mailbox) step(ctx context.Context, s *state) ([]store.Incoming, error) {
	if len(s.Tasks) == 0 {
		return nil, nil
	}
	t := s.Tasks[0]
	if _, err := m.list(ctx); err != nil { // for the names of mailboxes, after a restart
		return nil, err
	}
	if s.Run.Link == "" || m.isDead(s.Run.Link) {
		s.Run = run{}
		return m.start(ctx, s, t)
	}
	if s.Run.Ready < 100 {
		if err := m.polls.wait(ctx, m.clock, s.Run.Polls); err != nil {
			return nil, err
		}
	}
	page, err := m.client.Run(ctx, s.Run.Link)
	switch eg.CauseOf(err) {
	case eg.CauseGone: // it was too long ago: a new one
		m.log.Info("a report is no longer kept, and is started again", "mailbox", t.Box)
		s.Run = run{}
		return m.start(ctx, s, t)
	case eg.CauseReport:
		m.kill(s.Run.Link)
	}
	if err != nil {
		return nil, fmt.Errorf("the report on %s: %w", m.nameOf(t.Box), err)
	}
	return m.take(s, t, page), nil
}

// start starts the report of a task. Its link is in s when it returns, and so on disk
// before the report is asked for.
func (m *Mailbox) start(ctx context.Context, s *state, t task) ([]store.Incoming, error) {
	q := eg.ReportQuery{Mailbox: t.Box, Activity: t.Activity, Statuses: t.Statuses, Details: true, Max: m.max}
	if t.From != 0 {
		q.From = time.Unix(t.From, 0)
	}
	if t.Until != 0 {
		q.Until = time.Unix(t.Until, 0)
	}
	got, err := m.client.StartReport(ctx, q)
	if eg.CauseOf(err) == eg.CauseMailbox { // it was taken off the list meanwhile: the others go on
		m.log.Warn("a mailbox is passed over", "mailbox", t.Box, "err", err)
		delete(s.Since, t.Box)
		s.next()
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("starting the report on %s: %w", m.nameOf(t.Box), err)
	}
	s.Run = run{Link: got.Link}
	if got.Page.Done() {
		return m.take(s, t, got.Page), nil
	}
	s.Run.Ready = got.Page.Progress
	return nil, nil
}

// take takes in what a report answered.
func (m *Mailbox) take(s *state, t task, page eg.Page) []store.Incoming {
	if !page.Done() {
		s.Run.Polls++
		s.Run.Ready = min(page.Progress, 99)
		return nil
	}
	for _, b := range page.Broken {
		m.log.Warn("a row of a report could not be read and is left out", "mailbox", t.Box, "row", b.Cursor, "err", b.Err)
	}
	s.Run.Ready = 100
	s.Run.Rows += len(page.Rows)
	out := make([]store.Incoming, 0, len(page.Rows))
	late := m.clock.Now().Add(ahead)
	for _, r := range page.Rows {
		out = append(out, m.incoming(t, r))
		if at := r.Received; at.Before(late) {
			s.Run.Seen = max(s.Run.Seen, at.Unix())
		}
	}
	if !page.Cutoff.IsZero() && page.Cutoff.Before(late) {
		s.Run.Seen = max(s.Run.Seen, page.Cutoff.Unix())
	}
	if page.Next != "" && page.Next != s.Run.Link {
		s.Run.Link = page.Next
		return out
	}
	if s.Since != nil && t.Activity == "" {
		s.Since[t.Box] = max(s.Since[t.Box], s.Run.Seen)
	}
	s.next()
	return out
}

// next goes on with the next task.
func (s *state) next() {
	s.Tasks, s.Run = s.Tasks[1:], run{}
}

// doing is what the service is busy with, in words.
func (m *Mailbox) doing(s state) string {
	if len(s.Tasks) == 0 {
		return ""
	}
	words := fmt.Sprintf("report %d %%", s.Run.Ready)
	if s.Run.Rows > 0 {
		words = fmt.Sprintf("report, %d messages so far", s.Run.Rows)
	}
	if s.All > 1 {
		words += fmt.Sprintf(" (%s, %d of %d)", m.nameOf(s.Tasks[0].Box), s.All-len(s.Tasks)+1, s.All)
	}
	return words
}

func (m *Mailbox) nameOf(box string) string {
	b, _ := m.box(box)
	return store.CleanLine(cmp.Or(b.Name, b.Email, box))
}

// A run that ended with an error would end so each time it is asked for.

func (m *Mailbox) kill(link string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.dead[link] = true
}

func (m *Mailbox) isDead(link string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.dead[link]
}

// pace is how long to wait before a report is asked for again: longer each time.
type pace struct{ first, most time.Duration }

func (p pace) wait(ctx context.Context, clock api.Clock, polls int) error {
	d := min(p.first<<min(polls, 16), p.most)
	select {
	case <-clock.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
