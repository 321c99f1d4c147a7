package store

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// ring is a call that goes as the test says.
type ring struct {
	mu     sync.Mutex
	state  CallState
	err    error // of State
	stuck  error // of Cancel
	cancel int   // how often it was cancelled
	asked  chan struct{}
}

func (r *ring) Name() string { return "Ys1" }

func (r *ring) set(s CallState, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state, r.err = s, err
}

func (r *ring) State(context.Context) (CallState, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case r.asked <- struct{}{}:
	default:
	}
	return r.state, r.err
}

func (r *ring) Cancel(context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cancel++
	return r.stuck
}

func newRing() *ring {
	return &ring{state: CallState{Stage: CallRings}, asked: make(chan struct{}, 100)}
}

// calling runs the calls of a bench and hands over each wait for the next look.
func calling(t *testing.T, b *bench) (stop func()) {
	t.Helper()
	if err := b.ready(t.Context(), b.box()); err != nil {
		t.Fatal(err)
	}
	if err := b.orphanCalls(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { b.runCalls(ctx, b.box()) })
	stop = func() { cancel(); wg.Wait() }
	t.Cleanup(stop)
	return stop
}

// later lets the time of the next look come.
func (b *bench) later() (waited time.Duration) {
	b.t.Helper()
	var w wait
	select {
	case w = <-b.waits:
	case <-time.After(20 * time.Second):
		b.t.Fatalf("nothing is waited for; %+v; %q", b.OwnCalls(b.t.Context()), b.notices())
	}
	b.pass(w.d)
	w.c <- b.now()
	return w.d
}

// ends waits until an operation is over.
func (b *bench) ends(id int64, watch <-chan struct{}) Op {
	b.t.Helper()
	b.until(watch, "the call ends", func() bool { op := b.op(id); return op.State != OpPending && op.State != OpSending })
	return b.op(id)
}

// at waits until a call is at a stage.
func (b *bench) at(stage CallStage, watch <-chan struct{}) OwnCall {
	b.t.Helper()
	var c OwnCall
	b.until(watch, "the call is at "+stage.String(), func() bool {
		own := b.OwnCalls(b.t.Context())
		if len(own) > 0 {
			c = own[len(own)-1]
		}
		return c.Stage == stage
	})
	return c
}

func (b *bench) until(watch <-chan struct{}, what string, ok func() bool) {
	b.t.Helper()
	limit := time.After(20 * time.Second)
	for !ok() {
		select {
		case <-watch:
		case <-limit:
			b.t.Fatalf("it does not come: %s; %+v", what, b.OwnCalls(b.t.Context()))
		}
	}
}

// journal is what was written about an item, oldest first.
func (b *bench) calledIn(remote string) (out []string) {
	b.t.Helper()
	it, err := b.Item(b.t.Context(), b.ids(remote)[0])
	if err != nil {
		b.t.Fatal(err)
	}
	for _, e := range it.Journal {
		out = append(out, e.Verb+" "+e.Value)
	}
	if it.State != StateOpen || it.Claim != "" {
		b.t.Errorf("calling has changed the item: %s, claimed by %q", it.State, it.Claim)
	}
	return out
}

