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

// haste is how much faster than the true one the clock of these saves goes: minutes of
// waiting for the budget take seconds.
const haste = 30

// A bulk save of files of which forty a minute are allowed, as the service documents.
const budgetFiles, budgetMinute = 120, 40

// A bulk save never asks for more than the service documents to allow: whether a person
// waits for it or it is queued and nobody is at the keys. How much of it is used is for
// BenchmarkBulkBudget to tell, as it depends on the machine.
func TestBulkKeepsTheBudget(t *testing.T) {
	for _, queued := range []bool{false, true} {
		t.Run(fmt.Sprintf("queued=%t", queued), func(t *testing.T) { budgeted(t, queued, true) })
	}
}

// BenchmarkBulkBudget tells how much of the budget a bulk save uses, in percent, with
// what the work itself takes left out: that is this machine's affair, and so many times
// too long on a clock in such haste.
func BenchmarkBulkBudget(b *testing.B) {
	for _, queued := range []bool{false, true} {
		b.Run(fmt.Sprintf("queued=%t", queued), func(b *testing.B) {
			least := 100.
			for b.Loop() {
				work := budgeted(b, queued, false)
				took := budgeted(b, queued, true)
				// The first forty go at once, then as many a minute.
				least = min(least, 100*budgetFiles/(budgetMinute*(1+max(took-work, 0).Minutes())))
			}
			b.ReportMetric(least, "%-of-budget")
		})
	}
}

// budgeted saves files and verifies them, and gives the time it took by the desk's clock.
func budgeted(t testing.TB, queued, limits bool) time.Duration {
	t.Helper()
	now := &clock{t: time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC), haste: haste, began: time.Now()}
	d := openAt(t, now, simulator.Config{Messages: 1, RateLimits: limits})
	ids := d.faxes(budgetFiles, 1000)
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
	took := d.clock.Now().Sub(began)
	if v, err := store.Verify(t.Context(), o.Dir); err != nil || len(v.OK) != budgetFiles || !v.Good() {
		t.Fatalf("%d of %d are whole, %v", len(v.OK), budgetFiles, err)
	}
	for _, r := range d.sim.Requests()[before:] {
		if r.Status == http.StatusTooManyRequests {
			t.Fatal("asked for more than is allowed:", r.Op, r.Group)
		}
	}
	return took
}
