package store

import (
	"context"
	"slices"
	"testing"
	"time"
)

// How gently the service is asked: while it rings, while they speak, and when it tells
// of calls by itself.
func TestCallsAreAskedAboutGently(t *testing.T) {
	for _, tt := range []struct {
		stage CallStage
		age   time.Duration
		told  bool
		want  time.Duration
	}{
		{CallRings, 0, false, 2 * time.Second},
		{CallRingsThere, 11 * time.Second, false, 2 * time.Second},
		{CallRingsThere, 12 * time.Second, false, 4 * time.Second},
		{CallRings, 0, true, 3 * time.Second},
		{CallSpeaking, time.Minute, false, 15 * time.Second},
		{CallSpeaking, time.Minute, true, time.Minute},
	} {
		equal(t, tt.stage.String(), callWait(tt.stage, tt.age, tt.told), tt.want)
	}
}

// An event of the call has the service asked at once, and the end of its session is the
// end of the call, whatever the service says of it when asked.
func TestCallsAreToldByEvents(t *testing.T) {
	b := callBench(t)
	watch, stop := b.Watch()
	defer stop()
	r := newRing()
	b.svc.call = func(CallRequest) (CallHandle, error) { return r, nil }
	calling(t, b)
	op := b.act(VerbCall, "1000")
	<-b.waits
	b.at(CallRings, watch)
	live := LiveCall{Session: "s1", Sequence: 1, Dir: Outbound, To: Party{Number: "+12125550100"}, State: LiveRinging, Ours: true}
	other := LiveCall{Session: "s2", Sequence: 1, Dir: Inbound, From: Party{Number: "+12125550100"}, State: LiveRinging, Ours: true}
	tell := func(c LiveCall) {
		t.Helper()
		if err := b.TakeCalls(t.Context(), b.acc.ID, []LiveCall{c}); err != nil {
			t.Fatal(err)
		}
	}
	tell(other)
	r.set(CallState{Stage: CallSpeaking}, nil)
	live.State = LiveConnected
	tell(live)
	<-b.waits
	c := b.at(CallSpeaking, watch)
	equal(t, "session", c.Session(), "s1")
	b.pass(42 * time.Second)
	live.Sequence, live.State = 2, LiveEnded
	tell(live)
	b.at(CallOver, watch)
	equal(t, "state", b.op(op.ID).State, OpConfirmed)
	equal(t, "journal", b.calledIn("1000"), []string{"call Ana Lima (212) 555-0100: connected, 0:42"})
}

// A restart while the telephone rings: the call is found again and can be stopped.
func TestCallsSurviveARestart(t *testing.T) {
	svc := newBox("test:1:1")
	m := svc.add("1000", svc.now)
	m.From.Number = "+12125550100"
	dir := t.TempDir()
	b := newBench(t, dir, svc)
	if _, err := b.SyncOnce(t.Context(), b.acc.ID, true); err != nil {
		t.Fatal(err)
	}
	r := newRing()
	svc.call = func(CallRequest) (CallHandle, error) { return r, nil }
	stop := calling(t, b)
	op := b.act(VerbCall, "1000")
	<-b.waits
	stop()
	b.Close()
	svc.calls()

	b = newBench(t, dir, svc)
	watch, unwatch := b.Watch()
	defer unwatch()
	calling(t, b)
	equal(t, "told of", b.at(CallRings, watch).Who, "Ana Lima (212) 555-0100")
	b.undo()
	equal(t, "state", b.ends(op.ID, watch).State, OpCancelled)
	equal(t, "journal", b.calledIn("1000"), []string{"call Ana Lima (212) 555-0100: cancelled"})
	equal(t, "placed again", svc.calls("call", "resume"), []string{"resume Ys1"})
}

// A program that ends amid a conversation has told the journal; one that was killed is
// told for by the next.
func TestCallsThatWereAnsweredAreInTheJournal(t *testing.T) {
	for _, killed := range []bool{false, true} {
		svc := newBox("test:1:1")
		m := svc.add("1000", svc.now)
		m.From.Number = "+12125550100"
		dir := t.TempDir()
		b := newBench(t, dir, svc)
		if _, err := b.SyncOnce(t.Context(), b.acc.ID, true); err != nil {
			t.Fatal(err)
		}
		watch, unwatch := b.Watch()
		r := newRing()
		svc.call = func(CallRequest) (CallHandle, error) { return r, nil }
		if killed {
			b.sync.name = "elsewhere/1/abc"
		}
		stop := calling(t, b)
		b.act(VerbCall, "1000")
		r.set(CallState{Stage: CallSpeaking}, nil)
		b.later()
		b.at(CallSpeaking, watch)
		unwatch()
		if killed {
			b.closed.Store(true) // nothing is written any more
		}
		stop()
		if killed {
			b.closed.Store(false)
		}
		b.Close()
		b = newBench(t, dir, svc)
		b.pass(callLease + time.Minute)
		calling(t, b)
		equal(t, "journal", b.calledIn("1000"), []string{"call Ana Lima (212) 555-0100: connected"})
	}
}

