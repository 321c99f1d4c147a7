package command

import (
	"slices"
	"strings"
	"testing"

	"switchboard/api/simulator"
)

// The command line calls, says how it went, and asks before a number that costs more.
func TestCallCommand(t *testing.T) {
	w := mailroom(t)
	for arg, why := range map[string]string{"911": "emergency", "PHARMACY": "a name", "555-0142": "no whole number", "876 555 0142": "Jamaica"} {
		if r := w.run("call", arg); r.code != exitUsage || !strings.Contains(r.err, why) {
			t.Errorf("call %s: %d %s", arg, r.code, r.err)
		}
	}
	if r := w.run("call"); r.code != exitUsage {
		t.Errorf("call nobody: %d %s", r.code, r.err)
	}
	if n := len(w.sim.RingOuts()); n != 0 {
		t.Fatalf("%d calls", n)
	}
	phones := decode[[]telephoneJSON](t, w.ok("call", "--telephones", "--json").out)
	if i := slices.IndexFunc(phones, func(p telephoneJSON) bool { return p.Chosen }); i != 0 || phones[0].Label != "Desk phone" || phones[0].Use != "rings" {
		t.Errorf("telephones %+v", phones)
	}
	for _, n := range []simulator.NextRing{{After: 0.01, Then: 0.02, Talk: -1}, {After: 0.01, Callee: "Busy", Then: 0.02}} {
		if err := w.sim.RingNext(n); err != nil {
			t.Fatal(err)
		}
	}
	r := decode[madeJSON](t, w.ok("call", "(212) 555-0142", "--answered", "--from", "+16505550132", "--json").out)
	if r.To != "+12125550142" || r.State != "connected" || !strings.HasPrefix(r.Phone, "Mobile") {
		t.Errorf("%+v", r)
	}
	if got := w.run("call", "155", "--json"); got.code != exitFailed || !strings.Contains(got.err, "busy") || decode[madeJSON](t, got.out).State != "failed" {
		t.Errorf("busy: %d %s %s", got.code, got.err, got.out)
	}
	calls := w.sim.RingOuts()
	if len(calls) != 2 || calls[0].From != "+16505550132" || calls[0].To != "+12125550142" || calls[1].To != "155" {
		t.Errorf("calls %+v", calls)
	}
}
