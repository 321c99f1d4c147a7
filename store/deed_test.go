package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// book is a service in memory that keeps contacts by their deeds. It can lose answers:
// the change is carried out, and nobody is told.
type book struct {
	*box
	contacts map[string]Contact
	next     int
	lose     int // answers
}

func newBook() *book {
	return &book{box: newBox("test:1:1"), contacts: map[string]Contact{}}
}

func (k *book) Do(ctx context.Context, d Doing) (DeedDone, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := take(k.fail, "do"); err != nil {
		return DeedDone{}, err
	}
	if d.Verb == VerbFavorite {
		var f FavoriteState
		if err := json.Unmarshal(d.Payload, &f); err != nil {
			return DeedDone{}, err
		}
		k.log = append(k.log, fmt.Sprint("favorite ", f.Remote, " ", f.On))
		return DeedDone{}, nil
	}
	var st ContactState
	if err := json.Unmarshal(d.Payload, &st); err != nil {
		return DeedDone{}, err
	}
	remote := cmp.Or(d.Remote, st.Contact.Remote)
	if remote == NoRemote {
		remote = ""
	}
	done := k.carryOut(st, remote)
	if k.lose > 0 {
		k.lose--
		return DeedDone{}, noAnswer
	}
	return done, nil
}

func (k *book) carryOut(st ContactState, remote string) DeedDone {
	switch {
	case !st.Exists:
		k.log = append(k.log, "delete "+remote)
		delete(k.contacts, remote)
		return DeedDone{Remote: NoRemote}
	case remote == "":
		k.next++
		remote = fmt.Sprint("r", k.next)
		k.contacts[remote] = st.Contact
		k.log = append(k.log, "create "+st.Contact.Name)
	default:
		k.contacts[remote] = mergeContact(k.contacts[remote], &st.Contact, st.Fields)
		k.log = append(k.log, "change "+remote+" "+strings.Join(st.Fields, ","))
	}
	c := k.contacts[remote]
	c.Remote = remote
	reply, _ := json.Marshal(IncomingContact{Contact: c})
	return DeedDone{Remote: remote, Reply: reply}
}

func (k *book) Sought(ctx context.Context, d Doing) (DeedDone, bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.log = append(k.log, "sought")
	if err := take(k.fail, "sought"); err != nil {
		return DeedDone{}, false, err
	}
	var st ContactState
	if err := json.Unmarshal(d.Payload, &st); err != nil {
		return DeedDone{}, false, err
	}
	for r, c := range k.contacts {
		if c.Name == st.Contact.Name && !slices.Contains(d.Known, r) && d.Remote == "" {
			return DeedDone{Remote: r}, true, nil
		}
	}
	return DeedDone{}, false, nil
}

// deedDesk is a bench with such a service.
type deedDesk struct {
	*bench
	book *book
}

func newDeedDesk(t *testing.T, dir string, k *book) *deedDesk {
	t.Helper()
	d := &deedDesk{newBench(t, dir, k.box), k}
	d.Attach(k)
	if err := d.ready(t.Context(), d.box()); err != nil {
		t.Fatal(err)
	}
	return d
}

// add makes a contact and gives its id.
func (d *deedDesk) add(first string) (id int64, op Op) {
	d.t.Helper()
	op, err := d.SaveContact(d.t.Context(), Contact{Account: d.acc.ID, First: first})
	if err != nil {
		d.t.Fatal(err)
	}
	d.pass(time.Millisecond)
	if id, err = d.ContactOf(d.t.Context(), op.ID); err != nil {
		d.t.Fatal(err)
	}
	return id, op
}

