package ringcentral_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
)

// A sync brings what was sent before its answer has: shown is one message, not two, and
// nobody asks for it.
func TestSyncBringsWhatWasSent(t *testing.T) {
	for _, fault := range []string{"late-500", "reset", "kill after"} {
		t.Run(fault, func(t *testing.T) {
			s := newSender(t, simulator.Config{}, -1)
			s.sync()
			if fault == "kill after" {
				s.box.after = func() { s.Close() }
			} else if err := s.sim.FailNext("createMMS", fault, 0, 1); err != nil {
				t.Fatal(err)
			}
			op := s.send(store.NewMessage{
				Kind: store.SendText, To: []store.Recipient{{Number: toAna}, {Number: "+14155550124"}}, Text: "all", Files: []string{s.file("a.png", 5)},
			})
			if _, err := s.Act(t.Context(), store.Change{Verb: store.VerbNote, Items: op.Items, Text: "mine"}); err != nil {
				t.Fatal(err)
			}
			if err := s.Flush(t.Context()); err == nil {
				t.Fatal("nothing was lost")
			}
			if s.box.dead {
				s.reopen()
			}
			asked := len(s.sim.Requests())
			if rep, err := s.SyncOnce(t.Context(), s.acc.ID, false); err != nil || rep.New != 0 {
				t.Fatalf("%+v, %v", rep, err)
			}
			it := s.item(op.Items[0])
			if strings.HasPrefix(it.Remote, "send:") || len(it.NoteList) != 1 || len(s.outbound()) != 1 || len(it.Attachments) != 2 {
				t.Errorf("%+v, shown %v", it, s.outbound())
			}
			s.settled()
			s.agrees()
			if n := len(s.sim.Sent()); n != 1 {
				t.Errorf("%d sent", n)
			}
			if fault == "kill after" {
				return // it may be under way still: it is asked for
			}
			for _, r := range s.sim.Requests()[asked:] {
				if r.Op == "listMessages" {
					t.Error("asked for what was known")
				}
			}
		})
	}
}

// The same text to the same person twice is two messages.
func TestSendSameTwice(t *testing.T) {
	s := newSender(t, simulator.Config{}, -1)
	to := []store.Recipient{{Number: toAna}}
	s.send(store.NewMessage{Kind: store.SendText, To: to, Text: "ok"})
	s.settled()
	if err := s.sim.FailNext("createSMSMessage", "drop", 0, 1); err != nil {
		t.Fatal(err)
	}
	s.send(store.NewMessage{Kind: store.SendText, To: to, Text: "ok"})
	s.settled()
	if n := len(s.sim.Sent()); n != 2 {
		t.Errorf("%d sent", n)
	}
	// Also where the first one came from elsewhere and nobody has heard of it here.
	s.clock.After(time.Minute)
	other := newSenderOf(s.desk, -1)
	other.send(store.NewMessage{Kind: store.SendText, To: to, Text: "ok"})
	other.settled()
	<-s.clock.After(20 * time.Second)
	if err := s.sim.FailNext("createSMSMessage", "drop", 0, 1); err != nil {
		t.Fatal(err)
	}
	s.send(store.NewMessage{Kind: store.SendText, To: to, Text: "ok"})
	s.settled()
	if n := len(s.sim.Sent()); n != 4 {
		t.Errorf("%d sent", n)
	}
	s.sync()
	if n := len(s.outbound()); n != 4 {
		t.Errorf("shown: %v", s.outbound())
	}
	s.agrees()
}

