package store

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"switchboard/api"
)

func TestActIsInEffectAtOnceAndReachesTheServiceOnce(t *testing.T) {
	b := synced(t, 3)
	op := b.act(VerbRead, "1000", "1001")
	equal(t, "words", op.Words, "Marked 2 voicemails read")
	equal(t, "shown", b.look("1000"), "read alive open *")
	equal(t, "at the service", b.svc.messages["1000"].Read, false)
	equal(t, "again", b.act(VerbRead, "1000").Words, "Nothing changed: the voicemail from Ana Lima is already read")
	if err := b.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", b.svc.calls(), []string{"read 1000,1001"})
	equal(t, "state", b.op(op.ID).State, OpConfirmed)
	equal(t, "shown", b.look("1000"), "read alive open")
	if err := b.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests of a second flush", len(b.svc.calls()), 0)
}

func TestOrderAndBatches(t *testing.T) {
	b := synced(t, 120)
	var many []string
	for i := range 60 {
		many = append(many, fmt.Sprint(1000+i))
	}
	b.act(VerbRead, many...)
	b.act(VerbRead, "1100")
	b.act(VerbUnread, "1000")
	b.act(VerbRead, "1000")
	if err := b.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	calls := b.svc.calls()
	var short []string
	for _, c := range calls {
		verb, ids, _ := strings.Cut(c, " ")
		short = append(short, fmt.Sprintf("%s %d", verb, strings.Count(ids, ",")+1))
	}
	equal(t, "requests", short, []string{"read 61", "unread 1", "read 1"})
	equal(t, "in the end", b.look("1000"), "read alive open")
}

func TestRefusalRollsBackAndSaysSo(t *testing.T) {
	for _, tt := range []struct {
		name   string
		verb   Verb
		script func(f *box)
		look   string
		notice string
	}{
		{
			"no permission", VerbRead, func(f *box) { f.fail["read"] = []error{forbidden} }, "unread alive open",
			"Could not mark the voicemail from Ana Lima read: the permission EditMessages is missing | Shown as unread again. An administrator can grant the permission",
		},
		{
			"delete not allowed", VerbDelete, func(f *box) { f.fail["delete"] = []error{forbidden} }, "unread alive open",
			"Could not delete the voicemail from Ana Lima: the permission EditMessages is missing | Back in the list. An administrator can grant the permission",
		},
		{
			"bad request", VerbRead, func(f *box) { f.fail["read"] = []error{badInput} }, "unread alive open",
			"Could not mark the voicemail from Ana Lima read: Test op: bad (400 CMN-101) | Shown as unread again",
		},
		{
			"gone", VerbRead, func(f *box) { delete(f.messages, "1000") }, "read purged open",
			"Could not mark the voicemail from Ana Lima read: it no longer exists at the service | ",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := synced(t, 2)
			tt.script(b.svc)
			op := b.act(tt.verb, "1000")
			if err := b.Flush(t.Context()); err == nil {
				t.Error("Flush says nothing")
			}
			equal(t, "shown", b.look("1000"), tt.look)
			equal(t, "state", b.op(op.ID).State, OpFailed)
			equal(t, "notices", b.notices(), []string{tt.notice})
		})
	}
}

func TestGoneIsWhatDeleteWanted(t *testing.T) {
	b := synced(t, 2)
	delete(b.svc.messages, "1000")
	op := b.act(VerbDelete, "1000")
	if err := b.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	equal(t, "state", b.op(op.ID).State, OpConfirmed)
	equal(t, "shown", b.look("1000"), "unread purged open")
	equal(t, "requests", b.svc.calls(), []string{"states 1000"})
}

func TestOneBadItemDoesNotFailTheOthers(t *testing.T) {
	b := synced(t, 4)
	b.svc.fail["read"] = []error{badInput, badInput, badInput} // all four, the first two, the first
	op := b.act(VerbRead, "1000", "1001", "1002", "1003")
	if err := b.Flush(t.Context()); err == nil {
		t.Error("Flush says nothing")
	}
	got := []string{b.look("1000"), b.look("1001"), b.look("1002"), b.look("1003")}
	equal(t, "shown", got, []string{"unread alive open", "read alive open", "read alive open", "read alive open"})
	equal(t, "state", b.op(op.ID).State, OpFailed)
	// And each item may be refused by itself.
	b.svc.fail["unread 1002"] = []error{badInput}
	b.act(VerbUnread, "1001", "1002")
	if err := b.Flush(t.Context()); err == nil {
		t.Error("Flush says nothing")
	}
	equal(t, "shown", []string{b.look("1001"), b.look("1002")}, []string{"unread alive open", "read alive open"})
}

