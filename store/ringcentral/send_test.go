package ringcentral_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
)

func TestSendEachKind(t *testing.T) {
	s := newSender(t, simulator.Config{}, 0)
	to := []store.Recipient{{Name: "Ana Lima", Number: "(415) 555-0123"}}
	sms := s.send(store.NewMessage{Kind: store.SendText, To: to, Text: "hello"})
	if sms.Words != "Text to Ana Lima" || sms.Until.Sub(s.clock.Now()) != 10*time.Second || len(sms.Items) != 1 {
		t.Errorf("%+v", sms)
	}
	s.wants("sms " + toAna + " queued (pending)")
	s.settled()
	if n := len(s.sim.Sent()); n != 0 {
		t.Errorf("%d sent although they can still be taken back", n)
	}
	<-s.clock.After(11 * time.Second)
	s.settled()
	s.wants("sms " + toAna + " queued")
	s.send(store.NewMessage{Kind: store.SendText, To: to, Text: "see", Files: []string{s.file("a.png", 70_000)}})
	<-s.clock.After(time.Second)
	s.send(store.NewMessage{Kind: store.SendPager, To: []store.Recipient{{Extension: colleg}}, Text: "lunch?"})
	<-s.clock.After(time.Second)
	s.send(store.NewMessage{Kind: store.SendFax, To: to, Files: []string{s.file("a.txt", 10), s.file("b#1.txt", 20)}, Text: "as agreed", Fine: true, Cover: "7"})
	<-s.clock.After(11 * time.Second)
	s.settled()
	sent := s.sim.Sent()
	if len(sent) != 4 {
		t.Fatalf("%d sent: %+v", len(sent), sent)
	}
	if fax := sent[3]; fax.Type != "Fax" || fax.CoverText != "as agreed" || fax.Cover != 7 || len(fax.Files) != 2 || fax.Files[1].Name != "b_1.txt" || !fax.Start.After(fax.Time) {
		t.Errorf("%+v", fax)
	}
	s.sync()
	<-s.clock.After(2 * time.Minute)
	s.sync()
	s.wants("sms "+toAna+" delivered", "mms "+toAna+" delivered", "pager "+colleg+" sent", "fax "+toAna+" sent")
	s.agrees()
	if it := s.item(sms.Items[0]); it.Text != "hello" || strings.HasPrefix(it.Remote, "send:") || it.Pending || len(it.Attachments) != 1 {
		t.Errorf("the echo has not become the message: %+v", it)
	}
	ops, err := s.Ops(t.Context(), 10)
	if err != nil || len(ops) != 4 || ops[0].State != store.OpConfirmed || ops[0].Verb != store.VerbSend {
		t.Errorf("%+v, %v", ops, err)
	}
	left, _ := os.ReadDir(filepath.Join(s.dir, "outgoing"))
	if len(left) != 3 {
		t.Errorf("%d copies of 3 files while they are sent", len(left))
	}
}

