package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// RetentionRules say how long a service keeps what is in a mailbox. 0 is no limit, or
// none that is known.
type RetentionRules struct {
	Inbox    int  `json:"inbox"`           // voice and fax messages that came in, at most: the oldest goes first
	Days     int  `json:"days"`            // those messages, so many days
	SentDays int  `json:"sent_fax_days"`   // sent faxes, so many days
	Trash    int  `json:"trash_days"`      // the trash, so many days
	HIPAA    bool `json:"hipaa"`           // the account is under HIPAA
	Told     bool `json:"told_by_service"` // Days is what the service says of this account, not what it documents
}

// Retainer is a Service that knows how long it keeps messages.
type Retainer interface {
	// Retention are the rules of this mailbox. What a person may not read of them is as
	// the service documents it.
	Retention(ctx context.Context) (RetentionRules, error)
}

// with puts what was configured over what the service says.
func (r RetentionRules) with(own RetentionRules) RetentionRules {
	r.Inbox, r.Days = cmp.Or(own.Inbox, r.Inbox), cmp.Or(own.Days, r.Days)
	r.SentDays, r.Trash = cmp.Or(own.SentDays, r.SentDays), cmp.Or(own.Trash, r.Trash)
	r.HIPAA = r.HIPAA || own.HIPAA
	if own.HIPAA && r.Days == 0 {
		r.Days = 30
	}
	return r
}

// Retention is how full a mailbox is, and what leaves it next.
type Retention struct {
	ID      int64          `json:"-"` // row in accounts
	Account string         `json:"account"`
	Name    string         `json:"name"`
	Rules   RetentionRules `json:"rules"`
	Used    int            `json:"used"`                   // voice and fax messages that came in and are at the service
	More    bool           `json:"more"`                   // there are more than Used: they are counted no further
	PerDay  float64        `json:"per_day"`                // of those, how many came in a day of the last two weeks
	Next    []ID           `json:"-"`                      // the oldest of them, in the order in which they would make room
	Trash   int            `json:"trash"`                  // messages in the trash
	Purge   time.Time      `json:"next_purge,omitzero"`    // when the next of those is purged, at the earliest
	Sent    time.Time      `json:"next_sent_fax,omitzero"` // when the next sent fax leaves
	Here    int            `json:"archived"`               // messages the service has no longer and this machine has
	Held    int            `json:"held"`
	Waiting int            `json:"waiting"` // messages about to leave that are not whole on this machine yet
	Archive bool           `json:"archive"` // those are taken in by themselves
}

// nearly is from how much of its limit on a mailbox counts as nearly full, in percent.
const nearly = 90

// Limited reports whether the limit of the mailbox holds: a service that keeps far
// more messages than it documents has another one for this account.
func (r Retention) Limited() bool {
	return r.Rules.Inbox > 0 && r.Used <= overfull(r.Rules.Inbox)
}

// overfull is how many messages a mailbox may seem to have while the service and this
// machine disagree for a moment.
func overfull(limit int) int { return limit + limit/4 }

// Nearly reports whether the mailbox is nearly full.
func (r Retention) Nearly() bool { return r.Limited() && r.Used*100 >= r.Rules.Inbox*nearly }

// Full is when the mailbox is full if messages come as they did; zero: not to be told,
// or it is already.
func (r Retention) Full(now time.Time) time.Time {
	if !r.Limited() || r.Used >= r.Rules.Inbox || r.PerDay <= 0 {
		return time.Time{}
	}
	return now.Add(days(float64(r.Rules.Inbox-r.Used) / r.PerDay))
}

func days(n float64) time.Duration { return time.Duration(min(n, 36500) * 24 * float64(time.Hour)) }

// LeaveCause is why a service will drop a message.
type LeaveCause string