// How calls end: what is told of them, noted on the item and in the list of jobs.
func TestCalls(t *testing.T) {
	const ana = "Ana Lima (212) 555-0100"
	for _, tt := range []struct {
		name    string
		refuse  error
		script  []CallState
		gone    error // the last answer
		state   OpState
		words   string
		journal []string
		notices []string
	}{
		{
			name:   "answered",
			script: []CallState{{Stage: CallRings}, {Stage: CallRingsThere}, {Stage: CallSpeaking}, {Stage: CallSpeaking}, {Stage: CallOver, Spoke: true}},
			state:  OpConfirmed, words: "Called " + ana, journal: []string{"call " + ana + ": connected, 0:30"},
		},
		{
			name: "answered and hung up between two looks", script: []CallState{{Stage: CallOver, Spoke: true}},
			state: OpConfirmed, words: "Called " + ana, journal: []string{"call " + ana + ": connected"},
		},
		{
			name: "the service forgets it once they speak", script: []CallState{{Stage: CallSpeaking}}, gone: notFound,
			state: OpConfirmed, words: "Called " + ana, journal: []string{"call " + ana + ": connected, 0:15"},
		},
		{
			name: "busy", script: []CallState{{Stage: CallRingsThere}, {Stage: CallOver, Words: "busy\x1b[0m 100%d"}},
			state: OpFailed, words: "Called " + ana + ": busy 100%d", journal: []string{"call " + ana + ": busy 100%d"},
		},
		{
			name: "one's own telephone is not answered", script: []CallState{{Stage: CallOver, Words: "your telephone: no answer"}},
			state: OpFailed, words: "Called " + ana + ": your telephone: no answer", journal: []string{"call " + ana + ": your telephone: no answer"},
		},
		{
			name: "the service forgets it while it rings", gone: notFound,
			state: OpConfirmed, words: "Called " + ana, journal: []string{"call " + ana + ": the service knows nothing of it any more"},
		},
		{
			name: "refused", refuse: forbidden, state: OpFailed, words: "Calling " + ana,
			notices: []string{"Could not call " + ana + ": the permission EditMessages is missing | Nothing was dialled. Call again when you like"},
		},
		{
			name: "no answer from the service", refuse: noAnswer, state: OpFailed, words: "Calling " + ana,
			journal: []string{"call " + ana + ": not known whether it was placed"},
			notices: []string{"The call to " + ana + " may or may not have been placed: Test op: connection reset | It is not repeated by itself. If your telephone does not ring, call again"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := callBench(t)
			watch, stop := b.Watch()
			defer stop()
			r := newRing()
			b.svc.call = func(CallRequest) (CallHandle, error) { return r, tt.refuse }
			calling(t, b)
			op := b.act(VerbCall, "1000")
			for _, st := range tt.script {
				r.set(st, nil)
				b.later()
				<-r.asked
				b.at(st.Stage, watch)
			}
			if tt.gone != nil {
				r.set(CallState{}, tt.gone)
				b.later()
			}
			b.ends(op.ID, watch)
			over := b.at(CallOver, watch)
			got := b.op(op.ID)
			equal(t, "operation", []any{got.State, got.Words, got.Undoable}, []any{tt.state, tt.words, false})
			equal(t, "told as failed", over.Failed, tt.state == OpFailed)
			equal(t, "journal", b.calledIn("1000"), tt.journal)
			equal(t, "notices", b.notices(), tt.notices)
			equal(t, "requests", b.svc.calls("call"), []string{"call +12125550100"})
			if _, err := b.Undo(t.Context()); !errors.Is(err, ErrNothing) {
				t.Errorf("a call that is over was taken back: %v", err)
			}
			b.pass(callShown + time.Second)
			if left := b.OwnCalls(t.Context()); len(left) > 0 {
				t.Errorf("still told: %+v", left)
			}
		})
	}
}

// callBench is a bench with a message of a caller that can be called.
func callBench(t *testing.T) *bench {
	t.Helper()
	b := synced(t, 0)
	m := b.svc.add("1000", b.svc.now)
	m.From.Number = "+12125550100"
	if _, err := b.SyncOnce(t.Context(), b.acc.ID, false); err != nil {
		t.Fatal(err)
	}
	b.svc.calls()
	return b
}

func TestUndoStopsACallThatRings(t *testing.T) {
	b := callBench(t)
	watch, stop := b.Watch()
	defer stop()
	r := newRing()
	b.svc.call = func(CallRequest) (CallHandle, error) { return r, nil }
	calling(t, b)
	b.act(VerbDone, "1000")
	op := b.act(VerbCall, "1000")
	<-b.waits // it rings
	equal(t, "undo would stop it", b.at(CallRings, watch).Next, true)
	equal(t, "undo", b.undo().Words, "Stopping the call to Ana Lima (212) 555-0100")
	equal(t, "state", b.ends(op.ID, watch).State, OpCancelled)
	equal(t, "cancelled", r.cancel, 1)
	equal(t, "then", b.undo().Words, "Taken back: marked the voicemail from Ana Lima done")
}