func TestRollBackLeavesNewerChangesAlone(t *testing.T) {
	b := synced(t, 1)
	b.act(VerbRead, "1000")
	b.act(VerbUnread, "1000")
	b.act(VerbRead, "1000")
	b.svc.fail["read"] = []error{forbidden}
	b.sendOnce()
	equal(t, "after the first was refused", b.look("1000"), "read alive open *")
	b.svc.fail["unread"] = []error{forbidden}
	b.svc.fail["read"] = []error{forbidden}
	b.sendOnce()
	b.sendOnce()
	equal(t, "after all were refused", b.look("1000"), "unread alive open")
}

func TestTemporaryTroubleWaitsAndSaysUntilWhen(t *testing.T) {
	for _, tt := range []struct {
		err         error
		min, max    time.Duration
		phase, text string
	}{
		{offline, 2 * time.Second, 3 * time.Second, PhasePolling, "Test op: no route to host"},
		{readOnly, time.Second, 121 * time.Second, PhaseLimited, "the service only allows reading at the moment"},
		{&api.Error{Status: 429, Op: "op"}, 62 * time.Second, 62 * time.Second, PhasePolling, "op: too many requests (429)"},
		{&api.Error{Status: 429, Op: "op", RetryAfter: 30 * time.Second}, 30 * time.Second, 30 * time.Second, PhasePolling, "op: too many requests (429)"},
		{&api.LimitError{Op: "op", Group: api.Medium, Until: time.Date(2026, 11, 20, 12, 0, 40, 0, time.UTC)}, 40 * time.Second, 40 * time.Second, PhasePolling, "the service's rate limit is used up"},
		{api.ErrSignedOut, 30 * time.Second, 30 * time.Second, PhaseSignedOut, "you are signed out"},
	} {
		t.Run(tt.text, func(t *testing.T) {
			b := synced(t, 1)
			b.svc.fail["read"] = []error{tt.err}
			op := b.act(VerbRead, "1000")
			out := b.sendOnce()
			if out.wait < tt.min || out.wait > tt.max {
				t.Errorf("waits %v, want %v to %v", out.wait, tt.min, tt.max)
			}
			got := b.op(op.ID)
			equal(t, "state", got.State, OpPending)
			equal(t, "error", got.Error, tt.text)
			equal(t, "next try", got.NextTry.Sub(b.now()), out.wait.Truncate(time.Millisecond))
			equal(t, "still shown", b.look("1000"), "read alive open *")
			st := b.Status()[0]
			equal(t, "phase", st.Phase, tt.phase)
			equal(t, "pending", st.Pending, 1)
			equal(t, "not before", b.sendOnce().idle, false)
			equal(t, "requests", b.svc.calls(), []string{"read 1000"})
			b.pass(out.wait)
			b.sendOnce()
			equal(t, "state in the end", b.op(op.ID).State, OpConfirmed)
			equal(t, "phase in the end", b.Status()[0].Phase, PhasePolling)
		})
	}
}

func TestServerErrorsAreGivenUpInTheEnd(t *testing.T) {
	b := synced(t, 1)
	op := b.act(VerbRead, "1000")
	for range maxFailures {
		b.svc.fail["read"] = []error{broken}
		b.pass(b.sendOnce().wait)
	}
	equal(t, "state", b.op(op.ID).State, OpFailed)
	equal(t, "shown", b.look("1000"), "unread alive open")
}