// The causes.
const (
	LeaveFull  LeaveCause = "full"  // the mailbox is full, and it is among the oldest
	LeaveAge   LeaveCause = "age"   // it is kept so long and no longer
	LeaveSent  LeaveCause = "sent"  // likewise, of a sent fax
	LeaveTrash LeaveCause = "trash" // it is in the trash
)

// Leaving is when and why a service will drop a message.
type Leaving struct {
	Cause LeaveCause `json:"cause"`
	At    time.Time  `json:"at,omitzero"`     // zero: not to be told
	About bool       `json:"about,omitempty"` // At is as messages came in of late
	After int        `json:"after,omitempty"` // of LeaveFull: how many more have to come in first
}

// Soon reports whether it leaves so soon that somebody should know.
func (l Leaving) Soon(r Retention, now time.Time) bool {
	if l.Cause == LeaveFull {
		return l.After <= max(r.Rules.Inbox/10, 1)
	}
	return !l.At.IsZero() && l.At.Sub(now) <= archiveLead
}

// Leaves is when the service drops a message of this mailbox; ok is false where that is
// not known, or it has it no longer.
func (r Retention) Leaves(row Row, now time.Time) (l Leaving, ok bool) {
	if !row.Dropped.IsZero() || row.Availability == Purged || row.Kind > Pager {
		return l, false
	}
	day := 24 * time.Hour
	add := func(x Leaving) {
		if !ok || !x.At.IsZero() && (l.At.IsZero() || x.At.Before(l.At)) {
			l, ok = x, true
		}
	}
	if row.Availability == Deleted {
		if r.Rules.Trash > 0 && !row.Deleted.IsZero() {
			add(Leaving{Cause: LeaveTrash, At: row.Deleted.Add(time.Duration(r.Rules.Trash) * day)})
		}
		return l, ok
	}
	voice := row.Kind == Voicemail || row.Kind == Fax
	switch {
	case voice && row.Direction == Inbound:
		if r.Rules.Days > 0 {
			add(Leaving{Cause: LeaveAge, At: row.Time.Add(time.Duration(r.Rules.Days) * day)})
		}
		if i := slices.Index(r.Next, row.ID); i >= 0 && r.Limited() {
			x := Leaving{Cause: LeaveFull, After: max(r.Rules.Inbox-r.Used, 0) + i + 1, About: true}
			if r.PerDay > 0 {
				x.At = now.Add(days(float64(x.After) / r.PerDay))
			}
			add(x)
		}
	case row.Kind == Fax && r.Rules.SentDays > 0 && !row.Delivery.Failed():
		add(Leaving{Cause: LeaveSent, At: row.Time.Add(time.Duration(r.Rules.SentDays) * day)})
	}
	return l, ok
}

// querier is a *sql.DB or a *sql.Tx.
type querier interface {
	selecter
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// room is how full a mailbox is.
type room struct {
	rules RetentionRules
	ids   []ID // voice and fax messages that came in and are at the service, oldest first
	more  bool // there are more
}

// mostNext is how many of the oldest a Retention names.
const mostNext = 50

// roomOf reads how full a mailbox is, counting no further than has to be known.
func (s *Store) roomOf(ctx context.Context, q querier, account int64) (rm room, err error) {
	if rm.rules, err = s.rules(ctx, q, account); err != nil {
		return rm, err
	}
	most := overfull(cmp.Or(rm.rules.Inbox, 800)) + 1
	for _, kind := range []Kind{Voicemail, Fax} {
		rows, err := q.QueryContext(ctx, `SELECT id FROM items INDEXED BY items_kind WHERE kind = ? AND availability = 0 AND account = ? AND direction = 1
			AND dropped = 0 ORDER BY id LIMIT ?`, int64(kind), account, most)
		if err != nil {
			return rm, err
		}
		ids, err := readIDs(rows)
		if err != nil {
			return rm, err
		}
		rm.ids = append(rm.ids, ids...)
	}
	slices.Sort(rm.ids)
	if rm.more = len(rm.ids) >= most; rm.more {
		rm.ids = rm.ids[:most]
	}
	return rm, nil
}

func readIDs(rows *sql.Rows) (ids []ID, err error) {
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, ID(id))
	}
	return ids, rows.Err()
}

