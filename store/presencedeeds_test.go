package store

import (
	"errors"
	"strings"
	"testing"
	"time"

	"switchboard/api"
)

// TestPresenceDeeds sets, takes back and is refused.
func TestPresenceDeeds(t *testing.T) {
	b, svc := newPresent(t)
	ctx := t.Context()
	flush := func() {
		t.Helper()
		if err := b.Flush(ctx); err != nil && svc.refuse == nil {
			t.Fatal(err)
		}
	}
	if _, err := b.SetPresence(ctx, b.acc.ID, PresenceChange{User: PresenceBusy}); err == nil {
		t.Fatal("changed what nobody has read")
	}
	svc.queues = []IncomingQueue{{ID: "90", Name: "Patient Line", Editable: true, Takes: true}, {ID: "91", Name: "Fixed", Takes: true}}
	if _, err := b.presenceTurn(svc); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("ж", MaxStatusMessage+1)
	if _, err := b.SetPresence(ctx, b.acc.ID, PresenceChange{Message: &long}); err == nil {
		t.Error("a message that is too long was taken")
	}
	fits := long[2:]
	if _, err := b.SetPresence(ctx, b.acc.ID, PresenceChange{Message: &fits}); err != nil {
		t.Error(err)
	}
	if _, err := b.ToggleDND(ctx, b.acc.ID); err != nil {
		t.Fatal(err)
	}
	if p := b.see("1"); !p.Quiet() || p.Message != fits || !p.Pending {
		t.Errorf("at once: %+v", p)
	}
	// What an answer says meanwhile does not undo what is on its way.
	b.pass(time.Second)
	if _, err := b.presenceTurn(svc); err != nil {
		t.Fatal(err)
	}
	if p := b.see("1"); !p.Quiet() || p.Message != fits {
		t.Errorf("an answer won over what is on its way: %+v", p)
	}
	flush()
	equal(t, "sent", len(svc.deeds), 2)
	if b.see("1").Pending {
		t.Error("still on its way")
	}
	if _, err := b.Undo(ctx); err != nil {
		t.Fatal(err)
	}
	if p := b.see("1"); p.Quiet() || p.Message != fits {
		t.Errorf("after undo: %+v", p)
	}
	flush()
	equal(t, "taken back", string(svc.deeds[2].Payload), `{"dnd":"TakeAllCalls"}`)

	svc.refuse = &api.Error{Status: 403, Permission: "EditPresenceStatus"}
	if _, err := b.SetPresence(ctx, b.acc.ID, PresenceChange{User: PresenceOffline}); err != nil {
		t.Fatal(err)
	}
	equal(t, "at once", b.see("1").User, PresenceOffline)
	flush()
	equal(t, "refused", b.see("1").User, PresenceAvailable)
	notices, err := b.Notices(ctx)
	if err != nil || len(notices) != 1 || !strings.Contains(notices[0].Text, "change your presence") {
		t.Errorf("%+v, %v", notices, err)
	}

	svc.refuse = nil
	if _, err := b.SetQueue(ctx, b.acc.ID, "91", false); err == nil {
		t.Error("left a queue one may not leave")
	}
	if _, err := b.SetQueue(ctx, b.acc.ID, "5", false); !errors.Is(err, ErrNotFound) {
		t.Errorf("left a queue one is not in: %v", err)
	}
	if _, err := b.SetQueue(ctx, b.acc.ID, "90", false); err != nil {
		t.Fatal(err)
	}
	b.pass(time.Second)
	if _, err := b.presenceTurn(svc); err != nil {
		t.Fatal(err)
	}
	if board, err := b.PresenceBoard(ctx); err != nil || board.Queues[1].Takes || !board.Queues[1].Pending {
		t.Errorf("%+v, %v", board.Queues, err)
	}
	flush()
	if _, err := b.Undo(ctx); err != nil {
		t.Fatal(err)
	}
	flush()
	if board, err := b.PresenceBoard(ctx); err != nil || !board.Queues[1].Takes || board.Queues[1].Pending {
		t.Errorf("%+v, %v", board.Queues, err)
	}
}

// TestModernCalls is for the new call handling, where do not disturb is another word.
func TestModernCalls(t *testing.T) {
	b, svc := newPresent(t)
	yes := true
	svc.own.DND, svc.own.Personal, svc.own.Queues = "Unknown", DNDTakeAll, &yes
	if _, err := b.presenceTurn(svc); err != nil {
		t.Fatal(err)
	}
	if _, err := b.ToggleDND(t.Context(), b.acc.ID); err != nil {
		t.Fatal(err)
	}
	if p := b.see("1"); p.DND != "" || p.Personal != DNDNone || !*p.Queues {
		t.Errorf("%+v", p)
	}
	svc.own.Personal, svc.own.Queues = "", nil
	b2, svc2 := newPresent(t)
	svc2.own.DND = ""
	if _, err := b2.presenceTurn(svc2); err != nil {
		t.Fatal(err)
	}
	if _, err := b2.ToggleDND(t.Context(), b2.acc.ID); err == nil {
		t.Error("set what the service does not have")
	}
}

// TestWatchPerson adds people to those watched, and takes them off: without a request.
func TestWatchPerson(t *testing.T) {
	b, svc := newPresent(t)
	ctx := t.Context()
	if _, err := b.WatchPerson(ctx, b.acc.ID, WatchChange{Extension: "7", Name: "Ana Lima", Number: "112", On: true}); err != nil {
		t.Fatal(err)
	}
	watched := func() int {
		t.Helper()
		board, err := b.PresenceBoard(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return len(board.People)
	}
	equal(t, "watched", watched(), 1)
	if _, err := b.Undo(ctx); err != nil {
		t.Fatal(err)
	}
	equal(t, "after undo", watched(), 0)
	if _, err := b.Redo(ctx); err != nil {
		t.Fatal(err)
	}
	equal(t, "after redo", watched(), 1)
	if err := b.Flush(ctx); err != nil || len(svc.deeds) != 0 {
		t.Errorf("%v, sent %v", err, svc.deeds)
	}
	ops, err := b.Ops(ctx, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range ops {
		if op.State != OpConfirmed {
			t.Errorf("%s is %s", op.Words, op.State)
		}
	}
}
