package uitest

import (
	"net/http"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
)

// A large account is read for the first time with the rate limits that RingCentral
// publishes: it is never told to wait, everything has rows to work with within a
// minute, and of the group that has the most to do, next to nothing is left unused.
func TestFirstSyncOfALargeAccount(t *testing.T) {
	if slower > 1 {
		t.Skip("what is counted is the same under the race detector, and takes a minute")
	}
	const each = 10_000
	c := Config{Messages: each, Unsynced: true, Sim: simulator.Config{
		RateLimits: true, Calls: each, Contacts: each, Directory: each, Chats: each, Posts: 2 * each,
	}}
	bubble(t, c, func(t *testing.T, d *Desk, _ *pipes) {
		start := today{}.Now()
		pass(time.Minute)
		if n := d.stored(t); n["messages"] < 1000 || n["calls"] < 250 || n["contacts"] < 500 || n["directory"] < 500 || n["chats"] < 20 || n["presence"] < 1 {
			t.Errorf("after a minute: %v", n)
		} else {
			t.Logf("after a minute: %v", n)
		}
		var took time.Duration
		for took = time.Minute; took < 2*time.Hour && !d.settledDown(t); took += 10 * time.Second {
			pass(10 * time.Second)
		}
		n := d.stored(t)
		t.Logf("after %v: %v", took, n)
		if n["messages"] < each || n["calls"] < each || n["contacts"] < each || n["directory"] < each*9/10 { // some of the directory are hidden
			t.Errorf("after %v: %v", took, n)
		}
		for group, limit := range map[string]int{"Heavy": 10, "Medium": 40} {
			d.busiest(t, group, limit, start)
		}
	})
}

// busiest checks how much of a group's budget was used for as long as there was more to
// do than it allowed: from the start on, until the first minute in which it was left
// half unused.
func (d *Desk) busiest(t *testing.T, group string, limit int, start time.Time) {
	t.Helper()
	var minute [24 * 60]int
	for _, r := range d.Sim.Requests() {
		if r.Status == http.StatusTooManyRequests {
			t.Errorf("429 for %s after %v", r.Op, r.Time.Sub(start))
		}
		if m := int(r.Time.Sub(start) / time.Minute); r.Group == group && m >= 0 && m < len(minute) {
			minute[m]++
		}
	}
	n, used := 0, 0
	for n < len(minute) && minute[n] > limit/2 {
		used += minute[n]
		n++
	}
	if n > 1 { // the last one ended before it was over
		n--
		used -= minute[n]
	}
	share := float64(used) / float64(max(n, 1)*limit)
	t.Logf("%s: %.0f %% of the budget for %d minutes: %v", group, share*100, n, minute[:n])
	if n > 0 && share < .895 {
		t.Errorf("%s: only %.0f %% of the budget were used while there was more to do", group, share*100)
	}
}

// settledDown reports whether everything has been read once.
func (d *Desk) settledDown(t *testing.T) bool {
	t.Helper()
	st, err := d.Store.SyncState(t.Context(), d.Account.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range d.Store.Feeds() {
		if !f.Done {
			return false
		}
	}
	return st.HistoryDone
}

// stored counts what is here.
func (d *Desk) stored(t *testing.T) map[string]int {
	t.Helper()
	n := map[string]int{}
	count := func(name, query string) {
		q, err := store.ParseQuery(query, today{}.Now(), time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		if n[name], _, err = d.Store.Count(t.Context(), q, 1_000_000); err != nil {
			t.Fatal(err)
		}
	}
	count("messages", "in:all") // calls and posts are not among them
	count("calls", "in:calls")
	count("posts", "in:posts")
	for name, q := range map[string]store.ContactQuery{"contacts": {Source: store.Personal}, "directory": {Source: store.Directory}} {
		var err error
		if n[name], _, err = d.Store.CountContacts(t.Context(), q, 1_000_000); err != nil {
			t.Fatal(err)
		}
	}
	chats, err := d.Store.ChatWindow(t.Context(), store.ChatQuery{}, 0, 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	n["chats"] = len(chats.Rows)
	board, err := d.Store.PresenceBoard(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n["presence"] = len(board.Me) + len(board.People)
	return n
}