func TestSendChecks(t *testing.T) {
	s := newSender(t, simulator.Config{}, 0)
	ana := []store.Recipient{{Number: toAna}}
	for _, c := range []struct {
		want string
		m    store.NewMessage
	}{
		{"nothing to send", store.NewMessage{Kind: store.SendText, To: ana, Text: " \n"}},
		{"whom it is for", store.NewMessage{Kind: store.SendText, Text: "x"}},
		{"10 characters too long", store.NewMessage{Kind: store.SendText, To: ana, Text: strings.Repeat("x", 1010)}},
		{"extension", store.NewMessage{Kind: store.SendText, To: []store.Recipient{{Number: "104"}}, Text: "x"}},
		{"short number", store.NewMessage{Kind: store.SendText, To: []store.Recipient{{Number: "72345"}}, Text: "x"}},
		{"named twice", store.NewMessage{Kind: store.SendText, To: []store.Recipient{{Number: toAna}, {Number: "415 555 0123"}}, Text: "x"}},
		{"none of your numbers", store.NewMessage{Kind: store.SendText, From: "+12125550100", To: ana, Text: "x"}},
		{"cannot send texts", store.NewMessage{Kind: store.SendText, From: "+16505550102", To: ana, Text: "x"}},
		{"other countries", store.NewMessage{Kind: store.SendText, To: []store.Recipient{{Number: "+4930123456"}}, Text: "x"}},
		{"1.6 MB together; the service takes 1.5 MB", store.NewMessage{Kind: store.SendText, To: ana, Files: []string{s.file("big.png", 1_600_000)}}},
		{"1500001 bytes together; the service takes 1500000 bytes", store.NewMessage{Kind: store.SendText, To: ana, Files: []string{s.file("big.png", 1_500_001)}}},
		{"letter.docx cannot be sent in a text", store.NewMessage{Kind: store.SendText, To: ana, Files: []string{s.file("a.png", 1), s.file("letter.docx", 3)}}},
		{"11 files are too many", store.NewMessage{Kind: store.SendText, To: ana, Files: many(s.file("a.png", 1), 11)}},
		{"is empty", store.NewMessage{Kind: store.SendText, To: ana, Files: []string{s.file("a.png", 0)}}},
		{"no file", store.NewMessage{Kind: store.SendText, To: ana, Files: []string{filepath.Join(s.dir, "none.png")}}},
		{"is a folder", store.NewMessage{Kind: store.SendFax, To: ana, Files: []string{s.dir}}},
		{"needs a file", store.NewMessage{Kind: store.SendFax, To: ana}},
		{"song.mp3 cannot be sent by fax", store.NewMessage{Kind: store.SendFax, To: ana, Files: []string{s.file("song.mp3", 3)}}},
		{"no place for the words", store.NewMessage{Kind: store.SendFax, To: ana, Text: "x", Cover: store.CoverNone, Files: []string{s.file("a.txt", 3)}}},
		{"is no extension", store.NewMessage{Kind: store.SendPager, To: []store.Recipient{{Extension: "ana"}}, Text: "x"}},
	} {
		if _, err := s.Send(t.Context(), c.m); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want %q: %v", c.want, err)
		}
	}
	check, err := s.CheckMessage(t.Context(), store.NewMessage{Kind: store.SendText, To: ana, Text: strings.Repeat("é", 170) + "ő"})
	if err != nil || check.Characters != 171 || check.Segments != 3 || !check.Unicode || check.MMS {
		t.Errorf("%+v, %v", check, err)
	}
	if len(s.outbound()) != 0 || len(s.sim.Sent()) != 0 {
		t.Error("something of it was recorded")
	}
	left, _ := os.ReadDir(filepath.Join(s.dir, "outgoing"))
	if len(left) != 0 {
		t.Errorf("%d copies are left", len(left))
	}
}

func many(path string, n int) (list []string) {
	for range n {
		list = append(list, path)
	}
	return list
}

// An account without texts is told so before anything leaves.
func TestSendHIPAA(t *testing.T) {
	s := newSender(t, simulator.Config{}, 0)
	s.sim.HIPAA(true)
	_, err := s.Send(t.Context(), store.NewMessage{Kind: store.SendText, To: []store.Recipient{{Number: toAna}}, Text: "hi"})
	if err == nil || !strings.Contains(err.Error(), "HIPAA") {
		t.Errorf("%v", err)
	}
	own, err := s.Senders(t.Context(), "")
	if err != nil || len(own) != 5 || own[0].Text || !own[0].Call {
		t.Errorf("%+v, %v", own, err)
	}
}

func TestSenders(t *testing.T) {
	s := newSender(t, simulator.Config{}, -1)
	own, err := s.Senders(t.Context(), "")
	if err != nil || len(own) != 5 || !own[0].Default || !own[0].Primary || own[4].MMS || own[4].Kind != "toll-free company number" {
		t.Fatalf("%+v, %v", own, err)
	}
	if err := s.UseSender(t.Context(), s.acc.Key, store.SendText, own[1].Number); err != nil {
		t.Fatal(err)
	}
	s.send(store.NewMessage{Kind: store.SendText, To: []store.Recipient{{Number: toAna}}, Text: "hi"})
	s.settled()
	if sent := s.sim.Sent(); sent[0].From != own[1].Number {
		t.Errorf("from %s", sent[0].From)
	}
	covers, err := s.Covers(t.Context(), "")
	if err != nil || len(covers) < 5 || covers[0].ID != store.CoverNone {
		t.Errorf("%+v, %v", covers, err)
	}
	s.sim.Offline(true)
	s.reopen()
	if own, err := s.Senders(t.Context(), ""); err != nil || len(own) != 5 || !own[1].Default {
		t.Errorf("offline: %+v, %v", own, err)
	}
}

// What the service refuses stays, with why, and can be sent once more.
func TestSendRefusedAndRetried(t *testing.T) {
	s := newSender(t, simulator.Config{}, -1)
	s.send(store.NewMessage{Kind: store.SendPager, To: []store.Recipient{{Extension: "999"}}, Text: "hello"})
	if err := s.Flush(t.Context()); err == nil || !strings.Contains(err.Error(), "There is no such extension") {
		t.Fatalf("%v", err)
	}
	s.wants("pager 999 sending failed")
	failed := s.rows("is:failed")
	if len(failed) != 1 || failed[0].State != store.StateOpen {
		t.Fatalf("%+v", failed)
	}
	if it := s.item(failed[0].ID); it.To[0].Why == "" || it.Pending {
		t.Errorf("%+v", it.To)
	}
	op, err := s.RetrySend(t.Context(), failed[0].ID)
	if err != nil || op.ID == 0 {
		t.Fatal(op, err)
	}
	s.wants("pager 999 queued (pending)")
	if _, err := s.Act(t.Context(), store.Change{Verb: store.VerbDelete, Items: op.Items}); err == nil {
		t.Error("deleted while it is on its way")
	}
	if err := s.Flush(t.Context()); err == nil {
		t.Fatal("not refused")
	}
	if _, err := s.Act(t.Context(), store.Change{Verb: store.VerbDelete, Items: op.Items}); err != nil {
		t.Error(err)
	}
	s.wants()
	if err := s.Flush(t.Context()); err != nil {
		t.Error(err)
	}
}

