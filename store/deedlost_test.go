package store

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"switchboard/api"
)

// What is not known to have been done is asked about, and done once.
func TestDeedUnknown(t *testing.T) {
	for _, arrived := range []bool{true, false} {
		t.Run(fmt.Sprint("arrived=", arrived), func(t *testing.T) {
			d := newDeedDesk(t, t.TempDir(), newBook())
			old, _ := d.add("Ana") // of the same name, from before
			d.flushed()
			d.requests("create Ana")
			if arrived {
				d.book.lose = 1
			} else {
				d.book.fail["do"] = []error{noAnswer}
			}
			d.pass(time.Hour)
			id, op := d.add("Ana")
			if err := d.Flush(t.Context()); err == nil || !strings.Contains(err.Error(), "sent later") {
				t.Errorf("%v", err)
			}
			equal(t, "state", d.op(op.ID).State, OpUnknown)
			equal(t, "shown", d.shown(id), "Ana// *")
			if out, err := d.sendDeed(t.Context(), d.box(), laneDeeds); err != nil || out.wait <= 0 {
				t.Errorf("asked at once: %+v, %v", out, err)
			}
			d.pass(unknownWait)
			// The question fails too: it is asked again.
			d.book.fail["sought"] = []error{broken}
			if out, err := d.sendDeed(t.Context(), d.box(), laneDeeds); err != nil || out.wait < unknownWait {
				t.Errorf("%+v, %v", out, err)
			}
			d.pass(time.Minute)
			if out, err := d.sendDeed(t.Context(), d.box(), laneDeeds); err != nil || out.wait != 0 {
				t.Errorf("%+v, %v", out, err)
			}
			equal(t, "state", d.op(op.ID).State, OpConfirmed)
			equal(t, "there", d.there(), []string{"r1 Ana//", "r2 Ana//"})
			if arrived {
				d.requests("create Ana", "sought", "sought")
			} else {
				d.requests("sought", "sought", "create Ana")
			}
			a, errA := d.Contact(t.Context(), old)
			b, errB := d.Contact(t.Context(), id)
			if err := errors.Join(errA, errB); err != nil || a.Remote != "r1" || b.Remote != "r2" {
				t.Errorf("%+v, %+v, %v", a, b, err)
			}
		})
	}
}

// The service is down for a while: the deed waits, and those behind it.
func TestDeedWaits(t *testing.T) {
	d := newDeedDesk(t, t.TempDir(), newBook())
	d.book.fail["do"] = []error{&api.Error{Service: "Test", Op: "op", Status: 429, Code: "CMN-301"}}
	_, op := d.add("Ana")
	d.add("Bob")
	out, err := d.sendDeed(t.Context(), d.box(), laneDeeds)
	if err != nil || out.wait < time.Minute || out.trouble == nil {
		t.Errorf("%+v, %v", out, err)
	}
	if out, err := d.sendDeed(t.Context(), d.box(), laneDeeds); err != nil || out.wait < 50*time.Second {
		t.Errorf("the next goes past it: %+v, %v", out, err)
	}
	got := d.op(op.ID)
	if got.State != OpPending || got.NextTry.IsZero() || got.Error == "" {
		t.Errorf("%+v", got)
	}
	d.requests()
	if err := d.RetryOp(t.Context(), op.ID); err != nil {
		t.Fatal(err)
	}
	d.flushed()
	d.requests("create Ana", "create Bob")
}

