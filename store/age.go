package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// Waits reports whether somebody has to do something about an item: it is open and in
// no trash, and nobody has called back.
func (r Row) Waits() bool {
	return r.State == StateOpen && r.Availability == Alive && r.Reply == 0
}

// OpenHours are the business hours of an account: the user's own, else the company's. ok
// is false where none are known, or there is no time outside of them.
func (s *Store) OpenHours(ctx context.Context, account int64) (h Hours, ok bool, err error) {
	var cursor string
	err = s.ask(ctx, `SELECT cursor FROM feeds WHERE account = ? AND name = ?`, account, FeedHours).Scan(&cursor)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return h, false, s.fault("reading the business hours", err)
	}
	var kept keptHours
	if cursor == "" || json.Unmarshal([]byte(cursor), &kept) != nil {
		return h, false, nil // not asked for yet, or of another version
	}
	for _, h := range []Hours{kept.Own, kept.Company} {
		if _, open := h.anyDay(); open && !h.Always {
			return h, true, nil
		}
	}
	return Hours{}, false, nil
}

// anyDay is a day of work.
func (h Hours) anyDay() (time.Weekday, bool) {
	for d := range time.Weekday(7) {
		if _, ok := h.opens(d); ok {
			return d, true
		}
	}
	return 0, false
}

// openTime is a time within the hours.
type openTime struct{ from, to time.Time }

// spans are the open times of the day k days after that of at, in order, those that
// touch as one. They are by the clock of at's location: a day may have 23 hours.
func (h Hours) spans(at time.Time, k int) []openTime {
	y, m, d := at.Date()
	midnight := time.Date(y, m, d+k, 0, 0, 0, 0, at.Location())
	var out []openTime
	for _, r := range h.Week[midnight.Weekday()] {
		if r.From < r.To {
			out = append(out, openTime{
				time.Date(y, m, d+k, 0, r.From, 0, 0, at.Location()), time.Date(y, m, d+k, 0, r.To, 0, 0, at.Location()),
			})
		}
	}
	slices.SortFunc(out, func(a, b openTime) int { return a.from.Compare(b.from) })
	joined := out[:0]
	for _, s := range out {
		if n := len(joined); n > 0 && !s.from.After(joined[n-1].to) {
			if s.to.After(joined[n-1].to) {
				joined[n-1].to = s.to
			}
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// mostDays is how far business time is counted: what has waited longer is late by any
// measure.
const mostDays = 400

// After is the moment at which so much business time has passed since from, by the
// clock of from's location. Hours without an open day, or around the clock, are plain
// time.
func (h Hours) After(from time.Time, d time.Duration) time.Time {
	if _, open := h.anyDay(); h.Always || !open {
		return from.Add(d)
	}
	for k := range mostDays {
		for _, s := range h.spans(from, k) {
			if s.from.Before(from) {
				s.from = from
			}
			has := s.to.Sub(s.from)
			if has > 0 && has >= d {
				return s.from.Add(d)
			}
			d -= max(has, 0)
		}
	}
	return from.AddDate(0, 0, mostDays)
}

// Between is how much business time has passed from one moment to a later one, by the
// clock of from's location.
func (h Hours) Between(from, to time.Time) (d time.Duration) {
	if _, open := h.anyDay(); h.Always || !open {
		return max(to.Sub(from), 0)
	}
	for k := range mostDays {
		for _, s := range h.spans(from, k) {
			if !s.from.Before(to) {
				return d
			}
			if s.from.Before(from) {
				s.from = from
			}
			if s.to.After(to) {
				s.to = to
			}
			d += max(s.to.Sub(s.from), 0)
		}
	}
	return d
}
