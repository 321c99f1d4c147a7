package compose

import (
	"testing"
	"time"
)

func TestWhen(t *testing.T) {
	loc, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Skip("no time zones here")
	}
	now := time.Date(2026, 11, 19, 15, 20, 30, 0, loc) // a Thursday
	for text, want := range map[string]string{
		"": "", "now": "", " NOW ": "",
		"17:30": "2026-11-19 17:30", "1730": "2026-11-19 17:30", "5:30 pm": "2026-11-19 17:30", "17.30": "2026-11-19 17:30",
		"15:00": "2026-11-20 15:00", "8": "2026-11-20 08:00", "noon": "2026-11-20 12:00", "12am": "2026-11-20 00:00", "17h": "2026-11-19 17:00",
		"tomorrow": "2026-11-20 08:00", "tomorrow 8": "2026-11-20 08:00", "Tomorrow at 9:15": "2026-11-20 09:15", "today 16:00": "2026-11-19 16:00",
		"tonight": "2026-11-19 20:00", "tonight 9pm": "2026-11-19 21:00",
		"fri": "2026-11-20 08:00", "friday 14:00": "2026-11-20 14:00", "thu": "2026-11-26 08:00", "thu 16:00": "2026-11-19 16:00", "thu 9": "2026-11-26 09:00",
		"in 2 h": "2026-11-19 17:20", "in 30 minutes": "2026-11-19 15:50", "in 1h30m": "2026-11-19 16:50", "in 3 days": "2026-11-22 15:20", "in 1 week": "2026-11-26 15:20",
		"2026-12-24 9:15": "2026-12-24 09:15", "2026-12-24": "2026-12-24 08:00", "24 dec": "2026-12-24 08:00", "24 december 7pm": "2026-12-24 19:00", "Dec 24, 10": "2026-12-24 10:00",
		"3 jan": "2027-01-03 08:00", "19 nov 23:00": "2026-11-19 23:00",
	} {
		got, err := parseWhen(text, now, loc)
		have := ""
		if !got.IsZero() {
			have = got.In(loc).Format("2006-01-02 15:04")
		}
		if err != nil || have != want {
			t.Errorf("%q: %q, %v, want %q", text, have, err, want)
		}
	}
	for _, text := range []string{"soon", "25:00", "17:3", "8:99", "13pm", "0am", "today 8", "2020-01-01", "in -2 h", "in", "in 9999 days", "2030-01-01", "tomorrow xyz", "17:30 tomorrow morning", "-1", "2026-02-30"} {
		if got, err := parseWhen(text, now, loc); err == nil {
			t.Errorf("%q is taken as %s", text, got)
		}
	}
	// The clocks go back on 1 November: 8 is 8 on the wall.
	if got, err := parseWhen("tomorrow 8", time.Date(2026, 10, 31, 20, 0, 0, 0, loc), loc); err != nil || got.Format("15:04") != "08:00" {
		t.Errorf("%s, %v", got, err)
	}
}
