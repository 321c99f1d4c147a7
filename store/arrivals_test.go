package store

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// What came in is told in the order in which it came to be here, once, whoever took it in.
func TestArrivals(t *testing.T) {
	dir := t.TempDir()
	svc := newBox("test:1:1")
	svc.fill(5, svc.now.Add(-time.Hour), time.Minute)
	b := newBench(t, dir, svc)
	if _, err := b.SyncOnce(t.Context(), b.acc.ID, true); err != nil {
		t.Fatal(err)
	}
	last := func() int64 {
		t.Helper()
		n, err := b.LastArrival(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	equal(t, "of the history", last(), 0)
	b.pass(time.Hour)
	in := func(remote string, change func(*Incoming)) Incoming {
		r := Incoming{Remote: remote, Kind: Fax, Direction: Inbound, Time: b.now().Add(-time.Minute), Modified: b.now()}
		if change != nil {
			change(&r)
		}
		return r
	}
	batch := []Incoming{
		in("late", func(r *Incoming) { r.Time = b.now().Add(-30 * time.Minute) }),
		in("read", func(r *Incoming) { r.Read = true }),
		in("ours", func(r *Incoming) { r.Direction, r.Delivery = Outbound, SendingFailed }),
		in("filed", func(r *Incoming) { r.Filed = true }),
		in("deleted", func(r *Incoming) { r.Availability = Deleted }),
		in("ancient", func(r *Incoming) { r.Time = b.now().Add(-50 * time.Hour) }),
	}
	if _, err := b.Apply(t.Context(), b.acc.ID, batch); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := b.TakeMessages(t.Context(), b.acc.ID, []Incoming{in("told", nil), in("told too", func(r *Incoming) { r.Time = r.Time.Add(time.Second) })}); err != nil {
			t.Fatal(err)
		}
	}
	read := func(after int64) (string, int64) {
		t.Helper()
		list, last, err := b.Arrivals(t.Context(), after)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, a := range list {
			it, err := b.Item(t.Context(), a.Row.ID)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, it.Remote)
			equal(t, "account", a.Account, "test:1:1")
		}
		return strings.Join(out, ", "), last
	}
	got, to := read(0)
	equal(t, "came in", got, "late, told, told too")
	got, _ = read(to)
	equal(t, "twice", got, "")
	got, _ = read(1000) // of a database that was made anew
	equal(t, "from beyond", got, "")

	ids := b.ids("late", "told", "told too")
	b.act(VerbDone, "told")
	b.act(VerbRead, "late")
	got, _ = read(0)
	equal(t, "done ones are not told", got, "late, told too")
	settled, err := b.Settled(t.Context(), append(slices.Clone(ids), 12345))
	if err != nil || !slices.Equal(settled, []ID{ids[0], ids[1], 12345}) {
		t.Errorf("settled: %v of %v, %v", settled, ids, err)
	}
	for range 2*arrivalsKept/500 + 1 {
		var more []Incoming
		for range 500 {
			more = append(more, in(time.Now().String()+string(rune(len(more))), nil))
		}
		if _, err := b.Apply(t.Context(), b.acc.ID, more); err != nil {
			t.Fatal(err)
		}
	}
	var n int
	if err := b.r.QueryRow(`SELECT count(*) FROM arrivals`).Scan(&n); err != nil || n > arrivalsKept+500 {
		t.Errorf("%d are kept, %v", n, err)
	}
	list, next, err := b.Arrivals(t.Context(), to)
	if err != nil || len(list) != arrivalsMost || next != list[len(list)-1].Seq {
		t.Errorf("%d at once, up to %d, %v", len(list), next, err)
	}
}
