package store

import (
	"strings"
	"testing"
	"time"
)

func TestParseWhen(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 19, 15, 0, 0, 0, berlin) // a Thursday
	for _, tt := range []struct{ text, want string }{
		{"2h", "Thu 19 Nov 17:00"},
		{"in 90 minutes", "Thu 19 Nov 16:30"},
		{"1h30m", "Thu 19 Nov 16:30"},
		{"in 3 days", "Sun 22 Nov 15:00"},
		{"2w", "Thu 3 Dec 15:00"},
		{"16:30", "Thu 19 Nov 16:30"},
		{"at 4pm", "Thu 19 Nov 16:00"},
		{"4:15 pm", "Thu 19 Nov 16:15"},
		{"8", "Fri 20 Nov 08:00"},
		{"8.30", "Fri 20 Nov 08:30"},
		{"12am", "Fri 20 Nov 00:00"},
		{"noon", "Fri 20 Nov 12:00"},
		{"this afternoon", "Fri 20 Nov 14:00"},
		{"tonight", "Thu 19 Nov 18:00"},
		{"tomorrow", "Fri 20 Nov 09:00"},
		{"Tomorrow, afternoon", "Fri 20 Nov 14:00"},
		{"tomorrow at 7", "Fri 20 Nov 07:00"},
		{"today 17:00", "Thu 19 Nov 17:00"},
		{"mon 8:30", "Mon 23 Nov 08:30"},
		{"8:30 on monday", "Mon 23 Nov 08:30"},
		{"thursday", "Thu 26 Nov 09:00"},
		{"next monday", "Mon 23 Nov 09:00"},
		{"next week", "Mon 23 Nov 09:00"},
		{"1 dec", "Tue 1 Dec 09:00"},
		{"dec 1 10:00", "Tue 1 Dec 10:00"},
		{"3. March", "Wed 3 Mar 09:00"},
		{"2026-12-24 10:00", "Thu 24 Dec 10:00"},
		{"2026-11-20T09:00:00Z", "Fri 20 Nov 10:00"},

		{"", "! no time was given"},
		{"yesterday", `! "yesterday" is no time`},
		{"next", `! "next" is no time`},
		{"today 9:00", "! that has passed"},
		{"2020-01-01", "! that has passed"},
		{"2h soon", `! "2h" is no time`},
		{"25:00", `! "25:00" is no time`},
		{"9:5", `! "9:5" is no time`},
		{"31 feb", `! "31" is no time`},
		{"9999w", "! that is more than ten years away"},
		{"mon tue", `! "tue" is no time`},
		{"8 9", `! "9" is no time`},
		{"99999999999999999999h", `! "99999999999999999999h" is no time`},
	} {
		at, err := ParseWhen(tt.text, now, berlin)
		got := at.In(berlin).Format("Mon 2 Jan 15:04")
		if err != nil {
			got = "! " + err.Error()
		}
		if got != tt.want && (!strings.HasPrefix(tt.want, "!") || !strings.HasPrefix(got, tt.want)) {
			t.Errorf("%q: %s, want %s", tt.text, got, tt.want)
		}
	}
	// By the clock of the day: the night the clocks go back has 25 hours.
	if at, err := ParseWhen("tomorrow", time.Date(2026, 10, 24, 15, 0, 0, 0, berlin), berlin); err != nil || at.In(berlin).Hour() != 9 {
		t.Errorf("%s, %v", at, err)
	}
}

func FuzzParseWhen(f *testing.F) {
	for _, s := range []string{"2h", "mon 8:30", "next week", "1 dec", "at 4 pm", "this afternoon", "8.30", "2026-12-24"} {
		f.Add(s)
	}
	now := time.Date(2026, 11, 19, 15, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		if at, err := ParseWhen(s, now, time.UTC); err == nil && !at.After(now) {
			t.Errorf("%q is %s, which has passed", s, at)
		}
	})
}