// A fax that failed on its way says why, and goes once more by reference, to those it
// did not reach.
func TestFailedFax(t *testing.T) {
	s := newSender(t, simulator.Config{}, -1)
	s.send(store.NewMessage{Kind: store.SendFax, To: []store.Recipient{{Number: toAna}, {Number: toBusy}}, Files: []string{s.file("a.txt", 5)}})
	s.settled()
	<-s.clock.After(2 * time.Minute)
	s.sync()
	rows := s.rows("is:failed")
	if len(rows) != 1 || rows[0].State != store.StateOpen {
		t.Fatalf("%+v", rows)
	}
	it := s.item(rows[0].ID)
	if it.To[1].Why != "The line was busy" || it.To[0].Why != "" || it.Preview != "The line was busy" {
		t.Errorf("%+v, %q", it.To, it.Preview)
	}
	if n, err := s.Notices(t.Context()); err != nil || len(n) != 1 || n[0].Text != "The fax to (415) 555-0123 and (415) 555-0100 did not arrive: the line was busy" {
		t.Errorf("%+v, %v", n, err)
	}
	if _, err := s.RetrySend(t.Context(), it.ID); err != nil {
		t.Fatal(err)
	}
	s.settled()
	sent := s.sim.Sent()
	if len(sent) != 2 || len(sent[1].To) != 1 || sent[1].To[0] != toBusy || sent[1].Original != sent[0].ID {
		t.Errorf("%+v", sent)
	}
}

// What cannot be told is left to a person.
func TestSendUnsure(t *testing.T) {
	for _, was := range []bool{true, false} {
		s := newSender(t, simulator.Config{}, -1)
		if err := s.sim.FailNext("createSMSMessage", "late-500", 0, 1); err != nil {
			t.Fatal(err)
		}
		op := s.send(store.NewMessage{Kind: store.SendText, To: []store.Recipient{{Number: toAna}}, Text: "once"})
		if err := s.Flush(t.Context()); err == nil {
			t.Fatal("nothing was lost")
		}
		s.sim.Deny("ReadMessages", true)
		<-s.clock.After(time.Minute)
		err := s.Flush(t.Context())
		if err == nil || !strings.Contains(err.Error(), "Nobody can tell") {
			t.Fatalf("%v", err)
		}
		list, err := s.Unsure(t.Context())
		if err != nil || len(list) != 1 || list[0].ID != op.ID || !list[0].Unsure || list[0].State != store.OpUnknown {
			t.Fatalf("%+v, %v", list, err)
		}
		if err := s.Flush(t.Context()); err != nil {
			t.Errorf("asked again: %v", err)
		}
		if err := s.RetryOp(t.Context(), op.ID); err == nil {
			t.Error("sent again without a word")
		}
		if err := s.SettleUnsure(t.Context(), op.ID, was); err != nil {
			t.Fatal(err)
		}
		if err := s.SettleUnsure(t.Context(), op.ID, was); err == nil {
			t.Error("settled twice")
		}
		if err := s.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := 2
		if was {
			want = 1
		}
		if n := len(s.sim.Sent()); n != want {
			t.Errorf("was sent %v: %d at the service", was, n)
		}
		s.sim.Deny("ReadMessages", false)
		<-s.clock.After(time.Minute)
		s.sync()
		if n := len(s.outbound()); n != want {
			t.Errorf("was sent %v: shown %v", was, s.outbound())
		}
	}
}

// taker sends, takes back, does again and looks at the drafts.
type taker struct{ *sender }

