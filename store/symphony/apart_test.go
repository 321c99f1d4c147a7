package symphony

import (
	"fmt"
	"testing"
	"time"

	simulator "switchboard/api/simulator/symphony"
	"switchboard/store"
)

// One account whose service hangs, or is not there, keeps no other from anything.
func TestFaultsOfOneAccountAreItsOwn(t *testing.T) {
	good := start(t, simulator.Config{Streams: 6, Messages: 60, Redeliver: time.Second})
	bad := start(t, simulator.Config{Streams: 6, Messages: 60, HangFor: 20 * time.Second})
	gone := start(t, simulator.Config{Streams: 6, Messages: 60})
	good.acc.Key += "-good"
	good.box.key = good.acc.Key
	d := good.desk(dirOf(t))
	others := map[string]*pod{"bad": bad, "gone": gone}
	for name, p := range others {
		p.box.key = p.acc.Key + "-" + name
		if _, err := d.PutAccount(t.Context(), store.Account{Key: p.box.key, Service: "symphony", Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	if err := bad.sim.SetFault("hang", 1); err != nil {
		t.Fatal(err)
	}
	gone.sim.Offline(true)
	alone := d.measure(10) // the other accounts are not there yet
	d.stop()
	for _, p := range others {
		d.Attach(p.box)
	}
	among := d.measure(10)
	d.stop()
	// Both are a matter of milliseconds; a hang is one of many seconds.
	if among > 3*alone+time.Second {
		t.Errorf("news take %v beside accounts that do not answer, and %v without", among, alone)
	}
	for _, st := range d.Status() {
		if st.Account != d.acc.Key && st.Phase == store.PhaseLive {
			t.Errorf("%+v", st)
		}
	}
}

// measure runs the store, and tells how long messages take to be here at the most.
func (d *desk) measure(n int) (longest time.Duration) {
	d.t.Helper()
	d.run()
	d.until("it listens", func() bool {
		for _, st := range d.Status() {
			if st.Account == d.acc.Key && st.Phase == store.PhaseLive {
				return true
			}
		}
		return false
	})
	for i := range n {
		d.clock.add(time.Second)
		text := fmt.Sprintf("measured%d %d", i, time.Now().UnixNano())
		from := time.Now()
		if _, err := d.sim.Say("", text); err != nil {
			d.t.Fatal(err)
		}
		d.until("it is here", func() bool {
			d.clock.add(50 * time.Millisecond) // what the run before was told last comes again
			return len(d.find(fmt.Sprintf("in:posts %q", text))) == 1
		})
		longest = max(longest, time.Since(from))
	}
	return longest
}