func TestDeleteIsNeverRepeatedBlindly(t *testing.T) {
	t.Run("carried out, answer lost", func(t *testing.T) {
		b := synced(t, 1)
		b.svc.after["delete"] = []error{noAnswer}
		op := b.act(VerbDelete, "1000")
		out := b.sendOnce()
		equal(t, "state", b.op(op.ID).State, OpUnknown)
		if out.wait < unknownWait {
			t.Errorf("looks again after %v: the request may still be under way", out.wait)
		}
		b.pass(out.wait)
		b.sendOnce()
		equal(t, "state", b.op(op.ID).State, OpConfirmed)
		equal(t, "requests", b.svc.calls(), []string{"states 1000", "delete 1000", "states 1000"})
		equal(t, "destroyed", b.svc.purged, 0)
	})
	t.Run("not carried out", func(t *testing.T) {
		b := synced(t, 1)
		b.svc.fail["delete"] = []error{noAnswer}
		op := b.act(VerbDelete, "1000")
		b.pass(b.sendOnce().wait)
		b.sendOnce()
		equal(t, "state", b.op(op.ID).State, OpConfirmed)
		equal(t, "requests", b.svc.calls(), []string{"states 1000", "delete 1000", "states 1000", "delete 1000"})
		equal(t, "at the service", b.svc.messages["1000"].Availability, Deleted)
	})
	t.Run("somebody else was faster", func(t *testing.T) {
		b := synced(t, 1)
		b.svc.messages["1000"].Availability = Deleted
		op := b.act(VerbDelete, "1000")
		b.sendOnce()
		equal(t, "state", b.op(op.ID).State, OpConfirmed)
		equal(t, "requests", b.svc.calls(), []string{"states 1000"})
	})
	t.Run("deleted twice in a row", func(t *testing.T) {
		b := synced(t, 1)
		b.act(VerbDelete, "1000")
		equal(t, "second", b.act(VerbDelete, "1000").ID, 0)
		b.sendOnce()
		equal(t, "destroyed", b.svc.purged, 0)
	})
}

