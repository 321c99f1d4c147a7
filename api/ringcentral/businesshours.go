package ringcentral

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"switchboard/api"
)

// TimeRange is a part of a day, by the clock of the user's or the company's
// zone: "09:00" to "17:30". A To of "00:00" or "24:00" is the end of the day.
type TimeRange struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// WeeklyRanges is a schedule by the week (WeeklyScheduleInfo). A day without
// ranges is closed.
type WeeklyRanges struct {
	Monday    []TimeRange `json:"monday,omitempty"`
	Tuesday   []TimeRange `json:"tuesday,omitempty"`
	Wednesday []TimeRange `json:"wednesday,omitempty"`
	Thursday  []TimeRange `json:"thursday,omitempty"`
	Friday    []TimeRange `json:"friday,omitempty"`
	Saturday  []TimeRange `json:"saturday,omitempty"`
	Sunday    []TimeRange `json:"sunday,omitempty"`
}

// Day gives the ranges of a day.
func (w *WeeklyRanges) Day(d time.Weekday) []TimeRange {
	return [7][]TimeRange{w.Sunday, w.Monday, w.Tuesday, w.Wednesday, w.Thursday, w.Friday, w.Saturday}[d]
}

// BusinessHours are the hours of the user or the company. Weekly is nil where
// they are open around the clock.
type BusinessHours struct {
	Weekly *WeeklyRanges
}

// Opening gives the first moment at or after at that is within the hours, by
// the clock of at's location. ok is false when there is none in the week to
// come. A time within the hours is its own answer.
func (h BusinessHours) Opening(at time.Time) (open time.Time, ok bool) {
	if h.Weekly == nil {
		return at, true
	}
	for k := range 8 {
		y, m, d := at.Date()
		midnight := time.Date(y, m, d+k, 0, 0, 0, 0, at.Location())
		var first time.Time
		for _, r := range h.Weekly.Day(midnight.Weekday()) {
			from, to, err := r.minutes()
			if err != nil {
				continue
			}
			// By the clock, not by the hours since midnight: a day may have 23.
			begin := time.Date(y, m, d+k, 0, from, 0, 0, at.Location())
			end := time.Date(y, m, d+k, 0, to, 0, 0, at.Location())
			switch {
			case !at.Before(end):
			case !at.Before(begin):
				return at, true
			case first.IsZero() || begin.Before(first):
				first = begin
			}
		}
		if !first.IsZero() {
			return first, true
		}
	}
	return time.Time{}, false
}

// minutes are both ends in minutes after midnight.
func (r TimeRange) minutes() (from, to int, err error) {
	if from, err = clock(r.From); err != nil {
		return 0, 0, err
	}
	if to, err = clock(r.To); err != nil {
		return 0, 0, err
	}
	if to == 0 {
		to = 24 * 60
	}
	if from >= to {
		return 0, 0, fmt.Errorf("hours from %.10q to %.10q are none", r.From, r.To)
	}
	return from, to, nil
}

func clock(s string) (int, error) {
	if s == "24:00" {
		return 24 * 60, nil
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf("time of day %.10q is not of the form 09:30", s)
	}
	return t.Hour()*60 + t.Minute(), nil
}

// hoursBody is the hours on the wire.
type hoursBody struct {
	Schedule struct {
		Weekly *WeeklyRanges `json:"weeklyRanges,omitempty"`
	} `json:"schedule"`
}

// BusinessHours reads the user's hours (readUserBusinessHours, Light).
func (c *Client) BusinessHours(ctx context.Context) (BusinessHours, error) {
	return c.hours(ctx, api.Request{Op: "readUserBusinessHours", Path: extension + "/business-hours", Group: api.Light})
}

// CompanyHours reads the company's hours (readCompanyBusinessHours, Light).
func (c *Client) CompanyHours(ctx context.Context) (BusinessHours, error) {
	return c.hours(ctx, api.Request{Op: "readCompanyBusinessHours", Path: account + "/business-hours", Group: api.Light})
}

// SetBusinessHours changes the user's hours (updateUserBusinessHours, Medium).
func (c *Client) SetBusinessHours(ctx context.Context, h BusinessHours) (BusinessHours, error) {
	return c.setHours(ctx, h, api.Request{Op: "updateUserBusinessHours", Path: extension + "/business-hours"})
}

// SetCompanyHours changes the company's hours (updateCompanyBusinessHours,
// Medium).
func (c *Client) SetCompanyHours(ctx context.Context, h BusinessHours) (BusinessHours, error) {
	return c.setHours(ctx, h, api.Request{Op: "updateCompanyBusinessHours", Path: account + "/business-hours"})
}

func (c *Client) setHours(ctx context.Context, h BusinessHours, r api.Request) (BusinessHours, error) {
	if h.Weekly != nil {
		for d := range time.Weekday(7) {
			for _, one := range h.Weekly.Day(d) {
				if _, _, err := one.minutes(); err != nil {
					return BusinessHours{}, fmt.Errorf("RingCentral %s: %s: %w", r.Op, d, err)
				}
			}
		}
	}
	var body hoursBody
	body.Schedule.Weekly = h.Weekly
	r.Method, r.Body, r.Group = http.MethodPut, body, api.Medium
	return c.hours(ctx, r)
}

func (c *Client) hours(ctx context.Context, r api.Request) (BusinessHours, error) {
	var body hoursBody
	_, err := c.Do(ctx, r, &body)
	return BusinessHours{body.Schedule.Weekly}, err
}
