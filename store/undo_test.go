package store

import (
	"errors"
	"testing"
	"time"
)

func (b *bench) undo() Op {
	b.t.Helper()
	op, err := b.Undo(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	return op
}

func (b *bench) redo() Op {
	b.t.Helper()
	op, err := b.Redo(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	return op
}

func (b *bench) flushAll() {
	b.t.Helper()
	if err := b.Flush(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
}

// Each verb, taken back and done again, before and after it was sent.
func TestUndoRedo(t *testing.T) {
	for _, tt := range []struct {
		verb                 Verb
		before, done         string
		requests, sentBefore []string // when undone after sending, and before
	}{
		{VerbRead, "unread alive open", "read alive open", []string{"read 1000", "unread 1000", "read 1000"}, []string{"read 1000"}},
		{VerbDelete, "unread alive open", "unread deleted open", []string{"states 1000", "delete 1000", "restore 1000", "states 1000", "delete 1000"}, []string{"states 1000", "delete 1000"}},
		{VerbDone, "unread alive open", "unread alive done", nil, nil},
	} {
		t.Run(string(tt.verb)+" sent", func(t *testing.T) {
			b := synced(t, 2)
			b.act(tt.verb, "1000")
			b.flushAll()
			equal(t, "done", b.look("1000"), tt.done)
			b.undo()
			b.flushAll()
			equal(t, "undone", b.look("1000"), tt.before)
			if _, err := b.Undo(t.Context()); !errors.Is(err, ErrNothing) {
				t.Errorf("undone twice: %v", err)
			}
			b.redo()
			b.flushAll()
			equal(t, "done again", b.look("1000"), tt.done)
			if _, err := b.Redo(t.Context()); !errors.Is(err, ErrNothing) {
				t.Errorf("done again twice: %v", err)
			}
			equal(t, "requests", b.svc.calls(), tt.requests)
			b.undo()
			b.flushAll()
			equal(t, "undone again", b.look("1000"), tt.before)
		})
		t.Run(string(tt.verb)+" not sent", func(t *testing.T) {
			b := synced(t, 2)
			op := b.act(tt.verb, "1000")
			b.undo()
			equal(t, "undone", b.look("1000"), tt.before)
			equal(t, "waits", b.sendOnce().idle, true)
			if tt.requests != nil {
				equal(t, "state", b.op(op.ID).State, OpCancelled)
			}
			b.redo()
			b.flushAll()
			equal(t, "done again", b.look("1000"), tt.done)
			equal(t, "requests", b.svc.calls(), tt.sentBefore)
		})
	}
}

func TestUndoGoesBackStepByStep(t *testing.T) {
	b := synced(t, 3)
	b.act(VerbDone, "1000")
	b.act(VerbNote, "1000")
	b.act(VerbRead, "1001")
	b.act(VerbDone, "1001", "1002")
	var words []string
	for range 4 {
		words = append(words, b.undo().Words)
	}
	equal(t, "words", words, []string{
		"Taken back: marked 2 voicemails done", "Taken back: marked the voicemail from Ana Lima read",
		"Taken back: added a note to the voicemail from Ana Lima", "Taken back: marked the voicemail from Ana Lima done",
	})
	for _, r := range []string{"1000", "1001", "1002"} {
		equal(t, r, b.look(r), "unread alive open")
	}
	for range 4 {
		b.redo()
	}
	equal(t, "all again", []string{b.look("1000"), b.look("1001"), b.look("1002")},
		[]string{"unread alive done", "read alive done *", "unread alive done"})
	it, err := b.Item(t.Context(), b.id("1000"))
	if err != nil || len(it.NoteList) != 1 {
		t.Errorf("notes: %v, %v", it.NoteList, err)
	}
	b.undo()
	b.act(VerbDone, "1001") // something new: nothing to do again any more
	if _, err := b.Redo(t.Context()); !errors.Is(err, ErrNothing) {
		t.Errorf("done again after something new: %v", err)
	}
}

func TestUndoLeavesAloneWhatWasChangedSince(t *testing.T) {
	svc := newBox("test:1:1")
	svc.fill(2, svc.now.Add(-time.Hour), time.Minute)
	dir := t.TempDir()
	ana := newBench(t, dir, svc)
	if _, err := ana.SyncOnce(t.Context(), ana.acc.ID, true); err != nil {
		t.Fatal(err)
	}
	ben := newBench(t, dir, svc)
	ben.opts.Actor = "ben@desk"
	ana.act(VerbDone, "1000", "1001")
	ana.act(VerbRead, "1000", "1001")
	ben.pass(time.Second)
	ben.act(VerbReopen, "1000")
	ben.act(VerbUnread, "1001")
	equal(t, "read", ana.undo().Words, "Taken back: marked 2 voicemails read, except one that was changed since")
	equal(t, "done", ana.undo().Words, "Taken back: marked 2 voicemails done, except one that was changed since")
	equal(t, "shown", []string{ana.look("1000"), ana.look("1001")}, []string{"unread alive open", "unread alive open *"})
	if _, err := ana.Undo(t.Context()); !errors.Is(err, ErrNothing) {
		t.Errorf("took back what another person did: %v", err)
	}
	equal(t, "Ben's own", ben.undo().Words, "Taken back: marked the voicemail from Ana Lima unread")
}

func TestUndoSurvivesARestart(t *testing.T) {
	svc := newBox("test:1:1")
	svc.fill(2, svc.now.Add(-time.Hour), time.Minute)
	dir := t.TempDir()
	b := newBench(t, dir, svc)
	if _, err := b.SyncOnce(t.Context(), b.acc.ID, true); err != nil {
		t.Fatal(err)
	}
	b.act(VerbDelete, "1000")
	b.flushAll()
	b.Close()
	b = newBench(t, dir, svc)
	b.undo()
	b.flushAll()
	equal(t, "shown", b.look("1000"), "unread alive open")
	equal(t, "at the service", svc.messages["1000"].Availability, Alive)
}

func TestUndoWhileItIsBeingSent(t *testing.T) {
	b := synced(t, 2)
	b.act(VerbDelete, "1000")
	b.svc.gate, b.svc.started = make(chan struct{}), make(chan struct{}, 1)
	done := make(chan error, 1)
	go func() {
		_, err := b.send(t.Context(), b.box())
		done <- err
	}()
	<-b.svc.started
	b.undo()
	equal(t, "shown", b.look("1000"), "unread alive open *")
	b.svc.mu.Lock()
	close(b.svc.gate)
	b.svc.gate = nil
	b.svc.mu.Unlock()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	equal(t, "shown after it was confirmed", b.look("1000"), "unread alive open *")
	b.sendOnce()
	equal(t, "shown in the end", b.look("1000"), "unread alive open")
	equal(t, "at the service", b.svc.messages["1000"].Availability, Alive)
	equal(t, "destroyed", b.svc.purged, 0)
}

func TestTriageVerbs(t *testing.T) {
	b := synced(t, 1)
	ctx := t.Context()
	id := b.ids("1000")
	until := b.now().Add(time.Hour).UTC().Format(time.RFC3339)
	for _, c := range []Change{
		{Verb: VerbSnooze, Items: id, Text: until}, {Verb: VerbClaim, Items: id}, {Verb: VerbLabel, Items: id, Text: "Billing"}, {Verb: VerbNote, Items: id, Text: "called back"},
	} {
		if op, err := b.Act(ctx, c); err != nil || op.ID == 0 {
			t.Fatalf("%+v: %+v, %v", c, op, err)
		}
		if op, err := b.Act(ctx, c); c.Verb != VerbNote && (err != nil || op.ID != 0) {
			t.Errorf("%s twice: %+v, %v", c.Verb, op, err)
		}
		b.pass(time.Second)
	}
	it, err := b.Item(ctx, id[0])
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "item", []any{it.State, it.Claim, it.Labels, it.NoteList[0].Text}, []any{Snoozed, "ana@desk", []string{"billing"}, "called back"})
	for range 5 {
		b.undo()
	}
	if it, err = b.Item(ctx, id[0]); err != nil {
		t.Fatal(err)
	}
	equal(t, "undone", []any{it.State, it.Claim, it.Labels, len(it.NoteList)}, []any{StateOpen, "", []string(nil), 0})
}

// What may have arrived is taken back at the service too, however often it was tried since.
func TestUndoOfWhatMayHaveArrived(t *testing.T) {
	for name, tries := range map[string][]error{"once": nil, "tried again in vain": {offline}, "and again": {offline, offline}} {
		t.Run(name, func(t *testing.T) {
			b := synced(t, 3)
			b.svc.after["read"] = []error{lost}
			op := b.act(VerbRead, "1000")
			_ = b.Flush(t.Context()) // the answer is lost
			equal(t, "at the service", b.svc.messages["1000"].Read, true)
			for _, err := range tries {
				b.svc.fail["read"] = []error{err}
				b.pass(time.Hour)
				_ = b.Flush(t.Context())
			}
			if name == "and again" { // from the list of what waits
				if err := b.CancelOp(t.Context(), op.ID); err != nil {
					t.Fatal(err)
				}
			} else {
				b.undo()
			}
			equal(t, "shown", b.look("1000"), "unread alive open *")
			b.pass(time.Hour)
			b.flushAll()
			equal(t, "in the end", b.look("1000"), "unread alive open")
			equal(t, "at the service", b.svc.messages["1000"].Read, false)
		})
	}
}

// Of a deleted message the service tells only that it is; what it was read as is still
// known when a change of that is taken back.
func TestUndoAfterADeletedMessageIsToldOf(t *testing.T) {
	b := synced(t, 3)
	b.act(VerbRead, "1000")
	b.act(VerbDelete, "1000")
	b.flushAll()
	b.act(VerbUnread, "1000")
	if _, err := b.Apply(t.Context(), b.acc.ID, []Incoming{{Remote: "1000", Tombstone: true, Availability: Deleted}}); err != nil {
		t.Fatal(err)
	}
	b.undo()
	equal(t, "shown", b.look("1000"), "read deleted open")
}
