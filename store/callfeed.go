package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// FeedActive is the feed of the calls in progress.
const FeedActive = "active calls"

// How often the call log is looked at: while nobody tells of news, and while the
// service does. All of these requests are of the group of which RingCentral allows ten
// a minute.
const (
	callsEvery    = time.Minute
	callsPushed   = 15 * time.Minute
	companyEvery  = 5 * time.Minute
	companyPushed = 15 * time.Minute
	activeEvery   = time.Minute
	activePushed  = 15 * time.Minute
)

// companyBack is how much of the company's log is read: it may be very long, and what
// colleagues did last year is no work.
const companyBack = 30 * 24 * time.Hour

// CallLogService is a Service that has a call log.
type CallLogService interface {
	// NewCalls fetches what is new in the call log: the newest calls for an empty
	// cursor, else those that came or changed since. Reset says that the cursor is no
	// longer good, or that there is more than one answer holds.
	NewCalls(ctx context.Context, company bool, cursor string) (PulledCalls, error)

	// OlderCalls fetches a page of the log, going backwards from a cursor that
	// PulledCalls.Older gave, to calls that began at since at the earliest (zero: to
	// the first). Pages may overlap. Deleted calls come as tombstones.
	OlderCalls(ctx context.Context, company bool, cursor string, since time.Time) (PulledCalls, error)

	// ActiveCalls are the mailbox's calls in progress, as the service's list of them
	// has them, some seconds late.
	ActiveCalls(ctx context.Context) ([]LiveCall, error)

	// CallRecord fetches one call with all its legs.
	CallRecord(ctx context.Context, remote string, company bool) (Incoming, error)

	// CompanyCalls reports whether the mailbox may have the whole company's log: only
	// one's own may, not that of a colleague one may read.
	CompanyCalls() bool
}

// PulledCalls is an answer of a CallLogService.
type PulledCalls struct {
	Records []Incoming
	Cursor  string // where the next increment starts; of NewCalls only
	Older   string // where the log goes on to the past; "": nowhere, this was the end
	Reset   bool
}

// callFeeds are the feeds of a service that has a call log.
func (s *Store) callFeeds(svc Service) []feed {
	log, ok := svc.(CallLogService)
	if !ok {
		return nil
	}
	fs := []feed{
		{name: FeedCalls, every: callsEvery, pushed: callsPushed, turn: s.callTurn(FeedCalls, false, callsEvery)},
		{name: FeedActive, every: activeEvery, pushed: activePushed, turn: s.activeTurn},
	}
	if log.CompanyCalls() {
		fs = append(fs, feed{name: FeedCompany, every: companyEvery, pushed: companyPushed, turn: s.callTurn(FeedCompany, true, companyEvery)})
	}
	return fs
}

// callTurn does one request of a call log's feed: what is new when that is due, else a
// page of the past as long as there is one to read.
func (s *Store) callTurn(name string, company bool, every time.Duration) func(context.Context, *mailbox, FeedState) (bool, error) {
	return func(ctx context.Context, b *mailbox, st FeedState) (bool, error) {
		svc, ok := b.service().(CallLogService)
		if !ok {
			return false, nil
		}
		t := callPuller{s: s, b: b, svc: svc, name: name, company: company}
		past, ok := parsePast(st.Older)
		if st.Cursor != "" && ok && past.cursor != "" && dueIn(st.Synced.Add(every), s.now()) > 0 {
			return t.older(ctx, st, past)
		}
		return t.news(ctx, st, past)
	}
}

// past is where the reading of older calls goes on, as FeedState.Older has it: the
// service's cursor, and how far back it is to go.
type past struct {
	since  time.Time // zero: to the first call
	cursor string    // "": the newest calls come first
}

func parsePast(text string) (past, bool) {
	ms, cursor, ok := strings.Cut(text, "|")
	n, err := strconv.ParseInt(ms, 10, 64)
	return past{fromMilli(n), cursor}, ok && err == nil
}

