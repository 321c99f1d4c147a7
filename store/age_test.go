package store

import (
	"testing"
	"time"
)

func TestBusinessTime(t *testing.T) {
	ny, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	office := usualHours() // Monday to Friday, nine to five
	split := Hours{}
	split.Week[time.Monday] = []HourRange{{13 * 60, 17 * 60}, {9 * 60, 12 * 60}}
	night := Hours{}
	night.Week[time.Sunday] = []HourRange{{0, 1440}} // clocks change on a Sunday
	at := func(text string) time.Time {
		tm, err := time.ParseInLocation("2006-01-02 15:04", text, ny)
		if err != nil {
			t.Fatal(err)
		}
		return tm
	}
	for _, c := range []struct {
		name  string
		h     Hours
		from  string
		d     time.Duration
		after string
	}{
		{"within a day", office, "2026-11-20 10:00", time.Hour, "2026-11-20 11:00"},
		{"before the day", office, "2026-11-20 07:00", time.Hour, "2026-11-20 10:00"},
		{"over night", office, "2026-11-19 16:30", time.Hour, "2026-11-20 09:30"},
		{"over the weekend", office, "2026-11-20 16:00", 4 * time.Hour, "2026-11-23 12:00"},
		{"on a Sunday", office, "2026-11-22 12:00", 4 * time.Hour, "2026-11-23 13:00"},
		{"to the minute the day ends", office, "2026-11-20 16:00", time.Hour, "2026-11-20 17:00"},
		{"over lunch, ranges out of order", split, "2026-11-23 11:00", 2 * time.Hour, "2026-11-23 14:00"},
		{"a week later", split, "2026-11-23 16:00", 2 * time.Hour, "2026-11-30 10:00"},
		{"the day the clocks go forward", night, "2026-03-08 00:00", 23 * time.Hour, "2026-03-09 00:00"},
		{"around the clock", Hours{Always: true}, "2026-11-20 23:00", 2 * time.Hour, "2026-11-21 01:00"},
		{"no hours at all", Hours{}, "2026-11-20 23:00", 2 * time.Hour, "2026-11-21 01:00"},
	} {
		from := at(c.from)
		got := c.h.After(from, c.d)
		if !got.Equal(at(c.after)) {
			t.Errorf("%s: %v after %s is %v, want %s", c.name, c.d, c.from, got, c.after)
		}
		if d := c.h.Between(from, got); d != c.d {
			t.Errorf("%s: between are %v, want %v", c.name, d, c.d)
		}
	}
	if d := office.Between(at("2026-11-20 18:00"), at("2026-11-23 08:00")); d != 0 {
		t.Errorf("a weekend has %v", d)
	}
	if got := office.After(at("2026-11-20 10:00"), 1e6*time.Hour); got.Before(at("2027-12-01 00:00")) {
		t.Errorf("for ever is until %v", got)
	}
}

func TestOpenHours(t *testing.T) {
	b := synced(t, 1)
	ctx := t.Context()
	if _, ok, err := b.OpenHours(ctx, b.acc.ID); ok || err != nil {
		t.Errorf("hours nobody has told: %v, %v", ok, err)
	}
	put := func(text string) {
		t.Helper()
		_, err := b.w.ExecContext(ctx, `INSERT OR REPLACE INTO feeds (account, name, cursor) VALUES (?, ?, ?)`, b.acc.ID, FeedHours, text)
		if err != nil {
			t.Fatal(err)
		}
	}
	put(`{"own":{"always":true,"week":[null,null,null,null,null,null,null]},"company":{"week":[null,[{"from":540,"to":1020}],null,null,null,null,null]}}`)
	if h, ok, err := b.OpenHours(ctx, b.acc.ID); !ok || err != nil || len(h.Week[time.Monday]) != 1 {
		t.Errorf("the company's: %+v, %v, %v", h, ok, err)
	}
	put(`not json`)
	if _, ok, err := b.OpenHours(ctx, b.acc.ID); ok || err != nil {
		t.Errorf("what another version wrote: %v, %v", ok, err)
	}
}