// set changes fields of a contact.
func (d *deedDesk) set(id int64, change func(c *Contact)) Op {
	d.t.Helper()
	c, err := d.Contact(d.t.Context(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	change(&c)
	op, err := d.SaveContact(d.t.Context(), c)
	if err != nil {
		d.t.Fatal(err)
	}
	d.pass(time.Millisecond)
	return op
}

// shown is the contact as it is shown.
func (d *deedDesk) shown(id int64) string {
	d.t.Helper()
	c, err := d.Contact(d.t.Context(), id)
	if errors.Is(err, ErrNotFound) {
		return "-"
	}
	if err != nil {
		d.t.Fatal(err)
	}
	s := c.First + "/" + c.Company + "/" + c.Job
	if c.Pending {
		s += " *"
	}
	return s
}

// there is what the service has.
func (d *deedDesk) there() (out []string) {
	d.book.mu.Lock()
	defer d.book.mu.Unlock()
	for _, r := range slices.Sorted(maps.Keys(d.book.contacts)) {
		c := d.book.contacts[r]
		out = append(out, r+" "+c.First+"/"+c.Company+"/"+c.Job)
	}
	return out
}

func (d *deedDesk) flushed() {
	d.t.Helper()
	if err := d.Flush(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
}

func (d *deedDesk) undo() string {
	d.t.Helper()
	op, err := d.Undo(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	d.pass(time.Millisecond)
	return op.Words
}

func (d *deedDesk) notices() string {
	d.t.Helper()
	ns, err := d.Notices(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	var out []string
	for _, n := range ns {
		out = append(out, n.Text+" | "+n.Next)
	}
	return strings.Join(out, "; ")
}

func (d *deedDesk) requests(want ...string) {
	d.t.Helper()
	got := d.book.calls()
	if len(got) == 0 && len(want) == 0 {
		return
	}
	equal(d.t, "requests", got, want)
}

func TestDeedIsInEffectAtOnceAndReachesTheServiceOnce(t *testing.T) {
	d := newDeedDesk(t, t.TempDir(), newBook())
	id, op := d.add("Ana")
	equal(t, "shown", d.shown(id), "Ana// *")
	equal(t, "words", op.Words, "Added Ana to the contacts")
	d.requests()
	d.flushed()
	d.requests("create Ana")
	equal(t, "shown", d.shown(id), "Ana//")
	equal(t, "state", d.op(op.ID).State, OpConfirmed)
	d.flushed()
	d.requests()
	equal(t, "pending", d.Status()[0].Pending, 0)
}

// Deeds go out in the order in which they were made, and each knows what the ones before
// it were answered.
func TestDeedOrder(t *testing.T) {
	d := newDeedDesk(t, t.TempDir(), newBook())
	id, _ := d.add("Ana")
	d.set(id, func(c *Contact) { c.Company = "Acme" })
	d.add("Bob")
	if _, err := d.SetFavorite(t.Context(), id, true); err != nil {
		t.Fatal(err)
	}
	d.set(id, func(c *Contact) { c.Job = "Cook" })
	d.flushed()
	d.requests("create Ana", "change r1 company", "create Bob", "favorite r1 true", "change r1 job_title")
	equal(t, "there", d.there(), []string{"r1 Ana/Acme/Cook", "r2 Bob//"})
}

func TestDeedUndoBeforeSending(t *testing.T) {
	d := newDeedDesk(t, t.TempDir(), newBook())
	id, _ := d.add("Ana")
	d.set(id, func(c *Contact) { c.Company = "Acme" })
	equal(t, "undo", d.undo(), "Taken back: changed the company of Ana")
	equal(t, "shown", d.shown(id), "Ana// *")
	equal(t, "undo", d.undo(), "Taken back: added Ana to the contacts")
	equal(t, "shown", d.shown(id), "-")
	if _, err := d.Undo(t.Context()); !errors.Is(err, ErrNothing) {
		t.Errorf("a third time: %v", err)
	}
	d.flushed()
	d.requests()
	for _, want := range []string{"Ana// *", "Ana/Acme/ *"} {
		if _, err := d.Redo(t.Context()); err != nil {
			t.Fatal(err)
		}
		equal(t, "done again", d.shown(id), want)
	}
	d.flushed()
	equal(t, "there", d.there(), []string{"r1 Ana/Acme/"})
}

func TestDeedUndoAfterSending(t *testing.T) {
	d := newDeedDesk(t, t.TempDir(), newBook())
	id, _ := d.add("Ana")
	d.set(id, func(c *Contact) { c.Company = "Acme" })
	d.flushed()
	d.requests("create Ana", "change r1 company")
	d.undo()
	equal(t, "shown", d.shown(id), "Ana// *")
	d.flushed()
	equal(t, "there", d.there(), []string{"r1 Ana//"})
	d.undo()
	d.flushed()
	equal(t, "there", len(d.there()), 0)
	d.requests("change r1 company", "delete r1")
	// Done again, it is another one at the service, and the same here.
	for range 2 {
		if _, err := d.Redo(t.Context()); err != nil {
			t.Fatal(err)
		}
		d.pass(time.Millisecond)
	}
	d.flushed()
	equal(t, "there", d.there(), []string{"r2 Ana/Acme/"})
	equal(t, "shown", d.shown(id), "Ana/Acme/")
	if _, err := d.DeleteContact(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	d.flushed()
	d.requests("create Ana", "change r2 company", "delete r2")
}

// A request is under way while the person takes it back.
func TestDeedUndoWhileSending(t *testing.T) {
	d := newDeedDesk(t, t.TempDir(), newBook())
	id, _ := d.add("Ana")
	if _, _, err := d.claimDeed(t.Context(), d.acc.ID, laneDeeds); err != nil {
		t.Fatal(err)
	}
	d.undo()
	equal(t, "shown", d.shown(id), "-")
	d.flushed() // the first is ours: it goes on
	equal(t, "there", len(d.there()), 0)
	d.requests("sought", "create Ana", "delete r1")
}

func TestDeedRefused(t *testing.T) {
	d := newDeedDesk(t, t.TempDir(), newBook())
	id, _ := d.add("Ana")
	d.flushed()
	d.book.fail["do"] = []error{forbidden}
	op := d.set(id, func(c *Contact) { c.Company = "Acme" })
	err := d.Flush(t.Context())
	if err == nil || !strings.Contains(err.Error(), "Could not save the contact Ana: the permission EditMessages is missing") {
		t.Errorf("%v", err)
	}
	equal(t, "shown", d.shown(id), "Ana//")
	equal(t, "state", d.op(op.ID).State, OpFailed)
	equal(t, "notice", d.notices(), "Could not save the contact Ana: the permission EditMessages is missing | The contact is shown as before. An administrator can grant the permission")
	// It can be tried again.
	if err := d.RetryOp(t.Context(), op.ID); err != nil {
		t.Fatal(err)
	}
	equal(t, "shown", d.shown(id), "Ana/Acme/ *")
	d.flushed()
	equal(t, "there", d.there(), []string{"r1 Ana/Acme/"})
	if err := d.RetryOp(t.Context(), op.ID); err == nil {
		t.Error("tried again although it was made again")
	}
}

// A refused deed with newer ones on top of it: those stay, and lose nothing; taken back,
// they do not bring back what was refused.
func TestDeedRefusedBelowNewer(t *testing.T) {
	d := newDeedDesk(t, t.TempDir(), newBook())
	id, _ := d.add("Ana")
	d.flushed()
	d.book.fail["do"] = []error{badInput}
	d.set(id, func(c *Contact) { c.Company = "Bad" })
	d.set(id, func(c *Contact) { c.Job = "Cook" })
	d.set(id, func(c *Contact) { c.First = "Anna" })
	equal(t, "shown", d.shown(id), "Anna/Bad/Cook *")
	if err := d.Flush(t.Context()); err == nil {
		t.Fatal("not refused")
	}
	equal(t, "shown", d.shown(id), "Anna//Cook")
	equal(t, "there", d.there(), []string{"r1 Anna//Cook"})
	d.undo()
	equal(t, "shown", d.shown(id), "Ana//Cook *")
	d.undo()
	d.flushed()
	equal(t, "shown", d.shown(id), "Ana//")
	equal(t, "there", d.there(), []string{"r1 Ana//"})
}

// The creation is refused, and with it all that was done to what it would have made.
func TestDeedCreationRefused(t *testing.T) {
	d := newDeedDesk(t, t.TempDir(), newBook())
	d.book.fail["do"] = []error{badInput}
	id, op := d.add("Ana")
	if err := d.Flush(t.Context()); err == nil {
		t.Fatal("not refused")
	}
	equal(t, "shown", d.shown(id), "-")
	if err := d.RetryOp(t.Context(), op.ID); err != nil {
		t.Fatal(err)
	}
	d.flushed()
	equal(t, "there", d.there(), []string{"r1 Ana//"})
	equal(t, "shown", d.shown(id), "Ana//")
}