func TestCrashWhileSending(t *testing.T) {
	svc := newBox("test:1:1")
	svc.fill(2, svc.now.Add(-time.Hour), time.Minute)
	dir := t.TempDir()
	b := newBench(t, dir, svc)
	if _, err := b.SyncOnce(t.Context(), b.acc.ID, true); err != nil {
		t.Fatal(err)
	}
	op := b.act(VerbDelete, "1000")
	// The first process dies between the request and its answer.
	b.sync.name = "elsewhere/1/abc"
	if _, err := b.claim(t.Context(), b.acc.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := svc.Delete(t.Context(), []string{"1000"}); err != nil {
		t.Fatal(err)
	}
	svc.calls()

	b2 := newBench(t, dir, svc)
	if err := b2.ready(t.Context(), b2.box()); err != nil {
		t.Fatal(err)
	}
	out := b2.sendOnce()
	equal(t, "requests while the lease runs", len(svc.calls()), 0)
	if out.idle || out.wait <= 0 || out.wait > leaseTime {
		t.Errorf("waits %v, idle %v", out.wait, out.idle)
	}
	b2.pass(leaseTime)
	b2.sendOnce()
	equal(t, "requests", svc.calls(), []string{"states 1000"})
	equal(t, "state", b2.op(op.ID).State, OpConfirmed)
	equal(t, "destroyed", svc.purged, 0)
}

func TestLeaseOfADeadProcessIsNotWaitedFor(t *testing.T) {
	b := synced(t, 1)
	op := b.act(VerbRead, "1000")
	host, pid := strings.Split(ownerName(), "/")[0], 1<<22+12345 // above what Linux gives out by default
	b.sync.name = fmt.Sprintf("%s/%d/abc", host, pid)
	if !ownerGone(b.sync.name) {
		t.Skip("cannot tell that a process is gone here")
	}
	if _, err := b.claim(t.Context(), b.acc.ID); err != nil {
		t.Fatal(err)
	}
	b.sync.name = ""
	b.sendOnce()
	equal(t, "state", b.op(op.ID).State, OpConfirmed)
}

func TestTwoProcessesSendOnce(t *testing.T) {
	svc := newBox("test:1:1")
	svc.fill(3, svc.now.Add(-time.Hour), time.Minute)
	dir := t.TempDir()
	b1, b2 := newBench(t, dir, svc), newBench(t, dir, svc)
	b2.sync.name = "elsewhere/1/abc"
	if _, err := b1.SyncOnce(t.Context(), b1.acc.ID, true); err != nil {
		t.Fatal(err)
	}
	if err := b2.ready(t.Context(), b2.box()); err != nil {
		t.Fatal(err)
	}
	svc.calls()
	b1.act(VerbRead, "1000")
	svc.gate, svc.started = make(chan struct{}), make(chan struct{}, 1)
	done := make(chan error, 1)
	go func() {
		_, err := b1.send(t.Context(), b1.box())
		done <- err
	}()
	<-svc.started
	b2.act(VerbRead, "1001")
	out := b2.sendOnce()
	if out.idle || out.wait <= 0 {
		t.Errorf("the second process does not wait its turn: %+v", out)
	}
	svc.mu.Lock()
	close(svc.gate)
	svc.gate = nil
	svc.mu.Unlock()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	b2.sendOnce()
	equal(t, "requests", svc.calls(), []string{"read 1000", "read 1001"})
}

func TestSyncKeepsWhatWaits(t *testing.T) {
	b := synced(t, 2)
	b.act(VerbRead, "1000")
	m := b.svc.messages["1000"]
	m.Pages, m.Modified = 7, b.svc.now.Add(time.Minute) // something else changed there
	b.svc.now = b.svc.now.Add(time.Minute)
	if _, err := b.SyncOnce(t.Context(), b.acc.ID, false); err != nil {
		t.Fatal(err)
	}
	equal(t, "shown", b.look("1000"), "read alive open *")
	// What the service said meanwhile is what a roll-back goes back to.
	m.Read, m.Modified = true, b.svc.now.Add(time.Minute)
	if _, err := b.SyncOnce(t.Context(), b.acc.ID, false); err != nil {
		t.Fatal(err)
	}
	b.svc.fail["read"] = []error{forbidden}
	b.sendOnce()
	equal(t, "after the roll-back", b.look("1000"), "read alive open")
}

func TestRetryAndCancel(t *testing.T) {
	b := synced(t, 3)
	b.svc.fail["read"] = []error{offline, forbidden}
	op := b.act(VerbRead, "1000")
	b.sendOnce()
	if err := b.RetryOp(t.Context(), op.ID); err != nil {
		t.Fatal(err)
	}
	b.sendOnce()
	equal(t, "state", b.op(op.ID).State, OpFailed)
	if err := b.RetryOp(t.Context(), op.ID); err != nil {
		t.Fatal(err)
	}
	equal(t, "shown", b.look("1000"), "read alive open *")
	b.sendOnce()
	equal(t, "shown", b.look("1000"), "read alive open")
	op = b.act(VerbDelete, "1001")
	if err := b.CancelOp(t.Context(), op.ID); err != nil {
		t.Fatal(err)
	}
	equal(t, "shown", b.look("1001"), "unread alive open")
	equal(t, "state", b.op(op.ID).State, OpCancelled)
	if err := b.CancelOp(t.Context(), op.ID); err == nil {
		t.Error("cancelled twice")
	}
	if err := b.CancelOp(t.Context(), 999); !errors.Is(err, ErrNotFound) {
		t.Errorf("an unknown operation: %v", err)
	}
	b.sendOnce()
	equal(t, "requests", b.svc.calls("delete"), []string(nil))
}

func TestActErrors(t *testing.T) {
	b := synced(t, 1)
	for _, c := range []Change{
		{Verb: "eat", Items: b.ids("1000")},
		{Verb: VerbRead},
		{Verb: VerbNote, Items: b.ids("1000"), Text: " \n"},
		{Verb: VerbSnooze, Items: b.ids("1000"), Text: "soon"},
		{Verb: VerbLabel, Items: b.ids("1000")},
		{Verb: VerbRead, Items: []ID{42}},
	} {
		if op, err := b.Act(t.Context(), c); err == nil {
			t.Errorf("%+v: accepted: %+v", c, op)
		}
	}
	ops, err := b.Ops(t.Context(), 0)
	if err != nil || len(ops) != 0 {
		t.Errorf("left behind: %v, %v", ops, err)
	}
}