// Once one's own telephone is answered the service cancels no more: that is said, and
// the call goes on. Until that is known the service is asked, and says so itself.
func TestUndoIsTooLateForACall(t *testing.T) {
	b := callBench(t)
	watch, stop := b.Watch()
	defer stop()
	r := newRing()
	b.svc.call = func(CallRequest) (CallHandle, error) { return r, nil }
	calling(t, b)
	op := b.act(VerbCall, "1000")
	<-b.waits
	b.at(CallRings, watch)
	r.mu.Lock()
	r.stuck, r.state = notFound, CallState{Stage: CallRingsThere}
	r.mu.Unlock()
	b.undo()
	b.at(CallRingsThere, watch)
	equal(t, "notices", b.notices(), []string{"The call to Ana Lima (212) 555-0100 could not be stopped: your telephone is answered | Hang up your telephone"})
	equal(t, "it goes on", b.op(op.ID).State, OpSending)
	if _, err := b.Undo(t.Context()); err == nil || !strings.Contains(err.Error(), "hang up") {
		t.Errorf("undo: %v", err)
	}
	equal(t, "asked to cancel", r.cancel, 1)
}

// A key pressed twice calls once, and a telephone rings for one call only.
func TestOneCallRingsAtATime(t *testing.T) {
	b := callBench(t)
	watch, stop := b.Watch()
	defer stop()
	r := newRing()
	b.svc.call = func(CallRequest) (CallHandle, error) { return r, nil }
	calling(t, b)
	first := b.act(VerbCall, "1000")
	for _, to := range []Change{{Verb: VerbCall, Items: b.ids("1000")}, {Verb: VerbCall, Text: "+12125550177"}} {
		if _, err := b.Act(t.Context(), to); err == nil || !strings.Contains(err.Error(), "rings for Ana Lima") {
			t.Errorf("%+v: %v", to, err)
		}
	}
	r.set(CallState{Stage: CallSpeaking}, nil)
	b.later()
	b.ends(first.ID, watch)
	equal(t, "requests", b.svc.calls("call"), []string{"call +12125550100"})
	if _, err := b.PlaceCall(t.Context(), b.acc.Key, "", "212 555 0177", 0); err != nil {
		t.Errorf("while one speaks: %v", err)
	}
	b.until(watch, "the second call", func() bool { return len(b.OwnCalls(t.Context())) == 2 })
}

func TestCallsAreNotMadeLateOrTwice(t *testing.T) {
	svc := newBox("test:1:1")
	svc.fill(1, svc.now.Add(-time.Hour), time.Minute)
	dir := t.TempDir()
	b := newBench(t, dir, svc)
	if _, err := b.SyncOnce(t.Context(), b.acc.ID, true); err != nil {
		t.Fatal(err)
	}
	b.sync.name = "elsewhere/1/abc"
	during, err := b.PlaceCall(t.Context(), "", "", "212 555 0101", 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, ok, err := b.claimCall(t.Context(), b.box(), 0); !ok || err != nil {
		t.Fatal(ok, err)
	}
	b.pass(callLease + time.Second)
	waiting, err := b.PlaceCall(t.Context(), "", "", "212 555 0102", 0)
	if err != nil {
		t.Fatal(err)
	}
	b.Close()

	b = newBench(t, dir, svc)
	b.pass(2*callLease + time.Second)
	watch, stop := b.Watch()
	defer stop()
	calling(t, b)
	equal(t, "under way when the program ended", b.ends(during.ID, watch).State, OpFailed)
	equal(t, "waiting when the program ended", b.ends(waiting.ID, watch).State, OpCancelled)
	if calls := svc.calls("call"); len(calls) > 0 {
		t.Errorf("called: %v", calls)
	}
	if n := b.notices(); len(n) != 2 || slices.Contains(n, "") {
		t.Errorf("notices: %q", n)
	}
}

// Who cannot be called, and why.
func TestCallsThatCannotBeMade(t *testing.T) {
	b := synced(t, 0)
	for remote, from := range map[string]Party{
		"1": {}, "2": {Number: "24365"}, "3": {Number: "Anonymous"}, "4": {Name: "PHARMACY", Number: "PHARMACY"}, "5": {Number: "+1855201XXXX"},
	} {
		b.svc.add(remote, b.svc.now).From = from
	}
	if _, err := b.SyncOnce(t.Context(), b.acc.ID, false); err != nil {
		t.Fatal(err)
	}
	for remote, want := range map[string]string{"1": "withheld", "2": "short code", "3": "withheld", "4": "a name", "5": "keeps a part"} {
		_, err := b.Act(t.Context(), Change{Verb: VerbCall, Items: b.ids(remote)})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", remote, err, want)
		}
	}
	op, err := b.Act(t.Context(), Change{Verb: VerbCall, Text: "(212) 555-0123"})
	equal(t, "a number by itself", []any{op.Words, op.Text, err}, []any{"Calling (212) 555-0123", "+12125550123", nil})
}
