package store

import (
	"testing"
	"time"
)

// Sleep, a clock that is set, and another network have everything looked for at once.
func TestClockJumps(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := hear(t, t.TempDir(), 3)
		d.ear.news(News{Live: up()})
		d.pass(10 * time.Minute)
		for _, tt := range []struct {
			what   string
			happen func()
			want   int
		}{
			{"nothing", func() {}, 0},
			{"it slept for nine hours", func() { d.off.Add(int64(9 * time.Hour)) }, 1},
			{"the clock is set back an hour", func() { d.off.Add(-int64(time.Hour)) }, 1},
			{"the clock is set back a day", func() { d.off.Add(-int64(24 * time.Hour)) }, 1},
			{"the clock is corrected a little", func() { d.off.Add(int64(2 * time.Second)) }, 0},
			{"no network", func() { d.place.Store("") }, 0},
			{"another network", func() { d.place.Store("there") }, 1},
			{"nothing more", func() {}, 0},
		} {
			d.SyncNow() // the next look of its own is minutes away
			d.pass(time.Second)
			d.svc.calls()
			tt.happen()
			d.pass(clockEvery + time.Second)
			if n := len(d.svc.calls("pull")); n != tt.want {
				t.Errorf("%s: %d requests, want %d", tt.what, n, tt.want)
			}
			equal(t, tt.what, d.phase(), PhaseLive)
		}
	})
}
