package ringcentral_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	rc "switchboard/api/ringcentral"
	"switchboard/api/simulator"
	"switchboard/store"
)

// The life of a contact: made, changed, made a favourite, deleted, and each step taken
// back, before and after it has reached the service.
func TestContactDeeds(t *testing.T) {
	for _, sent := range []bool{false, true} {
		t.Run(fmt.Sprint("sent=", sent), func(t *testing.T) { contactDeeds(t, sent) })
	}
}

func contactDeeds(t *testing.T, sent bool) {
	d := open(t, simulator.Config{Messages: 1, Contacts: 20, Directory: 20})
	d.pullContacts()
	ctx := t.Context()
	step := func(_ store.Op, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if sent {
			d.settle()
			<-d.clock.After(10 * time.Second)
			d.pullContacts()
			d.booksAgree()
		}
	}
	find := func(text string) *store.Contact {
		t.Helper()
		got := d.contacts(store.ContactQuery{Text: text})
		if len(got) > 1 {
			t.Fatalf("%s: %d contacts", text, len(got))
		}
		if len(got) == 0 {
			return nil
		}
		return &got[0]
	}
	step(d.SaveContact(ctx, store.Contact{
		First: "Nora", Last: "Quint", Company: "Acme", Birthday: "1980-02-01", Emails: []string{"nora@example.com"}, Address: []string{"1 Main St, Pacifica"},
		Numbers: []store.PhoneNumber{{Kind: "work", Number: "(415) 555-0177"}, {Kind: "cell", Number: "415 555 0178"}},
	}))
	c := find("nora quint")
	if c == nil || c.Pending == sent || c.Numbers[1].Kind != store.NumberBusiness || c.Numbers[1].Number != "+14155550177" || c.Birthday != "1980-02-01" {
		t.Fatalf("%+v", c)
	}
	id := c.ID
	c.Company, c.Numbers = "Baker", c.Numbers[:1]
	step(d.SaveContact(ctx, *c))
	if c = find("nora baker"); c == nil || len(c.Numbers) != 1 || c.ID != id || c.Address[0] != "1 Main St, Pacifica" {
		t.Fatalf("changed: %+v", c)
	}
	step(d.SetFavorite(ctx, id, true))
	if c = find("nora"); !c.Favorite {
		t.Errorf("no favourite: %+v", c)
	}
	step(d.DeleteContact(ctx, id))
	if c = find("nora"); c != nil {
		t.Errorf("deleted: %+v", c)
	}
	step(d.Undo(ctx))
	if c = find("nora baker"); c == nil || c.ID != id || !c.Favorite || len(c.Numbers) != 1 {
		t.Fatalf("back: %+v", c)
	}
	step(d.Redo(ctx))
	if c = find("nora"); c != nil {
		t.Errorf("deleted again: %+v", c)
	}
	step(d.Undo(ctx))
	step(d.Undo(ctx)) // the favourite
	if c = find("nora"); c == nil || c.Favorite {
		t.Errorf("favourite taken back: %+v", c)
	}
	step(d.Undo(ctx)) // the change
	if c = find("nora acme"); c == nil || len(c.Numbers) != 2 {
		t.Errorf("change taken back: %+v", c)
	}
	step(d.Undo(ctx)) // all of it
	if c = find("nora"); c != nil {
		t.Errorf("there still: %+v", c)
	}
	d.settle()
	<-d.clock.After(10 * time.Second)
	d.pullContacts()
	d.booksAgree()
	if n := len(d.book()); n != 20 {
		t.Errorf("%d contacts at the service", n)
	}
	if ns, err := d.Notices(ctx); err != nil || len(ns) > 0 {
		t.Errorf("%+v, %v", ns, err)
	}
}