// Which telephone rings: the one asked for, else the chosen one, else the first there is.
func TestWhichTelephoneRings(t *testing.T) {
	b := callBench(t)
	b.svc.phones = Telephones{
		Country: "us",
		Phones:  []Telephone{{Number: "(650) 555-0131", Label: "Desk phone"}, {Number: "+16505550132", Label: "Mobile\x1b[2J"}, {Number: "+16505550131", Label: "twice"}},
		Shown:   []Telephone{{Number: "+16505550102", Kind: "main number"}},
	}
	var asked []CallRequest
	ended := &ring{state: CallState{Stage: CallOver, Words: "busy"}}
	b.svc.call = func(r CallRequest) (CallHandle, error) { asked = append(asked, r); return ended, nil }
	watch, stop := b.Watch()
	defer stop()
	calling(t, b)
	call := func(from string) OwnCall {
		t.Helper()
		op, err := b.PlaceCall(t.Context(), "", from, "", b.ids("1000")[0])
		if err != nil {
			t.Fatal(err)
		}
		b.later()
		b.ends(op.ID, watch)
		return b.at(CallOver, watch)
	}
	equal(t, "unasked", call("").Phone, "Desk phone (650) 555-0131")
	if _, err := b.SetCallSetup(t.Context(), "", CallSetup{Phone: "650-555-0132", Shown: "+16505550102", Prompt: true}); err != nil {
		t.Fatal(err)
	}
	c := call("")
	equal(t, "chosen", []string{c.Phone, c.Shown}, []string{"Mobile (650) 555-0132", "+16505550102"})
	equal(t, "for once", call("155").Phone, "155")
	equal(t, "requests", asked, []CallRequest{
		{To: "+12125550100", From: "+16505550131"},
		{To: "+12125550100", From: "+16505550132", Shown: "+16505550102", Prompt: true},
		{To: "+12125550100", From: "155", Shown: "+16505550102", Prompt: true},
	})
	equal(t, "asked for the telephones", b.svc.calls("telephones"), []string{"telephones"})
	equal(t, "region", b.Region(t.Context(), ""), "US")
	if _, err := b.SetCallSetup(t.Context(), "", CallSetup{Phone: "my desk"}); err == nil {
		t.Error("a name was taken for a telephone")
	}
	b.pass(telephonesLast)
	b.svc.fail["telephones"] = []error{offline}
	got, err := b.Telephones(t.Context(), "", false)
	if err == nil || len(got.Phones) != 2 || got.Phones[1].Label != "Mobile" {
		t.Errorf("offline: %+v, %v", got, err)
	}
}

// MakeCall is for the command line: it makes the call itself, and cancels it when it is
// interrupted.
func TestMakeCall(t *testing.T) {
	b := callBench(t)
	r := newRing()
	b.svc.call = func(CallRequest) (CallHandle, error) { return r, nil }
	op, err := b.PlaceCall(t.Context(), "", "", "", b.ids("1000")[0])
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var stages []CallStage
	go func() {
		<-b.waits
		cancel()
	}()
	got, err := b.MakeCall(ctx, op.ID, false, func(c OwnCall) { stages = append(stages, c.Stage) })
	if err != nil || got.Words != "cancelled" || r.cancel != 1 {
		t.Errorf("%+v, %v, cancelled %d times", got, err, r.cancel)
	}
	if stages[0] != CallAsked || !slices.Contains(stages, CallRings) {
		t.Errorf("told %v", stages)
	}
	op, err = b.PlaceCall(t.Context(), "", "", "", b.ids("1000")[0])
	if err != nil {
		t.Fatal(err)
	}
	r.set(CallState{Stage: CallSpeaking}, nil)
	go func() {
		w := <-b.waits
		w.c <- b.now()
	}()
	if got, err = b.MakeCall(t.Context(), op.ID, true, nil); err != nil || got.Stage != CallSpeaking {
		t.Errorf("%+v, %v", got, err)
	}
	equal(t, "journal", b.calledIn("1000"), []string{"call Ana Lima (212) 555-0100: cancelled", "call Ana Lima (212) 555-0100: connected"})
}
