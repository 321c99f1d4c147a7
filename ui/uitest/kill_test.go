package uitest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
)

// victim is a program to be killed: its command lines, and what each changes
// once it has said so.
type victim struct {
	name  string
	lines [][]string
	does  []deed // by line
}

type deed struct {
	items   []store.ID
	state   string // "done", "open"; "": untouched
	read    string // "read", "unread"
	avail   string // "Deleted", "Alive"
	entries int    // in the ledger, for each item
	deletes int    // DELETEs that each item may get
}

// TestKilled kills the real program at random moments, fifty times and more,
// sometimes while the service misbehaves and sometimes with a second program on
// the same store, and then looks whether anything is lost, doubled or torn.
func TestKilled(t *testing.T) {
	rounds, every := 60, 12
	if slower > 1 {
		t.Skip("the programs that are killed are processes of their own: the race detector says nothing of them")
	}
	if testing.Short() {
		rounds, every = 10, 5
	}
	seed := uint64(20261119)
	if other, err := strconv.ParseUint(os.Getenv("SWITCHBOARD_TEST_SEED"), 10, 64); err == nil {
		seed = other
	}
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 1))
	// Now for the corpus first, so that it can be made again to compare with.
	c := simulator.Config{Messages: 400, Seed: 5, TokenTTL: time.Second, Latency: 6 * time.Millisecond}
	base := time.Now()
	c.Now = onceThen(base)
	m := newMachine(t, c)
	m.signIn()
	m.forgetJWT() // a refresh token that is lost cannot be made good
	k := newKills(t, m, base, c)
	life := map[string]time.Duration{}
	dead := 0
	for round := 0; dead < rounds; round++ {
		if round > 2*rounds {
			t.Fatalf("only %d of %d programs were still alive when they were to be killed", dead, round)
		}
		v := k.next(rnd, round)
		faults := simulator.Faults{}
		if rnd.IntN(3) == 0 {
			faults = simulator.Faults{"reset": 0.15, "truncate": 0.1, "500": 0.1}
		}
		k.must(m.sim.SetFaults(faults))
		if life[v.name] == 0 {
			life[v.name] = 400 * time.Millisecond
		}
		got := m.kill(moment(rnd, life[v.name]), round%5 == 4, v.lines...)
		if !got.dead {
			life[v.name] = got.lived
		} else {
			dead++
		}
		k.took(v, got)
		if t.Failed() {
			t.Fatalf("round %d, %s", round, v.name)
		}
		if dead%every == every-1 || round == 5 {
			k.must(m.sim.SetFaults(nil))
			k.settle()
			k.check(fmt.Sprintf("after round %d (%s)", round, v.name))
		}
	}
	k.must(m.sim.SetFaults(nil))
	k.settle()
	k.check("at the end")
	k.saveAll()
	t.Logf("%d killed; %d commands had said that they succeeded, %d had not", dead, k.acknowledged, k.open)
}

// onceThen is a clock whose first answer is known.
func onceThen(base time.Time) func() time.Time {
	first := make(chan struct{}, 1)
	first <- struct{}{}
	return func() time.Time {
		select {
		case <-first:
			return base
		default:
			return time.Now()
		}
	}
}

// next chooses what runs next: first the sync until everything is here.
func (k *kills) next(rnd *rand.Rand, round int) victim {
	if round < 6 || rnd.IntN(8) == 0 {
		return victim{name: "sync", lines: [][]string{{"sync"}}, does: []deed{{}}}
	}
	some := func(n int, ok func(store.Item) bool) []store.ID { return k.fresh(n, ok) }
	line := func(verb string, ids []store.ID, more ...string) []string {
		args := []string{verb, "--json"}
		for _, id := range ids {
			args = append(args, id.String())
		}
		return append(args, more...)
	}
	open := func(it store.Item) bool {
		return it.State == store.StateOpen && !it.Read && it.Availability == store.Alive
	}
	read := func(it store.Item) bool { return it.Read && it.Availability == store.Alive }
	undo := []string{"undo", "--json"}
	switch rnd.IntN(10) {
	case 0:
		a := some(3, open)
		return victim{"done", [][]string{line("done", a)}, []deed{{items: a, state: "done", entries: 1}}}
	case 1:
		a, b := some(2, open), some(1, read)
		return victim{"read, unread", [][]string{line("read", a), line("unread", b)}, []deed{{items: a, read: "read"}, {items: b, read: "unread"}}}
	case 2:
		a := some(2, read)
		return victim{"delete", [][]string{line("delete", a)}, []deed{{items: a, avail: "Deleted", deletes: 1}}}
	case 3:
		a := some(2, read)
		return victim{"delete, restore, delete", [][]string{line("delete", a), line("restore", a), line("delete", a)}, []deed{
			{items: a, avail: "Deleted", deletes: 1}, {items: a, avail: "Alive"}, {items: a, avail: "Deleted", deletes: 1},
		}}
	case 4:
		a := some(2, open)
		return victim{"done, undo", [][]string{line("done", a), undo}, []deed{{items: a, state: "done", entries: 1}, {items: a, state: "open", entries: 1}}}
	case 5:
		a := some(1, read)
		return victim{"delete, undo", [][]string{line("delete", a), undo}, []deed{{items: a, avail: "Deleted", deletes: 1}, {items: a, avail: "Alive"}}}
	case 6:
		a := some(1, open)
		return victim{"note, read, done, sync", [][]string{line("note", a, "called back"), line("read", a), line("done", a), {"sync", "--once", "--json"}}, []deed{
			{items: a, entries: 1}, {items: a, read: "read"}, {items: a, state: "done", entries: 1}, {},
		}}
	case 7:
		return victim{"save faxes", [][]string{{"save", "in:fax", "has:file", "--dir", k.m.save, "--manifest", "--json"}}, []deed{{}}}
	}
	// Large files into a folder of their own, so that copying takes its time.
	dir := filepath.Join(k.m.save+"-more", strconv.Itoa(round))
	k.dirs = append(k.dirs, dir)
	return victim{"save recordings", [][]string{{"save", "in:voicemail", "dur:>40", "--dir", dir, "--manifest", "--json"}}, []deed{{}}}
}

// took notes what a killed program said, and what it may have done besides.
func (k *kills) took(v victim, got killed) {
	k.t.Helper()
	faulty := got.code == 4 || got.code == 1 // a save or a sync may fail while the service does
	if !got.dead && got.code != 0 && !faulty {
		k.t.Errorf("%s: exit %d\n%s", v.name, got.code, got.err)
	}
	for i, d := range v.does {
		said := i < len(got.lines) && v.lines[i][0] != "sync"
		if said && len(d.items) > 0 {
			var r struct {
				State string   `json:"state"`
				Items []string `json:"items"`
			}
			if err := json.Unmarshal([]byte(got.lines[i]), &r); err != nil {
				k.t.Fatalf("%s printed %q: %v", v.name, got.lines[i], err)
			}
			if (r.State != "confirmed" && r.State != "queued") || len(r.Items) != len(d.items) {
				k.t.Errorf("%s: %q said %s about %d of %d items\n%s", v.name, v.lines[i], r.State, len(r.Items), len(d.items), got.err)
			}
			k.acknowledged++
		}
		for _, id := range d.items {
			k.fates[id].may(d, said)
		}
		if !said {
			if len(d.items) > 0 {
				k.open++
			}
			return // what comes after it was not begun
		}
	}
}
