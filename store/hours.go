package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// HoursService is a Service that knows when its user and the company are at work.
type HoursService interface {
	// Hours are the user's and the company's business hours. One that may not be read
	// has no ranges.
	Hours(ctx context.Context) (own, company Hours, err error)
}

// Hours are business hours by the week.
type Hours struct {
	Always bool           `json:"always,omitempty"` // around the clock
	Week   [7][]HourRange `json:"week"`             // by time.Weekday; a day without ranges is free
}

// HourRange is a part of a day in minutes after midnight; To may be 1440.
type HourRange struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// How often business hours are asked for, told of news or not: people change them a
// few times a year. A look is 2 requests of the Light group.
const hoursEvery = 6 * time.Hour

// morning is when a work day begins where nobody has said so: Monday to Friday.
const morning = 9 * 60

// usualHours are those of an account that keeps none, or that never closes.
func usualHours() (h Hours) {
	for d := time.Monday; d <= time.Friday; d++ {
		h.Week[d] = []HourRange{{morning, 17 * 60}}
	}
	return h
}

// keptHours is what the feed keeps between its looks.
type keptHours struct {
	Own     Hours `json:"own"`
	Company Hours `json:"company"`
}

// hoursFeeds are the feeds of a service that knows business hours.
func (s *Store) hoursFeeds(svc Service) []feed {
	h, ok := svc.(HoursService)
	if !ok {
		return nil
	}
	return []feed{{
		name: FeedHours, every: hoursEvery, pushed: hoursEvery,
		turn: func(ctx context.Context, b *mailbox, st FeedState) (bool, error) {
			own, company, err := h.Hours(ctx)
			if err != nil {
				return false, fmt.Errorf("asking for the business hours: %w", err)
			}
			kept, err := json.Marshal(keptHours{own, company})
			if err != nil {
				return false, err
			}
			st.Cursor = string(kept)
			return false, s.transact(ctx, false, func(tx *sql.Tx) error { return putFeed(tx, b.id(), FeedHours, st) })
		},
	}}
}

// NextWorkDay is when the next day of work after the one now is on begins, by the
// clock of Options.Location: the user's business hours, else the company's, else
// Monday to Friday from nine. It is answered from this machine. An account of 0 is the
// first one.
func (s *Store) NextWorkDay(ctx context.Context, account int64, now time.Time) (time.Time, error) {
	week, err := s.workWeek(ctx, account)
	if err != nil {
		return time.Time{}, s.fault("reading the business hours", err)
	}
	now = now.In(s.opts.Location)
	y, m, d := now.Date()
	for k := 1; k <= 7; k++ {
		day := time.Date(y, m, d+k, 0, 0, 0, 0, now.Location())
		if from, ok := week.opens(day.Weekday()); ok {
			// By the clock, not by the minutes since midnight: a day may have 23 hours.
			return time.Date(y, m, d+k, 0, from, 0, 0, now.Location()), nil
		}
	}
	return time.Time{}, errors.New("no day of the week is a day of work") // workWeek has one
}

// opens is the minute at which a day of work begins.
func (h Hours) opens(d time.Weekday) (minute int, ok bool) {
	for _, r := range h.Week[d] {
		if r.From < r.To && (!ok || r.From < minute) {
			minute, ok = r.From, true
		}
	}
	return minute, ok
}

// workWeek picks the hours that say when one works.
func (s *Store) workWeek(ctx context.Context, account int64) (Hours, error) {
	var cursor string
	err := s.r.QueryRowContext(ctx, `SELECT cursor FROM feeds WHERE name = ? AND (account = ? OR ? = 0) ORDER BY account LIMIT 1`,
		FeedHours, account, account).Scan(&cursor)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Hours{}, err
	}
	var kept keptHours
	if cursor != "" && json.Unmarshal([]byte(cursor), &kept) != nil {
		kept = keptHours{} // of another version: it is read anew
	}
	for _, h := range []Hours{kept.Own, kept.Company} {
		works := slices.ContainsFunc(h.Week[:], func(day []HourRange) bool {
			return slices.ContainsFunc(day, func(r HourRange) bool { return r.From < r.To })
		})
		if works && !h.Always {
			return h, nil
		}
	}
	return usualHours(), nil
}
