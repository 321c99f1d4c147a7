package uitest

import (
	"maps"
	"os"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
)

// schedule is how often a day an account at which nothing happens may be asked what, by
// operation. Whoever changes it changes what users' administrators were promised.
type schedule map[string]int

const (
	minutes = 24 * 60
	hours   = 24
)

// always is what is asked for however news come.
func always() schedule {
	return schedule{
		"getToken":            hours,
		"syncAddressBook":     minutes / 10, // nobody tells of it
		"readAccountPresence": minutes / 10,
		"listGlipChatsNew":    2, "listFavoriteChatsNew": 2,
		"readUserBusinessHours": hours / 6, "readCompanyBusinessHours": hours / 6,
		"readCallerBlockingSettings": 2 * hours, "listBlockedAllowedNumbers": 4 * hours, // the blocked, then the allowed
	}
}

// often is what is asked for at intervals of its own: looks at presence (which ask about
// the three queues of the account one by one), favourites, chats, calls in progress.
func often(presence, favorites, chats, active int) schedule {
	return schedule{
		"readUserPresenceStatus": 2 * presence, "readExtensionCallQueuePresence": presence, "readCallQueuePresence": 3 * presence,
		"listFavoriteContacts": favorites, "listRecentChatsNew": chats, "listExtensionActiveCalls": active,
	}
}

// watchHours lets hours pass and counts what was asked for.
func (d *Desk) watchHours(t *testing.T, n int, phase string) map[string]int {
	t.Helper()
	pass((today{}.Now().Truncate(time.Hour).Add(2*time.Hour + time.Minute)).Sub(today{}.Now())) // everything is read by then
	got := map[string]int{}
	for range n {
		start := today{}.Now()
		pass(time.Hour)
		for op, n := range requests(d.Sim, start) {
			got[op] += n
		}
		if st := d.Store.Status()[0]; st.Phase != phase {
			t.Errorf("%s: %+v", today{}.Now(), st)
		}
	}
	return got
}

// near reports what was asked for more often or less often than the schedule says of so
// many hours. Two looks more or less are those at the ends of the time.
func (want schedule) near(t *testing.T, got map[string]int, n int) {
	t.Helper()
	for op := range got {
		if off := got[op] - want[op]*n/hours; off > 2 || off < -2 {
			t.Errorf("%s: %d requests, want %d", op, got[op], want[op]*n/hours)
		}
	}
	for op := range want {
		if got[op] == 0 && want[op]*n/hours > 0 {
			t.Errorf("%s was never asked for", op)
		}
	}
}

func TestADayOfPush(t *testing.T) {
	bubble(t, Config{Messages: 20, Sim: simulator.Config{RateLimits: true}}, func(t *testing.T, d *Desk, _ *pipes) {
		want := always()
		maps.Copy(want, often(minutes/10, hours, minutes/10, minutes/15))
		maps.Copy(want, schedule{
			"authWsToken": 1, "connectPush": 1, // the service ends it after a day
			"syncMessages":         minutes / 5,
			"syncUserCallLog":      minutes / 15,
			"syncAccountCallLog":   minutes / 15,
			"listDirectoryEntries": hours / 6,
		})
		got := d.watchHours(t, hours, store.PhaseLive)
		want.near(t, got, hours)
		t.Log(got)
	})
}

func TestHoursOfPolling(t *testing.T) {
	unwatched(t)
	n := 4
	if slower > 1 {
		n = 1
	}
	if os.Getenv("SWITCHBOARD_BENCH") == "full" {
		n = hours
	}
	bubble(t, Config{Messages: 20, Sim: simulator.Config{RateLimits: true, Faults: simulator.Faults{"push-refuse": 1}}}, func(t *testing.T, d *Desk, _ *pipes) {
		want := always()
		maps.Copy(want, often(minutes*2, minutes/10, minutes*2, minutes))
		maps.Copy(want, schedule{
			"authWsToken": hours, "connectPush": hours, // whether it is permitted by now
			"syncMessages":         minutes * 3,
			"syncUserCallLog":      minutes,
			"syncAccountCallLog":   minutes / 5,
			"listDirectoryEntries": hours,
		})
		got := d.watchHours(t, n, store.PhasePolling)
		want.near(t, got, n)
		t.Log(n, "hours:", got)
	})
}
