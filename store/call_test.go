package store

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"
)

// ring is a call that goes as the test says.
type ring struct {
	states    chan CallState
	cancelled chan struct{}
	stuck     error // of Cancel
}

func (r *ring) State(ctx context.Context) (CallState, error) {
	select {
	case st := <-r.states:
		return st, nil
	default:
		return CallState{Ringing: true}, nil
	}
}

func (r *ring) Cancel(context.Context) error {
	close(r.cancelled)
	return r.stuck
}

// calling runs the calls of a bench and hands over each wait for the next look.
func calling(t *testing.T, b *bench) {
	t.Helper()
	if err := b.ready(t.Context(), b.box()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { b.runCalls(ctx, b.box()) })
	t.Cleanup(func() { cancel(); wg.Wait() })
}

// ends waits until an operation is over.
func (b *bench) ends(id int64, watch <-chan struct{}) Op {
	b.t.Helper()
	for {
		if op := b.op(id); op.State != OpPending && op.State != OpSending {
			return op
		}
		select {
		case <-watch:
		case <-time.After(20 * time.Second):
			b.t.Fatalf("the call does not end: %+v", b.op(id))
		}
	}
}

func TestCalls(t *testing.T) {
	for _, tt := range []struct {
		name    string
		refuse  error
		script  []CallState
		state   OpState
		words   string
		notices []string
	}{
		{"answered", nil, []CallState{{Ringing: true}, {Connected: true}}, OpConfirmed, "Called Ana Lima (+15550100)", nil},
		{
			"busy", nil,
			[]CallState{{Over: true, Words: "busy"}},
			OpFailed, "Calling Ana Lima (+15550100)",
			[]string{"The call to Ana Lima (+15550100) came to nothing: busy | "},
		},
		{
			"refused", forbidden, nil, OpFailed, "Calling Ana Lima (+15550100)",
			[]string{"Could not call Ana Lima (+15550100): the permission EditMessages is missing | Nothing was dialled. Call again when you like"},
		},
		{
			"no answer from the service", noAnswer, nil, OpFailed, "Calling Ana Lima (+15550100)",
			[]string{"The call to Ana Lima (+15550100) may or may not have been placed: Test op: connection reset | It is not repeated by itself. If your telephone does not ring, call again"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := synced(t, 1)
			watch, stop := b.Watch()
			defer stop()
			r := &ring{states: make(chan CallState, 9), cancelled: make(chan struct{})}
			for _, st := range tt.script {
				r.states <- st
			}
			b.svc.call = func(string) (CallHandle, error) { return r, tt.refuse }
			calling(t, b)
			op := b.act(VerbCall, "1000")
			for range tt.script {
				w := <-b.waits
				w.c <- b.now()
			}
			got := b.ends(op.ID, watch)
			equal(t, "operation", []any{got.State, got.Words, got.Undoable}, []any{tt.state, tt.words, false})
			equal(t, "notices", b.notices(), tt.notices)
			equal(t, "requests", b.svc.calls("call"), []string{"call +15550100"})
			if _, err := b.Undo(t.Context()); !errors.Is(err, ErrNothing) {
				t.Errorf("a call that is over was taken back: %v", err)
			}
		})
	}
}

func TestUndoStopsACallThatRings(t *testing.T) {
	b := synced(t, 1)
	watch, stop := b.Watch()
	defer stop()
	r := &ring{states: make(chan CallState, 9), cancelled: make(chan struct{})}
	b.svc.call = func(string) (CallHandle, error) { return r, nil }
	calling(t, b)
	b.act(VerbDone, "1000")
	op := b.act(VerbCall, "1000")
	<-b.waits // it rings
	equal(t, "undo", b.undo().Words, "Stopping the call to Ana Lima (+15550100)")
	<-r.cancelled
	equal(t, "state", b.ends(op.ID, watch).State, OpCancelled)
	equal(t, "then", b.undo().Words, "Taken back: marked the voicemail from Ana Lima done")
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
	during := b.act(VerbCall, "1000")
	if _, ok, err := b.claimCall(t.Context(), b.box()); !ok || err != nil {
		t.Fatal(ok, err)
	}
	waiting := b.act(VerbCall, "1000")
	b.Close()

	b = newBench(t, dir, svc)
	b.pass(callLease + time.Second)
	watch, stop := b.Watch()
	defer stop()
	if err := b.orphanCalls(t.Context()); err != nil {
		t.Fatal(err)
	}
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

func TestCallWithoutANumber(t *testing.T) {
	b := synced(t, 0)
	m := b.svc.add("1", b.svc.now)
	m.From = Party{}
	if _, err := b.SyncOnce(t.Context(), b.acc.ID, false); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Act(t.Context(), Change{Verb: VerbCall, Items: b.ids("1")}); err == nil {
		t.Error("accepted")
	}
	op, err := b.Act(t.Context(), Change{Verb: VerbCall, Text: "+15550123"})
	equal(t, "a number by itself", []any{op.Words, err}, []any{"Calling +15550123", nil})
}