func TestDeedCancel(t *testing.T) {
	d := newDeedDesk(t, t.TempDir(), newBook())
	id, op := d.add("Ana")
	if err := d.CancelOp(t.Context(), op.ID); err != nil {
		t.Fatal(err)
	}
	equal(t, "shown", d.shown(id), "-")
	equal(t, "state", d.op(op.ID).State, OpCancelled)
	d.flushed()
	d.requests()
	if _, err := d.Undo(t.Context()); !errors.Is(err, ErrNothing) {
		t.Errorf("taken back although cancelled: %v", err)
	}
	id, op = d.add("Bob")
	d.flushed()
	if err := d.CancelOp(t.Context(), op.ID); err == nil {
		t.Error("cancelled although it was sent")
	}
	equal(t, "shown", d.shown(id), "Bob//")
	// One below another: what is on top of it stays.
	first := d.set(id, func(c *Contact) { c.Company = "Acme" })
	d.set(id, func(c *Contact) { c.Job = "Cook" })
	if err := d.CancelOp(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	equal(t, "shown", d.shown(id), "Bob//Cook *")
	d.flushed()
	equal(t, "there", d.there(), []string{"r1 Bob//Cook"})
	d.undo()
	d.flushed()
	equal(t, "there", d.there(), []string{"r1 Bob//"})
}

// The process dies between the request and its answer. Another waits for its lease, asks,
// and does nothing twice.
func TestDeedCrash(t *testing.T) {
	dir, k := t.TempDir(), newBook()
	d := newDeedDesk(t, dir, k)
	id, op := d.add("Ana")
	d.sync.name = "elsewhere/1/abc"
	c, _, err := d.claimDeed(t.Context(), d.acc.ID, laneDeeds)
	if err != nil || c.op != op.ID {
		t.Fatal(c, err)
	}
	if _, err := k.Do(t.Context(), Doing{Verb: c.verb, Payload: c.does}); err != nil {
		t.Fatal(err)
	}
	k.calls()
	two := newDeedDesk(t, dir, k)
	equal(t, "shown", two.shown(id), "Ana// *")
	out, err := two.sendDeed(t.Context(), two.box(), laneDeeds)
	if err != nil || out.idle || out.wait <= 0 {
		t.Errorf("while the lease runs: %+v, %v", out, err)
	}
	two.requests()
	two.pass(deedLease + time.Second)
	two.flushed()
	two.requests("sought")
	equal(t, "there", two.there(), []string{"r1 Ana//"})
	equal(t, "shown", two.shown(id), "Ana//")
}

// A sync that brings in what was made, before its making is known to have worked, does
// not make two of it.
func TestDeedMadeAndSynced(t *testing.T) {
	d := newDeedDesk(t, t.TempDir(), newBook())
	d.book.lose = 1
	id, _ := d.add("Ana")
	if err := d.Flush(t.Context()); err == nil {
		t.Fatal("not lost")
	}
	ref := bookRef{d.acc.ID, d.acc.Key, Personal}
	in := IncomingContact{Contact: Contact{Remote: "r1", First: "Ana", Job: "theirs"}}
	if err := d.takeAll(t.Context(), ref, []IncomingContact{in}, d.now(), d.now(), false, func(*sql.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	d.pass(unknownWait)
	d.flushed()
	w, err := d.ContactWindow(t.Context(), ContactQuery{}, 0, 0, 10)
	if err != nil || len(w.Rows) != 1 || w.Rows[0].ID != id || w.Rows[0].Remote != "r1" {
		t.Errorf("%+v, %v", w.Rows, err)
	}
	equal(t, "there", d.there(), []string{"r1 Ana//"})
}

// A sync while a change waits shows theirs and ours; refused, only theirs.
func TestDeedKeptOverSync(t *testing.T) {
	d := newDeedDesk(t, t.TempDir(), newBook())
	id, _ := d.add("Ana")
	d.flushed()
	d.set(id, func(c *Contact) { c.Company = "Ours" })
	ref := bookRef{d.acc.ID, d.acc.Key, Personal}
	sync := func(asked time.Time, c Contact) {
		t.Helper()
		c.Remote = "r1"
		if err := d.takeAll(t.Context(), ref, []IncomingContact{{Contact: c}}, asked, d.now(), false, func(*sql.Tx) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	sync(d.now(), Contact{First: "Ana", Job: "Cook", Company: "Theirs"})
	equal(t, "shown", d.shown(id), "Ana/Ours/Cook *")
	d.book.fail["do"] = []error{badInput}
	if err := d.Flush(t.Context()); err == nil {
		t.Fatal("not refused")
	}
	equal(t, "shown", d.shown(id), "Ana/Theirs/Cook")
	// An answer from before a change was confirmed is older than what is here.
	asked := d.now()
	d.pass(time.Second)
	d.set(id, func(c *Contact) { c.Company = "Ours" })
	d.flushed()
	sync(asked, Contact{First: "Ana", Company: "Theirs"})
	if got := d.shown(id); !strings.Contains(got, "Ours") {
		t.Errorf("shown as before the change: %s", got)
	}
	d.pass(time.Second)
	sync(d.now(), Contact{First: "Ana", Company: "Later"})
	equal(t, "shown", d.shown(id), "Ana/Later/")
	// Deleted here, it does not come back with an answer that still has it.
	if _, err := d.DeleteContact(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	d.pass(time.Second)
	sync(d.now(), Contact{First: "Ana", Company: "Even later"})
	equal(t, "shown", d.shown(id), "-")
	d.undo()
	equal(t, "shown", d.shown(id), "Ana/Even later/")
}

// A contact that is gone at the service: a change of it is refused, a deletion is done.
func TestDeedGone(t *testing.T) {
	d := newDeedDesk(t, t.TempDir(), newBook())
	id, _ := d.add("Ana")
	d.flushed()
	d.book.fail["do"] = []error{notFound}
	d.set(id, func(c *Contact) { c.Company = "Acme" })
	if err := d.Flush(t.Context()); err == nil || !strings.Contains(err.Error(), "no longer exists") {
		t.Errorf("%v", err)
	}
}
