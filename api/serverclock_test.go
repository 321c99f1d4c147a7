package api

import (
	"net/http"
	"testing"
	"time"
)

func TestServerClock(t *testing.T) {
	now := time.Date(2026, 11, 20, 17, 0, 0, 3e8, time.UTC)
	for _, c := range []struct {
		date, age string
		ahead     time.Duration
		told      bool
	}{
		{now.Format(http.TimeFormat), "", 0, true},
		{now.Add(90 * time.Second).Format(http.TimeFormat), "", 90 * time.Second, true},
		{now.Add(-time.Hour).Format(http.TimeFormat), "", -time.Hour, true},
		{now.Add(-time.Hour).Format(http.TimeFormat), "3600", 0, false}, // from a cache
		{"yesterday", "", 0, false},
		{"", "", 0, false},
	} {
		var s serverClock
		h := http.Header{}
		for name, value := range map[string]string{"Date": c.date, "Age": c.age} {
			if value != "" {
				h.Set(name, value)
			}
		}
		s.read(h, now)
		if got := time.Duration(s.ahead.Load()); got != c.ahead || s.told.Load() != c.told {
			t.Errorf("Date %q, Age %q: %v, %v", c.date, c.age, got, s.told.Load())
		}
	}
}