func (s *taker) undo() store.Op {
	s.t.Helper()
	op, err := s.Undo(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return op
}

func (s *taker) redo() {
	s.t.Helper()
	if _, err := s.Redo(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

func (s *taker) drafts(n int) []store.MessageDraft {
	s.t.Helper()
	list, err := s.MessageDrafts(s.t.Context())
	if err != nil || len(list) != n {
		s.t.Fatalf("%d drafts, want %d: %+v, %v", len(list), n, list, err)
	}
	return list
}

func TestSendUndo(t *testing.T) {
	s := &taker{newSender(t, simulator.Config{}, 0)}
	to := []store.Recipient{{Name: "Ana Lima", Number: toAna}}
	s.send(store.NewMessage{Kind: store.SendText, To: to, Text: "hello", Files: []string{s.file("a.png", 9)}})
	s.reopen()
	if op := s.undo(); op.Words != "Taken back: text to Ana Lima. It is among the drafts" {
		t.Errorf("%q", op.Words)
	}
	s.wants()
	d := s.drafts(1)[0]
	if d.Message.Text != "hello" || len(d.Message.Files) != 1 || d.Words != "Text to Ana Lima: hello" {
		t.Errorf("%+v", d)
	}
	s.redo()
	s.drafts(0)
	s.wants("mms " + toAna + " queued (pending)")
	<-s.clock.After(11 * time.Second)
	s.settled()
	if n := len(s.sim.Sent()); n != 1 {
		t.Errorf("%d sent", n)
	}
	if op := s.undo(); !strings.Contains(op.Words, "has gone out") {
		t.Errorf("%q", op.Words)
	}
	if _, err := s.Undo(t.Context()); !errors.Is(err, store.ErrNothing) {
		t.Errorf("said twice: %v", err)
	}
}

// A fax waits at the service, and is taken back there, as long as it is not too late.
func TestFaxUndo(t *testing.T) {
	s := &taker{newSender(t, simulator.Config{}, 0)}
	to := []store.Recipient{{Name: "Ana Lima", Number: toAna}}
	fax := s.send(store.NewMessage{Kind: store.SendFax, To: to, Files: []string{s.file("a.txt", 5)}, At: s.clock.Now().Add(time.Hour)})
	s.settled()
	s.undo()
	if r := s.item(fax.Items[0]); r.Availability != store.Deleted || !r.Pending {
		t.Errorf("shown as %s, pending %v", r.Availability, r.Pending)
	}
	s.settled()
	sent := s.sim.Sent()
	if len(sent) != 1 || !sent[0].Canceled {
		t.Errorf("%+v", sent)
	}
	s.sync()
	s.agrees()
	s.drafts(1)
	s.redo()
	s.settled()
	if sent := s.sim.Sent(); len(sent) != 2 || sent[1].Canceled || !sent[1].Start.Equal(sent[0].Start) {
		t.Errorf("%+v", sent)
	}
	s.drafts(0)
	// Too late: it says so.
	late := s.send(store.NewMessage{Kind: store.SendFax, To: to, Files: []string{s.file("a.txt", 5)}})
	s.settled()
	s.undo()
	<-s.clock.After(5 * time.Minute)
	if err := s.Flush(t.Context()); err == nil || !strings.Contains(err.Error(), "too late") {
		t.Errorf("%v", err)
	}
	if r := s.item(late.Items[0]); r.Availability != store.Alive || r.Pending {
		t.Errorf("shown as %s, pending %v", r.Availability, r.Pending)
	}
}

// A text that may still be taken back, an upload under way and a post do not wait for
// each other.
func TestSendLanes(t *testing.T) {
	began := time.Now()
	s := newSenderOf(openAt(t, &clock{t: began, began: began, haste: 100}, simulator.Config{}), 0)
	s.send(store.NewMessage{Kind: store.SendText, To: []store.Recipient{{Number: toAna}}, Text: "held"})
	if _, err := s.SaveContact(t.Context(), store.Contact{Account: s.acc.ID, First: "New"}); err != nil {
		t.Fatal(err)
	}
	gate, begun := make(chan struct{}), make(chan struct{})
	s.box.hold = func(o store.Outgoing) {
		if o.Kind == store.SendFax {
			close(begun)
			<-gate
		}
	}
	done := make(chan error, 1)
	s.send(store.NewMessage{Kind: store.SendFax, To: []store.Recipient{{Number: toAna}}, Files: []string{s.file("a.txt", 9)}})
	go func() { done <- s.Flush(t.Context()) }()
	<-begun
	ctx, cancel := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- s.Run(ctx) }()
	changed, stop := s.Watch()
	defer stop()
	for sent := 0; sent == 0; { // the text goes out while the fax is under way
		<-changed
		for _, m := range s.sim.Sent() {
			if m.Type == "SMS" {
				sent++
			}
		}
	}
	if ops, err := s.Ops(t.Context(), 10); err != nil || ops[0].Verb != store.VerbSend || ops[0].State != store.OpSending {
		t.Errorf("the fax: %+v, %v", ops[0], err)
	}
	close(gate)
	if err := <-done; err != nil {
		t.Error(err)
	}
	cancel()
	<-ran
	if n := len(s.sim.Sent()); n != 2 {
		t.Errorf("%d sent", n)
	}
}