// Changing one number leaves alone what somebody else has changed meanwhile.
func TestContactChangeIsOnlyThat(t *testing.T) {
	d := open(t, simulator.Config{Messages: 1, Contacts: 20, Directory: 20})
	d.pullContacts()
	c := d.contacts(store.ContactQuery{Source: store.Personal})[0]
	theirs, err := d.client.Contact(t.Context(), rc.ID(c.Remote))
	if err != nil {
		t.Fatal(err)
	}
	theirs.Notes, theirs.JobTitle = "theirs", "Cook"
	if _, err := d.client.UpdateContact(t.Context(), theirs); err != nil {
		t.Fatal(err)
	}
	c.Company = "Ours"
	if _, err := d.SaveContact(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	d.settle()
	got, err := d.client.Contact(t.Context(), rc.ID(c.Remote))
	if err != nil || got.Notes != "theirs" || got.JobTitle != "Cook" || got.Company != "Ours" {
		t.Errorf("%+v, %v", got, err)
	}
	// The answer to the change told of theirs, too.
	if c, err = d.Contact(t.Context(), c.ID); err != nil || c.Notes != "theirs" || c.Company != "Ours" {
		t.Errorf("%+v, %v", c, err)
	}
}

// A contact that was made although no answer came is not made again.
func TestContactNeverDoubled(t *testing.T) {
	d := open(t, simulator.Config{Messages: 1, Contacts: 20, Directory: 20})
	d.pullContacts()
	twin := store.Contact{First: "Nora", Last: "Quint", Numbers: []store.PhoneNumber{{Kind: "mobile", Number: "+14155550178"}}}
	if _, err := d.SaveContact(t.Context(), twin); err != nil {
		t.Fatal(err)
	}
	d.settle()
	<-d.clock.After(time.Hour)
	// The same again, on purpose, while the connection breaks after the service has it.
	if err := d.sim.FailNext("createContact", "reset", 0, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := d.SaveContact(t.Context(), twin); err != nil {
		t.Fatal(err)
	}
	if err := d.Flush(t.Context()); err == nil {
		t.Fatal("it was not lost")
	}
	d.pullContacts() // brings it in before it is known to be ours
	<-d.clock.After(time.Minute)
	d.settle()
	d.pullContacts()
	d.booksAgree()
	n := 0
	for _, r := range d.book() {
		if r.FirstName == "Nora" {
			n++
		}
	}
	if here := d.contacts(store.ContactQuery{Text: "nora quint"}); n != 2 || len(here) != 2 || here[0].Remote == here[1].Remote {
		t.Errorf("%d at the service, here %+v", n, here)
	}
}

// What the service refuses is shown as before, and said.
func TestContactRefused(t *testing.T) {
	d := open(t, simulator.Config{Messages: 1, Contacts: 20, Directory: 20})
	d.pullContacts()
	before := d.contacts(store.ContactQuery{})
	d.sim.Deny("Contacts", true)
	c := d.contacts(store.ContactQuery{Source: store.Personal})[4]
	name := c.Name
	c.First, c.Last = "Somebody", "Else"
	for _, do := range []func() (store.Op, error){
		func() (store.Op, error) { return d.SaveContact(t.Context(), c) },
		func() (store.Op, error) { return d.DeleteContact(t.Context(), c.ID) },
		func() (store.Op, error) { return d.SaveContact(t.Context(), store.Contact{First: "New"}) },
		func() (store.Op, error) { return d.SetFavorite(t.Context(), before[9].ID, !before[9].Favorite) },
	} {
		if _, err := do(); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Flush(t.Context()); err == nil || !strings.Contains(err.Error(), "the permission Contacts is missing") {
		t.Errorf("refused: %v", err)
	}
	after := d.contacts(store.ContactQuery{})
	if !slices.EqualFunc(before, after, func(a, b store.Contact) bool { return a.ID == b.ID && a.Name == b.Name && a.Favorite == b.Favorite }) {
		t.Errorf("%s: before\n%+v\nafter\n%+v", name, before, after)
	}
	ns, err := d.Notices(t.Context())
	var texts []string
	for _, n := range ns {
		texts = append(texts, n.Text)
	}
	if err != nil || len(ns) != 3 || !ns[0].Permanent || !strings.Contains(strings.Join(texts, "|"), "Could not save the contact Somebody Else: the permission") {
		t.Errorf("%+v, %v", ns, err)
	}
}