// Two faxes to one number look alike at the service: it cannot tell which went out.
func TestFaxesLookAlike(t *testing.T) {
	s := newSender(t, simulator.Config{}, -1)
	fax := store.NewMessage{Kind: store.SendFax, To: []store.Recipient{{Number: toAna}}, Files: []string{s.file("a.txt", 9)}}
	if err := s.sim.FailNext("createFaxMessage", "late-500", 0, 1); err != nil {
		t.Fatal(err)
	}
	s.send(fax)
	_ = s.Flush(t.Context()) // it was lost
	other := newSenderOf(s.desk, -1)
	other.send(fax)
	other.settled()
	<-s.clock.After(time.Minute)
	if err := s.Flush(t.Context()); err == nil || !strings.Contains(err.Error(), "2 faxes to the same number") {
		t.Errorf("%v", err)
	}
	if list, err := s.Unsure(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
}

// An upload that is not wanted any more is broken off, and leaves nothing.
func TestUndoWhileSending(t *testing.T) {
	s := newSender(t, simulator.Config{}, 0)
	to := []store.Recipient{{Name: "Ana", Number: toAna}}
	undone := make(chan error, 1)
	s.box.hold = func(store.Outgoing) {
		s.box.hold = nil
		go func() {
			_, err := s.Undo(t.Context())
			undone <- err
		}()
		<-s.clock.After(time.Second)
		if err := <-undone; err != nil {
			t.Error(err)
		}
	}
	s.send(store.NewMessage{Kind: store.SendFax, To: to, Files: []string{s.file("a.txt", 9)}})
	s.settled()
	if n := len(s.sim.Sent()); n != 0 {
		t.Errorf("%d sent", n)
	}
	s.wants()
	d, err := s.MessageDrafts(t.Context())
	if err != nil || len(d) != 1 || filepath.Base(d[0].Message.Files[0]) != "a.txt" {
		t.Errorf("%+v, %v", d, err)
	}
	if ops, err := s.Ops(t.Context(), 5); err != nil || ops[0].State != store.OpConfirmed || ops[1].State != store.OpCancelled {
		t.Errorf("%+v, %v", ops, err)
	}
	// Taken back before anybody knows whether it went out: it did, and that is said.
	if err := s.sim.FailNext("createSMSMessage", "late-500", 0, 1); err != nil {
		t.Fatal(err)
	}
	s.send(store.NewMessage{Kind: store.SendText, To: to, Text: "gone"})
	<-s.clock.After(11 * time.Second)
	_ = s.Flush(t.Context()) // it was lost
	if op, err := s.Undo(t.Context()); err != nil || op.Words != "Taking back: text to Ana" {
		t.Errorf("%+v, %v", op, err)
	}
	<-s.clock.After(time.Minute)
	if err := s.Flush(t.Context()); err == nil || !strings.Contains(err.Error(), "too late") {
		t.Errorf("%v", err)
	}
	// It did not, and does not any more.
	if err := s.sim.FailNext("createSMSMessage", "500", 0, 1); err != nil {
		t.Fatal(err)
	}
	s.send(store.NewMessage{Kind: store.SendText, To: to, Text: "kept"})
	<-s.clock.After(11 * time.Second)
	_ = s.Flush(t.Context()) // nobody knows
	if _, err := s.Undo(t.Context()); err != nil {
		t.Error(err)
	}
	s.settled()
	if n := len(s.sim.Sent()); n != 1 {
		t.Errorf("%d sent", n)
	}
	if d, err := s.MessageDrafts(t.Context()); err != nil || len(d) != 2 || d[0].Message.Text != "kept" {
		t.Errorf("%+v, %v", d, err)
	}
}

// A fax whose taking back has not reached the service yet goes out after all.
func TestRedoBeforeCancel(t *testing.T) {
	s := newSender(t, simulator.Config{}, 0)
	fax := s.send(store.NewMessage{Kind: store.SendFax, To: []store.Recipient{{Number: toAna}}, Files: []string{s.file("a.txt", 9)}, At: s.clock.Now().Add(time.Hour)})
	s.settled()
	for range 2 {
		if _, err := s.Undo(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Redo(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	s.settled()
	if sent := s.sim.Sent(); len(sent) != 1 || sent[0].Canceled {
		t.Errorf("%+v", sent)
	}
	if it := s.item(fax.Items[0]); it.Availability != store.Alive || it.Pending {
		t.Errorf("shown as %s, pending %v", it.Availability, it.Pending)
	}
	if _, err := s.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.settled()
	if sent := s.sim.Sent(); len(sent) != 1 || !sent[0].Canceled {
		t.Errorf("%+v", sent)
	}
}

// Copies of files go when what they are for has arrived, and not before.
func TestCopiesGo(t *testing.T) {
	s := newSender(t, simulator.Config{}, -1)
	copies := func() (names []string) {
		_ = filepath.WalkDir(filepath.Join(s.dir, "outgoing"), func(path string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				names = append(names, d.Name())
			}
			return nil
		})
		slices.Sort(names)
		return names
	}
	wants := func(want ...string) {
		t.Helper()
		if err := s.TidySends(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := copies(); !slices.Equal(got, want) {
			t.Errorf("copies of %v, want %v", got, want)
		}
	}
	path := s.file("a.png", 9)
	s.send(store.NewMessage{Kind: store.SendText, To: []store.Recipient{{Number: toAna}}, Files: []string{path}})
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	wants("a.png")
	s.settled()
	s.send(store.NewMessage{Kind: store.SendFax, To: []store.Recipient{{Number: toBusy}}, Files: []string{s.file("b.txt", 9)}})
	s.settled()
	<-s.clock.After(2 * time.Minute)
	s.sync()
	wants("b.txt") // it failed, and may be sent once more
	op := s.send(store.NewMessage{Kind: store.SendFax, To: []store.Recipient{{Number: toAna}}, Files: []string{s.file("c.txt", 9)}})
	if err := s.CancelOp(t.Context(), op.ID); err != nil {
		t.Fatal(err)
	}
	wants("b.txt", "c.txt") // it is a draft
	<-s.clock.After(48 * time.Hour)
	wants("b.txt", "c.txt")
}

// Drafts are kept, several at once.
func TestMessageDrafts(t *testing.T) {
	s := newSender(t, simulator.Config{}, 0)
	save := func(id int64, text string) int64 {
		t.Helper()
		id, err := s.SaveMessageDraft(t.Context(), id, store.NewMessage{Kind: store.SendText, To: []store.Recipient{{Name: "Ana", Number: toAna}}, Text: text})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	one, two := save(0, "one"), save(0, "two")
	<-s.clock.After(time.Second)
	if again := save(one, "one, longer"); again != one {
		t.Errorf("%d became %d", one, again)
	}
	s.reopen()
	list, err := s.MessageDrafts(t.Context())
	if err != nil || len(list) != 2 || list[0].ID != one || list[0].Message.Draft != one || list[0].Words != "Text to Ana: one, longer" {
		t.Fatalf("%+v, %v", list, err)
	}
	s.send(list[0].Message)
	if id := save(two, " \n"); id != two { // to whom it is to go was chosen
		t.Errorf("%d became %d", two, id)
	}
	if list, err := s.MessageDrafts(t.Context()); err != nil || len(list) != 1 || list[0].Words != "Text to Ana" {
		t.Errorf("%+v, %v", list, err)
	}
	if id, err := s.SaveMessageDraft(t.Context(), two, store.NewMessage{Kind: store.SendText, Text: " \n", From: toAna}); id != 0 || err != nil {
		t.Errorf("an empty draft is kept as %d, %v", id, err)
	}
	if list, err := s.MessageDrafts(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	if id := save(two, "after all"); id == 0 {
		t.Error("a draft that is gone is not kept anew")
	}
}
