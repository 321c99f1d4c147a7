package ringcentral_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
)

// A bulk save uses what the service documents to allow, forty files a minute, all but
// wholly, and never more: whether a person waits for it or it is queued and nobody is at
// the keys.
func TestBulkUsesTheBudget(t *testing.T) {
	const files, minute, haste = 120, 40, 30
	for _, queued := range []bool{false, true} {
		t.Run(fmt.Sprintf("queued=%t", queued), func(t *testing.T) {
			save := func(limits bool) (took time.Duration) {
				now := &clock{t: time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC), haste: haste, began: time.Now()}
				d := openAt(t, now, simulator.Config{Messages: 1, RateLimits: limits})
				ids := d.faxes(files, 1000)
				if _, err := d.client.Extension(t.Context()); err != nil {
					t.Fatal(err) // what the limits are is told with the first answer
				}
				before, began := len(d.sim.Requests()), d.clock.Now()
				o := store.SaveOptions{Dir: filepath.Join(t.TempDir(), "out"), Manifest: true}
				if queued {
					d.saveQueued(ids, o)
				} else if rep, err := d.Save(t.Context(), ids, o); err != nil || len(rep.Failed) > 0 {
					t.Fatal(rep.Failed, err)
				}
				took = d.clock.Now().Sub(began)
				if v, err := store.Verify(t.Context(), o.Dir); err != nil || len(v.OK) != files || !v.Good() {
					t.Fatalf("%d of %d are whole, %v", len(v.OK), files, err)
				}
				for _, r := range d.sim.Requests()[before:] {
					if r.Status == http.StatusTooManyRequests {
						t.Fatal("asked for more than is allowed")
					}
				}
				return took
			}
			// What the work itself takes is this machine's affair, and so many times too
			// long on a clock in such haste.
			work := save(false)
			took := save(true)
			// The first forty go at once, then as many a minute.
			share := files / (minute * (1 + max(took-work, 0).Minutes()))
			t.Logf("%d files in %s, of which %s are work: %.1f %% of the budget", files, took, work, 100*share)
			if share < 0.95 {
				t.Errorf("only %.1f %% of the budget was used", 100*share)
			}
		})
	}
}
