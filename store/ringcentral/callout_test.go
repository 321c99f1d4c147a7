package ringcentral_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"switchboard/api"
	"switchboard/api/simulator"
	"switchboard/store"
)

func TestCall(t *testing.T) {
	d := open(t, simulator.Config{Messages: 5})
	call := func(to string) store.CallHandle {
		t.Helper()
		h, err := d.box.Call(t.Context(), store.CallRequest{To: to})
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	h := call("+16505550142")
	var seen []store.CallStage
	for range 30 {
		st, err := h.State(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if st.Stage == store.CallOver && !st.Spoke {
			t.Errorf("it ended as if nobody had answered: %+v", st)
		}
		seen = append(seen, st.Stage)
		<-d.clock.After(2 * time.Second)
	}
	if got := slices.Compact(seen); !slices.Equal(got, []store.CallStage{store.CallRings, store.CallRingsThere, store.CallSpeaking, store.CallOver}) {
		t.Errorf("how the call went: %v", got)
	}
	if calls := d.sim.RingOuts(); len(calls) != 1 || calls[0].From != d.acc.Number {
		t.Errorf("calls: %+v, from %s", calls, d.acc.Number)
	}
	h = call("+16505550142")
	if err := d.box.Resume(h.Name()).Cancel(t.Context()); err != nil {
		t.Errorf("stopping it: %v", err)
	}
	if err := h.Cancel(t.Context()); !api.IsNotFound(err) {
		t.Errorf("stopping it again: %v", err)
	}
}

// Each way a call can come to nothing, in words.
func TestCallsThatComeToNothing(t *testing.T) {
	d := open(t, simulator.Config{Messages: 5})
	for _, tt := range []struct {
		next simulator.NextRing
		want string
	}{
		{simulator.NextRing{Callee: "Busy"}, "busy"},
		{simulator.NextRing{Callee: "NoAnswer"}, "no answer"},
		{simulator.NextRing{Callee: "Rejected"}, "rejected"},
		{simulator.NextRing{Callee: "InternationalDisabled"}, "international calls are not allowed"},
		{simulator.NextRing{Callee: "DestinationBlocked"}, "the number is blocked"},
		{simulator.NextRing{Callee: "NotEnoughFunds"}, "the account has no credit left"},
		{simulator.NextRing{Callee: "NosuchUser"}, "there is nobody with that number"},
		{simulator.NextRing{Callee: "Invalid"}, "the number is not valid"},
		{simulator.NextRing{Callee: "GenericError"}, "not reached"},
		{simulator.NextRing{Caller: "NoAnswer"}, "your telephone: no answer"},
		{simulator.NextRing{Caller: "Busy"}, "your telephone: busy"},
		{simulator.NextRing{Caller: "Rejected"}, "your telephone: rejected"},
		{simulator.NextRing{Caller: "RingOutFromThisNumberIsNotSupported"}, "your telephone: the service does not ring that one; choose another with call-from"},
	} {
		if err := d.sim.RingNext(tt.next); err != nil {
			t.Fatal(err)
		}
		h, err := d.box.Call(t.Context(), store.CallRequest{To: "+16505550142"})
		if err != nil {
			t.Fatal(err)
		}
		<-d.clock.After(20 * time.Second)
		if st, err := h.State(t.Context()); err != nil || st != (store.CallState{Stage: store.CallOver, Words: tt.want}) {
			t.Errorf("%+v: %+v, %v; want %q", tt.next, st, err, tt.want)
		}
	}
}

// What there is to ring and to show, as the simulated account has it.
func TestTelephones(t *testing.T) {
	d := open(t, simulator.Config{Messages: 5})
	got, err := d.box.Telephones(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, p := range got.Phones {
		lines = append(lines, fmt.Sprint(p.Number, " ", p.Label, " ", p.Kind))
	}
	want := []string{"+16505550131 Desk phone work", "+16505550132 Mobile mobile", d.acc.Number + " Front desk own number", "+16505550111 Delivery own number", "101 All my devices extension"}
	if !reflect.DeepEqual(lines, want) {
		t.Errorf("telephones:\n%q\nwant\n%q", lines, want)
	}
	if len(got.Shown) != 5 || got.Country != "US" {
		t.Errorf("shown %+v, in %s", got.Shown, got.Country)
	}
	d.sim.Deny("ReadUserForwardingFlipNumbers", true)
	d.sim.Deny("ReadUserPhoneNumbers", true)
	got, err = d.box.Telephones(t.Context())
	if err != nil || len(got.Phones) != 1 || got.Phones[0].Number != "101" {
		t.Errorf("without permission: %+v, %v", got, err)
	}
	// What is asked for reaches the service.
	if _, err := d.box.Call(t.Context(), store.CallRequest{To: "155", From: "+16505550132", Shown: "+16505550102", Prompt: true}); err != nil {
		t.Fatal(err)
	}
	calls := d.sim.RingOuts()
	if c := calls[len(calls)-1]; c.From != "+16505550132" || c.To != "155" || c.CallerID != "+16505550102" || !c.Prompt {
		t.Errorf("asked for %+v", c)
	}
	if _, err := d.box.Call(t.Context(), store.CallRequest{To: "155", Shown: "+12125550100"}); err == nil {
		t.Error("a number of somebody else was shown")
	}
}

// A call that is missed counts as returned once it was called back, by the service's own
// record of the call.
func TestCallingBackReturnsAMissedCall(t *testing.T) {
	d := open(t, simulator.Config{Messages: 5, Calls: 60})
	d.sync()
	d.feeds()
	rows := d.rows("in:calls is:own is:missed -is:returned")
	rows = slices.DeleteFunc(rows, func(r store.Row) bool { return len(r.Who.Number) != 12 })
	if len(rows) == 0 {
		t.Fatal("no call waits")
	}
	missed := rows[len(rows)-1]
	<-d.clock.After(time.Minute)
	quick, err := store.Open(t.Context(), store.Options{Dir: d.Dir(), Actor: "ana@desk", Now: d.clock.Now, Location: time.UTC, After: d.clock.After})
	if err != nil {
		t.Fatal(err)
	}
	defer quick.Close()
	quick.Attach(d.box)
	op, err := quick.PlaceCall(t.Context(), "", "", "", missed.ID)
	if err != nil {
		t.Fatal(err)
	}
	over, err := quick.MakeCall(t.Context(), op.ID, false, nil)
	if err != nil || over.Words == "" || over.Failed {
		t.Fatalf("%+v, %v", over, err)
	}
	d.feeds()
	it := d.item(missed.ID)
	if it.Reply == 0 || it.Answer == nil || it.Answer.Direction != store.Outbound {
		t.Errorf("%s is not shown as returned: %+v", missed.ID, it.Row)
	}
	if it.State != missed.State || it.Claim != "" {
		t.Errorf("calling changed it: %s %q", it.State, it.Claim)
	}
	if n := len(it.Journal); n != 1 || it.Journal[0].Verb != store.EntryCall {
		t.Errorf("journal %+v", it.Journal)
	}
}
