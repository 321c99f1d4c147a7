package uitest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"switchboard/api/simulator"
	"switchboard/store"
)

// mails are the e-mails that are here and fit, looked at one by one.
func (d *Desk) mails(t *testing.T, fits func(m *store.MailDetail) bool) (n int) {
	t.Helper()
	for _, it := range d.all(t, "in:email") {
		if fits(it.Mail) {
			n++
		}
	}
	return n
}

// A key of Emailgistics opens several mailboxes: the screen of mailboxes has each with who
// works in it and its tags, and Enter leads from each of them to its messages.
func TestMailboxesOfEmailgistics(t *testing.T) {
	d := threeServices(t, Config{Width: 120, Height: 40, Prepare: func(s *simulator.Server) {
		ids, _ := s.Emailgistics().Mailboxes()
		s.Emailgistics().Retire(ids[2])
	}})
	var boxes []store.SharedBox
	d.Eventually("the mailboxes", func() bool {
		var err error
		boxes, err = d.Store.Boxes(t.Context(), d.Mail.ID)
		return err == nil && len(boxes) == 3
	})
	if boxes[2].Active {
		t.Fatalf("%+v", boxes)
	}
	b := boxes[0]
	d.Press("g w")
	d.See("5 mailboxes", b.Email, boxes[1].Email, boxes[2].Email)
	if line := d.lineOf(boxes[2].Email); !strings.Contains(line, "inactive") {
		t.Errorf("a mailbox that is closed: %q", line)
	}
	if s := d.Screen(); strings.Contains(s, "Users") || strings.Contains(s, "Urgent") {
		t.Errorf("users and tags of a mailbox the cursor is not on:\n%s", s)
	}
	d.on(b.Email)
	d.See("time zone "+b.TimeZone, "Users", "Tags", "red #d13438")
	for text, want := range map[string]string{b.Users[0].Email: " active", "Holiday": " inactive", "Urgent": " active", b.Email: " active"} {
		if line := strings.TrimRight(d.lineOf(text), " "); !strings.HasSuffix(line, want) {
			t.Errorf("%s: %q, want %s", text, line, want)
		}
	}
	d.Press("Space")
	d.See("an administrator of the service chooses")
	d.Press("y")
	d.See("Copied " + b.Email)

	inBox := func(m *store.MailDetail) bool { return m.Box == b.ID }
	leads := func(title string, n int) {
		t.Helper()
		d.Press("Enter")
		d.See(title, fmt.Sprintf("1 of %d ", n))
		d.Press("Esc")
		d.See("5 mailboxes", "Holiday") // on the row from before
	}
	all := d.mails(t, inBox)
	leads("Everything in "+b.Name, all)

	i := slices.IndexFunc(b.Users, func(u store.BoxUser) bool {
		return d.mails(t, func(m *store.MailDetail) bool { return inBox(m) && m.Owner == u.Name }) > 0
	})
	if i < 0 {
		t.Fatal("nothing is assigned to anybody")
	}
	d.on(b.Users[i].Email)
	d.Press("Space")
	d.See("Enter shows what is assigned to them")
	d.Press("y")
	d.See("Copied " + b.Users[i].Email)
	owned := d.mails(t, func(m *store.MailDetail) bool { return inBox(m) && m.Owner == b.Users[i].Name })
	leads("Assigned to "+b.Users[i].Name+" in "+b.Name, owned)

	d.tagged(t, b, leads)

	// A filter finds who works in any of them.
	d.Press("\\")
	d.Free("holiday")
	d.Press("Enter")
	d.Until("the tag in each", func(s string) bool { return strings.Count(s, "Holiday") == 3 && !strings.Contains(s, "Urgent") })
	d.Press("Esc")
	d.See("All mailboxes")
}

// tagged goes to a tag that some messages have.
func (d *Desk) tagged(t *testing.T, b store.SharedBox, leads func(title string, n int)) {
	t.Helper()
	for _, tag := range b.Tags {
		n := d.mails(t, func(m *store.MailDetail) bool { return m.Box == b.ID && slices.Contains(m.Tags, tag.Name) })
		if n == 0 || n == d.mails(t, func(m *store.MailDetail) bool { return m.Box == b.ID }) {
			continue
		}
		d.on(tag.Color)
		d.Press("y")
		d.See("A tag has no address")
		d.Press("Space")
		d.See("Enter shows what has it")
		leads("Tagged "+tag.Name+" in "+b.Name, n)
		return
	}
	t.Fatal("no message has a tag")
}

// Tags, owners and the service's status are looked for as all else is, with Tab for the
// words; what is from here is another thing.
func TestSearchByTag(t *testing.T) {
	d := threeServices(t, Config{Width: 120, Height: 40})
	var m *store.MailDetail
	for _, it := range d.all(t, "in:email has:tag has:owner") {
		m = it.Mail
	}
	if m == nil {
		t.Fatal("no message has a tag and an owner")
	}
	n := d.mails(t, func(o *store.MailDetail) bool {
		return o.Status == m.Status && o.Owner == m.Owner && slices.Contains(o.Tags, m.Tags[0])
	})
	d.Press("/")
	d.See("Search")
	d.Free("ta")
	d.Press("Tab")
	d.See("› tag:")
	d.Free(`"` + m.Tags[0] + `" owner:"` + m.Owner + `" status:` + m.Status)
	d.Press("Enter")
	d.See(fmt.Sprintf("1 of %d ", n))
	d.Press("Esc Esc /")
	d.See("Search")
	d.Free("status:done")
	d.See("that is a state here, is:done")
}