// limited reports whether the limit of the mailbox holds and is near.
func (rm room) near() bool {
	n := len(rm.ids)
	return rm.rules.Inbox > 0 && n <= overfull(rm.rules.Inbox) && n*100 >= rm.rules.Inbox*nearly
}

// rules are those of an account as they were last told.
func (s *Store) rules(ctx context.Context, q querier, account int64) (r RetentionRules, err error) {
	var text string
	err = q.QueryRowContext(ctx, `SELECT rules FROM retention WHERE account = ?`, account).Scan(&text)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return r, err
	}
	if text != "" && json.Unmarshal([]byte(text), &r) != nil {
		r = RetentionRules{} // of another version: it is asked for anew
	}
	return r.with(s.opts.Retention), nil
}

// Retention is how full each mailbox is whose service is known to drop messages.
func (s *Store) Retention(ctx context.Context) ([]Retention, error) {
	accounts, err := s.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	var out []Retention
	for _, a := range accounts {
		r, err := s.retention(ctx, a)
		if err != nil {
			return nil, s.fault("looking how full the mailbox is", err)
		}
		out = append(out, r)
	}
	return out, nil
}

func (s *Store) retention(ctx context.Context, a Account) (Retention, error) {
	r := Retention{ID: a.ID, Account: a.Key, Name: a.Name, Archive: s.opts.Archive}
	rm, err := s.roomOf(ctx, s.r, a.ID)
	if err != nil {
		return r, err
	}
	now := s.now()
	r.Rules, r.Used, r.More = rm.rules, len(rm.ids), rm.more
	r.Next = rm.ids[:min(len(rm.ids), mostNext)]
	r.PerDay = perDay(rm.ids, now)
	const few = 1000
	var first, sent int64
	err = s.r.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM (SELECT 1 FROM items WHERE availability = 1 AND account = ?1 AND dropped = 0 LIMIT ?2)),
		(SELECT coalesce(min(deleted), 0) FROM items WHERE availability = 1 AND account = ?1 AND dropped = 0 AND deleted > ?3),
		(SELECT count(*) FROM items WHERE dropped > 0 AND account = ?1), (SELECT count(*) FROM items WHERE held > 0 AND account = ?1),
		(SELECT coalesce(min(id), 0) FROM items INDEXED BY items_kind WHERE kind = 2 AND availability = 0 AND direction = 2 AND account = ?1
			AND dropped = 0 AND id > ?4)`,
		a.ID, few, now.AddDate(0, 0, -r.Rules.Trash).UnixMilli(), int64(FirstID(now.AddDate(0, 0, -r.Rules.SentDays)))).
		Scan(&r.Trash, &first, &r.Here, &r.Held, &sent)
	if err != nil {
		return r, err
	}
	if first != 0 && r.Rules.Trash > 0 {
		r.Purge = fromMilli(first).AddDate(0, 0, r.Rules.Trash)
	}
	if sent != 0 && r.Rules.SentDays > 0 {
		r.Sent = ID(sent).Time().AddDate(0, 0, r.Rules.SentDays)
	}
	due, err := s.toArchive(ctx, a.ID, rm, 0)
	r.Waiting = len(due)
	return r, err
}

// perDay is how many messages came in a day of the last two weeks.
func perDay(ids []ID, now time.Time) float64 {
	if len(ids) == 0 {
		return 0
	}
	from := now.AddDate(0, 0, -14)
	i, _ := slices.BinarySearch(ids, FirstID(from))
	span := now.Sub(from)
	if first := ids[0].Time(); first.After(from) { // the mailbox is younger
		span = max(now.Sub(first), 24*time.Hour)
	}
	return float64(len(ids)-i) / (float64(span) / float64(24*time.Hour))
}