func (p past) String() string { return fmt.Sprintf("%d|%s", toMilli(p.since), p.cursor) }

// callPuller reads one call log.
type callPuller struct {
	s       *Store
	b       *mailbox
	svc     CallLogService
	name    string
	company bool
}

// news fetches what is new. Without a cursor it fetches the newest calls, and the
// older ones are left to be read.
func (t callPuller) news(ctx context.Context, st FeedState, p past) (more bool, err error) {
	got, err := t.svc.NewCalls(ctx, t.company, st.Cursor)
	if err != nil {
		return false, fmt.Errorf("looking for new calls: %w", err)
	}
	now := t.s.now()
	switch {
	case got.Reset && st.Cursor == "":
		return false, errors.New("looking for new calls: the service refuses to start over")
	case got.Reset:
		// The newest calls again, and then back to what was read when the cursor was
		// good. An hour more costs nothing: the clocks may differ, and calls last.
		next := FeedState{Done: st.Done, Synced: st.Synced, Older: past{}.String()}
		if p.cursor == "" && !st.Synced.IsZero() {
			next.Older = past{since: st.Synced.Add(-time.Hour)}.String()
		}
		t.s.log.Info("the call log's cursor has expired, reading the newest calls again", "account", t.b.key, "feed", t.name)
		err := t.s.transact(ctx, false, func(tx *sql.Tx) error { return putFeed(tx, t.b.id(), t.name, next) })
		return true, t.s.fault("starting the call log over", err)
	case got.Cursor == "":
		return false, errors.New("looking for new calls: the service did not say where to go on")
	}
	next := FeedState{Cursor: got.Cursor, Older: st.Older, Done: st.Done, Synced: now}
	if st.Cursor == "" {
		next.Older = ""
		if p.since.IsZero() && t.company {
			p.since = now.Add(-companyBack)
		}
		if p.cursor = got.Older; p.cursor != "" {
			next.Older = p.String()
		}
	}
	return next.Older != "", t.take(ctx, got.Records, next)
}

// older fetches a page of the past.
func (t callPuller) older(ctx context.Context, st FeedState, p past) (more bool, err error) {
	got, err := t.svc.OlderCalls(ctx, t.company, p.cursor, p.since)
	if err != nil {
		return false, fmt.Errorf("reading older calls: %w", err)
	}
	st.Older = ""
	if got.Older != "" && got.Older != p.cursor {
		p.cursor = got.Older
		st.Older = p.String()
	}
	return st.Older != "", t.take(ctx, got.Records, st)
}

// take writes records together with how far that gets us.
func (t callPuller) take(ctx context.Context, records []Incoming, next FeedState) error {
	got, err := t.s.applyWith(ctx, t.b.id(), records, func(tx *sql.Tx) error { return putFeed(tx, t.b.id(), t.name, next) })
	if err != nil {
		return err
	}
	var over []string
	for _, r := range records {
		if r.Call != nil && !r.Call.Active && r.Call.Telephony != "" {
			over = append(over, r.Call.Telephony)
		}
	}
	if t.s.active.recorded(t.b.id(), over, t.s.now()) || len(got.IDs) > 0 {
		t.s.changed()
	}
	return nil
}

// activeTurn asks for the calls in progress.
func (s *Store) activeTurn(ctx context.Context, b *mailbox, _ FeedState) (bool, error) {
	svc, ok := b.service().(CallLogService)
	if !ok {
		return false, nil
	}
	asked := s.now()
	list, err := svc.ActiveCalls(ctx)
	if err != nil {
		return false, fmt.Errorf("looking for calls in progress: %w", err)
	}
	for i := range list {
		list[i] = s.cleanCall(list[i])
	}
	s.active.mu.Lock()
	news := s.active.replace(b.id(), list, asked, s.now())
	s.active.tidy(s.now())
	s.active.mu.Unlock()
	if news {
		s.changed()
	}
	return false, nil
}
