package ringcentral_test

import (
	"testing"

	"switchboard/api/simulator"
	"switchboard/store"
)

// How long messages are kept is as the service documents it, unless it says it of the
// account itself.
func TestRetentionRules(t *testing.T) {
	usual := store.RetentionRules{Inbox: 200, SentDays: 30, Trash: 5}
	with := func(days int, hipaa, told bool) store.RetentionRules {
		r := usual
		r.Days, r.HIPAA, r.Told = days, hipaa, told
		return r
	}
	for _, c := range []struct {
		name  string
		days  int
		hipaa bool
		want  store.RetentionRules
	}{
		{"the setting is for administrators", 0, false, usual},
		{"an administrator", 60, false, with(60, false, true)},
		{"under HIPAA", 0, true, with(30, true, false)},
		{"under HIPAA, and longer", 90, true, with(30, true, true)},
		{"under HIPAA, and shorter", 7, true, with(7, true, true)},
	} {
		d := open(t, simulator.Config{Messages: 1, Retention: c.days})
		d.sim.HIPAA(c.hipaa)
		if got, err := d.box.Retention(t.Context()); got != c.want || err != nil {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}
